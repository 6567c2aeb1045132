/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The local APIC (SDM vol. 3, 10.4 and 10.5). The 8259A reaches the CPU through its pin LINT0 where
 * firmware has set it to ExtINT, "virtual wire". A firmware that sees no APIC by CPUID leaves the
 * pin masked, although the APIC is there and on.
 */
#include "devices/host/apic.h"
#include "devices/host/irq.h"
#include "devices/host/mmio.h"
#include "devices/host/pit.h"
#include "lib/cpu.h"
#include "lib/x86.h"
#include "mm/frame.h"
#include "mm/host.h"

#define APIC_FRAME 0xfee00u /* where it is after a reset */

#define APIC_BYTES     0x400u
#define APIC_ID	       0x020u
#define APIC_VERSION   0x030u
#define APIC_PRIORITY  0x080u
#define APIC_EOI       0x0b0u
#define APIC_SPURIOUS  0x0f0u
#define APIC_ISR       0x100u /* eight words, 16 bytes apart */
#define APIC_IRR       0x200u
#define APIC_LVT_CMCI  0x2f0u
#define APIC_LVT_TIMER 0x320u /* bits 17 and 18 clear: once; vector in the low byte */
#define APIC_LVT_HEAT  0x330u
#define APIC_LVT_COUNT 0x340u
#define APIC_LVT_LINT0 0x350u
#define APIC_LVT_ERROR 0x370u
#define APIC_INITIAL   0x380u
#define APIC_CURRENT   0x390u
#define APIC_DIVIDE    0x3e0u
#define DIVIDE_BY_16   0x3u

#define MEASURE_MS    10u
#define MEASURE_LOOPS 100000000u

#define SPURIOUS_ENABLE 0x100u
/* The low four bits are ones in a P6. A spurious interrupt comes as one of line 15, and is
 * recognised. */
#define SPURIOUS_VECTOR (HOST_IRQ_BASE + 15u)
_Static_assert((SPURIOUS_VECTOR & 15u) == 15u, "SDM vol. 3, 10.9");
#define LVT_EXTINT 0x700u /* delivery mode 7; edge, not masked */
#define LVT_NMI	   0x400u
#define LVT_MASKED 0x10000u
#define LVT_MODE   0x700u
#define LVT_SMI	   0x200u
#define VECTOR_MAX 256u

/* The version register: the integrated kinds, and the highest entry of the vector table. */
#define VERSION_OF(v) ((v)&0xffu)
#define ENTRIES_OF(v) ((v) >> 16 & 0xffu)

static bool plausible(u32 version)
{
	return VERSION_OF(version) >= 0x10 && VERSION_OF(version) < 0x20 &&
	       ENTRIES_OF(version) >= 2 && ENTRIES_OF(version) < 16;
}

bool apic_pass_pic(void)
{
	u8 *apic = frame_map_device((pfn_t){APIC_FRAME}, CACHE_UC);
	bool there = plausible(mmio_read32(apic, APIC_VERSION));

	if (there) {
		mmio_write32(apic, APIC_SPURIOUS, SPURIOUS_ENABLE | SPURIOUS_VECTOR);
		mmio_write32(apic, APIC_LVT_LINT0, LVT_EXTINT);
	}
	frame_unmap(apic);
	return there;
}

static struct {
	volatile u8 *at;
	u32 per_tick; /* of its counts for one of the PIT's, 16.16 */
} local;

static bool map(void)
{
	if (!local.at)
		local.at = host_map_device((u64)APIC_FRAME << PAGE_SHIFT, APIC_BYTES, CACHE_UC);
	return local.at && plausible(mmio_read32(local.at, APIC_VERSION));
}

bool apic_open(void)
{
	if (!map())
		return false;
	mmio_write32(local.at, APIC_SPURIOUS, SPURIOUS_ENABLE | SPURIOUS_VECTOR);
	return true;
}

u32 apic_id(void)
{
	return mmio_read32(local.at, APIC_ID) >> 24;
}

void apic_eoi(void)
{
	mmio_write32(local.at, APIC_EOI, 0);
}

static bool bit_of(u32 reg, unsigned vector)
{
	return mmio_read32(local.at, reg + vector / 32 * 16) & 1u << vector % 32;
}

bool apic_in_service(unsigned vector)
{
	return bit_of(APIC_ISR, vector);
}

bool apic_requested(unsigned vector)
{
	return bit_of(APIC_IRR, vector);
}

/* ---- What was left in it ------------------------------------------------------------------- */

