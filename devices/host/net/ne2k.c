/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NE2000 cards, on PCI and ISA: a DP8390 ("DS" is its data sheet, National Semiconductor 1995) with
 * 16 KiB of memory that the CPU reaches through one port. Received frames lie there in a ring of
 * pages; one frame is sent at a time, and behind its place stands a ring of buffers.
 */
#include "devices/host/dma.h"
#include "devices/host/irq.h"
#include "devices/host/net/drivers.h"
#include "devices/host/net/nic.h"
#include "lib/log.h"
#include "lib/string.h"
#include "lib/x86.h"

/* Registers of page 0, and those of page 1 (DS 10). */
enum {
	R_COMMAND = 0x00,
	R_START = 0x01, /* of the ring; pages of 256 bytes */
	R_STOP = 0x02,
	R_BOUNDARY = 0x03, /* the last page that we have read */
	R_TX_PAGE = 0x04,
	R_TX_COUNT = 0x05, /* two */
	R_IRQ_STATUS = 0x07,
	R_DMA_ADDRESS = 0x08, /* two */
	R_DMA_COUNT = 0x0a,   /* two */
	R_RX_CONFIG = 0x0c,
	R_TX_CONFIG = 0x0d,
	R_DATA_CONFIG = 0x0e,
	R_IRQ_MASK = 0x0f,
	R1_MAC = 0x01, /* six */
	R1_CURRENT = 0x07,
	R1_GROUPS = 0x08, /* eight */
	R_DATA = 0x10,
	R_RESET = 0x1f,
};

#define C_STOP	 0x01u
#define C_START	 0x02u
#define C_SEND	 0x04u
#define C_READ	 0x08u
#define C_WRITE	 0x10u
#define C_NO_DMA 0x20u
#define C_PAGE1	 0x40u

#define IRQ_RECEIVED 0x01u
#define IRQ_SENT     0x02u
#define IRQ_RX_ERROR 0x04u
#define IRQ_TX_ERROR 0x08u
#define IRQ_OVERFLOW 0x10u
#define IRQ_DMA_DONE 0x40u
#define IRQ_RESET    0x80u
#define IRQ_WANTED   (IRQ_RECEIVED | IRQ_SENT | IRQ_RX_ERROR | IRQ_TX_ERROR | IRQ_OVERFLOW)

#define DATA_WORDS 0x49u /* 16 bits, FIFO of 8 bytes */
#define RX_ALL	   0x1cu /* every station's, groups, broadcasts */
#define RX_MONITOR 0x20u /* nothing is stored */
#define TX_LOOP	   0x02u
#define TX_NORMAL  0x00u

/* The card's memory, in pages. */
#define TX_PAGE	 0x40u
#define RX_FIRST 0x46u
#define RX_END	 0x80u
_Static_assert((RX_FIRST - TX_PAGE) * 256 >= FRAME_MAX, "a frame that is being sent");
#define RX_HEADER 4u /* status, next page, length with these four */
#define RX_GOOD	  0x01u

#define TX_BUFFERS     32u
#define POLLS	       2000u /* microseconds, about */
#define ISA_LINE_FIRST 3u    /* below: clock, keyboard, the other 8259A */
#define FRAMES	       8u    /* taken in at once: the CPU moves each byte */

struct ne2k {
	u16 io;
	u8 next; /* page of the next frame */
	bool sending;
	u8 *buffer;	   /* TX_BUFFERS of NIC_BUFFER bytes */
	u8 *in;		   /* a frame that came in */
	u32 filled, given; /* buffers */
	u16 bytes[TX_BUFFERS];
};

static void command(const struct ne2k *e, u8 what)
{
	outb(e->io + R_COMMAND, what);
}

static void put16(const struct ne2k *e, u16 at, u32 value)
{
	outb(e->io + at, (u8)value);
	outb(e->io + at + 1u, (u8)(value >> 8));
}

static bool wait_for(const struct ne2k *e, u8 bit)
{
	for (u32 i = 0; i < POLLS && !(inb(e->io + R_IRQ_STATUS) & bit); i++)
		io_wait();
	return inb(e->io + R_IRQ_STATUS) & bit;
}

/* Move words between the card's memory and ours. It wraps at the ring's end by itself. */
static void card_read(const struct ne2k *e, u16 from, void *to, u32 words)
{
	outb(e->io + R_IRQ_STATUS, IRQ_DMA_DONE);
	put16(e, R_DMA_COUNT, words * 2);
	put16(e, R_DMA_ADDRESS, from);
	command(e, C_START | C_READ);
	insw(e->io + R_DATA, to, words);
	(void)wait_for(e, IRQ_DMA_DONE);
	command(e, C_START | C_NO_DMA);
}

