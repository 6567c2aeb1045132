/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of <string.h> and <stdio.h> we need, with the C library's names and meaning
 * (C11 7.24, 7.21.6): the compiler may call the first four by itself, and a hosted unit
 * test links the real ones. For every room. */
#ifndef LIB_STRING_H
#define LIB_STRING_H

#include "lib/base.h"

void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);

/* Conversions: %d %i %u %x %X %p %c %s %% with flags '0' '-' '#', width (also *), precision
 * for %s (also *), and the lengths h hh l ll z. Returns what the whole text would take. */
int snprintf(char *buf, size_t size, const char *fmt, ...) PRINTF(3, 4);
int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap) PRINTF(3, 0);

#endif
