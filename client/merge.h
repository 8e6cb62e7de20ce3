/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * merge.h - what several signals say, field by field, with who said it and when.
 *
 * A piece is one signal as one desk knows it:
 *
 *	{"signal": {...}, "statements": [{"path", "action", "value"}],
 *	 "copy": {"id", "way", "sender_oin", "sender_desk", "time_ms", "enriches"}}
 *
 * What comes out, for pieces in the order of their time:
 *
 *	[{"path": "persons[0].bsn", "conflict": true,
 *	  "values": [{"value", "action", "sources": [copy with "register",
 * "obtained_on"]}]}]
 *
 * Persons, places, organisations, vehicles and accounts of different signals are one when
 * an identifier agrees (bsn, name with birth date, address, plate, ...), or when an
 * enrichment speaks of one and only one is known.  Values that differ stand beside each
 * other, the newest last; lists are united.  How a signal has to be handled is no
 * knowledge about the case and is left out.
 *
 * Pure.
 */
#ifndef SLUIS_CLIENT_MERGE_H
#define SLUIS_CLIENT_MERGE_H

#include <jansson.h>

/* The fields of the array PIECES (borrowed), a new reference; NULL without memory. */
json_t *merge_pieces(const json_t *pieces);

#endif
