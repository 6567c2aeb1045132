/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/host/bars.c */
/* What a Linux leaves to kexec, beside models of a south bridge, a function that writes messages,
 * and a BIOS's table of routes. The bridge's driver is included. */
#include "devices/host/pirq.c"
#include "tests/unit/support.h"

#define CARD_MSI  0x50u
#define CARD_MSIX 0x60u

static u8 config[3][256]; /* a bridge, a card, one more function */
static struct host_function functions[3];
static u8 bios_area[BIOS_BYTES];
static u16 levels;

u32 pcihost_read(const struct host_function *f, u8 offset, unsigned size)
{
	u32 value = 0;

	memcpy(&value, &config[f->dev][offset], size);
	return value;
}

void pcihost_write(const struct host_function *f, u8 offset, unsigned size, u32 value)
{
	memcpy(&config[f->dev][offset], &value, size);
}

void pcihost_scan(bool (*fn)(void *ctx, const struct host_function *f), void *ctx)
{
	for (size_t i = 0; i < ARRAY_LEN(functions) && fn(ctx, &functions[i]); i++)
		;
}

bool elcr_level(unsigned irq)
{
	return levels & BIT(irq);
}

void *host_map_device(u64 phys, u32 bytes, enum cache_type cache)
{
	assert_int_equal(phys, 0xf0000);
	assert_int_equal(bytes, BIOS_BYTES);
	assert_int_equal(cache, CACHE_UC);
	return bios_area;
}

/* PIIX3 or ICH9; INTA of the card is line 11, INTB of the other function line 5. */
static void machine(u16 bridge)
{
	memset(&routes, 0, sizeof(routes));
	memset(config, 0, sizeof(config));
	memset(bios_area, 0, sizeof(bios_area));
	levels = BIT(5) | BIT(10) | BIT(11);
	functions[0] = (struct host_function){
		.vendor = 0x8086, .device = bridge, .base_class = 6, .sub_class = 1};
	functions[1] = (struct host_function){.dev = 1, .irq_pin = 1, .irq_line = 11};
	functions[2] = (struct host_function){.dev = 2, .irq_pin = 2, .irq_line = 5};
	memcpy(&config[0][0x60], (u8[]){10, 0x8b, 0x80, 0x0a}, 4);
	memcpy(&config[0][0x68], (u8[]){0x8b, 0x8b, 0x85, 0x83}, 4);
}

/* Route `first` is that of the card's INTA and the second one that of the other's INTB. */
static void table(u32 at, u8 devfn, u8 first, u8 second)
{
	struct pir *p = (struct pir *)(bios_area + at);
	struct pir_slot *s = (struct pir_slot *)(p + 1);
	u8 sum = 0;

	*p = (struct pir){
		.signature = "$PIR", .version = 0x100, .bytes = 64, .router_devfn = devfn};
	s[0] = (struct pir_slot){.devfn = 1 << 3, .pin = {{first, LINES}}};
	s[1] = (struct pir_slot){.devfn = 2 << 3, .pin = {{0}, {second, LINES}}};
	for (u32 i = 0; i < 64; i++)
		sum = (u8)(sum + bios_area[at + i]);
	p->sum = (u8)-sum;
}

static void expect(u8 reg, const void *bytes)
{
	assert_memory_equal(&config[0][reg], bytes, 4);
}

static void by_the_table(void **state)
{
	(void)state;
	machine(0x7000);
	table(0xfde0, 0, 0x60, 0x62);
	pcihost_restore_routes();
	expect(0x60, "\x0b\x0b\x05\x0a");
	expect(0x68, "\x8b\x8b\x85\x83"); /* other registers of this bridge */
	assert_int_equal(routes.changed, BIT(5) | BIT(11));
	/* Links counted from 1. */
	machine(0x7110);
	table(0, 0, 3, 4);
	pcihost_restore_routes();
	expect(0x60, "\x0a\x0b\x0b\x05");
}

/* Of another bridge, damaged, cut off by the area's end; links and lines that are none. */
static void bad_tables(void **state)
{
	(void)state;
	machine(0x7000);
	table(0x100, 8, 0x60, 0x62);
	table(0x200, 0, 0x60, 0x62);
	bios_area[0x21f] ^= 1;
	table(0xffc0, 0, 0x60, 0x62);
	((struct pir *)(bios_area + 0xffc0))->bytes = 80;
	pcihost_restore_routes();
	expect(0x60, "\x0a\x0b\x80\x0a");
	machine(0x7000);
	functions[1].irq_line = 255;
	functions[2].irq_line = 2;
	table(0x300, 0, 0x60, 0x62);
	pcihost_restore_routes();
	expect(0x60, "\x0a\x0b\x80\x0a");
	machine(0x7000);
	functions[1].irq_pin = 5;
	table(0x300, 0, 0x60, 0x5f);
	pcihost_restore_routes();
	expect(0x60, "\x0a\x0b\x80\x0a");
}

static void without_table(void **state)
{
	(void)state;
	machine(0x2918);
	table(0x100, 0, 0x60, 0x62); /* is not looked for */
	pcihost_restore_routes();
	expect(0x60, "\x0a\x0b\x80\x0a");
	expect(0x68, "\x0b\x0b\x05\x83"); /* line 3 is not PCI's */
	machine(0x2918);
	functions[0].vendor = 0x1106;
	pcihost_restore_routes();
	expect(0x60, "\x0a\x8b\x80\x0a");
}

static void messages(void **state)
{
	const struct host_function *card = &functions[1];
	u8 *c = config[1];

	(void)state;
	machine(0x7000);
	c[PCI_STATUS] = PCI_STATUS_CAPABILITY;
	c[PCI_CAPABILITIES] = 0x40;
	memcpy(c + 0x40, (u8[]){0x01, CARD_MSI}, 2);
	memcpy(c + CARD_MSI, (u8[]){0x05, CARD_MSIX, 0x81, 0x01}, 4);
	memcpy(c + CARD_MSIX, (u8[]){0x11, 0x40, 0x04, 0xc0}, 4); /* and on in a circle */
	c[PCI_COMMAND + 1] = PCI_COMMAND_INTX_OFF >> 8;
	pcihost_enable(card, PCI_COMMAND_MASTER);
	assert_int_equal(pcihost_read(card, PCI_COMMAND, 2), PCI_COMMAND_MASTER);
	assert_int_equal(pcihost_read(card, CARD_MSI + 2, 2), 0x0180);
	assert_int_equal(pcihost_read(card, CARD_MSIX + 2, 2), 0x4004);
	/* No list. */
	c[PCI_STATUS] = 0;
	c[CARD_MSI + 2] = 0x81;
	pcihost_enable(card, PCI_COMMAND_IO);
	assert_int_equal(c[CARD_MSI + 2], 0x81);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_the_table),
		cmocka_unit_test(bad_tables),
		cmocka_unit_test(without_table),
		cmocka_unit_test(messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
