/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupt lines: who is called, and what becomes of a line that comes for nobody. */
/* SOURCES: devices/host/irq.c */
#include "devices/host/irq.h"
#include "tests/unit/support.h"

#define LINE 11u

static bool level, mine;
static unsigned masked, ends, calls;

bool pic_ack(unsigned irq)
{
	(void)irq;
	return true;
}

void pic_eoi(unsigned irq)
{
	(void)irq;
	ends++;
}

void pic_mask(unsigned irq)
{
	assert_int_equal(irq, LINE);
	masked++;
}

void pic_unmask(unsigned irq)
{
	assert_int_equal(irq, LINE);
}

bool pic_level(unsigned irq)
{
	return irq == LINE && level;
}

static bool on_interrupt(void *ctx)
{
	assert_ptr_equal(ctx, &mine);
	calls++;
	return mine;
}

/* So many, and how often the line was masked meanwhile. */
static unsigned take(unsigned count)
{
	unsigned before = masked;

	for (unsigned i = 0; i < count; i++)
		host_irq_dispatch(HOST_IRQ_BASE + LINE);
	return masked - before;
}

/* Before the first line is on only what is no line's can come. */
static void before_all_others(void **state)
{
	(void)state;
	for (unsigned vector = HOST_IRQ_BASE; vector < 256; vector++)
		host_irq_dispatch(vector);
	assert_int_equal(masked, 0);
	assert_int_equal(ends, 0);
	assert_int_equal(host_irq_stray, 0);
	assert_int_equal(host_irq_register(LINE, on_interrupt, &mine), HV_OK);
}

static void comes_for_nobody(void **state)
{
	unsigned said = support_log_lines[LOG_ERROR];

	(void)state;
	level = true;
	mine = false;
	assert_int_equal(take(999), 0);
	assert_int_equal(take(1), 1);
	assert_int_equal(support_log_lines[LOG_ERROR], said + 1);
	assert_int_equal(ends, calls);
}

/* A neighbour on the line that was served now and then does not hide it, one that is served each
 * time does: then the line goes down in between. */
static void comes_for_somebody_else(void **state)
{
	(void)state;
	level = true;
	for (unsigned i = 0; i < 5000; i++) {
		mine = i % 2;
		assert_int_equal(take(1), 0);
	}
	for (unsigned i = 0; i < 90; i++) {
		mine = true;
		assert_int_equal(take(1), 0);
		mine = false;
		assert_int_equal(take(11), 0);
	}
	assert_int_equal(take(200), 1);
}

/* The edge of an interrupt that was served by polling comes nevertheless, and is no storm. */
static void edges_are_harmless(void **state)
{
	(void)state;
	level = mine = false;
	assert_int_equal(take(5000), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(before_all_others),
		cmocka_unit_test(comes_for_nobody),
		cmocka_unit_test(comes_for_somebody_else),
		cmocka_unit_test(edges_are_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
