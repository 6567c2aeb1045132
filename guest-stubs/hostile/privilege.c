/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attacks by instructions that change privilege, or would like to. */
#include "guest-stubs/hostile/hostile.h"

USER_CODE_BLOB(u_nested, "pushfl; orl $0x4000, (%esp); popfl; int $0x80; int $0x1f");
USER_CODE_BLOB(u_sysenter, "sysenter");
USER_CODE_BLOB(u_syscall, "syscall");

const char *unprivileged_reads(void)
{
	struct {
		u16 limit;
		u32 base;
	} __attribute__((packed)) gdt, idt;
	u32 word;

	__asm__ volatile("sgdt %0" : "=m"(gdt));
	__asm__ volatile("sidt %0" : "=m"(idt));
	CHECK(gdt.base >= HV_BASE && idt.base >= HV_BASE,
	      "a table lies outside the reserved range");
	__asm__ volatile("smsw %0" : "=r"(word));
	__asm__ volatile("sldt %0" : "=r"(word));
	__asm__ volatile("str %0" : "=r"(word));
	__asm__ volatile("verr %w0; verw %w0" : : "r"(HV_CS) : "cc");
	__asm__ volatile("lsll %1, %0" : "=r"(word) : "r"(HV_CS), "0"(0) : "cc");
	return NULL;
}

static u32 ticks;

static void count_tick(u32 line)
{
	(void)line;
	ticks++;
}

const char *interrupt_flag(void)
{
	u32 i, start;

	irq_install(0, count_tick);
	for (i = 0; i < 100; i++)
		__asm__ volatile("cli; pushl $0; popfl; sti; pushfl; andl $~0x200, (%%esp); popfl"
				 :
				 :
				 : "memory", "cc");
	hcall(HC_SET_CLOCKEVENT, 1000000, 0, 0, 0);
	for (start = clock_ms(); !ticks && clock_ms() - start < PATIENCE;)
		;
	CHECK(ticks, "interrupts were turned off for good");
	return NULL;
}

static u32 iret_image; /* EFLAGS to iret with */

static void do_iret(u32 unused)
{
	(void)unused;
	__asm__ volatile(
		"pushl %0; pushl %%cs; pushl $1f; iret\n1: pushfl; popl %0; pushl $2; popfl"
		: "+m"(iret_image)
		:
		: "memory", "cc");
}

const char *iret_flags(void)
{
	/* Not VM: QEMU's TCG takes it from any ring, which no processor does. */
	static const u32 images[] = {0x3202, 0x10202, 0x40202, 0x200202, 0x180202};
	u32 i;

	for (i = 0; i < ARRAY_LEN(images); i++) {
		iret_image = images[i];
		CHECK(!probe(do_iret, 0), "iret trapped");
		CHECK((iret_image & 0x3000) == 0, "the I/O privilege level changed");
	}
	return NULL;
}

/* ---- Virtual-8086 mode: no CPU enters it from ring 1 or 3, QEMU's TCG does ------------------- */

#define V86_PAGE   0x10000u
#define V86_FLAGS  0x00023202u /* VM, IOPL 3, IF */
#define V86_CLOSED 0x00023002u /* the same without IF */

/* In ring 1, after a trap through a gate that leads straight here. */
static void look_at_iopl(struct frame *f)
{
	u32 flags;

	(void)f;
	__asm__ volatile("pushfl; popl %0" : "=r"(flags));
	if (flags & 0x3000)
		panic("hostile: IOPL 3 in ring 1: a real port reads %x", inb(0x3fd));
	panic("hostile: a trap of virtual-8086 mode arrived");
}

static void enter_v86(u32 flags)
{
	__asm__ volatile("pushl $0; pushl $0; pushl $0; pushl $0\n" /* GS FS DS ES */
			 "pushl %0; pushl $0xff0; pushl %1; pushl %0; pushl $0; iret"
			 :
			 : "i"(V86_PAGE >> 4), "r"(flags));
}

static const char *v86_with(const char *code, u32 flags)
{
	static u8 stack[PAGE_SIZE] ALIGNED(4096);
	u32 page = page_alloc();

	set_kernel_stack(stack + sizeof(stack));
	memcpy(virt(page), code, 3);
	map_page(kernel_root, V86_PAGE, page | PTE_USER);
	read_at(V86_PAGE); /* no page fault in between: that one never leads straight here */
	trap_handler[VECTOR_INVALID] = trap_handler[LGUEST_SYSCALL_VECTOR] = look_at_iopl;
	trap_set_gate(LGUEST_SYSCALL_VECTOR, GATE_TRAP, 3);
	CHECK(probe(enter_v86, flags), "iret went through");
	CHECK(trapped(VECTOR_GP), "another trap");
	return NULL;
}

const char *iret_to_v86(void)
{
	return v86_with("\x0f\x0b", V86_FLAGS); /* ud2 */
}

const char *iret_to_v86_and_call(void)
{
	return v86_with("\xcd\x80", V86_FLAGS); /* int $0x80 */
}

/* With interrupts off nothing that a CPU masks comes between. */
const char *iret_to_v86_for_ever(void)
{
	return v86_with("\xeb\xfe", V86_CLOSED); /* jmp . */
}

USER_CODE_BLOB(u_v86, "pushl $0; pushl $0; pushl $0; pushl $0; pushl $0x1000; pushl $0xff0;"
		      "pushl $0x23202; pushl $0x1000; pushl $0; iret");
USER_CODE_BLOB(u_v86_closed, "pushl $0; pushl $0; pushl $0; pushl $0; pushl $0x1000; pushl $0xff0;"
			     "pushl $0x23002; pushl $0x1000; pushl $0; iret");

