/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The switch. Networks are shared by guests, so they belong to the machine: a fixed table of
 * them, each a list of ports that live elsewhere. Frames are handed on at once and never
 * stored here; where the receiver has no room it drops, so nobody waits for anybody, and as
 * deliver() never sends, a frame's way ends after one hop.
 */
#include "devices/netswitch.h"

#include "lib/string.h"

#define NETWORKS     32u
#define STATION_BITS 6u
#define STATIONS     (1u << STATION_BITS)
#define MAC_GROUP    0x01u
#define SOURCE_PLACE 6u
_Static_assert(SOURCE_PLACE == MAC_BYTES && SOURCE_PLACE + MAC_BYTES + 2 == FRAME_MIN,
	       "destination, source, type");

/* Where a station was last seen. A clash of two addresses costs flooding, nothing else. */
struct station {
	u8 mac[MAC_BYTES];
	struct net_port *port; /* NULL: free */
};

struct network {
	char name[NETWORK_NAME_MAX];
	struct net_port *ports; /* NULL: this place is free */
	struct station station[STATIONS];
};

static struct network networks[NETWORKS];

/* By the end of the address, where stations of one maker differ. */
static struct station *station_place(struct network *n, const u8 *mac)
{
	u32 word;

	memcpy(&word, mac + MAC_BYTES - sizeof(word), sizeof(word));
	return &n->station[word * 2654435769u >> (32u - STATION_BITS)];
}

static void learn(struct net_port *p, const u8 *mac)
{
	struct station *s = station_place(p->network, mac);

	memcpy(s->mac, mac, MAC_BYTES);
	s->port = p;
}

static struct network *find_network(const char *name)
{
	struct network *free = NULL;

	for (u32 i = 0; i < NETWORKS; i++) {
		if (!networks[i].ports)
			free = free ? free : &networks[i];
		else if (strcmp(networks[i].name, name) == 0)
			return &networks[i];
	}
	if (free) {
		memset(free, 0, sizeof(*free));
		snprintf(free->name, sizeof(free->name), "%s", name);
	}
	return free;
}

enum hv_status netswitch_attach(struct net_port *p, const char *network)
{
	size_t len = strlen(network);
	struct network *n;

	if (len == 0 || len >= NETWORK_NAME_MAX)
		return HV_BADARG;
	n = find_network(network);
	if (!n)
		return HV_NOMEM;
	for (const struct net_port *o = n->ports; o; o = o->next)
		if (memcmp(o->mac, p->mac, MAC_BYTES) == 0)
			return HV_BUSY;
	p->network = n;
	p->next = n->ports;
	n->ports = p;
	learn(p, p->mac);
	return HV_OK;
}

void netswitch_detach(struct net_port *p)
{
	struct network *n = p->network;

	if (!n)
		return;
	for (struct net_port **o = &n->ports; *o; o = &(*o)->next)
		if (*o == p) {
			*o = p->next;
			break;
		}
	for (u32 i = 0; i < STATIONS; i++)
		if (n->station[i].port == p)
			n->station[i].port = NULL;
	p->network = NULL;
	p->next = NULL;
}

/* May this frame come in from this port? */
static bool acceptable(struct net_port *from, const u8 *frame, u32 len)
{
	const u8 *source = frame + SOURCE_PLACE;

	if (len < FRAME_MIN || len > FRAME_MAX || source[0] & MAC_GROUP) {
		from->refused++;
		return false;
	}
	if (from->one_mac && memcmp(source, from->mac, MAC_BYTES) != 0) {
		from->spoofed++;
		return false;
	}
	return true;
}

/* Where the destination was last seen; NULL: it is unknown, or a group. */
static struct net_port *destination(struct network *n, const u8 *frame)
{
	const struct station *s = station_place(n, frame);

	if (frame[0] & MAC_GROUP || memcmp(s->mac, frame, MAC_BYTES) != 0)
		return NULL;
	return s->port;
}

struct net_port *netswitch_peer(struct net_port *from, const u8 *frame)
{
	struct network *n = from->network;
	struct net_port *to;

	if (!n || !acceptable(from, frame, FRAME_MIN))
		return NULL;
	learn(from, frame + SOURCE_PLACE);
	to = destination(n, frame);
	return to == from ? NULL : to;
}

u32 netswitch_send(struct net_port *from, const u8 *frame, u32 len)
{
	struct network *n = from->network;
	struct net_port *to;
	u32 ports = 0;

	if (!n || !acceptable(from, frame, len))
		return 0;
	from->sent++;
	learn(from, frame + SOURCE_PLACE);
	to = destination(n, frame);
	if (to) {
		if (to == from)
			return 0;
		to->ops->deliver(to, frame, len);
		return 1;
	}
	for (struct net_port *p = n->ports; p; p = p->next) {
		if (p == from)
			continue;
		p->ops->deliver(p, frame, len);
		ports++;
	}
	return ports;
}
