/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * subject.h - whether two signals speak of the same person, place, firm, vehicle or
 * account.
 *
 * Two elements of one list are the same when one of their identifiers agrees.  What has
 * no identifier of its own is the one that is known when an enrichment names one and one
 * is known; otherwise it is somebody else.
 *
 * Pure.
 */
#ifndef SLUIS_CLIENT_SUBJECT_H
#define SLUIS_CLIENT_SUBJECT_H

#include <jansson.h>
#include <stddef.h>

/* The position, in all that KNOWN has of the list KEY, of the I-th element of that list
 * in PIECE (merge.h); KNOWN learns what is new.  The same question has the same answer.
 */
size_t subject_position(json_t *known, const json_t *piece, const char *key, size_t i);

#endif
