/* SPDX-License-Identifier: EUPL-1.2 */
/* forgets_to_be_strict.c - a mutant: a path is checked as OpenSSL does when not asked. */
#include <openssl/x509_vfy.h>

int __real_X509_VERIFY_PARAM_set_flags(X509_VERIFY_PARAM *param, unsigned long flags);
int __wrap_X509_VERIFY_PARAM_set_flags(X509_VERIFY_PARAM *param, unsigned long flags);

int
__wrap_X509_VERIFY_PARAM_set_flags(X509_VERIFY_PARAM *param, unsigned long flags)
{
	return __real_X509_VERIFY_PARAM_set_flags(
	    param, flags & ~(unsigned long)X509_V_FLAG_X509_STRICT);
}
