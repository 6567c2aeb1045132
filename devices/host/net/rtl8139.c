/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Realtek RTL8139 fast Ethernet cards (data sheet RTL8139C(L) 1.4, "DS"). Received frames come
 * one after the other in a ring of bytes; a frame that begins before its end may run beyond it,
 * so none is ever in two parts. The card sends from four places in turn; behind those stands a
 * longer ring of buffers, since four frames are less than a guest hands over at once.
 */
#include "devices/host/dma.h"
#include "devices/host/net/drivers.h"
#include "devices/host/net/nic.h"
#include "lib/string.h"
#include "lib/x86.h"

/* Registers (DS 5). */
enum {
	R_ID = 0x00,
	R_TX_STATUS = 0x10,  /* four */
	R_TX_ADDRESS = 0x20, /* four */
	R_RX_START = 0x30,
	R_COMMAND = 0x37,
	R_RX_READ = 0x38, /* CAPR: 16 less than where we read */
	R_IRQ_MASK = 0x3c,
	R_IRQ_STATUS = 0x3e,
	R_TX_CONFIG = 0x40,
	R_RX_CONFIG = 0x44,
	R_CONFIG1 = 0x52,
};

#define COMMAND_EMPTY 0x01u /* nothing received */
#define COMMAND_TX    0x04u
#define COMMAND_RX    0x08u
#define COMMAND_RESET 0x10u
#define CONFIG1_AWAKE 0x00u

#define IRQ_RX_OK	0x0001u
#define IRQ_RX_ERROR	0x0002u
#define IRQ_TX_OK	0x0004u
#define IRQ_TX_ERROR	0x0008u
#define IRQ_RX_OVERFLOW 0x0010u
#define IRQ_RX_FIFO	0x0040u
#define IRQ_WANTED \
	(IRQ_RX_OK | IRQ_RX_ERROR | IRQ_TX_OK | IRQ_TX_ERROR | IRQ_RX_OVERFLOW | IRQ_RX_FIFO)

/* All stations, own, groups, broadcasts; no wrap inside a frame; bursts without limit; a ring
 * of 32 KiB and 16; a frame is moved when it is whole (DS 5.9). */
#define RX_CONFIG (0x0fu | 0x80u | 7u << 8 | 2u << 11 | 7u << 13)
#define RX_RING	  KIB(32)
#define RX_SLACK  (16u + NIC_BUFFER)
/* Bursts of 1024 bytes, the standard gap between frames (DS 5.8). */
#define TX_CONFIG (6u << 8 | 3u << 24)
#define TX_ABORT  0x01u /* of TX_CONFIG: send the aborted frame again */

#define TX_OWNED   0x00002000u /* ours: the card has the frame (DS 5.5) */
#define TX_ABORTED 0x40000000u
#define TX_WHOLE   (0x3fu << 16) /* begin when that many 32 bytes are in the FIFO: all */

#define RX_GOOD	     0x0001u /* the header's first word */
#define RX_UNDER_WAY 0xfff0u /* the second: the length is not known yet */
#define RX_HEADER    4u
#define CHECKSUM     4u
#define TX_PLACES    4u
#define TX_BUFFERS   32u /* a multiple of TX_PLACES */
#define RESET_POLLS  10000u
_Static_assert(TX_BUFFERS % TX_PLACES == 0, "a buffer always goes to the same place");
_Static_assert(FRAME_MAX + sizeof(u16) <= NIC_BUFFER, "the length behind the frame");
_Static_assert(RX_RING % 4 == 0 && RX_SLACK >= RX_HEADER + FRAME_MAX + CHECKSUM,
	       "DS 5.7: a frame that begins before the end");

struct rtl8139 {
	u16 io;
	u8 *ring;
	u32 read; /* where in the ring the next frame begins */
	u8 *buffer;
	u32 filled, given,
		done; /* buffers: filled, handed to the card, sent; done <= given <= filled */
};

static bool reset(u16 io)
{
	outb(io + R_CONFIG1, CONFIG1_AWAKE);
	outb(io + R_COMMAND, COMMAND_RESET);
	for (u32 i = 0; i < RESET_POLLS && inb(io + R_COMMAND) & COMMAND_RESET; i++)
		io_wait();
	return !(inb(io + R_COMMAND) & COMMAND_RESET);
}

static enum hv_status open(struct nic *n, const struct host_function *f)
{
	u16 port = pcihost_port(f, 0);
	struct rtl8139 *r;

	if (!port || !f->irq_line)
		return HV_IO;
	r = dma_alloc(sizeof(*r));
	if (!r)
		return HV_NOMEM;
	n->data = r;
	n->irq = f->irq_line;
	r->io = port;
	r->ring = dma_alloc(RX_RING + RX_SLACK);
	r->buffer = dma_alloc(TX_BUFFERS * NIC_BUFFER);
	if (!r->ring || !r->buffer)
		return HV_NOMEM;
	pcihost_enable(f, PCI_COMMAND_IO | PCI_COMMAND_MASTER);
	if (!reset(r->io))
		return HV_IO;
	for (u16 i = 0; i < MAC_BYTES; i++)
		n->port.mac[i] = inb(r->io + R_ID + i);
	return HV_OK;
}

