/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/vcpu/emulate/alu.c hv/vcpu/emulate/arithmetic.c hv/vcpu/emulate/bits.c */
/* SOURCES: hv/vcpu/emulate/branch.c hv/vcpu/emulate/decode.c hv/vcpu/emulate/memory.c */
/* SOURCES: hv/vcpu/emulate/multiply.c hv/vcpu/emulate/opcodes.c hv/vcpu/emulate/operand.c */
/* SOURCES: hv/vcpu/emulate/privileged.c hv/vcpu/emulate/shift.c hv/vcpu/emulate/string.c */
/*
 * How the emulator finds an instruction's bytes and its operand: every addressing mode, segments,
 * 16-bit code, accesses and instructions over page borders, the longest instructions.
 */
#include "tests/unit/test_emulate.h"

#define RUN(...) model_run(emulate_memory, CODE(__VA_ARGS__))
#define AT_DATA	 0x05, 0x00, 0x40, 0x00, 0x00 /* ModRM [disp32] with reg field 0 */

static int reset(void **state)
{
	(void)state;
	model_reset();
	model_put(DATA_AT, 4, 0x8899aabb);
	return 0;
}

/* ---- addresses --------------------------------------------------------------------------- */

#define EAX    0x00010101u
#define ECX    0x00000020u
#define EDX    0x03030303u
#define EBX    0x04040404u
#define ESP    0x0505050cu
#define EBP    0x06060606u
#define ESI    0x0707f707u
#define EDI    0x08080808u
#define LOW(x) ((x)&0xffffu)

static const struct {
	u8 code[9];
	unsigned length;
	u32 ea;
	bool stack;
} addresses[] = {
	/* 32 bits: mod 0 */
	{{0x8a, 0x00}, 2, EAX, false},
	{{0x8a, 0x01}, 2, ECX, false},
	{{0x8a, 0x02}, 2, EDX, false},
	{{0x8a, 0x03}, 2, EBX, false},
	{{0x8a, 0x05, 0x78, 0x56, 0x34, 0x92}, 6, 0x92345678, false},
	{{0x8a, 0x06}, 2, ESI, false},
	{{0x8a, 0x07}, 2, EDI, false},
	/* mod 1: a signed byte */
	{{0x8a, 0x40, 0x7f}, 3, EAX + 0x7f, false},
	{{0x8a, 0x41, 0x80}, 3, ECX - 0x80, false},
	{{0x8a, 0x45, 0xfc}, 3, EBP - 4, true},
	{{0x8a, 0x47, 0x01}, 3, EDI + 1, false},
	/* mod 2 */
	{{0x8a, 0x82, 0x00, 0x00, 0x00, 0xff}, 6, EDX - 0x1000000, false},
	{{0x8a, 0x85, 0x04, 0x03, 0x02, 0x01}, 6, EBP + 0x01020304, true},
	{{0x8a, 0x86, 0x04, 0x03, 0x02, 0x01}, 6, ESI + 0x01020304, false},
	/* SIB: no index, all scales, EBP and ESP as base, no base */
	{{0x8a, 0x04, 0x24}, 3, ESP, true},
	{{0x8a, 0x04, 0xe4}, 3, ESP, true},
	{{0x8a, 0x44, 0x24, 0x08}, 4, ESP + 8, true},
	{{0x8a, 0x84, 0x24, 0x00, 0x10, 0x00, 0x00}, 7, ESP + 0x1000, true},
	{{0x8a, 0x04, 0x08}, 3, EAX + ECX, false},
	{{0x8a, 0x04, 0x48}, 3, EAX + ECX * 2, false},
	{{0x8a, 0x04, 0x91}, 3, ECX + EDX * 4, false},
	{{0x8a, 0x04, 0xfe}, 3, ESI + EDI * 8, false},
	{{0x8a, 0x04, 0x28}, 3, EAX + EBP, false},
	{{0x8a, 0x44, 0xc5, 0xff}, 4, EBP + EAX * 8 - 1, true},
	{{0x8a, 0x84, 0x4d, 0x00, 0x00, 0x00, 0x80}, 7, EBP + ECX * 2 + 0x80000000u, true},
	{{0x8a, 0x04, 0x8d, 0x04, 0x03, 0x02, 0x01}, 7, ECX * 4 + 0x01020304, false},
	{{0x8a, 0x04, 0x25, 0x04, 0x03, 0x02, 0x01}, 7, 0x01020304, false},
	{{0x8a, 0x04, 0x2d, 0x04, 0x03, 0x02, 0x01}, 7, EBP + 0x01020304, false},
	{{0x8a, 0x04, 0xa3}, 3, EBX, false},
	/* 16 bits */
	{{0x67, 0x8a, 0x00}, 3, LOW(EBX + ESI), false},
	{{0x67, 0x8a, 0x01}, 3, LOW(EBX + EDI), false},
	{{0x67, 0x8a, 0x02}, 3, LOW(EBP + ESI), true},
	{{0x67, 0x8a, 0x03}, 3, LOW(EBP + EDI), true},
	{{0x67, 0x8a, 0x04}, 3, LOW(ESI), false},
	{{0x67, 0x8a, 0x05}, 3, LOW(EDI), false},
	{{0x67, 0x8a, 0x06, 0x34, 0x92}, 5, 0x9234, false},
	{{0x67, 0x8a, 0x07}, 3, LOW(EBX), false},
	{{0x67, 0x8a, 0x40, 0x80}, 4, LOW(EBX + ESI - 0x80), false},
	{{0x67, 0x8a, 0x46, 0xff}, 4, LOW(EBP - 1), true},
	{{0x67, 0x8a, 0x82, 0xff, 0x7f}, 5, LOW(EBP + ESI + 0x7fff), true},
	{{0x67, 0x8a, 0x84, 0x00, 0xf0}, 5, LOW(ESI + 0xf000), false},
	{{0x67, 0x8a, 0x87, 0xff, 0xff}, 5, LOW(EBX - 1), false},
};

