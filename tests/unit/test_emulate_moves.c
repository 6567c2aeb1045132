/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/vcpu/emulate/alu.c hv/vcpu/emulate/arithmetic.c hv/vcpu/emulate/bits.c */
/* SOURCES: hv/vcpu/emulate/branch.c hv/vcpu/emulate/decode.c hv/vcpu/emulate/memory.c */
/* SOURCES: hv/vcpu/emulate/multiply.c hv/vcpu/emulate/opcodes.c hv/vcpu/emulate/operand.c */
/* SOURCES: hv/vcpu/emulate/privileged.c hv/vcpu/emulate/shift.c hv/vcpu/emulate/string.c */
/* Moves between registers, memory and the stack by the emulator: forms, and what of a register they
 * change. */
#include "tests/unit/test_emulate_memory.h"

static void mov_stores_every_register(void **state)
{
	(void)state;
	for (u8 n = 0; n < 8; n++) {
		u32 value = *reg32(&m.regs, n), byte = *reg32(&m.regs, n & 3) >> (n & 4 ? 8 : 0);

		expect_done(RUN(0x89, REG(n)), 6);
		assert_int_equal(m.events, 1);
		expect_event(0, STORE, DATA_AT, 4, value);
		expect_done(RUN(0x66, 0x89, REG(n)), 7);
		expect_event(0, STORE, DATA_AT, 2, value & 0xffff);
		expect_done(RUN(0x88, REG(n)), 6);
		expect_event(0, STORE, DATA_AT, 1, byte & 0xff);
		expect_unchanged();
	}
}

static void mov_loads_every_register(void **state)
{
	(void)state;
	for (u8 n = 0; n < 8; n++) {
		reset(NULL);
		expect_done(RUN(0x8b, REG(n)), 6);
		assert_int_equal(m.events, 1);
		expect_register(n, 4, 0x8899aabb);
		reset(NULL);
		expect_done(RUN(0x66, 0x8b, REG(n)), 7);
		expect_event(0, LOAD, DATA_AT, 2, 0xaabb);
		expect_register(n, 2, 0xaabb);
		reset(NULL);
		expect_done(RUN(0x8a, REG(n)), 6);
		expect_event(0, LOAD, DATA_AT, 1, 0xbb);
		expect_register(n, 1, 0xbb);
	}
}

static void mov_immediate_and_absolute(void **state)
{
	(void)state;
	expect_done(RUN(0xc6, AT_DATA, 0xfe), 7);
	expect_event(0, STORE, DATA_AT, 1, 0xfe);
	expect_done(RUN(0x66, 0xc7, AT_DATA, 0x01, 0x80), 9);
	expect_event(0, STORE, DATA_AT, 2, 0x8001);
	expect_done(RUN(0xc7, AT_DATA, 0x01, 0x02, 0x03, 0x84), 10);
	expect_event(0, STORE, DATA_AT, 4, 0x84030201);
	expect_done(RUN(0xa2, 0x01, 0x40, 0x00, 0x90), 5);
	expect_event(0, STORE, 0x90004001, 1, 0x0a);
	expect_done(RUN(0xa3, 0x01, 0x40, 0x00, 0x00), 5);
	expect_event(0, STORE, 0x4001, 4, 0x11114a0a);
	expect_done(RUN(0x67, 0x66, 0xa3, 0xff, 0x8f), 5); /* over a border: two bytes */
	expect_event(0, STORE, 0x8fff, 1, 0x0a);
	expect_event(1, STORE, 0x9000, 1, 0x4a);
	expect_unchanged();
	expect_done(RUN(0x67, 0xa0, 0x01, 0x40), 4);
	expect_register(0, 1, 0x0a);
	expect_done(RUN(0x64, 0xa1, 0x01, 0x40, 0x00, 0x00), 6);
	expect_register(0, 4, 0x11114a0a);
}

static void mov_extends(void **state)
{
	static const struct {
		u8 opcode, size, prefix;
		u32 value;
	} forms[] = {
		{0xb6, 4, 0x3e, 0x000000bb}, {0xb6, 2, 0x66, 0x00bb},
		{0xb7, 4, 0x3e, 0x0000aabb}, {0xb7, 2, 0x66, 0xaabb},
		{0xbe, 4, 0x3e, 0xffffffbb}, {0xbe, 2, 0x66, 0xffbb},
		{0xbf, 4, 0x3e, 0xffffaabb}, {0xbf, 2, 0x66, 0xaabb},
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(forms); i++) {
		reset(NULL);
		expect_done(RUN(forms[i].prefix, 0x0f, forms[i].opcode, REG(6)), 8);
		expect_event(0, LOAD, DATA_AT, forms[i].opcode & 1 ? 2 : 1, m.log[0].value);
		expect_register(6, forms[i].size, forms[i].value);
	}
	model_put(DATA_AT, 4, 0x12345677); /* a positive number */
	expect_done(RUN(0x0f, 0xbe, REG(2)), 7);
	expect_register(2, 4, 0x77);
}

