/* SPDX-License-Identifier: GPL-2.0-or-later */
/* B5: threads, taking turns, waiting. One CPU: with interrupts off nobody else runs. */
#ifndef THREAD_H
#define THREAD_H

#include "labs/kernel/memory.h"

enum thread_state { THREAD_FREE, THREAD_READY, THREAD_WAITING, THREAD_SLEEPING, THREAD_ENDED };

struct queue {
	struct thread *first, *last; /* last counts only when first is not NULL */
};

struct thread {
	enum thread_state state;
	const char *name;
	u32 id;
	u32 esp;	     /* while another one runs: where its registers lie */
	struct space *space; /* what it runs in */
	u32 user_esp; /* while it runs a program: the stack to go back to, and where traps begin */
	u32 wake_at;  /* of a sleeper: the tick */
	u32 ticks;    /* how many found it running */
	struct thread *next;  /* in the queue it stands in */
	struct queue joining; /* who waits for its end */
	void (*fn)(void *arg);
	void *arg;
};
extern struct thread *current;

#define THREADS	    16
#define STACK_SIZE  (2 * PAGE_SIZE)
#define SLICE_TICKS 2 /* a turn, when others want one, too */

void threads_init(void); /* who called is the first thread from now on; preemption begins */
struct thread *thread_start(const char *name, void (*fn)(void *arg),
			    void *arg); /* NULL: none free */
NORETURN void thread_exit(void);
void thread_yield(void);
void thread_sleep(u32 ticks);
void thread_join(struct thread *t); /* wait for its end, once; then it is free for another one */

/* With interrupts off: stand in a queue until woken; comes back with interrupts off. */
void wait(struct queue *q);
/* Who waits longest, NULL: nobody. For interrupt handlers, too. */
struct thread *wake_one(struct queue *q);
void wake_all(struct queue *q);

#endif
