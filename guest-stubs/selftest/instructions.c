/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Privileged instructions and port I/O in ring 1: what is carried out for us, what is refused. */
#include "guest-stubs/selftest/selftest.h"

#define PORT_NOBODY 0x5678
#define CR0_PE	    0x00000001u
#define CR0_MP	    0x00000002u
#define CR0_EM	    0x00000004u
#define CR0_TS	    0x00000008u
#define CR0_WP	    0x00010000u
#define CR0_AM	    0x00040000u
#define CR4_TSD	    0x00000004u
#define CR4_PGE	    0x00000080u
#define CR0_PG	    0x80000000u
#define CONSOLE_ID  0x10431af4u
#define CONSOLE_CFG 0x80000800u /* enable, 00:01.0, register 0 */

static void do_lgdt(u32 va)
{
	__asm__ volatile("lgdt (%0)" : : "r"(va) : "memory");
}
static void do_lidt(u32 va)
{
	__asm__ volatile("lidt (%0)" : : "r"(va) : "memory");
}
static void do_lldt(u32 sel)
{
	__asm__ volatile("lldt %w0" : : "r"(sel));
}
static void do_ltr(u32 sel)
{
	__asm__ volatile("ltr %w0" : : "r"(sel));
}
static void do_rdpmc(u32 n)
{
	__asm__ volatile("rdpmc" : : "c"(n) : "eax", "edx");
}

static const char *refused_instructions(void)
{
	static const struct {
		const char *name;
		void (*fn)(u32);
	} row[] = {{"lgdt", do_lgdt}, {"lidt", do_lidt}, {"lldt", do_lldt}, {"ltr", do_ltr}};
	u32 i;

	for (i = 0; i < ARRAY_LEN(row); i++) {
		if (!probe(row[i].fn, (u32)boot_stack))
			return fail("%s was carried out", row[i].name);
		CHECK_EQ(probe_frame.vector, VECTOR_GP, row[i].name);
	}
	CHECK(probe(do_rdpmc, 0), "rdpmc was carried out");
	return NULL;
}

static const char *control_registers(void)
{
	u32 cr0, cr3, cr4;

	__asm__ volatile("movl %%cr0, %0" : "=r"(cr0));
	__asm__ volatile("movl %%cr3, %0" : "=r"(cr3));
	__asm__ volatile("movl %%cr4, %0" : "=r"(cr4));
	CHECK_EQ(cr0 & (CR0_PE | CR0_WP | CR0_PG), CR0_PE | CR0_WP | CR0_PG, "cr0");
	CHECK_EQ(cr3, user_root, "cr3");
	map_page(user_root, PLACE, 0);
	CHECK(probe(read_at, PLACE), "a read succeeded");
	__asm__ volatile("movl %%cr2, %0" : "=r"(cr0));
	CHECK_EQ(cr0, PLACE, "cr2");
	__asm__ volatile("movl %0, %%cr4" : : "r"(cr4));
	__asm__ volatile("clts");
	return NULL;
}

static u32 get_cr(unsigned n)
{
	u32 v;

	if (n == 0)
		__asm__ volatile("movl %%cr0, %0" : "=r"(v));
	else if (n == 3)
		__asm__ volatile("movl %%cr3, %0" : "=r"(v));
	else
		__asm__ volatile("movl %%cr4, %0" : "=r"(v));
	return v;
}

static void set_cr0(u32 v)
{
	__asm__ volatile("movl %0, %%cr0" : : "r"(v) : "memory");
}

/* PWT, PCD and what lies beside them is no part of a table's address. */
static const char *ignored_bits_of_cr3(void)
{
	u32 bits = (u32)guest_pae ? 0x1f : 0xfff, page = page_alloc();

	map_page(user_root, PLACE, page | PTE_P | PTE_W);
	poke(PLACE, 0x715);
	__asm__ volatile("movl %0, %%cr3" : : "r"(user_root | 0x18) : "memory");
	CHECK_EQ(get_cr(3), user_root | 0x18, "cr3");
	CHECK_EQ(peek(PLACE), 0x715, "a word behind such a cr3");
	__asm__ volatile("movl %0, %%cr3" : : "r"(user_root | bits) : "memory");
	CHECK_EQ(peek(PLACE), 0x715, "a word behind a cr3 with ignored bits");
	__asm__ volatile("movl %0, %%cr3" : : "r"(user_root) : "memory");
	return NULL;
}

static void do_fnop(u32 unused)
{
	(void)unused;
	__asm__ volatile("fnop");
}

