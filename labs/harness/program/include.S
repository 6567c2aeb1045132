/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bytes of a program in the kernel, and its row in the table of programs: struct program of labs/kernel/user.h. */
	.section .rodata
1:	.incbin	PROGRAM_FILE
2:
3:	.asciz	PROGRAM_NAME
	.section .programs, "a"
	.balign	4
	.long	3b, 1b, 2b
	.section .note.GNU-stack, "", @progbits
