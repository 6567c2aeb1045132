/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The front of a bzImage: boot sector and setup sector with the header of the Linux boot protocol
 * (Documentation/x86/boot.txt), at fixed offsets of a flat file. There is no real-mode code: a boot
 * loader that runs it gets a halt. The protected-mode part follows, to be loaded at 1 MiB.
 */
#define SETUP_SECTS 1 /* besides the boot sector */
#define LOAD_AT	    0x00100000

	.code16
	.text
	.globl	start
start:	cli
1:	hlt
	jmp	1b

	.org	0x1ef
	.byte	0xff			/* sentinel */
	.org	0x1f1
	.byte	SETUP_SECTS
	.org	0x1fe
	.word	0xaa55
	.byte	0xeb, 0x68		/* a jump behind the header, at 0x26a */
	.ascii	"HdrS"			/* 0x202 */
	.word	0x020d			/* version */
	.org	0x211
	.byte	0x01			/* loadflags: LOADED_HIGH */
	.org	0x214
	.long	LOAD_AT			/* code32_start */
	.org	0x22c
	.long	0x37ffffff		/* initrd_addr_max */
	.long	LOAD_AT			/* kernel_alignment */
	.byte	0			/* relocatable_kernel */
	.org	0x238
	.long	2047			/* cmdline_size */
	.org	0x258
	.quad	LOAD_AT			/* pref_address */
	.long	0x00200000		/* init_size; PENGUIN_INIT_SIZE */
	.long	0			/* handover_offset */
	.org	0x26a
	jmp	start
	.org	(SETUP_SECTS + 1) * 512
