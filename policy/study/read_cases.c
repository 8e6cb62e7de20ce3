/* SPDX-License-Identifier: EUPL-1.2 */
/* read_cases.c - *.cases.yaml to cases. */
#include "policy/study/read_cases.h"

#include <stdlib.h>
#include <string.h>

#include "proto/auto.h"

enum {
	CASES_BYTES = 64 * 1024 * 1024,
	COVERS_MAX  = 64,
	SAYS_MAX    = 400,
};

static const char id_letters[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
static const char reference_letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

/* --- one case -------------------------------------------------------------------- */

static const char *
read_word(struct reader *r, const struct yaml_node *node, const char *key, size_t max,
    const char *letters)
{
	const char *word = yaml_text(node);
	if (word != NULL && *word != '\0' && strlen(word) <= max &&
	    word[strspn(word, letters)] == '\0')
		return read_printf(r, "%s", word);
	read_complain(r, node,
	    "'%s': one word of at most %zu letters, digits and ._- only, without spaces",
	    key, max);
	return "";
}

static const char *const *
read_covers(struct reader *r, const struct yaml_node *map)
{
	static const char *const none[] = {NULL};
	const struct yaml_node  *list   = read_list(r, map, "covers", COVERS_MAX);
	size_t                   n      = list == NULL ? 0 : yaml_length(list);
	const char             **all    = read_alloc(r, n + 1, sizeof *all);
	if (all == NULL) return none;
	for (size_t i = 0; i < n; i++)
		all[i] =
		    read_word(r, yaml_item(list, i), "covers", 64, reference_letters);
	return all;
}

static void
demand_new_id(struct reader *r, const struct yaml_node *node, const struct cases *cases,
    const char *id)
{
	for (size_t i = 0; *id != '\0' && i < cases->n; i++) {
		const struct policy_case *other = &cases->at[i];
		if (strcmp(other->id, id) == 0)
			read_complain(r, node,
			    "case '%s' stands in %.60s line %u already", id, other->file,
			    other->line);
	}
}

static void
read_case(struct reader *r, const struct policy *p, const struct yaml_node *node,
    const char *file, struct cases *cases)
{
	struct policy_case c = {.file = file, .line = yaml_line(node), .rule = RULE_NONE};
	if (!read_is_map(r, node, "a case")) return;
	const struct yaml_node *id     = read_needed(r, node, "id");
	const struct yaml_node *facts  = read_needed(r, node, "facts");
	const struct yaml_node *expect = read_needed(r, node, "expect");
	c.id     = id == NULL ? "" : read_word(r, id, "id", CASE_ID_MAX, id_letters);
	c.says   = read_text(r, node, "says", SAYS_MAX);
	c.covers = read_covers(r, node);
	read_no_more(r, node);
	if (id == NULL || facts == NULL || expect == NULL) return;
	demand_new_id(r, id, cases, c.id);
	if (!read_is_map(r, expect, "expect")) return;
	c.code  = read_expected_code(r, expect);
	rc code = scenario_read(
	    p, facts, unknown_expected(c.code), r->arena, r->findings, &c.scenario);
	if (code != RC_OK)
		r->status = code;
	else
		read_expect(r, p, expect, &c);
	cases->at[cases->n++] = c;
}

/* --- files ----------------------------------------------------------------------- */

/* NAME without its last five bytes, ".yaml"; NULL unless it is NAME.cases.yaml. */
static const char *
end_of(struct reader *r, const char *name)
{
	static const char suffix[] = ".cases.yaml";
	size_t            n        = strlen(name);
	if (n < sizeof suffix || strcmp(name + n - (sizeof suffix - 1), suffix) != 0)
		return NULL;
	return read_printf(r, "%.*s", (int)(n - strlen(".yaml")), name);
}

static void
read_file(struct reader *r, const struct policy *p, const struct policy_text *text,
    const struct yaml_node *root, struct cases *cases)
{
	const char *end  = end_of(r, text->name);
	const char *file = read_printf(r, "%s", text->name);
	if (end == NULL) {
		read_complain(r, root, "the file must be called NAME.cases.yaml");
		return;
	}
	if (!read_is_map(r, root, "a file of cases")) return;
	const struct yaml_node *list = read_list(r, root, "cases", CASES_MAX);
	for (size_t i = 0; list != NULL && i < yaml_length(list); i++) {
		if (cases->n == CASES_MAX) {
			read_complain(r, list, "more than %d cases", CASES_MAX);
			break;
		}
		read_case(r, p, yaml_item(list, i), file, cases);
	}
	read_end(r, root, end);
	read_no_more(r, root);
}

static int
by_name(const void *a, const void *b)
{
	const struct policy_text *x = a, *y = b;
	return strcmp(x->name, y->name);
}

rc
cases_read(const struct policy *p, const struct policy_text *texts, size_t n,
    struct cases *c, struct findings *findings)
{
	*c              = (struct cases){.arena = arena_init(CASES_BYTES)};
	struct reader r = {.made = p, .arena = &c->arena, .findings = findings};
	c->at           = read_alloc(&r, CASES_MAX, sizeof *c->at);
	struct policy_text *sorted = read_alloc(&r, n, sizeof *sorted);
	if (c->at == NULL || sorted == NULL) return RC_NOMEM;
	if (n > 0) memcpy(sorted, texts, n * sizeof *sorted);
	if (n > 0) qsort(sorted, n, sizeof *sorted, by_name);
	for (size_t i = 0; i < n; i++) {
		AUTO(yaml_destroy) struct yaml_file *file = NULL;
		rc code = yaml_parse(sorted[i].name, sorted[i].text, &file, findings);
		if (code == RC_OK)
			read_file(&r, p, &sorted[i], yaml_root(file), c);
		else if (r.status == RC_OK)
			r.status = code;
	}
	return r.status;
}

void
cases_wipe(struct cases *c)
{
	arena_wipe(&c->arena);
	c->n  = 0;
	c->at = NULL;
}
