/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first instructions of every guest stub. The hypervisor enters here in ring 1, in linear
 * mode (virtual = physical), flat segments, ESI = physical address of boot_params, no stack.
 *
 * guest_offset is virtual minus physical address. It is 0 for a guest that stays in linear mode;
 * any other guest gets page tables that map its first 4 MiB twice, at 0 and at guest_offset,
 * and continues at its virtual address. Until then every symbol needs the offset taken off.
 */
#include "abi/lguest.h"

/* Offsets of lguest_data, pinned in abi/lguest.h. */
#define LD_HCALL_STATUS	  0x018
#define LD_NOIRQ_IRET	  0x560
#define LD_KERNEL_ADDRESS 0x564
#define LD_SYSCALL_VEC	  0x568

#define TABLE_FLAGS 0x063 /* present, writable, accessed, dirty */
#define PAGE_FLAGS  0x003 /* present, writable */
#define TOP_FLAGS   0x001 /* PAE: present, more must not be set */

	.section .text.entry, "ax"
	.globl guest_entry
guest_entry:
	cld
	movl	$boot_stack_top, %esp
	subl	$guest_offset, %esp

	movl	$lguest_data, %ebx
	subl	$guest_offset, %ebx
	leal	LD_HCALL_STATUS(%ebx), %edi	/* all ring slots are free */
	movl	$LHCALL_RING_SIZE, %ecx
	movb	$LHCALL_FREE, %al
	rep stosb
	movl	$guest_noirq_iret, LD_NOIRQ_IRET(%ebx)
	movl	$guest_kernel_base, LD_KERNEL_ADDRESS(%ebx)
	movl	$LGUEST_SYSCALL_VECTOR, LD_SYSCALL_VEC(%ebx)
	movl	$1, 4(%ebx)			/* blocked_interrupts: the timer */

	/* A test may want to do something before the first hypercall. It runs in linear mode: a
	 * guest that lives high can use no symbol there. */
	movl	$guest_early, %eax
	testl	%eax, %eax
	jz	0f
	pushl	%ebx
	subl	$guest_offset, %eax
	call	*%eax
	popl	%ebx
0:	movl	$HC_LGUEST_INIT, %eax
	int	$LGUEST_TRAP

	movl	$guest_offset, %edx
	testl	%edx, %edx
	jz	2f

	movl	$boot_tables, %edi
	subl	%edx, %edi
	leal	TABLE_FLAGS(%edi), %ecx
	movl	$boot_directory, %ebx
	subl	%edx, %ebx
	movl	$guest_pae, %eax
	testl	%eax, %eax
	jnz	3f

	/* One table for the first 4 MiB, entered twice into the directory. */
	movl	%ecx, (%ebx)
	movl	%edx, %eax
	shrl	$22, %eax
	movl	%ecx, (%ebx,%eax,4)
	movl	$PAGE_FLAGS, %eax
1:	stosl
	addl	$4096, %eax
	testl	$0x3fffff - 0xfff, %eax
	jnz	1b
	jmp	5f

	/* PAE: two tables for the first 4 MiB, one middle table, entered twice into the top one.
	 * So guest_offset must be a multiple of 1 GiB. The upper halves of all entries are 0. */
3:	movl	$boot_middle, %esi
	subl	%edx, %esi
	movl	%ecx, (%esi)
	addl	$4096, %ecx
	movl	%ecx, 8(%esi)
	leal	TOP_FLAGS(%esi), %ecx
	movl	%ecx, (%ebx)
	movl	%edx, %eax
	shrl	$30, %eax
	movl	%ecx, (%ebx,%eax,8)
	movl	$PAGE_FLAGS, %eax
4:	stosl
	addl	$4, %edi
	addl	$4096, %eax
	testl	$0x3fffff - 0xfff, %eax
	jnz	4b

5:	movl	$HC_NEW_PGTABLE, %eax
	int	$LGUEST_TRAP
	addl	%edx, %esp
	movl	$2f, %eax
	jmp	*%eax

2:	xorl	%ebp, %ebp			/* the end of a chain of frames */
	call	guest_main
	call	power_off

	/* These are 0 in a guest that has none. */
	.weak	guest_pae
	.weak	guest_noirq_iret
	.weak	guest_early

	.section .note.GNU-stack, "", @progbits
