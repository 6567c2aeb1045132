/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The packet commands of the model of a drive. Included by ata_model.c alone. */

/* The next piece of a packet's answer, or its end. */
static void model_packet_piece(void)
{
	u32 n = MIN(model.answer_bytes - model.answer_at, model.limit);

	if (model.piece)
		n = MIN(n, model.piece);
	if (!n) {
		model_end(0);
		return;
	}
	model.phase = M_PACKET_DATA;
	model.words = (n + 1) / 2;
	model.lba[1][0] = (u8)(model.length_lie ? model.length_lie : n);
	model.lba[2][0] = (u8)((model.length_lie ? model.length_lie : n) >> 8);
	model.status = 0x58;
	model_interrupt();
}

static void model_refuse(u8 key, u8 code)
{
	model.sense_key = key;
	model.told_code = code;
	model.error = (u8)(key << 4);
	model_end(1);
}

static u32 be32(const u8 *p)
{
	return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
}

static void model_packet(const u8 *p)
{
	struct model_drive *d = model_selected();
	u32 blocks = MODEL_SECTORS / 4;

	model.packets++;
	model.answer_at = model.answer_bytes = 0;
	memset(model.answer, 0, sizeof(model.answer));
	if (p[0] == 0x03) {
		model.answer[2] = model.sense_key;
		model.answer[12] = model.told_code;
		model.answer_bytes = p[4];
	} else if (model.attentions) {
		model.attentions--;
		model_refuse(6, 0x28);
		return;
	} else if (model.sense_code) {
		model_refuse(2, model.sense_code);
		return;
	} else if (p[0] == 0x25) {
		model.answer[3] = (u8)(blocks - 1);
		model.answer[6] = (u8)(model.block_bytes >> 8);
		model.answer_bytes = 8;
	} else {
		u32 block = be32(p + 2), n = (u32)p[7] << 8 | p[8];

		assert_int_equal(p[0], 0x28);
		assert_true(n && n <= 17 && block + n <= blocks);
		if (model_faulty())
			return;
		model.answer_bytes = n * 2048;
		memcpy(model.answer, d->medium + block * 2048, model.answer_bytes);
	}
	model_packet_piece();
}
