/* SPDX-License-Identifier: EUPL-1.2 */
/* ending.c - how far it is to an end, in steps. */
#include "broker/standing/ending.h"

#include <stddef.h>

#include "proto/limits.h"

static enum ending_step
step_at(int64_t from_s, int64_t until_s, int64_t now_s)
{
	static const struct {
		int64_t          days;
		enum ending_step step;
	} terms[] = {{1, ENDING_DAY}, {7, ENDING_WEEK}, {30, ENDING_MONTH}};

	if (until_s <= now_s) return ENDING_OVER;
	for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++) {
		if (until_s - from_s < 2 * terms[i].days * DAY_S) break;
		if (until_s - now_s <= terms[i].days * DAY_S) return terms[i].step;
	}
	return ENDING_FAR;
}

bool
ending_is_due(struct end_said *e, int64_t from_s, int64_t until_s, int64_t now_s)
{
	enum ending_step step = step_at(from_s, until_s, now_s);

	if (e->until_s != until_s) *e = (struct end_said){.until_s = until_s};
	if (step <= e->told) return false;
	e->told = step;
	return true;
}

uint64_t
ending_days(int64_t until_s, int64_t now_s)
{
	return until_s <= now_s ? 0 : (uint64_t)(until_s - now_s - 1) / DAY_S + 1;
}
