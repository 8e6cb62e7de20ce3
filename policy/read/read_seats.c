/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * read_seats.c - who is meant: "police", "police/avim", or a group of the file.
 *
 * A convenant file may name lists of recipients under `groups`, since anchors are
 * refused.  A group holds roles and role/desk pairs, never groups.
 */
#include <stdio.h>
#include <string.h>

#include "policy/read/read.h"

enum { GROUPS_MAX = 32 };

struct group {
	const char  *name;
	size_t       n;
	struct seat *seats;
};

struct groups {
	size_t               n;
	struct group         at[GROUPS_MAX];
	const struct policy *policy; /* for the names of roles in suggestions */
};

/* Group names, then role ids: what may stand in a list of recipients. */
static const char *
name_of(const void *arg, size_t i)
{
	const struct groups *g = arg;
	if (i < g->n) return g->at[i].name;
	i -= g->n;
	return i < g->policy->n_roles ? g->policy->roles[i].info.id : NULL;
}

/* Cut "police/avim" in two; the desk goes into the arena.  RC_OK even if the role is
 * unknown: ROLES_MAX then. */
static struct seat
seat_named(struct reader *r, const char *text)
{
	char        role[RULE_ID_MAX + 1] = "";
	const char *slash                 = strchr(text, '/');
	size_t      n = slash == NULL ? strlen(text) : (size_t)(slash - text);
	if (n > RULE_ID_MAX) return (struct seat){.role = ROLES_MAX};
	(void)snprintf(role, sizeof role, "%.*s", (int)n, text);
	struct seat seat = {.role = role_number(r->policy, role)};
	if (slash != NULL && seat.role < ROLES_MAX)
		seat.desk = read_printf(r, "%s", slash + 1);
	return seat;
}

static bool
desk_is_well_formed(const char *desk)
{
	return desk == NULL ||
	       (*desk != '\0' && strlen(desk) <= DESK_MAX && strchr(desk, '/') == NULL);
}

/* One role or role/desk; false after a complaint. */
static bool
read_seat(struct reader *r, const struct yaml_node *node, const struct groups *g,
    struct seat *ret)
{
	const char *text = yaml_text(node);
	if (text == NULL) {
		read_complain(r, node, "a recipient must be one name: role or role/desk");
		return false;
	}
	*ret        = seat_named(r, text);
	ret->line   = yaml_line(node);
	ret->column = yaml_column(node);
	if (ret->role == ROLES_MAX) {
		read_unknown(r, node, N_("role or group"), name_of, g);
		return false;
	}
	if (desk_is_well_formed(ret->desk)) return true;
	read_complain(r, node, "'%.60s': after the slash stands one desk", text);
	return false;
}

static const struct group *
group_named(const struct groups *g, const char *name)
{
	for (size_t i = 0; name != NULL && i < g->n; i++) {
		if (strcmp(g->at[i].name, name) == 0) return &g->at[i];
	}
	return NULL;
}

/* The seats of all entries of LIST, groups spelled out. */
static struct seat *
seats_of(
    struct reader *r, const struct yaml_node *list, const struct groups *g, size_t *ret_n)
{
	size_t room = 0, n = 0;
	for (size_t i = 0; i < read_count(list); i++) {
		const struct group *group =
		    group_named(g, yaml_text(read_entry(list, i)));
		room += group == NULL ? 1 : group->n;
	}
	struct seat *seats = read_alloc(r, room, sizeof *seats);
	for (size_t i = 0; seats != NULL && i < read_count(list); i++) {
		const struct yaml_node *entry = read_entry(list, i);
		const struct group     *group = group_named(g, yaml_text(entry));
		if (group == NULL) n += read_seat(r, entry, g, &seats[n]) ? 1 : 0;
		for (size_t k = 0; group != NULL && k < group->n; k++)
			seats[n++] = group->seats[k];
	}
	*ret_n = n;
	return seats;
}

static void
demand_new_group(struct reader *r, const struct yaml_node *key, const char *name,
    const struct groups *g)
{
	if (role_number(r->policy, name) < ROLES_MAX)
		read_complain(r, key, "group '%.40s' has the name of a role", name);
	else if (group_named(g, name) != NULL)
		read_complain(r, key, "group '%.40s' stands here twice", name);
}

const struct groups *
read_groups(struct reader *r, const struct yaml_node *root)
{
	static const struct groups none;
	const struct yaml_node    *map = yaml_get(root, "groups");
	struct groups             *g   = read_alloc(r, 1, sizeof *g);
	if (g == NULL) return &none;
	g->policy = r->policy;
	if (map == NULL || !read_is_map(r, map, "groups")) return g;
	if (yaml_length(map) > GROUPS_MAX)
		read_complain(r, map, "more than %d groups", GROUPS_MAX);
	for (size_t i = 0; i < yaml_length(map) && i < GROUPS_MAX; i++) {
		const char *name = yaml_key(map, i);
		demand_new_group(r, yaml_key_node(map, i), name, g);
		struct group *group = &g->at[g->n];
		group->name         = read_printf(r, "%s", name);
		struct groups roles = {.policy = r->policy};
		group->seats        = seats_of(r, yaml_value(map, i), &roles, &group->n);
		g->n++;
	}
	return g;
}

struct seat *
read_seats(struct reader *r, const struct yaml_node *map, const char *key,
    const struct groups *groups, size_t *ret_n)
{
	const struct yaml_node *node = yaml_get(map, key);
	*ret_n                       = 0;
	if (node == NULL) return NULL;
	if (yaml_text(node) != NULL && *yaml_text(node) == '\0') {
		read_complain(r, node, "'%s' is empty", key);
		return NULL;
	}
	if (read_count(node) == 0 || read_count(node) > NAMES_MAX) {
		read_complain(r, node, "'%s' must name 1 to %d roles", key, NAMES_MAX);
		return NULL;
	}
	return seats_of(r, node, groups, ret_n);
}

/* --- as others see them ---------------------------------------------------------- */

const struct seat_info *
read_seat_infos(struct reader *r, const struct yaml_node *map, const char *key,
    const struct groups *groups, size_t *ret_n)
{
	struct groups none = {.policy = r->policy};
	struct seat  *seats =
	    read_seats(r, map, key, groups != NULL ? groups : &none, ret_n);
	struct seat_info *infos = read_alloc(r, *ret_n, sizeof *infos);
	for (size_t i = 0; infos != NULL && i < *ret_n; i++) {
		demand_desk(r, &seats[i], yaml_name(map), seats[i].line);
		infos[i] = (struct seat_info){
		    r->policy->roles[seats[i].role].info.id, seats[i].desk};
	}
	if (infos == NULL) *ret_n = 0;
	return infos;
}