static void set_address_registers(void)
{
	m.regs.eax = EAX;
	m.regs.ecx = ECX;
	m.regs.edx = EDX;
	m.regs.ebx = EBX;
	m.regs.esp = ESP;
	m.regs.ebp = EBP;
	m.regs.esi = ESI;
	m.regs.edi = EDI;
	m.base[EMU_DS] = 0x10000000;
	m.base[EMU_SS] = 0x20000000;
	m.base[EMU_GS] = 0xf0000000;
}

static void every_addressing_mode(void **state)
{
	u8 code[10];

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(addresses); i++) {
		unsigned length = addresses[i].length;
		u32 base = addresses[i].stack ? 0x20000000 : 0x10000000;

		reset(NULL);
		set_address_registers();
		expect_done(model_run(emulate_memory, addresses[i].code, length), length);
		expect_event(0, LOAD, base + addresses[i].ea, 1, m.log[0].value);
		/* The same with a segment of its own. */
		reset(NULL);
		set_address_registers();
		code[0] = 0x65;
		memcpy(code + 1, addresses[i].code, sizeof(addresses[i].code));
		expect_done(model_run(emulate_memory, code, length + 1), length + 1);
		expect_event(0, LOAD, 0xf0000000 + addresses[i].ea, 1, m.log[0].value);
	}
}

static void segment_prefixes(void **state)
{
	static const u8 prefix[] = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65}; /* as enum emu_seg */

	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		reset(NULL);
		for (unsigned seg = 0; seg < 6; seg++)
			m.base[seg] = 0x1000 * seg;
		expect_done(RUN(prefix[i], 0xc6, AT_DATA, 1), 8);
		expect_event(0, STORE, DATA_AT + 0x1000 * i, 1, 1);
		m.base[EMU_CS] = 0;
		m.null_seg[i] = true;
		expect_fault(RUN(prefix[i], 0xc6, AT_DATA, 1), VEC_GP, 0, 0);
		expect_unchanged();
	}
}

static void sixteen_bit_code(void **state)
{
	(void)state;
	m.code16 = true;
	m.regs.ebx = 0x12344000;
	expect_done(RUN(0x89, 0x0f), 2); /* mov %cx,(%bx) */
	expect_event(0, STORE, 0x4000, 2, 0x4101);
	expect_done(RUN(0x66, 0x89, 0x0f), 3);
	expect_event(0, STORE, 0x4000, 4, 0x4101);
	expect_done(RUN(0x67, 0x89, 0x0b), 3); /* mov %cx,(%ebx) */
	expect_event(0, STORE, 0x12344000, 2, 0x4101);
	expect_done(RUN(0x66, 0x67, 0xc7, 0x03, 1, 2, 3, 4), 8);
	expect_event(0, STORE, 0x12344000, 4, 0x04030201);
	expect_done(RUN(0xa1, 0x00, 0x40), 3);
	assert_int_equal(m.regs.eax, 0x11110000 | model_get(DATA_AT, 2));
}

/* ---- page borders ------------------------------------------------------------------------ */

