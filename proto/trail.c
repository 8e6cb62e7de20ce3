/* SPDX-License-Identifier: EUPL-1.2 */
/* trail.c - building and unbuilding one field path. */
#include "proto/trail.h"

#include <stdio.h>
#include <string.h>

size_t
trail_enter(struct trail *t, const char *name, long index)
{
	size_t      back = t->n, room = sizeof t->at - t->n;
	const char *dot = t->n == 0 ? "" : ".";
	int         n;

	if (index == TRAIL_SINGULAR)
		n = snprintf(t->at + t->n, room, "%s%s", dot, name);
	else
		n = snprintf(t->at + t->n, room, "%s%s[%ld]", dot, name, index);
	if (n > 0) t->n += (size_t)n < room ? (size_t)n : room - 1;
	return back;
}

void
trail_leave(struct trail *t, size_t back)
{
	t->n        = back;
	t->at[back] = '\0';
}

rc
trail_fail(const struct trail *t, rc code, const char *reason, struct where *reterr)
{
	if (reterr == NULL) return code;
	memcpy(reterr->at, t->at, sizeof reterr->at);
	(void)snprintf(reterr->reason, sizeof reterr->reason, "%s", reason);
	return code;
}
