/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/host/net/isa.c devices/host/net/cards.c devices/host/net/nic.c
 * devices/netswitch.c */
/* Network cards as ports of the switch, over a driver that does as the test says. */
#include "devices/host/irq.h"
#include "devices/host/net/cards.h"
#include "devices/host/net/drivers.h"
#include "devices/host/net/isa.h"
#include "devices/host/net/nic.h"
#include "tests/unit/support.h"

#include <string.h>

/* ---- The machine: four functions, two of them cards we know ---------------------------------- */

static const struct host_function functions[] = {
	{.dev = 1, .vendor = 0x8086, .device = 0x1237},
	{.dev = 2, .vendor = 0x8086, .device = 0x0200},
	{.dev = 3, .vendor = 0x10ec, .device = 0x0200},
	{.dev = 4, .vendor = 0x10ec, .device = 0x8139},
	{.dev = 5, .vendor = 0x10ec, .device = 0x8139},
};
static bool lent;
static host_irq_fn *handler[16];
static void *handler_ctx[16];

void pcihost_scan(bool (*fn)(void *ctx, const struct host_function *f), void *ctx)
{
	for (u32 i = 0; i < ARRAY_LEN(functions); i++)
		if (!fn(ctx, &functions[i]))
			return;
}

const char *pcihost_owner(const struct host_function *f)
{
	(void)f;
	return NULL;
}

bool pcihost_claim(const struct host_function *f, const char *as)
{
	(void)f;
	(void)as;
	return !lent;
}

enum hv_status host_irq_register(unsigned irq, host_irq_fn *fn, void *ctx)
{
	if (irq >= 16)
		return HV_BADARG;
	handler[irq] = fn;
	handler_ctx[irq] = ctx;
	return HV_OK;
}

/* ---- The driver --------------------------------------------------------------------------- */

static enum hv_status open_status;
static u8 sent[NIC_BUFFER];
static u32 sent_len, goes, serves;
static bool full, left_over;
static const u8 *incoming; /* what serve() brings in */
static u32 incoming_len;

static enum hv_status fake_open(struct nic *n, const struct host_function *f)
{
	const u8 mac[6] = {0x52, 0, 0, 0, 0, f->dev};

	memcpy(n->port.mac, mac, 6);
	n->irq = f->dev;
	return open_status;
}

static void fake_go(struct nic *n)
{
	(void)n;
	goes++;
}

static u8 *fake_room(struct nic *n)
{
	(void)n;
	memset(sent, 0xee, sizeof(sent));
	return full ? NULL : sent;
}

static void fake_send(struct nic *n, u32 len)
{
	(void)n;
	sent_len = len;
}

static bool fake_serve(struct nic *n, u32 budget)
{
	assert_true(budget >= 1);
	serves++;
	if (incoming)
		nic_receive(n, incoming, incoming_len);
	return left_over;
}

#define DRIVER(vendor_id, ids)                                                           \
	{                                                                                \
		.name = "fake", .vendor = vendor_id, .devices = ids, .open = fake_open,  \
		.go = fake_go, .room = fake_room, .send = fake_send, .serve = fake_serve \
	}
static const u16 none[] = {0}, intel[] = {0x100e, 0x0200, 0}, realtek[] = {0x8139, 0};
const struct nic_driver virtio_net_driver = DRIVER(0x1af4, none),
			e1000_driver = DRIVER(0x8086, intel),
			rtl8139_driver = DRIVER(0x10ec, realtek),
			pcnet_driver = DRIVER(0x1022, none), ne2k_driver = DRIVER(0x10ec, none),
			i8255x_driver = DRIVER(0x8086, none), tulip_driver = DRIVER(0x1011, none);

/* ---- Another station ----------------------------------------------------------------------- */

static u8 heard[FRAME_MAX];
static u32 heard_len, heards;

static void listen(struct net_port *p, const u8 *frame, u32 len)
{
	(void)p;
	memcpy(heard, frame, len);
	heard_len = len;
	heards++;
}

static const struct net_port_ops listener = {.deliver = listen};
static struct net_port guest = {.ops = &listener, .mac = {2, 0, 0, 0, 0, 1}, .one_mac = true};

