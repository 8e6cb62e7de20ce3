/* SPDX-License-Identifier: EUPL-1.2 */
/* accepts_any_signature.c - a mutant: every signature is good. */
#include <stdint.h>

int __wrap_crypto_sign_verify_detached(const unsigned char *sig, const unsigned char *m,
    unsigned long long n, const unsigned char *pk);

int
__wrap_crypto_sign_verify_detached(const unsigned char *sig, const unsigned char *m,
    unsigned long long n, const unsigned char *pk)
{
	(void)sig, (void)m, (void)n, (void)pk;
	return 0;
}
