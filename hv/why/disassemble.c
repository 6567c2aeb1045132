/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A disassembler of 32-bit integer and system instructions (SDM vol. 2, chapter 2 and appendix A),
 * for reports. The emulator's decoder knows addresses and what to do with them; this one knows
 * names.
 */
#include "hv/why/disassemble.h"
#include "lib/string.h"

struct decoder {
	const u8 *code;
	u32 have, at;
	bool bad; /* cut off, or unknown */
	gva_t eip;
	u8 opcode, modrm;
	bool word;    /* operand size 16 */
	bool control; /* ModRM names two registers whatever its mod field says */
	const char *segment;
	char operand[48]; /* E, as text; it stands before an immediate in the code */
	char *text;
	u32 size, len;
};

static void put(struct decoder *d, const char *fmt, ...) PRINTF(2, 3);
static void put(struct decoder *d, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	d->len += (u32)vsnprintf(d->text + d->len, d->size - d->len, fmt, ap);
	va_end(ap);
	d->len = MIN(d->len, d->size - 1);
}

/* The next 1, 2 or 4 bytes, sign-extended. */
static u32 next(struct decoder *d, u32 bytes)
{
	u32 value = 0;

	if (bytes > d->have - d->at) {
		d->bad = true;
		return 0;
	}
	for (u32 i = 0; i < bytes; i++)
		value |= (u32)d->code[d->at++] << i * 8;
	if (bytes < 4 && value >> (bytes * 8 - 1))
		value |= 0xffffffffu << bytes * 8;
	return value;
}

static const char *reg_name(u32 n, u32 bytes)
{
	static const char *const name[3][8] = {
		{"al", "cl", "dl", "bl", "ah", "ch", "dh", "bh"},
		{"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"},
		{"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"},
	};

	return name[bytes == 4 ? 2 : bytes - 1][n & 7];
}

static u32 size_of(const struct decoder *d, char letter)
{
	return letter == 'b' ? 1 : letter == 'w' || d->word ? 2 : 4;
}

#define MOD(d) ((d)->modrm >> 6)
#define REG(d) ((d)->modrm >> 3 & 7u)
#define RM(d)  ((d)->modrm & 7u)

static bool is_memory(const struct decoder *d)
{
	return MOD(d) != 3 && !d->control;
}

/* ModRM's memory operand as text (SDM vol. 2, tables 2-2 and 2-3). */
static void memory_operand(struct decoder *d)
{
	u32 base = RM(d), index = 4, scale = 0, bytes = MOD(d) == 2 ? 4 : MOD(d), disp;
	char *p = d->operand, *end = p + sizeof(d->operand);

	if (base == 4) {
		u32 sib = next(d, 1);

		base = sib & 7;
		index = sib >> 3 & 7;
		scale = sib >> 6 & 3;
	}
	if (MOD(d) == 0 && base == 5) {
		base = 8;
		bytes = 4;
	}
	disp = bytes ? next(d, bytes) : 0;
	p += snprintf(p, (size_t)(end - p), "%s", d->segment);
	if (base == 8)
		p += snprintf(p, (size_t)(end - p), "0x%x", disp);
	else if (bytes)
		p += snprintf(p, (size_t)(end - p), "%s0x%x", disp >> 31 ? "-" : "",
			      disp >> 31 ? 0u - disp : disp);
	if (base == 8 && index == 4)
		return;
	p += snprintf(p, (size_t)(end - p), "(%s%s", base == 8 ? "" : "%",
		      base == 8 ? "" : reg_name(base, 4));
	if (index != 4)
		p += snprintf(p, (size_t)(end - p), ",%%%s,%u", reg_name(index, 4), 1u << scale);
	snprintf(p, (size_t)(end - p), ")");
}

/* Read ModRM where the row has one of its letters, and what belongs to it. */
static void read_modrm(struct decoder *d, const char *row)
{
	bool has = row[0] == '@';

	for (const char *c = row; *c; c++)
		has |= *c == 'E' || *c == 'G';
	if (!has)
		return;
	d->modrm = (u8)next(d, 1);
	if (is_memory(d))
		memory_operand(d);
}

static void put_jump(struct decoder *d, char letter)
{
	u32 distance = next(d, size_of(d, letter)), to = d->eip + d->at + distance;

	put(d, "0x%x", d->word && letter == 'v' ? to & 0xffffu : to);
}

static void put_far(struct decoder *d)
{
	u32 offset = next(d, size_of(d, 'v')), selector = next(d, 2) & 0xffffu;

	put(d, "$0x%x,$0x%x", selector, offset);
}

static void put_immediate(struct decoder *d, char letter)
{
	u32 bytes = letter == 's' ? 1 : size_of(d, letter), value = next(d, bytes);

	if (letter == 'b')
		value &= 0xffu;
	if (letter == 'w' || (d->word && letter != 'b'))
		value &= 0xffffu;
	put(d, "$0x%x", value);
}

