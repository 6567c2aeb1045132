/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attacker: takes what it can of the machine's time, or of its memory, in one of several ways, for
 * the tests `latency` and `restart-hoard`.
 *
 *   mode=NAME   which one: see the table below
 *   ms=N        for so long (default 400)
 *   after=N     beginning so many ms later (default 40)
 */
#include "guest-stubs/attacker/attacker.h"

#include "guest-stubs/lib/trap.h"

#define HZ 1000u

/* ---- Attacks of a few lines ----------------------------------------------------------------- */

static void attack_spin(void)
{
	while (going())
		;
}

static void attack_calls(void)
{
	while (going())
		hcall(HC_FLUSH_TLB, 1, 0, 0, 0);
}

static void tick(u32 line)
{
	(void)line;
}

/* An event as soon as there may be one, sleep, again. */
static void attack_storm(void)
{
	irq_install(0, tick);
	while (going()) {
		hcall(HC_SET_CLOCKEVENT, 1, 0, 0, 0);
		halt();
	}
}

/* Restart until so many milliseconds after the machine was switched on. */
static void attack_restarts(void)
{
	if (rdtsc() < (u64)option_u32("until", 2000) * lguest_data.tsc_khz)
		restart();
}

/* ---- The table --------------------------------------------------------------------------------
 */

static const struct {
	const char *name;
	void (*run)(void);
} attacks[] = {
	{"spin", attack_spin},	       {"calls", attack_calls},
	{"storm", attack_storm},       {"requests", attack_requests},
	{"kicks", attack_kicks},       {"burst", attack_burst},
	{"newlines", attack_newlines}, {"emergency", attack_emergency},
	{"flood", attack_flood},       {"pieces", attack_pieces},
	{"bars", attack_bars},	       {"pmd", attack_pmd},
	{"pmd-ring", attack_pmd_ring}, {"hoard", attack_hoard},
	{"cuts", attack_cuts},	       {"wholes", attack_wholes},
	{"takes", attack_takes},       {"restarts", attack_restarts},
};

void guest_main(void)
{
	char mode[12];

	option("mode", mode, sizeof(mode));
	traps_init();
	clock_start(HZ);
	irq_on();
	while (clock_ticks < option_u32("after", 40) * HZ / 1000)
		halt();
	clock_stop();
	go_on_for(option_u32("ms", 400));
	for (u32 i = 0; i < ARRAY_LEN(attacks); i++)
		if (!strcmp(attacks[i].name, mode)) {
			attacks[i].run();
			return;
		}
	panic("attacker: no mode %s", mode);
}
