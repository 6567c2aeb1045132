/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Drivers for the real machine. The hypervisor runs with interrupts off; a device interrupt is
 * taken while a guest runs or while the CPU idles, and is handled to its end at once.
 */
#ifndef DEVICES_HOST_HOST_H
#define DEVICES_HOST_HOST_H

#include "lib/base.h"

/* ---- What the BIOS left in low memory (bios.c) --------------------------------------------- */
/* Read once by boot/ while page 0 can be seen; nobody looks there later. */
struct bios_data {
	u16 com[4];	/* bases of serial ports, 0 = none */
	u32 ebda;	/* physical address of the extended BIOS data area, 0 = none */
	bool text_mode; /* the screen is in a text mode */
	bool mono;	/* and it is that of a monochrome adapter */
	u8 columns, rows;
};
extern struct bios_data bios;
void bios_data_read(void);

/* ---- Interrupt controller (pic.c) and handlers (irq.c) ----------------------------------- */
#define HOST_IRQ_BASE 0x20 /* vectors 0x20..0x2f */
#define HOST_IRQS     16

void pic_init(void); /* remap, all masked, ELCR left alone */
void pic_mask(unsigned irq);
void pic_unmask(unsigned irq);
/* An interrupt was taken. False: spurious (IRQ 7 or 15 with nothing in service), to be ignored;
 * everything due has been done then. True: pic_eoi() must follow when the device is served. */
bool pic_ack(unsigned irq);
void pic_eoi(unsigned irq);

typedef void host_irq_fn(void *ctx);
/* Several handlers may share a line. HV_NOMEM when the table is full, HV_BADARG for no such line.
 * Unmasks the line. */
enum hv_status host_irq_register(unsigned irq, host_irq_fn *fn, void *ctx);
/* Acknowledge and run the handlers of a vector that was taken; counts strays. */
unsigned host_irq_handlers(unsigned irq); /* how many are registered for it */
void host_irq_dispatch(unsigned vector);
extern u32 host_irq_spurious, host_irq_stray; /* nothing in service; nobody registered */

/* ---- Time (pit.c, rtc.c) ------------------------------------------------------------------ */
#define PIT_HZ 1193182u
/* Channel 0, IRQ 0 after `ticks` (1..65535) PIT periods, once (mode 0). */
void pit_oneshot(u32 ticks);
void pit_periodic(u32 hz); /* 19..10000 */
u32 pit_read(void);	   /* channel 0's counter now */
/* TSC frequency in kHz, best of three measurements of 46 ms by channel 2, or by channel 0 where
 * that stands still; 0 when impossible. All waits are bounded. */
u32 pit_calibrate_tsc(void);
/* Wall clock as seconds since 1970, from the CMOS clock; false when it makes no sense. */
bool rtc_read(u64 *unix_seconds);

/* ---- Serial line (uart.c) ----------------------------------------------------------------- */
#define UART_COM1 0x3f8
/* Probe and set up COM1 (or another base), 8n1, FIFO if there is one. baud 1..115200. False: no
 * UART there, or no such speed; output goes nowhere then. May be called again. */
bool uart_init(u16 base, u32 baud);
/* From polled to interrupt-driven; needs pic_init. A port of an unusual base stays polled. */
void uart_irq_on(void);
/* Queue raw bytes; when the buffer is full waits for room (polled). */
void uart_write(const char *text, u32 len);
u32 uart_room(void);	    /* bytes that uart_write() takes without waiting */
int uart_getc(void);	    /* next received byte or -1 */
void uart_flush(void);	    /* wait, bounded, until the last bit has left */
void uart_panic_mode(void); /* polled from now on, buffer kept in order */

/* ---- Screen and keyboard (vga.c, ps2.c) --------------------------------------------------- */
/* Take over the text screen where bios.text_mode says there is one; false: none. The text and
 * the cursor stay. May be called again. */
bool vga_init(void);
void vga_write(const char *text, u32 len); /* \n \r \b \t and scrolling */
void vga_off(void);			   /* the screen is somebody else's from now on */
/* Find the keyboard controller, never resetting it, and take IRQ 1; needs pic_init. False: none. */
bool ps2_init(void);
int ps2_getc(void); /* ASCII of a key press, arrow keys as ESC [ A .. D; -1: nothing */

/* Ctrl+Alt+F1..F12 pressed since the last call: 1..12; 0: none. ps2_getc() sees to it. */
u32 ps2_hot_key(void);

/* ---- PCI of the machine (pci.c) ----------------------------------------------------------- */
struct pci_function {
	u8 bus, dev, fn;
	u16 vendor, device;
	u8 base_class, sub_class, prog_if, revision, header, irq_line, irq_pin;
};
bool pcihost_present(void);
u32 pcihost_read(const struct pci_function *f, u8 offset, unsigned size);
void pcihost_write(const struct pci_function *f, u8 offset, unsigned size, u32 value);
/* Who uses a function, as the end of a sentence ("it is ..."); NULL: nobody. */
const char *pcihost_owner(const struct pci_function *f);
/* False: somebody has it already. `as` must live as long as the claim. */
bool pcihost_claim(const struct pci_function *f, const char *as);
void pcihost_unclaim(const struct pci_function *f);
/* Calls fn for each function on every bus behind bridges; stops when fn returns false. */
void pcihost_scan(bool (*fn)(void *ctx, const struct pci_function *f), void *ctx);

/* ---- Off and on (power.c) ------------------------------------------------------------------ */
/* Find ACPI's PM1 ports and _S5_ value. Called by boot/: it reads tables anywhere in memory, so
 * paging must still be off; with paging on it does nothing. */
void power_init(void);
void power_off(void); /* returns when nothing worked */
/* Ask an APM BIOS, in real mode: the machine is off, or stands still for ever. */
NORETURN void power_off_apm(void);
NORETURN void power_reset(void); /* 8042, port 0xcf9, triple fault */

#endif
