/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mandel's pictures; the tests compute them too, so this needs nothing of the guest library.
 * For mandel and those tests. */
#ifndef GUEST_MANDEL_PICTURE_H
#define GUEST_MANDEL_PICTURE_H

#include <stdint.h>

/* One line of frame n (0..) with the colours of `seed`: out[0..width), as 0x00RRGGBB. */
void picture_line(uint32_t *out, uint32_t width, uint32_t height, uint32_t y, uint32_t seed,
		  uint32_t n);

#endif
