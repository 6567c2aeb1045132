/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio 1.0 over PCI (virtio 4.1): a device's PCI header and capabilities, and the register
 * page behind BAR 0, driven by a table. Registers answer at their natural width only; any
 * other access reads all ones or is dropped, and is counted. A step that the specification
 * forbids the driver stops the device (vdev_break) until the driver resets it.
 */
#include "devices/virtio/virtio.h"
#include "lib/log.h"
#include "lib/string.h"

/* The register page. lguest guests' early console relies on these places. */
#define REG_NOTIFY 0x38u
#define REG_ISR	   0x3au
#define REG_CONFIG 0x3cu
#define COMMON_LEN REG_NOTIFY

/* Capabilities in configuration space (virtio 4.1.4). */
#define CAP_COMMON 0x40u
#define CAP_NOTIFY 0x50u
#define CAP_ISR	   0x64u
#define CAP_DEVICE 0x74u
#define CAP_WINDOW 0x84u

#define CAP_ID_VENDOR 0x09u
#define CAP_BAR	      4u
#define CAP_OFFSET    8u
#define CAP_LENGTH    12u
#define CAP_DATA      16u

enum cap_type { TYPE_COMMON = 1, TYPE_NOTIFY, TYPE_ISR, TYPE_DEVICE, TYPE_WINDOW };

#define COMPLAINTS_MAX 4u /* log lines a device may cause in its life */
#define NO_VECTOR      0xffffu

static struct vdev *vdev_of(struct pci_function *f)
{
	return container_of(f, struct vdev, pci);
}

/* ---- Misbehaviour ------------------------------------------------------------------------- */

static void complain(struct vdev *d, const char *why, const char *result)
{
	if (d->complaints++ >= COMPLAINTS_MAX)
		return;
	log_line(LOG_WARN, d->bus->name, "%s 00:%02x.0: %s; %s%s", d->ops->name, d->irq, why,
		 result, d->complaints == COMPLAINTS_MAX ? " (further lines suppressed)" : "");
}

void vdev_break(struct vdev *d, const char *why)
{
	if (d->status & STATUS_NEEDS_RESET)
		return;
	complain(d, why, "device stopped until the driver resets it");
	d->status |= STATUS_NEEDS_RESET;
	d->pending = 0;
}

static void ignore(struct vdev *d, const char *why)
{
	d->ignored++;
	complain(d, why, "ignored");
}

/* ---- Work --------------------------------------------------------------------------------- */

void vdev_service(struct vdev *d, u32 queue)
{
	d->pending &= ~BIT(queue);
	if (d->ops->service(d, queue) && vdev_running(d))
		d->pending |= BIT(queue);
}

bool vdev_poll(struct vdev *d)
{
	for (u32 i = 0; i < d->ops->queues; i++)
		if (d->pending & BIT(i))
			vdev_service(d, i);
	return d->pending != 0;
}

static void clear(struct vdev *d)
{
	d->status = 0;
	d->isr = 0;
	d->pending = 0;
	d->accepted = 0;
	d->offered_select = d->accepted_select = 0;
	d->queue_select = 0;
	memset(d->queue, 0, sizeof(d->queue));
	for (u32 i = 0; i < d->ops->queues; i++)
		d->queue[i].size = VQ_SIZE_MAX;
}

void vdev_reset(struct vdev *d)
{
	if (d->ops->reset)
		d->ops->reset(d);
	clear(d);
}

/* ---- Common registers (virtio 4.1.4.3) ---------------------------------------------------- */

static u32 read_offered_select(struct vdev *d, u32 arg UNUSED)
{
	return d->offered_select;
}

static void write_offered_select(struct vdev *d, u32 arg UNUSED, u32 value)
{
	d->offered_select = value;
}

/* Word `select` of a feature set; there are two. */
static u32 feature_word(u64 features, u32 select)
{
	return select < 2 ? (u32)(features >> select * 32) : 0;
}

