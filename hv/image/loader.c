/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's first memory: kernel image, initrd, command line and boot_params, all written
 * through guest_write() into RAM that is zero. The image is checked and planned completely
 * before the first byte is copied; a refusal says what is wrong and what to do. Copying is done in
 * parts, between which others have their turns.
 */
#include "abi/lguest.h"
#include "devices/devices.h"
#include "hv/guest/guest.h"
#include "hv/image/image.h"
#include "hv/image/plan.h"
#include "lib/log.h"
#include "lib/string.h"

#define E820_RAM      1
#define E820_RESERVED 2
#define E820_ENTRY    20u
#define BOOT_PROTO    0x0207u /* the first one whose kernels look at hardware_subarch */
#define LOADER_TYPE   0xffu   /* "undefined"; 0 would make the kernel ignore the initrd */

/* struct screen_info, the first bytes of boot_params (Linux, Documentation/x86/zero-page.txt). */
#define BOOT_PARAMS_SCREEN 0x00u
#define SI_VIDEO_TYPE	   0x0fu
#define SI_WIDTH	   0x12u
#define SI_HEIGHT	   0x14u
#define SI_DEPTH	   0x16u
#define SI_BASE		   0x18u
#define SI_SIZE		   0x1cu
#define SI_LINE		   0x24u
#define SI_COLOURS	   0x26u
#define SI_PAGES	   0x32u
#define SI_ATTRIBUTES	   0x34u
#define VIDEO_TYPE_LINEAR  0x23u
/* VBE 3.0, 4.3 ModeAttributes: supported, colour, graphics, not VGA compatible, linear. */
#define VESA_LINEAR_GRAPHICS 0x00b9u

_Static_assert(SI_ATTRIBUTES + 2 <= 0x40 && SI_COLOURS + 8 <= SI_PAGES, "struct screen_info");
_Static_assert(GUEST_CMDLINE == BP_CMDLINE_MAX, "what is configured is what a kernel copies");
_Static_assert(BP_E820_MAP + E820_ENTRY <= PAGE_SIZE, "boot_params are one page");

/* Guests without high memory cannot see RAM above about 895 MiB. */
#define INITRD_TOP MIB(768)

/* Files that people give by mistake, by their first bytes. */
static const struct {
	u8 len;
	const char *magic, *what;
} known_files[] = {
	{2, "\x1f\x8b", "a gzip file; unpack it first"},
	{6,
	 "\xfd"
	 "7zXZ",
	 "an xz file; unpack it first"},
	{6, "070701", "a cpio archive; give it as initrd="},
};

static bool plan_image(const struct image *i, struct load_plan *p)
{
	static const u8 none[4];
	const u8 *b = i->len >= 4 ? i->bytes : none;

	if (!i->len)
		return load_refuse(p, "the module has no bytes; see what was said about it above");
	if (elf_is(i))
		return elf_plan(i, p);
	if (bzimage_is(i))
		return bzimage_plan(i, p);
	for (u32 k = 0; k < ARRAY_LEN(known_files); k++)
		if (i->len >= known_files[k].len &&
		    memcmp(i->bytes, known_files[k].magic, known_files[k].len) == 0)
			return load_refuse(p, "it is %s", known_files[k].what);
	return load_refuse(
		p,
		"%u bytes beginning with %02x %02x %02x %02x are neither an ELF file nor "
		"a Linux bzImage",
		i->len, b[0], b[1], b[2], b[3]);
}

/* The initrd's place: the top of the RAM that every kernel sees, page aligned. */
static bool place_initrd(struct load_plan *p, u32 ram, u32 len, gpa_t *at)
{
	u32 limit = p->initrd_end ? MIN(p->initrd_end, INITRD_TOP) : INITRD_TOP;
	u32 top = MIN(ram, limit) & PAGE_MASK;
	u64 need = ((u64)len + PAGE_SIZE - 1) & ~(u64)(PAGE_SIZE - 1);

	if (!len)
		return load_refuse(p, "the module has no bytes; leave the initrd out or give one");
	if (need > top || top - need < p->first_free)
		return load_refuse(
			p,
			"the initrd of %u bytes does not fit between the kernel's end %#x "
			"and %#x; %s",
			len, p->first_free, top, load_advise(p->first_free + need).text);
	*at = top - (u32)need;
	return true;
}

