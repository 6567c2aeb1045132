/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/config/config.c hv/config/report.c hv/config/line.c hv/config/link.c
 * hv/config/options.c hv/config/text.c devices/host/keymap.c tests/unit/config_fixture.c */
/* Command lines of guests that are right: what is read. And any words at all. */
#include "tests/unit/config_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void test_example(void **state)
{
	(void)state;
	PARSE("guest=alpha mem=64M disk=alpha.img net=lan0 weight=2 -- console=hvc0 quiet",
	      "initrd=alpha", "disk=alpha.img");
	assert_quiet();
	assert_int_equal(c.guests, 1);
	assert_string_equal(c.guest[0].name, "alpha");
	assert_ptr_equal(c.guest[0].kernel, &b.module[0]);
	assert_ptr_equal(c.guest[0].initrd, &b.module[1]);
	assert_int_equal(c.guest[0].mem_bytes, 64 << 20);
	assert_int_equal(c.guest[0].weight, 2);
	assert_false(c.guest[0].paused);
	assert_int_equal(c.guest[0].format, FORMAT_AUTO);
	assert_int_equal(c.guest[0].disks, 1);
	assert_ptr_equal(c.guest[0].disk[0].module, &b.module[2]);
	assert_string_equal(c.guest[0].disk[0].name, "alpha.img");
	assert_false(c.guest[0].disk[0].readonly);
	assert_int_equal(c.guest[0].nics, 1);
	assert_string_equal(c.guest[0].nic[0].network, "lan0");
	assert_false(c.guest[0].nic[0].has_mac);
	assert_string_equal(c.guest[0].cmdline, "console=hvc0 quiet");
}

/* QEMU's lines begin with a file name, which may hold '=' behind a '/'. */
static void test_file_names(void **state)
{
	(void)state;
	config_parse_lines("build/ringone stats", 4,
			   (const char *[]){"/guests/bzImage guest=alpha", "initrd.gz initrd=alpha",
					    "dir/a=b guest=beta paused", "paused guest=gamma"});
	assert_quiet();
	assert_int_equal(c.guests, 3);
	assert_ptr_equal(c.guest[0].initrd, &b.module[1]);
	assert_true(c.guest[1].paused);
	assert_true(c.guest[2].paused);
	assert_true(c.opt.stats);
}

static void test_all_keys(void **state)
{
	(void)state;
	PARSE("guest=a.b-c_9 mem=0x200000 format=pae weight=100 paused disk=one disk=two,ro "
	      "disk=host:ata0,ro net=x net=y,mac=02:00:0a:FF:00:01",
	      "disk=one", "disk=two");
	assert_quiet();
	assert_int_equal(c.guests, 1);
	assert_int_equal(c.guest[0].mem_bytes, 2 << 20);
	assert_int_equal(c.guest[0].format, FORMAT_PAE);
	assert_int_equal(c.guest[0].weight, 100);
	assert_true(c.guest[0].paused);
	assert_int_equal(c.guest[0].disks, 3);
	assert_false(c.guest[0].disk[0].readonly);
	assert_true(c.guest[0].disk[1].readonly);
	assert_null(c.guest[0].disk[2].module);
	assert_string_equal(c.guest[0].disk[2].name, "ata0");
	assert_int_equal(c.guest[0].nics, 2);
	assert_true(c.guest[0].nic[1].has_mac);
	assert_memory_equal(c.guest[0].nic[1].mac, "\x02\x00\x0a\xff\x00\x01", 6);
	assert_string_equal(c.guest[0].cmdline, "");
	PARSE("guest=a display=640x480 shm=one,4K shm=two,16M");
	assert_quiet();
	assert_int_equal(c.guest[0].display_width, 640);
	assert_int_equal(c.guest[0].display_height, 480);
	assert_int_equal(c.guest[0].shms, 2);
	assert_string_equal(c.guest[0].shm[1].name, "two");
	assert_int_equal(c.guest[0].shm[1].bytes, 16 << 20);
	PARSE("guest=a format=2level");
	assert_int_equal(c.guest[0].format, FORMAT_2LEVEL);
}

