/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * vault.h - what the keeper does with its keys: from a question to its answer, in bytes.
 *
 * A question is one byte for the operation and its arguments, an answer the code of its
 * outcome (4 bytes) and, if that is RC_OK, the results.  Numbers are big-endian; a blob
 * is preceded by its length in 2 bytes.  N is what is left.
 *
 *	FACTS     -                                  see put_facts()
 *	EVALUATE  N x (what[1] epoch[1] domain input)        N x EVALUATED_BYTES
 *	FRESH     count[2]                           count x (key[32] wrapped)
 *	UNWRAP    N x (key id[8] wrapped)            N x (0 or 1, key[32])
 *	REWRAP    N x (key id[8] wrapped)            N x (0 or 1, new wrapped)
 *	SIGN      which[1] text                      signature[64]
 *	DIGEST    data, to the end                   a digest[32] per master key
 *
 * Whoever asks is not trusted: what is malformed is refused as a whole, and no answer is
 * longer than LINE_BYTES.  Domain keys that were derived are kept: they cost more than
 * the HMAC that is asked for.
 *
 * Pure but for the keys and randomness; allocates nothing after vault_new().
 * Owns: the keys.  Threads: one.
 */
#ifndef SLUIS_BROKER_KEEPER_VAULT_H
#define SLUIS_BROKER_KEEPER_VAULT_H

#include "broker/keeper/hsm.h"
#include "broker/keeper/keeper.h"

enum {
	LINE_BYTES    = 112 * 1024, /* bytes of a message: a frame fits into a question */
	FRESH_MAX     = 512,
	DOMAIN_MAX    = 1024,
	ANSWER_HEADER = 4,
};

enum operation {
	ASK_FACTS    = 1,
	ASK_EVALUATE = 2,
	ASK_FRESH    = 3,
	ASK_UNWRAP   = 4,
	ASK_REWRAP   = 5,
	ASK_SIGN     = 6,
	ASK_DIGEST   = 7,
};

struct vault;

/* KEYS is copied, HSM (NULL: none) borrowed.  RC_NOMEM; RC_CONFIG if ORIGIN can name no
 * journal, or the token has not the keys that KEYS says are in it. */
MUST rc vault_new(
    struct vault **ret, const struct keyring *keys, const char *origin, struct hsm *hsm);
void vault_destroy(struct vault **vp);

/* Answer QUESTION; the answer goes to OUT, which is empty and has room for LINE_BYTES
 * bytes already. */
void vault_answer(struct vault *v, struct slice question, struct buf *out);

/* --- numbers on the line (line.c too) --------------------------------------------- */

/* Append V as N bytes. */
MUST rc put_number(struct buf *out, size_t n, uint64_t v);

/* Append the length of S in 2 bytes, and S; RC_TOO_LARGE. */
MUST rc put_blob(struct buf *out, struct slice s);

/* Take from the front of S; RC_MALFORMED if it is too short. */
MUST rc take_bytes(struct slice *s, size_t n, struct slice *ret);
MUST rc take_number(struct slice *s, size_t n, uint64_t *ret);
MUST rc take_blob(struct slice *s, struct slice *ret);

#endif