/* A kernel cuts off what it has no room for, without a word. */
static bool cmdline_fits(struct load_plan *p, const char *cmdline)
{
	u32 len = (u32)strlen(cmdline);

	return !p->cmdline_max || len <= p->cmdline_max ||
	       load_refuse(p, "its command line has %u characters, this kernel takes %u", len,
			   p->cmdline_max);
}

static bool put(struct guest *g, gpa_t at, u32 value, u32 size)
{
	u8 le[4] = {(u8)value, (u8)(value >> 8), (u8)(value >> 16), (u8)(value >> 24)};

	return guest_write(&g->mem, at, le, size);
}

/* Linux up to 4.13 takes a memory map of one entry for none as soon as `mem=` made it look again
 * ("Invalid user supplied memory map"), and with lguest's subarch it reads the first one only. So a
 * second one, what is reserved at the top, comes as an extension (Documentation/x86/boot.txt,
 * setup_data), in the last part of the zero page, which has no other use. */
#define SETUP_NODE     0xf00u /* u64 next, u32 type, u32 length, data */
#define SETUP_E820_EXT 1

static bool write_memory_map(struct guest *g)
{
	const struct {
		u32 at, value; /* an entry: u64 address, u64 size, u32 type */
	} word[] = {
		{BP_E820_ENTRIES, 1},
		{BP_E820_MAP + 8, g->config->mem_bytes},
		{BP_E820_MAP + 16, E820_RAM},
		{BP_SETUP_DATA, SETUP_NODE},
		{SETUP_NODE + 8, SETUP_E820_EXT},
		{SETUP_NODE + 12, E820_ENTRY},
		{SETUP_NODE + 16, 0u - LGUEST_RESERVED_TOP},
		{SETUP_NODE + 16 + 8, LGUEST_RESERVED_TOP},
		{SETUP_NODE + 16 + 16, E820_RESERVED},
	};

	for (u32 k = 0; k < ARRAY_LEN(word); k++)
		if (!put(g, word[k].at, word[k].value, word[k].at == BP_E820_ENTRIES ? 1 : 4))
			return false;
	return true;
}

/* What the ABI wants in boot_params; the rest of the page stays zero, on purpose: a screen_info
 * of zero selects the dummy console, a sentinel of zero keeps the page as it is. So does one that
 * describes a framebuffer; its text columns stay zero, or a decompressor would print at 0xb8000. */
static bool write_boot_params(struct guest *g, const struct load_plan *p, gpa_t initrd,
			      u32 initrd_len)
{
	const struct {
		u32 at, size, value;
	} field[] = {
		{BP_HDR_VERSION, 2, BOOT_PROTO},
		{BP_LOADER_TYPE, 1, LOADER_TYPE},
		{BP_LOADFLAGS, 1, LOADFLAG_KEEP_SEGMENTS},
		{BP_RAMDISK_IMAGE, 4, initrd},
		{BP_RAMDISK_SIZE, 4, initrd_len},
		{BP_CMDLINE_PTR, 4, BP_CMDLINE_GPA},
		{BP_KERNEL_ALIGN, 4, p->alignment ? p->alignment : KERNEL_ALIGNMENT},
		{BP_INIT_SIZE, 4, p->init_size},
		{BP_SUBARCH, 4, SUBARCH_LGUEST},
	};

	for (u32 k = 0; k < ARRAY_LEN(field); k++)
		if (!put(g, field[k].at, field[k].value, field[k].size))
			return false;
	return true;
}

/* The display as a framebuffer that the firmware has set up (struct screen_info). */
static bool write_screen_info(struct guest *g)
{
	struct display_mode m;

	if (!bus_display(g->bus, &m))
		return true;
	const struct {
		u32 at, size, value;
	} field[] = {
		{SI_VIDEO_TYPE, 1, VIDEO_TYPE_LINEAR},
		{SI_WIDTH, 2, m.width},
		{SI_HEIGHT, 2, m.height},
		{SI_DEPTH, 2, m.bpp},
		{SI_BASE, 4, m.address},
		{SI_SIZE, 4, (m.stride * m.height + 0xffffu) >> 16}, /* units of 64 KiB */
		{SI_LINE, 2, m.stride},
		{SI_COLOURS, 4, 8u | 16u << 8 | 8u << 16 | 8u << 24}, /* red, green: size, place */
		{SI_COLOURS + 4, 4, 8u | 0u << 8 | 8u << 16 | 24u << 24}, /* blue, unused */
		{SI_PAGES, 2, 1},
		{SI_ATTRIBUTES, 2, VESA_LINEAR_GRAPHICS},
	};

	for (u32 k = 0; k < ARRAY_LEN(field); k++)
		if (!put(g, BOOT_PARAMS_SCREEN + field[k].at, field[k].value, field[k].size))
			return false;
	return true;
}

