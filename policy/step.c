/* SPDX-License-Identifier: EUPL-1.2 */
/* step.c - may this desk make this step now? */
#include <string.h>

#include "policy/route.h"

bool
seat_among(size_t n, const struct seat_info *at, const char *role, const char *desk)
{
	for (size_t i = 0; role != NULL && i < n; i++) {
		if (strcmp(at[i].role, role) == 0 &&
		    (at[i].desk == NULL ||
		        (desk != NULL && strcmp(at[i].desk, desk) == 0)))
			return true;
	}
	return false;
}

static bool
begins_in(const struct step_info *step, const char *state)
{
	for (size_t i = 0; state != NULL && step->from[i] != NULL; i++)
		if (strcmp(step->from[i], state) == 0) return true;
	return false;
}

rc
route_may(const struct step_info *step, const char *state, const char *role,
    const char *desk, unsigned facts, unsigned *ret_missing)
{
	unsigned wrong = (step->needs & ~facts) | (step->forbids & facts);

	if (ret_missing != NULL) *ret_missing = 0;
	if (!begins_in(step, state)) return RC_NO_STEP;
	if (!seat_among(step->n_by, step->by, role, desk)) return RC_NOT_YOUR_STEP;
	if (wrong == 0) return RC_OK;
	if (ret_missing != NULL) *ret_missing = wrong;
	return RC_STEP_NEEDS;
}

/* --- names of facts -------------------------------------------------------------- */

#define FACT_NAME_(symbol, bit, name, meaning) [bit] = name,
static const char *const names[] = {CASE_FACT_LIST(FACT_NAME_)};

enum { N_NAMES = sizeof names / sizeof names[0] };

const char *
case_fact_name(enum case_fact f)
{
	for (size_t i = 0; i < N_NAMES; i++)
		if ((unsigned)f == 1u << i) return names[i];
	return NULL;
}

bool
case_fact_from_name(const char *name, enum case_fact *ret)
{
	for (size_t i = 0; i < N_NAMES; i++) {
		if (strcmp(names[i], name) != 0) continue;
		*ret = (enum case_fact)(1u << i);
		return true;
	}
	return false;
}
