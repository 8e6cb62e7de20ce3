/* SPDX-License-Identifier: EUPL-1.2 */
/* read_gates.c - `gates` of a convenant file: what a matter has to meet to be taken up.
 */
#include <string.h>

#include "policy/read/read.h"

static void
read_criterion(struct reader *r, const struct yaml_node *node,
    const struct gate_info *gate, struct criterion_info *ret)
{
	*ret = (struct criterion_info){"", "", ""};
	if (!read_is_map(r, node, "a criterion")) return;
	ret->id = read_id(r, node, "id");
	read_title(r, node, "text", &ret->text_nl, &ret->text_en);
	for (size_t i = 0; i < gate->n_criteria; i++) {
		if (*ret->id != '\0' && strcmp(gate->criteria[i].id, ret->id) == 0)
			read_complain(r, node, "'%s' stands here twice", ret->id);
	}
	read_no_more(r, node);
}

static void
read_criteria(struct reader *r, const struct yaml_node *map, struct gate_info *gate)
{
	const struct yaml_node *list = read_list(r, map, "criteria", CRITERIA_MAX);
	size_t                  n    = list == NULL ? 0 : yaml_length(list);
	struct criterion_info  *all  = read_alloc(r, n, sizeof *all);
	gate->criteria               = all;
	for (size_t i = 0; all != NULL && i < n; i++) {
		read_criterion(r, yaml_item(list, i), gate, &all[i]);
		gate->n_criteria++;
	}
}

static const struct seat_info *
read_some_seats(struct reader *r, const struct yaml_node *map, const char *key,
    const struct groups *groups, size_t *ret_n)
{
	(void)read_needed(r, map, key);
	return read_seat_infos(r, map, key, groups, ret_n);
}

static void
read_gate(struct reader *r, const struct yaml_node *map, const struct convenant *c,
    struct gate_info *gate)
{
	*gate = (struct gate_info){.id = "", .convenant = c->info.id, .article = ""};
	if (!read_is_map(r, map, "a gate")) return;
	const char *id = read_id(r, map, "id");
	if (*id != '\0' && policy_gate(r->policy, id) != NULL)
		read_complain(r, map, "there is a gate '%s' already", id);
	gate->id      = id;
	gate->article = read_text(r, map, "article", 200);
	gate->claims_by =
	    read_some_seats(r, map, "claims_by", c->groups, &gate->n_claims_by);
	gate->judges = read_some_seats(r, map, "judges", c->groups, &gate->n_judges);
	read_criteria(r, map, gate);
	read_no_more(r, map);
}

void
read_gates(struct reader *r, const struct yaml_node *root, struct convenant *c)
{
	if (yaml_get(root, "gates") == NULL) return;
	const struct yaml_node *list = read_list(r, root, "gates", GATES_MAX);
	size_t                  n    = list == NULL ? 0 : yaml_length(list);
	c->gates                     = read_alloc(r, n, sizeof *c->gates);
	for (size_t i = 0; c->gates != NULL && i < n; i++) {
		read_gate(r, yaml_item(list, i), c, &c->gates[i]);
		c->n_gates++;
	}
}
