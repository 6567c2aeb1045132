/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way back to real mode, for one BIOS call that does not return: INT 15h, APM "set power
 * state" of all devices to "off". When it does, we say so, to the screen and the serial line. The piece between the two labels is copied to APM_REAL_AT, below
 * 1 MiB, and jumped to with interrupts off. Steps as in SDM vol. 3, 9.9.2.
 */
#include "devices/host/power/apm.h"

#define HERE(label) (APM_REAL_AT + (label) - apm_real_start)
#define CODE16	    0x08
#define DATA16	    0x10

	.text
	.globl apm_real_start, apm_real_end
	.code32
apm_real_start:
	movl	%cr0, %eax
	andl	$0x7fffffff, %eax /* PG */
	movl	%eax, %cr0
	xorl	%eax, %eax
	movl	%eax, %cr3
	lgdt	HERE(gdtr)
	ljmp	$CODE16, $HERE(protected16)

	.code16
protected16:
	movw	$DATA16, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	movw	%ax, %ss
	lidtl	HERE(ivt)
	movl	%cr0, %eax
	andl	$0xfffefffe, %eax /* PE and WP */
	movl	%eax, %cr0
	ljmp	$0, $HERE(real)
real:
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movw	$APM_REAL_STACK, %sp
	movw	$0x5300, %ax /* is there an APM BIOS? */
	xorw	%bx, %bx
	int	$0x15
	jc	none
	movw	$0x5301, %ax /* connect the real-mode interface */
	xorw	%bx, %bx
	int	$0x15
	movw	$0x530e, %ax /* we know APM 1.2 */
	xorw	%bx, %bx
	movw	$0x0102, %cx
	int	$0x15
	movw	$0x5307, %ax /* all devices: off */
	movw	$0x0001, %bx
	movw	$0x0003, %cx
	int	$0x15
none:
	movw	$HERE(text), %si
1:	movb	(%si), %al
	testb	%al, %al
	jz	3f
	pushw	%si
	movw	$7, %bx
	movb	$0x0e, %ah /* teletype */
	int	$0x10
	popw	%si
	movw	HERE(apm_real_uart), %dx
	testw	%dx, %dx
	jz	2f
	addw	$5, %dx /* line status: bit 5, room for a byte */
	movw	$0xffff, %cx
4:	inb	%dx, %al
	testb	$0x20, %al
	loopz	4b
	subw	$5, %dx
	movb	(%si), %al
	outb	%al, %dx
2:	incw	%si
	jmp	1b
3:	cli
	hlt
	jmp	3b

text:
	.ascii	POWER_TEXT
	.asciz	"\r\n"
	.balign	8
	.globl	apm_real_uart
apm_real_uart:
	.word	0
	.balign	8
gdt:
	.quad	0
	.quad	0x00009a000000ffff /* 16-bit code, 64 KiB at 0 */
	.quad	0x000092000000ffff
gdtr:
	.word	gdtr - gdt - 1
	.long	HERE(gdt)
ivt:
	.word	0x3ff
	.long	0
apm_real_end:
	.code32
	.section .note.GNU-stack, "", @progbits
