/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line being typed at the prompt. Private to this room. */
#ifndef HV_MONITOR_EDIT_H
#define HV_MONITOR_EDIT_H

#include "lib/base.h"

#define EDIT_LINE 80u

void edit_begin(void);	/* an empty line */
void edit_redraw(void); /* the prompt and the line again, the cursor where it was */
bool edit_empty(void);
/* Its text, and it is the youngest of the history. */
char *edit_finish(void);
void edit_insert(char c);
void edit_back(void);	      /* take the character before the cursor away */
void edit_delete(void);	      /* that under it */
void edit_clear(void);	      /* all of it */
void edit_move(s32 distance); /* to the right; as far as the line goes */
void edit_history(bool older);

#endif
