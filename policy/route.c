/* SPDX-License-Identifier: EUPL-1.2 */
/* route.c - looking up routes, states and steps, gates, reveals and links. */
#include "policy/route.h"

#include <string.h>

#include "policy/model.h"

/* --- routes ---------------------------------------------------------------------- */

size_t
policy_n_routes(const struct policy *p)
{
	return p->n_routes;
}

const struct route_info *
policy_route_at(const struct policy *p, size_t i)
{
	return i < p->n_routes ? &p->routes[i] : NULL;
}

const struct route_info *
policy_route(const struct policy *p, const char *id)
{
	for (size_t i = 0; id != NULL && i < p->n_routes; i++)
		if (strcmp(p->routes[i].id, id) == 0) return &p->routes[i];
	return NULL;
}

const struct state_info *
route_state(const struct route_info *r, const char *id)
{
	for (size_t i = 0; id != NULL && i < r->n_states; i++)
		if (strcmp(r->states[i].id, id) == 0) return &r->states[i];
	return NULL;
}

const struct step_info *
route_step(const struct route_info *r, const char *id)
{
	for (size_t i = 0; id != NULL && i < r->n_steps; i++)
		if (strcmp(r->steps[i].id, id) == 0) return &r->steps[i];
	return NULL;
}

/* --- gates, reveals, links ------------------------------------------------------- */

const struct gate_info *
policy_gate(const struct policy *p, const char *id)
{
	for (size_t i = 0; id != NULL && i < p->n_convenants; i++) {
		const struct convenant *c = &p->convenants[i];
		for (size_t k = 0; k < c->n_gates; k++)
			if (strcmp(c->gates[k].id, id) == 0) return &c->gates[k];
	}
	return NULL;
}

const struct reveal_info *
policy_reveal(const struct policy *p, const char *convenant, const char *role,
    const char *desk, Sluis__RevealWhat what, Sluis__RevealGround ground)
{
	const struct convenant *c = convenant_find(p, convenant);
	for (size_t i = 0; c != NULL && i < c->n_reveals; i++) {
		const struct reveal_info *r = &c->reveals[i];
		if (r->what == what && (unsigned)ground < 32 &&
		    (r->grounds >> (unsigned)ground & 1) != 0 &&
		    seat_among(r->n_by, r->by, role, desk))
			return r;
	}
	return NULL;
}

size_t
policy_n_links(const struct policy *p)
{
	size_t n = 0;
	for (size_t i = 0; i < p->n_convenants; i++) n += p->convenants[i].n_links;
	return n;
}

const struct link_info *
policy_link_at(const struct policy *p, size_t i)
{
	for (size_t k = 0; k < p->n_convenants; k++) {
		const struct convenant *c = &p->convenants[k];
		if (i < c->n_links) return &c->links[i];
		i -= c->n_links;
	}
	return NULL;
}
