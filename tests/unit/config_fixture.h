/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Command lines are read into c; what is said of them is kept. */
#ifndef TESTS_UNIT_CONFIG_FIXTURE_H
#define TESTS_UNIT_CONFIG_FIXTURE_H

#include "hv/config/config.h"
#include "hv/config/text.h"
#include "tests/unit/support.h"

extern struct config c;
extern struct boot_info b;
extern char config_messages[8192];
extern u32 message_count;

void config_parse_lines(const char *options, u32 n, const char *const *lines);

#define PARSE(...)                                                                     \
	config_parse_lines("", sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *), \
			   (const char *[]){__VA_ARGS__})

void assert_says(const char *text);
void assert_quiet(void);

#endif
