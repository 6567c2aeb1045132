/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables that no guest may have; what=leaf, table, large, top says which. It must not survive. */
#include "guest-stubs/lib/paging.h"
#include "guest-stubs/lib/trap.h"

#define PLACE  0x40000000u
#define BEYOND 0x30000000u /* nothing is there */
#define PTE_PS 0x080u

void guest_main(void)
{
	u32 root, entry = PTE_USER | PTE_A | PTE_D;
	char what[8];

	option("what", what, sizeof(what));
	traps_init();
	paging_init();
	root = root_new();
	if (!strcmp(what, "leaf"))
		pte_write(pte_slot(root, PLACE, true), BEYOND | entry);
	else if (!strcmp(what, "table"))
		pte_write(table_slot(root, PLACE), BEYOND | entry);
	else if (!strcmp(what, "large"))
		pte_write(table_slot(root, PLACE), PTE_PS | entry);
	else
		root = BEYOND;
	root_load(root);
	(void)*(volatile u32 *)PLACE;
	puts("illegal: survived\n");
}
