/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest library on bare hardware, in ring 0: what each hypercall and each change of the
 * virtual interrupt flag is there. For guest-stubs/lib/guest.h alone, whose
 * words it uses. The tables are the native kernel's own (native.c).
 */
#ifndef GUEST_BENCH_NATIVE_H
#define GUEST_BENCH_NATIVE_H

struct native_tss {
	u32 link, esp0, ss0, unused[23]; /* SDM vol. 3, 7.2.1 */
};
_Static_assert(sizeof(struct native_tss) == 104, "TSS");

extern u32 native_gdt[GDT_ENTRIES][2], native_idt[256][2];
extern struct native_tss native_tss;

void native_clock(u32 ns); /* one interrupt after so long; 0: none */
void native_eoi(void);
NORETURN void native_shutdown(const char *message);

void *memcpy(void *to, const void *from, size_t n);

static inline void native_cr3(u32 root)
{
	__asm__ volatile("movl %0, %%cr3" : : "r"(root) : "memory");
}

static inline void native_flush(void)
{
	u32 root;

	__asm__ volatile("movl %%cr3, %0" : "=r"(root));
	native_cr3(root);
}

static inline void native_entry(u32 table[][2], u32 index, u32 lo, u32 hi)
{
	table[index][0] = lo;
	table[index][1] = hi;
}

/* Called with a constant number: what is left is one case. */
static inline void hcall(u32 number, u32 ebx, u32 ecx, u32 edx, u32 esi)
{
	(void)esi;
	switch (number) {
	case HC_SHUTDOWN:
		native_shutdown((const char *)(ebx + (u32)guest_offset));
	case HC_NEW_PGTABLE:
		native_cr3(ebx);
		break;
	case HC_FLUSH_TLB:
		native_flush();
		break;
	case HC_SET_PTE:
		__asm__ volatile("invlpg (%0)" : : "r"(ecx) : "memory");
		break;
	case HC_LOAD_IDT_ENTRY:
		native_entry(native_idt, ebx, ecx, edx);
		break;
	case HC_LOAD_GDT_ENTRY:
		native_entry(native_gdt, ebx, ecx, edx);
		break;
	case HC_LOAD_TLS:
		memcpy(native_gdt[GDT_TLS_MIN], (void *)(ebx + (u32)guest_offset),
		       GDT_TLS_COUNT * 8);
		break;
	case HC_SET_STACK:
		native_tss.esp0 = ecx;
		break;
	case HC_SET_CLOCKEVENT:
		native_clock(ebx);
		break;
	case HC_HALT:
		__asm__ volatile("sti; hlt" ::: "memory");
		break;
	default: /* SET_PGD, FLUSH_ASYNC, SEND_INTERRUPTS: nothing to do */
		break;
	}
}

static inline void irq_off(void)
{
	__asm__ volatile("cli" ::: "memory");
}

static inline void irq_on(void)
{
	__asm__ volatile("sti" ::: "memory");
}

static inline u32 irq_save(void)
{
	u32 flags;

	__asm__ volatile("pushfl; popl %0; cli" : "=r"(flags) : : "memory");
	return flags & EFLAGS_IF;
}

static inline void irq_restore(u32 flags)
{
	if (flags)
		irq_on();
}

static inline void halt(void)
{
	hcall(HC_HALT, 0, 0, 0, 0);
}

static inline void halt_off(void)
{
	halt();
	irq_off();
}

#endif
