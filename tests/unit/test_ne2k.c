/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: tests/unit/fake_card.c devices/host/bars.c */
/* The NE2000 driver, included here, against a model of the card and its memory. */
#include "lib/base.h"
#include "tests/unit/support.h"

#include <string.h>

#define LIB_X86_H /* the real port accesses stay out */

#define IO    0xc000
#define FIRST 0x46
#define END   0x80

static struct {
	u8 page0[16], command, status, mask, boundary, current, mac[6];
	u8 memory[END * 256];
	u32 dma_at, dma_left;
	bool no_reset, no_dma_done, busy_sending, nobody;
	u32 sent, runs;
	u8 last_byte, line; /* the jumpers' */
	u32 last_len;
} model;

static void send_now(void)
{
	u32 at = (u32)model.page0[4] << 8;

	model.last_len = model.page0[5] | (u32)model.page0[6] << 8;
	model.last_byte = model.memory[at];
	model.sent++;
	model.status |= 2;
	model.command &= (u8)~4;
}

static u8 inb(u16 port)
{
	u16 at = port - IO;

	if (model.nobody)
		return 0xff;
	if (at == 0x1f)
		return 0;
	if (at == 0)
		return model.command;
	if (model.command & 0x40) {
		assert_int_equal(at, 7);
		return model.current;
	}
	assert_int_equal(at, 7);
	return model.status;
}

static void command_written(u8 v)
{
	model.command = (u8)(v | (model.command & 4));
	if (v & 0x18) {
		assert_int_equal(v & 0x20, 0);
		model.dma_at = model.page0[8] | (u32)model.page0[9] << 8;
		model.dma_left = model.page0[10] | (u32)model.page0[11] << 8;
	}
	if (v & 4) {
		assert_int_equal(v & 2, 2);
		if (!model.busy_sending)
			send_now();
	}
}

static void outb(u16 port, u8 v)
{
	u16 at = port - IO;

	if (at == 0x1f) {
		model.status |= model.no_reset ? 0 : 0x80;
	} else if (at == 0) {
		command_written(v);
	} else if (model.command & 0x40) {
		if (at <= 6) {
			model.mac[at - 1] = v;
		} else if (at == 7) {
			model.current = v;
			model.runs++;
		}
	} else if (at == 7) {
		model.status &= (u8)~v;
	} else {
		assert_true(at < 16);
		if (at == 3)
			model.boundary = v;
		if (at == 15)
			model.mask = v;
		model.page0[at] = v;
	}
}

/* Through the data port; a read wraps at the ring's end. */
static u8 *dma_byte(void)
{
	static u8 prom[12];
	u32 at = model.dma_at++;

	assert_true(model.dma_left-- > 0);
	if (at < 12) {
		prom[at] = (u8)(0x50 + at / 2);
		return &prom[at];
	}
	assert_in_range(at, 0x4000, END * 256 - 1);
	if (model.dma_at == END * 256 && model.command & 8)
		model.dma_at = FIRST * 256;
	return &model.memory[at];
}

static void dma_ends(void)
{
	assert_int_equal(model.dma_left, 0);
	if (!model.no_dma_done)
		model.status |= 0x40;
}

static void insw(u16 port, void *to, u32 count)
{
	assert_int_equal(port, IO + 0x10);
	assert_int_equal(model.command & 0x18, 8);
	for (u32 i = 0; i < count * 2; i++)
		((u8 *)to)[i] = *dma_byte();
	dma_ends();
}

static void outsw(u16 port, const void *from, u32 count)
{
	assert_int_equal(port, IO + 0x10);
	assert_int_equal(model.command & 0x18, 0x10);
	for (u32 i = 0; i < count * 2; i++) {
		assert_true(model.dma_at < FIRST * 256); /* a frame that is sent */
		*dma_byte() = ((const u8 *)from)[i];
	}
	dma_ends();
}

static void io_wait(void)
{
}

bool pic_pending(unsigned irq);
bool pic_pending(unsigned irq)
{
	assert_in_range(irq, 3, 15);
	return irq == model.line && model.status & model.mask;
}

#include "devices/host/net/ne2k.c"
#include "tests/unit/fake_card.h"

static int set_up(void **state)
{
	(void)state;
	memset(&model, 0, sizeof(model));
	fake_card_reset(IO | 1);
	assert_int_equal(open(&fake_nic, &fake_function), HV_OK);
	assert_int_equal(model.mask, 0); /* silent */
	assert_int_equal(model.command & 3, 1);
	go(&fake_nic);
	return 0;
}

static void opened(void **state)
{
	static const u8 mac[6] = {0x50, 0x51, 0x52, 0x53, 0x54, 0x55};

	(void)state;
	assert_memory_equal(fake_nic.port.mac, mac, 6);
	assert_memory_equal(model.mac, mac, 6);
	assert_int_equal(model.page0[12] & 0x3c, 0x1c); /* every station's frames */
	assert_int_equal(model.page0[13], 0);		/* on the cable */
	assert_int_equal(model.mask & 0x13, 0x13);
	assert_int_equal(model.command & 3, 2);
	assert_int_equal(fake_command(), 1);
	for (u32 i = 1; i <= 3; i++) {
		fake_no_memory = i;
		assert_int_equal(open(&fake_nic, &fake_function), HV_NOMEM);
	}
	model.no_reset = true;
	model.status = 0;
	assert_int_equal(open(&fake_nic, &fake_function), HV_IO);
	fake_function.irq_line = 0;
	assert_int_equal(open(&fake_nic, &fake_function), HV_IO);
	model.nobody = true;
	fake_card_reset(0);
	fake_nic.isa_port = IO;
	assert_int_equal(open(&fake_nic, &fake_function), HV_IO);
	model.nobody = model.no_reset = false;
	assert_int_equal(open(&fake_nic, &fake_function), HV_OK);
	assert_int_equal(fake_command(), 0); /* no function of the PCI bus was touched */
}

