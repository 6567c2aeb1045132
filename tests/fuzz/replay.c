/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A fuzzer's function over files that are there already, for compilers without libFuzzer. */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>

int main(int argc, char **argv)
{
	static u8 bytes[1 << 20];

	for (int i = 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "rb");
		size_t n;
		u8 *exact;

		if (!f)
			return 1;
		n = fread(bytes, 1, sizeof(bytes), f);
		fclose(f);
		exact = malloc(n ? n : 1);
		for (size_t k = 0; k < n; k++)
			exact[k] = bytes[k];
		LLVMFuzzerTestOneInput(exact, n);
		free(exact);
	}
	return 0;
}
