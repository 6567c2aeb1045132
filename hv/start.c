/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a guest comes and goes: made from its configuration, in parts, and released by the run loop
 * when no exit of it is being handled any more. Everything it holds is
 * charged to its frame_owner, whose count must be 0 at the end.
 */
#include "devices/devices.h"
#include "hv/console/console.h"
#include "hv/gdb/gdb.h"
#include "hv/guest/guest.h"
#include "hv/hv.h"
#include "hv/image/image.h"
#include "hv/monitor/monitor.h"
#include "hv/time/time.h"
#include "hv/vcpu/emulate/emulate.h"
#include "hv/vcpu/vcpu.h"
#include "hv/why/why.h"
#include "lib/log.h"
#include "lib/string.h"
#include "lib/trace.h"
#include "lib/x86.h"
#include "mm/host.h"

/* Frames for shadow tables: two a MiB cover the linear map of any split with room for user
 * tables; the base is for small guests. Together well under a MiB for a 64 MiB guest. */
#define POOL_BASE    32u
#define POOL_PER_MIB 2u
#define POOL_MAX     4096u
#define POOL_SMALL   (FRAME_BLOCK - 1u) /* below 2 MiB: one block of them */

static void bus_irq(void *ctx, unsigned line)
{
	struct guest *g = ctx;

	if (g->vcpu)
		virq_raise(g->vcpu, line);
}

static void bus_console_out(void *ctx, const char *text, u32 len)
{
	console_guest_out(ctx, text, len);
}

static u32 bus_console_room(void *ctx)
{
	return console_guest_room(ctx);
}

static u64 bus_now(void *ctx)
{
	(void)ctx;
	return now_ns();
}

static bool bus_irq_served(void *ctx, unsigned line)
{
	struct guest *g = ctx;

	return !g->vcpu || virq_served(g->vcpu, line);
}

static void bus_work(void *ctx)
{
	run_work(ctx);
}

static const struct bus_ops bus_ops = {
	.irq = bus_irq,
	.console_out = bus_console_out,
	.console_room = bus_console_room,
	.now_ns = bus_now,
	.irq_served = bus_irq_served,
	.work = bus_work,
};

static void clock_fired(struct timer *t)
{
	virq_raise(container_of(t, struct vcpu, clock), 0);
}

/* Nothing to do: the exit that the timer caused is what was wanted. */
static void nudge_fired(struct timer *t)
{
	(void)t;
}

/* ---- Start ------------------------------------------------------------------------------- */

/* Entry state (docs/abi.md): flat ring-1 segments, all registers 0, ESI the zero page. */
static void vcpu_reset(struct vcpu *v, gpa_t entry)
{
	struct regs *r = v->regs;

	memset(r, 0, sizeof(*r));
	r->cs = GUEST_KERNEL_CS;
	r->ds = r->es = r->ss = GUEST_KERNEL_DS;
	r->eip = entry;
	r->eflags = EFLAGS_IF | EFLAGS_FIXED;
	r->vector = VECTOR_POISON;
	v->syscall_vector = LGUEST_SYSCALL_VECTOR;
	v->clock.fire = clock_fired;
	v->nudge.fire = nudge_fired;
	v->state->tss.ss0 = GDT_HV_DS * 8;
	v->state->tss.esp0 = SWITCHER_REGS + PAGE_SIZE;
	v->state->tss.iomap = sizeof(struct tss); /* beyond the limit: no port is open */
	v->state->host_cr3 = host_root();
	control_init(v);
	v->seen_window.va = NO_WINDOW;
	gdt_init(v);
	vcpu_time_exits(v, config.opt.exit_times);
	vcpu_watch(v, NULL, NULL);
}

static u32 pool_frames(u32 mib)
{
	return mib < 2 ? POOL_SMALL : MIN(POOL_BASE + POOL_PER_MIB * mib, POOL_MAX);
}

static enum hv_status vcpu_make(struct guest *g)
{
	extern char switcher_load_start[];
	struct vcpu *v = arena_alloc(&g->arena, sizeof(*v));
	u32 pool = pool_frames(g->config->mem_bytes >> 20);
	pfn_t special[3];

	if (!v)
		return HV_NOMEM;
	v->decoded = arena_alloc(&g->arena, emu_cache_bytes);
	if (!v->decoded)
		return HV_NOMEM;
	v->guest = g;
	if (frame_alloc_run(&g->owner, 2, &v->state_frame) != HV_OK)
		return HV_NOMEM;
	g->vcpu = v;
	v->regs_frame.n = v->state_frame.n + 1;
	v->state = frame_ptr(v->state_frame);
	v->regs = (struct regs *)((u8 *)frame_ptr(v->regs_frame) + REGS_OFFSET);
	special[0].n = (u32)(uintptr_t)switcher_load_start >> PAGE_SHIFT;
	special[1] = v->state_frame;
	special[2] = v->regs_frame;
	v->shadow = shadow_create(&g->arena, &g->mem, pool, special);
	if (!v->shadow)
		return HV_NOMEM;
	v->cr3_shadow = shadow_cr3(v->shadow);
	return HV_OK;
}

