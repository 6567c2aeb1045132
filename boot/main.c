/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the boot loader to hv_main(): an early console and fault handlers first, so that nothing
 * dies silently; then what only can be read while paging is off (BIOS data, ACPI tables, the
 * loader's strings) is copied out.
 */
#include "boot/handover.h"
#include "boot/layout.h"
#include "devices/host/bios.h"
#include "devices/host/board/board.h"
#include "devices/host/fbtext.h"
#include "devices/host/serial.h"
#include "devices/host/vga.h"
#include "hv/config/boot.h"
#include "hv/hv.h"
#include "lib/cpu.h"
#include "lib/log.h"
#include "lib/x86.h"

#define EARLY_BAUD 115200u
#define A20_OFFSET 0x500u /* in the first megabyte: behind the BIOS data area */

void boot_main(u32 magic, u32 info);

_Static_assert(IMAGE_PAGE == PAGE_SIZE, "the linker script's pages");
_Static_assert(IMAGE_BASE + IMAGE_MAX <= MIB(4), "the first 4 MiB are mapped by small pages");
_Static_assert(A20_OFFSET >= 0x500u && A20_OFFSET < IMAGE_PAGE && IMAGE_BASE == BIT(20),
	       "the twin of the word that tests A20 lies behind the BIOS data area");

extern char image_start[], image_end[];

static struct boot_info boot_info;
static struct handover handover;

static const struct {
	u32 magic; /* what a loader of this protocol leaves in EAX */
	void (*read)(struct handover *h, u32 info);
} protocols[] = {
	{MULTIBOOT_ENTRY_MAGIC, multiboot_read},
	{MULTIBOOT2_ENTRY_MAGIC, multiboot2_read},
};

/* A firmware may leave the caches off (Bochs' does: CR0.CD = NW = 1). FPU errors are to come as
 * exception 16, not over the second PIC; with TS and EM clear the FPU code may look at it. */
static void cpu_sane_state(void)
{
	u32 cr0 = read_cr0();

	if (cr0 & (CR0_CD | CR0_NW))
		wbinvd();
	write_cr0((cr0 & ~(CR0_CD | CR0_NW | CR0_AM)) | CR0_NE);
}

static void early_console(bool no_text)
{
	(void)serial_early(EARLY_BAUD);
	if (no_text)
		bios.text_mode = false;
	vga_init();
}

/* A screen in a graphics mode has no text but what is drawn. */
static void graphics_console(const struct framebuffer_info *told)
{
	if (!fbtext_init(&boot_info.framebuffer))
		log_line(LOG_WARN, NULL,
			 "the screen stays dark: cannot draw in the loader's mode, %ux%u with %u "
			 "bits a pixel; text is on the serial line only",
			 told->width, told->height, told->bpp);
}

/* The multiboot contract says that address line 20 is on. It cannot be repaired from here: with
 * the line off, this code is running from the first megabyte, and would vanish at the switch. */
static bool a20_works(void)
{
	/* A word of ours, and the one that has the same address but for bit 20. */
	volatile u32 *high = (volatile u32 *)(void *)(image_start + A20_OFFSET);
	volatile u32 *low = (volatile u32 *)((uintptr_t)high ^ BIT(20));
	u32 saved = *low, before = *high;
	bool works;

	*low = ~before;
	works = *high == before;
	*low = saved;
	return works;
}

/* While paging is off, an address is its own. */
static const void *direct(void *ctx, u32 phys, u32 len)
{
	(void)ctx;
	return len <= UINT32_MAX - phys ? (const void *)(uintptr_t)phys : NULL;
}

static u64 physical_limit(void)
{
	return cpu.pae ? 1ull << cpu.phys_bits : 1ull << 32;
}

static bool read_loader(u32 magic, u32 info)
{
	for (u32 i = 0; i < ARRAY_LEN(protocols); i++)
		if (magic == protocols[i].magic) {
			protocols[i].read(&handover, info);
			return true;
		}
	return false;
}

void boot_main(u32 magic, u32 info)
{
	const struct image_range image = {(u32)image_start, (u32)image_end};
	bool valid, graphics;

	cpu_sane_state();
	hv_early();
	valid = read_loader(magic, info);
	graphics = handover.screen == SCREEN_GRAPHICS;
	bios_data_read();
	if (handover.efi) /* page 0 is anybody's */
		bios = (struct bios_data){.columns = 80, .rows = 25};
	early_console(graphics || handover.efi);
	if (!valid)
		panic("not started by a multiboot loader (EAX=%#x)", magic);
	if (!a20_works())
		panic("address line A20 is off: the boot loader broke the multiboot contract");

	cpu_detect();
	if (cpu.family == 3)
		panic("this CPU is a 386: a 486 is needed, or a later one");
	if (bios.ebda)
		handover_reserve(&handover, bios.ebda, MIB(1));
	if (!handover_memory(&boot_info, &handover, physical_limit()))
		panic("the boot loader reported no memory");
	handover_framebuffer(&boot_info, &handover);
	if (graphics)
		graphics_console(&handover.framebuffer);
	handover_copy(&boot_info, &handover, image);
	board_read(&board, bios.ebda, handover.rsdp, direct, NULL);
	handover_settle(&boot_info, image);
	hv_main(&boot_info);
}
