/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Multiboot 2's information taken apart (multiboot specification 2.0, 3.6): tags in a row, each
 * with its type and size, of which only those in the table are looked at. It is what GRUB hands
 * over ACPI's root pointer with, which a machine with EFI keeps nowhere that one could find it.
 */
#include "boot/handover.h"
#include "boot/multiboot.h"
#include "lib/string.h"

#define INFO_MAX  MIB(1) /* GRUB's has some KiB; the size is not believed beyond */
#define TAG_ALIGN 8u
#define TAG_END	  0u

struct tag {
	u32 type, size; /* with these two */
};

struct module_tag {
	struct tag tag;
	u32 start, end;
	char string[];
};

struct memory_tag {
	struct tag tag;
	u32 lower, upper;
};

struct map_tag {
	struct tag tag;
	u32 entry_size, version;
};

struct map_entry {
	u64 base, length;
	u32 type;
} PACKED;

struct framebuffer_tag {
	struct tag tag;
	u32 address[2];
	u32 pitch, width, height;
	u8 bpp, type;
	u8 unused[2]; /* the specification's text has one, its header and GRUB two */
	u8 red_at, red_bits, green_at, green_bits, blue_at, blue_bits; /* of type RGB */
};

_Static_assert(offsetof(struct module_tag, string) == 16, "multiboot 2, 3.6.6");
_Static_assert(sizeof(struct map_tag) == 16 && sizeof(struct map_entry) == 20,
	       "multiboot 2, 3.6.8");
_Static_assert(offsetof(struct framebuffer_tag, bpp) == 28 &&
		       offsetof(struct framebuffer_tag, red_at) == 32,
	       "multiboot 2, 3.6.12");

#define FRAMEBUFFER_ALL (offsetof(struct framebuffer_tag, blue_bits) + 1)
#define FRAMEBUFFER_MIN offsetof(struct framebuffer_tag, red_at) /* of text or a palette */
#define RSDP_BYTES	20u					 /* of ACPI 1.0 */

/* The address of the string at tag[at], which ends within the tag; else 0. */
static u32 string_in(const struct tag *t, u32 at)
{
	const char *s = (const char *)t;

	for (u32 i = at; i < t->size; i++)
		if (!s[i])
			return (u32)(uintptr_t)(s + at);
	return 0;
}

static void take_cmdline(struct handover *h, const struct tag *t)
{
	h->cmdline = string_in(t, sizeof(*t));
}

static void take_loader(struct handover *h, const struct tag *t)
{
	h->loader = string_in(t, sizeof(*t));
}

static void take_module(struct handover *h, const struct tag *t)
{
	const struct module_tag *m = (const void *)t;

	handover_module(h, m->start, m->end, string_in(t, sizeof(*m)));
}

static void take_memory(struct handover *h, const struct tag *t)
{
	const struct memory_tag *m = (const void *)t;

	h->lower_kib = m->lower;
	h->upper_kib = m->upper;
}

static void take_map(struct handover *h, const struct tag *t)
{
	const struct map_tag *m = (const void *)t;
	const u8 *p = (const u8 *)t + sizeof(*m);
	u32 left = t->size - (u32)sizeof(*m);
	struct map_entry e;

	if (m->entry_size < sizeof(e))
		return;
	for (h->entries = 0; left >= m->entry_size && h->entries < HANDOVER_MAP; h->entries++) {
		memcpy(&e, p, sizeof(e));
		h->map[h->entries] = (struct memmap_entry){e.base, e.length, e.type};
		p += m->entry_size;
		left -= m->entry_size;
	}
}

static void take_framebuffer(struct handover *h, const struct tag *t)
{
	const struct framebuffer_tag *f = (const void *)t;

	h->screen = f->type == FRAMEBUFFER_TEXT ? SCREEN_TEXT : SCREEN_GRAPHICS;
	h->direct_colour = f->type == FRAMEBUFFER_RGB && t->size >= FRAMEBUFFER_ALL;
	h->framebuffer = (struct framebuffer_info){
		.address = (u64)f->address[1] << 32 | f->address[0],
		.pitch = f->pitch,
		.width = f->width,
		.height = f->height,
		.bpp = f->bpp,
	};
	if (!h->direct_colour)
		return;
	h->framebuffer.red_at = f->red_at;
	h->framebuffer.red_bits = f->red_bits;
	h->framebuffer.green_at = f->green_at;
	h->framebuffer.green_bits = f->green_bits;
	h->framebuffer.blue_at = f->blue_at;
	h->framebuffer.blue_bits = f->blue_bits;
}

static void take_efi(struct handover *h, const struct tag *t)
{
	(void)t;
	h->efi = true;
}

/* The tag holds a copy. Of two, the last stands: the newer comes behind the older (GRUB). */
static void take_rsdp(struct handover *h, const struct tag *t)
{
	h->rsdp = (u32)(uintptr_t)(t + 1);
}

static const struct {
	u32 type, bytes; /* that it has at least */
	void (*take)(struct handover *h, const struct tag *t);
} tags[] = {
	{1, sizeof(struct tag) + 1, take_cmdline},
	{2, sizeof(struct tag) + 1, take_loader},
	{3, sizeof(struct module_tag), take_module},
	{4, sizeof(struct memory_tag), take_memory},
	{6, sizeof(struct map_tag), take_map},
	{8, FRAMEBUFFER_MIN, take_framebuffer},
	{11, sizeof(struct tag), take_efi}, /* its system table, 32 bits */
	{12, sizeof(struct tag), take_efi}, /* 64 bits */
	{14, sizeof(struct tag) + RSDP_BYTES, take_rsdp},
	{15, sizeof(struct tag) + RSDP_BYTES, take_rsdp},
};

static void take(struct handover *h, const struct tag *t)
{
	for (u32 i = 0; i < ARRAY_LEN(tags); i++)
		if (tags[i].type == t->type && t->size >= tags[i].bytes)
			tags[i].take(h, t);
}

void multiboot2_read(struct handover *h, u32 info)
{
	const u32 *head = physical(info); /* total size, reserved */
	u32 left = MIN(head[0], INFO_MAX), at = sizeof(struct tag);

	*h = (struct handover){.loader = 0};
	while (left >= at + sizeof(struct tag)) {
		const struct tag *t = physical(info + at);

		if (t->type == TAG_END || t->size < sizeof(*t) || t->size > left - at)
			return;
		take(h, t);
		at += ALIGN_UP(t->size, TAG_ALIGN);
	}
}
