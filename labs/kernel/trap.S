/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In and out of a trap. What the CPU pushed is made a struct trap_frame; a trap from ring 3 begins on the stack that
 * SET_STACK named, one from ring 1 on the stack that it interrupted.
 *
 * On the way out the virtual interrupt flag becomes what the interrupted code had. No interrupt may come between
 * that and the iret, or frames would pile up on the stack: so the hypervisor knows this one instruction, trap_iret.
 */
#include "abi/lguest.h"

#define ERROR_CODES 0x00027d00 /* vectors 8, 10 to 14 and 17 push one (SDM vol. 3, 6.13) */

	.section .rodata
	.globl	trap_entry		/* where each vector leads */
trap_entry:
	.text
	.set	vec, 0
	.rept	256
1:	.pushsection .rodata
	.long	1b
	.popsection
	.if	vec >= 32
	pushl	$0			/* so that all frames are alike */
	.elseif	(ERROR_CODES >> vec) & 1
	.else
	pushl	$0
	.endif
	pushl	$vec
	jmp	common
	.set	vec, vec + 1
	.endr

common:
	cld
	pushal
	pushl	%ds
	pushl	%es
	movl	$GUEST_KERNEL_DS, %eax
	movl	%eax, %ds
	movl	%eax, %es
	pushl	%esp			/* the frame is the argument */
	call	trap_dispatch
	addl	$4, %esp
leave:
	popl	%es
	popl	%ds
	popal
	addl	$8, %esp		/* vector, error */
	pushl	8(%esp)			/* the frame's flags */
	popl	%ss:lguest_data		/* irq_enabled; by SS, for DS may be the program's */
	.globl	trap_iret
trap_iret:
	iret

	/* u32 user_enter(struct trap_frame *f, u32 *esp): to ring 3; comes back by user_leave(). Traps from ring 3 begin
	 * where this stack ends now, which is noted in *esp. */
	.globl	user_enter
user_enter:
	pushl	%ebp
	pushl	%ebx
	pushl	%esi
	pushl	%edi
	movl	24(%esp), %eax
	movl	%esp, (%eax)
	movl	$HC_SET_STACK, %eax
	movl	$GUEST_KERNEL_DS, %ebx
	movl	%esp, %ecx
	movl	$1, %edx
	int	$LGUEST_TRAP
	movl	20(%esp), %esp
	jmp	leave

	/* void user_leave(u32 esp, u32 answer): return from the user_enter() that saved esp. */
	.globl	user_leave
user_leave:
	movl	8(%esp), %eax
	movl	4(%esp), %esp
	popl	%edi
	popl	%esi
	popl	%ebx
	popl	%ebp
	ret

	.section .note.GNU-stack, "", @progbits
