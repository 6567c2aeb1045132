/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the image lies in memory. Numbers only. For C and assembler of boot/,
 * and for the linker script. */
#ifndef BOOT_LAYOUT_H
#define BOOT_LAYOUT_H

#define IMAGE_PAGE	4096
#define IMAGE_BASE	0x00100000
#define IMAGE_MAX	0x00100000 /* a 4 MiB machine must keep room for a guest */
#define BOOT_STACK_SIZE 16384
#define DF_STACK_SIZE	4096

/* Multiboot specification 0.6.96, 3.1 and 3.2. */
#define MULTIBOOT_HEADER_MAGIC 0x1badb002
#define MULTIBOOT_ENTRY_MAGIC  0x2badb002
#define MULTIBOOT_PAGE_ALIGN   0x00000001 /* modules on page boundaries */
#define MULTIBOOT_MEMORY_INFO  0x00000002

/* Multiboot specification 2.0, 3.1 and 3.3. */
#define MULTIBOOT2_HEADER_MAGIC	    0xe85250d6
#define MULTIBOOT2_ENTRY_MAGIC	    0x36d76289
#define MULTIBOOT2_I386		    0
#define MULTIBOOT2_TAG_END	    0
#define MULTIBOOT2_TAG_FRAMEBUFFER  5
#define MULTIBOOT2_TAG_MODULE_ALIGN 6
#define MULTIBOOT2_TAG_OPTIONAL	    1

#endif
