/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of the machine. The verdict is the last line on the serial line and, where an emulator
 * offers a port for it, its exit status; only then the power goes off.
 */
#include "devices/host/power/apm.h"
#include "devices/host/power/power.h"
#include "devices/host/uart.h"
#include "hv/config/config.h"
#include "hv/console/console.h"
#include "hv/panic/panic.h"
#include "lib/log.h"
#include "lib/x86.h"

/* QEMU's isa-debug-exit makes (value << 1) | 1 of it: 33, 35 and 39 for the verdicts. */
#define DEBUG_EXIT_BASE 0x10u

/* Bochs (its iodebug and unmapped devices): 0x8a00 twice enters the debugger, whose script then
 * leaves with status 0; the word "Shutdown" at 0x8900 leaves with 1. */
#define BOCHS_DEBUG_PORT    0x8a00
#define BOCHS_DEBUG_ENABLE  0x8a00
#define BOCHS_DEBUG_BREAK   0x8ae0
#define BOCHS_SHUTDOWN_PORT 0x8900

static void emulator_exit(enum verdict v)
{
	static const char word[] = "Shutdown";

	if (config.opt.debug_exit)
		outb((u16)config.opt.debug_exit, (u8)(DEBUG_EXIT_BASE + (u32)v));
	if (!config.opt.bochs_exit)
		return;
	if (v == VERDICT_OK) {
		outw(BOCHS_DEBUG_PORT, BOCHS_DEBUG_ENABLE);
		outw(BOCHS_DEBUG_PORT, BOCHS_DEBUG_BREAK);
	} else {
		for (const char *c = word; *c; c++)
			outb(BOCHS_SHUTDOWN_PORT, (u8)*c);
	}
}

static void say(const char *text)
{
	console_rawf("%s\n", text);
	uart_flush();
}

/* A BIOS may know how, not be able to, and stand still: then this is the last that is seen. When it
 * comes back or does not know, the real-mode piece says the rest. */
static void off_by_apm(void)
{
	if (!power_has_apm())
		return;
	say("Asking the APM BIOS to switch off the machine; if it stays on, you may");
	power_off_apm();
}

void machine_end(enum verdict v)
{
	/* After a panic nothing is trusted and the screen must stay readable. */
	enum end_action action = v == VERDICT_PANIC ? END_STAY : config.opt.at_end;

	irq_disable();
	if (v != VERDICT_PANIC) {
		log_flush();
		console_final();
	}
	console_rawf("ringone: verdict %u\n", (u32)v);
	uart_flush();
	emulator_exit(v);
	if (action == END_REBOOT)
		power_reset();
	if (action == END_POWEROFF)
		power_off();
	if (action == END_POWEROFF || action == END_APM)
		off_by_apm();
	say(POWER_TEXT);
	for (;;)
		__asm__ volatile("cli; hlt");
}