/* Sources of its own, and how many entries its table has where they are there (10.5.1). */
static const struct {
	u16 reg, entries;
} sources[] = {
	{APIC_LVT_TIMER, 0}, {APIC_LVT_ERROR, 3}, {APIC_LVT_COUNT, 4},
	{APIC_LVT_HEAT, 5},  {APIC_LVT_CMCI, 6},
};

static bool any(u32 reg)
{
	for (u32 i = 0; i < VECTOR_MAX / 32; i++)
		if (mmio_read32(local.at, reg + i * 16))
			return true;
	return false;
}

/* Firmware keeps a board cool by SMIs of the thermal sensor's, whatever system runs. */
static bool firmwares(u32 reg)
{
	return (mmio_read32(local.at, reg) & LVT_MODE) == LVT_SMI;
}

void apic_settle(void (*take)(void))
{
	u32 last;

	if (!cpu.apic || !map())
		return;
	last = ENTRIES_OF(mmio_read32(local.at, APIC_VERSION));
	for (u32 i = 0; i < ARRAY_LEN(sources); i++)
		if (last >= sources[i].entries && !firmwares(sources[i].reg))
			mmio_write32(local.at, sources[i].reg, LVT_MASKED);
	mmio_write32(local.at, APIC_PRIORITY, 0);
	/* Only taking it removes a request, only ending it lets a lower one through. */
	for (u32 i = 0; i < 2 * VECTOR_MAX && (any(APIC_ISR) || any(APIC_IRR)); i++)
		if (any(APIC_ISR))
			apic_eoi();
		else
			take();
}

/* ---- Its timer (SDM vol. 3, 10.5.4) --------------------------------------------------------- */

/* Counts in so many ms by the TSC. */
static u32 measure(u32 tsc_khz)
{
	u64 begin = rdtsc(), span = (u64)tsc_khz * MEASURE_MS;

	mmio_write32(local.at, APIC_INITIAL, ~0u);
	for (u32 i = 0; i < MEASURE_LOOPS && rdtsc() - begin < span; i++)
		cpu_pause();
	return ~mmio_read32(local.at, APIC_CURRENT);
}

bool apic_timer_open(u32 tsc_khz)
{
	u32 counts;

	if (!apic_open())
		return false;
	mmio_write32(local.at, APIC_LVT_LINT0, LVT_EXTINT);
	mmio_write32(local.at, APIC_DIVIDE, DIVIDE_BY_16);
	mmio_write32(local.at, APIC_LVT_TIMER, LVT_MASKED);
	counts = measure(tsc_khz);
	local.per_tick = (u32)(((u64)counts << 16) * 1000u / MEASURE_MS / PIT_HZ);
	if (!local.per_tick)
		return false; /* it stands still */
	mmio_write32(local.at, APIC_LVT_TIMER, HOST_IRQ_BASE);
	return true;
}

void apic_timer_oneshot(u32 ticks)
{
	mmio_write32(local.at, APIC_INITIAL, MAX((u32)((u64)ticks * local.per_tick >> 16), 1u));
}

void apic_timer_served(void)
{
	apic_eoi();
}

/* ---- A watchdog made of it ------------------------------------------------------------------ */

/* A timer's entry has no delivery mode by the manual (figure 10-8), but obeys one in QEMU, whose
 * APICs count at 1 GHz. */
#define WATCH_COUNTS (1000000000u / 16u / 10u) /* DIVIDE_BY_16; a tenth of a second */

static struct {
	bool on;
	bool owed; /* it had expired when it was kicked: its NMI is on its way */
} watch;

static bool watch_expired(void)
{
	return !mmio_read32(local.at, APIC_CURRENT);
}

static void watch_begin(void)
{
	mmio_write32(local.at, APIC_INITIAL, WATCH_COUNTS);
}

void apic_watch(void)
{
	if (!apic_open())
		return;
	mmio_write32(local.at, APIC_DIVIDE, DIVIDE_BY_16);
	mmio_write32(local.at, APIC_LVT_TIMER, LVT_NMI);
	watch_begin();
	watch.on = true;
}

void apic_watch_kick(void)
{
	if (!watch.on)
		return;
	watch.owed = watch_expired(); /* one that was due before is not on its way any more */
	watch_begin();
}

bool apic_watch_fired(void)
{
	bool owed = watch.owed;

	watch.owed = false;
	if (owed || !watch.on || !watch_expired())
		return owed;
	watch_begin();
	return true;
}
