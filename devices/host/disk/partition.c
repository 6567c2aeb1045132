/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A partition is a backend that adds its first sector to each request and lets none beyond its
 * end. Tables are whatever somebody wrote to the disk: each number is checked, chains are bounded,
 * and a partition that does not lie inside its disk is none. "UEFI" is the UEFI specification
 * 2.10, chapter 5.
 */
#include "devices/host/disk/partition.h"

#include "devices/host/disk/queue.h"
#include "devices/host/dma.h"
#include "lib/string.h"

#define PARTITIONS  32u /* that guests have */
#define TABLE_BYTES KIB(16)

/* Master boot record (UEFI 5.2.1). */
struct mbr_entry {
	u8 status, first_chs[3], type, last_chs[3];
	u32 first, sectors;
} PACKED;
struct mbr {
	u8 code[446];
	struct mbr_entry entry[4];
	u16 signature;
} PACKED;
_Static_assert(sizeof(struct mbr_entry) == 16 && sizeof(struct mbr) == SECTOR_SIZE, "UEFI 5.2.1");
#define MBR_SIGNATURE	    0xaa55u
#define MBR_STATUS	    0x7fu /* these bits are 0 */
#define TYPE_EXTENDED	    0x05u
#define TYPE_EXTENDED_LBA   0x0fu
#define TYPE_EXTENDED_LINUX 0x85u
#define TYPE_GPT	    0xeeu
#define LOGICAL_FIRST	    5u
#define LOGICAL_MOST	    60u

/* GUID partition table: header and entry (UEFI 5.3.2, 5.3.3). */
struct gpt_header {
	u8 signature[8];
	u32 revision, bytes, crc, reserved;
	u64 self, other, first_usable, last_usable;
	u8 guid[16];
	u64 entries_at;
	u32 entries, entry_bytes, entries_crc;
} PACKED;
struct gpt_entry {
	u8 type[16], guid[16];
	u64 first, last, attributes;
	u16 name[36];
} PACKED;
_Static_assert(sizeof(struct gpt_header) == 92, "UEFI 5.3.2");
_Static_assert(sizeof(struct gpt_entry) == 128, "UEFI 5.3.3");
_Static_assert(TABLE_BYTES % SECTOR_SIZE == 0, "it is read by sectors");
#define GPT_AT 1u

static struct blk_backend parts[PARTITIONS];
static u32 part_count;
static u8 *sectors; /* TABLE_BYTES of what was read */

/* What a table says of one partition. */
struct place {
	u64 first, sectors;
};

/* ---- Tables --------------------------------------------------------------------------------- */

static bool get(struct blk_backend *d, u64 sector, u32 count)
{
	return disk_read_now(d, sector, count, sectors);
}

static bool is_extended(u8 type)
{
	return type == TYPE_EXTENDED || type == TYPE_EXTENDED_LBA || type == TYPE_EXTENDED_LINUX;
}

/* Is the sector that was read a table at all? A boot sector of a file system has the same end. */
static bool is_table(const struct mbr *m)
{
	for (u32 i = 0; i < ARRAY_LEN(m->entry); i++)
		if (m->entry[i].status & MBR_STATUS)
			return false;
	return m->signature == MBR_SIGNATURE;
}

/* Logical partitions (the chain of extended boot records): each record holds one, whose address
 * counts from the record, and the next record, whose address counts from the first. */
static const char *find_logical(struct blk_backend *d, u64 extended, u32 number, struct place *p)
{
	u64 at = extended;

	for (u32 n = LOGICAL_FIRST; n < LOGICAL_FIRST + LOGICAL_MOST; n++) {
		const struct mbr *m = (const struct mbr *)sectors;

		if (!get(d, at, 1))
			return "the chain of its logical partitions cannot be read";
		if (!is_table(m))
			return "the chain of its logical partitions is broken";
		if (n == number) {
			*p = (struct place){at + m->entry[0].first, m->entry[0].sectors};
			return NULL;
		}
		if (!is_extended(m->entry[1].type))
			break;
		at = extended + m->entry[1].first;
	}
	return "it has no such partition";
}

static const char *find_mbr(struct blk_backend *d, u32 number, struct place *p)
{
	const struct mbr *m = (const struct mbr *)sectors;

	if (number >= LOGICAL_FIRST) {
		for (u32 i = 0; i < ARRAY_LEN(m->entry); i++)
			if (is_extended(m->entry[i].type))
				return find_logical(d, m->entry[i].first, number, p);
		return "it has no such partition";
	}
	const struct mbr_entry *e = &m->entry[number - 1];

	if (is_extended(e->type))
		return "that is the extended partition: name one of the logical ones in it, from 5 "
		       "on";
	if (e->type)
		*p = (struct place){e->first, e->sectors};
	return NULL;
}

