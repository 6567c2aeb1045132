/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The half of tools/attribute that runs inside QEMU: a TCG plugin that counts how often each of
 * the hypervisor's instructions was executed, apart for each kind of exit.
 *
 * It knows which side runs by watching the switcher: its stubs push the vector, an IRET there
 * leads back to a guest. The guest marks what is to be counted (guest-stubs/lib/marks.h), since
 * what it prepares is not of interest. An exit's kind is known only at its end: until then its
 * addresses are kept.
 *
 * The prototypes are QEMU's plugin interface, version 1 (docs/devel/tcg-plugins.rst), which
 * distributions do not package as a header.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest-stubs/lib/marks.h"

#define EXPORT __attribute__((visibility("default")))

struct qemu_plugin_tb;
struct qemu_plugin_insn;
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id,
					   void (*cb)(uint64_t, struct qemu_plugin_tb *));
void qemu_plugin_register_atexit_cb(uint64_t id, void (*cb)(uint64_t, void *), void *data);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    void (*cb)(unsigned, void *), int flags, void *data);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn, int op, void *ptr,
						uint64_t value);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t i);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
EXPORT int qemu_plugin_version = 1;
EXPORT int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv);

#define KINDS	   512
#define KEPT	   (1u << 22)
#define NO_VECTOR  256u
#define MAX_TEXT   (1u << 20)
#define MAX_MARKER 512

/* The two ranges of the hypervisor's code, one behind the other in all arrays. */
static uint32_t text, text_size, switcher, switcher_size;
static FILE *out;

/* Functions that tell kinds of exits with the same vector apart: the last one entered names it. */
static uint32_t markers[MAX_MARKER], marker_count;
static uint8_t is_marker[MAX_TEXT];

static struct kind {
	uint32_t vector, marker;
	uint64_t exits, instructions;
	uint64_t *count; /* of each address */
} kinds[KINDS];
static unsigned kind_count;

static uint32_t kept[KEPT], kept_count; /* what this exit executed */
static uint32_t vector = NO_VECTOR;
static bool in_guest, window, whole;
static uint64_t total, window_start, windows, counted;

static uint32_t address(uint32_t i)
{
	return i < text_size ? text + i : switcher + (i - text_size);
}

static struct kind *find_kind(uint32_t marker)
{
	struct kind *k = kinds;

	for (; k < kinds + kind_count; k++)
		if (k->vector == vector && k->marker == marker)
			return k;
	if (kind_count == KINDS)
		return kinds; /* the first one takes what nobody expected */
	kind_count++;
	k->vector = vector;
	k->marker = marker;
	k->count = calloc(text_size + switcher_size, sizeof(*k->count));
	if (!k->count)
		abort();
	return k;
}

static void end_exit(void)
{
	uint32_t marker = 0;
	struct kind *k;

	if (window && kept_count) {
		for (uint32_t i = 0; i < kept_count; i++)
			if (kept[i] < MAX_TEXT && is_marker[kept[i]])
				marker = address(kept[i]);
		k = find_kind(marker);
		k->exits++;
		k->instructions += kept_count;
		for (uint32_t i = 0; i < kept_count; i++)
			k->count[kept[i]]++;
	}
	kept_count = 0;
}

static void keep(uint32_t i)
{
	if (kept_count == KEPT)
		end_exit();
	kept[kept_count++] = i;
}

/* ---- What was counted so far --------------------------------------------------------------- */

/* "section WINDOWS INSTRUCTIONS", then for each kind "kind VECTOR MARKER EXITS INSTRUCTIONS" and
 * for each of its addresses "at ADDRESS COUNT". */
static void print_section(void)
{
	fprintf(out, "section %" PRIu64 " %" PRIu64 "\n", windows, counted);
	for (struct kind *k = kinds; k < kinds + kind_count; k++) {
		if (!k->exits)
			continue;
		fprintf(out, "kind %" PRIu32 " %08" PRIx32 " %" PRIu64 " %" PRIu64 "\n", k->vector,
			k->marker, k->exits, k->instructions);
		for (uint32_t i = 0; i < text_size + switcher_size; i++)
			if (k->count[i])
				fprintf(out, "at %08" PRIx32 " %" PRIu64 "\n", address(i),
					k->count[i]);
		k->exits = k->instructions = 0;
		memset(k->count, 0, (text_size + switcher_size) * sizeof(*k->count));
	}
	windows = counted = 0;
	fflush(out);
}

