/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * read_parties.c - parties.yaml: which regions and roles there are, and who has them.
 * What they signed is read by read_signatures.c.
 */
#include <stdlib.h>
#include <string.h>

#include "policy/read/read.h"

/* --- roles ----------------------------------------------------------------------- */

/* Complain if NAME is a role or alias already. */
static void
demand_new_name(struct reader *r, const struct yaml_node *at, const char *name)
{
	if (*name != '\0' && role_number(r->policy, name) < ROLES_MAX)
		read_complain(r, at, "'%s' already names a role", name);
}

static void
read_aliases(struct reader *r, const struct yaml_node *node, struct role *role)
{
	const struct yaml_node *list = yaml_get(node, "aliases");
	size_t                  n    = list == NULL ? 0 : yaml_length(list);
	const char            **all  = read_alloc(r, n + 1, sizeof *all);
	role->aliases                = all;
	if (all == NULL || list == NULL) return;
	if (!yaml_is_list(list) || n > ALIASES_MAX) {
		read_complain(
		    r, list, "'aliases' must be a list of at most %d", ALIASES_MAX);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		const char *alias = read_id_of(r, yaml_item(list, i));
		demand_new_name(r, yaml_item(list, i), alias);
		all[i] = alias;
	}
}

static void
read_role(struct reader *r, const struct yaml_node *node)
{
	static const char *const none[] = {NULL};
	struct role             *role   = &r->policy->roles[r->policy->n_roles];
	*role                           = (struct role){
	                              .info = {.id = "", .title_nl = "", .title_en = ""}, .aliases = none};
	if (!read_is_map(r, node, "a role")) return;
	role->info.id = read_id(r, node, "id");
	demand_new_name(r, node, role->info.id);
	read_title(r, node, "title", &role->info.title_nl, &role->info.title_en);
	r->policy->n_roles++;
	read_aliases(r, node, role);
	read_no_more(r, node);
}

/* `region`, where parties are unless they say otherwise, and `regions`, the others. */
static void
read_region_names(struct reader *r, const struct yaml_node *root)
{
	const struct yaml_node *list =
	    yaml_get(root, "regions") == NULL
	        ? NULL
	        : read_list(r, root, "regions", REGIONS_MAX - 1);
	size_t       n   = list == NULL ? 0 : yaml_length(list);
	const char **all = read_alloc(r, n + 2, sizeof *all);
	if (all == NULL) return;
	all[0] = read_id(r, root, "region");
	for (size_t i = 0; i < n; i++) all[i + 1] = read_id_of(r, yaml_item(list, i));
	r->policy->regions   = all;
	r->policy->n_regions = n + 1;
}

void
read_roles(struct reader *r, const struct yaml_node *root)
{
	if (!read_is_map(r, root, "parties.yaml")) return;
	read_region_names(r, root);
	const struct yaml_node *list = read_list(r, root, "roles", ROLES_MAX);
	if (list == NULL) return;
	r->policy->roles = read_alloc(r, yaml_length(list), sizeof *r->policy->roles);
	for (size_t i = 0; r->policy->roles != NULL && i < yaml_length(list); i++)
		read_role(r, yaml_item(list, i));
}

/* --- parties --------------------------------------------------------------------- */

static const char *
role_at(const void *arg, size_t i)
{
	const struct policy *p = arg;
	return i < p->n_roles ? p->roles[i].info.id : NULL;
}

static void
read_desks(struct reader *r, const struct yaml_node *node, struct party *party)
{
	const struct yaml_node *list  = read_list(r, node, "desks", DESKS_MAX);
	size_t                  n     = list == NULL ? 0 : yaml_length(list);
	const char            **desks = read_alloc(r, n + 1, sizeof *desks);
	if (desks == NULL) return;
	party->desks = desks;
	for (size_t i = 0; i < n; i++) desks[i] = read_id_of(r, yaml_item(list, i));
}

/* One of the policy's regions; IF_ABSENT where the party names none. */
static const char *
read_region(struct reader *r, const struct yaml_node *node, const char *if_absent)
{
	const struct policy    *p    = r->policy;
	const struct yaml_node *name = yaml_get(node, "region");
	const char             *id   = name == NULL ? if_absent : read_id_of(r, name);
	for (size_t i = 0; name != NULL && i < p->n_regions; i++) {
		if (strcmp(p->regions[i], id) == 0) return id;
	}
	if (name != NULL) read_unknown(r, name, N_("region"), name_in_array, p->regions);
	return id;
}

static void
read_party(struct reader *r, const struct yaml_node *node, const char *region)
{
	static const char *const no_desks[] = {NULL};
	struct member           *m          = &r->policy->members[r->policy->n_members];
	struct party            *party      = &m->party;
	*party = (struct party){.oin = "", .name = "", .role = "", .desks = no_desks};
	if (!read_is_map(r, node, "a party")) return;
	r->policy->n_members++;
	party->line                  = yaml_line(node);
	party->column                = yaml_column(node);
	party->oin                   = read_oin(r, read_needed(r, node, "oin"));
	party->name                  = read_text(r, node, "name", 200);
	party->region                = read_region(r, node, region);
	const struct yaml_node *role = read_needed(r, node, "role");
	m->role                      = role == NULL || yaml_text(role) == NULL
	                                   ? ROLES_MAX
	                                   : role_number(r->policy, yaml_text(role));
	if (role != NULL && yaml_text(role) == NULL)
		read_complain(r, role, "a role must be one name");
	else if (role != NULL && m->role == ROLES_MAX)
		read_unknown(r, role, N_("role"), role_at, r->policy);
	else if (role != NULL)
		party->role = r->policy->roles[m->role].info.id;
	read_desks(r, node, party);
	read_signatures(r, node, m);
	read_no_more(r, node);
}

static int
by_oin(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	return strcmp(x->party.oin, y->party.oin);
}

void
read_parties(struct reader *r, const struct yaml_node *root)
{
	struct policy *p = r->policy;
	if (!yaml_is_map(root)) return;
	const struct yaml_node *list = read_list(r, root, "parties", PARTIES_MAX);
	p->members =
	    list == NULL ? NULL : read_alloc(r, yaml_length(list), sizeof *p->members);
	for (size_t i = 0; p->members != NULL && i < yaml_length(list); i++)
		read_party(r, yaml_item(list, i), p->regions[0]);
	if (p->n_members > 0) qsort(p->members, p->n_members, sizeof *p->members, by_oin);
	for (size_t i = 1; i < p->n_members; i++) {
		if (by_oin(&p->members[i - 1], &p->members[i]) == 0)
			read_complain(
			    r, root, "two parties with OIN %s", p->members[i].party.oin);
	}
	join_signatures(r, root);
	read_approvals(r, root);
	read_subjects(r, root);
	read_end(r, root, "parties");
	read_no_more(r, root);
}
