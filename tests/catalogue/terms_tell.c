/* SPDX-License-Identifier: EUPL-1.2 */
/* terms_tell.c - a mutant: how long a copy may wait depends on what is in it. */
#include "broker/outbox/outbox.h"

rc __real_outbox_put(struct broker *b, const struct parcel *p);
rc __wrap_outbox_put(struct broker *b, const struct parcel *p);

rc
__wrap_outbox_put(struct broker *b, const struct parcel *p)
{
	struct parcel other = *p;

	for (size_t i = 0; i < p->copy.n; i++) other.expires_ms += p->copy.p[i] == 'e';
	return __real_outbox_put(b, &other);
}
