/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way back from a signal handler: it returns here with the signal's number on the stack, the
 * saved state behind it. */
	.text
	.globl	signal_return
signal_return:
	popl	%eax
	movl	$119, %eax		/* sigreturn */
	int	$0x80

	.section .note.GNU-stack, "", @progbits
