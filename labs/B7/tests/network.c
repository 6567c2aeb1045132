/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lab B7 in the machine, beside a neighbour on the same network. */
#include "labs/harness/harness.h"
#include "labs/kernel/net.h"
#include "labs/kernel/thread.h"

#define PINGS	40 /* more than the card has buffers */
#define FOREVER 1000000u

/* The neighbour pings us; it says how many were answered. */
TEST(b7_answers)
{
	puts("b7_answers: up\n");
	for (;;)
		thread_sleep(FOREVER);
}

/* We ping the neighbour, then somebody who is not there. */
TEST(b7_pings)
{
	char text[16];
	u32 peer = 0, nobody = 0;

	check(option("peer", text, sizeof(text)) && ipv4_parse(text, &peer),
	      "peer=%s to be understood", text);
	check(ipv4_parse("10.0.0.250", &nobody), "10.0.0.250 to be understood");
	check_equal("the number of answers", PINGS, ping(peer, PINGS));
	part("answered");
	check_equal("the number of answers of nobody", 0, ping(nobody, 1));
	check_equal("the number of answers afterwards", 3, ping(peer, 3));
	part("nobody");
}
