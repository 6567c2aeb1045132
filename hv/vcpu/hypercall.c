/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hypercalls: one row a number. None returns a value; an illegal one is the guest's death. */
#include "hv/vcpu/hypercall.h"
#include "lib/log.h"
#include "lib/string.h"
#include "lib/trace.h"
#include "lib/x86.h"
#include "mm/host.h"

#define STACK_PAGES_MAX 2u
#define MESSAGE_MAX	128u

static void die_if(struct vcpu *v, const char *why, u32 a, u32 b)
{
	if (why)
		guest_kill(v->guest, "%s (%#x, %#x)", why, a, b);
}

static void hc_nothing(struct vcpu *v, const struct hcall_args *args)
{
	(void)v;
	(void)args;
}

/* ---- LGUEST_INIT ------------------------------------------------------------------------- */

/* Kernels up to 3.18 have a range of no-interrupt addresses, later ones a single instruction,
 * which moves the fields behind it by a word. The system-call vector tells which it is. */
static bool read_static_fields(struct vcpu *v, const u32 word[4])
{
	if (word[2] == LGUEST_SYSCALL_VECTOR) {
		v->noirq_start = word[0];
		v->noirq_end = word[0] + (word[0] != 0);
		v->kernel_base = word[1];
	} else if (word[3] == LGUEST_SYSCALL_VECTOR) {
		v->noirq_start = word[0];
		v->noirq_end = MAX(word[0], word[1]);
		v->kernel_base = word[2];
	} else {
		return false;
	}
	v->syscall_vector = LGUEST_SYSCALL_VECTOR;
	return true;
}

static void hc_init(struct vcpu *v, const struct hcall_args *args)
{
	const u32 statics = offsetof(struct lguest_data, noirq_iret);
	u32 word[4], now[2];

	if (v->initialised) {
		guest_kill(v->guest, "already have lguest_data");
		return;
	}
	if (!guest_ram_ok(&v->guest->mem, args->a[0], sizeof(struct lguest_data) + sizeof(u32)) ||
	    args->a[0] & 3 ||
	    !guest_read(&v->guest->mem, args->a[0] + statics, word, sizeof(word))) {
		guest_kill(v->guest, "bad guest page %#x", args->a[0]);
		return;
	}
	if (!read_static_fields(v, word)) {
		guest_kill(v->guest, "unknown system call vector %#x", word[2]);
		return;
	}
	if (!v->kernel_base || v->kernel_base & (MIB(4) - 1) || v->kernel_base >= SWITCHER_BASE) {
		guest_kill(v->guest, "bad kernel address %#x", v->kernel_base);
		return;
	}
	v->data = args->a[0];
	v->initialised = true;
	data_find_pages(v);
	DATA_SET(v, tsc_khz, time_tsc_khz());
	wall_clock(&now[0], &now[1]);
	DATA_SET(v, time_sec, now[0]);
	DATA_SET(v, time_nsec, now[1]);
	DATA_SET(v, reserve_mem, LGUEST_RESERVED_TOP);
	shadow_set_kernel_base(v->shadow, v->kernel_base);
}

/* ---- The end ----------------------------------------------------------------------------- */

/* A message of the guest, made printable; empty when it is not in RAM. */
static void read_message(struct vcpu *v, gpa_t at, char *buf, u32 size)
{
	u32 n = 0;

	while (n < size - 1 && guest_read(&v->guest->mem, at + n, &buf[n], 1) && buf[n]) {
		if (buf[n] < ' ' || buf[n] > '~')
			buf[n] = '?';
		n++;
	}
	buf[n] = '\0';
}

static void hc_shutdown(struct vcpu *v, const struct hcall_args *args)
{
	char why[MESSAGE_MAX];

	if (args->a[1] == SHUTDOWN_RESTART) {
		guest_end(v->guest, END_RESTART, "restart");
		return;
	}
	read_message(v, args->a[0], why, sizeof(why));
	if (args->a[1] != SHUTDOWN_POWEROFF)
		guest_kill(v->guest, "bad shutdown reason %u: %s", args->a[1], why);
	else if (!strcmp(why, "Power down") || !why[0])
		guest_end(v->guest, END_OFF, why);
	else
		guest_end(v->guest, END_CRASHED, why);
}

