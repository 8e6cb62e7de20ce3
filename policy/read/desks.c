/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * desks.c - that every desk a policy names is one of a party.
 *
 * A desk that no party of the role has would make a rule idle, but a bar as well, and a
 * step of a route impossible.  Roles without a party in this region are left alone.
 */
#include "policy/read/read.h"

void
demand_desk(struct reader *r, const struct seat *seat, const char *file, unsigned line)
{
	struct role_desks of = {r->policy, seat->role};
	if (seat->desk == NULL || role_desk_at(&of, 0) == NULL ||
	    role_has_desk(&of, seat->desk))
		return;
	const char          *near  = nearest(seat->desk, role_desk_at, &of);
	struct finding_place place = seat->line > 0
	                                 ? finding_at(file, seat->line, seat->column)
	                                 : finding_at(file, line, line > 0 ? 1 : 0);
	r->status                  = RC_POLICY;
	if (near == NULL)
		finding_add(r->findings, true, place,
		    "no party with role '%s' has a desk '%s'",
		    r->policy->roles[seat->role].info.id, seat->desk);
	else
		finding_add(r->findings, true, place,
		    "no party with role '%s' has a desk '%s'; did you mean '%s'?",
		    r->policy->roles[seat->role].info.id, seat->desk, near);
}

static void
demand_desks_of(struct reader *r, struct seat_list seats, const struct invariant_info *at)
{
	for (size_t i = 0; i < seats.n; i++)
		demand_desk(r, &seats.at[i], at->file, at->line);
}

static void
demand_desks_of_invariants(struct reader *r)
{
	for (size_t i = 0; i < r->policy->n_invariants; i++) {
		const struct invariant *x = &r->policy->invariants[i];
		demand_desks_of(r, x->recipients, &x->info);
		demand_desks_of(r, x->except_recipients, &x->info);
		demand_desks_of(r, x->senders, &x->info);
		demand_desks_of(r, x->except_senders, &x->info);
	}
}

static void
demand_desks_of_convenant(struct reader *r, const struct convenant *c)
{
	const char *file = c->n_rules > 0 ? c->rules[0].info.file : "";
	for (size_t k = 0; k < c->n_senders; k++) demand_desk(r, &c->senders[k], file, 0);
	for (size_t k = 0; k < c->n_source_desks; k++)
		demand_desk(r, &c->source_desks[k], file, 0);
	for (size_t k = 0; k < c->n_rules; k++) {
		const struct rule *rule = &c->rules[k];
		for (size_t n = 0; n < rule->n_recipients; n++)
			demand_desk(
			    r, &rule->recipients[n], rule->info.file, rule->info.line);
	}
}

void
demand_desks(struct reader *r)
{
	for (size_t i = 0; i < r->policy->n_convenants; i++)
		demand_desks_of_convenant(r, &r->policy->convenants[i]);
	demand_desks_of_invariants(r);
}
