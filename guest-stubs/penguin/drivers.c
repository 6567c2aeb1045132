/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of the kernel itself: boot parameters, both ways to a device's registers, the disks, the
 * network, randomness. */
#include "guest-stubs/lib/pci.h"
#include "guest-stubs/penguin/check.h"
#include "guest-stubs/penguin/penguin.h"

#define NET_FRAMES   50u
#define NET_BYTES    900u
#define NET_PATIENCE 3000u   /* ticks */
#define ETHERTYPE    0xb588u /* local experiments */

extern u8 boot_params[], boot_command_line[];

u32 disks;
static bool has_net, has_rng;
static u8 mac[6];
static u8 buffer[4 * PAGE_SIZE] ALIGNED(4096);

void drivers_init(void)
{
	vcon_init();
	disks = vblk_init();
	has_net = vnet_init(mac);
	has_rng = vrng_init();
}

/* Its size, and the sum of all its bytes. */
void show_initrd(void)
{
	u32 at = *(u32 *)(boot_params + BP_RAMDISK_IMAGE), i, sum = 0;
	u32 bytes = *(u32 *)(boot_params + BP_RAMDISK_SIZE);
	const u8 *p = virt(at);

	if (!bytes)
		return;
	for (i = 0; i < bytes; i++)
		sum += p[i];
	printf("penguin: initrd %u bytes, sum %u\n", bytes, sum);
}

/* As Linux's kmap_atomic: an entry of the kernel's tables is written in memory, and only a flush of
 * everything, in the ring, tells of it. */
static void kmap(void *slot, u32 entry)
{
	pte_write(slot, entry);
	hcall_async(HC_FLUSH_TLB, FLUSH_ALL, 0, 0, 0);
	hcall(HC_FLUSH_ASYNC, 0, 0, 0, 0);
}

static void read_word(u32 at)
{
	(void)*word_at(at);
}

/* Two pages in turn at one address, the last of the devices' first table, then none. */
static bool test_kmap(u32 rounds)
{
	u32 va = IO_BASE + table_span() - PAGE_SIZE, page[2] = {page_alloc(), page_alloc()}, i;
	void *slot = pte_slot(kernel_root, va, false);

	TRY(slot && !pte_read(slot) && page[0] && page[1]);
	for (i = 0; i < 2 * rounds + 2; i++) {
		volatile u32 *mine = virt(page[i % 2]), *other = virt(page[1 - i % 2]);

		*mine = i + 1000;
		kmap(slot, page[i % 2] | PTE_KERNEL);
		TRY(*word_at(va) == i + 1000);
		*word_at(va) = i + 2000;
		TRY(*mine == i + 2000 && *other != i + 2000);
	}
	kmap(slot, 0);
	TRY(probe(read_word, va) && probe_cr2 == va);
	page_free(page[0]);
	page_free(page[1]);
	return true;
}

static bool test_boot(u32 rounds)
{
	u32 command = *(u32 *)(boot_params + BP_CMDLINE_PTR);

	(void)rounds;
	TRY(!memcmp(boot_params, virt(0), PAGE_SIZE));
	TRY(!strcmp((char *)boot_command_line, virt(command)));
	TRY(boot_params[BP_LOADER_TYPE] && boot_params[BP_E820_ENTRIES] == 1);
	TRY(lguest_data.reserve_mem >= PAGE_SIZE);
	hcall(HC_TS, 0, 0, 0, 0); /* old kernels clear TS so; it must not disturb */
	__asm__ volatile("fnop");
	return true;
}

/* A register of a device through the configuration window. */
static u32 window_access(u32 pci, u32 offset, u32 width, bool write, u32 value)
{
	u8 cap = pci_find_virtio_cap(pci, VIRTIO_CAP_PCI_CFG);

	pci_write32(pci, cap + VIRTIO_CAP_BAR, 0);
	pci_write32(pci, cap + VIRTIO_CAP_OFFSET, offset);
	pci_write32(pci, cap + VIRTIO_CAP_LENGTH, width);
	if (write)
		pci_write32(pci, cap + VIRTIO_CAP_DATA, value);
	return pci_read32(pci, cap + VIRTIO_CAP_DATA);
}

/* Every device: what the memory window shows, the configuration window shows, and the other way
 * round for a register that may be written. */
static bool test_pci(u32 rounds)
{
	u32 pci, seen = 0;

	for (pci = 1; pci < PCI_DEVICES; pci++) {
		u8 cap = pci_find_virtio_cap(pci, VIRTIO_CAP_COMMON);
		u32 at, bar, i;
		volatile u8 *regs;

		if (!cap)
			continue;
		seen++;
		at = pci_read32(pci, cap + VIRTIO_CAP_OFFSET);
		bar = pci_read32(pci, PCI_BAR0) & ~0xfu;
		regs = map_device(bar + at, VC_QUEUE_USED + 8);
		TRY(window_access(pci, at + VC_STATUS, 1, false, 0) == vread8(regs + VC_STATUS));
		TRY(window_access(pci, at + VC_NUM_QUEUES, 2, false, 0) ==
		    vread16(regs + VC_NUM_QUEUES));
		for (i = 0; i < rounds + 2; i++) {
			window_access(pci, at + VC_DEVICE_FEATURE_SELECT, 4, true, i % 2);
			TRY(vread32(regs + VC_DEVICE_FEATURE_SELECT) == i % 2);
			TRY(window_access(pci, at + VC_DEVICE_FEATURE, 4, false, 0) ==
			    vread32(regs + VC_DEVICE_FEATURE));
			vwrite32(regs + VC_DEVICE_FEATURE_SELECT, 1 - i % 2);
			TRY(window_access(pci, at + VC_DEVICE_FEATURE_SELECT, 4, false, 0) ==
			    1 - i % 2);
		}
	}
	TRY(seen >= 1);
	return true;
}

