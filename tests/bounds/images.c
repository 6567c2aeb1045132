/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SOURCES: hv/image/elf.c hv/image/bzimage.c hv/image/plan.c tests/unit/support.c */
/*
 * Plans of kernel images: each number of the headers at its borders, two segments beside each
 * other. A plan that is made lies inside of the file and of the guest's RAM, above what the loader
 * needs, in pieces that do not overlap, and is entered where something was loaded.
 */
#include "hv/image/plan.h"
#include "tests/bounds/choose.h"

#include <string.h>

#define RAM	   MIB(4)
#define FILE_BYTES 0x200u

static u8 *file; /* a block of exactly the file's size */

static void put16(u32 at, u32 v)
{
	memcpy(file + at, &v, 2);
}

static void put32(u32 at, u32 v)
{
	memcpy(file + at, &v, 4);
}

static void judge(const struct image *i, const struct load_plan *p)
{
	bool entered = false;

	MUST(p->parts >= 1 && p->parts <= IMAGE_PARTS);
	for (u32 k = 0; k < p->parts; k++) {
		u64 to = p->part[k].to, end = to + p->part[k].len;

		MUST(!p->part[k].len || (u64)p->part[k].offset + p->part[k].len <= i->len);
		MUST(to >= IMAGE_LOWEST && end <= i->ram);
		MUST(p->first_free >= end || !p->part[k].len);
		entered |= p->entry >= to && p->entry < end;
		for (u32 j = 0; j < k; j++)
			MUST(end <= p->part[j].to || to >= (u64)p->part[j].to + p->part[j].len);
	}
	MUST(entered && p->first_free <= i->ram);
}

static void segment(u32 at)
{
	static const u32 offset[] = {0, 0x80, FILE_BYTES - 1, FILE_BYTES, 0xffffff00u};
	static const u32 paddr[] = {0, IMAGE_LOWEST, 0x100000, RAM - 0x100, RAM, 0xffffff00u};
	static const u32 size[] = {0, 1, 0x100, 0x101, 0x180, 0xffffffffu};

	put32(at, 1 + choose(2)); /* PT_LOAD or not */
	put32(at + 4, CHOOSE(offset));
	put32(at + 12, CHOOSE(paddr));
	put32(at + 16, CHOOSE(size));
	put32(at + 20, CHOOSE(size));
}

/* Some that are right, for the other one to be beside. */
static void first_segment(u32 at)
{
	static const u32 paddr[] = {IMAGE_LOWEST, 0x100000, RAM - 0x100};

	put32(at, 1);
	put32(at + 4, 0x80);
	put32(at + 12, CHOOSE(paddr));
	put32(at + 16, choose(2) ? 0x100 : 0);
	put32(at + 20, 0x100);
}

static void elf(void)
{
	static const u32 phoff[] = {52, FILE_BYTES - 32, FILE_BYTES - 31, 0xffffffe0u};
	static const u32 phentsize[] = {32, 40, 0xffff};
	static const u32 phnum[] = {0, 1, 2, 64, 65, 0xffff};
	static const u32 entry[] = {0x100000, RAM - 1, 0, 0xffffffffu};
	struct image i = {.len = FILE_BYTES, .ram = RAM};
	struct load_plan p = {.parts = 0};
	u32 at = CHOOSE(phoff), n = CHOOSE(phnum);

	file = calloc(1, FILE_BYTES);
	i.bytes = file;
	memcpy(file, "\177ELF\1\1\1", 7);
	put16(16, 2);
	put16(18, 3);
	put32(24, CHOOSE(entry));
	put32(28, at);
	put16(42, CHOOSE(phentsize));
	put16(44, n);
	if (at == 52 && (n == 1 || n == 2)) {
		if (n == 2)
			first_segment(at);
		segment(at + (n - 1) * 32);
	}
	if (elf_is(&i) && elf_plan(&i, &p))
		judge(&i, &p);
	free(file);
}

static void bzimage(void)
{
	static const u32 len[] = {0x263, 0x264, 0x400, 0x401, 0x800, 0xa00, 0xa01, 0x2000};
	static const u32 sects[] = {0, 1, 4, 255};
	static const u32 at[] = {0, 0x100000, 0x1003ff, 0x100400, 0xffffffffu};
	static const u32 align[] = {0, 1, 3, 0x200000, 0x80000000u};
	static const u32 size[] = {0, 0x1000, RAM - MIB(1), RAM - MIB(1) + 1, RAM, 0xffffffffu};
	static const u32 ram[] = {MIB(1) - PAGE_SIZE, MIB(1), RAM, 0xfffff000u};
	struct image i = {.len = CHOOSE(len), .ram = CHOOSE(ram)};
	struct load_plan p = {.parts = 0};
	u32 whole = MAX(i.len, 0x264);

	file = calloc(1, whole);
	file[0x1f1] = (u8)CHOOSE(sects);
	memcpy(file + 0x202, "HdrS", 4);
	put16(0x206, choose(2) ? 0x20a : 0x1ff + choose(2));
	file[0x211] = (u8)choose(2);
	put32(0x214, CHOOSE(at));
	put32(0x230, CHOOSE(align));
	file[0x234] = (u8)choose(2);
	put32(0x258, CHOOSE(at));
	put32(0x260, CHOOSE(size));
	file = realloc(file, i.len);
	i.bytes = file;
	if (bzimage_is(&i) && bzimage_plan(&i, &p))
		judge(&i, &p);
	free(file);
}

static void trial(void)
{
	if (choose(2))
		elf();
	else
		bzimage();
}

int main(void)
{
	return all_cases(trial);
}
