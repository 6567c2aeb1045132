/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/vcpu/emulate/again.c hv/vcpu/emulate/alu.c hv/vcpu/emulate/arithmetic.c */
/* SOURCES: hv/vcpu/emulate/bits.c hv/vcpu/emulate/branch.c hv/vcpu/emulate/decode.c */
/* SOURCES: hv/vcpu/emulate/memory.c hv/vcpu/emulate/multiply.c hv/vcpu/emulate/opcodes.c */
/* SOURCES: hv/vcpu/emulate/operand.c hv/vcpu/emulate/shift.c hv/vcpu/emulate/string.c */
/*
 * Instructions that are remembered do what they do when they are seen for the first time, also when
 * their bytes change under way: the same things happen to two machines, of which one has a memory.
 */
#include "hv/vcpu/emulate/insn.h"
#include "tests/unit/test_emulate.h"

#include <stdlib.h>

#define ROUNDS 20000u
#define PLACES 6u
#define APART  23u

static struct emu_cache *cache;
static unsigned hits, moves;
static u64 seed;

static u32 random32(void)
{
	return (u32)model_random(&seed);
}

static u32 offset_of(gva_t va)
{
	return va % MODEL_BYTES;
}

static const u8 *model_code_at(void *ctx, gva_t va, unsigned len)
{
	assert_ptr_equal(ctx, &m);
	assert_in_range(len, 1, 15);
	if (m.absent[model_page(va)] || model_page(va) != model_page(va + len - 1))
		return NULL;
	hits++;
	return &m.mem[offset_of(va)];
}

static struct emu_result again(struct regs *r, const struct emu_ops *ops, void *ctx)
{
	return emulate_memory_again(r, ops, ctx, cache);
}

/* Moves for the most part, and some of everything else. */
static void write_code(u8 *at)
{
	static const u8 some[][8] = {
		{0x8a, 0x40, 0x14},
		{0x0f, 0xb6, 0x46, 0x3a},
		{0x66, 0x89, 0x53, 0x38},
		{0x8b, 0x04, 0xb1},
		{0xa1, 0x34, 0x12, 0x00},
		{0xa2, 0x78, 0x56, 0x34},
		{0xc6, 0x47, 0x02, 0x99},
		{0x64, 0x8b, 0x0e},
		{0x67, 0x8b, 0x42, 0x05},
		{0x0f, 0xbf, 0x01},
		{0x01, 0x18},
		{0xf3, 0xa4},
		{0x88, 0x62, 0x01},
		{0xff, 0x30},
		{0x87, 0x11},
	};
	const u8 *from = some[random32() % ARRAY_LEN(some)];

	memcpy(at, from, sizeof(some[0]));
	if (random32() % 4 == 0)
		at[random32() % 4] = (u8)random32();
}

static void random_state(void)
{
	u32 *word = (u32 *)&m.regs;

	for (unsigned i = 0; i < sizeof(m.regs) / 4; i++)
		word[i] = random32();
	m.regs.eflags = (m.regs.eflags & 0x00ffffff) | EFLAGS_FIXED;
	m.regs.ecx &= 0xff;
	m.code16 = random32() % 8 == 0;
	for (unsigned i = 0; i < 6; i++) {
		m.base[i] = random32() & 1 ? random32() : 0;
		m.null_seg[i] = random32() % 32 == 0;
	}
	for (unsigned i = 0; i < MODEL_PAGES; i++) {
		m.absent[i] = random32() % 16 == 0;
		m.readonly[i] = random32() % 16 == 0;
	}
	m.absent[CODE_AT / PAGE_SIZE] = random32() % 16 == 0;
}

/* What is told of a plain move is what happened. */
static void check_move(gva_t code, const struct regs *before)
{
	const struct emu_move *move = emu_move_at(cache, code);
	struct regs r = *before;
	u32 at;

	if (!move || m.code16 || !emu_move_is(move, &m.mem[offset_of(code)]) || m.events != 1)
		return;
	at = m.base[move->seg] + emu_move_address(move, before);
	expect_event(0, move->store ? STORE : LOAD, at, move->size,
		     move->store ? emu_move_value(move, before) : m.log[0].value);
	emu_move_done(move, &r, m.log[0].value);
	assert_memory_equal(&r, &m.regs, sizeof(r));
	moves++;
}

static void remembered_is_the_same(void **state)
{
	static struct model first, start;
	struct emu_result a, b;

	(void)state;
	model_reset();
	m.ops.code = model_code_at;
	cache = calloc(1, emu_cache_bytes);
	seed = 0x9e3779b97f4a7c15ull + support_seed();
	for (unsigned i = 0; i < ROUNDS; i++) {
		u32 at = CODE_AT + random32() % PLACES * APART;

		if (i % 4 == 0)
			random_state();
		if (i < PLACES || random32() % 8 == 0)
			write_code(&m.mem[at]);
		/* The same place, at one of two addresses. */
		m.regs.eip = at + (random32() & 1) * MODEL_BYTES - m.base[EMU_CS];
		start = m;
		a = model_run(emulate_memory, NULL, 0);
		first = m;
		m = start;
		b = model_run(again, NULL, 0);
		assert_int_equal(a.status, b.status);
		if (a.status == EMU_FAULT)
			expect_fault(b, a.vector, a.error, a.cr2);
		assert_memory_equal(&first.regs, &m.regs, sizeof(m.regs));
		assert_memory_equal(first.mem, m.mem, sizeof(m.mem));
		assert_int_equal(first.events, m.events);
		assert_memory_equal(first.log, m.log,
				    MIN(m.events, ARRAY_LEN(m.log)) * sizeof(m.log[0]));
		if (b.status == EMU_DONE && offset_of(m.log[0].at) - CODE_AT > PLACES * APART)
			check_move(m.base[EMU_CS] + start.regs.eip, &start.regs);
	}
	free(cache);
	/* Neither was rare. */
	print_message("%u found, %u moves\n", hits, moves);
	assert_true(hits > ROUNDS / 4);
	assert_true(moves > ROUNDS / 8);
}

/* Code that changes itself: the new bytes count. */
static void changed_code(void **state)
{
	u32 fetches;

	(void)state;
	model_reset();
	m.ops.code = model_code_at;
	cache = calloc(1, emu_cache_bytes);
	m.regs.ebx = DATA_AT;
	expect_done(model_run(again, CODE(0x8b, 0x43, 0x04)), 3); /* mov 4(%ebx),%eax */
	fetches = m.fetches;
	expect_event(0, LOAD, DATA_AT + 4, 4, model_get(DATA_AT + 4, 4));
	expect_done(model_run(again, NULL, 0), 3);
	assert_int_equal(m.fetches, 0);
	assert_int_not_equal(fetches, 0);
	expect_done(model_run(again, CODE(0x8b, 0x43, 0x08)), 3);
	assert_int_not_equal(m.fetches, 0);
	expect_event(0, LOAD, DATA_AT + 8, 4, model_get(DATA_AT + 8, 4));
	expect_done(model_run(again, CODE(0x89, 0x43, 0x08)), 3);
	expect_event(0, STORE, DATA_AT + 8, 4, m.regs.eax);
	free(cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(remembered_is_the_same),
		cmocka_unit_test(changed_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
