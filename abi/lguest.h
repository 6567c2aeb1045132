/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest ABI: the one header that both sides of the fence include. It is the interface of
 * Linux 4.0 to 4.13 kernels built with CONFIG_LGUEST_GUEST; docs/abi.md explains it.
 * Only numbers and layouts here, usable from C and from assembler. For every room that deals with a
 * guest's demands, and for every guest.
 */
#ifndef ABI_LGUEST_H
#define ABI_LGUEST_H

/* Hypercalls: int $LGUEST_TRAP from ring 1, number in EAX, arguments in EBX ECX EDX ESI.
 * No call returns a value; all registers are kept. */
#define LGUEST_TRAP 0x1f

#define HC_FLUSH_ASYNC	   0
#define HC_LGUEST_INIT	   1
#define HC_SHUTDOWN	   2
#define HC_NEW_PGTABLE	   4
#define HC_FLUSH_TLB	   5
#define HC_LOAD_IDT_ENTRY  6
#define HC_SET_STACK	   7
#define HC_TS		   8
#define HC_SET_CLOCKEVENT  9
#define HC_HALT		   10
#define HC_SET_PMD	   13
#define HC_SET_PTE	   14
#define HC_SET_PGD	   15
#define HC_LOAD_TLS	   16
#define HC_LOAD_GDT_ENTRY  18
#define HC_SEND_INTERRUPTS 19
#define HC_COUNT	   20

#define SHUTDOWN_POWEROFF 1
#define SHUTDOWN_RESTART  2

/* The guest's GDT: 32 entries; these are the ones with a meaning. Selector = index * 8 | RPL. */
#define GDT_ENTRIES	 32
#define GDT_TLS_MIN	 6
#define GDT_TLS_COUNT	 3
#define GDT_HV_CS	 10 /* the hypervisor's own; loads are ignored */
#define GDT_HV_DS	 11
#define GDT_KERNEL_CS	 12
#define GDT_KERNEL_DS	 13
#define GDT_USER_CS	 14
#define GDT_USER_DS	 15
#define GDT_TSS		 16 /* ignored */
#define GDT_DOUBLE_FAULT 31 /* ignored */

#define GUEST_KERNEL_CS (GDT_KERNEL_CS * 8 + 1)
#define GUEST_KERNEL_DS (GDT_KERNEL_DS * 8 + 1)
#define GUEST_USER_CS	(GDT_USER_CS * 8 + 3)
#define GUEST_USER_DS	(GDT_USER_DS * 8 + 3)

/* Interrupt lines: IRQ n arrives at vector LGUEST_IRQ_BASE + n; line 0 is the timer. */
#define LGUEST_IRQ_BASE 0x20
#define LGUEST_IRQS	16

#define LGUEST_SYSCALL_VECTOR 0x80

/* The asynchronous hypercall ring. */
#define LHCALL_RING_SIZE 64
#define LHCALL_FREE	 0xff
#define LHCALL_READY	 0x00

/* The 4 GiB address space's top belongs to the hypervisor: reserve_mem tells the guest. */
#define LGUEST_RESERVED_TOP 0x00400000

/* boot_params, the "zero page" at guest physical 0 (Documentation/x86/boot.txt). */
#define BP_E820_ENTRIES	       0x1e8
#define BP_HDR_VERSION	       0x206
#define BP_LOADER_TYPE	       0x210
#define BP_LOADFLAGS	       0x211
#define BP_RAMDISK_IMAGE       0x218
#define BP_RAMDISK_SIZE	       0x21c
#define BP_CMDLINE_PTR	       0x228
#define BP_KERNEL_ALIGN	       0x230
#define BP_SUBARCH	       0x23c
#define BP_SETUP_DATA	       0x250
#define BP_INIT_SIZE	       0x260
#define BP_E820_MAP	       0x2d0
#define BP_CMDLINE_GPA	       0x1000
#define BP_CMDLINE_MAX	       2048
#define LOADFLAG_KEEP_SEGMENTS 0x40
#define SUBARCH_LGUEST	       1

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

struct lguest_hcall_args {
	uint32_t arg[5]; /* number, then EBX ECX EDX ESI */
};

struct lguest_data {
	uint32_t irq_enabled;	     /* virtual IF: only bit 9 counts */
	uint32_t blocked_interrupts; /* bit n: IRQ n is masked */
	uint32_t cr2;		     /* written before a page fault is delivered */
	int32_t time_sec, time_nsec; /* wall clock, Unix epoch */
	uint32_t irq_pending;	     /* 0x200: call SEND_INTERRUPTS when you enable */
	uint8_t hcall_status[LHCALL_RING_SIZE];
	struct lguest_hcall_args hcalls[LHCALL_RING_SIZE];
	uint32_t reserve_mem; /* bytes at the top of the address space not to be used */
	uint32_t tsc_khz;     /* 0: the TSC cannot be used */
	uint32_t noirq_iret;  /* the one instruction where no interrupt may arrive */
	uint32_t kernel_address;
	uint32_t syscall_vec;
};

#define LG_PIN(field, at) \
	_Static_assert(offsetof(struct lguest_data, field) == (at), "lguest_data." #field)
LG_PIN(irq_enabled, 0x000);
LG_PIN(blocked_interrupts, 0x004);
LG_PIN(cr2, 0x008);
LG_PIN(time_sec, 0x00c);
LG_PIN(time_nsec, 0x010);
LG_PIN(irq_pending, 0x014);
LG_PIN(hcall_status, 0x018);
LG_PIN(hcalls, 0x058);
LG_PIN(reserve_mem, 0x558);
LG_PIN(tsc_khz, 0x55c);
LG_PIN(noirq_iret, 0x560);
LG_PIN(kernel_address, 0x564);
LG_PIN(syscall_vec, 0x568);
_Static_assert(sizeof(struct lguest_data) == 0x56c, "lguest_data size");
#undef LG_PIN

_Static_assert(LHCALL_RING_SIZE % 4 == 0, "the ring's status bytes are read by words");
_Static_assert(GDT_TLS_MIN + GDT_TLS_COUNT <= GDT_HV_CS, "TLS slots lie below all others");
_Static_assert(LGUEST_IRQ_BASE + LGUEST_IRQS <= LGUEST_SYSCALL_VECTOR, "lines below system calls");
_Static_assert(LGUEST_TRAP < LGUEST_IRQ_BASE, "no line arrives at the hypercall's vector");
_Static_assert(BP_INIT_SIZE < BP_E820_MAP && BP_E820_MAP + 20 <= BP_CMDLINE_GPA,
	       "boot_params lie in one page, below the command line");
#endif

#endif
