/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SOURCES: mm/gmem.c mm/arena.c tests/unit/fake_host.c tests/unit/support.c mm/format.c */
/*
 * The doors to a guest's memory: every address and length near a page's or the RAM's border, zero,
 * the middle, or the end of 32 bits. What is answered is what 64-bit arithmetic says; what is
 * written is in the frames of these bytes and nowhere else. And every three slots around each
 * other.
 */
#include "mm/gmem.h"
#include "tests/bounds/choose.h"
#include "tests/unit/fake_host.h"
#include "tests/unit/support.h"

#include <string.h>

#define PAGES 3u
#define RAM   (PAGES * PAGE_SIZE)

static struct frame_owner owner = {.name = "bounds"};
static struct arena arena;
static struct gmem m;

/* Around 0, each page's border, and what wraps. */
static u32 number(void)
{
	static const u32 near[] = {0, 1, 2, 3, 4, 5, 0u - 1, 0u - 2, 0u - 3, 0u - 4, 0u - 5};
	static const u32 base[] = {0,	       PAGE_SIZE,   2 * PAGE_SIZE, RAM,
				   0x7fffffff, 0xffff0000u, 0u - RAM,	   0xfffff000u};

	return CHOOSE(base) + CHOOSE(near);
}

static u8 *byte_at(u32 at)
{
	return (u8 *)(uintptr_t)((u64)m.frames[at / PAGE_SIZE].n << PAGE_SHIFT) + at % PAGE_SIZE;
}

static void fill(void)
{
	for (u32 i = 0; i < RAM; i += PAGE_SIZE)
		memset(byte_at(i), 0x55, PAGE_SIZE);
}

/* All RAM but [at, at+len) is as it was, and that has `value`. */
static void only(u32 at, u32 len, u8 value)
{
	for (u32 i = 0; i < RAM; i++)
		MUST(*byte_at(i) == (i - at < len ? value : 0x55));
	for (u32 i = 0; i < len; i++)
		*byte_at(at + i) = 0x55;
}

static void doors(void)
{
	static u8 buffer[RAM];
	u32 at = number(), len = number(), value;
	bool inside = (u64)at + len <= RAM;
	u8 *p;

	MUST(guest_ram_ok(&m, at, len) == inside);
	memset(buffer, 0xaa, sizeof(buffer));
	MUST(guest_write(&m, at, buffer, len) == inside);
	only(at, inside ? len : 0, 0xaa);
	memset(buffer, 0xaa, sizeof(buffer));
	MUST(guest_read(&m, at, buffer, len) == inside);
	for (u32 i = 0; i < sizeof(buffer); i++)
		MUST(buffer[i] == (inside && i < len ? 0x55 : 0xaa));
	p = guest_ptr(&m, at, len);
	MUST(!p == !(inside && at < RAM && at % PAGE_SIZE + (u64)len <= PAGE_SIZE));
	MUST(!p || p == byte_at(at));
	guest_ptr_put(p);
	inside = at % 4 == 0 && (u64)at + 4 <= RAM;
	MUST(guest_get32(&m, at, &value) == inside);
	MUST(!inside || value == 0x55555555);
	MUST(guest_set32(&m, at, 0xaaaaaaaa) == inside);
	only(at, inside ? 4 : 0, 0xaa);
}

/* RAM is [0, 3); three more slots. */
static void slots(void)
{
	static const u32 base[] = {0, 2, 3, 4, 5, 0xffffe, 0xfffff, 0x100000, 0xffffffffu};
	static const u32 count[] = {0, 1, 2, 0x100000, 0x100001, 0xffffffffu};
	struct {
		u32 base, pages;
	} have[4] = {{0, PAGES}};
	u32 n = 1;

	for (u32 i = 0; i < 3; i++) {
		struct slot s = {.kind = SLOT_WINDOW, .base = CHOOSE(base), .pages = CHOOSE(count)};
		u64 end = (u64)s.base + s.pages;
		enum hv_status want = s.pages && end <= 0x100000 ? HV_OK : HV_BADARG;

		for (u32 k = 0; k < n && want == HV_OK; k++)
			if (s.base < have[k].base + have[k].pages && have[k].base < end)
				want = HV_BUSY;
		MUST(gmem_add_slot(&m, &s) == want);
		if (want == HV_OK) {
			have[n].base = s.base;
			have[n++].pages = s.pages;
		}
	}
	MUST(m.slots == n);
	for (u32 i = 1; i < n; i++)
		MUST(m.slot[i - 1].base + m.slot[i - 1].pages <= m.slot[i].base);
	for (u32 i = 0; i < ARRAY_LEN(base); i++) {
		const struct slot *s = gmem_find(&m, base[i]);
		bool found = false;

		for (u32 k = 0; k < n; k++)
			if (base[i] >= have[k].base && base[i] < have[k].base + have[k].pages)
				found = s && s->base == have[k].base;
		MUST(found == !!s);
	}
	while (m.slots > 1)
		MUST(gmem_remove_slot(&m, m.slot[1].base));
}

static void trial(void)
{
	if (choose(2))
		slots();
	else
		doors();
}

int main(void)
{
	host_reset(1024, 0, &pt_format_pae);
	arena_init(&arena, &owner);
	if (gmem_init(&m, &arena, &owner, RAM) != HV_OK)
		return 1;
	for (u32 i = 0; i < PAGES; i++) /* frames that are mapped at their own address */
		MUST(frame_alloc(&owner, true, &m.frames[i]) == HV_OK);
	fill();
	return all_cases(trial);
}
