/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a guest asks for in vain is said once in its life, however often it asks. */
#include "hv/vcpu/private.h"
#include "lib/log.h"
#include "lib/string.h"

void vcpu_say_once(struct vcpu *v, enum vcpu_note note, const char *fmt, ...)
{
	char text[128];
	va_list ap;

	if (v->said & BIT(note))
		return;
	v->said |= BIT(note);
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_line(LOG_WARN, v->guest->name, "%s", text);
}
