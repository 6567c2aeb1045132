/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DECchip 21140 and 21143, the "tulip" cards ("HRM" is the 21143's Hardware Reference Manual,
 * EC-QC0CB-TE). Both rings are filled for good; sent frames are not announced: the ring is looked
 * at when room is needed. Of the ways to the cable the MII port is used, which most boards have.
 */
#include "devices/host/dma.h"
#include "devices/host/net/drivers.h"
#include "devices/host/net/nic.h"
#include "lib/string.h"
#include "lib/x86.h"

/* Registers, CSR0 to CSR15 (HRM 3.2). */
enum {
	CSR_BUS = 0x00,
	CSR_TX_DEMAND = 0x08,
	CSR_RX_DEMAND = 0x10,
	CSR_RX_RING = 0x18,
	CSR_TX_RING = 0x20,
	CSR_STATUS = 0x28,
	CSR_MODE = 0x30,
	CSR_ENABLE = 0x38,
	CSR_ROM = 0x48,
};

#define BUS_RESET 0x00000001u
/* Status, and which of it is an interrupt (HRM 3.2.2.6, 3.2.2.8). */
#define S_RECEIVED 0x00000040u
#define S_NO_RX	   0x00000080u /* no descriptor is the card's: it waits for a demand */
#define S_BUS	   0x00002000u /* the bus failed: it stands still */
#define S_ABNORMAL 0x00008000u
#define S_NORMAL   0x00010000u
#define S_CAUSES   0x0001ffffu
#define S_WANTED   (S_RECEIVED | S_NO_RX | S_BUS | S_ABNORMAL | S_NORMAL)

/* HRM 3.2.2.7. */
#define MODE_RECEIVE	 0x00000002u
#define MODE_ALL	 0x00000040u /* every station's frames; then no setup frame is needed */
#define MODE_FULL_DUPLEX 0x00000200u
#define MODE_TRANSMIT	 0x00002000u
#define MODE_MII	 0x00040000u
#define MODE_NO_HEART	 0x00080000u
#define MODE_WHOLE	 0x00200000u /* a frame is read wholly before it is sent */

struct tulip_desc {
	volatile u32 status;
	u32 control;
	u32 address, second;
};
_Static_assert(sizeof(struct tulip_desc) == 16, "HRM 4.2");
#define D_CARD	 0x80000000u /* status: the card has it */
#define D_ERROR	 0x00008000u
#define D_WHOLE	 0x00000300u /* it begins and ends here */
#define D_LENGTH 16u	     /* 14 bits: received bytes, with the checksum */
#define D_BYTES	 0x3fffu
#define D_SEND	 0x60000000u /* control: a whole frame */
#define D_LAST	 0x02000000u /* of the ring */

#define DESCS	 64u
#define RX_BYTES (NIC_BUFFER - 4u) /* eleven bits, a multiple of four (HRM 4.2.1.2) */
_Static_assert(RX_BYTES % 4 == 0 && RX_BYTES < BIT(11) && RX_BYTES >= FRAME_MAX + 4u,
	       "HRM 4.2.1.2: a frame with its checksum");
#define CHECKSUM  4u
#define RESET_US  100u
#define MAC_WORDS 10u /* where the address is in the ROM (HRM's Serial ROM format) */

/* The serial ROM's lines (HRM 3.2.2.10). */
#define ROM_SELECT  0x0001u
#define ROM_CLOCK   0x0002u
#define ROM_IN	    0x0004u
#define ROM_OUT	    0x0008u
#define ROM_READ    0x4800u
#define ROM_COMMAND 6u /* start bit, read */
#define ROM_ADDRESS 8u /* bits at most */

struct tulip {
	u16 io;
	struct tulip_desc *rx, *tx;
	u8 *rx_buffer, *tx_buffer; /* DESCS of NIC_BUFFER bytes */
	u32 rx_next, tx_next;
};

static u32 get(const struct tulip *t, u16 csr)
{
	return inl(t->io + csr);
}

static void put(const struct tulip *t, u16 csr, u32 value)
{
	outl(t->io + csr, value);
}

/* ---- The serial ROM ----------------------------------------------------------------------- */

/* One bit in, one out; a clock is 250 ns at least. */
static bool rom_bit(const struct tulip *t, bool in)
{
	u32 lines = ROM_READ | ROM_SELECT | (in ? ROM_IN : 0);

	put(t, CSR_ROM, lines);
	io_wait();
	put(t, CSR_ROM, lines | ROM_CLOCK);
	io_wait();
	return get(t, CSR_ROM) & ROM_OUT;
}

static void rom_begin(const struct tulip *t)
{
	put(t, CSR_ROM, ROM_READ);
	put(t, CSR_ROM, ROM_READ | ROM_SELECT);
	for (u32 i = 3; i--;)
		(void)rom_bit(t, ROM_COMMAND >> i & 1u);
}

/* The ROM answers the last bit of an address with a zero. */
static u32 rom_address_bits(const struct tulip *t)
{
	u32 bits = 0;

	rom_begin(t);
	while (bits < ROM_ADDRESS) {
		bits++;
		if (!rom_bit(t, false))
			break;
	}
	put(t, CSR_ROM, ROM_READ);
	return bits;
}

static u16 rom_word(const struct tulip *t, u32 bits, u32 address)
{
	u32 word = 0;

	rom_begin(t);
	while (bits--)
		(void)rom_bit(t, address >> bits & 1u);
	for (u32 i = 0; i < 16; i++)
		word = word << 1 | rom_bit(t, false);
	put(t, CSR_ROM, ROM_READ);
	return (u16)word;
}

