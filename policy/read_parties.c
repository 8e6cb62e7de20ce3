/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * read_parties.c - parties.yaml: which roles there are, who has them, and who
 * signed what from when to when.
 */
#include <stdlib.h>
#include <string.h>

#include "policy/read.h"

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
	*role = (struct role){.id = "", .title_nl = "", .title_en = "", .aliases = none};
	if (!read_is_map(r, node, "a role")) return;
	role->id = read_id(r, node, "id");
	demand_new_name(r, node, role->id);
	read_title(r, node, "title", &role->title_nl, &role->title_en);
	r->policy->n_roles++;
	read_aliases(r, node, role);
	read_no_more(r, node);
}

void
read_roles(struct reader *r, const struct yaml_node *root)
{
	if (!read_is_map(r, root, "parties.yaml")) return;
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
	return i < p->n_roles ? p->roles[i].id : NULL;
}

static const char *
convenant_at(const void *arg, size_t i)
{
	const struct policy *p = arg;
	return i < p->n_convenants ? p->convenants[i].info.id : NULL;
}

static const char *
read_oin(struct reader *r, const struct yaml_node *node)
{
	const char *oin = read_text(r, node, "oin", OIN_DIGITS);
	if (strspn(oin, "0123456789") == OIN_DIGITS) return oin;
	read_complain(r, node, "an OIN has %d digits, between quotes", OIN_DIGITS);
	return "";
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

static void
read_signature(
    struct reader *r, const struct yaml_node *node, bool declaration, struct member *m)
{
	if (!read_is_map(r, node, "a signature")) return;
	struct signature       *s    = &m->signatures[m->n_signatures++];
	const struct yaml_node *name = read_needed(r, node, "convenant");
	const char             *text = name == NULL ? NULL : yaml_text(name);
	const struct convenant *c = text == NULL ? NULL : convenant_find(r->policy, text);
	s->declaration            = declaration;
	s->convenant              = c == NULL ? "" : c->info.id;
	if (name != NULL && text == NULL)
		read_complain(r, name, "a convenant must be one name");
	else if (text != NULL && c == NULL)
		read_unknown(r, name, "convenant", convenant_at, r->policy);
	read_term(r, node, &s->from, &s->until);
	read_no_more(r, node);
}

static void
read_signatures(struct reader *r, const struct yaml_node *node, struct member *m)
{
	static const char *const keys[] = {"signed", "declared"};
	const struct yaml_node  *lists[2];
	size_t                   n = 0;
	for (int k = 0; k < 2; k++) {
		lists[k] = yaml_get(node, keys[k]);
		if (lists[k] == NULL) continue;
		n += yaml_length(lists[k]);
		if (yaml_is_list(lists[k]) && n <= SIGNATURES_MAX) continue;
		read_complain(r, lists[k], "'%s' must be a list of at most %d", keys[k],
		    SIGNATURES_MAX);
		return;
	}
	m->signatures = read_alloc(r, n, sizeof *m->signatures);
	for (int k = 0; m->signatures != NULL && k < 2; k++) {
		for (size_t i = 0; lists[k] != NULL && i < yaml_length(lists[k]); i++)
			read_signature(r, yaml_item(lists[k], i), k == 1, m);
	}
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
	party->oin  = read_oin(r, node);
	party->name = read_text(r, node, "name", 200);
	party->region =
	    yaml_get(node, "region") != NULL ? read_id(r, node, "region") : region;
	const struct yaml_node *role = read_needed(r, node, "role");
	m->role                      = role == NULL || yaml_text(role) == NULL
	                                   ? ROLES_MAX
	                                   : role_number(r->policy, yaml_text(role));
	if (role != NULL && yaml_text(role) == NULL)
		read_complain(r, role, "a role must be one name");
	else if (role != NULL && m->role == ROLES_MAX)
		read_unknown(r, role, "role", role_at, r->policy);
	else if (role != NULL)
		party->role = r->policy->roles[m->role].id;
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
	const char             *region = read_id(r, root, "region");
	const struct yaml_node *list   = read_list(r, root, "parties", PARTIES_MAX);
	p->members =
	    list == NULL ? NULL : read_alloc(r, yaml_length(list), sizeof *p->members);
	for (size_t i = 0; p->members != NULL && i < yaml_length(list); i++)
		read_party(r, yaml_item(list, i), region);
	if (p->n_members > 0) qsort(p->members, p->n_members, sizeof *p->members, by_oin);
	for (size_t i = 1; i < p->n_members; i++) {
		if (by_oin(&p->members[i - 1], &p->members[i]) == 0)
			read_complain(
			    r, root, "two parties with OIN %s", p->members[i].party.oin);
	}
	read_end(r, root, "parties");
	read_no_more(r, root);
}