static void do_fwait(u32 unused)
{
	(void)unused;
	__asm__ volatile("fwait");
}

static void do_sse(u32 unused)
{
	(void)unused;
	__asm__ volatile(".byte 0x0f, 0x57, 0xc0"); /* xorps %xmm0,%xmm0 */
}

static const char *emulated_fpu(void)
{
	u32 cr0 = get_cr(0), a = 1, b, c, d;

	__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d));
	if (!(d & 1))
		return NULL;
	CHECK(!probe(do_fnop, 0), "fnop");
	set_cr0(cr0 | CR0_EM);
	CHECK_EQ(get_cr(0), cr0 | CR0_EM, "cr0");
	CHECK(probe(do_fnop, 0), "fnop with EM was carried out");
	CHECK_EQ(probe_frame.vector, VECTOR_NO_FPU, "vector of fnop");
	CHECK(!probe(do_fwait, 0), "fwait with EM");
	if (d & 1u << 25) {
		CHECK(probe(do_sse, 0), "xorps with EM was carried out");
		CHECK_EQ(probe_frame.vector, VECTOR_INVALID, "vector of xorps");
	}
	set_cr0(cr0 | CR0_TS);
	CHECK(probe(do_fwait, 0), "fwait with TS was carried out");
	CHECK_EQ(probe_frame.vector, VECTOR_NO_FPU, "vector of fwait");
	set_cr0((cr0 | CR0_TS) & ~CR0_MP);
	CHECK(!probe(do_fwait, 0), "fwait with TS, without MP");
	set_cr0(cr0);
	CHECK(!probe(do_fnop, 0), "fnop after EM");
	return NULL;
}

/* What cannot be had reads as it is. */
static const char *refused_control_bits(void)
{
	u32 cr0 = get_cr(0), cr4 = get_cr(4);

	set_cr0(cr0 & ~CR0_AM);
	CHECK_EQ(get_cr(0) & CR0_AM, CR0_AM, "AM after it was cleared");
	set_cr0(cr0);
	CHECK_EQ(get_cr(0), cr0, "cr0");
	__asm__ volatile("movl %0, %%cr4" : : "r"(cr4 | CR4_TSD | CR4_PGE));
	CHECK_EQ(get_cr(4), cr4 | CR4_PGE, "cr4");
	__asm__ volatile("movl %0, %%cr4" : : "r"(cr4));
	CHECK_EQ(get_cr(4), cr4, "cr4");
	return NULL;
}

static const char *debug_registers(void)
{
	u32 dr7 = 1;

	__asm__ volatile("movl %%dr7, %0" : "=r"(dr7));
	CHECK_EQ(dr7 & 0xff, 0, "dr7");
	__asm__ volatile("movl %0, %%dr0; movl %1, %%dr7" : : "r"(&dr7), "r"(0x00030003));
	__asm__ volatile("movl %%dr7, %0" : "=r"(dr7));
	CHECK_EQ(dr7 & 0xff, 0, "dr7 after a write");
	return NULL;
}

static const char *model_specific_registers(void)
{
	u32 a = 1, d = 1;

	__asm__ volatile("rdmsr" : "+a"(a), "=d"(d) : "c"(0x8b));
	CHECK(a == 0 && d == 0, "rdmsr does not read 0");
	__asm__ volatile("wrmsr" : : "a"(0x1000), "d"(0), "c"(0x176));
	__asm__ volatile("rdmsr" : "+a"(a), "=d"(d) : "c"(0x176));
	CHECK(a == 0 && d == 0, "wrmsr left something");
	return NULL;
}

static const char *cache_and_tlb(void)
{
	u32 first = page_alloc(), second = page_alloc();

	__asm__ volatile("wbinvd");
	*(u32 *)virt(first) = 1;
	*(u32 *)virt(second) = 2;
	map_page(user_root, PLACE, first | PTE_P | PTE_W);
	read_at(PLACE);
	edit_pte(user_root, PLACE, second | PTE_P | PTE_W);
	__asm__ volatile("invlpg (%0)" : : "r"(PLACE) : "memory");
	CHECK_EQ(peek(PLACE), 2, "value after invlpg");
	return NULL;
}

