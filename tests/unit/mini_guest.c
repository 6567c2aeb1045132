/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See mini_guest.h. */
#include "tests/unit/mini_guest.h"

#include <string.h>

static void on_irq(void *ctx, unsigned line)
{
	struct mini *g = ctx;

	assert_in_range(line, 1, 15);
	g->irqs[line]++;
}

static void on_console(void *ctx, const char *text, u32 len)
{
	struct mini *g = ctx;
	u32 n = MIN(len, (u32)sizeof(g->text) - g->text_len);

	memcpy(g->text + g->text_len, text, n);
	g->text_len += n;
	g->text_calls++;
	g->text_longest = MAX(g->text_longest, len);
}

static u32 on_room(void *ctx)
{
	const struct mini *g = ctx;

	return g->text_limit ? g->text_limit - MIN(g->text_limit, g->text_len) : ~0u;
}

static u64 on_now(void *ctx)
{
	return ((struct mini *)ctx)->now += 1000;
}

static bool on_served(void *ctx, unsigned line)
{
	(void)ctx;
	(void)line;
	return true;
}

/* The run loop's part: after an exit, whoever has work gets time for one call, the guest whose exit
 * it was first. */
static struct mini *at_work[8];

static void on_work(void *ctx)
{
	for (u32 i = 0; i < ARRAY_LEN(at_work); i++) {
		if (at_work[i] == ctx)
			return;
		if (!at_work[i]) {
			at_work[i] = ctx;
			return;
		}
	}
	fail_msg("too many guests at work");
}

void mini_work(void)
{
	for (u32 i = 0; i < ARRAY_LEN(at_work) && at_work[i]; i++)
		(void)bus_poll(at_work[i]->bus);
	memset(at_work, 0, sizeof(at_work));
}

static const struct bus_ops ops = {
	.irq = on_irq,
	.console_out = on_console,
	.console_room = on_room,
	.now_ns = on_now,
	.irq_served = on_served,
	.work = on_work,
};

void mini_init(struct mini *g, const char *name)
{
	mini_init_pages(g, name, MINI_RAM_PAGES);
}

void mini_init_pages(struct mini *g, const char *name, u32 pages)
{
	memset(g, 0, sizeof(*g));
	fake_guest_init(&g->guest, pages);
	g->bus = bus_create(&g->guest.arena, &g->guest.mem, &ops, g, name);
	assert_non_null(g->bus);
}

void mini_free(struct mini *g)
{
	bus_detach(g->bus);
	memset(at_work, 0, sizeof(at_work));
	fake_guest_free(&g->guest);
}

static void cfg_select(struct mini *g, u32 dev, u32 reg)
{
	bus_port_out(g->bus, 0xcf8, 4, 0x80000000u | dev << 11 | (reg & 0xfc));
}

u32 cfg_in(struct mini *g, u32 dev, u32 reg, unsigned size)
{
	cfg_select(g, dev, reg);
	return bus_port_in(g->bus, (u16)(0xcfc + (reg & 3)), size);
}

void cfg_out(struct mini *g, u32 dev, u32 reg, unsigned size, u32 value)
{
	cfg_select(g, dev, reg);
	bus_port_out(g->bus, (u16)(0xcfc + (reg & 3)), size, value);
	mini_work();
}

u32 mmio_in(struct mini *g, gpa_t at, unsigned size)
{
	const struct slot *s = gmem_find(&g->guest.mem, at >> PAGE_SHIFT);

	assert_non_null(s);
	return s->ops->read(s->ctx, at, size);
}

void mmio_out(struct mini *g, gpa_t at, unsigned size, u32 value)
{
	const struct slot *s = gmem_find(&g->guest.mem, at >> PAGE_SHIFT);

	assert_non_null(s);
	s->ops->write(s->ctx, at, size, value);
	mini_work();
}

u32 reg_in(struct mini *g, u32 dev, u32 offset, unsigned size)
{
	return mmio_in(g, cfg_in(g, dev, 0x10, 4) + offset, size);
}

void reg_out(struct mini *g, u32 dev, u32 offset, unsigned size, u32 value)
{
	mmio_out(g, cfg_in(g, dev, 0x10, 4) + offset, size, value);
}

void mini_features(struct mini *g, u32 dev, u32 low, u32 high)
{
	reg_out(g, dev, R_STATUS, 1, 0);
	assert_int_equal(reg_in(g, dev, R_STATUS, 1), 0);
	reg_out(g, dev, R_STATUS, 1, 1);
	reg_out(g, dev, R_STATUS, 1, reg_in(g, dev, R_STATUS, 1) | 2);
	reg_out(g, dev, R_OFFERED_SELECT, 4, 0);
	assert_int_equal(low & ~reg_in(g, dev, R_OFFERED, 4), 0);
	reg_out(g, dev, R_OFFERED_SELECT, 4, 1);
	assert_int_equal(reg_in(g, dev, R_OFFERED, 4), 1);
	reg_out(g, dev, R_ACCEPTED_SELECT, 4, 0);
	reg_out(g, dev, R_ACCEPTED, 4, low);
	reg_out(g, dev, R_ACCEPTED_SELECT, 4, 1);
	reg_out(g, dev, R_ACCEPTED, 4, high);
	reg_out(g, dev, R_STATUS, 1, reg_in(g, dev, R_STATUS, 1) | 8);
}

