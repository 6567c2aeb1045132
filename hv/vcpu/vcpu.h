/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's CPU, as the rooms above see it: its state, what makes it go, and the counts of what
 * it did. For hv/ and hv/monitor/; the files of this room share hv/vcpu/private.h.
 */
#ifndef HV_VCPU_VCPU_H
#define HV_VCPU_VCPU_H

#include "abi/lguest.h"
#include "hv/time/time.h"
#include "lib/x86.h"
#include "mm/pager.h"
#include "switcher/switcher.h"

struct guest;
struct emu_cache;

/* Exit reasons: what brought us back from a guest. docs/ and `stats` use the same names. */
enum exit_reason {
	EXIT_HYPERCALL,
	EXIT_PAGE_FAULT,
	EXIT_WINDOW,	 /* page fault on the device window */
	EXIT_PORT,	 /* #GP: port I/O */
	EXIT_PRIVILEGED, /* #GP: other instruction emulated */
	EXIT_REFLECT,	 /* nothing but the guest's own fault or trap, handed on */
	EXIT_SYSCALL,	 /* a system call that could not go direct */
	EXIT_FPU,
	EXIT_HOST_IRQ,
	EXIT_NMI,
	EXIT_OTHER,
	EXIT_REASONS
};
extern const char *const exit_reason_name[EXIT_REASONS];
/* "?": there is no such call. */
const char *hypercall_name(unsigned n);

struct guest_gate {
	u32 handler;
	u8 type; /* 0xe interrupt, 0xf trap, 0 = none */
	u8 dpl;
};

#define CHECK_DATA   1u /* the GDT has changed */
#define CHECK_WATCH  4u /* a debugger wants to be asked: he has put himself before it */
#define CHECK_RETURN 2u /* CS, EIP or SS were set by us, or the GDT has changed */

/* The page of a device window that the present exit is about, and what the guest's tables were
 * found to allow there. */
struct seen_window {
	gva_t va; /* NO_WINDOW: none */
	gpa_t gpa;
	u32 access;
};
#define NO_WINDOW 1u /* no page */

/* Where a slot of the asynchronous ring lies, NULL where that is not in one low page. */
struct ring_place {
	volatile u8 *status;
	const u32 *slot;
};

struct vcpu_stats {
	u64 exits[EXIT_REASONS];
	u64 exit_ns[EXIT_REASONS]; /* since vcpu_time_exits() */
	u64 hypercalls[HC_COUNT];
	u64 irqs_delivered, irqs_deferred;
	u64 first_user_exits; /* exits before the first ring-3 instruction; 0 = not there yet */
};

#define DEBUG_POINTS 4u	 /* of a CPU (SDM vol. 3, 17.2.1) */
#define FPU_AREA     512 /* FXSAVE image; FNSAVE needs 108 */

