/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz: does whatever comes to its mind, from a seed: hypercalls, descriptors and gates, rubbish in
 * page tables, random machine code in ring 1 and ring 3, ports and device memory. It may end in
 * any way, or never; the hypervisor and the other guests must not notice.
 *
 *   seed=N     which run; an odd one leaves out what would end it soon, code in ring 1, far
 * transfers rounds=N   steps, then it powers off
 */
#include "guest-stubs/lib/paging.h"
#include "guest-stubs/lib/pci.h"
#include "guest-stubs/lib/trap.h"
#include "guest-stubs/lib/user.h"

#define PLACE	  0x50000000u /* page tables are scribbled for addresses from here */
#define SPANS	  24u	      /* of 4 MiB, this many */
#define ROOTS	  6u
#define CODE_MAX  48u
#define STUCK	  3u /* ticks until a piece of code is taken for an endless loop */
#define HV_BASE	  (0u - LGUEST_RESERVED_TOP)
#define PTE_PLACE (PTE_P | PTE_W | PTE_U)

static u32 state, root[ROOTS], ram_pages, window;
static u8 code[PAGE_SIZE] ALIGNED(4096), scratch[2 * PAGE_SIZE] ALIGNED(4096);
static bool gentle; /* nothing that ends a run soon */
static volatile bool probing;
static u32 since;

static u32 rnd(u32 n)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return (u32)((u64)state * n >> 32);
}

/* An address that something might be at. */
static u32 address(void)
{
	switch (rnd(10)) {
	case 0:
		return HV_BASE + rnd(0x7000);
	case 1:
		return window + rnd(0x2000);
	case 2:
		return rnd(0xffffffffu);
	case 3:
		return ram_pages * PAGE_SIZE - rnd(16);
	case 4:
	case 5:
		return PLACE + (rnd(SPANS) << 22) + (rnd(4) << 12) + rnd(PAGE_SIZE);
	default:
		return (u32)scratch + rnd(sizeof(scratch));
	}
}

/* ---- Hypercalls --------------------------------------------------------------------------- */

static u32 some_root(void)
{
	return rnd(20) ? root[rnd(ROOTS)] : rnd(ram_pages) * PAGE_SIZE;
}

/* A far jump, or a call, to a place that ends with #UD should it come to it. */
static void far_transfer(u32 selector)
{
	struct {
		u32 offset;
		u16 selector;
	} __attribute__((packed)) to = {(u32)code + PAGE_SIZE - 2, (u16)selector};

	if (selector & 4)
		__asm__ volatile("ljmp *%0" : : "m"(to) : "memory");
	else
		__asm__ volatile("lcall *%0" : : "m"(to) : "memory");
}

/* A descriptor, and then often a transfer of control through it. */
static void random_descriptor(void)
{
	u32 index = rnd(32), hi = rnd(0xffffffffu);

	if (index == GDT_KERNEL_CS || index == GDT_KERNEL_DS)
		index = 6 + rnd(3);
	if (rnd(3)) /* a segment, and present */
		hi |= 0x9000;
	gdt_set(index, rnd(0xffffffffu), hi);
	if (!gentle && rnd(2))
		probe(far_transfer, index * 8 + rnd(8));
}

static void random_gate(void)
{
	u32 vector = rnd(3) ? rnd(20) : rnd(256);

	if (vector != VECTOR_PF)
		trap_set_gate(vector, rnd(2) ? GATE_TRAP : GATE_INTERRUPT, rnd(4));
}

static void random_call(void)
{
	u32 number = gentle || rnd(400) ? 0 : rnd(HC_COUNT + 1);

	switch (rnd(12)) {
	case 0:
		random_descriptor();
		break;
	case 1:
		random_gate();
		break;
	case 2:
		root_load(root[rnd(ROOTS)]);
		break;
	case 3:
		hcall_async(HC_FLUSH_TLB, rnd(2), 0, 0, 0);
		break;
	case 4:
		hcall(HC_FLUSH_TLB, rnd(2), 0, 0, 0);
		break;
	case 5:
		hcall_async(HC_SET_PTE, some_root(), address() % HV_BASE, rnd(0xffffffffu), 0);
		break;
	case 6:
		hcall(HC_SET_PGD, some_root(), rnd(1024), 0, 0);
		break;
	case 7:
		hcall(HC_LOAD_TLS, rnd(ram_pages - 1) * PAGE_SIZE + rnd(PAGE_SIZE), 0, 0, 0);
		break;
	case 8:
		hcall(HC_TS, rnd(2) * 8, 0, 0, 0);
		break;
	case 9:
		set_kernel_stack(scratch + sizeof(scratch));
		break;
	case 10: /* lguest_data; the ring's slots are a part of it */
		((volatile u8
			  *)&lguest_data)[rnd(gentle ? offsetof(struct lguest_data, hcall_status)
						     : sizeof(lguest_data))] = (u8)rnd(256);
		break;
	default:
		hcall(number, address(), address(), address(), address());
	}
}

