/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/vcpu/emulate/alu.c hv/vcpu/emulate/arithmetic.c hv/vcpu/emulate/bits.c */
/* SOURCES: hv/vcpu/emulate/branch.c hv/vcpu/emulate/decode.c hv/vcpu/emulate/memory.c */
/* SOURCES: hv/vcpu/emulate/multiply.c hv/vcpu/emulate/opcodes.c hv/vcpu/emulate/operand.c */
/* SOURCES: hv/vcpu/emulate/privileged.c hv/vcpu/emulate/shift.c hv/vcpu/emulate/string.c */
/*
 * Random instructions, registers, segments and page rights: whatever the emulator makes of them,
 * it must keep the promises of its header. The model checks every access; the sanitizers the
 * emulator's own memory. Seeded, so a failure can be repeated.
 */
#include "hv/vcpu/emulate/insn.h"
#include "tests/unit/test_emulate.h"

#include <stdio.h>

#define ROUNDS 4000000u

static u64 seed;

static u32 random32(void)
{
	return (u32)model_random(&seed);
}

/* Bytes: mostly an opcode that is known after a few prefixes, sometimes anything. */
static void random_code(u8 code[16])
{
	static const u8 prefix[] = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65,
				    0x66, 0x67, 0xf0, 0xf2, 0xf3};
	const struct row *map = map_one_byte;
	unsigned at = 0, n = random32() % 4;
	u8 opcode;

	for (unsigned i = 0; i < 16; i++)
		code[i] = (u8)random32();
	if (random32() % 8 == 0)
		return;
	if (random32() % 64 == 0)
		n = random32() % 16; /* up to the limit of 15 bytes */
	while (at < n)
		code[at++] = prefix[random32() % ARRAY_LEN(prefix)];
	if (random32() & 1 && at < 15) {
		code[at++] = 0x0f;
		map = map_two_byte;
	}
	do
		opcode = (u8)random32();
	while (map[opcode].form == FORM_UNKNOWN);
	code[at] = opcode;
}

static void random_machine(void)
{
	u32 *word = (u32 *)&m.regs;

	for (unsigned i = 0; i < sizeof(m.regs) / 4; i++)
		word[i] = random32() & 1 ? random32() : 0u - (random32() & 3);
	if (random32() & 3)
		m.regs.ecx &= 0x1ff;
	m.regs.eflags = (m.regs.eflags & 0x00ffffff) | EFLAGS_FIXED;
	m.code16 = random32() % 4 == 0;
	for (unsigned i = 0; i < 6; i++) {
		m.base[i] = random32() & 1 ? random32() : 0;
		m.null_seg[i] = random32() % 32 == 0;
	}
	for (unsigned i = 0; i < MODEL_PAGES; i++) {
		m.absent[i] = random32() % 8 == 0;
		m.readonly[i] = random32() % 8 == 0;
	}
	m.ops.writable = random32() & 1 ? model_writable : NULL;
}

static void show(const u8 *code, struct emu_result res)
{
	fprintf(stderr, "status %u vector %u:", res.status, res.vector);
	for (unsigned i = 0; i < 16; i++)
		fprintf(stderr, " %02x", code[i]);
	fputc('\n', stderr);
}

/* Part of a rep may be done: then these, and no others, may have moved. */
static void accept_iterations(struct regs *before)
{
	before->ecx = m.regs.ecx;
	before->esi = m.regs.esi;
	before->edi = m.regs.edi;
	before->eax = m.regs.eax;
	before->eflags = (before->eflags & ~0x8d5u) | (m.regs.eflags & 0x8d5u);
}

static bool is_rep_string(const u8 *code)
{
	static const u8 strings[] = "\x6c\x6d\x6e\x6f\xa4\xa5\xa6\xa7\xaa\xab\xac\xad\xae\xaf";
	bool rep = false;

	for (;; code++) {
		rep |= *code == 0xf2 || *code == 0xf3;
		if (!memchr("\x26\x2e\x36\x3e\x64\x65\x66\x67\xf0\xf2\xf3", *code, 11))
			return rep && memchr(strings, *code, sizeof(strings) - 1);
	}
}

