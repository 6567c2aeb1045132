/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/vcpu/emulate/alu.c hv/vcpu/emulate/arithmetic.c hv/vcpu/emulate/bits.c */
/* SOURCES: hv/vcpu/emulate/branch.c hv/vcpu/emulate/decode.c hv/vcpu/emulate/memory.c */
/* SOURCES: hv/vcpu/emulate/multiply.c hv/vcpu/emulate/opcodes.c hv/vcpu/emulate/operand.c */
/* SOURCES: hv/vcpu/emulate/privileged.c hv/vcpu/emulate/shift.c hv/vcpu/emulate/string.c */
/*
 * Port I/O and privileged instructions of the emulator, instruction fetch and its limits.
 * String I/O is in test_emulate_string.c.
 */
#include "tests/unit/test_emulate.h"

#define RUN(...) model_run(emulate_privileged, CODE(__VA_ARGS__))

static int reset(void **state)
{
	(void)state;
	model_reset();
	return 0;
}

/* One row per way to write a port access: bytes, length, the port that must be seen. */
static const struct {
	u8 code[4];
	unsigned length, size;
	bool out, dx;
} port_forms[] = {
	{{0xe4, 0xf0}, 2, 1, false, false},
	{{0xe5, 0xf0}, 2, 4, false, false},
	{{0x66, 0xe5, 0xf0}, 3, 2, false, false},
	{{0xe6, 0xf0}, 2, 1, true, false},
	{{0xe7, 0xf0}, 2, 4, true, false},
	{{0x66, 0xe7, 0xf0}, 3, 2, true, false},
	{{0xec}, 1, 1, false, true},
	{{0xed}, 1, 4, false, true},
	{{0x66, 0xed}, 2, 2, false, true},
	{{0xee}, 1, 1, true, true},
	{{0xef}, 1, 4, true, true},
	{{0x66, 0xef}, 2, 2, true, true},
	{{0x66, 0xec}, 2, 1, false, true},
	{{0x66, 0xe6, 0xf0}, 3, 1, true, false},
	{{0xf3, 0x2e, 0xec}, 3, 1, false, true},
};

static void port_accesses(void **state)
{
	u32 mask, port;
	bool flip;

	(void)state;
	for (unsigned i = 0; i < 2 * ARRAY_LEN(port_forms); i++) {
		unsigned n = i / 2, size = port_forms[n].size, length = port_forms[n].length;

		model_reset();
		m.code16 = i & 1;
		flip = m.code16 && size != 1;
		size = flip ? 6 - size : size; /* 2 and 4 change places */
		mask = size == 4 ? 0xffffffffu : (1u << size * 8) - 1;
		port = port_forms[n].dx ? 0x4c0c : 0xf0;
		expect_done(model_run(emulate_privileged, port_forms[n].code, length), length);
		assert_int_equal(m.events, 1);
		if (port_forms[n].out) {
			expect_event(0, PORT_OUT, port, size, m.before.eax & mask);
		} else {
			expect_event(0, PORT_IN, port, size, 0xcafe1234);
			assert_int_equal(m.regs.eax, (m.before.eax & ~mask) | (0xcafe1234 & mask));
			m.regs.eax = m.before.eax;
		}
		expect_unchanged();
	}
}

static void immediate_port_is_not_signed(void **state)
{
	(void)state;
	expect_done(RUN(0xe6, 0x80), 2);
	expect_event(0, PORT_OUT, 0x80, 1, 0x0a);
}

static u32 *const reg_in_order[] = {&m.regs.eax, &m.regs.ecx, &m.regs.edx, &m.regs.ebx,
				    &m.regs.esp, &m.regs.ebp, &m.regs.esi, &m.regs.edi};

static void control_registers(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 256; i++) {
		/* Also with mod fields below 3, which the CPU takes for 3 (SDM vol. 2, MOV CR). */
		unsigned cr = i >> 3 & 7, gpr = i & 7;

		model_reset();
		m.cr[cr] = 0x80050033 + cr;
		expect_done(RUN(0x0f, 0x20, (u8)i), 3);
		assert_int_equal(*reg_in_order[gpr], 0x80050033 + cr);
		*reg_in_order[gpr] = ((u32 *)&m.before)[reg_in_order[gpr] - (u32 *)&m.regs];
		expect_unchanged();
		expect_done(RUN(0x0f, 0x22, (u8)i), 3);
		assert_int_equal(m.events, 1);
		expect_event(0, WRITE_CR, cr, 4, *reg_in_order[gpr]);
		expect_unchanged();
	}
}

static void debug_registers_read_zero(void **state)
{
	(void)state;
	expect_done(RUN(0x0f, 0x21, 0xfb), 3); /* mov %db7,%ebx */
	assert_int_equal(m.regs.ebx, 0);
	m.regs.ebx = m.before.ebx;
	expect_unchanged();
	expect_done(RUN(0x0f, 0x23, 0xfb), 3);
	expect_unchanged();
	assert_int_equal(m.events, 1);
	expect_event(0, WRITE_DR, 7, 4, m.regs.ebx);
}

