/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The layouts of keyboards. One row of the table is one country: what its 48 keys write, in the
 * order of their scan codes, alone and with Shift, and after that pairs of a key and what it writes
 * with AltGr. A dead key writes its accent.
 */
#include "devices/host/keymap.h"
#include "lib/string.h"

struct keymap {
	char name[8];
	const char *plain, *shift; /* UTF-8 */
	const char *altgr;	   /* pairs: the key by its plain character, the character */
};

/* Each group of twelve is a row of keys from 0x02, 0x10, 0x1e, 0x2b on; the last is 0x56. */
static const struct keymap keymaps[] = {
	/* clang-format off */
	{"us",
	 "1234567890-=" "qwertyuiop[]" "asdfghjkl;'`" "\\zxcvbnm,./<",
	 "!@#$%^&*()_+" "QWERTYUIOP{}" "ASDFGHJKL:\"~" "|ZXCVBNM<>?>",
	 ""},
	{"uk",
	 "1234567890-=" "qwertyuiop[]" "asdfghjkl;'`" "#zxcvbnm,./\\",
	 "!\"£$%^&*()_+" "QWERTYUIOP{}" "ASDFGHJKL:@¬" "~ZXCVBNM<>?|",
	 "4€`¦"},
	{"de",
	 "1234567890ß´" "qwertzuiopü+" "asdfghjklöä^" "#yxcvbnm,.-<",
	 "!\"§$%&/()=?`" "QWERTZUIOPÜ*" "ASDFGHJKLÖÄ°" "'YXCVBNM;:_>",
	 "2²3³7{8[9]0}ß\\q@e€+~<|mµ"},
	{"fr",
	 "&é\"'(-è_çà)=" "azertyuiop^$" "qsdfghjklmù²" "*wxcvbn,;:!<",
	 "1234567890°+" "AZERTYUIOP¨£" "QSDFGHJKLM%~" "µWXCVBN?./§>",
	 "é~\"#'{([-|è`_\\ç^à@)]=}e€$¤"},
	{"es",
	 "1234567890'¡" "qwertyuiop`+" "asdfghjklñ´º" "çzxcvbnm,.-<",
	 "!\"·$%&/()=?¿" "QWERTYUIOP^*" "ASDFGHJKLÑ¨ª" "ÇZXCVBNM;:_>",
	 "1|2@3#4~6¬e€`[+]´{ç}º\\"},
	{"it",
	 "1234567890'ì" "qwertyuiopè+" "asdfghjklòà\\" "ùzxcvbnm,.-<",
	 "!\"£$%&/()=?^" "QWERTYUIOPé*" "ASDFGHJKLç°|" "§ZXCVBNM;:_>",
	 "7{8[9]0}è[+]ò@à#'`ì~e€"},
	{"pt",
	 "1234567890'«" "qwertyuiop+´" "asdfghjklçº\\" "~zxcvbnm,.-<",
	 "!\"#$%&/()=?»" "QWERTYUIOP*`" "ASDFGHJKLÇª|" "^ZXCVBNM;:_>",
	 "2@3£4§7{8[9]0}+¨e€"},
	{"be",
	 "&é\"'(§è!çà)-" "azertyuiop^$" "qsdfghjklmù²" "µwxcvbn,;:=<",
	 "1234567890°_" "AZERTYUIOP¨*" "QSDFGHJKLM%³" "£WXCVBN?./+>",
	 "&|é@\"#§^ç{à}e€^[$]ù´µ`=~<\\"},
	{"ch",
	 "1234567890'^" "qwertzuiopü¨" "asdfghjklöä§" "$yxcvbnm,.-<",
	 "+\"*ç%&/()=?`" "QWERTZUIOPè!" "ASDFGHJKLéà°" "£YXCVBNM;:_>",
	 "1|2@3#6¬7|8¢'´^~e€ü[¨]ä{$}<\\"},
	{"se",
	 "1234567890+´" "qwertyuiopå¨" "asdfghjklöä§" "'zxcvbnm,.-<",
	 "!\"#¤%&/()=?`" "QWERTYUIOPÅ^" "ASDFGHJKLÖÄ½" "*ZXCVBNM;:_>",
	 "2@3£4$5€7{8[9]0}+\\e€¨~<|mµ"},
	{"fi",
	 "1234567890+´" "qwertyuiopå¨" "asdfghjklöä§" "'zxcvbnm,.-<",
	 "!\"#¤%&/()=?`" "QWERTYUIOPÅ^" "ASDFGHJKLÖÄ½" "*ZXCVBNM;:_>",
	 "2@3£4$5€7{8[9]0}+\\e€¨~<|mµ"},
	{"no",
	 "1234567890+\\" "qwertyuiopå¨" "asdfghjkløæ|" "'zxcvbnm,.-<",
	 "!\"#¤%&/()=?`" "QWERTYUIOPÅ^" "ASDFGHJKLØÆ§" "*ZXCVBNM;:_>",
	 "2@3£4$7{8[9]0}\\´e€¨~mµ"},
	{"dk",
	 "1234567890+´" "qwertyuiopå¨" "asdfghjklæø½" "'zxcvbnm,.-<",
	 "!\"#¤%&/()=?`" "QWERTYUIOPÅ^" "ASDFGHJKLÆØ§" "*ZXCVBNM;:_>",
	 "2@3£4$7{8[9]0}´|e€¨~<\\mµ"},
	{"pl",
	 "1234567890-=" "qwertyuiop[]" "asdfghjkl;'`" "\\zxcvbnm,./<",
	 "!@#$%^&*()_+" "QWERTYUIOP{}" "ASDFGHJKL:\"~" "|ZXCVBNM<>?>",
	 "5€aąeęoólłsśzżxźcćnń"},
	{"cz",
	 "+ěščřžýáíé=´" "qwertzuiopú)" "asdfghjklů§;" "¨yxcvbnm,.-\\",
	 "1234567890%ˇ" "QWERTZUIOP/(" "ASDFGHJKL\"!°" "'YXCVBNM?:_|",
	 "ě@š#č$ř%ž^ý&á*í{é};`a~e€q\\w|,<.>-*f[g]x#c&v@b{n}"},
	{"hu",
	 "123456789öüó" "qwertzuiopőú" "asdfghjkléá0" "űyxcvbnm,.-í",
	 "'\"+!%/=()ÖÜÓ" "QWERTZUIOPŐÚ" "ASDFGHJKLÉÁ§" "ŰYXCVBNM?:_Í",
	 "1~3^7`q\\w|f[g]é$y>x#c&v@b{n}m<,;-*í<"},
	{"latam",
	 "1234567890'¿" "qwertyuiop´+" "asdfghjklñ{|" "}zxcvbnm,.-<",
	 "!\"#$%&/()=?¡" "QWERTYUIOP¨*" "ASDFGHJKLÑ[°" "]ZXCVBNM;:_>",
	 "q@'\\+~{^}`|¬"},
	{"dvorak",
	 "1234567890[]" "',.pyfgcrl/=" "aoeuidhtns-`" "\\;qjkxbmwvz<",
	 "!@#$%^&*(){}" "\"<>PYFGCRL?+" "AOEUIDHTNS_~" "|:QJKXBMWVZ>",
	 ""},
	/* clang-format on */
};

