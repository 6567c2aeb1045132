/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/config/config.c hv/config/report.c hv/config/line.c hv/config/link.c
 * hv/config/options.c hv/config/text.c devices/host/keymap.c tests/unit/config_fixture.c */
/* Lines that are wrong: which guests go, which stay, and what is said. */
#include "tests/unit/config_fixture.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *line, *says;
} bad_lines[] = {
	{"k guest=x men=64M", "module 2 (k, guest x): men=64M: unknown key; known are guest="},
	{"k guest=x frob", "frob: unknown key"},
	{"k guest=x mem=64Q", "module 2 (k, guest x): mem=64Q: give a size such as 64M"},
	{"k guest=x mem=", "mem=: give a size"},
	{"k guest=x mem", "mem: give a size"},
	{"k guest=x mem=0", "mem=0: give a size"},
	{"k guest=x mem=M", "mem=M: give a size"},
	{"k guest=x mem=64MB", "mem=64MB: give a size"},
	{"k guest=x mem=-1M", "mem=-1M: give a size"},
	{"k guest=x mem=5000K1", "mem=5000K1: give a size"},
	{"k guest=x mem=1048577", "mem=1048577: give a size"},
	{"k guest=x mem=1020K", "mem=1020K: give a size"},
	{"k guest=x mem=4G", "mem=4G: give a size"},
	{"k guest=x mem=4096M", "mem=4096M: give a size"},
	{"k guest=x mem=3073M", "mem=3073M: give a size"},
	{"k guest=x mem=99999999999", "give a size"},
	{"k guest=x mem=64M mem=64M", "mem=64M: mem is given twice"},
	{"k guest=x guest=x", "guest=x: guest is given twice"},
	{"k guest=", "give a name of 1 to 15"},
	{"k guest=none", "guest=none: give a name"},
	{"k guest=ringone", "guest=ringone: give a name"},
	{"k guest=abcdefghijklmnop", "guest=abcdefghijklmnop: give a name of 1 to 15"},
	{"k guest=a/b", "guest=a/b: give a name"},
	{"k guest=\"a b\"", "guest=a b: give a name"},
	{"k guest=x weight=0", "weight=0: give a number from 1 to 100"},
	{"k guest=x weight=101", "weight=101: give a number"},
	{"k guest=x weight=1.5", "weight=1.5: give a number"},
	{"k guest=x format=3level", "format=3level: give auto, 2level or pae"},
	{"k guest=x paused=1", "paused=1: give the word alone"},
	{"k guest=x paused paused", "paused is given twice"},
	{"k guest=x disk=nowhere", "disk=nowhere: no module says disk=nowhere"},
	{"k guest=x disk=d,rw", "disk=d,rw: give NAME or NAME,ro"},
	{"k guest=x disk=", "disk=: give NAME"},
	{"k guest=x disk=host:", "disk=host:: give NAME"},
	{"k guest=x disk=host:a disk=host:b disk=host:c disk=host:d disk=host:e",
	 "disk=host:e: give NAME or NAME,ro with the name of a disk= module (or host:NAME), at "
	 "most 4"},
	{"k guest=x disk=host:a disk=host:a,ro", "disk=a is given twice"},
	{"k guest=x net=", "net=: give NETWORK"},
	{"k guest=x net=a,mac=02:00:00:00:00", "net=a,mac=02:00:00:00:00: give NETWORK"},
	{"k guest=x net=a,mac=02:00:00:00:00:01:02", "give NETWORK"},
	{"k guest=x net=a,mac=01:00:00:00:00:01", "give NETWORK"},
	{"k guest=x net=a,mac=00:00:00:00:00:00", "give NETWORK"},
	{"k guest=x net=a,mac=0g:00:00:00:00:00", "give NETWORK"},
	{"k guest=x net=a,mtu=9", "give NETWORK"},
	{"k guest=x net=abcdefghijklmnop", "give NETWORK"},
	{"k guest=x net=a net=b net=c net=d net=e", "net=e: give NETWORK"},
	{"k guest=x display=640", "display=640: give WIDTHxHEIGHT"},
	{"k guest=x display=641x480", "display=641x480: give WIDTHxHEIGHT"},
	{"k guest=x display=1608x480", "give WIDTHxHEIGHT"},
	{"k guest=x display=640x199", "give WIDTHxHEIGHT"},
	{"k guest=x display=640x480x2", "give WIDTHxHEIGHT"},
	{"k guest=x shm=a", "shm=a: give NAME,SIZE"},
	{"k guest=x shm=a,0", "shm=a,0: give NAME,SIZE"},
	{"k guest=x shm=a,12K", "shm=a,12K: give NAME,SIZE"},
	{"k guest=x shm=a,2K", "give NAME,SIZE"},
	{"k guest=x shm=a,32M", "give NAME,SIZE"},
	{"k guest=x shm=a,4K shm=b,4K shm=c,4K", "shm=c,4K: give NAME,SIZE"},
	{"k guest=x initrd=x", "initrd=x: initrd= belongs on the line of the module that is"},
	{"k guest=x =5", "=5: unknown key"},
	{"k guest=x \"mem=64M", "mem=64M: a quote is opened and never closed"},
	{"k", "module 2 (k): nothing says what this module is; give guest=NAME"},
	{"", "module 2: nothing says what this module is"},
	{"k mem=64M", "module 2 (k): nothing says what this module is"},
	{"-- guest=x", "nothing says what this module is"},
	{"i initrd=nobody", "module 2 (i, initrd of nobody): initrd=nobody: no module says guest="},
	{"i initrd=", "initrd=: give a name"},
	{"d disk=unused", "module 2 (d, disk unused): disk=unused: no guest asks for it"},
	{"d disk=a,ro", "disk=a,ro: give a name"},
	{"d disk=unused size=3", "size=3: unknown key; this line takes disk= alone"},
	{"d disk=unused disk=again", "disk=again: disk is given twice"},
};