static void task_switched_and_lmsw(void **state)
{
	(void)state;
	m.cr[0] = 0x8005003b;
	expect_done(RUN(0x0f, 0x06), 2);
	expect_event(0, WRITE_CR, 0, 4, 0x80050033);
	m.regs.eax = 0xffff0004;
	expect_done(RUN(0x0f, 0x01, 0xf0), 3); /* lmsw %ax: PE stays */
	expect_event(0, WRITE_CR, 0, 4, 0x80050035);
	m.cr[0] = 0x10;
	model_put(DATA_AT, 2, 0xffff);
	expect_done(RUN(0x0f, 0x01, 0x35, 0x00, 0x40, 0, 0), 7);
	expect_event(0, LOAD, DATA_AT, 2, 0xffff);
	expect_event(1, WRITE_CR, 0, 4, 0x1f);
	m.absent[DATA_AT / PAGE_SIZE] = true;
	expect_fault(RUN(0x0f, 0x01, 0x35, 0x00, 0x40, 0, 0), VEC_PF, 0, DATA_AT);
	assert_int_equal(m.events, 0);
	expect_unchanged();
}

static void halt_and_interrupt_flag(void **state)
{
	struct emu_result res;

	(void)state;
	res = RUN(0xf4);
	assert_int_equal(res.status, EMU_HALT);
	assert_int_equal(m.regs.eip, CODE_AT + 1);
	expect_done(RUN(0xfa), 1);
	expect_event(0, SET_IF, 0, 0, false);
	expect_done(RUN(0xfb), 1);
	expect_event(0, SET_IF, 0, 0, true);
	expect_unchanged();
}

static void model_specific_registers(void **state)
{
	(void)state;
	expect_done(RUN(0x0f, 0x30), 2);
	expect_unchanged();
	expect_done(RUN(0x0f, 0x32), 2);
	assert_int_equal(m.regs.eax, ~m.before.ecx);
	assert_int_equal(m.regs.edx, m.before.ecx);
	m.regs.eax = m.before.eax;
	m.regs.edx = m.before.edx;
	expect_unchanged();
}

static void caches_and_invlpg(void **state)
{
	(void)state;
	expect_done(RUN(0x0f, 0x08), 2);
	expect_done(RUN(0x0f, 0x09), 2);
	assert_int_equal(m.events, 0);
	m.base[EMU_GS] = 0x10000000;
	expect_done(RUN(0x65, 0x0f, 0x01, 0x7e, 0xff), 5); /* invlpg %gs:-1(%esi) */
	assert_int_equal(m.events, 1);
	expect_event(0, FLUSH, 0x87775fff, 0, 0);
	expect_unchanged();
	m.null_seg[EMU_GS] = true;
	expect_fault(RUN(0x65, 0x0f, 0x01, 0x7e, 0xff), VEC_GP, 0, 0);
	expect_unchanged();
}

static void the_rest_is_unsupported(void **state)
{
	static const u8 refused[][4] = {
		{0x0f, 0x01, 0x15}, /* lgdt */
		{0x0f, 0x01, 0x1d}, /* lidt */
		{0x0f, 0x01, 0xff}, /* group 7 /7 with a register */
		{0x0f, 0x00, 0xd0}, /* lldt */
		{0x0f, 0x00, 0xd8}, /* ltr */
		{0x0f, 0x33},	    /* rdpmc */
		{0x0f, 0x35},	    /* sysexit */
		{0x0f, 0x0b},	    /* ud2 */
		{0xcf},		    /* iret */
		{0x90},
		{0xcd, 0x80},
		{0x8a, 0x05}, /* emulate_memory's */
		{0xa4},
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(refused); i++)
		expect_unsupported(model_run(emulate_privileged, refused[i], sizeof(refused[i])));
}

