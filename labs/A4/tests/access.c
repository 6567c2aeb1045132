/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The access product: each combination of flags of a page and of the table above it, with each kind
 * of access from ring 1 and from ring 3, against what the manual says (SDM vol. 3, 4.6 and 4.7).
 * Ring 1 is a supervisor, and CR0.WP is set.
 */
#include "guest-stubs/lib/paging.h"
#include "guest-stubs/lib/trap.h"
#include "guest-stubs/lib/user.h"

enum { READ, WRITE, EXECUTE, ACCESSES };
enum { RING1, RING3, RINGS };

#define PLACE	   0x40000000u
#define FLAGS	   8u /* of a page: P, W and U in all combinations */
#define TABLES	   5u /* W and U of a present table, and no table */
#define NO_TABLE   4u
#define USER_ENTRY 16u	  /* where ring 3 begins in the page: ud2 */
#define WORD	   0x100u /* what is read and written */
#define VALUE	   0x600df00du

USER_CODE_BLOB(u_read, "movl (%ebx), %eax; ud2");
USER_CODE_BLOB(u_write, "movl $0x600df00d, (%ebx); ud2");

static const char *const access_name[] = {"read", "write", "execute"};
static u32 root, page;

static void read_it(u32 va)
{
	(void)*(volatile u32 *)(va + WORD);
}

static void write_it(u32 va)
{
	*(volatile u32 *)(va + WORD) = VALUE;
}

static void execute_it(u32 va)
{
	((void (*)(void))va)();
}

/* Each combination has a page of its own, so none profits from another. */
static u32 place_of(u32 flags, u32 table, u32 ring, u32 access)
{
	return PLACE + table * table_span() +
	       ((flags * RINGS + ring) * ACCESSES + access) * PAGE_SIZE;
}

static u32 table_flags(u32 table)
{
	return PTE_P | PTE_A | PTE_D | table << 1; /* W and U lie side by side */
}

/* Does the manual allow it? Else *error is what is pushed, as far as the CPU's features do not
 * matter. */
static bool allowed(u32 flags, u32 table, u32 ring, u32 access, u32 *error)
{
	u32 entry = table == NO_TABLE ? 0 : table_flags(table) & flags;

	*error = (entry & PTE_P ? PF_PRESENT : 0) | (access == WRITE ? PF_WRITE : 0) |
		 (ring == RING3 ? PF_USER : 0);
	return entry & PTE_P && (access != WRITE || entry & PTE_W) &&
	       (ring != RING3 || entry & PTE_U);
}

/* Do it. True: it went through. Else probe_frame and probe_cr2 tell of the trap. */
static bool attempt(u32 va, u32 ring, u32 access)
{
	static void (*const fn[])(u32) = {read_it, write_it, execute_it};
	struct frame f;

	if (ring == RING1)
		return !probe(fn[access], va);
	if (access == WRITE)
		user_frame(&f, u_write_start, u_write_end);
	else
		user_frame(&f, u_read_start, u_read_end);
	f.ebx = va + WORD;
	if (access == EXECUTE)
		f.eip = va + USER_ENTRY;
	probe_user(&f);
	return f.vector == VECTOR_INVALID; /* its ud2 */
}

static void say(u32 flags, u32 table, u32 ring, u32 access)
{
	printf("access: ring %u %s, page %c%c%c, ", ring == RING1 ? 1 : 3, access_name[access],
	       flags & PTE_P ? 'P' : '-', flags & PTE_W ? 'W' : '-', flags & PTE_U ? 'U' : '-');
	if (table == NO_TABLE)
		printf("no table: ");
	else
		printf("table P%c%c: ", table & 1 ? 'W' : '-', table & 2 ? 'U' : '-');
}

static bool right(u32 flags, u32 table, u32 ring, u32 access, bool quiet)
{
	u32 va = place_of(flags, table, ring, access), at = va, error;
	bool may = allowed(flags, table, ring, access, &error);
	bool went = attempt(va, ring, access);

	if (access == EXECUTE)
		at += ring == RING3 ? USER_ENTRY : 0;
	else
		at += WORD;
	if (went && may)
		return true;
	if (!went && !may && probe_frame.vector == VECTOR_PF && (probe_frame.error & 7) == error &&
	    probe_cr2 == at)
		return true;
	if (quiet)
		return false;
	say(flags, table, ring, access);
	if (may)
		printf("expected that it is allowed, ");
	else
		printf("expected a page fault, error %x, cr2 %x, ", error, at);
	if (went)
		printf("seen that it went through\n");
	else
		printf("seen trap %u, error %x, cr2 %x\n", probe_frame.vector,
		       probe_frame.error & 7, probe_cr2);
	return false;
}

/* Of all tables and pages, one ring and one kind of access. */
static void group(u32 ring, u32 access)
{
	u32 good = 0;

	for (u32 table = 0; table < TABLES; table++)
		for (u32 flags = 0; flags < FLAGS; flags++)
			good += right(flags, table, ring, access, false);
	printf("access: ring %u %s: %u of %u\n", ring == RING1 ? 1 : 3, access_name[access], good,
	       TABLES * FLAGS);
}

/* What the CPU would have left in the page's entry: Accessed by each access that went through,
 * Dirty by a write, and Dirty by nothing else (SDM vol. 3, 4.8). */
static bool marked(u32 flags, u32 table, u32 ring, u32 access)
{
	u32 va = place_of(flags, table, ring, access), error;
	bool may = allowed(flags, table, ring, access, &error);
	u32 entry = pte_read(pte_slot(root, va, false));
	u32 want = may ? PTE_A | (access == WRITE ? PTE_D : 0) : 0;
	u32 seen = may ? entry & (PTE_A | PTE_D) : entry & PTE_D;

	if (seen == want)
		return true;
	say(flags, table, ring, access);
	printf("expected Accessed and Dirty %x in its entry, seen %x\n", want, seen);
	return false;
}

static void marks(void)
{
	u32 good = 0, all = 0;

	for (u32 table = 0; table < NO_TABLE; table++)
		for (u32 i = 0; i < FLAGS * RINGS * ACCESSES; i++, all++)
			good += marked(i / (RINGS * ACCESSES), table, i / ACCESSES % RINGS,
				       i % ACCESSES);
	printf("access: accessed and dirty: %u of %u\n", good, all);
}

/* Before anything is used, in memory alone: nothing can be cached of it. */
static void prepare(void)
{
	static const u8 code[] = {0xc3}, user_code[] = {0x0f, 0x0b}; /* ret; ud2 */

	page = page_alloc();
	memcpy(virt(page), code, sizeof(code));
	memcpy((u8 *)virt(page) + USER_ENTRY, user_code, sizeof(user_code));
	for (u32 table = 0; table < NO_TABLE; table++) {
		u32 at = PLACE + table * table_span();
		void *above;

		for (u32 i = 0; i < FLAGS * RINGS * ACCESSES; i++) {
			u32 flags = i / (RINGS * ACCESSES);

			pte_write(pte_slot(root, at + i * PAGE_SIZE, true), page | flags);
		}
		above = table_slot(root, at);
		pte_write(above, (pte_read(above) & ~(PAGE_SIZE - 1)) | table_flags(table));
	}
}

void guest_main(void)
{
	traps_init();
	paging_init();
	root = root_new();
	if (!root || !user_init(root))
		panic("access: too little memory");
	prepare();
	root_load(root);
	for (u32 ring = 0; ring < RINGS; ring++)
		for (u32 access = 0; access < ACCESSES; access++)
			group(ring, access);
	marks();
	puts("access: end\n");
}
