/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/vcpu/emulate/alu.c hv/vcpu/emulate/arithmetic.c hv/vcpu/emulate/bits.c */
/* SOURCES: hv/vcpu/emulate/branch.c hv/vcpu/emulate/decode.c hv/vcpu/emulate/memory.c */
/* SOURCES: hv/vcpu/emulate/multiply.c hv/vcpu/emulate/opcodes.c hv/vcpu/emulate/operand.c */
/* SOURCES: hv/vcpu/emulate/privileged.c hv/vcpu/emulate/shift.c hv/vcpu/emulate/string.c */
/*
 * String instructions of the emulator: directions, widths, rep and its ends, faults in the
 * middle, batches.
 */
#include "tests/unit/test_emulate.h"

#define MEMORY(...)	model_run(emulate_memory, CODE(__VA_ARGS__))
#define PRIVILEGED(...) model_run(emulate_privileged, CODE(__VA_ARGS__))

#define SRC 0x5000u
#define DST 0x9000u

static int reset(void **state)
{
	(void)state;
	model_reset();
	m.regs.esi = SRC;
	m.regs.edi = DST;
	return 0;
}

static u32 mask_of(unsigned size)
{
	return size == 4 ? 0xffffffffu : (1u << size * 8) - 1;
}

/* Which of the index registers each opcode moves, and what it does in order. */
static const struct {
	u8 opcode;
	bool privileged, src, dst;
	enum access first, second;
} kinds[] = {
	{0x6c, true, false, true, PORT_IN, STORE},    {0x6e, true, true, false, LOAD, PORT_OUT},
	{0xa4, false, true, true, LOAD, STORE},	      {0xa6, false, true, true, LOAD, LOAD},
	{0xaa, false, false, true, STORE, NO_ACCESS}, {0xac, false, true, false, LOAD, NO_ACCESS},
	{0xae, false, false, true, LOAD, NO_ACCESS},
};

/* Where access number n of a kind must go. */
static u32 place(unsigned kind, unsigned n)
{
	enum access what = n ? kinds[kind].second : kinds[kind].first;

	if (what == PORT_IN || what == PORT_OUT)
		return 0x4c0c;
	if (what == STORE || n || !kinds[kind].src)
		return DST;
	return SRC;
}

static void one_of_each(unsigned kind, unsigned size, bool down, bool address16)
{
	u8 code[3], *at = code;
	u32 step = down ? 0u - size : size, expect_eax;
	unsigned accesses = kinds[kind].second == NO_ACCESS ? 1 : 2;
	struct emu_result res;

	reset(NULL);
	if (size == 2)
		*at++ = 0x66;
	if (address16)
		*at++ = 0x67;
	*at++ = kinds[kind].opcode + (size != 1);
	m.regs.esi |= address16 ? 0x77770000 : 0; /* not looked at, and not to be changed */
	m.regs.edi |= address16 ? 0x88880000 : 0;
	m.regs.eflags |= down ? EFLAGS_DF : 0;
	res = model_run(kinds[kind].privileged ? emulate_privileged : emulate_memory, code,
			(size_t)(at - code));
	expect_done(res, (unsigned)(at - code));
	assert_int_equal(m.events, accesses);
	for (unsigned n = 0; n < accesses; n++) {
		assert_int_equal(m.log[n].what, n ? kinds[kind].second : kinds[kind].first);
		assert_int_equal(m.log[n].at, place(kind, n));
		assert_int_equal(m.log[n].size, size);
	}
	if (kinds[kind].second == STORE || kinds[kind].second == PORT_OUT)
		assert_int_equal(m.log[1].value, m.log[0].value & mask_of(size));
	if (kinds[kind].first == STORE)
		assert_int_equal(m.log[0].value, m.before.eax & mask_of(size));
	expect_eax = m.before.eax;
	if (kinds[kind].opcode == 0xac)
		expect_eax = (expect_eax & ~mask_of(size)) | m.log[0].value;
	assert_int_equal(m.regs.eax, expect_eax);
	assert_int_equal(m.regs.esi, m.before.esi + (kinds[kind].src ? step : 0));
	assert_int_equal(m.regs.edi, m.before.edi + (kinds[kind].dst ? step : 0));
	assert_int_equal(m.regs.ecx, m.before.ecx);
	assert_int_equal(m.regs.edx, m.before.edx);
}

