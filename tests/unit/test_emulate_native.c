/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/vcpu/emulate/alu.c hv/vcpu/emulate/arithmetic.c hv/vcpu/emulate/bits.c */
/* SOURCES: hv/vcpu/emulate/branch.c hv/vcpu/emulate/decode.c hv/vcpu/emulate/memory.c */
/* SOURCES: hv/vcpu/emulate/multiply.c hv/vcpu/emulate/opcodes.c hv/vcpu/emulate/operand.c */
/* SOURCES: hv/vcpu/emulate/privileged.c hv/vcpu/emulate/shift.c hv/vcpu/emulate/string.c */
/*
 * The emulator against the processor this test runs on. Random memory instructions are carried
 * out twice from the same registers and memory: by emulate_memory() on a copy, and natively as
 * 32-bit code, for which the test jumps to the system's 32-bit code segment and back. Registers,
 * flags and memory must agree. The seed is fixed, so a failure can be repeated.
 *
 * Where there is no such segment (a system that is not Linux on x86-64) the tests are skipped.
 */
#include "hv/vcpu/emulate/emulate.h"
#include "lib/x86.h"
#include "tests/unit/support.h"

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define ROUNDS 300000u

/* Linux on x86-64 has had these selectors from its first day. */
#define USER32_CS 0x23
#define USER_CS	  0x33
#define USER_DS	  0x2b

#define ARENA_BYTES 0x4000u
#define ARENA_MID   0x2000u
#define ARITH	    (EFLAGS_CF | EFLAGS_PF | EFLAGS_AF | EFLAGS_ZF | EFLAGS_SF | EFLAGS_OF)

/* What the native code loads and leaves, in the order of POPF and POPA. */
struct frame {
	u32 eflags, edi, esi, ebp, ignored, ebx, edx, ecx, eax;
	u32 esp;
	u64 back;
};

/* One mapping below 4 GiB. */
struct low {
	u8 code[PAGE_SIZE];
	struct frame frame;
	u8 arena[ARENA_BYTES] ALIGNED(PAGE_SIZE);
};

static struct low *low;
static u8 copy[ARENA_BYTES]; /* what the emulator works on */

/* Used by name in the assembler below. */
struct {
	u32 offset;
	u16 selector;
} PACKED native_entry = {0, USER32_CS};
u64 native_rsp;
void native_enter(void);
extern const char native_return[];

/* %rsp and the upper halves do not survive 32-bit code, the data segments must be set for it. */
__asm__(".text\n"
	"native_enter:\n"
	"	pushq %rbx; pushq %rbp; pushq %r12; pushq %r13; pushq %r14; pushq %r15\n"
	"	movq %rsp, native_rsp(%rip)\n"
	"	movl $0x2b, %eax\n"
	"	movl %eax, %ds\n"
	"	movl %eax, %es\n"
	"	ljmp *native_entry(%rip)\n"
	"native_return:\n"
	"	movq native_rsp(%rip), %rsp\n"
	"	cld\n"
	"	xorl %eax, %eax\n"
	"	movl %eax, %ds\n"
	"	movl %eax, %es\n"
	"	popq %r15; popq %r14; popq %r13; popq %r12; popq %rbp; popq %rbx\n"
	"	ret\n");

static u32 low_address(const void *p)
{
	return (u32)(uintptr_t)p;
}

static u8 *put32(u8 *at, u32 value)
{
	memcpy(at, &value, 4);
	return at + 4;
}

static u8 *put(u8 *at, const void *bytes, size_t n)
{
	memcpy(at, bytes, n);
	return at + n;
}

static u32 code_at; /* where the instruction lies */

/* Code that loads the frame, runs one instruction and stores the frame. */
static void assemble(const u8 *insn, unsigned length)
{
	u8 *at = low->code;

	*at++ = 0xbc; /* mov $frame,%esp */
	at = put32(at, low_address(&low->frame));
	at = put(at, "\x9d\x61\x8b\x25", 4); /* popf; popa; mov frame.esp,%esp */
	at = put32(at, low_address(&low->frame.esp));
	code_at = low_address(at);
	at = put(at, insn, length);
	at = put(at, "\x89\x25", 2); /* mov %esp,frame.esp */
	at = put32(at, low_address(&low->frame.esp));
	*at++ = 0xbc; /* mov $end of popa's part,%esp */
	at = put32(at, low_address(&low->frame.esp));
	at = put(at, "\x60\x9c\xea", 3); /* pusha; pushf; ljmp to the next byte, as 64-bit code */
	at = put32(at, low_address(at + 6));
	at = put(at, "\x33\x00", 2);
	at = put(at, "\xff\x24\x25", 3); /* jmp *frame.back */
	put32(at, low_address(&low->frame.back));
}
_Static_assert(offsetof(struct frame, esp) == 9 * 4, "PUSHA and PUSHF");
_Static_assert(USER_CS == 0x33 && USER_DS == 0x2b, "spelled out in the assembler");

