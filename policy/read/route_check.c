/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * route_check.c - what has to hold of a route as a whole: every state can be reached,
 * from every state a closed one can, and nothing leads out of that.
 */
#include <string.h>

#include "policy/read/read.h"

struct walk {
	const struct route_info *route;
	const struct yaml_node  *states, *steps; /* for the places of complaints */
};

static unsigned
number_of(const struct route_info *route, const char *id)
{
	return (unsigned)(route_state(route, id) - route->states);
}

/* FROM with every state that one more step leads to. */
static uint64_t
onward(const struct route_info *route, uint64_t from)
{
	for (size_t i = 0; i < route->n_steps; i++) {
		const struct step_info *s = &route->steps[i];
		for (size_t k = 0; s->from[k] != NULL; k++)
			if ((from >> number_of(route, s->from[k]) & 1) != 0)
				from |= (uint64_t)1 << number_of(route, s->to);
	}
	return from;
}

/* TO with every state from which one more step leads into it. */
static uint64_t
backward(const struct route_info *route, uint64_t to)
{
	for (size_t i = 0; i < route->n_steps; i++) {
		const struct step_info *s = &route->steps[i];
		for (size_t k = 0; s->from[k] != NULL; k++)
			if ((to >> number_of(route, s->to) & 1) != 0)
				to |= (uint64_t)1 << number_of(route, s->from[k]);
	}
	return to;
}

static uint64_t
until_still(uint64_t (*grow)(const struct route_info *, uint64_t),
    const struct route_info *route, uint64_t set)
{
	uint64_t before;
	do {
		before = set;
		set    = grow(route, set);
	} while (set != before);
	return set;
}

static uint64_t
closed_states(const struct route_info *route)
{
	uint64_t set = 0;
	for (size_t i = 0; i < route->n_states; i++)
		if (route->states[i].closed) set |= (uint64_t)1 << i;
	return set;
}

static bool
leads_somewhere(const struct route_info *route, const char *state)
{
	for (size_t i = 0; i < route->n_steps; i++)
		for (size_t k = 0; route->steps[i].from[k] != NULL; k++)
			if (strcmp(route->steps[i].from[k], state) == 0) return true;
	return false;
}

static void
check_ways(struct reader *r, const struct walk *w)
{
	const struct route_info *route  = w->route;
	uint64_t                 closed = closed_states(route);
	uint64_t                 begun  = (uint64_t)1 << number_of(route, route->begin);
	uint64_t                 met    = until_still(onward, route, begun);
	uint64_t                 ends   = until_still(backward, route, closed);
	for (size_t i = 0; i < route->n_states; i++) {
		const struct state_info *s  = &route->states[i];
		const struct yaml_node  *at = yaml_item(w->states, i);
		if ((met >> i & 1) == 0)
			read_complain(r, at, "no step leads to state '%s'", s->id);
		if (s->closed && leads_somewhere(route, s->id))
			read_complain(r, at,
			    "state '%s' is closed, and a step leads out of it", s->id);
		if (!s->closed && !leads_somewhere(route, s->id))
			read_complain(r, at,
			    "no step leads out of state '%s'; is it closed?", s->id);
		else if (closed != 0 && (ends >> i & 1) == 0)
			read_complain(
			    r, at, "no way leads from state '%s' to a closed one", s->id);
	}
}

void
check_route(
    struct reader *r, const struct yaml_node *root, const struct route_info *route)
{
	struct walk w = {route, yaml_get(root, "states"), yaml_get(root, "steps")};
	const struct state_info *begin = route_state(route, route->begin);
	if (begin == NULL) {
		read_complain(r, yaml_get(root, "begin"),
		    "the route begins in state '%.60s', which is none of its states",
		    route->begin);
		return;
	}
	if (begin->closed)
		read_complain(r, yaml_get(root, "begin"),
		    "the route begins in state '%.60s', which is closed", route->begin);
	if (closed_states(route) == 0)
		read_complain(r, w.states, "no state is 'closed': no case could end");
	check_ways(r, &w);
}
