/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The drivers of network cards. For the table in cards.c alone. */
#ifndef DEVICES_HOST_NET_DRIVERS_H
#define DEVICES_HOST_NET_DRIVERS_H

struct nic_driver;
extern const struct nic_driver virtio_net_driver, e1000_driver, rtl8139_driver, pcnet_driver,
	ne2k_driver, i8255x_driver, tulip_driver;

#endif
