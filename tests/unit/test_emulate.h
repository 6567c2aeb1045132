/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine the emulator tests run on: 64 KiB of memory that repeats through the whole address
 * space, so that no address is impossible; page rights; ports, control registers; and a log of
 * every access in its order. It checks what the callbacks' contract promises.
 */
#ifndef TESTS_UNIT_TEST_EMULATE_H
#define TESTS_UNIT_TEST_EMULATE_H

#include "hv/vcpu/emulate/emulate.h"
#include "lib/x86.h"
#include "tests/unit/support.h"

#include <string.h>

#define MODEL_BYTES 0x10000u
#define MODEL_PAGES (MODEL_BYTES / PAGE_SIZE)
#define CODE_AT	    0x1100u
#define DATA_AT	    0x4000u

enum access {
	LOAD,
	STORE,
	PORT_IN,
	PORT_OUT,
	WRITE_CR,
	WRITE_DR,
	SET_IF,
	FLUSH,
	FETCH,
	LOAD_SEG,
	NO_ACCESS
};

struct event {
	enum access what;
	u32 at, size, value;
};

struct model {
	u8 mem[MODEL_BYTES];
	bool absent[MODEL_PAGES], readonly[MODEL_PAGES];
	bool code16, null_seg[6];
	u8 seg_vector; /* what seg_refused() answers */
	u32 base[6];
	u32 cr[16], port_value;
	struct event log[1024];
	unsigned events, fetches;
	struct emu_ops ops;
	struct regs regs, before;
};

static struct model m;

static inline u32 model_page(gva_t va)
{
	return va / PAGE_SIZE % MODEL_PAGES;
}

static inline void model_log(enum access what, u32 at, u32 size, u32 value)
{
	if (m.events < ARRAY_LEN(m.log))
		m.log[m.events] = (struct event){what, at, size, value};
	m.events++;
}

static inline bool model_refuses(gva_t va, unsigned size, bool write, u32 *error)
{
	u32 page = model_page(va);

	if (size != 1 && size != 2 && size != 4)
		fail_msg("access of %u bytes at %#x", size, va);
	if (page != model_page(va + size - 1))
		fail_msg("access of %u bytes at %#x leaves its page", size, va);
	if (m.absent[page]) {
		*error = write ? PF_WRITE : 0;
		return true;
	}
	*error = PF_PRESENT | PF_WRITE;
	return write && m.readonly[page];
}

static inline u32 model_get(gva_t va, unsigned size)
{
	u32 value = 0;

	while (size--)
		value = value << 8 | m.mem[(va + size) % MODEL_BYTES];
	return value;
}

static inline void model_put(gva_t va, unsigned size, u32 value)
{
	for (; size--; va++, value >>= 8)
		m.mem[va % MODEL_BYTES] = (u8)value;
}

static inline unsigned model_fetch(void *ctx, gva_t va, u8 *buf, unsigned len, u32 *error)
{
	unsigned i;

	assert_ptr_equal(ctx, &m);
	assert_in_range(len, 1, 15);
	assert_int_equal(model_page(va), model_page(va + len - 1));
	m.fetches++;
	if (m.absent[model_page(va)]) {
		*error = PF_FETCH;
		return 0;
	}
	for (i = 0; i < len; i++)
		buf[i] = m.mem[(va + i) % MODEL_BYTES];
	return len;
}

static inline bool model_load(void *ctx, gva_t va, unsigned size, u32 *value, u32 *error)
{
	assert_ptr_equal(ctx, &m);
	if (model_refuses(va, size, false, error))
		return false;
	/* Bits above the size are the callback's to leave wrong. */
	*value = model_get(va, size) | (size < 4 ? 0xa5a5a5a5u << size * 8 : 0);
	model_log(LOAD, va, size, model_get(va, size));
	return true;
}

static inline bool model_store(void *ctx, gva_t va, unsigned size, u32 value, u32 *error)
{
	assert_ptr_equal(ctx, &m);
	if (model_refuses(va, size, true, error))
		return false;
	if (size < 4)
		assert_int_equal(value >> size * 8, 0);
	model_put(va, size, value);
	model_log(STORE, va, size, value);
	return true;
}

static inline bool model_writable(void *ctx, gva_t va, u32 *error)
{
	assert_ptr_equal(ctx, &m);
	return !model_refuses(va, 1, true, error);
}

static inline bool model_seg_base(void *ctx, enum emu_seg seg, u32 *base)
{
	assert_ptr_equal(ctx, &m);
	assert_in_range(seg, EMU_ES, EMU_GS);
	*base = m.base[seg];
	return !m.null_seg[seg];
}

static inline u8 model_seg_refused(void *ctx, enum emu_seg seg, u16 selector)
{
	assert_ptr_equal(ctx, &m);
	assert_in_range(seg, EMU_ES, EMU_GS);
	assert_int_not_equal(seg, EMU_CS);
	model_log(LOAD_SEG, seg, 2, selector);
	return m.seg_vector;
}

static inline bool model_code_is_16bit(void *ctx)
{
	assert_ptr_equal(ctx, &m);
	return m.code16;
}

static inline u32 model_port_in(void *ctx, u16 port, unsigned size)
{
	assert_ptr_equal(ctx, &m);
	assert_true(size == 1 || size == 2 || size == 4);
	model_log(PORT_IN, port, size, m.port_value);
	return m.port_value++;
}

