/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared memory. A region belongs to nobody in particular: its first user makes it, its last one
 * takes its frames along, and in between any guest may come, go and be killed. A guest can
 * reach its peers by the memory and by one interrupt each, nothing else.
 */
#include "devices/shm.h"

#include "lib/log.h"
#include "lib/string.h"

#define SHM_ID	  0x11101af4u /* ivshmem's */
#define SHM_CLASS 0x050000u   /* memory controller, RAM */

#define WORD_BITS 32u

struct shm_port;

struct shm_region {
	char name[16];
	u32 pages;
	u32 users; /* 0: the place is free */
	struct frame_owner owner;
	struct arena arena; /* holds frame[] */
	pfn_t *frame;
	u32 *cleared; /* a bit for each page: nobody sees one that is not */
	struct shm_port *peer[SHM_PEERS];
};

struct shm_port {
	struct pci_function pci;
	struct pci_membar memory;
	struct shm_region *region;
	struct bus *bus;
	u32 id; /* our place in region->peer */
	u32 irq;
	u32 mask, status;
};

static struct shm_region regions[SHM_REGIONS];
_Static_assert(SHM_PEERS <= 32, "a word has a bit for each peer");

static struct shm_port *port_of(struct pci_function *f)
{
	return container_of(f, struct shm_port, pci);
}

/* ---- Regions ------------------------------------------------------------------------------- */

static struct shm_region *find(const char *name)
{
	for (u32 i = 0; i < SHM_REGIONS; i++)
		if (regions[i].users && !strcmp(regions[i].name, name))
			return &regions[i];
	return NULL;
}

static void release(struct shm_region *r)
{
	frame_free_many(&r->owner, r->frame, r->pages);
	r->frame = NULL;
	arena_release(&r->arena);
	BUG_ON(r->owner.frames);
}

static struct shm_region *make(const char *name, u32 pages)
{
	struct shm_region *r = regions;

	while (r < regions + SHM_REGIONS && r->users)
		r++;
	if (r == regions + SHM_REGIONS)
		return NULL;
	memset(r, 0, sizeof(*r));
	snprintf(r->name, sizeof(r->name), "%s", name);
	r->pages = pages;
	r->owner.name = r->name;
	arena_init(&r->arena, &r->owner);
	r->frame = arena_alloc(&r->arena, pages * sizeof(*r->frame));
	r->cleared = arena_alloc(&r->arena, (pages + WORD_BITS - 1) / WORD_BITS * sizeof(u32));
	if (!r->frame || !r->cleared || frame_alloc_many(&r->owner, r->frame, pages) != HV_OK) {
		arena_release(&r->arena);
		return NULL;
	}
	return r;
}

/* A page of it as its users may see it: whoever touches it first has it cleared. */
static pfn_t page_of(struct shm_region *r, u32 page)
{
	u32 *word = &r->cleared[page / WORD_BITS], bit = BIT(page % WORD_BITS);

	if (!(*word & bit))
		frame_clear(r->frame[page]);
	*word |= bit;
	return r->frame[page];
}

/* ---- The function -------------------------------------------------------------------------- */

static void ring(struct shm_region *r, u32 id)
{
	struct shm_port *peer = id < SHM_PEERS ? r->peer[id] : NULL;

	if (!peer)
		return;
	peer->status = 1;
	if (peer->mask & 1)
		peer->bus->ops->irq(peer->bus->ctx, peer->irq);
}

static u32 reg_read(struct pci_function *f, u32 offset, unsigned size)
{
	struct shm_port *p = port_of(f);
	u32 status = p->status;

	if (size != 4)
		return 0;
	switch (offset) {
	case SHM_INTR_MASK:
		return p->mask;
	case SHM_INTR_STATUS:
		p->status = 0;
		return status;
	case SHM_POSITION:
		return p->id;
	default:
		return 0;
	}
}

static void reg_write(struct pci_function *f, u32 offset, unsigned size, u32 value)
{
	struct shm_port *p = port_of(f);

	if (size != 4)
		return;
	if (offset == SHM_INTR_MASK)
		p->mask = value & 1;
	else if (offset == SHM_INTR_STATUS)
		p->status &= value;
	else if (offset == SHM_DOORBELL)
		ring(p->region, value >> 16);
}

