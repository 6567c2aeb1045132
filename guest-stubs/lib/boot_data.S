/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory that the first instructions set up and that the guest goes on using: its first stack,
 * its first page tables, and lguest_data. Each is a section of its own, so that the linker leaves out
 * what a guest does not have.
 */
	.macro	reserve name, bytes, alignment
	.section .bss.\name, "aw", @nobits
	.globl	\name
	.balign	\alignment
\name:
	.skip	\bytes
	.endm

	reserve	boot_stack, 8192, 4096
	.globl	boot_stack_top
boot_stack_top:
	reserve	boot_directory, 4096, 4096
	reserve	boot_tables, 8192, 4096	/* of the first 4 MiB; the second one is for PAE */
	reserve	boot_middle, 4096, 4096
	reserve	lguest_data, 0x56c, 4

	.section .note.GNU-stack, "", @progbits