static u32 read_offered(struct vdev *d, u32 arg UNUSED)
{
	return feature_word(d->offered, d->offered_select);
}

static u32 read_accepted_select(struct vdev *d, u32 arg UNUSED)
{
	return d->accepted_select;
}

static void write_accepted_select(struct vdev *d, u32 arg UNUSED, u32 value)
{
	d->accepted_select = value;
}

static u32 read_accepted(struct vdev *d, u32 arg UNUSED)
{
	return feature_word(d->accepted, d->accepted_select);
}

static void write_accepted(struct vdev *d, u32 arg UNUSED, u32 value)
{
	u32 select = d->accepted_select;

	if ((d->status & (STATUS_DRIVER | STATUS_FEATURES_OK)) != STATUS_DRIVER) {
		vdev_break(d, "features written outside negotiation");
		return;
	}
	if (value & ~feature_word(d->offered, select)) {
		vdev_break(d, "features accepted that were not offered");
		return;
	}
	if (select < 2) {
		d->accepted &= ~(0xffffffffull << select * 32);
		d->accepted |= (u64)value << select * 32;
	}
}

static u32 read_no_vector(struct vdev *d UNUSED, u32 arg UNUSED)
{
	return NO_VECTOR;
}

static u32 read_num_queues(struct vdev *d, u32 arg UNUSED)
{
	return d->ops->queues;
}

static u32 read_zero(struct vdev *d UNUSED, u32 arg UNUSED)
{
	return 0;
}

static u32 read_status(struct vdev *d, u32 arg UNUSED)
{
	return d->status;
}

/* Features are settled: only now can they be judged. A driver that does not know version 1
 * finds FEATURES_OK still clear, as virtio 3.1.1 step 6 has it. */
static bool features_ok(struct vdev *d)
{
	if (d->accepted & FEATURE_VERSION_1)
		return true;
	vdev_break(d, "driver without VIRTIO_F_VERSION_1");
	return false;
}

static void driver_ok(struct vdev *d)
{
	d->status |= STATUS_DRIVER_OK;
	for (u32 i = 0; i < d->ops->queues; i++)
		if (d->queue[i].enabled)
			vq_start(d, &d->queue[i]);
	for (u32 i = 0; i < d->ops->queues; i++)
		if (d->queue[i].enabled)
			vdev_service(d, i);
}

/* The four steps of the driver must come in their order; several at once are let pass. */
static bool in_order(u32 steps)
{
	return steps == STATUS_ACKNOWLEDGE || steps == (STATUS_ACKNOWLEDGE | STATUS_DRIVER) ||
	       steps == (STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK) ||
	       steps ==
		       (STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK | STATUS_DRIVER_OK);
}

static void write_status(struct vdev *d, u32 arg UNUSED, u32 value)
{
	u32 steps = value & ~(STATUS_FAILED | STATUS_NEEDS_RESET);
	u32 old = d->status & ~(STATUS_FAILED | STATUS_NEEDS_RESET);

	if (value == 0) {
		vdev_reset(d);
		return;
	}
	if (value & STATUS_FAILED) { /* the driver gives up: always allowed */
		d->status |= STATUS_FAILED;
		d->pending = 0;
		return;
	}
	if (d->status & (STATUS_FAILED | STATUS_NEEDS_RESET))
		return;
	if ((old & steps) != old || !in_order(steps)) {
		vdev_break(d, "status bits out of order");
		return;
	}
	d->status |= (u8)(steps & (STATUS_ACKNOWLEDGE | STATUS_DRIVER));
	if (steps & ~old & STATUS_FEATURES_OK) {
		if (!features_ok(d))
			return;
		d->status |= STATUS_FEATURES_OK;
	}
	if (steps & ~old & STATUS_DRIVER_OK)
		driver_ok(d);
}

static u32 read_queue_select(struct vdev *d, u32 arg UNUSED)
{
	return d->queue_select;
}

static void write_queue_select(struct vdev *d, u32 arg UNUSED, u32 value)
{
	d->queue_select = (u16)value;
}

