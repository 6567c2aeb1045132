/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine's serial line: 8250, 16450 or 16550A (National Semiconductor PC16550D data
 * sheet). Polled at first; after uart_irq_on() bytes wait in a ring that interrupts empty. The
 * ring is also emptied by whoever reads or writes, so a lost interrupt costs time, not text.
 * There is no flow control: a full ring waits, and a dead transmitter loses its text.
 */
#include "devices/host/uart.h"
#include "devices/host/irq.h"
#include "lib/x86.h"

/* Register offsets. */
#define REG_DATA    0 /* divisor low while LCR_DLAB */
#define REG_IER	    1 /* divisor high while LCR_DLAB */
#define REG_FCR	    2 /* when written */
#define REG_IIR	    2 /* when read */
#define REG_LCR	    3
#define REG_MCR	    4
#define REG_LSR	    5
#define REG_MSR	    6
#define REG_SCRATCH 7

#define IER_RX	   0x01u
#define IER_TX	   0x02u
#define FCR_SETUP  0x87u /* enable, clear both, receive trigger at 8 bytes */
#define IIR_NONE   0x01u /* no interrupt pending */
#define IIR_FIFO   0xc0u /* both bits: a FIFO that works (16550A) */
#define LCR_8N1	   0x03u
#define LCR_DLAB   0x80u
#define MCR_NORMAL 0x0bu /* DTR, RTS, OUT2 (the interrupt's gate on a PC) */
#define MCR_LOOP   0x1au /* loopback with RTS and OUT2, seen as CTS and DCD */
#define MSR_LOOPED 0x90u
#define LSR_RX	   0x01u
#define LSR_THRE   0x20u
#define LSR_TEMT   0x40u

#define BAUD_BASE 115200u
#define FIFO_SIZE 16u
/* Reads of LSR until a transmitter counts as dead: 2 s on an ISA bus, and long enough in Bochs,
 * where a port read takes 20 ns. */
#define WAIT_LIMIT	2000000u
#define INTERRUPT_LOOPS 16u

#define RING 4096u /* a power of two: indices wrap by masking */

struct ring {
	u8 data[RING];
	u32 head, count; /* the oldest byte, and how many */
};

/* False, and nothing changed: full. */
static bool ring_put(struct ring *r, u8 c)
{
	if (r->count >= RING)
		return false;
	r->data[(r->head + r->count) & (RING - 1)] = c;
	r->count++;
	return true;
}

/* The oldest byte, or -1. */
static int ring_get(struct ring *r)
{
	u8 c;

	if (!r->count)
		return -1;
	c = r->data[r->head & (RING - 1)];
	r->head = (r->head + 1) & (RING - 1);
	r->count--;
	return c;
}

static struct {
	u16 base; /* 0: none */
	u8 burst; /* bytes that fit once LSR_THRE is set */
	bool irq, dead;
	unsigned line; /* taken already; 0: none */
	u8 ier;
	struct ring tx, rx;
} uart;

static u8 reg_read(unsigned reg)
{
	return inb((u16)(uart.base + reg));
}

static void reg_write(unsigned reg, u8 v)
{
	outb((u16)(uart.base + reg), v);
}

/* Write and read back, with another value on the bus in between: an empty slot may echo. */
static bool scratch_keeps(u8 v)
{
	reg_write(REG_SCRATCH, v);
	outb(0x80, (u8)~v);
	return reg_read(REG_SCRATCH) == v;
}

/* An 8250 has no scratch register, and not every emulator has a loopback: either will do. */
static bool present(void)
{
	u8 status;

	if (scratch_keeps(0x5a) && scratch_keeps(0xa5))
		return true;
	reg_write(REG_MCR, MCR_LOOP);
	io_wait();
	status = reg_read(REG_MSR) & 0xf0u;
	reg_write(REG_MCR, MCR_NORMAL);
	return status == MSR_LOOPED;
}

