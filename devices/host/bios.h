/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the BIOS left in low memory. For boot/, which reads it, and the screen and power of
 * devices/host/.
 */
#ifndef DEVICES_HOST_BIOS_H
#define DEVICES_HOST_BIOS_H

#include "lib/base.h"

/* Read once by boot/ while page 0 can be seen; nobody looks there later. */
struct bios_data {
	u16 com[4];	/* bases of serial ports, 0 = none */
	u32 ebda;	/* physical address of the extended BIOS data area, 0 = none */
	bool text_mode; /* the screen is in a text mode */
	bool mono;	/* and it is that of a monochrome adapter */
	u8 columns, rows;
	bool num_lock, caps_lock; /* the keyboard's lights */
	bool services; /* INT 15h leads into a ROM: there is a BIOS, which can be called */
};
extern struct bios_data bios;
void bios_data_read(void);

#endif
