/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signals: pending bits, and handlers that run on the process's stack with its registers and FPU
 * kept there, in the shape that i386's old sigaction and sigreturn have. */
#include "guest-stubs/penguin/penguin.h"

#define USER_FLAGS 0x0cd5u /* CF PF AF ZF SF TF... of what a process may set: not TF, IF, IOPL */

/* On the user's stack, lowest address first; sigreturn finds it behind `signal`. */
struct signal_frame {
	u32 back, signal;
	struct frame regs;
	u32 blocked;
	u8 fpu[512];
};

void signal_force(u32 signal)
{
	if (current->blocked & signal_mask(signal) || !current->action[signal].handler)
		task_exit(signal);
	signal_send(current, signal);
}

static void call_handler(struct frame *f, u32 signal)
{
	const struct sigaction *a = &current->action[signal];
	u32 at = (f->esp - sizeof(struct signal_frame)) & ~15u;
	struct signal_frame *s = (struct signal_frame *)at;
	static u8 now[512] ALIGNED(16);

	if (!user_ok(at, sizeof(*s), true))
		task_exit(SIGSEGV);
	s->back = a->restorer;
	s->signal = signal;
	s->regs = *f;
	s->blocked = current->blocked;
	fpu_save(now);
	memcpy(s->fpu, now, sizeof(now));
	current->blocked |= signal_mask(signal) | a->mask;
	f->esp = at;
	f->eip = a->handler;
	f->eflags &= ~(EFLAGS_TF | 0x400u);
}

void signal_deliver(struct frame *f)
{
	u32 ready = current->pending & (~current->blocked | signal_mask(SIGKILL));
	u32 signal = (u32)__builtin_ctz(ready) + 1;

	if (ready & signal_mask(SIGKILL))
		task_exit(SIGKILL);
	current->pending &= ~signal_mask(signal);
	if (!current->action[signal].handler)
		task_exit(signal);
	call_handler(f, signal);
}

s32 signal_return(struct frame *f)
{
	/* The handler's return took `back`, the restorer took `signal`. */
	u32 at = f->esp - offsetof(struct signal_frame, regs);
	const struct signal_frame *s = (const struct signal_frame *)at;
	static u8 now[512] ALIGNED(16);
	struct frame old;

	if (!user_ok(at, sizeof(*s), false))
		task_exit(SIGSEGV);
	old = s->regs;
	memcpy(now, s->fpu, sizeof(now));
	current->blocked = s->blocked;
	fpu_load(now);
	memcpy(&f->edi, &old.edi, 8 * sizeof(u32));
	f->eip = old.eip;
	f->esp = old.esp;
	f->eflags = (old.eflags & USER_FLAGS & ~EFLAGS_TF) | EFLAGS_IF | 2;
	return (s32)old.eax;
}
