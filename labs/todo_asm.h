/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clang-format off */
/*
 * LAB_TODO for the assembler files that labs/cut has cut: the sentence goes to the first serial port, byte by byte, from
 * wherever this stands; all registers are kept. It needs a stack.
 */
#ifdef __ASSEMBLER__
	.macro LAB_TODO lab, function
	pushfl
	pushal
	call	8f
	.ascii	"\r\nlab \lab: \function() is not written yet\r\n\0"
8:	popl	%esi
7:	movl	$100000, %ecx
	movw	$0x3fd, %dx		/* its line status: can it take a byte? */
6:	inb	%dx, %al
	testb	$0x20, %al
	loopz	6b
	movb	%cs:(%esi), %al
	incl	%esi
	movw	$0x3f8, %dx
	outb	%al, %dx
	testb	%al, %al
	jnz	7b
	popal
	popfl
	.endm

/* Nothing can go on from here: the emulator ends (isa-debug-exit, as tools/run has it). */
	.macro LAB_END
	movl	$0x13, %eax
	outl	%eax, $0xf4
5:	hlt
	jmp	5b
	.endm
#endif
