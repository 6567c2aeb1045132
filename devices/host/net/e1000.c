/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Intel 8254x gigabit cards, and the 82574 after them. "SDM" here is the PCI/PCI-X Family of
 * Gigabit Ethernet Controllers Software Developer's Manual (317453). Both rings are filled for
 * good; the card announces received frames at most 8000 times a second, and sent ones not at all:
 * the ring is looked at when room is needed.
 */
#include "devices/host/dma.h"
#include "devices/host/net/drivers.h"
#include "devices/host/net/nic.h"
#include "lib/string.h"
#include "lib/x86.h"
#include "mm/host.h"

/* Registers (SDM 13.2). */
enum {
	R_CTRL = 0x0000,
	R_ICR = 0x00c0,
	R_ITR = 0x00c4,
	R_IMS = 0x00d0,
	R_IMC = 0x00d8,
	R_RCTL = 0x0100,
	R_TCTL = 0x0400,
	R_TIPG = 0x0410,
	R_RDBAL = 0x2800,
	R_RDBAH = 0x2804,
	R_RDLEN = 0x2808,
	R_RDH = 0x2810,
	R_RDT = 0x2818,
	R_TDBAL = 0x3800,
	R_TDBAH = 0x3804,
	R_TDLEN = 0x3808,
	R_TDH = 0x3810,
	R_TDT = 0x3818,
	R_RFCTL = 0x5008,
	R_MTA = 0x5200, /* 128 words */
	R_RAL = 0x5400,
	R_RAH = 0x5404,
};
#define REGISTERS KIB(128)
#define MTA_WORDS 128u

#define CTRL_LRST    0x00000008u
#define CTRL_ASDE    0x00000020u
#define CTRL_SLU     0x00000040u /* link up */
#define CTRL_ILOS    0x00000080u
#define CTRL_RST     0x04000000u
#define CTRL_PHY_RST 0x80000000u
#define RAH_VALID    0x80000000u
#define IRQ_RECEIVE  0x000000d0u /* timer, overrun, few descriptors left */
#define ITR_8000_HZ  488u	 /* of 256 ns */
/* Enable, all stations, all groups, broadcasts, 2048-byte buffers, checksum cut off. */
#define RCTL_ON 0x0400801au
/* Enable, pad short frames; collision values for full duplex (SDM 13.4.33). */
#define TCTL_ON	    (0x0000000au | 0x0fu << 4 | 0x40u << 12)
#define TIPG_COPPER (10u | 8u << 10 | 6u << 20)

/* Receive descriptor (SDM 3.2.3) and legacy transmit descriptor (SDM 3.3.3). */
struct rx_desc {
	u64 address;
	u16 bytes, checksum;
	volatile u8 status;
	u8 errors;
	u16 special;
};
struct tx_desc {
	u64 address;
	u16 bytes;
	u8 checksum_at, command;
	volatile u8 status;
	u8 checksum_from;
	u16 special;
};
_Static_assert(sizeof(struct rx_desc) == 16 && sizeof(struct tx_desc) == 16, "SDM 3.2.3, 3.3.3");
#define DESC_DONE  0x01u
#define RX_END	   0x02u /* of the frame */
#define TX_COMMAND 0x0bu /* end of frame, add the checksum, report */

#define DESCS 64u
_Static_assert(DESCS * 16 % 128 == 0, "SDM 13.4.27: ring length");
_Static_assert(offsetof(struct rx_desc, status) == 12, "SDM 3.2.3");
_Static_assert(offsetof(struct tx_desc, command) == 11, "SDM 3.3.3");
_Static_assert(offsetof(struct tx_desc, status) == 12, "SDM 3.3.3");
_Static_assert(R_RDT - R_RDBAL == 0x18 && R_TDT - R_TDBAL == 0x18, "SDM 13.2: two like rings");

#define RESET_POLLS 10000u /* microseconds, about */

struct e1000 {
	volatile u8 *registers;
	struct rx_desc *rx;
	struct tx_desc *tx;
	u8 *rx_buffer, *tx_buffer; /* DESCS of NIC_BUFFER bytes */
	u32 rx_next, tx_next;	   /* the descriptor that comes next */
};

static u32 get(const struct e1000 *e, u32 at)
{
	return *(volatile u32 *)(e->registers + at);
}

static void put(const struct e1000 *e, u32 at, u32 value)
{
	*(volatile u32 *)(e->registers + at) = value;
}

static bool reset(const struct e1000 *e)
{
	put(e, R_IMC, 0xffffffffu);
	put(e, R_RCTL, 0);
	put(e, R_TCTL, 0);
	put(e, R_CTRL, get(e, R_CTRL) | CTRL_RST);
	for (u32 i = 0; i < RESET_POLLS; i++)
		io_wait(); /* it reads its EEPROM, and must not be disturbed (SDM 14.3) */
	put(e, R_IMC, 0xffffffffu);
	(void)get(e, R_ICR);
	return !(get(e, R_CTRL) & CTRL_RST);
}

static bool read_mac(const struct e1000 *e, u8 mac[MAC_BYTES])
{
	u32 low = get(e, R_RAL), high = get(e, R_RAH);

	memcpy(mac, &low, 4);
	memcpy(mac + 4, &high, 2);
	return high & RAH_VALID;
}

