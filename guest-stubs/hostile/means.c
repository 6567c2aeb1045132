/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the attacks share: accesses and code under a probe, and a handler that keeps the frame. */
#include "guest-stubs/hostile/hostile.h"
#include "guest-stubs/lib/pci.h"

struct frame seen;

static u8 code_buffer[PAGE_SIZE] ALIGNED(4096);

void read_at(u32 va)
{
	(void)*word_at(va);
}

void write_at(u32 va)
{
	*word_at(va) = 0x600df00d;
}

void call_at(u32 va)
{
	__asm__ volatile("pushal; call *%0; popal" : : "a"(va) : "memory", "cc");
}

#define CR0_WP 0x00010000u

void set_write_protection(bool on)
{
	u32 cr0;

	__asm__ volatile("movl %%cr0, %0" : "=r"(cr0));
	cr0 = on ? cr0 | CR0_WP : cr0 & ~CR0_WP;
	__asm__ volatile("movl %0, %%cr0" : : "r"(cr0) : "memory");
}

bool run_bytes(const void *code, u32 len)
{
	memcpy(code_buffer, code, len);
	code_buffer[len] = 0xc3; /* ret */
	return probe(call_at, (u32)code_buffer);
}

bool trapped(u32 vector)
{
	return probe_frame.vector == vector;
}

bool refused_in_user(struct frame *f)
{
	probe_user(f);
	return from_user(f) && (f->vector == VECTOR_GP || f->vector == VECTOR_INVALID ||
				f->vector == VECTOR_SEGMENT);
}

u32 window(void)
{
	return pci_read32(1, PCI_BAR0) & ~0xfu;
}

void note(struct frame *f)
{
	memcpy(&seen, f, from_user(f) ? sizeof(*f) : offsetof(struct frame, esp));
	__asm__ volatile("movl %%cs, %0" : "=r"(seen.error));
}
