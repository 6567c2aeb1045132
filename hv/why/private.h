/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of hv/why/ offer each other. Private to this room. */
#ifndef HV_WHY_PRIVATE_H
#define HV_WHY_PRIVATE_H

#include "hv/guest/guest.h"
#include "hv/vcpu/vcpu.h"
#include "hv/why/why.h"

/* Where lines go, and how they are made. */
struct why_out {
	why_line_fn *line;
	void *ctx;
};
void why_say(const struct why_out *o, const char *fmt, ...) PRINTF(2, 3);

/* The instruction at EIP, and where it is. */
void why_instruction(const struct guest *g, const struct why_out *o);
void why_code(const struct guest *g, const struct why_out *o);
void why_stack(const struct guest *g, u32 words, const struct why_out *o);

/* reason.c: in a sentence or two, what a CPU or the hypervisor could not do; says nothing where the
 * guest's own words are all there is. */
void why_reason(const struct guest *g, const struct why_out *o);
/* Does the end have to do with an address, and with which one? */
bool why_address(const struct vcpu *v, gva_t *va);

#endif
