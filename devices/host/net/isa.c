/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See isa.h. */
#include "devices/host/net/isa.h"

#include "lib/string.h"

#define PORT_FIRST 0x200u
#define PORT_LAST  0x3e0u
#define PORT_STEP  0x20u
#define PORT_VGA   0x3c0u
/* Keyboard, clock, FPU and what only the board has. */
#define IRQS_FREE                                                                            \
	(BIT(3) | BIT(4) | BIT(5) | BIT(6) | BIT(7) | BIT(9) | BIT(10) | BIT(11) | BIT(12) | \
	 BIT(14) | BIT(15))

static u32 digit(char c)
{
	return c >= '0' && c <= '9'   ? (u32)(c - '0')
	       : c >= 'a' && c <= 'f' ? (u32)(c - 'a') + 10
				      : 16;
}

/* Up to three digits of this base. */
static u32 number(const char **at, u32 base)
{
	u32 n = 0;

	for (u32 i = 0; i < 3 && digit(**at) < base; i++)
		n = n * base + digit(*(*at)++);
	return n;
}

bool isa_card_name(const char *name, u16 *port, u8 *irq)
{
	u32 p, i;

	if (memcmp(name, "isa", MIN(strlen(name), 3u)) != 0)
		return false;
	name += MIN(strlen(name), 3u);
	p = number(&name, 16);
	if (*name++ != '-')
		return false;
	i = number(&name, 10);
	*port = (u16)p;
	*irq = (u8)i;
	return !*name && p >= PORT_FIRST && p <= PORT_LAST && p % PORT_STEP == 0 && p != PORT_VGA &&
	       i < 32 && IRQS_FREE >> i & 1u;
}
