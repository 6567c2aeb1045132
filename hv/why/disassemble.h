/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instruction bytes as text. Private to this room. */
#ifndef HV_WHY_DISASSEMBLE_H
#define HV_WHY_DISASSEMBLE_H

#include "lib/base.h"

#define INSTRUCTION_MAX 15u /* SDM vol. 2, 2.3.11 */

/* The instruction at eip in the words of the GNU assembler, as objdump and gdb show it. Returns its
 * length, or 0: it is cut off, or none that is known here. 32-bit code; no SSE. */
u32 disassemble(const u8 *code, u32 have, gva_t eip, char *text, u32 size);

/* opcodes.c: rows by opcode, by the one after 0F, and the mnemonics that ModRM chooses. */
extern const char *const insn_one_byte[256], *const insn_two_byte[256], *const insn_groups[][8];

#endif
