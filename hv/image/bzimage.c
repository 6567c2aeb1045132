/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Linux bzImage files (Documentation/x86/boot.txt): the protected-mode part goes to 1 MiB; the
 * real-mode set-up code in front of it is neither loaded nor run.
 */
#include "abi/lguest.h"
#include "hv/image/plan.h"
#include "lib/string.h"

#define SETUP_SECTS  0x1f1
#define SYSSIZE	     0x1f4
#define HEADER_MAGIC 0x202
#define PROTOCOL     0x206
#define LOADFLAGS    0x211
#define VERSION	     0x20e
#define CODE32_START 0x214
#define INITRD_MAX   0x22c
#define KERNEL_ALIGN 0x230
#define RELOCATABLE  0x234
#define XLOADFLAGS   0x236
#define CMDLINE_SIZE 0x238
#define PREF_ADDRESS 0x258
#define INIT_SIZE    0x260
#define HEADER_END   0x264u

#define SECTOR	      512u
#define OLD_SETUP     4u /* what a setup_sects of 0 means */
#define LOADED_HIGH   0x01
#define PROTOCOL_HIGH 0x200u	  /* first one with HdrS */
#define PROTOCOL_TOP  0x203u	  /* first one with initrd_addr_max ... */
#define OLD_TOP	      0x37ffffffu /* ... and what it is before */
#define PROTOCOL_SIZE 0x204u	  /* first one whose syssize is right */
#define PARAGRAPH     16u
#define PROTOCOL_LINE 0x206u  /* first one with cmdline_size ... */
#define OLD_LINE      255u    /* ... and before */
#define PROTOCOL_64   0x20cu  /* first one with xloadflags ... */
#define KERNEL_64     0x0001u /* ... which tell a 64-bit kernel */
#define PROTOCOL_INIT 0x20au  /* first one with pref_address and init_size */
#define LOAD_AT	      MIB(1)
#define LGUEST_MAJOR  4u
#define LGUEST_MINOR  13u

_Static_assert(INIT_SIZE + 4 == HEADER_END, "what is read lies in what was checked to be there");
_Static_assert(LOADFLAGS == BP_LOADFLAGS && KERNEL_ALIGN == BP_KERNEL_ALIGN &&
		       INIT_SIZE == BP_INIT_SIZE,
	       "the set-up header has one place in the file and in boot_params");

bool bzimage_is(const struct image *i)
{
	return i->len >= HEADER_END && memcmp(i->bytes + HEADER_MAGIC, "HdrS", 4) == 0;
}

/*
 * Where the unpacked kernel ends. A relocatable one goes to the next multiple of its alignment at
 * or above the place it was loaded to, but never below the address it prefers; both numbers and the
 * size reach its decompressor through boot_params (kernel_alignment, init_size).
 */
static bool unpacked_end(const struct image *i, struct load_plan *p)
{
	u64 end;

	if (image_u16(i, PROTOCOL) < PROTOCOL_INIT)
		return true;
	p->init_size = image_u32(i, INIT_SIZE);
	end = image_u32(i, PREF_ADDRESS);
	if (i->bytes[RELOCATABLE]) {
		p->alignment = image_u32(i, KERNEL_ALIGN);
		if (!p->alignment || (p->alignment & (p->alignment - 1)))
			return load_refuse(
				p, "the bzImage's kernel_alignment %#x is not a power of two",
				p->alignment);
		end = MAX(end, ((u64)LOAD_AT + p->alignment - 1) & ~((u64)p->alignment - 1));
	}
	end += p->init_size;
	if (end > i->ram)
		return load_refuse(
			p, "the kernel unpacks itself up to %#llx, the guest has %#x bytes; %s",
			(unsigned long long)end, i->ram, load_advise(end).text);
	p->first_free = MAX(p->first_free, (u32)end);
	return true;
}

/* What the kernel says it can take: the highest address of an initrd's last byte, and the length of
 * a command line. */
