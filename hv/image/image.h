/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel images into guest RAM, and the names in them. For the core (hv/start.c) and hv/why/. */
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

/* The function of the guest's kernel that an address lies in, and how far behind its beginning.
 * False: the kernel is no ELF file with a symbol table, or has none there. */
bool image_symbol(const struct guest *g, gva_t address, char *name, u32 size, u32 *offset);

#endif
