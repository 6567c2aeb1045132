/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mutex, condition, semaphore. There is one CPU: with interrupts off nobody comes between two
 * steps. What matters is that to look and to begin to wait are one step; else a wake-up in between
 * finds nobody and is lost.
 */
#include "labs/kernel/sync.h"

void mutex_lock(struct mutex *m)
{
	u32 flags = interrupts_off();

	if (m->owner == current)
		panic("mutex_lock: %s holds this mutex already, and would wait for itself",
		      current->name);
	if (!m->owner)
		m->owner = current;
	else
		wait(&m->waiting); /* mutex_unlock() made it ours */
	interrupts_restore(flags);
}

/* Handed to who waits longest: were it free for a moment, the one who runs might take it again and
 * again. */
void mutex_unlock(struct mutex *m)
{
	u32 flags = interrupts_off();

	if (m->owner != current)
		panic("mutex_unlock: %s does not hold this mutex, %s does", current->name,
		      m->owner ? m->owner->name : "nobody");
	m->owner = wake_one(&m->waiting);
	interrupts_restore(flags);
}

void condition_wait(struct condition *c, struct mutex *m)
{
	u32 flags = interrupts_off(); /* until we stand in the queue */

	mutex_unlock(m);
	wait(&c->waiting);
	interrupts_restore(flags);
	mutex_lock(m);
}

void condition_signal(struct condition *c)
{
	wake_one(&c->waiting);
}

void condition_broadcast(struct condition *c)
{
	wake_all(&c->waiting);
}

void semaphore_down(struct semaphore *s)
{
	u32 flags = interrupts_off();

	while (!s->count)
		wait(&s->waiting);
	s->count--;
	interrupts_restore(flags);
}

void semaphore_up(struct semaphore *s)
{
	u32 flags = interrupts_off();

	s->count++;
	wake_one(&s->waiting);
	interrupts_restore(flags);
}
