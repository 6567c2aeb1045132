/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pages and page tables of a guest. Tables are edited in memory first and the hypervisor is told
 * afterwards: what it has cached may be stale. The format of the tables is a value. For every
 * guest.
 */
#ifndef GUEST_LIB_PAGING_H
#define GUEST_LIB_PAGING_H

#include "guest-stubs/lib/guest.h"

#define PTE_P 0x001u
#define PTE_W 0x002u
#define PTE_U 0x004u
#define PTE_A 0x020u
#define PTE_D 0x040u

#define PTE_KERNEL (PTE_P | PTE_W | PTE_A | PTE_D)
#define PTE_USER   (PTE_P | PTE_W | PTE_U)

#define FLUSH_USER 0
#define FLUSH_ALL  1

/* Device windows are mapped here: one top-level entry of the kernel half, made by paging_init. */
#define IO_BASE 0xfe000000u

/* Levels are numbered from the leaf upwards. */
struct table_format {
	u8 levels, entry_bytes;
	u8 shift[3], bits[3];
	u32 dir_flags[3]; /* of an entry at level 1 and above */
};
extern const struct table_format table_2level, table_pae;
extern const struct table_format *tables; /* the one this guest uses */

/* Physical pages. page_alloc: zeroed, its physical address; 0: none left. */
u32 page_alloc(void);
void page_free(u32 gpa);
u32 pages_free(void);

/* Build the kernel's root: all RAM (256 MiB at most) at guest_offset, plus the I/O area, and
 * switch to it. Works for guests in linear mode and for guests that live high. */
void paging_init(void);
extern u32 kernel_root;

/* A new root with the kernel half of kernel_root; 0: no page left. */
u32 root_new(void);
void root_free(u32 root); /* with its user half's tables, not the pages they map */
void root_load(u32 root);

/* Where the leaf entry for va is, in virtual memory; NULL: no table (and none made). A new table
 * is announced with SET_PGD. */
void *pte_slot(u32 root, u32 va, bool make);
/* The directory entry that names va's leaf table (tables above it are made), what to call when it
 * was changed, and how much one leaf table maps. */
void *table_slot(u32 root, u32 va);
void table_changed(u32 root, u32 va);
u32 table_span(void);
u32 pte_read(const void *slot);
void pte_write(void *slot, u32 value); /* memory only, no hypercall */
/* Set the leaf entry in memory and tell the hypervisor. False: out of pages. */
bool map_page(u32 root, u32 va, u32 entry);
void flush_tlb(u32 what);

/* Device memory at gpa, for the kernel; in linear mode the address itself. */
volatile void *map_device(u32 gpa, u32 bytes);

#endif
