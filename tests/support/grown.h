/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * grown.h - a disclosure tree of a signal that a test strips by hand.
 *
 * The broker says of each field what becomes of it; a test takes fields out of a message
 * and speaks for some.  Here the one follows from the other: fields are known by the
 * address of the message that they are in.
 */
#ifndef SLUIS_TESTS_SUPPORT_GROWN_H
#define SLUIS_TESTS_SUPPORT_GROWN_H

#include "proto/disclosure.h"

struct grown {
	struct scratch     mem;
	struct contents   *contents;
	struct disclosure *tree;
};

/* The tree of SIGNAL, whose messages may lose fields after this, and may not move. */
MUST rc grown_new(
    struct grown *ret, const ProtobufCMessage *signal, const uint8_t seed[KEY_BYTES]);
void grown_wipe(struct grown *g);

/* What is left of it is SIGNAL and the N that are STATED: the parts of EVIDENCE, each
 * allocated by itself.  RC_INTERNAL if there is something that was not in it. */
MUST rc grown_evidence(struct grown *g, const ProtobufCMessage *signal,
    const struct stated *stated, size_t n, Sluis__Evidence *evidence);

#endif
