/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A2: interrupts of the timer, and of the entropy device, with the virtual flag off and on, the
 * line blocked, behind HALT and STI, and at the IRET of a handler. */
#include "guest-stubs/lib/paging.h"
#include "guest-stubs/lib/trap.h"
#include "guest-stubs/lib/virtio.h"
#include "labs/check.h"

#define SOON  100000u  /* ns */
#define LONG  1000000u /* instructions of waiting, at a nanosecond each */
#define STORM 4000000u /* the same, of interrupts at moments that nobody chose */
#define OFTEN 20000u   /* ns: the least delay there is */

static volatile u32 fired, cs_in_frame, if_in_handler, at_iret;
static volatile u32 order[2], lines;

static void on_timer(struct frame *f)
{
	fired++;
	cs_in_frame = f->cs;
	if_in_handler = lguest_data.irq_enabled & EFLAGS_IF;
	if (lines < 2)
		order[lines++] = 0;
}

static void wait_for(u32 instructions)
{
	u64 until = rdtsc() + instructions;

	while (rdtsc() < until)
		;
}

static void set_timer(u32 ns)
{
	fired = 0;
	hcall(HC_SET_CLOCKEVENT, ns, 0, 0, 0);
}

static void flag_and_mask(void)
{
	set_timer(SOON);
	wait_for(LONG);
	check_eq("waits", fired, 0);
	check_eq("says-so", *(volatile u32 *)&lguest_data.irq_pending, EFLAGS_IF);
	irq_on();
	wait_for(LONG);
	CHECK_ALL("comes", {"interrupts", fired, 1},
		  {"CS in the frame", cs_in_frame, GUEST_KERNEL_CS},
		  {"IF in the handler", if_in_handler, 0},
		  {"irq_pending", *(volatile u32 *)&lguest_data.irq_pending, 0});
	irq_mask(0);
	set_timer(SOON);
	wait_for(LONG);
	if (fired)
		check_eq("masked", fired, 0);
	irq_unmask(0);
	wait_for(LONG);
	check_eq("masked", fired, 1);
}

/* A guest turns interrupts on by a store, and tells nobody; or by HALT; or by STI. */
static void ways_on(void)
{
	u32 behind;

	irq_off();
	set_timer(SOON);
	wait_for(LONG);
	*(volatile u32 *)&lguest_data.irq_enabled = EFLAGS_IF;
	wait_for(LONG);
	check_eq("untold", fired, 1);

	irq_off();
	set_timer(SOON);
	halt();
	CHECK_ALL("halt", {"interrupts behind HALT", fired, 1},
		  {"IF behind HALT", lguest_data.irq_enabled & EFLAGS_IF, EFLAGS_IF});

	irq_off();
	set_timer(SOON);
	wait_for(LONG);
	__asm__ volatile("sti; movl %1, %0" : "=r"(behind) : "m"(fired) : "memory");
	wait_for(LONG);
	CHECK_ALL("behind-sti", {"interrupts before the instruction behind STI", behind, 0},
		  {"interrupts in the end", fired, 1});
}

/* A line whose gate is not present is forgotten. */
static void no_gate(void)
{
	irq_off();
	hcall(HC_LOAD_IDT_ENTRY, LGUEST_IRQ_BASE, 0, 0, 0);
	set_timer(SOON);
	wait_for(LONG);
	irq_on();
	wait_for(LONG);
	irq_off();
	trap_set_gate(LGUEST_IRQ_BASE, GATE_INTERRUPT, 0);
	irq_on();
	wait_for(LONG);
	check_eq("no-gate", fired, 0);
}

static void on_device(void)
{
	if (lines < 2)
		order[lines++] = 1;
}

/* Two lines wait: the lower one comes first, and the other is not lost. */
static void in_order(void)
{
	static struct virtio dev;
	static struct virtq q;
	static u8 data[16];
	struct virtio_buffer b = {data, sizeof(data)};

	if (!virtio_open(&dev, VIRTIO_RNG, 0, 0) || !virtq_open(&dev, &q, 0))
		panic("no entropy device");
	virtio_start(&dev);
	virtio_interrupts(&dev, on_device);
	irq_off();
	virtq_add(&q, &b, 0, 1);
	virtq_kick(&q);
	wait_for(LONG);
	set_timer(SOON);
	wait_for(LONG);
	lines = 0;
	irq_on();
	wait_for(LONG);
	CHECK_ALL("in-order", {"lines that came", lines, 2}, {"the first one", order[0], 0},
		  {"the second one", order[1], 1});
}

static void on_storm(struct frame *f)
{
	fired++;
	at_iret += f->eip == lguest_data.noirq_iret;
	hcall(HC_SET_CLOCKEVENT, OFTEN, 0, 0, 0);
}

/* Jumps to the handlers' IRET, with a frame that leads back here, while interrupts come: none may
 * find it there and push one more, or frames would pile up on the stack. */
static void irets(void)
{
	u64 until = rdtsc() + STORM;

	trap_handler[LGUEST_IRQ_BASE] = on_storm;
	set_timer(OFTEN);
	irq_on();
	while (rdtsc() < until)
		__asm__ volatile("pushfl; pushl %%cs; pushl $1f; jmp guest_noirq_iret; 1:"
				 :
				 :
				 : "memory");
	irq_off();
	CHECK_ALL("at-iret", {"many interrupts", fired > STORM / OFTEN / 2, 1},
		  {"frames with EIP at the IRET", at_iret, 0});
}

void guest_main(void)
{
	traps_init();
	paging_init();
	trap_handler[LGUEST_IRQ_BASE] = on_timer;
	irq_unmask(0);
	flag_and_mask();
	ways_on();
	no_gate();
	in_order();
	irets();
	power_off();
}
