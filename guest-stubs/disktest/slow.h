/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For main.c: a disk that still works when nobody waits for it any more. */
#ifndef DISKTEST_SLOW_H
#define DISKTEST_SLOW_H

/* Memory is as it was left; then two reads of it are asked for, and the second one not waited for.
 */
void slow_ask(void);
/* The same, and the device is reset: no byte may come after that. */
void slow_reset(void);

#endif