static void single_steps(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(kinds) * 12; i++)
		one_of_each(i / 12, 1u << i % 3, i / 3 & 1, i / 6 & 1);
}

static void index_registers_wrap_at_their_width(void **state)
{
	(void)state;
	m.regs.esi = 0x7777fffe;
	m.regs.edi = 0x88880001;
	m.regs.eflags |= EFLAGS_DF;
	m.regs.ecx = 0xabcd0002;
	expect_done(MEMORY(0xf3, 0x67, 0x66, 0xa5), 4); /* rep movsw, downwards */
	assert_int_equal(m.regs.esi, 0x7777fffa);
	assert_int_equal(m.regs.edi, 0x8888fffd);
	assert_int_equal(m.regs.ecx, 0xabcd0000);
	m.regs.esi = 0xffffffff;
	m.regs.eflags &= ~EFLAGS_DF;
	expect_done(MEMORY(0xac), 1);
	assert_int_equal(m.regs.esi, 0);
}

static void segments_of_source_and_destination(void **state)
{
	(void)state;
	m.base[EMU_DS] = 0x100;
	m.base[EMU_ES] = 0x200;
	m.base[EMU_FS] = 0xfffff000;
	expect_done(MEMORY(0xa4), 1);
	expect_event(0, LOAD, SRC + 0x100, 1, model_get(SRC + 0x100, 1));
	expect_event(1, STORE, DST + 0x200, 1, m.log[0].value);
	reset(NULL);
	m.base[EMU_ES] = 0x200;
	m.base[EMU_FS] = 0xfffff000;
	expect_done(MEMORY(0x64, 0xa5), 2); /* the prefix moves the source only */
	assert_int_equal(m.log[0].at, SRC - 0x1000);
	assert_int_equal(m.log[1].at, DST + 0x200);
	expect_done(MEMORY(0x64, 0xaa), 2);
	assert_int_equal(m.log[0].at, DST + 0x204);
	m.null_seg[EMU_ES] = true;
	expect_fault(MEMORY(0xaa), VEC_GP, 0, 0);
	expect_unchanged();
	expect_done(MEMORY(0xac), 1); /* needs no ES */
	m.null_seg[EMU_DS] = true;
	expect_fault(MEMORY(0xac), VEC_GP, 0, 0);
	expect_unchanged();
	m.regs.ecx = 0; /* and nothing at all is needed for no iteration */
	expect_done(MEMORY(0xf3, 0xac), 2);
	expect_unchanged();
}

static void rep_counts(void **state)
{
	static const u32 counts[] = {0, 1, 2, EMU_REP_BATCH - 1, EMU_REP_BATCH};

	(void)state;
	for (unsigned i = 0; i < 2 * ARRAY_LEN(counts); i++) {
		u32 n = counts[i / 2];

		reset(NULL);
		m.regs.ecx = n;
		/* F2 and F3 are the same where ZF does not count (SDM vol. 2, REP). */
		expect_done(MEMORY(i & 1 ? 0xf2 : 0xf3, 0xa5), 2);
		assert_int_equal(m.regs.ecx, 0);
		assert_int_equal(m.regs.esi, SRC + 4 * n);
		assert_int_equal(m.regs.edi, DST + 4 * n);
		assert_int_equal(m.events, 2 * n);
		assert_memory_equal(m.mem + DST, m.mem + SRC, 4 * n);
	}
}

