/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * read_signatures.c - what a party signed or declared, from when to when, in which
 * regions, and on whose behalf ("mede namens").
 */
#include <string.h>

#include "policy/read/read.h"

static void
read_on_behalf(struct reader *r, const struct yaml_node *node, struct signature *s)
{
	if (yaml_get(node, "on_behalf_of") == NULL) return;
	const struct yaml_node *list = read_list(r, node, "on_behalf_of", PARTIES_MAX);
	size_t                  n    = list == NULL ? 0 : yaml_length(list);
	const char            **all  = read_alloc(r, n, sizeof *all);
	if (all == NULL) return;
	for (size_t i = 0; i < n; i++) all[i] = read_oin(r, yaml_item(list, i));
	s->on_behalf_of = all;
	s->n_on_behalf  = n;
	if (s->declaration)
		read_complain(r, list, "nobody declares confidentiality for another");
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
		read_unknown(r, name, N_("convenant"), convenant_at, r->policy);
	read_term(r, node, &s->from, &s->until);
	if (yaml_get(node, "regions") != NULL) s->regions = read_regions(r, node);
	read_on_behalf(r, node, s);
	read_no_more(r, node);
}

void
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

/* --- on behalf of others --------------------------------------------------------- */

static void
join_to(struct reader *r, const struct signature *s, struct member *m)
{
	const struct signature **all = read_alloc(r, m->n_by_others + 1, sizeof *all);
	if (all == NULL) return;
	if (m->n_by_others > 0) memcpy(all, m->by_others, m->n_by_others * sizeof *all);
	all[m->n_by_others++] = s;
	m->by_others          = all;
}

static struct member *
member_of(struct policy *p, const char *oin)
{
	const struct member *m = member_find(p, oin);
	return m == NULL ? NULL : &p->members[m - p->members];
}

void
join_signatures(struct reader *r, const struct yaml_node *root)
{
	struct policy *p = r->policy;
	for (size_t i = 0; i < p->n_members; i++) {
		for (size_t k = 0; k < p->members[i].n_signatures; k++) {
			const struct signature *s = &p->members[i].signatures[k];
			for (size_t n = 0; n < s->n_on_behalf; n++) {
				struct member *m = member_of(p, s->on_behalf_of[n]);
				if (m == NULL)
					read_complain(r, root,
					    "%s signs on behalf of %s, which is no party",
					    p->members[i].party.oin, s->on_behalf_of[n]);
				else if (m->n_by_others == SIGNATURES_MAX)
					read_complain(r, root,
					    "more than %d signatures on behalf of %s",
					    SIGNATURES_MAX, s->on_behalf_of[n]);
				else
					join_to(r, s, m);
			}
		}
	}
}
