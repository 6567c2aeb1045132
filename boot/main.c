/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the boot loader to hv_main(): an early console and fault handlers first, so that nothing
 * dies silently; then what only can be read while paging is off (BIOS data, ACPI tables, the
 * loader's strings) is copied out.
 */
#include "boot/layout.h"
#include "boot/multiboot.h"
#include "devices/host/bios.h"
#include "devices/host/board/board.h"
#include "devices/host/fbtext.h"
#include "devices/host/uart.h"
#include "devices/host/vga.h"
#include "hv/config/boot.h"
#include "hv/hv.h"
#include "lib/cpu.h"
#include "lib/log.h"
#include "lib/x86.h"

#define EARLY_BAUD 115200u
#define A20_OFFSET 0x500u /* in the first megabyte: behind the BIOS data area */

void boot_main(u32 magic, const struct mbi *mbi);

_Static_assert(IMAGE_PAGE == PAGE_SIZE, "the linker script's pages");
_Static_assert(IMAGE_BASE + IMAGE_MAX <= MIB(4), "the first 4 MiB are mapped by small pages");
_Static_assert(A20_OFFSET >= 0x500u && A20_OFFSET < IMAGE_PAGE && IMAGE_BASE == BIT(20),
	       "the twin of the word that tests A20 lies behind the BIOS data area");

extern char image_start[], image_end[];

static struct boot_info boot_info;

/* A firmware may leave the caches off (Bochs' does: CR0.CD = NW = 1). FPU errors are to come as
 * exception 16, not over the second PIC; with TS and EM clear the FPU code may look at it. */
static void cpu_sane_state(void)
{
	u32 cr0 = read_cr0();

	if (cr0 & (CR0_CD | CR0_NW))
		wbinvd();
	write_cr0((cr0 & ~(CR0_CD | CR0_NW | CR0_AM)) | CR0_NE);
}

/* The first serial port that answers: the usual place, else where the BIOS found some. */
static void early_console(bool graphics)
{
	bool serial = uart_init(UART_COM1, EARLY_BAUD);

	for (unsigned i = 0; !serial && i < ARRAY_LEN(bios.com); i++)
		serial = bios.com[i] && uart_init(bios.com[i], EARLY_BAUD);
	if (graphics)
		bios.text_mode = false;
	vga_init();
}

/* A screen in a graphics mode has no text but what is drawn. */
static void graphics_console(const struct mbi *mbi)
{
	if (!fbtext_init(&boot_info.framebuffer))
		log_line(LOG_WARN, NULL,
			 "the screen stays dark: cannot draw in the loader's mode, %ux%u with %u "
			 "bits a pixel; text is on the serial line only",
			 mbi->framebuffer_width, mbi->framebuffer_height, mbi->framebuffer_bpp);
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

void boot_main(u32 magic, const struct mbi *mbi)
{
	bool valid = magic == MULTIBOOT_ENTRY_MAGIC;
	bool graphics = valid && (mbi->flags & MBI_FRAMEBUFFER) &&
			mbi->framebuffer_type != FRAMEBUFFER_TEXT;

	cpu_sane_state();
	hv_early();
	bios_data_read();
	early_console(graphics);
	if (!valid)
		panic("not started by a multiboot 1 loader (EAX=%#x)", magic);
	if (!a20_works())
		panic("address line A20 is off: the boot loader broke the multiboot contract");

	cpu_detect();
	if (cpu.family < 4)
		panic("this CPU is a 386: a 486 is needed, or a later one");
	if (!multiboot_memory(&boot_info, mbi, physical_limit()))
		panic("the boot loader reported no memory (flags=%#x)", mbi->flags);
	multiboot_framebuffer(&boot_info, mbi);
	if (graphics)
		graphics_console(mbi);
	multiboot_copy(&boot_info, mbi, (struct image_range){(u32)image_start, (u32)image_end});
	board_read(&board, bios.ebda, 0, direct, NULL);
	hv_main(&boot_info);
}
