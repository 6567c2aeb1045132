/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/config/config.c hv/config/report.c hv/config/line.c hv/config/link.c
 * hv/config/options.c hv/config/text.c devices/host/keymap.c */
/* Command lines, right and wrong: what is read, which message comes, and which guests stay. */
#include "devices/host/serial.h"
#include "hv/config/config.h"
#include "hv/config/text.h"
#include "lib/log.h"
#include "tests/unit/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct config c;
static struct boot_info b;
static char messages[8192];
static u32 message_count;

static void collect(void *ctx, const char *text)
{
	assert_ptr_equal(ctx, &c);
	assert_int_equal(strcspn(text, "\n"), strlen(text));
	message_count++;
	strncat(messages, text, sizeof(messages) - strlen(messages) - 2);
	strcat(messages, "\n");
}

static void parse(const char *options, u32 n, const char *const *lines)
{
	memset(&b, 0, sizeof(b));
	memset(&c, 0xee, sizeof(c));
	messages[0] = 0;
	message_count = 0;
	b.cmdline = options;
	b.modules = n;
	for (u32 i = 0; i < n; i++) {
		b.module[i].start = 0x200000 + i * 0x10000;
		b.module[i].end = b.module[i].start + 0x1000;
		b.module[i].cmdline = lines[i];
	}
	config_parse(&c, &b, collect, &c);
	assert_int_equal(c.errors, message_count);
}

#define PARSE(...)                                                        \
	parse("", sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *), \
	      (const char *[]){__VA_ARGS__})

static void assert_says(const char *text)
{
	if (!strstr(messages, text))
		fail_msg("no message with \"%s\" in:\n%s", text, messages);
}

static void assert_quiet(void)
{
	if (message_count)
		fail_msg("unexpected:\n%s", messages);
}

/* ---- What is right ------------------------------------------------------------------------ */

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
	parse("build/ringone stats", 4,
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
	parse("stats module guest=a machine=24M mem=2M -- it's x", 1, none);
	assert_quiet();
	assert_true(c.opt.stats);
	assert_int_equal(c.guests, 1);
	assert_string_equal(c.guest[0].name, "a");
	assert_int_equal(c.guest[0].mem_bytes, 2 << 20);
	assert_int_equal(c.guest[0].machine_bytes, 24 << 20);
	assert_string_equal(c.guest[0].cmdline, "it's x");
	parse("stats", 1, none);
	assert_quiet();
	assert_int_equal(c.guests, 1);
	assert_string_equal(c.guest[0].name, "guest");
	assert_int_equal(c.guest[0].machine_bytes, 0);
	parse("module guest=a", 2, none); /* the first of two */
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

/* ---- What is wrong: that guest goes, the other stays --------------------------------------- */

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
				 messages);
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

/* ---- Names between lines ------------------------------------------------------------------ */

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
	parse("", BOOT_MODULES, lines);
	assert_int_equal(c.guests, GUESTS_MAX);
	assert_int_equal(message_count, BOOT_MODULES - GUESTS_MAX);
	assert_says("module 33 (guest g32): too many guests; at most 32");
	assert_string_equal(c.guest[31].name, "g31");
	/* A bad one in the middle closes the gap, and the order stays. */
	lines[3] = "guest=g3 mem=1";
	parse("", 8, lines);
	assert_int_equal(c.guests, 7);
	assert_string_equal(c.guest[3].name, "g4");
	assert_string_equal(c.guest[7].name, "");
}

/* ---- Options ------------------------------------------------------------------------------ */

static void test_option_defaults(void **state)
{
	(void)state;
	parse(NULL, 0, NULL);
	assert_quiet();
	assert_int_equal(c.guests, 0);
	assert_int_equal(c.opt.uart_base, SERIAL_AUTO);
	assert_int_equal(c.opt.uart_baud, 115200);
	assert_int_equal(c.opt.log_level, LOG_INFO);
	assert_true(c.opt.vga);
	assert_true(c.opt.status);
	assert_ptr_equal(c.opt.keymap, keymap_find("us"));
	assert_int_equal(c.opt.slice_us, 10000);
	assert_int_equal(c.opt.fail_alloc, 0);
	assert_int_equal(c.opt.debug_exit, 0);
	assert_false(c.opt.bochs_exit);
	assert_int_equal(c.opt.at_end, END_POWEROFF);
	assert_false(c.opt.panic_reboot);
	assert_string_equal(c.opt.disable, "");
	assert_string_equal(c.opt.focus, "");
	assert_false(c.opt.report || c.opt.stats);
}

