/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers in memory, at their width, in program order. For drivers of the machine; a unit test
 * has functions of its own in their place. */
#ifndef DEVICES_HOST_MMIO_H
#define DEVICES_HOST_MMIO_H

#include "lib/base.h"

static inline u8 mmio_read8(const volatile u8 *base, u32 at)
{
	return base[at];
}

static inline u16 mmio_read16(const volatile u8 *base, u32 at)
{
	return *(const volatile u16 *)(base + at);
}

static inline u32 mmio_read32(const volatile u8 *base, u32 at)
{
	return *(const volatile u32 *)(base + at);
}

static inline void mmio_write8(volatile u8 *base, u32 at, u8 value)
{
	base[at] = value;
}

static inline void mmio_write16(volatile u8 *base, u32 at, u16 value)
{
	*(volatile u16 *)(base + at) = value;
}

static inline void mmio_write32(volatile u8 *base, u32 at, u32 value)
{
	*(volatile u32 *)(base + at) = value;
}

#endif
