/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Disks behind an AHCI controller ("AHCI" is the Serial ATA AHCI specification 1.3.1). Private to
 * the finder (ahci_probe.c) and the driver (ahci.c).
 */
#ifndef DEVICES_HOST_DISK_AHCI_H
#define DEVICES_HOST_DISK_AHCI_H

#include "devices/host/disk/packet.h"
#include "devices/host/disk/queue.h"
#include "devices/host/pci.h"

#define AHCI_PORTS 32u

/* Generic host control (AHCI 3.1). */
#define HBA_GHC	    0x04u
#define HBA_IS	    0x08u
#define HBA_PI	    0x0cu /* ports that there are */
#define HBA_CAP2    0x24u
#define HBA_BOHC    0x28u
#define GHC_IE	    0x00000002u
#define GHC_AE	    0x80000000u
#define CAP2_BOH    0x00000001u
#define BOHC_BIOS   0x00000001u /* the BIOS has it */
#define BOHC_SYSTEM 0x00000002u /* we want it */

/* Port registers, from the port's base (AHCI 3.3). */
#define PORT_BASE(n) (0x100u + (n)*PORT_BYTES)
#define PORT_BYTES   0x80u
#define PORT_CLB     0x00u
#define PORT_CLBU    0x04u
#define PORT_FB	     0x08u
#define PORT_FBU     0x0cu
#define PORT_IS	     0x10u
#define PORT_IE	     0x14u
#define PORT_CMD     0x18u
#define PORT_TFD     0x20u
#define TFD_ERROR    8u /* the error register's place in it */
#define PORT_SIG     0x24u
#define PORT_SSTS    0x28u
#define PORT_SCTL    0x2cu
#define PORT_SERR    0x30u
#define PORT_CI	     0x38u

#define CMD_START	 0x00000001u
#define CMD_SPIN_UP	 0x00000002u
#define CMD_POWER_ON	 0x00000004u
#define CMD_FIS		 0x00000010u /* receive FISes */
#define CMD_FIS_RUNS	 0x00004000u
#define CMD_LIST_RUNS	 0x00008000u
#define SSTS_DETECT	 0x0000000fu
#define SSTS_PRESENT	 0x00000003u /* and the link is up */
#define SCTL_DETECT	 0x0000000fu
#define SCTL_RESET	 0x00000001u
#define SCTL_OFFLINE	 0x00000004u
#define SIGNATURE_ATA	 0x00000101u
#define SIGNATURE_PACKET 0xeb140101u

/* Interrupts: a FIS of each kind that ends a command, a change of the link, errors. */
#define IS_DONE	 0x0000000fu
#define IS_LINK	 0x00400040u
#define IS_ERROR 0x78000000u /* the list stands still: the drive's word, interface, bus */
#define IS_DRIVE 0x40000000u

/* Command header (AHCI 4.2.2). */
struct ahci_header {
	u16 flags; /* length of the FIS in words; bit 6: a write */
	u16 regions;
	volatile u32 moved; /* bytes */
	u32 table, table_high;
	u32 reserved[4];
};
#define HEADER_WRITE  0x0040u
#define HEADER_PACKET 0x0020u

/* Physical region descriptor (AHCI 4.2.3.3). */
struct ahci_region {
	u32 address, address_high, reserved;
	u32 last; /* bytes less one */
};

/* Register FIS to the device (Serial ATA 10.3.4). */
struct ahci_fis {
	u8 type, flags, command, features;
	u8 lba0, lba1, lba2, device;
	u8 lba3, lba4, lba5, features_high;
	u8 count, count_high, icc, control;
	u32 reserved;
};
#define FIS_TO_DEVICE 0x27u
#define FIS_COMMAND   0x80u /* of flags: a command, not the control register */

#define AHCI_REGIONS 256u /* of a disc: before, what is asked for, behind */

/* What the hardware of one port reads and writes; one command at a time. */
struct ahci_memory {
	struct ahci_header header[32]; /* 1 KiB, AHCI 3.3.1 */
	u8 received[256];	       /* AHCI 3.3.3 */
	struct ahci_fis fis;	       /* the command table from here on, AHCI 4.2.3 */
	u8 fis_rest[64 - sizeof(struct ahci_fis)];
	u8 packet[16], reserved[48];
	struct ahci_region region[AHCI_REGIONS];
	u8 spare[CD_BLOCK]; /* parts of a disc's blocks that nobody asked for */
};
_Static_assert(sizeof(struct ahci_header) == 32, "AHCI 4.2.2");
_Static_assert(sizeof(struct ahci_region) == 16, "AHCI 4.2.3.3");
_Static_assert(sizeof(struct ahci_fis) == 20, "Serial ATA 10.3.4: five words");
_Static_assert(offsetof(struct ahci_memory, received) % 256 == 0, "AHCI 3.3.3");
_Static_assert(offsetof(struct ahci_memory, fis) % 128 == 0, "AHCI 4.2.2: the table's address");
_Static_assert(offsetof(struct ahci_memory, region) - offsetof(struct ahci_memory, fis) == 0x80,
	       "AHCI 4.2.3");
_Static_assert(DISK_MOST *SECTOR_SIZE <= MIB(4), "AHCI 4.2.3.3: of one region");

_Static_assert(offsetof(struct ahci_memory, packet) - offsetof(struct ahci_memory, fis) == 0x40,
	       "AHCI 4.2.3.2");
_Static_assert(PACKET_BYTES <= sizeof(((struct ahci_memory *)0)->packet), "AHCI 4.2.3.2");

enum ahci_phase { AHCI_IDLE, AHCI_WORKS, AHCI_RESET };

struct ahci_disk {
	struct disk_queue queue; /* first */
	struct disk disk;
	struct ata_identity id;
	bool packet;	   /* a CD-ROM drive */
	volatile u8 *port; /* registers; NULL: this place is free */
	struct ahci_memory *memory;
	struct disk_cmd *cmd;
	enum ahci_phase phase;
	u32 first_ms; /* when a reset began, on the command's clock */
	u32 faults;   /* transfers of this command that failed */
	struct ahci_hba *hba;
};

struct ahci_hba {
	struct host_function at;
	volatile u8 *registers;
	u8 irq;
};

#define AHCI_DISKS 8u /* sda..sdh */
extern struct ahci_disk ahci_disks[AHCI_DISKS];

extern const struct disk_driver ahci_driver;
bool ahci_interrupt(void *hba);

/* Stop, or start, the port's work on its list of commands. False: it does not stop. */
bool ahci_stop(volatile u8 *port);
void ahci_run(volatile u8 *port);
/* Put a command into the port's only place, and let it go, with its data. */
void ahci_issue(struct ahci_disk *d, const struct ahci_fis *fis, const struct stretch *piece,
		u32 pieces, bool write);
/* The same with a packet: `bytes` to `data`, of an answer that has `before` and `after` more, each
 * less than a block. */
void ahci_packet(struct ahci_disk *d, const u8 packet[PACKET_BYTES], u32 before, void *data,
		 u32 bytes, u32 after);

#endif