static void test_options(void **state)
{
	(void)state;
	parse("console=0x3e8,9600 loglevel=debug vga=off screen=80x50 status=off keymap=de "
	      "slice=500 frames "
	      "tsc-khz=1000000 "
	      "fail-alloc=7 debug-exit=0xf4 "
	      "bochs-exit at-end=stay panic=reboot no=pge,pae focus=a report stats",
	      1, (const char *[]){"guest=a"});
	assert_quiet();
	assert_int_equal(c.opt.uart_base, 0x3e8);
	assert_int_equal(c.opt.uart_baud, 9600);
	assert_int_equal(c.opt.log_level, LOG_DEBUG);
	assert_false(c.opt.vga);
	assert_false(c.opt.status);
	assert_true(c.opt.fifty_rows);
	assert_ptr_equal(c.opt.keymap, keymap_find("de"));
	assert_int_equal(c.opt.slice_us, 500);
	assert_true(c.opt.frames);
	assert_int_equal(c.opt.tsc_khz, 1000000);
	assert_int_equal(c.opt.fail_alloc, 7);
	assert_int_equal(c.opt.debug_exit, 0xf4);
	assert_true(c.opt.bochs_exit);
	assert_int_equal(c.opt.at_end, END_STAY);
	assert_true(c.opt.panic_reboot);
	assert_string_equal(c.opt.disable, "pge,pae");
	assert_string_equal(c.opt.focus, "a");
	assert_true(c.opt.report && c.opt.stats);
	parse("bridge=lan0:nic0 bridge=lan1:nic1", 0, NULL);
	assert_quiet();
	assert_int_equal(c.opt.bridges, 2);
	assert_string_equal(c.opt.bridge[1].network, "lan1");
	assert_string_equal(c.opt.bridge[1].nic, "nic1");
	parse("console=com2 at-end=reboot panic=stop vga=on", 0, NULL);
	assert_quiet();
	assert_int_equal(c.opt.uart_base, 0x2f8);
	assert_int_equal(c.opt.at_end, END_REBOOT);
	parse("console=none gdb=pci1", 0, NULL);
	assert_quiet();
	assert_int_equal(c.opt.uart_base, 0);
	assert_int_equal(c.opt.gdb_base, SERIAL_PCI + 1);
	parse("console=pci3,9600 gdb=com1", 0, NULL);
	assert_quiet();
	assert_int_equal(c.opt.uart_base, SERIAL_PCI + 3);
	assert_int_equal(c.opt.uart_baud, 9600);
	assert_int_equal(c.opt.gdb_base, 0x3f8);
	parse("console=auto", 0, NULL);
	assert_quiet();
	assert_int_equal(c.opt.uart_base, SERIAL_AUTO);
}

/* clang-format off */
static const char *const bad[] = {
	"frob", "frob=1", "console=com9", "console=com2,0",
	"console=com2,a", "console=0xffff", "loglevel=loud", "vga=maybe",
	"vga", "slice=0", "tsc-khz=999", "frames=1",
	"slice=2000000", "slice=1ms", "fail-alloc=x", "debug-exit=0",
	"debug-exit=65536", "bochs-exit=1", "at-end=explode", "panic=no",
	"no=", "focus=", "focus=nobody", "stats=yes",
	"stats=", "\"loglevel=debug", "bridge=lan0", "console=pci4",
	"console=0xff", "gdb=none", "gdb=auto", "gdb=",
	"screen=80x25", "screen", "status=maybe", "keymap=xx",
	"keymap", "report=1", "bridge=:nic0", "bridge=lan0:",
	"bridge=l:abcdefghijkl",
};
/* clang-format on */

/* A wrong option gives one message, keeps every default, and the guests are read. */
static void test_bad_options(void **state)
{
	struct hv_options defaults;

	(void)state;
	parse("", 0, NULL);
	defaults = c.opt;
	for (u32 i = 0; i < ARRAY_LEN(bad); i++) {
		char line[64];

		sprintf(line, "img.elf vga=on %s", bad[i]);
		parse(line, 1, (const char *[]){"guest=a"});
		if (message_count != 1)
			fail_msg("\"%s\" gives %u messages:\n%s", bad[i], message_count, messages);
		assert_says("option ");
		assert_memory_equal(&c.opt, &defaults, sizeof(defaults));
		assert_int_equal(c.guests, 1);
	}
}

/* ---- Anything at all ---------------------------------------------------------------------- */

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
		parse(text[5], 5, lines);
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
		cmocka_unit_test(test_example),		cmocka_unit_test(test_file_names),
		cmocka_unit_test(test_all_keys),	cmocka_unit_test(test_no_line),
		cmocka_unit_test(test_quotes),		cmocka_unit_test(test_cmdline),
		cmocka_unit_test(test_bad_lines),	cmocka_unit_test(test_long_word),
		cmocka_unit_test(test_duplicates),	cmocka_unit_test(test_dependents),
		cmocka_unit_test(test_shared_disk),	cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_option_defaults), cmocka_unit_test(test_options),
		cmocka_unit_test(test_bad_options),	cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
