/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of a guest's functions, found again in the module its kernel was loaded from ("System V
 * ABI", chapter 4, symbol table). Modules stay where the boot loader put them, so nothing is kept.
 * The file is not trusted: each number is compared before it is used.
 */
#include "hv/config/config.h"
#include "hv/guest/guest.h"
#include "hv/image/image.h"
#include "hv/image/plan.h"

#define EHDR_SIZE      52u
#define EHDR_PHOFF     28
#define EHDR_SHOFF     32
#define EHDR_PHENTSIZE 42
#define EHDR_PHNUM     44
#define EHDR_SHENTSIZE 46
#define EHDR_SHNUM     48

#define SHDR_SIZE   40u
#define SHDR_TYPE   4
#define SHDR_OFFSET 16
#define SHDR_BYTES  20
#define SHDR_LINK   24
#define SHT_SYMTAB  2

#define PHDR_SIZE  32u
#define PHDR_TYPE  0
#define PHDR_VADDR 8
#define PHDR_PADDR 12
#define PHDR_MEMSZ 20
#define PT_LOAD	   1

struct symbol {
	u32 name, value, bytes;
	u8 info, other;
	u16 section;
} PACKED; /* a file may have them anywhere */
#define SYM_SIZE    16u
#define STT_NOTYPE  0
#define STT_FUNC    2
#define SHN_RESERVE 0xff00u

#define SECTIONS_MAX 256u
#define SYMBOLS_MAX  200000u  /* looked at: a few milliseconds */
#define FAR_AWAY     0x10000u /* from a label without a size */

_Static_assert(sizeof(struct symbol) == SYM_SIZE && SHDR_LINK + 4 <= SHDR_SIZE &&
		       EHDR_SHNUM + 2 <= EHDR_SIZE,
	       "what is read lies in what was checked to be there");

static bool inside(const struct image *i, u32 at, u32 bytes)
{
	return bytes <= i->len && at <= i->len - bytes;
}

struct table {
	u32 at, bytes;
};

/* The n-th section's place in the file; false: it has none. */
static bool section(const struct image *i, u32 n, u32 *header, struct table *t)
{
	u32 size = image_u16(i, EHDR_SHENTSIZE), count = image_u16(i, EHDR_SHNUM);
	u64 at = image_u32(i, EHDR_SHOFF) + (u64)n * size;

	if (n >= MIN(count, SECTIONS_MAX) || size < SHDR_SIZE || at > i->len ||
	    !inside(i, (u32)at, SHDR_SIZE))
		return false;
	*header = (u32)at;
	t->at = image_u32(i, *header + SHDR_OFFSET);
	t->bytes = image_u32(i, *header + SHDR_BYTES);
	return inside(i, t->at, t->bytes);
}

static bool find_tables(const struct image *i, struct table *symbols, struct table *names)
{
	u32 header, other;

	for (u32 n = 0; n < SECTIONS_MAX; n++)
		if (section(i, n, &header, symbols) &&
		    image_u32(i, header + SHDR_TYPE) == SHT_SYMTAB)
			return section(i, image_u32(i, header + SHDR_LINK), &other, names);
	return false;
}

/* Is what lies so far behind the symbol still its? */
static bool reaches(const struct symbol *s, u32 off)
{
	u32 type = s->info & 15u;

	return (!s->bytes || off < s->bytes) && (type == STT_FUNC || type == STT_NOTYPE) &&
	       s->section && s->section < SHN_RESERVE;
}

/* A name of the file's, as far as it can be shown. */
static void copy_name(const struct image *i, const struct table *names, u32 at, char *to, u32 size)
{
	u32 n = 0;

	for (; n < size - 1 && at + n < names->bytes; n++) {
		char c = (char)i->bytes[names->at + at + n];

		if (!c)
			break;
		to[n] = (char)(c > ' ' && c <= '~' ? c : '?');
	}
	to[n] = '\0';
}

static bool find(const struct image *i, gva_t address, char *name, u32 size, u32 *offset)
{
	struct table symbols, names;
	const struct symbol *s, *end, *found = NULL;
	u32 best = FAR_AWAY;

	if (!find_tables(i, &symbols, &names))
		return false;
	s = (const struct symbol *)(i->bytes + symbols.at);
	end = s + MIN(symbols.bytes / SYM_SIZE, SYMBOLS_MAX);
	/* A kernel has many, and others wait: nearly all are passed over at the first look. */
	for (; s != end; s++) {
		u32 off = address - s->value;

		if (off < best && reaches(s, off)) {
			best = off;
			found = s;
		}
	}
	if (!found)
		return false;
	copy_name(i, &names, found->name, name, size);
	*offset = best;
	return name[0];
}

/* Before its first page tables a kernel that lives high runs where it was loaded. */
static gva_t linked_at(const struct image *i, gpa_t address)
{
	u32 count = image_u16(i, EHDR_PHNUM), size = image_u16(i, EHDR_PHENTSIZE);

	for (u32 n = 0; n < count; n++) {
		u64 at = image_u32(i, EHDR_PHOFF) + (u64)n * size;
		u32 off;

		if (size < PHDR_SIZE || at > i->len || !inside(i, (u32)at, PHDR_SIZE))
			break;
		off = address - image_u32(i, (u32)at + PHDR_PADDR);
		if (image_u32(i, (u32)at + PHDR_TYPE) == PT_LOAD &&
		    off < image_u32(i, (u32)at + PHDR_MEMSZ))
			return image_u32(i, (u32)at + PHDR_VADDR) + off;
	}
	return address;
}

bool image_symbol(const struct guest *g, gva_t address, char *name, u32 size, u32 *offset)
{
	const struct boot_module *m = g->config->kernel;
	struct image i = {.bytes = module_bytes(m),
			  .len = m->end > m->start ? m->end - m->start : 0};
	gva_t linked;

	if (i.len < EHDR_SIZE || !elf_is(&i))
		return false;
	if (find(&i, address, name, size, offset))
		return true;
	linked = linked_at(&i, address);
	return linked != address && find(&i, linked, name, size, offset);
}
