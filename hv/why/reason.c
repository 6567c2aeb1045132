/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What went wrong, in the words of who wrote the guest: rules over its state, the first that fits
 * speaks. They look at the CPU and the tables, not at the words of the log.
 */
#include "hv/why/private.h"
#include "lib/string.h"

/* What the rules look at. */
struct facts {
	const struct guest *g;
	struct vcpu *v;
	u32 vector; /* of the last trap */
	bool at_address;
	gva_t address; /* if at_address */
	u8 code[3];    /* at EIP; zeros where nothing is */
	u32 have;
};

bool why_address(const struct vcpu *v, gva_t *va)
{
	*va = v->cr2;
	return v->died_at_address ||
	       (v->regs->vector == VEC_PF && v->guest->end == END_KILLED && v->cr2);
}

static const char *exception_name(u32 vector)
{
	static const char *const name[] = {
		[VEC_DE] = "divide error",	   [VEC_DB] = "debug",
		[VEC_BP] = "breakpoint",	   [VEC_OF] = "overflow",
		[VEC_BR] = "bound range exceeded", [VEC_UD] = "invalid opcode",
		[VEC_NM] = "FPU not available",	   [VEC_DF] = "double fault",
		[VEC_TS] = "invalid TSS",	   [VEC_NP] = "segment not present",
		[VEC_SS] = "stack segment fault",  [VEC_GP] = "general protection fault",
		[VEC_PF] = "page fault",	   [VEC_MF] = "x87 FPU error",
		[VEC_AC] = "alignment check",	   [VEC_MC] = "machine check",
		[VEC_XM] = "SIMD FPU error",
	};

	return vector < ARRAY_LEN(name) && name[vector] ? name[vector] : NULL;
}

/* ---- Rules for a guest that died ------------------------------------------------------------ */

/* A large page on the way of the address, where it ends. */
static bool large_page(const struct facts *f)
{
	struct table_level level[TABLE_LEVELS];
	u32 n = f->at_address ? shadow_explain_guest(f->v->shadow, f->address, level) : 0;

	return n && level[n - 1].level && level[n - 1].readable &&
	       (level[n - 1].entry & (PTE_P | PTE_PS)) == (PTE_P | PTE_PS);
}

static void say_large_page(const struct facts *f, const struct why_out *o)
{
	(void)f;
	why_say(o, "The page directory's entry is a large page (bit 7, PS). Guests are offered "
		   "none: map "
		   "4 KiB pages.");
	why_say(o, "CPUID tells of the machine's PSE because it cannot be intercepted in ring 1; "
		   "it does "
		   "not count here.");
}

/* 0F 00 and 0F 01 with these fields of ModRM (SDM vol. 2, table A-6). */
static const struct {
	u8 opcode, reg;
	const char *name, *instead;
} table_loads[] = {
	{0x01, 2, "lgdt", "LOAD_GDT_ENTRY (hypercall 18) for each descriptor"},
	{0x01, 3, "lidt", "LOAD_IDT_ENTRY (hypercall 6) for each gate"},
	{0x00, 2, "lldt", "nothing: there is no LDT, use LOAD_GDT_ENTRY or LOAD_TLS"},
	{0x00, 3, "ltr", "SET_STACK (hypercall 7): a TSS is needed for its ring-1 stack alone"},
};

static const char *table_load(const struct facts *f, const char **instead)
{
	for (u32 i = 0; i < ARRAY_LEN(table_loads); i++)
		if (f->have == 3 && f->code[0] == 0x0f && f->code[1] == table_loads[i].opcode &&
		    (f->code[2] >> 3 & 7) == table_loads[i].reg) {
			*instead = table_loads[i].instead;
			return table_loads[i].name;
		}
	return NULL;
}

static bool loads_table(const struct facts *f)
{
	const char *instead;

	return f->vector == VEC_GP && table_load(f, &instead);
}

static void say_loads_table(const struct facts *f, const struct why_out *o)
{
	const char *instead, *name = table_load(f, &instead);

	why_say(o, "It executed %s, which needs ring 0; a guest kernel runs in ring 1 and uses %s.",
		name, instead);
	why_say(o, "A kernel that was written for a bare machine has to be changed for this; "
		   "docs/abi.md "
		   "lists all calls.");
}

static bool jumped_to_nothing(const struct facts *f)
{
	return f->v->regs->eip < PAGE_SIZE;
}

static void say_jumped_to_nothing(const struct facts *f, const struct why_out *o)
{
	why_say(o, "EIP is %#x: it called through a null pointer, or returned to a 0 on its stack.",
		f->v->regs->eip);
}

