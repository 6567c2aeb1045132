/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/console/console.c hv/console/terminal.c hv/console/guest_side.c hv/console/filter.c
 * hv/console/row.c hv/console/recent.c hv/console/focus.c hv/console/keys.c hv/console/frames.c
 * hv/console/frames_keys.c hv/monitor/prompt.c hv/monitor/edit.c */
/* The shared console: who sees what, where lines begin, what a guest cannot do to it. */
#include "devices/devices.h"
#include "devices/host/ps2.h"
#include "devices/host/scancode.h"
#include "devices/host/serial.h"
#include "devices/host/textscreen.h"
#include "devices/host/uart.h"
#include "hv/config/config.h"
#include "hv/console/console.h"
#include "hv/console/guest_side.h"
#include "hv/console/status.h"
#include "hv/guest/guest.h"
#include "hv/monitor/monitor.h"
#include "hv/monitor/private.h"
#include "hv/time/time.h"
#include "tests/unit/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- The machine and the rest of hv/, as far as the console sees them ----------------------- */

struct guest guests[GUESTS_MAX];
u32 guest_count;
struct config config;

static char serial[65536]; /* what the terminal got, without the carriage returns we add */
static u32 serial_len;
static char last_sent;
static char keys[4096]; /* typed, not yet read */
static u32 keys_at, keys_len;
static u64 now;
#define TIMERS 8
static struct timer *armed[TIMERS];
static char ran[128];		  /* the monitor's last command */
static void (*on_run)(void);	  /* what else a command does */
static char taken[2][4096];	  /* what each guest read from its console */
static u32 takes[2] = {~0u, ~0u}; /* how much each still takes */

void uart_write(const char *text, u32 len)
{
	assert_true(serial_len + len < sizeof(serial));
	for (u32 i = 0; i < len; i++) {
		if (text[i] == '\n')
			assert_int_equal(last_sent, '\r');
		last_sent = text[i];
		serial[serial_len++] = text[i];
	}
	serial[serial_len] = 0;
}

static u32 room;

u32 uart_room(void)
{
	return room;
}

int uart_getc(void)
{
	return keys_at < keys_len ? (u8)keys[keys_at++] : -1;
}

u16 uart_base(void)
{
	return 0x3f8;
}

u16 serial_port(u16 place)
{
	return place;
}

unsigned serial_line(u16 port)
{
	(void)port;
	return 4;
}

const char *serial_name(u16 place)
{
	(void)place;
	return "";
}

bool uart_init(u16 base, u32 baud)
{
	(void)base;
	(void)baud;
	return true;
}

void uart_irq_on(unsigned line)
{
	assert_int_equal(line, 4);
}

/* A screen that is slow to draw, as far as the terminal sees it. */
static bool slow_screen;
static u32 undrawn;

void text_write(const char *text, u32 len)
{
	(void)text;
	undrawn += slow_screen ? len : 0;
}

bool text_draw(u32 work)
{
	undrawn -= work == ~0u ? undrawn : MIN(undrawn, 2);
	return undrawn != 0;
}

bool text_drawn(void)
{
	return !undrawn;
}

static bool no_keyboard;

bool ps2_init(const struct keymap *map)
{
	(void)map;
	return !no_keyboard;
}

static const char *keyboard; /* typed at it; NULL: nothing */

int ps2_getc(void)
{
	return keyboard && *keyboard ? (u8)*keyboard++ : -1;
}

static s32 pages, looked_back;

s32 scancode_pages(void)
{
	s32 n = pages;

	pages = 0;
	return n;
}

void text_look_back(s32 halves)
{
	looked_back += halves;
}

void text_look_end(void)
{
	looked_back = 0;
}

void status_poll(void)
{
}

static u32 hot_key;
static struct guest *on_screen, *asked;

u32 scancode_hot_key(void)
{
	u32 n = hot_key;

	hot_key = 0;
	return n;
}

const struct bus *screen_next(void)
{
	return guests[0].bus;
}

const struct bus *screen_nth(u32 n)
{
	return n < 2 ? guests[n].bus : NULL;
}

bool bus_display(const struct bus *b, struct display_mode *mode)
{
	(void)b;
	memset(mode, 0, sizeof(*mode));
	return true;
}

bool screen_focus(struct guest *g)
{
	asked = g;
	return false;
}

struct guest *screen_guest(void)
{
	return on_screen;
}

u64 now_ns(void)
{
	return now;
}

void timer_arm(struct timer *t, u64 when)
{
	t->when = when;
	t->armed = true;
	for (u32 i = 0; i < TIMERS; i++)
		if (!armed[i] || armed[i] == t) {
			armed[i] = t;
			return;
		}
	fail();
}

void *arena_alloc(struct arena *a, size_t bytes)
{
	(void)a;
	return calloc(1, bytes);
}

u32 bus_console_input(struct bus *b, const char *text, u32 len)
{
	u32 g = (void *)b == (void *)&guests[0] ? 0 : 1;

	len = MIN(len, takes[g]);
	takes[g] -= takes[g] == ~0u ? 0 : len;
	strncat(taken[g], text, len);
	return len;
}