/* A card on the ISA bus interrupts where its jumpers say, which is said when it is another line. */
static void jumpers(void **state)
{
	static const struct {
		u8 line, lines_said;
	} cases[] = {{FAKE_IRQ, 0}, {5, 2}, {0, 1}};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
		memset(&model, 0, sizeof(model));
		fake_card_reset(0);
		model.line = cases[i].line;
		fake_nic.isa_port = IO;
		support_log_lines[LOG_ERROR] = 0;
		assert_int_equal(open(&fake_nic, &fake_function), HV_OK);
		assert_int_equal(support_log_lines[LOG_ERROR], cases[i].lines_said);
		assert_int_equal(find_line(fake_nic.data, &fake_nic), cases[i].line);
		assert_int_equal(fake_nic.port.mac[1], 0x51);
		assert_int_equal(model.mask, 0);
	}
}

static u8 after(u8 page, u32 len)
{
	u32 next = page + (len + 255) / 256;

	return (u8)(next < END ? next : next - (END - FIRST));
}

/* A frame of `len` bytes comes in; `spare` pages are left free behind it. */
static void arrive(u32 len, u8 fill, u32 spare)
{
	u8 next = after(model.current, len + 4 + spare * 256);
	u8 header[4] = {1, next, (u8)(len + 4), (u8)((len + 4) >> 8)};
	u32 at = (u32)model.current << 8;

	for (u32 i = 0; i < len + 4; i++) {
		model.memory[at++] = i < 4 ? header[i] : fill;
		if (at == END * 256)
			at = FIRST * 256;
	}
	model.current = next;
	model.status |= 1;
}

static void receives(void **state)
{
	u32 len = 60;

	(void)state;
	assert_false(serve(&fake_nic, 64));
	for (u32 i = 0; i < 300; i++) { /* many times round the ring */
		arrive(len, (u8)i, i % 7 == 0);
		assert_false(serve(&fake_nic, 64));
		assert_int_equal(fake_gots, i + 1);
		assert_int_equal(fake_got_len, len);
		assert_int_equal(fake_got[0], (u8)i);
		assert_int_equal(fake_got[len - 1], (u8)i);
		assert_int_equal(model.status & 0x1f, 0);
		assert_int_equal(after(model.boundary, 1), model.current); /* read to the end */
		len = len == 1518 ? 60 : MIN(len + 37, 1518);
	}
	assert_int_equal(model.runs, 1);
	for (u32 i = 0; i < 10; i++)
		arrive(60, 7, 0);
	assert_true(serve(&fake_nic, 64)); /* the rest is for the next time */
	assert_false(serve(&fake_nic, 64));
	assert_int_equal(fake_gots, 310);
}

static void nonsense(void **state)
{
	static const u8 headers[][4] = {
		{0, 0x48, 64, 0}, {1, 0x48, 10, 0}, {1, 0x48, 0xff, 0xff},   {1, 0x20, 64, 0},
		{1, 0x80, 64, 0}, {1, 0x60, 64, 0}, {0xff, 0xff, 0xff, 0xff}};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(headers); i++) {
		u32 at = (u32)model.current << 8;

		arrive(60, 3, 0);
		memcpy(model.memory + at, headers[i], 4);
		assert_false(serve(&fake_nic, 64));
		assert_int_equal(fake_gots, i);
		assert_int_equal(model.runs, i + 2);
		arrive(70, 9, 0);
		assert_false(serve(&fake_nic, 64));
		assert_int_equal(fake_gots, i + 1);
		assert_int_equal(fake_got_len, 70);
	}
}

static void overflow(void **state)
{
	(void)state;
	arrive(60, 1, 0);
	model.status |= 0x10;
	assert_false(serve(&fake_nic, 64));
	assert_int_equal(model.runs, 2);
	assert_int_equal(fake_gots, 0);
	model.current = 0xff; /* pulled out: nothing but ones; this ends */
	model.no_dma_done = true;
	assert_false(serve(&fake_nic, 64));
}

static void sends(void **state)
{
	(void)state;
	for (u32 i = 0; i < 200; i++) {
		fake_put_frame(&ne2k_driver, (u8)i, 60 + i);
		assert_int_equal(model.sent, i + 1);
		assert_int_equal(model.last_len, 60 + i);
		assert_int_equal(model.last_byte, (u8)i);
	}
	model.busy_sending = true;
	model.sent = 0;
	for (u32 i = 0; i < 33; i++) /* one at the card, the others behind it */
		fake_put_frame(&ne2k_driver, (u8)i, 60);
	assert_null(room(&fake_nic));
	model.busy_sending = false;
	send_now();
	for (u32 i = 0; i < 33; i++)
		assert_false(serve(&fake_nic, 64));
	assert_int_equal(model.sent, 33);
	assert_int_equal(model.last_byte, 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(opened, set_up),	  cmocka_unit_test_setup(receives, set_up),
		cmocka_unit_test_setup(nonsense, set_up), cmocka_unit_test_setup(overflow, set_up),
		cmocka_unit_test_setup(sends, set_up),	  cmocka_unit_test_setup(jumpers, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
