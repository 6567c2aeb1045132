/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs: an address space, a way into ring 3, a way back. */
#include "labs/kernel/thread.h"
#include "labs/kernel/trap.h"
#include "labs/kernel/user.h"

/* Segments of ring 3: base 0, 4 GiB, readable and writable (SDM vol. 3, 3.4.5). */
#define FLAT_LOW	0x0000ffffu
#define FLAT_CODE_HIGH	0x00cffb00u
#define FLAT_DATA_HIGH	0x00cff300u
#define EFLAGS_ALWAYS_1 0x2u

extern const struct program lab_programs[], lab_programs_end[]; /* kernel.ld collects them */
u32 user_enter(struct trap_frame *f, u32 *esp);			/* trap.S */
NORETURN void user_leave(u32 esp, u32 answer);

const struct program *program_find(const char *name)
{
	const struct program *p;

	for (p = lab_programs; p < lab_programs_end; p++)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

/* Of a trap in ring 3 that nobody else deals with: the program is at fault, the kernel goes on. */
static void kill_program(struct trap_frame *f)
{
	trap_explain(f);
	printf("%s: ended by the kernel\n", current->name);
	program_end(PROGRAM_KILLED + f->vector);
}

void user_init(void)
{
	hcall(HC_LOAD_GDT_ENTRY, GDT_USER_CS, FLAT_LOW, FLAT_CODE_HIGH);
	hcall(HC_LOAD_GDT_ENTRY, GDT_USER_DS, FLAT_LOW, FLAT_DATA_HIGH);
	trap_register(LGUEST_SYSCALL_VECTOR, syscall);
	trap_of_program = kill_program;
}

/* What the program finds: its image, a stack that grows, arg in EAX. */
static u32 start(const struct program *p, u32 arg)
{
	u32 size = (u32)(p->end - p->start);
	struct trap_frame f = {.eax = arg,
			       .eip = USER_START,
			       .esp = USER_STACK_TOP,
			       .eflags = EFLAGS_IF | EFLAGS_ALWAYS_1,
			       .cs = GUEST_USER_CS,
			       .ds = GUEST_USER_DS,
			       .es = GUEST_USER_DS,
			       .ss = GUEST_USER_DS};

	region_add(current_space, USER_START, USER_START + size, PTE_WRITE | PTE_USER);
	region_add(current_space, USER_STACK_TOP - USER_STACK_MAX, USER_STACK_TOP,
		   PTE_WRITE | PTE_USER);
	if (!copy_to_user(USER_START, p->start, size))
		return PROGRAM_NO_MEMORY;
	return user_enter(&f, &current->user_esp);
}

u32 program_run(const struct program *p, u32 arg)
{
	struct space s;
	u32 status;

	if (!space_new(&s))
		return PROGRAM_NO_MEMORY;
	current->space = &s;
	space_load(&s);
	status = start(p, arg);
	current->user_esp = 0;
	current->space = &kernel_space;
	space_load(&kernel_space);
	space_free(&s);
	return status;
}

void program_end(u32 status)
{
	interrupts_on();
	user_leave(current->user_esp, status);
}