void monitor_command(char *line)
{
	assert_false(console_prompt_open());
	snprintf(ran, sizeof(ran), "%s", line);
	console_line(NULL, "result");
	if (on_run)
		on_run();
}

/* ---- Helpers ------------------------------------------------------------------------------ */

#define A (&guests[0])
#define B (&guests[1])

static int setup(void **state)
{
	(void)state;
	memset(guests, 0, sizeof(guests));
	memset(&config, 0, sizeof(config));
	config.opt.uart_base = 0x3f8;
	config.opt.uart_baud = 115200;
	guest_count = 2;
	strcpy(A->name, "a");
	strcpy(B->name, "b");
	for (u32 i = 0; i < 2; i++) {
		guests[i].state = GUEST_RUNNING;
		guests[i].bus = (void *)&guests[i];
		taken[i][0] = 0;
		takes[i] = ~0u;
	}
	now = 1000000000;
	for (u32 i = 0; i < TIMERS; i++)
		if (armed[i])
			armed[i]->armed = false;
	memset(armed, 0, sizeof(armed));
	on_run = NULL;
	keys_at = keys_len = 0;
	memset(support_log_lines, 0, sizeof(support_log_lines));
	ran[0] = 0;
	last_sent = '\n';
	console_init();
	monitor_init();
	console_final();
	assert_int_equal(console_guest_open(A), HV_OK);
	assert_int_equal(console_guest_open(B), HV_OK);
	serial_len = 0;
	serial[0] = 0;
	return 0;
}

static int teardown(void **state)
{
	struct console *con[2] = {A->console, B->console};

	(void)state;
	if (console_prompt_open())
		console_prompt_key(0x03);
	console_set_focus(NULL);
	console_guest_close(A);
	console_guest_close(B);
	free(con[0]);
	free(con[1]);
	return 0;
}

static void out(struct guest *g, const char *text)
{
	console_guest_out(g, text, (u32)strlen(text));
}

static void type(const char *text)
{
	strcpy(keys, text);
	keys_at = 0;
	keys_len = (u32)strlen(text);
	while (keys_at < keys_len)
		console_poll();
}

/* The text on the serial line since the last look, without carriage returns before newlines. */
static void expect(const char *want)
{
	char got[sizeof(serial)];
	u32 n = 0;

	for (u32 i = 0; i < serial_len; i++)
		if (serial[i] != '\r' || serial[i + 1] != '\n')
			got[n++] = serial[i];
	got[n] = 0;
	serial_len = 0;
	assert_string_equal(got, want);
}

/* Let the time pass and the timer fire. */
static void wait(void)
{
	now += 1000000000;
	for (u32 i = 0; i < TIMERS; i++)
		if (armed[i] && armed[i]->armed && armed[i]->when <= now) {
			armed[i]->armed = false;
			armed[i]->fire(armed[i]);
		}
}

/* ---- Without a focus: lines --------------------------------------------------------------- */

static void test_lines(void **state)
{
	(void)state;
	out(A, "hello\nwor");
	out(B, "x\r\n");
	out(A, "ld\n\n");
	expect("[a] hello\n[b] x\n[a] world\n[a] \n");
	console_write("ringone: log\n", 13);
	expect("ringone: log\n");
}

static void test_partial_line(void **state)
{
	(void)state;
	out(A, "/ # ");
	expect("");
	wait();
	expect("[a] / # ");
	out(A, "l"); /* on a line of its own, echo follows at once */
	out(A, "s");
	expect("ls");
	out(A, "\b \b");
	expect("\b \b");
	out(A, "\nfile\n");
	expect("\n[a] file\n");
}

/* What was cut off is shown again, whole, when it goes on; and only then. */
static void test_partial_line_interrupted(void **state)
{
	(void)state;
	out(A, "on");
	wait();
	out(B, "two\n");
	expect("[a] on\n[b] two\n");
	wait();
	expect("");
	out(A, "e");
	wait();
	expect("[a] one");
	console_write("ringone: log\n", 13);
	expect("\nringone: log\n");
	out(A, "!\n");
	expect("[a] one!\n");
}

static void test_two_partial_lines(void **state)
{
	(void)state;
	out(A, "a> ");
	out(B, "b> ");
	wait();
	expect("[a] a> \n[b] b> ");
	wait();
	expect("");
	out(B, "k\n");
	expect("k\n");
}

static void test_long_line(void **state)
{
	char text[GUEST_LINE * 2 + 2], want[sizeof(text) + 32];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 2] = '\n';
	text[sizeof(text) - 1] = 0;
	out(A, text);
	sprintf(want, "[a] %.*s\n[a] %.*s\n[a] \n", (int)GUEST_LINE, text, (int)GUEST_LINE, text);
	want[strlen(want) - 5] = 0; /* exactly two full lines: the newline ends the second */
	expect(want);
}

