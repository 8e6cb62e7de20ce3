/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * read_approvals.c - the version of a bundle, and per convenant how many of which
 * parties have to sign it before it takes effect.
 */
#include <string.h>

#include "policy/read/read.h"

static const char *
approved_at(const void *arg, size_t i)
{
	const struct policy *p = arg;
	return i < p->n_convenants ? p->convenants[i].info.id : NULL;
}

static void
read_approvers(struct reader *r, const struct yaml_node *node, struct approval_info *a)
{
	const struct yaml_node *list = read_list(r, node, "of", PARTIES_MAX);
	size_t                  n    = list == NULL ? 0 : yaml_length(list);
	const char            **all  = read_alloc(r, n, sizeof *all);
	if (all == NULL) return;
	for (size_t i = 0; i < n; i++) {
		all[i] = read_oin(r, yaml_item(list, i));
		if (*all[i] != '\0' && member_find(r->policy, all[i]) == NULL)
			read_complain(
			    r, yaml_item(list, i), "no party has OIN %s", all[i]);
		for (size_t k = 0; k < i; k++) {
			if (strcmp(all[k], all[i]) == 0)
				read_complain(r, yaml_item(list, i),
				    "'%s' stands here twice", all[i]);
		}
	}
	a->of   = all;
	a->n_of = n;
}

static void
read_approval(struct reader *r, const struct yaml_node *node, struct approval_info *a)
{
	a->convenant = "";
	if (!read_is_map(r, node, "an approval")) return;
	const struct yaml_node *name = read_needed(r, node, "convenant");
	const char             *text = name == NULL ? NULL : yaml_text(name);
	const struct convenant *c = text == NULL ? NULL : convenant_find(r->policy, text);
	if (c != NULL)
		a->convenant = c->info.id;
	else if (name != NULL)
		read_unknown(r, name, N_("convenant"), approved_at, r->policy);
	read_approvers(r, node, a);
	a->needed = read_number(r, node, "needed", 1, PARTIES_MAX);
	if (a->needed > a->n_of)
		read_complain(
		    r, node, "%u signatures needed of %zu parties", a->needed, a->n_of);
	read_no_more(r, node);
}

void
read_approvals(struct reader *r, const struct yaml_node *root)
{
	struct policy *p = r->policy;
	p->version       = yaml_get(root, "version") == NULL
	                       ? 0
	                       : read_number(r, root, "version", 1, UINT32_MAX);
	if (yaml_get(root, "approval") == NULL) return;
	const struct yaml_node *list = read_list(r, root, "approval", APPROVALS_MAX);
	size_t                  n    = list == NULL ? 0 : yaml_length(list);
	p->approvals                 = read_alloc(r, n, sizeof *p->approvals);
	for (size_t i = 0; p->approvals != NULL && i < n; i++) {
		read_approval(r, yaml_item(list, i), &p->approvals[p->n_approvals++]);
		for (size_t k = 0; k < i; k++) {
			if (strcmp(p->approvals[k].convenant,
			        p->approvals[i].convenant) == 0)
				read_complain(r, yaml_item(list, i),
				    "'%s' stands here twice", p->approvals[i].convenant);
		}
	}
}
