/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The status line of the text screen. Private to this room. */
#ifndef HV_CONSOLE_STATUS_H
#define HV_CONSOLE_STATUS_H

#include "lib/base.h"

void status_poll(
	void); /* from the run loop: costs a few comparisons unless something has changed */

#endif
