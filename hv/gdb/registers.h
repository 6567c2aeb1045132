/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's registers as gdb counts them. Private to this room. */
#ifndef HV_GDB_REGISTERS_H
#define HV_GDB_REGISTERS_H

#include "hv/gdb/packet.h"

struct vcpu;

#define REGISTERS 45u /* of target_xml() */
/* The description of the target, and its length in bytes. */
const char *target_xml(u32 *len);

/* Register n as hexadecimal text; 'x' where it cannot be known, as of a guest that is gone (NULL).
 * False: there is none. */
bool register_show(struct reply *r, struct vcpu *v, u32 n);
/* Set register n from hexadecimal text. False: not there, or it cannot be set. */
bool register_set(struct vcpu *v, u32 n, const char **at);

#endif