/* ---- Page tables -------------------------------------------------------------------------- */

static void scribble(void)
{
	u32 r = root[1 + rnd(ROOTS - 1)], va = PLACE + (rnd(SPANS) << 22) + (rnd(4) << 12);
	u32 *slot = pte_slot(r, va, true);

	if (!slot)
		return;
	if (rnd(4))
		*slot = (rnd(ram_pages) << 12 | rnd(0x1000)) & ~0x80u;
	else
		*slot = (gentle || rnd(50) ? (window >> 12) + rnd(2) : rnd(0xfffff)) << 12 |
			PTE_PLACE;
	if (!gentle && !rnd(200)) /* the directory: any page may be a table */
		((u32 *)virt(r))[va >> 22] = rnd(ram_pages) << 12 | PTE_PLACE;
	if (rnd(2))
		hcall(HC_SET_PTE, r, va, *slot, 0);
	else if (rnd(2))
		hcall(HC_SET_PGD, r, va >> 22, 0, 0);
}

static void access(u32 va)
{
	u8 size = (u8)rnd(6);

	if (size == 0)
		(void)*(volatile u8 *)word_at(va);
	else if (size == 1)
		(void)*(volatile u16 *)word_at(va);
	else if (size == 2)
		(void)*word_at(va);
	else if (va - PLACE < SPANS << 22 && rnd(8))
		(void)*word_at(va); /* all RAM is there: writing it would end the fun soon */
	else if (size == 3)
		*(volatile u8 *)word_at(va) = (u8)rnd(256);
	else if (size == 4)
		*(volatile u16 *)word_at(va) = (u16)rnd(65536);
	else
		*word_at(va) = rnd(0xffffffffu);
}

/* ---- Machine code ------------------------------------------------------------------------- */

/* Bytes that lead to something: prefixes, segment loads, far jumps, ports, flags, traps. */
static const u8 spice[] = {0x0f, 0x0f, 0x01, 0x00, 0x20, 0x22, 0x06, 0x30, 0x32, 0x66, 0x67, 0xf0,
			   0xf2, 0xf3, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x8e, 0x8c, 0x07, 0x1f,
			   0x17, 0x9a, 0xea, 0xca, 0xcb, 0xcf, 0xcc, 0xcd, 0x80, 0x1f, 0xce, 0xf1,
			   0x9c, 0x9d, 0xfa, 0xfb, 0xf4, 0x6c, 0x6d, 0x6e, 0x6f, 0xe4, 0xe5, 0xe6,
			   0xe7, 0xec, 0xed, 0xee, 0xef, 0xa4, 0xa5, 0xaa, 0xab, 0xd8, 0xd9, 0xdd,
			   0x9b, 0xae, 0x63, 0x62, 0xc4, 0xc5, 0xff, 0xff, 0x8f, 0x87, 0x89, 0x8b};

static void random_code(u8 *at)
{
	u32 len = 4 + rnd(CODE_MAX - 4), i;

	for (i = 0; i < len; i++)
		at[i] = rnd(2) ? spice[rnd(sizeof(spice))] : (u8)rnd(256);
	at[len] = 0x0f; /* ud2 */
	at[len + 1] = 0x0b;
}

static void run_code(u32 at)
{
	u32 a = address(), b = address();

	__asm__ volatile("pushal; movl %1, %%edi; movl %2, %%esi; movl $5, %%ecx; call *%0; popal"
			 :
			 : "a"(at), "b"(a), "d"(b)
			 : "memory", "cc");
}

static void in_ring1(void)
{
	random_code(code);
	probe(run_code, (u32)code + rnd(3));
}

