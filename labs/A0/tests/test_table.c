/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A0: tables of the loader. Each lies in memory of exactly its size, so one byte read too far ends
 * the test. */
#include "boot/memmap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRY 20u /* base, length, type */

static u8 *put_entry(u8 *p, u32 size, u64 base, u64 length, u32 type)
{
	memset(p, 0xcc, sizeof(size) + size);
	memcpy(p, &size, 4);
	memcpy(p + 4, &base, 8);
	memcpy(p + 12, &length, 8);
	memcpy(p + 20, &type, 4);
	return p + 4 + size;
}

static void sizes(void)
{
	struct memmap_entry e[4];
	u8 bytes[128], *p = bytes, *exact;
	u32 n, few;

	p = put_entry(p, ENTRY, 0, 0x9fc00, 1);
	p = put_entry(p, 24, 0x100000, 0x700000, 1);
	p = put_entry(p, ENTRY, 5ull << 32, 6ull << 32, 2);
	exact = malloc((size_t)(p - bytes));
	memcpy(exact, bytes, (size_t)(p - bytes));
	n = memmap_parse(e, 4, exact, (u32)(p - bytes));
	if (n != 3)
		printf("not ok sizes: expected 3 entries, seen %u\n", n);
	else if (e[1].base != 0x100000 || e[1].length != 0x700000 || e[1].type != 1)
		printf("not ok sizes: the entry of 24 bytes: expected 0x100000, 0x700000, 1, seen "
		       "%#llx, %#llx, %u\n",
		       (unsigned long long)e[1].base, (unsigned long long)e[1].length, e[1].type);
	else if (e[2].base != 5ull << 32 || e[2].length != 6ull << 32 || e[2].type != 2)
		printf("not ok sizes: the entry behind it: expected 0x500000000, 0x600000000, 2, "
		       "seen %#llx, %#llx, %u\n",
		       (unsigned long long)e[2].base, (unsigned long long)e[2].length, e[2].type);
	else if ((few = memmap_parse(e, 2, exact, (u32)(p - bytes))) != 2)
		printf("not ok sizes: with room for 2: expected 2, seen %u\n", few);
	else
		printf("ok sizes\n");
	free(exact);
}

static void cut_off(void)
{
	for (u32 length = 0; length <= 48; length++) {
		struct memmap_entry e[4];
		u8 whole[48], *exact = malloc(length ? length : 1);
		u32 n;

		put_entry(put_entry(whole, ENTRY, 0x100000, 0x100000, 1), ENTRY, 0x300000, 0x100000,
			  1);
		memcpy(exact, whole, length);
		n = memmap_parse(e, 4, exact, length);
		free(exact);
		if (n == length / 24)
			continue;
		printf("not ok cut-off: of %u bytes: expected %u entries, seen %u\n", length,
		       length / 24, n);
		return;
	}
	printf("ok cut-off\n");
}

static void nonsense(void)
{
	static const u32 bad[] = {0, 4, 19, 45, 1000, 0xfffffff0, 0xffffffff};

	for (u32 i = 0; i < ARRAY_LEN(bad); i++) {
		struct memmap_entry e[4];
		u8 *exact = malloc(48);
		u32 n;

		put_entry(put_entry(exact, ENTRY, 0x100000, 0x100000, 1), ENTRY, 0x300000, 0x100000,
			  1);
		memcpy(exact + 24, &bad[i], 4);
		n = memmap_parse(e, 4, exact, 48);
		free(exact);
		if (n == 1)
			continue;
		printf("not ok nonsense: the second entry has the size %#x: expected 1 entry, seen "
		       "%u\n",
		       bad[i], n);
		return;
	}
	printf("ok nonsense\n");
}

int main(void)
{
	sizes();
	cut_off();
	nonsense();
	return 0;
}
