/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers: the description that gdb asks for, and the same in the same order from a vcpu. Names
 * and order of the features are gdb's ("Debugging with GDB", G.5.4, i386 Features).
 */
#include "hv/gdb/registers.h"
#include "hv/vcpu/vcpu.h"
#include "lib/cpu.h"
#include "lib/log.h"
#include "lib/string.h"

/* Kinds of registers, as attributes of an element. */
static const char int32[] = "bitsize=\"32\" type=\"int32\"";
static const char data_ptr[] = "bitsize=\"32\" type=\"data_ptr\"";
static const char code_ptr[] = "bitsize=\"32\" type=\"code_ptr\"";
static const char i387[] = "bitsize=\"80\" type=\"i387_ext\"";
static const char control_word[] = "bitsize=\"32\" type=\"int\" group=\"float\"";
static const char vec128[] = "bitsize=\"128\" type=\"vec128\"";
static const char vector_word[] = "bitsize=\"32\" type=\"int\" group=\"vector\"";

/* In the order of their numbers. Where a feature begins, it is named. */
static const struct {
	const char *feature, *kind, *names;
} rows[] = {
	{"org.gnu.gdb.i386.core", int32, "eax ecx edx ebx "},
	{NULL, data_ptr, "esp ebp "},
	{NULL, int32, "esi edi "},
	{NULL, code_ptr, "eip "},
	{NULL, int32, "eflags cs ss ds es fs gs "},
	{NULL, i387, "st0 st1 st2 st3 st4 st5 st6 st7 "},
	{NULL, control_word, "fctrl fstat ftag fiseg fioff foseg fooff fop "},
	{"org.gnu.gdb.i386.sse", vec128, "xmm0 xmm1 xmm2 xmm3 xmm4 xmm5 xmm6 xmm7 "},
	{NULL, vector_word, "mxcsr "},
	{"ringone.control", int32, "cr0 cr2 cr3 cr4 "},
};

/* The views of an XMM register, under gdb's names. */
static const struct {
	const char *field, *id, *type;
	u32 count;
} views[] = {
	{"v4_float", "v4f", "ieee_single", 4}, {"v2_double", "v2d", "ieee_double", 2},
	{"v16_int8", "v16i8", "int8", 16},     {"v8_int16", "v8i16", "int16", 8},
	{"v4_int32", "v4i32", "int32", 4},     {"v2_int64", "v2i64", "int64", 2},
};

#define XML_MAX 4096u
static char xml[XML_MAX];
static u32 xml_len;

static void add(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	xml_len += (u32)vsnprintf(xml + xml_len, XML_MAX - xml_len, fmt, ap);
	va_end(ap);
	BUG_ON(xml_len >= XML_MAX);
}

static void add_views(void)
{
	for (u32 i = 0; i < ARRAY_LEN(views); i++)
		add("<vector id=\"%s\" type=\"%s\" count=\"%u\"/>", views[i].id, views[i].type,
		    views[i].count);
	add("<union id=\"vec128\">");
	for (u32 i = 0; i < ARRAY_LEN(views); i++)
		add("<field name=\"%s\" type=\"%s\"/>", views[i].field, views[i].id);
	add("</union>");
}

static void add_row(const char *names, const char *kind)
{
	char name[8];
	u32 n = 0;

	for (; *names; names++) {
		if (*names != ' ') {
			name[n++] = *names;
			continue;
		}
		name[n] = 0;
		n = 0;
		add("<reg name=\"%s\" %s/>", name, kind);
	}
}

static void build(void)
{
	add("<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\">"
	    "<target><architecture>i386</architecture>");
	for (u32 i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].feature)
			add("%s<feature name=\"%s\">", i ? "</feature>" : "", rows[i].feature);
		if (rows[i].kind == vec128)
			add_views();
		add_row(rows[i].names, rows[i].kind);
	}
	add("</feature></target>");
}

const char *target_xml(u32 *len)
{
	if (!xml_len)
		build();
	*len = xml_len;
	return xml;
}

/* Where the groups begin. */
#define REG_EFLAGS 9u
#define REG_ST	   16u
#define REG_FCTRL  24u
#define REG_XMM	   32u
#define REG_MXCSR  40u
#define REG_CR	   41u

/* Where a register lies in the FXSAVE image. */
struct fx_place {
	u16 at;
	u8 bytes, shown; /* in the image, and to gdb */
};

#define FX(field)                                                                          \
	{                                                                                  \
		offsetof(struct fx_image, field), sizeof(((struct fx_image *)0)->field), 4 \
	}
static const struct fx_place fx_control[] = {FX(fcw), FX(fsw), FX(ftw), FX(fcs),
					     FX(fip), FX(fds), FX(fdp), FX(fop)};
static const u8 control[] = {0, 2, 3, 4}; /* numbers of the CRs */
#define REG_FTAG (REG_FCTRL + 2)
_Static_assert(REG_FCTRL + ARRAY_LEN(fx_control) == REG_XMM &&
		       REG_CR + ARRAY_LEN(control) == REGISTERS,
	       "a register for each that the rows name");

static struct fx_place fx_place(u32 n)
{
	if (n < REG_FCTRL)
		return (struct fx_place){offsetof(struct fx_image, st[0]) + (n - REG_ST) * 16u, 10,
					 10};
	if (n < REG_XMM)
		return fx_control[n - REG_FCTRL];
	if (n < REG_MXCSR)
		return (struct fx_place){offsetof(struct fx_image, xmm[0]) + (n - REG_XMM) * 16u,
					 16, 16};
	return (struct fx_place)FX(mxcsr);
}

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

static bool fx_there(u32 n)
{
	return cpu.fxsr && (n < REG_XMM || cpu.sse);
}

static void show_fpu(struct reply *r, const struct fx_image *fx, u32 n)
{
	struct fx_place p = fx_place(n);
	u8 bytes[16] = {0};

	if (fx)
		memcpy(bytes, (const u8 *)fx + p.at, p.bytes);
	if (fx && n == REG_FTAG) {
		u32 tags = full_tags(fx->ftw);

		memcpy(bytes, &tags, sizeof(tags));
	}
	show_bytes(r, fx && fx_there(n) ? bytes : NULL, p.shown);
}

/* gdb's two bits a register as the image's one: 3 is empty. */
static u8 abridged_tags(u32 tags)
{
	u8 abridged = 0;

	for (u32 i = 0; i < 8; i++)
		abridged |= (u8)((tags >> i * 2 & 3u) != 3u) << i;
	return abridged;
}

static bool set_fpu(struct vcpu *v, u32 n, const char **at)
{
	struct fx_place p = fx_place(n);
	u8 bytes[16];
	u32 tags;

	for (u32 i = 0; i < p.shown; i++)
		if (!take_byte(at, &bytes[i]))
			return false;
	if (n == REG_FTAG) {
		memcpy(&tags, bytes, sizeof(tags));
		bytes[0] = abridged_tags(tags);
	}
	return fx_there(n) && vcpu_fpu_put(v, p.at, bytes, p.bytes);
}

bool register_show(struct reply *r, struct vcpu *v, u32 n)
{
	u32 *word = v ? word_of(v, n) : NULL;

	if (!v)
		show_bytes(r, NULL, n >= REG_ST && n < REG_CR ? fx_place(n).shown : 4);
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

	if (!word && n < REG_CR)
		return set_fpu(v, n, at);
	if (n >= REGISTERS || !take_hex(at, &value, 4))
		return false;
	if (!word)
		return control_set(v, control[n - REG_CR], value);
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
