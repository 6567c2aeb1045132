/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's registers, memory, stack and tables as lines of text. Segments are taken to be flat. */
#include "hv/console/console.h"
#include "hv/image/image.h"
#include "hv/why/disassemble.h"
#include "hv/why/private.h"
#include "lib/string.h"
#include "lib/x86.h"

void why_say(const struct why_out *o, const char *fmt, ...)
{
	char text[CONSOLE_LINE - GUEST_NAME_MAX - 4]; /* the prefix comes later */
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	o->line(o->ctx, text);
}

u32 why_read(const struct guest *g, gva_t va, void *to, u32 len)
{
	u32 done = 0;
	gpa_t gpa;

	while (done < len) {
		u32 n = MIN(len - done, PAGE_SIZE - ((va + done) & ~PAGE_MASK));

		if (!shadow_peek(g->vcpu->shadow, va + done, &gpa) ||
		    !guest_read(&g->mem, gpa, (u8 *)to + done, n))
			break;
		done += n;
	}
	return done;
}

#define PLACE_TEXT 64u

/* "name+0x12" of a guest's address, by the function that the byte `before` in front of it belongs
 * to; or the address alone. */
static void place(const struct guest *g, gva_t at, u32 before, char text[PLACE_TEXT])
{
	char name[40];
	u32 offset;

	if (image_symbol(g, at - before, name, sizeof(name), &offset))
		snprintf(text, PLACE_TEXT, "%08x %s+%#x", at, name, offset + before);
	else
		snprintf(text, PLACE_TEXT, "%08x", at);
}

/* ---- Registers ---------------------------------------------------------------------------- */

static void flags_text(u32 eflags, char *text, u32 size)
{
	static const struct {
		u32 bit;
		const char *name;
	} flag[] = {
		{EFLAGS_CF, " CF"}, {EFLAGS_PF, " PF"}, {EFLAGS_AF, " AF"}, {EFLAGS_ZF, " ZF"},
		{EFLAGS_SF, " SF"}, {EFLAGS_TF, " TF"}, {EFLAGS_IF, " IF"}, {EFLAGS_DF, " DF"},
		{EFLAGS_OF, " OF"}, {EFLAGS_NT, " NT"}, {EFLAGS_AC, " AC"},
	};
	u32 n = 0;

	text[0] = '\0';
	for (u32 i = 0; i < ARRAY_LEN(flag); i++)
		if (eflags & flag[i].bit)
			n += (u32)snprintf(text + n, size - n, "%s", flag[i].name);
}

void why_registers(const struct guest *g, why_line_fn *line, void *ctx)
{
	const struct why_out o = {line, ctx};
	struct vcpu *v = g->vcpu;
	const struct regs *r = v->regs;
	char flags[48];

	flags_text(r->eflags, flags, sizeof(flags));
	why_say(&o, "eax=%08x ebx=%08x ecx=%08x edx=%08x", r->eax, r->ebx, r->ecx, r->edx);
	why_say(&o, "esi=%08x edi=%08x ebp=%08x esp=%08x", r->esi, r->edi, r->ebp, r->esp);
	why_say(&o, "eip=%08x eflags=%08x%s, ring %u", r->eip, r->eflags, flags, r->cs & 3);
	why_say(&o, "cs=%04x ss=%04x ds=%04x es=%04x fs=%04x gs=%04x cr0=%08x cr2=%08x cr3=%08x",
		r->cs & 0xffffu, r->ss & 0xffffu, r->ds & 0xffffu, r->es & 0xffffu, r->fs & 0xffffu,
		r->gs & 0xffffu, control_read(v, 0), v->cr2, v->cr3);
	if (v->initialised)
		why_say(&o,
			"interrupts %s, blocked=%#x pending=%#x, kernel stack %04x:%08x of %u "
			"pages",
			DATA_GET(v, irq_enabled) & EFLAGS_IF ? "on" : "off",
			DATA_GET(v, blocked_interrupts), v->irqs, v->ss1, v->esp1, v->stack_pages);
}

/* ---- Code and stack ----------------------------------------------------------------------- */

/* Where the last instruction began. A hypercall has been stepped over already: CD 1F. */
static gva_t last_instruction(const struct guest *g)
{
	const struct regs *r = g->vcpu->regs;
	u8 code[2];

	if (r->vector == LGUEST_TRAP && why_read(g, r->eip - 2, code, 2) == 2 && code[0] == 0xcd &&
	    code[1] == LGUEST_TRAP)
		return r->eip - 2;
	return r->eip;
}

void why_instruction(const struct guest *g, const struct why_out *o)
{
	u8 code[INSTRUCTION_MAX];
	u32 eip = last_instruction(g), have = why_read(g, eip, code, sizeof(code));
	char where[PLACE_TEXT], text[96];

	place(g, eip, 0, where);
	if (!have)
		snprintf(text, sizeof(text), "(no memory of the guest is there)");
	else if (!disassemble(code, have, eip, text, sizeof(text)))
		snprintf(text, sizeof(text), "(no instruction that is known here)");
	why_say(o, "at %s: %s", where, text);
}

#define CODE_BEFORE 12u
#define CODE_AFTER  12u