/* The selected queue, or NULL: such a queue reads 0 everywhere. */
static struct vqueue *selected_queue(struct vdev *d)
{
	return d->queue_select < d->ops->queues ? &d->queue[d->queue_select] : NULL;
}

/* The selected queue if it may be set up now; otherwise the driver is told. */
static struct vqueue *queue_for_setup(struct vdev *d)
{
	struct vqueue *q = selected_queue(d);

	if (!q)
		ignore(d, "set-up of a queue that does not exist");
	else if ((d->status & (STATUS_FEATURES_OK | STATUS_DRIVER_OK)) != STATUS_FEATURES_OK)
		vdev_break(d, "queue set up outside FEATURES_OK..DRIVER_OK");
	else if (q->enabled)
		vdev_break(d, "queue changed after it was enabled");
	else
		return q;
	return NULL;
}

static u32 read_queue_size(struct vdev *d, u32 arg UNUSED)
{
	const struct vqueue *q = selected_queue(d);

	return q ? q->size : 0;
}

static void write_queue_size(struct vdev *d, u32 arg UNUSED, u32 value)
{
	struct vqueue *q = queue_for_setup(d);

	if (!q)
		return;
	if (value == 0 || value > VQ_SIZE_MAX || value & (value - 1))
		vdev_break(d, "bad queue size");
	else
		q->size = (u16)value;
}

static u32 read_queue_enable(struct vdev *d, u32 arg UNUSED)
{
	const struct vqueue *q = selected_queue(d);

	return q && q->enabled;
}

static void write_queue_enable(struct vdev *d, u32 arg UNUSED, u32 value)
{
	struct vqueue *q = queue_for_setup(d);
	const char *why;

	if (!q)
		return;
	why = value == 1 ? vq_check(d, q) : "queue_enable written with something else than 1";
	if (why)
		vdev_break(d, why);
	else
		q->enabled = true;
}

static u32 read_queue_addr(struct vdev *d, u32 arg)
{
	const struct vqueue *q = selected_queue(d);

	return q ? q->addr[arg] : 0;
}

static void write_queue_addr(struct vdev *d, u32 arg, u32 value)
{
	struct vqueue *q = queue_for_setup(d);

	if (q)
		q->addr[arg] = value;
}

/* ---- Notification and interrupt status ---------------------------------------------------- */

static void write_notify(struct vdev *d, u32 arg UNUSED, u32 value)
{
	if (value >= d->ops->queues)
		ignore(d, "notification of a queue that does not exist");
	else if (vdev_running(d) && d->queue[value].enabled)
		vdev_service(d, value);
	else
		d->ignored++;
}

static u32 read_isr(struct vdev *d, u32 arg UNUSED)
{
	u32 isr = d->isr;

	d->isr = 0;
	return isr;
}

/* ---- The table ---------------------------------------------------------------------------- */

struct reg {
	u8 offset, width;
	u8 arg;
	u32 (*read)(struct vdev *d, u32 arg);
	void (*write)(struct vdev *d, u32 arg, u32 value); /* NULL: read only */
};

/* The ones used all the time come first. */
static const struct reg regs[] = {
	{REG_NOTIFY, 2, 0, read_zero, write_notify},
	{REG_ISR, 1, 0, read_isr, NULL},
	{0x00, 4, 0, read_offered_select, write_offered_select},
	{0x04, 4, 0, read_offered, NULL},
	{0x08, 4, 0, read_accepted_select, write_accepted_select},
	{0x0c, 4, 0, read_accepted, write_accepted},
	{0x10, 2, 0, read_no_vector, NULL},
	{0x12, 2, 0, read_num_queues, NULL},
	{0x14, 1, 0, read_status, write_status},
	{0x15, 1, 0, read_zero, NULL},
	{0x16, 2, 0, read_queue_select, write_queue_select},
	{0x18, 2, 0, read_queue_size, write_queue_size},
	{0x1a, 2, 0, read_no_vector, NULL},
	{0x1c, 2, 0, read_queue_enable, write_queue_enable},
	{0x1e, 2, 0, read_zero, NULL},
	{0x20, 4, VQ_DESC, read_queue_addr, write_queue_addr},
	{0x24, 4, VQ_DESC_HI, read_queue_addr, write_queue_addr},
	{0x28, 4, VQ_AVAIL, read_queue_addr, write_queue_addr},
	{0x2c, 4, VQ_AVAIL_HI, read_queue_addr, write_queue_addr},
	{0x30, 4, VQ_USED, read_queue_addr, write_queue_addr},
	{0x34, 4, VQ_USED_HI, read_queue_addr, write_queue_addr},
};

