/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * receipts.h - the receipts of what a desk did, got or may see, as files for others.
 *
 * Every request and delivery came with a receipt, which is kept in the store: those need
 * nobody.  What is not kept is asked of the broker, which gives each entry to its sender
 * and its recipient, what concerns everybody (the policy, the keys, the authorities) to
 * everybody, and all of them to an auditor.
 *
 * Each receipt is checked again before it is written: a file that this makes verifies.
 *
 * Owns the texts.  One thread.
 */
#ifndef SLUIS_CLIENT_COMMAND_AUDIT_RECEIPTS_H
#define SLUIS_CLIENT_COMMAND_AUDIT_RECEIPTS_H

#include "client/handle.h"
#include "proto/proof_file.h"

enum { RECEIPTS_MAX = 2 * RECIPIENTS_MAX };

struct receipt_out { /* one receipt */
	uint64_t   index;
	uint64_t   size;       /* of the tree that it is proven in */
	bool       has_detail; /* what was withheld stands in it */
	bool       witnessed;
	struct buf text; /* proof_file.h */
};

struct receipts {
	bool               with_detail;
	size_t             n;
	struct receipt_out at[RECEIPTS_MAX];
};

/* A new, empty list; RC_NOMEM as NULL. */
struct receipts *receipts_new(bool with_detail);
void             receipts_destroy(struct receipts **pp);

/* Take RECEIPT in, once; checks it.  The failure is S's last error. */
MUST rc receipts_add(struct receipts *p, struct sluis *s, const Sluis__Receipt *receipt);

/* Take in what is kept about the request or delivery ID.  RC_NOT_FOUND: nothing. */
MUST rc receipts_kept(struct receipts *p, struct sluis *s, const uint8_t id[ID_BYTES]);

/* Take in every receipt of RESULT (an explanation). */
MUST rc receipts_of(
    struct receipts *p, struct sluis *s, const struct sluis_result *result);

/* Prove each anew in the newest tree that enough witnesses cosigned, their lines with it.
 * RC_NOT_FOUND: there is no such tree yet that holds them all. */
MUST rc receipts_witness(struct receipts *p, struct sluis *s, unsigned timeout_ms);

#endif
