/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A model of one ATA channel with two drives and a bus master: its state, which tests look at and
 * change. */
#ifndef TESTS_UNIT_ATA_MODEL_H
#define TESTS_UNIT_ATA_MODEL_H

#include "lib/base.h"

#define MODEL_SECTORS 256u
#define MODEL_BASE    0x1f0
#define MODEL_CONTROL 0x3f6
#define MODEL_BM      0xc000

enum model_kind { NOBODY, DISK, PACKET, GHOST };
enum model_fault {
	NO_FAULT,
	BAD_SECTOR,   /* the drive refuses: uncorrectable */
	BAD_TRANSFER, /* interface CRC */
	BAD_MASTER,   /* the bus master reports an error */
	NO_INTERRUPT, /* all is well, but it is not announced */
	HANGS,	      /* busy until a reset */
	GONE,	      /* pulled out */
};

struct model_drive {
	enum model_kind kind;
	u16 identity[256];
	u8 medium[MODEL_SECTORS * 512];
	u8 block; /* SET MULTIPLE */
	bool cache_off;
	u32 flushes;
	bool flush_48;
};

struct channel_model {
	struct model_drive drive[2];
	u8 device, status, error;
	u8 count[2], lba[3][2]; /* newest first: 48-bit commands use both */
	u8 control;
	enum { M_IDLE, M_READ, M_WRITE, M_IDENTIFY, M_DMA, M_PACKET, M_PACKET_DATA } phase;
	bool dma_write;
	u32 sector, left, chunk; /* sectors still to come; of them in the present block */
	u8 *at;
	u32 words; /* of the present block */
	u8 buffer[MODEL_SECTORS * 512];
	u8 bm_command, bm_status;
	u32 bm_table;
	enum model_fault fault; /* of the next command, and then of `faults` - 1 more */
	u32 faults;
	bool line;     /* an edge the driver has not seen */
	bool dead_bus; /* floating: all ones */
	u32 commands, dma_commands, multiple_commands, ext_commands, resets;
	u32 busy_polls; /* how long a reset takes, in status reads */
	bool slow_drq;	/* a write's first block is asked for only later */
	/* Of a packet drive: the packet's answer, what it says before it does anything. */
	u8 answer[17 * 2048];
	u32 answer_bytes, answer_at, limit,
		piece; /* `piece`: bytes it likes to give at once; 0: the limit */
	u8 attentions, sense_key, told_code, sense_code; /* the last: not ready, and why */
	u32 block_bytes, packets, length_lie;
};
extern struct channel_model model;

/* The next block of a PIO command is in the buffer, or asked for. */
void model_block(bool multiple);

#endif
