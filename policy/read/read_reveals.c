/* SPDX-License-Identifier: EUPL-1.2 */
/* read_reveals.c - `reveals` of a convenant file: who may ask a source who it meant. */
#include <string.h>

#include "policy/read/read.h"

static unsigned
read_grounds(struct reader *r, const struct yaml_node *map)
{
	const struct yaml_node *node    = read_needed(r, map, "grounds");
	unsigned                grounds = 0;
	if (node == NULL) return 0;
	if (read_count(node) == 0) read_complain(r, node, "'%s' is empty", "grounds");
	for (size_t i = 0; i < read_count(node); i++) {
		int ground = read_enum(r, read_entry(node, i),
		    &sluis__reveal_ground__descriptor, "", N_("ground"));
		if (ground != 0) grounds |= 1u << ground;
	}
	return grounds;
}

static bool
is_known(const struct policy *p, const char *id)
{
	for (size_t i = 0; i < p->n_convenants; i++) {
		for (size_t k = 0; k < p->convenants[i].n_reveals; k++)
			if (strcmp(p->convenants[i].reveals[k].id, id) == 0) return true;
	}
	return false;
}

static void
read_reveal(struct reader *r, const struct yaml_node *map, const struct convenant *c,
    struct reveal_info *reveal)
{
	*reveal = (struct reveal_info){.id = "", .convenant = c->info.id, .article = ""};
	if (!read_is_map(r, map, "a reveal")) return;
	const char *id = read_id(r, map, "id");
	if (*id != '\0' && is_known(r->policy, id))
		read_complain(r, map, "there is a reveal '%s' already", id);
	reveal->id                   = id;
	reveal->article              = read_text(r, map, "article", 200);
	const struct yaml_node *what = read_needed(r, map, "what");
	if (what != NULL)
		reveal->what = (Sluis__RevealWhat)read_enum(r, what,
		    &sluis__reveal_what__descriptor, "REVEAL_", N_("thing to reveal"));
	reveal->grounds = read_grounds(r, map);
	(void)read_needed(r, map, "by");
	reveal->by     = read_seat_infos(r, map, "by", c->groups, &reveal->n_by);
	reveal->second = read_seat_infos(r, map, "second", c->groups, &reveal->n_second);
	reveal->days   = read_number(r, map, "days", 1, DELIVER_DAYS_MAX);
	read_no_more(r, map);
}

void
read_reveals(struct reader *r, const struct yaml_node *root, struct convenant *c)
{
	if (yaml_get(root, "reveals") == NULL) return;
	const struct yaml_node *list = read_list(r, root, "reveals", GATES_MAX);
	size_t                  n    = list == NULL ? 0 : yaml_length(list);
	c->reveals                   = read_alloc(r, n, sizeof *c->reveals);
	for (size_t i = 0; c->reveals != NULL && i < n; i++) {
		read_reveal(r, yaml_item(list, i), c, &c->reveals[i]);
		c->n_reveals++;
	}
}
