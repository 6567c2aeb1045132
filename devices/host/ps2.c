/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keyboard behind an 8042 controller, or what SMM firmware pretends to be one: as the BIOS
 * left it, with scan codes translated to set 1 (IBM PS/2 technical reference, keyboard and
 * auxiliary device controller). Nothing is ever written to it: emulated controllers lose bytes
 * or hang on commands. US layout.
 */
#include "devices/host/ps2.h"
#include "devices/host/irq.h"
#include "lib/string.h"
#include "lib/x86.h"

#define DATA	   0x60
#define STATUS	   0x64
#define STATUS_OBF 0x01u /* a byte is there */
#define STATUS_AUX 0x20u /* from the mouse */
#define KEY_IRQ	   1
#define DRAIN	   32u /* a controller that always has a byte is not one */

#define SC_EXTENDED 0xe0u
#define SC_RELEASE  0x80u
#define SC_CTRL	    0x1du
#define SC_LSHIFT   0x2au
#define SC_RSHIFT   0x36u
#define SC_ALT	    0x38u
#define SC_CAPS	    0x3au
#define SC_F1	    0x3bu /* to F10 */
#define SC_F11	    0x57u

#define QUEUE 64u

static const u8 plain[] = "\0\x1b"
			  "1234567890-=\b\t"
			  "qwertyuiop[]\r\0"
			  "asdfghjkl;'`\0\\"
			  "zxcvbnm,./\0*\0 \0"
			  "\0\0\0\0\0\0\0\0\0\0\0\0"
			  "789-456+1230.";
static const u8 shifted[] = "\0\x1b"
			    "!@#$%^&*()_+\b\t"
			    "QWERTYUIOP{}\r\0"
			    "ASDFGHJKL:\"~\0|"
			    "ZXCVBNM<>?\0*\0 \0"
			    "\0\0\0\0\0\0\0\0\0\0\0\0"
			    "789-456+1230.";
_Static_assert(sizeof(plain) == 0x55 && sizeof(shifted) == sizeof(plain),
	       "up to code 0x53, and a zero");

/* Keys that a terminal sends as sequences; after SC_EXTENDED. */
static const struct {
	u8 code;
	u8 text[5];
} sequences[] = {
	{0x48, "\x1b[A"},  {0x50, "\x1b[B"},  {0x4d, "\x1b[C"},	 {0x4b, "\x1b[D"},
	{0x47, "\x1b[H"},  {0x4f, "\x1b[F"},  {0x49, "\x1b[5~"}, {0x51, "\x1b[6~"},
	{0x52, "\x1b[2~"}, {0x53, "\x1b[3~"}, {0x1c, "\r"},	 {0x35, "/"},
};

static struct {
	bool present, extended, lshift, rshift, ctrl, rctrl, alt, ralt, caps;
	u8 queue[QUEUE];
	u32 head, count;
	u32 hot_key;
} kbd;

static void emit(u8 c)
{
	if (kbd.count < QUEUE)
		kbd.queue[(kbd.head + kbd.count++) % QUEUE] = c;
}

static void extended_key(u8 code)
{
	for (unsigned i = 0; i < ARRAY_LEN(sequences); i++)
		if (sequences[i].code == code)
			for (const u8 *p = sequences[i].text; *p; p++)
				emit(*p);
}

static void plain_key(u8 code)
{
	bool shift = kbd.lshift || kbd.rshift;
	u8 c, base = code < sizeof(plain) ? plain[code] : 0;

	if (!base)
		return;
	/* Caps lock concerns letters only. */
	if (kbd.caps && base >= 'a' && base <= 'z')
		shift = !shift;
	c = shift ? shifted[code] : base;
	if (kbd.ctrl || kbd.rctrl) {
		if (base >= 'a' && base <= 'z')
			c = base & 0x1fu;
		else if (c >= '@' && c <= '_')
			c &= 0x1fu;
		else if (c == ' ')
			c = 0;
	}
	emit(c);
}

/* The number of a function key, 0 for any other. */
static u32 function_key(u8 code)
{
	if (code >= SC_F1 && code < SC_F1 + 10)
		return code - SC_F1 + 1u;
	return code == SC_F11 || code == SC_F11 + 1 ? code - SC_F11 + 11u : 0;
}

static void scancode(u8 byte)
{
	bool extended = kbd.extended, down = !(byte & SC_RELEASE);
	u8 code = byte & (u8)~SC_RELEASE;

	kbd.extended = byte == SC_EXTENDED;
	if (kbd.extended)
		return;
	if (code == SC_CTRL)
		*(extended ? &kbd.rctrl : &kbd.ctrl) = down;
	else if (code == SC_ALT)
		*(extended ? &kbd.ralt : &kbd.alt) = down;
	else if (!extended && code == SC_LSHIFT)
		kbd.lshift = down;
	else if (!extended && code == SC_RSHIFT)
		kbd.rshift = down;
	else if (!down)
		return;
	else if (extended)
		extended_key(code);
	else if ((kbd.ctrl || kbd.rctrl) && (kbd.alt || kbd.ralt) && function_key(code))
		kbd.hot_key = function_key(code);
	else if (code == SC_CAPS)
		kbd.caps = !kbd.caps;
	else
		plain_key(code);
}

static bool poll(void *ctx)
{
	unsigned i;

	(void)ctx;
	for (i = 0; i < DRAIN; i++) {
		u8 status = inb(STATUS), byte;

		if (!(status & STATUS_OBF))
			break;
		byte = inb(DATA);
		if (!(status & STATUS_AUX))
			scancode(byte);
	}
	return i != 0;
}

bool ps2_init(void)
{
	if (kbd.present)
		return true;
	if (inb(STATUS) == 0xff)
		return false;
	for (unsigned i = 0; inb(STATUS) & STATUS_OBF; i++) {
		if (i == DRAIN)
			return false;
		(void)inb(DATA);
	}
	kbd.present = host_irq_register(KEY_IRQ, poll, NULL) == HV_OK;
	return kbd.present;
}

u32 ps2_hot_key(void)
{
	u32 n = kbd.hot_key;

	kbd.hot_key = 0;
	return n;
}

int ps2_getc(void)
{
	u8 c;

	if (!kbd.present)
		return -1;
	(void)poll(NULL);
	if (!kbd.count)
		return -1;
	c = kbd.queue[kbd.head];
	kbd.head = (kbd.head + 1) % QUEUE;
	kbd.count--;
	return c;
}
