/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From what a loader says to what can be relied on, copied while it still exists: after this only
 * the modules themselves lie in memory that is not ours. Loaders do load modules where there is no
 * RAM.
 */
#include "boot/handover.h"

#include "boot/grub.h"
#include "lib/log.h"
#include "lib/string.h"

void handover_module(struct handover *h, u32 start, u32 end, u32 string)
{
	if (h->modules < BOOT_MODULES) {
		h->module[h->modules].start = start;
		h->module[h->modules].end = end;
		h->module[h->modules].string = string;
	}
	h->modules++;
}

void handover_reserve(struct handover *h, u64 start, u64 end)
{
	u32 i = MIN(h->entries, HANDOVER_MAP - 1u);

	/* In place of a full map's last RAM: to have less of that never hurts. */
	while (h->entries == HANDOVER_MAP && i && h->map[i].type != MEMMAP_RAM)
		i--;
	h->map[i] = (struct memmap_entry){start, end - start, MEMMAP_RAM + 1};
	h->entries = MAX(h->entries, i + 1);
}

/* ---- Memory ------------------------------------------------------------------------------ */

static bool normalise(struct boot_info *b, struct handover *h, u64 limit)
{
	b->map = h->map;
	b->map_entries = h->entries;
	b->ram_ranges = memmap_normalise(b->ram, BOOT_RAM_RANGES, h->map, h->entries,
					 (struct ram_range){LOW_KEPT, limit});
	h->readable_ranges = memmap_normalise(h->readable, BOOT_RAM_RANGES, h->map, h->entries,
					      (struct ram_range){PAGE_SIZE, limit});
	return b->ram_ranges && b->ram[b->ram_ranges - 1].end > MIB(1);
}

bool handover_memory(struct boot_info *b, struct handover *h, u64 limit)
{
	u64 lower = MIN((u64)h->lower_kib << 10, (u64)LOW_HOLE);

	if (normalise(b, h, limit))
		return true;
	if (!h->upper_kib)
		return false;

	/* No map: mem_upper reaches to the first hole, which is all one may take. What was reserved
	 * stays so. */
	h->entries = MIN(h->entries, HANDOVER_MAP - 2u);
	h->map[h->entries++] = (struct memmap_entry){0, lower, MEMMAP_RAM};
	h->map[h->entries++] = (struct memmap_entry){MIB(1), (u64)h->upper_kib << 10, MEMMAP_RAM};
	return normalise(b, h, limit);
}

void handover_framebuffer(struct boot_info *b, const struct handover *h)
{
	const struct framebuffer_info *f = &h->framebuffer;
	u64 end = f->address + (u64)f->pitch * f->height;

	if (h->screen != SCREEN_GRAPHICS || !h->direct_colour)
		return;
	for (u32 i = 0; i < b->ram_ranges; i++)
		if (f->address < b->ram[i].end && b->ram[i].start < end)
			return; /* pictures in memory that is ours */
	b->framebuffer = *f;
}

/* ---- Strings and modules ------------------------------------------------------------------ */

/* Take a copy of a string into b->strings, without what the loader did to it. Returns "" for a null
 * pointer, NULL when the rest of the buffer is too small. */
static const char *copy_string(struct boot_info *b, u32 *used, u32 address)
{
	const char *s = physical(address);
	char *to = &b->strings[*used];
	u32 room = BOOT_STRINGS - *used, n = 0;

	if (!address)
		return "";
	while (n < room && s[n])
		n++;
	if (n == room)
		return NULL;
	memcpy(to, s, n);
	to[n] = '\0';
	*used += n + 1;
	if (b->loader && grub2_quotes(b->loader))
		grub2_unquote(to);
	return to;
}

static bool overlap(u32 a_start, u32 a_end, u32 b_start, u32 b_end)
{
	return a_start < b_end && b_start < a_end;
}

static bool inside(const struct ram_range *r, u32 n, u32 start, u32 end)
{
	for (u32 i = 0; i < n; i++)
		if (start >= r[i].start && end <= r[i].end)
			return true;
	return false;
}

