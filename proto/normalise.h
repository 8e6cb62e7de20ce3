/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * normalise.h - one spelling per identifier, so that one person has one pseudonym.
 *
 * The version is part of every pseudonym's input: a change here makes new
 * pseudonyms on purpose, never by accident.  tests/vectors/normalise.json pins it.
 *
 *	bsn        9 digits (8 are padded); eleven test; not all zeros
 *	v_number   5 to 15 digits
 *	document   4 to 20 capitals and digits
 *	phone      E.164: '+' and 8 to 15 digits; national "0..." becomes "+31...",
 *	           "00..." becomes "+...", the "(0)" after +31 goes
 *	email      NFKC, case folded, white space trimmed; one '@'
 *	plate      2 to 12 capitals and digits
 *	kvk        8 digits
 *	iban       capitals and digits, mod-97 test
 *	name       NFKD, marks stripped, case folded; runs of space, hyphen and
 *	           apostrophe become one space, none at the ends; at least one letter
 *	date       YYYY-MM-DD, "00" where unknown; never guessed
 *	address    postcode + house number: "1234AB 12A"; a hyphen stays only between
 *	           two digits, since 12-1 and 121 are different doors
 *
 * In codes, spaces, hyphens, full stops, slashes and brackets are separators and go;
 * anything else but ASCII letters and digits refuses.  Text is mapped until it no
 * longer changes, invisible (default ignorable) characters go, and code points that
 * utf8proc's Unicode does not know are refused, since a later version could map them
 * in another way.  Other scripts than Latin stay as they are.
 *
 * Every normal form is its own normal form.
 *
 * Pure.  Source: utf8proc (Unicode 14), E.164, ISO 13616.
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
