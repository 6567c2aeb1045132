/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/vcpu/emulate/[a-z]*.c tests/unit/support.c */
/* One instruction of any bytes with any registers: the emulator ends, says one of the outcomes
 * there are, makes a bounded number of accesses, and none that leaves its page. */
#include "hv/vcpu/emulate/emulate.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/test_emulate.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct fuzz_bytes f = {data, data + size};
	u32 how = fuzz_take(&f, 1);
	struct emu_result got;
	u8 code[16];

	model_reset();
	for (u32 i = 0; i < sizeof(code); i++)
		code[i] = (u8)fuzz_take(&f, 1);
	for (u32 *r = (u32 *)&m.regs; r < (u32 *)(&m.regs + 1) && !fuzz_over(&f); r++)
		*r = fuzz_take(&f, 4);
	m.regs.eip = CODE_AT;
	m.code16 = how & 2;
	for (u32 i = 0; i < 6 && how & 4; i++)
		m.base[i] = i == EMU_CS ? 0 : fuzz_take(&f, 4);
	for (u32 i = 0; i < MODEL_PAGES && how & 8; i++) {
		m.absent[i] = !(fuzz_take(&f, 1) & 7);
		m.readonly[i] = !(fuzz_take(&f, 1) & 7);
	}
	got = model_run(how & 1 ? emulate_memory : emulate_privileged, code, sizeof(code));
	MUST(got.status <= EMU_HALT && m.events <= 6 * EMU_REP_BATCH);
	MUST(got.status != EMU_UNSUPPORTED || !memcmp(&m.regs, &m.before, sizeof(m.regs)));
	return 0;
}
