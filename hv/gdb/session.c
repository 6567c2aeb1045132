/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line to gdb: bytes to packets, answers to bytes, and news of guests that stopped. */
#include "devices/host/serial.h"
#include "devices/host/uart.h"
#include "hv/console/console.h"
#include "hv/gdb/private.h"
#include "hv/time/time.h"
#include "lib/log.h"

#define BYTES_MAX 4096u /* taken at one gdb_poll() */
#define BAUD	  115200u
#define NS_PER_S  1000000000ull

bool (*lines_poll)(void) = console_poll;

static void acknowledge(char c)
{
	if (!session.no_ack)
		uart_debug_write(&c, 1);
}

/* Ctrl-C: the guest that is looked at stops where it is. */
static void interrupt(void)
{
	if (session.waiting && session.g && session.g->vcpu && !debugged(session.g)->held) {
		stop_watch(session.g);
		stop_guest(session.g, SIG_INT);
	}
}

/* The first packet of a gdb that has just come. The one before may have gone without a word: what
 * it agreed on and set is nothing this one knows of. */
static void greet(void)
{
	const char *at = session.in.data;

	if (!take_word(&at, "qSupported"))
		return;
	session.waiting = session.no_ack = session.physical = false;
	session.extended = session.over = false;
	session.restarting = NULL;
	for (u32 i = 0; i < guest_count; i++)
		stop_clear(&guests[i]);
}

static void packet(void)
{
	greet();
	acknowledge('+');
	if (answer())
		session_send();
}

static void take(u8 byte)
{
	switch (packet_byte(&session.in, byte)) {
	case PACKET_READY:
		packet();
		break;
	case PACKET_BAD:
		acknowledge('-');
		break;
	case PACKET_AGAIN:
		uart_debug_write(session.out.data, session.out.len);
		break;
	case PACKET_INTERRUPT:
		interrupt();
		break;
	case PACKET_ACK:
	case PACKET_MORE:
		break;
	}
}

/* Somebody stopped while gdb waits for that. */
static void tell(void)
{
	for (u32 i = 0; session.waiting && i < guest_count; i++) {
		struct debugged *d = debugged(&guests[i]);

		if (!d->held || d->reported)
			continue;
		session.waiting = false;
		session.restarting = NULL; /* one question, one answer: this one's turn comes */
		session.g = &guests[i];
		if (d->note[0])
			tell_text(NULL, d->note);
		answer_stop(&guests[i]);
		session_send();
	}
}

/* The guest that gdb waits for is there again. */
static void restarted(void)
{
	struct guest *g = session.restarting;

	if (!g || !debugged(g)->held || !guest_alive(g))
		return;
	session.restarting = NULL;
	session.waiting = false;
	answer_stop(g);
	if (session.commanded) {
		reply_begin(&session.out);
		say("OK");
	}
	session_send();
}

/* Nobody can be heard to leave a serial line. Who was asked to wait only so long for one that is
 * silent lets go of everything then. */
static void lose_patience(struct timer *t)
{
	u64 patience = config.opt.gdb_patience * NS_PER_S;

	(void)t;
	if (!patience || !session.attached || session.waiting || session.restarting)
		return;
	if (now_ns() - session.heard < patience) {
		session.silence.fire = lose_patience;
		timer_arm(&session.silence, session.heard + patience);
		return;
	}
	log_line(LOG_WARN, NULL, "gdb was silent for %u s: what it stopped goes on",
		 config.opt.gdb_patience);
	stop_forget_all();
}

void gdb_poll(void)
{
	int c;

	(void)debug_unload(); /* a turn ended between the load and the entry */
	restarted();
	for (u32 n = 0; n < BYTES_MAX && (c = uart_debug_getc()) >= 0; n++) {
		session_heard();
		take((u8)c);
	}
	tell();
	lose_patience(NULL);
}

static bool poll_both(void)
{
	bool more = console_poll();

	gdb_poll();
	return more;
}

void gdb_init(void)
{
	u16 port = config.opt.gdb_base ? serial_port(config.opt.gdb_base) : 0;

	if (!config.opt.gdb_base)
		return;
	gdb_on = uart_debug_open(port, BAUD, serial_line(port));
	if (!gdb_on) {
		log_line(LOG_ERROR, NULL,
			 "gdb=%s: no serial port answers there, or the console has it",
			 serial_name(config.opt.gdb_base));
		config.errors++;
		return;
	}
	lines_poll = poll_both;
	stop_init();
}
