/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Networks beyond this machine: which card is a port of which network, and what addresses the
 * guests' own cards have there. */
#include "devices/host/net/cards.h"
#include "hv/guest/guest.h"
#include "hv/hv.h"
#include "lib/log.h"
#include "lib/string.h"

/* The first byte of an address that is locally administered, of a single station. */
#define MAC_LOCAL 0x02u

static struct {
	const struct bridge_config *bridge;
	u8 mac[6];
} bridged[BRIDGES_MAX];
static u32 bridges;

void networks_init(void)
{
	static const struct {
		enum hv_status status;
		const char *why;
	} reasons[] = {
		{HV_ABSENT, "there is no such card with a driver: on PCI they are nic0, nic1 ... "
			    "(pci in the monitor lists them), on ISA isa300-9 is an NE2000 at port "
			    "0x300 with interrupt 9"},
		{HV_BUSY, "the card is on a network already"},
		{HV_NOMEM, "out of memory"},
		{HV_IO, "the card does not work, or is not there"},
	};

	for (u32 i = 0; i < config.opt.bridges; i++) {
		const struct bridge_config *b = &config.opt.bridge[i];
		u8 *m = bridged[bridges].mac;
		enum hv_status s = host_nic_bridge(b->nic, b->network, m);
		const char *why = "it cannot be attached";

		if (s == HV_OK) {
			bridged[bridges++].bridge = b;
			log_line(LOG_INFO, NULL,
				 "network %s: bridged to %s, %02x:%02x:%02x:%02x:%02x:%02x",
				 b->network, b->nic, m[0], m[1], m[2], m[3], m[4], m[5]);
			continue;
		}
		for (u32 k = 0; k < ARRAY_LEN(reasons); k++)
			if (reasons[k].status == s)
				why = reasons[k].why;
		log_line(LOG_ERROR, NULL, "network %s: not bridged to %s, %s", b->network, b->nic,
			 why);
		config.errors++;
	}
}

bool networks_poll(void)
{
	return host_nics_poll();
}

/* Two machines on one cable differ in their real cards, so the end of such an address is the
 * middle of ours; without a card nobody else can see the network. */
void network_mac(const struct guest *g, u32 card, u8 mac[6])
{
	static const u8 inside[3] = {'r', '1', 0};
	const u8 *middle = inside;

	for (u32 i = 0; i < bridges; i++)
		if (strcmp(bridged[i].bridge->network, g->config->nic[card].network) == 0)
			middle = bridged[i].mac + 3;
	mac[0] = MAC_LOCAL;
	memcpy(mac + 1, middle, 3);
	mac[4] = (u8)(g - guests);
	mac[5] = (u8)card;
}
