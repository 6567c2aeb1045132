/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A drive's description of itself (ATA vol. 1, 6.17). Nothing here touches hardware.
 */
#include "devices/host/disk/ata.h"

/* Words of IDENTIFY DEVICE. */
enum {
	W_GENERAL = 0,
	W_MODEL = 27, /* 20 words, the first letter in the high byte */
	W_MULTIPLE_MAX = 47,
	W_CAPABILITIES = 49,
	W_VALID = 53,
	W_SECTORS28 = 60,
	W_MULTIWORD_DMA = 63,
	W_SETS = 82, /* supported: 82..84, enabled: 85..87 */
	W_ULTRA_DMA = 88,
	W_SECTORS48 = 100,
	W_SECTOR_SIZE = 106,
};
#define GENERAL_NOT_ATA	 0x8000u
#define CAPABILITY_LBA	 0x0200u
#define CAPABILITY_DMA	 0x0100u
#define VALID_ULTRA	 0x0004u /* word 88 means something */
#define DMA_SELECTED	 0xff00u /* of words 63 and 88 */
#define SET0_WRITE_CACHE 0x0020u /* word 82, 85 */
#define SET1_FLUSH_EXT	 0x2000u /* word 83 */
#define SET1_FLUSH	 0x1000u
#define SET1_LBA48	 0x0400u
#define SET1_CHECK	 0xc000u /* these two bits must be 01 */
#define SIZE_CHECK	 0xc000u
#define SIZE_LONG_SECTOR 0x1000u
#define CHECK_OK	 0x4000u
#define SMALLEST	 64u /* sectors; below is noise on the bus */

void ata_model(const u16 words[ATA_WORDS], char model[41])
{
	u32 n = 0;

	for (u32 i = 0; i < 40; i++) {
		u32 c = words[W_MODEL + i / 2] >> (i % 2 ? 0 : 8) & 0xff;

		model[i] = (char)(c >= ' ' && c <= '~' ? c : ' ');
		if (model[i] != ' ')
			n = i + 1;
	}
	model[n] = 0;
}

/* How many sectors an interrupt shall bring: the largest power of two that all can do. */
static u32 block_size(u32 most)
{
	u32 block = 1;

	while (block * 2 <= MIN(most, ATA_BLOCK_MAX))
		block *= 2;
	return block;
}

const char *ata_identify(const u16 w[ATA_WORDS], struct ata_identity *out)
{
	bool sets = (w[W_SETS + 1] & SET1_CHECK) == CHECK_OK;
	u32 commands = sets ? w[W_SETS + 1] : 0;
	u32 ultra = w[W_VALID] & VALID_ULTRA ? w[W_ULTRA_DMA] : 0;

	*out = (struct ata_identity){.block = block_size(w[W_MULTIPLE_MAX] & 0xffu)};
	ata_model(w, out->model);
	if (w[W_GENERAL] & GENERAL_NOT_ATA)
		return "not a disk";
	if (!(w[W_CAPABILITIES] & CAPABILITY_LBA))
		return "it knows no LBA";
	if ((w[W_SECTOR_SIZE] & SIZE_CHECK) == CHECK_OK && w[W_SECTOR_SIZE] & SIZE_LONG_SECTOR)
		return "its sectors are not of 512 bytes";
	out->sectors = w[W_SECTORS28] | (u32)w[W_SECTORS28 + 1] << 16;
	if (commands & SET1_LBA48) {
		u64 n = w[W_SECTORS48] | (u32)w[W_SECTORS48 + 1] << 16 |
			(u64)w[W_SECTORS48 + 2] << 32 | (u64)w[W_SECTORS48 + 3] << 48;

		out->lba48 = n >= out->sectors && n >> 48 == 0;
		if (out->lba48)
			out->sectors = n;
	}
	if (!out->lba48)
		out->sectors = MIN(out->sectors, ATA_LBA28_SECTORS);
	if (out->sectors < SMALLEST)
		return "it tells no size";
	out->dma =
		w[W_CAPABILITIES] & CAPABILITY_DMA && (w[W_MULTIWORD_DMA] | ultra) & DMA_SELECTED;
	out->flush = commands & SET1_FLUSH;
	out->flush_ext = out->lba48 && commands & SET1_FLUSH_EXT;
	out->write_cache = sets && w[W_SETS + 3] & SET0_WRITE_CACHE;
	return NULL;
}
