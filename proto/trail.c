/* SPDX-License-Identifier: EUPL-1.2 */
/* trail.c - building and unbuilding one field path. */
#include "proto/trail.h"

#include <stdio.h>
#include <string.h>

/* As much of TEXT as there is room for: no printf, this is done for every message. */
static void
put(struct trail *t, const char *text, size_t n)
{
	size_t room = sizeof t->at - 1 - t->n;

	if (n > room) n = room;
	memcpy(t->at + t->n, text, n);
	t->n += n;
	t->at[t->n] = '\0';
}

static void
put_index(struct trail *t, long index)
{
	char   digits[24];
	size_t at = sizeof digits;

	digits[--at] = ']';
	do {
		digits[--at] = (char)('0' + index % 10);
		index /= 10;
	} while (index > 0);
	digits[--at] = '[';
	put(t, digits + at, sizeof digits - at);
}

size_t
trail_enter(struct trail *t, const char *name, long index)
{
	size_t back = t->n;

	if (back != 0) put(t, ".", 1);
	put(t, name, strlen(name));
	if (index != TRAIL_SINGULAR) put_index(t, index);
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
