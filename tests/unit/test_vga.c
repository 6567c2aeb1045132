/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: */
/* The text mode's screen against a model of its adapter's registers, with memory where a PC has its
 * own: at 0xa0000, and the BIOS's ROM. The drivers are included. */
#include "lib/base.h"
#include "tests/unit/support.h"

#include <string.h>
#include <sys/mman.h>

#define LIB_X86_H /* the real port accesses stay out */

#define LOW	 0xa0000u
#define LOW_SIZE 0x60000u

/* Three pairs of an index and a data register. */
enum { SEQ, GRA, CRT, PAIRS };
static struct {
	u8 index[PAIRS], reg[PAIRS][256];
	u16 crtc;	  /* its port: colour or monochrome */
	bool ega;	  /* registers cannot be read */
	u8 loading[3][8]; /* how it was set when characters came back to 0xb8000 */
} vga_model;

static int pair_of(u16 port)
{
	return port == 0x3c4 ? SEQ : port == 0x3ce ? GRA : port == vga_model.crtc ? CRT : -1;
}

static void outb(u16 port, u8 v)
{
	int index = pair_of(port), data = pair_of((u16)(port - 1));

	assert_true(index >= 0 || data >= 0);
	if (index >= 0) {
		vga_model.index[index] = v;
		return;
	}
	if (data == GRA && vga_model.index[GRA] == 6 && v == 0x0e)
		memcpy(vga_model.loading[GRA], vga_model.reg[GRA], 8);
	if (data == SEQ && vga_model.index[SEQ] == 2 && v == 3)
		memcpy(vga_model.loading[SEQ], vga_model.reg[SEQ], 8);
	vga_model.reg[data][vga_model.index[data]] = v;
}

static u8 inb(u16 port)
{
	int data = pair_of((u16)(port - 1));

	assert_true(data >= 0);
	if (vga_model.ega && data != CRT)
		return 0xff;
	return vga_model.reg[data][vga_model.index[data]];
}

#include "devices/host/vga.c"
#include "devices/host/vga_rows.c"

struct bios_data bios;

static const struct text_display *opened;
static u32 opened_at;
static u16 found[160 * 64];

void text_open(const struct text_display *d, u32 at)
{
	opened = d;
	opened_at = at;
}

void text_found(u32 at, u8 c, u8 attribute)
{
	found[at] = (u16)(attribute << 8 | c);
}

void text_off(void)
{
	opened = NULL;
}

static u16 *cells(u32 address)
{
	return (u16 *)(uintptr_t)address;
}

