/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entry and exit of traps. A trap from ring 1 continues on the stack it interrupted, one from
 * ring 3 starts at the SET_STACK address. The frame, lowest address first:
 *
 *   gs fs es ds | edi esi ebp - ebx edx ecx eax | vector error | eip cs eflags (esp ss)
 *
 * Leaving needs care: the virtual interrupt flag must become what the interrupted code had, and
 * no interrupt may come between that and the iret, or frames would pile up on the stack. So the
 * hypervisor knows the one instruction, guest_noirq_iret, at which it reuses the frame instead.
 */
#include "abi/lguest.h"

#define VECTORS	    256
#define ERROR_CODES 0x00027d00 /* vectors 8, 10-14, 17 push one */

	.section .rodata.trap_vectors, "a"
	.globl	trap_vectors
trap_vectors:

	.text
	.set	vec, 0
	.rept	VECTORS
1:	.pushsection .rodata.trap_vectors, "a"
	.long	1b
	.popsection
	.if	vec >= 32
	pushl	$0
	.elseif	(ERROR_CODES >> vec) & 1
	.else
	pushl	$0
	.endif
	pushl	$vec
	jmp	trap_common
	.set	vec, vec + 1
	.endr

trap_common:
	cld
	pushal
	pushl	%ds
	pushl	%es
	pushl	%fs
	pushl	%gs
	movl	$GUEST_KERNEL_DS, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%esp, %eax
	pushl	%eax
	call	trap_dispatch
	addl	$4, %esp

	.globl	leave_trap
leave_trap:
	popl	%gs
	popl	%fs
	popl	%es
	popl	%ds
	popal
	addl	$8, %esp		/* vector, error */
	pushl	8(%esp)			/* EFLAGS of the frame ... */
	popl	%ss:lguest_data		/* ... becomes irq_enabled; DS may be the user's */
	.globl	guest_noirq_iret
guest_noirq_iret:
	iret

	/* void trap_return(struct frame *f) */
	.globl	trap_return
trap_return:
	movl	4(%esp), %esp
	jmp	leave_trap

/*
 * Probes. probe_esp is the stack pointer to go back to; probes nest.
 */
	.globl	probe, probe_abort, probe_user_enter

	/* bool probe(void (*fn)(u32), u32 arg) */
probe:
	pushl	%ebp
	pushl	%ebx
	pushl	%esi
	pushl	%edi
	pushl	%fs
	pushl	%gs
	pushl	lguest_data
	pushl	probe_esp
	movl	%esp, probe_esp
	pushl	40(%esp)		/* arg: 8 words pushed, return address, fn */
	call	*40(%esp)		/* fn: one word more on the stack */
	addl	$4, %esp
	xorl	%eax, %eax
probe_out:
	popl	probe_esp
	popl	lguest_data
	popl	%gs
	popl	%fs
	popl	%edi
	popl	%esi
	popl	%ebx
	popl	%ebp
	ret

	/* void probe_abort(void): back to the caller of probe() with the answer true */
probe_abort:
	movl	probe_esp, %esp
	cld
	movl	$1, %eax
	jmp	probe_out

	/* void probe_user_enter(u32 frame), the fn of a probe: copies the frame to its own stack */
probe_user_enter:
	movl	4(%esp), %esi
	subl	$19 * 4, %esp
	movl	%esp, %edi
	movl	$19, %ecx
	rep movsl
	jmp	leave_trap

	.section .bss
	.globl	probe_esp
	.balign	4
probe_esp:
	.skip	4

	.section .note.GNU-stack, "", @progbits
