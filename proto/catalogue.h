/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * catalogue.h - which fields of a leaf each kind of event sets, and no others.
 *
 * The leaf may be copied to every party, so what may stand in it is a closed list: a
 * field that the catalogue does not grant to its kind has no business there, whoever
 * wrote it. docs/journal.md says what each of them means; a test holds the two together.
 *
 * Nonce, version, kind and time stand in every leaf and are not listed.
 *
 * Pure.
 */
#ifndef SLUIS_PROTO_CATALOGUE_H
#define SLUIS_PROTO_CATALOGUE_H

#include <stdbool.h>

#include "journal.pb-c.h"

/* Words for fields, as bits 1 << field number.  Two fields that only come together have
 * one word. */
enum leaf_fields {
	LEAF_SENDER      = 1 << 5 | 1 << 6,
	LEAF_RECIPIENT   = 1 << 7 | 1 << 8,
	LEAF_CONVENANT   = 1 << 9,
	LEAF_PHASE       = 1 << 10,
	LEAF_PURPOSE     = 1 << 11,
	LEAF_BUNDLE      = 1 << 12,
	LEAF_RELEASED    = 1 << 13,
	LEAF_OBLIGATIONS = 1 << 14,
	LEAF_COPY        = 1 << 15,
	LEAF_DETAIL      = 1 << 16,
	LEAF_CODE        = 1 << 17,
	LEAF_RULE        = 1 << 18,
	LEAF_SUBJECT     = 1 << 19,
	LEAF_REFERS      = 1 << 20,
	LEAF_COUNT       = 1 << 21,
	LEAF_BINDING     = 1 << 22,
};

/* Whether LEAF sets what its kind always has, and nothing that its kind does not have.
 * False also for a kind or a field that this version does not know. */
bool catalogue_allows(const Sluis__Leaf *leaf);

#endif