static void card_write(const struct ne2k *e, u16 to, const void *from, u32 words)
{
	outb(e->io + R_IRQ_STATUS, IRQ_DMA_DONE);
	put16(e, R_DMA_COUNT, words * 2);
	put16(e, R_DMA_ADDRESS, to);
	command(e, C_START | C_WRITE);
	outsw(e->io + R_DATA, from, words);
	(void)wait_for(e, IRQ_DMA_DONE);
	command(e, C_START | C_NO_DMA);
}

static bool reset(const struct ne2k *e)
{
	outb(e->io + R_RESET, inb(e->io + R_RESET));
	if (!wait_for(e, IRQ_RESET))
		return false;
	command(e, C_STOP | C_NO_DMA);
	if (inb(e->io + R_COMMAND) != (C_STOP | C_NO_DMA)) /* an empty place is all ones */
		return false;
	outb(e->io + R_IRQ_MASK, 0);
	outb(e->io + R_DATA_CONFIG, DATA_WORDS);
	outb(e->io + R_RX_CONFIG, RX_MONITOR);
	outb(e->io + R_TX_CONFIG, TX_LOOP);
	return true;
}

/* The address PROM is the beginning of the memory, each byte twice. */
static void read_mac(const struct ne2k *e, u8 mac[MAC_BYTES])
{
	u16 prom[MAC_BYTES] = {0};

	card_read(e, 0, prom, MAC_BYTES);
	for (u32 i = 0; i < MAC_BYTES; i++)
		mac[i] = (u8)prom[i];
}

static COLD u32 lines_raised(void)
{
	u32 raised = 0;

	for (u32 i = ISA_LINE_FIRST; i < HOST_IRQS; i++)
		raised |= pic_pending(i) ? BIT(i) : 0;
	return raised;
}

/* The end of the DMA that reads the address makes an interrupt. It is on the line that the jumpers
 * say, which may not be what the user says. 0: no line is raised. */
static COLD u32 find_line(const struct ne2k *e, struct nic *n)
{
	u32 before = lines_raised(), raised;

	outb(e->io + R_IRQ_MASK, IRQ_DMA_DONE);
	read_mac(e, n->port.mac);
	raised = lines_raised();
	outb(e->io + R_IRQ_MASK, 0);
	if (raised & BIT(n->irq))
		return n->irq;
	raised &= ~before;
	return raised ? (u32)__builtin_ctz(raised) : 0;
}

static COLD void check_line(const struct ne2k *e, struct nic *n)
{
	u32 line = find_line(e, n);

	if (line == n->irq)
		return;
	log_line(LOG_ERROR, NULL, "network card %s: no interrupt comes on line %u", n->name,
		 n->irq);
	if (line)
		log_line(LOG_ERROR, NULL, "network card %s: it comes on line %u, so say isa%x-%u",
			 n->name, line, n->isa_port, line);
}

static enum hv_status open(struct nic *n, const struct host_function *f)
{
	u16 port = n->isa_port ? n->isa_port : pcihost_port(f, 0);
	struct ne2k *e;

	if (!port || !f->irq_line)
		return HV_IO;
	e = dma_alloc(sizeof(*e));
	if (!e)
		return HV_NOMEM;
	n->data = e;
	n->irq = f->irq_line;
	e->io = port;
	e->buffer = dma_alloc(TX_BUFFERS * NIC_BUFFER);
	e->in = dma_alloc(NIC_BUFFER);
	if (!e->buffer || !e->in)
		return HV_NOMEM;
	if (!n->isa_port)
		pcihost_enable(f, PCI_COMMAND_IO);
	if (!reset(e))
		return HV_IO;
	if (n->isa_port)
		check_line(e, n);
	else
		read_mac(e, n->port.mac);
	command(e, C_STOP | C_NO_DMA);
	return HV_OK;
}

