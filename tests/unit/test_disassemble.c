/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/why/disassemble.c hv/why/opcodes.c */
/* The disassembler: what objdump says of the same bytes, and no byte beyond what it was given. */
#include "hv/why/disassemble.h"
#include "lib/base.h"
#include "tests/unit/support.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	u8 len;
	const char *bytes, *text;
} known[] = {
	{1, "\xc3", "ret"},
	{3, "\x83\xec\x10", "sub $0x10,%esp"},
	{2, "\x8b\x00", "mov (%eax),%eax"},
	{3, "\x8b\x45\x08", "mov 0x8(%ebp),%eax"},
	{3, "\x89\x55\xf8", "mov %edx,-0x8(%ebp)"},
	{4, "\x8b\x44\x24\x04", "mov 0x4(%esp),%eax"},
	{7, "\x8b\x04\x85\x00\x10\x00\xc0", "mov 0xc0001000(,%eax,4),%eax"},
	{6, "\x8b\x0d\x78\x56\x34\x12", "mov 0x12345678,%ecx"},
	{3, "\x8d\x04\x18", "lea (%eax,%ebx,1),%eax"},
	{7, "\xc6\x05\x00\x20\x00\xc0\x07", "movb $0x7,0xc0002000"},
	{10, "\xc7\x05\x00\x40\x23\xc0\x00\x02\x00\x00", "movl $0x200,0xc0234000"},
	{9, "\x66\xc7\x05\x00\x40\x23\xc0\x34\x12", "movw $0x1234,0xc0234000"},
	{5, "\xe8\xfb\x0f\x00\x00", "call 0x2000"},
	{2, "\xeb\xfe", "jmp 0x1000"},
	{2, "\x75\x10", "jne 0x1012"},
	{6, "\x0f\x84\x00\x01\x00\x00", "je 0x1106"},
	{2, "\xff\xd0", "call *%eax"},
	{3, "\xff\x50\x04", "call *0x4(%eax)"},
	{7, "\xff\x24\x85\x00\x10\x00\x00", "jmp *0x1000(,%eax,4)"},
	{2, "\xff\x30", "pushl (%eax)"},
	{2, "\xf3\xa5", "rep movsl"},
	{2, "\xf3\xaa", "rep stosb"},
	{2, "\xcd\x1f", "int $0x1f"},
	{1, "\xcf", "iret"},
	{2, "\x0f\x0b", "ud2"},
	{7, "\x0f\x01\x15\x00\x30\x10\x00", "lgdt 0x103000"},
	{3, "\x0f\x01\x18", "lidt (%eax)"},
	{3, "\x0f\x00\xd8", "ltr %ax"},
	{3, "\x0f\x20\xd0", "mov %cr2,%eax"},
	{3, "\x0f\x22\xd8", "mov %eax,%cr3"},
	{3, "\x0f\x23\xf8", "mov %eax,%db7"},
	{3, "\x0f\xb6\x00", "movzbl (%eax),%eax"},
	{3, "\x0f\x94\xc0", "sete %al"},
	{2, "\x8e\xd8", "mov %ax,%ds"},
	{2, "\xf7\xf1", "div %ecx"},
	{2, "\xf7\x31", "divl (%ecx)"},
	{7, "\xf7\x05\x00\x10\x00\x00\x01", NULL}, /* cut off inside its immediate */
	{3, "\xf6\x00\x02", "testb $0x2,(%eax)"},
	{1, "\xec", "in (%dx),%al"},
	{2, "\xe6\x80", "out %al,$0x80"},
	{7, "\xea\x00\x10\x00\x00\x08\x00", "ljmp $0x8,$0x1000"},
	{6, "\x64\xa1\x04\x00\x00\x00", "mov %fs:0x4,%eax"},
	{4, "\xf0\x0f\xb1\x0a", "lock cmpxchg %ecx,(%edx)"},
	{3, "\x6b\xc0\x0a", "imul $0xa,%eax,%eax"},
	{2, "\xd1\xe0", "shl $1,%eax"},
	{5, "\xb8\x0a\x00\x00\x00", "mov $0xa,%eax"},
	{1, "\x0f", NULL},
	{2, "\x0f\xff", NULL},
	{1, "\x67", NULL},
	{3, "\x66\x66\x66", NULL},
};

static void test_known(void **state)
{
	char text[96];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		u32 n = disassemble((const u8 *)known[i].bytes, known[i].len, 0x1000, text,
				    sizeof(text));

		if (!known[i].text) {
			assert_int_equal(n, 0);
			continue;
		}
		assert_string_equal(text, known[i].text);
		assert_int_equal(n, known[i].len);
	}
}

/* Any bytes, each in a block of exactly their size: a byte too far is a report of the sanitizer. */
static void test_any_bytes(void **state)
{
	u32 seed = 1;

	(void)state;
	for (u32 round = 0; round < 200000; round++) {
		u32 have = round % (INSTRUCTION_MAX + 2), size = 1 + round % 60, n;
		u8 *code = malloc(have ? have : 1);
		char *text = malloc(size);

		for (u32 i = 0; i < have; i++) {
			seed = seed * 1103515245 + 12345;
			code[i] = (u8)(seed >> 16);
		}
		if (have)
			code[0] = (u8)(round >> 4);
		n = disassemble(code, have, seed, text, size);
		assert_true(n <= have);
		assert_true(strlen(text) < size);
		free(code);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
