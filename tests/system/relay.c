/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A loader that does what kexec and v86 do: its first module is the hypervisor, which it puts in
 * place and starts with the second one at 0xa000, in the first 64 KiB, without a line.
 */
#include <stdint.h>

#define MAGIC	    0x1badb002u
#define FLAGS	    2u /* memory information */
#define ENTRY_MAGIC 0x2badb002u
#define LOW_MODULE  0xa000u
#define INFORMATION 0x20000u
#define MAP	    0x21000u
#define TOLD	    (1u << 0 | 1u << 2 | 1u << 3 | 1u << 6) /* memory, line, modules, map */
#define LOADED	    1u					    /* PT_LOAD */

__attribute__((section(".multiboot"), used)) static const uint32_t header[] = {MAGIC, FLAGS,
									       0u - MAGIC - FLAGS};

struct information {
	uint32_t flags, lower, upper, device, line, modules, module, symbols[4], map_bytes, map;
};

struct module {
	uint32_t start, end, string, reserved;
};

struct segment {
	uint32_t type, offset, virtual, physical, in_file, in_memory, flags, align;
};

static void copy(uint32_t to, uint32_t from, uint32_t bytes)
{
	for (uint32_t i = 0; i < bytes; i++)
		((volatile uint8_t *)to)[i] = ((const volatile uint8_t *)from)[i];
}

static uint32_t load(uint32_t file)
{
	const uint32_t *words = (const uint32_t *)file;
	const struct segment *s = (const struct segment *)(file + words[7]);
	uint32_t n = words[11] & 0xffff; /* e_phnum at 44 */

	for (; n--; s++) {
		if (s->type != LOADED)
			continue;
		copy(s->physical, file + s->offset, s->in_file);
		for (uint32_t i = s->in_file; i < s->in_memory; i++)
			((volatile uint8_t *)s->physical)[i] = 0;
	}
	return words[6];
}

__attribute__((used)) static void relay(const struct information *from)
{
	static struct module low;
	static struct information to;
	const struct module *m = (const struct module *)from->module;
	uint32_t entry = load(m[0].start);

	copy(MAP, from->map, from->map_bytes);
	low.start = LOW_MODULE;
	low.end = LOW_MODULE + (m[1].end - m[1].start);
	to = (struct information){TOLD,		  from->lower, from->upper,	0,  from->line, 1,
				  (uint32_t)&low, {0},	       from->map_bytes, MAP};
	copy(INFORMATION + sizeof(to), from->line, 256);
	to.line = INFORMATION + sizeof(to);
	copy(INFORMATION, (uint32_t)&to, sizeof(to));
	copy(LOW_MODULE, m[1].start, m[1].end - m[1].start);
	__asm__ volatile("jmp *%0" : : "r"(entry), "a"(ENTRY_MAGIC), "b"(INFORMATION));
}

__asm__(".globl start\n"
	"start: movl $stack_end, %esp\n"
	"pushl %ebx\n"
	"call relay\n"
	".bss\n.skip 4096\nstack_end:\n.text\n");
