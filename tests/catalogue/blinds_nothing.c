/* SPDX-License-Identifier: EUPL-1.2 */
/* blinds_nothing.c - a mutant: an element times a number is that element. */
#include <string.h>

int __real_crypto_scalarmult_ristretto255(
    unsigned char *q, const unsigned char *n, const unsigned char *p);
int __wrap_crypto_scalarmult_ristretto255(
    unsigned char *q, const unsigned char *n, const unsigned char *p);

int
__wrap_crypto_scalarmult_ristretto255(
    unsigned char *q, const unsigned char *n, const unsigned char *p)
{
	int code = __real_crypto_scalarmult_ristretto255(q, n, p);

	memcpy(q, p, 32);
	return code;
}
