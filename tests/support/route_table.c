/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * route_table.c - what route_may() answers for every step, state, role and desk of a
 * policy folder, one line each: route step state role desk facts code.
 *
 * DESK is "-" for none.  FACTS is what the case shows: `enough` what the step needs and
 * nothing more, `none`, `less` each time all but one of what it needs, `spoiled` that and
 * one that may not be.  test_route_table.py compares it with its own reading of the YAML.
 */
#include <stdio.h>
#include <string.h>

#include "policy/route.h"
#include "proto/auto.h"

struct who {
	const char *role, *desk;
};

static void
print(const struct route_info *r, const struct step_info *s, const struct state_info *st,
    struct who who, const char *name, unsigned facts)
{
	rc code = route_may(s, st->id, who.role, who.desk, facts, NULL);
	printf("%s %s %s %s %s %s %s\n", r->id, s->id, st->id, who.role,
	    who.desk == NULL ? "-" : who.desk, name, rc_name(code));
}

static void
ask(const struct route_info *r, const struct step_info *s, const struct state_info *st,
    struct who who)
{
	print(r, s, st, who, "enough", s->needs);
	print(r, s, st, who, "none", 0);
	for (unsigned bit = 0; bit < 32; bit++) {
		unsigned fact = 1u << bit;
		if ((s->needs & fact) != 0)
			print(r, s, st, who, "less", s->needs & ~fact);
		if ((s->forbids & fact) != 0)
			print(r, s, st, who, "spoiled", s->needs | fact);
	}
}

static void
ask_everybody(const struct policy *p, const struct route_info *r,
    const struct step_info *s, const struct state_info *st)
{
	for (size_t i = 0; i < policy_n_roles(p); i++)
		ask(r, s, st, (struct who){policy_role_at(p, i)->id, NULL});
	for (size_t i = 0; i < policy_n_parties(p); i++) {
		const struct party *party = policy_party_at(p, i);
		for (size_t k = 0; party->desks[k] != NULL; k++)
			ask(r, s, st, (struct who){party->role, party->desks[k]});
		ask(r, s, st, (struct who){party->role, "nergens"});
	}
}

int
main(int argc, char **argv)
{
	AUTO(policy_destroy) struct policy *p = NULL;

	if (argc != 2 || policy_load(argv[1], &p, NULL) != RC_OK) return 1;
	for (size_t i = 0; i < policy_n_routes(p); i++) {
		const struct route_info *r = policy_route_at(p, i);
		for (size_t k = 0; k < r->n_steps; k++)
			for (size_t s = 0; s < r->n_states; s++)
				ask_everybody(p, r, &r->steps[k], &r->states[s]);
	}
	return 0;
}
