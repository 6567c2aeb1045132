/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/host/scancode.c devices/host/keymap.c */
/* The keyboard driver: scan codes in, characters out. The driver is included, and reads its
 * ports from the script below. */
#include "lib/base.h"
#include "tests/unit/support.h"

#include <stdio.h>
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

struct bios_data bios;

/* Switched on anew: nothing is pressed. */
static void again(const char *map, bool num_lock)
{
	bios.num_lock = num_lock;
	present = false;
	assert_true(ps2_init(keymap_find(map)));
}

static int setup(void **state)
{
	(void)state;
	memset(&controller, 0, sizeof(controller));
	again("us", true);
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
	TYPE("\x39\xb9\x1c\x9c\x0e\x8e\x0f\x8f\x01\x81", " \r\x7f\t\x1b");
	TYPE("\x02\x0b\x0c\x0d\x27\x28\x29\x2b\x33\x34\x35", "10-=;'`\\,./");
	TYPE("\x10\x19\x1a\x1b\x1e\x26\x2c\x32", "qp[]alzm");
	TYPE("\x47\x48\x49\x4a\x4d\x4e\x52\x53\x37", "789-6+0.*");
	TYPE("\x46\x54\x59\x7f\x00\xff", ""); /* no character on these */
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
	present = false;
	assert_false(ps2_init(keymap_find("us")));
	assert_int_equal(ps2_getc(), -1);
	controller.stuck = false;
	controller.absent = true;
	assert_false(ps2_init(keymap_find("us")));
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
	assert_int_equal(n, 64);
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
		{"\x1d\x38\xbb", 3, 0},		/* a release */
		{"\x1d\x38\x46", 3, 0},		/* not a function key */
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(row); i++) {
		again("us", true);
		expect(row[i].codes, row[i].count, "", 0);
		assert_int_equal(scancode_hot_key(), row[i].key);
		assert_int_equal(scancode_hot_key(), 0);
	}
}

/* As xterm sends them; the pad by Num Lock and Shift. */
static void keys_without_a_character(void **state)
{
	(void)state;
	TYPE("\x3b\xbb\x3c\x3d\x3e", "\x1bOP\x1bOQ\x1bOR\x1bOS");
	TYPE("\x3f\x40\x41\x42", "\x1b[15~\x1b[17~\x1b[18~\x1b[19~");
	TYPE("\x43\x44\x57\x58", "\x1b[20~\x1b[21~\x1b[23~\x1b[24~");
	TYPE("\x2a\x3b\x3f\xe0\x48\xaa", "\x1b[1;2P\x1b[15;2~\x1b[1;2A");
	TYPE("\x1d\xe0\x4b\x9d\xe0\x4b", "\x1b[1;5D\x1b[D");
	TYPE("\x38\xe0\x4d\x1e\xb8\x1e", "\x1b[1;3C\x1b"
					 "aa");
	TYPE("\xe0\x38\x1e\xe0\xb8", "\x1b"
				     "a"); /* no AltGr on this layout */
	TYPE("\x2a\x0f\xaa", "\x1b[Z");
	TYPE("\x1d\x0e\x9d", "\x7f");
}

static void numeric_pad(void **state)
{
	(void)state;
	TYPE("\x47\x4c\x53\x2a\x47\x4c\x53\xaa", "75.\x1b[1;2H\x1b[1;2E\x1b[3;2~");
	TYPE("\x45\xc5\x47\x48\x4c\x53\x49\x37\x4a", "\x1b[H\x1b[A\x1b[E\x1b[3~\x1b[5~*-");
	TYPE("\x2a\x4b\xaa", "4");			/* Shift is the other way round */
	TYPE("\x45\x45\x45\xc5\x4b", "4");		/* held down it repeats: once */
	TYPE("\xe1\x1d\x45\xe1\x9d\xc5\x4b\x1e", "4a"); /* Pause is neither Num Lock nor Ctrl */
	TYPE("\x3a\x3a\x3a\xba\x1e\x3a\xba\x1e", "Aa");
	again("us", false); /* as the BIOS left it */
	TYPE("\x4b\x45\xc5\x4b", "\x1b[D4");
	bios.caps_lock = true;
	again("us", false);
	TYPE("\x1e\x02", "A1");
	bios.caps_lock = false;
}

