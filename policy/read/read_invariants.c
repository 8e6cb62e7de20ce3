/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * read_invariants.c - what has to hold whatever the rules say.
 *
 * Nothing here changes a ruling: prove.c walks the whole policy for each.  Names are
 * checked as strictly as in a rule, for a misspelt one would prove nothing.
 */
#include <string.h>

#include "policy/read/read.h"

/* What an invariant may compare: facts that follow from the place are no choice. */
static const factset comparable = ~FACTS_OF_PLACE;

/* --- convenants, and the names in them ------------------------------------------- */

/* The convenants under `convenants` as a mask; every one where it is absent. */
static uint64_t
read_convenant_names(struct reader *r, const struct yaml_node *map)
{
	const struct yaml_node *node = yaml_get(map, "convenants");
	uint64_t                mask = 0;
	if (node == NULL) return UINT64_MAX;
	if (read_count(node) == 0)
		read_complain(r, node, "'convenants' is empty: leave it out");
	for (size_t i = 0; i < read_count(node); i++) {
		const struct yaml_node *entry = read_entry(node, i);
		const struct convenant *c =
		    yaml_text(entry) == NULL
		        ? NULL
		        : convenant_find(r->policy, yaml_text(entry));
		if (c != NULL)
			mask |= (uint64_t)1 << (c - r->policy->convenants);
		else if (yaml_text(entry) == NULL)
			read_complain(r, entry, "a convenant must be one name");
		else
			read_unknown(r, entry, N_("convenant"), convenant_at, r->policy);
	}
	return mask;
}

struct names { /* the phases, or the purposes, of some convenants */
	const struct policy *p;
	uint64_t             convenants;
	bool                 phases;
};

static const char *
known_name(const void *arg, size_t i)
{
	const struct names *of = arg;
	for (size_t c = 0; c < of->p->n_convenants; c++) {
		const struct convenant_info *info = &of->p->convenants[c].info;
		const char *const *names = of->phases ? info->phases : info->purposes;
		if ((of->convenants >> c & 1) == 0) continue;
		for (size_t k = 0; names != NULL && names[k] != NULL; k++)
			if (i-- == 0) return names[k];
	}
	return NULL;
}

static bool
is_one_of(const struct names *of, const char *word)
{
	const char *name;
	for (size_t i = 0; (name = known_name(of, i)) != NULL; i++)
		if (strcmp(name, word) == 0) return true;
	return false;
}

/* The names under KEY, each of at least one of these convenants; NULL where absent. */
static const char *const *
read_names(struct reader *r, const struct yaml_node *map, const char *key,
    const char *kind, const struct names *of)
{
	const struct yaml_node *node = yaml_get(map, key);
	if (node == NULL) return NULL;
	size_t       n   = read_count(node);
	const char **all = read_alloc(r, n + 1, sizeof *all);
	if (n == 0) read_complain(r, node, "'%s' is empty: leave it out", key);
	for (size_t i = 0; all != NULL && i < n; i++) {
		const struct yaml_node *entry = read_entry(node, i);
		const char             *word  = yaml_text(entry);
		all[i] = word == NULL ? "" : read_printf(r, "%s", word);
		if (word == NULL)
			read_complain(r, entry, "a %s must be one name", kind);
		else if (!is_one_of(of, word))
			read_unknown(r, entry, kind, known_name, of);
	}
	return all;
}

/* --- where, and about what ------------------------------------------------------- */

static struct seat_list
read_seats_of(struct reader *r, const struct yaml_node *map, const char *key,
    const struct groups *groups)
{
	struct seat_list seats = {0};
	seats.at               = read_seats(r, map, key, groups, &seats.n);
	return seats;
}

static void
refuse_both(
    struct reader *r, const struct yaml_node *map, const char *one, const char *other)
{
	if (yaml_get(map, one) != NULL && yaml_get(map, other) != NULL)
		read_complain(r, map, "'%s' and '%s' exclude each other", one, other);
}

static void
read_who(struct reader *r, const struct yaml_node *map, const struct groups *groups,
    struct invariant *x)
{
	x->recipients        = read_seats_of(r, map, "recipients", groups);
	x->except_recipients = read_seats_of(r, map, "except_recipients", groups);
	x->senders           = read_seats_of(r, map, "senders", groups);
	x->except_senders    = read_seats_of(r, map, "except_senders", groups);
	refuse_both(r, map, "recipients", "except_recipients");
	refuse_both(r, map, "senders", "except_senders");
}

static const char *
audience_at(const void *arg, size_t i)
{
	(void)arg;
	return i < 4 ? audience_name((enum audience)(1u << i)) : NULL;
}

static void
read_where(struct reader *r, const struct yaml_node *map, struct invariant *x)
{
	struct names of = {r->policy, 0, true};
	x->convenants = of.convenants = read_convenant_names(r, map);
	x->phases                     = read_names(r, map, "phases", "phase", &of);
	of.phases                     = false;
	x->purposes                   = read_names(r, map, "purposes", "purpose", &of);
	x->audience                   = (uint8_t)read_mask(
	                      r, map, "as", N_("audience"), audience_at, NULL, AUDIENCES_ALL);
	x->when     = read_facts(r, map, "when", ~(factset)0);
	x->when_any = read_facts(r, map, "when_any", ~(factset)0);
	x->unless   = read_facts(r, map, "unless", ~(factset)0);
}