static void a_batch_ends_and_goes_on(void **state)
{
	unsigned rounds = 0;
	struct emu_result res;

	(void)state;
	m.regs.ecx = 3 * EMU_REP_BATCH + 5;
	for (;;) {
		res = MEMORY(0xf3, 0xaa);
		if (res.status != EMU_AGAIN)
			break;
		rounds++;
		assert_int_equal(m.events, EMU_REP_BATCH);
		assert_int_equal(m.regs.eip, CODE_AT);
		assert_int_equal(m.regs.ecx, (3 - rounds) * EMU_REP_BATCH + 5);
	}
	expect_done(res, 2);
	assert_int_equal(rounds, 3);
	assert_int_equal(m.events, 5);
	assert_int_equal(m.regs.edi, DST + 3 * EMU_REP_BATCH + 5);
	m.regs.ecx = 0xffffffff;
	res = PRIVILEGED(0xf3, 0x6f);
	assert_int_equal(res.status, EMU_AGAIN);
	assert_int_equal(m.regs.ecx, 0xffffffff - EMU_REP_BATCH);
}

static void single_stepping_stops_after_each_iteration(void **state)
{
	struct emu_result res;

	(void)state;
	m.regs.eflags |= EFLAGS_TF;
	m.regs.ecx = 2;
	res = MEMORY(0xf3, 0xa4);
	assert_int_equal(res.status, EMU_AGAIN);
	assert_int_equal(m.regs.ecx, 1);
	expect_done(MEMORY(0xf3, 0xa4), 2);
	assert_int_equal(m.regs.ecx, 0);
	assert_int_equal(m.regs.edi, DST + 2);
}

static void comparisons_end_at_a_match(void **state)
{
	(void)state;
	memset(m.mem + DST, 'x', 100);
	m.mem[DST + 10] = 'y';
	m.regs.eax = 'x';
	m.regs.ecx = 100;
	expect_done(MEMORY(0xf3, 0xae), 2); /* repe scasb */
	assert_int_equal(m.regs.ecx, 89);
	assert_int_equal(m.regs.edi, DST + 11);
	assert_false(m.regs.eflags & EFLAGS_ZF);
	assert_true(m.regs.eflags & EFLAGS_CF); /* 'x' - 'y' */
	m.regs.edi = DST;
	m.regs.eax = 'y';
	m.regs.ecx = 100;
	expect_done(MEMORY(0xf2, 0xae), 2); /* repne scasb */
	assert_int_equal(m.regs.ecx, 89);
	assert_true(m.regs.eflags & EFLAGS_ZF);
	m.regs.ecx = 5;
	expect_done(MEMORY(0xf2, 0xae), 2); /* nothing found */
	assert_int_equal(m.regs.ecx, 0);
	assert_false(m.regs.eflags & EFLAGS_ZF);
	memcpy(m.mem + SRC, m.mem + DST, 100);
	m.mem[SRC + 40] = 'w';
	m.regs.esi = SRC;
	m.regs.edi = DST;
	m.regs.ecx = 25;
	expect_done(MEMORY(0xf3, 0xa7), 2); /* repe cmpsd */
	assert_int_equal(m.regs.ecx, 14);
	assert_int_equal(m.regs.esi, SRC + 44);
	assert_true(m.regs.eflags & EFLAGS_CF); /* source minus destination */
	m.regs.edi = DST;
	m.regs.ecx = 100;
	expect_done(MEMORY(0xf3, 0xf2, 0xae), 3); /* the last prefix counts: repne */
	assert_int_equal(m.regs.ecx, 89);
	m.regs.ecx = 0;
	expect_done(MEMORY(0xf3, 0xa7), 2); /* no iteration, no flags */
	expect_unchanged();
}

