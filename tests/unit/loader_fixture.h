/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest for images to be loaded into, the modules that hold them, and an ELF file that is good.
 */
#ifndef TESTS_UNIT_LOADER_FIXTURE_H
#define TESTS_UNIT_LOADER_FIXTURE_H

#include "hv/guest/guest.h"
#include "hv/image/image.h"
#include "hv/image/plan.h"
#include "tests/unit/fake_gmem.h"
#include "tests/unit/support.h"

#define RAM_PAGES 512u /* 2 MiB */
#define RAM	  (RAM_PAGES * PAGE_SIZE)

/* Each is a block of exactly its size, so that the sanitizer sees a read behind its end. */
extern u8 *kernel, *initrd;
extern struct boot_module kernel_module, initrd_module;

void set_kernel(const void *bytes, u32 len);
void set_initrd(u32 len);

extern struct display_mode *display; /* NULL: the guest has none */

extern struct guest guest;
extern struct guest_config config_of_guest;

int loader_setup(void **state);
int loader_teardown(void **state);
u8 *ram(void);
u32 ram32(u32 at);
void assert_zero(u32 from, u32 to);

enum hv_status load(gpa_t *entry); /* in small parts; HV_OK: where it begins */
/* Loads, must be refused, and leave every byte of RAM as it was. */
void refused(void);
u32 loaded(void); /* loads, must not be refused; the entry */

#define TEXT_AT	  0x100000u
#define TEXT_SIZE 0x234u
#define DATA_AT	  0x102000u
#define DATA_SIZE 0x10u
#define DATA_MEM  0x3000u
#define FILE_SIZE (0x200u + TEXT_SIZE + DATA_SIZE)

struct phdr {
	u32 type, offset, vaddr, paddr, filesz, memsz, flags, align;
};

struct elf_file {
	u8 ident[16];
	u16 type, machine;
	u32 version, entry, phoff, shoff, flags;
	u16 ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
	struct phdr ph[3];
	u8 rest[FILE_SIZE - 52 - 3 * 32];
};
_Static_assert(sizeof(struct elf_file) == FILE_SIZE, "no padding");

struct elf_file good_elf(void);

#endif