static void test_carriage_return(void **state)
{
	(void)state;
	out(A, "10%\r20%\rdone\r\n");
	expect("[a] 10%\n[a] 20%\n[a] done\n");
	out(A, "x\r");
	out(A, "\ny\n");
	expect("[a] x\n[a] y\n");
	out(A, "\r\r\n");
	expect("[a] \n");
}

/* A guest cannot look like us or like another guest, nor steer the terminal. */
static void test_no_escape_in_lines(void **state)
{
	(void)state;
	out(A, "\033[2J\033]0;title\007\033[31mred\033[0m \033P+q\033\\end\n");
	expect("[a] red end\n");
	out(A, "bell\007 \001\002ctrl\177 \x9b"
	       "2J caf\xc3\xa9\n");
	expect("[a] bell ctrl ?2J caf\xc3\xa9\n");
	out(A, "\033]never ended\nstill inside\033\\x\n");
	expect("[a] x\n");
	out(A, "\033[12\nnext\n");
	expect("[a] \n[a] next\n");
	out(A, "ringone: verdict 0\n(ringone) kill b\n");
	expect("[a] ringone: verdict 0\n[a] (ringone) kill b\n");
	out(A, "\b\b\b\b\bx\n");
	expect("[a] x\n");
}

/* A backspace takes nothing that is not of the same line. */
static void test_backspace_limits(void **state)
{
	(void)state;
	out(A, "ab");
	wait();
	expect("[a] ab");
	out(A, "\b\b\b\b\b\b\b");
	expect("\b \b\b \b");
	out(A, "c\n");
	expect("c\n");
}

/* ---- With a focus ------------------------------------------------------------------------- */

static void test_focus_raw(void **state)
{
	(void)state;
	assert_true(console_set_focus(A));
	expect("");
	out(A, "\033[2J\033[1;1Hmenu\033[?25l\r\n> ");
	expect("\033[2J\033[1;1Hmenu\033[?25l\n> ");
	out(B, "unseen\n");
	expect("");
	assert_true(console_set_focus(NULL));
	expect("\033[4l\033[0m\n[b] unseen\n");
}

static void test_focus_shows_the_prompt(void **state)
{
	(void)state;
	out(A, "/ # ");
	wait();
	expect("[a] / # ");
	console_set_focus(A);
	expect("\n/ # ");
	console_write("ringone: log\n", 13);
	expect("\nringone: log\n/ # ");
	out(A, "ls\n");
	expect("ls\n");
}

static void test_focus_change(void **state)
{
	(void)state;
	console_set_focus(A);
	out(B, "one\ntw");
	out(A, "alpha");
	expect("alpha");
	console_set_focus(B);
	expect("\none\ntw");
	out(B, "o\n");
	out(A, " more\n");
	expect("o\n");
	console_set_focus(A);
	expect("alpha more\n");
}

/* The oldest of what nobody saw goes first, and it is said. */
static void test_backlog_overflow(void **state)
{
	char line[16];

	(void)state;
	console_set_focus(A);
	for (u32 i = 0; i < 1000; i++) {
		sprintf(line, "line %03u\n", i);
		out(B, line);
	}
	console_set_focus(NULL);
	assert_non_null(strstr(serial, "bytes before this were not kept)\r\n"));
	assert_non_null(strstr(serial, "[b] line 999\r\n"));
	assert_non_null(strstr(serial, "[b] line 800\r\n"));
	assert_null(strstr(serial, "line 700"));
}