static inline void model_port_out(void *ctx, u16 port, unsigned size, u32 value)
{
	assert_ptr_equal(ctx, &m);
	assert_true(size == 1 || size == 2 || size == 4);
	if (size < 4)
		assert_int_equal(value >> size * 8, 0);
	model_log(PORT_OUT, port, size, value);
}

static inline u32 model_read_cr(void *ctx, unsigned n)
{
	assert_ptr_equal(ctx, &m);
	assert_in_range(n, 0, 7);
	return m.cr[n];
}

static inline void model_write_cr(void *ctx, unsigned n, u32 value)
{
	assert_ptr_equal(ctx, &m);
	assert_in_range(n, 0, 7);
	m.cr[n] = value;
	model_log(WRITE_CR, n, 4, value);
}

static inline void model_write_dr(void *ctx, unsigned n, u32 value)
{
	assert_ptr_equal(ctx, &m);
	assert_in_range(n, 0, 7);
	model_log(WRITE_DR, n, 4, value);
}

/* As edx:eax, the number itself, so that both halves are seen. */
static inline u64 model_read_msr(void *ctx, u32 msr)
{
	assert_ptr_equal(ctx, &m);
	return (u64)msr << 32 | ~msr;
}

static inline void model_set_if(void *ctx, bool on)
{
	assert_ptr_equal(ctx, &m);
	model_log(SET_IF, 0, 0, on);
}

static inline void model_flush_page(void *ctx, gva_t va)
{
	assert_ptr_equal(ctx, &m);
	model_log(FLUSH, va, 0, 0);
}

/* Everything flat and allowed; each register holds a value of its own that points to data. */
static inline void model_reset(void)
{
	u32 i;

	memset(&m, 0, sizeof(m));
	for (i = 0; i < MODEL_BYTES; i++)
		m.mem[i] = (u8)(i * 7 + (i >> 8) * 13);
	m.ops = (struct emu_ops){
		.fetch = model_fetch,
		.load = model_load,
		.store = model_store,
		.seg_base = model_seg_base,
		.seg_refused = model_seg_refused,
		.code_is_16bit = model_code_is_16bit,
		.port_in = model_port_in,
		.port_out = model_port_out,
		.read_cr = model_read_cr,
		.write_cr = model_write_cr,
		.write_dr = model_write_dr,
		.read_msr = model_read_msr,
		.set_if = model_set_if,
		.flush_page = model_flush_page,
		.writable = model_writable,
	};
	m.regs = (struct regs){
		.eax = 0x11114a0a,
		.ecx = 0x00004101,
		.edx = 0x33334c0c,
		.ebx = 0x44444d0d,
		.esp = 0x55555e00,
		.ebp = 0x66665f00,
		.esi = 0x77776000,
		.edi = 0x88886100,
		.esp_ignored = 0xdeadbeef,
		.eip = CODE_AT,
		.cs = 0x61,
		.ds = 0xabcd0069,
		.es = 0x6b,
		.ss = 0x71,
		.fs = 0x79,
		.gs = 0x81,
		.eflags = EFLAGS_FIXED | EFLAGS_IF | EFLAGS_RF,
	};
	m.port_value = 0xcafe1234;
}

static inline void model_code(const u8 *bytes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		m.mem[(m.base[EMU_CS] + m.regs.eip + i) % MODEL_BYTES] = bytes[i];
}

typedef struct emu_result emulate_fn(struct regs *r, const struct emu_ops *ops, void *ctx);

/* Run one instruction; m.before holds the registers from before it. */
static inline struct emu_result model_run(emulate_fn *emulate, const u8 *bytes, size_t n)
{
	if (n)
		model_code(bytes, n);
	m.before = m.regs;
	m.events = 0;
	m.fetches = 0;
	return emulate(&m.regs, &m.ops, &m);
}

#define CODE(...) ((const u8[]){__VA_ARGS__}), sizeof((const u8[]){__VA_ARGS__})

static inline void expect_event(unsigned n, enum access what, u32 at, u32 size, u32 value)
{
	assert_true(n < m.events);
	assert_int_equal(m.log[n].what, what);
	assert_int_equal(m.log[n].at, at);
	assert_int_equal(m.log[n].size, size);
	assert_int_equal(m.log[n].value, value);
}

static inline void expect_unchanged(void)
{
	assert_memory_equal(&m.regs, &m.before, sizeof(m.regs));
}

/* Carried out: EIP moved by `length`, RF off. Takes both back, so that registers may be compared.
 */
static inline void expect_done(struct emu_result res, unsigned length)
{
	assert_int_equal(res.status, EMU_DONE);
	assert_int_equal(m.regs.eip - m.before.eip, length);
	assert_int_equal(m.regs.eflags & EFLAGS_RF, 0);
	m.regs.eip = m.before.eip;
	m.regs.eflags |= m.before.eflags & EFLAGS_RF;
}

static inline void expect_fault(struct emu_result res, u8 vector, u32 error, gva_t cr2)
{
	assert_int_equal(res.status, EMU_FAULT);
	assert_int_equal(res.vector, vector);
	assert_int_equal(res.error, error);
	if (vector == VEC_PF)
		assert_int_equal(res.cr2, cr2);
}

static inline void expect_unsupported(struct emu_result res)
{
	assert_int_equal(res.status, EMU_UNSUPPORTED);
	assert_int_equal(m.events, 0);
	expect_unchanged();
}

static inline u64 model_random(u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> 11;
}

#endif