static void test_bad_lines(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(bad_lines); i++) {
		PARSE("first guest=good disk=d mem=2M", bad_lines[i].line, "disk=d");
		if (message_count != 1)
			fail_msg("\"%s\" gives %u messages:\n%s", bad_lines[i].line, message_count,
				 config_messages);
		assert_says(bad_lines[i].says);
		assert_int_equal(c.guests, 1);
		assert_string_equal(c.guest[0].name, "good");
		assert_int_equal(c.guest[0].mem_bytes, 2 << 20);
		assert_ptr_equal(c.guest[0].kernel, &b.module[0]);
		assert_ptr_equal(c.guest[0].disk[0].module, &b.module[2]);
	}
}

static void test_long_word(void **state)
{
	char line[512] = "guest=x mem=";

	(void)state;
	memset(line + strlen(line), '1', 300);
	PARSE(line, "guest=y");
	assert_int_equal(message_count, 1);
	assert_says("longer than 127 characters");
	assert_int_equal(c.guests, 1);
}

static void test_duplicates(void **state)
{
	(void)state;
	PARSE("a guest=x", "b guest=y", "c guest=x");
	assert_int_equal(message_count, 1);
	assert_says("module 3 (c, guest x): the name x is used by module 1 already");
	assert_int_equal(c.guests, 1);
	assert_string_equal(c.guest[0].name, "y");

	PARSE("guest=x", "initrd=x", "guest=y", "initrd=x");
	assert_int_equal(message_count, 1);
	assert_says("module 4 (initrd of x): guest x has module 2 as its initrd already");
	assert_int_equal(c.guests, 1);
	assert_string_equal(c.guest[0].name, "y");

	PARSE("guest=x disk=d", "disk=d", "guest=y", "disk=d");
	assert_int_equal(message_count, 1);
	assert_says("module 4 (disk d): the name d is used by module 2 already");
	assert_int_equal(c.guests, 1);
	assert_string_equal(c.guest[0].name, "y");
}

