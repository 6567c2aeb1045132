/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The world switch. This page is mapped at SWITCHER_CODE, read-only, in every address space.
 *
 * Into a guest: remember the C stack in the vcpu's state page, point ESP at the register page,
 * load the guest's CR3 (which swaps GDT, IDT and TSS too, see switcher.h), pop, IRET.
 * Out of it: the CPU has pushed onto the register page (TSS.ESP0 is its end); save the rest,
 * load the hypervisor's CR3 and stack, return to the caller of switcher_enter.
 *
 * The register frame, from high to low addresses:
 *
 *	SS ESP EFLAGS CS EIP	by the CPU: every entry from a guest changes the ring
 *	error			by the CPU for 8, 10-14, 17; else 0 by the stub
 *	vector			by the stub
 *	EAX ... EDI		PUSHA
 *	DS ES FS GS
 */
#include "abi/lguest.h"
#include "lib/x86.h"
#include "switcher/switcher.h"

#define VECTOR_NMI   2
#define FRAME_VECTOR (12 * 4)
#define FLAG_VM	     0x20000 /* EFLAGS_VM */

	.section .rodata.switcher_vectors, "a"
	.balign	4
	.globl switcher_vectors
switcher_vectors: /* filled by the stubs below, one address each */

	.section .switcher, "ax"

/* void switcher_enter(u32 guest_cr3 EAX, struct state_page *state EDX) */
	.globl switcher_enter
	.type switcher_enter, @function
switcher_enter:
	pushl	%ebp
	movl	%esp, STATE_HOST_ESP(%edx)
	/* This address is mapped on both sides of the CR3 load, so an NMI finds a stack. */
	movl	$(SWITCHER_REGS + REGS_OFFSET), %esp
	movl	%eax, %cr3
	popl	%gs
	popl	%fs
	popl	%es
	popl	%ds
	popal
	addl	$8, %esp
	iretl

leave_guest:
	pushal
	pushl	%ds
	pushl	%es
	pushl	%fs
	pushl	%gs
	/* A frame of any other size is not from rings 1 to 3. */
	cmpl	$(SWITCHER_REGS + REGS_OFFSET), %esp
	jne	entry_failed
to_host:
	movl	%ss, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	SWITCHER_STATE + STATE_HOST_ESP, %ebx
	movl	SWITCHER_STATE + STATE_HOST_CR3, %eax
	movl	%eax, %cr3
	movl	%ebx, %esp
	cld
	popl	%ebp
	ret

/* A fault in ring 0 on the way into the guest: a selector that segments_check() let through. Or a
 * trap from virtual-8086 mode, which pushes four more words and would put the guest's ES where
 * we look for its CS: by the manual IRET cannot enter that mode from ring 1 or 3 (SDM vol. 2,
 * IRET), but some emulators do. The guest's registers are lost; VECTOR_POISON says so,
 * with the vector in the upper half: an interrupt of the machine must be acknowledged. */
entry_failed:
	movl	FRAME_VECTOR(%esp), %eax
	shll	$16, %eax
	orl	$VECTOR_POISON, %eax
	movl	%eax, %ss:(SWITCHER_REGS + REGS_OFFSET + FRAME_VECTOR)
	jmp	to_host

/* NMI. In the switcher itself (ring 0) all registers are live: count it and go on. The
 * counter is the first word of the register page, below any frame. The CS of virtual-8086 mode is
 * no selector: EFLAGS.VM tells it from ring 0. */
nmi:
	testb	$3, 4(%esp)
	jnz	1f
	testb	$(FLAG_VM >> 16), 10(%esp)
	jnz	1f
	incl	%ss:SWITCHER_REGS
	iretl
1:	pushl	$0
	pushl	$VECTOR_NMI
	jmp	leave_guest

	.set vec, 0
	.rept VECTORS
1:
	.pushsection .rodata.switcher_vectors, "a"
	.long	1b
	.popsection
	.if vec == VECTOR_NMI
	jmp	nmi
	.else
	.if vec >= 32
	pushl	$0
	.elseif !((VECTORS_WITH_ERROR >> vec) & 1)
	pushl	$0
	.endif
	pushl	$vec
	jmp	leave_guest
	.endif
	.set vec, vec + 1
	.endr

	.section .note.GNU-stack, "", @progbits
