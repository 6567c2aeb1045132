/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same with PAE page tables. */
#include "labs/A4/tests/access.c"

__asm__(".globl guest_pae\n.set guest_pae, 1");
