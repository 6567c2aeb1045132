/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mandel: draws the Mandelbrot set on its display, again and again, and reads its pixels back:
 * whoever has the screen meanwhile, they must be the ones that it drew.
 *
 *   seed=N     colours (default 1)
 *   frames=N   pictures to draw; then it holds the last one, verifying it (default 0: for ever)
 *   hold=N     verifications while it holds, then it powers off (default 0: until q is typed)
 *   slow=N     ticks of 10 ms to wait after every 16 lines (default 0)
 *   cache=T    how it maps the pixels: wc (default), uc, or wt or wb, which it must not
 *   move=1     try the BAR out first
 *   beyond=1   touch the page behind the picture first: a page fault
 *   ram=uc     map RAM uncached first, which works
 *
 * A q at its console ends it well.
 */
#include "guest-stubs/lib/paging.h"
#include "guest-stubs/lib/trap.h"
#include "guest-stubs/lib/virtio.h"
#include "guest-stubs/mandel/mandel.h"

#define HZ	   100
#define HOLD_TICKS 20
#define LOOK_BACK  16u /* lines drawn between two looks at older ones */
#define MULTIPLIER 1103515245u
#define INCREMENT  12345u

static u32 *copy; /* what was drawn: width * height words */
static u32 seed, drawn, looks;
static u64 verified; /* lines */

static u32 cache_bits(const char *key)
{
	static const struct {
		char name[3];
		u32 bits;
	} types[] = {{"wc", PTE_PCD}, {"uc", PTE_PCD | PTE_PWT}, {"wt", PTE_PWT}, {"wb", 0}};
	char text[4];
	u32 i;

	if (!option(key, text, sizeof(text)))
		return PTE_PCD;
	for (i = 0; i < ARRAY_LEN(types); i++)
		if (!strcmp(text, types[i].name))
			return types[i].bits;
	panic("mandel: %s=%s: give wc, uc, wt or wb", key, text);
}

/* Fresh pages come one after the other, as long as none was given back. */
static u32 *make_copy(u32 bytes)
{
	u32 first = page_alloc(), at;

	for (at = PAGE_SIZE; at < bytes; at += PAGE_SIZE)
		if (page_alloc() != first + at)
			panic("mandel: give the guest more memory");
	return virt(first);
}

static void verify_line(u32 y)
{
	volatile u32 *seen = display_line(y);
	u32 x;

	for (x = 0; x < display.width; x++)
		if (seen[x] != copy[y * display.width + x])
			panic("mandel: pixel %u,%u is %x and not %x in frame %u", x, y, seen[x],
			      copy[y * display.width + x], drawn);
	verified++;
}

static void verify_all(void)
{
	u32 y;

	for (y = 0; y < display.height; y++)
		verify_line(y);
}

static u32 checksum(void)
{
	u32 i, sum = 0;

	for (i = 0; i < display.width * display.height; i++)
		sum = (sum << 5 | sum >> 27) ^ copy[i];
	return sum;
}

static void end_if_asked(void)
{
	int c;

	while ((c = vcon_getc()) >= 0)
		if (c == 'q') {
			verify_all();
			printf("mandel: seed %u, %u frames, all pixels right\n", seed, drawn);
			power_off();
		}
}

static void wait_ticks(u32 ticks)
{
	u32 end = clock_ticks + ticks;

	do {
		end_if_asked();
		if (ticks)
			halt();
	} while ((s32)(clock_ticks - end) < 0);
}

static void draw(u32 n, u32 slow)
{
	u32 y, x;

	for (y = 0; y < display.height; y++) {
		u32 *line = copy + y * display.width;
		volatile u32 *to = display_line(y);

		picture_line(line, display.width, display.height, y, seed, n);
		for (x = 0; x < display.width; x++)
			to[x] = line[x];
		if (y % LOOK_BACK == 0) {
			looks = looks * MULTIPLIER + INCREMENT;
			verify_line((looks >> 8) % display.height);
			wait_ticks(slow);
		}
	}
	drawn++;
	verify_all();
	display.reg[PRESENT] = drawn;
	printf("mandel: seed %u frame %u checksum %x verified\n", seed, drawn, checksum());
}

static void hold(u32 rounds)
{
	u32 round = 0;

	while (!rounds || round < rounds) {
		verify_all();
		printf("mandel: seed %u holds, verified %u times\n", seed, ++round);
		wait_ticks(HOLD_TICKS);
	}
}

static void touch_word(u32 va)
{
	*word_at(va) = 1;
}

static void look_beyond(void)
{
	u32 at = SECOND_VA + display.bytes;

	if (display.bytes == display.bar_bytes)
		panic("mandel: the picture fills the BAR");
	map_pixels(at, display.gpa + display.bytes, PAGE_SIZE, PTE_PCD);
	if (!probe(touch_word, at) || probe_frame.vector != VECTOR_PF || probe_cr2 != at)
		panic("mandel: memory behind the picture");
	printf("mandel: behind the picture is a page fault, error %x\n", probe_frame.error);
}

static void try_ram(u32 bits)
{
	u32 page = page_alloc();
	volatile u32 *other = word_at(SECOND_VA), *own = virt(page);

	map_pixels(SECOND_VA, page, PAGE_SIZE, bits);
	*own = 0x600dcafe;
	other[1] = other[0] + 1;
	if (own[1] != 0x600dcaff)
		panic("mandel: RAM mapped in two ways differs");
	puts("mandel: RAM mapped uncached works\n");
}

void guest_main(void)
{
	u32 frames = option_u32("frames", 0), rounds = option_u32("hold", 0);
	u32 slow = option_u32("slow", 0), bits, n;
	char text[4];

	seed = looks = option_u32("seed", 1);
	traps_init();
	paging_init();
	vcon_init();
	clock_start(HZ);
	irq_on();
	bits = cache_bits("cache");
	display_open(bits);
	printf("mandel: seed %u, %ux%u at %x\n", seed, display.width, display.height, display.gpa);
	copy = make_copy(display.width * display.height * 4);
	memset(copy, 0, display.width * display.height * 4);
	verify_all(); /* a new display is black */
	if (option_u32("move", 0))
		display_move(bits);
	if (option_u32("beyond", 0))
		look_beyond();
	if (option("ram", text, sizeof(text)))
		try_ram(cache_bits("ram"));
	for (n = 0; !frames || n < frames; n++)
		draw(n, slow);
	hold(rounds);
	printf("mandel: seed %u, %u frames, all pixels right\n", seed, drawn);
}