static int make_memory(void **state)
{
	(void)state;
	return mmap((void *)(uintptr_t)LOW, LOW_SIZE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED;
}

/* A VGA in mode 3, and a BIOS with letters. */
static int setup(void **state)
{
	u8 *rom = (u8 *)(uintptr_t)ROM_FONT;

	(void)state;
	memset((void *)(uintptr_t)LOW, 0, LOW_SIZE);
	memset(&vga_model, 0, sizeof(vga_model));
	vga_model.crtc = 0x3d4;
	vga_model.reg[CRT][0x07] = 0x1f; /* bit 1: 256 of the last line's number */
	vga_model.reg[CRT][0x12] = 0x8f;
	vga_model.reg[CRT][0x09] = 0x4f;
	vga_model.reg[CRT][0x0f] = 83;
	vga_model.reg[SEQ][2] = 3;
	for (u32 c = '!'; c < 128; c++)
		memset(rom + c * 8, (int)c, 8);
	bios = (struct bios_data){.text_mode = true, .columns = 80, .rows = 25};
	for (u32 i = 0; i < 4000; i++)
		cells(0xb8000)[i] = (u16)(0x1700 | (i % 64 + ' '));
	opened = NULL;
	return 0;
}

static void colour(void **state)
{
	(void)state;
	assert_true(vga_init());
	assert_int_equal(opened->columns, 80);
	assert_int_equal(opened->rows, 25);
	assert_int_equal(opened_at, 83);
	assert_int_equal(found[1999], 0x1700 | (1999 % 64 + ' '));
	opened->cell(3, 2, 'x', 0x4e, true);
	assert_int_equal(cells(0xb8000)[163], 0x4e00 | 'x');
	assert_int_equal(vga_model.reg[CRT][0x0f], 163);
	opened->cell(4, 2, 'y', 0x70, false);
	assert_int_equal(vga_model.reg[CRT][0x0f], 163);
	bios.text_mode = false;
	assert_false(vga_init());
	assert_null(opened);
}

/* Its colours would be blank, or lines under the text. */
static void monochrome(void **state)
{
	static const u8 row[][2] = {{0x07, 0x07}, {0x01, 0x07}, {0x0c, 0x0f},
				    {0x70, 0x70}, {0x1e, 0x70}, {0x00, 0x07}};

	(void)state;
	bios.mono = true;
	vga_model.crtc = 0x3b4;
	assert_true(vga_init());
	for (u32 i = 0; i < ARRAY_LEN(row); i++) {
		opened->cell(i, 24, 'm', row[i][0], true);
		assert_int_equal(cells(0xb0000)[24 * 80 + i], row[i][1] << 8 | 'm');
	}
	assert_int_equal(vga_model.reg[CRT][0x0e] << 8 | vga_model.reg[CRT][0x0f], 24 * 80 + 5);
	assert_int_equal(cells(0xb8000)[24 * 80], 0x1700 | (1920 % 64 + ' '));
}

static void fifty_rows(void **state)
{
	const u8 *plane = (const u8 *)(uintptr_t)0xa0000;

	(void)state;
	assert_true(vga_fifty_rows());
	assert_int_equal(opened->rows, 50);
	assert_int_equal(opened->columns, 80);
	/* Letters were written into plane 2 alone, one byte after the other. */
	assert_int_equal(vga_model.loading[SEQ][2], 4);
	assert_int_equal(vga_model.loading[SEQ][4], 7);
	assert_int_equal(vga_model.loading[GRA][6], 4);
	for (u32 i = 0; i < 8; i++) {
		assert_int_equal(plane['A' * 32 + i], 'A');
		assert_int_equal(plane[' ' * 32 + i], 0);
		assert_int_equal(plane[200 * 32 + i], plane[255 * 32 + i]);
	}
	assert_int_equal(plane[200 * 32 + 1], 0x7e);
	assert_int_equal(plane['A' * 32 + 8], 0);
	/* Characters and attributes are where they were. */
	assert_int_equal(vga_model.reg[SEQ][0], 3);
	assert_int_equal(vga_model.reg[SEQ][2], 3);
	assert_int_equal(vga_model.reg[SEQ][4], 3);
	assert_int_equal(vga_model.reg[GRA][4], 0);
	assert_int_equal(vga_model.reg[GRA][5], 0x10);
	assert_int_equal(vga_model.reg[GRA][6], 0x0e);
	assert_int_equal(vga_model.reg[CRT][0x09], 0x47); /* eight lines; the other bits stay */
	assert_int_equal(vga_model.reg[CRT][0x0a], 6);
	assert_int_equal(vga_model.reg[CRT][0x0b], 7);
	assert_int_equal(found[1999], 0x1700 | (1999 % 64 + ' '));
	for (u32 i = 2000; i < 4000; i++)
		assert_int_equal(found[i], 0x0720);
}

static void refused(void **state)
{
	enum { MONO, GRAPHICS_MODE, COLUMNS, EGA, LINES_350, NO_FONT, HOLE, CASES };

	for (u32 i = 0; i < CASES; i++) {
		u8 before[256];

		setup(state);
		bios.mono = i == MONO;
		bios.text_mode = i != GRAPHICS_MODE;
		bios.columns = i == COLUMNS ? 40 : 80;
		vga_model.ega = i == EGA;
		vga_model.reg[CRT][0x12] = i == LINES_350 ? 0x5d : 0x8f;
		if (i == NO_FONT)
			memset((u8 *)(uintptr_t)ROM_FONT, 0xff, 1024);
		if (i == HOLE)
			memset((u8 *)(uintptr_t)ROM_FONT + 'Q' * 8, 0, 8);
		memcpy(before, vga_model.reg[CRT], 256);
		assert_false(vga_fifty_rows());
		assert_memory_equal(vga_model.reg[CRT], before, 256);
		assert_int_equal(vga_model.reg[SEQ][2], 3);
		assert_int_equal(bios.rows, 25);
		assert_null(opened);
	}
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(colour),
		TEST(monochrome),
		TEST(fifty_rows),
		TEST(refused),
	};

	return cmocka_run_group_tests(tests, make_memory, NULL);
}
