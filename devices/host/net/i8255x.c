/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Intel 8255x cards, the EtherExpress PRO/100 ("DS" is the 8255x Open Source Software Developer
 * Manual, 1.3). Commands stand in a ring, of which the last one given suspends the card's work;
 * received frames come into a ring of descriptors with the buffer behind each, whose end moves
 * along.
 */
#include "devices/host/dma.h"
#include "devices/host/mmio.h"
#include "devices/host/net/drivers.h"
#include "devices/host/net/nic.h"
#include "lib/string.h"
#include "lib/x86.h"
#include "mm/host.h"

/* Control and status registers (DS 6.3). */
enum {
	R_STATUS = 0x00,
	R_ACK = 0x01,
	R_COMMAND = 0x02,
	R_IRQ_OFF = 0x03,
	R_POINTER = 0x04,
	R_PORT = 0x08,
	R_EEPROM = 0x0e,
};
#define REGISTERS PAGE_SIZE

#define CU_START  0x10u
#define CU_RESUME 0x20u
#define CU_BASE	  0x60u
#define RU_START  0x01u
#define RU_BASE	  0x06u
#define RU_STATE  0x3cu /* of the status */
#define RU_READY  0x10u
#define IRQ_OFF	  0x01u
/* What says an interrupt: received frames, and a receiver that stops (DS 6.3.2.2). */
#define IRQ_WANTED 0xacu
#define ACK_WANTED 0x50u /* the same two as causes (DS 6.3.2.1) */
#define PORT_RESET 0u

/* EEPROM of 64 words by hand (DS 6.3.4). */
#define EE_CLOCK    0x01u
#define EE_SELECT   0x02u
#define EE_IN	    0x04u
#define EE_OUT	    0x08u
#define EE_READ	    0x06u /* 110, then the address, whose length the EEPROM shows */
#define EE_ADDR_MAX 8u

/* Command block with a frame behind it, simplified mode (DS 6.4.2.5); receive frame descriptor
 * (DS 6.4.3.1). */
struct command {
	volatile u16 status;
	u16 command;
	u32 link;
	u32 array; /* -1: the frame follows */
	u16 bytes; /* bit 15: all of it is here */
	u8 threshold, count;
	u8 data[FRAME_MAX + 2];
};
struct received {
	volatile u16 status;
	u16 command;
	u32 link, reserved;
	volatile u16 bytes;
	u16 size;
	u8 data[FRAME_MAX + 10];
};
_Static_assert(offsetof(struct command, data) == 16, "DS 6.4.2.5");
_Static_assert(offsetof(struct received, data) == 16, "DS 6.4.3.1");
_Static_assert(sizeof(struct received) <= NIC_BUFFER && sizeof(struct command) <= NIC_BUFFER,
	       "one a buffer");

#define S_DONE	    0x8000u
#define S_OK	    0x2000u
#define C_ADDRESS   0x0001u
#define C_CONFIGURE 0x0002u
#define C_TRANSMIT  0x0004u
#define C_SUSPEND   0x4000u
#define C_LAST	    0x8000u
#define BYTES_WHOLE 0x8000u
#define BYTES_MASK  0x3fffu
#define NO_ARRAY    0xffffffffu
#define THRESHOLD   0xe0u /* send when the whole frame is in the FIFO */

#define RING  32u
#define POLLS 10000u /* microseconds, about */

struct i8255x {
	volatile u8 *registers;
	u8 *tx, *rx;	  /* RING of NIC_BUFFER bytes each */
	u32 filled, done; /* commands; done <= filled */
	u32 rx_next;
	bool started, dead;
};

static struct command *command_at(const struct i8255x *e, u32 i)
{
	return (struct command *)(e->tx + i % RING * NIC_BUFFER);
}

static struct received *received_at(const struct i8255x *e, u32 i)
{
	return (struct received *)(e->rx + i % RING * NIC_BUFFER);
}

