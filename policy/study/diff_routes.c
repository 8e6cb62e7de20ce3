/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * diff_routes.c - what differs between two policies in who may step where, who judges,
 * who may ask a source, who hears of a link.  No cell shows any of that.
 */
#include <stdlib.h>
#include <string.h>

#include "policy/study/diff_internal.h"

/* --- words ----------------------------------------------------------------------- */

static const char *
seat_words(struct arena *a, size_t n, const struct seat_info *at)
{
	const char *words = NULL;
	for (size_t i = 0; i < n; i++)
		words = and_also(a, words, ", ",
		    at[i].desk == NULL
		        ? at[i].role
		        : arena_printf(a, "%s/%s", at[i].role, at[i].desk));
	return words == NULL ? "" : words;
}

/* WORDS, LABEL and what it says; WORDS alone where that is nothing. */
static const char *
also(struct arena *a, const char *words, const char *label, const char *more)
{
	if (more == NULL || more[0] == '\0') return words;
	return arena_printf(a, "%s; %s %s", words, label, more);
}

static const char *
number(struct arena *a, uint32_t n)
{
	return n == 0 ? NULL : arena_printf(a, "%u", n);
}

static const char *
fact_words(struct arena *a, unsigned facts)
{
	const char *words = NULL;
	for (unsigned bit = 0; bit < 32; bit++)
		if ((facts >> bit & 1) != 0)
			words = and_also(
			    a, words, ", ", case_fact_name((enum case_fact)(1u << bit)));
	return words;
}

static const char *
value_name(const ProtobufCEnumDescriptor *desc, int value)
{
	const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value(desc, value);
	return v == NULL ? "" : v->name;
}

/* --- routes, states, steps ------------------------------------------------------- */

static const char *
route_thing(struct arena *a, const struct policy *p, size_t i, const char **ret_words)
{
	if (i >= p->n_routes) return NULL;
	const struct route_info *r = &p->routes[i];
	const char *words = arena_printf(a, "%s; begin %s", r->article, r->begin);
	words             = also(a, words, "opens", seat_words(a, r->n_opens, r->opens));
	words             = also(a, words, "own_desks", list_words(a, r->own_desks));
	words      = also(a, words, "admits", seat_words(a, r->n_admits, r->admits));
	words      = also(a, words, "keep_days", number(a, r->keep_days));
	*ret_words = also(a, words, "extend_days", number(a, r->extend_days));
	return r->id;
}

static const char *
due_words(struct arena *a, const struct state_info *s)
{
	const char *words = NULL;
	for (size_t i = 0; i < s->n_dues; i++) {
		const struct due_info *d  = &s->dues[i];
		const char            *by = d->sources    ? "sources"
		                            : d->assigned ? "assigned"
		                            : d->n_by > 0 ? seat_words(a, d->n_by, d->by)
		                                          : "asked";
		words                     = and_also(a, words, " + ",
		                        arena_printf(a, "%s: %s, %u (%s)",
		                            value_name(&sluis__task_kind__descriptor, (int)d->kind), by,
		                            d->days, d->article));
	}
	return words;
}

static const char *
state_words(struct arena *a, const struct state_info *s)
{
	const char *words =
	    s->convenant == NULL
	        ? "-"
	        : arena_printf(a, "%s %s %s", s->convenant, s->phase, s->purpose);
	if (s->closed) words = arena_printf(a, "%s; closed", words);
	if (s->shields) words = arena_printf(a, "%s; shields", words);
	words = also(a, words, "gate", s->gate);
	words = also(a, words, "keep_days", number(a, s->keep_days));
	words = also(a, words, "recalls", list_words(a, s->recalls));
	if (s->recalls[0] != NULL)
		words = also(a, words, "ground",
		    value_name(&sluis__recall_ground__descriptor, (int)s->recall_ground));
	return also(a, words, "due", due_words(a, s));
}

static const char *
state_thing(struct arena *a, const struct policy *p, size_t i, const char **ret_words)
{
	for (size_t k = 0; k < p->n_routes; k++) {
		const struct route_info *r = &p->routes[k];
		if (i < r->n_states) {
			*ret_words = state_words(a, &r->states[i]);
			return arena_printf(a, "%s.%s", r->id, r->states[i].id);
		}
		i -= r->n_states;
	}
	return NULL;
}

