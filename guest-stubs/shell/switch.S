/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From one task's kernel stack to another's, and the image of the user programs. */

	.text
	.globl	task_switch
	/* void task_switch(u32 *save_esp, u32 load_esp) */
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

	.section .rodata.programs, "a"
	.globl	user_image, user_image_end
	.balign	4096
user_image:
	.incbin	"user.bin"
	.balign	4096
user_image_end:

	.section .note.GNU-stack, "", @progbits
