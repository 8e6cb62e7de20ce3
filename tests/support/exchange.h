/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * exchange.h - signals, copies and notices between desks, in few words.
 *
 * On a struct region (region.h): what a test shares is a shipped signal; what a desk
 * takes is unpacked.  What goes wrong here itself aborts.
 */
#ifndef SLUIS_TESTS_EXCHANGE_H
#define SLUIS_TESTS_EXCHANGE_H

#include "support/region.h"
#include "wire.pb-c.h"

struct share { /* a submission; everything but `from` and `to` has a standard */
	const struct person        *from;
	const struct person *const *to; /* NULL-terminated */
	const char                 *convenant, *phase, *purpose, *file;
	const uint8_t              *case_id, *corrects; /* NULL: none */
	unsigned                    layer;              /* 0: what the signal says */
};

/* Submit; RET has the trace. The answer is owned by the caller; NULL: it waits for a
 * cover turn. */
Sluis__Answer *share(struct region *r, const struct share *s, uint8_t ret[ID_BYTES]);

/* share() that must be "ok", under the pre-case convenant, to ONE. */
void share_with(struct region *r, const struct person *from, const struct person *one,
    uint8_t ret[ID_BYTES]);

enum { TAKEN_MAX = 64 };

struct letter { /* what a desk found in its inbox */
	uint8_t        id[ID_BYTES];
	uint64_t       leaf;
	Sluis__Copy   *copy;   /* owned */
	Sluis__Notice *notice; /* owned; NULL: a signal */
};

struct letters {
	size_t        n;
	struct letter at[TAKEN_MAX];
};

void letters_wipe(struct letters *l);

/* What waits for P; ACKNOWLEDGE: and takes it. */
void letters_take(
    struct region *r, const struct person *p, bool acknowledge, struct letters *ret);

/* The first notice of KIND in L, NULL if there is none. */
const struct letter *letters_notice(const struct letters *l, Sluis__NoticeKind kind);

/* Leaf INDEX as the store has it. */
Sluis__Leaf *leaf_at(struct region *r, uint64_t index);

/* How many leaves of KIND there are. */
size_t leaves_of(struct region *r, Sluis__EventKind kind);

/* Acts. */
Sluis__Answer *recall_ask(struct region *r, const struct person *p,
    const uint8_t trace[ID_BYTES], Sluis__RecallGround ground);
Sluis__Answer *destroyed_ask(
    struct region *r, const struct person *p, const uint8_t id[ID_BYTES]);

/* One turn of WORK of the broker as time passes, as a batch of its own. */
void region_turn(struct region *r, rc (*work)(struct broker *b, void *arg), void *arg);

#endif
