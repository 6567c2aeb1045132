/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See packet.h. */
#include "devices/host/disk/packet.h"

#include "lib/string.h"
#include "lib/x86.h"

#define WAIT_US 500000u /* a disc is being looked at by its drive */
#define TRIES	12u

#define GENERAL_PACKET 0x8000u /* word 0: bits 15..14 are 10 (ATA vol. 1, 6.18.3) */
#define GENERAL_KIND   0xc000u
#define GENERAL_LENGTH 0x0003u /* 0: packets of 12 bytes */
#define GENERAL_TYPE   0x1f00u
#define TYPE_CD	       0x0500u

/* Operations (MMC 6, SPC 6), sense keys, and additional sense codes (SPC 4.5.6). */
enum { OP_SENSE = 0x03, OP_CAPACITY = 0x25, OP_READ = 0x28 };
#define SENSE_BYTES	18u
#define SENSE_CODE	12u
#define KEY_NOT_READY	2u
#define KEY_ATTENTION	6u
#define CODE_NO_MEDIUM	0x3au
#define CODE_GETS_READY 0x04u

static void put_be32(u8 *at, u32 v)
{
	for (u32 i = 0; i < 4; i++)
		at[i] = (u8)(v >> (24 - 8 * i));
}

static u32 get_be32(const u8 *at)
{
	return (u32)at[0] << 24 | (u32)at[1] << 16 | (u32)at[2] << 8 | at[3];
}

u32 packet_read(u8 packet[PACKET_BYTES], u64 sector, u32 sectors)
{
	u32 blocks = ((u32)(sector % CD_SECTORS) + sectors + CD_SECTORS - 1) / CD_SECTORS;

	memset(packet, 0, PACKET_BYTES);
	packet[0] = OP_READ;
	put_be32(packet + 2, (u32)(sector / CD_SECTORS));
	packet[7] = (u8)(blocks >> 8);
	packet[8] = (u8)blocks;
	return blocks;
}

const char *packet_drive(const u16 words[ATA_WORDS])
{
	if ((words[0] & GENERAL_KIND) != GENERAL_PACKET || (words[0] & GENERAL_TYPE) != TYPE_CD)
		return "a packet drive for something else than discs";
	if (words[0] & GENERAL_LENGTH)
		return "a packet drive with long packets";
	return NULL;
}

/* Why the drive is not ready, in the words of SPC. */
static u8 sense_code(packet_run *run, void *ctx)
{
	const u8 packet[PACKET_BYTES] = {OP_SENSE, [4] = SENSE_BYTES};
	u8 sense[SENSE_BYTES] = {0}, error;

	return run(ctx, packet, sense, sizeof(sense), &error) ? sense[SENSE_CODE] : 0;
}

const char *packet_capacity(packet_run *run, void *ctx, u64 *sectors)
{
	const u8 packet[PACKET_BYTES] = {OP_CAPACITY};
	u8 answer[8], error, code = CODE_GETS_READY;

	for (u32 try = 0; try < TRIES && code == CODE_GETS_READY; try++) {
		if (run(ctx, packet, answer, sizeof(answer), &error)) {
			*sectors = ((u64)get_be32(answer) + 1) * CD_SECTORS;
			return get_be32(answer + 4) == CD_BLOCK
				       ? NULL
				       : "its blocks are not of 2048 bytes";
		}
		if (error >> 4 ==
		    KEY_ATTENTION) /* said once after power-on and a change of discs */
			continue;
		code = error >> 4 == KEY_NOT_READY ? sense_code(run, ctx) : 0;
		for (u32 i = 0; i < WAIT_US && code == CODE_GETS_READY; i++)
			io_wait();
	}
	return code == CODE_NO_MEDIUM ? "there is no disc in it" : "its disc cannot be read";
}
