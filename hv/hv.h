/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The core's own header: guests, virtual CPUs, and what the files of hv/ offer each other.
 * Nothing outside hv/ includes it.
 */
#ifndef HV_HV_H
#define HV_HV_H

#include "abi/lguest.h"
#include "devices/devices.h"
#include "hv/config/config.h"
#include "lib/base.h"
#include "lib/log.h"
#include "lib/string.h"
#include "mm/host.h"
#include "mm/pager.h"
#include "switcher/switcher.h"

/* ---- Deadlines (timer.c): one queue, one one-shot host timer ------------------------------ */
struct timer {
	u64 when; /* ns of now_ns() */
	void (*fire)(struct timer *t);
	struct timer *next;
	bool armed;
};
void time_init(void);
u64 now_ns(void); /* monotonic since boot */
void wall_clock(u32 *sec, u32 *nsec);
u32 time_tsc_khz(void); /* 0: no usable TSC */
void timer_arm(struct timer *t, u64 when);
void timer_cancel(struct timer *t);
void timer_run(void);	  /* fire what is due */
void timer_program(void); /* set the host timer for the earliest deadline */

/* ---- Guests and their virtual CPUs -------------------------------------------------------- */
enum guest_state {
	GUEST_EMPTY,
	GUEST_STARTING, /* has its memory, which is being cleared, in turns with the others */
	GUEST_RUNNING,
	GUEST_PAUSED,
	GUEST_ENDED
};
enum guest_end { END_NONE, END_OFF, END_RESTART, END_CRASHED, END_KILLED };

/* Exit reasons: what brought us back from a guest. docs/ and `stats` use the same names. */
enum exit_reason {
	EXIT_HYPERCALL,
	EXIT_PAGE_FAULT,
	EXIT_WINDOW,	 /* page fault on the device window */
	EXIT_PORT,	 /* #GP: port I/O */
	EXIT_PRIVILEGED, /* #GP: other instruction emulated */
	EXIT_REFLECT,
	EXIT_SYSCALL, /* a system call that could not go direct */
	EXIT_FPU,
	EXIT_HOST_IRQ,
	EXIT_NMI,
	EXIT_OTHER,
	EXIT_REASONS
};
extern const char *const exit_reason_name[EXIT_REASONS];

struct guest_gate {
	u32 handler;
	u8 type; /* 0xe interrupt, 0xf trap, 0 = none */
	u8 dpl;
};

struct vcpu_stats {
	u64 exits[EXIT_REASONS];
	u64 hypercalls[HC_COUNT];
	u64 irqs_delivered, irqs_deferred;
	u64 run_ns;	      /* time spent in the guest */
	u64 first_user_exits; /* exits before the first ring-3 instruction; 0 = not there yet */
};

#define FPU_AREA 512 /* FXSAVE image; FNSAVE needs 108 */

struct vcpu {
	struct guest *guest;
	struct regs *regs;	  /* its register page, through the host map */
	struct state_page *state; /* its GDT, IDT, TSS, likewise */
	struct shadow *shadow;
	gpa_t data;		    /* lguest_data; valid when `initialised` */
	bool initialised;	    /* LGUEST_INIT was done */
	gva_t data_gva;		    /* where the guest kernel sees it; 0 = not known */
	u32 noirq_start, noirq_end; /* no interrupt while EIP is in [start, end) */
	gva_t kernel_base;
	u32 syscall_vector;
	u32 ring_next; /* asynchronous hypercalls: next slot */
	u32 ss1, esp1, stack_pages;
	u32 cr0, cr4;  /* the bits that are the guest's (control.c) */
	u32 cr2, cr3;  /* what a guest's mov from CR2, CR3 reads */
	u32 said;      /* notes that the log had already, by enum vcpu_note */
	u32 sti_next;  /* the instruction behind an STI that turned interrupts on ... */
	u8 sti_shadow; /* ... is still protected from them; see virq.c */
	struct guest_gate gate[256];
	bool selectors_dirty; /* GDT or segment registers changed: check before entry */
	u32 irqs;	      /* pending lines */
	bool halted;
	struct timer clock; /* SET_CLOCKEVENT */
	struct timer nudge; /* an interrupt waits that nothing else would bring in */
	u32 masked_waits;   /* how often in a row for one whose line is masked */
	pfn_t regs_frame, state_frame;
	u8 fpu[FPU_AREA + 16];
	bool fpu_valid;
	struct vcpu_stats stats;
};

struct guest {
	char name[GUEST_NAME_MAX];
	const struct guest_config *config;
	enum guest_state state;
	enum guest_end end;
	bool held;    /* it holds frames: to be reaped when it has ended */
	char why[96]; /* reason of the end, printable */
	u32 restarts;
	struct frame_owner owner;
	struct arena arena;
	struct gmem mem;
	struct vcpu *vcpu;
	struct bus *bus;
	/* scheduling */
	u32 weight;
	u64 vtime; /* ns run divided by weight; the smallest runs next */
	u64 started_ns;
	struct console *console;
	u64 final_run_ns;
};