/* The last order was taken when its byte is 0 again. A card that does not take one gets no more. */
static void order(struct i8255x *e, u8 what)
{
	for (u32 i = 0; i < POLLS && !e->dead; i++) {
		if (!mmio_read8(e->registers, R_COMMAND)) {
			mmio_write8(e->registers, R_COMMAND, what);
			return;
		}
		io_wait();
	}
	e->dead = true;
}

/* ---- The address ---------------------------------------------------------------------------- */

static bool ee_bit(const struct i8255x *e, bool in)
{
	u8 value = EE_SELECT | (in ? EE_IN : 0);

	mmio_write8(e->registers, R_EEPROM, value);
	io_wait();
	mmio_write8(e->registers, R_EEPROM, value | EE_CLOCK);
	io_wait();
	return mmio_read8(e->registers, R_EEPROM) & EE_OUT;
}

/* One word. *bits: how long addresses are; 0: not known yet, and then the word must be the first
 * one. The EEPROM answers an address that is complete with a 0. */
static bool ee_read(const struct i8255x *e, u32 word, u32 *bits, u16 *value)
{
	bool out = true;

	mmio_write8(e->registers, R_EEPROM, EE_SELECT);
	for (u32 i = 3; i-- > 0;)
		(void)ee_bit(e, EE_READ >> i & 1);
	if (*bits) {
		for (u32 i = *bits; i-- > 0;)
			out = ee_bit(e, word >> i & 1);
	} else {
		while (out && *bits < EE_ADDR_MAX) {
			out = ee_bit(e, false);
			(*bits)++;
		}
	}
	*value = 0;
	for (u32 i = 0; i < 16; i++)
		*value = (u16)(*value << 1 | ee_bit(e, false));
	mmio_write8(e->registers, R_EEPROM, 0);
	io_wait();
	return !out;
}

static bool read_mac(const struct i8255x *e, u8 mac[MAC_BYTES])
{
	u32 bits = 0;
	u16 word[MAC_BYTES / 2];

	for (u32 i = 0; i < ARRAY_LEN(word); i++)
		if (!ee_read(e, i, &bits, &word[i]))
			return false;
	memcpy(mac, word, MAC_BYTES);
	return true;
}

/* ---- Sending ------------------------------------------------------------------------------ */

/* The command that was filled in is the last one now; the one before goes on to it. */
static void give(struct i8255x *e, u16 what)
{
	struct command *c = command_at(e, e->filled);

	c->status = 0;
	c->link = dma_address(command_at(e, e->filled + 1));
	c->command = what | C_SUSPEND;
	dma_barrier();
	if (!e->started) {
		mmio_write32(e->registers, R_POINTER, dma_address(c));
		order(e, CU_START);
		e->started = true;
	} else {
		command_at(e, e->filled - 1)->command &= (u16)~C_SUSPEND;
		dma_barrier();
		order(e, CU_RESUME);
	}
	e->filled++;
}

static u8 *room(struct nic *n)
{
	struct i8255x *e = n->data;

	while (e->done != e->filled && command_at(e, e->done)->status & S_DONE)
		e->done++;
	/* The one before must stay as it is until the card went on from it. */
	return !e->dead && e->filled - e->done < RING - 1 ? command_at(e, e->filled)->data : NULL;
}

static void send(struct nic *n, u32 len)
{
	struct i8255x *e = n->data;
	struct command *c = command_at(e, e->filled);

	c->array = NO_ARRAY;
	c->bytes = (u16)(len | BYTES_WHOLE);
	c->threshold = THRESHOLD;
	c->count = 0;
	give(e, C_TRANSMIT);
}

/* ---- Receiving ---------------------------------------------------------------------------- */

/* From rx_next on, all of them empty but the one before, where it would run into us. */
static void receiver_on(struct i8255x *e)
{
	for (u32 i = 0; i < RING; i++) {
		struct received *r = received_at(e, i);

		r->status = 0;
		r->command = i == (e->rx_next + RING - 1) % RING ? C_LAST : 0;
		r->link = dma_address(received_at(e, i + 1));
		r->bytes = 0;
		r->size = FRAME_MAX + 8;
	}
	dma_barrier();
	mmio_write32(e->registers, R_POINTER, dma_address(received_at(e, e->rx_next)));
	order(e, RU_START);
}