static u32 word_of(u32 seed, u32 i)
{
	return (seed * 2654435761u) ^ (i * 40503u);
}

static void fill(u32 *p, u32 words, u32 seed)
{
	u32 i;

	for (i = 0; i < words; i++)
		p[i] = word_of(seed, i);
}

static bool holds(const u32 *p, u32 words, u32 seed)
{
	u32 i;

	for (i = 0; i < words; i++)
		if (p[i] != word_of(seed, i))
			return false;
	return true;
}

/* Every sector of the first disk, up to a bound, in requests of changing lengths. */
static bool test_disk(u32 rounds)
{
	u32 sectors = (u32)MIN(vblk_sectors(0), (u64)8192), r, at, n, words = SECTOR / 4;

	if (!disks)
		return complain("there is no disk");
	for (r = 0; r < rounds; r++) {
		for (at = 0; at < sectors; at += n) {
			n = MIN(1 + at % 31, sectors - at);
			fill((u32 *)buffer, n * words, at + r);
			TRY(vblk_write(0, at, buffer, n));
		}
		TRY(vblk_flush(0));
		for (at = 0; at < sectors; at += n) {
			n = MIN(1 + at % 31, sectors - at);
			memset(buffer, 0, n * SECTOR);
			TRY(vblk_read(0, at, buffer, n));
			TRY(holds((u32 *)buffer, n * words, at + r));
		}
	}
	TRY(!vblk_read(0, vblk_sectors(0), buffer, 1));
	TRY(!vblk_write(0, vblk_sectors(0) - 1, buffer, 2));
	return true;
}

static bool test_rng(u32 rounds)
{
	u32 r, i, zero = 0;

	if (!has_rng)
		return complain("there is no source of randomness");
	for (r = 0; r < rounds; r++) {
		memset(buffer, 0, 512);
		TRY(vrng_read(buffer, 256) == 256 && vrng_read(buffer + 256, 256) == 256);
		TRY(memcmp(buffer, buffer + 256, 256));
		for (i = 0; i < 512; i++)
			zero += !buffer[i];
		TRY(zero < 64 * (r + 1));
	}
	return true;
}

/* The wall clock, for whoever knows what it must show. */
static bool test_date(u32 rounds)
{
	u32 nanoseconds;

	(void)rounds;
	hcall(HC_SEND_INTERRUPTS, 0, 0, 0, 0); /* brings lguest_data.time up to date */
	printf("penguin: date %u\n", clock_wall(&nanoseconds));
	TRY(nanoseconds < 1000000000);
	return true;
}

struct net_frame {
	u8 to[6], from[6];
	u16 type, unused;
	u32 number, seen; /* this frame's, and how many the sender has of ours */
	u32 data[NET_BYTES / 4];
};

/* Two penguins on a network send each other verified frames until both have enough. */
static bool test_net(u32 rounds)
{
	static struct net_frame out, in;
	u32 sent = 0, seen = 0, theirs = 0, wanted = NET_FRAMES * rounds, i, end;

	if (!has_net)
		return complain("there is no network card");
	end = clock_ticks + NET_PATIENCE;
	while ((seen < wanted || theirs < wanted) && (s32)(clock_ticks - end) < 0) {
		memset(out.to, 0xff, sizeof(out.to));
		memcpy(out.from, mac, sizeof(mac));
		out.type = ETHERTYPE;
		out.number = sent++;
		out.seen = seen;
		fill(out.data, ARRAY_LEN(out.data), out.number);
		TRY(vnet_send(&out, sizeof(out)));
		task_sleep(0);
		for (i = 0; i < 64 && vnet_ready(); i++) {
			if (vnet_receive(&in, sizeof(in)) != sizeof(in) || in.type != ETHERTYPE)
				continue;
			TRY(memcmp(in.from, mac, sizeof(mac)));
			TRY(holds(in.data, ARRAY_LEN(in.data), in.number));
			theirs = in.seen;
			seen++;
		}
	}
	TRY(seen >= wanted && theirs >= wanted);
	/* What the other one still has to hear. */
	for (i = 0; i < 16; i++) {
		out.seen = seen;
		TRY(vnet_send(&out, sizeof(out)));
		task_sleep(0);
	}
	return true;
}

static bool a_line(u32 arg)
{
	(void)arg;
	return vcon_ready();
}

/* Somebody types "penguins swim" and Enter. */
static bool test_typing(u32 rounds)
{
	char line[32];
	u32 n = 0;
	int c;

	(void)rounds;
	printf("penguin: type now\n");
	for (;;) {
		task_wait(a_line, 0);
		while ((c = vcon_getc()) >= 0) {
			if (c == '\r' || c == '\n') {
				line[n] = '\0';
				TRY(!strcmp(line, "penguins swim"));
				return true;
			}
			if (n < sizeof(line) - 1)
				line[n++] = (char)c;
		}
	}
}

const struct kernel_test driver_tests[] = {
	{"boot", test_boot},	 {"kmap", test_kmap}, {"pci", test_pci},
	{"disk", test_disk},	 {"rng", test_rng},   {"net", test_net},
	{"typing", test_typing}, {"date", test_date}, {NULL, NULL},
};
