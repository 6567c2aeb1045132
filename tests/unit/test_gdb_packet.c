/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/gdb/packet.c */
/* Frames of gdb's protocol: right ones, wrong ones, anything. */
#include "hv/gdb/packet.h"
#include "tests/unit/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct packet in;

static int setup(void **state)
{
	(void)state;
	memset(&in, 0, sizeof(in));
	return 0;
}

/* The last event of these bytes. */
static enum packet_event feed(const char *bytes)
{
	enum packet_event e = PACKET_MORE;

	for (; *bytes; bytes++)
		e = packet_byte(&in, (u8)*bytes);
	return e;
}

static void test_frames(void **state)
{
	(void)state;
	assert_int_equal(feed("+"), PACKET_ACK);
	assert_int_equal(feed("-"), PACKET_AGAIN);
	assert_int_equal(feed("\003"), PACKET_INTERRUPT);
	assert_int_equal(feed("$m1,2#fc"), PACKET_READY);
	assert_string_equal(in.data, "m1,2");
	assert_int_equal(feed("$g#67"), PACKET_READY);
	assert_int_equal(feed("$g#68"), PACKET_BAD);
	assert_int_equal(feed("$g#x"), PACKET_BAD);
	assert_int_equal(feed("$g#6x"), PACKET_BAD);
	assert_int_equal(feed("$half$g#67"), PACKET_READY);
	assert_string_equal(in.data, "g");
	assert_int_equal(feed("$#00"), PACKET_READY);
	assert_int_equal(in.len, 0);
	/* } and 03 is a sharp; the sum is of what was sent. */
	assert_int_equal(feed("$X}\003#d8"), PACKET_READY);
	assert_int_equal(in.len, 2);
	assert_int_equal(in.data[1], '#');
}

static void test_too_long(void **state)
{
	u8 sum = 0;
	char end[4];

	(void)state;
	packet_byte(&in, '$');
	for (u32 i = 0; i < PACKET_MAX + 1; i++) {
		assert_int_equal(packet_byte(&in, 'a'), PACKET_MORE);
		sum = (u8)(sum + 'a');
	}
	snprintf(end, sizeof(end), "#%02x", sum);
	assert_int_equal(feed(end), PACKET_BAD);
	assert_int_equal(feed("$g#67"), PACKET_READY);
}

static void test_replies(void **state)
{
	static struct reply r;

	(void)state;
	reply_begin(&r);
	reply_text(&r, "OK");
	reply_end(&r);
	assert_memory_equal(r.data, "$OK#9a", 6);
	reply_begin(&r);
	reply_hex(&r, 0x12345678, 4);
	reply_number(&r, 0xab);
	reply_raw(&r, '#');
	reply_end(&r);
	assert_memory_equal(r.data, "$78563412ab}\003#", 14);
	reply_begin(&r);
	for (u32 i = 0; i < 3 * PACKET_MAX; i++)
		reply_byte(&r, 0xff);
	assert_true(r.overflow);
	reply_end(&r);
	assert_true(r.len <= sizeof(r.data));
}

static void test_reading(void **state)
{
	const char *at = "1f,fffffffff:7856";
	u32 n = 5;
	u8 byte;

	(void)state;
	assert_true(take_number(&at, &n));
	assert_int_equal(n, 0x1f);
	assert_true(take_char(&at, ','));
	assert_false(take_number(&at, &n)); /* more than 32 bits */
	assert_int_equal(n, 0x1f);
	at = "7856341";
	assert_false(take_hex(&at, &n, 4));
	assert_true(take_hex(&at, &n, 2));
	assert_int_equal(n, 0x5678);
	assert_true(take_byte(&at, &byte));
	assert_int_equal(byte, 0x34);
	assert_false(take_byte(&at, &byte));
	assert_false(take_word(&at, "12"));
	assert_true(take_word(&at, "1"));
	assert_false(take_number(&at, &n));
}

/* Bytes of any kind, most of them those that mean something: nothing is written outside of the
 * packet, and a good one after them is understood. */
static void test_anything(void **state)
{
	static const char some[] = "$$##}+-\003g0aFx,:;";
	u32 seed = 7;

	(void)state;
	for (u32 i = 0; i < 3000000; i++) {
		enum packet_event e;

		seed = seed * 1103515245 + 12345;
		e = packet_byte(&in, seed >> 30 ? (u8)some[(seed >> 16) % (sizeof(some) - 1)]
						: (u8)(seed >> 16));
		assert_true(in.len <= PACKET_MAX);
		if (e == PACKET_READY)
			assert_int_equal(in.data[in.len], 0);
	}
	feed("#00#00"); /* whatever it was in the middle of */
	assert_int_equal(feed("$g#67"), PACKET_READY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_frames, setup),
		cmocka_unit_test_setup(test_too_long, setup),
		cmocka_unit_test_setup(test_replies, setup),
		cmocka_unit_test_setup(test_reading, setup),
		cmocka_unit_test_setup(test_anything, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
