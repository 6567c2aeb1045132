/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same with PAE page tables (labs/A4/guests.mk). */
#include "labs/A4/tests/access.c"
