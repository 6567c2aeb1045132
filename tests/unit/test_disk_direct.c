/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/host/dma.c devices/host/disk/partition.c mm/stretch.c tests/unit/disk_fixture.c
 */
/* Requests whose data lies in a guest's memory: when the hardware goes there by itself, what goes
 * through the buffer all the same, and what a cancelled request means in both cases. */
#include "devices/host/disk/disks.h"
#include "tests/unit/disk_fixture.h"

#include <string.h>

#define PIECES 8u
#define MOST   256u

static u8 *memory; /* a guest's: MOST sectors and a page */
static struct stretch list[PIECES + 1];

static int direct(void **state)
{
	(void)disks_setup(state);
	if (!memory)
		memory = support_low_memory(MOST * SECTOR_SIZE + PAGE_SIZE);
	memset(memory, 0xee, MOST * SECTOR_SIZE + PAGE_SIZE);
	one.direct = (struct disk_direct){.sectors = MOST, .pieces = PIECES, .align = 4};
	return 0;
}

static struct stretch at(u32 offset, u32 bytes)
{
	return (struct stretch){(uintptr_t)memory + offset, bytes};
}

static struct blk_req listed(bool write, u32 sectors, u32 pieces, void *ctx)
{
	struct blk_req r = make_request(write, 7, sectors, NULL, ctx);

	r.piece = list;
	r.pieces = pieces;
	return r;
}

static void as_it_lies(void **state)
{
	struct blk_req r = listed(false, 128, 2, NULL);

	(void)state;
	list[0] = at(4, 60 * SECTOR_SIZE);
	list[1] = at(61 * SECTOR_SIZE, 68 * SECTOR_SIZE);
	give(&one, &r);
	expect(0, DISK_READ, 7, 128);
	assert_true(started[0]->direct);
	assert_ptr_equal(started[0]->piece, list);
	assert_int_equal(started[0]->pieces, 2);
	disk_done(started[0], HV_OK);
	assert_int_equal(dones, 1);
	assert_int_equal(r.sectors, 128);
	assert_int_equal(memory[4], 0xee); /* nobody copied anything */
}

/* Each is nearly right; the bytes come through the buffer to where they belong. */
static void through_the_buffer(void **state)
{
	static const struct {
		const char *what;
		u32 sectors, pieces, from, first; /* the first piece; the second has the rest */
	} odd[] = {
		{"too many sectors", MOST + 1, 2, 0, 512},
		{"an odd address", 2, 2, 2, 512},
		{"an odd length", 2, 2, 0, 510},
		{"too many pieces", PIECES + 1, PIECES + 1, 0, 512},
		{"an empty piece", 2, 2, 0, 0},
	};

	for (u32 i = 0; i < ARRAY_LEN(odd); i++) {
		struct blk_req r = listed(false, odd[i].sectors, odd[i].pieces, NULL);
		u32 n = odd[i].from, done;

		(void)direct(state);
		for (u32 p = 0; p < odd[i].pieces; p++) {
			u32 rest = odd[i].from + odd[i].sectors * SECTOR_SIZE - n;
			u32 bytes = p == odd[i].pieces - 1 ? rest : odd[i].first;

			list[p] = at(n, bytes);
			n += bytes;
		}
		give(&one, &r);
		if (started[0]->direct)
			fail_msg("%s", odd[i].what);
		assert_ptr_equal((u8 *)(uintptr_t)started[0]->piece->at, started[0]->buffer);
		done = MIN(odd[i].sectors, DISK_PIECE);
		assert_int_equal(started[0]->piece->bytes, done * SECTOR_SIZE);
		disk_done(started[0], HV_OK);
		assert_int_equal(r.sectors, done);
		for (u32 b = 0; b < done * SECTOR_SIZE; b++)
			assert_int_equal(memory[odd[i].from + b], 7);
		assert_int_equal(memory[odd[i].from + done * SECTOR_SIZE], 0xee);
	}
}

