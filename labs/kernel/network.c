/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lab B7: the network when the kernel starts, and ping. */
#include "labs/kernel/net.h"
#include "labs/kernel/sync.h"
#include "labs/kernel/trap.h"

#define ASK_TICKS (HZ / 10) /* ARP's question may get lost: it is asked again after that time */

void network_init(void)
{
	char text[16];

	if (!nic_init() || !option("ip", text, sizeof(text)))
		return;
	if (ipv4_parse(text, &net_ip))
		printf("network: %s\n", text);
	else
		printf("network: ip=%s is no address\n", text);
}

u32 ping(u32 ip, u32 count)
{
	u32 n, tick, answered = 0;

	for (n = 1; n <= count; n++) {
		bool sent = false, here = false;

		for (tick = 0; tick < HZ && !here; tick++) {
			mutex_lock(&net_lock);
			if (!sent && tick % ASK_TICKS == 0)
				sent = ping_send(ip, (u16)n);
			here = sent && ping_answered == n;
			mutex_unlock(&net_lock);
			if (!here)
				thread_sleep(1);
		}
		answered += here;
	}
	return answered;
}
