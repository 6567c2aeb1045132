/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel that reads and writes its own code, as checksums over text and code that is patched at
 * run time do: what a debugger has set there is not seen (tests/system/gdb-unseen.sh sets a lot
 * between text_begin() and text_end()), and what was written is what is executed. */
#include "guest-stubs/selftest/selftest.h"

#define ROW 12u /* instructions of a byte */

/* One page: code that counts itself, sums its page, waits in it, looks at its flags; and code that
 * is patched. No other code is in it, so that a debugger knows what is executed how often. */
__asm__(".pushsection .text\n"
	".balign 4096\n"
	".globl own_page, own_row, own_ones, own_sum, own_loop, own_wait, own_flags, own_patched, "
	"own_end\n"
	"own_page:\n"
	"own_row: xorl %eax, %eax\n"
	"own_ones: .rept 12; incl %eax; .endr\n"
	"	ret\n"
	"own_sum: xorl %eax, %eax\n"
	"	movl $own_page, %ecx\n"
	"own_loop: movzbl (%ecx), %edx\n"
	"	addl %edx, %eax\n"
	"	roll $1, %eax\n"
	"	incl %ecx\n"
	"	cmpl $own_end, %ecx\n"
	"	jne own_loop\n"
	"	ret\n"
	"own_wait: movl $20000000, %eax\n"
	"1:	decl %eax\n"
	"	jz 2f\n"
	"	cmpl $0, fired\n"
	"	je 1b\n"
	"2:	ret\n"
	"own_flags: pushfw\n"
	"	popw %cx\n"
	"	pushf\n"
	"	popl %eax\n"
	"	orw %cx, %ax\n"
	"	ret\n"
	"own_patched: movl $1, %eax\n"
	"	ret\n"
	"own_end:\n"
	".balign 4096\n"
	".popsection\n");
extern u8 own_page[], own_end[], own_patched[];
u32 own_row(void), own_sum(void), own_wait(void), own_flags(void);

/* The same for ring 3, its sum in EAX. */
USER_CODE_BLOB(u_sum, "xorl %eax, %eax\n"
		      "movl $0x08048000, %ecx\n"
		      "1: movzbl (%ecx), %edx\n"
		      "addl %edx, %eax\n"
		      "roll $1, %eax\n"
		      "incl %ecx\n"
		      "cmpl $0x08048000 + u_sum_end - u_sum_start, %ecx\n"
		      "jne 1b\n"
		      "ud2");

/* Where a debugger stops. */
static __attribute__((noinline)) void text_begin(void)
{
	__asm__ volatile("# begin");
}

static __attribute__((noinline)) void text_end(void)
{
	__asm__ volatile("# end");
}

static u32 sum_of(const volatile u8 *at, u32 n)
{
	u32 sum = 0;

	while (n--) {
		sum += *at++;
		sum = sum << 1 | sum >> 31;
	}
	return sum;
}

static u32 call_patched(void)
{
	u32 value;

	__asm__ volatile("call own_patched" : "=a"(value) : : "ecx", "edx", "memory");
	return value;
}

/* Compares before it writes, as Linux does. */
static const char *patch(const char *was, const char *is, u32 result)
{
	CHECK(memcmp(own_patched, was, 5) == 0, "the code is not what was written last");
	memcpy(own_patched, is, 5);
	CHECK(memcmp(own_patched, is, 5) == 0, "the code is not what was just written");
	CHECK_EQ(call_patched(), result, "what the patched code returned");
	return NULL;
}

static const char *patches(void)
{
	static const char first[] = "\xb8\1\0\0", second[] = "\xb8\2\0\0", third[] = "\x31\xc0@@@";
	const char *wrong = patch(first, second, 2);

	wrong = wrong ? wrong : patch(second, third, 3);
	return wrong ? wrong : patch(third, first, 1);
}

static const char *sums(u32 sum)
{
	u32 bytes = (u32)(own_end - own_page);

	CHECK_EQ(sum_of(own_page, bytes), sum, "the sum from elsewhere");
	CHECK_EQ(own_sum(), sum, "the sum from the page itself");
	map_page(user_root, PLACE, phys(own_page) | PTE_KERNEL);
	CHECK_EQ(sum_of((const u8 *)PLACE, bytes), sum, "the sum at another address");
	return NULL;
}

static u32 call_count;

static void count_trap(struct frame *f)
{
	(void)f;
	call_count++;
}

/* It steps itself through the row. */
static void step_row(u32 arg)
{
	(void)arg;
	__asm__ volatile("pushf; orl $0x100, (%%esp); popf; call own_row; pushf; andl $~0x100, "
			 "(%%esp); popf"
			 :
			 :
			 : "eax", "ecx", "edx", "memory", "cc");
}

static const char *steps(void)
{
	call_count = 0;
	trap_handler[VECTOR_DEBUG] = count_trap;
	step_row(0);
	trap_handler[VECTOR_DEBUG] = NULL;
	CHECK_EQ(call_count, 1 + 1 + ROW + 1 + 3, "instructions that the guest stepped");
	return NULL;
}

/* The page at an address becomes another one, with other code, and goes. */
static const char *other_pages(void)
{
	u32 page = page_alloc();

	memset(virt(page), 0x40, 16); /* INC EAX */
	memset((u8 *)virt(page) + 16, 0xc3, PAGE_SIZE - 16);
	CHECK(map_page(user_root, PLACE, page | PTE_KERNEL), "no page");
	call_at(PLACE);
	CHECK_EQ(sum_of((const u8 *)PLACE, 16), sum_of(virt(page), 16), "the new page");
	map_page(user_root, PLACE, 0);
	CHECK(probe(call_at, PLACE), "a page that is gone was executed");
	CHECK_EQ(((u8 *)virt(page))[0], 0x40, "its first byte, when it is free");
	page_free(page);
	return NULL;
}

static const char *text_is_what_was_written(void)
{
	u32 sum = own_sum(),
	    user_sum = sum_of((const u8 *)u_sum_start, (u32)(u_sum_end - u_sum_start));
	const char *wrong;
	struct frame f;

	alarm_fresh();
	text_begin();
	wrong = sums(sum);
	if (wrong)
		return wrong;
	CHECK_EQ(own_row(), ROW, "the row");
	CHECK(!(own_flags() & EFLAGS_TF), "a debugger's step is seen in the flags");
	wrong = steps();
	wrong = wrong ? wrong : patches();
	wrong = wrong ? wrong : other_pages();
	if (wrong)
		return wrong;
	RUN_USER(f, u_sum, 0);
	CHECK_EQ(f.vector, VECTOR_INVALID, "the end of the program");
	CHECK_EQ(f.eax, user_sum, "the sum of ring 3");
	alarm_in(MS);
	irq_on();
	own_wait();
	irq_off();
	CHECK_EQ(fired, 1, "interrupts");
	text_end();
	return NULL;
}

const struct test text_tests[] = {
	{"text_is_what_was_written", text_is_what_was_written},
	{NULL, NULL},
};