static bool allocate(struct e1000 *e)
{
	e->rx = dma_alloc(DESCS * sizeof(*e->rx));
	e->tx = dma_alloc(DESCS * sizeof(*e->tx));
	e->rx_buffer = dma_alloc(DESCS * NIC_BUFFER);
	e->tx_buffer = dma_alloc(DESCS * NIC_BUFFER);
	return e->rx && e->tx && e->rx_buffer && e->tx_buffer;
}

static void set_up_rings(struct e1000 *e)
{
	for (u32 i = 0; i < DESCS; i++) {
		e->rx[i].address = dma_address(e->rx_buffer) + i * NIC_BUFFER;
		e->tx[i].address = dma_address(e->tx_buffer) + i * NIC_BUFFER;
		e->tx[i].command = TX_COMMAND;
		e->tx[i].status = DESC_DONE;
	}
	put(e, R_RDBAL, dma_address(e->rx));
	put(e, R_RDBAH, 0);
	put(e, R_RDLEN, DESCS * sizeof(*e->rx));
	put(e, R_RDH, 0);
	put(e, R_RDT, DESCS - 1); /* one stays ours: full and empty would look the same */
	put(e, R_TDBAL, dma_address(e->tx));
	put(e, R_TDBAH, 0);
	put(e, R_TDLEN, DESCS * sizeof(*e->tx));
	put(e, R_TDH, 0);
	put(e, R_TDT, 0);
}

static enum hv_status open(struct nic *n, const struct host_function *f)
{
	u32 bar = pcihost_address(f, 0);
	struct e1000 *e;

	if (!bar || !f->irq_line)
		return HV_IO;
	e = dma_alloc(sizeof(*e));
	if (!e)
		return HV_NOMEM;
	n->data = e;
	n->irq = f->irq_line;
	e->registers = host_map_device(bar, REGISTERS, CACHE_UC);
	if (!e->registers || !allocate(e))
		return HV_NOMEM;
	pcihost_enable(f, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	if (!reset(e) || !read_mac(e, n->port.mac))
		return HV_IO;
	put(e, R_RFCTL, 0); /* QEMU's 82574 keeps an earlier driver's longer descriptors */
	for (u32 i = 0; i < MTA_WORDS; i++)
		put(e, R_MTA + i * 4, 0);
	set_up_rings(e);
	return HV_OK;
}

static void go(struct nic *n)
{
	struct e1000 *e = n->data;
	u32 ctrl = get(e, R_CTRL) & ~(CTRL_LRST | CTRL_ILOS | CTRL_PHY_RST);

	put(e, R_CTRL, ctrl | CTRL_SLU | CTRL_ASDE);
	put(e, R_TIPG, TIPG_COPPER);
	put(e, R_TCTL, TCTL_ON);
	put(e, R_RCTL, RCTL_ON);
	put(e, R_ITR, ITR_8000_HZ);
	put(e, R_IMS, IRQ_RECEIVE);
}

/* The descriptor after the next one is older: when it was sent, the next one was, too. It stays
 * free, as a ring that is full to the last place would look empty to the card. */
static u8 *room(struct nic *n)
{
	struct e1000 *e = n->data;

	if (!(e->tx[(e->tx_next + 1) % DESCS].status & DESC_DONE))
		return NULL;
	return e->tx_buffer + e->tx_next * NIC_BUFFER;
}

static void send(struct nic *n, u32 len)
{
	struct e1000 *e = n->data;
	struct tx_desc *d = &e->tx[e->tx_next];

	d->bytes = (u16)len;
	d->status = 0;
	e->tx_next = (e->tx_next + 1) % DESCS;
	dma_barrier();
	put(e, R_TDT, e->tx_next);
}

static bool serve(struct nic *n, u32 budget)
{
	struct e1000 *e = n->data;
	u32 taken = 0;

	n->raised = get(e, R_ICR) != 0; /* reading it quietens the card */
	while (taken < budget && e->rx[e->rx_next].status & DESC_DONE) {
		struct rx_desc *d = &e->rx[e->rx_next];

		dma_barrier();
		if (d->status & RX_END && !d->errors)
			nic_receive(n, e->rx_buffer + e->rx_next * NIC_BUFFER, d->bytes);
		d->status = 0;
		e->rx_next = (e->rx_next + 1) % DESCS;
		taken++;
	}
	if (taken) {
		dma_barrier();
		put(e, R_RDT, (e->rx_next + DESCS - 1) % DESCS);
	}
	return taken == budget;
}

/* 82540EM as emulators have it, 82544EI, 82544GC, 82545EM, 82546EB, 82541GI, 82541PI, 82547EI;
 * 82574L, which knows the same registers and descriptors. */
static const u16 devices[] = {0x100e, 0x1008, 0x100c, 0x100f, 0x1010,
			      0x1076, 0x107c, 0x1019, 0x10d3, 0};

const struct nic_driver e1000_driver = {
	.name = "e1000",
	.vendor = 0x8086,
	.devices = devices,
	.open = open,
	.go = go,
	.room = room,
	.send = send,
	.serve = serve,
};
