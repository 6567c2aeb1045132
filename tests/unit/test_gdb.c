/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/gdb/[a-z]*.c tests/unit/gdb_fixture.c */
/* What gdb sees and changes of a guest: breakpoints, memory, registers. */
#include "tests/unit/gdb_fixture.h"

#include <stdio.h>
#include <string.h>

static void test_points(void **state)
{
	(void)state;
	assert_string_equal(ask("?"), "T05thread:1;");
	assert_string_equal(ask("Z1,c0000010,1"), "OK");
	assert_int_equal(vcpu[0].dr7, 0x1);
	assert_int_equal(vcpu[0].dr[0], 0xc0000010);
	assert_true(vcpu[0].selectors_dirty & CHECK_WATCH);
	assert_string_equal(ask("Z2,102,6"), "OK"); /* two bytes and four */
	assert_int_equal(vcpu[0].dr[1], 0x102);
	assert_int_equal(vcpu[0].dr[2], 0x104);
	assert_int_equal(vcpu[0].dr7, 0x0d500015);
	assert_string_equal(ask("Z2,102,6"), "OK"); /* again: the same */
	assert_int_equal(vcpu[0].dr7, 0x0d500015);
	assert_string_equal(ask("Z4,200,8"), "E01"); /* one is left: none of it */
	assert_int_equal(vcpu[0].dr7, 0x0d500015);
	assert_string_equal(ask("Z3,201,1"), "OK");
	assert_int_equal(vcpu[0].dr7, 0x3d500055);
	assert_string_equal(ask("z2,102,6"), "OK");
	assert_int_equal(vcpu[0].dr7, 0x30000041);
	assert_string_equal(ask("Z2,ffc03000,4"), "E01"); /* the switcher's */
	assert_string_equal(ask("Z2,ffffffff,4"), "E01");
	assert_string_equal(ask("Z2,100,0"), "E01");
	assert_string_equal(ask("Z5,100,1"), "");
	assert_string_equal(ask("D"), "OK");
	assert_int_equal(vcpu[0].dr7, 0);
}

static void test_memory(void **state)
{
	(void)state;
	ask("?");
	memcpy(ram + 0x10, "\x55\x89\xe5", 3);
	assert_string_equal(ask("Z0,c0000010,1"), "OK");
	assert_string_equal(ask("mc0000010,3"), "5589e5");
	assert_string_equal(ask("Mc0000010,1:90"), "OK");
	assert_int_equal(ram[0x10], 0x90);
	assert_string_equal(command("memory physical"), "OK");
	assert_string_equal(ask("m10,3"), "9089e5");
	assert_string_equal(ask("M10,2:9192"), "OK");
	assert_string_equal(ask("mc0000010,1"), "E14");
	assert_string_equal(ask("m1fff,10"), "00");
	assert_string_equal(command("memory virtual"), "OK");
	assert_string_equal(ask("mc0000010,2"), "9192");
	assert_string_equal(ask("mfffffffe,10"), "E14");
	assert_string_equal(ask("M1fff,2:0102"), "E01");
	assert_string_equal(ask("z0,c0000010,1"), "OK");
	assert_int_equal(ram[0x10], 0x91);
}

/* Up to four breakpoints are in the debug registers, or what gdb's own leave of them. */
static void test_lent_registers(void **state)
{
	(void)state;
	ask("?");
	assert_string_equal(ask("Z0,c0000010,1"), "OK");
	assert_string_equal(ask("Z0,c0001010,1"), "OK");
	assert_string_equal(ask("Z2,100,4"), "OK");
	assert_int_equal(vcpu[0].dr7, 0x000d0001); /* gdb's alone, while it stands still */
	ask("c");
	regs[0].eip = KERNEL + 0x20;
	enter();
	assert_int_equal(vcpu[0].dr7, 0x000d0015);
	assert_int_equal(vcpu[0].dr[1], KERNEL + 0x10);
	assert_int_equal(vcpu[0].dr[2], KERNEL + 0x1010);
	assert_int_equal(hidden_len, 0);
	assert_int_equal(regs[0].eflags & EFLAGS_TF, 0);
	regs[0].eip = KERNEL + 0x10;
	enter();
	gdb_poll();
	assert_true(sent("$T05swbreak:;thread:1;#"));
	assert_string_equal(ask("Z0,ffc00010,1"), "E01"); /* the switcher's */
}

/* More of them: those of the page at hand, and the others' pages are hidden; behind a page fault
 * they are shown for an instruction. More in a page: it is stepped. */
