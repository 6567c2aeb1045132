/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where an emulated instruction's bytes and operands are: RAM, the device window, memory of
 * devices, or nowhere. The instruction emulator's callbacks for memory. */
#include "devices/devices.h"
#include "hv/vcpu/emulate/emulate.h"
#include "hv/vcpu/private.h"
#include "lib/string.h"
#include "lib/x86.h"

static u32 access_of(struct vcpu *v, u32 kind)
{
	return kind | ((v->regs->cs & 3) == 3 ? PF_USER : 0);
}

const u8 *access_code(void *ctx, gva_t va, unsigned len)
{
	struct vcpu *v = ctx;

	return shadow_ptr(v->shadow, va, len, access_of(v, PF_FETCH));
}

unsigned access_fetch(void *ctx, gva_t va, u8 *buf, unsigned len, u32 *error)
{
	struct vcpu *v = ctx;
	unsigned done = 0;
	gpa_t gpa;

	while (done < len) {
		gva_t at = va + done;
		u32 n = MIN(len - done, PAGE_SIZE - (at & ~PAGE_MASK));
		const u8 *seen = access_code(v, at, n);

		if (seen)
			memcpy(buf + done, seen, n);
		else if (!shadow_fetch(v->shadow, at, access_of(v, 0), &gpa, error) ||
			 !guest_read(&v->guest->mem, gpa, buf + done, n))
			break;
		done += n;
	}
	return done;
}

/* Accesses stay within a page. */
static bool is_ram(const struct vcpu *v, gpa_t gpa)
{
	return gpa >> PAGE_SHIFT < v->guest->mem.ram_pages;
}

/* The slot that traps at gpa, for an access of size bytes; NULL: RAM or nothing. */
static inline const struct slot *window_at(struct vcpu *v, gpa_t gpa, unsigned size)
{
	const struct slot *s = gmem_find_window(&v->guest->mem, gpa >> PAGE_SHIFT);

	return s && s->kind == SLOT_WINDOW && (gpa & ~PAGE_MASK) + size <= PAGE_SIZE ? s : NULL;
}

/* One access of exactly this width: a device may count them. */
static void device_copy(volatile void *at, unsigned size, u32 *value, bool write)
{
	volatile u32 *dword = at;
	volatile u16 *word = at;
	volatile u8 *byte = at;

	if (write && size == 4)
		*dword = *value;
	else if (write && size == 2)
		*word = (u16)*value;
	else if (write)
		*byte = (u8)*value;
	else
		*value = size == 4 ? *dword : size == 2 ? *word : *byte;
}

/* An access to mapped device memory in the course of an instruction that also uses the window.
 * False: it is no such memory, or a first touch was refused. */
static bool device_access(struct vcpu *v, gpa_t gpa, unsigned size, u32 *value, bool write)
{
	struct gmem *m = &v->guest->mem;
	const struct slot *s;
	pfn_t frame;
	u8 *page;

	if ((gpa & ~PAGE_MASK) + size > PAGE_SIZE ||
	    !gmem_touch(m, gpa >> PAGE_SHIFT, write, &frame))
		return false;
	s = gmem_find(m, gpa >> PAGE_SHIFT);
	page = frame_map_device(frame, s->ram ? CACHE_WB : s->cache);
	device_copy(page + (gpa & ~PAGE_MASK), size, value, write);
	frame_unmap(page);
	return true;
}

/* Without page tables an address where nothing is answers as on a PC's bus: reads give ones, writes
 * vanish. With them it is the page table's entry that is wrong (docs/abi.md). */
static bool nothing_there(struct vcpu *v, gpa_t gpa)
{
	if (!shadow_linear(v->shadow) || gmem_find(&v->guest->mem, gpa >> PAGE_SHIFT))
		return false;
	vcpu_say_once(v, NOTE_OUTSIDE,
		      "nothing is at %#x: reads give ones, writes vanish (eip=%#x)", gpa,
		      v->regs->eip);
	return true;
}

/* Through the guest's tables. Without CR0.WP its kernel may write wherever it may read. (Dirty
 * stays as it was then.) */
static bool walk_to(struct vcpu *v, gva_t va, u32 access, gpa_t *gpa, u32 *error)
{
	u32 unused;

	if (shadow_translate(v->shadow, va, access, gpa, error))
		return true;
	return (access & (PF_WRITE | PF_USER)) == PF_WRITE && !(v->cr0 & CR0_WP) &&
	       shadow_translate(v->shadow, va, access & ~PF_WRITE, gpa, &unused);
}

/* Where va leads. The page that this exit is about was walked to already. */
static bool translate(struct vcpu *v, gva_t va, u32 access, gpa_t *gpa, u32 *error)
{
	const struct seen_window *w = &v->seen_window;

	if ((va & PAGE_MASK) != w->va || access & ~w->access)
		return walk_to(v, va, access, gpa, error);
	*gpa = w->gpa | (va & ~PAGE_MASK);
	return true;
}

bool access_load(void *ctx, gva_t va, unsigned size, u32 *value, u32 *error)
{
	struct vcpu *v = ctx;
	const struct slot *s;
	gpa_t gpa;

	*value = 0;
	if (!translate(v, va, access_of(v, 0), &gpa, error))
		return false;
	if (is_ram(v, gpa))
		return guest_read(&v->guest->mem, gpa, value, size);
	s = window_at(v, gpa, size);
	if (!s && nothing_there(v, gpa)) {
		*value = 0xffffffffu;
		return true;
	}
	if (!s)
		return device_access(v, gpa, size, value, false);
	*value = s->ops->read(s->ctx, gpa, size);
	return true;
}

bool access_store(void *ctx, gva_t va, unsigned size, u32 value, u32 *error)
{
	struct vcpu *v = ctx;
	const struct slot *s;
	gpa_t gpa;

	if (!translate(v, va, access_of(v, PF_WRITE), &gpa, error))
		return false;
	if (is_ram(v, gpa))
		return guest_write(&v->guest->mem, gpa, &value, size);
	s = window_at(v, gpa, size);
	if (!s)
		return nothing_there(v, gpa) || device_access(v, gpa, size, &value, true);
	s->ops->write(s->ctx, gpa, size, value);
	return true;
}

bool access_writable(void *ctx, gva_t va, u32 *error)
{
	struct vcpu *v = ctx;
	gpa_t gpa;

	return walk_to(v, va, access_of(v, PF_WRITE), &gpa, error);
}
