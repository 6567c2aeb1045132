/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cards on the ISA bus, which nobody lists: a name says where one is. For cards.c. */
#ifndef DEVICES_HOST_NET_ISA_H
#define DEVICES_HOST_NET_ISA_H

#include "lib/base.h"

/* "isa300-9": a card at port 0x300 with interrupt 9. False: it is no such name, or no such place:
 * ports 0x200 to 0x3e0 by 0x20, interrupts 3 to 15 but for those of the board itself. */
bool isa_card_name(const char *name, u16 *port, u8 *irq);

#endif
