/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of the first disk, read as a tar archive (POSIX ustar): a header sector, then the data. */
#include "guest-stubs/shell/shell.h"

#define TAR_NAME     0
#define TAR_NAME_LEN 100
#define TAR_SIZE     124
#define TAR_SIZE_LEN 12
#define TAR_TYPE     156
#define TAR_MAGIC    257
#define FILES_BOUND  1000 /* a damaged archive must not keep us here */

static u8 sector[SECTOR];

static u32 octal(const u8 *text, u32 len)
{
	u32 v = 0;

	for (; len && *text >= '0' && *text <= '7'; text++, len--)
		v = v * 8 + (u32)(*text - '0');
	return v;
}

/* Read the header at *at; false: the end. The name loses a leading "./". */
static bool header(u64 at, const char **name, u32 *size)
{
	if (at >= vblk_sectors(0) || !vblk_read(0, at, sector, 1) ||
	    memcmp(sector + TAR_MAGIC, "ustar", 5))
		return false;
	sector[TAR_NAME_LEN - 1] = '\0';
	*name = (const char *)sector + TAR_NAME;
	if (!strncmp(*name, "./", 2))
		*name += 2;
	*size = octal(sector + TAR_SIZE, TAR_SIZE_LEN);
	return true;
}

static u64 next(u64 at, u32 size)
{
	return at + 1 + (size + SECTOR - 1) / SECTOR;
}

void files_list(void)
{
	const char *name;
	u32 size, n = 0;
	u64 at = 0;

	for (; n < FILES_BOUND && header(at, &name, &size); at = next(at, size), n++)
		if (*name)
			printf("%8u %s\n", size, name);
	if (!n)
		puts("no disk with a tar archive\n");
}

void files_print(const char *wanted)
{
	const char *name;
	u32 size, n = 0;
	u64 at = 0;

	for (; n < FILES_BOUND && header(at, &name, &size); at = next(at, size), n++) {
		if (strcmp(name, wanted))
			continue;
		for (at++; size; at++) {
			u32 part = MIN(size, SECTOR);

			if (!vblk_read(0, at, sector, 1)) {
				puts("cat: read error\n");
				return;
			}
			console_write((const char *)sector, part);
			size -= part;
		}
		return;
	}
	printf("cat: no file %s\n", wanted);
}
