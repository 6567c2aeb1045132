/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of hv/time/ offer each other. Private to this room. */
#ifndef HV_TIME_PRIVATE_H
#define HV_TIME_PRIVATE_H

#include "hv/time/time.h"

/* ---- wall.c ------------------------------------------------------------------------------- */

void wall_init(void); /* when now_ns() runs */

#endif
