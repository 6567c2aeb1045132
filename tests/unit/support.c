/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every unit test gets of hv/: log lines go to stderr, panic() ends the test as a failure.
 * A test that expects a panic sets support_panic_jump first and is returned to.
 */
#include "tests/unit/support.h"

#include "mm/frame.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

unsigned support_log_lines[4];
jmp_buf *support_panic_jump;

unsigned support_seed(void)
{
	const char *s = getenv("FUZZ_SEED");

	return s ? (unsigned)strtoul(s, NULL, 10) : 0;
}

void *support_low_memory(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT,
		       -1, 0);

	assert_ptr_not_equal(p, MAP_FAILED);
	return p;
}

/* Of tests without a window: all frames are low. */
__attribute__((weak)) void *frame_map_high(pfn_t f)
{
	(void)f;
	fail();
	return NULL;
}

__attribute__((weak)) void frame_unmap_high(void *p)
{
	(void)p;
	fail();
}

void log_line(enum log_level level, const char *tag, const char *fmt, ...)
{
	va_list ap;

	support_log_lines[level]++;
	fprintf(stderr, "[%s] ", tag ? tag : "ringone");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

void panic(const char *fmt, ...)
{
	va_list ap;

	fputs("panic: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	if (support_panic_jump)
		longjmp(*support_panic_jump, 1);
	abort();
}
