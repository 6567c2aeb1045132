/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: */
/* Where serial ports are: the BIOS data area, PCI cards, the conventional addresses; and how little
 * is asked of a machine that has none. The file is included, since it looks at the PCI bus once. */
#include "devices/host/serial.c"

#include "tests/unit/support.h"

struct bios_data bios;

static u16 answering[4]; /* the ports where a UART is; 0: none */
static u16 open_base;
static u32 tried;
static const struct host_function *bus;
static u32 functions, scans, claims, enabled;

bool uart_init(u16 base, u32 baud)
{
	assert_int_equal(baud, 115200);
	tried++;
	open_base = 0;
	for (u32 i = 0; i < ARRAY_LEN(answering); i++)
		if (base && answering[i] == base)
			open_base = base;
	return open_base;
}

u16 uart_base(void)
{
	return open_base;
}

void pcihost_scan(bool (*fn)(void *ctx, const struct host_function *f), void *ctx)
{
	scans++;
	for (u32 i = 0; i < functions; i++)
		if (!fn(ctx, &bus[i]))
			return;
}

/* BAR 0 of function n is a port, of odd ones BAR 3 another; the rest is memory. */
u16 pcihost_port(const struct host_function *f, u32 n)
{
	assert_true(n < 6);
	return n == 0 ? (u16)(0xc000 + f->dev * 0x100)
		      : (u16)(n == 3 && f->dev % 2 ? 0xd000 + f->dev * 0x100 : 0);
}

bool pcihost_claim(const struct host_function *f, const char *as)
{
	(void)f;
	assert_non_null(as);
	claims++;
	return true;
}

void pcihost_enable(const struct host_function *f, u32 bits)
{
	(void)f;
	assert_int_equal(bits, 1);
	enabled++;
}

static int setup(void **state)
{
	(void)state;
	memset(&bios, 0, sizeof(bios));
	memset(answering, 0, sizeof(answering));
	memset(&cards, 0, sizeof(cards));
	open_base = 0;
	tried = functions = scans = claims = enabled = 0;
	return 0;
}

static void the_bios_knows(void **state)
{
	(void)state;
	answering[0] = 0x3f8;
	answering[1] = 0x2e8;
	bios.com[0] = 0x2e8; /* it has a mind of its own */
	bios.com[1] = 0x3f8;
	assert_true(serial_early(115200));
	assert_int_equal(open_base, 0x2e8);
	answering[1] = 0; /* what it names does not answer */
	assert_true(serial_early(115200));
	assert_int_equal(open_base, 0x3f8);
	assert_int_equal(serial_port(SERIAL_AUTO), 0x3f8);
	assert_int_equal(scans, 0);
}

/* Where no BIOS was there may be anything: nothing is written to ports that are no serial ports. */
static void no_bios_data(void **state)
{
	static const u16 rubbish[] = {0x0cf8, 0xffff, 0x0064, 0x3f9};

	(void)state;
	for (u32 i = 0; i < 4; i++)
		bios.com[i] = rubbish[i];
	assert_false(serial_early(115200));
	assert_int_equal(tried, 1); /* COM1 */
	answering[0] = 0x3f8;
	assert_true(serial_early(115200));
	assert_int_equal(open_base, 0x3f8);
}

static void cards_of_pci(void **state)
{
	static const struct host_function some[] = {
		{.dev = 1, .base_class = 3},
		{.dev = 2, .base_class = 7, .sub_class = 0x80}, /* another way to communicate */
		{.dev = 3, .base_class = 7, .irq_line = 11},
		{.dev = 4, .base_class = 7, .irq_line = 255}, /* not connected */
		{.dev = 5, .base_class = 7, .irq_line = 5},
	};

	(void)state;
	bus = some;
	functions = ARRAY_LEN(some);
	assert_int_equal(serial_port(SERIAL_AUTO), 0xc300);
	assert_int_equal(claims, 1);
	assert_int_equal(enabled, 1);
	assert_int_equal(serial_port(SERIAL_PCI + 1), 0xd300);
	assert_int_equal(serial_port(SERIAL_PCI + 2), 0xc400);
	assert_int_equal(serial_port(SERIAL_PCI + 3), 0xc500); /* no room for its second one */
	assert_int_equal(scans, 1);
	assert_int_equal(serial_line(0xd300), 11);
	assert_int_equal(serial_line(0xc400), 0);
	assert_int_equal(serial_line(0xc500), 5);
	open_base = 0x2f8;
	assert_int_equal(serial_port(SERIAL_AUTO), 0x2f8);
}

static void lines_and_names(void **state)
{
	(void)state;
	assert_int_equal(serial_line(0x3f8), 4);
	assert_int_equal(serial_line(0x2f8), 3);
	assert_int_equal(serial_line(0x3e8), 4);
	assert_int_equal(serial_line(0x2e8), 3);
	assert_int_equal(serial_line(0x220), 0);
	assert_int_equal(serial_port(0x3e8), 0x3e8);
	assert_int_equal(serial_port(SERIAL_NONE), 0);
	assert_string_equal(serial_name(0x3e8), "0x3e8");
	assert_string_equal(serial_name(SERIAL_PCI + 2), "pci2");
}

static void none_at_all(void **state)
{
	(void)state;
	assert_false(serial_early(115200));
	for (u32 i = 0; i < 100; i++) {
		assert_int_equal(serial_port(SERIAL_AUTO), 0);
		assert_int_equal(serial_port(SERIAL_PCI), 0);
	}
	assert_int_equal(tried, 1);
	assert_int_equal(scans, 1);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_bios_knows),  TEST(no_bios_data), TEST(cards_of_pci),
		TEST(lines_and_names), TEST(none_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
