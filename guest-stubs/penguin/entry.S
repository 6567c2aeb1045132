/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first instructions of penguin, which take the way of Linux: copy boot_params and the command
 * line, build the first page tables at physical addresses, look at hdr.version and jump through
 * a table indexed by hardware_subarch; its lguest row makes the first two hypercalls and continues
 * at virtual addresses. The linker's symbol guest_pae is 1 for the kernel with PAE tables.
 *
 * Until the jump to high addresses every symbol needs guest_offset taken off.
 */
#include "abi/lguest.h"

#define LD_BLOCKED	  0x004
#define LD_HCALL_STATUS	  0x018
#define LD_NOIRQ_IRET	  0x560
#define LD_KERNEL_ADDRESS 0x564
#define LD_SYSCALL_VEC	  0x568

#define BOOT_PARAMS_BYTES 4096
#define VERSION_SUBARCH	  0x207
#define TABLE_FLAGS	  0x063 /* present, writable, accessed, dirty */
#define PDPT_FLAGS	  0x001
#define PAGE_FLAGS	  0x003
#define BOOT_PAGES	  1024 /* 4 MiB */

	.section .text.entry, "ax"
	.globl	guest_entry
guest_entry:
	cld
	testb	$LOADFLAG_KEEP_SEGMENTS, BP_LOADFLAGS(%esi)
	jz	nobody			/* a native kernel would load segments of its own here */
	movl	$boot_stack_top, %esp
	subl	$guest_offset, %esp
	movl	%esi, %ebp

	movl	$boot_params, %edi
	subl	$guest_offset, %edi
	movl	$BOOT_PARAMS_BYTES / 4, %ecx
	rep movsl
	movl	BP_CMDLINE_PTR(%ebp), %esi
	movl	$boot_command_line, %edi
	subl	$guest_offset, %edi
	movl	$BP_CMDLINE_MAX / 4, %ecx
	rep movsl

	/* Two tables in a row: the first 4 MiB, in entries of 4 or 8 bytes. */
	movl	$boot_tables, %edi
	subl	$guest_offset, %edi
	movl	%edi, %edx
	movl	$PAGE_FLAGS, %eax
	movl	$BOOT_PAGES, %ecx
	movl	$guest_pae, %ebx
1:	stosl
	testl	%ebx, %ebx
	jz	2f
	addl	$4, %edi		/* the upper half stays zero */
2:	addl	$4096, %eax
	loop	1b

	movl	$boot_directory, %edi
	subl	$guest_offset, %edi
	leal	TABLE_FLAGS(%edx), %eax
	movl	%eax, (%edi)
	testl	%ebx, %ebx
	jnz	3f
	movl	$guest_offset, %ecx
	shrl	$22, %ecx
	movl	%eax, (%edi,%ecx,4)
	jmp	4f
3:	addl	$4096, %eax		/* PAE: a middle table of two entries, shared by the */
	movl	%eax, 8(%edi)		/* first and the last GiB */
	leal	PDPT_FLAGS(%edi), %eax
	movl	$boot_pdpt, %edi
	subl	$guest_offset, %edi
	movl	%eax, (%edi)
	movl	$guest_offset, %ecx
	shrl	$30, %ecx
	movl	%eax, (%edi,%ecx,8)

4:	cmpw	$VERSION_SUBARCH, BP_HDR_VERSION(%ebp)
	jb	nobody
	movl	BP_SUBARCH(%ebp), %eax
	cmpl	$(subarch_end - subarch_table) / 4, %eax
	jae	nobody
	movl	subarch_table - 0xc0000000(,%eax,4), %eax
	subl	$guest_offset, %eax
	jmp	*%eax

nobody:
	ud2

subarch_table:
	.long	nobody, lguest_entry, nobody, nobody
subarch_end:

lguest_entry:
	movl	$lguest_data, %ebx
	subl	$guest_offset, %ebx
	pushl	%edi
	leal	LD_HCALL_STATUS(%ebx), %edi	/* all ring slots are free */
	movl	$LHCALL_RING_SIZE, %ecx
	movb	$LHCALL_FREE, %al
	rep stosb
	popl	%edi
	movl	$guest_noirq_iret, LD_NOIRQ_IRET(%ebx)
	movl	$guest_kernel_base, LD_KERNEL_ADDRESS(%ebx)
	movl	$LGUEST_SYSCALL_VECTOR, LD_SYSCALL_VEC(%ebx)
	movl	$1, LD_BLOCKED(%ebx)		/* the timer */
	movl	$HC_LGUEST_INIT, %eax
	int	$LGUEST_TRAP
	movl	%cr4, %eax		/* as Linux 4.0 to 4.8; no gate is loaded yet */
	movl	%edi, %ebx			/* the directory or the PDPT */
	movl	$HC_NEW_PGTABLE, %eax
	int	$LGUEST_TRAP
	movl	$boot_stack_top, %esp
	movl	$high, %eax
	jmp	*%eax
high:	movl	%cr4, %eax		/* and once more through page tables, still no gate */
	xorl	%ebp, %ebp
	call	guest_main
	call	power_off

	.section .note.GNU-stack, "", @progbits
