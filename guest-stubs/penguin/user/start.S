/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first instruction of the torture program, and the way back from a signal handler. */
	.text
	.globl	_start, signal_return
_start:
	xorl	%ebp, %ebp
	movl	(%esp), %eax		/* argc */
	leal	4(%esp), %edx		/* argv */
	andl	$-16, %esp
	pushl	%edx
	pushl	%eax
	call	torture
	movl	%eax, %ebx
	movl	$1, %eax		/* exit */
	int	$0x80

	/* A handler returns here with the signal's number on the stack, the saved state behind it. */
signal_return:
	popl	%eax
	movl	$119, %eax		/* sigreturn */
	int	$0x80

	.section .note.GNU-stack, "", @progbits
