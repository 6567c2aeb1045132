/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a guest is, which state it is in, how it ends, and whose turn it is. For the rooms of hv/
 * from the console upwards. How one is made and released is the core's business (hv/start.c).
 */
#ifndef HV_GUEST_GUEST_H
#define HV_GUEST_GUEST_H

#include "hv/config/config.h"
#include "hv/time/time.h"
#include "mm/gmem.h"

struct vcpu;
struct bus;
struct console;
struct load;

enum guest_state {
	GUEST_EMPTY,
	GUEST_STARTING, /* has its memory, which is being filled, in turns with the others */
	GUEST_RUNNING,
	GUEST_PAUSED,
	GUEST_ENDED,
	GUEST_STATES
};
enum guest_end { END_NONE, END_OFF, END_RESTART, END_CRASHED, END_KILLED, GUEST_ENDS };

struct guest {
	char name[GUEST_NAME_MAX];
	const struct guest_config *config;
	enum guest_state state;
	enum guest_end end;
	bool told;     /* of its end, since it ended */
	bool held;     /* it holds frames: to be reaped when it has ended */
	char why[192]; /* reason of the end, or why it did not start; printable */
	u32 restarts;
	struct frame_owner owner;
	struct arena arena;
	struct gmem mem;
	struct vcpu *vcpu;
	struct bus *bus;
	struct console *console;
	struct load *load; /* while it starts: its images on their way; NULL: not yet */
	/* scheduling */
	u32 weight;
	u64 vtime;  /* time charged, by weight; the smallest runs next */
	u64 run_ns; /* time charged since it started */
	bool woken; /* and has not had a turn since */
	u64 started_ns;
	u64 say_held_ns; /* when it is said that a disk still has its memory; 0: none has */
};

#define KILLED_BY_HAND "by the monitor" /* a reason that says nothing about the guest */

extern struct guest guests[GUESTS_MAX];
extern u32 guest_count;
extern const char *const guest_state_name[GUEST_STATES];

/* It ended in order to start again, when the run loop has released it. */
static inline bool guest_restarting(const struct guest *g)
{
	return g->state == GUEST_ENDED && g->held && g->end == END_RESTART;
}

static inline bool guest_alive(const struct guest *g)
{
	return (g->state != GUEST_EMPTY && g->state != GUEST_ENDED) || guest_restarting(g);
}

extern u32 guest_changes; /* counts: some guest is in another state */
void guest_set_state(struct guest *g, enum guest_state s);

/* NULL: there is none of this name. */
struct guest *guest_by_name(const char *name);

/* ---- The end, and what comes close to it (life.c) ----------------------------------------- */

/* The first reason wins, but for a restart: who is to start again has not ended for good. What it
 * holds is released by the run loop, outside of any exit. */
void guest_end(struct guest *g, enum guest_end end, const char *why);
/* Somebody who may hold an end back: true, and the guest has not ended. He is asked again when he
 * ends it himself. */
void guest_end_hook(bool (*hold)(struct guest *g, enum guest_end end, const char *why));
void guest_kill(struct guest *g, const char *fmt, ...) PRINTF(2, 3) COLD;
/* Ends it, if it has not ended, and the run loop starts it again. */
void guest_restart(struct guest *g);
void guest_pause(struct guest *g);  /* does nothing unless it is running */
void guest_resume(struct guest *g); /* does nothing unless it is paused */

/* ---- Turns (turn.c) ----------------------------------------------------------------------- */

/* Guests' time by weight: vtime of a guest of weight w grows by VTIME_SCALE / w a nanosecond. */
#define VTIME_SCALE 64u /* so that weight 100 still counts single nanoseconds well */
/* Who wakes up gets the CPU at once only if it is behind by more than this: a storm of wake-ups may
 * not cut the others' time into nothing but changes. */
#define GRAIN_NS    500000u
#define GRAIN_VTIME ((u64)GRAIN_NS * VTIME_SCALE / 100u) /* of the default weight */

/* And not before the current turn has had so long. */
#define TURN_MIN_NS 100000u

/* Of a physical CPU. The run loop (hv/run.c) decides by these whose turn comes next. */
struct turns {
	struct guest *current; /* who had or has the CPU */
	struct guest *cause;   /* for whom the last interrupt or timer was; NULL: nobody known */
	union {
		struct {
			bool yield; /* the current turn is to end at its next exit */
			bool work;  /* the current guest's devices have some */
		};
		u16 asked; /* one of these two: each exit looks */
	};
	bool woken;	    /* there may be guests that are */
	u64 vtime;	    /* the smallest among those that run: where sleepers join in */
	u64 charged;	    /* all time up to here is on somebody's account */
	u64 began;	    /* the current turn */
	struct timer slice; /* ends the turn */
};
extern struct turns turns;
_Static_assert(sizeof(bool) * 2 == sizeof(((struct turns *)0)->asked), "both at one look");

/* All time since the last call was spent by g or for it; NULL: by nobody. */
void run_charge(struct guest *g);
void run_wake(struct guest *g); /* its vcpu became runnable: it may go before the current one */
void run_work(struct guest *g); /* its devices have some */
void run_yield(void);		/* end the current turn after this exit */

#endif
