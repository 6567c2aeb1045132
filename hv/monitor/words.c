/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A typed line, word by word. */
#include "hv/monitor/private.h"

#include "lib/base.h"

/* Cut the next word off *line, and leave what is behind it. NULL: there is none. */
char *monitor_word(char **line)
{
	char *word = *line;

	while (*word == ' ')
		word++;
	*line = word;
	while (**line && **line != ' ')
		(*line)++;
	if (**line)
		*(*line)++ = 0;
	return *word ? word : NULL;
}
