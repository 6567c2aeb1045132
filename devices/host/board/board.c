/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that is read of the firmware's tables; and the HPET's place, which is a single field (IA-PC
 * HPET specification 1.0a, 3.2.4). */
#include "devices/host/board/board.h"

#include "devices/host/board/tables.h"

#define HPET_BYTES   56u
#define HPET_ADDRESS 40u /* a generic address structure */

struct board board;

static void find_hpet(const struct firmware *f, struct board *b)
{
	u32 len;
	const u8 *p = acpi_table(f, "HPET", 0, &len);

	if (!p || len < HPET_BYTES || !table_sum_ok(p, len) || p[HPET_ADDRESS] != GAS_MEMORY ||
	    table_u32(p + HPET_ADDRESS + GAS_ADDRESS + 4))
		return;
	b->hpet = table_u32(p + HPET_ADDRESS + GAS_ADDRESS);
	if (b->hpet % KIB(1) || b->hpet < MIB(1))
		b->hpet = 0;
}

void board_read(struct board *b, u32 ebda, u32 rsdp, board_memory_fn *memory, void *ctx)
{
	struct firmware f = {.memory = memory, .ctx = ctx};

	*b = (struct board){0};
	for (u32 i = 0; i < BOARD_ISA_IRQS; i++)
		b->isa[i].gsi = i;
	acpi_open(&f, b, ebda, rsdp);
	board_power(&f, b);
	find_hpet(&f, b);
	board_interrupts(&f, b);
	board_mptable(&f, b, ebda);
}
