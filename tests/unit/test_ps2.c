/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: */
/* The keyboard driver: scan codes in, characters out. The driver is included, and reads its
 * ports from the script below. */
#include "lib/base.h"
#include "tests/unit/support.h"

#include <string.h>

#define LIB_X86_H /* the real port accesses stay out */

static struct {
	bool absent, stuck; /* no controller; one that always has a byte */
	const u8 *bytes;
	unsigned count;
	bool aux; /* the bytes are the mouse's */
	unsigned writes;
} controller;

static u8 inb(u16 port)
{
	if (controller.absent)
		return 0xff;
	if (port == 0x64)
		return (u8)((controller.count || controller.stuck) | (controller.aux ? 0x20 : 0));
	assert_int_equal(port, 0x60);
	if (controller.stuck)
		return 0x55;
	assert_true(controller.count > 0);
	controller.count--;
	return *controller.bytes++;
}

#include "devices/host/ps2.c"

enum hv_status host_irq_register(unsigned irq, host_irq_fn *fn, void *ctx)
{
	(void)fn;
	(void)ctx;
	assert_int_equal(irq, 1);
	return HV_OK;
}

static int setup(void **state)
{
	(void)state;
	memset(&controller, 0, sizeof(controller));
	memset(&kbd, 0, sizeof(kbd));
	assert_true(ps2_init());
	return 0;
}

/* Feed codes and compare all characters that come of them. */
static void expect(const char *codes, unsigned count, const char *text, unsigned length)
{
	controller.bytes = (const u8 *)codes;
	controller.count = count;
	for (unsigned i = 0; i < length; i++)
		assert_int_equal(ps2_getc(), (u8)text[i]);
	assert_int_equal(ps2_getc(), -1);
}

#define TYPE(codes, text) expect((codes), sizeof(codes) - 1, (text), sizeof(text) - 1)

static void letters(void **state)
{
	(void)state;
	TYPE("\x23\xa3\x12\x92\x26\xa6\x26\xa6\x18\x98", "hello");
	TYPE("\x39\xb9\x1c\x9c\x0e\x8e\x0f\x8f\x01\x81", " \r\b\t\x1b");
	TYPE("\x02\x0b\x0c\x0d\x27\x28\x29\x2b\x33\x34\x35", "10-=;'`\\,./");
	TYPE("\x10\x19\x1a\x1b\x1e\x26\x2c\x32", "qp[]alzm");
	TYPE("\x47\x48\x49\x4a\x4d\x4e\x52\x53\x37", "789-6+0.*");
	TYPE("\x3b\x44\x45\x46\x54\x58\x7f\x00", ""); /* no character on these */
}

static void shift_and_caps(void **state)
{
	(void)state;
	TYPE("\x2a\x1e\x02\x29\xaa\x1e\x02", "A!~a1");
	TYPE("\x36\x33\x2b\xb6\x33", "<|,");
	TYPE("\x2a\x36\xaa\x1e\xb6\x1e", "Aa"); /* one of two let go */
	TYPE("\x3a\xba\x1e\x02\x2a\x1e\x02\xaa\x3a\xba\x1e", "A1a!a");
	/* Print screen and arrows send false shifts around them. */
	TYPE("\xe0\x2a\x1e\xe0\xaa\x1e", "aa");
}

static void control(void **state)
{
	(void)state;
	TYPE("\x1d\x1e\x2e\x9d\x1e", "\x01\x03"
				     "a");
	TYPE("\xe0\x1d\x20\xe0\x9d\x20", "\x04"
					 "d"); /* the right one */
	TYPE("\x1d\x1a\x2b\x1b\x39\x9d", "\x1b\x1c\x1d\0");
	TYPE("\x1d\x2a\x1e\x03\xaa\x9d", "\x01\0"); /* with shift: A, @ */
	TYPE("\x3a\x1d\x1e\x9d\x3a", "\x01");	    /* with caps lock */
	TYPE("\x1d\x02\x1c\x9d", "1\r");	    /* no meaning: the key itself */
}

static void sequences_of_terminals(void **state)
{
	(void)state;
	TYPE("\xe0\x48\xe0\xc8\xe0\x50\xe0\x4d\xe0\x4b", "\x1b[A\x1b[B\x1b[C\x1b[D");
	TYPE("\xe0\x47\xe0\x4f\xe0\x49\xe0\x51\xe0\x52\xe0\x53",
	     "\x1b[H\x1b[F\x1b[5~\x1b[6~\x1b[2~\x1b[3~");
	TYPE("\xe0\x1c\xe0\x35", "\r/");
	TYPE("\xe0\x5b\xe0\xdb\x1e", "a"); /* a Windows key */
}

static void the_mouse_is_not_typing(void **state)
{
	(void)state;
	controller.aux = true;
	TYPE("\x1e\x1e\x1e", "");
	controller.aux = false;
	TYPE("\x1e", "a");
}

static void a_controller_that_never_ends(void **state)
{
	(void)state;
	controller.stuck = true;
	(void)ps2_getc(); /* comes back, that is all */
	memset(&kbd, 0, sizeof(kbd));
	assert_false(ps2_init());
	assert_int_equal(ps2_getc(), -1);
	controller.stuck = false;
	controller.absent = true;
	assert_false(ps2_init());
	assert_int_equal(ps2_getc(), -1);
}

static void too_fast(void **state)
{
	u8 codes[500];
	unsigned n = 0;

	(void)state;
	memset(codes, 0x1e, sizeof(codes));
	controller.bytes = codes;
	controller.count = sizeof(codes);
	for (int i = 0; i < 20; i++)
		poll(NULL);
	assert_int_equal(controller.count, 0);
	while (ps2_getc() == 'a')
		n++;
	assert_int_equal(n, QUEUE);
}

static void hot_keys(void **state)
{
	static const struct {
		const char *codes;
		unsigned count, key;
	} row[] = {
		{"\x1d\x38\x3b", 3, 1},		/* Ctrl+Alt+F1 */
		{"\x1d\x38\x44", 3, 10},	/* F10 */
		{"\x1d\x38\x57", 3, 11},	/* F11 */
		{"\x38\x1d\x58", 3, 12},	/* F12, Alt first */
		{"\xe0\x1d\xe0\x38\x3c", 5, 2}, /* the right ones */
		{"\x3b", 1, 0},
		{"\x38\x3b", 2, 0},
		{"\x1d\x3b", 2, 0},
		{"\x1d\x38\xb8\x3b", 4, 0}, /* Alt was let go */
		{"\x1d\x38\xbb", 3, 0},	    /* a release */
		{"\x1d\x38\x46", 3, 0},	    /* not a function key */
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(row); i++) {
		memset(&kbd, 0, sizeof(kbd));
		assert_true(ps2_init());
		expect(row[i].codes, row[i].count, "", 0);
		assert_int_equal(ps2_hot_key(), row[i].key);
		assert_int_equal(ps2_hot_key(), 0);
	}
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(letters),
		TEST(shift_and_caps),
		TEST(control),
		TEST(sequences_of_terminals),
		TEST(the_mouse_is_not_typing),
		TEST(a_controller_that_never_ends),
		TEST(too_fast),
		TEST(hot_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
