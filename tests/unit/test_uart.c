/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: */
/* The serial driver against a model of the chip: the driver is included, and its port accesses
 * reach the model below instead of the machine. */
#include "tests/unit/support.h"
#include "tests/unit/uart_model.h"

#include "devices/host/uart.c"

static host_irq_fn *handler;
static void *handler_ctx;
static unsigned handler_irq, handler_count;
static enum hv_status register_status;

enum hv_status host_irq_register(unsigned irq, host_irq_fn *fn, void *ctx)
{
	(void)ctx;
	if (register_status != HV_OK)
		return register_status;
	handler = fn;
	handler_ctx = ctx;
	handler_irq = irq;
	handler_count++;
	return HV_OK;
}

/* The chip's interrupt output. */
static bool line(void)
{
	return (chip.ier & 1 && chip.incoming && *chip.incoming) ||
	       (chip.ier & 2 && chip.thre_cause);
}

/* What happens while interrupts can be taken. */
static void let_interrupts_in(unsigned rounds)
{
	while (rounds--) {
		advance();
		if (line() && handler)
			handler(handler_ctx);
	}
}

static int setup(void **state)
{
	(void)state;
	memset(&chip, 0, sizeof(chip));
	memset(&console, 0, sizeof(console));
	chip.base = 0x3f8;
	chip.kind = CHIP_16550A;
	chip.loopback = true;
	chip.thre_cause = true;
	handler = NULL;
	handler_count = 0;
	register_status = HV_OK;
	return 0;
}

static void expect_sent(const char *text)
{
	assert_int_equal(chip.lost, 0);
	assert_int_equal(chip.sent_count, strlen(text));
	assert_memory_equal(chip.sent, text, strlen(text));
}

static void every_chip_is_found(void **state)
{
	(void)state;
	for (int kind = CHIP_8250; kind <= CHIP_16550A; kind++) {
		setup(state);
		chip.kind = kind;
		assert_true(uart_init(0x3f8, 115200));
		assert_int_equal(console.burst, kind == CHIP_16550A ? 16 : 1);
		if (kind == CHIP_16550)
			assert_int_equal(chip.fcr & 1, 0); /* its FIFO does not work */
		assert_int_equal(chip.lcr, 3);
		assert_int_equal(chip.mcr & 0x1b, 0x0b);
		uart_write("hello", 5);
		uart_flush();
		expect_sent("hello");
	}
	setup(state);
	chip.loopback = false; /* an emulator's chip: the scratch register must do */
	assert_true(uart_init(0x3f8, 115200));
}

static void an_empty_slot(void **state)
{
	(void)state;
	chip.kind = ABSENT;
	assert_false(uart_init(0x3f8, 115200));
	assert_in_range(chip.reads, 1, 4); /* no time is lost */
	chip.reads = 0;
	uart_write("lost", 4);
	uart_flush();
	uart_panic_mode();
	assert_int_equal(uart_getc(), -1);
	uart_irq_on(4);
	assert_int_equal(handler_count, 0);
	assert_int_equal(chip.reads, 0);
	assert_false(uart_init(0, 115200));
}

static void speeds(void **state)
{
	(void)state;
	assert_true(uart_init(0x3f8, 9600));
	assert_int_equal(chip.dll | chip.dlm << 8, 12);
	assert_true(uart_init(0x3f8, 50));
	assert_int_equal(chip.dll | chip.dlm << 8, 2304);
	assert_true(uart_init(0x3f8, 115200));
	assert_int_equal(chip.dll | chip.dlm << 8, 1);
	assert_false(uart_init(0x3f8, 0));
	assert_false(uart_init(0x3f8, 115201));
}

static void make_text(char *text, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		text[i] = (char)('!' + i * 7 % 90);
	text[n] = '\0';
}

static void polled_order(void **state)
{
	static char text[9001];

	(void)state;
	make_text(text, 9000);
	assert_true(uart_init(0x3f8, 115200));
	for (unsigned i = 0; i < 9000; i += 90)
		uart_write(text + i, 90);
	uart_flush();
	expect_sent(text);
}

static void interrupts_empty_the_ring(void **state)
{
	(void)state;
	assert_true(uart_init(0x3f8, 115200));
	uart_irq_on(4);
	assert_int_equal(handler_irq, 4);
	uart_write("more than sixteen bytes, so that some must wait", 47);
	assert_true(console.tx.count > 0);
	assert_int_equal(chip.ier & 2, 2);
	let_interrupts_in(400);
	assert_int_equal(console.tx.count, 0);
	expect_sent("more than sixteen bytes, so that some must wait");
	assert_int_equal(chip.ier, 1); /* no interrupts for nothing */
	assert_false(line());
	uart_write("again", 5);
	let_interrupts_in(100);
	assert_int_equal(chip.sent_count, 52);
}

/* More than the ring holds, with no interrupt coming: the writer empties it. */
static void full_ring_waits(void **state)
{
	static char text[15001];

	(void)state;
	make_text(text, 15000);
	assert_true(uart_init(0x3f8, 115200));
	uart_irq_on(4);
	uart_write(text, 15000);
	uart_flush();
	expect_sent(text);
}