/* ---- Paging ------------------------------------------------------------------------------ */

static const char *const format_name[] = {
	[FORMAT_2LEVEL] = "2level",
	[FORMAT_PAE] = "pae",
};
_Static_assert(ARRAY_LEN(format_name) == FORMAT_PAE + 1, "one name per format");

/* An initial page table tells its format: a 2-level directory begins with the identity map of
 * the first 4 MiB (flags in bits 1 and up), a PAE top level with a bare P bit and a zero word. Who
 * names another one may know better, but is told; an absent first entry tells nothing. */
static NOINLINE bool choose_format(struct vcpu *v, gpa_t top)
{
	enum guest_format want = v->guest->config->format, seen;
	u32 word[2];

	if (!guest_read(&v->guest->mem, top & PAGE_MASK, word, sizeof(word)) ||
	    !guest_read(&v->guest->mem, top & ~31u, word, sizeof(word)))
		return true; /* shadow_new_pgtable() says what is wrong */
	seen = (word[0] & 0xfffu) == PTE_P && !word[1] ? FORMAT_PAE : FORMAT_2LEVEL;
	if (want == FORMAT_AUTO)
		want = seen;
	if (want != seen && word[0] & PTE_P)
		log_line(LOG_WARN, v->guest->name,
			 "format=%s, but its first page table looks like %s: leave the key out",
			 format_name[want], format_name[seen]);
	if (want == FORMAT_PAE && shadow_format() != &pt_format_pae) {
		guest_kill(v->guest, "PAE page tables, but this CPU has no PAE: use a guest kernel "
				     "without CONFIG_X86_PAE");
		return false;
	}
	shadow_set_format(v->shadow, want == FORMAT_PAE ? &pt_format_pae : &pt_format_2level);
	log_line(LOG_DEBUG, v->guest->name, "page tables: %s",
		 shadow_guest_format(v->shadow)->name);
	return true;
}

void page_table_load(struct vcpu *v, u32 top, bool is_cr3)
{
	if (shadow_linear(v->shadow) && !choose_format(v, top))
		return;
	v->cr3 = top;
	if (is_cr3) /* PWT, PCD and what a CPU ignores (SDM vol. 3, tables 4-3 and 4-7) */
		top &= ~(shadow_guest_format(v->shadow)->top_align - 1u);
	die_if(v, shadow_new_pgtable(v->shadow, top), top, 0);
	gates_find_data(v);
}

static void hc_new_pgtable(struct vcpu *v, const struct hcall_args *args)
{
	page_table_load(v, args->a[0], false);
}

static void hc_flush_tlb(struct vcpu *v, const struct hcall_args *args)
{
	if (args->a[0])
		shadow_flush_all(v->shadow);
	else
		shadow_flush_user(v->shadow);
}

static void hc_set_pte(struct vcpu *v, const struct hcall_args *args)
{
	hypercall_set_pte(v, args->a[0], args->a[1]);
}

static void hc_set_pgd(struct vcpu *v, const struct hcall_args *args)
{
	die_if(v, shadow_set_pgd(v->shadow, args->a[0], args->a[1]), args->a[0], args->a[1]);
}

static void hc_set_pmd(struct vcpu *v, const struct hcall_args *args)
{
	die_if(v, shadow_set_pmd(v->shadow, args->a[0], args->a[1]), args->a[0], args->a[1]);
}

/* ---- CPU tables and stacks --------------------------------------------------------------- */

static void hc_load_idt_entry(struct vcpu *v, const struct hcall_args *args)
{
	gates_find_data(v);
	idt_load_entry(v, args->a[0], args->a[1], args->a[2]);
}

