/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See cpuid_answers.h. */
#include "tests/unit/cpuid_answers.h"

#include <string.h>

void cpuid_answer(void *ctx, u32 leaf, u32 r[4])
{
	const struct machine *m = ctx;

	memcpy(r, m->junk, 16);
	if (leaf == 0) {
		r[0] = m->max;
		memcpy(&r[1], m->vendor, 4);
		memcpy(&r[3], m->vendor + 4, 4);
		memcpy(&r[2], m->vendor + 8, 4);
	} else if (leaf == 1 && m->max >= 1 && m->max < 0x80000000) {
		r[0] = m->sig;
		r[3] = m->edx;
	} else if (leaf == 0x40000000 && m->emulator) {
		memcpy(&r[1], m->emulator, 12);
	} else if (leaf == 0x80000000) {
		r[0] = m->ext_max;
	} else if (leaf == 0x80000001 && m->ext_max >= leaf) {
		r[3] = m->ext_edx;
	} else if (m->brand && leaf >= 0x80000002 && leaf <= 0x80000004 && m->ext_max >= leaf) {
		char text[49] = {0};

		memcpy(text, m->brand, strlen(m->brand));
		memcpy(r, text + (leaf - 0x80000002) * 16, 16);
	} else if (leaf == 0x80000008 && m->ext_max >= leaf) {
		r[0] = m->sizes;
	}
}

struct cpu_features decode(struct machine m)
{
	struct cpu_features c;

	memset(&c, 0xff, sizeof(c));
	cpu_decode(&c, cpuid_answer, &m);
	return c;
}