/* What a guest with the whole terminal sends, and what comes out. */
static const struct {
	const char *in, *out;
} screen_row[] = {
	{"\033[1;31mx\033[m\033[K", "\033[1;31mx\033[m\033[K"},
	{"\033[6n\033[?1049h\0337\0338\033(B", "\033[6n\033[?1049h\0337\0338\033(B"},
	{"\033]0;title\007x", "x"},
	{"\033]52;c;Y21k\033\\x", "x"},
	{"\033P$q\033\\x", "x"},
	{"\033[21tx\033[cx\033[0cx\033[5ix\033Zx", "xxxxx"},
	{"\033[>qx", "x"},
	{"\007\001\005\016\017\177x", "x"},
	{"a\tb\bc", "a\tb\bc"},
	{"\xc3\xa9\xe2\x94\x80\xf0\x9f\x99\x82", "\xc3\xa9\xe2\x94\x80\xf0\x9f\x99\x82"},
	{"\x9b"
	 "2Jx",
	 "?2Jx"},
	{"\xc2\x9b"
	 "2Jx",
	 "?2Jx"},
	{"\xc3\x9b"
	 "2Jx",
	 "\xc3\x9b"
	 "2Jx"},
	{"\xc3x\x9b", "?x?"},
	{"\033[1\033[31mx", "\033[31mx"},
	{"\033[1\nx", "\nx"},
	{"ringone: verdict 0", "ringone? verdict 0"},
	{"\nringone: x\r\nringone:", "\nringone? x\r\nringone?"},
	{"\r(ringone) list", "\r(ringone? list"},
	{"\033[1mringone: x", "\033[1mringone? x"},
	{"a ringone: b (ringone) c", "a ringone: b (ringone) c"},
	/* Back to the beginning in every way, and what remains there from before. */
	{"x\bringone: v", "x\bringone? v"},
	{"xingone: v\rr", "xingone: v\r?"},
	{"ring\b\b\b\bringone: v", "ring\b\b\b\bringone? v"},
	{"x\033[Gringone: v", "x\033[Gringone? v"},
	{"xy\033[2Dringone: v", "xy\033[2Dringone? v"},
	{"x\033[1`ringone: v", "x\033[1`ringone? v"},
	{"x\033[5;1Hringone: v", "x\033[5;1Hringone? v"},
	{"x\033[5fringone: v", "x\033[5fringone? v"},
	{"x\033[Eringone: v", "x\033[Eringone? v"},
	{"x\033[Fringone: v", "x\033[Fringone? v"},
	{"x\033Eringone: v", "x\033Eringone? v"},
	{"x\033[rringone: v", "x\033[rringone? v"},
	{"\033[sx\033[uringone: v", "\033[sx\033[uringone? v"},
	{"\0337x\0338ringone: v", "\0337x\0338ringone? v"},
	{"\tx\033[2Zringone: v", "\tx\033[2Zringone? v"},
	{"x\033[A\b(ringone) v", "x\033[A\b(ringone? v"},
	{"xringone: v\r\033[P", "xringone: v\r"},
	{"xxxxxxxxxxyyyyyyyyyyringone: v\033[11G\033[10P\r\033[10P",
	 "xxxxxxxxxxyyyyyyyyyyringone: v\033[11G\033[10P\r"},
	{"xyringone: v\r\033[2Pz", "xyringone: v\rz"},
	{"ingone: v\r\033[4hr", "ingone: v\r\033[4h?"},
	{"ingone: v\r\033[@r", "ingone: v\r\033[@?"},
	{"rixgone:\t n\033[3G\033[b", "rixgone:\t n\033[3G"},
	{"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	 "ringone: v",
	 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	 "ringone? v"},
	/* Private and odd sequences move nothing, and 3 erases nothing. */
	{"\033[?9Cringone: v", "\033[?9Cringone? v"},
	{"\033[9 Cringone: v", "\033[9 Cringone? v"},
	{"\033[1:9Cringone: v", "\033[1:9Cringone? v"},
	{"xingone: v\r\033[?Kr", "xingone: v\r\033[?K?"},
	{"xingone: v\033[3J\rr", "xingone: v\033[3J\r?"},
	{"xingone: v\033[3K\rr", "xingone: v\033[3K\r?"},
	/* Inserting, whatever else the sequence says and however many bytes the character has. */
	{"ingone: v\r\033[1;1;4hr", "ingone: v\r\033[1;1;4h?"},
	{"ne: v\r\033[4h\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\033[4l\rringo",
	 "ne: v\r\033[4h\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\033[4l\rringo"},
	{"one: v\r\033[4h\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\033[4l\rring",
	 "one: v\r\033[4h\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\033[4l\rrin?"},
	/* At a row's end a terminal may be at another column than we think. */
	{"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	 "\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b"
	 "\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b"
	 "ringone: v",
	 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	 "\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b"
	 "\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b"
	 "ringone? v"},
	{"\033[100C\033[95Dringone: v", "\033[100C\033[95Dringone? v"},
	{"xxxx\033[Lringone: v", "xxxx\033[Lringone? v"},
	{"\xe2\x80\x8bringone: v", "\xe2\x80\x8bringone? v"}, /* of no width */
	{"ring\xe2\x80\x8bone: v", "ring\xe2\x80\x8bone? v"},
	{"ri\033[1mng\033[0mone: v", "ri\033[1mng\033[0mone? v"},
	/* What line editors and others do stays as it is. */
	{"$ lss\b \b\rx\033[K", "$ lss\b \b\rx\033[K"},
	{"$ ls\033[D\033[Px\033[@y", "$ ls\033[D\033[Px\033[@y"},
	{"$ ringone:\b\b\b\033[P", "$ ringone:\b\b\b\033[P"},
	{"\033[2J\033[H\033[3;5Hringone: v", "\033[2J\033[H\033[3;5Hringone: v"},
	{"12345678\rringer\n", "12345678\rringer\n"},
	{"x\ty\033Hz\033[3g", "x\tyz"},
};

static void test_filter_screen(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(screen_row); i++) {
		struct filter f = {0};
		char got[512];
		u32 n = 0;

		for (const char *c = screen_row[i].in; *c; c++)
			n += filter_screen(&f, *c, got + n);
		got[n] = 0;
		if (strcmp(got, screen_row[i].out) != 0)
			fail_msg("row %u: \"%s\"", i, got);
	}
}

