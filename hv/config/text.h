/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words and numbers of a command line: pure text, no state. For this room, and for what is typed at
 * the monitor. */
#ifndef HV_CONFIG_TEXT_H
#define HV_CONFIG_TEXT_H

#include "lib/base.h"

/* The longest key=value word that is read; longer ones are an error of the line. */
#define CONFIG_WORD 128

enum word_status {
	WORD_END,  /* nothing left */
	WORD_OK,   /* out holds one word, quotes and backslashes removed */
	WORD_LONG, /* did not fit in CONFIG_WORD; out holds its beginning */
	WORD_OPEN, /* a quote that is never closed; out holds what there was */
};

/* Take the next blank-separated word from *text. What stands in double quotes may hold blanks; a
 * backslash makes the character behind it an ordinary one. */
enum word_status config_word(const char **text, char out[CONFIG_WORD]);

/* Decimal, or hexadecimal after 0x. False when anything else follows or it exceeds 32 bits. */
bool config_number(const char *s, u32 *out);
/* The same with an optional suffix K, M or G (powers of 1024); 4G and more is refused. */
bool config_size(const char *s, u32 *out);
/* Letters, digits, '-', '_' and '.', 1 to size-1 of them; copies into out. */
bool config_name(const char *s, char *out, size_t size);
/* Six hexadecimal bytes with colons: a station's own address (not a group's, not zero). */
bool config_mac(const char *s, u8 mac[6]);
/* Cut s at its first comma; returns what follows it, or NULL when there is none. */
char *config_split(char *s);

#endif
