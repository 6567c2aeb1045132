/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virtio over PCI: finding the register blocks, negotiation, queues. */
#include "guest-stubs/lib/virtio.h"
#include "guest-stubs/lib/paging.h"
#include "guest-stubs/lib/pci.h"
#include "guest-stubs/lib/trap.h"

#define FEATURE_VERSION_1 1u /* of the high word: feature 32 */
#define CAP_NOTIFY_MUL	  16
#define BAR_MEMORY_MASK	  (~0xfu)
#define NO_CHAIN	  0xffffu
#define USED_NO_NOTIFY	  1u

static struct {
	struct virtio *dev;
	void (*fn)(void);
} on_line[LGUEST_IRQS];

static volatile u8 *map_block(u32 pci, u8 cap)
{
	u32 bar, at, len;

	if (!cap)
		return NULL;
	bar = pci_read32(pci, PCI_BAR0 + 4 * pci_read8(pci, cap + VIRTIO_CAP_BAR));
	at = pci_read32(pci, cap + VIRTIO_CAP_OFFSET);
	len = pci_read32(pci, cap + VIRTIO_CAP_LENGTH);
	return map_device((bar & BAR_MEMORY_MASK) + at, len);
}

static u32 find(u32 id, u32 nth)
{
	u32 pci;

	for (pci = 0; pci < PCI_DEVICES; pci++)
		if (pci_read32(pci, PCI_ID) ==
			    (PCI_VENDOR_VIRTIO | (PCI_VIRTIO_MODERN + id) << 16) &&
		    nth-- == 0)
			return pci;
	return PCI_DEVICES;
}

static void add_status(struct virtio *v, u8 bit)
{
	vwrite8(v->common + VC_STATUS, vread8(v->common + VC_STATUS) | bit);
}

static bool negotiate(struct virtio *v, u32 wanted)
{
	u32 low, high;

	vwrite8(v->common + VC_STATUS, 0);
	while (vread8(v->common + VC_STATUS))
		;
	add_status(v, STATUS_ACKNOWLEDGE);
	add_status(v, STATUS_DRIVER);
	vwrite32(v->common + VC_DEVICE_FEATURE_SELECT, 0);
	low = vread32(v->common + VC_DEVICE_FEATURE) & wanted;
	vwrite32(v->common + VC_DEVICE_FEATURE_SELECT, 1);
	high = vread32(v->common + VC_DEVICE_FEATURE) & FEATURE_VERSION_1;
	vwrite32(v->common + VC_DRIVER_FEATURE_SELECT, 0);
	vwrite32(v->common + VC_DRIVER_FEATURE, low);
	vwrite32(v->common + VC_DRIVER_FEATURE_SELECT, 1);
	vwrite32(v->common + VC_DRIVER_FEATURE, high);
	add_status(v, STATUS_FEATURES_OK);
	return high && (vread8(v->common + VC_STATUS) & STATUS_FEATURES_OK);
}

bool virtio_open(struct virtio *v, u32 id, u32 nth, u32 features)
{
	u8 notify;

	v->pci = find(id, nth);
	if (v->pci == PCI_DEVICES)
		return false;
	notify = pci_find_virtio_cap(v->pci, VIRTIO_CAP_NOTIFY);
	v->common = map_block(v->pci, pci_find_virtio_cap(v->pci, VIRTIO_CAP_COMMON));
	v->notify = map_block(v->pci, notify);
	v->isr = map_block(v->pci, pci_find_virtio_cap(v->pci, VIRTIO_CAP_ISR));
	v->config = map_block(v->pci, pci_find_virtio_cap(v->pci, VIRTIO_CAP_DEVICE));
	if (!v->common || !v->notify || !v->isr)
		return false;
	v->notify_multiplier = pci_read32(v->pci, notify + CAP_NOTIFY_MUL);
	v->line = pci_read8(v->pci, PCI_INTERRUPT_LINE);
	return negotiate(v, features);
}