/* UEFI 5.3.2: CRC32, the one of Ethernet. */
static u32 crc32(const u8 *bytes, u32 len)
{
	u32 crc = 0xffffffffu;

	for (u32 i = 0; i < len; i++) {
		crc ^= bytes[i];
		for (u32 bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

/* The header at this sector, and then its entries, are in `sectors`; *h is a copy. */
static bool read_gpt(struct blk_backend *d, u64 at, struct gpt_header *h)
{
	u32 crc, bytes;

	if (!get(d, at, 1))
		return false;
	memcpy(h, sectors, sizeof(*h));
	crc = h->crc;
	memset(sectors + offsetof(struct gpt_header, crc), 0, sizeof(crc));
	if (memcmp(h->signature, "EFI PART", 8) != 0 || h->bytes < sizeof(*h) ||
	    h->bytes > SECTOR_SIZE || crc32(sectors, h->bytes) != crc || h->self != at)
		return false;
	if (h->entry_bytes < sizeof(struct gpt_entry) || h->entry_bytes > SECTOR_SIZE ||
	    !h->entries || h->entries > TABLE_BYTES / h->entry_bytes)
		return false;
	bytes = h->entries * h->entry_bytes;
	return get(d, h->entries_at, ALIGN_UP(bytes, SECTOR_SIZE) / SECTOR_SIZE) &&
	       crc32(sectors, bytes) == h->entries_crc;
}

static const char *find_gpt(struct blk_backend *d, u32 number, struct place *p)
{
	static const u8 unused[16];
	struct gpt_header h;
	struct gpt_entry e;

	if (!read_gpt(d, GPT_AT, &h) && !read_gpt(d, d->sectors - 1, &h))
		return "both of its GUID partition tables are damaged";
	if (number > h.entries)
		return NULL;
	memcpy(&e, sectors + (number - 1) * h.entry_bytes, sizeof(e));
	if (memcmp(e.type, unused, sizeof(unused)) != 0 && e.last >= e.first &&
	    e.last - e.first + 1)
		*p = (struct place){e.first, e.last - e.first + 1};
	return NULL;
}

static const char *look_up(struct blk_backend *d, u32 number, struct place *p)
{
	const struct mbr *m = (const struct mbr *)sectors;
	const char *why;
	bool gpt = false;

	if (!get(d, 0, 1))
		return "its first sector cannot be read";
	if (!is_table(m))
		return "it has no partition table";
	for (u32 i = 0; i < ARRAY_LEN(m->entry); i++)
		gpt |= m->entry[i].type == TYPE_GPT;
	why = (gpt ? find_gpt : find_mbr)(d, number, p);
	if (!why && !p->sectors)
		why = "it has no such partition";
	if (!why && (!p->first || p->first >= d->sectors || p->sectors > d->sectors - p->first))
		why = "that partition does not lie inside the disk";
	return why;
}

/* ---- The backend ---------------------------------------------------------------------------- */

static void submit(struct blk_backend *b, struct blk_req *r)
{
	if (r->sector > b->sectors || r->sectors > b->sectors - r->sector) {
		r->done(r, HV_BADARG);
		return;
	}
	r->sector += b->first;
	b->whole->ops->submit(b->whole, r);
}

static void flush(struct blk_backend *b, struct blk_req *r)
{
	b->whole->ops->flush(b->whole, r);
}

static void cancel(struct blk_backend *b, void *ctx)
{
	b->whole->ops->cancel(b->whole, ctx);
}

static const struct blk_ops part_ops = {.submit = submit, .flush = flush, .cancel = cancel};

struct blk_backend *partition_find(struct blk_backend *whole, u32 number, const char **why)
{
	struct blk_backend *b = &parts[part_count];
	struct place place = {0, 0};
	char name[sizeof(b->name)];

	snprintf(name, sizeof(name), "%.20s%u", whole->name, number);
	for (struct blk_backend *p = whole->parts; p; p = p->next_part)
		if (strcmp(p->name, name) == 0)
			return p;
	if (!sectors)
		sectors = dma_alloc(TABLE_BYTES);
	*why = !sectors			  ? "out of memory"
	       : part_count == PARTITIONS ? "too many partitions are in use"
					  : look_up(whole, number, &place);
	if (*why)
		return NULL;
	part_count++;
	*b = (struct blk_backend){
		.ops = &part_ops,
		.sectors = place.sectors,
		.readonly = whole->readonly,
		.most = whole->most,
		.whole = whole,
		.first = place.first,
		.next_part = whole->parts,
	};
	memcpy(b->name, name, sizeof(name));
	whole->parts = b;
	return b;
}
