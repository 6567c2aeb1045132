/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The BIOS data area at physical 0x400 (IBM PC/AT technical reference, BIOS listing), read once
 * before page 0 disappears. Every value is checked for sense: there may be no BIOS at all. */
#include "devices/host/bios.h"
#include "lib/string.h"

#define IVT_SERVICES   (0x15u * 4 + 2) /* segment of the vector of INT 15h */
#define ROM_SEGMENT    0xc000u
#define BDA_COM	       0x400u
#define BDA_EBDA       0x40eu
#define BDA_KEY_FLAGS  0x417u
#define BDA_VIDEO_MODE 0x449u
#define BDA_COLUMNS    0x44au
#define BDA_ROWS_LESS1 0x484u

#define EBDA_LOWEST  0x80000u
#define EBDA_HIGHEST 0x9fc00u

#define MODE_MONO	7u /* 0..3 are the colour text modes */
#define MODE_COLOUR_MAX 3u

#define KEY_FLAG_NUM  0x20u
#define KEY_FLAG_CAPS 0x40u

struct bios_data bios;

/* The compiler takes any constant this low for a null pointer plus something: hide it. */
static u8 byte_at(u32 address)
{
	__asm__("" : "+r"(address));
	return *(const volatile u8 *)(uintptr_t)address;
}

static u16 word_at(u32 address)
{
	return (u16)(byte_at(address) | byte_at(address + 1) << 8);
}

void bios_data_read(void)
{
	u8 mode = byte_at(BDA_VIDEO_MODE);
	u32 columns = word_at(BDA_COLUMNS), rows = byte_at(BDA_ROWS_LESS1) + 1u;
	u32 ebda = (u32)word_at(BDA_EBDA) << 4;

	for (unsigned i = 0; i < ARRAY_LEN(bios.com); i++)
		bios.com[i] = word_at(BDA_COM + 2 * i);
	bios.ebda = ebda >= EBDA_LOWEST && ebda <= EBDA_HIGHEST ? ebda : 0;
	bios.mono = mode == MODE_MONO;
	bios.text_mode = mode <= MODE_COLOUR_MAX || bios.mono;
	bios.num_lock = byte_at(BDA_KEY_FLAGS) & KEY_FLAG_NUM;
	bios.caps_lock = byte_at(BDA_KEY_FLAGS) & KEY_FLAG_CAPS;
	bios.columns = columns == 40 ? 40 : 80;
	bios.rows = rows >= 25 && rows <= 60 ? (u8)rows : 25;
	bios.services = word_at(IVT_SERVICES) >= ROM_SEGMENT;
}
