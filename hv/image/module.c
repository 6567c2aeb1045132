/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a module's bytes are. A file of its own because the unit tests replace it. */
#include "hv/image/plan.h"

/* boot/ refused modules outside RAM, and mm/ maps low RAM at its own address. */
const u8 *module_bytes(const struct boot_module *m)
{
	return (const u8 *)(uintptr_t)m->start;
}
