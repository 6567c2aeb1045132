/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory of programs. An address that a program gives is a number and no pointer: it may lie in the
 * kernel, be mapped nowhere, or wrap around. So it is never used: each page is looked up in the
 * program's table, and the copy goes through the kernel's own view of that frame.
 */
#include "labs/kernel/user.h"

/* Where the kernel sees the byte at va, NULL when the program itself might not access it so. */
static u8 *kernel_view(u32 va, bool write)
{
	u32 need = PTE_PRESENT | PTE_USER | (write ? PTE_WRITE : 0), *entry;

	if (va >= KERNEL_BASE)
		return NULL;
	entry = page_entry(current_space, va, false);
	if (!entry || !(*entry & PTE_PRESENT)) {
		if (!region_fill(current_space, va, write, true))
			return NULL;
		entry = page_entry(current_space, va, false);
	}
	if ((*entry & need) != need)
		return NULL;
	return (u8 *)virt(*entry & ~PTE_FLAGS) + va % PAGE_SIZE;
}

bool copy_from_user(void *to, u32 from, u32 n)
{
	while (n) {
		u32 some = MIN(n, PAGE_SIZE - from % PAGE_SIZE); /* up to the end of a page */
		u8 *at = kernel_view(from, false);

		if (!at)
			return false;
		memcpy(to, at, some);
		to = (u8 *)to + some;
		from += some;
		n -= some;
	}
	return true;
}

bool copy_to_user(u32 to, const void *from, u32 n)
{
	while (n) {
		u32 some = MIN(n, PAGE_SIZE - to % PAGE_SIZE);
		u8 *at = kernel_view(to, true);

		if (!at)
			return false;
		memcpy(at, from, some);
		from = (const u8 *)from + some;
		to += some;
		n -= some;
	}
	return true;
}