static const char *
step_words(struct arena *a, const struct step_info *s)
{
	const char *words = arena_printf(a, "%s -> %s", list_words(a, s->from), s->to);
	words             = also(a, words, "by", seat_words(a, s->n_by, s->by));
	words             = also(a, words, "needs", fact_words(a, s->needs));
	words             = also(a, words, "unless", fact_words(a, s->forbids));
	if (s->confirm) words = arena_printf(a, "%s; confirm", words);
	return arena_printf(a, "%s (%s)", words, s->article);
}

static const char *
step_thing(struct arena *a, const struct policy *p, size_t i, const char **ret_words)
{
	for (size_t k = 0; k < p->n_routes; k++) {
		const struct route_info *r = &p->routes[k];
		if (i < r->n_steps) {
			*ret_words = step_words(a, &r->steps[i]);
			return r->steps[i].id;
		}
		i -= r->n_steps;
	}
	return NULL;
}

/* --- gates, reveals, links ------------------------------------------------------- */

static const char *
gate_words(struct arena *a, const struct gate_info *g)
{
	const char *words = arena_printf(a, "%s: %s", g->convenant, g->article);
	words = also(a, words, "claims_by", seat_words(a, g->n_claims_by, g->claims_by));
	words = also(a, words, "judges", seat_words(a, g->n_judges, g->judges));
	for (size_t i = 0; i < g->n_criteria; i++)
		words = also(a, words, g->criteria[i].id, g->criteria[i].text_nl);
	return words;
}

static const char *
gate_thing(struct arena *a, const struct policy *p, size_t i, const char **ret_words)
{
	for (size_t k = 0; k < p->n_convenants; k++) {
		const struct convenant *c = &p->convenants[k];
		if (i < c->n_gates) {
			*ret_words = gate_words(a, &c->gates[i]);
			return c->gates[i].id;
		}
		i -= c->n_gates;
	}
	return NULL;
}

static const char *
reveal_words(struct arena *a, const struct reveal_info *r)
{
	const ProtobufCEnumDescriptor *grounds = &sluis__reveal_ground__descriptor;

	const char *words = arena_printf(a, "%s: %s (%s)", r->convenant,
	    value_name(&sluis__reveal_what__descriptor, (int)r->what), r->article);
	for (unsigned g = 0; g < 32; g++)
		if ((r->grounds >> g & 1) != 0)
			words = also(a, words, "ground", value_name(grounds, (int)g));
	words = also(a, words, "by", seat_words(a, r->n_by, r->by));
	words = also(a, words, "second", seat_words(a, r->n_second, r->second));
	return also(a, words, "days", number(a, r->days));
}

static const char *
reveal_thing(struct arena *a, const struct policy *p, size_t i, const char **ret_words)
{
	for (size_t k = 0; k < p->n_convenants; k++) {
		const struct convenant *c = &p->convenants[k];
		if (i < c->n_reveals) {
			*ret_words = reveal_words(a, &c->reveals[i]);
			return c->reveals[i].id;
		}
		i -= c->n_reveals;
	}
	return NULL;
}

static const char *
link_thing(struct arena *a, const struct policy *p, size_t i, const char **ret_words)
{
	const struct link_info *l = policy_link_at(p, i);
	if (l == NULL) return NULL;
	const char *words = arena_printf(a, "%s (%s)", l->convenant, l->article);
	words             = also(a, words, "kinds", list_words(a, l->kinds));
	words             = also(a, words, "with", list_words(a, l->with));
	words             = also(a, words, "to", seat_words(a, l->n_to, l->to));
	if (l->parties) words = arena_printf(a, "%s; parties", words);
	if (l->controls) words = arena_printf(a, "%s; controls", words);
	words      = also(a, words, "to_care", seat_words(a, l->n_to_care, l->to_care));
	words      = also(a, words, "care_under", list_words(a, l->care_under));
	*ret_words = words;
	return l->id;
}

/* --- all of it ------------------------------------------------------------------- */

/* One more step, reveal or link lets more be done; one more gate less. */
rc
diff_routes(struct diff *d, const struct diff_query *q)
{
	static const struct {
		thing_at         at;
		struct diff_term like;
	} all[] = {
	    {route_thing, {.what = TERM_ROUTE, .way = WAY_WIDER}},
	    {state_thing, {.what = TERM_STATE}},
	    {step_thing, {.what = TERM_STEP, .way = WAY_WIDER}},
	    {gate_thing, {.what = TERM_GATE, .way = WAY_NARROWER}},
	    {reveal_thing, {.what = TERM_REVEAL, .way = WAY_WIDER}},
	    {link_thing, {.what = TERM_LINK, .way = WAY_WIDER}},
	};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		TRY(diff_things(d, all[i].at, all[i].like, false, q));
	return RC_OK;
}
