/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/config/config.c hv/config/report.c hv/config/line.c hv/config/link.c
 * hv/config/options.c hv/config/text.c devices/host/keymap.c tests/unit/config_fixture.c */
/* The options of the hypervisor itself, right and wrong. */
#include "devices/host/serial.h"
#include "lib/log.h"
#include "tests/unit/config_fixture.h"

#include <stdio.h>

static void test_option_defaults(void **state)
{
	(void)state;
	config_parse_lines(NULL, 0, NULL);
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
	config_parse_lines(
		"console=0x3e8,9600 loglevel=debug vga=off screen=80x50 status=off keymap=de "
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
	config_parse_lines("bridge=lan0:nic0 bridge=lan1:nic1", 0, NULL);
	assert_quiet();
	assert_int_equal(c.opt.bridges, 2);
	assert_string_equal(c.opt.bridge[1].network, "lan1");
	assert_string_equal(c.opt.bridge[1].nic, "nic1");
	config_parse_lines("console=com2 at-end=reboot panic=stop vga=on", 0, NULL);
	assert_quiet();
	assert_int_equal(c.opt.uart_base, 0x2f8);
	assert_int_equal(c.opt.at_end, END_REBOOT);
	config_parse_lines("console=none gdb=pci1", 0, NULL);
	assert_quiet();
	assert_int_equal(c.opt.uart_base, 0);
	assert_int_equal(c.opt.gdb_base, SERIAL_PCI + 1);
	config_parse_lines("console=pci3,9600 gdb=com1", 0, NULL);
	assert_quiet();
	assert_int_equal(c.opt.uart_base, SERIAL_PCI + 3);
	assert_int_equal(c.opt.uart_baud, 9600);
	assert_int_equal(c.opt.gdb_base, 0x3f8);
	config_parse_lines("console=auto", 0, NULL);
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
	config_parse_lines("", 0, NULL);
	defaults = c.opt;
	for (u32 i = 0; i < ARRAY_LEN(bad); i++) {
		char line[64];

		sprintf(line, "img.elf vga=on %s", bad[i]);
		config_parse_lines(line, 1, (const char *[]){"guest=a"});
		if (message_count != 1)
			fail_msg("\"%s\" gives %u messages:\n%s", bad[i], message_count,
				 config_messages);
		assert_says("option ");
		assert_memory_equal(&c.opt, &defaults, sizeof(defaults));
		assert_int_equal(c.guests, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_option_defaults),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_bad_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
