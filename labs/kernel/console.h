/* SPDX-License-Identifier: GPL-2.0-or-later */
/* B1: characters out and in. The early console works from the first instruction; the virtio console
 * is fast. */
#ifndef CONSOLE_H
#define CONSOLE_H

#include "labs/kernel/kernel.h"

void console_init(void); /* from the early console to the virtio one */
void console_write(const char *text, u32 len);
int console_getc(void); /* the next typed character; -1: none */

void early_write(const char *text, u32 len);
bool vcon_init(void);
void vcon_write(const char *text, u32 len);

#endif
