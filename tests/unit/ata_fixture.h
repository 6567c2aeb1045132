/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ATA drivers and the finder of drives, on a board with one channel, and requests to its
 * drives. */
#ifndef TESTS_UNIT_ATA_FIXTURE_H
#define TESTS_UNIT_ATA_FIXTURE_H

#include "devices/block.h"
#include "devices/host/disk/queue.h"
#include "devices/host/irq.h"
#include "tests/unit/ata_model.h"
#include "tests/unit/support.h"

/* Entries of a bus master's table: see ata_channel.h. */
struct ata_region;

struct board {
	bool pci, lent;
	u8 prog_if;
	u32 bar[6];
	u32 command;
	host_irq_fn *fn;
	void *ctx;
	unsigned irq;
};
extern struct board board;

/* What IDENTIFY tells of a disk of so many sectors. */
void words_of(struct model_drive *d, const char *model_name, u32 sectors);

extern u32 dones; /* requests that were over since the last one began */
extern enum hv_status last;

void request_done(struct blk_req *r, enum hv_status status);

/* Deliver interrupts until there are none. */
void interrupts(void);

extern struct blk_req req;
extern u8 data[MODEL_SECTORS * 512];

/* Begun; brought to its end, which is its status. */
void start_request(struct blk_backend *d, bool write, u64 sector, u32 sectors);
enum hv_status run_request(struct blk_backend *d, bool write, u64 sector, u32 sectors);
enum hv_status run_flush(struct blk_backend *d);
void time_passes(u32 ms);
int with_dma(void **state);
int with_pio(void **state);
struct blk_backend *probe(const char *name); /* NULL: there is no such drive */
struct disk *first_disk(void);
u32 regions_of(struct ata_region *table, u32 address, u32 bytes);
void no_conventional_ports(void);
void read_all(struct blk_backend *d);
/* Of so many commands from now on. */
void set_fault(enum model_fault f, u32 times);
int with_disc(void **state);

#endif
