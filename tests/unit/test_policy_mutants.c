/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * test_policy_mutants.c - the shipped cases notice what is gone from a rule.
 *
 * Each rule and bar of the shipped policy is taken out of the compiled tables in turn,
 * and then each of its conditions (its phases out of the text); at least one case must
 * fail then.  So nothing can be deleted from a convenant without somebody being told what
 * it was for.  A condition that makes no difference anywhere, because another rule says
 * the same, is let go.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "policy/read/files.h"
#include "policy/study/cases.h"
#include "policy/study/space.h"
#include "proto/auto.h"

struct world {
	struct policy      *policy;
	struct policy_files files; /* the cases */
	struct policy_files texts; /* the policy */
	struct cases        cases;
	struct findings     findings;
};

static int
open_world(void **state)
{
	struct world      *w = calloc(1, sizeof *w);
	struct policy_text texts[POLICY_FILES_MAX];
	*state = w;
	if (w == NULL ||
	    policy_files_read(SOURCE_DIR "/policy", false, &w->texts, &w->findings) !=
	        RC_OK ||
	    policy_files_compile(&w->texts, &w->policy, &w->findings) != RC_OK ||
	    policy_cases_read(SOURCE_DIR "/policy", &w->files, &w->findings) != RC_OK)
		return -1;
	rc code = cases_read(w->policy, texts, policy_files_texts(&w->files, texts),
	    &w->cases, &w->findings);
	for (size_t i = 0; code != RC_OK && i < w->findings.n; i++)
		print_message("%s:%u: %s\n", w->findings.at[i].file,
		    w->findings.at[i].line, w->findings.at[i].text);
	return code == RC_OK ? 0 : -1;
}

static int
close_world(void **state)
{
	struct world *w = *state;
	cases_wipe(&w->cases);
	policy_files_wipe(&w->files);
	policy_files_wipe(&w->texts);
	policy_destroy(&w->policy);
	free(w);
	return 0;
}

static bool
all_hold(const struct world *w)
{
	for (size_t i = 0; i < w->cases.n; i++) {
		if (!case_holds(w->policy, &w->cases.at[i], NULL, NULL, NULL))
			return false;
	}
	return true;
}

/* --- changing a rule ------------------------------------------------------------- */

/* No fact has these numbers, so a candidate that wants them never holds. */
static const factset never = (factset)1 << 31 | (factset)1 << 63;

enum what { ALL, WHEN, WHEN_ANY, UNLESS, SOURCES, PURPOSES, AUDIENCE };

static const char *const what_names[] = {
    "", "when", "when_any", "unless", "sources", "purposes", "for"};

struct change { /* what is dropped */
	const struct rule *rule;
	unsigned           number;
	enum what          what;
	factset            fact; /* WHEN, UNLESS */
	uint64_t           senders;
};

static void
drop(const struct change *x, struct candidate *c)
{
	switch (x->what) {
	case ALL:
		c->when |= never;
		break;
	case WHEN:
		c->when &= ~x->fact;
		break;
	case WHEN_ANY:
		c->when_any = 0;
		break;
	case UNLESS:
		c->unless &= ~x->fact;
		break;
	case SOURCES:
		c->sources          = x->senders;
		c->not_source_desks = 0;
		break;
	case PURPOSES:
		c->purposes = UINT16_MAX;
		break;
	case AUDIENCE:
		c->audience = AUDIENCES_ALL;
		break;
	}
}

struct kept { /* the candidates of a rule as they were */
	size_t n;
	struct {
		struct candidate *at, was;
	} all[20000];
};

static void
change_list(const struct change *x, struct kept *k, struct candidate *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (c[i].rule != x->number) continue;
		assert_true(k->n < sizeof k->all / sizeof k->all[0]);
		k->all[k->n].at    = &c[i];
		k->all[k->n++].was = c[i];
		drop(x, &c[i]);
	}
}

static void
change_everywhere(struct policy *p, const struct change *x, struct kept *k)
{
	k->n = 0;
	for (size_t i = 0; i < p->n_convenants; i++) {
		struct convenant *c = &p->convenants[i];
		change_list(x, k, c->refuse, c->n_refuse);
		for (size_t r = 0; r < c->n_phases * c->n_seats; r++) {
			struct row *row = &c->rows[r];
			change_list(x, k, row->candidates, row->starts[row->n_lists]);
			change_list(x, k, row->ranked, row->n_ranked);
			change_list(x, k, row->grants, row->n_grants);
			change_list(x, k, row->excludes, row->n_excludes);
			change_list(x, k, row->refusals, row->n_refusals);
		}
	}
}

