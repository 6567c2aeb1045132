/* SPDX-License-Identifier: GPL-2.0-or-later */
/* struct lguest_data: the page that a guest shares with us, word by word. */
#include "hv/vcpu/private.h"
#include "lib/log.h"

u32 data_get(struct vcpu *v, u32 offset)
{
	u32 value = 0;

	/* The whole of lguest_data was checked at LGUEST_INIT. */
	BUG_ON(v->initialised && !guest_get32(&v->guest->mem, v->data + offset, &value));
	return value;
}

void data_set(struct vcpu *v, u32 offset, u32 value)
{
	BUG_ON(v->initialised && !guest_set32(&v->guest->mem, v->data + offset, value));
}
