/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs run in ring 3 and come back; whatever they do, the kernel goes on. */
#include "labs/harness/harness.h"
#include "labs/kernel/trap.h"
#include "labs/kernel/user.h"

static u32 run(const char *name, u32 arg)
{
	const struct program *p = program_find(name);

	if (!p)
		panic("there is no program %s", name);
	return program_run(p, arg);
}

TEST(b4_run)
{
	u32 i, arg;

	for (i = 0; i < 3; i++) {
		arg = random_number() & 0x7f;
		check_equal("the status of greet", (arg * 7 + 3) & 0x7f, run("greet", arg));
		check_equal("the space in effect after it", (u32)&kernel_space, (u32)current_space);
		note(arg * 7 + 3);
	}
}

TEST(b4_calls)
{
	u32 arg = 0x40 | (random_number() & 0x3f), status = run("calls", arg);

	check(status == arg,
	      "the status 0x%x; less than 16 is the number of what failed in calls.c, seen 0x%x",
	      arg, status);
	note(status);
}

/* Programs that go astray one after the other, good ones in between. */
TEST(b4_killed)
{
	static const struct {
		u32 what, vector;
		const char *name;
	} bad[] = {
		{0, TRAP_DIVIDE, "a division by zero"},
		{1, TRAP_PAGE_FAULT, "a null pointer"},
		{2, TRAP_PAGE_FAULT, "a read of the kernel"},
		{3, TRAP_PAGE_FAULT, "a write to the kernel"},
		{4, TRAP_PAGE_FAULT, "a call of the kernel"},
		{5, TRAP_GP, "hlt"},
		{6, TRAP_GP, "a port"},
		{7, TRAP_GP, "a hypercall"},
		{8, TRAP_GP, "int of an interrupt line"},
		{9, 6, "an invalid instruction"},
		{10, TRAP_PAGE_FAULT, "a recursion without end"},
		{11, TRAP_PAGE_FAULT, "a stack in the kernel"},
		{12, TRAP_GP, "a segment of the kernel"},
	};
	u32 i, arg, before, word = *(u32 *)(KERNEL_BASE + MIB);

	for (i = 0; i < ARRAY_LEN(bad); i++) {
		before = frames_left();
		check_equal(bad[i].name, PROGRAM_KILLED + bad[i].vector, run("bad", bad[i].what));
		check_equal("frames that are left after it", before, frames_left());
		arg = random_number() & 0x7f;
		check_equal("the status of a good program after it", (arg * 7 + 3) & 0x7f,
			    run("greet", arg));
		note(arg);
		if (i == 0 || i == 4 || i == 9)
			part(i == 0 ? "divide" : i == 4 ? "memory" : "privileged");
	}
	check_equal("the first word of the kernel", word, *(u32 *)(KERNEL_BASE + MIB));
	part("others");
}

TEST(b4_stack)
{
	u32 kib, before = frames_left();

	for (kib = 1; kib < 60; kib += 7) {
		u32 x, want = 0;

		for (x = kib; x < 2 * kib - 1; x++)
			want += x + x % 240;
		want += x + 3;
		check_equal("what stack computed", want & 0x7f, run("stack", kib));
		note(want);
	}
	check_equal("frames that are left", before, frames_left());
}

/* A hundred programs: no frame is lost, and the kernel's stack is where it was. */
TEST(b4_many)
{
	u32 i, before = frames_left(), stack, now;

	__asm__ volatile("movl %%esp, %0" : "=r"(stack));
	for (i = 0; i < 100; i++) {
		u32 arg = random_number() & 0x7f;

		note(i % 10 == 9 ? run("bad", 0) : run("stack", 1 + arg % 8));
	}
	__asm__ volatile("movl %%esp, %0" : "=r"(now));
	check_equal("frames that are left after a hundred programs", before, frames_left());
	check_equal("the stack pointer", stack, now);
	check(interrupts_off() == EFLAGS_IF, "interrupts on");
}