struct vcpu {
	struct guest *guest;
	struct regs *regs;	  /* its register page, through the host map */
	struct state_page *state; /* its GDT, IDT, TSS, likewise */
	struct shadow *shadow;
	const u32 *cr3_shadow;	    /* what CR3 must hold while it runs */
	gpa_t data;		    /* lguest_data; valid when `initialised` */
	bool initialised;	    /* LGUEST_INIT was done */
	u8 *data_page[2];	    /* the pages it lies on, where the host map reaches them */
	volatile u32 *data_head;    /* its first words, where they are in one such page */
	gva_t data_gva;		    /* where the guest kernel sees it; 0 = not known */
	u32 noirq_start, noirq_end; /* no interrupt while EIP is in [start, end) */
	gva_t kernel_base;
	u32 syscall_vector;
	u32 ring_next; /* asynchronous hypercalls: next slot */
	struct ring_place ring[LHCALL_RING_SIZE];
	/* From each on so many lie one behind the other, and their status bytes too. */
	u8 ring_row[LHCALL_RING_SIZE];
	u32 ss1, esp1, stack_pages;
	u32 cr0, cr4;  /* the bits that are the guest's (control.c) */
	u32 cr2, cr3;  /* what a guest's mov from CR2, CR3 reads */
	u32 said;      /* notes that the log had already, by enum vcpu_note */
	u32 sti_next;  /* the instruction behind an STI that turned interrupts on ... */
	u8 sti_shadow; /* ... is still protected from them; see virq.c */
	u32 faulted;   /* the last instruction that had to wait for us, and goes on now */
	struct guest_gate gate[VECTORS];
	u32 selectors_dirty; /* what is to be checked before entry: CHECK_ */
	struct {
		u32 cs, ss, limit; /* an IRET goes through with these, and EIP up to the limit */
		u32 data[4];	   /* DS, ES, FS, GS were loadable like this */
		u32 entries;	   /* bits of what these name, if not of more */
	} checked;
	u64 tls_raw[GDT_TLS_COUNT]; /* as LOAD_TLS gave them last */
	bool seen_user;		    /* it has executed an instruction of ring 3 */
	struct seen_window seen_window;
	struct emu_cache *decoded; /* its accesses to devices */
	u32 irqs;		   /* pending lines */
	bool halted;
	struct timer clock; /* SET_CLOCKEVENT */
	struct timer nudge; /* an interrupt waits that nothing else would bring in */
	u32 masked_waits;   /* how often in a row for one whose line is masked */
	pfn_t regs_frame, state_frame;
	u8 fpu[FPU_AREA + 16];
	bool fpu_valid;
	void (*dispatch)(struct vcpu *v); /* who gets its traps: `usual`, or a debugger */
	void (*usual)(struct vcpu *v);	  /* trap_dispatch, or who measures them */
	bool timed;			  /* its exits are measured */
	bool watched;			  /* by a debugger: no gate leads straight into the guest */
	void (*check)(struct vcpu *v);	  /* selectors_dirty: segments_check, or a debugger's */
	u32 dr[DEBUG_POINTS], dr7;	  /* the debug registers while it runs; 0: it needs none */
	bool died_at_address;		  /* cr2 is what it was killed for */
	struct vcpu_stats stats;
};

/* ---- trap.c: one table indexed by vector -------------------------------------------------- */

void trap_dispatch(struct vcpu *v);
/* From now on every trap of the guest goes to `dispatch`, which may pass it on to v->usual, and
 * what is to be checked before an entry to `check`, which has to call segments_check(). NULL: as
 * before. Both take the place of a call that is made anyway, so nobody else is asked anything. */
void vcpu_watch(struct vcpu *v, void (*dispatch)(struct vcpu *v), void (*check)(struct vcpu *v));

/* ---- timing.c ----------------------------------------------------------------------------- */

/* Measure how long its exits take, from now on or no more. Each of them takes longer then. */
void vcpu_time_exits(struct vcpu *v, bool on);

/* ---- debug.c: the debug registers, for who watches ------------------------------------------ */

bool debug_usable(void); /* does this CPU have them? Some emulators do not */
void debug_load(
	struct vcpu *v); /* what it has in dr and dr7, if anything: right before its entry */
u32 debug_unload(void);	 /* a bit for each point that was met since, DR0's first */

/* ---- virq.c ------------------------------------------------------------------------------- */

void virq_raise(struct vcpu *v, unsigned line);
void virq_deliver(struct vcpu *v);   /* before every entry */
void virq_hold(struct vcpu *v);	     /* no interrupt before the next instruction is done */
void virq_turn(struct vcpu *v);	     /* at the beginning of each turn: the clock stood still */
u32 virq_candidates(struct vcpu *v); /* pending and not blocked lines */
/* Is the line neither pending nor masked, and are the guest's interrupts on? When not, an exit
 * will come soon at which it can be asked again. */
bool virq_served(struct vcpu *v, unsigned line);