/* Where the hardware does not reach, and a list that is not of the request's length. */
static void not_to_be_reached(void **state)
{
	struct blk_req r = listed(true, 8, 1, NULL);

	(void)state;
	list[0] = (struct stretch){0xfffff000u, PAGE_SIZE};
	assert_true(goes_direct(&one, &r)); /* up to the last byte */
	list[0] = (struct stretch){0xfffff004u, PAGE_SIZE};
	assert_false(goes_direct(&one, &r));
	list[0] = (struct stretch){1ull << 32, PAGE_SIZE};
	assert_false(goes_direct(&one, &r));
	one.direct.above4g = true;
	assert_true(goes_direct(&one, &r));
	list[0] = at(0, PAGE_SIZE + 4);
	assert_false(goes_direct(&one, &r));
	list[0] = at(0, PAGE_SIZE - 4);
	assert_false(goes_direct(&one, &r));
	one.direct.sectors = 0;
	list[0] = at(0, PAGE_SIZE);
	assert_false(goes_direct(&one, &r));
}

/* The memory is the hardware's until its end: that is told, and nothing new begins before. */
static void cancelled_is_held(void **state)
{
	struct blk_req r = listed(true, 8, 1, &r), waits = listed(true, 8, 1, &r), other, three[3];

	(void)state;
	list[0] = at(0, PAGE_SIZE);
	other = make_request(false, 3, 1, data, NULL);
	give(&one, &r);
	for (u32 i = 0; i < 3; i++) { /* all commands are under way */
		three[i] = make_request(false, 0, 1, data, NULL);
		give(&one, &three[i]);
	}
	give(&one, &waits);
	one.backend.ops->cancel(&one.backend, &r);
	assert_true(r.held);
	assert_false(waits.held);
	one.backend.ops->cancel(&one.backend, &r); /* once more changes nothing */
	give(&two, &other);
	disk_done(started[1], HV_OK);
	assert_int_equal(dones, 1);
	assert_int_equal(starts, 4);
	disk_done(started[0], HV_OK);
	assert_int_equal(dones, 2);
	assert_int_equal(queue.orphans, 0);
	assert_int_equal(starts, 5);
	for (u32 i = 2; i < 5; i++)
		disk_done(started[i == 4 ? 0 : i], HV_OK);
	assert_int_equal(dones, 5);
}

/* What is forgotten, or held, is not carried out again. */
static void not_again(void **state)
{
	struct blk_req r = listed(true, 8, 1, &r);

	(void)state;
	list[0] = at(0, PAGE_SIZE);
	give(&one, &r);
	disk_again(started[0]); /* nobody has cancelled it yet */
	assert_int_equal(starts, 2);
	one.direct.sectors = 0;
	disk_again(started[0]);
	assert_int_equal(starts, 3);
	assert_false(started[2]->direct);
	one.direct.sectors = MOST;
	disk_again(started[0]);
	one.backend.ops->cancel(&one.backend, &r);
	disk_again(started[0]);
	assert_int_equal(starts, 4);
	assert_int_equal(dones, 1);
	assert_int_equal(last, HV_IO);
	assert_false(host_disks_busy());
}

/* Hardware that was given up is quiet: what it had is let go. */
static void death_lets_go(void **state)
{
	struct blk_req r = listed(false, 8, 1, &r);

	(void)state;
	list[0] = at(0, PAGE_SIZE);
	give(&one, &r);
	one.backend.ops->cancel(&one.backend, &r);
	disk_queue_kill(&queue);
	assert_int_equal(dones, 1);
	assert_int_equal(queue.orphans, 0);
	assert_false(host_disks_busy());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(as_it_lies, direct),
		cmocka_unit_test_setup(through_the_buffer, direct),
		cmocka_unit_test_setup(not_to_be_reached, direct),
		cmocka_unit_test_prestate_setup_teardown(cancelled_is_held, direct, NULL, &depth4),
		cmocka_unit_test_setup(not_again, direct),
		cmocka_unit_test_setup(death_lets_go, direct),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
