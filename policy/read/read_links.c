/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * read_links.c - `links` of a convenant file: who is told that others know the same
 * person, address, vehicle or company.
 */
#include <string.h>

#include "policy/read/read.h"

static const char *
identifier_at(const void *arg, size_t i)
{
	const struct policy *p = arg;
	return i < p->n_identifiers ? p->identifiers[i].name : NULL;
}

/* The names under KEY, each one of NAMES, NULL-terminated. */
static const char *const *
read_names_of(struct reader *r, const struct yaml_node *map, const char *key,
    const char *kind, name_at names)
{
	static const char *const none[] = {NULL};
	const struct yaml_node  *node   = read_needed(r, map, key);
	size_t                   n      = node == NULL ? 0 : read_count(node);
	const char             **all    = read_alloc(r, n + 1, sizeof *all);
	if (all == NULL) return none;
	if (node != NULL && n == 0) read_complain(r, node, "'%s' is empty", key);
	for (size_t i = 0; i < n; i++) {
		const struct yaml_node *entry = read_entry(node, i);
		const char             *word  = yaml_text(entry), *name;
		size_t                  k     = 0;
		all[i]                        = "";
		if (word == NULL) {
			read_complain(r, entry, "a %s must be one name",
			    finding_tr(r->findings, kind));
			continue;
		}
		while ((name = names(r->policy, k)) != NULL && strcmp(name, word) != 0)
			k++;
		if (name == NULL)
			read_unknown(r, entry, kind, names, r->policy);
		else
			all[i] = name;
		for (size_t j = 0; name != NULL && j < i; j++)
			if (strcmp(all[j], name) == 0)
				read_complain(r, entry, "'%s' stands here twice", name);
	}
	return all;
}

static bool
is_among(const char *const *names, const char *name)
{
	while (*names != NULL && strcmp(*names, name) != 0) names++;
	return *names != NULL;
}

static bool
is_known(const struct policy *p, const char *id)
{
	for (size_t i = 0; i < p->n_convenants; i++) {
		for (size_t k = 0; k < p->convenants[i].n_links; k++)
			if (strcmp(p->convenants[i].links[k].id, id) == 0) return true;
	}
	return false;
}

static void
read_link(struct reader *r, const struct yaml_node *map, const struct convenant *c,
    struct link_info *link)
{
	static const char *const none[] = {NULL};
	*link                           = (struct link_info){.id = "",
	                              .convenant                 = c->info.id,
	                              .article                   = "",
	                              .kinds                     = none,
	                              .with                      = none,
	                              .care_under                = none};
	if (!read_is_map(r, map, "a link")) return;
	const char *id = read_id(r, map, "id");
	if (*id != '\0' && is_known(r->policy, id))
		read_complain(r, map, "there is a link '%s' already", id);
	link->id      = id;
	link->article = read_text(r, map, "article", 200);
	link->kinds   = read_names_of(r, map, "kinds", N_("identifier"), identifier_at);
	link->with    = read_names_of(r, map, "with", N_("convenant"), convenant_at);
	(void)read_needed(r, map, "to");
	link->to       = read_seat_infos(r, map, "to", c->groups, &link->n_to);
	link->parties  = read_bool(r, map, "parties");
	link->controls = read_bool(r, map, "controls");
	if (link->controls && !is_among(link->kinds, "address"))
		read_complain(r, map, "'controls' asks for kind 'address'");
	link->to_care = read_seat_infos(r, map, "to_care", c->groups, &link->n_to_care);
	if (link->n_to_care != 0)
		link->care_under =
		    read_names_of(r, map, "care_under", N_("convenant"), convenant_at);
	if (link->n_to_care != 0 && !link->controls)
		read_complain(r, map, "'to_care' asks for 'controls'");
	read_no_more(r, map);
}

void
read_links(struct reader *r, const struct yaml_node *root, struct convenant *c)
{
	if (yaml_get(root, "links") == NULL) return;
	const struct yaml_node *list = read_list(r, root, "links", GATES_MAX);
	size_t                  n    = list == NULL ? 0 : yaml_length(list);
	c->links                     = read_alloc(r, n, sizeof *c->links);
	for (size_t i = 0; c->links != NULL && i < n; i++) {
		read_link(r, yaml_item(list, i), c, &c->links[i]);
		c->n_links++;
	}
}
