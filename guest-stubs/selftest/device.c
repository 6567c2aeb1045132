/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Device memory: every instruction form on a register block whose behaviour is known, the
 * console's common configuration; and PCI's own rules. */
#include "guest-stubs/lib/pci.h"
#include "guest-stubs/lib/virtio.h"
#include "guest-stubs/selftest/selftest.h"

#define CONSOLE 1 /* 00:01.0 */

static volatile u8 *regs;

/* The register block, the device reset: feature_select 0, status 0, queue_select 0. */
static bool fresh(void)
{
	u8 cap = pci_find_virtio_cap(CONSOLE, VIRTIO_CAP_COMMON);

	if (!regs && cap) {
		u32 bar = pci_read32(CONSOLE, PCI_BAR0) & ~0xfu;

		regs = map_device(bar + pci_read32(CONSOLE, cap + VIRTIO_CAP_OFFSET), 0x40);
	}
	if (regs) {
		vwrite8(regs + VC_STATUS, 0);
		vwrite32(regs + VC_DEVICE_FEATURE_SELECT, 0);
		vwrite16(regs + VC_QUEUE_SELECT, 0);
	}
	return regs != NULL;
}

static const char *moves(void)
{
	volatile u8 *at = regs;
	u32 v;

	CHECK(fresh(), "no console");
	at = regs;
	__asm__ volatile("movl %1, (%0)" : : "r"(at), "r"(1) : "memory");
	__asm__ volatile("movl (%1), %0" : "=r"(v) : "r"(at));
	CHECK_EQ(v, 1, "movl through a register");
	__asm__ volatile("movl $0, (%0)" : : "r"(at) : "memory");
	__asm__ volatile("movl 4(%1), %0" : "=r"(v) : "r"(at - 4));
	CHECK_EQ(v, 0, "movl of a constant, read with a displacement");
	__asm__ volatile("movw %w1, (%0)" : : "r"(at + VC_QUEUE_SELECT), "r"(1) : "memory");
	__asm__ volatile("movl $-1, %0; movw (%1,%2,2), %w0"
			 : "=&r"(v)
			 : "r"(at), "r"(VC_QUEUE_SELECT / 2));
	CHECK_EQ(v, 0xffff0001, "movw with a scaled index");
	__asm__ volatile("movb $1, (%0)" : : "r"(at + VC_STATUS) : "memory");
	__asm__ volatile("movl $-1, %%ecx; movb (%1), %%ch; movl %%ecx, %0"
			 : "=r"(v)
			 : "b"(at + VC_STATUS)
			 : "ecx");
	CHECK_EQ(v, 0xffff01ff, "movb to ch");
	__asm__ volatile("movb $3, %%dh; movb %%dh, (%0)"
			 :
			 : "b"(at + VC_STATUS)
			 : "edx", "memory");
	CHECK_EQ(vread8(at + VC_STATUS), 3, "movb from dh");
	__asm__ volatile("movl %%es:(%1), %0" : "=r"(v) : "r"(at) : "memory");
	CHECK_EQ(v, 0, "movl with a segment");
	return NULL;
}

static const char *moves_of_the_accumulator(void)
{
	volatile u8 *at;
	u32 v = 0, code_page = page_alloc();
	u8 *code;

	CHECK(fresh(), "no console");
	at = regs + VC_QUEUE_SELECT;
	/* mov %ax, moffs32; xor %eax, %eax; mov moffs32, %ax; ret */
	map_page(user_root, PLACE, code_page | PTE_P | PTE_W);
	code = (u8 *)PLACE;
	memcpy(code, "\x66\xa3", 2);
	memcpy(code + 2, &at, 4);
	memcpy(code + 6, "\x31\xc0\x66\xa1", 4);
	memcpy(code + 10, &at, 4);
	code[14] = 0xc3;
	__asm__ volatile("call *%1" : "=a"(v) : "r"(code), "a"(1) : "memory");
	CHECK_EQ(v, 1, "moffs forms");
	return NULL;
}

static const char *extensions(void)
{
	u32 v;

	CHECK(fresh(), "no console");
	vwrite16(regs + VC_QUEUE_SELECT, 0xfff);
	vwrite8(regs + VC_STATUS, 1);
	__asm__ volatile("movzbl (%1), %0" : "=r"(v) : "r"(regs + VC_STATUS));
	CHECK_EQ(v, 1, "movzbl");
	__asm__ volatile("movzwl (%1), %0" : "=r"(v) : "r"(regs + VC_QUEUE_SELECT));
	CHECK_EQ(v, 0xfff, "movzwl");
	__asm__ volatile("movsbl (%1), %0" : "=r"(v) : "r"(regs + VC_STATUS));
	CHECK_EQ(v, 1, "movsbl");
	__asm__ volatile("movswl (%1), %0" : "=r"(v) : "r"(regs + VC_QUEUE_SELECT));
	CHECK_EQ(v, 0xfff, "movswl");
	__asm__ volatile("movl $-1, %0; movzbw (%1), %w0" : "=&r"(v) : "r"(regs + VC_STATUS));
	CHECK_EQ(v, 0xffff0001, "movzbw");
	return NULL;
}

