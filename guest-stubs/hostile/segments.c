/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attacks by descriptors, selectors and privilege. */
#include "guest-stubs/hostile/hostile.h"

USER_CODE_BLOB(u_lcall, "lcall $0x4b, $0");
USER_CODE_BLOB(u_lcall_tls, "lcall $0x33, $0");
USER_CODE_BLOB(u_conforming, "lcall $0x4b, $0x08048009; ud2; movl %cs, %eax; ud2");

static void load_gs(u32 sel)
{
	__asm__ volatile("movw %w0, %%gs" : : "r"(sel));
}

static void load_ss(u32 sel)
{
	__asm__ volatile("movw %w0, %%ss" : : "r"(sel));
}

static void far_jump(u32 sel)
{
	struct {
		u32 offset;
		u16 selector;
	} __attribute__((packed)) to = {0, (u16)sel};

	__asm__ volatile("ljmp *%0" : : "m"(to) : "memory");
}

static u32 rights_of(u32 sel)
{
	u32 rights = 0;

	__asm__ volatile("larl %1, %0" : "+r"(rights) : "r"(sel) : "cc");
	return rights;
}

const char *gdt_past_end(void)
{
	gdt_set(GDT_ENTRIES, FLAT_LO, FLAT_DATA_HI(3));
	return NULL;
}

const char *gdt_far_past_end(void)
{
	gdt_set(ALL_ONES, FLAT_LO, FLAT_DATA_HI(3));
	return NULL;
}

const char *ring0_descriptors(void)
{
	gdt_set(SLOT, FLAT_LO, FLAT_DATA_HI(0));
	CHECK((rights_of(SELECTOR) >> 13 & 3) == 1, "a data descriptor kept DPL 0");
	CHECK(!probe(load_gs, SELECTOR), "the raised descriptor cannot be loaded");
	load_gs(0);
	CHECK(probe(load_ss, SELECTOR), "SS took a selector of ring 0");
	gdt_set(SLOT, FLAT_LO, CODE_HI(0));
	CHECK((rights_of(SELECTOR) >> 13 & 3) == 1, "a code descriptor kept DPL 0");
	CHECK(probe(far_return, HV_CS), "a far return went to the hypervisor's segment");
	return NULL;
}

const char *hypervisor_slots(void)
{
	static const u8 slots[] = {0, GDT_HV_CS, GDT_HV_DS, GDT_TSS, GDT_DOUBLE_FAULT};
	u32 i, tr, tr2;

	__asm__ volatile("str %0" : "=r"(tr));
	for (i = 0; i < ARRAY_LEN(slots); i++) {
		gdt_set(slots[i], 0, 0);
		gdt_set(slots[i], FLAT_LO, CODE_HI(3));
		hcall_async(HC_LOAD_GDT_ENTRY, slots[i], FLAT_LO, FLAT_DATA_HI(3), 0);
	}
	hcall(HC_FLUSH_ASYNC, 0, 0, 0, 0);
	for (i = 0; i < ARRAY_LEN(slots); i++)
		CHECK(probe(load_gs, slots[i] * 8u | 3) || slots[i] == 0, "a slot was taken");
	__asm__ volatile("str %0" : "=r"(tr2));
	CHECK(tr == tr2, "the task register changed");
	return NULL;
}

const char *task_state_segment(void)
{
	static u8 tss[104] ALIGNED(128);
	u32 base = (u32)tss, type;

	for (type = 1; type <= 11; type += 2) {
		gdt_set(SLOT, base << 16 | 103,
			(base & 0xff000000) | GATE_HI(type, 1) | (base >> 16 & 0xff));
		CHECK(probe(far_jump, SELECTOR | 1), "a jump through a system descriptor");
		CHECK(trapped(VECTOR_GP) || trapped(VECTOR_SEGMENT), "another trap");
	}
	return NULL;
}

/* Each kind of gate, present, DPL 3, to the hypervisor's code segment. */
static const char *try_gates(void (*load)(u32 lo, u32 hi), const char *start, const char *end)
{
	static const u8 types[] = {4, 5, 6, 7, 0xc, 0xe, 0xf};
	struct frame f;
	u32 i;

	for (i = 0; i < ARRAY_LEN(types); i++) {
		u32 to = HV_BASE + PAGE_SIZE;

		load((to & 0xffff) | HV_CS << 16, (to & 0xffff0000) | GATE_HI(types[i], 3));
		user_frame(&f, start, end);
		CHECK(refused_in_user(&f), "ring 3 called through a gate");
		CHECK(f.eip == USER_CODE, "the call began");
	}
	return NULL;
}

static void load_slot(u32 lo, u32 hi)
{
	gdt_set(SLOT, lo, hi);
}

static u32 tls[6];

static void load_tls(u32 lo, u32 hi)
{
	tls[0] = lo;
	tls[1] = hi;
	hcall_async(HC_LOAD_TLS, phys(tls), 0, 0, 0);
	hcall(HC_FLUSH_ASYNC, 0, 0, 0, 0);
}

const char *call_gates(void)
{
	return try_gates(load_slot, u_lcall_start, u_lcall_end);
}

