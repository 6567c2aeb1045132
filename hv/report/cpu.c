/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report on the CPU: what it is, what is used of it, and what is known to be wrong with it. */
#include "lib/cpu.h"
#include "hv/report/private.h"
#include "hv/report/report.h"
#include "lib/string.h"

/* The features that are used, or those that are not, in as many lines as they take. */
static void features(struct report *r, const char *title, bool used)
{
	char text[REPORT_COLUMNS + 1] = "";
	const char *name;
	u32 at = 0;
	bool on;

	for (unsigned i = 0; (name = cpu_feature(i, &on)) != NULL; i++) {
		if (on != used)
			continue;
		if (at + strlen(title) + strlen(name) + 2 > REPORT_COLUMNS) {
			report_line(r, "%s%s", title, text);
			at = 0;
		}
		at += (u32)snprintf(text + at, sizeof(text) - at, " %s", name);
	}
	if (at)
		report_line(r, "%s%s", title, text);
}

void report_cpu(struct report *r)
{
	const char *erratum;

	report_line(r, "cpu: %s family %u model %u stepping %u (%#x)%s",
		    cpu.cpuid ? cpu.vendor : "no CPUID,", cpu.family, cpu.model, cpu.stepping,
		    cpu.sig, cpu.tcg ? ", emulated by QEMU" : "");
	if (cpu.brand[0])
		report_line(r, "cpu: %s", cpu.brand);
	features(r, "cpu: with", true);
	features(r, "cpu: without", false);
	report_line(r, "cpu: %u address bits", cpu.phys_bits);
	for (u32 i = 0; (erratum = cpu_erratum(i)) != NULL; i++)
		report_line(r, "erratum: %s", erratum);
}
