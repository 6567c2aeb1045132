/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/image/elf.c hv/image/bzimage.c hv/image/plan.c tests/unit/support.c */
/* A kernel image of any bytes. A plan that is made lies inside of the file and of the guest's RAM,
 * in pieces that do not overlap. */
#include "hv/image/plan.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#define RAM MIB(16)

static void judge(const struct image *i, const struct load_plan *p)
{
	bool entered = false;

	MUST(p->parts >= 1 && p->parts <= IMAGE_PARTS && p->first_free <= i->ram);
	for (u32 k = 0; k < p->parts; k++) {
		u64 to = p->part[k].to, end = to + p->part[k].len;

		MUST(!p->part[k].len || (u64)p->part[k].offset + p->part[k].len <= i->len);
		MUST(to >= IMAGE_LOWEST && end <= i->ram);
		entered |= p->entry >= to && p->entry < end;
		for (u32 j = 0; j < k; j++)
			MUST(end <= p->part[j].to || to >= (u64)p->part[j].to + p->part[j].len);
	}
	MUST(entered);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct image i = {.bytes = data, .len = (u32)size, .ram = RAM};
	struct load_plan p = {.parts = 0};
	bool ok = false;

	if (elf_is(&i))
		ok = elf_plan(&i, &p);
	else if (bzimage_is(&i))
		ok = bzimage_plan(&i, &p);
	if (ok)
		judge(&i, &p);
	else
		MUST(memchr(p.why, 0, sizeof(p.why)));
	return 0;
}
