/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The debug registers (SDM vol. 3, 17.2). They hold something only while a guest runs that a
 * debugger has set something for, and in the few instructions around that: what an address of the
 * guest's hits among ours there, host_trap() counts and forgets.
 */
#include "hv/panic/panic.h"
#include "hv/vcpu/private.h"
#include "lib/x86.h"

#define DR7_POINT0_WRITE 0x000d0001u /* L0, a write of four bytes (17.2.4: LEN0 3, RW0 1) */
#define DR6_POINTS	 0x0000000fu

static bool loaded;

void debug_load(struct vcpu *v)
{
	if (!v->dr7)
		return;
	write_dr0(v->dr[0]);
	write_dr1(v->dr[1]);
	write_dr2(v->dr[2]);
	write_dr3(v->dr[3]);
	write_dr6(0);
	loaded = true;
	write_dr7(v->dr7 | DR7_EXACT | DR7_IDLE);
}

u32 debug_unload(void)
{
	if (!loaded)
		return 0;
	loaded = false;
	write_dr7(DR7_IDLE);
	return read_dr6() & DR6_POINTS;
}

bool debug_usable(void)
{
	static volatile u32 probe;
	u32 before = host_debug_count;

	write_dr0((u32)(uintptr_t)&probe);
	write_dr7(DR7_POINT0_WRITE | DR7_EXACT | DR7_IDLE);
	probe = 1;
	write_dr7(DR7_IDLE);
	return host_debug_count != before;
}
