/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/console/status.c */
/* The status line: what it says for which guests, how often it is written, and what is asked of the
 * machine for it. */
#include "devices/host/textscreen.h"
#include "hv/config/config.h"
#include "hv/console/console.h"
#include "hv/console/status.h"
#include "hv/console/terminal.h"
#include "hv/guest/guest.h"
#include "tests/unit/support.h"

#include <stdio.h>
#include <string.h>

struct guest guests[GUESTS_MAX];
u32 guest_count, guest_changes;
struct config config;
const char *const guest_state_name[GUEST_STATES] = {
	[GUEST_EMPTY] = "empty",   [GUEST_STARTING] = "starting", [GUEST_RUNNING] = "running",
	[GUEST_PAUSED] = "paused", [GUEST_ENDED] = "ended",
};

static struct guest *focus;
static u32 columns, back, cells, total, wanted_frames, given, written;
static bool no_memory, grown_status;
static void *grown_by;
static char line[256];
static u64 now;
static struct timer *armed;

struct guest *console_focus(void)
{
	return focus;
}

u32 text_wants(void)
{
	return cells;
}

static bool fifty, is_vga;

bool vga_fifty_rows(void)
{
	fifty = is_vga;
	cells = is_vga ? 8000 : cells;
	return is_vga;
}

u32 text_size(u32 *c)
{
	*c = columns;
	return columns ? 24 : 0;
}

u32 text_rows_back(void)
{
	return back;
}

void text_grow(u16 *memory, u32 count, bool status)
{
	grown_by = memory;
	given = count;
	grown_status = status;
}

void text_status(const char *text)
{
	snprintf(line, sizeof(line), "%s", text);
	written++;
}

void terminal_show(void)
{
}

u32 frame_total_count(void)
{
	return total;
}

enum hv_status frame_alloc_run(struct frame_owner *o, u32 count, pfn_t *out)
{
	(void)o;
	wanted_frames = count;
	out->n = 0x123;
	return no_memory ? HV_NOMEM : HV_OK;
}

u64 now_ns(void)
{
	return now;
}

void timer_arm(struct timer *t, u64 when)
{
	t->when = when;
	t->armed = true;
	armed = t;
}

/* Let so much time pass. */
static void pass(u64 ns)
{
	now += ns;
	if (!armed || armed->when > now)
		return;
	armed->armed = false;
	armed->fire(armed);
	if (!armed->armed)
		armed = NULL;
}

static void line_is(const char *left, const char *right)
{
	u32 n = (u32)strlen(left), m = (u32)strlen(right);

	status_poll();
	pass(50000000);
	assert_int_equal(strlen(line), columns);
	assert_memory_equal(line, left, n);
	for (u32 i = n; i < columns - m; i++)
		assert_int_equal(line[i], ' ');
	assert_string_equal(line + columns - m, right);
}

static int setup(void **state)
{
	(void)state;
	memset(guests, 0, sizeof(guests));
	focus = NULL;
	columns = 80;
	cells = 4000;
	total = 16384;
	back = given = written = 0;
	no_memory = false;
	config.opt = (struct hv_options){.vga = true, .status = true};
	for (u32 i = 0; i < GUESTS_MAX; i++) {
		snprintf(guests[i].name, GUEST_NAME_MAX, "guest%u", i);
		guests[i].state = GUEST_RUNNING;
	}
	guest_count = 3;
	if (armed)
		armed->armed = false;
	armed = NULL;
	console_screen_open();
	return 0;
}

static void test_guests(void **state)
{
	static const struct {
		enum guest_state state;
		enum guest_end end;
		const char *want;
	} row[] = {
		{GUEST_STARTING, END_NONE, "starting"}, {GUEST_RUNNING, END_NONE, "running"},
		{GUEST_PAUSED, END_NONE, "paused"},	{GUEST_ENDED, END_OFF, "off"},
		{GUEST_ENDED, END_CRASHED, "crashed"},	{GUEST_ENDED, END_KILLED, "killed"},
		{GUEST_ENDED, END_RESTART, "restarts"},
	};

	(void)state;
	line_is("  guest0 running   guest1 running   guest2 running", "Ctrl-A: monitor ");
	for (u32 i = 0; i < ARRAY_LEN(row); i++) {
		char want[64];

		guests[0].state = row[i].state;
		guests[0].end = row[i].end;
		guest_changes++;
		snprintf(want, sizeof(want), "  guest0 %s   guest1 running ", row[i].want);
		status_poll();
		pass(50000000);
		assert_memory_equal(line, want, strlen(want));
	}
}

