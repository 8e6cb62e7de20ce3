/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * compile.c - files to a policy: parse, read, check what concerns several files,
 * build the tables.
 */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "policy/read/read.h"
#include "proto/auto.h"

struct sources { /* the files of one policy, sorted by name */
	size_t             n;
	struct policy_text texts[FILES_MAX];
	struct yaml_file  *trees[FILES_MAX];
};

static void
sources_wipe(struct sources *s)
{
	for (size_t i = 0; i < s->n; i++) yaml_destroy(&s->trees[i]);
}

/* --- files ----------------------------------------------------------------------- */

static void
complain_of_file(struct findings *f, const char *file, const char *text)
{
	finding_add(f, true, finding_at(file, 0, 0), "%s", finding_tr(f, text));
}

static int
by_name(const void *a, const void *b)
{
	const struct policy_text *x = a, *y = b;
	return strcmp(x->name, y->name);
}

static rc
sort_texts(
    const struct policy_text *texts, size_t n, struct sources *s, struct findings *f)
{
	if (n > FILES_MAX) {
		complain_of_file(f, "", "more than 64 files");
		return RC_POLICY;
	}
	if (n > 0) memcpy(s->texts, texts, n * sizeof *texts);
	s->n = n;
	qsort(s->texts, n, sizeof *s->texts, by_name);
	for (size_t i = 0; i < n; i++) {
		const char *name = s->texts[i].name;
		size_t      len  = strlen(name);
		const char *why  = NULL;
		if (i > 0 && strcmp(name, s->texts[i - 1].name) == 0)
			why = N_("the file is given twice");
		else if (len < 6 || strcmp(name + len - 5, ".yaml") != 0)
			why = N_("no .yaml file");
		else if (s->texts[i].text.n > FILE_BYTES_MAX)
			why = N_("larger than 1 MiB");
		else if (strchr(name, '/') != NULL && !policy_is_route(name))
			why = N_("stands in a folder that is not read");
		if (why == NULL) continue;
		complain_of_file(f, name, why);
		return RC_POLICY;
	}
	return RC_OK;
}

static rc
parse_all(struct sources *s, struct findings *f)
{
	rc worst = RC_OK;
	for (size_t i = 0; i < s->n; i++) {
		rc code = yaml_parse(s->texts[i].name, s->texts[i].text, &s->trees[i], f);
		if (worst == RC_OK) worst = code;
	}
	return worst;
}

static const struct yaml_node *
root_of(const struct sources *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++) {
		if (strcmp(s->texts[i].name, name) == 0) return yaml_root(s->trees[i]);
	}
	return NULL;
}

/* The names and texts, sorted by name, each after its length. */
static void
hash_texts(const struct sources *s, struct hash *ret)
{
	crypto_hash_sha256_state state;
	uint8_t                  length[8];
	crypto_hash_sha256_init(&state);
	for (size_t i = 0; i < s->n; i++) {
		struct slice parts[] = {slice_str(s->texts[i].name), s->texts[i].text};
		for (int k = 0; k < 2; k++) {
			put_u64_be(length, parts[k].n);
			crypto_hash_sha256_update(&state, length, sizeof length);
			if (parts[k].n > 0)
				crypto_hash_sha256_update(&state, parts[k].p, parts[k].n);
		}
	}
	crypto_hash_sha256_final(&state, ret->b);
}

/* --- what concerns several files ------------------------------------------------- */

static int
by_rule_id(const void *a, const void *b)
{
	const struct rule *x = *(const struct rule *const *)a,
	                  *y = *(const struct rule *const *)b;
	int d                = strcmp(x->info.id, y->info.id);
	if (d != 0) return d;
	int file = strcmp(x->info.file, y->info.file);
	return file != 0 ? file
	                 : (x->info.line > y->info.line) - (x->info.line < y->info.line);
}

static void
complain_of_rule(struct reader *r, const struct rule *rule, const struct rule *other)
{
	r->status = RC_POLICY;
	finding_add(r->findings, true,
	    finding_at(rule->info.file, rule->info.line, rule->info.column),
	    "rule id '%s' stands in %.60s line %u already", rule->info.id,
	    other->info.file, other->info.line);
}

