/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/host/assign.c devices/host/bars.c devices/host/irq.c */
/* Interrupts of lent functions, with and without a gate of their own, on lines that are shared or
 * not. The machine is a few command registers and a mask. */
#include "devices/host/assign.h"
#include "devices/host/irq.h"
#include "devices/host/pci.h"
#include "lib/cpu.h"
#include "tests/unit/support.h"

#include <string.h>

#define CFG_COMMAND 0x04
#define CFG_STATUS  0x06
#define INTX_OFF    0x400u
#define STATUS_INTX 0x08u

struct cpu_features cpu;

/* Device n is 00:0n.0. */
static struct {
	struct host_function f;
	bool gate, claimed;
	u16 command, status;
} device[] = {
	{{.dev = 0, .vendor = 1, .irq_pin = 1, .irq_line = 10}, .gate = true},
	{{.dev = 1, .vendor = 1, .irq_pin = 1, .irq_line = 10}, .gate = false},
	{{.dev = 2, .vendor = 1, .irq_pin = 1, .irq_line = 10}, .gate = true},
	{{.dev = 3, .vendor = 1, .irq_pin = 1, .irq_line = 11}, .gate = false},
	{{.dev = 4, .vendor = 1, .irq_pin = 1, .irq_line = 5}, .gate = false},
};
static u32 masked, raised;

u32 pcihost_read(const struct host_function *f, u8 offset, unsigned size)
{
	(void)size;
	return offset == CFG_COMMAND  ? device[f->dev].command
	       : offset == CFG_STATUS ? device[f->dev].status
				      : 0;
}

void pcihost_write(const struct host_function *f, u8 offset, unsigned size, u32 value)
{
	(void)size;
	if (offset == CFG_COMMAND)
		device[f->dev].command = (u16)(value & (device[f->dev].gate ? 0x403u : 0x003u));
}

void pcihost_scan(bool (*fn)(void *ctx, const struct host_function *f), void *ctx)
{
	for (u32 i = 0; i < ARRAY_LEN(device) && fn(ctx, &device[i].f); i++)
		;
}

const char *pcihost_owner(const struct host_function *f)
{
	return device[f->dev].claimed ? "taken" : NULL;
}

bool pcihost_claim(const struct host_function *f, const char *as)
{
	(void)as;
	device[f->dev].claimed = true;
	return true;
}

void pcihost_unclaim(const struct host_function *f)
{
	device[f->dev].claimed = false;
}

bool frame_overlaps_ram(u64 from, u64 to)
{
	(void)from;
	(void)to;
	return false;
}

bool pic_level(unsigned irq)
{
	(void)irq;
	return false;
}

void pic_mask(unsigned irq)
{
	masked |= BIT(irq);
}

void pic_unmask(unsigned irq)
{
	masked &= ~BIT(irq);
}

bool pic_ack(unsigned irq)
{
	(void)irq;
	return true;
}

void pic_eoi(unsigned irq)
{
	(void)irq;
}

static void on_raise(void *ctx, struct assigned *a)
{
	(void)ctx;
	(void)a;
	raised++;
}

static bool on_disk(void *ctx)
{
	(void)ctx;
	return true;
}

static struct assigned *take(const char *where)
{
	const char *why;
	struct assigned *a = assign_take(where, false, on_raise, NULL, &why);

	if (!a)
		assert_non_null(why);
	return a;
}

static void interrupt(u32 dev)
{
	device[dev].status = STATUS_INTX;
	host_irq_dispatch(HOST_IRQ_BASE + device[dev].f.irq_line);
}

/* With gates a line is shared by any number, and stays open. */
static void test_gates(void **state)
{
	struct assigned *a = take("00:00.0"), *c = take("00:02.0");

	(void)state;
	assert_non_null(a);
	assert_non_null(c);
	raised = 0;
	interrupt(0);
	assert_int_equal(raised, 1);
	assert_true(device[0].command & INTX_OFF);
	assert_false(masked & BIT(10));
	assign_served(a);
	assert_false(device[0].command & INTX_OFF);
	device[0].status = 0;
	/* One that would mask the line cannot join them, but can when they are gone. */
	assert_null(take("00:01.0"));
	assign_release(a);
	assert_null(take("00:01.0"));
	assign_release(c);
	a = take("00:01.0");
	assert_non_null(a);
	interrupt(1);
	assert_int_equal(raised, 2);
	assert_true(masked & BIT(10));
	assign_served(a);
	assert_false(masked & BIT(10));
	/* Nor they it. */
	assert_null(take("00:00.0"));
	assign_release(a);
	assert_true(masked & BIT(10));
	a = take("00:00.0");
	assert_non_null(a);
	assert_false(masked & BIT(10));
	assign_release(a);
}

/* Our own drivers never lose their line. */
static void test_drivers(void **state)
{
	struct assigned *a;

	(void)state;
	assert_int_equal(host_irq_register(5, on_disk, NULL), HV_OK);
	assert_null(take("00:04.0"));
	a = take("00:03.0"); /* alone on its line */
	assert_non_null(a);
	assert_null(take("00:03.0"));
	assign_release(a);
	a = take("00:03.0");
	assert_non_null(a);
	assign_release(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gates),
		cmocka_unit_test(test_drivers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
