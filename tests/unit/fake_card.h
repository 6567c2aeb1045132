/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a driver of a network card stands on, for its unit test: a function of the PCI bus, memory
 * for the hardware, and the switch that received frames go to. The test includes the driver and
 * is the card.
 */
#ifndef TESTS_UNIT_FAKE_CARD_H
#define TESTS_UNIT_FAKE_CARD_H

#include "devices/host/net/nic.h"
#include "devices/host/pci.h"

#define FAKE_IRQ 11

/* The function's configuration space, and what identifies it to the driver. */
extern u8 fake_config[256];
extern struct host_function fake_function;
extern struct nic fake_nic;

/* What nic_receive() was given so far: how many frames, and the last of them. */
extern u8 fake_got[NIC_BUFFER];
extern u32 fake_got_len, fake_gots;

/* The n-th dma_alloc() from now on fails; 0: none does. */
extern u32 fake_no_memory;

/* The driver has room for a frame; it is filled and sent. */
void fake_put_frame(const struct nic_driver *d, u8 fill, u32 len);

/* A fresh card with this BAR 0. */
void fake_card_reset(u32 bar);
u16 fake_command(void); /* of the configuration space */

#endif
