/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of hv/gdb/ offer each other. Private to this room. */
#ifndef HV_GDB_PRIVATE_H
#define HV_GDB_PRIVATE_H

#include "hv/gdb/gdb.h"
#include "hv/gdb/packet.h"
#include "hv/guest/guest.h"
#include "hv/vcpu/vcpu.h"

/* Numbers of the protocol, which are those of Unix. */
enum gdb_signal {
	SIG_INT = 2,
	SIG_ILL = 4,
	SIG_TRAP = 5,
	SIG_ABRT = 6,
	SIG_FPE = 8,
	SIG_SEGV = 11,
	SIG_PWR = 32 /* gdb's: "Power fail/restart" */
};

/* ---- What is known of a guest -------------------------------------------------------------- */

/* Numbers of gdb's Z packets. */
enum point_kind { POINT_EXECUTE = 1, POINT_WRITE, POINT_READ, POINT_ACCESS };

/* What a debug register holds; kind 0: nothing. */
struct point {
	u8 kind, len;
	gva_t va;
	gva_t asked_va; /* of which it is perhaps a part */
	u32 asked_len;
};

/* `monitor stop-at`: sets by number, and what those need that look. */
struct stop_at {
	u32 exceptions; /* where one of these reaches the guest's handler */
	u32 hypercalls, irqs;
	bool window, port, user;
	bool was_user; /* it was let into ring 3 */
	bool passed;   /* the hypercall at passed_eip was stopped at */
	u32 passed_eip;
	u64 delivered; /* interrupts, when it was entered last */
};

#define STOP_NOTE 48u
struct debugged {
	bool watched;	     /* every trap of it comes to us */
	bool held;	     /* it is paused because of us */
	bool stepping;	     /* one instruction, then stop */
	bool reported;	     /* gdb has heard of this stop */
	bool armed;	     /* TF is ours while it executes one instruction, ... */
	u8 code;	     /* ... which begins with this byte, ... */
	u32 from;	     /* ... is here ... */
	u32 own_trap;	     /* ... and was to be executed with this TF */
	bool retries;	     /* its last exit was a page fault that did not move it */
	u32 breakpoints;     /* how many gdb has set */
	enum gdb_signal why; /* it stopped */
	struct stop_at at;
	struct point point[DEBUG_POINTS];
	const struct point *hit; /* why it stopped; NULL: no watchpoint */
	char note[STOP_NOTE];	 /* to be told with the stop; empty: nothing */
	bool again;		 /* it restarts, and is to wait before its first instruction */
	enum guest_end end;	 /* the end it is held back from; END_NONE: none */
	char reason[sizeof(((struct guest *)0)->why)];
};

/* ---- debugged.c ---------------------------------------------------------------------------- */

struct debugged *debugged(const struct guest *g);
void stop_guest(struct guest *g, enum gdb_signal why);

/* ---- stop.c: guests that are watched, stopped, stepped, about to end ----------------------- */

void stop_init(void);
void stop_watch(struct guest *g);
void stop_resume(struct guest *g, bool step);
void stop_clear(struct guest *g);  /* nothing stops it any more; one that stands still does */
void stop_forget(struct guest *g); /* as if it had never been watched; it goes on */
void stop_forget_all(void);	   /* the session is over */

/* ---- points.c: the debug registers --------------------------------------------------------- */

bool points_usable(void);	   /* does this machine have them? */
void points_load(struct guest *g); /* what gdb has set there: into the vcpu's */
u32 points_free(const struct guest *g);
/* One that is free, for a breakpoint, until points_load(). */
void point_borrow(struct guest *g, gva_t va);
bool point_set(struct guest *g, enum point_kind kind, gva_t va, u32 len);
void point_clear(struct guest *g, enum point_kind kind, gva_t va, u32 len);
void points_clear(struct guest *g);
const struct point *point_hit(const struct guest *g, u32 hits); /* as debug_unload() gives them */
const char *point_reason(const struct point *p);		/* in a stop reply; NULL: none */

/* ---- stop_at.c: true, the guest was stopped ------------------------------------------------ */

bool stop_at_before(struct vcpu *v); /* what it came out for is carried out */
bool stop_at_after(struct vcpu *v, const u64 exits[EXIT_REASONS]); /* as they were before */
bool stop_at_entry(struct vcpu *v);
bool stop_at_command(struct guest *g, const char *text); /* false: not understood */

/* ---- memory.c; by a guest's virtual address why_read() reads ----------------------------------
 */

bool memory_write(struct guest *g, gva_t va, const u8 *from, u32 len);
/* By guest physical address; how many bytes of it there are. */
u32 memory_read_physical(const struct guest *g, gpa_t at, void *to, u32 len);
bool memory_write_physical(struct guest *g, gpa_t at, const u8 *from, u32 len);

/* ---- breakpoints.c: those of gdb's `break` ------------------------------------------------- */

bool breakpoint_set(struct guest *g, gva_t va); /* there may be a page later only */
void breakpoint_clear(struct guest *g, gva_t va);
bool breakpoint_at(const struct guest *g, gva_t va);
void breakpoints_clear(struct guest *g);
/* It is about to be entered; `retries`: its last exit was a page fault, behind which the same
 * instruction comes again. True: it has to be left after one. */
bool breakpoints_enter(struct guest *g, bool retries);

/* ---- line.c: who is at the other end ------------------------------------------------------- */

struct session {
	bool attached; /* gdb has asked for the state */
	bool waiting;  /* it let guests run and waits to hear of a stop */
	bool no_ack;
	bool extended;		    /* `target extended-remote` */
	bool over;		    /* and it knows that what it looked at is not there any more */
	bool physical;		    /* addresses of memory are guest physical ones */
	struct timer silence, rest; /* when its silence has consequences */
	u64 heard;		    /* now_ns() of the last byte from it, or to it */
	struct guest *restarting;   /* gdb waits for it to be there again; NULL: for nobody */
	bool commanded;		    /* and does so for the end of a command, not for a stop */
	struct guest *g;	    /* the thread that it looks at; NULL: none yet */
	struct packet in;
	struct reply out;
};
extern struct session session;
extern bool gdb_on;
void gdb_poll(void);	  /* read and answer */
void session_send(void);  /* session.out */
void session_heard(void); /* its silence begins now */
/* More of the answer in session.out; true, as of answer(). */
bool say(const char *text);
/* The guest of a thread's number. */
MUST_CHECK bool take_guest(const char **at, struct guest **g);

/* ---- lives.c: ends and restarts, most of them answers to packets --------------------------- */

bool on_detach(const char *at);
bool on_kill(const char *at);
bool on_vkill(const char *at);
bool on_run(const char *at);
void life_begin(struct guest *g); /* it starts again, and stops before its first instruction */
bool life_await(struct guest *g); /* the same of one that is starting; false: it is not */
void life_over(void);		  /* of the guest that gdb looked at */

/* ---- answer.c: one packet -------------------------------------------------------------------- */

/* Make the answer to session.in; false: none is to be sent now. */
bool answer(void);
void answer_stop(const struct guest *g);     /* into session.out */
void tell_text(void *ctx, const char *text); /* send a line for gdb's user at once */

/* ---- query.c: packets that begin with q and v ------------------------------------------------ */

bool answer_query(const char *at);

#endif
