/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A3: what LGUEST_INIT leaves in the page that the guest shares. */
#include "labs/check.h"

#define YEAR_2020 1577836800u /* the emulated clock begins there */

void guest_main(void)
{
	check_eq("reserve_mem", lguest_data.reserve_mem, LGUEST_RESERVED_TOP);
	check_eq("tsc_khz", lguest_data.tsc_khz != 0, 1);
	check_eq("time",
		 (u32)lguest_data.time_sec >= YEAR_2020 &&
			 (u32)lguest_data.time_sec < YEAR_2020 + 86400,
		 1);
	power_off();
}