/* A fault in native code is a mistake of this test, or the absence of the segment. */
static sigjmp_buf fault_jump;

static void on_signal(int number)
{
	siglongjmp(fault_jump, number);
}

#define SIGNALS 4
static int native_run(void)
{
	static u8 stack[65536];
	stack_t alternate = {.ss_sp = stack, .ss_size = sizeof(stack)}, old_stack;
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};
	struct sigaction old[SIGNALS];
	static const int signals[SIGNALS] = {SIGSEGV, SIGILL, SIGBUS, SIGFPE};
	int number;

	sigaltstack(&alternate, &old_stack);
	for (unsigned i = 0; i < SIGNALS; i++)
		sigaction(signals[i], &action, &old[i]);
	number = sigsetjmp(fault_jump, 1);
	if (!number)
		native_enter();
	for (unsigned i = 0; i < SIGNALS; i++)
		sigaction(signals[i], &old[i], NULL);
	sigaltstack(&old_stack, NULL);
	return number;
}

/* ---- The emulator's side ----------------------------------------------------------------- */

static const u8 *code_bytes;
static u32 code_length;

static unsigned fetch(void *ctx, gva_t va, u8 *buf, unsigned len, u32 *error)
{
	(void)ctx;
	(void)error;
	for (unsigned i = 0; i < len; i++)
		buf[i] = va - code_at + i < code_length ? code_bytes[va - code_at + i] : 0xcc;
	return len;
}

static bool load(void *ctx, gva_t va, unsigned size, u32 *value, u32 *error)
{
	u32 at = va - low_address(low->arena);

	(void)ctx;
	*error = 0;
	*value = 0;
	if (at > ARENA_BYTES - size)
		return false;
	memcpy(value, copy + at, size);
	return true;
}

static bool store(void *ctx, gva_t va, unsigned size, u32 value, u32 *error)
{
	u32 at = va - low_address(low->arena);

	(void)ctx;
	*error = PF_WRITE;
	if (at > ARENA_BYTES - size)
		return false;
	memcpy(copy + at, &value, size);
	return true;
}

static bool seg_base(void *ctx, enum emu_seg seg, u32 *base)
{
	(void)ctx;
	(void)seg;
	*base = 0;
	return true;
}

static u8 seg_refused(void *ctx, enum emu_seg seg, u16 selector)
{
	(void)ctx;
	(void)seg;
	return selector == USER_DS ? 0 : VEC_GP;
}

static bool code_is_16bit(void *ctx)
{
	(void)ctx;
	return false;
}

static const struct emu_ops ops = {
	.fetch = fetch,
	.load = load,
	.store = store,
	.seg_base = seg_base,
	.seg_refused = seg_refused,
	.code_is_16bit = code_is_16bit,
};

/* ---- Making instructions ----------------------------------------------------------------- */

#define IMM8   0x01u
#define IMM    0x02u /* of operand size */
#define BYTE   0x04u
#define LOCK   0x08u
#define BIT_G  0x10u /* the bit index is in a register */
#define STRING 0x20u
#define MOFFS  0x40u
#define STACK  0x80u
#define ATOMIC 0x100u /* locked by itself: kept inside a cache line */
#define SHIFT  0x200u /* by an immediate, by CL or by one */
#define DOUBLE 0x400u /* likewise, with a register's bits */
#define DIVIDE 0x800u
#define BRANCH 0x1000u /* to the instruction behind */
#define FAR    0x2000u /* a selector in memory, alone or behind an offset */
#define SCAN   0x4000u
#define REPE   0x8000u	/* F3 is part of the opcode */
#define ALL32  0x10000u /* has no form of 16 bits, or loses the upper half there */

#define LOGIC_UNDEFINED EFLAGS_AF
#define BIT_UNDEFINED	(EFLAGS_OF | EFLAGS_SF | EFLAGS_AF | EFLAGS_PF)
#define MUL_UNDEFINED	(EFLAGS_SF | EFLAGS_ZF | EFLAGS_AF | EFLAGS_PF)

