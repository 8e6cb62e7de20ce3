/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * remains.h - what is left of a signal when fields are taken out of it.
 *
 * Every field of its contents has a fate.  A message stays if any field in it does, also
 * one that is only spoken for; all others go without a trace.  What is left is put
 * together from the bytes that were listed, so nothing can be in it that was not in the
 * signal.
 *
 * Pure.
 */
#ifndef SLUIS_PROTO_REMAINS_H
#define SLUIS_PROTO_REMAINS_H

#include "proto/contents.h"

enum fate { /* of a field, in a copy */
	FATE_GONE,
	FATE_GIVEN,  /* it is in the copy as it was */
	FATE_STATED, /* the broker speaks for it */
};

struct remains {
	const struct contents *contents;
	uint8_t               *fates;  /* of each field; all gone at first */
	bool                  *stands; /* of each message; once settled, as the next */
	uint32_t *place; /* of each message that stands, among those of its field */
};

/* Of CONTENTS, which it borrows, in MEM: nothing yet.  RC_NOMEM. */
MUST rc remains_new(
    struct remains *ret, const struct contents *contents, struct scratch *mem);

/* The fates are as they will be. */
void remains_settle(struct remains *r);

/* What is left, serialised in MEM as protobuf-c would.  RC_NOMEM; RC_TOO_LARGE beyond MAX
 * bytes. */
MUST rc remains_pack(
    const struct remains *r, struct scratch *mem, size_t max, struct slice *ret);

#endif