/* IRET with any flags and selectors, nine words as if for virtual-8086 mode: the last four are then
 * what is loaded into the data segment registers. */
static u32 iret_frame[9];

static void run_iret(u32 frame)
{
	__asm__ volatile("movl %0, %%esp; iretl" : : "r"(frame) : "memory");
}

static void random_iret(void)
{
	static const u16 selector[] = {0, 0x50, 0x58, 0x61, 0x69, 0x73, 0x7b, 0x80, 0x53, 0x5b};
	u32 i;

	for (i = 0; i < ARRAY_LEN(iret_frame); i++)
		iret_frame[i] = rnd(4) ? selector[rnd(ARRAY_LEN(selector))] : rnd(0x10000);
	iret_frame[0] = rnd(2) ? (u32)code + PAGE_SIZE - 2 : rnd(0x10000);
	iret_frame[2] = rnd(0x400000) & ~EFLAGS_TF;
	probe(run_iret, (u32)iret_frame);
}

static void in_ring3(void)
{
	struct frame f;
	static u8 text[CODE_MAX + 2];

	random_code(text);
	user_frame(&f, (const char *)text, (const char *)text + sizeof(text));
	f.eax = address();
	f.ebx = address();
	f.esi = address();
	f.edi = address();
	f.ecx = rnd(20);
	f.edx = rnd(65536);
	f.eflags = 2 | EFLAGS_IF | (rnd(0x8000) & 0x4dd5) | (rnd(4) ? 0 : EFLAGS_TF);
	if (!rnd(4))
		f.ds = rnd(0x110);
	probe_user(&f);
}

/* Called before every return from a trap: nobody stays in one piece of code for ever. */
static void not_for_ever(struct frame *f)
{
	if (!probing || clock_ticks - since < STUCK)
		return;
	since = clock_ticks;
	f->eip = from_user(f) ? HV_BASE - PAGE_SIZE : (u32)code + PAGE_SIZE - 2;
	if (!from_user(f))
		f->cs = GUEST_KERNEL_CS;
}

/* ---- Devices ------------------------------------------------------------------------------ */

static void devices(void)
{
	u16 port = (u16)(rnd(3) ? 0xcf8 + rnd(8) : rnd(65536));

	if (rnd(2))
		outl(0xcf8, 0x80000000u | rnd(6) << 11 | rnd(256));
	switch (rnd(6)) {
	case 0:
		outb(port, (u8)rnd(256));
		break;
	case 1:
		outw(port, (u16)rnd(65536));
		break;
	case 2:
		outl(port, rnd(0xffffffffu));
		break;
	case 3:
		inb(port);
		break;
	case 4:
		inw(port);
		break;
	default:
		inl(port);
	}
}

static void round(u32 kind)
{
	probing = true;
	since = clock_ticks;
	irq_on();
	switch (rnd(10) < 4 ? kind : rnd(6)) {
	case 0:
		random_call();
		break;
	case 1:
		scribble();
		break;
	case 2:
		probe(access, address());
		break;
	case 3:
		if (gentle)
			devices();
		else if (rnd(300))
			in_ring1();
		else
			random_iret();
		break;
	case 4:
		root_load(kernel_root); /* only there it has its pages */
		in_ring3();
		break;
	default:
		devices();
	}
	probing = false;
}

void guest_main(void)
{
	u32 seed = option_u32("seed", 1), rounds = option_u32("rounds", 2000), i;

	state = seed * 2654435761u + 1;
	gentle = seed & 1;
	ram_pages = ram_bytes() / PAGE_SIZE;
	traps_init();
	paging_init();
	root[0] = kernel_root;
	for (i = 1; i < ROOTS; i++)
		root[i] = root_new();
	if (!root[ROOTS - 1] || !user_init(kernel_root))
		panic("fuzz: too little memory");
	window = pci_read32(1, PCI_BAR0) & ~0xfu;
	code[PAGE_SIZE - 2] = 0x0f; /* ud2, where a loop is sent to */
	code[PAGE_SIZE - 1] = 0x0b;
	trap_exit = not_for_ever;
	clock_start(100);
	printf("fuzz: seed %u\n", seed);
	for (i = 0; i < rounds; i++)
		round(seed % 6);
	pci_forget();
	printf("fuzz: seed %u ends by itself\n", seed);
}
