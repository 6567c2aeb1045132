/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's GDT. What the guest loads is made harmless before the CPU sees it: no descriptor of
 * ring 0, no gates, no TSS, no LDT. The table lies on the vcpu's state page, which the guest can
 * only read; Accessed is set beforehand, so the CPU never has to write there either.
 */
#include "hv/vcpu/private.h"
#include "lib/string.h"
#include "lib/x86.h"

/* The high word of a descriptor (SDM vol. 3, 3.4.5). */
#define DESC_ACCESSED	0x00000100u
#define DESC_WRITABLE	0x00000200u /* data */
#define DESC_READABLE	0x00000200u /* code */
#define DESC_CONFORMING 0x00000400u /* code */
#define DESC_CODE	0x00000800u
#define DESC_S		0x00001000u /* code or data, not a system descriptor */
#define DESC_DPL_SHIFT	13
#define DESC_DPL	0x00006000u
#define DESC_PRESENT	0x00008000u
#define DESC_PAGES	0x00800000u

#define TLS_BYTES (GDT_TLS_COUNT * 8u)

#define SEG(base, limit, access, flags)                                                         \
	((u64)((limit)&0xffffu) | (u64)((base)&0xffffffu) << 16 | (u64)((access)&0xffu) << 40 | \
	 (u64)((limit) >> 16 & 0xfu) << 48 | (u64)((flags)&0xfu) << 52 |                        \
	 (u64)((base) >> 24 & 0xffu) << 56)

#define FLAT_CODE(dpl) SEG(0u, 0xfffffu, 0x9bu | (dpl) << 5, 0xcu)
#define FLAT_DATA(dpl) SEG(0u, 0xfffffu, 0x93u | (dpl) << 5, 0xcu)
_Static_assert(FLAT_CODE(0u) == 0x00cf9b000000ffffull, "flat ring-0 code");
_Static_assert(FLAT_DATA(1u) == 0x00cfb3000000ffffull, "flat ring-1 data");
_Static_assert(SEG(0x12345678u, 0u, 0u, 0u) == 0x1200003456780000ull, "a base is in three pieces");
_Static_assert((FLAT_CODE(0u) & FLAT_DATA(0u)) >> 32 & DESC_ACCESSED,
	       "the CPU has nothing to write to the table");

#define NOT_CHECKED  0x10000u /* no selector is this */
#define SELECTOR_RPL 3u

static u32 desc_hi(u64 d)
{
	return (u32)(d >> 32);
}

static u32 desc_dpl(u64 d)
{
	return (desc_hi(d) & DESC_DPL) >> DESC_DPL_SHIFT;
}

void gdt_init_host(u64 *gdt)
{
	gdt[GDT_HV_CS] = FLAT_CODE(0u);
	gdt[GDT_HV_DS] = FLAT_DATA(0u);
	gdt[GDT_TSS] = SEG((u32)SWITCHER_STATE + STATE_TSS, (u32)sizeof(struct tss) - 1, 0x89u, 0u);
}

void gdt_init(struct vcpu *v)
{
	u64 *gdt = v->state->gdt;

	gdt_init_host(gdt);
	gdt[GDT_TSS] = 0;
	gdt[GDT_KERNEL_CS] = FLAT_CODE(1u);
	gdt[GDT_KERNEL_DS] = FLAT_DATA(1u);
	v->checked.cs = NOT_CHECKED;
	for (u32 i = 0; i < ARRAY_LEN(v->checked.data); i++)
		v->checked.data[i] = NOT_CHECKED;
	v->selectors_dirty = CHECK_DATA | CHECK_RETURN;
}

/* Entries that are the hypervisor's: a load is ignored, since Linux does load them. */
static bool is_ours(u32 index)
{
	return index == 0 || index == GDT_HV_CS || index == GDT_HV_DS || index == GDT_TSS ||
	       index == GDT_DOUBLE_FAULT;
}

/* What a descriptor becomes. System descriptors are judged before any bit is touched: setting
 * Accessed in one would turn a 16-bit call gate into a task gate. */
static u64 tame(u64 d)
{
	u32 hi = desc_hi(d);

	if (!(hi & DESC_PRESENT))
		return 0;
	if (!(hi & DESC_S))
		return 0;
	if (!(hi & DESC_DPL))
		hi |= 1u << DESC_DPL_SHIFT;
	/* Conforming code runs at the caller's level; a plain segment gives no such way down. */
	if (hi & DESC_CODE)
		hi &= ~DESC_CONFORMING;
	hi |= DESC_ACCESSED;
	return (u64)hi << 32 | (u32)d;
}

static u32 bit_of(u32 selector)
{
	return BIT(selector >> 3 & (GDT_ENTRIES - 1u));
}
_Static_assert(GDT_ENTRIES <= 32, "a bit for each entry");

static inline bool names(u32 selector, u32 index)
{
	return !((selector ^ index << 3) & 0xfff8u);
}

/* What was found loadable by an entry that has changed must be looked at again: before the next
 * entry, if it is loaded now. */
static void forget_checked(struct vcpu *v, u32 index)
{
	const struct regs *r = v->regs;

	if (v->checked.entries & BIT(index)) {
		for (u32 i = 0; i < ARRAY_LEN(v->checked.data); i++)
			if (v->checked.data[i] >> 3 == index)
				v->checked.data[i] = NOT_CHECKED;
		if (v->checked.cs >> 3 == index || v->checked.ss >> 3 == index)
			v->checked.cs = NOT_CHECKED;
		v->checked.entries &= ~BIT(index);
	}
	if (names(r->ds, index) || names(r->es, index) || names(r->fs, index) ||
	    names(r->gs, index) || names(r->cs, index) || names(r->ss, index))
		v->selectors_dirty |= CHECK_DATA | CHECK_RETURN;
}

