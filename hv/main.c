/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the machine as the boot loader left it to guests running. */
#include "devices/host/apic.h"
#include "devices/host/fbtext.h"
#include "devices/host/irq.h"
#include "devices/host/pci.h"
#include "hv/config/boot.h"
#include "hv/config/config.h"
#include "hv/console/console.h"
#include "hv/gdb/gdb.h"
#include "hv/guest/guest.h"
#include "hv/hv.h"
#include "hv/monitor/monitor.h"
#include "hv/panic/panic.h"
#include "hv/report/report.h"
#include "hv/time/time.h"
#include "hv/vcpu/vcpu.h"
#include "lib/cpu.h"
#include "lib/log.h"
#include "lib/string.h"
#include "lib/x86.h"
#include "mm/host.h"

extern char image_start[], image_end[];

struct table_pointer {
	u16 limit;
	u32 base;
} PACKED;

static void config_error(void *ctx, const char *text)
{
	(void)ctx;
	log_line(LOG_ERROR, NULL, "configuration: %s", text);
}

static void memory_init(const struct boot_info *b)
{
	struct ram_range reserved[BOOT_MODULES + 1];
	u32 n = 0;

	reserved[n++] = (struct ram_range){(u32)(uintptr_t)image_start, (u32)(uintptr_t)image_end};
	for (u32 i = 0; i < b->modules; i++)
		if (b->module[i].end > b->module[i].start)
			reserved[n++] = (struct ram_range){b->module[i].start, b->module[i].end};
	frame_init(b->ram, b->ram_ranges, reserved, n);
	host_space_init(b->ram, b->ram_ranges);
	fbtext_map(); /* before the next line is logged */
	console_screen_open();
}

/* GDT, IDT and TSS move to the state page, at the address they have in every guest too; from
 * here on a CR3 load is all that swaps them. */
static void tables_init(void)
{
	struct state_page *s = (struct state_page *)SWITCHER_STATE;
	struct table_pointer gdtr = {sizeof(s->gdt) - 1, (u32)(uintptr_t)s->gdt};
	struct table_pointer idtr = {sizeof(s->idt) - 1, (u32)(uintptr_t)s->idt};

	gdt_init_host(s->gdt);
	host_trap_fill(s->idt);
	s->tss.ss0 = GDT_HV_DS * 8;
	s->tss.iomap = sizeof(s->tss);
	__asm__ volatile("lgdt %0" : : "m"(gdtr));
	__asm__ volatile("lidt %0" : : "m"(idtr));
	__asm__ volatile("lldt %w0" : : "r"(0));
	__asm__ volatile("ltr %w0" : : "r"(GDT_TSS * 8));
	host_trap_wire_double_fault(s->idt, s->gdt, host_root());
}

/* SYSENTER must not be a way into ring 0: with a null CS it is a #GP (SDM vol. 3, 5.8.7). */
static void msrs_init(void)
{
	if (cpu.sep)
		wrmsr(MSR_SYSENTER_CS, 0);
}

static COLD void unknown_feature(const char *name, size_t len)
{
	char known[96] = "";
	const char *one;
	bool on;

	for (unsigned n = 0; (one = cpu_feature(n, &on)); n++)
		snprintf(known + strlen(known), sizeof(known) - strlen(known), " %s", one);
	log_line(LOG_ERROR, NULL, "no=%.*s: no such CPU feature; there are%s", (int)len, name,
		 known);
	config.errors++;
}

static void disable_features(const char *list)
{
	while (*list) {
		const char *end = strchr(list, ',');
		size_t len = end ? (size_t)(end - list) : strlen(list);

		if (len && !cpu_disable(list, len))
			unknown_feature(list, len);
		list += len + (end != NULL);
	}
}

/* What a person would call the size of the machine: with what is not usable of the last MiB. */
static u32 machine_mib(const struct boot_info *b)
{
	u64 bytes = MIB(1);

	for (u32 i = 0; i < b->ram_ranges; i++)
		bytes += b->ram[i].end - b->ram[i].start;
	return (u32)(bytes >> 20);
}

/* machine= asks for a larger one: that is no failure. */
static bool left_out(struct guest *g, u32 mib)
{
	const struct guest_config *c = g->config;

	if (mib >= c->machine_bytes >> 20)
		return false;
	memcpy(g->name, c->name, sizeof(g->name));
	g->state = GUEST_ENDED;
	snprintf(g->why, sizeof(g->why), "left out: machine=%uM, this one has %uM",
		 c->machine_bytes >> 20, mib);
	log_line(LOG_INFO, g->name, "%s", g->why);
	return true;
}

static void start_guests(const struct boot_info *b)
{
	u32 mib = machine_mib(b);

	frame_fail_after(config.opt.fail_alloc);
	networks_init();
	for (u32 i = 0; i < config.guests; i++) {
		guests[i].config = &config.guest[i];
		guest_count = i + 1;
		if (left_out(&guests[i], mib))
			continue;
		guest_start(&guests[i]);
		while (guests[i].state == GUEST_STARTING)
			guest_start_part(&guests[i]);
	}
}

void hv_early(void)
{
	static const struct log_ops ops = {console_write, now_ns, panic_report};

	host_trap_init();
	log_hook(&ops);
}

void hv_main(const struct boot_info *boot)
{
	config_parse(&config, boot, config_error, NULL);
	log_set_level((enum log_level)config.opt.log_level);
	disable_features(config.opt.disable);
	memory_init(boot);
	tables_init();
	msrs_init();
	fpu_init();
	pic_init();
	/* What a system that ran before us may have left; its routes, only where there was one. */
	apic_settle(host_irq_take);
	if (strncmp(boot->loader, "kexec", 5) == 0)
		pcihost_restore_routes();
	console_init();
	monitor_init();
	gdb_init();
	log_line(LOG_INFO, NULL, "cpu %s family %u model %u, %s shadow tables%s, %u MiB free",
		 cpu.vendor, cpu.family, cpu.model, shadow_format()->name,
		 host_nx() ? " with NX" : "", frame_free_count() >> (20 - PAGE_SHIFT));
	time_init(config.opt.tsc_khz);
	if (!config.opt.tsc_khz || config.opt.tsc_check)
		time_check_init();
	wall_init();
	report_init(boot);
	if (config.opt.report)
		report_at_boot();
	screen_init(&boot->framebuffer);
	start_guests(boot);
	if (!guest_count)
		log_line(LOG_ERROR, NULL,
			 "no guest to run: give one as a module with guest=NAME mem=SIZE");
	run_loop();
}
