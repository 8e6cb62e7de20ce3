/* SPDX-License-Identifier: EUPL-1.2 */
/* grounds.c - noting rulings per field, and writing them as RuleGroups. */
#include "broker/decision/grounds.h"

#include <stdlib.h>
#include <string.h>

#include "broker/decision/weighed.h"
#include "proto/message.h"

static struct ground *
find(struct grounds *g, uint8_t action, uint16_t rule)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->at[i].action == action && g->at[i].rule == rule) return &g->at[i];
	return NULL;
}

static rc
grow(struct grounds *g)
{
	if (g->n < g->cap) return RC_OK;
	size_t         cap = g->cap == 0 ? 16 : g->cap * 2;
	struct ground *at  = calloc(cap, sizeof *at);
	if (at == NULL) return RC_NOMEM;
	if (g->n != 0) memcpy(at, g->at, g->n * sizeof *at);
	free(g->at);
	g->at  = at;
	g->cap = cap;
	return RC_OK;
}

rc
grounds_add(
    struct grounds *g, uint8_t action, uint16_t rule, const struct schema_field *field)
{
	struct ground *ground = find(g, action, rule);
	if (ground == NULL) {
		TRY(grow(g));
		ground  = &g->at[g->n++];
		*ground = (struct ground){.action = action, .rule = rule};
	}
	fieldset_add(&ground->fields, field->index);
	return RC_OK;
}

bool
grounds_grant_nothing(const struct grounds *g)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->at[i].action != SLUIS__ACTION__ACTION_WITHHOLD) return false;
	return true;
}

void
grounds_wipe(struct grounds *g)
{
	free(g->at);
	*g = (struct grounds){0};
}

/* --- as messages ----------------------------------------------------------------------
 */

static bool
belongs(const struct ground *g, enum grounds_part part)
{
	bool withheld = g->action == SLUIS__ACTION__ACTION_WITHHOLD;
	return part == GROUNDS_ALL || withheld == (part == GROUNDS_WITHHELD);
}

static rc
make_room(size_t n, struct scratch *mem, struct rule_groups *ret)
{
	Sluis__RuleGroup *all = scratch_alloc(mem, n, sizeof *all);

	ret->n  = 0;
	ret->at = scratch_alloc(mem, n, sizeof(Sluis__RuleGroup *));
	if (all == NULL || ret->at == NULL) return RC_NOMEM;
	for (size_t i = 0; i < n; i++) ret->at[i] = &all[i];
	return RC_OK;
}

rc
grounds_in_scratch(const struct grounds *g, const struct policy *policy,
    enum grounds_part part, struct scratch *mem, struct rule_groups *ret)
{
	TRY(make_room(g->n, mem, ret));
	for (size_t i = 0; i < g->n; i++) {
		const struct rule_info *info = policy_rule_info(policy, g->at[i].rule);
		if (!belongs(&g->at[i], part)) continue;
		Sluis__RuleGroup *group = ret->at[ret->n++];
		sluis__rule_group__init(group);
		group->has_action = 1;
		group->action     = (Sluis__Action)g->at[i].action;
		group->rule       = message_borrow(info == NULL ? NULL : info->id);
		group->article    = message_borrow(info == NULL ? NULL : info->article);
		TRY(weighed_paths(
		    &g->at[i].fields, mem, &group->has_paths, &group->paths));
	}
	return RC_OK;
}

rc
rule_groups_short(
    const struct rule_groups *from, struct scratch *mem, struct rule_groups *ret)
{
	TRY(make_room(from->n, mem, ret));
	for (; ret->n < from->n; ret->n++) {
		*ret->at[ret->n]         = *from->at[ret->n];
		ret->at[ret->n]->article = NULL;
	}
	return RC_OK;
}
