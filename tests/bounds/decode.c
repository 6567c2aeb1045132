/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/vcpu/emulate/[a-z]*.c tests/unit/support.c */
/*
 * The decoder: every opcode of both maps with every ModRM byte behind none or one prefix, and with
 * three of them behind every run of prefixes up to the limit and past it. It asks for no byte
 * behind the fifteenth, ends, and steps over no more than it has read.
 */
#include "tests/unit/test_emulate.h"

#include "tests/bounds/choose.h"

#define START 0x00001ff0u /* the fifteenth byte is the page's last but one */

static u8 code[32];
static unsigned furthest, calls;

static unsigned fetch(void *ctx, gva_t va, u8 *buf, unsigned len, u32 *error)
{
	(void)ctx;
	(void)error;
	MUST(va >= START && va - START + len <= 15 && ++calls <= 15);
	memcpy(buf, code + (va - START), len);
	furthest = MAX(furthest, va - START + len);
	return len;
}

/* Runs of one prefix and then of another; with at most one of them the rest may be anything. */
static unsigned prefixes(bool *few)
{
	static const u8 some[] = {0x66, 0x67, 0xf3};
	unsigned n = 0;

	*few = choose(2);
	if (*few) {
		static const u8 all[] = {0,    0x26, 0x2e, 0x36, 0x3e, 0x64,
					 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3};
		code[0] = CHOOSE(all);
		return code[0] ? 1 : 0;
	}
	for (u32 run = choose(16), p = CHOOSE(some); n < run; n++)
		code[n] = (u8)p;
	for (u32 run = n + choose(16 - n + 1), p = CHOOSE(some); n < run; n++)
		code[n] = (u8)p;
	return n;
}

static void trial(void)
{
	static const u8 modrm[] = {0x05, 0x84, 0xc0};
	struct regs r = {.eip = START, .ecx = 3, .eflags = 2};
	bool jumps;
	struct emu_result got;
	bool few;
	unsigned n = prefixes(&few);

	memset(code + n, 0x24, sizeof(code) - n); /* a SIB byte that means something */
	if (choose(2))
		code[n++] = 0x0f;
	code[n++] = (u8)choose(256);
	code[n] = few ? (u8)choose(256) : CHOOSE(modrm);
	jumps = memchr(code, 0xff, n + 1); /* group 5: call and jmp */
	furthest = calls = 0;
	m.code16 = few && choose(2);
	got = choose(2) ? emulate_memory(&r, &m.ops, &m) : emulate_privileged(&r, &m.ops, &m);
	MUST(got.status <= EMU_HALT);
	MUST(jumps || r.eip == START || r.eip - START <= furthest);
	MUST(got.status == EMU_DONE || got.status == EMU_HALT ? r.eip != START : r.eip == START);
}

int main(void)
{
	model_reset();
	m.ops.fetch = fetch;
	return all_cases(trial);
}
