/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/host/bars.c mm/stretch.c devices/host/dma.c tests/unit/ata_fixture.c */
/* What a drive says of itself, and the regions of a transfer by its bus master. */
#include "devices/host/disk/ata.h"
#include "devices/host/disk/ata_channel.h"
#include "tests/unit/ata_fixture.h"

#include <string.h>

static void identities(void **state)
{
	struct model_drive d;
	struct ata_identity id;

	(void)state;
	words_of(&d, "Model \x01 of 40 letters, all of them used!", 1000);
	assert_null(ata_identify(d.identity, &id));
	assert_string_equal(id.model, "Model   of 40 letters, all of them used!");
	assert_true(id.lba48 && id.dma && id.flush && id.flush_ext && id.write_cache);
	assert_int_equal(id.block, 8);
	d.identity[47] = 0x8003;
	assert_null(ata_identify(d.identity, &id));
	assert_int_equal(id.block, 2);
	d.identity[83] = 0x3400; /* not marked as valid */
	assert_null(ata_identify(d.identity, &id));
	assert_false(id.lba48 || id.flush || id.flush_ext);
	d.identity[53] = 0;
	d.identity[63] = 7;
	d.identity[88] = 0x203f; /* means nothing now */
	assert_null(ata_identify(d.identity, &id));
	assert_false(id.dma);
	d.identity[106] = 0x5000;
	assert_non_null(ata_identify(d.identity, &id));
	d.identity[106] = 0xffff;
	assert_null(ata_identify(d.identity, &id));
	d.identity[49] = 0x0100;
	assert_non_null(ata_identify(d.identity, &id));
	memset(&d, 0xff, sizeof(d));
	assert_non_null(ata_identify(d.identity, &id));
	memset(&d, 0, sizeof(d));
	assert_non_null(ata_identify(d.identity, &id));
}

static void region(const struct ata_region *r, u32 address, u16 length, bool end)
{
	assert_int_equal(r->address, address);
	assert_int_equal(r->bytes, length);
	assert_int_equal(r->end, end ? 0x8000 : 0);
}

static void regions(void **state)
{
	struct ata_region t[ATA_REGIONS];

	(void)state;
	assert_int_equal(regions_of(t, 0x12340000, 0x8000), 1);
	region(&t[0], 0x12340000, 0x8000, true);
	assert_int_equal(regions_of(t, 0x1234f000, 0x8000), 2);
	region(&t[0], 0x1234f000, 0x1000, false);
	region(&t[1], 0x12350000, 0x7000, true);
	assert_int_equal(regions_of(t, 0x10000, 0x10000), 1);
	region(&t[0], 0x10000, 0, true);
	assert_int_equal(regions_of(t, 0x1fe00, 0x20000), 3);
	region(&t[1], 0x20000, 0, false);
	region(&t[2], 0x30000, 0xfe00, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(identities),
		cmocka_unit_test(regions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
