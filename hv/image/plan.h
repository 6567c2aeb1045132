/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An image's bytes, and the plan of where they go. Private to this room. */
#ifndef HV_IMAGE_PLAN_H
#define HV_IMAGE_PLAN_H

#include "abi/lguest.h"
#include "hv/config/boot.h"

/* The first byte of a module, through the host's 1:1 map. */
const u8 *module_bytes(const struct boot_module *m);

struct image {
	const u8 *bytes;
	u32 len;
	u32 ram; /* bytes of guest RAM, which begins at 0 */
};

#define IMAGE_PARTS 16
#define IMAGE_WHY   160

/* Decided completely before the first byte is copied. */
struct load_plan {
	u32 parts;
	struct {
		u32 offset, len; /* in the file */
		gpa_t to;
	} part[IMAGE_PARTS];
	gpa_t entry;
	u32 alignment;	     /* for boot_params; 0: the file says nothing */
	u32 init_size;	     /* likewise */
	u32 initrd_end;	     /* the initrd ends at or below; 0: the file says nothing */
	u32 cmdline_max;     /* bytes without the zero; 0: likewise */
	gpa_t first_free;    /* nothing of the running kernel lies at or above, up to RAM's end */
	char why[IMAGE_WHY]; /* after a refusal: what is wrong and what would be right */
};

/* The lowest address an image may use: boot_params and the command line are below. */
#define IMAGE_LOWEST (BP_CMDLINE_GPA + BP_CMDLINE_MAX)

/* hdr.kernel_alignment where the image names none: Linux's usual place. */
#define KERNEL_ALIGNMENT MIB(16)

bool elf_is(const struct image *i);
bool bzimage_is(const struct image *i);
/* Check everything and fill the plan; false: `why` is set. */
MUST_CHECK bool elf_plan(const struct image *i, struct load_plan *p);
MUST_CHECK bool bzimage_plan(const struct image *i, struct load_plan *p);

/* What to do about too little memory: a number for mem=, or that there is none. */
struct load_advice {
	char text[48];
};
struct load_advice load_advise(u64 bytes);

/* Write `why` and return false, for the planners. */
bool load_refuse(struct load_plan *p, const char *fmt, ...) PRINTF(2, 3);

/* Little-endian fields of a file; [at, at+size) must lie inside. */
u16 image_u16(const struct image *i, u32 at);
u32 image_u32(const struct image *i, u32 at);

#endif
