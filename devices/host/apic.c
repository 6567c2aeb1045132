/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The local APIC (SDM vol. 3, 10.4 and 10.5). The 8259A reaches the CPU through its pin LINT0 where
 * firmware has set it to ExtINT, "virtual wire". A firmware that sees no APIC by CPUID leaves the
 * pin masked, although the APIC is there and on.
 */
#include "devices/host/apic.h"
#include "devices/host/irq.h"
#include "devices/host/mmio.h"
#include "mm/frame.h"

#define APIC_FRAME 0xfee00u /* where it is after a reset */

#define APIC_VERSION   0x030u
#define APIC_SPURIOUS  0x0f0u
#define APIC_LVT_LINT0 0x350u

#define SPURIOUS_ENABLE 0x100u
/* The low four bits are ones in a P6. A spurious interrupt comes as one of line 15, and is
 * recognised. */
#define SPURIOUS_VECTOR (HOST_IRQ_BASE + 15u)
_Static_assert((SPURIOUS_VECTOR & 15u) == 15u, "SDM vol. 3, 10.9");
#define LVT_EXTINT 0x700u /* delivery mode 7; edge, not masked */

/* The version register: the integrated kinds, and the highest entry of the vector table. */
#define VERSION_OF(v) ((v)&0xffu)
#define ENTRIES_OF(v) ((v) >> 16 & 0xffu)

static bool plausible(u32 version)
{
	return VERSION_OF(version) >= 0x10 && VERSION_OF(version) < 0x20 &&
	       ENTRIES_OF(version) >= 2 && ENTRIES_OF(version) < 16;
}

bool apic_pass_pic(void)
{
	u8 *apic = frame_map_device((pfn_t){APIC_FRAME}, CACHE_UC);
	bool there = plausible(mmio_read32(apic, APIC_VERSION));

	if (there) {
		mmio_write32(apic, APIC_SPURIOUS, SPURIOUS_ENABLE | SPURIOUS_VECTOR);
		mmio_write32(apic, APIC_LVT_LINT0, LVT_EXTINT);
	}
	frame_unmap(apic);
	return there;
}
