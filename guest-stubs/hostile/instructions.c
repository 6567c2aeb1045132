/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attacks by instructions that the hypervisor carries out, and by CPU state. */
#include "guest-stubs/hostile/hostile.h"

USER_CODE_BLOB(u_rdtsc, "rdtsc; ud2");
USER_CODE_BLOB(u_rdpmc, "xorl %ecx, %ecx; rdpmc; ud2");
USER_CODE_BLOB(u_cpuid, "movl %ebx, %eax; xorl %ecx, %ecx; cpuid; ud2");
USER_CODE_BLOB(u_rdrand, "rdrand %eax; ud2");
USER_CODE_BLOB(u_xgetbv, "xorl %ecx, %ecx; xgetbv; ud2");

static u32 string_count;

static void endless_ins(u32 at)
{
	__asm__ volatile("rep insb" : "+D"(at), "+c"(string_count) : "d"(0x80) : "memory");
}

const char *endless_string_input(void)
{
	string_count = ALL_ONES;
	map_page(kernel_root, PLACE, page_alloc() | READ_WRITE);
	map_page(kernel_root, PLACE + PAGE_SIZE, page_alloc() | READ_ONLY);
	CHECK(probe(endless_ins, PLACE), "4 GiB were stored");
	CHECK(trapped(VECTOR_PF) && probe_cr2 == PLACE + PAGE_SIZE, "another fault");
	CHECK(probe_frame.ecx == ALL_ONES - PAGE_SIZE, "another count");
	return NULL;
}

static void endless_outs(u32 at)
{
	__asm__ volatile("rep outsb" : "+S"(at), "+c"(string_count) : "d"(0x80) : "memory");
}

const char *endless_string_output(void)
{
	string_count = ALL_ONES;
	CHECK(probe(endless_outs, ram_bytes() - 16), "4 GiB were read");
	CHECK(trapped(VECTOR_PF), "another trap");
	return NULL;
}

/* Address size 16, segment overrides, lock and rep where they do not belong: each is carried out
 * or refused, and the next instruction is found. */
const char *string_forms(void)
{
	static const char forms[][12] = {
		"\x67\xf3\x6c\x90",			/* rep insb, 16-bit address, ECX is CX */
		"\x31\xc9\x67\xf3\x6c",			/* the same with count 0 */
		"\x64\x6e",				/* outsb %fs: with a null FS */
		"\xf0\x6c",				/* lock insb */
		"\xf0\xec",				/* lock in */
		"\xf3\xec",				/* rep in */
		"\x66\x67\x2e\x36\x3e\x26\x64\x65\xec", /* all overrides, in */
		"\x66\xe5\x80",				/* in $0x80, %ax */
		"\x67\xe7\x80",				/* out, 16-bit address */
		"\xf2\x6d",				/* repne insl, ECX as it is */
	};
	static u8 buffer[256], code[64];
	u32 at = (u32)buffer, i;

	for (i = 0; i < ARRAY_LEN(forms); i++) {
		/* mov $buffer, %edi; mov %edi, %esi; mov $0x80, %edx; mov $1, %ecx; the form */
		static const u8 start[] = {0xbf, 0, 0, 0,    0, 0x89, 0xfe, 0xba, 0x80,
					   0,	 0, 0, 0xb9, 1, 0,    0,    0};

		memcpy(code, start, sizeof(start));
		memcpy(code + 1, &at, 4);
		memcpy(code + sizeof(start), forms[i], strlen(forms[i]));
		if (run_bytes(code, sizeof(start) + strlen(forms[i])))
			CHECK(trapped(VECTOR_GP) || trapped(VECTOR_INVALID) || trapped(VECTOR_PF),
			      "another trap");
	}
	return NULL;
}

const char *many_prefixes(void)
{
	static u8 code[17];
	u32 edge = PLACE + PAGE_SIZE, n;

	for (n = 1; n <= 15; n++) { /* n - 1 prefixes and an in */
		memset(code, 0x3e, n - 1);
		code[n - 1] = 0xec;
		run_bytes(code, n);
	}
	/* The 15 bytes end with the last mapped byte; then they run on into nothing. */
	map_page(kernel_root, PLACE, page_alloc() | READ_WRITE);
	memset((void *)(edge - 15), 0x3e, 15);
	CHECK(probe(call_at, edge - 15), "prefixes without an instruction");
	*(volatile u8 *)(edge - 1) = 0xec;
	CHECK(probe(call_at, edge - 2), "ran past the last page");
	CHECK(trapped(VECTOR_PF) && probe_cr2 == edge, "not a fault of the fetch");
	return NULL;
}

/* A code segment that does not begin at 0, and one of 16 bits: the instruction must be taken
 * from where the CPU took it. */
static u32 run_in_segment(u32 base, u32 flags, const u8 *code)
{
	struct {
		u32 offset;
		u16 selector;
	} __attribute__((packed)) to = {(u32)code - base, SELECTOR | 1};
	u32 result = 0x11111111;

	gdt_set(SLOT, base << 16 | 0xffff,
		(base & 0xff000000) | flags | 0x000fba00 | (base >> 16 & 0xff));
	__asm__ volatile("lcall *%1" : "+a"(result) : "m"(to), "d"(0x61) : "memory", "cc");
	return result;
}

