/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See console_fixture.h. */
#include "tests/unit/console_fixture.h"
#include "devices/host/ps2.h"
#include "devices/host/scancode.h"
#include "devices/host/serial.h"
#include "devices/host/textscreen.h"
#include "devices/host/uart.h"
#include "hv/console/guest_side.h"
#include "hv/console/status.h"
#include "hv/monitor/monitor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct guest guests[GUESTS_MAX];
u32 guest_count;
struct config config;

char serial[65536];
u32 serial_len;
static char last_sent;
char typed[4096];
u32 typed_at, typed_len;
u64 now;
struct timer *armed[TIMERS];
char ran[128];
void (*on_run)(void);
char taken[2][4096];
u32 takes[2] = {~0u, ~0u};

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

u32 room;

u32 uart_room(void)
{
	return room;
}

int uart_getc(void)
{
	return typed_at < typed_len ? (u8)typed[typed_at++] : -1;
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

bool slow_screen;
u32 undrawn;

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

bool no_keyboard;

bool ps2_init(const struct keymap *map)
{
	(void)map;
	return !no_keyboard;
}

const char *keyboard;

int ps2_getc(void)
{
	return keyboard && *keyboard ? (u8)*keyboard++ : -1;
}

s32 pages, looked_back;

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

u32 hot_key;
struct guest *on_screen, *asked;

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

int console_setup(void **state)
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
	typed_at = typed_len = 0;
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

int console_teardown(void **state)
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

void out(struct guest *g, const char *text)
{
	console_guest_out(g, text, (u32)strlen(text));
}

void type(const char *text)
{
	strcpy(typed, text);
	typed_at = 0;
	typed_len = (u32)strlen(text);
	while (typed_at < typed_len)
		console_poll();
}

void expect(const char *want)
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

void second_passes(void)
{
	now += 1000000000;
	for (u32 i = 0; i < TIMERS; i++)
		if (armed[i] && armed[i]->armed && armed[i]->when <= now) {
			armed[i]->armed = false;
			armed[i]->fire(armed[i]);
		}
}

void poll_times(u32 times)
{
	while (times--)
		console_poll();
}