static void test_hidden_pages(void **state)
{
	(void)state;
	ask("?");
	for (u32 i = 0; i < 6; i++) {
		char text[20];

		snprintf(text, sizeof(text), "Z0,%x,1", KERNEL + 0x800 * i);
		assert_string_equal(ask(text), "OK");
	}
	ask("c");
	regs[0].eip = KERNEL + 0x1004;
	enter();
	assert_int_equal(vcpu[0].dr7, 5);
	assert_int_equal(vcpu[0].dr[1], KERNEL + 0x1800);
	assert_int_equal(hidden_len, 4);
	assert_int_equal(hidden[3], KERNEL + 0x2800);
	assert_int_equal(regs[0].eflags & EFLAGS_TF, 0);
	take_trap(VEC_PF); /* it reads another one of them */
	enter();
	assert_int_equal(hidden_len, 0);
	assert_int_equal(vcpu[0].dr7, 0);
	assert_int_equal(regs[0].eflags & EFLAGS_TF, EFLAGS_TF);
	regs[0].eip++;
	take_trap(VEC_DB);
	assert_int_equal(guests[0].state, GUEST_RUNNING);
	enter();
	assert_int_equal(hidden_len, 4);
	regs[0].eip = KERNEL + 0x5000; /* where none is */
	take_trap(VEC_PF + 32);
	enter();
	assert_int_equal(hidden_len, 6);
	assert_int_equal(vcpu[0].dr7, 0);
	ask("Z1,c0000400,1"); /* registers are taken away */
	ask("Z2,100,8");
	regs[0].eip = KERNEL + 0x1004;
	enter();
	assert_int_equal(hidden_len, 4);
	assert_int_equal(regs[0].eflags & EFLAGS_TF, EFLAGS_TF);
	regs[0].eip = KERNEL + 0x1800;
	take_trap(VEC_DB);
	assert_int_equal(guests[0].state, GUEST_PAUSED);
}

/* An address of one program means nothing in another one's tables; without a page yet, in any. */
static void test_programs(void **state)
{
	(void)state;
	ask("?");
	vcpu[0].cr3 = 0x1000;
	moved = RAM;
	assert_string_equal(ask("Z0,20,1"), "OK");
	moved = 0;
	vcpu[0].cr3 = 0x2000;
	ask("c");
	regs[0].eip = 0x24;
	enter();
	assert_int_equal(vcpu[0].dr7, 1);
	vcpu[0].cr3 = 0x1000;
	regs[0].eip = 0x20;
	enter();
	assert_int_equal(vcpu[0].dr7, 0);
	assert_int_equal(guests[0].state, GUEST_RUNNING);
	vcpu[0].cr3 = 0x2000;
	enter();
	assert_int_equal(guests[0].state, GUEST_PAUSED);
}

/* The description names as many registers as there are, and nests as it should. */
static void test_description(void **state)
{
	u32 len, regs = 0;
	const char *xml = target_xml(&len);

	(void)state;
	assert_int_equal(strlen(xml), len);
	for (const char *p = xml; (p = strstr(p, "<reg name=")) != NULL; p++)
		regs++;
	assert_int_equal(regs, REGISTERS);
	assert_non_null(strstr(xml, "<reg name=\"xmm7\" bitsize=\"128\" type=\"vec128\"/>"));
	assert_non_null(strstr(xml, "<reg name=\"cr4\""));
	assert_true(strstr(xml, "</union>") < strstr(xml, "\"xmm0\""));
	assert_string_equal(xml + len - 19, "</feature></target>");
	ask("?");
	assert_int_equal(ask("qXfer:features:read:target.xml:0,40")[0], 'm');
}

/* Registers of the FPU, of SSE and the control registers. */
static void test_other_registers(void **state)
{
	(void)state;
	ask("?");
	memset(&fx, 0, sizeof(fx));
	cpu.fxsr = cpu.sse = true;
	assert_string_equal(ask("P10=0102030405060708090a"), "OK"); /* st0 */
	assert_memory_equal(fx.st[0], "\1\2\3\4\5\6\7\10\11\12\0", 11);
	assert_string_equal(ask("p10"), "0102030405060708090a");
	assert_string_equal(ask("P18=7f030000"), "OK"); /* fctrl */
	assert_int_equal(fx.fcw, 0x37f);
	assert_string_equal(ask("P1a=fcff0000"), "OK"); /* ftag: all empty but the first */
	assert_int_equal(fx.ftw, 1);
	assert_string_equal(ask("p1a"), "fcff0000");
	assert_string_equal(ask("P21=000102030405060708090a0b0c0d0e0f"), "OK"); /* xmm1 */
	assert_int_equal(fx.xmm[1][15], 15);
	assert_string_equal(ask("P28=801f0000"), "OK"); /* mxcsr */
	assert_int_equal(fx.mxcsr, 0x1f80);
	assert_string_equal(ask("P21=0001"), "E01"); /* too little */
	cpu.sse = false;
	assert_string_equal(ask("P28=00000000"), "E01");
	assert_string_equal(ask("p28"), "xxxxxxxx");
	cpu.fxsr = false;
	assert_string_equal(ask("P18=00000000"), "E01");
	assert_int_equal(fx.fcw, 0x37f);
	assert_string_equal(ask("P29=3b000580"), "OK"); /* cr0 */
	assert_int_equal(control_set_to[0], 0x8005003b);
	assert_string_equal(ask("P2b=00100000"), "OK"); /* cr3 */
	assert_int_equal(control_set_to[3], 0x1000);
	assert_string_equal(ask("P2b=00100001"), "E01");
	assert_string_equal(ask("P2d=00000000"), "E01");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_points, gdb_setup),
		cmocka_unit_test_setup(test_memory, gdb_setup),
		cmocka_unit_test_setup(test_lent_registers, gdb_setup),
		cmocka_unit_test_setup(test_hidden_pages, gdb_setup),
		cmocka_unit_test_setup(test_programs, gdb_setup),
		cmocka_unit_test_setup(test_description, gdb_setup),
		cmocka_unit_test_setup(test_other_registers, gdb_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
