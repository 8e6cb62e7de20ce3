/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * read_subjects.c - `subjects` of parties.yaml: who answers a person that asks what was
 * shared about her, under which convenants, and which second desk agrees.
 */
#include <string.h>

#include "policy/read/read.h"

static const char *
known_at(const void *arg, size_t i)
{
	const struct policy *p = arg;
	return i < p->n_convenants ? p->convenants[i].info.id : NULL;
}

/* Whether one of the entries so far answers for convenant ID. */
static bool
is_taken(const struct policy *p, const char *id)
{
	for (size_t i = 0; i < p->n_subjects; i++)
		for (size_t k = 0; p->subjects[i].convenants[k] != NULL; k++)
			if (strcmp(p->subjects[i].convenants[k], id) == 0) return true;
	return false;
}

static const char *const *
read_convenants(struct reader *r, const struct yaml_node *node)
{
	static const char *const none[] = {NULL};
	const struct yaml_node  *list   = read_list(r, node, "convenants", 64);
	size_t                   n      = list == NULL ? 0 : yaml_length(list);
	const char             **all    = read_alloc(r, n + 1, sizeof *all);
	if (all == NULL) return none;
	for (size_t i = 0; i < n; i++) {
		const struct yaml_node *at   = yaml_item(list, i);
		const char             *text = yaml_text(at);
		const struct convenant *c =
		    text == NULL ? NULL : convenant_find(r->policy, text);
		all[i] = c == NULL ? "" : c->info.id;
		if (c == NULL)
			read_unknown(r, at, N_("convenant"), known_at, r->policy);
		else if (is_taken(r->policy, c->info.id))
			read_complain(r, at, "'%s' stands here twice", c->info.id);
		for (size_t k = 0; c != NULL && k < i; k++)
			if (strcmp(all[k], c->info.id) == 0)
				read_complain(
				    r, at, "'%s' stands here twice", c->info.id);
	}
	return all;
}

/* A desk of party M; "" after a complaint. */
static const char *
read_desk(struct reader *r, const struct yaml_node *map, const char *key,
    const struct member *m)
{
	const char *desk = read_id(r, map, key);
	if (m != NULL && *desk != '\0' && !party_has_desk(&m->party, desk))
		read_unknown(
		    r, yaml_get(map, key), N_("desk"), name_in_array, m->party.desks);
	return desk;
}

static void
read_subject(struct reader *r, const struct yaml_node *node, struct subject_info *s)
{
	static const char *const none[] = {NULL};
	*s                              = (struct subject_info){
	                                 .convenants = none, .oin = "", .desk = "", .second = "", .article = ""};
	if (!read_is_map(r, node, "a contact point")) return;
	s->convenants          = read_convenants(r, node);
	s->oin                 = read_oin(r, read_needed(r, node, "oin"));
	const struct member *m = member_find(r->policy, s->oin);
	if (*s->oin != '\0' && m == NULL)
		read_complain(r, node, "no party has OIN %s", s->oin);
	s->desk    = read_desk(r, node, "desk", m);
	s->second  = read_desk(r, node, "second", m);
	s->article = read_text(r, node, "article", 200);
	if (*s->desk != '\0' && strcmp(s->desk, s->second) == 0)
		read_complain(r, node, "'second' must be another desk than 'desk'");
	read_no_more(r, node);
}

void
read_subjects(struct reader *r, const struct yaml_node *root)
{
	struct policy *p = r->policy;
	if (yaml_get(root, "subjects") == NULL) return;
	const struct yaml_node *list = read_list(r, root, "subjects", 64);
	size_t                  n    = list == NULL ? 0 : yaml_length(list);
	p->subjects                  = read_alloc(r, n, sizeof *p->subjects);
	for (size_t i = 0; p->subjects != NULL && i < n; i++) {
		read_subject(r, yaml_item(list, i), &p->subjects[i]);
		p->n_subjects++;
	}
}
