/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a program of ring 3 begins: its argument is in EAX, and there is a stack. */
#include "labs/kernel/syscalls.h"

	.section .text.start, "ax"
	.globl	start
start:
	pushl	%eax
	call	main
	movl	%eax, %ebx
	movl	$SYS_EXIT, %eax
	int	$0x80
	.section .note.GNU-stack, "", @progbits
