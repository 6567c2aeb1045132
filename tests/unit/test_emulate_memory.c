/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/vcpu/emulate/alu.c hv/vcpu/emulate/arithmetic.c hv/vcpu/emulate/bits.c */
/* SOURCES: hv/vcpu/emulate/branch.c hv/vcpu/emulate/decode.c hv/vcpu/emulate/memory.c */
/* SOURCES: hv/vcpu/emulate/multiply.c hv/vcpu/emulate/opcodes.c hv/vcpu/emulate/operand.c */
/* SOURCES: hv/vcpu/emulate/privileged.c hv/vcpu/emulate/shift.c hv/vcpu/emulate/string.c */
/*
 * Memory instructions of the emulator: arithmetic, bits, faults, LOCK, refusals. Addressing is in
 * test_emulate_address.c; test_emulate_native.c compares with a real processor.
 */
#include "tests/unit/test_emulate_memory.h"

/* The directions; the numbers themselves are compared with a processor elsewhere. */
static void alu_directions(void **state)
{
	(void)state;
	m.regs.ebx = 0x10;
	model_put(DATA_AT, 4, 3);
	expect_done(RUN(0x29, REG(3)), 6); /* sub %ebx,m */
	expect_event(0, LOAD, DATA_AT, 4, 3);
	expect_event(1, STORE, DATA_AT, 4, 0xfffffff3);
	assert_int_equal(m.regs.eflags & (EFLAGS_CF | EFLAGS_SF | EFLAGS_ZF),
			 EFLAGS_CF | EFLAGS_SF);
	assert_int_equal(m.regs.ebx, 0x10);
	model_put(DATA_AT, 4, 3);
	expect_done(RUN(0x2b, REG(3)), 6); /* sub m,%ebx */
	assert_int_equal(m.events, 1);
	assert_int_equal(m.regs.ebx, 0xd);
	expect_done(RUN(0x83, REG(5), 0xff), 7); /* sub $-1,m */
	expect_event(1, STORE, DATA_AT, 4, 4);
	expect_done(RUN(0x80, REG(7), 0x04), 7); /* cmp: no store */
	assert_int_equal(m.events, 1);
	assert_true(m.regs.eflags & EFLAGS_ZF);
	expect_done(RUN(0xf7, REG(0), 0, 0, 0, 0), 10); /* test: neither */
	assert_int_equal(m.events, 1);
	expect_done(RUN(0x82, REG(0), 0x01), 7); /* the other name of 80 */
	expect_event(1, STORE, DATA_AT, 1, 5);
}

static void read_only_memory(void **state)
{
	static const struct {
		u8 code[10], length;
		bool faults;
	} forms[] = {
		{{0x01, AT_DATA}, 6, true},	    /* add %eax,m */
		{{0x83, REG(1), 0x55}, 7, true},    /* or */
		{{0xf7, REG(2)}, 6, true},	    /* not */
		{{0xff, REG(0)}, 6, true},	    /* inc */
		{{0x87, AT_DATA}, 6, true},	    /* xchg */
		{{0x0f, 0xb1, AT_DATA}, 7, true},   /* cmpxchg, whatever it finds */
		{{0x0f, 0xab, REG(1)}, 7, true},    /* bts */
		{{0x8f, AT_DATA}, 6, true},	    /* pop */
		{{0xd3, REG(4)}, 6, true},	    /* shl by 3 */
		{{0x0f, 0xa4, REG(1), 0}, 8, true}, /* shld, by 0 as well */
		{{0x0f, 0xc1, REG(1)}, 7, true},    /* xadd */
		{{0x0f, 0xc7, REG(1)}, 7, true},    /* cmpxchg8b, whatever it finds */
		{{0xf7, REG(4)}, 6, false},	    /* mul */
		{{0x0f, 0x44, REG(1)}, 7, false},   /* cmove, with the condition or without */
		{{0xa3, 0x00, 0x40, 0, 0}, 5, true}, {{0x03, AT_DATA}, 6, false}, /* add m,%eax */
		{{0x39, AT_DATA}, 6, false},					  /* cmp */
		{{0x85, AT_DATA}, 6, false},					  /* test */
		{{0x0f, 0xa3, REG(1)}, 7, false},				  /* bt */
	};
	bool asks;

	(void)state;
	for (unsigned i = 0; i < 2 * ARRAY_LEN(forms); i++) {
		unsigned n = i / 2;

		reset(NULL);
		m.regs.ecx = 3;
		m.readonly[DATA_AT / PAGE_SIZE] = true;
		asks = i & 1;
		if (!asks)
			m.ops.writable = NULL;
		if (forms[n].faults) {
			expect_fault(model_run(emulate_memory, forms[n].code, forms[n].length),
				     VEC_PF, PF_PRESENT | PF_WRITE, DATA_AT);
			if (asks)
				assert_int_equal(m.events, 0);
			expect_unchanged();
		} else {
			expect_done(model_run(emulate_memory, forms[n].code, forms[n].length),
				    forms[n].length);
		}
		assert_int_equal(model_get(DATA_AT, 4), 0x8899aabb);
	}
}

