/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of emulate_memory() share: how an instruction is run, and bytes of one whose
 * operand is at DATA_AT. */
#ifndef TESTS_UNIT_TEST_EMULATE_MEMORY_H
#define TESTS_UNIT_TEST_EMULATE_MEMORY_H

#include "tests/unit/test_emulate.h"

#define RUN(...) model_run(emulate_memory, CODE(__VA_ARGS__))
#define AT_DATA	 0x05, 0x00, 0x40, 0x00, 0x00 /* ModRM [disp32] with reg field 0 */
#define REG(n)	 ((n) << 3 | 5), 0x00, 0x40, 0x00, 0x00

static inline int reset(void **state)
{
	(void)state;
	model_reset();
	model_put(DATA_AT, 4, 0x8899aabb);
	return 0;
}

/* The registers by number, as ModRM counts them. */
static inline u32 *reg32(struct regs *r, unsigned n)
{
	u32 *const in_order[] = {&r->eax, &r->ecx, &r->edx, &r->ebx,
				 &r->esp, &r->ebp, &r->esi, &r->edi};

	return in_order[n];
}

/* What the registers are to be: as before, but for `size` bytes of register n. */
static inline void expect_register(unsigned n, unsigned size, u32 value)
{
	struct regs want = m.before;

	if (size == 4)
		*reg32(&want, n) = value;
	else if (size == 2)
		*reg32(&want, n) = (*reg32(&want, n) & 0xffff0000) | (value & 0xffff);
	else if (n < 4)
		*reg32(&want, n) = (*reg32(&want, n) & 0xffffff00) | (value & 0xff);
	else
		*reg32(&want, n - 4) = (*reg32(&want, n - 4) & 0xffff00ff) | (value & 0xff) << 8;
	assert_memory_equal(&m.regs, &want, sizeof(want));
}

#endif
