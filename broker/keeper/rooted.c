/* SPDX-License-Identifier: EUPL-1.2 */
/* rooted.c - one HMAC for each key. */
#include "broker/keeper/rooted.h"

#include "broker/keeper/vault.h"
#include "proto/auto.h"

enum { TEXT_MAX = 64 };

/* The key that the root LABEL gives for NAME and, if it is not 0, ID. */
static rc
fill(struct hsm *h, const char *label, const char *name, uint32_t id,
    uint8_t ret[KEY_BYTES])
{
	AUTO(buf_wipe) struct buf text = buf_init(TEXT_MAX);
	hsm_key                   root = 0;

	if (label[0] == '\0') return RC_OK;
	if (h == NULL) return RC_CONFIG;
	TRY(buf_append(&text, slice_str(name)));
	if (id != 0) TRY(put_number(&text, 4, id));
	TRY(hsm_find_root(h, label, &root));
	return hsm_hmac(h, root, buf_slice(&text), ret);
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
