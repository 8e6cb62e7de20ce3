/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * normalise.h - one spelling per identifier, so that one person has one pseudonym.
 *
 * The version is part of every pseudonym's input: a change here makes new
 * pseudonyms on purpose, never by accident.  tests/vectors/normalise.json pins it.
 *
 *	bsn        digits; 8 are padded to 9; eleven test; not all zeros
 *	v_number   digits
 *	document   upper-case letters and digits
 *	phone      E.164: '+' and digits; national "0..." becomes "+31..."
 *	email      NFKC, case folded, white space trimmed
 *	plate      upper-case letters and digits
 *	kvk        8 digits
 *	iban       upper-case, no spaces, mod-97 test
 *	name       NFKD, marks stripped, case folded, runs of space, hyphen and
 *	           apostrophe become one space
 *	date       YYYY-MM-DD, "00" where unknown; never guessed
 *	address    postcode + house number: "1234AB 12A"
 *
 * Pure.  Source: crypto.md 1.5; utf8proc (Unicode 14).
 */
#ifndef SLUIS_PROTO_NORMALISE_H
#define SLUIS_PROTO_NORMALISE_H

#include "proto/bytes.h"

enum { NORMALISE_VERSION = 1 };

enum identifier {
	IDENTIFIER_NONE = 0,
	IDENTIFIER_BSN,
	IDENTIFIER_V_NUMBER,
	IDENTIFIER_DOCUMENT,
	IDENTIFIER_PHONE,
	IDENTIFIER_EMAIL,
	IDENTIFIER_PLATE,
	IDENTIFIER_KVK,
	IDENTIFIER_IBAN,
	IDENTIFIER_NAME,
	IDENTIFIER_DATE,
	IDENTIFIER_ADDRESS,
};

/* The name in categories.yaml ("bsn", ...), and back (IDENTIFIER_NONE if unknown). */
const char     *identifier_name(enum identifier kind);
enum identifier identifier_from_name(const char *name);

/* Append the normal form of VALUE to OUT.  RC_INVALID_SIGNAL if VALUE cannot be
 * one of KIND; OUT is unchanged then. */
MUST rc normalise(enum identifier kind, struct slice value, struct buf *out);

#endif
