/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine's serial line: 8250, 16450 or 16550A (National Semiconductor PC16550D data
 * sheet). Polled at first; after uart_irq_on() bytes wait in a ring that interrupts empty. The
 * ring is also emptied by whoever reads or writes, so a lost interrupt costs time, not text.
 * There is no flow control: a full ring waits, and a dead transmitter loses its text. Received
 * bytes that nobody takes stay where they are.
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

struct uart {
	u16 base; /* 0: none */
	u8 burst; /* bytes that fit once LSR_THRE is set */
	bool irq, dead;
	unsigned line; /* taken already; 0: none */
	u8 ier;
	struct ring tx, rx;
};

static struct uart console, debug;

static u8 reg_read(struct uart *u, unsigned reg)
{
	return inb((u16)(u->base + reg));
}

static void reg_write(struct uart *u, unsigned reg, u8 v)
{
	outb((u16)(u->base + reg), v);
}

/* Write and read back, with another value on the bus in between: an empty slot may echo. */
static bool scratch_keeps(struct uart *u, u8 v)
{
	reg_write(u, REG_SCRATCH, v);
	outb(0x80, (u8)~v);
	return reg_read(u, REG_SCRATCH) == v;
}

/* An 8250 has no scratch register, and not every emulator has a loopback: either will do. */
static bool present(struct uart *u)
{
	u8 status;

	if (scratch_keeps(u, 0x5a) && scratch_keeps(u, 0xa5))
		return true;
	reg_write(u, REG_MCR, MCR_LOOP);
	io_wait();
	status = reg_read(u, REG_MSR) & 0xf0u;
	reg_write(u, REG_MCR, MCR_NORMAL);
	return status == MSR_LOOPED;
}

static bool open_port(struct uart *u, u16 base, u32 baud)
{
	u32 divisor = baud && baud <= BAUD_BASE ? BAUD_BASE / baud : 0;

	u->base = base;
	u->irq = u->dead = false;
	if (!base || !divisor || !present(u)) {
		u->base = 0;
		return false;
	}
	u->ier = 0;
	reg_write(u, REG_IER, 0);
	reg_write(u, REG_LCR, LCR_DLAB | LCR_8N1);
	reg_write(u, REG_DATA, (u8)divisor);
	reg_write(u, REG_IER, (u8)(divisor >> 8));
	reg_write(u, REG_LCR, LCR_8N1);
	reg_write(u, REG_FCR, FCR_SETUP);
	u->burst = (reg_read(u, REG_IIR) & IIR_FIFO) == IIR_FIFO ? FIFO_SIZE : 1;
	if (u->burst == 1)
		reg_write(u, REG_FCR, 0); /* the first 16550's FIFO loses bytes */
	reg_write(u, REG_MCR, MCR_NORMAL);
	return true;
}

/* Wait, bounded, for a bit of the line status. */
static bool wait_status(struct uart *u, u8 bit)
{
	for (u32 i = 0; i < WAIT_LIMIT; i++) {
		if (reg_read(u, REG_LSR) & bit) {
			u->dead = false;
			return true;
		}
		if (u->dead)
			return false;
	}
	u->dead = true;
	return false;
}

static void fill_transmitter(struct uart *u)
{
	if (u->tx.count && reg_read(u, REG_LSR) & LSR_THRE)
		for (unsigned i = 0; i < u->burst && u->tx.count; i++)
			reg_write(u, REG_DATA, (u8)ring_get(&u->tx));
}

/* Send what the transmitter takes now. */
static void transmit(struct uart *u)
{
	bool asked = u->ier & IER_TX;
	u8 ier;

	fill_transmitter(u);
	ier = u->rx.count < RING ? IER_RX : 0; /* else it would ask for ever */
	ier |= u->tx.count ? IER_TX : 0;
	if (!u->irq)
		ier = 0;
	if (ier != u->ier) {
		u->ier = ier;
		reg_write(u, REG_IER, ier);
	}
	/* Without a FIFO it may be empty again already, and an 8250 that is empty when it is asked
	 * for interrupts tells nobody. */
	if (ier & IER_TX && !asked)
		fill_transmitter(u);
}

static void receive(struct uart *u)
{
	/* At most one FIFO and a bit: an absent device reads all ones for ever. What finds no room
	 * stays in the chip, where an emulator's line waits and a real one loses it. */
	for (unsigned i = 0; i < 2 * FIFO_SIZE && u->rx.count < RING; i++) {
		if (!(reg_read(u, REG_LSR) & LSR_RX))
			break;
		ring_put(&u->rx, reg_read(u, REG_DATA));
	}
}

/* The line is edge-triggered: as long as one cause is left there is no next edge. */
static bool interrupt(void *ctx)
{
	struct uart *u = ctx;
	unsigned i;

	for (i = 0; i < INTERRUPT_LOOPS && !(reg_read(u, REG_IIR) & IIR_NONE); i++) {
		receive(u);
		transmit(u);
	}
	return i != 0;
}

/* Send until at most `left` bytes wait. A dead transmitter's bytes are dropped. */
static void drain(struct uart *u, u32 left)
{
	while (u->tx.count > left) {
		if (!wait_status(u, LSR_THRE)) {
			u->tx.count = 0;
			return;
		}
		transmit(u);
	}
}

static void irq_on(struct uart *u, unsigned line)
{
	if (!u->base || !line || u->irq)
		return;
	if (u->line != line && host_irq_register(line, interrupt, u) != HV_OK)
		return;
	u->line = line;
	u->irq = true;
	transmit(u);
}

static void write_bytes(struct uart *u, const char *text, u32 len)
{
	if (!u->base)
		return;
	for (u32 i = 0; i < len; i++) {
		if (u->tx.count == RING)
			drain(u, RING - FIFO_SIZE);
		ring_put(&u->tx, (u8)text[i]);
	}
	if (u->irq)
		transmit(u);
	else
		drain(u, 0);
}

static int get_byte(struct uart *u)
{
	if (!u->base)
		return -1;
	receive(u);
	transmit(u);
	return ring_get(&u->rx);
}

/* ---- The console's line ------------------------------------------------------------------- */

bool uart_init(u16 base, u32 baud)
{
	uart_flush();
	return open_port(&console, base, baud);
}

void uart_irq_on(unsigned line)
{
	irq_on(&console, line);
}

void uart_write(const char *text, u32 len)
{
	write_bytes(&console, text, len);
}

/* A polled line waits for every byte anyway, a dead one drops what does not fit. */
u32 uart_room(void)
{
	return console.dead ? RING : RING - console.tx.count;
}

int uart_getc(void)
{
	return get_byte(&console);
}

void uart_flush(void)
{
	if (!console.base)
		return;
	drain(&console, 0);
	(void)wait_status(&console, LSR_TEMT);
}

void uart_panic_mode(void)
{
	console.irq = false;
	if (console.base)
		drain(&console, 0);
}

/* ---- The debugger's line ------------------------------------------------------------------ */

u16 uart_base(void)
{
	return console.base;
}

bool uart_fifo(void)
{
	return console.burst > 1;
}

bool uart_debug_open(u16 base, u32 baud, unsigned line)
{
	if (base == console.base || !open_port(&debug, base, baud))
		return false;
	irq_on(&debug, line);
	return true;
}

void uart_debug_write(const char *text, u32 len)
{
	write_bytes(&debug, text, len);
}

int uart_debug_getc(void)
{
	return get_byte(&debug);
}
