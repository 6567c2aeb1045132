/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MOV and POP to SS: no interrupt and no step between them and the instruction behind, which loads
 * ESP as a rule (SDM vol. 3, 6.8.3). Here that one writes to a page that the hypervisor must see
 * to first.
 */
#include "guest-stubs/selftest/selftest.h"

#define FRESH(n)   (PLACE + PAGE_SIZE * (1 + (n)))
#define ATTEMPTS   20u
#define STACK_DATA (PLACE + 0x800u) /* a selector for SS, in the page of the code */

/* What loads SS: EAX is the selector, ESI leads to it in a register of a device. */
static const struct load {
	const char *what;
	u8 bytes, code[8];
} loads[] = {
	{"mov from a register", 2, {0x8e, 0xd0}},
	{"push and pop", 2, {0x16, 0x17}},
	{"mov from memory", 6, {0x8e, 0x15, 0x00, 0x08, 0x00, 0x10}},
	{"mov through an index", 7, {0x8e, 0x14, 0x25, 0x00, 0x08, 0x00, 0x10}},
	{"mov from a device", 2, {0x8e, 0x16}},
};
_Static_assert(STACK_DATA == 0x10000800u, "in the code above");

static u32 at, mark_then;
static u32 fresh;

static void note(struct frame *f)
{
	fired++;
	at = f->eip;
	mark_then = peek(fresh);
}

/* movl $value, (va) */
static u8 *emit_store(u8 *p, u32 va, u32 value)
{
	*p++ = 0xc7;
	*p++ = 0x05;
	memcpy(p, &va, sizeof(va));
	memcpy(p + sizeof(va), &value, sizeof(value));
	return p + 2 * sizeof(u32);
}

/* The flag on, SS loaded, the page written to. Returns where the write is. */
static u32 emit(const struct load *l)
{
	u8 *p = emit_store((u8 *)PLACE, (u32)&lguest_data.irq_enabled, EFLAGS_IF);
	u32 write;

	memcpy(p, l->code, l->bytes);
	write = (u32)p + l->bytes;
	p = emit_store(p + l->bytes, fresh, 1);
	*p = 0xc3; /* ret */
	return write;
}

/* -1: it came in time, before SS was loaded. */
static s32 try(const struct load *l, u32 ss, volatile u8 *cell)
{
	u32 write;

	map_page(user_root, fresh, page_alloc() | PTE_P | PTE_W);
	write = emit(l);
	alarm_fresh();
	trap_handler[LGUEST_IRQ_BASE] = note;
	alarm_in(MS);
	if (!wait_for(&lguest_data.irq_pending, EFLAGS_IF, PATIENCE))
		return 0;
	__asm__ volatile("call *%0" : : "r"(PLACE), "a"(ss), "S"(cell) : "edx", "memory");
	if (!wait_for(&fired, 1, PATIENCE))
		return 0;
	irq_off();
	return at < write ? -1 : at != write && mark_then == 1;
}

static const char *no_interrupt_behind_a_load(void)
{
	trap_fn *before = trap_handler[LGUEST_IRQ_BASE];
	u32 ss, n = 0, i, k;
	volatile u8 *cell;
	s32 good = -1;

	__asm__("movl %%ss, %0" : "=r"(ss));
	cell = device_cell16((u16)ss);
	CHECK(cell, "no console");
	map_page(user_root, PLACE, page_alloc() | PTE_P | PTE_W);
	poke(STACK_DATA, ss);
	for (i = 0; i < ARRAY_LEN(loads) && good; i++) {
		good = -1;
		for (k = 0; k < ATTEMPTS && good < 0; k++) {
			fresh = FRESH(n++);
			good = try(&loads[i], ss, cell);
		}
		CHECK(good >= 0, "an interrupt always comes too early");
	}
	trap_handler[LGUEST_IRQ_BASE] = before;
	if (!good)
		return fail("%s: %u interrupts, at %x, %x written", loads[i - 1].what, fired, at,
			    mark_then);
	return NULL;
}

static void step_over_load(u32 ss)
{
	volatile u8 *cell = device_cell16((u16)ss);

	__asm__ volatile("pushfl; orl $0x100, (%%esp); popfl\n"
			 "	movw (%0), %%ss\n"
			 "	nop\n"
			 "	.globl selftest_behind_load\n"
			 "selftest_behind_load: nop"
			 :
			 : "r"(cell)
			 : "memory", "cc");
}

extern char selftest_behind_load[];

/* A load that is carried out in software. (QEMU's TCG steps behind its own.) */
static const char *no_step_behind_a_load(void)
{
	u32 ss;

	__asm__("movl %%ss, %0" : "=r"(ss));
	CHECK(device_cell16((u16)ss), "no console");
	CHECK(probe(step_over_load, ss), "no trap");
	CHECK_EQ(probe_frame.vector, VECTOR_DEBUG, "vector");
	CHECK_EQ(probe_frame.eip, (u32)selftest_behind_load, "eip");
	return NULL;
}

const struct test stack_segment_tests[] = {
	{"no_interrupt_behind_a_load", no_interrupt_behind_a_load},
	{"no_step_behind_a_load", no_step_behind_a_load},
	{NULL, NULL},
};