static bool read_mac(const struct tulip *t, u8 mac[MAC_BYTES])
{
	u32 bits = rom_address_bits(t), sum = 0;

	for (u32 i = 0; i < MAC_BYTES / 2; i++) {
		u16 word = rom_word(t, bits, MAC_WORDS + i);

		mac[i * 2] = (u8)word;
		mac[i * 2 + 1] = (u8)(word >> 8);
		sum |= word;
	}
	return sum && !(mac[0] & 1u); /* of one station */
}

/* ---- The card ----------------------------------------------------------------------------- */

static void reset(const struct tulip *t)
{
	put(t, CSR_BUS, BUS_RESET);
	for (u32 i = 0; i < RESET_US; i++) /* 50 clocks of the bus (HRM 3.2.2.1) */
		io_wait();
	put(t, CSR_BUS, 0);
	put(t, CSR_ENABLE, 0);
	put(t, CSR_MODE, 0);
}

static bool allocate(struct tulip *t)
{
	t->rx = dma_alloc(DESCS * sizeof(*t->rx));
	t->tx = dma_alloc(DESCS * sizeof(*t->tx));
	t->rx_buffer = dma_alloc(DESCS * NIC_BUFFER);
	t->tx_buffer = dma_alloc(DESCS * NIC_BUFFER);
	return t->rx && t->tx && t->rx_buffer && t->tx_buffer;
}

static enum hv_status open(struct nic *n, const struct host_function *f)
{
	u16 port = pcihost_port(f, 0);
	struct tulip *t;

	if (!port || !f->irq_line)
		return HV_IO;
	t = dma_alloc(sizeof(*t));
	if (!t)
		return HV_NOMEM;
	n->data = t;
	n->irq = f->irq_line;
	t->io = port;
	if (!allocate(t))
		return HV_NOMEM;
	pcihost_enable(f, PCI_COMMAND_IO | PCI_COMMAND_MASTER);
	reset(t);
	return read_mac(t, n->port.mac) ? HV_OK : HV_IO;
}

static void run(struct tulip *t)
{
	reset(t);
	for (u32 i = 0; i < DESCS; i++) {
		u32 last = i == DESCS - 1 ? D_LAST : 0;

		t->rx[i] = (struct tulip_desc){
			.address = dma_address(t->rx_buffer) + i * NIC_BUFFER,
			.control = RX_BYTES | last,
			.status = D_CARD,
		};
		t->tx[i] = (struct tulip_desc){
			.address = dma_address(t->tx_buffer) + i * NIC_BUFFER,
			.control = last,
		};
	}
	t->rx_next = t->tx_next = 0;
	dma_barrier();
	put(t, CSR_RX_RING, dma_address(t->rx));
	put(t, CSR_TX_RING, dma_address(t->tx));
	put(t, CSR_STATUS, S_CAUSES);
	put(t, CSR_ENABLE, S_WANTED);
	put(t, CSR_MODE,
	    MODE_RECEIVE | MODE_TRANSMIT | MODE_ALL | MODE_FULL_DUPLEX | MODE_MII | MODE_NO_HEART |
		    MODE_WHOLE);
	put(t, CSR_RX_DEMAND, 0);
}

static void go(struct nic *n)
{
	run(n->data);
}

static u8 *room(struct nic *n)
{
	struct tulip *t = n->data;

	return t->tx[t->tx_next].status & D_CARD ? NULL : t->tx_buffer + t->tx_next * NIC_BUFFER;
}

static void send(struct nic *n, u32 len)
{
	struct tulip *t = n->data;
	struct tulip_desc *d = &t->tx[t->tx_next];

	d->control = (d->control & D_LAST) | D_SEND | len;
	dma_barrier();
	d->status = D_CARD;
	t->tx_next = (t->tx_next + 1) % DESCS;
	dma_barrier();
	put(t, CSR_TX_DEMAND, 0);
}

static bool serve(struct nic *n, u32 budget)
{
	struct tulip *t = n->data;
	u32 status = get(t, CSR_STATUS), taken = 0;

	put(t, CSR_STATUS, status & S_CAUSES);
	n->raised = status & (S_NORMAL | S_ABNORMAL);
	if (status & S_BUS) {
		run(t);
		return false;
	}
	while (taken < budget && !(t->rx[t->rx_next].status & D_CARD)) {
		struct tulip_desc *d = &t->rx[t->rx_next];
		u32 bytes = d->status >> D_LENGTH & D_BYTES;

		dma_barrier();
		if ((d->status & (D_ERROR | D_WHOLE)) == D_WHOLE && bytes > CHECKSUM &&
		    bytes <= RX_BYTES)
			nic_receive(n, t->rx_buffer + t->rx_next * NIC_BUFFER, bytes - CHECKSUM);
		dma_barrier();
		d->status = D_CARD;
		t->rx_next = (t->rx_next + 1) % DESCS;
		taken++;
	}
	if (taken)
		put(t, CSR_RX_DEMAND, 0); /* it may have found none that was its */
	return taken == budget;
}

static const u16 devices[] = {0x0009, 0x0019, 0};

const struct nic_driver tulip_driver = {
	.name = "tulip",
	.vendor = 0x1011,
	.devices = devices,
	.open = open,
	.go = go,
	.room = room,
	.send = send,
	.serve = serve,
};
