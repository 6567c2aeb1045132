/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report on the PCI bus: each function, and which driver of ours knows it. */
#include "devices/host/pci.h"
#include "devices/host/disk/disks.h"
#include "devices/host/net/cards.h"
#include "hv/report/private.h"
#include "lib/string.h"

#define CLASS_NETWORK	 0x02u
#define CLASS_SERIAL_BUS 0x0cu
#define SUBCLASS_USB	 0x03u

static const char *const class_name[] = {
	"old device",	   "disks",	"network",	   "display", "multimedia",
	"memory",	   "bridge",	"serial port",	   "system",  "input",
	"docking station", "processor", "FireWire, SMBus",
};
_Static_assert(ARRAY_LEN(class_name) == CLASS_SERIAL_BUS + 1, "a name for each class up to it");

/* Class 0c.03 (PCI code and ID assignment specification 1.11): what is behind decides whether
 * firmware makes a PS/2 keyboard of one on USB. */
static const struct {
	u8 prog_if;
	const char *name;
} usb[] = {{0x00, "USB (UHCI)"}, {0x10, "USB (OHCI)"}, {0x20, "USB (EHCI)"}, {0x30, "USB (xHCI)"}};

static const char *class_of(const struct host_function *f)
{
	if (f->base_class == CLASS_SERIAL_BUS && f->sub_class == SUBCLASS_USB) {
		for (u32 i = 0; i < ARRAY_LEN(usb); i++)
			if (f->prog_if == usb[i].prog_if)
				return usb[i].name;
		return "USB";
	}
	return f->base_class < ARRAY_LEN(class_name) ? class_name[f->base_class] : "other";
}

/* Of these kinds there are drivers, so one that has none is worth a word. */
static const char *driver_of(const struct host_function *f)
{
	const char *name;

	if (f->base_class == PCI_CLASS_STORAGE)
		name = host_disk_driver(f);
	else if (f->base_class == CLASS_NETWORK)
		name = host_nic_driver(f);
	else
		return NULL;
	return name ? name : "there is none";
}

static bool show(void *ctx, const struct host_function *f)
{
	struct report *r = ctx;
	const char *driver = driver_of(f), *owner = pcihost_owner(f);
	char irq[12] = "";

	if (f->irq_pin)
		snprintf(irq, sizeof(irq), " irq %u", f->irq_line);
	report_line(r, "pci: %02x:%02x.%u %04x:%04x %02x%02x%02x %s%s%s%s%s", f->bus, f->dev, f->fn,
		    f->vendor, f->device, f->base_class, f->sub_class, f->prog_if, class_of(f), irq,
		    driver ? "; driver: " : "", driver ? driver : "", owner ? ", in use" : "");
	return true;
}

void report_functions(struct report *r)
{
	if (pcihost_present())
		pcihost_scan(show, r);
	else
		report_line(r, "pci: none");
}
