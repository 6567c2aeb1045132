/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fputest: two of these with different seeds show whether the FPU belongs to each guest alone.
 * Registers are filled from the seed, time slices pass, registers are compared. Without an FPU it
 * says so.
 *
 *   seed=N     what to fill with (default 1)
 *   rounds=N   how often (default 200)
 *   sse=0      as if there were no SSE
 *   spin=N     loops between filling and comparing (default 20000)
 */
#include "guest-stubs/lib/trap.h"

#define CPUID_FXSR	   (1u << 24)
#define CPUID_SSE	   (1u << 25)
#define X87_BYTES	   108
#define X87_POINTERS	   12 /* SDM vol. 1, figure 8-9 */
#define X87_POINTERS_BYTES 16
#define REGISTERS	   8

static u8 image[512] ALIGNED(16), again[512] ALIGNED(16);
static double values[REGISTERS];
static u32 sse_values[REGISTERS][4] ALIGNED(16);

static u32 cpu_features(void)
{
	u32 a = 1, b, c, d;

	__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d));
	return d;
}

/* Integers survive the FPU unchanged: values[] holds their bits as the FPU stores them. */
static void fill(u32 seed, bool sse)
{
	u32 i;

	for (i = 0; i < REGISTERS; i++) {
		s32 v = (s32)(seed * 1000003u + i * 7919u);

		__asm__ volatile("fildl %1; fstpl %0" : "=m"(values[i]) : "m"(v));
		sse_values[i][0] = seed;
		sse_values[i][1] = ~seed;
		sse_values[i][2] = seed * (i + 1);
		sse_values[i][3] = i;
	}
	__asm__ volatile("fninit");
	for (i = 0; i < REGISTERS; i++)
		__asm__ volatile("fldl %0" : : "m"(values[REGISTERS - 1 - i]));
	if (sse)
		__asm__ volatile("movaps (%0), %%xmm0; movaps 16(%0), %%xmm1\n"
				 "movaps 32(%0), %%xmm2; movaps 48(%0), %%xmm3\n"
				 "movaps 64(%0), %%xmm4; movaps 80(%0), %%xmm5\n"
				 "movaps 96(%0), %%xmm6; movaps 112(%0), %%xmm7"
				 :
				 : "r"(sse_values)
				 : "memory");
}

/* Of an FNSAVE image the pointers to the last instruction are left out: an FRSTOR does not bring
 * them back everywhere (QEMU 7.2). */
static void save(u8 *to, bool fxsr)
{
	if (fxsr) {
		__asm__ volatile("fxsave (%0)" : : "r"(to) : "memory");
	} else {
		__asm__ volatile("fnsave (%0); frstor (%0)" : : "r"(to) : "memory");
		memset(to + X87_POINTERS, 0, X87_POINTERS_BYTES);
	}
}

/* Empties the x87 stack: the registers must hold what fill() loaded, in order. */
static bool x87_holds(void)
{
	double v;
	u32 i;

	for (i = 0; i < REGISTERS; i++) {
		__asm__ volatile("fstpl %0" : "=m"(v));
		if (memcmp(&v, &values[i], sizeof(v)))
			return false;
	}
	return true;
}

static bool sse_holds(void)
{
	u32 now[REGISTERS][4] ALIGNED(16);

	__asm__ volatile("movaps %%xmm0, (%0); movaps %%xmm1, 16(%0)\n"
			 "movaps %%xmm2, 32(%0); movaps %%xmm3, 48(%0)\n"
			 "movaps %%xmm4, 64(%0); movaps %%xmm5, 80(%0)\n"
			 "movaps %%xmm6, 96(%0); movaps %%xmm7, 112(%0)"
			 :
			 : "r"(now)
			 : "memory");
	return !memcmp(now, sse_values, sizeof(now));
}

/* As a kernel looks for an FPU: before it has a handler for anything. */
static bool fpu_answers(void)
{
	u16 status = 0x5a5a, control = 0x5a5a;

	__asm__ volatile("fninit; fnstsw %0; fnstcw %1" : "+m"(status), "+m"(control));
	return status != 0x5a5a || control != 0x5a5a;
}

void guest_main(void)
{
	u32 seed = option_u32("seed", 1), rounds = option_u32("rounds", 200);
	u32 spin = option_u32("spin", 20000), round, features = cpu_features();
	bool fxsr = features & CPUID_FXSR,
	     sse = fxsr && (features & CPUID_SSE) && option_u32("sse", 1);
	volatile u32 i;

	if (!fpu_answers()) {
		printf("fputest: no FPU answers\n");
		return;
	}
	traps_init();
	clock_start(100);
	irq_on();
	/* A new guest must find no value of another one's. */
	save(image, fxsr);
	for (round = 0; round < rounds; round++) {
		fill(seed + round, sse);
		save(image, fxsr);
		for (i = 0; i < spin; i++)
			;
		if (round % 8 == 0)
			halt();
		save(again, fxsr);
		if (memcmp(image, again, fxsr ? sizeof(image) : X87_BYTES))
			panic("fputest: saved image differs in round %u", round);
		if (!x87_holds())
			panic("fputest: x87 registers differ in round %u", round);
		if (sse && !sse_holds())
			panic("fputest: SSE registers differ in round %u", round);
	}
	printf("fputest: seed %u, %u rounds, %s ok\n", seed, rounds, sse ? "x87 and SSE" : "x87");
}
