/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page-table formats as other rooms see them. */
#include "mm/format.h"

const struct pt_format pt_format_2level = FORMAT_2LEVEL;
const struct pt_format pt_format_pae = FORMAT_PAE;