static void
restore(struct kept *k)
{
	for (size_t i = 0; i < k->n; i++) *k->all[i].at = k->all[i].was;
}

/* --- what difference it makes ---------------------------------------------------- */

static void
mix(uint64_t *digest, uint64_t value)
{
	*digest = (*digest ^ value) * 0x100000001b3u;
}

/* One field for all that have the same candidates. */
static bool
is_first_of_list(const struct row *row, const struct rule *rule, unsigned field)
{
	if (!fieldset_has(&rule->fields, field)) return false;
	for (unsigned f = 0; f < field; f++) {
		if (fieldset_has(&rule->fields, f) &&
		    row->list_of[f] == row->list_of[field] &&
		    field_of_person(f) == field_of_person(field))
			return false;
	}
	return true;
}

static void
mix_field(uint64_t *digest, const struct site *at, const struct rule *rule, unsigned f)
{
	struct facts_walk w;
	factset           own = rule->when | rule->when_any | rule->unless;
	facts_walk_begin(&w, place_relevant(at, f) | own, field_of_person(f));
	while (facts_walk_next(&w)) {
		struct outcome o = place_outcome(at, f, w.facts);
		mix(digest, (uint64_t)o.code << 16 | (uint64_t)o.cell.action << 8 |
		                o.cell.generalise);
	}
}

static bool
is_in(const struct row *row, unsigned rule)
{
	for (size_t i = 0; i < row->n_ranked; i++)
		if (row->ranked[i].rule == rule) return true;
	return false;
}

/* Everything that can come out for the fields of the rule of X. */
static uint64_t
digest_of(const struct policy *p, const struct change *x)
{
	const struct rule *rule   = x->rule;
	uint64_t           digest = 0xcbf29ce484222325u;
	struct site        at;
	bool more = place_first(p, convenant_find(p, rule->info.convenant), &at);
	for (; more; more = place_next(&at)) {
		if (!is_in(place_row(&at), x->number)) continue;
		for (unsigned f = 0; f < schema_signal()->n_fields; f++)
			if (is_first_of_list(place_row(&at), rule, f))
				mix_field(&digest, &at, rule, f);
	}
	return digest;
}

/* Whether the cases notice, or there is nothing to notice. */
static bool
is_noticed(struct world *w, const struct change *x)
{
	static struct kept kept;
	uint64_t           changed = 0;
	change_everywhere(w->policy, x, &kept);
	bool noticed = !all_hold(w);
	if (!noticed && x->what != ALL) changed = digest_of(w->policy, x);
	restore(&kept);
	if (!noticed && x->what != ALL) noticed = changed == digest_of(w->policy, x);
	if (!noticed)
		print_message("%s:%u: no case fails without %s of %s\n",
		    x->rule->info.file, x->rule->info.line, what_names[x->what],
		    x->rule->info.id);
	return noticed;
}

/* --- claims ---------------------------------------------------------------------- */

static void
the_shipped_cases_hold(void **state)
{
	struct world *w = *state;
	assert_true(w->cases.n > 400);
	assert_true(all_hold(w));
}

static void
no_rule_can_be_dropped_unnoticed(void **state)
{
	struct world *w         = *state;
	size_t        unnoticed = 0;
	for (unsigned i = 0; i < w->policy->n_rules; i++) {
		struct change x = {.rule = w->policy->rules[i], .number = i, .what = ALL};
		unnoticed += is_noticed(w, &x) ? 0 : 1;
	}
	assert_int_equal(unnoticed, 0);
	assert_true(all_hold(w));
}

static uint64_t
senders_of(const struct policy *p, const struct rule *rule)
{
	const struct convenant *c     = convenant_find(p, rule->info.convenant);
	uint64_t                roles = 0;
	for (size_t i = 0; i < c->n_senders; i++)
		roles |= (uint64_t)1 << c->senders[i].role;
	return roles;
}