static void
add_identifying(const struct policy *p, struct fieldset *into)
{
	for (unsigned f = 0; f < schema_signal()->n_fields; f++) {
		if (p->categories[p->category_of[f]].identifying) fieldset_add(into, f);
	}
}

static void
read_about(struct reader *r, const struct yaml_node *map, struct invariant *x)
{
	struct fieldset except = {{0}};
	bool            named  = read_categories_in(r, map, "categories", &x->fields);
	named                  = read_fields_in(r, map, "fields", &x->fields) || named;
	bool excepts           = read_categories_in(r, map, "except_categories", &except);
	excepts = read_fields_in(r, map, "except_fields", &except) || excepts;
	if (read_bool(r, map, "identifying")) {
		add_identifying(r->policy, &x->fields);
		named = true;
	}
	if (!named) x->fields = fieldset_all();
	for (size_t i = 0; excepts && i < SCHEMA_FIELDS_MAX / 64; i++)
		x->fields.bits[i] &= ~except.bits[i];
}

/* --- what must never be ---------------------------------------------------------- */

static const char *
given_at(const void *arg, size_t i)
{
	static const char *const names[] = {
	    "given", "pseudonymise", "generalise", "release", NULL};
	(void)arg;
	return names[i];
}

/* `never: given`, or the actions themselves. */
static void
read_never(struct reader *r, const struct yaml_node *map, struct invariant *x)
{
	uint16_t all = 1u << SLUIS__ACTION__ACTION_PSEUDONYMISE |
	               1u << SLUIS__ACTION__ACTION_GENERALISE |
	               1u << SLUIS__ACTION__ACTION_RELEASE;
	uint16_t said = read_mask(r, map, "never", N_("action"), given_at, NULL, 0);
	x->actions =
	    (uint8_t)((said & 1) != 0 ? all : said << SLUIS__ACTION__ACTION_WITHHOLD);
}

static void
read_never_wider(struct reader *r, const struct yaml_node *node, struct invariant *x)
{
	x->wider = true;
	if (!read_is_map(r, node, "'never_wider'")) return;
	if (yaml_get(node, "instead_of") == NULL) (void)read_needed(r, node, "with");
	x->with       = read_facts(r, node, "with", comparable);
	x->instead_of = read_facts(r, node, "instead_of", comparable);
	if ((x->with & x->instead_of) != 0)
		read_complain(
		    r, node, "a fact stands in 'with' and in 'instead_of' as well");
	read_no_more(r, node);
}

/* --- one invariant --------------------------------------------------------------- */

static void
refuse_repeated(struct reader *r, const struct yaml_node *map, const struct invariant *x)
{
	for (size_t i = 0; *x->info.id != '\0' && i + 1 < r->policy->n_invariants; i++) {
		const struct invariant_info *other = &r->policy->invariants[i].info;
		if (strcmp(other->id, x->info.id) == 0)
			read_complain(r, map,
			    "invariant id '%s' stands in line %u already", other->id,
			    other->line);
	}
}

static void
read_invariant(struct reader *r, const struct yaml_node *map, const struct groups *groups,
    struct invariant *x)
{
	if (!read_is_map(r, map, "an invariant")) return;
	const struct yaml_node *wider = yaml_get(map, "never_wider");
	x->info.id                    = read_id(r, map, "id");
	x->info.file                  = read_printf(r, "%s", yaml_name(map));
	x->info.line                  = yaml_line(map);
	if (yaml_get(map, "article") != NULL)
		x->info.article = read_text(r, map, "article", 200);
	read_title(r, map, "text", &x->info.text_nl, &x->info.text_en);
	refuse_repeated(r, map, x);
	read_where(r, map, x);
	read_who(r, map, groups, x);
	read_about(r, map, x);
	if ((wider != NULL) == (yaml_get(map, "never") != NULL))
		read_complain(
		    r, map, "an invariant says either 'never' or 'never_wider'");
	else if (wider != NULL)
		read_never_wider(r, wider, x);
	else
		read_never(r, map, x);
	read_no_more(r, map);
}

void
read_invariants(struct reader *r, const struct yaml_node *root)
{
	struct policy *p = r->policy;
	if (root == NULL || !read_is_map(r, root, "an invariants file")) return;
	const struct groups    *groups = read_groups(r, root);
	const struct yaml_node *list   = read_list(r, root, "invariants", INVARIANTS_MAX);
	size_t                  n      = list == NULL ? 0 : yaml_length(list);
	p->invariants                  = read_alloc(r, n, sizeof *p->invariants);
	for (size_t i = 0; p->invariants != NULL && i < n; i++) {
		struct invariant *x = &p->invariants[p->n_invariants++];
		*x                  = (struct invariant){.info = {.id = "",
		                                             .article = "",
		                                             .text_nl = "",
		                                             .text_en = "",
		                                             .file    = ""}};
		read_invariant(r, yaml_item(list, i), groups, x);
	}
	read_end(r, root, "invariants");
	read_no_more(r, root);
}
