/* SPDX-License-Identifier: GPL-2.0-or-later */
/* struct lguest_data: the page that a guest shares with us, word by word. */
#include "hv/vcpu/hypercall.h"
#include "lib/log.h"

/* Nearly every slot, and its status, lies within one page of low memory: found once. */
static void find_ring(struct vcpu *v)
{
	for (u32 n = 0; n < LHCALL_RING_SIZE; n++) {
		v->ring[n].status = data_at(v, RING_STATUS(n), 1);
		v->ring[n].slot = data_at(v, RING_SLOT(n), sizeof(struct ring_slot));
	}
}

static bool ring_goes_on(const struct ring_place *at)
{
	return at[1].status == at->status + 1 && at[1].slot == at->slot + RING_WORDS;
}

static void find_rows(struct vcpu *v)
{
	u8 row = 0;

	for (u32 n = LHCALL_RING_SIZE; n--;) {
		const struct ring_place *at = &v->ring[n];

		if (!at->status || !at->slot)
			row = 0;
		else
			row = row && ring_goes_on(at) ? row + 1 : 1;
		v->ring_row[n] = row;
	}
}

/* The host map is 1:1: a low frame is seen at its own address, always. */
void data_find_pages(struct vcpu *v)
{
	const struct gmem *m = &v->guest->mem;
	gfn_t first = v->data >> PAGE_SHIFT;

	for (u32 i = 0; i < ARRAY_LEN(v->data_page); i++)
		if (first + i < m->ram_pages && frame_is_low(m->frames[first + i]))
			v->data_page[i] = frame_ptr(m->frames[first + i]);
	v->data_head = data_at(v, 0, DATA_HEAD);
	find_ring(v);
	find_rows(v);
}

u32 data_get_slow(struct vcpu *v, u32 offset)
{
	u32 value = 0;

	/* The whole of lguest_data was checked at LGUEST_INIT. */
	BUG_ON(v->initialised && !guest_get32(&v->guest->mem, v->data + offset, &value));
	return value;
}

void data_set_slow(struct vcpu *v, u32 offset, u32 value)
{
	BUG_ON(v->initialised && !guest_set32(&v->guest->mem, v->data + offset, value));
}
