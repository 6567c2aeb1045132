/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of the sixteen lines are level-triggered on this board. For the interrupt controllers. */
#ifndef DEVICES_HOST_ELCR_H
#define DEVICES_HOST_ELCR_H

#include "lib/base.h"

bool elcr_level(unsigned irq); /* false also where the board does not say */

#endif
