/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/host/bars.c mm/stretch.c devices/host/dma.c tests/unit/ata_fixture.c */
/* Packet drives on an ATA channel, and their discs. */
#include "tests/unit/ata_fixture.h"

#include <string.h>

static void finds_a_disc(void **state)
{
	struct blk_backend *d = probe("hda");

	(void)state;
	assert_non_null(d);
	assert_int_equal(d->sectors, 256);
	assert_true(d->readonly);
}

static void reads_a_disc(void **state)
{
	static const u32 pieces[] = {0, 2048, 1000, 514};
	struct blk_backend *d = probe("hda");

	(void)state;
	read_all(d);
	for (u32 i = 0; i < ARRAY_LEN(pieces); i++)
		for (u32 at = 0; at < 11; at++)
			for (u32 n = 1; n < 70; n += 1 + n / 4) {
				model.piece = pieces[i];
				model.slow_drq = false;
				memset(data, 0xee, sizeof(data));
				assert_int_equal(run_request(d, false, at, n), HV_OK);
				assert_memory_equal(data, model.drive[0].medium + at * 512,
						    n * 512);
				assert_int_equal(data[n * 512], 0xee);
			}
	assert_int_equal(run_request(d, false, 255, 1), HV_OK); /* the last one */
	assert_int_equal(run_request(d, true, 0, 1), HV_BADARG);
	assert_int_equal(run_flush(d), HV_OK);
}

static void no_disc(void **state)
{
	(void)state;
	model.sense_code = 0x3a;
	assert_null(probe("hda"));
	assert_true(model.packets < 6); /* nobody waits for one */
}

static void odd_discs(void **state)
{
	static const u16 words[] = {0x8081, 0x8180, 0x8581, 0x0580};

	(void)state;
	model.block_bytes = 512;
	assert_null(probe("hda"));
	for (u32 i = 0; i < ARRAY_LEN(words); i++) {
		with_disc(NULL);
		model.drive[0].identity[0] = words[i];
		assert_null(probe("hda"));
		assert_int_equal(model.packets, 0);
	}
	with_disc(NULL); /* it never gets ready: an end is found */
	model.sense_code = 0x04;
	assert_null(probe("hda"));
	with_disc(NULL);
	model.attentions = 255;
	assert_null(probe("hda"));
}

static void disc_faults(void **state)
{
	struct blk_backend *d = probe("hda");

	(void)state;
	set_fault(BAD_SECTOR, 2); /* read again */
	assert_int_equal(run_request(d, false, 3, 4), HV_OK);
	set_fault(BAD_SECTOR, 3);
	assert_int_equal(run_request(d, false, 3, 4), HV_IO);
	read_all(d);
	model.attentions = 1; /* another disc */
	read_all(d);
	model.sense_code = 0x3a; /* none any more */
	assert_int_equal(run_request(d, false, 0, 1), HV_IO);
	model.sense_code = 0;
	read_all(d);
}

/* Lengths that a drive cannot mean; it is reset then, and works again. */
static void disc_lies(void **state)
{
	static const u32 lies[] = {0xfffe, 4098, 0x10000};
	struct blk_backend *d = probe("hda");

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(lies); i++) {
		model.length_lie = lies[i];
		start_request(d, false, 0, 4);
		time_passes(40000);
		assert_int_equal(dones, 1);
		assert_int_equal(last, HV_IO);
		model.length_lie = 0;
		read_all(d);
	}
}

static void disc_lost_interrupts(void **state)
{
	struct blk_backend *d = probe("hda");

	(void)state;
	set_fault(NO_INTERRUPT, 2);
	start_request(d, false, 1, 4);
	assert_int_equal(dones, 0);
	time_passes(5000);
	assert_int_equal(dones, 1);
	assert_int_equal(last, HV_OK);
	assert_memory_equal(data, model.drive[0].medium + 512, 4 * 512);
	read_all(d);
}

int main(void)
{
#define DISC(f) cmocka_unit_test_setup(f, with_disc)
	const struct CMUnitTest tests[] = {
		DISC(finds_a_disc),
		DISC(reads_a_disc),
		DISC(no_disc),
		DISC(odd_discs),
		DISC(disc_faults),
		DISC(disc_lies),
		DISC(disc_lost_interrupts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