static const struct reg *find_reg(u32 offset, unsigned size)
{
	for (u32 i = 0; i < ARRAY_LEN(regs); i++)
		if (regs[i].offset == offset && regs[i].width == size)
			return &regs[i];
	return NULL;
}

/* The device's own registers may be read at any width (virtio 4.1.3.1 asks for the natural
 * one, but fields differ). */
static bool in_config(const struct vdev *d, u32 offset, unsigned size)
{
	return offset >= REG_CONFIG && offset - REG_CONFIG + size <= d->ops->config_len;
}

static u32 bar_read(struct pci_function *f, u32 offset, unsigned size)
{
	struct vdev *d = vdev_of(f);
	const struct reg *r = find_reg(offset, size);
	u32 value = 0;

	if (r)
		return r->read(d, r->arg);
	if (in_config(d, offset, size)) {
		memcpy(&value, &d->config[offset - REG_CONFIG], size);
		return value;
	}
	ignore(d, "read of no register or at a wrong width");
	return 0xffffffffu >> (32 - size * 8);
}

static void bar_write(struct pci_function *f, u32 offset, unsigned size, u32 value)
{
	struct vdev *d = vdev_of(f);
	const struct reg *r = find_reg(offset, size);

	if (r && r->write)
		r->write(d, r->arg, value);
	else if (!r && in_config(d, offset, size) && d->ops->config_write)
		d->ops->config_write(d, offset - REG_CONFIG, size, value);
	else
		ignore(d, "write to no register, a read-only one, or at a wrong width");
}

/* ---- The window in configuration space (virtio 4.1.4.7) ----------------------------------- */

/* The access to BAR 0 which the capability describes; false: it describes none. */
static bool window_access(const struct pci_function *f, u32 *offset, u32 *size)
{
	*offset = pci_get(f, CAP_WINDOW + CAP_OFFSET, 4);
	*size = pci_get(f, CAP_WINDOW + CAP_LENGTH, 4);
	if (f->config[CAP_WINDOW + CAP_BAR] != 0)
		return false;
	if (*size != 1 && *size != 2 && *size != 4)
		return false;
	return *offset < PCI_BAR_SIZE && *offset % *size == 0;
}

static void config_reading(struct pci_function *f, u32 reg)
{
	u32 offset, size;

	if (reg != CAP_WINDOW + CAP_DATA)
		return;
	if (window_access(f, &offset, &size))
		pci_set(f, reg, 4, bar_read(f, offset, size));
	else
		pci_set(f, reg, 4, 0xffffffffu);
}

static void config_written(struct pci_function *f, u32 reg)
{
	u32 offset, size;

	if (reg == CAP_WINDOW + CAP_DATA && window_access(f, &offset, &size))
		bar_write(f, offset, size, pci_get(f, reg, size));
}

/* ---- Making a device ---------------------------------------------------------------------- */

static const struct pci_function_ops function_ops = {
	.bar_read = bar_read,
	.bar_write = bar_write,
	.config_reading = config_reading,
	.config_written = config_written,
};

struct capability {
	u8 at, next, len, type;
	u32 offset, length;
};