static const char *user_v86_with(const char *code, const char *start, const char *end)
{
	u32 page = page_alloc();
	struct frame f;

	memcpy(virt(page), code, 2);
	map_page(kernel_root, V86_PAGE, page | PTE_USER);
	read_at(V86_PAGE);
	trap_handler[VECTOR_INVALID] = look_at_iopl;
	user_frame(&f, start, end);
	CHECK(refused_in_user(&f), "iret went through");
	return NULL;
}

const char *user_iret_to_v86(void)
{
	return user_v86_with("\x0f\x0b", u_v86_start, u_v86_end); /* ud2 */
}

const char *user_iret_to_v86_for_ever(void)
{
	return user_v86_with("\xeb\xfe", u_v86_closed_start, u_v86_closed_end); /* jmp . */
}

static void nested_iret(u32 unused)
{
	(void)unused;
	__asm__ volatile("pushl $0x4002; popfl; pushl $2; pushl %%cs; pushl $1f; iret\n1:"
			 :
			 :
			 : "memory", "cc");
}

const char *iret_nested_task(void)
{
	CHECK(probe(nested_iret, 0), "a task return was carried out");
	CHECK(trapped(10) || trapped(VECTOR_GP), "another trap");
	__asm__ volatile("pushl $2; popfl" : : : "cc");
	return NULL;
}

static void iret_to(u32 cs)
{
	__asm__ volatile("pushl $0x69; pushl %%esp; pushl $2; pushl %0; pushl $1f; iret\n1:"
			 :
			 : "r"(cs)
			 : "memory");
}

const char *iret_to_ring0(void)
{
	static const u32 selectors[] = {GDT_KERNEL_CS * 8, HV_CS, GDT_TSS * 8, 0};
	u32 i;

	for (i = 0; i < ARRAY_LEN(selectors); i++) {
		CHECK(probe(iret_to, selectors[i]), "iret went through");
		CHECK(trapped(VECTOR_GP), "another trap");
	}
	return NULL;
}

const char *far_returns(void)
{
	u32 rpl;

	for (rpl = 0; rpl < 4; rpl++) {
		if (rpl == 1)
			continue;
		CHECK(probe(far_return, GDT_KERNEL_CS * 8 | rpl) || rpl == 3, "a far return");
		CHECK(probe(far_return, HV_CS | rpl), "a far return to the hypervisor's segment");
	}
	gdt_set(SLOT, FLAT_LO, CODE_HI(2));
	CHECK(probe(far_return, SELECTOR | 0), "a far return with RPL 0");
	return NULL;
}

static u32 nested_calls;

static void count_call(struct frame *f)
{
	(void)f;
	nested_calls++;
}

const char *user_nested_task(void)
{
	struct frame f;
	u32 i;

	trap_handler[LGUEST_SYSCALL_VECTOR] = count_call;
	for (i = 0; i < 10; i++) {
		trap_set_gate(LGUEST_SYSCALL_VECTOR, i & 1 ? GATE_TRAP : GATE_INTERRUPT, 3);
		RUN_USER(f, u_nested, 0);
		/* The frame has NT: the library's iret clears nothing. Either way it is ours. */
		CHECK(f.vector == VECTOR_GP || f.vector == 10, "another trap");
		__asm__ volatile("pushl $2; popfl" : : : "cc");
	}
	CHECK(nested_calls == 10, "system calls were lost");
	return NULL;
}

const char *fast_system_calls(void)
{
	static const u8 enter[] = {0x0f, 0x34}, call[] = {0x0f, 0x05};
	struct frame f;

	user_frame(&f, u_sysenter_start, u_sysenter_end);
	CHECK(refused_in_user(&f), "sysenter in ring 3");
	user_frame(&f, u_syscall_start, u_syscall_end);
	CHECK(refused_in_user(&f), "syscall in ring 3");
	CHECK(run_bytes(enter, sizeof(enter)), "sysenter in ring 1");
	CHECK(run_bytes(call, sizeof(call)), "syscall in ring 1");
	return NULL;
}

const char *privileged_in_ring3(void)
{
	static const char code[][8] = {
		"\x0f\x01\x10",		    /* lgdt (%eax) */
		"\x0f\x01\x18",		    /* lidt (%eax) */
		"\x0f\x00\xd0",		    /* lldt %ax */
		"\x0f\x00\xd8",		    /* ltr %ax */
		"\x0f\x01\xf0",		    /* lmsw %ax */
		"\x0f\x06",		    /* clts */
		"\x0f\x20\xd8",		    /* mov %cr3,%eax */
		"\x0f\x22\xd8",		    /* mov %eax,%cr3 */
		"\x0f\x21\xf8",		    /* mov %dr7,%eax */
		"\x0f\x23\xf8",		    /* mov %eax,%dr7 */
		"\x0f\x08",		    /* invd */
		"\x0f\x09",		    /* wbinvd */
		"\xf4",			    /* hlt */
		"\x0f\x32",		    /* rdmsr */
		"\x0f\x30",		    /* wrmsr */
		"\x0f\x01\x38",		    /* invlpg (%eax) */
		"\xfa",		"\xfb",	    /* cli, sti */
		"\xe4\x60",	"\xe6\x60", /* in, out */
		"\x6c",		"\x6e",	    /* insb, outsb */
	};
	struct frame f;
	u32 i;

	for (i = 0; i < ARRAY_LEN(code); i++) {
		user_frame(&f, code[i], code[i] + sizeof(code[i]));
		f.eax = USER_STACK - 16;
		f.esi = f.edi = USER_STACK - 32;
		probe_user(&f);
		CHECK(f.vector == VECTOR_GP && f.error == 0 && f.eip == USER_CODE,
		      "a privileged instruction in ring 3");
	}
	return NULL;
}