static const char *interrupt_flag(void)
{
	u32 flags;

	__asm__ volatile("sti" : : : "memory");
	CHECK_EQ(lguest_data.irq_enabled & EFLAGS_IF, EFLAGS_IF, "virtual IF after sti");
	__asm__ volatile("cli" : : : "memory");
	CHECK_EQ(lguest_data.irq_enabled & EFLAGS_IF, 0, "virtual IF after cli");
	__asm__ volatile("pushl $2; popfl; pushfl; popl %0" : "=r"(flags) : : "memory", "cc");
	CHECK_EQ(flags & EFLAGS_IF, EFLAGS_IF, "real IF after popf");
	return NULL;
}

static const char *unprivileged(void)
{
	u8 table[6];
	u32 word;

	__asm__ volatile("sgdt %0" : "=m"(table));
	__asm__ volatile("sidt %0" : "=m"(table));
	__asm__ volatile("smsw %0" : "=r"(word));
	CHECK_EQ(word & CR0_PE, CR0_PE, "smsw");
	__asm__ volatile("sldt %0" : "=r"(word));
	CHECK_EQ(word & 0xffff, 0, "sldt");
	__asm__ volatile("str %0" : "=r"(word));
	return NULL;
}

static const char *port_widths(void)
{
	u32 v = 0x11223344, port = PORT_NOBODY;

	__asm__ volatile("inb %%dx, %%al" : "+a"(v) : "d"(port));
	CHECK_EQ(v, 0x112233ff, "inb");
	__asm__ volatile("movl $0x11223344, %0; inw %%dx, %%ax" : "+a"(v) : "d"(port));
	CHECK_EQ(v, 0x1122ffff, "inw");
	__asm__ volatile("movl $0, %0; inl %%dx, %%eax" : "+a"(v) : "d"(port));
	CHECK_EQ(v, 0xffffffff, "inl");
	__asm__ volatile("movl $0x11223344, %0; inb $0xf1, %%al" : "+a"(v));
	CHECK_EQ(v, 0x112233ff, "inb of a constant port");
	CHECK_EQ(inb(0x61) & 0x20, 0x20, "port 61");
	CHECK_EQ(inb(0x64), 1, "port 64");
	CHECK_EQ(inb(0x3fd), 0xff, "port 3fd");
	CHECK_EQ(inb(0x71), 0, "port 71");
	return NULL;
}

static const char *pci_ports(void)
{
	outl(0xcf8, 0x80000000);
	CHECK_EQ(inl(0xcf8), 0x80000000, "address register");
	outl(0xcf8, CONSOLE_CFG);
	CHECK_EQ(inl(0xcfc), CONSOLE_ID, "id of 00:01.0");
	CHECK_EQ(inw(0xcfe), CONSOLE_ID >> 16, "device id");
	CHECK_EQ(inb(0xcfd), CONSOLE_ID >> 8 & 0xff, "byte lane 1");
	outl(0xcf8, CONSOLE_CFG & ~0x80000000u);
	CHECK_EQ(inl(0xcfc), 0xffffffff, "data with the enable bit off");
	outl(0xcf8, 0x8000f800);
	CHECK_EQ(inl(0xcfc), 0xffffffff, "id of 00:1f.0");
	outl(0xcf8, 0x80ff0800);
	CHECK_EQ(inl(0xcfc), 0xffffffff, "id on bus 255");
	outl(0xcf8, 0x80000008);
	CHECK_EQ(inw(0xcfe), 0x0600, "class of 00:00.0");
	return NULL;
}

static void string_in(void *to, u32 count, u32 width)
{
	if (width == 1)
		__asm__ volatile("rep insb" : "+D"(to), "+c"(count) : "d"(0xcfc) : "memory");
	else if (width == 2)
		__asm__ volatile("rep insw" : "+D"(to), "+c"(count) : "d"(0xcfc) : "memory");
	else
		__asm__ volatile("rep insl" : "+D"(to), "+c"(count) : "d"(0xcfc) : "memory");
}