static struct image open_module(const struct guest *g, const struct boot_module *m)
{
	return (struct image){
		.bytes = module_bytes(m),
		.len = m->end > m->start ? m->end - m->start : 0,
		.ram = g->config->mem_bytes,
	};
}

#define COPIES (IMAGE_PARTS + 1) /* the initrd is one more */

struct load {
	struct load_plan plan;
	gpa_t initrd_at;
	u32 kernel_len, initrd_len;
	u32 copies, done; /* those that are complete */
	struct {
		const u8 *from;
		gpa_t to;
		u32 left;
	} copy[COPIES];
};

static bool add_copy(const struct guest *g, struct load *l, const u8 *from, gpa_t to, u32 len)
{
	BUG_ON(l->copies == COPIES);
	if (len && !guest_ram_ok(&g->mem, to, len))
		return load_refuse(&l->plan, "%#x bytes at %#x do not lie in its memory", len, to);
	l->copy[l->copies].from = from;
	l->copy[l->copies].to = to;
	l->copy[l->copies++].left = len;
	return true;
}

static bool add_copies(const struct guest *g, struct load *l, const struct image *kernel)
{
	for (u32 k = 0; k < l->plan.parts; k++)
		if (!add_copy(g, l, kernel->bytes + l->plan.part[k].offset, l->plan.part[k].to,
			      l->plan.part[k].len))
			return false;
	return guest_ram_ok(&g->mem, 0, IMAGE_LOWEST) ||
	       load_refuse(&l->plan, "there is no room for boot_params and the command line");
}

enum hv_status load_begin(struct guest *g, struct load **out)
{
	const struct guest_config *c = g->config;
	struct load *l = arena_alloc(&g->arena, sizeof(*l));
	struct image kernel = open_module(g, c->kernel), initrd = {0};
	const char *what = "kernel";
	bool ok;

	if (!l)
		return HV_NOMEM;
	ok = plan_image(&kernel, &l->plan) && cmdline_fits(&l->plan, c->cmdline) &&
	     add_copies(g, l, &kernel);
	if (ok && c->initrd) {
		what = "initrd";
		initrd = open_module(g, c->initrd);
		ok = place_initrd(&l->plan, c->mem_bytes, initrd.len, &l->initrd_at) &&
		     add_copy(g, l, initrd.bytes, l->initrd_at, initrd.len);
	}
	if (!ok) {
		snprintf(g->why, sizeof(g->why), "%s: %s", what, l->plan.why);
		return HV_BADARG;
	}
	l->kernel_len = kernel.len;
	l->initrd_len = initrd.len;
	*out = l;
	return HV_OK;
}

bool load_part(struct guest *g, struct load *l, u32 bytes)
{
	while (bytes && l->done < l->copies) {
		u32 n = MIN(bytes, l->copy[l->done].left);

		BUG_ON(n && !guest_write(&g->mem, l->copy[l->done].to, l->copy[l->done].from, n));
		l->copy[l->done].from += n;
		l->copy[l->done].to += n;
		l->copy[l->done].left -= n;
		l->done += !l->copy[l->done].left;
		bytes -= n;
	}
	return l->done == l->copies;
}

gpa_t load_end(struct guest *g, const struct load *l)
{
	const char *cmdline = g->config->cmdline;

	BUG_ON(!guest_write(&g->mem, BP_CMDLINE_GPA, cmdline, (u32)strlen(cmdline) + 1) ||
	       !write_boot_params(g, &l->plan, l->initrd_at, l->initrd_len) ||
	       !write_memory_map(g) || !write_screen_info(g));
	log_line(LOG_INFO, g->name, "loaded kernel=%u initrd=%u entry=%#x", l->kernel_len,
		 l->initrd_len, l->plan.entry);
	return l->plan.entry;
}