static void accesses_over_a_page_border(void **state)
{
	(void)state;
	m.regs.esi = 0x4fff; /* 1 | 2 1 */
	expect_done(RUN(0x8b, 0x06), 2);
	assert_int_equal(m.events, 3);
	expect_event(0, LOAD, 0x4fff, 1, model_get(0x4fff, 1));
	expect_event(1, LOAD, 0x5000, 2, model_get(0x5000, 2));
	expect_event(2, LOAD, 0x5002, 1, model_get(0x5002, 1));
	assert_int_equal(m.regs.eax, model_get(0x4fff, 4));
	m.regs.eax = 0xa1b2c3d4;
	m.regs.esi = 0x4ffe; /* 2 | 2 */
	expect_done(RUN(0x89, 0x06), 2);
	assert_int_equal(m.events, 2);
	expect_event(0, STORE, 0x4ffe, 2, 0xc3d4);
	expect_event(1, STORE, 0x5000, 2, 0xa1b2);
	m.regs.esi = 0x4ffd; /* 1 2 | 1 */
	expect_done(RUN(0x89, 0x06), 2);
	assert_int_equal(m.events, 3);
	assert_int_equal(model_get(0x4ffd, 4), 0xa1b2c3d4);
	m.regs.esi = 0x4ffc; /* not over it */
	expect_done(RUN(0x89, 0x06), 2);
	assert_int_equal(m.events, 1);
	m.regs.esi = 0xfffffffe; /* over the top of the address space */
	expect_done(RUN(0x89, 0x06), 2);
	expect_event(0, STORE, 0xfffffffe, 2, 0xc3d4);
	expect_event(1, STORE, 0, 2, 0xa1b2);
}

static void a_store_over_a_border_is_whole_or_not_at_all(void **state)
{
	(void)state;
	m.regs.esi = 0x4ffe;
	m.readonly[5] = true;
	model_put(0x4ffe, 4, 0x01020304);
	expect_fault(RUN(0x89, 0x06), VEC_PF, PF_PRESENT | PF_WRITE, 0x5000);
	assert_int_equal(m.events, 0);
	expect_unchanged();
	expect_fault(RUN(0x01, 0x06), VEC_PF, PF_PRESENT | PF_WRITE, 0x5000);
	assert_int_equal(m.events, 0);
	expect_unchanged();
	assert_int_equal(model_get(0x4ffe, 4), 0x01020304);
	m.readonly[5] = false;
	m.absent[4] = true;
	expect_fault(RUN(0x89, 0x06), VEC_PF, PF_WRITE, 0x4ffe);
	expect_fault(RUN(0x8b, 0x06), VEC_PF, 0, 0x4ffe);
	m.absent[4] = false;
	m.absent[5] = true;
	expect_fault(RUN(0x8b, 0x06), VEC_PF, 0, 0x5000);
	expect_unchanged();
}

/* ---- fetch ------------------------------------------------------------------------------- */

static void long_instructions(void **state)
{
	/* Four prefixes and lock would make it 16: 11 bytes without any. */
	static const u8 longest[] = {0x81, 0x84, 0x8d, 0x00, 0x40, 0x00, 0x00, 1, 2, 3, 4};
	u8 code[16];

	(void)state;
	m.regs.ebp = 0;
	m.regs.ecx = 0;
	memset(code, 0x3e, 5);
	memcpy(code + 4, longest, 11);
	expect_done(model_run(emulate_memory, code, 15), 15);
	expect_event(1, STORE, DATA_AT, 4, 0x8899aabb + 0x04030201);
	code[4] = 0x3e;
	memcpy(code + 5, longest, 11);
	expect_fault(model_run(emulate_memory, code, 16), VEC_GP, 0, 0);
	assert_int_equal(m.events, 0);
	expect_unchanged();
}

/* Put the border in front of every byte but the first, with and without the second page. */
static void fetch_over_a_page_border(void **state)
{
	static const u8 code[] = {0x66, 0x81, 0x84, 0x8d, 0x00, 0x40, 0x00, 0x00, 0x01, 0x02};

	(void)state;
	for (u32 n = 1; n < sizeof(code); n++) {
		reset(NULL);
		m.regs.ebp = 0;
		m.regs.ecx = 0;
		m.regs.eip = 0x2000 - n;
		expect_done(model_run(emulate_memory, code, sizeof(code)), sizeof(code));
		assert_int_equal(m.fetches, 2);
		expect_event(1, STORE, DATA_AT, 2, 0xacbc);
		m.regs = m.before;
		m.absent[2] = true;
		expect_fault(model_run(emulate_memory, code, sizeof(code)), VEC_PF, PF_FETCH,
			     0x2000);
		assert_int_equal(m.events, 0);
		expect_unchanged();
	}
	reset(NULL);
	m.regs.ebp = 0;
	m.regs.ecx = 0;
	m.regs.eip = 0x2000 - sizeof(code);
	m.absent[2] = true;
	expect_done(model_run(emulate_memory, code, sizeof(code)), sizeof(code));
}

#define TEST(f) cmocka_unit_test_setup(f, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_addressing_mode),
		TEST(segment_prefixes),
		TEST(sixteen_bit_code),
		TEST(accesses_over_a_page_border),
		TEST(a_store_over_a_border_is_whole_or_not_at_all),
		TEST(long_instructions),
		TEST(fetch_over_a_page_border),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