static void exchanges(void **state)
{
	(void)state;
	expect_done(RUN(0x86, REG(7)), 6); /* xchg %bh,m */
	expect_event(1, STORE, DATA_AT, 1, 0x4d);
	expect_register(7, 1, 0xbb);
	reset(NULL);
	m.regs.eax = 0x8899aabb;
	expect_done(RUN(0x0f, 0xb1, REG(1)), 7);
	expect_event(1, STORE, DATA_AT, 4, 0x00004101);
	assert_true(m.regs.eflags & EFLAGS_ZF);
	assert_int_equal(m.regs.eax, 0x8899aabb);
	expect_done(RUN(0x0f, 0xb0, REG(2)), 7);  /* al = bb, memory 01 */
	expect_event(1, STORE, DATA_AT, 1, 0x01); /* written all the same */
	assert_false(m.regs.eflags & EFLAGS_ZF);
	assert_int_equal(m.regs.eax, 0x8899aa01);
}

static void branches_through_memory(void **state)
{
	(void)state;
	expect_done(RUN(0xff, REG(4)), 0x8899aabb - CODE_AT); /* jmp: expect_done takes EIP back */
	expect_event(0, LOAD, DATA_AT, 4, 0x8899aabb);
	expect_unchanged();
	assert_int_equal(RUN(0xff, REG(2)).status, EMU_DONE); /* call */
	assert_int_equal(m.regs.eip, 0x8899aabb);
	expect_event(1, STORE, m.before.esp - 4, 4, CODE_AT + 6);
	assert_int_equal(m.regs.esp, m.before.esp - 4);
	reset(NULL);
	assert_int_equal(RUN(0x66, 0xff, REG(2)).status, EMU_DONE);
	assert_int_equal(m.regs.eip, 0xaabb);
	expect_event(1, STORE, m.before.esp - 2, 2, CODE_AT + 7);
	reset(NULL);
	m.readonly[model_page(m.regs.esp - 4)] = true; /* the device is not asked */
	expect_fault(RUN(0xff, REG(2)), VEC_PF, PF_PRESENT | PF_WRITE, m.regs.esp - 4);
	assert_int_equal(m.events, 0);
	expect_unchanged();
}

static void division_refused(void **state)
{
	(void)state;
	model_put(DATA_AT, 4, 0);
	expect_fault(RUN(0xf7, REG(6)), VEC_DE, 0, 0); /* div by 0 */
	expect_unchanged();
	model_put(DATA_AT, 4, m.regs.edx); /* the quotient would be 2^32 and more */
	expect_fault(RUN(0xf7, REG(6)), VEC_DE, 0, 0);
	model_put(DATA_AT, 4, 0xffffffff);
	m.regs.eax = 0;
	m.regs.edx = 0x80000000;
	expect_fault(RUN(0xf7, REG(7)), VEC_DE, 0, 0); /* idiv: -2^63 by -1 */
	m.regs.eax = 0x80000000;
	m.regs.edx = 0xffffffff;
	expect_fault(RUN(0xf7, REG(7)), VEC_DE, 0, 0); /* -2^31 by -1 */
	expect_unchanged();
	model_put(DATA_AT, 4, 1);
	expect_done(RUN(0xf7, REG(7)), 6);
	assert_int_equal(m.regs.eax, 0x80000000);
	assert_int_equal(m.regs.edx, 0);
}

static void bit_index_reaches_beyond_the_operand(void **state)
{
	static const struct {
		u32 index;
		u8 prefix;
		s32 moved;
		u32 bit;
	} rows[] = {
		{0, 0x3e, 0, 0},
		{31, 0x3e, 0, 31},
		{32, 0x3e, 4, 0},
		{0xffffffff, 0x3e, -4, 31},
		{0xffffffe0, 0x3e, -4, 0},
		{0xffffffdf, 0x3e, -8, 31},
		{0x7fffffff, 0x3e, 0xffffffc, 31},
		{0x80000000, 0x3e, -0x10000000, 0},
		{15, 0x66, 0, 15},
		{16, 0x66, 2, 0},
		{0xffff, 0x66, -2, 15},
		{0x12348000, 0x66, -4096, 0},
		{0x87657fff, 0x66, 4094, 15},
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		u32 size = rows[i].prefix == 0x66 ? 2 : 4, at = DATA_AT + (u32)rows[i].moved, old;

		reset(NULL);
		m.regs.edx = rows[i].index;
		old = model_get(at, size);
		expect_done(RUN(rows[i].prefix, 0x0f, 0xbb, REG(2)), 8); /* btc */
		expect_event(0, LOAD, at, size, old);
		expect_event(1, STORE, at, size, old ^ BIT(rows[i].bit));
		assert_int_equal(m.regs.eflags & EFLAGS_CF, old >> rows[i].bit & 1);
	}
	m.regs.edx = 0xffff;
	expect_done(RUN(0x67, 0x0f, 0xa3, 0x16, 0x00, 0x00), 6); /* bt %edx,0 with 16 bits */
	assert_int_equal(m.log[0].at, 0x1ffc);
	m.regs.edx = 0xffffffff;
	expect_done(RUN(0x67, 0x0f, 0xa3, 0x16, 0x00, 0x00), 6);
	assert_int_equal(m.log[0].at, 0xfffc);
}

