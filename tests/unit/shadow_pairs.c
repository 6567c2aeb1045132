/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See shadow_pairs.h. */
#include "tests/unit/shadow_pairs.h"

const struct shadow_pair pair[PAIRS] = {
	{&pt_format_2level, &pt_format_2level},
	{&pt_format_2level, &pt_format_pae},
	{&pt_format_pae, &pt_format_pae},
};

struct shadow_result fault_ok(gva_t va, u32 error)
{
	struct shadow_result r = shadow_fault(m.s, va, error);
	u32 rights;

	assert_int_equal(r.verdict, SHADOW_OK);
	assert_int_not_equal(model_shadow(&m, m.s->current, va, &rights), 0);
	return r;
}