extern struct guest guests[GUESTS_MAX];
extern u32 guest_count;
extern struct config config;

/* It ended in order to start again, when the run loop has released it. */
static inline bool guest_restarting(const struct guest *g)
{
	return g->state == GUEST_ENDED && g->held && g->end == END_RESTART;
}

static inline bool guest_alive(const struct guest *g)
{
	return (g->state != GUEST_EMPTY && g->state != GUEST_ENDED) || guest_restarting(g);
}

/* guest.c */
/* From EMPTY, or ENDED and reaped, to STARTING; or to ENDED, and what failed is logged. */
void guest_start(struct guest *g);
/* A part of a STARTING guest's start, short enough for others to wait; the last one ends in
 * RUNNING, PAUSED or ENDED. */
void guest_start_part(struct guest *g);
void guest_kill(struct guest *g, const char *fmt, ...) PRINTF(2, 3);
/* The first reason wins, but for a restart: who is to start again has not ended for good. */
void guest_end(struct guest *g, enum guest_end end, const char *why);
void guest_pause(struct guest *g);
void guest_resume(struct guest *g);
void guest_restart(struct guest *g); /* at the next safe point */
struct guest *guest_by_name(const char *name);
/* Release what an ended guest held. The run loop calls it outside of any exit. */
void guest_reap(struct guest *g);

/* run.c */
NORETURN void run_loop(void);
void run_wake(struct guest *g); /* its vcpu became runnable: it may go before the current one */
void run_yield(void);		/* end the current turn after this exit */

/* trap.c: one table indexed by vector */
void trap_dispatch(struct vcpu *v);

/* reflect.c: faults and interrupts into the guest. False: the guest was killed. */
bool push_frame(struct vcpu *v, unsigned vector, u32 error);
void reflect(struct vcpu *v, unsigned vector, u32 error);
/* Copy through the guest's own tables as its kernel would; false: *cr2 and *error say why. */
bool guest_copy_out(struct vcpu *v, gva_t va, const void *src, u32 len, gva_t *cr2, u32 *error);
bool guest_copy_in(struct vcpu *v, gva_t va, void *dst, u32 len, gva_t *cr2, u32 *error);
void reflect_page_fault(struct vcpu *v, gva_t cr2, u32 error);

/* virq.c */
void virq_raise(struct vcpu *v, unsigned line);
void virq_deliver(struct vcpu *v);   /* before every entry */
void virq_turn(struct vcpu *v);	     /* at the beginning of each turn: the clock stood still */
u32 virq_candidates(struct vcpu *v); /* pending and not blocked lines */
/* Is the line neither pending nor masked, and are the guest's interrupts on? When not, an exit
 * will come soon at which it can be asked again. */
bool virq_served(struct vcpu *v, unsigned line);
void virq_halt(struct vcpu *v); /* HC_HALT and hlt */
void virq_sti(struct vcpu *v);	/* interrupts came on, as of the instruction after the next one */
/* Before an instruction is emulated. True: an interrupt comes first, that its STI held back. */
bool virq_after_sti(struct vcpu *v);
/* A word of lguest_data, by its offset there. */
u32 data_get(struct vcpu *v, u32 offset);
void data_set(struct vcpu *v, u32 offset, u32 value);
#define DATA_GET(v, field)	  data_get((v), offsetof(struct lguest_data, field))
#define DATA_SET(v, field, value) data_set((v), offsetof(struct lguest_data, field), (value))

/* hypercall.c */
void hypercall(struct vcpu *v);
/* HC_NEW_PGTABLE, and mov to CR3, whose lowest bits are no part of the address. */
void page_table_load(struct vcpu *v, u32 top, bool is_cr3);
extern const char *hypercall_name(unsigned n);

/* segments.c, gates.c */
void gdt_init(struct vcpu *v);
void gdt_load_entry(struct vcpu *v, u32 index, u32 lo, u32 hi);
bool gdt_load_tls(struct vcpu *v, gpa_t at);
void segments_check(struct vcpu *v); /* make every selector loadable before an entry */
bool segment_base(struct vcpu *v, u32 selector, u32 *base);
bool segment_is_16bit(struct vcpu *v, u32 selector);
/* May the guest load this selector, into SS or a data segment register? 0, or the fault's vector.
 */
u8 segment_refused(const struct vcpu *v, bool is_ss, u16 selector);
void gdt_init_host(u64 *gdt); /* the entries the hypervisor itself runs with */
void idt_init(struct vcpu *v);
void idt_load_entry(struct vcpu *v, u32 vector, u32 lo, u32 hi);
void gates_find_data(struct vcpu *v); /* sets data_gva when the guest's tables tell it */
bool in_trampoline(gva_t eip);
void trampoline_finish(struct vcpu *v);
void trampoline_refused(struct vcpu *v); /* its trap came from virtual-8086 mode: the end */

