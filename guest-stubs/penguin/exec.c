/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exec: the one program there is, an ELF file in the kernel's memory, and its arguments. */
#include "guest-stubs/penguin/penguin.h"

#define ELF_TYPE_LOAD 1u
#define ELF_PHOFF     0x1c
#define ELF_ENTRY     0x18
#define ELF_PHNUM     0x2c
#define ELF_WRITABLE  2u
#define ARGS_MAX      16u

extern const char program_file[];

struct phdr {
	u32 type, offset, vaddr, paddr, filesz, memsz, flags, align;
};

static u32 file_u32(u32 at)
{
	return *(const u32 *)(program_file + at);
}

static bool load_segment(struct space *s, const struct phdr *p)
{
	u32 start = p->vaddr & PTE_FRAME, end = (p->vaddr + p->memsz + PAGE_SIZE - 1) & PTE_FRAME;
	u32 prot = p->flags & ELF_WRITABLE ? 3 : 1, va;

	if (!p->memsz)
		return true;
	if (!space_map(s, start, end, prot, false))
		return false;
	if (prot == 3) { /* its pages are made by writing to them */
		memcpy((void *)p->vaddr, program_file + p->offset, p->filesz);
		return true;
	}
	for (va = start; va < end; va += PAGE_SIZE)
		if (!space_file_page(s, va,
				     phys(program_file + (p->offset & PTE_FRAME) + (va - start))))
			return false;
	return true;
}

/* argc, argv, a NULL, an empty environment; the strings above. */
static u32 push_arguments(u32 argc, const char *const *argv)
{
	u32 at = USER_TOP, place[ARGS_MAX], i, *p;

	for (i = argc; i--;) {
		u32 len = strlen(argv[i]) + 1;

		at -= len;
		memcpy((void *)at, argv[i], len);
		place[i] = at;
	}
	p = (u32 *)(at & ~15u) - (argc + 4);
	p[0] = argc;
	memcpy(p + 1, place, argc * 4);
	p[argc + 1] = p[argc + 2] = p[argc + 3] = 0;
	return (u32)p;
}

bool task_exec(struct frame *f, u32 argc, const char *const *argv)
{
	struct space *s = current->space;
	const struct phdr *p = (const struct phdr *)(program_file + file_u32(ELF_PHOFF));
	u32 n = *(const u16 *)(program_file + ELF_PHNUM);

	space_clear(s);
	if (argc > ARGS_MAX || !space_map(s, USER_TOP - USER_STACK_BYTES, USER_TOP, 3, false))
		return false;
	for (; n--; p++)
		if (p->type == ELF_TYPE_LOAD && !load_segment(s, p))
			return false;
	memset(current->action, 0, sizeof(current->action));
	memset(current->tls, 0, sizeof(current->tls));
	load_tls();
	hcall(HC_FLUSH_ASYNC, 0, 0, 0, 0);
	fpu_clean(current->fpu);
	*f = (struct frame){.ds = GUEST_USER_DS,
			    .es = GUEST_USER_DS,
			    .cs = GUEST_USER_CS,
			    .ss = GUEST_USER_DS,
			    .eip = file_u32(ELF_ENTRY),
			    .esp = push_arguments(argc, argv),
			    .eflags = EFLAGS_IF | 2};
	return true;
}
