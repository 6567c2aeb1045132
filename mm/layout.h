/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hypervisor's address space, drawn once. For every room that places something in it.
 *
 *	0x00000000  absent: a null pointer faults
 *	0x00001000  physical memory at its own address, up to LOW_LIMIT
 *	...         device memory at its own address, where host_map_device() put it
 *	0xff800000  window for frames above LOW_LIMIT (PAE only)
 *	0xffc00000  the switcher's slot, see switcher/switcher.h
 */
#ifndef MM_LAYOUT_H
#define MM_LAYOUT_H

#include "mm/frame.h"
#include "switcher/switcher.h"

#define WINDOW_PAGES 16u
#define PHYS_LIMIT   (16ull << 30) /* more RAM than this is left alone */

_Static_assert(LOW_LIMIT <= WINDOW_BASE && WINDOW_BASE < SWITCHER_BASE, "the map is in order");
_Static_assert(0u - SWITCHER_BASE == LGUEST_RESERVED_TOP, "the slot is what guests are told of");

#endif
