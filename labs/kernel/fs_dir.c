/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lab B6: directories, which are files full of entries, and the paths through them. */
#include "labs/kernel/fs.h"

/* Entry number n of the directory. False: past its last one, or *error says why. */
static bool entry_at(u32 dir, u32 n, struct entry *e, int *error)
{
	int got = fs_read(dir, n * sizeof(*e), e, sizeof(*e));

	e->name[FS_NAME_MAX] = '\0'; /* the disk may say anything */
	*error = got < 0 ? got : FS_OK;
	return got == sizeof(*e);
}

/* Find the name: the inode's number, and in *n that of the entry. */
static int lookup(u32 dir, const char *name, u32 *n)
{
	struct entry e;
	struct inode i;
	int error = inode_read(dir, &i);

	if (error || i.type != INODE_DIR)
		return error ? error : FS_KIND;
	for (*n = 0; entry_at(dir, *n, &e, &error); ++*n)
		if (e.inode && !strcmp(e.name, name))
			return e.inode < fs.inodes ? (int)e.inode : FS_DAMAGED;
	return error ? error : FS_NOT_FOUND;
}

/* Follow the path up to its last name, which is copied; the number of the directory of that. */
static int walk(const char *path, char name[FS_NAME_MAX + 1])
{
	int dir = ROOT;
	u32 len, n;

	for (;;) {
		while (*path == '/')
			path++;
		for (len = 0; path[len] && path[len] != '/'; len++)
			if (len == FS_NAME_MAX)
				return FS_NAME;
		memcpy(name, path, len);
		name[len] = '\0';
		path += len;
		if (!*path)
			return dir;
		dir = lookup((u32)dir, name, &n);
		if (dir < 0)
			return dir;
	}
}

int fs_find(const char *path)
{
	char name[FS_NAME_MAX + 1];
	int dir = walk(path, name);
	u32 n;

	return dir < 0 || !name[0] ? dir : lookup((u32)dir, name, &n);
}

/* Put the entry into the first free place of the directory, or at its end. */
static int enter(u32 dir, const struct entry *new)
{
	struct entry e;
	u32 n = 0;
	int error;

	while (entry_at(dir, n, &e, &error) && e.inode)
		n++;
	if (error)
		return error;
	error = fs_write(dir, n * sizeof(e), new, sizeof(e));
	return error < 0 ? error : FS_OK;
}

/* First the inode, then the name: a name without a file is worse than a file without a name. */
int fs_create(const char *path, u32 type)
{
	struct entry e = {0};
	int dir = walk(path, e.name), number, error;
	u32 n;

	if (dir < 0 || !e.name[0])
		return dir < 0 ? dir : FS_NAME;
	number = lookup((u32)dir, e.name, &n);
	if (number != FS_NOT_FOUND)
		return number < 0 ? number : FS_EXISTS;
	number = inode_create(type);
	if (number < 0 || fs_barrier())
		return number < 0 ? number : FS_IO;
	e.inode = (u32)number;
	error = enter((u32)dir, &e);
	if (error && error != FS_IO) /* after that, the entry may be on the disk all the same */
		inode_remove((u32)number);
	return error ? error : number;
}

static bool empty(u32 dir, int *error)
{
	struct entry e;
	u32 n = 0;

	while (entry_at(dir, n, &e, error) && !e.inode)
		n++;
	return !*error && !entry_at(dir, n, &e, error);
}

/* First the name: fs_write() returns when that is safe. What nobody can find may go in any order.
 */
int fs_unlink(const char *path)
{
	static const struct entry nothing;
	char name[FS_NAME_MAX + 1];
	int dir = walk(path, name), number, error;
	struct inode i;
	u32 n;

	if (dir < 0 || !name[0])
		return dir < 0 ? dir : FS_NAME;
	number = lookup((u32)dir, name, &n);
	if (number < 0)
		return number;
	error = inode_read((u32)number, &i);
	if (!error && i.type == INODE_DIR && !empty((u32)number, &error))
		error = error ? error : FS_NOT_EMPTY;
	if (error)
		return error;
	error = fs_write((u32)dir, n * sizeof(nothing), &nothing, sizeof(nothing));
	return error < 0 ? error : inode_remove((u32)number);
}

int fs_list(const char *path, void (*each)(const char *name, const struct inode *i))
{
	int dir = fs_find(path), error;
	struct entry e;
	struct inode i;
	u32 n;

	if (dir < 0)
		return dir;
	error = inode_read((u32)dir, &i);
	if (error || i.type != INODE_DIR)
		return error ? error : FS_KIND;
	for (n = 0; entry_at((u32)dir, n, &e, &error); n++) {
		if (!e.inode)
			continue;
		if ((error = inode_read(e.inode, &i)))
			return error;
		each(e.name, &i);
	}
	return error;
}