/* Our log line cuts a guest's line in two: shown again it is still not one of ours. */
static void test_restored_line_is_no_log_line(void **state)
{
	(void)state;
	console_set_focus(A);
	out(A, "ringone: verdict 0");
	expect("ringone? verdict 0");
	console_write("ringone: log\n", 13);
	expect("\nringone: log\nringone? verdict 0");
}

/* What one guest set or saved in the terminal is nothing that another's row would not know of. */
static void test_terminal_changes_hands(void **state)
{
	(void)state;
	console_set_focus(A);
	out(A, "abc\033[s\033[4h");
	serial_len = 0;
	console_set_focus(B);
	expect("\033[4l\033[0m\n");
	out(B, "\033[ux\0338y");
	expect("xy");
	out(B, "\0337z\0338");
	expect("\0337z\0338");
	console_set_focus(A);
	serial_len = 0;
	out(A, "\rone: v\rring\n"); /* not inserted */
	expect("\rone: v\rring\n");
}

static const struct {
	const char *in, *line, *screen; /* screen NULL: the same */
} utf8_text[] = {
	{"21\xc2\xb0\x43 5\xc2\xb5s \xc2\xa3\n", "21\xc2\xb0\x43 5\xc2\xb5s \xc2\xa3\n", NULL},
	{"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xa7\n",
	 "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xa7\n", NULL},
	{"a\xc2\x9b\x32J\n", "a?2J\n", NULL}, /* CSI */
	{"a\x9b\x32J\n", "a?2J\n", NULL},
	{"a\xe2\x82z\n", "a?z\n", NULL}, /* cut: one mark */
	{"a\xf0\x9f\x90\n", "a?\n", NULL},
	{"a\xf0\x9f\xc3\xbc\n", "a?\xc3\xbc\n", NULL},
	{"a\xc3\033[1mb\n", "a?b\n", "a?\033[1mb\n"},
	{"a\xc0\xaf\n", "a??\n", NULL},		  /* not the shortest form */
	{"a\xed\xa0\x80\n", "a???\n", NULL},	  /* a surrogate */
	{"a\xf4\x90\x80\x80\n", "a????\n", NULL}, /* behind the last one */
	{"a\xe2\x80\xae\x62\n", "a?b\n", NULL},	  /* turns the direction of writing */
	{"a\xe2\x81\xa6\x62\n", "a?b\n", NULL},
	{"\xc3\xbcringone: v\n", "\xc3\xbcringone: v\n", "\xc3\xbcringone? v\n"},
};

static void test_filter_utf8(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(utf8_text); i++) {
		const char *want = utf8_text[i].screen ? utf8_text[i].screen : utf8_text[i].line;
		struct filter lines = {0}, screen = {0};
		char line[256], seen[256];
		u32 n = 0, m = 0;

		for (const char *c = utf8_text[i].in; *c; c++) {
			n += filter_line(&lines, *c, line + n);
			m += filter_screen(&screen, *c, seen + m);
		}
		line[n] = seen[m] = 0;
		if (strcmp(line, utf8_text[i].line) != 0)
			fail_msg("line %u: \"%s\"", i, line);
		if (strcmp(seen, want) != 0)
			fail_msg("screen %u: \"%s\"", i, seen);
	}
}

/* A backspace takes a whole character, and a line is not cut inside of one. */
static void test_utf8_lines(void **state)
{
	char text[260] = "", want[300];

	(void)state;
	out(A, "a\xe2\x82\xac\b!\n");
	expect("[a] a!\n");
	for (u32 i = 0; i < 67; i++)
		strcat(text, "\xe2\x82\xac");
	out(A, text);
	out(A, "\n");
	text[66 * 3] = 0;
	snprintf(want, sizeof(want), "[a] %s\n[a] \xe2\x82\xac\n", text);
	expect(want);
}

/* Line text is whole characters or one plain byte, perhaps behind a mark. */
static void check_line(struct filter *f, char c)
{
	char o[FILTER_LINE];
	u32 n = filter_line(f, c, o);

	assert_true(n <= 4);
	if (n && (u8)o[0] >= 0x80) {
		assert_true((u8)o[0] >= 0xc2 && (u8)o[0] <= 0xf4);
		for (u32 i = 1; i < n; i++)
			assert_int_equal((u8)o[i] & 0xc0, 0x80);
		assert_false((u8)o[0] == 0xc2 && (u8)o[1] < 0xa0);
		return;
	}
	assert_true(n <= 2 && (n < 2 || o[0] == '?'));
	for (u32 i = 0; i < n; i++)
		assert_true((u8)o[i] < 0x7f && (o[i] >= ' ' || strchr("\n\r\t\b", o[i])));
}