/* Right below the pages that SET_STACK announced; they were present, so it came from above. */
static bool stack_ran_out(const struct facts *f)
{
	gva_t bottom = f->v->esp1 - f->v->stack_pages * PAGE_SIZE;

	return f->at_address && f->v->stack_pages && bottom - 1 - f->address < PAGE_SIZE;
}

static void say_stack_ran_out(const struct facts *f, const struct why_out *o)
{
	why_say(o,
		"The kernel's stack ran out: %#x lies right below its %u pages, which end at %#x.",
		f->address, f->v->stack_pages, f->v->esp1);
	why_say(o, "Too deep a recursion, or a large array on the stack?");
}

static bool bad_hypercall(const struct facts *f)
{
	return f->vector == LGUEST_TRAP &&
	       (f->v->regs->eax >= HC_COUNT || hypercall_name(f->v->regs->eax)[0] == '?');
}

static void say_bad_hypercall(const struct facts *f, const struct why_out *o)
{
	why_say(o, "EAX was %#x at int $%#x: no hypercall has this number. The highest is %u.",
		f->v->regs->eax, LGUEST_TRAP, HC_COUNT - 1);
}

static bool before_init(const struct facts *f)
{
	return !f->v->initialised && f->vector < LGUEST_IRQ_BASE;
}

static void say_before_init(const struct facts *f, const struct why_out *o)
{
	const char *name = exception_name(f->vector);

	if (f->vector == LGUEST_TRAP) {
		why_say(o, "The first hypercall must be LGUEST_INIT (%u); it made call %u.",
			HC_LGUEST_INIT, f->v->regs->eax);
		return;
	}
	why_say(o, "%s before LGUEST_INIT, when no exception can be handled yet.",
		name ? name : "A trap");
	if (f->vector == VEC_UD)
		why_say(o, "Was it built for a newer CPU (gcc's -march=), or does the entry point "
			   "at data?");
}

static bool in_reserve(const struct facts *f)
{
	return f->at_address && f->address >= SWITCHER_BASE;
}

static void say_in_reserve(const struct facts *f, const struct why_out *o)
{
	why_say(o,
		"%#x lies in the last %u MiB of the address space, which are the hypervisor's "
		"(lguest_data.reserve_mem says how much).",
		f->address, LGUEST_RESERVED_TOP >> 20);
}

static bool without_handler(const struct facts *f)
{
	return f->vector < LGUEST_IRQ_BASE && f->vector != LGUEST_TRAP &&
	       !f->v->gate[f->vector].type && exception_name(f->vector);
}

/* SDM vol. 3, 4.7: what the access was. */
static void say_page_fault(const struct facts *f, const struct why_out *o)
{
	u32 error = f->v->regs->error;

	why_say(o, "It %s %#x%s, %s.",
		error & PF_FETCH   ? "executed"
		: error & PF_WRITE ? "wrote to"
				   : "read from",
		f->address, f->address < PAGE_SIZE ? " (a null pointer?)" : "",
		!(error & PF_PRESENT) ? "where its page tables have nothing"
		: error & PF_WRITE    ? "which its page tables do not let it write to"
				      : "which its page tables keep from it");
}

static void say_undefined(const struct facts *f, const struct why_out *o)
{
	static const u8 ud2[] = {0x0f, 0x0b};
	u8 code[sizeof(ud2)];

	if (why_read(f->v->guest, f->v->regs->eip, code, sizeof(code)) == sizeof(code) &&
	    memcmp(code, ud2, sizeof(ud2)) == 0)
		why_say(o, "UD2 is undefined on every CPU: an assertion, or the compiler's mark of "
			   "what cannot be.");
	else
		why_say(o, "The CPU does not know this instruction: built for a newer CPU, or a "
			   "jump into data?");
}

static void say_without_handler(const struct facts *f, const struct why_out *o)
{
	if (f->vector == VEC_PF)
		say_page_fault(f, o);
	if (f->vector == VEC_UD)
		say_undefined(f, o);
	why_say(o,
		"That is exception %u (%s), and the guest has no handler for it: LOAD_IDT_ENTRY "
		"(hypercall %u) sets one.",
		f->vector, exception_name(f->vector), HC_LOAD_IDT_ENTRY);
}

/* Only a page may lie in a device's window. */
static bool is_outside(const struct gmem *m, const struct table_level *at)
{
	u64 gfn = (at->entry & ~PTE_NX) >> PAGE_SHIFT;

	return at->entry & PTE_P && gfn >= m->ram_pages &&
	       (at->level || gfn > UINT32_MAX || !gmem_find(m, (gfn_t)gfn));
}

