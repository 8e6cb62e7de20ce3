/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * trail.h - the field path of where a walk stands, for struct where.
 *
 *	size_t back = trail_enter(&t, "persons", 0);	-> "persons[0]"
 *	...
 *	trail_leave(&t, back);
 *
 * A path that does not fit is cut short; the walk goes on.
 */
#ifndef SLUIS_PROTO_TRAIL_H
#define SLUIS_PROTO_TRAIL_H

#include "proto/pbjson.h"

struct trail {
	char   at[WHERE_MAX];
	size_t n; /* bytes in use, without the NUL */
};

enum { TRAIL_SINGULAR = -1 };

/* Step into field NAME, or its element INDEX; returns what trail_leave() wants. */
size_t trail_enter(struct trail *t, const char *name, long index);

void trail_leave(struct trail *t, size_t back);

/* Write T and REASON to *RETERR, which may be NULL, and return CODE. */
rc trail_fail(const struct trail *t, rc code, const char *reason, struct where *reterr);

#endif
