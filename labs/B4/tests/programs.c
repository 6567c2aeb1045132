/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs run in ring 3, and come back. */
#include "labs/harness/harness.h"
#include "labs/kernel/user.h"

TEST(b4_run)
{
	const struct program *p = program_find("greet");
	u32 arg = random_number() & 0x7f, before = frames_left();

	check_equal("the status of greet", (arg * 7 + 3) & 0x7f, program_run(p, arg));
	check_equal("free frames after it", before, frames_left());
	note(arg);
}