/* Opcodes above 0xff follow 0F. reg: the ModRM.reg values allowed, as a mask. */
static const struct kind {
	u16 opcode;
	u8 reg;
	u32 flags;
	u32 undefined;
} kinds[] = {
#define ALU(n, lock, undefined)                                                      \
	{(n)*8, 0xff, BYTE | (lock), undefined}, {(n)*8 + 1, 0xff, lock, undefined}, \
		{(n)*8 + 2, 0xff, BYTE, undefined},                                  \
	{                                                                            \
		(n) * 8 + 3, 0xff, 0, undefined                                      \
	}
	ALU(0, LOCK, 0),
	ALU(1, LOCK, LOGIC_UNDEFINED),
	ALU(2, LOCK, 0),
	ALU(3, LOCK, 0),
	ALU(4, LOCK, LOGIC_UNDEFINED),
	ALU(5, LOCK, 0),
	ALU(6, LOCK, LOGIC_UNDEFINED),
	ALU(7, 0, 0),
	{0x80, 0x2d, IMM | BYTE | LOCK, 0},
	{0x80, 0x52, IMM | BYTE | LOCK, LOGIC_UNDEFINED},
	{0x80, 0x80, IMM | BYTE, 0},
	{0x81, 0x2d, IMM | LOCK, 0},
	{0x81, 0x52, IMM | LOCK, LOGIC_UNDEFINED},
	{0x81, 0x80, IMM, 0},
	{0x82, 0xad, IMM | BYTE, 0},
	{0x83, 0x2d, IMM8 | LOCK, 0},
	{0x83, 0x52, IMM8 | LOCK, LOGIC_UNDEFINED},
	{0x83, 0x80, IMM8, 0},
	{0x84, 0xff, BYTE, LOGIC_UNDEFINED},
	{0x85, 0xff, 0, LOGIC_UNDEFINED},
	{0x86, 0xff, BYTE | LOCK | ATOMIC, 0},
	{0x87, 0xff, LOCK | ATOMIC, 0},
	{0x88, 0xff, BYTE, 0},
	{0x89, 0xff, 0, 0},
	{0x8a, 0xff, BYTE, 0},
	{0x8b, 0xff, 0, 0},
	{0x8c, 0x3f, 0, 0},
	{0x69, 0xff, IMM, MUL_UNDEFINED},
	{0x6b, 0xff, IMM8, MUL_UNDEFINED},
	{0x8e, 0x0d, FAR, 0},
	{0x8f, 0x01, STACK, 0},
	{0xa0, 0, MOFFS, 0},
	{0xa1, 0, MOFFS, 0},
	{0xa2, 0, MOFFS, 0},
	{0xa3, 0, MOFFS, 0},
	{0xa4, 0, STRING, 0},
	{0xa5, 0, STRING, 0},
	{0xa6, 0, STRING, 0},
	{0xa7, 0, STRING, 0},
	{0xaa, 0, STRING, 0},
	{0xab, 0, STRING, 0},
	{0xac, 0, STRING, 0},
	{0xad, 0, STRING, 0},
	{0xae, 0, STRING, 0},
	{0xaf, 0, STRING, 0},
	{0xc0, 0xff, IMM8 | BYTE | SHIFT, 0},
	{0xc1, 0xff, IMM8 | SHIFT, 0},
	{0xc4, 0xff, FAR, 0},
	{0xc5, 0xff, FAR, 0},
	{0xd0, 0xff, BYTE | SHIFT, 0},
	{0xd1, 0xff, SHIFT, 0},
	{0xd2, 0xff, BYTE | SHIFT, 0},
	{0xd3, 0xff, SHIFT, 0},
	{0xd7, 0, 0, 0},
	{0xc6, 0x01, IMM | BYTE, 0},
	{0xc7, 0x01, IMM, 0},
	{0xf6, 0x03, IMM | BYTE, LOGIC_UNDEFINED},
	{0xf7, 0x03, IMM, LOGIC_UNDEFINED},
	{0xf6, 0x0c, BYTE | LOCK, 0},
	{0xf7, 0x0c, LOCK, 0},
	{0xf6, 0x30, BYTE, MUL_UNDEFINED},
	{0xf7, 0x30, 0, MUL_UNDEFINED},
	{0xf6, 0xc0, BYTE | DIVIDE, ARITH},
	{0xf7, 0xc0, DIVIDE, ARITH},
	{0xf7, 0xc0, DIVIDE, ARITH},
	{0xfe, 0x03, BYTE | LOCK, 0},
	{0xff, 0x03, LOCK, 0},
	{0xff, 0x40, STACK, 0},
	{0xff, 0x04, STACK | BRANCH | ALL32, 0},
	{0xff, 0x10, BRANCH | ALL32, 0},
#define CC(n)                           \
	{0x140 + (n), 0xff, 0, 0},      \
	{                               \
		0x190 + (n), 0xff, 0, 0 \
	}
#define CC4(n) CC(n), CC((n) + 1), CC((n) + 2), CC((n) + 3)
	CC4(0),
	CC4(4),
	CC4(8),
	CC4(12),
	{0x1a3, 0xff, BIT_G, BIT_UNDEFINED},
	{0x1ab, 0xff, BIT_G | LOCK, BIT_UNDEFINED},
	{0x1b3, 0xff, BIT_G | LOCK, BIT_UNDEFINED},
	{0x1bb, 0xff, BIT_G | LOCK, BIT_UNDEFINED},
	{0x1ba, 0x10, IMM8, BIT_UNDEFINED},
	{0x1ba, 0xe0, IMM8 | LOCK, BIT_UNDEFINED},
	{0x1b0, 0xff, BYTE | LOCK, 0},
	{0x1b1, 0xff, LOCK, 0},
	{0x1a4, 0xff, IMM8 | DOUBLE, 0},
	{0x1a5, 0xff, DOUBLE, 0},
	{0x1ac, 0xff, IMM8 | DOUBLE, 0},
	{0x1ad, 0xff, DOUBLE, 0},
	{0x1af, 0xff, 0, MUL_UNDEFINED},
	{0x1b2, 0xff, FAR, 0},
	{0x1b8, 0xff, SCAN | REPE, 0},
	{0x1bc, 0xff, SCAN, ARITH & ~EFLAGS_ZF},
	{0x1bd, 0xff, SCAN, ARITH & ~EFLAGS_ZF},
	{0x1bc, 0xff, SCAN | REPE, BIT_UNDEFINED},
	{0x1bd, 0xff, SCAN | REPE, BIT_UNDEFINED},
	{0x1c0, 0xff, BYTE | LOCK, 0},
	{0x1c1, 0xff, LOCK, 0},
	{0x1c3, 0xff, ALL32, 0},
	{0x1c7, 0x02, LOCK | ATOMIC, 0},
	{0x1b6, 0xff, 0, 0},
	{0x1b7, 0xff, 0, 0},
	{0x1be, 0xff, 0, 0},
	{0x1bf, 0xff, 0, 0},
};

