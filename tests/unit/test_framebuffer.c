/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/host/bars.c */
/* The real framebuffer: the driver is included, and talks to the model of an adapter below. */
#include "lib/base.h"
#include "tests/unit/support.h"

#include <string.h>

#define LIB_X86_H /* the real port accesses stay out */

static struct {
	u16 id, index, value[16];
	u32 bar, command, memory_64k;
	u16 vendor, device;
	u32 mapped; /* bytes */
	bool no_map;
	unsigned enables; /* writes of DISPI_ENABLE */
} adapter;

static void outw(u16 port, u16 v)
{
	if (port == 0x1ce) {
		adapter.index = v;
		return;
	}
	assert_int_equal(port, 0x1cf);
	assert_in_range(adapter.index, 0, 15);
	/* Sizes are taken while the mode is off only. */
	if (adapter.index != 4)
		assert_int_equal(adapter.value[4] & 1, 0);
	else
		adapter.enables++;
	adapter.value[adapter.index] = v;
}

static u16 inw(u16 port)
{
	assert_int_equal(port, 0x1cf);
	if (adapter.index == 0)
		return adapter.id;
	return adapter.index == 10 ? (u16)adapter.memory_64k : adapter.value[adapter.index];
}

#include "devices/host/framebuffer.c"

void pcihost_scan(bool (*fn)(void *ctx, const struct host_function *f), void *ctx)
{
	const struct host_function other = {.vendor = 0x8086, .device = 0x1237};
	const struct host_function f = {.vendor = adapter.vendor, .device = adapter.device};

	if (fn(ctx, &other))
		(void)fn(ctx, &f);
}

u32 pcihost_read(const struct host_function *f, u8 offset, unsigned size)
{
	(void)size;
	assert_int_equal(f->vendor, adapter.vendor);
	return offset == 0x10 ? adapter.bar : offset == 4 ? adapter.command : 0;
}

void pcihost_write(const struct host_function *f, u8 offset, unsigned size, u32 value)
{
	(void)f;
	(void)size;
	assert_int_equal(offset, 4); /* nothing but the command register */
	adapter.command = value;
}

void *host_map_device(u64 phys, u32 bytes, enum cache_type cache)
{
	assert_int_equal(cache, CACHE_WC);
	adapter.mapped = bytes;
	return adapter.no_map ? NULL : (void *)(uintptr_t)phys;
}

static struct framebuffer_info none;

static int setup(void **state)
{
	(void)state;
	memset(&fb, 0, sizeof(fb));
	memset(&adapter, 0, sizeof(adapter));
	adapter.id = 0xb0c5;
	adapter.vendor = 0x1234;
	adapter.device = 0x1111;
	adapter.bar = 0xfd000008;
	adapter.memory_64k = 256;
	adapter.command = 0x1;
	return 0;
}

static void test_adapter(void **state)
{
	u32 w, h;

	(void)state;
	assert_string_equal(framebuffer_find(&none), "Bochs VBE adapter");
	assert_int_equal(adapter.command, 3);
	assert_int_equal(adapter.enables, 0); /* nothing is shown yet */
	assert_false(framebuffer_fixed(&w, &h));
	assert_int_equal(framebuffer_stride(640, 480), 2560);
	assert_int_equal(adapter.mapped, 1228800);
	adapter.mapped = 0;
	assert_int_equal(framebuffer_stride(320, 200), 1280);
	assert_int_equal(adapter.mapped, 0); /* enough is mapped */
	framebuffer_set(640, 480);
	assert_int_equal(adapter.value[1], 640);
	assert_int_equal(adapter.value[2], 480);
	assert_int_equal(adapter.value[3], 32);
	assert_int_equal(adapter.value[4], 0xc1);
	assert_int_equal(adapter.enables, 2); /* off, on */
	framebuffer_set(640, 480);
	assert_int_equal(adapter.enables, 2);
	framebuffer_set(320, 200);
	assert_int_equal(adapter.enables, 4);
	assert_ptr_equal(framebuffer_memory(), (void *)0xfd000000);
	assert_int_equal(framebuffer_frame(0).n, 0xfd000);
	assert_int_equal(framebuffer_frame(299).n, 0xfd000 + 299);
}

