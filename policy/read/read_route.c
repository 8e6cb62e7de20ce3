/* SPDX-License-Identifier: EUPL-1.2 */
/* read_route.c - the head of a route file: who may open a case on it, and for how long.
 */
#include <string.h>

#include "policy/read/read.h"

/* "routes/nijmegen.yaml" must say `route: nijmegen`. */
static void
demand_name(struct reader *r, const struct yaml_node *root, const char *id)
{
	const char *file = strchr(yaml_name(root), '/');
	size_t      n    = strlen(id);
	if (file == NULL || strncmp(file + 1, id, n) != 0 ||
	    strcmp(file + 1 + n, ".yaml") != 0)
		read_complain(
		    r, root, "route '%s' must stand in a file of that name", id);
}

/* The desks of those who may open, as a name_at. */
struct own {
	const struct policy     *p;
	const struct route_info *route;
};

static const char *
own_desk_at(const void *arg, size_t i)
{
	const struct own *own = arg;
	for (size_t k = 0; k < own->route->n_opens; k++) {
		struct role_desks of = {
		    own->p, role_number(own->p, own->route->opens[k].role)};
		size_t      n = 0;
		const char *desk;
		for (; (desk = role_desk_at(&of, n)) != NULL; n++)
			if (i-- == 0) return desk;
	}
	return NULL;
}

static bool
is_own_desk(const struct own *own, const char *desk)
{
	const char *name;
	for (size_t i = 0; (name = own_desk_at(own, i)) != NULL; i++)
		if (strcmp(name, desk) == 0) return true;
	return false;
}

static const char *const *
read_own_desks(struct reader *r, const struct yaml_node *root, struct route_info *route)
{
	static const char *const none[] = {NULL};
	struct own               own    = {r->policy, route};
	if (yaml_get(root, "own_desks") == NULL) return none;
	const struct yaml_node *list = read_list(r, root, "own_desks", DESKS_MAX);
	size_t                  n    = list == NULL ? 0 : yaml_length(list);
	const char            **all  = read_alloc(r, n + 1, sizeof *all);
	if (all == NULL) return none;
	for (size_t i = 0; i < n; i++) {
		const struct yaml_node *entry = yaml_item(list, i);
		all[i]                        = read_id_of(r, entry);
		if (*all[i] != '\0' && own_desk_at(&own, 0) != NULL &&
		    !is_own_desk(&own, all[i]))
			read_unknown(
			    r, entry, N_("desk of who may open"), own_desk_at, &own);
		for (size_t k = 0; k < i; k++)
			if (*all[i] != '\0' && strcmp(all[k], all[i]) == 0)
				read_complain(r, entry, "'%s' stands here twice", all[i]);
	}
	return all;
}

static uint32_t
read_days(struct reader *r, const struct yaml_node *map, const char *key)
{
	return yaml_get(map, key) == NULL ? 0
	                                  : read_number(r, map, key, 0, KEEP_DAYS_MAX);
}

static void
read_head(struct reader *r, const struct yaml_node *root, struct route_info *route)
{
	(void)read_needed(r, root, "opens");
	route->opens     = read_seat_infos(r, root, "opens", NULL, &route->n_opens);
	route->own_desks = read_own_desks(r, root, route);
	(void)read_needed(r, root, "admits");
	route->admits      = read_seat_infos(r, root, "admits", NULL, &route->n_admits);
	route->keep_days   = read_number(r, root, "keep_days", 1, KEEP_DAYS_MAX);
	route->extend_days = read_days(r, root, "extend_days");
	route->begin       = read_id(r, root, "begin");
}

void
read_route(struct reader *r, const struct yaml_node *root, struct route_info *route)
{
	static const char *const none[] = {NULL};
	*route                          = (struct route_info){.id = "",
	                             .title_nl                    = "",
	                             .title_en                    = "",
	                             .article                     = "",
	                             .begin                       = "",
	                             .own_desks                   = none,
	                             .file                        = ""};
	if (!read_is_map(r, root, "a route")) return;
	rc before   = r->status;
	r->status   = RC_OK;
	route->id   = read_id(r, root, "route");
	route->file = read_printf(r, "%s", yaml_name(root));
	demand_name(r, root, route->id);
	read_title(r, root, "title", &route->title_nl, &route->title_en);
	route->article = read_text(r, root, "article", 200);
	read_head(r, root, route);
	read_states(r, root, route);
	read_steps(r, root, route);
	read_end(r, root, read_printf(r, "route %s", route->id));
	read_no_more(r, root);
	if (r->status == RC_OK) check_route(r, root, route);
	if (before != RC_OK) r->status = before;
}