/* One letter of a row's operands, with its size. */
static void put_operand(struct decoder *d, char what, char letter)
{
	static const char segment[8][3] = {"es", "cs", "ss", "ds", "fs", "gs", "?", "?"};
	u32 bytes = size_of(d, letter);

	if (what == 'E' && is_memory(d))
		put(d, "%s", d->operand);
	else if (what == 'E')
		put(d, "%%%s", reg_name(RM(d), bytes));
	else if (what == 'G')
		put(d, "%%%s", reg_name(REG(d), bytes));
	else if (what == 'R')
		put(d, "%%%s", reg_name(d->opcode, bytes));
	else if (what == 'A')
		put(d, "%%%s", reg_name(0, bytes));
	else if (what == 'I')
		put_immediate(d, letter);
	else if (what == 'J')
		put_jump(d, letter);
	else if (what == 'O')
		put(d, "%s0x%x", d->segment, next(d, 4));
	else if (what == 'S')
		put(d, "%%%s", segment[REG(d)]);
}

static void put_mnemonic(struct decoder *d, char c, bool byte)
{
	static const char condition[16][3] = {"o", "no", "b", "ae", "e", "ne", "be", "a",
					      "s", "ns", "p", "np", "l", "ge", "le", "g"};

	if (c == 'N')
		put(d, "%s", condition[d->opcode & 15]);
	else if (c == '+' || (c == '*' && is_memory(d)))
		put(d, "%s", byte ? "b" : d->word ? "w" : "l");
	else if (c != '*')
		put(d, "%c", c);
}

/* Letters that have a size behind them. */
static bool sized(char c)
{
	return strchr("EGRAIJOS", c) && c;
}

static void put_row(struct decoder *d, const char *row)
{
	const char *c = row;
	bool byte = strchr(row, 'E') && strchr(row, 'E')[1] == 'b';

	for (; *c && *c != ' '; c++)
		put_mnemonic(d, *c, byte);
	for (; *c; c++) {
		if (sized(*c)) {
			put_operand(d, c[0], c[1]);
			c++;
		} else if (*c == 'C' || *c == 'D') {
			put(d, "%%%s%u", *c == 'C' ? "cr" : "db", REG(d));
		} else if (*c == 'P') {
			put_far(d);
		} else {
			put(d, "%c", *c == '^' ? '*' : *c);
		}
	}
}

/* "@3 Ev" and ModRM: the row of the group, with these operands unless it has its own. */
static void put_group(struct decoder *d, const char *row)
{
	u32 n = (u32)(row[1] - '0');
	const char *rest = row + 2, *member;
	char whole[32];

	if (*rest != ' ')
		n = n * 10 + (u32)(*rest++ - '0');
	member = insn_groups[n][REG(d)];
	if (!member) {
		d->bad = true;
		return;
	}
	snprintf(whole, sizeof(whole), "%s%s", member, strchr(member, ' ') ? "" : rest);
	put_row(d, whole);
}

/* Prefixes, up to the opcode; the last of a kind counts. */
static u8 prefixes(struct decoder *d)
{
	static const char names[8][5] = {"%es:", "%cs:", "%ss:", "%ds:", "%fs:", "%gs:"};

	for (;;) {
		u8 byte = (u8)next(d, 1);

		if (d->bad)
			return 0;
		if ((byte & 0xe7u) == 0x26)
			d->segment = names[byte >> 3 & 3];
		else if (byte == 0x64 || byte == 0x65)
			d->segment = names[byte & 7];
		else if (byte == 0x66)
			d->word = true;
		else if (byte == 0xf0)
			put(d, "lock ");
		else if (byte == 0xf2 || byte == 0xf3)
			put(d, byte == 0xf2 ? "repnz " : "rep ");
		else
			return byte;
	}
}

u32 disassemble(const u8 *code, u32 have, gva_t eip, char *text, u32 size)
{
	struct decoder d = {.code = code,
			    .have = MIN(have, INSTRUCTION_MAX),
			    .eip = eip,
			    .segment = "",
			    .text = text,
			    .size = size};
	const char *row;

	text[0] = '\0';
	d.opcode = prefixes(&d);
	row = insn_one_byte[d.opcode];
	if (!d.bad && d.opcode == 0x0f) {
		d.opcode = (u8)next(&d, 1);
		d.control = (d.opcode & 0xfcu) == 0x20;
		row = insn_two_byte[d.opcode];
	}
	if (d.bad || !row)
		return 0;
	read_modrm(&d, row);
	if (row[0] == '@')
		put_group(&d, row);
	else
		put_row(&d, row);
	return d.bad ? 0 : d.at;
}
