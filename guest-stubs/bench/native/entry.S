/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first instructions of the native kernel: from a multiboot loader (ring 0, flat segments,
 * no paging) to its virtual address with the first 4 MiB mapped at 0 and at guest_offset, as a
 * guest finds itself after lib/entry.S. The trap code keeps its virtual flag in lguest_data, to no
 * effect.
 */
#define MULTIBOOT_MAGIC 0x1badb002
#define TABLE_FLAGS	0x063 /* present, writable, accessed, dirty */
#define PAGE_FLAGS	0x003 /* present, writable */
#define CR0_PG_WP	0x80010000

	.section .text.entry, "ax"
	.balign	4
	.long	MULTIBOOT_MAGIC, 0, -MULTIBOOT_MAGIC

	.globl	guest_entry
guest_entry:
	cld
	movl	%ebx, %esi
	movl	$guest_offset, %edx
	movl	$boot_tables, %edi
	subl	%edx, %edi
	leal	TABLE_FLAGS(%edi), %ecx
	movl	$boot_directory, %ebx
	subl	%edx, %ebx
	movl	%ecx, (%ebx)
	movl	%edx, %eax
	shrl	$22, %eax
	movl	%ecx, (%ebx,%eax,4)
	movl	$PAGE_FLAGS, %eax
1:	stosl
	addl	$4096, %eax
	testl	$0x3fffff - 0xfff, %eax
	jnz	1b
	movl	%ebx, %cr3
	movl	%cr0, %eax
	orl	$CR0_PG_WP, %eax
	movl	%eax, %cr0
	movl	$boot_stack_top, %esp
	movl	$2f, %eax
	jmp	*%eax

2:	xorl	%ebp, %ebp
	pushl	%esi
	call	native_init
	call	guest_main
	call	power_off

	.section .note.GNU-stack, "", @progbits