static u64 seed;

static u32 random32(void)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (u32)(seed >> 32);
}

static u32 below(u32 n)
{
	return (u32)((u64)random32() * n >> 32);
}

/* Often a number near an edge. */
static u32 random_value(void)
{
	static const u32 edge[] = {0,	   1,	   0x7f,       0x80,	   0xff,       0x7fff,
				   0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x01010101};

	return below(2) ? random32() : edge[below(ARRAY_LEN(edge))] - below(2);
}

struct test {
	const struct kind *kind;
	u8 code[16];
	unsigned length;
	u32 reg[8]; /* as ModRM numbers them */
	u32 eflags, undefined;
	u32 imm;		  /* a shift's */
	bool operand16, fixed[8]; /* registers that already have a purpose */
};

static void emit(struct test *t, u32 value, unsigned size)
{
	for (; size--; value >>= 8)
		t->code[t->length++] = (u8)value;
}

/* A random ModRM that ends at `target`: one register, or the displacement, is made to fit. */
static void emit_modrm(struct test *t, unsigned reg, u32 target)
{
	unsigned mod = below(3), rm = below(8), base = rm, index = 4, scale = 0;
	bool sib = rm == 4, has_base;
	u32 disp = 0, sum = 0;

	if (sib) {
		base = below(8);
		index = below(8);
		scale = below(4);
	}
	has_base = !(mod == 0 && base == 5);
	if (index != 4)
		sum += t->reg[index] << scale;
	if (mod == 1)
		disp = (u32)(int8_t)random32();
	else if (mod == 2)
		disp = random32();
	/* pop's address uses ESP after the pop */
	if (t->kind->opcode == 0x8f && sib && base == 4)
		target -= t->operand16 ? 2 : 4;
	if (has_base && base != index && !t->fixed[base] && base != 4) {
		t->reg[base] = target - sum - disp;
	} else if (has_base && base == 4 && base != index && !t->fixed[4]) {
		t->reg[4] = target - sum - disp;
	} else if (has_base) { /* a register that cannot be chosen: the displacement is */
		mod = 2;
		disp = target - sum - t->reg[base];
	} else {
		disp = target - sum;
	}
	emit(t, mod << 6 | reg << 3 | rm, 1);
	if (sib)
		emit(t, scale << 6 | index << 3 | base, 1);
	emit(t, disp, mod == 1 ? 1 : mod == 2 || !has_base ? 4 : 0);
}