static const char *logic(void)
{
	volatile u8 *status;
	u32 flags;
	u8 z;

	CHECK(fresh(), "no console");
	status = regs + VC_STATUS;
	__asm__ volatile("orb $1, (%0)" : : "r"(status) : "memory", "cc");
	CHECK_EQ(vread8(status), 1, "orb");
	__asm__ volatile("addb $2, (%0)" : : "r"(status) : "memory", "cc");
	CHECK_EQ(vread8(status), 3, "addb");
	__asm__ volatile("testb $4, (%1); setz %0" : "=q"(z) : "r"(status) : "cc");
	CHECK_EQ(z, 1, "zero flag of testb");
	__asm__ volatile("cmpb $3, (%1); setz %0" : "=q"(z) : "r"(status) : "cc");
	CHECK_EQ(z, 1, "zero flag of cmpb");
	__asm__ volatile("cmpb $4, (%1); pushfl; popl %0" : "=r"(flags) : "r"(status) : "cc");
	CHECK_EQ(flags & (EFLAGS_CF | EFLAGS_ZF), EFLAGS_CF, "flags of cmpb");
	__asm__ volatile("xorb $3, (%0)" : : "r"(status) : "memory", "cc");
	CHECK_EQ(vread8(status), 0, "xorb");
	__asm__ volatile("xorl $1, (%0)" : : "r"(regs) : "memory", "cc");
	CHECK_EQ(vread32(regs), 1, "xorl");
	__asm__ volatile("andl $0, (%1); setz %0" : "=q"(z) : "r"(regs) : "memory", "cc");
	CHECK(vread32(regs) == 0 && z == 1, "andl");
	__asm__ volatile("orw %w1, (%0)" : : "r"(regs + VC_QUEUE_SELECT), "r"(0x101) : "memory");
	CHECK_EQ(vread16(regs + VC_QUEUE_SELECT), 0x101, "orw");
	return NULL;
}

static const char *arithmetic(void)
{
	volatile u8 *sel;
	u32 v;

	CHECK(fresh(), "no console");
	sel = regs + VC_QUEUE_SELECT;
	__asm__ volatile("incw (%0)" : : "r"(sel) : "memory", "cc");
	__asm__ volatile("addw $4, (%0)" : : "r"(sel) : "memory", "cc");
	__asm__ volatile("decw (%0)" : : "r"(sel) : "memory", "cc");
	__asm__ volatile("subw $1, (%0)" : : "r"(sel) : "memory", "cc");
	CHECK_EQ(vread16(sel), 3, "inc add dec sub");
	v = 10;
	__asm__ volatile("addw (%1), %w0" : "+r"(v) : "r"(sel) : "cc");
	CHECK_EQ(v, 13, "add from memory");
	v = 0xffff0000 | 0x22;
	__asm__ volatile("xchgw %w0, (%1)" : "+r"(v) : "r"(sel) : "memory");
	CHECK_EQ(v, 0xffff0003, "old value of xchg");
	CHECK_EQ(vread16(sel), 0x22, "new value of xchg");
	return NULL;
}

static const char *strings(void)
{
	u32 buf[4] = {1, 2, 3, 4}, n = 3;
	volatile u8 *to;
	void *from, *dst;

	CHECK(fresh(), "no console");
	to = regs;
	__asm__ volatile("rep stosl" : "+D"(to), "+c"(n) : "a"(1) : "memory");
	CHECK(to == regs + 12 && n == 0, "registers after rep stosl");
	CHECK_EQ(vread32(regs), 1, "feature select after rep stosl");
	CHECK_EQ(vread32(regs + VC_DRIVER_FEATURE_SELECT), 1, "driver select after rep stosl");
	to = regs;
	dst = buf;
	n = 2;
	__asm__ volatile("rep movsl" : "+S"(to), "+D"(dst), "+c"(n) : : "memory");
	CHECK(buf[0] == 1 && (buf[1] & 1) && buf[2] == 3, "rep movsl out of the device");
	buf[0] = 0;
	from = buf;
	to = regs;
	n = 1;
	__asm__ volatile("rep movsl" : "+S"(from), "+D"(to), "+c"(n) : : "memory");
	CHECK_EQ(vread32(regs), 0, "feature select after rep movsl");
	to = regs + VC_STATUS;
	__asm__ volatile("movb $1, %%al; stosb" : "+D"(to) : : "eax", "memory");
	CHECK_EQ(vread8(regs + VC_STATUS), 1, "stosb");
	to = regs + VC_STATUS;
	__asm__ volatile("lodsb; movzbl %%al, %0" : "=&a"(n), "+S"(to) : : "memory");
	CHECK_EQ(n, 1, "lodsb");
	n = 0;
	to = regs;
	__asm__ volatile("rep stosl" : "+D"(to), "+c"(n) : "a"(1) : "memory");
	CHECK_EQ(vread32(regs), 0, "rep stosl of nothing");
	return NULL;
}