static void pages(void **state)
{
	(void)state;
	TYPE("\x2a\xe0\xaa\xe0\x49\xe0\xc9\xe0\x2a\xaa", ""); /* with its false shifts */
	assert_int_equal(scancode_pages(), 1);
	assert_int_equal(scancode_pages(), 0);
	TYPE("\x36\xe0\x51\xe0\x51\xe0\x49\xe0\x51\xb6", "");
	assert_int_equal(scancode_pages(), -2);
	TYPE("\x2a\x49\xaa", ""); /* on the pad of an old keyboard, with Num Lock */
	assert_int_equal(scancode_pages(), 1);
	for (int i = 0; i < 100; i++)
		TYPE("\x2a\xe0\x49\xaa", "");
	assert_int_equal(scancode_pages(), 16);
	TYPE("\xe0\x49", "\x1b[5~");
	assert_int_equal(scancode_pages(), 0);
}

static void layouts(void **state)
{
	(void)state;
	again("de", true);
	TYPE("\x15\x2c\x1a\x0c\x2b", "zy\u00fc\u00df#");
	TYPE("\x2a\x15\x1a\x08\x56\xaa", "Z\u00dc/>");
	TYPE("\xe0\x38\x10\x12\x08\x0c\x56\xe0\xb8", "@\u20ac{\\|");
	TYPE("\xe0\x38\x1e\xe0\xb8\x1e", "a"); /* nothing on this one with AltGr */
	TYPE("\x3a\xba\x27\x0c\x15\x02\x3a\xba", "\u00d6\u00dfZ1"); /* letters only */
	TYPE("\x1d\x15\x1e\x9d", "\x1a\x01");			    /* Ctrl by the letter */
	TYPE("\x1d\xe0\x38\x0c\xe0\xb8\x9d", "\x1c");
	again("fr", true);
	TYPE("\x10\x1e\x02\x03\x2a\x02\xaa\x29", "aq&\u00e9"
						 "1\u00b2");
	TYPE("\x1d\x10\x9d", "\x01");
	again("uk", true);
	TYPE("\x2a\x03\x04\x28\xaa\x2b\x56", "\"\u00a3@#\\");
	TYPE("\xe0\x38\x05\x1e\xe0\xb8", "\u20ac");
	TYPE("\x38\x1e\xb8", "\x1b"
			     "a");
	again("dvorak", true);
	TYPE("\x1e\x1f\x20\x2c", "aoe;");
}

/* Every row is whole: 48 keys twice, pairs, names that are told. */
static void all_layouts(void **state)
{
	const char *names = KEYMAP_NAMES;
	unsigned found = 0;

	(void)state;
	assert_null(keymap_find("xx"));
	assert_null(keymap_find(""));
	for (const char *p = names; *p;) {
		size_t n = strcspn(p, ", ");
		char name[16];
		const struct keymap *m;

		memcpy(name, p, n);
		name[n] = 0;
		p += n + strspn(p + n, ", ");
		if (!strcmp(name, "or"))
			continue;
		m = keymap_find(name);
		assert_non_null(m);
		found++;
		for (unsigned code = 0; code < 256; code++) {
			bool key = (code >= 2 && code < 0x0e) || (code >= 0x10 && code < 0x1c) ||
				   (code >= 0x1e && code < 0x2a) || (code >= 0x2b && code < 0x36) ||
				   code == 0x56;
			u32 plain = keymap_character(m, (u8)code, KEYMAP_PLAIN);
			u32 shifted = keymap_character(m, (u8)code, KEYMAP_SHIFT);

			assert_int_equal(plain > ' ' && plain < 0x2100, key);
			assert_int_equal(shifted > ' ' && shifted < 0x2100, key);
		}
		assert_int_equal(keymap_has_altgr(m), strcmp(name, "us") && strcmp(name, "dvorak"));
		/* Every character of ASCII can be typed, but for those of dead keys alone. */
		for (u32 c = ' ' + 1; c < 0x7f; c++) {
			bool there = false;

			for (unsigned at = 0; at < 0x57 * 3; at++)
				there |= keymap_character(m, (u8)(at / 3), at % 3) == c;
			if (!there)
				printf("%s: no %c\n", name, (int)c);
			assert_true(there);
		}
	}
	assert_int_equal(found, 18);
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
		TEST(keys_without_a_character),
		TEST(numeric_pad),
		TEST(pages),
		TEST(layouts),
		TEST(all_layouts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
