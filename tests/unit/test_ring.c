/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: tests/unit/fake_host.c mm/format.c mm/arena.c mm/gmem.c hv/vcpu/ring.c hv/vcpu/data.c */
/*
 * The asynchronous ring, wherever lguest_data lies: on low frames, on high ones, which have no
 * address of ours, and across the border of both. Every call is carried out once, in order, and
 * the drain ends.
 */
#include "hv/vcpu/hypercall.h"
#include "tests/unit/fake_host.h"
#include "tests/unit/support.h"

#include <string.h>
#include <unistd.h>

#define LOW	  12u /* of the guest's pages are low frames, those behind them high ones */
#define PAGES	  16u
#define HANG_S	  60u /* a hang only */
#define CALLS_MAX 1024u

struct trace_ring trace_ring;

static struct frame_owner owner;
static struct arena arena;
static struct guest guest;
static struct vcpu vcpu;
static struct regs regs;
static u32 seen[CALLS_MAX], calls; /* the second argument of each call, in order */

static void note(u32 arg)
{
	assert_true(calls < CALLS_MAX);
	seen[calls++] = arg;
}

u32 shadow_set_ptes(struct shadow *s, const struct pte_name *name, u32 count)
{
	(void)s;
	for (u32 i = 0; i < count; i++)
		note(name[i].va);
	return count;
}

bool shadow_set_pte(struct shadow *s, gpa_t top, gva_t va)
{
	(void)s;
	(void)top;
	note(va);
	return true;
}

void hypercall_bad_name(struct vcpu *v, gpa_t top, gva_t va)
{
	(void)v;
	fail_msg("%#x, %#x", top, va);
}

static void other_call(struct vcpu *v, const struct hcall_args *args)
{
	(void)v;
	note(args->a[1]);
}

static void set_pte(struct vcpu *v, const struct hcall_args *args)
{
	hypercall_set_pte(v, args->a[0], args->a[1]);
}

const struct hcall hcalls[HC_COUNT] = {
	[HC_FLUSH_ASYNC] = {"flush_async", other_call},
	[HC_FLUSH_TLB] = {"flush_tlb", other_call},
	[HC_SET_PTE] = {"set_pte", set_pte},
	[HC_TS] = {"ts", other_call},
};

void hypercall_refuse(struct vcpu *v, u32 number)
{
	(void)v;
	fail_msg("call %u", number);
}

const struct pt_format *shadow_guest_format(const struct shadow *s)
{
	(void)s;
	return &pt_format_2level;
}

void guest_kill(struct guest *g, const char *fmt, ...)
{
	(void)g;
	fail_msg("%s", fmt);
}

static void put(u32 offset, const void *from, u32 len)
{
	assert_true(guest_write(&guest.mem, vcpu.data + offset, from, len));
}

/* Slot n holds a call that is told by its second argument. */
static void queue(u32 n, u32 number, u32 arg)
{
	const struct ring_slot slot = {number, {{0x1000, arg, 0}}, 0};
	const u8 status = 0;

	put(RING_SLOT(n), &slot, sizeof(slot));
	put(RING_STATUS(n), &status, 1);
}

static void guest_at(gpa_t data)
{
	const u8 all_free = LHCALL_FREE;

	host_reset(512, PAGES - LOW, &pt_format_pae);
	owner = (struct frame_owner){.name = "ring"};
	arena_init(&arena, &owner);
	memset(&guest, 0, sizeof(guest));
	memset(&vcpu, 0, sizeof(vcpu));
	assert_int_equal(gmem_init(&guest.mem, &arena, &owner, PAGES << PAGE_SHIFT), HV_OK);
	assert_true(frame_is_low(guest.mem.frames[LOW - 1]));
	assert_false(frame_is_low(guest.mem.frames[LOW]));
	guest.state = GUEST_RUNNING;
	vcpu.guest = &guest;
	vcpu.regs = &regs;
	vcpu.data = data;
	vcpu.initialised = true;
	data_find_pages(&vcpu);
	for (u32 n = 0; n < LHCALL_RING_SIZE; n++)
		put(RING_STATUS(n), &all_free, 1);
	calls = 0;
}

/* One synchronous call, which comes again as long as the ring is not empty. */
static void call(u32 number, u32 arg)
{
	do {
		regs = (struct regs){.eax = number, .ecx = arg, .eip = 0x1002};
		hypercall(&vcpu);
	} while (regs.eip != 0x1002);
}

static void check_calls(u32 count)
{
	assert_int_equal(calls, count);
	for (u32 i = 0; i < count; i++)
		assert_int_equal(seen[i], i);
	assert_int_equal(host_windows, 0);
}

/* Two rounds, so that each slot is the first of a row once; every fifth is another call. */
static void check_at(gpa_t data)
{
	guest_at(data);
	for (u32 first = 0; first < LHCALL_RING_SIZE; first++) {
		calls = 0;
		for (u32 i = 0; i < LHCALL_RING_SIZE; i++)
			queue((vcpu.ring_next + i) % LHCALL_RING_SIZE,
			      i % 5 == 4 ? HC_TS : HC_SET_PTE, i);
		call(HC_FLUSH_ASYNC, LHCALL_RING_SIZE);
		check_calls(LHCALL_RING_SIZE + 1);
		calls = 0;
		queue(vcpu.ring_next, HC_SET_PTE, 0); /* the next round begins one later */
		call(HC_FLUSH_TLB, 1);
		check_calls(2);
	}
	gmem_release(&guest.mem);
	arena_release(&arena);
}

static void test_everywhere(void **state)
{
	const gpa_t border = LOW << PAGE_SHIFT;

	(void)state;
	alarm(HANG_S);
	check_at(border - PAGE_SIZE); /* low */
	check_at(border);	      /* high */
	for (u32 before = 4; before < sizeof(struct lguest_data); before += 4)
		check_at(border - before);
	for (u32 before = 4; before < sizeof(struct lguest_data); before += 52)
		check_at(border - PAGE_SIZE - before); /* two low ones */
	alarm(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