/* Number the rules of all convenants, and demand that each id means one of them. */
static void
number_rules(struct reader *r)
{
	struct policy *p = r->policy;
	for (size_t i = 0; i < p->n_convenants; i++) {
		p->convenants[i].first_rule = (unsigned)p->n_rules;
		p->n_rules += p->convenants[i].n_rules;
	}
	const struct rule **sorted = read_alloc(r, p->n_rules, sizeof *sorted);
	p->rules                   = read_alloc(r, p->n_rules, sizeof *p->rules);
	if (p->rules == NULL || sorted == NULL) return;
	for (size_t i = 0; i < p->n_convenants; i++) {
		const struct convenant *c = &p->convenants[i];
		for (size_t k = 0; k < c->n_rules; k++)
			p->rules[c->first_rule + k] = &c->rules[k];
	}
	memcpy(sorted, p->rules, p->n_rules * sizeof *sorted);
	if (p->n_rules > 0) qsort(sorted, p->n_rules, sizeof *sorted, by_rule_id);
	for (size_t i = 1; i < p->n_rules; i++) {
		if (strcmp(sorted[i]->info.id, sorted[i - 1]->info.id) == 0)
			complain_of_rule(r, sorted[i], sorted[i - 1]);
	}
}

/* --- compiling ------------------------------------------------------------------- */

static bool
is_convenant(const char *name)
{
	return strcmp(name, "categories.yaml") != 0 &&
	       strcmp(name, "parties.yaml") != 0 &&
	       strcmp(name, "invariants.yaml") != 0 && !policy_is_route(name);
}

static void
read_convenants(struct reader *r, const struct sources *s)
{
	struct policy *p = r->policy;
	p->convenants    = read_alloc(r, s->n, sizeof *p->convenants);
	for (size_t i = 0; p->convenants != NULL && i < s->n; i++) {
		if (!is_convenant(s->texts[i].name)) continue;
		struct convenant *c = &p->convenants[p->n_convenants++];
		c->info = (struct convenant_info){.id = "", .title = "", .article = ""};
		read_convenant(r, yaml_root(s->trees[i]), c);
	}
}

/* What names other convenants and parties: `gates`, `reveals`, `links`. */
static void
read_convenant_tables(struct reader *r, const struct sources *s)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n && n < r->policy->n_convenants; i++) {
		if (!is_convenant(s->texts[i].name)) continue;
		const struct yaml_node *root = yaml_root(s->trees[i]);
		struct convenant       *c    = &r->policy->convenants[n++];
		if (!yaml_is_map(root)) continue;
		read_gates(r, root, c);
		read_reveals(r, root, c);
		read_links(r, root, c);
	}
}

static void
read_routes(struct reader *r, const struct sources *s)
{
	struct policy *p = r->policy;
	p->routes        = read_alloc(r, s->n, sizeof *p->routes);
	for (size_t i = 0; p->routes != NULL && i < s->n; i++) {
		if (!policy_is_route(s->texts[i].name)) continue;
		read_route(r, yaml_root(s->trees[i]), &p->routes[p->n_routes++]);
	}
}

/* Each step names what the one before has read. */
static void
read_all(struct reader *r, const struct sources *s)
{
	const struct yaml_node *categories = root_of(s, "categories.yaml");
	const struct yaml_node *parties    = root_of(s, "parties.yaml");
	if (categories == NULL || parties == NULL) {
		r->status = RC_POLICY;
		complain_of_file(r->findings,
		    categories == NULL ? "categories.yaml" : "parties.yaml",
		    "the file is missing");
		return;
	}
	read_categories(r, categories);
	read_roles(r, parties);
	if (r->status != RC_OK) return; /* what follows would complain of every line */
	read_convenants(r, s);
	read_parties(r, parties);
	read_invariants(r, root_of(s, "invariants.yaml"));
	number_rules(r);
	demand_desks(r);
	read_convenant_tables(r, s);
	read_routes(r, s);
}

rc
policy_compile(const struct policy_text *texts, size_t n, struct policy **ret,
    struct findings *findings)
{
	AUTO(sources_wipe) struct sources   s = {0};
	AUTO(policy_destroy) struct policy *p = calloc(1, sizeof *p);
	if (p == NULL) return RC_NOMEM;
	p->arena = arena_init(POLICY_BYTES);
	TRY(sort_texts(texts, n, &s, findings));
	TRY(parse_all(&s, findings));
	struct reader r = {.policy = p, .arena = &p->arena, .findings = findings};
	read_all(&r, &s);
	TRY(r.status);
	for (size_t i = 0; i < p->n_convenants; i++)
		TRY(table_build(p, &p->convenants[i], findings));
	hash_texts(&s, &p->hash);
	*ret = TAKE(p);
	return RC_OK;
}

rc
policy_texts_hash(const struct policy_text *texts, size_t n, struct hash *ret)
{
	AUTO(sources_wipe) struct sources s = {0};
	TRY(sort_texts(texts, n, &s, NULL));
	hash_texts(&s, ret);
	return RC_OK;
}

void
policy_destroy(struct policy **pp)
{
	if (*pp == NULL) return;
	arena_wipe(&(*pp)->arena);
	free(*pp);
	*pp = NULL;
}