/* control.c */
void control_init(struct vcpu *v);
u32 control_read(const struct vcpu *v, unsigned n);
void control_write(struct vcpu *v, unsigned n, u32 value); /* CR0: also by clts and lmsw */
void control_write_debug(struct vcpu *v, unsigned n, u32 value);

/* once.c */
enum vcpu_note { NOTE_CR0, NOTE_CR4, NOTE_DEBUG, NOTE_MMIO, NOTE_OUTSIDE, NOTES };
void vcpu_say_once(struct vcpu *v, enum vcpu_note note, const char *fmt, ...) PRINTF(3, 4);

/* instruction.c: glue between emulate/ and a vcpu */
void instruction_privileged(struct vcpu *v);
void instruction_memory(struct vcpu *v, gva_t va);
void instruction_without_fpu(struct vcpu *v); /* #NM in ring 1 where the CPU has no FPU */
void instruction_fpu_refused(struct vcpu *v); /* #NM while the guest has EM set or MP clear */

/* fpu.c */
void fpu_init(void);
void fpu_enter(struct vcpu *v);	 /* set CR0.TS right for this vcpu */
bool fpu_trap(struct vcpu *v);	 /* #NM: true = ours, handled */
void fpu_forget(struct vcpu *v); /* it is gone: nothing to save */

/* disks.c: the back-end of a module that is used as a disk, one for all its users; without a
 * module the machine's disk of this name, NULL when there is none */
struct blk_backend *disk_backend(const struct boot_module *m, const char *name);
void disks_watch(void); /* from the run loop: see after the machine's disks while they work */

/* networks.c */
void networks_init(void); /* plug the machine's cards in, as configured */
bool networks_poll(void); /* from the run loop: frames left over; true: there are more */
/* The address of a guest's card that has none by its configuration: the same at each start. */
void network_mac(const struct guest *g, u32 card, u8 mac[6]);

/* loader.c: kernel image and initrd into guest RAM; prints why on failure */
struct load_result {
	gpa_t entry;
};
MUST_CHECK enum hv_status load_guest(struct guest *g, struct load_result *out);

/* console.c: the one serial line and the screen, shared by everything */
void console_init(void);
void console_poll(void); /* take input, serve Ctrl-A, feed the focused guest */
MUST_CHECK enum hv_status console_guest_open(struct guest *g); /* buffers from g->arena */
void console_guest_close(struct guest *g); /* print the rest; safe if not open */
void console_guest_out(struct guest *g, const char *text, u32 len);
/* Of how many bytes console_guest_out() can dispose now without waiting for a slow line. */
u32 console_guest_room(const struct guest *g);
void console_write(const char *text, u32 len); /* the hypervisor's own words, "\n" lines */
bool console_set_focus(struct guest *g);       /* NULL: everybody, with prefixes */
void console_flush(void);

/* screen.c: the screen that guests with a display share */
void screen_init(const struct framebuffer_info *loader); /* when some guest is to have a display */
const char *screen_refusal(void);			 /* why a display could not be made */
void screen_started(struct guest *g);
bool screen_focus(struct guest *g); /* show its display, if it has one */
struct guest *screen_guest(void);   /* who is seen; NULL: nobody */
/* The next display, or the n-th (1..); the serial line goes with it when a guest has it. */
void screen_turn(void);
void screen_select(u32 n);
/* Turn n times, every few milliseconds. */
void screen_burst(u32 n);

/* monitor.c */
void monitor_key(char c); /* a key while the monitor has the line */
void monitor_enter(void);
bool monitor_active(void);

/* stats.c */
void stats_print(const struct guest *g, void (*line)(void *ctx, const char *text), void *ctx);

/* trace.c: ring of the last events */
enum trace_event {
	TRACE_EXIT,    /* one that no other event tells: a = vector, b = error, c = eip */
	TRACE_HCALL,   /* a = number, b, c = first arguments */
	TRACE_FAULT,   /* a = cr2, b = error, c = verdict */
	TRACE_REFLECT, /* a = vector, b = error, c = eip */
	TRACE_IRQ,     /* a = line, b = eip */
	TRACE_HOSTIRQ, /* a = vector */
	TRACE_SWITCH,  /* to this guest */
	TRACE_GUEST,   /* a = new state */
	TRACE_EVENTS
};
void trace(enum trace_event e, const struct guest *g, u32 a, u32 b, u32 c);
void trace_print(u32 last, void (*line)(void *ctx, const char *text), void *ctx);

/* symbols.c: the name and offset of a text address of ours; false: none */
bool symbol_find(u32 address, const char **name, u32 *offset);

/* hosttrap.c: exceptions and interrupts while the hypervisor runs */
struct host_frame {
	u32 edi, esi, ebp, esp_ignored, ebx, edx, ecx, eax;
	u32 vector, error, eip, cs, eflags;
};
void host_trap_init(void);

/* end.c: the verdict and the end of the machine */
enum verdict { VERDICT_OK = 0, VERDICT_GUEST_FAILED = 1, VERDICT_PANIC = 3 };
NORETURN void machine_end(enum verdict v);

#endif
