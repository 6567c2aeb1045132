/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unicode's Latin-1 in the character set of a PC's text modes (code page 437). What that has not is
 * shown without its accent, or as a box; but never as a letter that a line of ours begins with, or
 * a guest's line could look exactly so.
 */
#include "devices/host/cp437.h"

#define LATIN1 0xa0u
#define EURO   0x20acu

/* From U+00A0 on; sixteen to a line. */
static const u8 table[] = "\x20\xad\x9b\x9c\x7f\x9d|\x15\x22"
			  "c\xa6\xae\xaa-R-"
			  "\xf8\xf1\xfd"
			  "3'\xe6\x14\xfa,1\xa7\xaf\xac\xab\x7f\xa8"
			  "AAAA\x8e\x8f\x92\x80"
			  "E\x90"
			  "EEIIII"
			  "D\xa5OOOO\x99xOUUU\x9aY\x7f\xe1"
			  "\x85\xa0\x83"
			  "a\x84\x86\x91\x87\x8a\x82\x88\x89\x8d\xa1\x8c\x8b"
			  "d\xa4\x95\xa2\x93\x94\x94\xf6\xed\x97\xa3\x96\x81y\x7f\x98";
_Static_assert(sizeof(table) - 1 == 0x100 - LATIN1, "one for each");

u8 cp437(u32 character)
{
	if (character < 0x80)
		return (u8)character;
	if (character >= LATIN1 && character < 0x100)
		return table[character - LATIN1];
	return character == EURO ? 'E' : CP437_BOX;
}
