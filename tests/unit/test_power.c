/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: */
/* Switching off and resetting, on a board whose registers do nothing, or only the nth of them.
 * The driver is included, and its ports lead here. */
#include "lib/base.h"
#include "tests/unit/support.h"

#include <setjmp.h>
#include <string.h>

#define LIB_X86_H /* the real port accesses stay out */

enum way { BY_ACPI, BY_CHIPSET, BY_KEYBOARD, BY_NONE };

static struct {
	enum way works;
	bool stuck; /* the keyboard controller never takes a byte; ACPI mode never comes on */
	bool pci;
	unsigned tried; /* a bit for each way */
	unsigned waits;
	u16 pm1;
	unsigned writes; /* of PM1 */
	jmp_buf reset;
} board_model;

static void way(enum way w)
{
	board_model.tried |= 1u << w;
	if (w == board_model.works)
		longjmp(board_model.reset, 1 + (int)w);
}

static void outb(u16 port, u8 v)
{
	if (port == 0x92 && v == 0x55)
		way(BY_ACPI);
	if (port == 0xcf9 && v == 6)
		way(BY_CHIPSET);
	if (port == 0x64 && v == 0xfe)
		way(BY_KEYBOARD);
	if (port == 0xb2 && v == 0xf1 && !board_model.stuck)
		board_model.pm1 |= 1;
}

static u8 inb(u16 port)
{
	assert_int_equal(port, 0x64);
	return board_model.stuck ? 2 : 0;
}

static u16 inw(u16 port)
{
	assert_int_equal(port, 0x604);
	return board_model.pm1;
}

static void outw(u16 port, u16 v)
{
	assert_int_equal(port, 0x604);
	board_model.writes++;
	board_model.pm1 = v;
}

static void io_wait(void)
{
	board_model.waits++;
	if (board_model.works == BY_NONE && board_model.tried & 1u << BY_KEYBOARD &&
	    board_model.waits > 350000)
		longjmp(board_model.reset, 1 + BY_NONE);
}

static void irq_disable(void)
{
}

#include "devices/host/power/power.c"

struct board board;

bool pcihost_present(void)
{
	return board_model.pci;
}

void pcihost_write(const struct host_function *f, u8 offset, unsigned size, u32 value)
{
	assert_int_equal(f->bus, 0);
	assert_int_equal(f->dev, 31);
	assert_int_equal(f->fn, 3);
	assert_int_equal(offset, 0x44);
	assert_int_equal(size, 1);
	outb(0x92, (u8)value);
}

void *frame_map_device(pfn_t f, enum cache_type cache)
{
	static u8 page[PAGE_SIZE];

	assert_int_equal(f.n, 0xfed80);
	assert_int_equal(cache, CACHE_UC);
	memset(page, 0, sizeof(page));
	way(BY_ACPI);
	return page;
}

static enum way reset(enum way works)
{
	int how;

	board_model.works = works;
	board_model.tried = board_model.waits = 0;
	how = setjmp(board_model.reset);
	if (!how)
		power_reset();
	return (enum way)(how - 1);
}

static void in_turn(void **state)
{
	static const struct acpi_reset registers[] = {
		{RESET_PORT, 0x92, 0x55},
		{RESET_PCI, 31u << 16 | 3u << 8 | 0x44, 0x55},
		{RESET_MEMORY, 0xfed80010, 0x55},
	};

	(void)state;
	board_model.pci = true;
	for (unsigned i = 0; i < ARRAY_LEN(registers); i++) {
		board.reset = registers[i];
		for (unsigned w = BY_ACPI; w < BY_NONE; w++) {
			assert_int_equal(reset((enum way)w), w);
			assert_int_equal(board_model.tried, (2u << w) - 1);
		}
	}
	/* Nothing works, and each wait has an end. */
	board_model.stuck = true;
	assert_int_equal(reset(BY_NONE), BY_NONE);
	assert_int_equal(board_model.tried, 7);
	board_model.stuck = false;
	/* An ISA board without ACPI: only the keyboard controller. */
	board_model.pci = false;
	board.reset = (struct acpi_reset){0};
	assert_int_equal(reset(BY_KEYBOARD), BY_KEYBOARD);
	assert_int_equal(board_model.tried, 1u << BY_KEYBOARD);
}

static void off(void **state)
{
	(void)state;
	board.soft_off = false;
	power_off();
	assert_int_equal(board_model.writes, 0);
	board.soft_off = true;
	board.power =
		(struct acpi_power){.pm1a = 0x604, .type_a = 5, .smi_cmd = 0xb2, .enable = 0xf1};
	power_off();
	assert_int_equal(board_model.writes, 2); /* the type, then the bit that starts it */
	assert_int_equal(board_model.pm1, 5u << 10 | 0x2000 | 1);
	/* ACPI mode never comes on: tried all the same, in bounded time. */
	board_model.stuck = true;
	board_model.pm1 = 0;
	board_model.waits = board_model.writes = 0;
	power_off();
	assert_int_equal(board_model.writes, 2);
	assert_in_range(board_model.waits, 3000000, 4000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_turn),
		cmocka_unit_test(off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