/* ---- data.c: the page shared with the guest ----------------------------------------------- */

/* The page is known now: it stays where it is. */
void data_find_pages(struct vcpu *v);
u32 data_get_slow(struct vcpu *v, u32 offset);
void data_set_slow(struct vcpu *v, u32 offset, u32 value);
/* `len` bytes of lguest_data, NULL when they are not in one page that the host map reaches, or
 * nothing of it is known. */
static inline void *data_at(const struct vcpu *v, u32 offset, u32 len)
{
	u32 at = (v->data & ~PAGE_MASK) + offset; /* of a KiB and a half: below 2 pages */
	u8 *page = v->data_page[at >> PAGE_SHIFT];

	at &= ~PAGE_MASK;
	return page && at <= PAGE_SIZE - len ? page + at : NULL;
}

#define DATA_HEAD ((u32)offsetof(struct lguest_data, hcall_status)) /* all that exits need */

/* A word of lguest_data, by its offset there; only once it is known (`initialised`). */
static inline u32 data_get(struct vcpu *v, u32 offset)
{
	const volatile u32 *p = v->data_head;

	return p && offset < DATA_HEAD ? p[offset / 4] : data_get_slow(v, offset);
}

static inline void data_set(struct vcpu *v, u32 offset, u32 value)
{
	volatile u32 *p = v->data_head;

	if (p && offset < DATA_HEAD)
		p[offset / 4] = value;
	else
		data_set_slow(v, offset, value);
}
#define DATA_GET(v, field)	  data_get((v), offsetof(struct lguest_data, field))
#define DATA_SET(v, field, value) data_set((v), offsetof(struct lguest_data, field), (value))

/* ---- segments.c, gates.c ------------------------------------------------------------------ */

void gdt_init(struct vcpu *v);
void idt_init(struct vcpu *v);
gva_t vcpu_code(const struct vcpu *v); /* where its next instruction lies, CS's base with it */
void segments_check(struct vcpu *v);   /* make every selector loadable before an entry */
void gdt_init_host(u64 *gdt);	       /* the entries the hypervisor itself runs with */

/* ---- ring.c ------------------------------------------------------------------------------- */

u32 hypercalls_queued(struct vcpu *v); /* in the asynchronous ring: a bit for each number */

/* ---- control.c ---------------------------------------------------------------------------- */

void control_init(struct vcpu *v);
u32 control_read(const struct vcpu *v, unsigned n);
/* As a debugger does. False: it cannot be, CR3 before the guest has tables, or to where none can
 * be. */
bool control_set(struct vcpu *v, unsigned n, u32 value);

/* ---- fpu.c -------------------------------------------------------------------------------- */

void fpu_init(void);
/* Set CR0.TS right for this vcpu: at the beginning of a turn, and when its CR0 changes. */
void fpu_enter(struct vcpu *v);
void fpu_forget(struct vcpu *v); /* it is gone: nothing to save */
/* What FXSAVE stores (SDM vol. 1, table 10-2). */
struct fx_image {
	u16 fcw, fsw;
	u8 ftw, reserved; /* a bit a register: 1, it is not empty */
	u16 fop;
	u32 fip;
	u16 fcs, reserved2;
	u32 fdp;
	u16 fds, reserved3;
	u32 mxcsr, mxcsr_mask;
	u8 st[8][16], xmm[8][16], more[224];
};
_Static_assert(sizeof(struct fx_image) == FPU_AREA && offsetof(struct fx_image, xmm) == 160,
	       "SDM vol. 1, 10.5.1");

/* Its image as of now; NULL: it has not used the FPU, or the CPU has no FXSAVE. */
const struct fx_image *vcpu_fpu_image(struct vcpu *v);
/* Put n bytes at offset `at` of it; it is begun for a guest that has none. False: no FXSAVE here.
 */
bool vcpu_fpu_put(struct vcpu *v, u32 at, const void *from, u32 n);

#endif
