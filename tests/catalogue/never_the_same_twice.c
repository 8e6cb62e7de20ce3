/* SPDX-License-Identifier: EUPL-1.2 */
/* never_the_same_twice.c - a mutant: a keyed digest depends on when it was made. */
#include "proto/hash.h"

void __real_hmac_sha256(const uint8_t key[KEY_BYTES], const struct slice *parts, size_t n,
    uint8_t ret[HASH_BYTES]);
void __wrap_hmac_sha256(const uint8_t key[KEY_BYTES], const struct slice *parts, size_t n,
    uint8_t ret[HASH_BYTES]);

void
__wrap_hmac_sha256(const uint8_t key[KEY_BYTES], const struct slice *parts, size_t n,
    uint8_t ret[HASH_BYTES])
{
	static uint8_t times;

	__real_hmac_sha256(key, parts, n, ret);
	ret[0] = (uint8_t)(ret[0] ^ ++times);
}