static void fix(struct test *t, unsigned n, u32 value)
{
	t->reg[n] = value;
	t->fixed[n] = true;
}

static void emit_prefixes(struct test *t)
{
	static const u8 segment[] = {0x26, 0x36, 0x3e}; /* stores through CS fault */

	if (t->kind->flags & STRING && below(3))
		emit(t, 0xf2 + below(2), 1);
	if (t->kind->flags & REPE)
		emit(t, 0xf3, 1);
	if (below(3) == 0 && !(t->kind->flags & ALL32)) {
		t->operand16 = true;
		emit(t, 0x66, 1);
	}
	if (below(8) == 0)
		emit(t, segment[below(3)], 1);
}

/* Low entropy, so that comparisons of strings find matches and mismatches. */
static void fill_strings(struct test *t)
{
	u32 middle = low_address(low->arena) + ARENA_MID;
	u8 *at = copy + ARENA_MID - 256;

	for (unsigned i = 0; i < 512; i++)
		at[i] = below(12) == 0;
	fix(t, 0, below(4) ? 0 : 0x01010101);
	fix(t, 1, below(40));
	fix(t, 6, middle - 32 + below(64));
	fix(t, 7, middle - 32 + below(64));
}

/* The memory that the instruction finds at its operand. */
static void operand(u32 target, const void *bytes, size_t n)
{
	memcpy(copy + (target - low_address(low->arena)), bytes, n);
}

/* What a shift leaves undefined depends on its count (SDM vol. 2, SAL, RCL, SHLD). */
static void fix_count(struct test *t, unsigned reg, u32 count)
{
	u32 bits = t->kind->flags & BYTE ? 8 : t->operand16 ? 16 : 32, masked;
	bool by_one = (t->kind->opcode & ~1u) == 0xd0;

	if (t->kind->flags & DOUBLE && t->operand16)
		count %= 17; /* beyond the size even the result is undefined */
	if (!(t->kind->flags & IMM8))
		fix(t, 1, (random32() & 0xffffff00) | count);
	t->imm = count;
	masked = by_one ? 1 : count & 31;
	if (masked > 1)
		t->undefined |= EFLAGS_OF;
	if (masked && (t->kind->flags & DOUBLE || reg >= 4))
		t->undefined |= EFLAGS_AF;
	if (masked >= bits && (reg & 3) != 3 && reg >= 4)
		t->undefined |= EFLAGS_CF;
}

/* Mostly a quotient that fits: the upper half is the sign of the lower one, or small. */
static void fix_dividend(struct test *t)
{
	u32 low_half = random_value(), sign = (s32)low_half < 0 && below(2) ? 0xffffffff : 0;

	if (t->kind->flags & BYTE)
		low_half = below(2) ? (u32)(int8_t)low_half : low_half;
	fix(t, 0, low_half);
	fix(t, 2, below(4) ? sign : below(256));
}

/* Registers and memory that this kind of instruction needs to be sensible. */
static void prepare(struct test *t, unsigned reg, u32 target)
{
	const struct kind *k = t->kind;
	u32 value = random_value();
	u16 selector = USER_DS;

	if (k->flags & (SHIFT | DOUBLE))
		fix_count(t, reg, below(4) ? below(34) : random32() & 0xff);
	if (k->flags & DIVIDE)
		fix_dividend(t);
	if (k->flags & SCAN) {
		value = below(4) ? value << below(32) : 0;
		operand(target, &value, 4);
	}
	if (k->flags & FAR)
		operand(target + (k->opcode == 0x8e ? 0 : t->operand16 ? 2 : 4), &selector, 2);
	if (k->flags & STACK)
		fix(t, 4, low_address(low->arena) + ARENA_MID + below(64));
	if (k->flags & BIT_G) /* within reach of the arena */
		fix(t, reg, (t->operand16 ? random32() << 16 : 0) | (u16)(below(32768) - 16384));
	if (k->flags & BIT_G && !t->operand16)
		t->reg[reg] = below(32768) - 16384;
}

