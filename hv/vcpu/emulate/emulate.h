/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Carry out one guest instruction in software: a privileged one, a port access, or an access to
 * trapped device memory. Knows registers and callbacks only, so it is tested on the host.
 * For hv/vcpu/.
 */
#ifndef HV_VCPU_EMULATE_EMULATE_H
#define HV_VCPU_EMULATE_EMULATE_H

#include "lib/base.h"
#include "switcher/switcher.h"

enum emu_status {
	EMU_DONE,	 /* carried out; registers and EIP are advanced */
	EMU_AGAIN,	 /* part of a rep was done; EIP still points at it: enter the guest again */
	EMU_FAULT,	 /* nothing changed but whole rep iterations; deliver vector/error/cr2 */
	EMU_UNSUPPORTED, /* not an instruction we emulate; nothing changed */
	EMU_HALT,	 /* hlt: EIP advanced; the vcpu is to sleep */
};

struct emu_result {
	enum emu_status status;
	u8 vector;
	u32 error;
	gva_t cr2;
	bool ss_loaded; /* by MOV, not by LSS: nothing may come before the next instruction */
};

enum emu_seg { EMU_ES, EMU_CS, EMU_SS, EMU_DS, EMU_FS, EMU_GS };

/* Memory callbacks return true, or false with *error = the page-fault error code (cr2 = va).
 * An access that straddles two pages is cut at the page border before it gets here. */
struct emu_ops {
	/* Instruction bytes at linear address va; returns how many of len could be read (0 = none).
	 */
	unsigned (*fetch)(void *ctx, gva_t va, u8 *buf, unsigned len, u32 *error);
	/* For emulate_memory_again(): the same bytes in place, within a page, where that is at
	 * hand; NULL: fetch() knows. Valid until the next callback. */
	const u8 *(*code)(void *ctx, gva_t va, unsigned len);
	bool (*load)(void *ctx, gva_t va, unsigned size, u32 *value, u32 *error);
	bool (*store)(void *ctx, gva_t va, unsigned size, u32 value, u32 *error);
	/* Base of the segment now loaded; false: null or unusable (gives #GP(0)). */
	bool (*seg_base)(void *ctx, enum emu_seg seg, u32 *base);
	/* May the segment register be loaded with this? 0: yes; else the vector of the fault. */
	u8 (*seg_refused)(void *ctx, enum emu_seg seg, u16 selector);
	bool (*code_is_16bit)(void *ctx);
	u32 (*port_in)(void *ctx, u16 port, unsigned size);
	void (*port_out)(void *ctx, u16 port, unsigned size, u32 value);
	u32 (*read_cr)(void *ctx, unsigned n);
	void (*write_cr)(void *ctx, unsigned n, u32 value); /* cr0: lmsw and clts come here too */
	void (*write_dr)(void *ctx, unsigned n, u32 value);
	u64 (*read_msr)(void *ctx, u32 msr);
	void (*set_if)(void *ctx, bool on);	 /* cli, sti */
	void (*flush_page)(void *ctx, gva_t va); /* invlpg */
	/* May be NULL. Could a store to va succeed now? Touches no device. Asked before a store
	 * that must not fault any more: its value came out of a device or a port, or its first
	 * part lies on another page. Without it such a fault loses that value, or leaves that part.
	 */
	bool (*writable)(void *ctx, gva_t va, u32 *error);
	/* May be NULL. Has this instruction, by what it did to devices, taken so long that its
	 * further iterations had better come later? */
	bool (*exhausted)(void *ctx);
};

/* The most rep iterations one call carries out before it returns EMU_AGAIN. With EFLAGS.TF set it
 * is one: the caller owes the guest a #DB after EMU_DONE and after EMU_AGAIN. */
#define EMU_REP_BATCH 256

/* Emulate the instruction at r->cs:r->eip.
 *   emulate_privileged: after #GP(0) in ring 1; the caller has checked the ring. Port I/O (in out
 *     ins outs, with rep), mov to and from control and debug registers, clts, lmsw, hlt, cli, sti,
 *     rdmsr, wrmsr (ignored), invlpg, wbinvd, invd. Debug registers read 0. Descriptor-table
 *     loads and the rest are EMU_UNSUPPORTED.
 *   emulate_memory: after a fault on trapped memory. Every integer instruction of one or two
 *     opcode bytes with a memory operand that C can become: moves, arithmetic, shifts, bits,
 *     conditions, strings with rep, locked ones, push, pop, call and jmp through memory, loads of
 *     segment registers. EMU_UNSUPPORTED: FPU, MMX and SSE, far branches, three opcode bytes, and
 *     those whose only memory operand is the stack.
 *     EFLAGS as the CPU would set them.
 * The stack segment is taken to be a 32-bit one. Segment limits and rights are not checked: the
 * memory callbacks must refuse what the guest may not touch. LOCK is accepted where the CPU
 * accepts it and gives #UD elsewhere; more than 15 bytes give #GP(0). Every instruction byte is
 * read once, and none beyond the page of the last byte needed. */
struct emu_result emulate_privileged(struct regs *r, const struct emu_ops *ops, void *ctx);
struct emu_result emulate_memory(struct regs *r, const struct emu_ops *ops, void *ctx);

/* The same, for drivers that come by the same instructions all the time: what their bytes mean is
 * remembered in `c`, emu_cache_bytes of memory that were zero at first. It holds while the same
 * bytes are at the same address, which is looked at each time. */
struct emu_cache;
extern const u32 emu_cache_bytes;
struct emu_result emulate_memory_again(struct regs *r, const struct emu_ops *ops, void *ctx,
				       struct emu_cache *c);

/* For who does the plainest of them himself: a move between memory and a register, or of a
 * constant, with addresses of 32 bits. What is remembered of the instruction at a linear address in
 * 32-bit code; NULL: nothing, or it is another one. It holds if emu_move_is() finds the `length`
 * bytes that are there now the same. */
struct emu_move {
	u8 length, size; /* of the instruction; of the access */
	u8 seg;
	bool store;
};
const struct emu_move *emu_move_at(const struct emu_cache *c, gva_t code);
bool emu_move_is(const struct emu_move *m, const u8 *bytes);
u32 emu_move_address(const struct emu_move *m, const struct regs *r); /* in its segment */
u32 emu_move_value(const struct emu_move *m, const struct regs *r);   /* to be stored */
/* Done: step over it; `value` is what was loaded. */
void emu_move_done(const struct emu_move *m, struct regs *r, u32 value);

/* After #NM in ring 1 on a CPU without an FPU: an FPU instruction does nothing, writes no memory
 * and is stepped over, as where no coprocessor is and CR0.EM is clear. The rest is EMU_UNSUPPORTED.
 */
struct emu_result emulate_without_fpu(struct regs *r, const struct emu_ops *ops, void *ctx);

/* Whose is the instruction that gave #NM? Changes nothing. */
enum emu_fpu { EMU_FPU_OTHER, EMU_FPU_X87, EMU_FPU_WAIT };
enum emu_fpu emulate_fpu_kind(struct regs *r, const struct emu_ops *ops, void *ctx);

#endif
