/* SPDX-License-Identifier: EUPL-1.2 */
/* counts.c - adding one. */
#include "broker/metrics/counts.h"

/* The place of CODE among all codes. */
static size_t
place_of(rc code)
{
	for (unsigned i = 0; i < COUNTED_CODES; i++)
		if (rc_at(i) == code) return i;
	return COUNTED_CODES - 1;
}

void
counts_message(struct counts *c, rc code)
{
	c->messages++;
	if (code != RC_OK) c->refused[place_of(code)]++;
}

void
counts_turned_away(struct counts *c, rc code)
{
	c->turned_away[place_of(code)]++;
}

void
counts_commit(struct counts *c, uint64_t us)
{
	c->commits++;
	c->commit_us += us;
	if (us > c->longest_commit_us) c->longest_commit_us = us;
}