static void lost_interrupts(void **state)
{
	(void)state;
	assert_true(uart_init(0x3f8, 115200));
	uart_irq_on(4);
	uart_write("nobody comes, but somebody reads the keyboard", 45);
	for (int i = 0; i < 400; i++)
		assert_int_equal(uart_getc(), -1);
	expect_sent("nobody comes, but somebody reads the keyboard");
}

/* Its first byte has left the holding register before interrupts are asked for: none comes for
 * that, and who waits for one waits for ever. */
static void an_8250_that_tells_nobody(void **state)
{
	(void)state;
	chip.kind = CHIP_8250;
	chip.silent = true;
	assert_true(uart_init(0x3f8, 115200));
	uart_irq_on(4);
	uart_write("all of it comes out", 19);
	let_interrupts_in(400);
	expect_sent("all of it comes out");
}

static void panic_keeps_the_order(void **state)
{
	(void)state;
	assert_true(uart_init(0x3f8, 115200));
	uart_irq_on(4);
	uart_write("first these forty characters, if you do.", 40);
	uart_panic_mode();
	uart_write("then the panic", 14);
	uart_flush();
	expect_sent("first these forty characters, if you do.then the panic");
	assert_int_equal(chip.ier, 0);
}

static void a_dead_transmitter_costs_one_wait(void **state)
{
	static char text[9001];

	(void)state;
	make_text(text, 9000);
	assert_true(uart_init(0x3f8, 115200));
	chip.dead = true;
	chip.held = 1;
	chip.busy = 3;
	chip.reads = 0;
	for (unsigned i = 0; i < 9000; i += 90)
		uart_write(text + i, 90);
	uart_flush();
	assert_in_range(chip.reads, WAIT_LIMIT, WAIT_LIMIT + 1000);
	chip.dead = false; /* it comes back */
	for (int i = 0; i < 10; i++)
		uart_flush();
	chip.sent_count = 0;
	uart_write("alive", 5);
	uart_flush();
	expect_sent("alive");
}

static void received_bytes(void **state)
{
	(void)state;
	assert_true(uart_init(0x3f8, 115200));
	chip.incoming = "ab";
	assert_int_equal(uart_getc(), 'a');
	assert_int_equal(uart_getc(), 'b');
	assert_int_equal(uart_getc(), -1);
	uart_irq_on(4);
	chip.incoming = "by interrupt\xff";
	let_interrupts_in(3);
	assert_false(line());
	for (const char *s = "by interrupt\xff"; *s; s++)
		assert_int_equal(uart_getc(), (u8)*s);
	assert_int_equal(uart_getc(), -1);
}

static void a_receive_flood(void **state)
{
	static char flood[10001];
	int n = 0, c;

	(void)state;
	make_text(flood, 10000);
	assert_true(uart_init(0x3f8, 115200));
	uart_irq_on(4);
	chip.incoming = flood;
	let_interrupts_in(10000);
	assert_false(line());			       /* it does not ask for ever */
	assert_ptr_equal(chip.incoming, flood + RING); /* what finds no room waits in the chip */
	uart_write("meanwhile", 9);
	uart_flush();
	expect_sent("meanwhile");
	while ((c = uart_getc()) != -1)
		assert_int_equal(c, flood[n++]);
	assert_int_equal(n, 10000);
	chip.incoming = "again";
	let_interrupts_in(3); /* and interrupts come again */
	assert_int_equal(*chip.incoming, 0);
}

static void set_up_again(void **state)
{
	(void)state;
	assert_true(uart_init(0x3f8, 115200));
	uart_irq_on(4);
	uart_write("before the change of speed, all is sent", 39);
	assert_true(uart_init(0x3f8, 9600));
	expect_sent("before the change of speed, all is sent");
	uart_irq_on(4);
	assert_int_equal(handler_count, 1); /* the line was taken already */
	assert_true(console.irq);
}

static void lines(void **state)
{
	(void)state;
	assert_true(uart_init(0x3f8, 115200));
	uart_irq_on(11);
	assert_int_equal(handler_irq, 11);
	uart_write("works in any case", 17);
	uart_flush();
	expect_sent("works in any case");
	setup(state);
	assert_true(uart_init(0x3f8, 115200));
	uart_irq_on(0);
	assert_int_equal(handler_count, 0);
	uart_write("polled", 6);
	uart_flush();
	expect_sent("polled");
	setup(state);
	register_status = HV_NOMEM;
	assert_true(uart_init(0x3f8, 115200));
	uart_irq_on(4);
	assert_false(console.irq);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_chip_is_found),
		TEST(an_empty_slot),
		TEST(speeds),
		TEST(polled_order),
		TEST(interrupts_empty_the_ring),
		TEST(full_ring_waits),
		TEST(lost_interrupts),
		TEST(an_8250_that_tells_nobody),
		TEST(panic_keeps_the_order),
		TEST(a_dead_transmitter_costs_one_wait),
		TEST(received_bytes),
		TEST(a_receive_flood),
		TEST(set_up_again),
		TEST(lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