void mini_queue(struct mini *g, u32 dev, u32 index, gpa_t at, u32 size, struct mqueue *q)
{
	reg_out(g, dev, R_QUEUE_SELECT, 2, index);
	assert_int_equal(reg_in(g, dev, R_QUEUE_SIZE, 2), 256);
	assert_int_equal(reg_in(g, dev, R_QUEUE_ENABLE, 2), 0);
	assert_int_equal(reg_in(g, dev, 0x1e, 2), 0);
	*q = (struct mqueue){g, dev, index, size, at, at + 4096, at + 8192, 0, 0};
	reg_out(g, dev, R_QUEUE_SIZE, 2, size);
	reg_out(g, dev, R_DESC, 4, q->desc);
	reg_out(g, dev, R_DESC + 4, 4, 0);
	reg_out(g, dev, R_AVAIL, 4, q->avail);
	reg_out(g, dev, R_AVAIL + 4, 4, 0);
	reg_out(g, dev, R_USED, 4, q->used);
	reg_out(g, dev, R_USED + 4, 4, 0);
	reg_out(g, dev, R_QUEUE_ENABLE, 2, 1);
}

void mini_ready(struct mini *g, u32 dev)
{
	reg_out(g, dev, R_STATUS, 1, reg_in(g, dev, R_STATUS, 1) | 4);
}

void mini_open(struct mini *g, u32 dev, u32 low, gpa_t at, u32 queues, struct mqueue *q)
{
	mini_features(g, dev, low, 1);
	assert_int_equal(reg_in(g, dev, R_STATUS, 1), 0xb);
	assert_int_equal(reg_in(g, dev, 0x12, 2), queues);
	for (u32 i = 0; i < queues; i++) {
		u8 *ram = fake_ram(&g->guest.mem) + at + i * 3 * PAGE_SIZE;

		memset(ram, 0, 3 * PAGE_SIZE);
		mini_queue(g, dev, i, at + i * 3 * PAGE_SIZE, 256, &q[i]);
		assert_int_equal(reg_in(g, dev, R_QUEUE_ENABLE, 2), 1);
	}
	mini_ready(g, dev);
	assert_int_equal(reg_in(g, dev, R_STATUS, 1), 0xf);
}

static void assert_in_ram(const struct mini *g, gpa_t at, u32 len)
{
	u32 ram = g->guest.mem.ram_pages * PAGE_SIZE;

	assert_true(at <= ram && len <= ram - at);
}

void ram_put(struct mini *g, gpa_t at, const void *src, u32 len)
{
	assert_in_ram(g, at, len);
	memcpy(fake_ram(&g->guest.mem) + at, src, len);
}

void ram_get(struct mini *g, gpa_t at, void *dst, u32 len)
{
	assert_in_ram(g, at, len);
	memcpy(dst, fake_ram(&g->guest.mem) + at, len);
}

void mdesc_set(struct mqueue *q, u32 i, u64 addr, u32 len, u16 flags, u16 next)
{
	struct mdesc d = {addr, len, flags, next};

	ram_put(q->g, q->desc + i * (u32)sizeof(d), &d, sizeof(d));
}

void mqueue_offer(struct mqueue *q, u16 head)
{
	ram_put(q->g, q->avail + 4 + q->avail_idx % q->size * 2, &head, 2);
	q->avail_idx++;
	ram_put(q->g, q->avail + 2, &q->avail_idx, 2);
}

void mqueue_kick(struct mqueue *q)
{
	reg_out(q->g, q->dev, R_NOTIFY, 2, q->index);
}

bool mqueue_used(struct mqueue *q, u32 *id, u32 *len)
{
	u32 elem[2];
	u16 idx;

	ram_get(q->g, q->used + 2, &idx, 2);
	if (idx == q->seen)
		return false;
	ram_get(q->g, q->used + 4 + q->seen % q->size * 8, elem, 8);
	q->seen++;
	*id = elem[0];
	*len = elem[1];
	return true;
}

u16 mqueue_used_flags(struct mqueue *q)
{
	u16 flags;

	ram_get(q->g, q->used, &flags, 2);
	return flags;
}

void mqueue_avail_flags(struct mqueue *q, u16 flags)
{
	ram_put(q->g, q->avail, &flags, 2);
}

u32 mini_random(u32 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}
