/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/block.c */
/* Partitions: tables good, bad and malicious, the bounds of what they name, and who may have
 * which. */
#include "devices/host/disk/partition.c" /* its list is static, and every test wants a fresh one */

#include "tests/unit/support.h"

#include <string.h>

#define SECTORS 4096u

static u8 medium[SECTORS * SECTOR_SIZE];
static u64 bad_sector;
static u32 reads;

bool disk_read_now(struct blk_backend *b, u64 sector, u32 count, void *to)
{
	(void)b;
	reads++;
	assert_true(count * SECTOR_SIZE <= TABLE_BYTES);
	if (sector >= SECTORS || count > SECTORS - sector)
		return false;
	if (bad_sector >= sector && bad_sector < sector + count)
		return false;
	memcpy(to, medium + sector * SECTOR_SIZE, count * SECTOR_SIZE);
	return true;
}

void *dma_alloc(u32 bytes)
{
	static u8 memory[TABLE_BYTES] ALIGNED(16);

	assert_int_equal(bytes, TABLE_BYTES);
	return memory;
}

/* ---- The disk ------------------------------------------------------------------------------- */

static struct blk_req *submitted;
static u32 flushes;
static void *cancelled;

static void whole_submit(struct blk_backend *d, struct blk_req *r)
{
	assert_string_equal(d->name, "hda");
	submitted = r;
}

static void whole_flush(struct blk_backend *d, struct blk_req *r)
{
	(void)d;
	(void)r;
	flushes++;
}

static void whole_cancel(struct blk_backend *d, void *ctx)
{
	(void)d;
	cancelled = ctx;
}

static const struct blk_ops whole_ops = {whole_submit, whole_flush, whole_cancel, NULL};
static struct blk_backend whole;

static struct mbr *mbr_at(u64 sector)
{
	return (struct mbr *)(medium + sector * SECTOR_SIZE);
}

static void entry(u64 at, u32 n, u8 type, u32 first, u32 count)
{
	struct mbr *m = mbr_at(at);

	m->signature = 0xaa55;
	m->entry[n] = (struct mbr_entry){.type = type, .first = first, .sectors = count};
}

static int fresh(void **state)
{
	(void)state;
	memset(medium, 0, sizeof(medium));
	memset(parts, 0, sizeof(parts));
	part_count = 0;
	bad_sector = ~0ull;
	reads = 0;
	submitted = NULL;
	whole = (struct blk_backend){.name = "hda", .ops = &whole_ops, .sectors = SECTORS};
	entry(0, 0, 0x83, 100, 200);
	mbr_at(0)->entry[0].status = 0x80;
	entry(0, 1, 0x0f, 1000, 1000);
	entry(0, 3, 0x83, 300, 10);
	entry(1000, 0, 0x83, 1, 99); /* 5: 1001 */
	entry(1000, 1, 0x05, 200, 100);
	entry(1200, 0, 0x82, 2, 50); /* 6: 1202 */
	return 0;
}

static const char *why;

static struct blk_backend *find(u32 number)
{
	why = NULL;
	return partition_find(&whole, number, &why);
}

static void found_at(u32 number, u64 first, u64 count)
{
	struct blk_backend *b = find(number);

	assert_non_null(b);
	assert_int_equal(b->first, first);
	assert_int_equal(b->sectors, count);
}

static void primary_and_logical(void **state)
{
	(void)state;
	found_at(1, 100, 200);
	found_at(4, 300, 10);
	found_at(5, 1001, 99);
	found_at(6, 1202, 50);
	assert_string_equal(find(6)->name, "hda6");
	reads = 0;
	assert_ptr_equal(find(1), &parts[0]); /* the same, looked up once */
	assert_int_equal(reads, 0);
	assert_null(find(2));
	assert_non_null(strstr(why, "extended"));
	assert_null(find(3));
	assert_null(find(7));
	assert_non_null(strstr(why, "no such"));
}

static void no_table(void **state)
{
	static const u32 status_at = 446;

	mbr_at(0)->signature = 0;
	assert_null(find(1));
	assert_non_null(strstr(why, "no partition table"));
	(void)fresh(state);
	medium[status_at] = 0x6f; /* a file system's boot sector has text there */
	assert_null(find(1));
	(void)fresh(state);
	bad_sector = 0;
	assert_null(find(1));
	assert_non_null(strstr(why, "cannot be read"));
}

