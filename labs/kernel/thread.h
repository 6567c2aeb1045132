/* SPDX-License-Identifier: GPL-2.0-or-later */
/* B5: threads, taking turns, waiting. One CPU: with interrupts off nobody else runs. */
#ifndef THREAD_H
#define THREAD_H

#include "labs/kernel/memory.h"

enum thread_state { THREAD_FREE, THREAD_READY, THREAD_WAITING, THREAD_ENDED };

struct thread {
	enum thread_state state;
	const char *name;
	u32 id;
	u32 esp;	     /* while another one runs: where its registers lie */
	u8 *stack;	     /* its lowest byte */
	struct space *space; /* what it runs in */
	u32 user_esp;	     /* of B4: the stack that program_end() goes back to; 0: no program */
	u32 kernel_stack;    /* of B4: where traps from ring 3 begin */
	u32 wake_at;	     /* of a sleeper: the tick */
	u32 ticks;	     /* how many found it running */
	struct thread *next; /* in the queue it stands in */
	void (*fn)(void *arg);
	void *arg;
};
extern struct thread *current;

#define THREADS	    16
#define STACK_SIZE  (2 * PAGE_SIZE)
#define SLICE_TICKS 2 /* a turn, when others want one, too */

struct queue {
	struct thread *first, *last;
};

void threads_init(void); /* who called is the first thread from now on; preemption begins */
struct thread *thread_start(const char *name, void (*fn)(void *arg),
			    void *arg); /* NULL: none free */
NORETURN void thread_exit(void);
void thread_yield(void);
void thread_sleep(u32 ticks);
void thread_join(struct thread *t); /* wait for its end, once; then it is free for another one */

/* With interrupts off: stand in a queue until woken; comes back with interrupts off. */
void wait(struct queue *q);
bool wake_one(struct queue *q); /* the one who waits longest; false: nobody. May be called by
				   interrupt handlers */
void wake_all(struct queue *q);

#endif
