/* SPDX-License-Identifier: GPL-2.0-or-later */
/* B5: what threads agree by. All zero is the initial state of each; a semaphore's count may begin
 * elsewhere. */
#ifndef SYNC_H
#define SYNC_H

#include "labs/kernel/thread.h"

struct mutex {
	struct thread *owner; /* NULL: free */
	struct queue waiting;
};
void mutex_lock(struct mutex *m);
void mutex_unlock(struct mutex *m); /* by its owner; others get a panic that says so */

struct condition {
	struct queue waiting;
};
void condition_wait(struct condition *c,
		    struct mutex *m); /* gives m back meanwhile; look again after it */
void condition_signal(struct condition *c);
void condition_broadcast(struct condition *c);

struct semaphore {
	u32 count;
	struct queue waiting;
};
void semaphore_down(struct semaphore *s); /* wait until the count is above 0, take one */
void semaphore_up(struct semaphore *s);	  /* may be called by interrupt handlers */

#endif
