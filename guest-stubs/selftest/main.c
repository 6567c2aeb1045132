/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * selftest: looks at the hypervisor from inside a well-behaved guest. Each test prints
 * "PASS name" or "FAIL name: what was wrong"; the last line counts them.
 *
 *   only=TEXT  just the tests whose name begins with TEXT
 *   from=TEXT  begin with the first such test
 *   nx=use     set NX although the CPU does not have it, which must end the guest
 */
#include "guest-stubs/lib/pci.h"
#include "guest-stubs/selftest/selftest.h"

void guest_main(void)
{
	static const struct test *const groups[] = {
		paging_tests,	   execute_tests,	space_tests,	  trap_tests, user_tests,
		instruction_tests, time_tests,		flag_tests,	  ring_tests, device_tests,
		folded_tests,	   stack_segment_tests, protection_tests, text_tests,
	};
	u32 passed = 0, failed = 0, g;
	char only[32], from[32];

	option("only", only, sizeof(only));
	option("from", from, sizeof(from));
	place_init();
	for (g = 0; g < ARRAY_LEN(groups); g++) {
		const struct test *t;

		for (t = groups[g]; t->name; t++) {
			const char *wrong;

			if (!strncmp(t->name, from, strlen(from)))
				from[0] = '\0';
			if (from[0] || strncmp(t->name, only, strlen(only)))
				continue;
			wrong = t->run();
			irq_off();
			pci_forget();
			if (wrong)
				printf("FAIL %s: %s\n", t->name, wrong);
			else
				printf("PASS %s\n", t->name);
			wrong ? failed++ : passed++;
		}
	}
	printf("selftest: %u passed, %u failed\n", passed, failed);
	if (failed)
		panic("selftest: %u failed", failed);
}