/* Any bytes at all: no sequence that was refused comes out, whatever is in front of it. */
static void test_filter_random(void **state)
{
	static const char alphabet[] = "\033\033[]P\\\007;?19tcinqZm\n\x9b\xc2\xe2"
				       "ax";
	struct filter screen = {0}, lines = {0};

	(void)state;
	srand(4);
	for (u32 round = 0; round < 300000; round++) {
		char c = rand() % 4 ? alphabet[(u32)rand() % (sizeof(alphabet) - 1)] : (char)rand();
		char o[FILTER_SEQUENCE];
		u32 n = filter_screen(&screen, c, o);

		assert_true(n <= FILTER_SEQUENCE);
		check_line(&lines, c);
		if (!n || o[0] != 033) {
			assert_true(n <= 4);
			for (u32 i = 0; i < n; i++)
				assert_true((u8)o[i] >= ' ' || strchr("\n\r\t\b", o[i]));
			continue;
		}
		if (o[1] == '[')
			assert_null(strchr("tcxiqpy", o[n - 1]));
		else
			assert_null(strchr("]PX^_Z", o[1]));
		for (u32 i = 1; i < n; i++)
			assert_true((u8)o[i] >= ' ' && o[i] != 0x7f);
	}
}

/* ---- Keys and the monitor ------------------------------------------------------------------- */

static void test_keys(void **state)
{
	(void)state;
	type("nobody");
	assert_string_equal(taken[0], "");
	assert_string_equal(taken[1], "");
	console_set_focus(B);
	type("to b\r");
	assert_string_equal(taken[1], "to b\r");
	console_set_focus(NULL);
	B->state = GUEST_PAUSED;
	type("to a\r"); /* the only one that runs */
	assert_string_equal(taken[0], "to a\r");
}

static void poll(u32 times)
{
	while (times--)
		console_poll();
}

/* A paste waits on the line for a guest that reads slowly: nothing is lost. */
static void test_paste(void **state)
{
	char many[GUEST_INPUT * 4 + 1];

	(void)state;
	for (u32 i = 0; i < sizeof(many) - 1; i++)
		many[i] = (char)('a' + i % 23);
	many[sizeof(many) - 1] = 0;
	console_set_focus(A);
	strcpy(keys, many);
	keys_len = (u32)strlen(keys);
	takes[0] = 0;
	poll(50);
	assert_int_equal(keys_at, GUEST_INPUT); /* the rest was not even taken from the line */
	for (u32 i = 0; strlen(taken[0]) < strlen(many); i++) {
		assert_true(i < 1000);
		now += 1900000000; /* slow, but not deaf */
		takes[0] = 3;
		poll(3);
	}
	assert_string_equal(taken[0], many);
	assert_int_equal(support_log_lines[LOG_WARN], 0);
}

/* More than is taken at once is said to be there: nothing else may ever make us look again. */
static void test_many_keys(void **state)
{
	(void)state;
	console_set_focus(A);
	memset(keys, 'k', 150);
	keys_len = 150;
	assert_true(console_poll());
	assert_true(console_poll());
	assert_false(console_poll());
	assert_int_equal(strlen(taken[0]), 150);
	assert_false(console_poll());
}

/* A guest that does not read loses keys, and never those of the monitor; it is said once. */
static void test_deaf_guest(void **state)
{
	char many[GUEST_INPUT * 2 + 2];

	(void)state;
	console_set_focus(A);
	takes[0] = 3;
	memset(many, 'k', sizeof(many) - 2);
	many[sizeof(many) - 2] = 0x01;
	many[sizeof(many) - 1] = 0;
	strcpy(keys, many);
	keys_len = (u32)strlen(keys);
	poll(50);
	assert_int_equal(keys_at, GUEST_INPUT + 3);
	now += 2100000000;
	poll(50);
	assert_int_equal(keys_at, keys_len);
	assert_true(console_prompt_open());
	console_prompt_key(0x1b);
	wait();
	assert_int_equal(support_log_lines[LOG_WARN], 1);
	assert_string_equal(taken[0], "kkk");
	takes[0] = 2;
	console_poll();
	assert_string_equal(taken[0], "kkkkk");
	takes[0] = ~0u;
	console_poll();
	assert_int_equal(strlen(taken[0]), GUEST_INPUT + 3);
}

static void test_monitor_line(void **state)
{
	(void)state;
	type("\001lixx\b\177st all\025help");
	assert_true(console_prompt_open());
	expect("(ringone) lixx\b \b\b \bst all"
	       "\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b"
	       "help");
	type("\r");
	assert_false(console_prompt_open());
	assert_string_equal(ran, "help");
	expect("\nresult\n");
	type("\001\r");
	assert_string_equal(ran, "");
}

static void test_monitor_leave(void **state)
{
	(void)state;
	console_set_focus(A);
	type("\001x\033");
	assert_true(console_prompt_open()); /* it may be the beginning of an arrow */
	wait();
	assert_false(console_prompt_open());
	type("\001\003");
	assert_false(console_prompt_open());
	assert_string_equal(taken[0], "");
	type("\001\001");
	assert_false(console_prompt_open());
	assert_string_equal(taken[0], "\001");
	type("\001x\001");
	assert_false(console_prompt_open());
	assert_string_equal(taken[0], "\001");
	assert_string_equal(ran, "");
}