/* Double quotes hold blanks together; a backslash makes a quote or a backslash ordinary. */
/* Loaders that have no line for a module. */
static void test_no_line(void **state)
{
	static const char *const none[] = {"", ""};

	(void)state;
	config_parse_lines("stats module guest=a machine=24M mem=2M -- it's x", 1, none);
	assert_quiet();
	assert_true(c.opt.stats);
	assert_int_equal(c.guests, 1);
	assert_string_equal(c.guest[0].name, "a");
	assert_int_equal(c.guest[0].mem_bytes, 2 << 20);
	assert_int_equal(c.guest[0].machine_bytes, 24 << 20);
	assert_string_equal(c.guest[0].cmdline, "it's x");
	config_parse_lines("stats", 1, none);
	assert_quiet();
	assert_int_equal(c.guests, 1);
	assert_string_equal(c.guest[0].name, "guest");
	assert_int_equal(c.guest[0].machine_bytes, 0);
	config_parse_lines("module guest=a", 2, none); /* the first of two */
	assert_says("module 2: nothing says what this module is");
	assert_int_equal(c.guests, 1);
	PARSE("guest=a machine=lots");
	assert_says("machine=lots: give a size such as 32M");
}

static void test_quotes(void **state)
{
	const char *text = " plain \"two words\" a\"b c\"d \\\"x\\\\ \"\" last\"";
	static const char *const want[] = {"plain", "two words", "ab cd", "\"x\\", ""};
	char word[CONFIG_WORD];

	(void)state;
	for (u32 i = 0; i < 5; i++) {
		assert_int_equal(config_word(&text, word), WORD_OK);
		assert_string_equal(word, want[i]);
	}
	assert_int_equal(config_word(&text, word), WORD_OPEN);
	assert_int_equal(config_word(&text, word), WORD_END);
	PARSE("\"/my files/kernel\" guest=a -- init=\"/bin/sh -i\" x");
	assert_quiet();
	assert_string_equal(c.guest[0].cmdline, "init=\"/bin/sh -i\" x");
}

static void test_cmdline(void **state)
{
	char *line = malloc(4096 + 32);

	(void)state;
	PARSE("guest=a -- guest=b  two  blanks -- x  ");
	assert_quiet();
	assert_string_equal(c.guest[0].cmdline, "guest=b  two  blanks -- x");
	for (u32 n = 2046; n <= 2049; n++) {
		u32 at = (u32)sprintf(line, "guest=a -- ");

		memset(line + at, 'x', n);
		line[at + n] = 0;
		PARSE(line);
		assert_int_equal(c.guests, n <= 2047);
		if (n <= 2047)
			assert_int_equal(strlen(c.guest[0].cmdline), n);
		else
			assert_says("(guest a): the guest's command line has");
	}
	memset(line + 11, 'x', 4096);
	line[11 + 4096] = 0;
	PARSE(line, "guest=b");
	assert_int_equal(c.guests, 1);
	assert_string_equal(c.guest[0].name, "b");
	free(line);
}

/* Lines of random pieces: nothing is read or written outside (the sanitizers look), every guest
 * that stays is whole. */
static void test_random(void **state)
{
	static const char *const piece[] = {
		"guest=",  "a",	   "b",	    "mem=",
		"64M",	   "4G",   "disk=", "d",
		",ro",	   "net=", "mac=",  "weight=",
		"5",	   "\"",   "\\",    " ",
		" ",	   " ",	   "--",    "=",
		"initrd=", "/",	   "host:", "paused",
		"format=", "pae",  "\t",    "abcdefghijklmnopqrstuvwxyz",
	};
	static char text[6][400];
	const char *lines[6];

	(void)state;
	srand(1);
	for (u32 round = 0; round < 20000; round++) {
		for (u32 i = 0; i < 6; i++) {
			text[i][0] = 0;
			for (u32 k = (u32)rand() % 14; k; k--)
				strcat(text[i], piece[(u32)rand() % ARRAY_LEN(piece)]);
			lines[i] = text[i];
		}
		config_parse_lines(text[5], 5, lines);
		for (u32 i = 0; i < c.guests; i++) {
			assert_true(c.guest[i].name[0]);
			assert_non_null(c.guest[i].kernel);
			assert_in_range(c.guest[i].mem_bytes, 1 << 20, 3072u << 20);
			assert_in_range(c.guest[i].weight, 1, 100);
			for (u32 k = 0; k < i; k++)
				assert_string_not_equal(c.guest[i].name, c.guest[k].name);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_example),	 cmocka_unit_test(test_file_names),
		cmocka_unit_test(test_all_keys), cmocka_unit_test(test_no_line),
		cmocka_unit_test(test_quotes),	 cmocka_unit_test(test_cmdline),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