/* Memory forms, register forms and the wait: all are stepped over, nothing is touched. */
static void nothing_happens_without_an_fpu(void **state)
{
	static const struct {
		u8 code[8];
		unsigned length;
	} fpu[] = {
		{{0xdb, 0xe3}, 2},				 /* fninit */
		{{0xdd, 0x7d, 0xfc}, 3},			 /* fnstsw -4(%ebp) */
		{{0xd9, 0x3c, 0x24}, 3},			 /* fnstcw (%esp) */
		{{0xdf, 0xe0}, 2},				 /* fnstsw %ax */
		{{0x65, 0xdd, 0x35, 0x00, 0x40, 0x00, 0x00}, 7}, /* fnsave %gs:0x4000 */
		{{0x9b}, 1},
	};

	(void)state;
	m.null_seg[EMU_GS] = true;
	for (unsigned i = 0; i < ARRAY_LEN(fpu); i++) {
		expect_done(model_run(emulate_without_fpu, fpu[i].code, 8), fpu[i].length);
		assert_int_equal(m.events, 0);
		expect_unchanged();
		/* With an FPU it is another fault's instruction. */
		expect_unsupported(model_run(emulate_privileged, fpu[i].code, 8));
	}
	expect_unsupported(model_run(emulate_without_fpu, CODE(0x0f, 0xae, 0x00))); /* fxsave */
	expect_unsupported(model_run(emulate_without_fpu, CODE(0xec)));
	expect_fault(model_run(emulate_without_fpu, CODE(0xf0, 0xdb, 0xe3)), VEC_UD, 0, 0);
	expect_unsupported(model_run(emulate_memory, CODE(0xd9, 0x05, 0x00, 0x40, 0x00, 0x00)));
	assert_int_equal(m.events, 0);
	m.regs.eip = 0x1fff;
	m.absent[2] = true;
	expect_fault(model_run(emulate_without_fpu, CODE(0xdb, 0xe3)), VEC_PF, PF_FETCH, 0x2000);
	expect_unchanged();
}

static void lock_is_refused(void **state)
{
	static const u8 code[][4] = {
		{0xf0, 0xec},
		{0xf0, 0xf4},
		{0xf0, 0x0f, 0x20, 0xc0},
		{0xf0, 0x6c},
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(code); i++) {
		expect_fault(model_run(emulate_privileged, code[i], sizeof(code[i])), VEC_UD, 0, 0);
		assert_int_equal(m.events, 0);
		expect_unchanged();
	}
}

static void fifteen_bytes_and_not_sixteen(void **state)
{
	u8 code[16];

	(void)state;
	memset(code, 0x3e, sizeof(code));
	code[14] = 0xec;
	expect_done(model_run(emulate_privileged, code, 15), 15);
	memmove(code + 1, code, 15);
	expect_fault(model_run(emulate_privileged, code, 16), VEC_GP, 0, 0);
	expect_unchanged();
	memset(code, 0x66, sizeof(code)); /* nothing but prefixes */
	expect_fault(model_run(emulate_privileged, code, 16), VEC_GP, 0, 0);
	expect_unchanged();
	code[13] = 0xe5; /* the immediate is the fifteenth */
	expect_done(model_run(emulate_privileged, code, 16), 15);
	expect_event(0, PORT_IN, 0x66, 2, 0xcafe1235);
}

static void the_last_prefix_of_a_kind_counts(void **state)
{
	(void)state;
	m.base[EMU_FS] = 0x1000;
	m.base[EMU_ES] = 0x2000;
	expect_done(RUN(0x64, 0x66, 0x26, 0x66, 0x0f, 0x01, 0x3d, 0x10, 0, 0, 0), 11);
	expect_event(0, FLUSH, 0x2010, 0, 0);
}

static void fetch_asks_for_the_next_page_only_when_needed(void **state)
{
	(void)state;
	m.regs.eip = 0x1fff;
	m.absent[2] = true;
	expect_done(RUN(0xec), 1);
	assert_int_equal(m.fetches, 1);

	m.regs.eip = 0x1fff;
	expect_fault(RUN(0xe4, 0x10), VEC_PF, PF_FETCH, 0x2000);
	expect_unchanged();
	assert_int_equal(m.events, 0);

	m.absent[2] = false;
	expect_done(RUN(0xe4, 0x10), 2);
	assert_int_equal(m.fetches, 2);

	m.regs.eip = 0x2000;
	m.absent[2] = true;
	expect_fault(RUN(0xec), VEC_PF, PF_FETCH, 0x2000);
	expect_unchanged();
}

static void fetch_uses_the_code_segment(void **state)
{
	(void)state;
	m.base[EMU_CS] = 0xfffff000; /* code at the top, wrapping to 0 */
	m.regs.eip = 0xfff;
	expect_done(RUN(0xe4, 0x10), 2);
	expect_event(0, PORT_IN, 0x10, 1, 0xcafe1234);
	m.null_seg[EMU_CS] = true;
	expect_fault(RUN(0xec), VEC_GP, 0, 0);
	assert_int_equal(m.fetches, 0);
	expect_unchanged();
}

#define TEST(f) cmocka_unit_test_setup(f, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(port_accesses),
		TEST(immediate_port_is_not_signed),
		TEST(control_registers),
		TEST(debug_registers_read_zero),
		TEST(task_switched_and_lmsw),
		TEST(halt_and_interrupt_flag),
		TEST(model_specific_registers),
		TEST(caches_and_invlpg),
		TEST(the_rest_is_unsupported),
		TEST(nothing_happens_without_an_fpu),
		TEST(lock_is_refused),
		TEST(fifteen_bytes_and_not_sixteen),
		TEST(the_last_prefix_of_a_kind_counts),
		TEST(fetch_asks_for_the_next_page_only_when_needed),
		TEST(fetch_uses_the_code_segment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