static void outside(void **state)
{
	static const struct {
		u32 first, count;
	} bad[] = {{0, 10},	      {SECTORS, 1},	{SECTORS - 1, 2},
		   {0xffffffff, 1},   {1, 0xffffffff},	{0xffffffff, 0xffffffff},
		   {10, SECTORS - 9}, {SECTORS + 5, 0}, {5, 0}};

	for (u32 i = 0; i < ARRAY_LEN(bad); i++) {
		(void)fresh(state);
		entry(0, 0, 0x83, bad[i].first, bad[i].count);
		assert_null(find(1));
		entry(1000, 0, 0x83, bad[i].first, bad[i].count);
		if (bad[i].first + 1000ull + bad[i].count > SECTORS || !bad[i].count)
			assert_null(find(5));
	}
	(void)fresh(state);
	entry(0, 0, 0x83, 1, SECTORS - 1);
	found_at(1, 1, SECTORS - 1);
}

/* A chain that leads back, away, or into rubbish ends. */
static void chains(void **state)
{
	entry(1200, 1, 0x05, 0, 100); /* to the first one */
	reads = 0;
	found_at(7, 1001, 99);
	assert_null(find(128));
	assert_true(reads < 100);
	(void)fresh(state);
	entry(1200, 1, 0x05, 0xfffffff0, 100);
	assert_null(find(7));
	assert_non_null(strstr(why, "cannot be read"));
	(void)fresh(state);
	mbr_at(1200)->signature = 0;
	assert_null(find(6));
	assert_non_null(strstr(why, "broken"));
	found_at(5, 1001, 99);
}

/* ---- GUID partition tables ------------------------------------------------------------------ */

static void seal(u64 at, u64 entries_at)
{
	struct gpt_header *h = (struct gpt_header *)(medium + at * SECTOR_SIZE);

	h->entries_crc = crc32(medium + entries_at * SECTOR_SIZE, h->entries * h->entry_bytes);
	h->crc = 0;
	h->crc = crc32((u8 *)h, h->bytes);
}

static void table(u64 at, u64 entries_at)
{
	struct gpt_header *h = (struct gpt_header *)(medium + at * SECTOR_SIZE);
	struct gpt_entry *e = (struct gpt_entry *)(medium + entries_at * SECTOR_SIZE);

	*h = (struct gpt_header){.revision = 0x10000,
				 .bytes = 92,
				 .self = at,
				 .entries_at = entries_at,
				 .entries = 128,
				 .entry_bytes = 128};
	memcpy(h->signature, "EFI PART", 8);
	e[0] = (struct gpt_entry){.type = {1}, .first = 64, .last = 163};
	e[2] = (struct gpt_entry){.type = {2}, .first = 200, .last = 200};
	e[127] = (struct gpt_entry){.type = {3}, .first = 300, .last = SECTORS - 34};
	e[5] = (struct gpt_entry){.type = {3}, .first = 300, .last = 299};
	e[6] = (struct gpt_entry){.type = {3}, .first = 0, .last = ~0ull};
	seal(at, entries_at);
}

static int fresh_gpt(void **state)
{
	(void)fresh(state);
	memset(medium, 0, sizeof(medium));
	entry(0, 0, 0xee, 1, SECTORS - 1);
	table(1, 2);
	table(SECTORS - 1, SECTORS - 33);
	return 0;
}

static void gpt(void **state)
{
	(void)state;
	assert_int_equal(crc32((const u8 *)"123456789", 9), 0xcbf43926); /* the well-known check */
	found_at(1, 64, 100);
	found_at(3, 200, 1);
	found_at(128, 300, SECTORS - 34 - 299);
	assert_null(find(2));
	assert_null(find(6));
	assert_null(find(7));
}

static void gpt_damaged(void **state)
{
	struct gpt_header *h = (struct gpt_header *)(medium + SECTOR_SIZE);

	(void)state;
	h->entry_bytes = 64; /* nonsense, even under a good checksum: the second one is taken */
	seal(1, 2);
	found_at(1, 64, 100);
	(void)fresh_gpt(state);
	medium[2 * SECTOR_SIZE + 40] ^= 1; /* an entry has changed */
	found_at(1, 64, 100);
	(void)fresh_gpt(state);
	h->entries = 0x10000000; /* 2^28 times 128 is 0 */
	h->crc = 0;
	h->crc = crc32((u8 *)h, h->bytes);
	found_at(1, 64, 100);
	(void)fresh_gpt(state);
	h->bytes = 0xffffffff;
	memset(medium + (SECTORS - 1) * SECTOR_SIZE, 0, SECTOR_SIZE);
	assert_null(find(1));
	assert_non_null(strstr(why, "damaged"));
	(void)fresh_gpt(state);
	bad_sector = 1;
	found_at(1, 64, 100);
}

