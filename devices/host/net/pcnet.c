/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AMD PCnet cards ("DS" is the data sheet of the Am79C970A, 19436), with 16-bit registers and
 * 32-bit descriptors. Both rings are filled for good; sent frames are not announced: the ring is
 * looked at when room is needed.
 */
#include "devices/host/dma.h"
#include "devices/host/net/drivers.h"
#include "devices/host/net/nic.h"
#include "lib/string.h"
#include "lib/x86.h"

/* Ports (DS, I/O resources, WIO mode). CSRs and BCRs are reached by their number in RAP. */
enum { P_PROM = 0x00, P_RDP = 0x10, P_RAP = 0x12, P_RESET = 0x14, P_BDP = 0x16, P_RESET32 = 0x18 };

enum csr { CSR_STATUS = 0, CSR_INIT_LOW = 1, CSR_INIT_HIGH = 2, CSR_MASK = 3, CSR_FEATURES = 4 };
#define BCR_STYLE 20u

#define S_INIT	 0x0001u
#define S_START	 0x0002u
#define S_STOP	 0x0004u
#define S_DEMAND 0x0008u /* look at the transmit ring now */
#define S_ENABLE 0x0040u /* interrupts */
#define S_IDON	 0x0100u /* the initialisation is done */
#define S_MEMORY 0x0800u /* the bus failed: it stands still */
#define S_CAUSES 0x7f00u
#define M_QUIET	 0x4300u /* no word of babble, sent frames, initialisation */
#define F_QUIET	 0x0915u /* short frames are padded; no further interrupts */
#define STYLE_32 2u
#define MODE_ALL 0x8000u /* every station's frames */

/* Initialisation block and descriptors (DS, software style 2). */
struct init_block {
	u16 mode;
	u8 rx_length, tx_length; /* exponents of two, in the high four bits */
	u8 mac[MAC_BYTES];
	u16 reserved;
	u32 groups[2];
	u32 rx, tx;
};
struct pcnet_desc {
	u32 address;
	u16 bytes; /* negative */
	volatile u16 status;
	volatile u32 message; /* received bytes, with the checksum */
	u32 reserved;
};
_Static_assert(sizeof(struct init_block) == 28 && sizeof(struct pcnet_desc) == 16, "DS, style 2");
_Static_assert(offsetof(struct init_block, rx) == 20, "DS, style 2");

#define D_CARD	0x8000u /* the card has it */
#define D_ERROR 0x4000u
#define D_WHOLE 0x0300u /* it begins and ends here */
#define D_BYTES 0x0fffu

#define DESCS_LOG2 6u
#define DESCS	   (1u << DESCS_LOG2)
#define CHECKSUM   4u
#define INIT_POLLS 10000u

struct pcnet {
	u16 io;
	struct init_block *init;
	struct pcnet_desc *rx, *tx;
	u8 *rx_buffer, *tx_buffer; /* DESCS of NIC_BUFFER bytes */
	u32 rx_next, tx_next;
};

static u16 get(const struct pcnet *p, u16 csr)
{
	outw(p->io + P_RAP, csr);
	return inw(p->io + P_RDP);
}

static void put(const struct pcnet *p, u16 csr, u32 value)
{
	outw(p->io + P_RAP, csr);
	outw(p->io + P_RDP, (u16)value);
}

/* In either mode; and the card must be in ours then. */
static bool reset(const struct pcnet *p)
{
	(void)inl(p->io + P_RESET32);
	(void)inw(p->io + P_RESET);
	io_wait();
	outw(p->io + P_RAP, BCR_STYLE);
	if (inw(p->io + P_RAP) != BCR_STYLE)
		return false;
	outw(p->io + P_BDP, STYLE_32);
	return get(p, CSR_STATUS) & S_STOP;
}

static bool allocate(struct pcnet *p)
{
	p->init = dma_alloc(sizeof(*p->init));
	p->rx = dma_alloc(DESCS * sizeof(*p->rx));
	p->tx = dma_alloc(DESCS * sizeof(*p->tx));
	p->rx_buffer = dma_alloc(DESCS * NIC_BUFFER);
	p->tx_buffer = dma_alloc(DESCS * NIC_BUFFER);
	return p->init && p->rx && p->tx && p->rx_buffer && p->tx_buffer;
}

static enum hv_status open(struct nic *n, const struct host_function *f)
{
	u16 port = pcihost_port(f, 0);
	struct pcnet *p;

