/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/bus.c devices/ports.c devices/pci/pci.c devices/virtio/transport.c
 * devices/virtio/misuse.c devices/virtio/function.c devices/virtio/queue.c devices/virtio/net.c
 * devices/virtio/line.c devices/virtio/offload.c devices/netswitch.c tests/unit/fake_gmem.c
 * tests/unit/mini_guest.c tests/unit/net_fixture.c */
/* Checksums that a guest leaves to its network device. */
#include "tests/unit/net_fixture.h"

#include <string.h>

#define FEATURE_CSUM 0x1u
#define FEATURE_MAC  0x20u

static void reopen_with_checksums(struct station *s)
{
	reg_out(&s->g, DEV, R_STATUS, 1, 0);
	mini_open(&s->g, DEV, FEATURE_CSUM | FEATURE_MAC, 0, 2, s->q);
	s->next_rx = 0;
}

/* RFC 1071 as it is written: 16 bits at a time, most significant byte first. */
static u16 reference_checksum(const u8 *bytes, u32 len)
{
	u32 sum = 0;

	for (u32 i = 0; i < len; i++)
		sum += i & 1 ? bytes[i] : (u32)bytes[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (u16)~sum;
}

/* Send f with that header, in two pieces; true: it arrived, and is in `got`. */
static bool send_with(const u8 header[HEADER], const u8 *f, u32 len, u8 *got)
{
	u32 id, used, cut = HEADER + len / 3;

	give_buffers(&b, 1);
	ram_put(&a.g, SEND, header, HEADER);
	ram_put(&a.g, SEND + HEADER, f, len);
	mdesc_set(&a.q[1], 0, SEND, cut, D_NEXT, 1);
	mdesc_set(&a.q[1], 1, SEND + cut, HEADER + len - cut, 0, 0);
	mqueue_offer(&a.q[1], 0);
	mqueue_kick(&a.q[1]);
	assert_true(mqueue_used(&a.q[1], &id, &used));
	if (!mqueue_used(&b.q[0], &id, &used)) {
		send_frame(&a, frame(2, 1), 60,
			   9); /* it is lost alone, and the buffer is still there */
		expect_frame(&b, 60, 9);
		return false;
	}
	assert_int_equal(used, HEADER + len);
	ram_get(&b.g, DATA + id * 1024u + HEADER, got, len);
	return true;
}

static void checksums(void **state)
{
	u8 f[FRAME_MAX], got[FRAME_MAX];
	u32 sent = 0, seed = 1;

	(void)state;
	reopen_with_checksums(&a);
	for (u32 round = 0; round < 4000; round++) {
		u32 len, start, offset;
		u16 sum;

		seed = seed * 1664525u + 1013904223u;
		len = 20 + (seed >> 8) % (FRAME_MAX - 20 + 1);
		seed = seed * 1664525u + 1013904223u;
		start = (seed >> 8) % (round % 4 ? 60 : 0x10000);
		seed = seed * 1664525u + 1013904223u;
		offset = (seed >> 8) % (round % 8 ? 20 : 0x10000);
		memcpy(f, frame(2, 1), sizeof(f));
		for (u32 i = 14; i < len; i++)
			f[i] = (u8)(seed >> (i % 3 * 8) ^ i * i);
		if (round % 5 == 0)
			memset(f + 14, round % 10 ? 0xff : 0, len - 14);
		u8 header[HEADER] = {1,		 0,
				     0,		 0,
				     0,		 0,
				     (u8)start,	 (u8)(start >> 8),
				     (u8)offset, (u8)(offset >> 8)};

		if (start < FRAME_MIN || start + offset + 2 > len) {
			assert_false(send_with(header, f, len, got));
			continue;
		}
		assert_true(send_with(header, f, len, got));
		sum = reference_checksum(f + start, len - start);
		if (!sum)
			sum = 0xffff;
		f[start + offset] = (u8)(sum >> 8);
		f[start + offset + 1] = (u8)sum;
		assert_memory_equal(got, f, len);
		sent++;
	}
	assert_true(sent > 500);
	assert_int_equal(reg_in(&a.g, DEV, R_STATUS, 1), 0xf);
}

/* Each number at its border, and what else the header might ask for. */
static void bad_checksums(void **state)
{
	static const struct {
		u8 flags, gso;
		u16 start, offset;
		bool good;
	} row[] = {
		{1, 0, 14, 0, true},	  {1, 0, 13, 0, false},	     {1, 0, 0, 50, false},
		{1, 0, 34, 24, true},	  {1, 0, 34, 25, false},     {1, 0, 58, 0, true},
		{1, 0, 59, 0, false},	  {1, 0, 60, 0, false},	     {1, 0, 61, 0, false},
		{1, 0, 0xffff, 0, false}, {1, 0, 34, 0xffff, false}, {1, 0, 0xffff, 0xffff, false},
		{0, 0, 0xffff, 7, true},  {2, 0, 34, 16, false},     {3, 0, 34, 16, false},
		{0x81, 0, 34, 16, false}, {1, 1, 34, 16, false},     {0, 1, 0, 0, false},
		{0, 0x80, 0, 0, false},
	};
	u8 got[FRAME_MAX];

	(void)state;
	reopen_with_checksums(&a);
	for (u32 i = 0; i < ARRAY_LEN(row); i++) {
		u8 header[HEADER] = {[0] = row[i].flags, [1] = row[i].gso};

		memcpy(header + 6, &row[i].start, 2);
		memcpy(header + 8, &row[i].offset, 2);
		assert_int_equal(send_with(header, frame(2, 1), 60, got), row[i].good);
	}
	assert_int_equal(reg_in(&a.g, DEV, R_STATUS, 1), 0xf);
}

#define T(name) cmocka_unit_test_setup_teardown(name, stations_setup, stations_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(checksums),
		T(bad_checksums),
	};

	return cmocka_run_group_tests_name("net_checksums", tests, NULL, NULL);
}
