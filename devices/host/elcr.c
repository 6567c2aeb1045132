/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The edge/level control registers of EISA and PCI boards, as the BIOS set them. */
#include "devices/host/elcr.h"
#include "lib/x86.h"

#define ELCR	   0x4d0 /* edge/level control: a bit for each line */
#define ELCR_NEVER 0x2107u

/* Lines of the timer, the keyboard, the cascade, the clock and the FPU are always edge-triggered
 * (Intel 82371SB data sheet, ELCR): where they read as something else there is no such register. */
bool elcr_level(unsigned irq)
{
	u32 levels = inb(ELCR) | (u32)inb(ELCR + 1) << 8;

	return !(levels & ELCR_NEVER) && levels & 1u << irq;
}