static void test_focus(void **state)
{
	(void)state;
	guest_count = 2;
	focus = &guests[1];
	line_is(" *guest1 running   guest0 running", "Ctrl-A: monitor ");
	focus = NULL;
	line_is("  guest0 running   guest1 running", "Ctrl-A: monitor ");
	back = 34;
	line_is("  guest0 running   guest1 running", "34 lines back, Shift-PgDn ");
}

/* Those for whom there is no room are counted; who has the focus is seen. */
static void test_many(void **state)
{
	(void)state;
	guest_count = 32;
	line_is("  guest0 running   guest1 running   guest2 running  +29", "Ctrl-A: monitor ");
	focus = &guests[31];
	line_is(" *guest31 running   guest0 running   guest1 running  +29", "Ctrl-A: monitor ");
	columns = 40;
	guest_changes++;
	line_is(" *guest31 running  +31", "Ctrl-A: monitor ");
	memset(guests[31].name, 'n', GUEST_NAME_MAX - 1);
	guest_changes++;
	line_is(" +32", "Ctrl-A: monitor ");
	back = 100000;
	line_is(" +32", "100000 lines back, Shift-PgDn ");
	columns = 160;
	guest_changes++;
	status_poll();
	pass(50000000);
	assert_int_equal(strlen(line), 160);
}

/* Nothing changes: nothing is written, no timer runs. Much changes: twenty times a second. */
static void test_costs(void **state)
{
	(void)state;
	status_poll();
	pass(50000000);
	assert_int_equal(written, 1);
	for (u32 i = 0; i < 1000; i++) {
		status_poll();
		assert_null(armed);
	}
	for (u32 i = 0; i < 1000; i++) {
		guest_changes++;
		status_poll();
		pass(1000000);
	}
	assert_in_range(written, 18, 21);
	status_poll();
	pass(50000000);
	status_poll();
	assert_null(armed);
}

static void test_options(void **state)
{
	(void)state;
	config.opt.status = false;
	console_screen_open();
	assert_false(grown_status);
	assert_non_null(grown_by);
	guest_changes++;
	status_poll();
	assert_null(armed);
	config.opt.status = true;
	for (u32 i = 0; i < 3; i++) {
		config.opt.vga = i != 0;
		config.opt.frames = i == 1;
		cells = i == 2 ? 0 : 4000;
		given = ~0u;
		console_screen_open();
		assert_int_equal(given, ~0u);
	}
}

/* Pictures take the place of the text: no more of it. */
static void test_text_goes_off(void **state)
{
	(void)state;
	columns = 0;
	status_poll();
	pass(50000000);
	guest_changes++;
	status_poll();
	assert_null(armed);
	assert_int_equal(written, 0);
}

static void test_fifty_rows(void **state)
{
	(void)state;
	config.opt.fifty_rows = true;
	is_vga = false;
	support_log_lines[LOG_WARN] = 0;
	console_screen_open();
	assert_int_equal(support_log_lines[LOG_WARN], 1);
	assert_int_equal(given, 34 * 2048);
	is_vga = true;
	console_screen_open();
	assert_int_equal(support_log_lines[LOG_WARN], 1);
	assert_int_equal(given, 36 * 2048); /* memory for all of them */
	assert_true(fifty);
}

static void test_memory(void **state)
{
	static const struct {
		u32 total, cells, frames;
	} row[] = {
		{1024, 4000, 4},      /* 4 MiB: two pages of history */
		{4096, 4000, 10},     /* 16 MiB */
		{16384, 4000, 34},    /* 64 MiB: 128 KiB */
		{1048576, 20480, 42}, /* a large screen, 4 GiB */
		{100, 4000, 2},
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(row); i++) {
		total = row[i].total;
		cells = row[i].cells;
		console_screen_open();
		assert_int_equal(wanted_frames, row[i].frames);
		assert_int_equal(given, row[i].frames * 2048);
		assert_ptr_equal(grown_by, (void *)0x123000);
		assert_true(grown_status);
	}
	no_memory = true;
	console_screen_open();
	assert_null(grown_by);
	assert_true(grown_status);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_guests), TEST(test_focus),	  TEST(test_many),
		TEST(test_costs),  TEST(test_options),	  TEST(test_text_goes_off),
		TEST(test_memory), TEST(test_fifty_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