bool uart_init(u16 base, u32 baud)
{
	u32 divisor = baud && baud <= BAUD_BASE ? BAUD_BASE / baud : 0;

	uart_flush();
	uart.base = base;
	uart.irq = uart.dead = false;
	if (!base || !divisor || !present()) {
		uart.base = 0;
		return false;
	}
	uart.ier = 0;
	reg_write(REG_IER, 0);
	reg_write(REG_LCR, LCR_DLAB | LCR_8N1);
	reg_write(REG_DATA, (u8)divisor);
	reg_write(REG_IER, (u8)(divisor >> 8));
	reg_write(REG_LCR, LCR_8N1);
	reg_write(REG_FCR, FCR_SETUP);
	uart.burst = (reg_read(REG_IIR) & IIR_FIFO) == IIR_FIFO ? FIFO_SIZE : 1;
	if (uart.burst == 1)
		reg_write(REG_FCR, 0); /* the first 16550's FIFO loses bytes */
	reg_write(REG_MCR, MCR_NORMAL);
	return true;
}

/* Wait, bounded, for a bit of the line status. */
static bool wait_status(u8 bit)
{
	for (u32 i = 0; i < WAIT_LIMIT; i++) {
		if (reg_read(REG_LSR) & bit) {
			uart.dead = false;
			return true;
		}
		if (uart.dead)
			return false;
	}
	uart.dead = true;
	return false;
}

/* Send what the transmitter takes now. */
static void transmit(void)
{
	u8 ier;

	if (uart.tx.count && reg_read(REG_LSR) & LSR_THRE)
		for (unsigned i = 0; i < uart.burst && uart.tx.count; i++)
			reg_write(REG_DATA, (u8)ring_get(&uart.tx));
	ier = !uart.irq ? 0 : uart.tx.count ? IER_RX | IER_TX : IER_RX;
	if (ier != uart.ier) {
		uart.ier = ier;
		reg_write(REG_IER, ier);
	}
}

static void receive(void)
{
	/* At most one FIFO and a bit: an absent device reads all ones for ever. */
	for (unsigned i = 0; i < 2 * FIFO_SIZE && reg_read(REG_LSR) & LSR_RX; i++)
		ring_put(&uart.rx, reg_read(REG_DATA)); /* full: the newest is lost */
}

/* The line is edge-triggered: as long as one cause is left there is no next edge. */
static bool interrupt(void *ctx)
{
	unsigned i;

	(void)ctx;
	for (i = 0; i < INTERRUPT_LOOPS && !(reg_read(REG_IIR) & IIR_NONE); i++) {
		receive();
		transmit();
	}
	return i != 0;
}

/* Send until at most `left` bytes wait. A dead transmitter's bytes are dropped. */
static void drain(u32 left)
{
	while (uart.tx.count > left) {
		if (!wait_status(LSR_THRE)) {
			uart.tx.count = 0;
			return;
		}
		transmit();
	}
}

void uart_irq_on(void)
{
	unsigned line = (uart.base & ~0x10u) == 0x3e8 ? 4 : (uart.base & ~0x10u) == 0x2e8 ? 3 : 0;

	if (!uart.base || !line || uart.irq)
		return;
	if (uart.line != line && host_irq_register(line, interrupt, NULL) != HV_OK)
		return;
	uart.line = line;
	uart.irq = true;
	transmit();
}

void uart_write(const char *text, u32 len)
{
	if (!uart.base)
		return;
	for (u32 i = 0; i < len; i++) {
		if (uart.tx.count == RING)
			drain(RING - FIFO_SIZE);
		ring_put(&uart.tx, (u8)text[i]);
	}
	if (uart.irq)
		transmit();
	else
		drain(0);
}

/* A polled line waits for every byte anyway, a dead one drops what does not fit. */
u32 uart_room(void)
{
	return uart.dead ? RING : RING - uart.tx.count;
}

int uart_getc(void)
{
	if (!uart.base)
		return -1;
	receive();
	transmit();
	return ring_get(&uart.rx);
}

void uart_flush(void)
{
	if (!uart.base)
		return;
	drain(0);
	(void)wait_status(LSR_TEMT);
}

void uart_panic_mode(void)
{
	uart.irq = false;
	if (uart.base)
		drain(0);
}
