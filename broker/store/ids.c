/* SPDX-License-Identifier: EUPL-1.2 */
/* ids.c - one block of AES. */
#include "broker/store/ids.h"

#include <string.h>

#include "broker/random.h"

enum { NUMBER = 5, ZERO = 5, RANDOM = ID_BYTES - NUMBER - ZERO };

_Static_assert(ID_BYTES == AES_BLOCK_SIZE, "one block");

void
ids_init(struct ids *ids, const uint8_t key[AES128_KEY_SIZE])
{
	aes128_set_encrypt_key(&ids->seal, key);
	aes128_set_decrypt_key(&ids->open, key);
}

void
ids_new(const struct ids *ids, uint64_t number, uint8_t ret[ID_BYTES])
{
	uint8_t block[ID_BYTES] = {0}, wide[8];

	put_u64_be(wide, number);
	memcpy(block, wide + sizeof wide - NUMBER, NUMBER);
	random_fill(block + NUMBER + ZERO, RANDOM);
	aes128_encrypt(&ids->seal, sizeof block, ret, block);
}

bool
ids_number(const struct ids *ids, const uint8_t id[ID_BYTES], uint64_t *ret)
{
	static const uint8_t zero[ZERO] = {0};
	uint8_t              block[ID_BYTES], wide[8] = {0};

	aes128_decrypt(&ids->open, sizeof block, block, id);
	if (memcmp(block + NUMBER, zero, ZERO) != 0) return false;
	memcpy(wide + sizeof wide - NUMBER, block, NUMBER);
	*ret = get_u64_be(wide);
	return true;
}
