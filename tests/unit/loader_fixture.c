/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See loader_fixture.h. */
#include "tests/unit/loader_fixture.h"
#include "devices/devices.h"

#include <stdlib.h>
#include <string.h>

u8 *kernel, *initrd;
struct boot_module kernel_module, initrd_module;

const u8 *module_bytes(const struct boot_module *m)
{
	return m == &kernel_module ? kernel : initrd;
}

void set_kernel(const void *bytes, u32 len)
{
	free(kernel);
	kernel = malloc(len);
	if (len)
		memcpy(kernel, bytes, len);
	kernel_module = (struct boot_module){0x400000, 0x400000 + len, ""};
}

void set_initrd(u32 len)
{
	free(initrd);
	initrd = malloc(len);
	for (u32 i = 0; i < len; i++)
		initrd[i] = (u8)(i * 7 + 1);
	initrd_module = (struct boot_module){0x800000, 0x800000 + len, ""};
}

struct display_mode *display;

bool bus_display(const struct bus *b, struct display_mode *mode)
{
	(void)b;
	if (display)
		*mode = *display;
	return display;
}

static struct fake_guest fake;
struct guest guest;
struct guest_config config_of_guest;

int loader_setup(void **state)
{
	(void)state;
	fake_guest_init(&fake, RAM_PAGES);
	memset(&guest, 0, sizeof(guest));
	memset(&config_of_guest, 0, sizeof(config_of_guest));
	strcpy(guest.name, "g");
	guest.config = &config_of_guest;
	guest.mem = fake.mem;
	kernel_module = initrd_module = (struct boot_module){0};
	config_of_guest.kernel = &kernel_module;
	config_of_guest.mem_bytes = RAM;
	return 0;
}

int loader_teardown(void **state)
{
	(void)state;
	arena_release(&guest.arena);
	fake_guest_free(&fake);
	free(kernel);
	free(initrd);
	kernel = initrd = NULL;
	return 0;
}

u8 *ram(void)
{
	return fake_ram(&fake.mem);
}

u32 ram32(u32 at)
{
	u32 v;

	memcpy(&v, ram() + at, 4);
	return v;
}

void assert_zero(u32 from, u32 to)
{
	for (u32 i = from; i < to; i++)
		if (ram()[i])
			fail_msg("byte %#x is %#x", i, ram()[i]);
}

/* Copies are cut here, so that some of them meet in a part and others need many. */
#define PART 1000u

enum hv_status load(gpa_t *entry)
{
	struct load *l;
	enum hv_status s = load_begin(&guest, &l);
	u32 parts = 1;

	if (s != HV_OK)
		return s;
	while (!load_part(&guest, l, PART))
		parts++;
	assert_true(parts <= (kernel_module.end - kernel_module.start + RAM) / PART + 1);
	*entry = load_end(&guest, l);
	return s;
}

void refused(void)
{
	gpa_t entry;

	assert_int_equal(load(&entry), HV_BADARG);
	assert_zero(0, RAM);
}

u32 loaded(void)
{
	gpa_t entry = 77;

	assert_int_equal(load(&entry), HV_OK);
	return entry;
}

struct elf_file good_elf(void)
{
	struct elf_file f = {
		.ident = "\177ELF\1\1\1",
		.type = 2,
		.machine = 3,
		.version = 1,
		.entry = TEXT_AT + 4,
		.phoff = 52,
		.ehsize = 52,
		.phentsize = 32,
		.phnum = 3,
		.ph = {{1, 0x200, 0xc0000000 + TEXT_AT, TEXT_AT, TEXT_SIZE, TEXT_SIZE, 5, 4096},
		       {4, 0xffffffff, 0, 0xffffffff, 0xffffffff, 1, 0,
			0}, /* a note: not looked at */
		       {1, 0x200 + TEXT_SIZE, 0, DATA_AT, DATA_SIZE, DATA_MEM, 6, 4096}},
	};

	memset((u8 *)&f + 0x200, 0xaa, TEXT_SIZE);
	memset((u8 *)&f + 0x200 + TEXT_SIZE, 0xbb, DATA_SIZE);
	return f;
}
