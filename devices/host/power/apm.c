/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Power-off by an APM BIOS (Advanced Power Management 1.2, 4.6), the way of machines before ACPI.
 */
#include "devices/host/power/apm.h"

#include "devices/host/bios.h"
#include "devices/host/power/power.h"
#include "devices/host/uart.h"
#include "lib/string.h"
#include "lib/x86.h"

#define PIC1_COMMAND 0x20
#define PIC2_COMMAND 0xa0

extern char apm_real_start[], apm_real_end[];
extern char apm_real_uart[]; /* a word: where it prints, beside the screen; 0: nowhere */

/* The BIOS expects the interrupt controllers where it had put them. */
static void pics_as_the_bios_left_them(void)
{
	static const struct {
		u16 port;
		u8 words[4];
	} pic[] = {
		{PIC1_COMMAND, {0x11, 0x08, 0x04, 0x01}},
		{PIC2_COMMAND, {0x11, 0x70, 0x02, 0x01}},
	};

	for (u32 i = 0; i < ARRAY_LEN(pic); i++) {
		for (u32 w = 0; w < ARRAY_LEN(pic[i].words); w++) {
			outb(pic[i].port + (w != 0), pic[i].words[w]);
			io_wait();
		}
		outb(pic[i].port + 1, 0xff);
	}
}

bool power_has_apm(void)
{
	return bios.services;
}

void power_off_apm(void)
{
	memcpy((void *)APM_REAL_AT, apm_real_start, (size_t)(apm_real_end - apm_real_start));
	*(u16 *)(APM_REAL_AT + (apm_real_uart - apm_real_start)) = uart_base();
	irq_disable();
	pics_as_the_bios_left_them();
	__asm__ volatile("jmp *%0" : : "r"(APM_REAL_AT));
	__builtin_unreachable();
}