/* Into g->why when there is no such disk, or not for this guest. */
static enum hv_status add_disk(struct guest *g, const struct disk_config *d)
{
	const char *why = NULL;
	struct blk_backend *disk = disk_backend(d->module, d->name, &why);
	enum hv_status s = disk ? bus_add_block(g->bus, disk, d->readonly) : HV_ABSENT;

	if (s == HV_ABSENT)
		snprintf(g->why, sizeof(g->why), "disk=%s: %s", d->name, why);
	if (s == HV_BUSY)
		snprintf(g->why, sizeof(g->why),
			 "disk=%s: it, or a part of it, is in use by another guest: only read-only "
			 "disks (,ro) can be shared",
			 d->name);
	return s;
}

/* Into g->why when the display cannot be shown. */
static enum hv_status add_display(struct guest *g)
{
	u32 w = g->config->display_width, h = g->config->display_height;
	enum hv_status s = w ? bus_add_display(g->bus, w, h) : HV_OK;

	if (s == HV_ABSENT)
		snprintf(g->why, sizeof(g->why), "display=%ux%u: %s", w, h, screen_refusal());
	return s;
}

static enum hv_status devices_make(struct guest *g)
{
	const struct guest_config *c = g->config;
	enum hv_status s;
	u8 mac[6];

	g->bus = bus_create(&g->arena, &g->mem, &bus_ops, g, g->name);
	if (!g->bus)
		return HV_NOMEM;
	s = bus_add_console(g->bus);
	for (u32 i = 0; s == HV_OK && i < c->disks; i++)
		s = add_disk(g, &c->disk[i]);
	for (u32 i = 0; s == HV_OK && i < c->nics; i++) {
		network_mac(g, i, mac);
		s = bus_add_net(g->bus, c->nic[i].network, c->nic[i].has_mac ? c->nic[i].mac : mac);
	}
	for (u32 i = 0; s == HV_OK && i < c->lent_count; i++)
		s = bus_add_passthrough(g->bus, c->lent[i].where, c->lent[i].dma_trusted);
	for (u32 i = 0; s == HV_OK && i < c->shms; i++)
		s = bus_add_shm(g->bus, c->shm[i].name, c->shm[i].bytes);
	if (s == HV_OK)
		s = bus_add_rng(g->bus);
	if (s == HV_OK)
		s = add_display(g);
	return s;
}

/* Give everything back, whatever of it there is. */
static void release(struct guest *g)
{
	struct vcpu *v = g->vcpu;

	if (g->bus)
		bus_detach(g->bus);
	g->bus = NULL;
	if (v) {
		timer_cancel(&v->clock);
		timer_cancel(&v->nudge);
		fpu_forget(v);
		if (v->shadow)
			shadow_destroy(v->shadow);
		frame_free_run(&g->owner, v->state_frame, 2);
	}
	g->vcpu = NULL;
	g->load = NULL;
	console_guest_close(g);
	gmem_release(&g->mem);
	arena_release(&g->arena);
	BUG_ON(g->owner.frames);
	g->held = false;
}

static enum hv_status build(struct guest *g)
{
	enum hv_status s = vcpu_make(g);

	if (s == HV_OK)
		s = devices_make(g);
	if (s == HV_OK)
		vcpu_reset(g->vcpu, load_end(g, g->load));
	return s;
}

/* Whoever refused has written the reason into g->why, or said it in a line of the guest's: the
 * devices below, who know no guest. */
static void not_started(struct guest *g, enum hv_status s)
{
	u32 ram = g->config->mem_bytes >> 10, free;
	u32 tables = pool_frames(ram >> 10) * (PAGE_SIZE >> 10);

	release(g);
	free = frame_free_count() * (PAGE_SIZE >> 10);
	if (s == HV_NOMEM)
		snprintf(g->why, sizeof(g->why),
			 "out of memory (wants %u KiB and %u for tables, %u KiB are free%s); "
			 "give it less with mem=, or the machine more",
			 ram, tables, free, free < ram + tables ? "" : ", but in pieces");
	else if (!g->why[0])
		snprintf(g->why, sizeof(g->why),
			 "it cannot have a device of its configuration, see above");
	log_line(LOG_ERROR, g->name, "not started: %s", g->why);
	guest_set_state(g, GUEST_ENDED);
	g->end = END_KILLED;
	gdb_released(g);
}

