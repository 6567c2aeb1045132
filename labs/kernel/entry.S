/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first instructions. The hypervisor enters here in ring 1 with paging as good as off ("linear mode":
 * virtual = physical), flat segments, ESI = boot_params, and no stack. The kernel is linked KERNEL_BASE above the
 * place it was loaded to; so until its first page tables are there, every symbol needs that taken off.
 */
#include "abi/lguest.h"

#define KERNEL_BASE	  0xc0000000
#define DEVICES		  0xfe000000	/* map_device() maps here */
#define TABLE_FLAGS	  0x063		/* present, writable, accessed, dirty */
#define PAGE_FLAGS	  0x003		/* present, writable */
#define low(symbol)	  (symbol - KERNEL_BASE)

/* Offsets into lguest_data, pinned in abi/lguest.h. */
#define BLOCKED_INTERRUPTS 0x004
#define HCALL_STATUS	   0x018
#define NOIRQ_IRET	   0x560
#define KERNEL_ADDRESS	   0x564
#define SYSCALL_VEC	   0x568

	.section .text.entry, "ax"
	.globl	kernel_entry
kernel_entry:
	cld
	movl	$low(boot_stack_top), %esp

	/* Fill in what the hypervisor must know, and say where it is: the first hypercall. */
	movl	$low(lguest_data), %ebx
	leal	HCALL_STATUS(%ebx), %edi
	movl	$LHCALL_RING_SIZE, %ecx
	movb	$LHCALL_FREE, %al
	rep stosb
	movl	$-1, BLOCKED_INTERRUPTS(%ebx)		/* all lines, until somebody asks for one */
	movl	$trap_iret, NOIRQ_IRET(%ebx)		/* trap.S says why */
	movl	$KERNEL_BASE, KERNEL_ADDRESS(%ebx)
	movl	$LGUEST_SYSCALL_VECTOR, SYSCALL_VEC(%ebx)
	movl	$HC_LGUEST_INIT, %eax
	int	$LGUEST_TRAP

	/* One table maps the first 4 MiB of RAM. The directory names it twice: at 0, where we still are, and at
	 * KERNEL_BASE, where we go. Another one is for devices, empty yet. */
	movl	$low(boot_directory), %ebx
	movl	$low(boot_table) + TABLE_FLAGS, %eax
	movl	%eax, (%ebx)
	movl	%eax, (KERNEL_BASE >> 22) * 4(%ebx)
	movl	$low(device_table) + TABLE_FLAGS, (DEVICES >> 22) * 4(%ebx)
	movl	$low(boot_table), %edi
	movl	$PAGE_FLAGS, %eax
1:	stosl
	addl	$4096, %eax
	testl	$0x3ff000, %eax
	jnz	1b
	movl	$HC_NEW_PGTABLE, %eax
	int	$LGUEST_TRAP

	addl	$KERNEL_BASE, %esp
	xorl	%ebp, %ebp				/* a backtrace ends here */
	movl	$2f, %eax
	jmp	*%eax
2:	movl	$0, boot_directory			/* nothing is at address 0 any more */
	movl	$HC_SET_PGD, %eax
	xorl	%ecx, %ecx
	int	$LGUEST_TRAP
	call	kernel_main
	call	power_off

	.macro	reserve name, bytes, alignment
	.globl	\name
	.balign	\alignment
\name:	.skip	\bytes
	.endm

	.section .bss
	reserve	boot_stack, 8192, 4096
boot_stack_top:
	reserve	boot_directory, 4096, 4096
	reserve	boot_table, 4096, 4096
	reserve	device_table, 4096, 4096
	reserve	lguest_data, 0x56c, 4

	.section .note.GNU-stack, "", @progbits