const char *call_gates_by_tls(void)
{
	return try_gates(load_tls, u_lcall_tls_start, u_lcall_tls_end);
}

static void do_lldt(u32 sel)
{
	__asm__ volatile("lldt %w0" : : "r"(sel));
}

const char *local_table(void)
{
	u32 base = (u32)tls, ldtr;

	gdt_set(SLOT, base << 16 | 0xff, (base & 0xff000000) | GATE_HI(2, 3) | (base >> 16 & 0xff));
	CHECK(probe(do_lldt, SELECTOR), "lldt was carried out");
	CHECK(probe(load_gs, 4 | 3), "a selector of the local table was loaded");
	__asm__ volatile("sldt %0" : "=r"(ldtr));
	CHECK((ldtr & 0xffff) == 0, "there is a local table");
	return NULL;
}

const char *conforming_code(void)
{
	struct frame f;
	u32 dpl;

	for (dpl = 0; dpl < 4; dpl++) {
		gdt_set(SLOT, FLAT_LO, CODE_HI(dpl) | 0x400);
		user_frame(&f, u_conforming_start, u_conforming_end);
		probe_user(&f);
		CHECK(from_user(&f), "code ran below ring 3");
		CHECK(f.vector == VECTOR_GP || (f.eax & 3) == 3,
		      "code saw a selector below ring 3");
	}
	return NULL;
}

/* The probe puts GS back, so it is loaded here. */
static void write_gs(u32 offset)
{
	__asm__ volatile("movw %w1, %%gs; movl %0, %%gs:(%0)"
			 :
			 : "r"(offset), "r"(SELECTOR | 1)
			 : "memory");
}

/* Writes through a segment whose base and offset add up to the hypervisor's pages. Page rights
 * must stop all of them; the register page alone is the guest's own to spoil. */
static const char *write_reserved(u32 base, u32 limit, u32 hi)
{
	u32 page, written = 0;

	gdt_set(SLOT, base << 16 | (limit & 0xffff),
		hi | (base & 0xff000000) | (base >> 16 & 0xff) | (limit & 0xf0000));
	CHECK(!probe(load_gs, SELECTOR | 1), "the segment cannot be loaded");
	for (page = 0; page < 8; page++)
		written += !probe(write_gs, HV_BASE + page * PAGE_SIZE - base);
	CHECK(written <= 1, "a page of the hypervisor was written");
	return NULL;
}

const char *wrapping_segment(void)
{
	const char *wrong = write_reserved(HV_BASE, 0xfffff, DATA_HI(1));

	return wrong ? wrong : write_reserved(0x80000000, 0xfffff, DATA_HI(1));
}

const char *expand_down(void)
{
	return write_reserved(0, 0, DATA_HI(1) | 0x400);
}

const char *tls_at_end_of_ram(void)
{
	hcall(HC_LOAD_TLS, ram_bytes() - 8, 0, 0, 0);
	return NULL;
}

const char *tls_in_window(void)
{
	hcall(HC_LOAD_TLS, window(), 0, 0, 0);
	return NULL;
}

const char *tls_wraps(void)
{
	hcall(HC_LOAD_TLS, 0u - 12, 0, 0, 0);
	return NULL;
}

const char *tls_unaligned(void)
{
	static u8 raw[32];

	memset(raw, 0xff, sizeof(raw));
	hcall(HC_LOAD_TLS, phys(raw + 1), 0, 0, 0);
	CHECK((rights_of(GDT_TLS_MIN * 8 | 3) & 0x6000) != 0, "a descriptor of DPL 0");
	hcall(HC_LOAD_TLS, ram_bytes() - 24, 0, 0, 0);
	return NULL;
}

const char *removed_segments(void)
{
	u32 i, gs;

	for (i = 0; i < 3; i++) {
		gdt_set(SLOT, FLAT_LO, FLAT_DATA_HI(3));
		load_gs(SELECTOR | 3);
		__asm__ volatile("movw %w0, %%fs" : : "r"(SELECTOR | 3));
		if (i == 0)
			gdt_set(SLOT, 0, 0);
		else if (i == 1)
			gdt_set(SLOT, FLAT_LO, FLAT_DATA_HI(3) & ~0x8000u); /* not present */
		else
			gdt_set(SLOT, FLAT_LO, FLAT_DATA_HI(1)); /* out of reach for RPL 3 */
		hcall(HC_FLUSH_ASYNC, 0, 0, 0, 0);
		(void)inb(0x80);
		__asm__ volatile("movl %%gs, %0" : "=r"(gs));
		CHECK((gs & 0xfffc) == 0, "a removed segment is still loaded");
		__asm__ volatile("movw %w0, %%fs" : : "r"(0));
	}
	return NULL;
}

const char *removed_code_segment(void)
{
	gdt_set(GDT_KERNEL_CS, 0, 0);
	return NULL;
}

const char *removed_stack_segment(void)
{
	gdt_set(GDT_KERNEL_DS, FLAT_LO, FLAT_DATA_HI(1) & ~0x8000u);
	return NULL;
}
