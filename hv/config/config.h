/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guests as described on module command lines, and the hypervisor's own options. Pure text
 * work: no allocation, no hardware, tested on the host. docs/config.md is the manual. For every
 * room of hv/.
 */
#ifndef HV_CONFIG_CONFIG_H
#define HV_CONFIG_CONFIG_H

#include "devices/host/keymap.h"
#include "hv/config/boot.h"

#define GUESTS_MAX     32
#define GUEST_NAME_MAX 16
#define GUEST_CMDLINE  2048 /* what Linux copies */
#define GUEST_DISKS    4
#define GUEST_NICS     4
#define GUEST_SHMS     2
#define GUEST_LENT     4
#define BRIDGES_MAX    4
#define CONFIG_MEM_MAX MIB(3072) /* the device window needs room below 4 GiB */

enum guest_format { FORMAT_AUTO, FORMAT_2LEVEL, FORMAT_PAE };

struct disk_config {
	const struct boot_module *module; /* NULL: a disk of the machine, by its name */
	char name[32];
	bool readonly;
};

struct nic_config {
	char network[16];
	u8 mac[6];
	bool has_mac;
};

struct shm_config {
	char name[16];
	u32 bytes;
};

struct lent_config {
	char where[8]; /* BB:DD.F */
	bool dma_trusted;
};

struct guest_config {
	char name[GUEST_NAME_MAX];
	const struct boot_module *kernel;
	const struct boot_module *initrd; /* NULL: none */
	u32 mem_bytes;
	u32 machine_bytes; /* only where there is so much RAM, 0: anywhere */
	u32 weight;	   /* 1..100 */
	bool paused;	   /* do not start by itself */
	bool wait_gdb;
	enum guest_format format;
	u32 disks, nics, shms, lent_count;
	struct disk_config disk[GUEST_DISKS];
	struct nic_config nic[GUEST_NICS];
	struct shm_config shm[GUEST_SHMS];
	struct lent_config lent[GUEST_LENT];
	u32 display_width, display_height; /* 0: no display */
	char cmdline[GUEST_CMDLINE];
};

/* What to do when the last guest has ended. */
enum end_action { END_POWEROFF, END_APM, END_REBOOT, END_STAY };

/* A network card of the machine as a port of a network. */
struct bridge_config {
	char network[16];
	char nic[12];
};

struct hv_options {
	u16 uart_base; /* a place (devices/host/serial.h) */
	u32 uart_baud;
	u16 gdb_base;	  /* the same */
	u32 gdb_patience; /* seconds a guest stands still without a word from gdb; 0: for ever */
	u32 log_level;	  /* enum log_level */
	bool vga;
	bool fifty_rows; /* of the text mode */
	bool status;	 /* a status line on the text screen */
	bool frames;	 /* the serial line in channels, for a program that takes them apart */
	const struct keymap *keymap;
	u32 slice_us;	 /* scheduler's time slice */
	u32 tsc_khz;	 /* known already; 0: it is measured */
	bool tsc_check;	 /* but is to be checked all the same */
	u32 fail_alloc;	 /* frame_fail_after */
	u32 debug_exit;	 /* port of QEMU's isa-debug-exit, 0 = none */
	bool bochs_exit; /* end by Bochs' ports 0x8900/0x8a00 */
	enum end_action at_end;
	bool panic_reboot;
	char disable[64];	    /* no=pge,pae */
	char focus[GUEST_NAME_MAX]; /* guest that has the console at start; "" = all, prefixed */
	u32 bridges;
	struct bridge_config bridge[BRIDGES_MAX];
	bool report;	 /* say what the machine is, before guests start */
	bool stats;	 /* print every guest's statistics when it ends */
	bool exit_times; /* ... with how long its exits took */
};

struct config {
	struct hv_options opt;
	u32 guests;
	struct guest_config guest[GUESTS_MAX];
	u32 errors; /* lines that could not be used; each was reported */
};

/* Report one thing wrong: names the module and the key and says what would be right. */
typedef void config_error_fn(void *ctx, const char *text);

/* The one of this machine. */
extern struct config config;

/* Reads every command line. A guest with an error in its lines is left out, the others stay. */
void config_parse(struct config *c, const struct boot_info *b, config_error_fn *error, void *ctx);

#endif