/* Keys that send sequences edit, and nothing of them reaches a guest. */
static void test_monitor_keys(void **state)
{
	(void)state;
	console_set_focus(A);
	type("\001lst\033[D\033[Di\r");
	assert_string_equal(ran, "list");
	type("\001elp\033OHh\033OF me\r");
	assert_string_equal(ran, "help me");
	type("\001xpci\033[1~\033[3~\r");
	assert_string_equal(ran, "pci");
	type("\001\033[A\r");
	assert_string_equal(ran, "pci");
	type("\001\033[A\033[A\033[A\r");
	assert_string_equal(ran, "list");
	type("\001xnew\033[A\033[B\033[B\r");
	assert_string_equal(ran, "");
	type("\001\033[5~\033[1;5C\033[Zmem\177\177\177mem\r\n");
	assert_string_equal(ran, "mem");
	assert_string_equal(taken[0], ""); /* the line feed neither */
	type("\n");
	assert_string_equal(taken[0], "\n");
	type("\001\033x");
	assert_false(console_prompt_open());
	assert_string_equal(taken[0], "\nx");
}

static void test_monitor_line_limit(void **state)
{
	char many[300];

	(void)state;
	memset(many, 'm', sizeof(many));
	many[0] = 0x01;
	many[298] = '\r';
	many[299] = 0;
	type(many);
	assert_int_equal(strlen(ran), 79);
}

/* While a command is typed guests run on, and what they print comes after it. */
static void test_monitor_holds_output(void **state)
{
	(void)state;
	out(A, "before\n");
	type("\001li");
	out(A, "during\n");
	out(B, "b too\n");
	expect("[a] before\n(ringone) li");
	console_write("ringone: log\n", 13);
	expect("\nringone: log\n(ringone) li");
	type("st\r");
	expect("st\nresult\n[a] during\n[b] b too\n");
}

/* Nothing a visible guest prints is lost: when there is no room it interrupts the prompt. */
static void test_monitor_never_loses(void **state)
{
	char line[16];
	u32 found = 0;

	(void)state;
	type("\001li");
	for (u32 i = 0; i < 1000; i++) {
		sprintf(line, "line %03u\n", i);
		out(A, line);
	}
	type("\r");
	for (const char *s = serial; (s = strstr(s, "[a] line ")) != NULL; s += 9)
		assert_int_equal(atoi(s + 9), found++);
	assert_int_equal(found, 1000);
	assert_string_equal(ran, "li");
}

static void focus_b(void)
{
	assert_true(console_set_focus(B));
}

static void test_monitor_in_focus(void **state)
{
	(void)state;
	console_set_focus(A);
	out(A, "\033[1m$ ");
	expect("\033[1m$ ");
	type("\001f");
	out(A, "late");
	expect("\n(ringone) f");
	type("\r");
	expect("\nresult\n$ late");
	on_run = focus_b;
	out(B, "hi");
	type("\001f\r");
	expect("\n(ringone) f\nresult\n\033[4l\033[0m\nhi");
}

/* ---- The end of a guest ------------------------------------------------------------------- */

static void test_close(void **state)
{
	struct console *con = A->console;

	(void)state;
	out(A, "last words");
	console_guest_close(A);
	expect("[a] last words\n");
	assert_null(A->console);
	console_guest_close(A);
	out(A, "ghost\n");
	expect("");
	free(con);
	/* The focused guest's end gives the others back to sight; its next start takes it again. */
	con = B->console;
	assert_int_equal(console_guest_open(A), HV_OK);
	assert_false(console_set_focus(&guests[2]));
	console_set_focus(B);
	out(A, "waits\n");
	out(B, "$ ");
	serial_len = 0;
	console_guest_close(B);
	free(con);
	assert_null(console_focus());
	expect("\n[a] waits\n");
	assert_int_equal(console_guest_open(B), HV_OK);
	assert_ptr_equal(console_focus(), B);
}

static void test_close_unseen(void **state)
{
	struct console *con = B->console;

	(void)state;
	console_set_focus(A);
	out(A, "$ ");
	out(B, "dying\nwords");
	serial_len = 0;
	console_guest_close(B);
	free(con);
	expect("\n[b] dying\n[b] words\n$ ");
}

static void test_final(void **state)
{
	(void)state;
	console_set_focus(A);
	out(A, "prompt");
	out(B, "unseen");
	type("\001li");
	serial_len = 0;
	console_final();
	expect("\n[b] unseen\n"); /* the prompt was seen when it was there */
}

/* Whatever a guest sent last, our lines begin at a line's start. */
static void test_style_is_reset(void **state)
{
	struct console *con = A->console;

	(void)state;
	console_set_focus(A);
	out(A, "\033[31m\033[6noff\n");
	serial_len = 0;
	console_guest_close(A);
	free(con);
	console_write("ringone: log\n", 13);
	expect("\033[4l\033[0m\nringone: log\n");
	console_set_focus(B);
	out(B, "\033[1m$ ");
	console_final();
	console_rawf("ringone: verdict %u\n", 0);
	expect("\033[1m$ \033[4l\033[0m\nringone: verdict 0\n");
}