static void a_fault_keeps_whole_iterations(void **state)
{
	(void)state;
	m.absent[(DST + 0x1000) / PAGE_SIZE] = true;
	m.regs.edi = DST + 0xff0;
	m.regs.ecx = 10;
	expect_fault(MEMORY(0xf3, 0xa5), VEC_PF, PF_WRITE, DST + 0x1000);
	assert_int_equal(m.regs.ecx, 6);
	assert_int_equal(m.regs.esi, SRC + 16);
	assert_int_equal(m.regs.edi, DST + 0x1000);
	assert_int_equal(m.regs.eip, CODE_AT);
	assert_int_equal(m.regs.eflags, m.before.eflags);
	assert_int_equal(m.events, 8); /* the fifth value was not even read */
	m.absent[(DST + 0x1000) / PAGE_SIZE] = false;
	expect_done(MEMORY(0xf3, 0xa5), 2);
	assert_memory_equal(m.mem + DST + 0xff0, m.mem + SRC, 40);

	m.absent[SRC / PAGE_SIZE] = true; /* downwards into a source that is not there */
	m.regs.esi = SRC + 0x1004;
	m.regs.ecx = 3;
	m.regs.eflags |= EFLAGS_DF;
	expect_fault(MEMORY(0xf3, 0xad), VEC_PF, 0, SRC + 0xffc);
	assert_int_equal(m.regs.ecx, 1);
	assert_int_equal(m.regs.esi, SRC + 0xffc);
	assert_int_equal(m.regs.eax, model_get(SRC + 0x1000, 4));
}

static void a_fault_loses_no_port_data(void **state)
{
	(void)state;
	m.readonly[DST / PAGE_SIZE] = true;
	m.regs.edi = DST - 8;
	m.regs.ecx = 4;
	expect_fault(PRIVILEGED(0xf3, 0x6d), VEC_PF, PF_PRESENT | PF_WRITE, DST);
	assert_int_equal(m.events, 4);
	assert_int_equal(m.port_value, 0xcafe1236);
	assert_int_equal(m.regs.ecx, 2);
	m.readonly[DST / PAGE_SIZE] = false;
	expect_done(PRIVILEGED(0xf3, 0x6d), 2);
	for (u32 i = 0; i < 4; i++)
		assert_int_equal(model_get(DST - 8 + 4 * i, 4), 0xcafe1234 + i);
	/* An element over the border is asked for in both halves. */
	m.absent[DST / PAGE_SIZE] = true;
	m.regs.edi = DST - 2;
	expect_fault(PRIVILEGED(0x6d), VEC_PF, PF_WRITE, DST);
	assert_int_equal(m.events, 0);
	expect_unchanged();
	/* outs: nothing goes out that was not read. */
	m.regs.esi = DST - 1;
	expect_fault(PRIVILEGED(0x66, 0x6f), VEC_PF, 0, DST);
	assert_int_equal(m.events, 1); /* the load of the first half */
	expect_unchanged();
}

static void without_the_question_a_fault_still_keeps_registers(void **state)
{
	(void)state;
	m.ops.writable = NULL;
	m.absent[DST / PAGE_SIZE] = true;
	m.regs.edi = DST - 4;
	m.regs.ecx = 9;
	expect_fault(PRIVILEGED(0xf3, 0x6d), VEC_PF, PF_WRITE, DST);
	assert_int_equal(m.regs.ecx, 8);
	assert_int_equal(m.regs.edi, DST);
	expect_fault(PRIVILEGED(0xf3, 0x6d), VEC_PF, PF_WRITE, DST);
	expect_unchanged();
}

static void elements_over_a_page_border(void **state)
{
	(void)state;
	m.regs.esi = SRC - 3;
	m.regs.edi = DST - 1;
	expect_done(MEMORY(0xa5), 1);
	assert_int_equal(m.events, 6);
	assert_memory_equal(m.mem + DST - 1, m.mem + SRC - 3, 4);
}

#define TEST(f) cmocka_unit_test_setup(f, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(single_steps),
		TEST(index_registers_wrap_at_their_width),
		TEST(segments_of_source_and_destination),
		TEST(rep_counts),
		TEST(a_batch_ends_and_goes_on),
		TEST(single_stepping_stops_after_each_iteration),
		TEST(comparisons_end_at_a_match),
		TEST(a_fault_keeps_whole_iterations),
		TEST(a_fault_loses_no_port_data),
		TEST(without_the_question_a_fault_still_keeps_registers),
		TEST(elements_over_a_page_border),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
