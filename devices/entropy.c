/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A random generator on ChaCha20 (RFC 8439, 2.3) with fast key erasure: the first bytes of
 * every stretch of output become the next key, so that a key seen later tells nothing about
 * numbers given out earlier.
 *
 * Its limits: the machine gives us no true noise, only the jitter of time stamps at the moments
 * when guests ask. Under an emulator that counts instructions these are the same in each run,
 * and then so is the output. It keeps guests apart from each other and is good for seeds of hash
 * tables; keys that protect something need a better source in the guest.
 *
 * The state belongs to the machine, not to a guest: no guest may learn what another got.
 */
#include "devices/entropy.h"

#include "lib/cpu.h"
#include "lib/string.h"
#include "lib/x86.h"

#define BLOCK_WORDS 16u
#define KEY_WORDS   8u

static struct {
	u32 key[KEY_WORDS];
	u64 samples;
} pool;

static u32 rotl(u32 v, unsigned n)
{
	return v << n | v >> (32 - n);
}

static void quarter_round(u32 *a, u32 *b, u32 *c, u32 *d)
{
	*a += *b, *d = rotl(*d ^ *a, 16);
	*c += *d, *b = rotl(*b ^ *c, 12);
	*a += *b, *d = rotl(*d ^ *a, 8);
	*c += *d, *b = rotl(*b ^ *c, 7);
}

/* One block of key stream; the nonce is 0, as no key is used for two stretches. */
static void chacha_block(const u32 key[KEY_WORDS], u32 counter, u32 out[BLOCK_WORDS])
{
	u32 in[BLOCK_WORDS] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

	memcpy(in + 4, key, KEY_WORDS * sizeof(u32));
	in[12] = counter;
	memcpy(out, in, sizeof(in));
	for (unsigned i = 0; i < 10; i++) {
		for (unsigned c = 0; c < 4; c++)
			quarter_round(&out[c], &out[4 + c], &out[8 + c], &out[12 + c]);
		for (unsigned c = 0; c < 4; c++)
			quarter_round(&out[c], &out[4 + (c + 1) % 4], &out[8 + (c + 2) % 4],
				      &out[12 + (c + 3) % 4]);
	}
	for (unsigned i = 0; i < BLOCK_WORDS; i++)
		out[i] += in[i];
}

void entropy_stir(u64 sample)
{
	u64 stamp = cpu.tsc ? rdtsc() : 0;
	u32 block[BLOCK_WORDS];

	pool.samples++;
	pool.key[0] ^= (u32)sample;
	pool.key[1] ^= (u32)(sample >> 32);
	pool.key[2] ^= (u32)stamp;
	pool.key[3] ^= (u32)(stamp >> 32);
	pool.key[4] ^= (u32)pool.samples;
	chacha_block(pool.key, 0, block);
	memcpy(pool.key, block, sizeof(pool.key));
}

void entropy_fill(void *dst, u32 len)
{
	u32 key[KEY_WORDS], block[BLOCK_WORDS];
	u32 counter = 0;
	u8 *to = dst;

	memcpy(key, pool.key, sizeof(key));
	chacha_block(key, counter++, block);
	memcpy(pool.key, block, sizeof(pool.key));
	while (len) {
		u32 n = MIN(len, (u32)sizeof(block));

		chacha_block(key, counter++, block);
		memcpy(to, block, n);
		to += n;
		len -= n;
	}
}
