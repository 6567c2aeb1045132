/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a virtio network driver may leave to the device (virtio 5.1.6): checksums, and cutting the
 * data of a TCP connection into frames. Pure: a frame and its header come in, checked numbers or
 * other frames come out. Private to this folder.
 */
#ifndef DEVICES_VIRTIO_OFFLOAD_H
#define DEVICES_VIRTIO_OFFLOAD_H

#include "devices/netswitch.h"

/* virtio 5.1.6: struct virtio_net_hdr. */
struct net_header {
	u8 flags, gso_type;
	u16 hdr_len, gso_size, csum_start, csum_offset, num_buffers;
};
_Static_assert(sizeof(struct net_header) == 12, "virtio 5.1.6");
_Static_assert(offsetof(struct net_header, csum_start) == 6, "virtio 5.1.6");
_Static_assert(offsetof(struct net_header, num_buffers) == 10, "virtio 5.1.6");

#define HEADER_NEEDS_CSUM 1u
#define HEADER_GSO_TCPV4  1u

#define TAG_BYTES     4u				  /* of a VLAN (IEEE 802.1Q) */
#define FRAME_HEADERS (FRAME_MIN + TAG_BYTES + 60u + 60u) /* of Ethernet, IPv4, TCP at most */
#define FRAME_WHOLE   (FRAME_MIN + TAG_BYTES + 0xffffu) /* the longest packet of IPv4 in a frame */
_Static_assert(FRAME_HEADERS < FRAME_MAX, "there is room for data behind all headers");

/* A frame with more data of a TCP connection than may travel in one. All places are in the first
 * FRAME_HEADERS bytes, all pieces have at most FRAME_MAX. */
struct tcp_whole {
	u32 len;	   /* of the frame */
	u32 seq;	   /* of its first byte */
	u16 ip, tcp, data; /* where the headers begin, and what follows them */
	u16 size;	   /* of the data in each piece, the last one excepted */
	u16 id;
	u8 flags;
};

/* Put the Internet checksum of everything from `start` on into the word `offset` bytes behind it,
 * where that of the pseudo header is already. False: the places are not in the frame. */
MUST_CHECK bool offload_checksum(u8 *frame, u32 len, u32 start, u32 offset);
/* Is this a frame to be cut, and are its numbers right? `head` has its first bytes, FRAME_HEADERS
 * or all. */
MUST_CHECK bool tcp_whole_check(struct tcp_whole *w, const struct net_header *h, const u8 *head,
				u32 len);
/* The header with which such a frame is handed on as it is. */
struct net_header tcp_whole_header(const struct tcp_whole *w);
/* Make the headers in front of the n bytes of data from byte `from` on; `frame` has older ones of
 * the same whole, and the data. */
void tcp_piece(const struct tcp_whole *w, u8 *frame, u32 from, u32 n);

#endif