/* An initrd or a disk with a mistake on its line takes its guest with it, and no other. */
static void test_dependents(void **state)
{
	(void)state;
	PARSE("guest=x", "initrd=x fast", "guest=y");
	assert_int_equal(message_count, 1);
	assert_int_equal(c.guests, 1);
	assert_string_equal(c.guest[0].name, "y");

	PARSE("guest=x disk=d", "disk=d fast", "guest=y");
	assert_int_equal(message_count, 1);
	assert_int_equal(c.guests, 1);
	assert_string_equal(c.guest[0].name, "y");

	/* The initrd and the disk of a guest that is left out are no mistakes. */
	PARSE("guest=x mem=1 disk=d", "initrd=x", "disk=d", "guest=y");
	assert_int_equal(message_count, 1);
	assert_int_equal(c.guests, 1);
	assert_string_equal(c.guest[0].name, "y");
	assert_null(c.guest[0].initrd);
}

static void test_shared_disk(void **state)
{
	(void)state;
	PARSE("guest=x disk=d,ro", "guest=y disk=d,ro", "disk=d");
	assert_quiet();
	assert_int_equal(c.guests, 2);
	PARSE("guest=x disk=d,ro", "guest=y disk=d", "disk=d");
	assert_int_equal(message_count, 1);
	assert_says("module 2 (guest y): disk=d: guest x has it too, so both must say disk=d,ro");
	assert_int_equal(c.guests, 1);
	PARSE("guest=x disk=d", "guest=y disk=d,ro", "disk=d");
	assert_int_equal(c.guests, 1);
	/* A name of the machine's disks needs no module; with one it means the module. */
	PARSE("guest=x disk=hda disk=vdb,ro", "guest=y disk=hda,ro");
	assert_int_equal(message_count, 1);
	assert_says("module 2 (guest y): disk=hda: guest x has it too");
	assert_int_equal(c.guests, 1);
	assert_null(c.guest[0].disk[0].module);
	PARSE("guest=x disk=hda", "disk=hda");
	assert_quiet();
	assert_ptr_equal(c.guest[0].disk[0].module, &b.module[1]);
	/* A machine's disk and a module of the same name are two disks. */
	PARSE("guest=x disk=d", "guest=y disk=host:d", "disk=d");
	assert_quiet();
	assert_int_equal(c.guests, 2);
	/* A guest that is left out holds nothing. */
	PARSE("guest=x disk=d weight=0", "guest=y disk=d", "disk=d");
	assert_int_equal(message_count, 1);
	assert_int_equal(c.guests, 1);
	assert_string_equal(c.guest[0].name, "y");
	PARSE("guest=x disk=d disk=d,ro", "disk=d");
	assert_says("disk=d is given twice");
	assert_int_equal(c.guests, 0);
}

static void test_too_many(void **state)
{
	static char text[BOOT_MODULES][32];
	const char *lines[BOOT_MODULES];

	(void)state;
	for (u32 i = 0; i < BOOT_MODULES; i++) {
		sprintf(text[i], "guest=g%u mem=1M", i);
		lines[i] = text[i];
	}
	config_parse_lines("", BOOT_MODULES, lines);
	assert_int_equal(c.guests, GUESTS_MAX);
	assert_int_equal(message_count, BOOT_MODULES - GUESTS_MAX);
	assert_says("module 33 (guest g32): too many guests; at most 32");
	assert_string_equal(c.guest[31].name, "g31");
	/* A bad one in the middle closes the gap, and the order stays. */
	lines[3] = "guest=g3 mem=1";
	config_parse_lines("", 8, lines);
	assert_int_equal(c.guests, 7);
	assert_string_equal(c.guest[3].name, "g4");
	assert_string_equal(c.guest[7].name, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_lines),   cmocka_unit_test(test_long_word),
		cmocka_unit_test(test_duplicates),  cmocka_unit_test(test_dependents),
		cmocka_unit_test(test_shared_disk), cmocka_unit_test(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
