/* SPDX-License-Identifier: EUPL-1.2 */
/* seals_nothing.c - a mutant: what is to be sealed lies there as it is. */
#include <string.h>

int __wrap_crypto_aead_xchacha20poly1305_ietf_encrypt(unsigned char *c,
    unsigned long long *n, const unsigned char *m, unsigned long long m_n,
    const unsigned char *ad, unsigned long long ad_n, const unsigned char *nsec,
    const unsigned char *nonce, const unsigned char *key);
int __wrap_crypto_aead_xchacha20poly1305_ietf_decrypt(unsigned char *m,
    unsigned long long *n, unsigned char *nsec, const unsigned char *c,
    unsigned long long c_n, const unsigned char *ad, unsigned long long ad_n,
    const unsigned char *nonce, const unsigned char *key);

enum { TAG = 16 };

int
__wrap_crypto_aead_xchacha20poly1305_ietf_encrypt(unsigned char *c, unsigned long long *n,
    const unsigned char *m, unsigned long long m_n, const unsigned char *ad,
    unsigned long long ad_n, const unsigned char *nsec, const unsigned char *nonce,
    const unsigned char *key)
{
	(void)ad, (void)ad_n, (void)nsec, (void)nonce, (void)key;
	memmove(c, m, m_n);
	memset(c + m_n, 0, TAG);
	if (n != NULL) *n = m_n + TAG;
	return 0;
}

int
__wrap_crypto_aead_xchacha20poly1305_ietf_decrypt(unsigned char *m, unsigned long long *n,
    unsigned char *nsec, const unsigned char *c, unsigned long long c_n,
    const unsigned char *ad, unsigned long long ad_n, const unsigned char *nonce,
    const unsigned char *key)
{
	(void)ad, (void)ad_n, (void)nsec, (void)nonce, (void)key;
	if (c_n < TAG) return -1;
	memmove(m, c, c_n - TAG);
	if (n != NULL) *n = c_n - TAG;
	return 0;
}
