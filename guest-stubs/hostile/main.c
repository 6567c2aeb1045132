/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hostile: performs one attack on the hypervisor. list.h says which there are, and how each of
 * them must end; docs/guests.md tells how to run them.
 *
 *   attack=N-xx   the attack
 *   attack=list   print "N-xx END" for each
 */
#include "guest-stubs/hostile/hostile.h"
#include "guest-stubs/lib/pci.h"

enum stage { EARLY, RAW, LINEAR, PAGED };

static const struct attack {
	const char *id, *end;
	enum stage stage;
	const char *(*run)(void);
} attacks[] = {
#define ATTACK(fn, id, stage, end) {id, end, stage, fn},
#include "guest-stubs/hostile/list.h"
};

static const struct attack *chosen(void)
{
	char id[16];
	u32 i;

	option("attack", id, sizeof(id));
	for (i = 0; i < ARRAY_LEN(attacks); i++)
		if (!strcmp(id, attacks[i].id))
			return &attacks[i];
	return NULL;
}

/* The library calls this before LGUEST_INIT. */
void guest_early(void)
{
	const struct attack *a = chosen();

	if (a && a->stage == EARLY)
		a->run();
}

static void list(void)
{
	u32 i;

	for (i = 0; i < ARRAY_LEN(attacks); i++)
		printf("%s %s\n", attacks[i].id, attacks[i].end);
}

static void prepare(enum stage stage)
{
	if (stage >= LINEAR)
		traps_init();
	if (stage >= PAGED) {
		paging_init();
		if (!user_init(kernel_root))
			panic("hostile: too little memory");
	}
}

void guest_main(void)
{
	const struct attack *a = chosen();
	const char *wrong;

	if (!a) {
		list();
		return;
	}
	printf("hostile: %s must end: %s\n", a->id, a->end);
	prepare(a->stage);
	wrong = a->run();
	irq_off();
	pci_forget();
	early_console_forget();
	if (wrong)
		panic("hostile: %s: %s", a->id, wrong);
	if (strncmp(a->end, "survived", strlen("survived")))
		panic("hostile: %s: nothing happened", a->id);
	printf("hostile: %s survived ok\n", a->id);
}