	if (!port || !f->irq_line)
		return HV_IO;
	p = dma_alloc(sizeof(*p));
	if (!p)
		return HV_NOMEM;
	n->data = p;
	n->irq = f->irq_line;
	p->io = port;
	if (!allocate(p))
		return HV_NOMEM;
	pcihost_enable(f, PCI_COMMAND_IO | PCI_COMMAND_MASTER);
	if (!reset(p))
		return HV_IO;
	for (u16 i = 0; i < MAC_BYTES; i++)
		n->port.mac[i] = inb(p->io + P_PROM + i);
	return HV_OK;
}

/* Empty rings, and on with it. A card that does not end its initialisation receives nothing. */
static void run(struct pcnet *p, const u8 mac[MAC_BYTES])
{
	for (u32 i = 0; i < DESCS; i++) {
		p->rx[i] =
			(struct pcnet_desc){.address = dma_address(p->rx_buffer) + i * NIC_BUFFER,
					    .bytes = (u16)-NIC_BUFFER,
					    .status = D_CARD};
		p->tx[i] =
			(struct pcnet_desc){.address = dma_address(p->tx_buffer) + i * NIC_BUFFER};
	}
	p->rx_next = p->tx_next = 0;
	*p->init = (struct init_block){.mode = MODE_ALL,
				       .rx_length = DESCS_LOG2 << 4,
				       .tx_length = DESCS_LOG2 << 4,
				       .rx = dma_address(p->rx),
				       .tx = dma_address(p->tx)};
	memcpy(p->init->mac, mac, MAC_BYTES);
	dma_barrier();
	put(p, CSR_STATUS, S_STOP);
	put(p, CSR_INIT_LOW, dma_address(p->init) & 0xffffu);
	put(p, CSR_INIT_HIGH, dma_address(p->init) >> 16);
	put(p, CSR_MASK, M_QUIET);
	put(p, CSR_FEATURES, F_QUIET);
	put(p, CSR_STATUS, S_INIT);
	for (u32 i = 0; i < INIT_POLLS && !(get(p, CSR_STATUS) & S_IDON); i++)
		io_wait();
	put(p, CSR_STATUS, S_CAUSES | S_START | S_ENABLE); /* this register stays selected */
}

static void go(struct nic *n)
{
	run(n->data, n->port.mac);
}

static u8 *room(struct nic *n)
{
	struct pcnet *p = n->data;

	return p->tx[p->tx_next].status & D_CARD ? NULL : p->tx_buffer + p->tx_next * NIC_BUFFER;
}

static void send(struct nic *n, u32 len)
{
	struct pcnet *p = n->data;
	struct pcnet_desc *d = &p->tx[p->tx_next];

	d->bytes = (u16)-len;
	d->message = 0;
	dma_barrier();
	d->status = D_CARD | D_WHOLE;
	p->tx_next = (p->tx_next + 1) % DESCS;
	dma_barrier();
	outw(p->io + P_RDP, S_ENABLE | S_DEMAND);
}

static bool serve(struct nic *n, u32 budget)
{
	struct pcnet *p = n->data;
	u16 status = inw(p->io + P_RDP);
	u32 taken = 0;

	outw(p->io + P_RDP, (status & S_CAUSES) | S_ENABLE);
	n->raised = status & S_CAUSES;
	if (status & S_MEMORY) {
		run(p, n->port.mac);
		return false;
	}
	while (taken < budget && !(p->rx[p->rx_next].status & D_CARD)) {
		struct pcnet_desc *d = &p->rx[p->rx_next];
		u32 bytes = d->message & D_BYTES;

		dma_barrier();
		if ((d->status & (D_ERROR | D_WHOLE)) == D_WHOLE && bytes > CHECKSUM &&
		    bytes <= NIC_BUFFER)
			nic_receive(n, p->rx_buffer + p->rx_next * NIC_BUFFER, bytes - CHECKSUM);
		d->message = 0;
		dma_barrier();
		d->status = D_CARD;
		p->rx_next = (p->rx_next + 1) % DESCS;
		taken++;
	}
	return taken == budget;
}

static const u16 devices[] = {0x2000, 0x2001, 0};

const struct nic_driver pcnet_driver = {
	.name = "pcnet",
	.vendor = 0x1022,
	.devices = devices,
	.open = open,
	.go = go,
	.room = room,
	.send = send,
	.serve = serve,
};