const char *module_refusal(const struct boot_info *b, const struct handover *h, u32 start, u32 end,
			   struct image_range image)
{
	if (start >= end)
		return "it is empty";
	if (!inside(h->readable, h->readable_ranges, start, end))
		return "it lies outside the RAM of this machine";
	if (overlap(start, end, image.start, image.end))
		return "it overlaps the hypervisor";
	for (u32 i = 0; i < b->modules; i++)
		if (overlap(start, end, b->module[i].start, b->module[i].end))
			return "it overlaps another module";
	return NULL;
}

/* A module that cannot be used stays in the list, empty: what names it is then refused too,
 * instead of starting without its initrd. */
static void copy_module(struct boot_info *b, u32 *used, const struct handover *h, u32 i,
			struct image_range image)
{
	u32 start = h->module[i].start, end = h->module[i].end;
	const char *why = module_refusal(b, h, start, end, image);
	const char *text = copy_string(b, used, h->module[i].string);
	struct boot_module copy = {start, end, text ? text : ""};

	if (!why && !text)
		why = "the command lines are too long together";
	if (why) {
		log_line(LOG_ERROR, NULL, "boot: module \"%.60s\" at %#x..%#x not used: %s",
			 text ? text : "?", start, end, why);
		copy.start = copy.end = 0;
	}
	b->module[b->modules++] = copy;
}

void handover_copy(struct boot_info *b, const struct handover *h, struct image_range image)
{
	u32 used = 0;

	b->modules = 0;
	b->loader = NULL; /* its name says how to read the rest */
	b->loader = copy_string(b, &used, h->loader);
	b->cmdline = copy_string(b, &used, h->cmdline);
	if (!b->cmdline || !b->loader) {
		log_line(LOG_ERROR, NULL, "boot: command line too long, not used");
		b->cmdline = b->cmdline ? b->cmdline : "";
		b->loader = b->loader ? b->loader : "";
	}
	for (u32 i = 0; i < MIN(h->modules, (u32)BOOT_MODULES); i++)
		copy_module(b, &used, h, i, image);
	if (h->modules > BOOT_MODULES)
		log_line(LOG_ERROR, NULL, "boot: %u modules, of which the first %u are used",
			 h->modules, BOOT_MODULES);
}

/* The highest place for so many bytes in the RAM that pointers reach, page aligned, clear of the
 * image and of all modules; 0: none. */
static u32 find_room(const struct boot_info *b, u32 bytes, struct image_range image)
{
	for (u32 i = b->ram_ranges; i-- > 0;) {
		u64 top = MIN(b->ram[i].end, LOW_LIMIT);

		while (top > b->ram[i].start && top - b->ram[i].start >= bytes) {
			u32 at = (u32)(top - bytes) & PAGE_MASK, end = at + bytes, next = at;

			if (overlap(at, end, image.start, image.end))
				next = image.start;
			for (u32 k = 0; next == at && k < b->modules; k++)
				if (overlap(at, end, b->module[k].start, b->module[k].end))
					next = b->module[k].start;
			if (next == at && at >= b->ram[i].start)
				return at;
			top = MIN((u64)next, top - 1);
		}
	}
	return 0;
}

void handover_settle(struct boot_info *b, struct image_range image)
{
	for (u32 i = 0; i < b->modules; i++) {
		struct boot_module *m = &b->module[i];
		u32 bytes = m->end - m->start, to;

		if (!bytes ||
		    (!(m->start & ~PAGE_MASK) && inside(b->ram, b->ram_ranges, m->start, m->end)))
			continue;
		to = find_room(b, bytes, image);
		if (to) {
			memcpy((void *)(uintptr_t)to, physical(m->start), bytes);
			m->start = to;
			m->end = to + bytes;
			continue;
		}
		log_line(
			LOG_ERROR, NULL,
			"boot: module \"%.60s\" at %#x..%#x not used: it cannot stay there, and no "
			"RAM is free to move it to",
			m->cmdline, m->start, m->end);
		m->start = m->end = 0;
	}
}
