/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * contents.h - what a signal holds, listed once for everybody who asks.
 *
 * Every recipient of a signal has a disclosure tree over the same values, and gets some
 * of the same fields.  Looking for them by descriptor, again for each and for each
 * purpose, costs more than what is done with them.  So they are looked for once: the
 * messages and the fields with values, in the order in which a serialised signal has
 * them; of each field its bytes as they go out and as they are hashed.
 *
 * A message comes before what is in it, and its fields are those from `first` to `end`,
 * what is in messages below it included.  So anything that is known of each field is
 * known of each message by adding up.
 *
 * Pure.  Threads: read-only once it is made.
 */
#ifndef SLUIS_PROTO_CONTENTS_H
#define SLUIS_PROTO_CONTENTS_H

#include "proto/hash.h"
#include "proto/schema.h"
#include "proto/scratch.h"

struct filled { /* a field with values */
	const struct schema_field *leaf;
	uint32_t                   in;   /* which message */
	struct slice               wire; /* tags and values, as in a serialised message */
	const uint8_t *image; /* what veils it (disclosure.h), padded; the salt is left
	                         out: HASH_BLOCK bytes each */
	size_t n_blocks;      /* of the image */
};

struct held { /* a message */
	const ProtobufCMessage   *m;
	const struct schema_node *node;
	uint32_t                  up; /* the message that it is in; the signal: itself */
	uint32_t                  after; /* the next message that is not in it */
	uint32_t older;      /* of a repeated field, the one before it; 0: none */
	uint32_t first, end; /* fields in it and below */
	uint8_t  slot;       /* its field: place among those of the type that it is in */
	uint64_t stands; /* its own fields with anything below them: bit of each place */
};

/* Whether anything stands in branch B of H. */
static inline bool
held_has(const struct held *h, const struct schema_branch *b)
{
	const uint64_t from = h->stands >> b->lo;
	const unsigned n    = (unsigned)b->hi - b->lo;

	return (n == 64 ? from : from & (((uint64_t)1 << n) - 1)) != 0;
}

struct contents {
	size_t       n_messages, n_fields; /* messages: the signal itself is the first */
	struct held *messages;
	struct filled *fields;
	size_t         n_nodes; /* more than any tree over it has */
};

enum { CONTENTS_ELEMENTS = 64 }; /* messages that one field may repeat */

/* List what is in SIGNAL, which must outlive *RET, in MEM.  RC_NOMEM; RC_INVALID_SIGNAL
 * when more than 64 elements repeat; RC_INTERNAL for a type of field that signal.proto
 * does not use. */
MUST rc contents_list(
    const ProtobufCMessage *signal, struct scratch *mem, struct contents **ret);

#endif
