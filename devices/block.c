/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who may have which disk: one writer, or any number of readers, for each sector. */
#include "devices/block.h"

static bool overlap(const struct blk_backend *a, const struct blk_backend *b)
{
	return a->first < b->first + b->sectors && b->first < a->first + a->sectors;
}

static bool in_the_way(const struct blk_backend *d, const struct blk_backend *of, bool readonly)
{
	return overlap(d, of) && (d->writers || (!readonly && d->users));
}

enum hv_status blk_attach(struct blk_backend *d, bool readonly)
{
	const struct blk_backend *whole = d->whole ? d->whole : d;

	if (in_the_way(whole, d, readonly))
		return HV_BUSY;
	for (const struct blk_backend *p = whole->parts; p; p = p->next_part)
		if (in_the_way(p, d, readonly))
			return HV_BUSY;
	d->users++;
	d->writers += !readonly;
	return HV_OK;
}

void blk_detach(struct blk_backend *d, bool readonly)
{
	d->users--;
	d->writers -= !readonly;
}

bool blk_shared(const struct blk_backend *d)
{
	const struct blk_backend *whole = d->whole ? d->whole : d;
	u32 users = whole->users;

	for (const struct blk_backend *p = whole->parts; p; p = p->next_part)
		users += p->users;
	return users > 1;
}
