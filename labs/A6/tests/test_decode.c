/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The decoder, by what the emulator then does: each instruction of a table makes one access, whose
 * kind, address, size and value are compared. Rows of the same name are one test.
 */
#include "hv/vcpu/emulate/emulate.h"
#include "lib/x86.h"

#include <stdio.h>
#include <string.h>

#define EAX 0x00010101u
#define ECX 0x00000020u
#define EDX 0x03030303u
#define EBX 0x04040404u
#define ESP 0x0505050cu
#define EBP 0x06060606u
#define ESI 0x0707f707u
#define EDI 0x08080808u

#define CODE	0x00001000u
#define LOADED	0x8899aabbu /* what every load gives, as far as it is wide */
#define SS_BASE 0x10000000u
#define FS_BASE 0x20000000u
#define GS_BASE 0x30000000u
#define ES_BASE 0x40000000u

enum kind { NOTHING, LOAD, STORE };

struct access {
	enum kind kind;
	u32 at, size, value;
};

struct row {
	const char *test, *text;
	u8 code[16];
	u8 length;
	struct access want;
};

#define LOADS(at, size)           \
	{                         \
		LOAD, at, size, 0 \
	}
#define STORES(at, size, value)        \
	{                              \
		STORE, at, size, value \
	}
#define NONE                     \
	{                        \
		NOTHING, 0, 0, 0 \
	}

