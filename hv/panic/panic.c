/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end after a bug of ours: reason, registers, control registers, symbolised backtrace, last
 * events, then a stop or a reboot. The steps are counted before they begin, so a fault inside
 * one of them comes back here and goes on with the next.
 */
#include "devices/host/power/power.h"
#include "devices/host/uart.h"
#include "hv/config/config.h"
#include "hv/console/console.h"
#include "hv/panic/private.h"
#include "hv/time/time.h"
#include "lib/string.h"
#include "lib/trace.h"
#include "lib/x86.h"

#define FRAMES_MAX 24u
#define EVENTS	   32u
#define REASON	   160

extern char boot_stack[], boot_stack_top[], df_stack[], df_stack_top[];

/* What the steps print; filled once, by the first panic. */
static struct {
	unsigned step; /* the next one */
	char reason[REASON];
	const struct host_frame *frame; /* NULL: panic() was called */
	u32 eip, ebp;
} state;

static void print_line(void *ctx, const char *text)
{
	(void)ctx;
	console_rawf("  %s\n", text);
}

static void step_reason(void)
{
	console_rawf("\nringone: panic: %s\n", state.reason);
}

static void step_registers(void)
{
	const struct host_frame *f = state.frame;

	if (!f) {
		console_rawf("  eip=%08x ebp=%08x eflags=%08x\n", state.eip, state.ebp,
			     read_eflags());
		return;
	}
	console_rawf("  eax=%08x ebx=%08x ecx=%08x edx=%08x\n", f->eax, f->ebx, f->ecx, f->edx);
	console_rawf("  esi=%08x edi=%08x ebp=%08x esp=%08x\n", f->esi, f->edi, f->ebp,
		     f->esp_ignored);
	console_rawf("  eip=%08x cs=%04x eflags=%08x vector=%u error=%#x\n", f->eip,
		     f->cs & 0xffffu, f->eflags, f->vector, f->error);
}

static void step_control(void)
{
	console_rawf("  cr0=%08x cr2=%08x cr3=%08x\n", read_cr0(), read_cr2(), read_cr3());
}

static void print_code(u32 eip)
{
	const char *name;
	u32 offset;

	if (symbol_find(eip, &name, &offset))
		console_rawf("  %08x %s+%#x\n", eip, name, offset);
	else
		console_rawf("  %08x\n", eip);
}

/* A saved EBP and a return address at `ebp` can be read: both lie in one of our stacks. */
static bool on_stack(u32 ebp)
{
	if (ebp % sizeof(u32))
		return false;
	return (ebp >= (u32)boot_stack && ebp <= (u32)boot_stack_top - 2 * sizeof(u32)) ||
	       (ebp >= (u32)df_stack && ebp <= (u32)df_stack_top - 2 * sizeof(u32));
}

/* Each function keeps its caller's EBP at EBP and the return address behind it; the first one
 * was entered with EBP = 0. Frames must go upwards, so the chain cannot be a ring. */
static void step_backtrace(void)
{
	u32 ebp = state.ebp, offset;
	const char *name;

	console_rawf("  called from:\n");
	print_code(state.eip);
	/* A jump into nowhere made no frame yet: who called is on top of the stack. */
	if (state.frame && !symbol_find(state.eip, &name, &offset) &&
	    on_stack(state.frame->esp_ignored))
		print_code(*(const u32 *)state.frame->esp_ignored);
	for (u32 n = 0; n < FRAMES_MAX && on_stack(ebp); n++) {
		const u32 *frame = (const u32 *)ebp;

		if (frame[1])
			print_code(frame[1]);
		if (frame[0] <= ebp)
			return;
		ebp = frame[0];
	}
}

static void step_events(void)
{
	console_rawf("  last events:\n");
	trace_print(EVENTS, time_tsc_khz(), print_line, NULL);
}

static void step_end(void)
{
	if (!config.opt.panic_reboot)
		machine_end(VERDICT_PANIC);
	console_rawf("ringone: restarting the machine\nringone: verdict %u\n", VERDICT_PANIC);
	uart_flush();
	power_reset();
}

static void (*const steps[])(void) = {
	step_reason, step_registers, step_control, step_backtrace, step_events, step_end,
};

NORETURN static void run_steps(void)
{
	irq_disable();
	uart_panic_mode();
	while (state.step < ARRAY_LEN(steps))
		steps[state.step++]();
	for (;;)
		__asm__ volatile("cli; hlt");
}

/* A panic inside a panic: say so in few words, then the steps that are left. */
static void again(u32 eip)
{
	console_rawf("\nringone: panic while reporting (step %u), eip=%08x\n", state.step, eip);
}

void panic_report(u32 eip, u32 ebp, const char *fmt, va_list ap)
{
	if (state.step || state.reason[0]) {
		again(eip);
		run_steps();
	}
	state.eip = eip;
	state.ebp = ebp;
	vsnprintf(state.reason, REASON, fmt, ap);
	run_steps();
}

void panic_frame(const struct host_frame *f)
{
	static struct host_frame copy;

	if (state.step || state.reason[0]) {
		again(f->eip);
		run_steps();
	}
	copy = *f;
	state.frame = &copy;
	state.eip = f->eip;
	state.ebp = f->ebp;
	snprintf(state.reason, REASON, "exception %u in the hypervisor", f->vector);
	run_steps();
}