/* ---- What a guest can do with one ------------------------------------------------------------ */

static u32 dones;
static enum hv_status last;

static void done(struct blk_req *r, enum hv_status status)
{
	(void)r;
	dones++;
	last = status;
}

static void bounds(void **state)
{
	struct blk_backend *b = find(1);
	struct blk_req r = {.sector = 0, .sectors = 200, .done = done};
	static const struct {
		u64 sector;
		u32 count;
	} bad[] = {{0, 201}, {200, 1}, {199, 2}, {~0ull, 1}, {~0ull - 99, 1}, {1, ~0u}};

	(void)state;
	b->ops->submit(b, &r);
	assert_ptr_equal(submitted, &r);
	assert_int_equal(r.sector, 100);
	for (u32 i = 0; i < ARRAY_LEN(bad); i++) {
		submitted = NULL;
		r = (struct blk_req){
			.sector = bad[i].sector, .sectors = bad[i].count, .done = done};
		dones = 0;
		b->ops->submit(b, &r);
		assert_null(submitted);
		assert_int_equal(dones, 1);
		assert_int_equal(last, HV_BADARG);
	}
	b->ops->flush(b, &r);
	assert_int_equal(flushes, 1);
	b->ops->cancel(b, &r);
	assert_ptr_equal(cancelled, &r);
}

/* One writer for each sector, whatever the names. */
static void sharing(void **state)
{
	struct blk_backend *one = find(1), *four = find(4), *five = find(5);

	(void)state;
	assert_int_equal(blk_attach(one, false), HV_OK);
	assert_int_equal(blk_attach(one, true), HV_BUSY);
	assert_int_equal(blk_attach(four, false), HV_OK);
	assert_int_equal(blk_attach(five, true), HV_OK);
	assert_int_equal(blk_attach(five, false), HV_BUSY);
	assert_int_equal(blk_attach(&whole, true), HV_BUSY);
	assert_int_equal(blk_attach(&whole, false), HV_BUSY);
	blk_detach(one, false);
	blk_detach(four, false);
	assert_int_equal(blk_attach(&whole, false), HV_BUSY); /* five has a reader */
	assert_int_equal(blk_attach(&whole, true), HV_OK);
	assert_int_equal(blk_attach(one, false), HV_BUSY);
	assert_int_equal(blk_attach(one, true), HV_OK);
	blk_detach(one, true);
	blk_detach(&whole, true);
	blk_detach(five, true);
	assert_int_equal(blk_attach(&whole, false), HV_OK);
	assert_int_equal(blk_attach(five, true), HV_BUSY);
	blk_detach(&whole, false);
	/* A table whose partitions overlap. */
	entry(0, 2, 0x83, 299, 2);
	assert_int_equal(blk_attach(find(3), false), HV_OK);
	assert_int_equal(blk_attach(one, true), HV_BUSY);
	assert_int_equal(blk_attach(four, true), HV_BUSY);
	assert_int_equal(blk_attach(five, false), HV_OK);
}

static void many(void **state)
{
	(void)fresh_gpt(state);
	for (u32 i = 0; i < 128; i++) {
		struct gpt_entry *e = (struct gpt_entry *)(medium + 2 * SECTOR_SIZE) + i;

		*e = (struct gpt_entry){.type = {1}, .first = 100 + i, .last = 100 + i};
	}
	seal(1, 2);
	for (u32 i = 1; i <= PARTITIONS; i++)
		found_at(i, 99 + i, 1);
	assert_null(find(PARTITIONS + 1));
	assert_non_null(strstr(why, "too many"));
	found_at(1, 100, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(primary_and_logical, fresh),
		cmocka_unit_test_setup(no_table, fresh),
		cmocka_unit_test_setup(outside, fresh),
		cmocka_unit_test_setup(chains, fresh),
		cmocka_unit_test_setup(gpt, fresh_gpt),
		cmocka_unit_test_setup(gpt_damaged, fresh_gpt),
		cmocka_unit_test_setup(bounds, fresh),
		cmocka_unit_test_setup(sharing, fresh),
		cmocka_unit_test_setup(many, fresh_gpt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
