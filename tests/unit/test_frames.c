/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/console/frames.c hv/console/frames_keys.c */
/* The serial line in channels: what is on it for each writer, and where what comes in goes. */
#include "devices/host/uart.h"
#include "hv/console/console.h"
#include "hv/console/frames.h"
#include "hv/console/guest_side.h"
#include "hv/guest/guest.h"
#include "tests/unit/support.h"

#include <stdio.h>
#include <string.h>

struct guest guests[GUESTS_MAX];
u32 guest_count = 2;

static struct console consoles[2];
static char line[4096]; /* what was sent */
static char got[1024];	/* who got what was typed: its name and the byte */

void uart_write(const char *text, u32 len)
{
	strncat(line, text, len);
}

static void note(char who, char c)
{
	char text[8];

	snprintf(text, sizeof(text), "%c:%c;", who, c);
	strcat(got, text);
}

bool console_prompt_key(char c)
{
	note('@', c);
	return true;
}

bool guest_key(struct guest *g, char c)
{
	note(g->name[0], c);
	return true;
}

void console_prompt_run(char *command)
{
	assert_true(frames_answering());
	strcat(strcat(got, command), ";");
	frames_answer("one");
	frames_answer("two");
}

static void type(const char *text)
{
	while (*text)
		frames_take(*text++);
}

static void expect(char *what, const char *text)
{
	assert_string_equal(what, text);
	what[0] = 0;
}

static int set_up(void **state)
{
	(void)state;
	memset(guests, 0, sizeof(guests));
	strcpy(guests[0].name, "xerxes");
	strcpy(guests[1].name, "yeti");
	guests[0].console = &consoles[0];
	guests[1].console = &consoles[1];
	frames_start();
	frames_write(".", 1);
	line[0] = got[0] = 0;
	return 0;
}

static void test_writers_are_told_apart(void **state)
{
	(void)state;
	frames_write("a", 1);
	frames_guest_out(&guests[0], "b", 1);
	frames_guest_out(&guests[0], "c\n", 2);
	frames_guest_out(&guests[1], "d", 1);
	frames_write("e", 1);
	expect(line, "a\020Abc\n\020Bd\020@e");
}

static void test_no_bytes_change_nothing(void **state)
{
	(void)state;
	frames_guest_out(&guests[0], "", 0);
	frames_write("a", 1);
	expect(line, "a");
}

static void test_nobody_leaves_its_channel(void **state)
{
	(void)state;
	frames_guest_out(&guests[0], "x\020@ringone: y\020", 14);
	frames_guest_out(&guests[0], "\020", 1);
	expect(line, "\020Ax\020\020@ringone: y\020\020\020\020");
}

static void test_typed_to_each(void **state)
{
	(void)state;
	type("\020@m\020Ab\020Bc\020\020\020@d");
	expect(got, "@:m;x:b;y:c;y:\020;@:d;");
}

static void test_before_the_first_channel(void **state)
{
	(void)state;
	type("hannels\n\020@a");
	expect(got, "@:a;");
}

static void test_unknown_channels_take_nothing(void **state)
{
	(void)state;
	type("\020Ca\020`b\020 c\020\177d\020@e");
	expect(got, "@:e;");
}

static void test_program_command(void **state)
{
	(void)state;
	type("\020!list\n");
	expect(got, "list;");
	expect(line, "\020!one\ntwo\nend list\n");
	assert_false(frames_answering());
}

static void test_program_asks_for_channels(void **state)
{
	(void)state;
	type("\020!channels\n");
	expect(got, "");
	expect(line, "\020!channel A xerxes\nchannel B yeti\nend channels\n");
}

static void test_long_command_is_cut(void **state)
{
	(void)state;
	type("\020!");
	for (u32 i = 0; i < 200; i++)
		frames_take('x');
	type("\n");
	assert_int_equal(strlen(got), 79 + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_before_the_first_channel, set_up),
		cmocka_unit_test_setup(test_writers_are_told_apart, set_up),
		cmocka_unit_test_setup(test_no_bytes_change_nothing, set_up),
		cmocka_unit_test_setup(test_nobody_leaves_its_channel, set_up),
		cmocka_unit_test_setup(test_typed_to_each, set_up),
		cmocka_unit_test_setup(test_unknown_channels_take_nothing, set_up),
		cmocka_unit_test_setup(test_program_command, set_up),
		cmocka_unit_test_setup(test_program_asks_for_channels, set_up),
		cmocka_unit_test_setup(test_long_command_is_cut, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
