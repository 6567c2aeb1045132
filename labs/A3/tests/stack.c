/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A3: ss= and pages= for SET_STACK; then a trap of ring 3 shows where its stack is. */
#include "guest-stubs/lib/paging.h"
#include "guest-stubs/lib/trap.h"
#include "guest-stubs/lib/user.h"
#include "labs/check.h"

USER_CODE_BLOB(u_trap, "int3");

void probe_user_enter(u32 frame);

void guest_main(void)
{
	static u8 stack[2 * PAGE_SIZE] ALIGNED(4096);
	u32 top = (u32)stack + sizeof(stack);
	struct frame f, *at = (struct frame *)top - 1;

	traps_init();
	paging_init();
	if (!user_init(kernel_root))
		panic("no memory");
	user_frame(&f, u_trap_start, u_trap_end);
	hcall(HC_SET_STACK, option_u32("ss", 0), top, option_u32("pages", 1), 0);
	probe(probe_user_enter, (u32)&f);
	CHECK_ALL("stack", {"SS of ring 3, at the top of the stack", at->ss, GUEST_USER_DS},
		  {"CS", at->cs, GUEST_USER_CS}, {"vector", at->vector, VECTOR_BREAKPOINT});
	power_off();
}
