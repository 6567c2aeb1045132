/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two page-table formats of 32-bit x86 (SDM vol. 3, 4.3 "32-bit paging", 4.4 "PAE paging"),
 * private to mm/. The hot paths take a format as an argument, are written once, and compiled for
 * each format with its numbers as constants: see FORMAT_CALL.
 */
#ifndef MM_FORMAT_H
#define MM_FORMAT_H

#include "mm/paging.h"

/* Large pages are not offered to guests, so PS in a directory is illegal. Bits 62:52 of a PAE
 * entry are reserved, and so are all but P, PWT, PCD and AVL in its top level (SDM vol. 3, table
 * 4-8). Bit 63 depends on the CPU: see entry_illegal(). */
#define PAE_RESERVED   0x7ff0000000000000ull
#define PDPTE_RESERVED 0xfff00000000001e6ull

#define FORMAT_2LEVEL                                                                \
	{                                                                            \
		.name = "2-level", .levels = 2, .entry_bytes = 4, .shift = {12, 22}, \
		.bits = {10, 10}, .frame_mask = 0xfffff000u, .top_align = PAGE_SIZE, \
		.illegal = {0, PTE_PS},                                              \
	}

#define FORMAT_PAE                                                                       \
	{                                                                                \
		.name = "PAE", .levels = 3, .entry_bytes = 8, .shift = {12, 21, 30},     \
		.bits = {9, 9, 2}, .frame_mask = 0x000ffffffffff000ull, .top_align = 32, \
		.illegal = {PAE_RESERVED, PAE_RESERVED | PTE_PS, PDPTE_RESERVED},        \
	}

_Static_assert(!(PAE_RESERVED & PTE_NX) && !(PDPTE_RESERVED & (PTE_P | PTE_PWT | PTE_PCD)),
	       "what is allowed, or depends, is not among what is always illegal");

static const struct pt_format format_2level = FORMAT_2LEVEL, format_pae = FORMAT_PAE;

/* fn(format, ...) with the format as a constant the compiler sees through. */
#define FORMAT_CALL(f, fn, ...) \
	((f)->levels == 2 ? fn(&format_2level, __VA_ARGS__) : fn(&format_pae, __VA_ARGS__))

#define SPECIALISED static inline __attribute__((always_inline))

#endif