static void mov_from_segment_registers(void **state)
{
	static const u16 selector[] = {0x6b, 0x61, 0x71, 0x69, 0x79, 0x81};

	(void)state;
	m.regs.ds = 0xabcd0069; /* rubbish above a selector, as a push may leave it */
	for (u8 n = 0; n < 6; n++) {
		expect_done(RUN(0x8c, REG(n)), 6);
		expect_event(0, STORE, DATA_AT, 2, selector[n]); /* a word, not a doubleword */
	}
	expect_unsupported(RUN(0x8c, REG(6)));
}

static void loads_of_segment_registers(void **state)
{
	u32 *const seg[] = {&m.regs.es, NULL, &m.regs.ss, &m.regs.ds, &m.regs.fs, &m.regs.gs};
	struct emu_result res;

	(void)state;
	for (u8 n = 0; n < 6; n++) {
		if (n == EMU_CS)
			continue;
		reset(NULL);
		res = RUN(0x8e, REG(n));
		expect_done(res, 6);
		assert_int_equal(res.ss_loaded, n == EMU_SS); /* SDM vol. 3, 6.8.3 */
		expect_event(0, LOAD, DATA_AT, 2, 0xaabb);
		expect_event(1, LOAD_SEG, n, 2, 0xaabb);
		assert_int_equal(*seg[n], 0xaabb);
		*seg[n] = ((u32 *)&m.before)[seg[n] - (u32 *)&m.regs];
		expect_unchanged();
		m.seg_vector = VEC_NP; /* the error code has no RPL */
		expect_fault(RUN(0x8e, REG(n)), VEC_NP, 0xaab8, 0);
		expect_unchanged();
	}
	reset(NULL);
	model_put(DATA_AT + 4, 2, 0x1239);
	expect_done(RUN(0xc5, REG(3)), 6); /* lds m,%ebx */
	assert_int_equal(m.regs.ds, 0x1239);
	assert_int_equal(m.regs.ebx, 0x8899aabb);
	m.seg_vector = VEC_GP;
	expect_fault(RUN(0x0f, 0xb2, REG(3)), VEC_GP, 0x1238, 0); /* lss */
	expect_unchanged();
}

static void push_and_pop(void **state)
{
	(void)state;
	m.base[EMU_SS] = 0x30000000;
	expect_done(RUN(0xff, REG(6)), 6);
	expect_event(0, LOAD, DATA_AT, 4, 0x8899aabb);
	expect_event(1, STORE, 0x85555dfc, 4, 0x8899aabb);
	assert_int_equal(m.regs.esp, 0x55555dfc);
	expect_done(RUN(0x66, 0xff, REG(6)), 7);
	expect_event(1, STORE, 0x85555dfa, 2, 0xaabb);
	assert_int_equal(m.regs.esp, 0x55555dfa);
	expect_done(RUN(0x66, 0x8f, REG(0)), 7);
	expect_event(1, STORE, DATA_AT, 2, 0xaabb);
	assert_int_equal(m.regs.esp, 0x55555dfc);
	/* pop 4(%esp): the address is taken after the pop. */
	expect_done(RUN(0x8f, 0x44, 0x24, 0x04), 4);
	expect_event(0, LOAD, 0x85555dfc, 4, 0x8899aabb);
	expect_event(1, STORE, 0x85555e04, 4, 0x8899aabb);
	assert_int_equal(m.regs.esp, 0x55555e00);
	expect_done(RUN(0xff, 0x34, 0x24), 3); /* push (%esp): before the push */
	expect_event(0, LOAD, 0x85555e00, 4, m.log[0].value);
	m.null_seg[EMU_SS] = true;
	expect_fault(RUN(0xff, REG(6)), VEC_GP, 0, 0);
	expect_unchanged();
	expect_fault(RUN(0x8f, REG(0)), VEC_GP, 0, 0);
	expect_unchanged();
}

static void push_to_a_missing_page_reads_no_device(void **state)
{
	(void)state;
	m.absent[5] = true; /* ESP is 0x55555e00 */
	expect_fault(RUN(0xff, REG(6)), VEC_PF, PF_WRITE, 0x55555dfc);
	assert_int_equal(m.events, 0);
	expect_unchanged();
	m.ops.writable = NULL;
	expect_fault(RUN(0xff, REG(6)), VEC_PF, PF_WRITE, 0x55555dfc);
	expect_unchanged();
}

#define TEST(f) cmocka_unit_test_setup(f, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(mov_stores_every_register),
		TEST(mov_loads_every_register),
		TEST(mov_immediate_and_absolute),
		TEST(mov_extends),
		TEST(mov_from_segment_registers),
		TEST(loads_of_segment_registers),
		TEST(push_and_pop),
		TEST(push_to_a_missing_page_reads_no_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
