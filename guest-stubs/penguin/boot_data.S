/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the first instructions keep of the loader's, and the top table of a kernel with PAE. */
#include "abi/lguest.h"

	.section .bss
	.globl	boot_params, boot_command_line, boot_pdpt
	.balign	32
boot_pdpt:
	.skip	32
boot_params:
	.skip	4096
boot_command_line:
	.skip	BP_CMDLINE_MAX

	.section .note.GNU-stack, "", @progbits
