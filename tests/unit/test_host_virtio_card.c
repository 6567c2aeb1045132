/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/host/bars.c devices/host/dma.c */
/* The driver of the machine's virtio cards, included here, against a model of a device of either
 * kind. */
#include "tests/unit/host_virtio_model.c"

#include "devices/host/net/virtio.c"
#include "devices/host/virtio/legacy.c"
#include "devices/host/virtio/modern.c"
#include "devices/host/virtio/pci.c"
#include "devices/host/virtio/ring.c"

static u32 received, received_len;
static u8 received_byte;

void nic_receive(struct nic *n, const u8 *frame, u32 len)
{
	(void)n;
	received++;
	received_len = len;
	received_byte = frame[0];
}

static int fresh(void **state)
{
	(void)state;
	received = 0;
	model_reset(false);
	return 0;
}

static int fresh_modern(void **state)
{
	(void)fresh(state);
	model_reset(true);
	return 0;
}

static struct nic card;

static enum hv_status card_there(u32 features)
{
	static const u8 mac[6] = {0x52, 1, 2, 3, 4, 5};
	enum hv_status s;

	memset(&card, 0, sizeof(card));
	function.device = modern ? 0x1041 : 0x1000;
	memcpy(model.config, mac, 6);
	model.offered = features;
	s = open(&card, &function);
	if (s == HV_OK)
		go(&card);
	return s;
}

static void card_receives(void **state)
{
	(void)state;
	assert_int_equal(card_there(1u << 5 | 1u << 16), HV_OK);
	assert_int_equal(model.accepted, 1u << 5);
	assert_int_equal(card.port.mac[5], 5);
	for (u32 i = 0; i < 200; i++) {
		int head = model_pop(0);
		const struct vring_desc *header = descs(0) + head, *data = header + 1;

		assert_true(head >= 0);
		assert_int_equal(header->bytes, 10 + modern);
		assert_int_equal(header->flags, VRING_NEXT | VRING_WRITE);
		assert_int_equal(header->next, head + 1);
		assert_int_equal(data->flags, VRING_WRITE);
		memset(pointer(data), (int)i, 60);
		model_push(0, (u32)head, 10 + modern + 60 + i);
		assert_false(serve(&card, 4));
		assert_int_equal(received, i + 1);
		assert_int_equal(received_len, 60 + i);
		assert_int_equal(received_byte, (u8)i);
	}
	model_push(0, 7777, 100); /* nonsense */
	model_push(0, (u32)model_pop(0), 10 + modern);
	model_push(0, (u32)model_pop(0), 99999);
	assert_false(serve(&card, 4));
	assert_int_equal(received, 200);
	for (u32 i = 0; i < 5; i++)
		model_push(0, (u32)model_pop(0), 70);
	assert_true(serve(&card, 4));
	assert_false(serve(&card, 4));
	assert_int_equal(received, 205);
}

static void card_sends(void **state)
{
	u32 n = 0;
	int heads[BUFFERS];

	(void)state;
	assert_int_equal(card_there(1u << 5), HV_OK);
	for (u8 *p; (p = room(&card)) != NULL; n++) {
		assert_true(n < BUFFERS);
		p[0] = (u8)n;
		send(&card, 60 + n);
		heads[n] = model_pop(1);
		assert_int_equal(descs(1)[heads[n]].flags, VRING_NEXT);
		assert_int_equal(descs(1)[heads[n] + 1].bytes, 60 + n);
		assert_int_equal(*(u8 *)pointer(descs(1) + heads[n] + 1), (u8)n);
		for (u32 i = 0; i < 10 + modern; i++)
			assert_int_equal(((u8 *)pointer(descs(1) + heads[n]))[i], 0);
	}
	assert_int_equal(n, BUFFERS);
	model_push(1, (u32)heads[9], 0);
	assert_non_null(room(&card));
	send(&card, 60);
	assert_int_equal(model_pop(1), heads[9]);
	assert_null(room(&card));
	assert_int_equal(model.kicks[1], BUFFERS + 1);
}

static void card_not_used(void **state)
{
	(void)state;
	assert_int_equal(card_there(0), HV_IO); /* it has no address */
	assert_int_equal(model.status, 0);
	model.queue_size = 64;
	assert_int_equal(card_there(1u << 5), HV_IO);
}

/* A structure that is missing, of no length, in no BAR, beyond 4 GiB or too short: the device is
 * not used. */
static void modern_structures(void **state)
{
	static const struct {
		u8 at;
		u32 value;
	} wrong[] = {
		{0xcb, 7},		 /* no common structure */
		{0xcc, 6},		 /* in a BAR that does not exist */
		{0xcc, 1},		 /* in one that is not there */
		{0xd0, 0xffffffffu},	 /* beyond everything */
		{0xd4, 0x37},		 /* too short */
		{0xd4, 0},		 /* empty */
		{0x83, 7},		 /* no bells */
		{0x8c, 1},		 /* less than a bell */
		{0x90, 0x10000000u},	 /* bells far apart */
		{0x90, 16},		 /* the second one lies outside: a card's */
		{0x9b, 7},		 /* no interrupt status */
		{PCI_BAR(4), 1},	 /* ports */
		{PCI_BAR(4) + 4, 1},	 /* above 4 GiB */
		{PCI_STATUS, 0},	 /* no capabilities */
		{PCI_CAPABILITIES, 0x0}, /* none at all */
	};

	for (u32 i = 0; i < ARRAY_LEN(wrong); i++) {
		(void)fresh_modern(state);
		if (wrong[i].value > 0xff)
			put32(wrong[i].at, wrong[i].value);
		else
			header[wrong[i].at] = (u8)wrong[i].value;
		assert_int_equal(card_there(1u << 5), HV_IO);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(card_receives, fresh),
		cmocka_unit_test_setup(card_sends, fresh),
		cmocka_unit_test_setup(card_not_used, fresh),
		cmocka_unit_test_setup(card_receives, fresh_modern),
		cmocka_unit_test_setup(card_sends, fresh_modern),
		cmocka_unit_test_setup(card_not_used, fresh_modern),
		cmocka_unit_test_setup(modern_structures, fresh_modern),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