static void immediate_bit_index_stays_inside(void **state)
{
	(void)state;
	model_put(DATA_AT, 4, 0);
	expect_done(RUN(0x0f, 0xba, REG(5), 0xff), 8); /* bts $255 */
	expect_event(1, STORE, DATA_AT, 4, 0x80000000);
	assert_false(m.regs.eflags & EFLAGS_CF);
	expect_done(RUN(0x0f, 0xba, REG(6), 0x3f), 8); /* btr $63 */
	expect_event(1, STORE, DATA_AT, 4, 0);
	assert_true(m.regs.eflags & EFLAGS_CF);
	expect_done(RUN(0x66, 0x0f, 0xba, REG(7), 0x11), 9); /* btc $17 */
	expect_event(1, STORE, DATA_AT, 2, 2);
	expect_done(RUN(0x0f, 0xba, REG(4), 0x21), 8); /* bt $33 */
	assert_int_equal(m.events, 1);
	assert_true(m.regs.eflags & EFLAGS_CF);
	expect_unsupported(RUN(0x0f, 0xba, REG(3), 0x21));
}

static void lock_where_the_processor_allows_it(void **state)
{
	static const u8 allowed[][9] = {
		{0xf0, 0x00, AT_DATA},	    {0xf0, 0x09, AT_DATA},
		{0xf0, 0x80, REG(2), 1},    {0xf0, 0x83, REG(6), 1},
		{0xf0, 0xf6, REG(2)},	    {0xf0, 0xf7, REG(3)},
		{0xf0, 0xfe, REG(0)},	    {0xf0, 0xff, REG(1)},
		{0xf0, 0x86, REG(1)},	    {0xf0, 0x0f, 0xab, REG(0)},
		{0xf0, 0x0f, 0xb1, REG(1)}, {0xf0, 0x0f, 0xba, REG(7), 1},
	};
	static const u8 refused[][9] = {
		{0xf0, 0x02, AT_DATA},
		{0xf0, 0x38, AT_DATA},
		{0xf0, 0x80, REG(7), 1},
		{0xf0, 0x88, AT_DATA},
		{0xf0, 0x8b, AT_DATA},
		{0xf0, 0xa1, 0, 0, 0, 0},
		{0xf0, 0xa4},
		{0xf0, 0xc6, AT_DATA, 1},
		{0xf0, 0xf6, REG(0), 1},
		{0xf0, 0xff, REG(6)},
		{0xf0, 0x0f, 0xa3, AT_DATA},
		{0xf0, 0x0f, 0xba, REG(4), 1},
		{0xf0, 0x0f, 0xb6, AT_DATA},
		{0xf0, 0x84, AT_DATA},
		{0xf0, 0x85, AT_DATA},
		{0xf0, 0x01, 0xc0}, /* on a register */
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(allowed); i++) {
		m.regs.eip = CODE_AT;
		m.regs.eax = 3;
		assert_int_equal(model_run(emulate_memory, allowed[i], 9).status, EMU_DONE);
		expect_event(1, STORE, DATA_AT, m.log[0].size, m.log[1].value);
	}
	for (unsigned i = 0; i < ARRAY_LEN(refused); i++) {
		expect_fault(model_run(emulate_memory, refused[i], 9), VEC_UD, 0, 0);
		assert_int_equal(m.events, 0);
		expect_unchanged();
	}
}

static void the_rest_is_unsupported(void **state)
{
	static const u8 refused[][8] = {
		{0x90},
		{0xec},		    /* emulate_privileged's */
		{0x0f, 0x01, 0x3d}, /* likewise */
		{0x89, 0xc0},	    /* registers only */
		{0x0f, 0xb6, 0xc0},
		{0x8f, REG(1)},
		{0xc6, REG(1)},
		{0xfe, REG(6)},
		{0xff, REG(3)}, /* far call and jmp */
		{0xff, REG(5)},
		{0xff, REG(7)},
		{0x8e, REG(1)}, /* to CS */
		{0x8e, REG(6)},
		{0x0f, 0xb8, REG(1)}, /* no popcnt without F3 */
		{0x0f, 0xc7, REG(0)},
		{0xd9, REG(0)},		     /* fld */
		{0x0f, 0x10, AT_DATA},	     /* movups */
		{0xc5, 0xf8, 0x10, AT_DATA}, /* lds, vmovups */
		{0x62, AT_DATA},	     /* bound */
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(refused); i++)
		expect_unsupported(model_run(emulate_memory, refused[i], sizeof(refused[i])));
}

#define TEST(f) cmocka_unit_test_setup(f, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(branches_through_memory),
		TEST(division_refused),
		TEST(alu_directions),
		TEST(read_only_memory),
		TEST(exchanges),
		TEST(bit_index_reaches_beyond_the_operand),
		TEST(immediate_bit_index_stays_inside),
		TEST(lock_where_the_processor_allows_it),
		TEST(the_rest_is_unsupported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