/* An empty ring, the receiver on (DS 11: the order of an initialisation). */
static void run(struct ne2k *e, const u8 mac[MAC_BYTES])
{
	command(e, C_STOP | C_NO_DMA);
	outb(e->io + R_DATA_CONFIG, DATA_WORDS);
	put16(e, R_DMA_COUNT, 0);
	outb(e->io + R_RX_CONFIG, RX_ALL);
	outb(e->io + R_TX_CONFIG, TX_LOOP);
	outb(e->io + R_START, RX_FIRST);
	outb(e->io + R_STOP, RX_END);
	outb(e->io + R_BOUNDARY, RX_FIRST);
	outb(e->io + R_IRQ_STATUS, 0xff);
	command(e, C_STOP | C_NO_DMA | C_PAGE1);
	for (u16 i = 0; i < MAC_BYTES; i++)
		outb(e->io + R1_MAC + i, mac[i]);
	for (u16 i = 0; i < 8; i++)
		outb(e->io + R1_GROUPS + i, 0xff);
	e->next = RX_FIRST + 1;
	outb(e->io + R1_CURRENT, e->next);
	command(e, C_START | C_NO_DMA);
	outb(e->io + R_TX_CONFIG, TX_NORMAL);
	outb(e->io + R_IRQ_MASK, IRQ_WANTED);
	e->sending = false;
}

static void go(struct nic *n)
{
	run(n->data, n->port.mac);
}

/* ---- Sending ------------------------------------------------------------------------------ */

static void transmit(struct ne2k *e)
{
	u32 i = e->given % TX_BUFFERS;

	if (e->sending && inb(e->io + R_COMMAND) & C_SEND)
		return;
	e->sending = e->given != e->filled;
	if (!e->sending)
		return;
	card_write(e, TX_PAGE << 8, e->buffer + i * NIC_BUFFER, (e->bytes[i] + 1u) / 2);
	outb(e->io + R_TX_PAGE, TX_PAGE);
	put16(e, R_TX_COUNT, e->bytes[i]);
	e->given++;
	command(e, C_START | C_NO_DMA | C_SEND);
}

static u8 *room(struct nic *n)
{
	struct ne2k *e = n->data;

	return e->filled - e->given < TX_BUFFERS ? e->buffer + e->filled % TX_BUFFERS * NIC_BUFFER
						 : NULL;
}

static void send(struct nic *n, u32 len)
{
	struct ne2k *e = n->data;

	e->bytes[e->filled % TX_BUFFERS] = (u16)len;
	e->filled++;
	transmit(e);
}

/* ---- Receiving ---------------------------------------------------------------------------- */

static u8 current(const struct ne2k *e)
{
	u8 page;

	command(e, C_START | C_NO_DMA | C_PAGE1);
	page = inb(e->io + R1_CURRENT);
	command(e, C_START | C_NO_DMA);
	return page;
}

static u8 page_after(const struct ne2k *e, u32 len)
{
	u32 page = e->next + (len + 255) / 256;

	return (u8)(page < RX_END ? page : page - (RX_END - RX_FIRST));
}

/* Take the frame at e->next. False: its header is nonsense. */
static bool receive(struct nic *n, struct ne2k *e)
{
	u8 header[RX_HEADER] = {0};
	u32 len;

	card_read(e, (u16)(e->next << 8), header, RX_HEADER / 2);
	len = header[2] | (u32)header[3] << 8;
	/* Where the length ends the next frame begins; some cards leave a page free. */
	if (!(header[0] & RX_GOOD) || len < FRAME_MIN + RX_HEADER || len > FRAME_MAX + RX_HEADER ||
	    (header[1] != page_after(e, len) && header[1] != page_after(e, len + 256)))
		return false;
	len -= RX_HEADER;
	card_read(e, (u16)((e->next << 8) + RX_HEADER), e->in, (len + 1) / 2);
	nic_receive(n, e->in, len);
	e->next = header[1];
	outb(e->io + R_BOUNDARY, e->next == RX_FIRST ? RX_END - 1 : e->next - 1u);
	return true;
}

static bool serve(struct nic *n, u32 budget)
{
	struct ne2k *e = n->data;
	u8 status = inb(e->io + R_IRQ_STATUS);
	u32 taken = 0;
	bool sane = !(status & IRQ_OVERFLOW);

	budget = MIN(budget, FRAMES);
	outb(e->io + R_IRQ_STATUS, status & IRQ_WANTED);
	n->raised = status & IRQ_WANTED;
	while (sane && taken < budget && e->next != current(e)) {
		sane = receive(n, e);
		taken++;
	}
	if (!sane) /* what is there is lost, as on any cable (DS 9) */
		run(e, n->port.mac);
	transmit(e);
	return sane && taken == budget;
}

/* RTL8029, Winbond 89C940, Via 86C926, Compex RL2000 have vendors of their own; the first is what
 * there is most of, and what emulators have. */
static const u16 devices[] = {0x8029, 0};

const struct nic_driver ne2k_driver = {
	.name = "ne2k",
	.vendor = 0x10ec,
	.devices = devices,
	.open = open,
	.go = go,
	.room = room,
	.send = send,
	.serve = serve,
};