static const struct row rows[] = {
	{"address32", "mov (%eax), %al", {0x8a, 0x00}, 2, LOADS(EAX, 1)},
	{"address32", "mov (%edi), %eax", {0x8b, 0x07}, 2, LOADS(EDI, 4)},
	{"address32",
	 "mov disp32, %ecx",
	 {0x8b, 0x0d, 0x78, 0x56, 0x34, 0x12},
	 6,
	 LOADS(0x12345678, 4)},
	{"address32", "mov 0x7f(%ecx), %al", {0x8a, 0x41, 0x7f}, 3, LOADS(ECX + 0x7f, 1)},
	{"address32", "mov -0x80(%edx), %al", {0x8a, 0x42, 0x80}, 3, LOADS(EDX - 0x80, 1)},
	{"address32",
	 "mov disp32(%esi), %al",
	 {0x8a, 0x86, 4, 3, 2, 1},
	 6,
	 LOADS(ESI + 0x01020304, 1)},
	{"stack", "mov 0(%ebp), %al", {0x8a, 0x45, 0x00}, 3, LOADS(SS_BASE + EBP, 1)},
	{"stack", "mov (%esp), %eax", {0x8b, 0x04, 0x24}, 3, LOADS(SS_BASE + ESP, 4)},
	{"stack", "mov %ds:4(%ebp), %al", {0x3e, 0x8a, 0x45, 0x04}, 4, LOADS(EBP + 4, 1)},
	{"sib", "mov (%ebx,%ecx), %al", {0x8a, 0x04, 0x0b}, 3, LOADS(EBX + ECX, 1)},
	{"sib", "mov (%ebx,%ecx,4), %al", {0x8a, 0x04, 0x8b}, 3, LOADS(EBX + 4 * ECX, 1)},
	{"sib",
	 "mov disp32(,%ecx,8), %al",
	 {0x8a, 0x04, 0xcd, 0, 0, 0, 0x50},
	 7,
	 LOADS(0x50000000 + 8 * ECX, 1)},
	{"sib",
	 "mov 8(%ebp,%esi,2), %al",
	 {0x8a, 0x44, 0x75, 8},
	 4,
	 LOADS(SS_BASE + EBP + 2 * ESI + 8, 1)},
	{"sib", "mov (%eax), by a SIB without index", {0x8a, 0x04, 0x20}, 3, LOADS(EAX, 1)},
	{"sib",
	 "mov disp32, by a SIB alone",
	 {0x8a, 0x04, 0x25, 1, 0, 0, 0x60},
	 7,
	 LOADS(0x60000001, 1)},
	{"address16", "mov (%bx,%si), %al", {0x67, 0x8a, 0x00}, 3, LOADS((EBX + ESI) & 0xffff, 1)},
	{"address16",
	 "mov (%bp,%di), %al",
	 {0x67, 0x8a, 0x03},
	 3,
	 LOADS(SS_BASE + ((EBP + EDI) & 0xffff), 1)},
	{"address16", "mov disp16, %al", {0x67, 0x8a, 0x06, 0x34, 0xf2}, 5, LOADS(0xf234, 1)},
	{"address16",
	 "mov -2(%di), %al",
	 {0x67, 0x8a, 0x45, 0xfe},
	 4,
	 LOADS((EDI - 2) & 0xffff, 1)},
	{"address16",
	 "mov disp16(%bp), %al",
	 {0x67, 0x8a, 0x86, 0x10, 0xff},
	 5,
	 LOADS(SS_BASE + ((EBP + 0xff10) & 0xffff), 1)},
	{"prefixes", "mov %fs:(%eax), %al", {0x64, 0x8a, 0x00}, 3, LOADS(FS_BASE + EAX, 1)},
	{"prefixes",
	 "gs, then es: the last one counts",
	 {0x65, 0x26, 0x8a, 0x00},
	 4,
	 LOADS(ES_BASE + EAX, 1)},
	{"prefixes", "mov (%eax), %ax", {0x66, 0x8b, 0x00}, 3, LOADS(EAX, 2)},
	{"prefixes", "66 twice is once", {0x66, 0x66, 0x8b, 0x00}, 4, LOADS(EAX, 2)},
	{"prefixes",
	 "mov %cx, %fs:(%eax)",
	 {0x64, 0x66, 0x89, 0x08},
	 4,
	 STORES(FS_BASE + EAX, 2, ECX)},
	{"sizes", "mov %ch, (%eax)", {0x88, 0x28}, 2, STORES(EAX, 1, ECX >> 8 & 0xff)},
	{"sizes", "mov %edx, (%eax)", {0x89, 0x10}, 2, STORES(EAX, 4, EDX)},
	{"sizes", "movzx (%eax) byte", {0x0f, 0xb6, 0x08}, 3, LOADS(EAX, 1)},
	{"sizes", "movsx (%eax) word", {0x0f, 0xbf, 0x08}, 3, LOADS(EAX, 2)},
	{"immediates", "movb $0x42", {0xc6, 0x00, 0x42}, 3, STORES(EAX, 1, 0x42)},
	{"immediates", "movw $0x1234", {0x66, 0xc7, 0x00, 0x34, 0x12}, 5, STORES(EAX, 2, 0x1234)},
	{"immediates",
	 "movl $0x12345678",
	 {0xc7, 0x00, 0x78, 0x56, 0x34, 0x12},
	 6,
	 STORES(EAX, 4, 0x12345678)},
	{"immediates",
	 "movl $1, behind a displacement",
	 {0xc7, 0x43, 0x10, 1, 0, 0, 0},
	 7,
	 STORES(EBX + 0x10, 4, 1)},
	{"immediates", "orl $-1, by a byte", {0x83, 0x08, 0xff}, 3, STORES(EAX, 4, 0xffffffff)},
	{"moffs", "mov 0x50000000, %eax", {0xa1, 0, 0, 0, 0x50}, 5, LOADS(0x50000000, 4)},
	{"moffs",
	 "mov %al, 0x50000000",
	 {0xa2, 0, 0, 0, 0x50},
	 5,
	 STORES(0x50000000, 1, EAX & 0xff)},
	{"moffs",
	 "mov %eax, 0x1234 in 16 bits",
	 {0x67, 0xa3, 0x34, 0x12},
	 4,
	 STORES(0x1234, 4, EAX)},
	{"groups", "incl (%eax)", {0xff, 0x00}, 2, STORES(EAX, 4, LOADED + 1)},
	{"groups", "notl (%eax)", {0xf7, 0x10}, 2, STORES(EAX, 4, ~LOADED)},
	{"groups", "addl $8, (%eax)", {0x83, 0x00, 0x08}, 3, STORES(EAX, 4, LOADED + 8)},
	{"groups", "testl $1, (%eax)", {0xf7, 0x00, 1, 0, 0, 0}, 6, LOADS(EAX, 4)},
	{"groups", "ff /7, which is nothing", {0xff, 0x38}, 0, NONE},
	{"lock", "lock incl (%eax)", {0xf0, 0xff, 0x00}, 3, STORES(EAX, 4, LOADED + 1)},
	{"lock", "lock mov: #UD", {0xf0, 0x89, 0x00}, 0, NONE},
	{"lock", "lock inc %eax: #UD", {0xf0, 0xff, 0xc0}, 0, NONE},
};

