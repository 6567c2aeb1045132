/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A2: software interrupts of ring 3. A vector with an error code that is reached by `int n` has
 * none on the stack. */
#include "guest-stubs/lib/paging.h"
#include "guest-stubs/lib/trap.h"
#include "guest-stubs/lib/user.h"
#include "labs/check.h"

#define ERROR_OF(vector) ((u32)(vector)*8 + 2)

static void int_n(u32 n, struct frame *f)
{
	const char code[] = {(char)0xcd, (char)n, 0x0f, 0x0b}; /* int n; ud2 */

	user_frame(f, code, code + sizeof(code));
	probe_user(f);
}

static void closed(const char *name, const u8 *vectors, u32 count)
{
	struct frame f;

	for (u32 i = 0; i < count; i++) {
		int_n(vectors[i], &f);
		if (f.vector == VECTOR_GP && f.error == ERROR_OF(vectors[i]))
			continue;
		printf("not ok %s: int %x: expected #GP with %x, seen vector %x with %x\n", name,
		       vectors[i], ERROR_OF(vectors[i]), f.vector, f.error);
		return;
	}
	printf("ok %s\n", name);
}

void guest_main(void)
{
	static const u8 call[] = {LGUEST_TRAP}, coded[] = {8, 10, 11, 12, 13, 14, 17},
			others[] = {2, 7, 15}, lines[] = {0x20, 0x21, 0x2f, 0x40, 0xff};
	struct frame f;

	traps_init();
	paging_init();
	if (!user_init(kernel_root))
		panic("no memory");
	for (u32 i = 0; i < 32; i++) /* the guest itself would let them in */
		trap_set_gate(i, GATE_TRAP, 3);
	for (u32 i = 0; i < ARRAY_LEN(lines); i++)
		trap_set_gate(lines[i], GATE_TRAP, 3);
	closed("hypercall", call, ARRAY_LEN(call));
	closed("error-code-vectors", coded, ARRAY_LEN(coded));
	closed("others-of-ours", others, ARRAY_LEN(others));
	closed("interrupt-lines", lines, ARRAY_LEN(lines));
	int_n(VECTOR_OVERFLOW, &f);
	check_eq("own-gate", f.vector, VECTOR_OVERFLOW);
	power_off();
}
