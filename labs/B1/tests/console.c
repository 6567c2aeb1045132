/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is printed arrives, by the early console and by the queue; what is typed arrives, too. */
#include "labs/kernel/console.h"
#include "labs/harness/harness.h"
#include "labs/kernel/pci.h"

#define TEXTS 40

/* Written by the early console itself, whatever the kernel prints by now. */
static void early_print(const char *what, u32 value)
{
	char line[64];

	early_write(line, format(line, sizeof(line), "b1_early: %s %08x\n", what, value));
}

TEST(b1_early)
{
	u32 i, sum = 0;

	for (i = 0; i < 3; i++)
		early_print("line", random_number());
	early_write("", 0);
	for (i = 0; i < 8; i++) { /* a line in pieces */
		u32 n = random_number();
		char c = "0123456789abcdef"[n % 16];

		sum = sum * 31 + n;
		early_write(&c, 1);
	}
	early_write(" pieces\n", 8);
	early_print("sum", sum);
}

/* Capabilities that are there, one that is not, and a device with none. */
TEST(b1_capabilities)
{
	u32 type, seen = 0;

	for (type = VIRTIO_CAP_COMMON; type <= VIRTIO_CAP_PCI_CFG; type++) {
		u8 at = pci_find_cap(1, (u8)type);

		check(at >= 0x40 && at % 4 == 0,
		      "capability %u in the device's part, from 0x40 on, seen 0x%x", type, at);
		if (at)
			check_equal("its type", type, pci_read8(1, at + 3));
		note(at);
		seen += at;
	}
	check(seen != 0, "capabilities at different places");
	check_equal("a capability of type 9, which the console has not", 0, pci_find_cap(1, 9));
	check_equal("a capability of the host bridge, which has none", 0,
		    pci_find_cap(0, VIRTIO_CAP_COMMON));
}

/* Texts of all lengths, some longer than any buffer, made anew in the same memory each time: a
 * driver that lets the device read later what is gone by then shows it. */
TEST(b1_print)
{
	static char text[1200];
	u32 i, j, n, sum = 0;

	for (i = 0; i < TEXTS; i++) {
		n = 0;
		for (j = random_number() % 1000; j; j--) {
			text[n] = j % 64 ? "0123456789abcdef"[random_number() % 16] : '\n';
			sum = sum * 31 + (u8)text[n++];
		}
		n += format(text + n, sizeof(text) - n, "\nb1_print: text %u, sum %08x\n", i, sum);
		vcon_write(text, n);
		memset(text, '#', n);
	}
	note(sum);
}

#define PATIENCE 150000 /* looks, without a new character */

/* `want` characters into the digest, or as many as come. */
static u32 receive(u32 want)
{
	u32 n = 0, rounds;

	for (rounds = 0; n < want && rounds < PATIENCE; rounds++) {
		int c = console_getc();

		if (c >= 0) {
			n++;
			rounds = 0;
			note((u32)c);
		} else {
			hcall(HC_SEND_INTERRUPTS, 0, 0, 0);
		}
	}
	return n;
}

/* What is typed, more than one buffer holds and in the end more than all of them do. */
TEST(b1_type)
{
	u32 i;

	check_equal("a character while nothing is typed", (u32)-1, (u32)console_getc());
	for (i = 1; i <= 3; i++) {
		printf("b1_type: ready %u\n", i);
		check_equal("characters that were typed", 100 * i, receive(100 * i));
	}
}