static struct access last;
static const u8 *code;

static unsigned fetch(void *ctx, gva_t va, u8 *buf, unsigned len, u32 *error)
{
	(void)ctx;
	(void)error;
	for (unsigned i = 0; i < len; i++)
		buf[i] = va + i - CODE < sizeof(rows[0].code) ? code[va + i - CODE] : 0x90;
	return len;
}

static bool load(void *ctx, gva_t va, unsigned size, u32 *value, u32 *error)
{
	(void)ctx;
	(void)error;
	last = (struct access){LOAD, va, size, 0};
	*value = LOADED;
	return true;
}

static bool store(void *ctx, gva_t va, unsigned size, u32 value, u32 *error)
{
	(void)ctx;
	(void)error;
	last = (struct access){STORE, va, size, value};
	return true;
}

static bool seg_base(void *ctx, enum emu_seg seg, u32 *base)
{
	static const u32 bases[] = {[EMU_ES] = ES_BASE, [EMU_CS] = 0,	    [EMU_SS] = SS_BASE,
				    [EMU_DS] = 0,	[EMU_FS] = FS_BASE, [EMU_GS] = GS_BASE};

	(void)ctx;
	*base = bases[seg];
	return true;
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
	.code_is_16bit = code_is_16bit,
};

static void describe(const char *how, const struct access *a, u32 length)
{
	static const char *const kinds[] = {"no access", "a load", "a store"};

	printf("%s %s", how, kinds[a->kind]);
	if (a->kind != NOTHING)
		printf(" of %u bytes at %#x", a->size, a->at);
	if (a->kind == STORE)
		printf(" of %#x", a->value);
	printf(", %u bytes long", length);
}

static bool right(const struct row *row)
{
	struct regs r = {.eax = EAX,
			 .ecx = ECX,
			 .edx = EDX,
			 .ebx = EBX,
			 .esp = ESP,
			 .ebp = EBP,
			 .esi = ESI,
			 .edi = EDI,
			 .eip = CODE,
			 .cs = 0x61,
			 .ds = 0x69,
			 .ss = 0x69};
	u32 size = row->want.size;

	code = row->code;
	last = (struct access){NOTHING, 0, 0, 0};
	(void)emulate_memory(&r, &ops, NULL);
	if (last.kind == STORE && size < 4)
		last.value &= (1u << size * 8) - 1;
	if (last.kind == row->want.kind && last.at == row->want.at && last.size == size &&
	    (last.kind != STORE ||
	     last.value ==
		     (size < 4 ? row->want.value & ((1u << size * 8) - 1) : row->want.value)) &&
	    r.eip - CODE == row->length)
		return true;
	printf("not ok %s: %s: ", row->test, row->text);
	describe("expected", &row->want, row->length);
	describe(", seen", &last, r.eip - CODE);
	putchar('\n');
	return false;
}

int main(void)
{
	const char *test = rows[0].test;
	bool good = true;

	setbuf(stdout, NULL);
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		if (strcmp(test, rows[i].test)) {
			if (good)
				printf("ok %s\n", test);
			test = rows[i].test;
			good = true;
		}
		good &= right(&rows[i]);
	}
	if (good)
		printf("ok %s\n", test);
	return 0;
}
