/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hypercalls: one row a number. None returns a value; an illegal one is the guest's death.
 * Before each synchronous call (but the first) the asynchronous ring is drained, so everything
 * queued takes effect in order.
 */
#include "hv/vcpu/private.h"
#include "lib/log.h"
#include "lib/string.h"
#include "lib/trace.h"
#include "lib/x86.h"
#include "mm/host.h"

struct hcall_args {
	u32 a[4]; /* EBX ECX EDX ESI */
};

typedef void hcall_fn(struct vcpu *v, const struct hcall_args *args);

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

struct ring_slot {
	u32 number;
	struct hcall_args args;
};
_Static_assert(sizeof(struct ring_slot) == sizeof(struct lguest_hcall_args), "a slot of the ring");

#define RING_STATUS(n) ((u32)offsetof(struct lguest_data, hcall_status) + (n))
#define RING_SLOT(n)   ((u32)(offsetof(struct lguest_data, hcalls) + (n) * sizeof(struct ring_slot)))

/* Nearly every slot, and its status, lies within one page of low memory: found once. */
static void ring_find(struct vcpu *v)
{
	for (u32 n = 0; n < LHCALL_RING_SIZE; n++) {
		v->ring[n].status = data_at(v, RING_STATUS(n), 1);
		v->ring[n].slot = data_at(v, RING_SLOT(n), sizeof(struct ring_slot));
	}
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
	ring_find(v);
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
static bool choose_format(struct vcpu *v, gpa_t top)
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

static void set_ptes(struct vcpu *v, const struct pte_name *name, u32 count)
{
	u32 bad = shadow_set_ptes(v->shadow, name, count);

	if (bad < count)
		guest_kill(v->guest, "attempt to set pte into switcher pages (%#x, %#x)",
			   name[bad].top, name[bad].va);
}

static void hc_set_pte(struct vcpu *v, const struct hcall_args *args)
{
	set_ptes(v, &(struct pte_name){args->a[0], args->a[1]}, 1);
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
	if (!gdt_load_tls(v, args->a[0]))
		guest_kill(v->guest, "bad read address %#x", args->a[0]);
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

static const struct hcall {
	const char *name;
	hcall_fn *run;
} hcalls[] = {
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
_Static_assert(ARRAY_LEN(hcalls) == HC_COUNT, "one row per hypercall number");

const char *hypercall_name(unsigned n)
{
	return n < HC_COUNT && hcalls[n].name ? hcalls[n].name : "?";
}

static NOINLINE COLD void refuse(struct vcpu *v, u32 number)
{
	if (number >= HC_COUNT || !hcalls[number].run)
		guest_kill(v->guest, "bad hypercall %u", number);
	else
		guest_kill(v->guest, "hypercall %u before INIT", number);
}

static inline void carry_out(struct vcpu *v, u32 number, const struct hcall_args *args)
{
	if (UNLIKELY(number >= HC_COUNT || !hcalls[number].run ||
		     (!v->initialised && number != HC_LGUEST_INIT))) {
		refuse(v, number);
		return;
	}
	v->stats.hypercalls[number]++;
	trace(TRACE_HCALL, v->guest->name, number, args->a[0], args->a[1]);
	hcalls[number].run(v, args);
}

/* How much of the ring is carried out before interrupts have their chance: a full ring of page
 * changes, but only a few calls that go through whole tables. */
#define DRAIN_BUDGET 64u
#define DRAIN_HEAVY  16u
_Static_assert(DRAIN_HEAVY <= DRAIN_BUDGET && LHCALL_RING_SIZE <= DRAIN_BUDGET,
	       "each round gets on, and a ring of page changes is one round");

/* An entry of a PAE guest's top level stands for a GiB of tables. */
static u32 drain_cost(const struct vcpu *v, u32 number)
{
	switch (number) {
	case HC_FLUSH_TLB:
	case HC_NEW_PGTABLE:
	case HC_SET_PMD: /* up to four tables are compared */
		return DRAIN_HEAVY;
	case HC_SET_PGD:
		return shadow_guest_format(v->shadow) == &pt_format_pae ? DRAIN_HEAVY : 1;
	default:
		return 1;
	}
}

/* All of lguest_data was checked at LGUEST_INIT. */
static void ring_read(struct vcpu *v, u32 n, struct ring_slot *slot)
{
	const u32 *in = v->ring[n].slot;

	if (in)
		*slot = (struct ring_slot){in[0], {{in[1], in[2], in[3], in[4]}}};
	else
		BUG_ON(!guest_read(&v->guest->mem, v->data + RING_SLOT(n), slot, sizeof(*slot)));
}

static NOINLINE u8 ring_status_slow(struct vcpu *v, u32 n)
{
	u8 status;

	BUG_ON(!guest_read(&v->guest->mem, v->data + RING_STATUS(n), &status, 1));
	return status;
}

static bool ring_is_free(struct vcpu *v, u32 n)
{
	const volatile u8 *p = v->ring[n].status;

	return (p ? *p : ring_status_slow(v, n)) == LHCALL_FREE;
}

static void ring_free(struct vcpu *v, u32 n)
{
	const u8 status = LHCALL_FREE;
	volatile u8 *p = v->ring[n].status;

	if (p)
		*p = status;
	else
		BUG_ON(!guest_write(&v->guest->mem, v->data + RING_STATUS(n), &status, 1));
}

/* The SET_PTEs at the cursor, up to `most` of them, in one go: most of a ring are these. */
static u32 drain_ptes(struct vcpu *v, u32 most)
{
	struct pte_name name[LHCALL_RING_SIZE];
	u32 n = v->ring_next, count = 0;

	do {
		const u32 *slot = v->ring[n].slot;
		volatile u8 *status = v->ring[n].status;

		if (!slot || !status || *status == LHCALL_FREE || slot[0] != HC_SET_PTE)
			break;
		name[count++] = (struct pte_name){slot[1], slot[2]};
		*status = LHCALL_FREE;
		n = (n + 1) % LHCALL_RING_SIZE;
	} while (count < most);
	v->ring_next = n;
	v->stats.hypercalls[HC_SET_PTE] += count;
	set_ptes(v, name, count);
	return count;
}

/* At most one round through the ring. The status bytes are looked at one by one: a slot that is
 * filled again behind the cursor is not seen before the next round. False: there is more, and
 * it must come before the call that is waiting. */
static bool drain_ring(struct vcpu *v)
{
	_Static_assert(DRAIN_BUDGET <= LHCALL_RING_SIZE, "so many fit drain_ptes()");
	u32 spent = 0;

	for (u32 i = 0; i < LHCALL_RING_SIZE && v->guest->state == GUEST_RUNNING; i++) {
		u32 n = v->ring_next, row;
		struct ring_slot slot;

		if (ring_is_free(v, n))
			break;
		ring_read(v, n, &slot);
		if (slot.number == HC_SET_PTE && v->ring[n].slot && spent < DRAIN_BUDGET) {
			row = drain_ptes(v, MIN(DRAIN_BUDGET - spent, LHCALL_RING_SIZE - i));
			spent += row;
			i += row - 1;
			continue;
		}
		spent += drain_cost(v, slot.number);
		if (spent > DRAIN_BUDGET)
			return false;
		v->ring_next = (n + 1) % LHCALL_RING_SIZE;
		ring_free(v, n); /* nothing of the slot is needed any more */
		carry_out(v, slot.number, &slot.args);
	}
	return true;
}

/* CD 1F: the only instruction that leads to hypercall(). */
#define INT_BYTES 2u

/* Also before LGUEST_INIT, when there is no ring yet. */
static NOINLINE void hypercall_after_ring(struct vcpu *v, u32 number, const struct hcall_args *args)
{
	if (v->initialised && !drain_ring(v)) {
		v->regs->eip -= INT_BYTES; /* the guest comes back with the same call at once */
		return;
	}
	if (v->guest->state == GUEST_RUNNING)
		carry_out(v, number, args);
}

void hypercall(struct vcpu *v)
{
	const struct regs *r = v->regs;
	struct hcall_args args = {{r->ebx, r->ecx, r->edx, r->esi}};

	if (!v->initialised || !ring_is_free(v, v->ring_next))
		hypercall_after_ring(v, r->eax, &args);
	else
		carry_out(v, r->eax, &args);
}
