/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: */
/* The local APIC as another system left it, beside a model: what is in service is ended, what is
 * requested is taken, sources of its own are off. The driver is included, and its registers lead to
 * the model. */
#include "lib/base.h"
#include "tests/unit/support.h"

#include <string.h>

#define LIB_X86_H /* the real accesses stay out */
#define DEVICES_HOST_MMIO_H

static struct {
	u32 version, word[0x100];
	bool deaf; /* takes nothing */
	u32 ended, taken;
} chip;

static u32 mmio_read32(const volatile u8 *base, u32 at)
{
	assert_non_null((const void *)base);
	assert_in_range(at, 0x20, 0x3f0);
	return at == 0x30 ? chip.version : chip.word[at / 4];
}

static s32 highest(u32 reg)
{
	s32 v = 255;

	while (v >= 0 && !(chip.word[reg / 4 + (u32)v / 32 * 4] >> (u32)v % 32 & 1u))
		v--;
	return v;
}

static void set_bit(u32 reg, u32 vector, bool on)
{
	u32 *word = &chip.word[reg / 4 + vector / 32 * 4];

	*word = on ? *word | 1u << vector % 32 : *word & ~(1u << vector % 32);
}

static void mmio_write32(volatile u8 *base, u32 at, u32 value)
{
	s32 v;

	assert_non_null((const void *)base);
	if (at != 0xb0) {
		chip.word[at / 4] = value;
		return;
	}
	v = highest(0x100);
	assert_true(v >= 0);
	set_bit(0x100, (u32)v, false);
	chip.ended++;
}

static inline u64 rdtsc(void)
{
	return 0;
}

static inline void cpu_pause(void)
{
}

#include "devices/host/apic.c"

struct cpu_features cpu;

void *frame_map_device(pfn_t frame, enum cache_type cache)
{
	(void)frame;
	(void)cache;
	return NULL;
}

void frame_unmap_high(void *p)
{
	(void)p;
}

void *host_map_device(u64 phys, u32 bytes, enum cache_type cache)
{
	static u8 place;

	assert_int_equal(phys, 0xfee00000);
	(void)bytes;
	(void)cache;
	return &place;
}

/* The CPU takes what is above all that is in service (SDM vol. 3, 10.8.3). */
static void take(void)
{
	s32 v = highest(0x200);

	if (chip.deaf || v < 0 || v / 16 <= highest(0x100) / 16 || chip.word[0x80 / 4])
		return;
	set_bit(0x200, (u32)v, false);
	set_bit(0x100, (u32)v, true);
	chip.taken++;
}

static void machine(u32 entries)
{
	memset(&chip, 0, sizeof(chip));
	memset(&local, 0, sizeof(local));
	cpu.apic = true;
	chip.version = 0x14 | entries << 16;
	chip.word[0x80 / 4] = 0xf0;
	for (u32 at = 0x2f0; at <= 0x370; at += 0x10)
		chip.word[at / 4] = at & 0xff;
}

static void left_over(void **state)
{
	static const u8 requested[] = {0x22, 0x31, 0xec, 0xed}, serviced[] = {0x30, 0xec};

	(void)state;
	machine(5);
	for (size_t i = 0; i < ARRAY_LEN(requested); i++)
		set_bit(0x200, requested[i], true);
	for (size_t i = 0; i < ARRAY_LEN(serviced); i++)
		set_bit(0x100, serviced[i], true);
	apic_settle(take);
	assert_int_equal(highest(0x100), -1);
	assert_int_equal(highest(0x200), -1);
	assert_int_equal(chip.taken, 4);
	assert_int_equal(chip.ended, 6);
	assert_int_equal(chip.word[0x80 / 4], 0);
	for (u32 at = 0x300; at <= 0x370; at += 0x10) { /* LINT0 and LINT1 are firmware's */
		bool own = at == 0x320 || at == 0x330 || at == 0x340 || at == 0x370;

		assert_int_equal(chip.word[at / 4], own ? 0x10000 : at & 0xff);
	}
	assert_int_equal(chip.word[0x2f0 / 4], 0xf0); /* there is none */
}

/* The thermal sensor's entry as firmware uses it: delivered as an SMI (SDM vol. 3, 10.5.1). */
static void firmwares_own(void **state)
{
	(void)state;
	machine(6);
	chip.word[0x330 / 4] = 0x200;
	chip.word[0x340 / 4] = 0x400; /* an NMI, as Linux counts for its watchdog */
	apic_settle(take);
	assert_int_equal(chip.word[0x330 / 4], 0x200);
	assert_int_equal(chip.word[0x340 / 4], 0x10000);
}

static void never_taken(void **state)
{
	(void)state;
	machine(6);
	chip.deaf = true;
	set_bit(0x200, 0xec, true);
	apic_settle(take); /* ends */
	assert_int_equal(highest(0x200), 0xec);
	assert_int_equal(chip.word[0x2f0 / 4], 0x10000);
}

static void none(void **state)
{
	(void)state;
	machine(5);
	set_bit(0x200, 0xec, true);
	cpu.apic = false;
	apic_settle(take);
	cpu.apic = true;
	chip.version = ~0u;
	apic_settle(take);
	assert_int_equal(chip.taken, 0);
	assert_int_equal(chip.word[0x80 / 4], 0xf0);
}

/* Each of its NMIs is known as its own, once, and no other is. */
static void watchdog(void **state)
{
	u32 *initial = &chip.word[0x380 / 4], *left = &chip.word[0x390 / 4];

	(void)state;
	machine(5);
	apic_watch_kick(); /* it does not watch */
	assert_false(apic_watch_fired());
	assert_int_equal(chip.word[0x380 / 4], 0);
	apic_watch();
	assert_int_equal(chip.word[0x320 / 4], 0x400);
	*initial = 0;
	*left = 1;
	assert_false(apic_watch_fired());
	apic_watch_kick();
	assert_int_equal(*initial, 6250000);
	*initial = *left = 0;
	assert_true(apic_watch_fired());
	assert_int_equal(*initial, 6250000); /* it goes on */
	*left = 1;
	assert_false(apic_watch_fired());
	*left = 0;
	apic_watch_kick(); /* right before its NMI, which ring 0 passes over */
	chip.word[0x390 / 4] = 1;
	apic_watch_kick();
	assert_false(apic_watch_fired()); /* so the next is a real one */
	chip.word[0x390 / 4] = 0;
	apic_watch_kick(); /* right before its NMI came through */
	*left = 1;
	assert_true(apic_watch_fired());
	assert_false(apic_watch_fired());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(left_over),   cmocka_unit_test(firmwares_own),
		cmocka_unit_test(never_taken), cmocka_unit_test(none),
		cmocka_unit_test(watchdog),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