const char *code_with_base(void)
{
	static const u8 code32[] = {0xec, 0xcb};       /* in; lret */
	static const u8 code16[] = {0xec, 0x66, 0xcb}; /* the same, lret of 32 bits */
	u32 base = (u32)code32 & ~0xfffu, got;

	got = run_in_segment(base, 0x00c00000, code32);
	CHECK(got == (0x11111100u | inb(0x61)), "in from a segment with a base");
	base = (u32)code16 & ~0xfffu;
	got = run_in_segment(base, 0x00000000, code16);
	CHECK(got == (0x11111100u | inb(0x61)), "in from a 16-bit segment");
	return NULL;
}

/* ---- Device memory ------------------------------------------------------------------------ */

const char *window_fld(void)
{
	__asm__ volatile("fldl (%0)" : : "r"(window()) : "memory");
	return NULL;
}

const char *window_cmpxchg8b(void)
{
	__asm__ volatile("cmpxchg8b (%0)"
			 :
			 : "D"(window()), "a"(0), "b"(0), "c"(0), "d"(0)
			 : "memory", "cc");
	return NULL;
}

static void odd_forms(u32 at)
{
	u32 n = 4;
	const void *from = (void *)at;
	void *to = (void *)(at + 8);

	__asm__ volatile("xchgl %%eax, (%0); lock addl $0, (%0); pushl (%0); popl (%0)\n"
			 "notl (%0); notl (%0); sbbl %%eax, (%0); btsl $0, (%0)"
			 :
			 : "r"(at)
			 : "eax", "memory", "cc");
	__asm__ volatile("rep movsb" : "+S"(from), "+D"(to), "+c"(n) : : "memory");
}

const char *window_odd_forms(void)
{
	if (probe(odd_forms, window()))
		CHECK(trapped(VECTOR_GP) || trapped(VECTOR_INVALID), "another trap");
	*word_at(window()) = 0;
	return NULL;
}

const char *window_misaligned(void)
{
	u32 at = window(), i;

	for (i = 0; i < 0x60; i++) {
		probe(read_at, at + i);
		probe(write_at, at + i);
	}
	/* The last bytes of the page, then across its end. */
	for (i = 0; i < 4; i++)
		if (probe(read_at, at + PAGE_SIZE - 4 + i))
			CHECK(trapped(VECTOR_PF) || trapped(VECTOR_GP), "another trap");
	*(volatile u8 *)(at + 0x14) = 0; /* reset the console's registers */
	return NULL;
}

const char *stack_pointer_in_window(void)
{
	__asm__ volatile("movl %0, %%esp; int3" : : "r"(window() + 0x80) : "memory");
	return NULL;
}

/* The bit index reaches outside of the addressed word: another register, RAM, nothing. */
static void bit_at(u32 index)
{
	__asm__ volatile("btl %0, (%1)" : : "r"(index), "r"(window()) : "cc", "memory");
}

const char *bit_strings(void)
{
	static const u32 bits[] = {0, 31, 32, 64, 0x7fff, 0x8000, 0x7fffffff, 0x80000000, ALL_ONES};
	u32 i;

	for (i = 0; i < ARRAY_LEN(bits) - 3; i++)
		probe(bit_at, bits[i]);
	return NULL;
}

/* ---- CPU state ---------------------------------------------------------------------------- */

static u32 features(void)
{
	u32 a = 1, b, c, d;

	__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d));
	return d;
}

static u8 image[512] ALIGNED(16);

static void do_fxrstor(u32 at)
{
	__asm__ volatile("fxrstor (%0)" : : "r"(at) : "memory");
}

static void do_ldmxcsr(u32 at)
{
	__asm__ volatile("ldmxcsr (%0)" : : "r"(at) : "memory");
}

const char *bad_mxcsr(void)
{
	static u32 ones = ALL_ONES;

	if (!(features() >> 25 & 1))
		return NULL; /* a CPU without SSE */
	__asm__ volatile("fninit; fxsave (%0)" : : "r"(image) : "memory");
	memset(image + 24, 0xff, 4);
	/* QEMU's TCG takes any value. */
	CHECK(!probe(do_fxrstor, (u32)image) || trapped(VECTOR_GP), "fxrstor of a bad MXCSR");
	CHECK(!probe(do_ldmxcsr, (u32)&ones) || trapped(VECTOR_GP), "ldmxcsr of a bad MXCSR");
	return NULL;
}

static void pending_exception(u32 unused)
{
	(void)unused;
	__asm__ volatile("fninit; fldcw %0; fld1; fldz; fdivrp; fwait" : : "m"((u16){0x0300}));
}

const char *fpu_exception(void)
{
	CHECK(probe(pending_exception, 0), "no exception");
	CHECK(trapped(16), "another trap");
	__asm__ volatile("fnclex; fninit");
	return NULL;
}

const char *user_counters(void)
{
	static const u32 leaves[] = {0,	  1,	      2,	  4,	      7,
				     0xd, 0x40000000, 0x80000000, 0x80000001, ALL_ONES};
	struct frame f;
	u32 i;

	RUN_USER(f, u_rdtsc, 0);
	CHECK(f.vector == VECTOR_INVALID, "rdtsc in ring 3");
	RUN_USER(f, u_rdpmc, 0);
	CHECK(f.vector == VECTOR_GP || f.vector == VECTOR_INVALID, "rdpmc in ring 3");
	RUN_USER(f, u_rdrand, 0);
	CHECK(f.vector == VECTOR_INVALID, "rdrand in ring 3");
	RUN_USER(f, u_xgetbv, 0);
	CHECK(f.vector == VECTOR_INVALID, "xgetbv in ring 3");
	for (i = 0; i < ARRAY_LEN(leaves); i++) {
		RUN_USER(f, u_cpuid, leaves[i]);
		CHECK(f.vector == VECTOR_INVALID, "cpuid in ring 3");
	}
	return NULL;
}