/* The accumulator is what memory holds, every other time. */
static void match_accumulator(struct test *t, u32 target)
{
	const u32 pair[2] = {t->reg[0], t->reg[2]};

	if ((t->kind->opcode & ~1u) == 0x1b0 && below(2))
		operand(target, pair, 4);
	if (t->kind->opcode == 0x1c7 && below(2))
		operand(target, pair, 8);
}

static void emit_operands(struct test *t, unsigned reg, u32 target)
{
	u32 behind;

	if (t->kind->flags & STRING) {
		fill_strings(t);
		return;
	}
	if (t->kind->flags & MOFFS) {
		emit(t, target, 4);
		return;
	}
	if (t->kind->opcode == 0xd7) { /* xlat */
		fix(t, 3, target - (t->reg[0] & 0xff));
		return;
	}
	prepare(t, reg, target);
	emit_modrm(t, reg, target);
	match_accumulator(t, target);
	if (t->kind->flags & (IMM | IMM8))
		emit(t, t->kind->flags & (SHIFT | DOUBLE) ? t->imm : random_value(),
		     t->kind->flags & (IMM8 | BYTE) ? 1
		     : t->operand16		    ? 2
						    : 4);
	behind = code_at + t->length;
	if (t->kind->flags & BRANCH)
		operand(target, &behind, 4);
}

static void make(struct test *t)
{
	u32 target = low_address(low->arena) + ARENA_MID + below(64) - 32;
	unsigned reg = below(8);
	bool lock;

	memset(t, 0, sizeof(*t));
	t->kind = &kinds[below(ARRAY_LEN(kinds))];
	t->undefined = t->kind->undefined;
	t->eflags = EFLAGS_FIXED | (random32() & (ARITH | EFLAGS_DF));
	for (unsigned i = 0; i < 8; i++)
		t->reg[i] = random_value();
	while (t->kind->reg && !(t->kind->reg >> reg & 1))
		reg = below(8);
	lock = t->kind->flags & LOCK && below(3) == 0;
	if (lock || t->kind->flags & ATOMIC)
		target &= ~7u; /* a lock over two cache lines may be punished by the system */
	if (lock)
		emit(t, 0xf0, 1);
	emit_prefixes(t);
	if (t->kind->opcode > 0xff)
		emit(t, 0x0f, 1);
	emit(t, t->kind->opcode, 1);
	emit_operands(t, reg, target);
}

/* ---- Comparing --------------------------------------------------------------------------- */

static u16 selector_fs(void)
{
	u16 v;
	__asm__("movw %%fs, %0" : "=r"(v));
	return v;
}

static u16 selector_gs(void)
{
	u16 v;
	__asm__("movw %%gs, %0" : "=r"(v));
	return v;
}

static void to_regs(const struct test *t, struct regs *r)
{
	*r = (struct regs){
		.eax = t->reg[0],
		.ecx = t->reg[1],
		.edx = t->reg[2],
		.ebx = t->reg[3],
		.esp = t->reg[4],
		.ebp = t->reg[5],
		.esi = t->reg[6],
		.edi = t->reg[7],
		.eip = code_at,
		.eflags = t->eflags,
		.cs = USER32_CS,
		.ds = USER_DS,
		.es = USER_DS,
		.ss = USER_DS,
		.fs = selector_fs(),
		.gs = selector_gs(),
	};
}

static void to_frame(const struct test *t, struct frame *f)
{
	*f = (struct frame){
		.eflags = t->eflags | EFLAGS_IF,
		.eax = t->reg[0],
		.ecx = t->reg[1],
		.edx = t->reg[2],
		.ebx = t->reg[3],
		.esp = t->reg[4],
		.ebp = t->reg[5],
		.esi = t->reg[6],
		.edi = t->reg[7],
		.back = (u64)(uintptr_t)native_return,
	};
}

