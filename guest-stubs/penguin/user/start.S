/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first instruction of a program. */
	.text
	.globl	_start
_start:
	xorl	%ebp, %ebp
	movl	(%esp), %eax		/* argc */
	leal	4(%esp), %edx		/* argv */
	andl	$-16, %esp
	pushl	%edx
	pushl	%eax
	call	program
	movl	%eax, %ebx
	movl	$1, %eax		/* exit */
	int	$0x80

	.section .note.GNU-stack, "", @progbits
