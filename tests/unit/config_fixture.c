/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See config_fixture.h. */
#include "tests/unit/config_fixture.h"

#include <string.h>

struct config c;
struct boot_info b;
char config_messages[8192];
u32 message_count;

static void collect(void *ctx, const char *text)
{
	assert_ptr_equal(ctx, &c);
	assert_int_equal(strcspn(text, "\n"), strlen(text));
	message_count++;
	strncat(config_messages, text, sizeof(config_messages) - strlen(config_messages) - 2);
	strcat(config_messages, "\n");
}

void config_parse_lines(const char *options, u32 n, const char *const *lines)
{
	memset(&b, 0, sizeof(b));
	memset(&c, 0xee, sizeof(c));
	config_messages[0] = 0;
	message_count = 0;
	b.cmdline = options;
	b.modules = n;
	for (u32 i = 0; i < n; i++) {
		b.module[i].start = 0x200000 + i * 0x10000;
		b.module[i].end = b.module[i].start + 0x1000;
		b.module[i].cmdline = lines[i];
	}
	config_parse(&c, &b, collect, &c);
	assert_int_equal(c.errors, message_count);
}

void assert_says(const char *text)
{
	if (!strstr(config_messages, text))
		fail_msg("no message with \"%s\" in:\n%s", text, config_messages);
}

void assert_quiet(void)
{
	if (message_count)
		fail_msg("unexpected:\n%s", config_messages);
}