static enum touch touched(void *ctx, struct gmem *m, gfn_t gfn, bool write)
{
	struct shm_port *p = ctx;
	u32 page = gfn - p->memory.slot.base;

	(void)write;
	if (page >= p->region->pages)
		return TOUCH_REFUSE;
	gmem_place(m, gfn, page_of(p->region, page));
	return TOUCH_RETRY;
}

static void config_written(struct pci_function *f, u32 reg)
{
	struct shm_port *p = port_of(f);

	bus_spend(p->bus, COST_MOVED_PAGE * pci_membar_written(&p->memory, reg));
}

/* First out of the guest's tables, then out of the region: no frame is freed while mapped. */
static void detach(struct pci_function *f)
{
	struct shm_port *p = port_of(f);

	pci_membar_remove(&p->memory);
	p->region->peer[p->id] = NULL;
	if (--p->region->users == 0)
		release(p->region);
}

static const struct pci_function_ops function_ops = {
	.bar_read = reg_read,
	.bar_write = reg_write,
	.detach = detach,
	.name = "shared-memory",
	.config_written = config_written,
};

static const struct slot_ops memory_ops = {.name = "shm", .fault = touched};

/* ---- Plugging in --------------------------------------------------------------------------- */

static enum hv_status refuse(const struct bus *b, enum hv_status s, const char *name,
			     const char *why)
{
	log_line(LOG_ERROR, b->name, "shm=%s: %s", name, why);
	return s;
}

static enum hv_status join(struct shm_port *p, struct shm_region *r)
{
	while (p->id < SHM_PEERS && r->peer[p->id])
		p->id++;
	if (p->id == SHM_PEERS)
		return HV_BUSY;
	p->region = r;
	r->peer[p->id] = p;
	r->users++;
	return HV_OK;
}

static enum hv_status plug(struct shm_port *p)
{
	struct bus *b = p->bus;
	u32 pages = p->region->pages;
	gpa_t at = bus_place(b, pages << PAGE_SHIFT);
	enum hv_status s;

	p->irq = b->devices;
	p->memory = (struct pci_membar){
		.f = &p->pci,
		.mem = b->mem,
		.reg = PCI_BAR2,
		.flags = PCI_BAR_PREFETCHABLE,
		.slot = {.pages = pages,
			 .kind = SLOT_DEVICE,
			 .cache = CACHE_WB,
			 .ops = &memory_ops,
			 .ctx = p,
			 .ram = true},
	};
	s = at ? bus_plug(b, &p->pci, &function_ops, SHM_ID, SHM_CLASS) : HV_NOMEM;
	if (s != HV_OK)
		return s;
	pci_set(&p->pci, 0x3d, 1, 1); /* INTA */
	return pci_membar_init(&p->memory, b->arena, at);
}

enum hv_status bus_add_shm(struct bus *b, const char *name, u32 bytes)
{
	u32 pages = bytes >> PAGE_SHIFT;
	struct shm_region *r = find(name);
	struct shm_port *p;
	enum hv_status s;

	if (!pages || pages > SHM_PAGES_MAX || bytes & (bytes - 1))
		return refuse(b, HV_BADARG, name, "the size must be a power of two, 4K to 16M");
	if (r && r->pages != pages)
		return refuse(b, HV_BADARG, name, "another guest has it with another size");
	p = arena_alloc(b->arena, sizeof(*p));
	if (!p)
		return HV_NOMEM;
	p->bus = b;
	if (!r)
		r = make(name, pages);
	if (!r)
		return HV_NOMEM;
	if (join(p, r) != HV_OK)
		return refuse(b, HV_BUSY, name, "16 guests have it already");
	s = plug(p);
	/* Once the function is on the bus, bus_detach() undoes all of it. */
	if (s != HV_OK && (p->irq >= PCI_DEVICES || b->pci.device[p->irq] != &p->pci))
		detach(&p->pci);
	return s;
}