static void test_sizes_refused(void **state)
{
	(void)state;
	adapter.memory_64k = 32; /* 2 MiB */
	assert_non_null(framebuffer_find(&none));
	assert_int_equal(framebuffer_stride(800, 600), 3200);
	assert_int_equal(framebuffer_stride(1024, 768), 0);
	assert_int_equal(framebuffer_stride(644, 480), 0); /* not a multiple of 8 */
	adapter.no_map = true;
	assert_int_equal(framebuffer_stride(800, 640), 0);
}

static void test_no_adapter(void **state)
{
	static const u16 ids[] = {0xffff, 0, 0xb0c0, 0xb0d0};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(ids); i++) {
		setup(NULL);
		adapter.id = ids[i];
		assert_null(framebuffer_find(&none));
		assert_int_equal(framebuffer_stride(640, 480), 0);
	}
	setup(NULL);
	adapter.device = 0x1112;
	assert_null(framebuffer_find(&none));
	setup(NULL);
	adapter.bar = 0xfd01; /* ports */
	assert_null(framebuffer_find(&none));
	setup(NULL);
	adapter.bar = 8; /* not placed */
	assert_null(framebuffer_find(&none));
	setup(NULL);
	adapter.memory_64k = 0;
	assert_null(framebuffer_find(&none));
}

static const struct framebuffer_info good = {
	.address = 0xe0000000,
	.pitch = 4096,
	.width = 1000,
	.height = 700,
	.bpp = 32,
	.red_at = 16,
	.red_bits = 8,
	.green_at = 8,
	.green_bits = 8,
	.blue_bits = 8,
};

static void test_loader(void **state)
{
	u32 w, h;

	(void)state;
	adapter.id = 0xffff;
	assert_string_equal(framebuffer_find(&good), "the boot loader's graphics mode");
	assert_true(framebuffer_fixed(&w, &h));
	assert_int_equal(w, 1000);
	assert_int_equal(h, 700);
	assert_int_equal(framebuffer_stride(1000, 700), 4096);
	assert_int_equal(framebuffer_stride(1000, 699), 0);
	assert_int_equal(framebuffer_stride(640, 480), 0);
	framebuffer_set(1000, 700);
	assert_int_equal(adapter.enables, 0);
	assert_int_equal(framebuffer_frame(1).n, 0xe0001);
}

/* Cards may lie right below the I/O APIC. */
static void test_loader_high(void **state)
{
	struct framebuffer_info high = good;

	(void)state;
	adapter.id = 0xffff;
	high.address = 0xfec00000u - 4096u * 700u;
	assert_non_null(framebuffer_find(&high));
	assert_int_equal(framebuffer_stride(1000, 700), 4096);
}

#define BAD(change)                                                         \
	do {                                                                \
		struct framebuffer_info l = good;                           \
		setup(NULL);                                                \
		adapter.id = 0xffff;                                        \
		change;                                                     \
		assert_null(framebuffer_find(&l));                          \
		assert_int_equal(framebuffer_stride(1000, 700), 0);         \
		assert_int_equal(framebuffer_stride(l.width, l.height), 0); \
	} while (0)

static void test_loader_refused(void **state)
{
	(void)state;
	BAD(l.bpp = 24);
	BAD(l.bpp = 16);
	BAD(l.red_at = 0; l.blue_at = 16);
	BAD(l.red_bits = 5);
	BAD(l.green_bits = 6);
	BAD(l.blue_bits = 10);
	BAD(l.address = 0ull - PAGE_SIZE); /* the end wraps round */
	BAD(l.green_at = 0);
	BAD(l.address = 0xe0000800); /* its first page is somebody else's too */
	BAD(l.address = 0);
	BAD(l.address = 0x1e0000000ull);
	BAD(l.address = 0xfebff000);
	BAD(l.pitch = 3996);
	BAD(l.pitch = 4098);
	BAD(l.pitch = 0xffffffff);
	BAD(l.height = 0xffffffff);
	BAD(l.width = 0);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_adapter), TEST(test_sizes_refused),  TEST(test_no_adapter),
		TEST(test_loader),  TEST(test_loader_refused), TEST(test_loader_high),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
