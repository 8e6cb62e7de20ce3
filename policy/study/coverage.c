/* SPDX-License-Identifier: EUPL-1.2 */
/* coverage.c - marks, and counting them. */
#include "policy/study/coverage.h"

#include "policy/model.h"

rc
coverage_init(const struct policy *p, struct arena *arena, struct coverage *ret)
{
	*ret = (struct coverage){.n_rules = p->n_rules};
	for (size_t i = 0; i < p->n_convenants; i++)
		ret->n_obligations += p->convenants[i].n_obligations;
	ret->rules = arena_alloc(arena, ret->n_rules, sizeof *ret->rules);
	ret->obligations =
	    arena_alloc(arena, ret->n_obligations, sizeof *ret->obligations);
	if (ret->rules == NULL || ret->obligations == NULL) return RC_NOMEM;
	struct covered_obligation *o = ret->obligations;
	for (size_t i = 0; i < p->n_convenants; i++) {
		const struct convenant *c = &p->convenants[i];
		for (size_t k = 0; k < c->n_obligations; k++)
			*o++ = (struct covered_obligation){
			    &c->info, &c->obligations[k].info, false};
	}
	return RC_OK;
}

void
coverage_rule(struct coverage *c, unsigned rule)
{
	if (c != NULL && rule < c->n_rules) c->rules[rule] = true;
}

void
coverage_obligation(struct coverage *c, const struct obligation_info *o)
{
	for (size_t i = 0; c != NULL && i < c->n_obligations; i++) {
		if (c->obligations[i].info == o) c->obligations[i].covered = true;
	}
}

size_t
coverage_rules(const struct coverage *c)
{
	size_t n = 0;
	for (size_t i = 0; i < c->n_rules; i++) n += c->rules[i] ? 1 : 0;
	return n;
}

size_t
coverage_obligations(const struct coverage *c)
{
	size_t n = 0;
	for (size_t i = 0; i < c->n_obligations; i++)
		n += c->obligations[i].covered ? 1 : 0;
	return n;
}
