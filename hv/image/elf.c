/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ELF executables as guest kernels ("System V ABI, Intel386 supplement" and the generic ABI,
 * chapters 4 and 5): every PT_LOAD goes to its physical address. The file is not trusted: each
 * number is compared in 64 bits before it is used.
 */
#include "abi/lguest.h"
#include "hv/image/plan.h"
#include "lib/string.h"

#define EHDR_SIZE      52u
#define EHDR_CLASS     4
#define EHDR_DATA      5
#define EHDR_TYPE      16
#define EHDR_MACHINE   18
#define EHDR_ENTRY     24
#define EHDR_PHOFF     28
#define EHDR_PHENTSIZE 42
#define EHDR_PHNUM     44
#define CLASS_32       1
#define DATA_LITTLE    1
#define ET_EXEC	       2
#define EM_386	       3

#define PHDR_SIZE   32u
#define PHDR_TYPE   0
#define PHDR_OFFSET 4
#define PHDR_PADDR  12
#define PHDR_FILESZ 16
#define PHDR_MEMSZ  20
#define PT_LOAD	    1
#define PHDRS_MAX   64u

struct segment {
	u32 offset, paddr, filesz, memsz;
};
_Static_assert(EHDR_PHNUM + 2 <= EHDR_SIZE && PHDR_MEMSZ + 4 <= PHDR_SIZE,
	       "what is read lies in what was checked to be there");

bool elf_is(const struct image *i)
{
	return i->len >= 4 && memcmp(i->bytes, "\177ELF", 4) == 0;
}

static bool header_ok(const struct image *i, struct load_plan *p)
{
	u32 phoff, phnum, phentsize;

	if (i->len < EHDR_SIZE)
		return load_refuse(p, "the ELF file ends inside its header; copy it again");
	if (i->bytes[EHDR_CLASS] != CLASS_32 || i->bytes[EHDR_DATA] != DATA_LITTLE)
		return load_refuse(p, "the ELF file is not a 32-bit little-endian one; build the "
				      "guest for 32-bit x86");
	if (image_u16(i, EHDR_TYPE) != ET_EXEC || image_u16(i, EHDR_MACHINE) != EM_386)
		return load_refuse(p,
				   "the ELF file has type %u, machine %u; an executable (2) for "
				   "i386 (3) is needed, linked without -pie",
				   image_u16(i, EHDR_TYPE), image_u16(i, EHDR_MACHINE));
	phoff = image_u32(i, EHDR_PHOFF);
	phnum = image_u16(i, EHDR_PHNUM);
	phentsize = image_u16(i, EHDR_PHENTSIZE);
	if (phentsize < PHDR_SIZE || phnum == 0 || phnum > PHDRS_MAX)
		return load_refuse(p,
				   "the ELF file has %u program headers of %u bytes; 1 to %u of at "
				   "least %u are right",
				   phnum, phentsize, PHDRS_MAX, PHDR_SIZE);
	if (phoff + (u64)phnum * phentsize > i->len)
		return load_refuse(p,
				   "the program headers lie behind the end of the ELF file; it is "
				   "truncated, copy it again");
	return true;
}

static bool segment_ok(const struct image *i, struct load_plan *p, u32 n, const struct segment *s)
{
	u64 end = (u64)s->paddr + s->memsz;

	if (s->filesz > s->memsz)
		return load_refuse(p,
				   "ELF segment %u has more bytes in the file (%#x) than in memory "
				   "(%#x)",
				   n, s->filesz, s->memsz);
	if (s->filesz && (u64)s->offset + s->filesz > i->len)
		return load_refuse(
			p,
			"ELF segment %u lies behind the end of the file (%#x+%#x of %#x); "
			"it is truncated, copy it again",
			n, s->offset, s->filesz, i->len);
	if (end > i->ram)
		return load_refuse(
			p,
			"ELF segment %u needs memory from %#x to %#llx, the guest has %#x "
			"bytes; raise mem= or link it lower",
			n, s->paddr, (unsigned long long)end, i->ram);
	if (s->paddr < IMAGE_LOWEST)
		return load_refuse(p,
				   "ELF segment %u lies at %#x, where boot_params and the command "
				   "line are; link it at %#x or above",
				   n, s->paddr, IMAGE_LOWEST);
	return true;
}

/* Add a segment to the plan; those before it are in the plan with their length in memory. */
static bool add_segment(struct load_plan *p, u32 n, const struct segment *s, u32 *memsz)
{
	for (u32 k = 0; k < p->parts; k++)
		if (s->paddr < p->part[k].to + memsz[k] && p->part[k].to < s->paddr + s->memsz)
			return load_refuse(p, "ELF segment %u overlaps another one at %#x", n,
					   MAX(s->paddr, p->part[k].to));
	if (p->parts == IMAGE_PARTS)
		return load_refuse(p, "the ELF file has more than %u segments to load",
				   IMAGE_PARTS);
	memsz[p->parts] = s->memsz;
	p->part[p->parts].offset = s->offset;
	p->part[p->parts].len = s->filesz;
	p->part[p->parts].to = s->paddr;
	p->parts++;
	p->first_free = MAX(p->first_free, s->paddr + s->memsz);
	return true;
}

static bool entry_ok(struct load_plan *p)
{
	for (u32 k = 0; k < p->parts; k++)
		if (p->entry >= p->part[k].to && p->entry - p->part[k].to < p->part[k].len)
			return true;
	return load_refuse(p,
			   "the ELF entry %#x lies in no loaded segment; it must be a physical "
			   "address of the code",
			   p->entry);
}

bool elf_plan(const struct image *i, struct load_plan *p)
{
	u32 memsz[IMAGE_PARTS] = {0};
	u32 phoff, phnum;

	if (!header_ok(i, p))
		return false;
	phoff = image_u32(i, EHDR_PHOFF);
	phnum = image_u16(i, EHDR_PHNUM);
	for (u32 n = 0; n < phnum; n++) {
		u32 at = phoff + n * image_u16(i, EHDR_PHENTSIZE); /* may be more than we know of */
		struct segment s = {
			.offset = image_u32(i, at + PHDR_OFFSET),
			.paddr = image_u32(i, at + PHDR_PADDR),
			.filesz = image_u32(i, at + PHDR_FILESZ),
			.memsz = image_u32(i, at + PHDR_MEMSZ),
		};

		if (image_u32(i, at + PHDR_TYPE) != PT_LOAD || !(s.memsz | s.filesz))
			continue;
		if (!segment_ok(i, p, n, &s) || !add_segment(p, n, &s, memsz))
			return false;
	}
	p->entry = image_u32(i, EHDR_ENTRY);
	return entry_ok(p);
}
