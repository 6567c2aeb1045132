/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands, one row each. */
#include "guest-stubs/lib/pci.h"
#include "guest-stubs/shell/shell.h"

#define ARGS 4

static void do_help(char **arg);

static u32 number(const char *text, u32 otherwise)
{
	return *text ? parse_u32(text, NULL) : otherwise;
}

static void do_lspci(char **arg)
{
	static const char *const names[] = {"", "network", "block", "console", "entropy"};
	u32 dev;

	(void)arg;
	for (dev = 0; dev < PCI_DEVICES; dev++) {
		u32 id = pci_read32(dev, PCI_ID), class = pci_read32(dev, PCI_CLASS) >> 16;
		u32 virtio = (id >> 16) - PCI_VIRTIO_MODERN;

		if (class == 0xffff)
			continue;
		printf("00:%02x.0 %04x:%04x class %04x", dev, id & 0xffff, id >> 16, class);
		if ((id & 0xffff) == PCI_VENDOR_VIRTIO && virtio < ARRAY_LEN(names))
			printf(" bar %08x irq %u virtio %s", pci_read32(dev, PCI_BAR0),
			       pci_read8(dev, PCI_INTERRUPT_LINE), names[virtio]);
		puts(id ? "\n" : " host bridge\n");
	}
}

static u32 peeked;

static void peek(u32 at)
{
	peeked = *(volatile u32 *)at;
}

static void do_peek(char **arg)
{
	u32 at = number(arg[0], 0), i;

	for (i = 0; i < 4; i++, at += 4)
		if (probe(peek, at))
			printf("%08x: page fault, error %x\n", at, probe_frame.error);
		else
			printf("%08x: %08x\n", at, peeked);
}

static void do_ps(char **arg)
{
	u32 i;

	(void)arg;
	puts(" ID RING STATE    TICKS  CALLS NAME\n");
	for (i = 0; i < TASKS; i++) {
		struct task *t = task_at(i);

		if (t)
			printf("%3u %4u %-7s %6u %6u %s\n", t->id, t->user ? 3 : 1,
			       t == current		? "running"
			       : t->state == TASK_READY ? "ready"
							: "waiting",
			       t->ticks, t->calls, t->name);
	}
}

static void do_start(char **arg)
{
	struct task *t = task_user(arg[0], number(arg[1], 0));

	if (t)
		printf("task %u\n", t->id);
	else
		puts("no such program, or no room\n");
}

static void do_spin(char **arg)
{
	char *as[] = {"spin", arg[0], "", ""};

	do_start(as);
}

static void do_kill(char **arg)
{
	u32 id = number(arg[0], 0), i;

	for (i = 0; i < TASKS; i++)
		if (task_at(i) && task_at(i)->id == id)
			task_kill(task_at(i));
}

static bool programs_over(u32 unused)
{
	u32 i;

	(void)unused;
	for (i = 0; i < TASKS; i++)
		if (task_at(i) && task_at(i)->user)
			return false;
	return true;
}

static void do_wait(char **arg)
{
	(void)arg;
	task_wait(programs_over, 0);
}

static void do_sleep(char **arg)
{
	task_sleep(number(arg[0], 1000));
}

static void do_ping(char **arg)
{
	net_ping(arg[0], number(arg[1], 3));
}

static void do_ls(char **arg)
{
	(void)arg;
	files_list();
}

static void do_cat(char **arg)
{
	files_print(arg[0]);
}

static void do_echo(char **arg)
{
	printf("%s %s %s %s\n", arg[0], arg[1], arg[2], arg[3]);
}

static void do_uptime(char **arg)
{
	(void)arg;
	printf("up %u.%02u s, %u ticks, %u pages free\n", clock_ticks / HZ,
	       clock_ticks % HZ * 100 / HZ, clock_ticks, pages_free());
}

/* Days since 1970 to a date: by 400-year cycles that begin in March. */
static void do_date(char **arg)
{
	u32 s = clock_wall(NULL), day = s / 86400, z = day + 719468, era = z / 146097;
	u32 doe = z % 146097, yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	u32 doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
	u32 month = mp < 10 ? mp + 3 : mp - 9, year = era * 400 + yoe + (month <= 2);

	(void)arg;
	s %= 86400;
	printf("%04u-%02u-%02u %02u:%02u:%02u UTC\n", year, month, doy - (153 * mp + 2) / 5 + 1,
	       s / 3600, s / 60 % 60, s % 60);
}

static void do_rand(char **arg)
{
	u32 v[4];

	(void)arg;
	if (vrng_read(v, sizeof(v)) == sizeof(v))
		printf("%08x%08x%08x%08x\n", v[0], v[1], v[2], v[3]);
	else
		puts("rand: no entropy device\n");
}

static void do_keys(char **arg)
{
	char c;

	(void)arg;
	while ((c = get_key()) != '\r' && c != '\n')
		printf("%02x ", (u8)c);
	puts("\n");
}

static void do_reboot(char **arg)
{
	(void)arg;
	restart();
}

static void do_poweroff(char **arg)
{
	(void)arg;
	power_off();
}

static void do_crash(char **arg)
{
	(void)arg;
	*word_at(0) = 0; /* not mapped in any address space of ours */
}

static const struct command {
	const char *name, *args, *help;
	void (*run)(char **arg);
} commands[] = {
	{"help", "", "this list", do_help},
	{"lspci", "", "functions on the PCI bus", do_lspci},
	{"peek", "ADDR", "four words of memory", do_peek},
	{"ps", "", "tasks", do_ps},
	{"start", "PROGRAM [N]", "run a program in ring 3", do_start},
	{"spin", "[N]", "a program that computes N million loops", do_spin},
	{"kill", "ID", "end a program", do_kill},
	{"wait", "", "until all programs have ended", do_wait},
	{"sleep", "MS", "do nothing", do_sleep},
	{"ping", "A.B.C.D [N]", "ask another guest for an answer", do_ping},
	{"ls", "", "files on the disk", do_ls},
	{"cat", "FILE", "print a file", do_cat},
	{"echo", "WORDS", "print up to four words", do_echo},
	{"keys", "", "what keys send, in hexadecimal, up to Enter", do_keys},
	{"uptime", "", "time since the start", do_uptime},
	{"date", "", "wall clock", do_date},
	{"rand", "", "random numbers", do_rand},
	{"reboot", "", "start again", do_reboot},
	{"poweroff", "", "end well", do_poweroff},
	{"crash", "", "end badly: write to address 0", do_crash},
};

static void do_help(char **arg)
{
	u32 i;

	(void)arg;
	for (i = 0; i < ARRAY_LEN(commands); i++)
		printf("  %-8s %-12s %s\n", commands[i].name, commands[i].args, commands[i].help);
	puts("programs:");
	programs_list();
	puts("\n");
}

static void run_one(char *line)
{
	char *word[ARGS + 1], *p = line;
	u32 n, i;

	for (n = 0; n <= ARGS; n++) {
		while (*p == ' ')
			*p++ = '\0';
		word[n] = p;
		while (*p && *p != ' ')
			p++;
	}
	*p = '\0';
	if (!*word[0])
		return;
	for (i = 0; i < ARRAY_LEN(commands); i++)
		if (!strcmp(word[0], commands[i].name)) {
			commands[i].run(word + 1);
			return;
		}
	printf("%s: no such command; try help\n", word[0]);
}

void command_run(char *line)
{
	while (*line) {
		char *end = line;

		while (*end && *end != ';')
			end++;
		if (*end)
			*end++ = '\0';
		run_one(line);
		line = end;
	}
}
