/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The console carries what is printed. */
#include "labs/harness/harness.h"

TEST(b1_hello)
{
	note(random_number());
}
