/* SPDX-License-Identifier: GPL-2.0-or-later */
/* void task_switch(u32 *save_esp, u32 load_esp): from one kernel stack to another. */
	.text
	.globl	task_switch
task_switch:
	movl	4(%esp), %eax
	movl	8(%esp), %edx
	pushl	%ebp
	pushl	%ebx
	pushl	%esi
	pushl	%edi
	movl	%esp, (%eax)
	movl	%edx, %esp
	popl	%edi
	popl	%esi
	popl	%ebx
	popl	%ebp
	ret

	.section .note.GNU-stack, "", @progbits