static void hc_load_gdt_entry(struct vcpu *v, const struct hcall_args *args)
{
	gdt_load_entry(v, args->a[0], args->a[1], args->a[2]);
}

static void hc_load_tls(struct vcpu *v, const struct hcall_args *args)
{
	gdt_load_tls(v, args->a[0]);
}

/* The pages a direct gate pushes on must be there beforehand. */
static void hc_set_stack(struct vcpu *v, const struct hcall_args *args)
{
	u32 ss = args->a[0] & 0xffffu, esp = args->a[1], pages = args->a[2], base;

	if ((ss & 3) != 1 || !segment_base(v, ss, &base)) {
		guest_kill(v->guest, "bad stack segment %#x", args->a[0]);
		return;
	}
	if (pages > STACK_PAGES_MAX) {
		guest_kill(v->guest, "bad stack pages %u", pages);
		return;
	}
	for (u32 i = 0; i < pages; i++)
		die_if(v, shadow_pin(v->shadow, base + esp - 1 - i * PAGE_SIZE), esp, pages);
	v->ss1 = ss;
	v->esp1 = esp;
	v->stack_pages = pages;
	v->state->tss.ss1 = ss;
	v->state->tss.esp1 = esp;
}

static void hc_ts(struct vcpu *v, const struct hcall_args *args)
{
	v->cr0 = args->a[0] ? v->cr0 | CR0_TS : v->cr0 & ~CR0_TS;
	fpu_enter(v);
}

/* ---- Time -------------------------------------------------------------------------------- */

/* An event storm may not starve the others: what is due earlier than this is due then. */
#define CLOCK_MIN_NS 20000u

static void hc_set_clockevent(struct vcpu *v, const struct hcall_args *args)
{
	if (args->a[0])
		timer_arm(&v->clock, now_ns() + MAX(args->a[0], CLOCK_MIN_NS));
	else
		timer_cancel(&v->clock);
}

static void hc_halt(struct vcpu *v, const struct hcall_args *args)
{
	(void)args;
	virq_halt(v);
}

const struct hcall hcalls[HC_COUNT] = {
	[HC_FLUSH_ASYNC] = {"flush_async", hc_nothing},
	[HC_LGUEST_INIT] = {"lguest_init", hc_init},
	[HC_SHUTDOWN] = {"shutdown", hc_shutdown},
	[HC_NEW_PGTABLE] = {"new_pgtable", hc_new_pgtable},
	[HC_FLUSH_TLB] = {"flush_tlb", hc_flush_tlb},
	[HC_LOAD_IDT_ENTRY] = {"load_idt_entry", hc_load_idt_entry},
	[HC_SET_STACK] = {"set_stack", hc_set_stack},
	[HC_TS] = {"ts", hc_ts},
	[HC_SET_CLOCKEVENT] = {"set_clockevent", hc_set_clockevent},
	[HC_HALT] = {"halt", hc_halt},
	[HC_SET_PMD] = {"set_pmd", hc_set_pmd},
	[HC_SET_PTE] = {"set_pte", hc_set_pte},
	[HC_SET_PGD] = {"set_pgd", hc_set_pgd},
	[HC_LOAD_TLS] = {"load_tls", hc_load_tls},
	[HC_LOAD_GDT_ENTRY] = {"load_gdt_entry", hc_load_gdt_entry},
	[HC_SEND_INTERRUPTS] = {"send_interrupts", hc_nothing},
};

const char *hypercall_name(unsigned n)
{
	return n < HC_COUNT && hcalls[n].name ? hcalls[n].name : "?";
}

void hypercall_refuse(struct vcpu *v, u32 number)
{
	if (number >= HC_COUNT || !hcalls[number].run)
		guest_kill(v->guest, "bad hypercall %u", number);
	else
		guest_kill(v->guest, "hypercall %u before INIT", number);
}

void hypercall_bad_name(struct vcpu *v, gpa_t top, gva_t va)
{
	guest_kill(v->guest, "attempt to set pte into switcher pages (%#x, %#x)", top, va);
}