/* One story in three parts, since the list of cards is made once. */
static void bridges(void **state)
{
	u8 mac[6];

	(void)state;
	assert_int_equal(netswitch_attach(&guest, "lan0"), HV_OK);
	assert_int_equal(host_nic_bridge("nic3", "lan0", mac), HV_ABSENT);
	assert_int_equal(host_nic_bridge("", "lan0", mac), HV_ABSENT);
	lent = true;
	assert_int_equal(host_nic_bridge("nic0", "lan0", mac), HV_BUSY);
	lent = false;
	open_status = HV_IO;
	assert_int_equal(host_nic_bridge("nic2", "lan0", mac), HV_IO);
	open_status = HV_OK;
	assert_int_equal(host_nic_bridge("nic2", "", mac), HV_BADARG);
	assert_int_equal(goes, 0);

	assert_int_equal(host_nic_bridge("nic0", "lan0", mac), HV_OK);
	assert_int_equal(mac[5], 2);
	assert_int_equal(goes, 1);
	assert_int_equal(host_nic_bridge("nic0", "lan1", mac), HV_BUSY);
	assert_int_equal(host_nic_bridge("nic1", "lan1", mac), HV_OK);
	assert_int_equal(mac[5], 4);
}

static void frames(void **state)
{
	u8 frame[100];

	(void)state;
	/* Out: padded with zeros, not with what lay about. */
	memset(frame, 0x55, sizeof(frame));
	memset(frame, 0xff, 6);
	memcpy(frame + 6, guest.mac, 6);
	netswitch_send(&guest, frame, 42);
	assert_int_equal(sent_len, 60);
	assert_memory_equal(sent, frame, 42);
	for (u32 i = 42; i < 60; i++)
		assert_int_equal(sent[i], 0);
	netswitch_send(&guest, frame, 99);
	assert_int_equal(sent_len, 99);
	full = true;
	sent_len = 0;
	netswitch_send(&guest, frame, 99);
	assert_int_equal(sent_len, 0);

	/* In, by the interrupt of this card and not the other's network. */
	frame[6] = 0x52;
	incoming = frame;
	incoming_len = 64;
	handler[2](handler_ctx[2]);
	assert_int_equal(heards, 1);
	assert_int_equal(heard_len, 64);
	handler[4](handler_ctx[4]);
	assert_int_equal(heards, 1);
	incoming_len = FRAME_MAX + 1; /* not a frame at all */
	handler[2](handler_ctx[2]);
	assert_int_equal(heards, 1);

	incoming = NULL;
}

/* What is left over is asked for until nothing is. */
static void left(void **state)
{
	(void)state;
	serves = 0;
	assert_false(host_nics_poll());
	assert_int_equal(serves, 0);
	left_over = true;
	handler[2](handler_ctx[2]);
	assert_true(host_nics_poll());
	left_over = false;
	assert_false(host_nics_poll());
	assert_int_equal(serves, 3);
	assert_false(host_nics_poll());
	assert_int_equal(serves, 3);
}

/* Names of places on the ISA bus. */
static void places(void **state)
{
	static const char *const wrong[] = {
		"",	     "isa",	  "isa300",    "isa300-",     "isa-9",
		"isa300-8",  "isa300-0",  "isa310-9",  "isa1e0-9",    "isa400-9",
		"isa300-9x", "isa300-16", "isa0300-9", "isa300-009x", "is",
		"isb300-9",  "isa300-2",  "isa300-13", "isa3c0-9",
	};
	u16 port;
	u8 irq, mac[6];

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(wrong); i++)
		assert_false(isa_card_name(wrong[i], &port, &irq));
	assert_true(isa_card_name("isa3e0-15", &port, &irq));
	assert_int_equal(port, 0x3e0);
	assert_int_equal(irq, 15);
	assert_int_equal(host_nic_bridge("isa300-1", "lan0", mac), HV_ABSENT);
	assert_int_equal(host_nic_bridge("isa300-5", "lan2", mac), HV_OK);
	assert_int_equal(host_nic_bridge("isa300-5", "lan2", mac), HV_BUSY);
	assert_int_equal(host_nic_bridge("isa300-05", "lan2", mac), HV_BUSY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bridges),
		cmocka_unit_test(frames),
		cmocka_unit_test(left),
		cmocka_unit_test(places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