static bool serve(struct nic *n, u32 budget)
{
	struct i8255x *e = n->data;
	u8 cause = mmio_read8(e->registers, R_ACK);
	u32 taken = 0;

	mmio_write8(e->registers, R_ACK, cause);
	n->raised = cause & ACK_WANTED;
	while (taken < budget && received_at(e, e->rx_next)->status & S_DONE) {
		struct received *r = received_at(e, e->rx_next);
		u32 bytes = r->bytes & BYTES_MASK;

		dma_barrier();
		if (r->status & S_OK && bytes >= FRAME_MIN && bytes <= sizeof(r->data))
			nic_receive(n, r->data, bytes);
		r->status = 0;
		r->bytes = 0;
		r->command = C_LAST; /* the end moves along */
		dma_barrier();
		received_at(e, e->rx_next + RING - 1)->command = 0;
		e->rx_next = (e->rx_next + 1) % RING;
		taken++;
	}
	if (taken < budget && (mmio_read8(e->registers, R_STATUS) & RU_STATE) != RU_READY)
		receiver_on(e);
	return taken == budget;
}

/* ---- Beginning ------------------------------------------------------------------------------ */

static enum hv_status open(struct nic *n, const struct host_function *f)
{
	u32 base = pcihost_address(f, 0);
	struct i8255x *e;

	if (!base || !f->irq_line)
		return HV_IO;
	e = dma_alloc(sizeof(*e));
	if (!e)
		return HV_NOMEM;
	n->data = e;
	n->irq = f->irq_line;
	e->registers = host_map_device(base, REGISTERS, CACHE_UC);
	e->tx = dma_alloc(RING * NIC_BUFFER);
	e->rx = dma_alloc(RING * NIC_BUFFER);
	if (!e->registers || !e->tx || !e->rx)
		return HV_NOMEM;
	pcihost_enable(f, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	mmio_write32(e->registers, R_PORT, PORT_RESET);
	for (u32 i = 0; i < 20; i++) /* 10 us (DS 6.3.3.1) */
		io_wait();
	mmio_write8(e->registers, R_IRQ_OFF, IRQ_OFF);
	return read_mac(e, n->port.mac) ? HV_OK : HV_IO;
}

/* Configuration (DS 6.4.2.3): MII, every station's frames, all groups, no long frames, CRC and
 * padding by the card. */
static const u8 configuration[22] = {
	22, 0x08, 0, 0,	   0,	 0, 0x32, 0x03, 0x01, 0,    0x2e,
	0,  0x60, 0, 0xf2, 0x49, 0, 0x40, 0xf2, 0x80, 0x3f, 0x0d,
};

static void go(struct nic *n)
{
	struct i8255x *e = n->data;

	mmio_write32(e->registers, R_POINTER, 0);
	order(e, CU_BASE);
	order(e, RU_BASE);
	memcpy(&command_at(e, e->filled)->array, configuration, sizeof(configuration));
	give(e, C_CONFIGURE);
	memcpy(&command_at(e, e->filled)->array, n->port.mac, MAC_BYTES);
	give(e, C_ADDRESS);
	receiver_on(e);
	mmio_write8(e->registers, R_IRQ_OFF, IRQ_WANTED);
}

/* 82557/8/9, 82551 and the LAN controllers of the ICH chip sets. */
static const u16 devices[] = {0x1229, 0x1209, 0x1029, 0x1030, 0x1031, 0x1032, 0x1033,
			      0x1034, 0x1038, 0x1039, 0x103a, 0x103b, 0x103c, 0x103d,
			      0x103e, 0x1050, 0x1051, 0x1059, 0x1064, 0x1065, 0x1091,
			      0x1092, 0x27dc, 0x2449, 0x2459, 0};

const struct nic_driver i8255x_driver = {
	.name = "i8255x",
	.vendor = 0x8086,
	.devices = devices,
	.open = open,
	.go = go,
	.room = room,
	.send = send,
	.serve = serve,
};
