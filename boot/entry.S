/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first instructions: headers for either multiboot, our own segments and stack, zeroed .bss, then C.
 * On entry (multiboot specification 0.6.96, 3.2; 2.0, 3.5): protected mode, paging off, EAX = magic,
 * EBX = information structure, ESP and GDTR not to be trusted.
 */
#include "abi/lguest.h"
#include "boot/layout.h"

#define HEADER_FLAGS (MULTIBOOT_PAGE_ALIGN | MULTIBOOT_MEMORY_INFO)

	.section .multiboot, "ax"
	.balign 4
	.long MULTIBOOT_HEADER_MAGIC
	.long HEADER_FLAGS
	.long -(MULTIBOOT_HEADER_MAGIC + HEADER_FLAGS)
	/* For tools/run, which adds the flag of a graphics mode (2, any linear one) to the copy on an
	 * ISO that wants one: older loaders refuse images with flags that they do not know. */
	.skip 5 * 4 /* addresses, not used */
	.skip 4 * 4 /* mode type, width, height, depth */

	/* GRUB takes this one with `multiboot2`, as the menu does on EFI, where there is no text mode
	 * to fall back to: any mode will do, and none too. */
	.balign 8
multiboot2_header:
	.long MULTIBOOT2_HEADER_MAGIC
	.long MULTIBOOT2_I386
	.long multiboot2_end - multiboot2_header
	.long -(MULTIBOOT2_HEADER_MAGIC + MULTIBOOT2_I386 + (multiboot2_end - multiboot2_header))
	.word MULTIBOOT2_TAG_FRAMEBUFFER, MULTIBOOT2_TAG_OPTIONAL
	.long 20, 0, 0, 0 /* size; width, height, depth */
	.balign 8
	.word MULTIBOOT2_TAG_MODULE_ALIGN, 0
	.long 8
	.word MULTIBOOT2_TAG_END, 0
	.long 8
multiboot2_end:

	.text
	.globl boot_entry
	.type boot_entry, @function
boot_entry:
	cli
	cld
	/* The loader's GDT may be gone already: ours first, statically filled. */
	lgdt boot_gdtr
	ljmp $(GDT_HV_CS * 8), $1f
1:	movl $(GDT_HV_DS * 8), %ecx
	movl %ecx, %ds
	movl %ecx, %es
	movl %ecx, %ss
	movl $boot_stack_top, %esp
	/* No LDT, ever, and nothing in FS and GS. */
	xorl %ecx, %ecx
	movl %ecx, %fs
	movl %ecx, %gs
	lldt %cx
	pushl $0 /* EFLAGS: no NT, no IOPL, no trace */
	popfl

	movl %eax, %esi
	xorl %eax, %eax
	movl $bss_start, %edi
	movl $bss_end, %ecx
	subl %edi, %ecx
	shrl $2, %ecx
	rep stosl

	xorl %ebp, %ebp /* end of the backtrace */
	movl %esi, %eax /* boot_main(magic, info) */
	movl %ebx, %edx
	call boot_main
2:	hlt
	jmp 2b
	.size boot_entry, . - boot_entry

/* The same places as in every GDT of ours, so that a selector means one thing always. */
	.data
	.balign 8
boot_gdt:
	.fill GDT_HV_CS, 8, 0
	.quad 0x00cf9b000000ffff /* flat ring-0 code */
	.quad 0x00cf93000000ffff /* flat ring-0 data */
boot_gdt_end:
	.word 0 /* the pointer's base on a word of its own alignment */
boot_gdtr:
	.word boot_gdt_end - boot_gdt - 1
	.long boot_gdt

	.section .note.GNU-stack, "", @progbits
