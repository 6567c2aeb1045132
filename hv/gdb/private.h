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
	SIG_SEGV = 11
};

/* ---- stop.c: guests that are watched, stopped, stepped, about to end ----------------------- */

struct debugged {
	bool watched;	     /* every trap of it comes to us */
	bool held;	     /* it is paused because of us */
	bool stepping;	     /* one instruction, then stop */
	bool pushes_flags;   /* the one that is stepped */
	bool reported;	     /* gdb has heard of this stop */
	enum gdb_signal why; /* it stopped */
	u32 exceptions;	     /* stop where one of these reaches the guest's handler */
	enum guest_end end;  /* the end it is held back from; END_NONE: none */
	char reason[96];
};
struct debugged *debugged(const struct guest *g);

void stop_init(void);
void stop_watch(struct guest *g);
void stop_guest(struct guest *g, enum gdb_signal why);
void stop_resume(struct guest *g, bool step);
void stop_forget(struct guest *g); /* as if it had never been watched; it goes on */

/* ---- memory.c ------------------------------------------------------------------------------ */

/* As the guest would see it without breakpoints; how many bytes of it there are. */
u32 memory_read(const struct guest *g, gva_t va, u8 *to, u32 len);
bool memory_write(struct guest *g, gva_t va, const u8 *from, u32 len);
bool breakpoint_set(struct guest *g, gva_t va); /* perhaps only once there is a page */
void breakpoints_place(struct guest *g);	/* those that wait: there may be one now */
bool breakpoint_clear(struct guest *g, gva_t va);
bool breakpoint_at(const struct guest *g, gva_t va);
void breakpoints_clear(struct guest *g);

/* ---- line.c: who is at the other end ----------------------------------------------------------
 */

struct session {
	bool attached; /* gdb has asked for the state */
	bool waiting;  /* it let guests run and waits to hear of a stop */
	bool no_ack;
	struct guest *g; /* the thread that it looks at; NULL: none yet */
	struct packet in;
	struct reply out;
};
extern struct session session;
void session_send(void); /* session.out */
/* ---- answer.c: one packet -------------------------------------------------------------------- */

/* Make the answer to session.in; false: none is to be sent now. */
bool answer(void);
void answer_stop(const struct guest *g); /* into session.out */

/* ---- query.c: packets that begin with q and v ------------------------------------------------ */

bool answer_query(const char *at);

#endif
