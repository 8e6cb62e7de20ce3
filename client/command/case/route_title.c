/* SPDX-License-Identifier: EUPL-1.2 */
/* route_title.c - titles of states and steps. */
#include "client/command/case/route_title.h"

#include "client/command/shipped.h"
#include "client/folder.h"

struct policy *
route_policy(struct cli *cli)
{
	char           dir[FILE_PATH_MAX];
	struct policy *p = NULL;

	if (!shipped_policy_quietly(cli, dir)) return NULL;
	if (policy_load(dir, &p, NULL) != RC_OK) return NULL;
	return p;
}

const char *
route_title(const void *arg, const char *route, const char *state)
{
	const struct policy     *p = arg;
	const struct route_info *r =
	    p != NULL && route != NULL ? policy_route(p, route) : NULL;
	const struct state_info *s = r != NULL ? route_state(r, state) : NULL;

	if (s == NULL) return NULL;
	return translate_is_dutch() ? s->title_nl : s->title_en;
}

static const struct step_info *
find_step(const struct policy *p, const char *route, const char *step)
{
	const struct route_info *r =
	    p != NULL && route != NULL ? policy_route(p, route) : NULL;

	return r != NULL ? route_step(r, step) : NULL;
}

const char *
route_step_title(const struct policy *p, const char *route, const char *step)
{
	const struct step_info *s = find_step(p, route, step);

	if (s == NULL) return NULL;
	return translate_is_dutch() ? s->title_nl : s->title_en;
}

bool
route_step_confirms(const struct policy *p, const char *route, const char *step)
{
	const struct step_info *s = find_step(p, route, step);

	return s != NULL && s->confirm;
}

bool
route_step_closes(const struct policy *p, const char *route, const char *step)
{
	const struct step_info  *s = find_step(p, route, step);
	const struct state_info *to =
	    s != NULL ? route_state(policy_route(p, route), s->to) : NULL;

	return to != NULL && to->closed;
}
