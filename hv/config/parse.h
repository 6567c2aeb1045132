/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the configuration reader share. Private to this room. */
#ifndef HV_CONFIG_PARSE_H
#define HV_CONFIG_PARSE_H

#include "hv/config/config.h"
#include "hv/config/text.h"

#define CONFIG_FILE	 32 /* what of a module's file name is shown in messages */
#define CONFIG_MEM_MIN	 MIB(1)
#define CONFIG_MEM	 MIB(64)
#define CONFIG_WEIGHT	 1u
#define CONFIG_HOST_DISK "host:" /* before the name of a disk of the machine */

enum line_role { LINE_NONE, LINE_KERNEL, LINE_INITRD, LINE_DISK };

/* One module's command line. */
struct config_line {
	enum line_role role;
	bool bad;      /* had an error: whatever depends on it is left out */
	bool used;     /* LINE_DISK, LINE_INITRD: some guest asked for it */
	char name[32]; /* of the guest or the disk; "" when not even that was right */
	char file[CONFIG_FILE];
	struct guest_config *guest; /* LINE_KERNEL: NULL when there were too many */
};

struct parse {
	struct config *c;
	const struct boot_info *b;
	config_error_fn *error;
	void *ctx;
	const char
		*lent; /* what the hypervisor's line has for a module without one; NULL: nothing */
	struct config_line line[BOOT_MODULES];
};

/* Report, count, and mark the line; "module 2 (bzImage, guest alpha): " comes before the text. */
void config_line_error(struct parse *p, struct config_line *l, const char *fmt, ...) PRINTF(3, 4);
/* The same about the hypervisor's own options. */
void config_option_error(struct parse *p, const char *fmt, ...) PRINTF(2, 3);

void config_lines(struct parse *p);   /* line.c: read every module's line */
void config_link(struct parse *p);    /* link.c: names to modules, duplicates, leftovers */
void config_options(struct parse *p); /* options.c: the hypervisor's command line */

#endif