/* When the model answers whether a page can be written, a fault leaves nothing half done. */
static bool changed_something(void)
{
	for (unsigned i = 0; i < m.events && i < ARRAY_LEN(m.log); i++)
		if (m.log[i].what != LOAD && m.log[i].what != LOAD_SEG)
			return true;
	return false;
}

/* Registers that an instruction is for. */
static bool may_load_segment(const struct regs *want)
{
	bool asked = false;

	for (unsigned i = 0; i < m.events && i < ARRAY_LEN(m.log); i++)
		asked |= m.log[i].what == LOAD_SEG;
	return asked || (m.regs.ss == want->ss && m.regs.ds == want->ds && m.regs.es == want->es &&
			 m.regs.fs == want->fs && m.regs.gs == want->gs);
}

/* FF /2 and /4. */
static bool is_branch(const u8 *code)
{
	while (memchr("\x26\x2e\x36\x3e\x64\x65\x66\x67\xf0\xf2\xf3", *code, 11))
		code++;
	return *code == 0xff && ((code[1] & 0x38) == 0x10 || (code[1] & 0x38) == 0x20);
}

static bool keeps_promises(const u8 *code, struct emu_result res)
{
	u32 moved = m.regs.eip - m.before.eip;
	struct regs want = m.before;

	switch (res.status) {
	case EMU_DONE:
		/* Two accesses an iteration, each in up to three pieces. */
		return (is_branch(code) || (moved >= 1 && moved <= 15)) &&
		       m.events <= 6 * EMU_REP_BATCH && !(m.regs.eflags & EFLAGS_RF) &&
		       m.regs.cs == want.cs && may_load_segment(&want) &&
		       m.regs.esp_ignored == want.esp_ignored &&
		       !((m.regs.eflags ^ want.eflags) & ~(0x8d5u | EFLAGS_RF));
	case EMU_HALT:
		return moved >= 1 && moved <= 15 && m.events == 0;
	case EMU_AGAIN:
	case EMU_FAULT:
		if (is_rep_string(code))
			accept_iterations(&want);
		else if (res.status == EMU_AGAIN)
			return false;
		else if (m.ops.writable && changed_something())
			return false;
		if (res.status == EMU_FAULT && res.vector != VEC_GP && res.vector != VEC_UD &&
		    res.vector != VEC_PF && res.vector != VEC_DE)
			return false;
		return !memcmp(&want, &m.regs, sizeof(want));
	case EMU_UNSUPPORTED:
		return m.events == 0 && !memcmp(&want, &m.regs, sizeof(want));
	}
	return false;
}

static void random_instructions(void **state)
{
	unsigned seen[2][EMU_HALT + 1] = {{0}};
	struct emu_result res;
	u8 code[32] = {0};

	(void)state;
	model_reset();
	seed = 0x2545f4914f6cdd1dull + support_seed();
	for (unsigned i = 0; i < ROUNDS; i++) {
		emulate_fn *emulate = i & 1 ? emulate_privileged : emulate_memory;

		if (i % 8 < 2)
			random_machine();
		random_code(code);
		res = model_run(emulate, code, 16);
		if (!keeps_promises(code, res)) {
			show(code, res);
			fail_msg("round %u", i);
		}
		seen[i & 1][res.status]++;
	}
	/* Each outcome was met often, so the numbers above mean something. */
	for (unsigned i = 0; i < 2; i++)
		for (unsigned s = EMU_DONE; s <= EMU_HALT; s++)
			if (seen[i][s] < 500 && !(i == 0 && s == EMU_HALT))
				fail_msg("outcome %u of emulator %u: %u times", s, i, seen[i][s]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_instructions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
