/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What file descriptors stand for: the two ends of a pipe, and the console. */
#include "guest-stubs/penguin/penguin.h"

#define PIPES 64
#define CHUNK 128u

struct pipe {
	u8 *bytes; /* a page; NULL: this pipe is free */
	u32 first, count, readers, writers;
};

static struct pipe pipes[PIPES];

bool file_pipe(struct file *reader, struct file *writer)
{
	struct pipe *p;
	u32 page;

	for (p = pipes; p < pipes + PIPES; p++) {
		if (p->bytes)
			continue;
		page = page_alloc();
		if (!page)
			return false;
		*p = (struct pipe){.bytes = virt(page), .readers = 1, .writers = 1};
		*reader = (struct file){.pipe = p};
		*writer = (struct file){.pipe = p, .writes = true};
		return true;
	}
	return false;
}

void file_share(struct file *f)
{
	if (f->pipe)
		(*(f->writes ? &f->pipe->writers : &f->pipe->readers))++;
}

void file_close(struct file *f)
{
	struct pipe *p = f->pipe;

	if (p) {
		(*(f->writes ? &p->writers : &p->readers))--;
		if (!p->readers && !p->writers) {
			page_free(phys(p->bytes));
			p->bytes = NULL;
		}
	}
	*f = (struct file){0};
}

static bool can_read(u32 arg)
{
	struct pipe *p = (struct pipe *)arg;

	return p->count || !p->writers;
}

static bool can_write(u32 arg)
{
	struct pipe *p = (struct pipe *)arg;

	return p->count < PAGE_SIZE || !p->readers;
}

static bool typed(u32 arg)
{
	(void)arg;
	return vcon_ready();
}

static s32 read_console(u32 to, u32 n)
{
	u32 done = 0;
	int c;

	if (!task_wait(typed, 0))
		return -EINTR;
	while (done < n && (c = vcon_getc()) >= 0)
		*(u8 *)(to + done++) = (u8)c;
	return (s32)done;
}

/* The copies may fault and make the process wait for the disk, not for another process: what
 * was seen in the pipe before is still so after. */
s32 file_read(struct file *f, u32 to, u32 n)
{
	struct pipe *p = f->pipe;
	u32 i;

	if (f->console)
		return read_console(to, n);
	if (!p || f->writes)
		return -EBADF;
	if (!task_wait(can_read, (u32)p))
		return -EINTR;
	n = MIN(n, p->count);
	for (i = 0; i < n; i++)
		*(u8 *)(to + i) = p->bytes[(p->first + i) % PAGE_SIZE];
	p->first = (p->first + n) % PAGE_SIZE;
	p->count -= n;
	return (s32)n;
}

static s32 write_console(u32 from, u32 n)
{
	char text[CHUNK];
	u32 done, part;

	for (done = 0; done < n; done += part) {
		part = MIN(n - done, CHUNK);
		memcpy(text, (const void *)(from + done), part);
		console_write(text, part);
	}
	return (s32)n;
}

s32 file_write(struct file *f, u32 from, u32 n)
{
	struct pipe *p = f->pipe;
	u32 i;

	if (f->console)
		return write_console(from, n);
	if (!p || !f->writes)
		return -EBADF;
	if (!task_wait(can_write, (u32)p))
		return -EINTR;
	if (!p->readers) {
		signal_send(current, SIGPIPE);
		return -EPIPE;
	}
	n = MIN(n, PAGE_SIZE - p->count);
	for (i = 0; i < n; i++)
		p->bytes[(p->first + p->count + i) % PAGE_SIZE] = *(const u8 *)(from + i);
	p->count += n;
	return (s32)n;
}