/* An entry on the way of the address that names a table, or page, where the guest has no memory. */
static bool outside(const struct facts *f, struct table_level *at)
{
	struct table_level level[TABLE_LEVELS];
	u32 n = f->at_address ? shadow_explain_guest(f->v->shadow, f->address, level) : 0;

	for (u32 i = 0; i < n; i++) {
		*at = level[i];
		if (is_outside(&f->g->mem, at))
			return true;
	}
	return false;
}

static bool table_outside(const struct facts *f)
{
	struct table_level at;

	return outside(f, &at);
}

static void say_table_outside(const struct facts *f, const struct why_out *o)
{
	struct table_level at;

	if (outside(f, &at))
		why_say(o,
			"The entry at %#llx names a %s at %#llx, but the guest's memory ends at "
			"%#llx.",
			(unsigned long long)at.at, at.level ? "table" : "page",
			(unsigned long long)(at.entry & ~0xfffull & ~PTE_NX),
			(unsigned long long)f->g->mem.ram_pages << PAGE_SHIFT);
}

/* One of the pages that SET_STACK announced is not what it was then. */
static bool stack_taken_away(const struct facts *f)
{
	return f->v->died_at_address && f->vector != LGUEST_TRAP &&
	       f->v->esp1 - 1 - f->address < f->v->stack_pages * PAGE_SIZE;
}

static void say_stack_taken_away(const struct facts *f, const struct why_out *o)
{
	why_say(o,
		"A trap from ring 3 is pushed on the kernel's stack, which SET_STACK said ends at "
		"%#x.",
		f->v->esp1);
	why_say(o, "Its page at %#x is not mapped, or not writable, any more.",
		f->address & PAGE_MASK);
}

static bool no_stack(const struct facts *f)
{
	return f->v->died_at_address && f->vector != LGUEST_TRAP;
}

static void say_no_stack(const struct facts *f, const struct why_out *o)
{
	why_say(o,
		"A trap or an interrupt had to be pushed at %#x, and by the guest's own tables no "
		"kernel could "
		"write there.",
		f->address);
	why_say(o, "Is ESP what it should be?");
}

/* ---- Rules for a guest that lives ---------------------------------------------------------- */

static bool sleeps_for_ever(const struct facts *f)
{
	return f->v->halted && !f->v->clock.armed && !virq_candidates(f->v);
}

static void say_sleeps(const struct facts *f, const struct why_out *o)
{
	why_say(o,
		"It waits in HALT, and no timer will end that: SET_CLOCKEVENT (hypercall %u) sets "
		"one. A "
		"device or a key may.",
		HC_SET_CLOCKEVENT);
	if (f->v->irqs)
		why_say(o, "Lines %#x wait, but blocked_interrupts (%#x) masks them.", f->v->irqs,
			DATA_GET(f->v, blocked_interrupts));
}

static bool never_enabled(const struct facts *f)
{
	return f->v->initialised && f->v->irqs && !f->v->stats.irqs_delivered &&
	       !(DATA_GET(f->v, irq_enabled) & EFLAGS_IF);
}

static void say_never_enabled(const struct facts *f, const struct why_out *o)
{
	why_say(o,
		"Interrupts %#x wait, and it has never taken one: lguest_data.irq_enabled is 0. "
		"Setting it "
		"to %#x enables them.",
		f->v->irqs, EFLAGS_IF);
}

struct rule {
	bool (*fits)(const struct facts *f);
	void (*say)(const struct facts *f, const struct why_out *o);
};

static const struct rule dead[] = {
	{large_page, say_large_page},
	{loads_table, say_loads_table},
	{table_outside, say_table_outside},
	{stack_ran_out, say_stack_ran_out},
	{stack_taken_away, say_stack_taken_away},
	{bad_hypercall, say_bad_hypercall},
	{jumped_to_nothing, say_jumped_to_nothing},
	{in_reserve, say_in_reserve},
	{before_init, say_before_init},
	{without_handler, say_without_handler},
	{no_stack, say_no_stack},
};

static const struct rule alive[] = {
	{sleeps_for_ever, say_sleeps},
	{never_enabled, say_never_enabled},
};

void why_reason(const struct guest *g, const struct why_out *o)
{
	struct facts f = {.g = g, .v = g->vcpu, .vector = g->vcpu->regs->vector};
	bool fell = g->end == END_KILLED && strcmp(g->why, KILLED_BY_HAND) != 0;
	const struct rule *rule = fell ? dead : alive;
	u32 n = fell ? ARRAY_LEN(dead) : ARRAY_LEN(alive);

	if (g->end == END_CRASHED)
		return;
	f.at_address = why_address(f.v, &f.address);
	f.have = why_read(g, f.v->regs->eip, f.code, sizeof(f.code));
	for (u32 i = 0; i < n; i++)
		if (rule[i].fits(&f)) {
			rule[i].say(&f, o);
			return;
		}
}
