/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/config/[a-z]*.c boot/grub.c devices/host/keymap.c tests/unit/support.c */
/*
 * A boot loader's command lines: the first line is the hypervisor's, each further one a module's.
 * All may have been through GRUB 2. What comes out of them is within its limits, and so are
 * the messages.
 */
#include "boot/grub.h"
#include "hv/config/config.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static struct config c;
static struct boot_info b;
static u32 messages;

static void complain(void *ctx, const char *text)
{
	(void)ctx;
	messages++;
	MUST(strlen(text) < 1024 && !strchr(text, '\n'));
}

static void judge(const struct guest_config *g)
{
	MUST(g->name[0] && strlen(g->name) < sizeof(g->name));
	MUST(g->kernel >= b.module && g->kernel < b.module + b.modules);
	MUST(!g->initrd || (g->initrd >= b.module && g->initrd < b.module + b.modules));
	MUST(g->mem_bytes >= MIB(1) && g->mem_bytes <= MIB(3072) && g->mem_bytes % PAGE_SIZE == 0);
	MUST(g->weight >= 1 && g->weight <= 100);
	MUST(g->disks <= GUEST_DISKS && g->nics <= GUEST_NICS && g->shms <= GUEST_SHMS &&
	     g->lent_count <= GUEST_LENT);
	MUST(strlen(g->cmdline) < sizeof(g->cmdline));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	char *line[BOOT_MODULES + 1] = {NULL};
	bool grub = size && data[0] & 1;
	u32 lines = 0;

	for (const u8 *at = data, *end = data + size; at < end && lines <= BOOT_MODULES;) {
		const u8 *stop = memchr(at, '\n', (size_t)(end - at));
		size_t n = (size_t)((stop ? stop : end) - at);

		line[lines] = calloc(1, n + 1); /* a block of exactly its size */
		memcpy(line[lines], at, n);
		if (grub)
			grub2_unquote(line[lines]);
		lines++;
		at = stop ? stop + 1 : end;
	}
	memset(&b, 0, sizeof(b));
	memset(&c, 0xee, sizeof(c));
	b.cmdline = lines ? line[0] : "";
	for (u32 i = 1; i < lines; i++) {
		b.module[b.modules].start = 0x200000 + i * 0x10000;
		b.module[b.modules].end = b.module[b.modules].start + 0x1000;
		b.module[b.modules++].cmdline = line[i];
	}
	messages = 0;
	config_parse(&c, &b, complain, &c);
	MUST(c.errors == messages && c.guests <= GUESTS_MAX);
	for (u32 i = 0; i < c.guests; i++)
		judge(&c.guest[i]);
	for (u32 i = 0; i < lines; i++)
		free(line[i]);
	return 0;
}
