/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report: its lines are made anew each time it is shown, so a page of it costs no memory.
 * Nothing in it asks a device that is not ours, beyond PCI's configuration space.
 */
#include "hv/report/report.h"
#include "devices/host/board/board.h"
#include "devices/host/irq.h"
#include "devices/host/ps2.h"
#include "devices/host/textscreen.h"
#include "devices/host/uart.h"
#include "hv/config/boot.h"
#include "hv/config/config.h"
#include "hv/console/console.h"
#include "hv/report/private.h"
#include "hv/time/time.h"
#include "lib/string.h"
#include "mm/frame.h"

#define KEPT_ROWS 3u		 /* of the screen, for the prompt and a word below */
#define PAGE_NS	  20000000000ull /* a page is shown so long when no key is pressed */

static const struct boot_info *boot;

void report_init(const struct boot_info *b)
{
	boot = b;
}

/* ---- Its parts ------------------------------------------------------------------------------ */

static void memory(struct report *r)
{
	static const char *const type[] = {"?", "RAM", "reserved", "ACPI", "ACPI NVS", "unusable"};

	for (u32 i = 0; i < boot->map_entries; i++) {
		const struct memmap_entry *e = &boot->map[i];

		report_line(r, "memory: %010llx..%010llx %s", (unsigned long long)e->base,
			    (unsigned long long)(e->base + e->length),
			    type[e->type < ARRAY_LEN(type) ? e->type : 0]);
	}
	report_line(r, "memory: %u MiB for us and the guests, %u MiB are free",
		    frame_total_count() >> (20 - PAGE_SHIFT),
		    frame_free_count() >> (20 - PAGE_SHIFT));
}

static void firmware(struct report *r)
{
	static const char *const acpi[] = {"none", "by the RSDT", "by the XSDT"};
	static const char *const reset[] = {"no register", "a port", "a register in memory",
					    "a PCI register"};

	report_line(r, "acpi: %s; switching off: %s; reset: %s", acpi[board.acpi],
		    board.soft_off ? "_S5_" : "no", reset[board.reset.kind]);
	if (board.soft_off)
		report_line(r, "acpi: PM1 control %#x %#x, sleep types %u %u, PM timer %#x",
			    board.power.pm1a, board.power.pm1b, board.power.type_a,
			    board.power.type_b, board.pm_timer);
	if (board.hpet)
		report_line(r, "hpet: at %#x", board.hpet);
	if (board.interrupts)
		report_line(r, "processors: %u, one is used; I/O APICs: %u, the first at %#x (%s)",
			    board.cpus, board.ioapics, board.ioapic[0].address, board.interrupts);
}

static void console(struct report *r)
{
	u32 columns, rows = text_size(&columns);

	if (boot->framebuffer.width)
		report_line(r, "screen: graphics, %ux%u, %u bits a pixel at %#llx",
			    boot->framebuffer.width, boot->framebuffer.height,
			    boot->framebuffer.bpp, (unsigned long long)boot->framebuffer.address);
	if (rows)
		report_line(r, "screen: %u columns, %u rows of text", columns, rows);
	else
		report_line(r, "screen: no text");
	if (uart_base())
		report_line(r, "serial: port %#x, %u baud, %s", uart_base(), config.opt.uart_baud,
			    uart_fifo() ? "FIFO" : "no FIFO that works");
	else
		report_line(r, "serial: none");
	report_line(r, "keyboard: %s", ps2_present() ? "PS/2" : "no controller answers");
}

static void time_and_interrupts(struct report *r)
{
	report_line(r, "time: %s", time_source());
	report_line(r, "interrupts: %s; %u spurious, %u for nobody", pic_name(), host_irq_spurious,
		    host_irq_stray);
}

static void everything(struct report *r)
{
	r->at = 0;
	report_line(r, "report: loaded by %s",
		    boot->loader[0] ? boot->loader : "a loader without a name");
	report_line(r, "options: %s", boot->cmdline);
	report_cpu(r);
	memory(r);
	firmware(r);
	time_and_interrupts(r);
	console(r);
	report_functions(r);
	report_line(r, "report: that is all");
}

/* ---- Showing it ----------------------------------------------------------------------------- */

static void to_console(const char *text)
{
	console_line(NULL, text);
}

static void to_screen(const char *text)
{
	text_write(text, (u32)strlen(text));
	text_write("\n", 1);
	(void)text_draw(~0u);
}

static void nowhere(const char *text UNUSED)
{
}

static u32 count_lines(void)
{
	struct report r = {.line = nowhere};

	everything(&r);
	return r.at;
}

static u32 page_rows(void)
{
	u32 columns, rows = text_size(&columns);

	return rows > 2 * KEPT_ROWS ? rows - KEPT_ROWS : 22;
}

void report_show(u32 page)
{
	struct report r = {.to = ~0u, .line = to_console};
	u32 rows = page_rows(), pages = (count_lines() + rows - 1) / rows;
	char text[REPORT_COLUMNS + 1];

	if (page) {
		page = MIN(page, pages);
		r.from = (page - 1) * rows;
		r.to = r.from + rows;
	}
	everything(&r);
	if (page && page < pages)
		snprintf(text, sizeof(text), "page %u of %u: report %u shows the next", page, pages,
			 page + 1);
	else
		snprintf(text, sizeof(text), "report 1 to report %u show it in pages", pages);
	to_console(text);
}

/* Until a key is pressed, or the time is over. */
static void await_key(void)
{
	u64 end = now_ns() + PAGE_NS;

	while (now_ns() < end && uart_getc() < 0 && ps2_getc() < 0)
		host_irq_take();
}

void report_at_boot(void)
{
	struct report r = {.to = ~0u, .line = to_console};
	u32 columns, lines = count_lines(), rows = page_rows();
	char text[REPORT_COLUMNS + 1];

	console_screen(false);
	everything(&r);
	console_screen(config.opt.vga && !config.opt.frames);
	if (!config.opt.vga || config.opt.frames || !text_size(&columns))
		return;
	r.line = to_screen;
	for (r.from = 0; r.from < lines; r.from += rows) {
		r.to = r.from + rows;
		everything(&r);
		snprintf(text, sizeof(text),
			 "-- %u of %u lines on the screen; a key or 20 s: go on --",
			 MIN(r.to, lines), lines);
		to_console(text);
		await_key();
	}
}
