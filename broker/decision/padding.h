/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * padding.h - copies come in few sizes, so that their length says little of what is in
 * them.
 *
 * The classes are 1024, 1280, 1536, 1792, 2048, 2560 ... COPY_MAX: four for each
 * doubling.  A copy is filled up by its last field, Copy.padding, of zeros.  Pure.
 */
#ifndef SLUIS_BROKER_DECISION_PADDING_H
#define SLUIS_BROKER_DECISION_PADDING_H

#include "proto/bytes.h"

/* The class that a serialised Copy of N bytes grows to, and how many zeros its padding
 * then has.  RC_TOO_LARGE beyond COPY_MAX. */
MUST rc padding_for_copy(size_t n, size_t *ret_class, size_t *ret_zeros);

/* Make the N zero bytes at P, which follow a serialised Copy, its field of ZEROS zeros.
 */
void padding_write(uint8_t *p, size_t n, size_t zeros);

/* Pad the serialised Copy in COPY.  RC_TOO_LARGE beyond COPY_MAX, or its own bound. */
MUST rc copy_pad(struct buf *copy);

#endif