static void on_mark(unsigned vcpu, void *prefix)
{
	(void)vcpu;
	if (whole)
		return;
	switch ((uintptr_t)prefix) {
	case MARK_START:
		window = true;
		window_start = total;
		break;
	case MARK_STOP:
		if (window) {
			windows++;
			counted += total - window_start;
		}
		window = false;
		break;
	default:
		print_section();
	}
}

static void on_end(uint64_t id, void *data)
{
	(void)id;
	(void)data;
	if (whole) {
		end_exit();
		windows = 1;
		counted = total;
		print_section();
	}
	fclose(out);
}

/* ---- Which side runs ----------------------------------------------------------------------- */

static void on_text(unsigned vcpu, void *i)
{
	(void)vcpu;
	if (!in_guest)
		keep((uint32_t)(uintptr_t)i);
}

static void on_switcher(unsigned vcpu, void *i)
{
	(void)vcpu;
	if (in_guest)
		vector = NO_VECTOR;
	in_guest = false;
	keep((uint32_t)(uintptr_t)i);
}

static void on_push_vector(unsigned vcpu, void *value)
{
	(void)vcpu;
	vector = (uint32_t)(uintptr_t)value;
}

static void on_iret(unsigned vcpu, void *data)
{
	(void)vcpu;
	(void)data;
	end_exit();
	in_guest = true;
}

static void look_at(struct qemu_plugin_insn *insn)
{
	const uint8_t *b = qemu_plugin_insn_data(insn);
	size_t size = qemu_plugin_insn_size(insn);
	uint32_t va = (uint32_t)qemu_plugin_insn_vaddr(insn), value;
	void *i;

	qemu_plugin_register_vcpu_insn_exec_inline(insn, 0, &total, 1);
	if (va - text < text_size) {
		i = (void *)(uintptr_t)(va - text);
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_text, 0, i);
	} else if (va - switcher < switcher_size) {
		i = (void *)(uintptr_t)(va - switcher + text_size);
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_switcher, 0, i);
		value = NO_VECTOR;
		if (b[0] == 0x6a && size == 2)
			value = b[1];
		else if (b[0] == 0x68 && size == 5)
			value = b[1] | (uint32_t)b[2] << 8;
		if (value < NO_VECTOR)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, on_push_vector, 0,
							       (void *)(uintptr_t)value);
		if (b[0] == 0xcf)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, on_iret, 0, NULL);
	}
	if (size == 3 && b[1] == 0x0f && b[2] == 0x31 &&
	    (b[0] == MARK_START || b[0] == MARK_STOP || b[0] == MARK_NEXT))
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_mark, 0, (void *)(uintptr_t)b[0]);
}

static void on_translation(uint64_t id, struct qemu_plugin_tb *tb)
{
	(void)id;
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++)
		look_at(qemu_plugin_tb_get_insn(tb, i));
}

/* ---- Arguments: KEY=HEX, marker=HEX many times, out=FILE, whole=1 --------------------------- */

static void argument(const char *arg)
{
	const char *value = strchr(arg, '=');
	uint32_t number;

	if (!value)
		return;
	number = (uint32_t)strtoul(++value, NULL, 16);
	if (!strncmp(arg, "out=", 4))
		out = fopen(value, "w");
	else if (!strncmp(arg, "whole=", 6))
		whole = window = true;
	else if (!strncmp(arg, "text=", 5))
		text = number;
	else if (!strncmp(arg, "text_end=", 9))
		text_size = number - text;
	else if (!strncmp(arg, "switcher=", 9))
		switcher = number;
	else if (!strncmp(arg, "switcher_end=", 13))
		switcher_size = number - switcher;
	else if (!strncmp(arg, "marker=", 7) && marker_count < MAX_MARKER)
		markers[marker_count++] = number;
}

int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	(void)info;
	for (int i = 0; i < argc; i++)
		argument(argv[i]);
	if (!out || !text_size || text_size > MAX_TEXT || !switcher_size)
		return -1;
	for (uint32_t i = 0; i < marker_count; i++)
		if (markers[i] - text < text_size)
			is_marker[markers[i] - text] = 1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
	qemu_plugin_register_atexit_cb(id, on_end, NULL);
	return 0;
}
