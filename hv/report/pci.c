/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report on the PCI bus: each function, and which driver of ours knows it. */
#include "devices/host/pci.h"
#include "devices/host/disk/disks.h"
#include "devices/host/net/cards.h"
#include "hv/report/private.h"
#include "lib/string.h"

#define CLASS_NETWORK 0x02u

static const char *const class_name[] = {
	"old device",
	"disks",
	"network",
	"display",
	"multimedia",
	"memory",
	"bridge",
	"serial port",
	"system",
	"input",
	"docking station",
	"processor",
	"USB, FireWire, SMBus",
};

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
	const char *class =
		f->base_class < ARRAY_LEN(class_name) ? class_name[f->base_class] : "other";
	char irq[12] = "";

	if (f->irq_pin)
		snprintf(irq, sizeof(irq), " irq %u", f->irq_line);
	report_line(r, "pci: %02x:%02x.%u %04x:%04x %02x%02x%02x %s%s%s%s%s", f->bus, f->dev, f->fn,
		    f->vendor, f->device, f->base_class, f->sub_class, f->prog_if, class, irq,
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
