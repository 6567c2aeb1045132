/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See fake_card.h. */
#include "tests/unit/fake_card.h"
#include "devices/host/dma.h"
#include "tests/unit/support.h"

#include <string.h>

u8 fake_config[256];
struct host_function fake_function;
struct nic fake_nic;
u8 fake_got[NIC_BUFFER];
u32 fake_got_len, fake_gots, fake_no_memory;

void fake_card_reset(u32 bar)
{
	memset(fake_config, 0, sizeof(fake_config));
	memcpy(fake_config + PCI_BAR0, &bar, sizeof(bar));
	memset(&fake_nic, 0, sizeof(fake_nic));
	fake_function = (struct host_function){.irq_line = FAKE_IRQ};
	fake_got_len = fake_gots = fake_no_memory = 0;
}

u16 fake_command(void)
{
	return (u16)(fake_config[PCI_COMMAND] | fake_config[PCI_COMMAND + 1] << 8);
}

/* Addresses for the hardware have 32 bits. */
void *dma_alloc(u32 bytes)
{
	if (fake_no_memory && --fake_no_memory == 0)
		return NULL;
	return support_low_memory(bytes);
}

u32 pcihost_read(const struct host_function *f, u8 offset, unsigned size)
{
	u32 value = 0;

	assert_ptr_equal(f, &fake_function);
	assert_in_range(offset + size, 1, sizeof(fake_config));
	memcpy(&value, fake_config + offset, size);
	return value;
}

void pcihost_write(const struct host_function *f, u8 offset, unsigned size, u32 value)
{
	assert_ptr_equal(f, &fake_function);
	assert_in_range(offset + size, 1, sizeof(fake_config));
	memcpy(fake_config + offset, &value, size);
}

void nic_receive(struct nic *n, const u8 *frame, u32 len)
{
	assert_ptr_equal(n, &fake_nic);
	assert_in_range(len, 1, NIC_BUFFER);
	memcpy(fake_got, frame, len);
	fake_got_len = len;
	fake_gots++;
}

void fake_put_frame(const struct nic_driver *d, u8 fill, u32 len)
{
	u8 *p = d->room(&fake_nic);

	assert_non_null(p);
	memset(p, fill, len);
	d->send(&fake_nic, len);
}
