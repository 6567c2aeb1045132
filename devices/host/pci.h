/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine's PCI bus: what is there, and who uses it. For drivers of the machine, the lending
 * of functions to guests, and the monitor's list.
 */
#ifndef DEVICES_HOST_PCI_H
#define DEVICES_HOST_PCI_H

#include "devices/pci/registers.h"
#include "lib/base.h"

struct host_function {
	u8 bus, dev, fn;
	u16 vendor, device;
	u8 base_class, sub_class, prog_if, revision, header, irq_line, irq_pin;
};
bool pcihost_present(void);
u32 pcihost_read(const struct host_function *f, u8 offset, unsigned size);
void pcihost_write(const struct host_function *f, u8 offset, unsigned size, u32 value);
/* Who uses a function, as the end of a sentence ("it is ..."); NULL: nobody. */
const char *pcihost_owner(const struct host_function *f);
/* False: somebody has it already. `as` must live as long as the claim. */
bool pcihost_claim(const struct host_function *f, const char *as);
void pcihost_unclaim(const struct host_function *f);
/* Calls fn for each function on every bus behind bridges; stops when fn returns false. */
void pcihost_scan(bool (*fn)(void *ctx, const struct host_function *f), void *ctx);

/* BAR n as a port, or as an address below 4 GiB. 0: it is none of that kind, or has no place. */
u16 pcihost_port(const struct host_function *f, u32 n);
u32 pcihost_address(const struct host_function *f, u32 n);
/* Call fn with the place of each of its capabilities of this kind. */
void pcihost_capabilities(const struct host_function *f, u8 kind, void (*fn)(void *ctx, u8 cap),
			  void *ctx);
/* Set these of the command register's bits too: decoding, bus mastering. Interrupts come by the
 * line. */
void pcihost_enable(const struct host_function *f, u32 bits);
/* Clear these. Without bus mastering a function reads and writes no memory any more, whatever it
 * was doing (PCI Local Bus 3.0, 6.2.2). */
void pcihost_disable(const struct host_function *f, u32 bits);
/* Lead PCI's interrupts to the 8259A again, as the BIOS had: another system ran since. */
void pcihost_restore_routes(void);

#endif
