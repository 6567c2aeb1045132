/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every guest stub includes: types, hypercalls, ports, text, the end of the guest.
 * A guest is a function guest_main() that runs in ring 1 with a stack; see docs/guests.md.
 * Only abi/lguest.h is shared with the hypervisor. For every guest.
 */
#ifndef GUEST_LIB_GUEST_H
#define GUEST_LIB_GUEST_H

#include "abi/lguest.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;

#define PAGE_SIZE     4096u
#define ARRAY_LEN(a)  (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b)     ((a) < (b) ? (a) : (b))
#define NORETURN      __attribute__((noreturn))
#define PRINTF(f, va) __attribute__((format(printf, f, va)))
#define ALIGNED(n)    __attribute__((aligned(n)))

#define EFLAGS_CF   0x00000001u
#define EFLAGS_ZF   0x00000040u
#define EFLAGS_TF   0x00000100u
#define EFLAGS_IF   0x00000200u
#define EFLAGS_IOPL 0x00003000u
#define EFLAGS_NT   0x00004000u

/* The guest itself: called by entry.S once the stack and, for a guest that lives high, its
 * first page tables are there. Returning from it powers off. */
void guest_main(void);
/* Optional: called before the first hypercall, in linear mode, without any symbol's address being
 * right in a guest that lives high. */
void guest_early(void);

/* ---- Memory as entry.S and the linker script laid it out ---------------------------------- */

extern char guest_offset[];	 /* virtual minus physical address; its address is the number */
extern char guest_kernel_base[]; /* what lguest_data.kernel_address says */
/* Its address is 1 when the page tables are to be PAE ones; where nobody defines it, 0. */
extern char guest_pae[] __attribute__((weak));
extern char guest_start[], guest_text_end[], guest_end[];
extern char boot_stack[], boot_stack_top[];
extern u32 boot_directory[1024]; /* the first root; used only by guests that live high */
extern struct lguest_data lguest_data;

static inline u32 phys(const volatile void *p)
{
	return (u32)p - (u32)guest_offset;
}

static inline void *virt(u32 gpa)
{
	return (void *)(gpa + (u32)guest_offset);
}

/* A word at a bare address; keeps the compiler from reasoning about where that may point. */
static inline volatile u32 *word_at(u32 address)
{
	__asm__("" : "+r"(address));
	return (volatile u32 *)address;
}

u32 ram_bytes(void); /* from boot_params' memory map */

/* ---- Hypercalls --------------------------------------------------------------------------- */

#ifndef GUEST_NATIVE
static inline void hcall(u32 number, u32 ebx, u32 ecx, u32 edx, u32 esi)
{
	__asm__ volatile("int %0"
			 :
			 : "i"(LGUEST_TRAP), "a"(number), "b"(ebx), "c"(ecx), "d"(edx), "S"(esi)
			 : "memory");
}
#endif

/* Queue a call in the ring; made at once when the next slot is still taken. */
void hcall_async(u32 number, u32 ebx, u32 ecx, u32 edx, u32 esi);

NORETURN void power_off(void);
NORETURN void restart(void);
/* End with a message of our own: the hypervisor takes any other text for a crash. */
NORETURN void panic(const char *fmt, ...) PRINTF(1, 2);

/* ---- Virtual interrupt flag --------------------------------------------------------------- */

#ifdef GUEST_NATIVE
/* Compiled for ring 0 of a bare machine: each call is the instruction that it stands for. */
#include "guest-stubs/bench/native/native.h"
#else
static inline void irq_off(void)
{
	*(volatile u32 *)&lguest_data.irq_enabled = 0;
	__asm__ volatile("" ::: "memory");
}

static inline void irq_on(void)
{
	__asm__ volatile("" ::: "memory");
	*(volatile u32 *)&lguest_data.irq_enabled = EFLAGS_IF;
	if (*(volatile u32 *)&lguest_data.irq_pending)
		hcall(HC_SEND_INTERRUPTS, 0, 0, 0, 0);
}

static inline u32 irq_save(void)
{
	u32 flags = *(volatile u32 *)&lguest_data.irq_enabled & EFLAGS_IF;

	irq_off();
	return flags;
}

static inline void irq_restore(u32 flags)
{
	if (flags)
		irq_on();
}

/* Sleep until an interrupt; turns the virtual flag on. */
static inline void halt(void)
{
	hcall(HC_HALT, 0, 0, 0, 0);
}

/* The same for a caller with the flag off, who must not lose a wake-up between its last look and
 * the sleep: comes back with the flag off again. */
static inline void halt_off(void)
{
	halt();
	irq_off();
}
#endif

/* ---- Ports and instructions --------------------------------------------------------------- */

static inline void outb(u16 port, u8 v)
{
	__asm__ volatile("outb %0, %1" : : "a"(v), "Nd"(port));
}

static inline void outw(u16 port, u16 v)
{
	__asm__ volatile("outw %0, %1" : : "a"(v), "Nd"(port));
}

static inline void outl(u16 port, u32 v)
{
	__asm__ volatile("outl %0, %1" : : "a"(v), "Nd"(port));
}

static inline u8 inb(u16 port)
{
	u8 v;

	__asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static inline u16 inw(u16 port)
{
	u16 v;

	__asm__ volatile("inw %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static inline u32 inl(u16 port)
{
	u32 v;

	__asm__ volatile("inl %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static inline u64 rdtsc(void)
{
	u64 t;

	__asm__ volatile("rdtsc" : "=A"(t));
	return t;
}

/* ---- Text --------------------------------------------------------------------------------- */

void console_write(const char *text, u32 len);
/* Where console_write goes; NULL is the early console, which works from the first instruction. */
extern void (*console_driver)(const char *text, u32 len);
void puts(const char *text); /* no newline is added */
void printf(const char *fmt, ...) PRINTF(1, 2);
/* %c %s %d %u %x %p %%, with 0, width, - and l; always ends in NUL; returns the length written */
u32 vsnprintf(char *out, u32 size, const char *fmt, va_list va);
u32 snprintf(char *out, u32 size, const char *fmt, ...) PRINTF(3, 4);

void *memcpy(void *to, const void *from, size_t n);
void *memset(void *to, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);

/* ---- Command line ------------------------------------------------------------------------- */

const char *command_line(void);
/* The value of key=value or key="several words"; false: not there, and out is "". */
bool option(const char *key, char *out, u32 size);
u32 option_u32(const char *key, u32 otherwise); /* decimal or 0x... */
u32 parse_u32(const char *text, const char **end);

/* n / d, the quotient cut to 32 bits. */
static inline u32 div64(u64 n, u32 d, u32 *rest)
{
	u32 q, r, hi = (u32)(n >> 32) % d;

	__asm__("divl %4" : "=a"(q), "=d"(r) : "a"((u32)n), "d"(hi), "rm"(d) : "cc");
	if (rest)
		*rest = r;
	return q;
}

#endif
