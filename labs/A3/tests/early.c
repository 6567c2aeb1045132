/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A3: hypercalls that come before the first LGUEST_INIT, or are one: case=NAME says which; late=N
 * is one that comes after it. Linear mode. */
#include "labs/check.h"

#define STATICS(d) ((volatile u32 *)&(d)->noirq_iret)
#define INIT(at)   hcall(HC_LGUEST_INIT, at, 0, 0, 0)

/* The old layout is a word longer than the structure. */
static struct lguest_data old[2];

static void old_layout(u32 vector)
{
	volatile u32 *word = STATICS(old);

	memset(old->hcall_status, LHCALL_FREE, sizeof(old->hcall_status));
	word[0] = word[1] = phys(&guest_start);
	word[2] = (u32)guest_kernel_base;
	word[3] = vector;
	INIT(phys(old));
	puts("ok old-layout\n");
	power_off();
}

static void kernel_at(u32 address)
{
	STATICS(&lguest_data)[1] = address;
	INIT(phys(&lguest_data));
}

void guest_early(void)
{
	char name[16];

	option("case", name, sizeof(name));
	if (!strcmp(name, "old"))
		old_layout(LGUEST_SYSCALL_VECTOR);
	else if (!strcmp(name, "end"))
		INIT(ram_bytes() - sizeof(lguest_data) + 4);
	else if (!strcmp(name, "wrap"))
		INIT(0u - 64);
	else if (!strcmp(name, "odd"))
		INIT(phys(&lguest_data) + 2);
	else if (!strcmp(name, "vector"))
		old_layout(0x81);
	else if (!strcmp(name, "zero"))
		kernel_at(0);
	else if (!strcmp(name, "uneven"))
		kernel_at(0xc0001000);
	else if (!strcmp(name, "high"))
		kernel_at(0xffc00000);
	else if (!strcmp(name, "twice"))
		INIT(phys(&lguest_data));
	else if (name[0])
		hcall(parse_u32(name, NULL), 0, 0, 0, 0);
}

void guest_main(void)
{
	u32 late = option_u32("late", 0);

	if (late)
		hcall(late, 0, 0, 0, 0);
	puts("it went on\n");
	power_off();
}
