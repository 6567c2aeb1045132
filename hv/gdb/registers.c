/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers: the description that gdb asks for, and the same in the same order from a vcpu. Names
 * and order of the features are gdb's ("Debugging with GDB", G.5.4, i386 Features).
 */
#include "hv/gdb/registers.h"
#include "hv/vcpu/vcpu.h"
#include "lib/cpu.h"
#include "lib/string.h"

#define INT(name)  "<reg name=\"" name "\" bitsize=\"32\" type=\"int32\"/>"
#define CTL(name)  "<reg name=\"" name "\" bitsize=\"32\" type=\"int\" group=\"float\"/>"
#define PTR(name)  "<reg name=\"" name "\" bitsize=\"32\" type=\"data_ptr\"/>"
#define CODE(name) "<reg name=\"" name "\" bitsize=\"32\" type=\"code_ptr\"/>"
#define ST(n)	   "<reg name=\"st" n "\" bitsize=\"80\" type=\"i387_ext\"/>"
#define XMM(n)	   "<reg name=\"xmm" n "\" bitsize=\"128\" type=\"uint128\"/>"

const char target_xml[] =
	"<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\"><target>"
	"<architecture>i386</architecture><feature name=\"org.gnu.gdb.i386.core\">" INT("eax") INT(
		"ecx") INT("edx") INT("ebx") PTR("esp") PTR("ebp") INT("esi") INT("edi") CODE("eip")
		INT("eflags") INT("cs") INT("ss") INT("ds") INT("es") INT("fs") INT("gs") ST(
			"0") ST("1") ST("2") ST("3") ST("4") ST("5") ST("6") ST("7") CTL("fctrl")
			CTL("fstat") CTL("ftag") CTL("fiseg") CTL("fioff") CTL("foseg") CTL("fooff")
				CTL("fop") "</feature><feature name=\"org.gnu.gdb.i386.sse\">" XMM(
					"0") XMM("1") XMM("2") XMM("3") XMM("4") XMM("5") XMM("6")
					XMM("7") "<reg name=\"mxcsr\" bitsize=\"32\" type=\"int\" "
						 "group=\"vector\"/>"
						 "</feature><feature name=\"ringone.control\">" INT(
							 "cr0") INT("cr2") INT("cr3")
							 INT("cr4") "</feature></target>";

/* Where the groups begin. */
#define REG_EFLAGS 9u
#define REG_ST	   16u
#define REG_FCTRL  24u
#define REG_XMM	   32u
#define REG_MXCSR  40u
#define REG_CR	   41u

/* The FXSAVE image (SDM vol. 1, table 10-2). */
#define FX_MXCSR 24u
#define FX_ST	 32u
#define FX_XMM	 160u
static const struct {
	u8 at, bytes;
} fx_control[] = {{0, 2}, {2, 2}, {4, 1}, {12, 2}, {8, 4}, {20, 2}, {16, 4}, {6, 2}};
_Static_assert(REG_FCTRL + ARRAY_LEN(fx_control) == REG_XMM && REG_CR + 4 == REGISTERS,
	       "a register for each of target_xml");

#define SEGMENT_MASK 0xffffu

/* General, EIP and segment registers; NULL: another kind. */
static u32 *word_of(struct vcpu *v, u32 n)
{
	struct regs *r = v->regs;
	u32 *const word[] = {&r->eax, &r->ecx, &r->edx, &r->ebx,    &r->esp, &r->ebp,
			     &r->esi, &r->edi, &r->eip, &r->eflags, &r->cs,  &r->ss,
			     &r->ds,  &r->es,  &r->fs,	&r->gs};

	return n < ARRAY_LEN(word) ? word[n] : NULL;
}

static u32 flags(struct vcpu *v)
{
	u32 f = v->regs->eflags & ~EFLAGS_TF;

	if (v->initialised)
		f = (f & ~EFLAGS_IF) | (DATA_GET(v, irq_enabled) & EFLAGS_IF);
	return f;
}

static void show_bytes(struct reply *r, const u8 *bytes, u32 n)
{
	for (u32 i = 0; i < n; i++) {
		if (bytes)
			reply_byte(r, bytes[i]);
		else
			reply_text(r, "xx");
	}
}

/* A tag bit a register (1: not empty) as FSTENV's two bits: valid or empty (SDM vol. 1, 8.1.7). */
static u32 full_tags(u8 abridged)
{
	u32 tags = 0;

	for (u32 i = 0; i < 8; i++)
		tags |= abridged >> i & 1u ? 0 : 3u << i * 2;
	return tags;
}

static void show_fpu(struct reply *r, const u8 *fx, u32 n)
{
	if (n < REG_FCTRL) {
		show_bytes(r, fx ? fx + FX_ST + (n - REG_ST) * 16u : NULL, 10);
	} else if (n < REG_XMM) {
		u32 value = 0;

		if (fx)
			memcpy(&value, fx + fx_control[n - REG_FCTRL].at,
			       fx_control[n - REG_FCTRL].bytes);
		if (fx && n == REG_FCTRL + 2)
			value = full_tags((u8)value);
		show_bytes(r, fx ? (const u8 *)&value : NULL, 4);
	} else if (n < REG_MXCSR) {
		show_bytes(r, fx && cpu.sse ? fx + FX_XMM + (n - REG_XMM) * 16u : NULL, 16);
	} else {
		show_bytes(r, fx && cpu.sse ? fx + FX_MXCSR : NULL, 4);
	}
}

static u32 bytes_of(u32 n)
{
	return n >= REG_XMM && n < REG_MXCSR ? 16 : n >= REG_ST && n < REG_FCTRL ? 10 : 4;
}

bool register_show(struct reply *r, struct vcpu *v, u32 n)
{
	static const u8 control[] = {0, 2, 3, 4};
	u32 *word = v ? word_of(v, n) : NULL;

	if (!v)
		show_bytes(r, NULL, bytes_of(n));
	else if (n == REG_EFLAGS)
		reply_hex(r, flags(v), 4);
	else if (word)
		reply_hex(r, n > REG_EFLAGS ? *word & SEGMENT_MASK : *word, 4);
	else if (n < REG_CR)
		show_fpu(r, vcpu_fpu_image(v), n);
	else if (n < REGISTERS)
		reply_hex(r, control_read(v, control[n - REG_CR]), 4);
	return n < REGISTERS;
}

/* What a debugger may change of EFLAGS: nothing that belongs to ring 0. */
#define FLAGS_SETTABLE                                                                       \
	(EFLAGS_CF | EFLAGS_PF | EFLAGS_AF | EFLAGS_ZF | EFLAGS_SF | EFLAGS_DF | EFLAGS_OF | \
	 EFLAGS_AC | EFLAGS_ID)

bool register_set(struct vcpu *v, u32 n, const char **at)
{
	u32 *word = word_of(v, n), value;

	if (!word || !take_hex(at, &value, 4))
		return false;
	if (n == REG_EFLAGS) {
		*word = (*word & ~FLAGS_SETTABLE) | (value & FLAGS_SETTABLE);
		if (v->initialised)
			DATA_SET(v, irq_enabled, value & EFLAGS_IF);
	} else {
		*word = value;
	}
	v->selectors_dirty |= CHECK_DATA | CHECK_RETURN;
	return true;
}