static void read_limits(const struct image *i, struct load_plan *p)
{
	u16 protocol = image_u16(i, PROTOCOL);
	u32 top = protocol < PROTOCOL_TOP ? OLD_TOP : image_u32(i, INITRD_MAX);

	p->initrd_end = MIN(top, 0xfffffffeu) + 1;
	p->cmdline_max = protocol < PROTOCOL_LINE ? OLD_LINE : image_u32(i, CMDLINE_SIZE);
}

static u32 number(const char **at)
{
	u32 n = 0;

	while (**at >= '0' && **at <= '9' && n < 1000)
		n = n * 10 + (u32)(*(*at)++ - '0');
	return n;
}

/* What no memory and no option would make run. The version is a text that begins with its number;
 * lguest's side of a guest was taken out of Linux with 4.14. */
static bool can_be_guest(const struct image *i, struct load_plan *p)
{
	u32 at = image_u16(i, VERSION) + SECTOR, major, minor;
	char version[32] = "";
	const char *c = version;

	if (image_u16(i, PROTOCOL) >= PROTOCOL_64 && image_u16(i, XLOADFLAGS) & KERNEL_64)
		return load_refuse(
			p, "this Linux kernel is a 64-bit one; guests are 32-bit kernels with "
			   "CONFIG_LGUEST_GUEST=y");
	if (at == SECTOR || at + sizeof(version) > i->len)
		return true;
	for (u32 n = 0;
	     n < sizeof(version) - 1 && i->bytes[at + n] > ' ' && i->bytes[at + n] <= '~'; n++)
		version[n] = (char)i->bytes[at + n];
	major = number(&c);
	minor = *c == '.' ? (c++, number(&c)) : 0;
	if (major > LGUEST_MAJOR || (major == LGUEST_MAJOR && minor > LGUEST_MINOR))
		return load_refuse(p,
				   "Linux %s cannot be a guest: %u.%u was the last one that has "
				   "CONFIG_LGUEST_GUEST",
				   version, LGUEST_MAJOR, LGUEST_MINOR);
	return true;
}

/* Does the kernel lie in the file, as far as the header tells? A signature behind it is no harm. */
static bool is_whole(const struct image *i, u32 offset, struct load_plan *p)
{
	u64 end = (u64)image_u32(i, SYSSIZE) * PARAGRAPH + offset;
	bool begins = i->len > offset;

	if (begins && (image_u16(i, PROTOCOL) < PROTOCOL_SIZE || end < (u64)i->len + PARAGRAPH))
		return true;
	return load_refuse(p,
			   "the bzImage ends at %#x, before its kernel %s at %#llx; it is "
			   "truncated, copy it again",
			   i->len, begins ? "ends" : "begins",
			   begins ? (unsigned long long)end : offset);
}

bool bzimage_plan(const struct image *i, struct load_plan *p)
{
	u32 sects = i->bytes[SETUP_SECTS] ? i->bytes[SETUP_SECTS] : OLD_SETUP;
	u32 offset = (sects + 1) * SECTOR;
	u32 len;

	if (image_u16(i, PROTOCOL) < PROTOCOL_HIGH || !(i->bytes[LOADFLAGS] & LOADED_HIGH))
		return load_refuse(p,
				   "the Linux image is an old zImage (protocol %#x); a bzImage is "
				   "needed",
				   image_u16(i, PROTOCOL));
	if (!can_be_guest(i, p))
		return false;
	if (!is_whole(i, offset, p))
		return false;
	len = i->len - offset;
	if (i->ram < LOAD_AT || len > i->ram - LOAD_AT)
		return load_refuse(p,
				   "the bzImage needs memory up to %#llx, the guest has %#x bytes; "
				   "raise mem=",
				   (unsigned long long)LOAD_AT + len, i->ram);
	read_limits(i, p);
	p->parts = 1;
	p->part[0].offset = offset;
	p->part[0].len = len;
	p->part[0].to = LOAD_AT;
	p->first_free = LOAD_AT + len;
	p->entry = image_u32(i, CODE32_START);
	if (p->entry < LOAD_AT || p->entry - LOAD_AT >= len)
		return load_refuse(p,
				   "the bzImage's entry %#x lies outside of what is loaded at %#x",
				   p->entry, LOAD_AT);
	return unpacked_end(i, p);
}
