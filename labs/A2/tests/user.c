/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A2: the frames of traps that ring 3 makes. */
#include "guest-stubs/lib/user.h"
#include "guest-stubs/lib/paging.h"
#include "guest-stubs/lib/trap.h"
#include "labs/check.h"

#define NOWHERE 0x7ffff123u

USER_CODE_BLOB(u_divide, "xorl %edx, %edx; xorl %ebx, %ebx; divl %ebx");
USER_CODE_BLOB(u_write, "movl %eax, (%ebx); ud2");
USER_CODE_BLOB(u_port, "inb $0x80, %al");

void probe_user_enter(u32 frame);

static void in_ring3(const char *name, const struct frame *f, u32 vector, u32 error, u32 eip)
{
	CHECK_ALL(name, {"vector", f->vector, vector}, {"error code", f->error, error},
		  {"EIP", f->eip, USER_CODE + eip}, {"CS", f->cs, GUEST_USER_CS},
		  {"ESP", f->esp, USER_STACK}, {"SS", f->ss, GUEST_USER_DS},
		  {"IF in EFLAGS", f->eflags & EFLAGS_IF, EFLAGS_IF});
}

void guest_main(void)
{
	static u8 stack[2 * PAGE_SIZE] ALIGNED(4096);
	struct frame f, *at = (struct frame *)(stack + sizeof(stack) - 8) - 1;

	traps_init();
	paging_init();
	if (!user_init(kernel_root))
		panic("no memory");
	RUN_USER(f, u_divide, 0);
	in_ring3("divide", &f, VECTOR_DIVIDE, 0, 4);
	RUN_USER(f, u_write, NOWHERE);
	in_ring3("page-fault", &f, VECTOR_PF, PF_USER | PF_WRITE, 0);

	/* A stack of our own, which need not end with a page. */
	user_frame(&f, u_port_start, u_port_end);
	set_kernel_stack(stack + sizeof(stack) - 8);
	probe(probe_user_enter, (u32)&f);
	CHECK_ALL("place", {"SS below the top of the stack", at->ss, GUEST_USER_DS},
		  {"ESP", at->esp, USER_STACK}, {"vector", at->vector, VECTOR_GP});
	power_off();
}