void why_code(const struct guest *g, const struct why_out *o)
{
	u32 from = g->vcpu->regs->eip - CODE_BEFORE, n = 0;
	char text[(CODE_BEFORE + CODE_AFTER) * 3 + 8];

	for (u32 i = 0; i < CODE_BEFORE + CODE_AFTER; i++) {
		u8 byte;
		const char *form = why_read(g, from + i, &byte, 1) ? " %02x" : " --";

		n += (u32)snprintf(text + n, sizeof(text) - n, i == CODE_BEFORE ? " <" : "");
		n += (u32)snprintf(text + n, sizeof(text) - n, form + (i == CODE_BEFORE), byte);
		n += (u32)snprintf(text + n, sizeof(text) - n, i == CODE_BEFORE ? ">" : "");
	}
	why_say(o, "code:%s", text);
}

#define ROW_WORDS 8u

/* Words of memory, a row a line, as far as there is memory. */
static void words(const struct guest *g, const char *what, gva_t at, u32 count,
		  const struct why_out *o)
{
	while (count) {
		u32 row = MIN(count, ROW_WORDS), n = 0, word;
		char text[ROW_WORDS * 9 + 1];

		for (u32 i = 0; i < row; i++) {
			const char *form =
				why_read(g, at + i * 4, &word, 4) == 4 ? " %08x" : " --------";

			n += (u32)snprintf(text + n, sizeof(text) - n, form, word);
		}
		why_say(o, "%s%08x:%s", what, at, text);
		at += row * 4;
		count -= row;
	}
}

void why_stack(const struct guest *g, u32 count, const struct why_out *o)
{
	words(g, "stack ", g->vcpu->regs->esp, count, o);
}

/* Frames as compilers make them with -fno-omit-frame-pointer: the caller's EBP, then where it goes
 * on. A stack grows down, so a chain that does not go up is none. */
void why_backtrace(const struct guest *g, u32 frames, why_line_fn *line, void *ctx)
{
	const struct why_out o = {line, ctx};
	u32 ebp = g->vcpu->regs->ebp, frame[2];
	char caller[PLACE_TEXT];
	u8 code;

	/* Nothing is where it went: what it came from pushed its address last. */
	if (!why_read(g, g->vcpu->regs->eip, &code, 1) &&
	    why_read(g, g->vcpu->regs->esp, frame, 4) == 4 && why_read(g, frame[0], &code, 1)) {
		place(g, frame[0], 1, caller);
		why_say(&o, "called from %s", caller);
	}
	while (frames-- && ebp && !(ebp & 3) &&
	       why_read(g, ebp, frame, sizeof(frame)) == sizeof(frame)) {
		if (!frame[1])
			return;
		/* The call may be the last of its function, when it never returns. */
		place(g, frame[1], 1, caller);
		why_say(&o, "called from %s", caller);
		if (frame[0] <= ebp)
			return;
		ebp = frame[0];
	}
}

#define PEEK_ROW 16u

void why_peek(const struct guest *g, gva_t va, u32 bytes, why_line_fn *line, void *ctx)
{
	const struct why_out o = {line, ctx};

	for (u32 done = 0; done < bytes; done += PEEK_ROW) {
		char hex[PEEK_ROW * 3 + 1], ascii[PEEK_ROW + 1];
		u32 row = MIN(bytes - done, PEEK_ROW), n = 0;

		for (u32 i = 0; i < row; i++) {
			u8 byte = 0;
			bool there = why_read(g, va + done + i, &byte, 1);

			n += (u32)snprintf(hex + n, sizeof(hex) - n, there ? " %02x" : " --", byte);
			ascii[i] = (char)(byte >= ' ' && byte <= '~' ? byte : '.');
		}
		ascii[row] = '\0';
		why_say(&o, "%08x:%-48s  %s", va + done, hex, ascii);
	}
}

/* ---- Tables ------------------------------------------------------------------------------- */

static void entry_flags(u64 e, char *text, u32 size)
{
	static const struct {
		u64 bit;
		const char *name;
	} flag[] = {
		{PTE_W, " writable"},	{PTE_U, " user"},   {PTE_A, " accessed"},
		{PTE_D, " dirty"},	{PTE_PS, " large"}, {PTE_PWT, " write-through"},
		{PTE_PCD, " uncached"}, {PTE_G, " global"}, {PTE_NX, " no-execute"},
	};
	u32 n = (u32)snprintf(text, size, e & PTE_P ? " present" : " not present");

	for (u32 i = 0; e & PTE_P && i < ARRAY_LEN(flag); i++)
		if (e & flag[i].bit)
			n += (u32)snprintf(text + n, size - n, "%s", flag[i].name);
}

static void levels(const char *whose, const struct table_level *l, u32 n, const struct why_out *o)
{
	static const char *const name[TABLE_LEVELS] = {"table", "directory", "top"};

	for (u32 i = 0; i < n; i++) {
		char flags[96];

		entry_flags(l[i].entry, flags, sizeof(flags));
		why_say(o, "  %s %s entry at %#llx: %#llx%s", whose, name[l[i].level],
			(unsigned long long)l[i].at, (unsigned long long)l[i].entry,
			l[i].readable ? flags : " (the table lies outside of its memory)");
	}
}

void why_walk(const struct guest *g, gva_t va, why_line_fn *line, void *ctx)
{
	const struct why_out o = {line, ctx};
	struct table_level level[TABLE_LEVELS];
	u32 n = shadow_explain_guest(g->vcpu->shadow, va, level);

	why_say(&o, "the way of %#x%s", va,
		n ? ":" : ": the guest has no page tables yet, it is physical");
	levels("guest's", level, n, &o);
	levels("shadow", level, shadow_explain_cpu(g->vcpu->shadow, va, level), &o);
}
