/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shell: an interactive guest kernel.
 *
 *   run="COMMAND; COMMAND"  carried out first; without poweroff at the end, the prompt follows
 *   ip=A.B.C.D              address on the virtual network
 */
#include "guest-stubs/shell/shell.h"

#define LINE_MAX 256

/* One typed line, echoed, with backspace. */
static void read_line(char *line)
{
	u32 n = 0;

	for (;;) {
		char c = get_key();

		if (c == '\r' || c == '\n')
			break;
		if ((c == '\b' || c == 0x7f) && n) {
			n--;
			puts("\b \b");
		} else if (c >= ' ' && c < 0x7f && n + 1 < LINE_MAX) {
			line[n++] = c;
			console_write(&c, 1);
		}
	}
	puts("\n");
	line[n] = '\0';
}

void guest_main(void)
{
	static char line[LINE_MAX];

	traps_init();
	paging_init();
	syscalls_init();
	tasks_init();
	if (!vcon_init())
		puts("shell: no virtio console, output only\n");
	vrng_init();
	vblk_init();
	printf("shell: kernel at %p, %u KiB of memory, %u disk sectors\n", (void *)guest_start,
	       ram_bytes() / 1024, (u32)vblk_sectors(0));
	net_init();
	if (option("run", line, sizeof(line))) {
		printf("$ %s\n", line);
		command_run(line);
	}
	for (;;) {
		puts("$ ");
		read_line(line);
		command_run(line);
	}
}
