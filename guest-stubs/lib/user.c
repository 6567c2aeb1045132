/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A page of code and a page of stack for ring 3. */
#include "guest-stubs/lib/user.h"
#include "guest-stubs/lib/paging.h"

static u32 code_page;

bool user_init(u32 root)
{
	u32 stack = page_alloc();

	code_page = page_alloc();
	return stack && code_page && map_page(root, USER_CODE, code_page | PTE_USER) &&
	       map_page(root, USER_STACK - PAGE_SIZE, stack | PTE_USER);
}

void user_frame(struct frame *f, const char *start, const char *end)
{
	memcpy(virt(code_page), start, (u32)(end - start));
	*f = (struct frame){.ds = GUEST_USER_DS,
			    .es = GUEST_USER_DS,
			    .cs = GUEST_USER_CS,
			    .ss = GUEST_USER_DS,
			    .eip = USER_CODE,
			    .esp = USER_STACK,
			    .eflags = EFLAGS_IF | 2};
}
