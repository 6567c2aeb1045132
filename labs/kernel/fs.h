/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lab B6: the file system. On the disk, in blocks of one sector:
 *
 *   0           superblock: how many blocks and inodes there are; the rest follows from that
 *   1 ...       bitmap: one bit a block, 1 = in use
 *   fs.table    inodes, 8 a block; number 0 means "none", number 1 is the root directory
 *   fs.data     contents of files and directories, and blocks of pointers
 *
 * Whatever comes from the disk may be wrong, even made to do harm: fs_mount() and inode_read() are
 * the two doors at which all of it is checked.
 */
#ifndef LABS_KERNEL_FS_H
#define LABS_KERNEL_FS_H

#include "labs/kernel/types.h"

#define BLOCK	     512u
#define FS_MAGIC     0x31736674u /* "tfs1" */
#define FS_BLOCKS    32768u	 /* at most: 16 MiB */
#define FS_INODES    1024u	 /* at most */
#define ROOT	     1u
#define DIRECT	     13u
#define POINTERS     ((u32)(BLOCK / sizeof(u32)))
#define FILE_BLOCKS  (DIRECT + POINTERS)
#define FILE_MAX     (FILE_BLOCKS * BLOCK)
#define FS_NAME_MAX  27u
#define BLOCK_INODES ((u32)(BLOCK / sizeof(struct inode)))

enum inode_type { INODE_FREE, INODE_FILE, INODE_DIR };

struct superblock {
	u32 magic, blocks, inodes;
	u8 unused[BLOCK - 12];
};

struct inode {
	u16 type, unused;
	u32 size;	     /* bytes; each block below it has a pointer */
	u32 pointer[DIRECT]; /* the first blocks; 0: none */
	u32 indirect;	     /* a block of pointers to the following ones */
};

/* What a directory contains. An entry never crosses a block, so it is written wholly or not. */
struct entry {
	u32 inode; /* 0: the entry is free */
	char name[FS_NAME_MAX + 1];
};

_Static_assert(sizeof(struct superblock) == BLOCK, "the superblock is a block");
_Static_assert(BLOCK % sizeof(struct inode) == 0, "an inode never crosses a block");
_Static_assert(BLOCK % sizeof(struct entry) == 0, "nor does an entry");

enum fs_error {
	FS_OK,
	FS_IO = -1,	 /* the disk failed */
	FS_DAMAGED = -2, /* what the disk says cannot be */
	FS_NOT_FOUND = -3,
	FS_EXISTS = -4,
	FS_FULL = -5, /* no block, no inode, or the file has its largest size */
	FS_NAME = -6, /* a name that is empty or too long */
	FS_KIND = -7, /* a file where a directory is needed, or the reverse */
	FS_NOT_EMPTY = -8,
	FS_RANGE = -9, /* it would leave a hole */
};

/* Where things are: computed from the superblock by fs_mount(). */
struct fs_layout {
	u32 blocks, inodes, table, data;
};
extern struct fs_layout fs;

/* fs_super.c: the whole disk. */
int fs_format(void);
int fs_mount(void);
int fs_barrier(void); /* nothing written later is on the disk before all that was written so far */
const char *fs_text(int error);
bool block_ok(u32 block); /* may hold data */
bool block_in_use(u32 block);
int block_alloc(u32 *block);
int block_mark(u32 block, bool in_use);

/* fs_inode.c: files without names. Each returns an enum fs_error or, where said, a number. */
int inode_read(u32 number, struct inode *i);
int inode_write(u32 number, const struct inode *i);
int inode_create(u32 type); /* its number */
int inode_remove(u32 number);
int fs_read(u32 number, u32 at, void *to, u32 len);	     /* bytes read: fewer at the end */
int fs_write(u32 number, u32 at, const void *from, u32 len); /* bytes written */

/* fs_dir.c: names. Paths begin with '/'. */
int fs_find(const char *path);		   /* the inode's number */
int fs_create(const char *path, u32 type); /* the inode's number */
int fs_unlink(const char *path);	   /* a file or an empty directory */
int fs_list(const char *path, void (*each)(const char *name, const struct inode *i));

/* fs_check.c: is everything as it should be? After a crash, only what is lost may be there. */
struct fs_report {
	u32 files, directories;
	u32 lost_blocks, lost_inodes; /* in use, and belonging to nobody: harmless, repaired */
	u32 damage;		      /* two files with one block, a name without a file, ... */
};
int fs_check(struct fs_report *r, bool repair);

/* files.c: the first disk becomes the file system when the kernel starts; false: there is none. One
 * thread at a time may use it. */
void files_init(void);
extern bool files_ready;

#endif
