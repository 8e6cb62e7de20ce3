/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * dossier.h - what this desk knows of a case, from its own store and nowhere else.
 *
 * Its pieces are the copies that it received in the case and the signals that it sent in
 * it, with those that the case began with where this desk opened it.  What was recalled,
 * or replaced by a correction, is left out.
 */
#ifndef SLUIS_CLIENT_DOSSIER_H
#define SLUIS_CLIENT_DOSSIER_H

#include <jansson.h>

#include "client/handle.h"
#include "client/vault.h"
#include "wire.pb-c.h"

struct sent_signal {                 /* a submission of ours, as it is kept */
	uint8_t        id[ID_BYTES]; /* its trace id */
	uint64_t       written_ns;
	Sluis__Submit *submit;   /* owned */
	bool           answered; /* somebody was served */
};

struct sent_list {
	size_t              n;
	struct sent_signal *at;
};

void sent_list_wipe(struct sent_list *l);

/* Our submissions that belong to the case CASE_ID, oldest first: sent inside it, those
 * that it began with when we opened it, and the N_MORE trace ids at MORE. */
MUST rc dossier_sent(struct sluis *s, const uint8_t case_id[ID_BYTES],
    const uint8_t *more, size_t n_more, struct sent_list *ret);

/* The pieces (merge.h) of the case, oldest first; the caller decrefs. */
MUST rc dossier_pieces(struct sluis *s, const uint8_t case_id[ID_BYTES], json_t **ret);

#endif
