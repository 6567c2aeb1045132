/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/bus.c devices/ports.c devices/pci/pci.c devices/virtio/transport.c
 * devices/virtio/misuse.c devices/virtio/function.c devices/virtio/queue.c devices/virtio/net.c
 * devices/virtio/line.c devices/virtio/offload.c devices/netswitch.c tests/unit/fake_gmem.c
 * tests/unit/mini_guest.c tests/unit/net_fixture.c */
/* The switch alone: who gets a frame, what is refused. */
#include "tests/unit/net_fixture.h"

static void flood_and_learn(void **state)
{
	(void)state;
	plug(&p[0], 1, false, "lan0");
	plug(&p[1], 2, false, "lan0");
	plug(&p[2], 3, false, "lan0");
	plug(&p[3], 1, false, "lan1"); /* another network, the same address */
	netswitch_send(&p[0].port, frame(0xff, 1), 60);
	assert_frames(0, 1, 1, 0);
	assert_int_equal(p[1].last_len, 60);
	netswitch_send(&p[0].port, frame(0x55, 1), 60); /* nobody knows it */
	assert_frames(0, 2, 2, 0);
	netswitch_send(&p[2].port, frame(1, 0x55), 60); /* there it is, behind port 2 */
	assert_frames(1, 2, 2, 0);
	netswitch_send(&p[0].port, frame(0x55, 1), 60);
	assert_frames(1, 2, 3, 0);
	netswitch_send(&p[2].port, frame(0x55, 3), 60); /* to the port it comes from */
	assert_frames(1, 2, 3, 0);
	netswitch_send(&p[1].port, frame(0xff, 0x55), 60); /* it moved */
	netswitch_send(&p[0].port, frame(0x55, 1), 60);
	assert_frames(2, 3, 4, 0);
	netswitch_send(&p[3].port, frame(0xff, 1), 60); /* alone over there */
	assert_frames(2, 3, 4, 0);
	/* What was learned goes with the port. */
	netswitch_detach(&p[1].port);
	netswitch_send(&p[0].port, frame(0x55, 1), 60);
	assert_frames(2, 3, 5, 0);
	netswitch_send(&p[1].port, frame(0xff, 2), 60);
	assert_frames(2, 3, 5, 0);
}

static void frames_refused(void **state)
{
	u8 *f;

	(void)state;
	plug(&p[0], 1, true, "lan0");
	plug(&p[1], 2, true, "lan0");
	netswitch_send(&p[0].port, frame(2, 1), 0);
	netswitch_send(&p[0].port, frame(2, 1), FRAME_MIN - 1);
	netswitch_send(&p[0].port, frame(2, 1), FRAME_MAX + 1);
	netswitch_send(&p[0].port, frame(2, 1), 0xffffffff);
	f = frame(2, 1);
	f[6] |= 1; /* no station has such a source */
	netswitch_send(&p[0].port, f, 60);
	assert_int_equal(p[0].port.refused, 5);
	netswitch_send(&p[0].port, frame(2, 2), 60);
	netswitch_send(&p[0].port, frame(2, 9), 60);
	assert_int_equal(p[0].port.spoofed, 2);
	assert_frames(0, 0, 0, 0);
	netswitch_send(&p[0].port, frame(2, 1), FRAME_MIN);
	netswitch_send(&p[0].port, frame(2, 1), FRAME_MAX);
	assert_int_equal(p[1].last_len, FRAME_MAX);
	assert_int_equal(p[0].port.sent, 2);
	assert_frames(0, 2, 0, 0);
}

static void attach_refused(void **state)
{
	struct net_port o = {.ops = &probe_ops, .mac = {2, 0, 0, 0, 0, 1}};
	static struct net_port many[40];
	char name[16] = "net??";
	u32 ok = 0;

	(void)state;
	plug(&p[0], 1, true, "lan0");
	assert_int_equal(netswitch_attach(&o, ""), HV_BADARG);
	assert_int_equal(netswitch_attach(&o, "sixteen-letters-"), HV_BADARG);
	assert_int_equal(netswitch_attach(&o, "lan0"), HV_BUSY);
	assert_null(o.network);
	netswitch_detach(&o);
	assert_int_equal(netswitch_attach(&o, "fifteen-letters"), HV_OK);
	netswitch_detach(&o);
	for (u32 i = 0; i < 40; i++) {
		name[3] = (char)('a' + i / 26);
		name[4] = (char)('a' + i % 26);
		many[i].ops = &probe_ops;
		ok += netswitch_attach(&many[i], name) == HV_OK;
	}
	assert_int_equal(ok, 31);
	assert_int_equal(netswitch_attach(&o, "one-more"), HV_NOMEM);
	for (u32 i = 0; i < 40; i++)
		netswitch_detach(&many[i]);
	assert_int_equal(netswitch_attach(&o, "one-more"), HV_OK);
	netswitch_detach(&o);
}

/* Many stations behind one port: the table forgets, frames do not get lost. */
static void many_stations(void **state)
{
	(void)state;
	plug(&p[0], 1, false, "lan0");
	plug(&p[1], 2, false, "lan0");
	for (u32 i = 3; i < 255; i++)
		netswitch_send(&p[0].port, frame(0xff, (u8)i), 60);
	p[0].frames = 0;
	for (u32 i = 3; i < 255; i++)
		netswitch_send(&p[1].port, frame((u8)i, 2), 60);
	assert_int_equal(p[0].frames, 252);
}

/* A card of the machine would be a port like this one: any source address, and it hears what
 * goes to stations nobody knows. */
static void uplink(void **state)
{
	(void)state;
	plug(&p[0], 9, false, "lan0");
	give_buffers(&a, 4);
	netswitch_send(&p[0].port, frame(1, 0x77), 60);
	mini_work();
	expect_frame(&a, 60, 0);
	send_frame(&a, frame(0x77, 1), 60, 3);
	assert_int_equal(p[0].frames, 1);
	assert_int_equal(p[0].last[59], 3);
	send_frame(&a, frame(2, 1), 60, 4); /* between guests */
	assert_int_equal(p[0].frames, 1);
}

static void made_up_address(void **state)
{
	u8 mac[3][6];

	(void)state;
	assert_int_equal(bus_add_net(a.g.bus, "lan0", NULL), HV_OK);
	assert_int_equal(bus_add_net(a.g.bus, "lan0", NULL), HV_OK);
	assert_int_equal(bus_add_net(b.g.bus, "lan0", NULL), HV_OK);
	for (u32 i = 0; i < 6; i++) {
		mac[0][i] = (u8)reg_in(&a.g, 2, R_CONFIG + i, 1);
		mac[1][i] = (u8)reg_in(&a.g, 3, R_CONFIG + i, 1);
		mac[2][i] = (u8)reg_in(&b.g, 2, R_CONFIG + i, 1);
	}
	for (u32 i = 0; i < 3; i++) {
		assert_int_equal(mac[i][0], 2);
		assert_memory_not_equal(mac[i], mac[(i + 1) % 3], 6);
	}
}

#define T(name) cmocka_unit_test_setup_teardown(name, stations_setup, stations_teardown)
#define S(name) cmocka_unit_test_setup_teardown(name, NULL, unplug_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
		S(flood_and_learn), S(frames_refused), S(attach_refused),
		S(many_stations),   T(uplink),	       T(made_up_address),
	};

	return cmocka_run_group_tests_name("netswitch", tests, NULL, NULL);
}
