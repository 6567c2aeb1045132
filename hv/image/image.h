/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel images into guest RAM. For the core (hv/start.c). */
#ifndef HV_IMAGE_IMAGE_H
#define HV_IMAGE_IMAGE_H

#include "lib/base.h"

struct guest;

struct load_result {
	gpa_t entry;
};

/* Kernel image, initrd, command line and boot_params into the guest's RAM, which must be clear.
 * What is wrong with an image is logged: HV_BADARG. */
MUST_CHECK enum hv_status load_guest(struct guest *g, struct load_result *out);

#endif