/* What a guest needs beside its RAM, its tables, and what its configuration names: devices and
 * their queues, the console. */
#define START_FRAMES 512u

/* Memory that it shares, and its picture, of up to 4 bytes a pixel. */
static u32 named_frames(const struct guest_config *c)
{
	u32 frames = c->display_width * c->display_height * 4u >> PAGE_SHIFT;

	for (u32 i = 0; i < c->shms; i++)
		frames += c->shm[i].bytes >> PAGE_SHIFT;
	return frames;
}

/* Others may hold more for their shadow tables than they must. `ram`: of its own, which it has not
 * got yet. */
static void make_room(const struct guest *g, u32 ram)
{
	u32 low = pool_frames(g->config->mem_bytes >> 20) + START_FRAMES;

	if (frame_free_count() >= ram + low + named_frames(g->config) &&
	    frame_free_low_count() >= low)
		return;
	for (u32 i = 0; i < guest_count; i++)
		if (guests[i].vcpu && guests[i].vcpu->shadow)
			shadow_give_back(guests[i].vcpu->shadow);
}

void guest_start(struct guest *g)
{
	enum hv_status s;

	memcpy(g->name, g->config->name, sizeof(g->name));
	g->owner.name = g->name;
	g->weight = g->config->weight;
	g->run_ns = 0;
	g->held = true;
	g->told = false;
	g->say_held_ns = 0;
	guest_set_state(g, GUEST_STARTING);
	g->end = END_NONE;
	g->started_ns = 0;
	g->why[0] = '\0';
	make_room(g, g->config->mem_bytes >> PAGE_SHIFT);
	arena_init(&g->arena, &g->owner);
	s = gmem_init(&g->mem, &g->arena, &g->owner, g->config->mem_bytes);
	if (s == HV_OK)
		s = console_guest_open(g); /* keys for it wait from now on */
	if (s == HV_OK)
		run_wake(g);
	else
		not_started(g, s);
}

#define PART_PAGES 16u /* so many are cleared or filled at once */

void guest_start_part(struct guest *g)
{
	enum hv_status s = HV_OK;

	if (!gmem_scrub(&g->mem, PART_PAGES))
		return;
	if (!g->load)
		s = load_begin(g, &g->load);
	if (s == HV_OK && !load_part(g, g->load, PART_PAGES << PAGE_SHIFT))
		return;
	/* Others have run meanwhile, and may have taken what it still needs. */
	make_room(g, 0);
	if (s == HV_OK)
		s = build(g);
	if (s != HV_OK) {
		not_started(g, s);
		return;
	}
	guest_set_state(g, GUEST_RUNNING);
	if (gdb_started(g) || g->config->paused)
		guest_pause(g);
	g->started_ns = now_ns();
	g->run_ns = 0; /* what filling its RAM took was before */
	log_line(LOG_INFO, g->name, "started: %u MiB, entry %#x", g->config->mem_bytes >> 20,
		 g->vcpu->regs->eip);
	trace(TRACE_GUEST, g->name, g->state, 0, 0);
	run_wake(g);
	screen_started(g);
}

/* ---- The end ----------------------------------------------------------------------------- */

/* Past log_line(): what was asked for is not lost to its rate limit. */
static void print_line(void *ctx, const char *text)
{
	const struct guest *g = ctx;
	char line[CONSOLE_LINE];

	snprintf(line, sizeof(line), "[%s] %s", g->name, text);
	console_line(NULL, line);
}

#define HELD_SAY_NS 1000000000u /* as a rule it is a matter of milliseconds */

/* Are disks through with its memory? Their time is bounded: then their drivers stop them. */
static bool disks_through(struct guest *g)
{
	if (!g->bus || bus_stop(g->bus))
		return true;
	if (!g->say_held_ns) {
		g->say_held_ns = now_ns() + HELD_SAY_NS;
	} else if (now_ns() >= g->say_held_ns) {
		g->say_held_ns = ~0ull; /* said */
		log_line(LOG_WARN, g->name,
			 "its memory is held: a disk has not ended %u of its requests",
			 bus_held(g->bus));
	}
	return false;
}

void guest_reap(struct guest *g)
{
	bool through;

	if (g->state != GUEST_ENDED || !g->held)
		return;
	through = disks_through(g);
	if (!g->told) {
		if (!why_report(g))
			return; /* it goes on when the serial line has room */
		if (config.opt.stats && g->end != END_RESTART)
			stats_print(g, print_line, g);
		g->told = true;
	}
	if (!through)
		return;
	gdb_released(g);
	release(g);
	if (g->end == END_RESTART) {
		g->restarts++;
		guest_start(g);
	}
}
