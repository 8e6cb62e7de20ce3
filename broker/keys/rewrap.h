/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * rewrap.h - after a change of the master key: what the former one wrapped is wrapped
 * anew.
 *
 * Some record keys in every turn of the loop, in a transaction of their own, so that
 * nobody waits for it; the record keys themselves stay, and so does what they seal.  It
 * begins again at every start until nothing is left, and then the journal says so
 * (EVENT_EPOCH, `master_rewrapped`): the former key may be retired (rotate.h).
 *
 * What cannot be unwrapped is left as it is and named in the log; it was unreadable
 * before.  The journal says then that some of it is lost (`master_unreadable`), and
 * --retire asks for the operator's word.
 */
#ifndef SLUIS_BROKER_KEYS_REWRAP_H
#define SLUIS_BROKER_KEYS_REWRAP_H

#include "broker/keeper/keeper.h"
#include "broker/store/wrapped.h"

struct broker;

struct rewrap {                     /* valid when all zero */
	enum wrapped_table   table; /* which is looked at; N_WRAPPED: done */
	uint64_t             after; /* the key there that was looked at last */
	uint64_t             n;
	struct wrapped_names unreadable;
};

/* keeper_rewrap() of the N keys of TABLE in PAGE, to RET, which borrows from PAGE. */
MUST rc rewrap_ask(struct keeper_line *line, enum wrapped_table table,
    const struct wrapped_row *page, size_t n, struct rewrapping *ret);

/* Are the master keys those that the state knows by their numbers?  RC_BAD_TREE, logged,
 * if the newest keys that the first one should have wrapped open with none of them, not
 * one: it is another key under its number, and what it wraps from now on would be lost to
 * the right one.  A state that only knows other numbers, restored from before, is not
 * refused by this. */
MUST rc rewrap_check_master(struct broker *b);

/* The next ones, if there is a former master key.  RC_DISK, RC_CRYPTO. */
MUST rc rewrap_some(struct broker *b);

#endif