/* What a guest may print without making the others wait; a dead line keeps nobody for ever. */
static void test_room(void **state)
{
	(void)state;
	room = 4096;
	assert_in_range(console_guest_room(A), 100, 4096 / 20);
	room = 1000;
	assert_int_equal(console_guest_room(A), 0);
	now += 1900000000;
	assert_int_equal(console_guest_room(B), 0);
	console_set_focus(A);
	assert_int_equal(console_guest_room(B), ~0u); /* goes to memory */
	now += 200000000;
	assert_int_equal(console_guest_room(A), ~0u); /* dead */
	room = 2000;
	assert_in_range(console_guest_room(A), 1, 2000 / 20);
	room = 1000;
	assert_int_equal(console_guest_room(A), 0); /* not dead after all */
}

/* Before guests run all is drawn at once; then in pieces, with more time between them for guests
 * than they take; the last words are drawn at once again. */
static void test_slow_screen(void **state)
{
	struct timer *t = NULL; /* the one that was armed last */
	u32 pieces = 0;

	(void)state;
	config.opt.vga = true;
	console_init();
	console_running();
	slow_screen = true;
	out(A, "a long line on a screen of pixels\n");
	for (u32 i = 0; i < TIMERS && armed[i]; i++)
		t = armed[i]->armed ? armed[i] : t;
	assert_non_null(t);
	assert_in_range(undrawn, 20, 60);
	for (; t->armed && pieces < 100; pieces++) {
		assert_in_range(t->when - now, 1000000, 2000000);
		now = t->when;
		t->armed = false;
		t->fire(t);
	}
	assert_int_equal(undrawn, 0);
	assert_in_range(pieces, 10, 30);
	out(A, "more\n");
	assert_true(undrawn > 0);
	console_rawf("ringone: panic\n");
	assert_int_equal(undrawn, 0);
	slow_screen = false;
}

/* Who sits before a screen that shows everything and takes no key is told why. */
static void test_no_keyboard(void **state)
{
	(void)state;
	assert_int_equal(support_log_lines[LOG_WARN], 0);
	no_keyboard = true;
	console_init();
	no_keyboard = false;
	assert_int_equal(support_log_lines[LOG_WARN], 1);
}

/* A key shows a guest's picture, and the line goes with it only where a guest has that. */
static void test_screen_keys(void **state)
{
	(void)state;
	asked = NULL;
	hot_key = 2;
	console_poll();
	assert_ptr_equal(asked, B);
	assert_null(console_focus());
	type("\001n");
	assert_ptr_equal(asked, A);
	console_set_focus(A);
	hot_key = 2;
	console_poll();
	assert_ptr_equal(console_focus(), B);
	hot_key = 3; /* nobody's */
	console_poll();
	assert_ptr_equal(console_focus(), B);
}

/* Looking back lasts until somebody types at the machine's keyboard; the serial line is another's.
 */
static void test_look_back(void **state)
{
	(void)state;
	looked_back = 0;
	pages = 2;
	console_poll();
	assert_int_equal(looked_back, 2);
	pages = -1;
	type("\r");
	assert_int_equal(looked_back, 1);
	out(A, "text\n");
	assert_int_equal(looked_back, 1);
	keyboard = "\r";
	console_poll();
	assert_int_equal(looked_back, 0);
	looked_back = 1;
	console_raw("panic", 5);
	assert_int_equal(looked_back, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_lines),
		TEST(test_partial_line),
		TEST(test_partial_line_interrupted),
		TEST(test_two_partial_lines),
		TEST(test_long_line),
		TEST(test_carriage_return),
		TEST(test_no_escape_in_lines),
		TEST(test_backspace_limits),
		TEST(test_focus_raw),
		TEST(test_focus_shows_the_prompt),
		TEST(test_focus_change),
		TEST(test_backlog_overflow),
		TEST(test_filter_screen),
		TEST(test_restored_line_is_no_log_line),
		TEST(test_terminal_changes_hands),
		TEST(test_filter_utf8),
		TEST(test_utf8_lines),
		TEST(test_filter_random),
		TEST(test_keys),
		TEST(test_paste),
		TEST(test_many_keys),
		TEST(test_deaf_guest),
		TEST(test_monitor_line),
		TEST(test_monitor_leave),
		TEST(test_monitor_keys),
		TEST(test_monitor_line_limit),
		TEST(test_monitor_holds_output),
		TEST(test_monitor_never_loses),
		TEST(test_monitor_in_focus),
		TEST(test_close),
		TEST(test_close_unseen),
		TEST(test_final),
		TEST(test_style_is_reset),
		TEST(test_room),
		TEST(test_slow_screen),
		TEST(test_no_keyboard),
		TEST(test_screen_keys),
		TEST(test_look_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
