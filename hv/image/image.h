/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel images into guest RAM, and the names in them. For the core (hv/start.c) and hv/why/. */
#ifndef HV_IMAGE_IMAGE_H
#define HV_IMAGE_IMAGE_H

#include "lib/base.h"

struct guest;

/* What is to be copied, and how far that has come. */
struct load;

/* Kernel image, initrd, command line and boot_params into the guest's RAM, which must be clear: */
/* - decide all of it. HV_BADARG: g->why says what is wrong with an image; HV_NOMEM. Nothing has
 * been written then. What is made lies in the guest's arena; */
MUST_CHECK enum hv_status load_begin(struct guest *g, struct load **out);
/* - copy `bytes` (1..) more of the images. True: that was the last of them; */
MUST_CHECK bool load_part(struct guest *g, struct load *l, u32 bytes);
/* - the rest, once the guest has its devices. Returns where the kernel begins. */
gpa_t load_end(struct guest *g, const struct load *l);

/* The function of the guest's kernel that an address lies in, and how far behind its beginning.
 * False: the kernel is no ELF file with a symbol table, or has none there. */
bool image_symbol(const struct guest *g, gva_t address, char *name, u32 size, u32 *offset);

#endif
