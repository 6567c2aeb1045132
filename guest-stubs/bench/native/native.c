/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bare machine under the benchmarks: descriptor tables, interrupt controller, timer, serial
 * line and the end. The selectors are those of a guest; DS keeps its privilege level of 1, which
 * ring 0 may load, so the trap code of the library is the same.
 */
#include "guest-stubs/lib/trap.h"

#define CMDLINE_MAX   255u
#define RAM_BYTES     (16u << 20)
#define FLAT_LO	      0x0000ffffu
#define FLAT_CODE_HI  0x00cf9b00u
#define FLAT_DATA_HI  0x00cf9300u
#define FLAT_DATA1_HI 0x00cfb300u /* DPL 1 */
#define TSS_HI	      0x00008900u
#define STACK_DS      (GDT_HV_DS * 8)

#define PIC_COMMAND 0x20
#define PIC_DATA    0x21
#define PIC2_DATA   0xa1
#define PIC_EOI	    0x20
#define PIT_CH0	    0x40
#define PIT_MODE    0x43
#define PIT_ONESHOT 0x30 /* channel 0, low and high byte, mode 0 */
#define PIT_NS	    838u
#define UART	    0x3f8
#define DEBUG_EXIT  0xf4

u32 native_gdt[GDT_ENTRIES][2], native_idt[256][2];
struct native_tss native_tss = {.ss0 = STACK_DS};
void native_init(const u32 *multiboot);

struct table_pointer {
	u16 limit;
	u32 base;
} __attribute__((packed));

static void load_tables(void)
{
	struct table_pointer gdt = {sizeof(native_gdt) - 1, (u32)native_gdt};
	struct table_pointer idt = {sizeof(native_idt) - 1, (u32)native_idt};
	u32 tss = (u32)&native_tss;

	gdt_set(GDT_KERNEL_CS, FLAT_LO, FLAT_CODE_HI);
	gdt_set(GDT_KERNEL_DS, FLAT_LO, FLAT_DATA1_HI);
	gdt_set(GDT_HV_DS, FLAT_LO, FLAT_DATA_HI);
	gdt_set(GDT_TSS, tss << 16 | (sizeof(native_tss) - 1),
		(tss & 0xff000000u) | TSS_HI | (tss >> 16 & 0xffu));
	__asm__ volatile("lgdt %0; lidt %1" : : "m"(gdt), "m"(idt));
	__asm__ volatile("movl %0, %%ds; movl %0, %%es; movl %1, %%ss; ljmp %2, $1f; 1:"
			 :
			 : "r"(GUEST_KERNEL_DS), "r"(STACK_DS), "i"(GDT_KERNEL_CS * 8)
			 : "memory");
	__asm__ volatile("movl %0, %%fs; movl %0, %%gs; ltr %w1" : : "r"(0), "r"(GDT_TSS * 8));
}

/* Multiboot specification 0.6.96, 3.3: bit 2 of the first word says that the fifth is valid. */
static void take_cmdline(const u32 *multiboot)
{
	const char *from = multiboot[0] & 4 ? (const char *)multiboot[4] : "";
	char *to = virt(BP_CMDLINE_GPA);
	u32 i;

	for (i = 0; i < CMDLINE_MAX && from[i]; i++)
		to[i] = from[i];
	to[i] = '\0';
}

void native_init(const u32 *multiboot)
{
	static const u8 pic[] = {0x11, LGUEST_IRQ_BASE, 4, 1, 0xfe}; /* all but line 0 masked */
	u32 i;

	*(volatile u32 *)virt(BP_RAMDISK_IMAGE) = 0;
	*(volatile u32 *)virt(BP_E820_MAP + 8) = RAM_BYTES;
	take_cmdline(multiboot);
	load_tables();
	outb(PIC_COMMAND, pic[0]);
	for (i = 1; i < sizeof(pic); i++)
		outb(PIC_DATA, pic[i]);
	outb(PIC2_DATA, 0xff);
}

void native_clock(u32 ns)
{
	u32 n = MIN(ns / PIT_NS + 1, 0xffffu);

	outb(PIT_MODE, PIT_ONESHOT);
	if (!ns)
		return;
	outb(PIT_CH0, (u8)n);
	outb(PIT_CH0, (u8)(n >> 8));
}

void native_eoi(void)
{
	outb(PIC_COMMAND, PIC_EOI);
}

void hcall_async(u32 number, u32 ebx, u32 ecx, u32 edx, u32 esi)
{
	hcall(number, ebx, ecx, edx, esi);
}

void console_write(const char *text, u32 len)
{
	while (len--)
		outb(UART, (u8)*text++);
}

void native_shutdown(const char *message)
{
	bool good = !strcmp(message, "Power down");

	if (!good)
		printf("native: %s\n", message);
	outb(DEBUG_EXIT, !good); /* status 1 or 3 of QEMU */
	for (;;)
		__asm__ volatile("cli; hlt");
}