static inline void set_entry(struct vcpu *v, u32 index, u64 raw)
{
	u64 d = tame(raw);

	if (v->state->gdt[index] == d)
		return;
	v->state->gdt[index] = d;
	forget_checked(v, index);
}

void gdt_load_entry(struct vcpu *v, u32 index, u32 lo, u32 hi)
{
	if (index >= GDT_ENTRIES) {
		guest_kill(v->guest, "too many gdt entries (%u)", index);
		return;
	}
	if (index - GDT_TLS_MIN < GDT_TLS_COUNT)
		v->tls_raw[index - GDT_TLS_MIN] = (u64)hi << 32 | lo;
	if (!is_ours(index))
		set_entry(v, index, (u64)hi << 32 | lo);
}

/* Each word is read once: what was looked at is what is taken. */
void gdt_load_tls(struct vcpu *v, gpa_t at)
{
	const struct gmem *m = &v->guest->mem;
	const volatile u32 *word = (const u32 *)guest_near(m, at, TLS_BYTES);
	u32 copy[TLS_BYTES / sizeof(u32)];

	if (!word) {
		if (!guest_read(m, at, copy, TLS_BYTES)) {
			guest_kill(v->guest, "bad read address %#x", at);
			return;
		}
		word = copy;
	}
	for (u32 i = 0; i < GDT_TLS_COUNT; i++) {
		u32 lo = word[2 * i], hi = word[2 * i + 1];
		u64 *raw = &v->tls_raw[i];

		if (lo == (u32)*raw && hi == (u32)(*raw >> 32))
			continue;
		*raw = (u64)hi << 32 | lo;
		set_entry(v, GDT_TLS_MIN + i, *raw);
	}
}

/* May DS, ES, FS or GS hold this? As the CPU checks it at CPL 0 (SDM vol. 2, MOV). Ring 0
 * descriptors are ours and stay ours. */
static bool data_loadable(const struct vcpu *v, u32 selector)
{
	u64 d = segment_find(v, selector);
	u32 hi = desc_hi(d);

	if (!d || !desc_dpl(d))
		return false;
	if (hi & DESC_CODE && !(hi & DESC_READABLE))
		return false;
	return desc_dpl(d) >= (selector & SELECTOR_RPL);
}

static u32 limit_of(u64 d)
{
	u32 limit = ((u32)d & 0xffffu) | (desc_hi(d) & 0xf0000u);

	return desc_hi(d) & DESC_PAGES ? limit << PAGE_SHIFT | ~PAGE_MASK : limit;
}

/* Would IRET go through with this CS:EIP and SS? (SDM vol. 2, IRET to an outer level.) */
static bool iret_loadable(const struct vcpu *v)
{
	const struct regs *r = v->regs;
	u64 cs = segment_find(v, r->cs), ss = segment_find(v, r->ss);
	u32 rpl = r->cs & SELECTOR_RPL;

	if (!rpl || !cs || !(desc_hi(cs) & DESC_CODE) || desc_dpl(cs) != rpl)
		return false;
	if ((r->ss & SELECTOR_RPL) != rpl || !ss || desc_dpl(ss) != rpl)
		return false;
	if (desc_hi(ss) & DESC_CODE || !(desc_hi(ss) & DESC_WRITABLE))
		return false;
	return r->eip <= limit_of(cs);
}

/* The last answers are kept, and forgotten when a descriptor changes (forget_checked()). */
static void check_data(struct vcpu *v)
{
	struct regs *r = v->regs;
	u32 *data[] = {&r->ds, &r->es, &r->fs, &r->gs};

	/* A selector whose descriptor went away becomes null; its next use is the guest's #GP. */
	for (u32 i = 0; i < ARRAY_LEN(data); i++) {
		if ((*data[i] & 0xffffu) == v->checked.data[i])
			continue;
		if (!data_loadable(v, *data[i]))
			*data[i] = 0;
		v->checked.data[i] = *data[i] & 0xffffu;
		v->checked.entries |= bit_of(*data[i]);
	}
}

void segments_check(struct vcpu *v)
{
	const struct regs *r = v->regs;

	if (v->selectors_dirty & CHECK_DATA)
		check_data(v);
	v->selectors_dirty = 0;
	if ((r->cs & 0xffffu) == v->checked.cs && (r->ss & 0xffffu) == v->checked.ss &&
	    r->eip <= v->checked.limit)
		return;
	v->checked.cs = NOT_CHECKED;
	if (!iret_loadable(v)) {
		guest_kill(v->guest, "cannot return to cs=%#x eip=%#x ss=%#x", r->cs & 0xffffu,
			   r->eip, r->ss & 0xffffu);
		return;
	}
	v->checked.cs = r->cs & 0xffffu;
	v->checked.ss = r->ss & 0xffffu;
	v->checked.entries |= bit_of(r->cs) | bit_of(r->ss);
	v->checked.limit = limit_of(segment_find(v, r->cs));
}

u8 segment_refused(const struct vcpu *v, bool is_ss, u16 selector)
{
	u64 d = segment_find(v, selector);
	u32 hi = desc_hi(d), cpl = v->regs->cs & SELECTOR_RPL, rpl = selector & SELECTOR_RPL;

	if (!(selector & ~SELECTOR_RPL))
		return is_ss ? VEC_GP : 0;
	if (!d)
		return VEC_GP;
	if (is_ss)
		return rpl == cpl && desc_dpl(d) == cpl && !(hi & DESC_CODE) && hi & DESC_WRITABLE
			       ? 0
			       : VEC_GP;
	return data_loadable(v, selector) && desc_dpl(d) >= cpl ? 0 : VEC_GP;
}