static void receiver_on(struct rtl8139 *r)
{
	r->read = 0;
	outl(r->io + R_RX_START, dma_address(r->ring));
	outb(r->io + R_COMMAND, COMMAND_RX | COMMAND_TX); /* the configurations need both on */
	outl(r->io + R_RX_CONFIG, RX_CONFIG);
	outl(r->io + R_TX_CONFIG, TX_CONFIG);
	outw(r->io + R_RX_READ, (u16)(r->read - 16u));
}

static void go(struct nic *n)
{
	struct rtl8139 *r = n->data;

	receiver_on(r);
	outw(r->io + R_IRQ_STATUS, 0xffff);
	outw(r->io + R_IRQ_MASK, IRQ_WANTED);
}

/* ---- Sending ------------------------------------------------------------------------------ */

/* Take back what was sent, hand on what waits. */
static void transmit(struct rtl8139 *r)
{
	while (r->done != r->given) {
		u32 status = inl((u16)(r->io + R_TX_STATUS + r->done % TX_PLACES * 4));

		if (status & TX_ABORTED)
			outl(r->io + R_TX_CONFIG, TX_CONFIG | TX_ABORT);
		if (!(status & TX_OWNED))
			break;
		r->done++;
	}
	while (r->given != r->filled && r->given - r->done < TX_PLACES) {
		const u8 *b = r->buffer + r->given % TX_BUFFERS * NIC_BUFFER;
		u16 place = (u16)(r->given % TX_PLACES * 4);
		u16 len;

		memcpy(&len, b + NIC_BUFFER - sizeof(len), sizeof(len));
		outl(r->io + R_TX_ADDRESS + place, dma_address(b));
		outl(r->io + R_TX_STATUS + place, len | TX_WHOLE);
		r->given++;
	}
}

static u8 *room(struct nic *n)
{
	struct rtl8139 *r = n->data;

	if (r->filled - r->done == TX_BUFFERS)
		transmit(r);
	return r->filled - r->done < TX_BUFFERS ? r->buffer + r->filled % TX_BUFFERS * NIC_BUFFER
						: NULL;
}

/* A buffer's last two bytes hold the length of its frame. */
static void send(struct nic *n, u32 len)
{
	struct rtl8139 *r = n->data;
	u16 bytes = (u16)len;

	memcpy(r->buffer + r->filled % TX_BUFFERS * NIC_BUFFER + NIC_BUFFER - sizeof(bytes), &bytes,
	       sizeof(bytes));
	r->filled++;
	transmit(r);
}

/* ---- Receiving ---------------------------------------------------------------------------- */

enum frame { FRAME_TAKEN, FRAME_UNDER_WAY, FRAME_NONSENSE };

static enum frame receive(struct nic *n, struct rtl8139 *r)
{
	u16 header[2]; /* status, length with checksum */

	dma_barrier(); /* the card has written since we looked last */
	memcpy(header, r->ring + r->read, sizeof(header));
	if (header[1] == RX_UNDER_WAY)
		return FRAME_UNDER_WAY;
	if (!(header[0] & RX_GOOD) || header[1] < FRAME_MIN + CHECKSUM ||
	    header[1] > FRAME_MAX + CHECKSUM)
		return FRAME_NONSENSE;
	nic_receive(n, r->ring + r->read + RX_HEADER, header[1] - CHECKSUM);
	r->read = ALIGN_UP(r->read + RX_HEADER + header[1], 4u) % RX_RING;
	outw(r->io + R_RX_READ, (u16)(r->read - 16u));
	return FRAME_TAKEN;
}

static bool serve(struct nic *n, u32 budget)
{
	struct rtl8139 *r = n->data;
	u16 status = inw(r->io + R_IRQ_STATUS);
	enum frame f = FRAME_TAKEN;
	u32 taken = 0;

	outw(r->io + R_IRQ_STATUS, status);
	n->raised = status != 0;
	if (status & (IRQ_TX_OK | IRQ_TX_ERROR))
		transmit(r);
	while (f == FRAME_TAKEN && taken < budget && !(inb(r->io + R_COMMAND) & COMMAND_EMPTY)) {
		f = receive(n, r);
		taken++;
	}
	if (f == FRAME_NONSENSE) { /* we lost our place in the ring: begin anew */
		outb(r->io + R_COMMAND, COMMAND_TX);
		receiver_on(r);
	}
	return taken == budget;
}

static const u16 devices[] = {0x8139, 0};

const struct nic_driver rtl8139_driver = {
	.name = "rtl8139",
	.vendor = 0x10ec,
	.devices = devices,
	.open = open,
	.go = go,
	.room = room,
	.send = send,
	.serve = serve,
};
