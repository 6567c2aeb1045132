/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every file of the teaching kernel includes: types, hypercalls, the interrupt flag, text, the
 * end. Only abi/lguest.h is shared with the hypervisor; docs/abi.md explains it.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include "abi/lguest.h"
#include "labs/kernel/types.h"

#include <stdarg.h>

#define PAGE_SIZE 4096u
#define MIB	  (1024u * 1024u)
#define NORETURN  __attribute__((noreturn))
#define NOINLINE  __attribute__((noinline))

/* The kernel sees all RAM from here on: virtual address = KERNEL_BASE + physical address. */
#define KERNEL_BASE 0xc0000000u

static inline u32 phys(const volatile void *p)
{
	return (u32)p - KERNEL_BASE;
}

static inline void *virt(u32 pa)
{
	return (void *)(pa + KERNEL_BASE);
}

extern char kernel_text_end[], kernel_end[]; /* kernel.ld */
extern struct lguest_data lguest_data;	     /* entry.S: what we and the hypervisor share */

static inline void hcall(u32 number, u32 ebx, u32 ecx, u32 edx)
{
	__asm__ volatile("int %0"
			 :
			 : "i"(LGUEST_TRAP), "a"(number), "b"(ebx), "c"(ecx), "d"(edx), "S"(0)
			 : "memory");
}

/* ---- The virtual interrupt flag: a word in memory, since ring 1 may not clear the real one --- */
#define EFLAGS_IF 0x200u

static inline u32 interrupts_off(void) /* gives what it was, for interrupts_restore() */
{
	u32 was = *(volatile u32 *)&lguest_data.irq_enabled & EFLAGS_IF;

	*(volatile u32 *)&lguest_data.irq_enabled = 0;
	__asm__ volatile("" ::: "memory");
	return was;
}

static inline void interrupts_on(void)
{
	__asm__ volatile("" ::: "memory");
	*(volatile u32 *)&lguest_data.irq_enabled = EFLAGS_IF;
	if (*(volatile u32 *)&lguest_data.irq_pending) /* one waits: take it now */
		hcall(HC_SEND_INTERRUPTS, 0, 0, 0);
}

static inline void interrupts_restore(u32 was)
{
	if (was)
		interrupts_on();
}

/* ---- Text (print.c, string.c, cmdline.c) ----------------------------------------------------- */
void puts(const char *text);			/* no newline is added */
void printf(const char *fmt, ...) PRINTF(1, 2); /* %c %s %d %u %x %p %%, with 0 and a width */
u32 format(char *out, u32 size, const char *fmt, ...) PRINTF(3, 4);
u32 vformat(char *out, u32 size, const char *fmt, va_list va);

/* The value of key=value on the command line, false when there is none. */
bool option(const char *key, char *out, u32 size);
u32 option_number(const char *key, u32 otherwise); /* decimal or 0x... */

/* ---- The end (end.c) ------------------------------------------------------------------------- */
NORETURN void power_off(void);
NORETURN void panic(const char *fmt, ...)
	PRINTF(1, 2); /* says why and who called; ends the guest */

/* How far this boot went, main.c: 1 the console, 2 traps, ... 7 the network (labs B1 to B7). */
extern u32 lab;

#endif
