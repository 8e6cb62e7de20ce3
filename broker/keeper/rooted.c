/* SPDX-License-Identifier: EUPL-1.2 */
/* rooted.c - one HMAC for each key. */
#include "broker/keeper/rooted.h"

#include <string.h>

enum { TEXT_MAX = 32 };

/* The key that the root LABEL gives for TEXT and, if it is not 0, ID. */
static rc
fill(struct hsm *h, const char *label, const char *text, uint32_t id,
    uint8_t ret[KEY_BYTES])
{
	uint8_t all[TEXT_MAX + 4];
	size_t  n    = strlen(text);
	hsm_key root = 0;

	if (label[0] == '\0') return RC_OK;
	if (h == NULL || n > TEXT_MAX) return RC_CONFIG;
	memcpy(all, text, n);
	for (unsigned shift = 32; id != 0 && shift != 0; n++)
		all[n] = (uint8_t)(id >> (shift -= 8));
	TRY(hsm_find_root(h, label, &root));
	return hsm_hmac(h, root, slice_of(all, n), ret);
}

rc
rooted_fill(struct keyring *k, struct hsm *h)
{
	for (size_t i = 0; i < k->n_masters; i++) {
		struct master_key *m = &k->master[i];
		TRY(fill(h, m->hsm, "sluis-master/1", m->id, m->secret));
	}
	TRY(fill(h, k->subject_hsm, "sluis-subject/1", 0, k->subject));
	return fill(h, k->repeat_hsm, "sluis-repeat/1", 0, k->repeat);
}
