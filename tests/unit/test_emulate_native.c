/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/vcpu/emulate/alu.c hv/vcpu/emulate/arithmetic.c hv/vcpu/emulate/bits.c
 * hv/vcpu/emulate/branch.c hv/vcpu/emulate/decode.c hv/vcpu/emulate/memory.c
 * hv/vcpu/emulate/multiply.c hv/vcpu/emulate/opcodes.c hv/vcpu/emulate/operand.c
 * hv/vcpu/emulate/privileged.c hv/vcpu/emulate/shift.c hv/vcpu/emulate/string.c
 * tests/unit/random_insn.c */
/*
 * The emulator against the processor this test runs on. Random memory instructions are carried
 * out twice from the same registers and memory: by emulate_memory() on a copy, and natively as
 * 32-bit code, for which the test jumps to the system's 32-bit code segment and back. Registers,
 * flags and memory must agree. The seed is fixed, so a failure can be repeated.
 *
 * Where there is no such segment (a system that is not Linux on x86-64) the tests are skipped.
 */
#include "hv/vcpu/emulate/emulate.h"
#include "tests/unit/random_insn.h"

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define ROUNDS 300000u

/* Linux on x86-64 has had these selectors from its first day. */
#define USER32_CS 0x23
#define USER_CS	  0x33

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
	u32 at = va - arena_at;

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
	u32 at = va - arena_at;

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

static void to_regs(const struct random_insn *t, struct regs *r)
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

static void to_frame(const struct random_insn *t, struct frame *f)
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

static void explain(const struct random_insn *t, const struct regs *r, const struct frame *f)
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
static bool both_refuse(const struct random_insn *t, const struct regs *r, struct emu_result res,
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
	struct random_insn t;
	struct regs r;
	int number;

	for (unsigned i = 0; i < 16; i++) /* fresh operands around the target */
		copy[ARENA_MID - 40 + below(80)] = (u8)random_value();
	make_random(&t);
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
	static const struct random_insn nothing;

	low = mmap(NULL, sizeof(*low), PROT_READ | PROT_WRITE | PROT_EXEC,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	if (low == MAP_FAILED)
		return 0;
	arena_at = low_address(low->arena);
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
