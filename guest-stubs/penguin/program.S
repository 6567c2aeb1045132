/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The torture program, as a file in memory. */
	.section .rodata.program, "a"
	.globl	program_file, program_file_end
	.balign	4096
program_file:
	.incbin	"torture"
program_file_end:
	.balign	4096

	.section .note.GNU-stack, "", @progbits
