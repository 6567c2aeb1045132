/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RDTSC with a segment prefix, which means nothing to the CPU: benchmarks read the clock by these
 * where counting begins and ends, so that tools/attribute knows it too. The third says that all
 * that belongs to one benchmark has been counted, after its line was printed.
 *
 * For the benchmarks, penguin, tests/linux/bench and tools/attribute.c.
 */
#ifndef GUEST_LIB_MARKS_H
#define GUEST_LIB_MARKS_H

#define MARK_START 0x3e /* DS */
#define MARK_STOP  0x2e /* CS */
#define MARK_NEXT  0x36 /* SS */

#define RDTSC_MARKED(prefix)                                                                  \
	({                                                                                    \
		unsigned long long ticks_;                                                    \
		__asm__ volatile(".byte %c1; rdtsc" : "=A"(ticks_) : "i"(prefix) : "memory"); \
		ticks_;                                                                       \
	})

#endif
