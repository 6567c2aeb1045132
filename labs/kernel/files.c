/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lab B6: the file system when the kernel starts. A disk that holds anything else is left alone. */
#include "labs/kernel/disk.h"
#include "labs/kernel/fs.h"
#include "labs/kernel/kernel.h"

bool files_ready;

void files_init(void)
{
	struct fs_report r;
	int error;

	if (!disk_init())
		return;
	if (option_number("format", 0) && (error = fs_format()))
		printf("disk: cannot make a file system: %s\n", fs_text(error));
	error = fs_mount();
	if (!error)
		error = fs_check(&r, true);
	if (!error && r.damage)
		error = FS_DAMAGED;
	files_ready = !error;
	if (error == FS_NOT_FOUND)
		puts("disk: no file system on it; format=1 on the command line makes one\n");
	else if (error)
		printf("disk: %s\n", fs_text(error));
	else
		printf("disk: %u files, %u directories; lost and repaired: %u blocks, %u inodes\n",
		       r.files, r.directories, r.lost_blocks, r.lost_inodes);
}