static bool agree(const struct regs *r, const struct frame *f, u32 undefined)
{
	u32 flags = (ARITH | EFLAGS_DF) & ~undefined;

	return r->eax == f->eax && r->ecx == f->ecx && r->edx == f->edx && r->ebx == f->ebx &&
	       r->esp == f->esp && r->ebp == f->ebp && r->esi == f->esi && r->edi == f->edi &&
	       (r->eflags & flags) == (f->eflags & flags) && !memcmp(copy, low->arena, ARENA_BYTES);
}

static void explain(const struct test *t, const struct regs *r, const struct frame *f)
{
	fprintf(stderr, "instruction");
	for (unsigned i = 0; i < t->length; i++)
		fprintf(stderr, " %02x", t->code[i]);
	fprintf(stderr, "\nbefore, emulated, native:\n");
	fprintf(stderr, "eax %08x %08x %08x\n", t->reg[0], r->eax, f->eax);
	fprintf(stderr, "ecx %08x %08x %08x\n", t->reg[1], r->ecx, f->ecx);
	fprintf(stderr, "edx %08x %08x %08x\n", t->reg[2], r->edx, f->edx);
	fprintf(stderr, "ebx %08x %08x %08x\n", t->reg[3], r->ebx, f->ebx);
	fprintf(stderr, "esp %08x %08x %08x\n", t->reg[4], r->esp, f->esp);
	fprintf(stderr, "ebp %08x %08x %08x\n", t->reg[5], r->ebp, f->ebp);
	fprintf(stderr, "esi %08x %08x %08x\n", t->reg[6], r->esi, f->esi);
	fprintf(stderr, "edi %08x %08x %08x\n", t->reg[7], r->edi, f->edi);
	fprintf(stderr, "flags %08x %08x %08x\n", t->eflags, r->eflags, f->eflags);
	for (unsigned i = 0; i < ARENA_BYTES; i++)
		if (copy[i] != low->arena[i])
			fprintf(stderr, "memory %#x: %02x %02x\n", low_address(low->arena + i),
				copy[i], low->arena[i]);
}

/* A division that both refuse leaves everything as it was. */
static bool both_refuse(const struct test *t, const struct regs *r, struct emu_result res,
			int number)
{
	struct regs before;

	to_regs(t, &before);
	return number == SIGFPE && res.status == EMU_FAULT && res.vector == VEC_DE &&
	       !memcmp(&before, r, sizeof(before)) && !memcmp(copy, low->arena, ARENA_BYTES);
}

static void one_round(unsigned round)
{
	struct emu_result res;
	struct test t;
	struct regs r;
	int number;

	for (unsigned i = 0; i < 16; i++) /* fresh operands around the target */
		copy[ARENA_MID - 40 + below(80)] = (u8)random_value();
	make(&t);
	memcpy(low->arena, copy, ARENA_BYTES);
	to_frame(&t, &low->frame);
	assemble(t.code, t.length);
	number = native_run();
	to_regs(&t, &r);
	code_bytes = t.code;
	code_length = t.length;
	res = emulate_memory(&r, &ops, NULL);
	if (both_refuse(&t, &r, res, number))
		return;
	if (number || res.status != EMU_DONE || r.eip != code_at + t.length ||
	    !agree(&r, &low->frame, t.undefined)) {
		explain(&t, &r, &low->frame);
		fail_msg("round %u: status %u, length %u, want %u, signal %d", round, res.status,
			 r.eip - code_at, t.length, number);
	}
}

static void same_as_the_processor(void **state)
{
	if (!*state)
		skip();
	seed = 20040229 + 1000ull * support_seed();
	for (unsigned i = 0; i < ARENA_BYTES; i++)
		copy[i] = (u8)random32();
	for (unsigned round = 0; round < ROUNDS; round++)
		one_round(round);
}

/* *state stays NULL when the system has no 32-bit code segment for us. */
static int map_low_memory(void **state)
{
	static const struct test nothing;

	low = mmap(NULL, sizeof(*low), PROT_READ | PROT_WRITE | PROT_EXEC,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	if (low == MAP_FAILED)
		return 0;
	native_entry.offset = low_address(low->code);
	to_frame(&nothing, &low->frame);
	low->frame.eflags = EFLAGS_FIXED;
	low->frame.ecx = 41;
	assemble((const u8 *)"\x41", 1); /* inc %ecx; in 64-bit code it would be a prefix */
	if (!native_run() && low->frame.ecx == 42)
		*state = low;
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_as_the_processor),
	};

	return cmocka_run_group_tests(tests, map_low_memory, NULL);
}