static size_t
unnoticed_facts(struct world *w, struct change x, enum what what, factset facts)
{
	size_t n = 0;
	x.what   = what;
	for (unsigned bit = 0; bit < 64; bit++) {
		x.fact = facts & (factset)1 << bit;
		if (x.fact != 0) n += is_noticed(w, &x) ? 0 : 1;
	}
	return n;
}

static size_t
unnoticed_conditions(struct world *w, struct change x)
{
	const struct rule *r = x.rule;
	size_t             n = unnoticed_facts(w, x, WHEN, r->when) +
	           unnoticed_facts(w, x, UNLESS, r->unless);
	const bool has[] = {[WHEN_ANY] = r->when_any != 0,
	    [SOURCES]  = (x.senders & ~r->sources) != 0 || r->not_source_desks != 0,
	    [PURPOSES] = !r->info.bar,
	    [AUDIENCE] = !r->info.bar};
	for (x.what = WHEN_ANY; x.what <= AUDIENCE; x.what++)
		if (has[x.what]) n += is_noticed(w, &x) ? 0 : 1;
	return n;
}

static void
no_condition_can_be_dropped_unnoticed(void **state)
{
	struct world *w         = *state;
	size_t        unnoticed = 0;
	for (unsigned i = 0; i < w->policy->n_rules; i++) {
		const struct rule *rule = w->policy->rules[i];
		unnoticed +=
		    unnoticed_conditions(w, (struct change){.rule = rule,
		                                .number           = i,
		                                .senders = senders_of(w->policy, rule)});
	}
	assert_int_equal(unnoticed, 0);
	assert_true(all_hold(w));
}

/* --- phases ---------------------------------------------------------------------- */

/* The line of RULE in its file that begins with KEY; NULL if it has none. */
static char *
line_of(struct world *w, const struct rule *rule, const char *key)
{
	struct policy_file *file = w->texts.files;
	while (strcmp(file->name, rule->info.file) != 0) file++;
	char *line = (char *)file->bytes, *end = line + file->n;
	for (unsigned n = 1; n < rule->info.line; n++)
		line = (char *)memchr(line, '\n', (size_t)(end - line)) + 1;
	do {
		char *stop = memchr(line, '\n', (size_t)(end - line));
		if (stop == NULL || stop + 1 == end) return NULL;
		line = stop + 1;
		if (strncmp(line, "  - id:", 7) == 0) return NULL;
	} while (strncmp(line, key, strlen(key)) != 0);
	return line;
}

static bool
holds_without_line(struct world *w, char *line)
{
	AUTO(policy_destroy) struct policy *p     = NULL;
	AUTO(cases_wipe) struct cases       cases = {.n = 0};
	struct policy_text                  texts[POLICY_FILES_MAX];
	char                                kept[200];
	size_t                              n = strcspn(line, "\n");
	assert_true(n < sizeof kept);
	memcpy(kept, line, n);
	memset(line, ' ', n);
	assert_int_equal(policy_files_compile(&w->texts, &p, &w->findings), RC_OK);
	memcpy(line, kept, n);
	assert_int_equal(cases_read(p, texts, policy_files_texts(&w->files, texts),
	                     &cases, &w->findings),
	    RC_OK);
	for (size_t i = 0; i < cases.n; i++)
		if (!case_holds(p, &cases.at[i], NULL, NULL, NULL)) return false;
	return true;
}

static void
no_phase_can_be_dropped_unnoticed(void **state)
{
	struct world *w         = *state;
	size_t        unnoticed = 0, n = 0;
	for (unsigned i = 0; i < w->policy->n_rules; i++) {
		const struct rule *rule = w->policy->rules[i];
		char              *line = line_of(w, rule, "    from_phase:");
		if (line == NULL) line = line_of(w, rule, "    phases:");
		if (line == NULL) continue;
		n++;
		if (!holds_without_line(w, line)) continue;
		unnoticed++;
		print_message("%s:%u: no case fails without the phases of %s\n",
		    rule->info.file, rule->info.line, rule->info.id);
	}
	assert_true(n >= 10);
	assert_int_equal(unnoticed, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_shipped_cases_hold),
	    cmocka_unit_test(no_rule_can_be_dropped_unnoticed),
	    cmocka_unit_test(no_condition_can_be_dropped_unnoticed),
	    cmocka_unit_test(no_phase_can_be_dropped_unnoticed),
	};
	return cmocka_run_group_tests(tests, open_world, close_world);
}
