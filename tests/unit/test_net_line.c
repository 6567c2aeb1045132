/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/bus.c devices/ports.c devices/pci/pci.c devices/virtio/transport.c
 * devices/virtio/misuse.c devices/virtio/function.c devices/virtio/queue.c devices/virtio/net.c
 * devices/virtio/line.c devices/virtio/offload.c devices/netswitch.c tests/unit/fake_gmem.c
 * tests/unit/mini_guest.c */
/* The line of frames that wait for a guest, against a list. */
#include "devices/virtio/line.h"
#include "tests/unit/mini_guest.h"

#include <string.h>

/* The line against a list: frames come out in order and whole, none lies over another or beyond the
 * ring, and an empty line has room for what it promises. */
static void against_a_list(u32 bytes, u32 often, u32 longest)
{
	static u8 ring[LINE_LONG + 64];
	struct line l = {ring, bytes, 0, 0, 0, 0};
	u32 in = 0, out = 0, seed = 12345, lengths[64], most = 0;

	memset(ring + bytes, 0xa5, 64);
	for (u32 step = 0; step < 60000; step++) {
		u32 r = mini_random(&seed);

		if (r % 5 < (step / 1000 % 2 ? 3u : 2u)) {
			u32 len = (r >> 12) % (1 + (r >> 8 & 7 ? often : longest));
			struct line_frame *f = line_place(&l, len);

			if (!f) {
				assert_true(in - out > 0);
				continue;
			}
			f->len = len;
			memset(f->bytes, (int)(in & 0xff), len);
			line_add(&l, f);
			lengths[in++ % 64] = len;
			most = MAX(most, in - out);
			assert_true(in - out <= LINE_FRAMES);
		} else if (in != out) {
			const struct line_frame *f = line_first(&l);

			assert_int_equal(f->len, lengths[out % 64]);
			for (u32 i = 0; i < f->len; i += 1 + f->len / 50)
				assert_int_equal(f->bytes[i], out & 0xff);
			if (f->len)
				assert_int_equal(f->bytes[f->len - 1], out & 0xff);
			line_drop(&l);
			out++;
		}
		assert_int_equal(l.waiting, in - out);
	}
	assert_true(most > LINE_FRAMES / 2);
	for (u32 i = 0; i < 64; i++)
		assert_int_equal(ring[bytes + i], 0xa5);
}

static void line_model(void **state)
{
	(void)state;
	against_a_list(LINE_LONG, FRAME_MAX, FRAME_WHOLE);
	against_a_list(LINE_SHORT, FRAME_MAX, FRAME_MAX);
	against_a_list(512, 20, 480);
}

/* What an empty line promises, wherever it was emptied: frames, and a whole behind all but one. */
static void line_room(void **state)
{
	static u8 ring[LINE_LONG];
	struct line l = {ring, LINE_LONG, 0, 0, 0, 0};

	(void)state;
	for (u32 n = 0; n < 40; n++) {
		l.waiting = 0;
		for (u32 i = 0; i < LINE_FRAMES; i++) {
			u32 len = i + 1 == LINE_FRAMES && n % 2 ? FRAME_WHOLE : FRAME_MAX;
			struct line_frame *f = line_place(&l, len);

			assert_non_null(f);
			f->len = len;
			line_add(&l, f);
		}
		assert_null(line_place(&l, FRAME_MIN));
		for (u32 i = 0; i < n % LINE_FRAMES; i++)
			line_drop(&l);
	}
	l.bytes = LINE_SHORT;
	l.waiting = 0;
	for (u32 i = 0; i < LINE_FRAMES; i++) {
		struct line_frame *f = line_place(&l, FRAME_MAX);

		assert_non_null(f);
		f->len = FRAME_MAX;
		line_add(&l, f);
	}
	l.waiting = 0;
	assert_null(line_place(&l, FRAME_WHOLE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(line_model),
		cmocka_unit_test(line_room),
	};

	return cmocka_run_group_tests_name("net_line", tests, NULL, NULL);
}