static void add_capabilities(struct pci_function *f, u32 config_len)
{
	const struct capability caps[] = {
		{CAP_COMMON, CAP_NOTIFY, 16, TYPE_COMMON, 0, COMMON_LEN},
		{CAP_NOTIFY, CAP_ISR, 20, TYPE_NOTIFY, REG_NOTIFY, 2}, /* multiplier 0 */
		{CAP_ISR, CAP_WINDOW, 16, TYPE_ISR, REG_ISR, 1},
		{CAP_WINDOW, config_len ? CAP_DEVICE : 0, 20, TYPE_WINDOW, 0, 0},
		{CAP_DEVICE, 0, 16, TYPE_DEVICE, REG_CONFIG, config_len},
	};

	pci_set(f, PCI_STATUS, 2, PCI_STATUS_CAPABILITY);
	pci_set(f, PCI_CAPABILITIES, 1, CAP_COMMON);
	for (u32 i = 0; i < ARRAY_LEN(caps); i++) {
		const struct capability *c = &caps[i];

		if (c->type == TYPE_DEVICE && !config_len)
			continue;
		pci_set(f, c->at, 1, CAP_ID_VENDOR);
		pci_set(f, c->at + 1u, 1, c->next);
		pci_set(f, c->at + 2u, 1, c->len);
		pci_set(f, c->at + 3u, 1, c->type);
		pci_set(f, c->at + CAP_OFFSET, 4, c->offset);
		pci_set(f, c->at + CAP_LENGTH, 4, c->length);
	}
	pci_set_writable(f, CAP_WINDOW + CAP_BAR, 1, 0xff);
	pci_set_writable(f, CAP_WINDOW + CAP_OFFSET, 4, 0xffffffffu);
	pci_set_writable(f, CAP_WINDOW + CAP_LENGTH, 4, 0xffffffffu);
	pci_set_writable(f, CAP_WINDOW + CAP_DATA, 4, 0xffffffffu);
}

/* As firmware would leave it: BAR placed, memory decode on. No interrupt pin: the guest takes
 * the line byte as it is. */
static void fill_header(struct vdev *d, gpa_t bar)
{
	struct pci_function *f = &d->pci;

	f->ops = &function_ops;
	pci_set(f, PCI_VENDOR, 2, VIRTIO_PCI_VENDOR);
	pci_set(f, PCI_DEVICE, 2, VIRTIO_PCI_DEVICE + d->ops->id);
	pci_set(f, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	pci_set(f, PCI_REVISION, 1, 1);
	pci_set(f, PCI_SUBCLASS, 1, d->ops->subclass);
	pci_set(f, PCI_CLASS, 1, d->ops->class);
	pci_set(f, PCI_BAR0, 4, bar);
	pci_set(f, PCI_SUBSYS_DEVICE, 2, 0x40);
	pci_set(f, PCI_IRQ_LINE, 1, d->irq);
	pci_set_writable(f, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	pci_set_writable(f, PCI_CACHE_LINE, 1, 0xff);
	pci_set_writable(f, PCI_LATENCY, 1, 0xff);
	pci_set_writable(f, PCI_BAR0, 4, ~(PCI_BAR_SIZE - 1u));
	pci_set_writable(f, PCI_IRQ_LINE, 1, 0xff);
	add_capabilities(f, d->ops->config_len);
}

struct vdev *vdev_create(struct bus *b, const struct vdev_ops *ops, size_t size)
{
	struct vdev *d;

	if (b->devices == PCI_DEVICES)
		return NULL;
	d = arena_alloc(b->arena, size);
	if (!d)
		return NULL;
	d->bus = b;
	d->ops = ops;
	d->irq = (u8)b->devices;
	d->offered = ops->features | FEATURE_VERSION_1;
	fill_header(d, b->window + (d->irq - 1u) * PCI_BAR_SIZE);
	clear(d);
	return d;
}

void vdev_plug(struct vdev *d)
{
	struct bus *b = d->bus;

	b->pci.device[d->irq] = &d->pci;
	b->vdev[d->irq] = d;
	b->devices++;
}