/* The instruction itself across a page border, the access through a second mapping. */
static const char *mmio_code_across_pages(void)
{
	static const u8 code[] = {0x66, 0x8b, 0x83, 0x16, 0, 0, 0, 0xc3}; /* mov 22(%ebx),%ax */
	u32 edge = PLACE + PAGE_SIZE, i, v;

	CHECK(fresh(), "no console");
	vwrite16(regs + VC_QUEUE_SELECT, 0x44);
	map_page(user_root, PLACE, page_alloc() | PTE_P | PTE_W);
	map_page(user_root, edge, page_alloc() | PTE_P | PTE_W);
	for (i = 1; i < sizeof(code); i++) {
		memcpy((void *)(edge - i), code, sizeof(code));
		__asm__ volatile("xorl %%eax, %%eax; call *%1"
				 : "=&a"(v)
				 : "r"(edge - i), "b"(regs)
				 : "memory");
		CHECK_EQ(v, 0x44, "word read");
	}
	return NULL;
}

static const char *bar_sizing(void)
{
	u32 old, size;

	old = pci_read32(CONSOLE, PCI_BAR0);
	pci_write32(CONSOLE, PCI_BAR0, 0xffffffff);
	size = ~(pci_read32(CONSOLE, PCI_BAR0) & ~0xfu) + 1;
	pci_write32(CONSOLE, PCI_BAR0, old);
	CHECK_EQ(pci_read32(CONSOLE, PCI_BAR0), old, "BAR written back");
	CHECK(size >= 0x48 && !(size & (size - 1)), "BAR size is not a power of two");
	CHECK((old & ~0xfu) >= ram_bytes(), "BAR lies in RAM");
	CHECK(fresh(), "no console");
	vwrite32(regs, 1);
	CHECK_EQ(vread32(regs), 1, "register after sizing");
	return NULL;
}

static const char *configuration_header(void)
{
	u32 id = pci_read32(CONSOLE, PCI_ID);

	pci_write32(CONSOLE, PCI_ID, 0);
	CHECK_EQ(pci_read32(CONSOLE, PCI_ID), id, "id after a write");
	CHECK_EQ(pci_read32(CONSOLE, PCI_CLASS) >> 16, 0x0700, "class");
	CHECK_EQ(pci_read32(CONSOLE, 4) >> 16 & 0x10, 0x10, "capability bit");
	pci_write32(CONSOLE, 0x30, 0xfffff800);
	CHECK_EQ(pci_read32(CONSOLE, 0x30), 0, "expansion ROM");
	CHECK(pci_read8(CONSOLE, PCI_INTERRUPT_LINE) < LGUEST_IRQS, "interrupt line");
	return NULL;
}

static const char *random_numbers(void)
{
	static u32 a[16], b[16];
	u32 i, same = 0;

	if (!vrng_init())
		return NULL; /* this guest was given none */
	CHECK_EQ(vrng_read(a, sizeof(a)), sizeof(a), "bytes");
	CHECK_EQ(vrng_read(b, sizeof(b)), sizeof(b), "bytes");
	for (i = 0; i < ARRAY_LEN(a); i++)
		same += a[i] == b[i];
	CHECK(same < ARRAY_LEN(a) / 2, "the same numbers twice");
	return NULL;
}

static const char *disk(void)
{
	static u8 buf[4 * SECTOR], again[4 * SECTOR];
	u32 i;

	if (!vblk_init())
		return NULL; /* this guest was given none */
	CHECK(vblk_read(0, 0, buf, 1), "read of sector 0");
	CHECK(!vblk_read(0, vblk_sectors(0), again, 1), "read past the end");
	for (i = 0; i < sizeof(buf); i++)
		buf[i] = (u8)(i * 7);
	if (vblk_write(0, vblk_sectors(0) - 4, buf, 4)) { /* not on a read-only one */
		CHECK(vblk_flush(0), "flush");
		CHECK(vblk_read(0, vblk_sectors(0) - 4, again, 4), "read");
		CHECK(!memcmp(buf, again, sizeof(buf)), "other data than written");
	}
	return NULL;
}

const struct test device_tests[] = {
	{"mmio_moves", moves},
	{"mmio_moffs", moves_of_the_accumulator},
	{"mmio_extensions", extensions},
	{"mmio_logic", logic},
	{"mmio_arithmetic", arithmetic},
	{"mmio_strings", strings},
	{"mmio_code_across_pages", mmio_code_across_pages},
	{"pci_bar_sizing", bar_sizing},
	{"pci_header", configuration_header},
	{"rng", random_numbers},
	{"disk", disk},
	{NULL, NULL},
};