/* Where rows begin, and how many keys each has. */
static const struct {
	u8 first, count;
} rows[] = {{0x02, 12}, {0x10, 12}, {0x1e, 12}, {0x2b, 11}, {0x56, 1}};

const struct keymap *keymap_find(const char *name)
{
	for (u32 i = 0; i < ARRAY_LEN(keymaps); i++)
		if (!strcmp(keymaps[i].name, name))
			return &keymaps[i];
	return NULL;
}

/* The next character of our own UTF-8, at most three bytes each; 0 at the end. */
static u32 next(const char **s)
{
	u32 c = (u8) * *s, more = c < 0x80 ? 0 : c < 0xe0 ? 1 : 2;

	if (!c)
		return 0;
	if (more)
		c &= more == 1 ? 0x1fu : 0x0fu;
	for (++*s; more; more--, ++*s)
		c = c << 6 | ((u8) * *s & 0x3fu);
	return c;
}

static u32 nth(const char *s, u32 n)
{
	while (n--)
		(void)next(&s);
	return next(&s);
}

static u32 with_altgr(const struct keymap *m, u32 key)
{
	const char *s = m->altgr;
	u32 of, writes;

	while ((of = next(&s)) && (writes = next(&s)))
		if (of == key)
			return writes;
	return 0;
}

bool keymap_has_altgr(const struct keymap *m)
{
	return m->altgr[0];
}

u32 keymap_character(const struct keymap *m, u8 code, enum keymap_level level)
{
	u32 index = 0;

	for (u32 i = 0; i < ARRAY_LEN(rows); index += rows[i++].count) {
		u32 key = (u32)code - rows[i].first;

		if (key >= rows[i].count)
			continue;
		key += index;
		if (level == KEYMAP_ALTGR)
			return with_altgr(m, nth(m->plain, key));
		return nth(level == KEYMAP_SHIFT ? m->shift : m->plain, key);
	}
	return 0;
}
