/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One stub per vector for exceptions and interrupts taken while the hypervisor itself runs.
 * What host_trap() gets, lowest address first (struct host_frame):
 *
 *	edi esi ebp esp ebx edx ecx eax		PUSHA
 *	vector error				the stub; error by the CPU for some vectors
 *	eip cs eflags				the CPU; no stack switch, ring 0 to ring 0
 *
 * DS and ES lie below the frame: a fault may come while they hold a guest's selectors.
 */
#include "abi/lguest.h"
#include "lib/x86.h"

	.text
host_trap_common:
	pusha
	movl %esp, %eax
	pushl %ds
	pushl %es
	movl $(GDT_HV_DS * 8), %ecx
	movl %ecx, %ds
	movl %ecx, %es
	cld
	call host_trap /* (EAX) */
	popl %es
	popl %ds
	popa
	addl $8, %esp /* vector, error */
	iret

	.set vec, 0
	.rept VECTORS
1:	.pushsection .rodata
	.if vec == 0
	.balign 4
	.globl host_trap_stubs
host_trap_stubs:
	.endif
	.long 1b
	.popsection
	.if vec >= 32
	pushl $0
	.elseif ((VECTORS_WITH_ERROR >> vec) & 1) == 0
	pushl $0
	.endif
	pushl $vec
	jmp host_trap_common
	.set vec, vec + 1
	.endr

/* Vector 8 comes by a task gate, on a stack and a TSS of its own: nothing to save. */
	.globl host_double_fault_entry
	.type host_double_fault_entry, @function
host_double_fault_entry:
	cld
	xorl %ebp, %ebp
	call host_double_fault
1:	hlt
	jmp 1b
	.size host_double_fault_entry, . - host_double_fault_entry

	.section .note.GNU-stack, "", @progbits