static const char *string_input(void)
{
	u32 buf[4] = {0}, count = 0, i;
	void *to = buf;

	outl(0xcf8, CONSOLE_CFG);
	string_in(buf, 3, 4);
	CHECK(buf[0] == CONSOLE_ID && buf[2] == CONSOLE_ID && buf[3] == 0, "rep insl");
	memset(buf, 0, sizeof(buf));
	string_in(buf, 2, 2);
	CHECK(buf[0] == 0x1af41af4 && buf[1] == 0, "rep insw");
	memset(buf, 0, sizeof(buf));
	string_in(buf, 5, 1);
	CHECK(buf[0] == 0xf4f4f4f4 && buf[1] == 0xf4, "rep insb");
	__asm__ volatile("rep insl" : "+D"(to), "+c"(count) : "d"(0xcfc) : "memory");
	CHECK(to == buf && count == 0, "rep insl of nothing");
	memset(buf, 0, sizeof(buf));
	to = &buf[3];
	count = 2;
	__asm__ volatile("std; rep insl; cld" : "+D"(to), "+c"(count) : "d"(0xcfc) : "memory");
	CHECK(buf[3] == CONSOLE_ID && buf[2] == CONSOLE_ID && !buf[1] && to == &buf[1],
	      "rep insl downwards");
	to = buf;
	__asm__ volatile("insl" : "+D"(to) : "d"(0xcfc) : "memory");
	CHECK(buf[0] == CONSOLE_ID && to == &buf[1], "insl");
	/* a long one: far more than a hypervisor does in one go */
	map_page(user_root, PLACE, page_alloc() | PTE_P | PTE_W);
	string_in((void *)PLACE, PAGE_SIZE / 4, 4);
	for (i = 0; i < PAGE_SIZE; i += 4)
		CHECK_EQ(peek(PLACE + i), CONSOLE_ID, "word of a long rep insl");
	return NULL;
}

static const char *string_output(void)
{
	u32 words[2] = {0x80000004, CONSOLE_CFG}, count = 2;
	const void *from = words;

	__asm__ volatile("rep outsl" : "+S"(from), "+c"(count) : "d"(0xcf8) : "memory");
	CHECK(from == &words[2] && count == 0, "registers after rep outsl");
	CHECK_EQ(inl(0xcf8), CONSOLE_CFG, "address after rep outsl");
	from = words;
	__asm__ volatile("outsl %%ss:(%%esi), %%dx" : "+S"(from) : "d"(0xcf8) : "memory");
	CHECK_EQ(inl(0xcf8), 0x80000004, "address after outsl with a segment");
	return NULL;
}

static void string_in_at(u32 va)
{
	string_in((void *)va, 2, 4);
}

/* The second word lies in a missing page: one iteration is done, the fault is the second's. */
static const char *string_fault(void)
{
	u32 edge = PLACE + PAGE_SIZE;

	outl(0xcf8, CONSOLE_CFG);
	map_page(user_root, PLACE, page_alloc() | PTE_P | PTE_W);
	map_page(user_root, edge, 0);
	CHECK(probe(string_in_at, edge - 4), "no fault");
	CHECK_EQ(probe_frame.vector, VECTOR_PF, "vector");
	CHECK_EQ(probe_frame.error, PF_WRITE, "error code");
	CHECK_EQ(probe_cr2, edge, "cr2");
	CHECK_EQ(probe_frame.ecx, 1, "ecx");
	CHECK_EQ(probe_frame.edi, edge, "edi");
	CHECK_EQ(peek(edge - 4), CONSOLE_ID, "first word");
	return NULL;
}

/* An emulated instruction that straddles two pages. */
static const char *instruction_across_pages(void)
{
	static const u8 code[] = {0x66, 0xba, 0x61, 0x00, 0xec, 0xc3}; /* mov $61,%dx; in; ret */
	static const u8 cr[] = {0x0f, 0x20, 0xc0, 0xc3};	       /* mov %cr0,%eax; ret */
	u32 edge = PLACE + PAGE_SIZE, i;

	map_page(user_root, PLACE, page_alloc() | PTE_P | PTE_W);
	map_page(user_root, edge, page_alloc() | PTE_P | PTE_W);
	for (i = 1; i < sizeof(cr); i++) {
		memcpy((void *)(edge - i), cr, sizeof(cr));
		CHECK(!probe(call_at, edge - i), "mov from cr0 across pages");
	}
	memcpy((void *)(edge - 2), code, sizeof(code));
	CHECK(!probe(call_at, edge - 2), "in after a page border");
	return NULL;
}

const struct test instruction_tests[] = {
	{"refused_instructions", refused_instructions},
	{"control_registers", control_registers},
	{"ignored_bits_of_cr3", ignored_bits_of_cr3},
	{"emulated_fpu", emulated_fpu},
	{"refused_control_bits", refused_control_bits},
	{"debug_registers", debug_registers},
	{"model_specific_registers", model_specific_registers},
	{"cache_and_tlb", cache_and_tlb},
	{"interrupt_flag", interrupt_flag},
	{"unprivileged", unprivileged},
	{"port_widths", port_widths},
	{"pci_ports", pci_ports},
	{"string_input", string_input},
	{"string_output", string_output},
	{"string_fault", string_fault},
	{"instruction_across_pages", instruction_across_pages},
	{NULL, NULL},
};