bool virtq_open(struct virtio *v, struct virtq *q, u32 index)
{
	u32 page = page_alloc(), i;

	vwrite16(v->common + VC_QUEUE_SELECT, (u16)index);
	if (!page || vread16(v->common + VC_QUEUE_SIZE) < QUEUE_SIZE)
		return false;
	*q = (struct virtq){.dev = v, .index = (u16)index, .free_count = QUEUE_SIZE};
	q->rings = virt(page);
	for (i = 0; i < QUEUE_SIZE; i++)
		q->rings->desc[i].next = (u16)(i + 1);
	q->doorbell = (volatile u16 *)(v->notify + vread16(v->common + VC_QUEUE_NOTIFY_OFF) *
							   v->notify_multiplier);
	vwrite16(v->common + VC_QUEUE_SIZE, QUEUE_SIZE);
	vwrite32(v->common + VC_QUEUE_DESC, phys(q->rings->desc));
	vwrite32(v->common + VC_QUEUE_DESC + 4, 0);
	vwrite32(v->common + VC_QUEUE_AVAIL, phys(&q->rings->avail));
	vwrite32(v->common + VC_QUEUE_AVAIL + 4, 0);
	vwrite32(v->common + VC_QUEUE_USED, phys(&q->rings->used));
	vwrite32(v->common + VC_QUEUE_USED + 4, 0);
	vwrite16(v->common + VC_QUEUE_ENABLE, 1);
	return true;
}

void virtio_start(struct virtio *v)
{
	add_status(v, STATUS_DRIVER_OK);
}

static void interrupt(u32 line)
{
	if (vread8(on_line[line].dev->isr) && on_line[line].fn) /* the read acknowledges */
		on_line[line].fn();
}

void virtio_interrupts(struct virtio *v, void (*fn)(void))
{
	if (v->line == 0 || v->line >= LGUEST_IRQS)
		return;
	on_line[v->line].dev = v;
	on_line[v->line].fn = fn;
	irq_install(v->line, interrupt);
}

int virtq_add(struct virtq *q, const struct virtio_buffer *b, u32 out, u32 in)
{
	struct virtq_rings *r = q->rings;
	u32 flags = irq_save(), i;
	int head = -1;
	u16 at, last = 0;

	if (q->free_count >= out + in) {
		head = at = q->free_head;
		for (i = 0; i < out + in; i++) {
			r->desc[at].addr = phys(b[i].data);
			r->desc[at].len = b[i].len;
			r->desc[at].flags = DESC_NEXT | (i < out ? 0 : DESC_WRITE);
			last = at;
			at = r->desc[at].next;
		}
		r->desc[last].flags &= (u16)~DESC_NEXT;
		q->free_head = at;
		q->free_count = (u16)(q->free_count - out - in);
		r->avail.ring[r->avail.idx % QUEUE_SIZE] = (u16)head;
		__asm__ volatile("" ::: "memory");
		(*(volatile u16 *)&r->avail.idx)++;
	}
	irq_restore(flags);
	return head;
}

void virtq_kick(struct virtq *q)
{
	__asm__ volatile("" ::: "memory");
	*q->doorbell = q->index;
}

void virtq_tell(struct virtq *q)
{
	__asm__ volatile("" ::: "memory");
	if (!(q->rings->used.flags & USED_NO_NOTIFY))
		virtq_kick(q);
}

static void free_chain(struct virtq *q, u16 head)
{
	struct virtq_desc *desc = q->rings->desc;
	u16 last = head;

	for (q->free_count++; desc[last].flags & DESC_NEXT; q->free_count++)
		last = desc[last].next;
	desc[last].next = q->free_head;
	q->free_head = head;
}

bool virtq_ready(struct virtq *q)
{
	return q->rings && q->last_used != *(volatile u16 *)&q->rings->used.idx;
}

int virtq_take(struct virtq *q, u32 *len)
{
	u32 flags = irq_save();
	struct virtq_used_elem *e;
	int head = -1;

	if (virtq_ready(q)) {
		__asm__ volatile("" ::: "memory");
		e = &q->rings->used.ring[q->last_used++ % QUEUE_SIZE];
		head = (int)e->id;
		if (len)
			*len = e->len;
		free_chain(q, (u16)head);
	}
	irq_restore(flags);
	return head;
}

int virtq_wait(struct virtq *q, u32 *len)
{
	u32 flags = irq_save();
	int head;

	while ((head = virtq_take(q, len)) < 0)
		if (flags)
			halt_off();
		else
			hcall(HC_SEND_INTERRUPTS, 0, 0, 0, 0);
	irq_restore(flags);
	return head;
}
