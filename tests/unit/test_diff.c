/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * policy/study/diff.h: what a comparison says is what all answers of both policies say,
 * for random pairs by brute force and for each kind of change by hand.
 */
#include "policy/study/diff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "policy/study/space.h"
#include "support/bundle.h"

#define BIT(f) ((factset)1 << (f))

enum { TEXT_MAX = 4096, PAIRS = 40 };

enum {
	WITHHELD      = SLUIS__ACTION__ACTION_WITHHOLD,
	PSEUDONYMISED = SLUIS__ACTION__ACTION_PSEUDONYMISE,
	GENERALISED   = SLUIS__ACTION__ACTION_GENERALISE,
	RELEASED      = SLUIS__ACTION__ACTION_RELEASE,
};

/* --- pairs ----------------------------------------------------------------------- */

struct pair { /* two policies and what differs */
	struct policy *old, *new;
	struct diff   *d;
};

static void
pair_wipe(struct pair *p)
{
	diff_destroy(&p->d);
	policy_destroy(&p->old);
	policy_destroy(&p->new);
}

static const char cie[] = "  - {id: b.cie, article: A, action: refuse, when: [cie]}\n";

/* Takes both bundles. */
static struct pair
compare(struct bundle *old, struct bundle *new)
{
	struct pair p = {bundle_policy(old), bundle_policy(new), NULL};
	assert_int_equal(policy_diff(p.old, p.new, NULL, &p.d), RC_OK);
	return p;
}

static struct pair
compare_rules(const char *old, const char *new)
{
	return compare(bundle_small(cie, old), bundle_small(cie, new));
}

static const struct diff_line *
only_line(const struct pair *p)
{
	assert_int_equal(diff_n_lines(p->d), 1);
	return diff_line_at(p->d, 0);
}

/* The condition of C as text: "victim, not adult, minor or adult". */
static const char *
words(const struct diff_change *c)
{
	static char    out[512];
	struct literal l[LITERALS_MAX];
	size_t         n = condition_literals(&c->when.at[0], l);

	out[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		const char *between = i == 0 ? "" : ", ";
		for (unsigned f = 0; f < 64; f++) {
			if ((l[i].any >> f & 1) == 0) continue;
			sprintf(
			    out + strlen(out), "%s%s", between, fact_name((enum fact)f));
			if (l[i].negated) sprintf(out + strlen(out), " not");
			between = " or ";
		}
	}
	return out;
}

static bool
has_field(const struct diff_line *l, const char *path)
{
	return fieldset_has(&l->fields, schema_find(path)->index);
}

/* --- brute force ----------------------------------------------------------------- */

struct spot {
	const char      *phase, *purpose;
	struct diff_seat from, to;
	enum audience    as;
	unsigned         field;
};

/* The action for a field; a question that is denied withholds. */
static struct cell
ask(const struct policy *p, const struct spot *at, factset facts)
{
	struct cell          cells[SCHEMA_FIELDS_MAX];
	struct ruling        r;
	struct role_question q = {.convenant = "t",
	    .phase                           = at->phase,
	    .purpose                         = at->purpose,
	    .sender                          = at->from.role,
	    .sender_desk                     = at->from.desk,
	    .recipient                       = at->to.role,
	    .recipient_desk                  = at->to.desk,
	    .audience                        = (uint8_t)at->as,
	    .message                         = facts & FACTS_MESSAGE};
	policy_rule_roles(p, &q, &r);
	if (r.code != RC_OK) return (struct cell){WITHHELD, 0, RULE_NONE};
	ruling_cells(&r, facts & FACTS_RECORD, cells);
	return cells[at->field];
}

static int
tells(struct cell c)
{
	struct outcome o = {RC_OK, c};
	return outcome_openness(&o);
}

/* Which ways the field changes here, gone through one by one; *RET: whether it does. */
static enum way
truth(const struct pair *p, const struct spot *at, factset relevant, bool *ret)
{
	struct facts_walk w;
	enum way          way = WAY_OTHER;

	*ret = false;
	facts_walk_begin(&w, relevant, field_of_person(at->field));
	while (facts_walk_next(&w)) {
		struct cell a = ask(p->old, at, w.facts), b = ask(p->new, at, w.facts);
		if (a.action == b.action && a.generalise == b.generalise) continue;
		*ret = true;
		way |= way_of(tells(a), tells(b));
	}
	return way;
}

static bool
lists_seat(const struct diff_seat *list, size_t n, struct diff_seat s)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(list[i].role, s.role) != 0) continue;
		if ((list[i].desk == NULL) == (s.desk == NULL) &&
		    (s.desk == NULL || strcmp(list[i].desk, s.desk) == 0))
			return true;
	}
	return false;
}

static bool
lists_name(const char *const *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], name) == 0) return true;
	return false;
}

static bool
speaks_of(const struct diff_line *l, const struct spot *at)
{
	return fieldset_has(&l->fields, at->field) && (l->audiences & at->as) != 0 &&
	       lists_name(l->phases, l->n_phases, at->phase) &&
	       lists_name(l->purposes, l->n_purposes, at->purpose) &&
	       lists_seat(l->senders, l->n_senders, at->from) &&
	       lists_seat(l->recipients, l->n_recipients, at->to);
}

/* What the lines say about the place. */
static enum way
told(const struct pair *p, const struct spot *at, bool *ret)
{
	enum way way = WAY_OTHER;
	*ret         = false;
	for (size_t i = 0; i < diff_n_lines(p->d); i++) {
		const struct diff_line *l = diff_line_at(p->d, i);
		if (l->obligation != NULL || !speaks_of(l, at)) continue;
		*ret = true;
		way |= l->change->way;
	}
	return way;
}

static const struct diff_seat all_seats[] = {
    {"city", NULL}, {"cops", "vice"}, {"cops", NULL}, {"care", NULL}, {"tax", NULL}};
static const char *const all_phases[] = {"1", "2", "3"};
static const char *const all_fields[] = {
    "persons.bsn", "persons.family_name", "meta.urgent"};

enum { SEATS = 5, PHASES = 3, FIELDS = 3 };

static void
check_spot(const struct pair *p, struct spot *at, factset relevant, const char *what)
{
	bool     changed, says;
	enum way is = truth(p, at, relevant, &changed), way = told(p, at, &says);

	/* where no rule names the desk, the line stands under the role */
	if (!says && changed && at->to.desk != NULL) {
		at->to.desk = NULL;
		way         = told(p, at, &says);
		at->to.desk = "vice";
	}
	if (says == changed && way == is) return;
	fail_msg("%s\nphase %s, %s, %s/%s to %s/%s as %u, %s: is %d %d, told %d %d", what,
	    at->phase, at->purpose, at->from.role,
	    at->from.desk == NULL ? "" : at->from.desk, at->to.role,
	    at->to.desk == NULL ? "" : at->to.desk, (unsigned)at->as,
	    schema_signal()->fields[at->field].path, changed, is, says, way);
}

static void
check_pair(const struct pair *p, factset relevant, const char *what)
{
	struct spot at;
	for (unsigned i = 0; i < PHASES * 2 * SEATS * SEATS * 4 * FIELDS; i++) {
		unsigned k = i;
		at.field   = schema_find(all_fields[k % FIELDS])->index;
		k /= FIELDS;
		at.as = (enum audience)(1u << k % 4);
		k /= 4;
		at.to = all_seats[k % SEATS];
		k /= SEATS;
		at.from = all_seats[k % SEATS];
		k /= SEATS;
		at.purpose = k % 2 == 0 ? "help" : "hunt";
		at.phase   = all_phases[k / 2];
		check_spot(p, &at, relevant, what);
	}
}

/* --- random rules ---------------------------------------------------------------- */

static uint64_t seed = 88172645463325252u;

static unsigned
below(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 33) % n;
}

static const enum fact facts[] = {
    FACT_VICTIM, FACT_SUSPECT, FACT_MINOR, FACT_ADULT, FACT_URGENT, FACT_EMBARGO};

enum { N_FACTS = 6 };

static void
put_fact(char *out, const char *key, unsigned one_in, unsigned from)
{
	if (below(one_in) != 0) return;
	sprintf(out + strlen(out), ", %s: [%s]", key,
	    fact_name(facts[from + below(N_FACTS - from)]));
}

/* One of two facts, of which one may be settled by the place. */
static void
put_any(char *out, unsigned one_in)
{
	static const char *const settled[] = {
	    "recipient_signed", "declared", "expired", "sender_signed"};
	if (below(one_in) != 0) return;
	sprintf(out + strlen(out), ", when_any: [%s, %s]",
	    fact_name(facts[below(N_FACTS)]),
	    below(2) == 0 ? settled[below(4)] : "consent_care");
}

static void
put_what(char *out)
{
	static const char *const what[] = {"categories: [bsn]", "fields: [persons.bsn]",
	    "categories: [identity]", "fields: [meta.urgent]"};
	static const char *const to[]   = {
	      "cops", "cops/vice", "care", "city, care", "everyone", "tax"};
	sprintf(
	    out + strlen(out), ", recipients: [%s], %s", to[below(6)], what[below(4)]);
}

static void
put_grant(char *out, unsigned id)
{
	static const char *const actions[] = {
	    "release", "pseudonymise", "generalise, to: present", "withhold"};
	static const char *const fors[] = {"", ", for: non_signatory",
	    ", for: [signatory, incidental]", ", for: expired"};
	char                    *start  = out + strlen(out);
	sprintf(start, "  - {id: r%u, article: A", id);
	put_what(out);
	unsigned action = below(4);
	if (action == 1 && strstr(start, "meta") != NULL) action = 0;
	if (action == 1 && strstr(start, "identity") != NULL) action = 2;
	sprintf(out + strlen(out), ", action: %s%s", actions[action], fors[below(4)]);
	put_fact(out, "when", 2, 0);
	put_any(out, 3);
	if (below(6) == 0)
		strcat(out, ", unless: [declared, minor]");
	else
		put_fact(out, "unless", 3, 0);
	if (below(3) == 0) strcat(out, ", from_phase: '2'");
	if (below(4) == 0) strcat(out, ", purposes: [hunt]");
	if (below(4) == 0) strcat(out, ", sources: [care, cops/vice]");
	strcat(out, "}\n");
}

static void
put_bar(char *out, unsigned id)
{
	char *start = out + strlen(out);
	sprintf(start, "  - {id: b%u, article: A", id);
	switch (below(3)) {
	case 0:
		put_what(out);
		strcat(out, ", action: withhold");
		put_fact(out, "unless", 2, 0);
		break;
	case 1:
		strcat(out, ", action: exclude, recipients: [cops]");
		put_fact(out, "when", 1, 4);
		break;
	default:
		strcat(out, ", action: refuse");
		put_fact(out, "when", 1, 4);
	}
	strcat(out, "}\n");
}

struct draft {
	char bars[TEXT_MAX], rules[TEXT_MAX];
};

static struct draft
random_draft(void)
{
	struct draft d = {"  - {id: b.never, article: A, action: withhold, when: [cie, "
	                  "layer_2]}\n",
	    ""};
	for (unsigned i = 0, n = below(3); i < n; i++) put_bar(d.bars, i);
	for (unsigned i = 0, n = 1 + below(4); i < n; i++) put_grant(d.rules, i);
	return d;
}

/* One line more, less, or moved; or something else altogether. */
static struct draft
altered(const struct draft *from)
{
	struct draft d = *from;
	char         more[TEXT_MAX];
	switch (below(4)) {
	case 0:
		put_grant(d.rules, 7);
		break;
	case 1:
		put_bar(d.bars, 7);
		break;
	case 2:
		strcpy(more, "");
		put_grant(more, 7);
		strcat(more, d.rules);
		strcpy(d.rules, more);
		break;
	default:
		d = random_draft();
	}
	return d;
}

static factset
all_relevant(void)
{
	factset set = 0;
	for (size_t i = 0; i < N_FACTS; i++) set |= BIT(facts[i]);
	return set | BIT(FACT_CONSENT_CARE);
}

static void
random_pairs_differ_just_where_their_answers_do(void **state)
{
	unsigned with = 0;
	(void)state;
	for (unsigned i = 0; i < PAIRS; i++) {
		struct draft a = random_draft(), b = altered(&a);
		AUTO(pair_wipe)
		struct pair p =
		    compare(bundle_small(a.bars, a.rules), bundle_small(b.bars, b.rules));
		char what[2 * TEXT_MAX + 64];
		snprintf(what, sizeof what, "pair %u\n%.*s%.*s----\n%.*s%.*s", i, 1500,
		    a.bars, 2000, a.rules, 1500, b.bars, 2000, b.rules);
		check_pair(&p, all_relevant(), what);
		with += diff_n_lines(p.d) != 0;
	}
	assert_true(with > PAIRS / 3 && with < PAIRS);
}

static void
a_policy_does_not_differ_from_itself(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 20; i++) {
		struct draft a = random_draft();
		AUTO(pair_wipe)
		struct pair p =
		    compare(bundle_small(a.bars, a.rules), bundle_small(a.bars, a.rules));
		assert_true(diff_is_empty(p.d));
		assert_int_equal(diff_way(p.d), WAY_OTHER);
	}
	AUTO(pair_wipe) struct pair p = compare(bundle_shipped(), bundle_shipped());
	assert_true(diff_is_empty(p.d));
	assert_true(diff_counts(p.d)->compared > 100000);
}

/* --- one change ------------------------------------------------------------------ */

static const char grant[] =
    "  - {id: r.a, article: A 1, recipients: [cops], categories: [bsn], action: release, "
    "when: [victim]}\n";

static void
a_new_rule_widens_always(void **state)
{
	(void)state;
	AUTO(pair_wipe)
	struct pair             p = compare_rules(grant,
	                "  - {id: r.a, article: A 1, recipients: [cops], categories: [bsn], action: "
	                            "release, when: [victim]}\n"
	                            "  - {id: r.b, article: A 2, recipients: [care], categories: [form], action: "
	                            "release}\n");
	const struct diff_line *l = only_line(&p);
	assert_int_equal(l->change->way, WAY_WIDER);
	assert_string_equal(words(l->change), "");
	assert_false(l->change->when.others);
	assert_int_equal(l->n_phases, 3);
	assert_true(l->every_purpose);
	assert_int_equal(l->audiences, AUDIENCE_SIGNATORY);
	assert_string_equal(l->recipients[0].role, "care");
	assert_int_equal(l->change->old.action, WITHHELD);
	assert_int_equal(l->change->new.action, RELEASED);
	assert_string_equal(policy_rule_info(p.new, l->change->new.rule)->id, "r.b");
	assert_int_equal(diff_counts(p.d)->narrower, 0);
	assert_true(diff_counts(p.d)->wider > 0);
	assert_int_equal(diff_way(p.d), WAY_WIDER);
}

static void
cases_that_are_no_single_condition_are_all_told(void **state)
{
	(void)state;
	AUTO(pair_wipe)
	struct pair             p = compare_rules(grant,
	                "  - {id: r.a, article: A 1, recipients: [cops], categories: [bsn], action: "
	                            "release, when: [victim], unless: [minor, urgent]}\n");
	const struct diff_line *l = only_line(&p);
	assert_int_equal(l->change->when.n, 2);
	assert_false(l->change->when.others);
}

static void
the_other_way_round_it_narrows(void **state)
{
	(void)state;
	AUTO(pair_wipe)
	struct pair             p = compare_rules(grant,
	                "  - {id: r.a, article: A 1, recipients: [cops], categories: [bsn], action: "
	                            "release, when: [victim], unless: [minor]}\n");
	const struct diff_line *l = only_line(&p);
	assert_int_equal(l->change->way, WAY_NARROWER);
	assert_string_equal(words(l->change), "victim, minor");
	assert_true(has_field(l, "persons.bsn"));
	assert_int_equal(diff_way(p.d), WAY_NARROWER);
}

static void
a_change_shows_under_one_rare_fact_only(void **state)
{
	(void)state;
	AUTO(pair_wipe)
	struct pair             p = compare_rules(grant,
	                "  - {id: r.a, article: A 1, recipients: [cops], categories: [bsn], action: "
	                            "release, when: [victim]}\n"
	                            "  - {id: r.b, article: A 1, recipients: [cops], categories: [bsn], action: "
	                            "release, when: [consent_enforcement, embargo_overdue, relative]}\n");
	const struct diff_line *l = only_line(&p);
	assert_string_equal(
	    words(l->change), "relative, consent_enforcement, embargo_overdue");
	assert_false(l->change->when.others);
}

static void
one_cell_can_be_wider_and_narrower(void **state)
{
	(void)state;
	AUTO(pair_wipe)
	struct pair p = compare_rules(grant,
	    "  - {id: r.a, article: A 1, recipients: [cops], categories: [bsn], action: "
	    "release, when: [suspect]}\n");
	assert_int_equal(diff_n_lines(p.d), 2);
	assert_int_equal(diff_way(p.d), WAY_BOTH);
	assert_int_equal(diff_counts(p.d)->wider + diff_counts(p.d)->narrower, 0);
	assert_true(diff_counts(p.d)->both > 0);
	for (size_t i = 0; i < 2; i++) {
		const struct diff_change *c = diff_line_at(p.d, i)->change;
		assert_string_equal(words(c), c->way == WAY_WIDER ? "suspect" : "victim");
	}
}

static void
generalising_less_is_wider(void **state)
{
	(void)state;
	AUTO(pair_wipe)
	struct pair p = compare_rules(
	    "  - {id: r.a, article: A, recipients: [cops], fields: [persons.birth_date], "
	    "action: generalise, to: year}\n",
	    "  - {id: r.a, article: A, recipients: [cops], fields: [persons.birth_date], "
	    "action: generalise, to: month}\n");
	const struct diff_line *l = only_line(&p);
	assert_int_equal(l->change->way, WAY_WIDER);
	assert_int_equal(l->change->old.generalise, GENERALISE_YEAR);
	assert_int_equal(l->change->new.generalise, GENERALISE_MONTH);
}

static void
a_desk_seated_in_one_only_is_compared_with_its_role(void **state)
{
	(void)state;
	/* the desk gets what its role got: no change */
	AUTO(pair_wipe)
	struct pair same = compare_rules(grant,
	    "  - {id: r.a, article: A 1, recipients: [cops], categories: [bsn], action: "
	    "release, when: [victim]}\n"
	    "  - {id: r.b, article: A 1, recipients: [cops/vice], categories: [bsn], "
	    "action: release, when: [victim]}\n");
	assert_int_equal(diff_n_lines(same.d), 0);
	AUTO(pair_wipe)
	struct pair             less = compare_rules(grant,
	                "  - {id: r.a, article: A 1, recipients: [cops], categories: [bsn], action: "
	                            "release, when: [victim]}\n"
	                            "  - {id: r.b, article: A 1, recipients: [cops/vice], categories: [bsn], "
	                            "action: withhold}\n");
	const struct diff_line *l    = only_line(&less);
	assert_string_equal(l->recipients[0].desk, "vice");
	assert_int_equal(l->n_recipients, 1);
	assert_int_equal(l->change->way, WAY_NARROWER);
}

static void
a_rule_that_moved_or_was_said_twice_is_no_change(void **state)
{
	static const char other[] =
	    "  - {id: r.b, article: A, recipients: [care], categories: [form], action: "
	    "release}\n";
	char one[TEXT_MAX], two[TEXT_MAX];
	(void)state;
	snprintf(one, sizeof one, "%s%s", grant, other);
	snprintf(two, sizeof two, "%s%s", other, grant);
	AUTO(pair_wipe) struct pair p = compare_rules(one, two);
	assert_true(diff_is_empty(p.d));
	snprintf(two, sizeof two,
	    "%s%s  - {id: r.c, article: A, recipients: [care], categories: [form], "
	    "action: release, when: [victim]}\n",
	    grant, other);
	AUTO(pair_wipe) struct pair q = compare_rules(one, two);
	assert_int_equal(diff_n_lines(q.d), 0);
}

static void
a_renamed_rule_is_another_reason_and_no_change(void **state)
{
	(void)state;
	AUTO(pair_wipe)
	struct pair p = compare_rules(grant,
	    "  - {id: r.z, article: A 1, recipients: [cops], categories: [bsn], action: "
	    "release, when: [victim]}\n");
	assert_int_equal(diff_n_lines(p.d), 0);
	assert_int_equal(diff_n_terms(p.d), 0);
	assert_int_equal(diff_n_reasons(p.d), 1);
	assert_string_equal(
	    policy_rule_info(p.new, diff_reason_at(p.d, 0)->new)->id, "r.z");
	assert_false(diff_is_empty(p.d));
}

static void
another_article_is_another_reason(void **state)
{
	(void)state;
	AUTO(pair_wipe)
	struct pair p = compare_rules(grant,
	    "  - {id: r.a, article: A 2, recipients: [cops], categories: [bsn], action: "
	    "release, when: [victim]}\n");
	assert_int_equal(diff_n_lines(p.d), 0);
	assert_int_equal(diff_n_reasons(p.d), 1);
	assert_int_equal(diff_way(p.d), WAY_OTHER);
}

static void
a_bar_where_silence_was_is_another_reason(void **state)
{
	(void)state;
	AUTO(pair_wipe)
	struct pair p = compare(bundle_small(cie, grant),
	    bundle_small("  - {id: b.cie, article: A, action: refuse, when: [cie]}\n"
	                 "  - {id: b.x, article: A, action: withhold, categories: "
	                 "[health]}\n",
	        grant));
	assert_int_equal(diff_n_lines(p.d), 0);
	bool found = false;
	for (size_t i = 0; i < diff_n_reasons(p.d); i++) {
		const struct diff_reason *r = diff_reason_at(p.d, i);
		found = found || (r->old == RULE_NONE && r->new != RULE_NONE);
	}
	assert_true(found);
}

/* --- the same with other numbers ------------------------------------------------- */

static void
roles_and_purposes_in_another_order_are_no_change(void **state)
{
	struct bundle *b = bundle_small(cie, grant);
	(void)state;
	bundle_edit(b, "t.yaml", "[help, hunt]", "[hunt, help]");
	bundle_edit(b, "parties.yaml",
	    "  - {id: city, title: {nl: Stad, en: City}}\n"
	    "  - {id: cops, title: {nl: Politie, en: Police}, aliases: [fuzz, law]}\n",
	    "  - {id: cops, title: {nl: Politie, en: Police}, aliases: [fuzz, law]}\n"
	    "  - {id: city, title: {nl: Stad, en: City}}\n");
	AUTO(pair_wipe) struct pair p = compare(bundle_small(cie, grant), b);
	assert_int_equal(diff_n_lines(p.d), 0);
	assert_int_equal(diff_n_reasons(p.d), 0);
	assert_int_equal(diff_n_terms(p.d), 1); /* the order of the purposes */
}

static void
a_role_that_took_its_alias_as_a_name_is_the_same_role(void **state)
{
	struct bundle *b = bundle_small(cie, grant);
	(void)state;
	bundle_edit(b, "parties.yaml",
	    "{id: cops, title: {nl: Politie, en: Police}, aliases: [fuzz, law]}",
	    "{id: fuzz, title: {nl: Politie, en: Police}, aliases: [cops, law]}");
	AUTO(pair_wipe) struct pair p = compare(bundle_small(cie, grant), b);
	assert_int_equal(diff_n_lines(p.d), 0);
}

/* --- whole convenants, phases, senders ------------------------------------------- */

static void
a_phase_that_vanishes_takes_all_its_cells(void **state)
{
	struct bundle *b = bundle_small(cie, grant);
	(void)state;
	bundle_edit(b, "t.yaml", "['1', '2', '3']", "['1', '2']");
	AUTO(pair_wipe) struct pair p = compare(bundle_small(cie, grant), b);
	const struct diff_line     *l = only_line(&p);
	assert_int_equal(l->change->way, WAY_NARROWER);
	assert_int_equal(l->n_phases, 1);
	assert_string_equal(l->phases[0], "3");
	assert_int_equal(diff_n_terms(p.d), 1);
	assert_int_equal(diff_term_at(p.d, 0)->what, TERM_PHASES);
}

static const char invariant[] =
    "invariants:\n"
    "  - {id: never, text: {nl: nooit, en: never}, never: given, categories: [bsn],\n"
    "     recipients: [tax, care]}\n"
    "  - {id: guarded, text: {nl: nooit, en: never}, never_wider: {with: [minor], "
    "instead_of: [adult]}}\n"
    "end: invariants\n";

static void
a_convenant_that_appears_brings_all_its_cells(void **state)
{
	struct bundle *a = bundle_small(cie, grant), *b = bundle_small(cie, grant);
	(void)state;
	bundle_put(a, "invariants.yaml", invariant);
	bundle_put(b, "invariants.yaml", invariant);
	bundle_add(b, "u.yaml",
	    "convenant: u\ntitle: {nl: U, en: U}\narticle: U\nregistration: U-1\nfrom: "
	    "2025-01-10\nuntil: 2026-12-20\ndeliver_days: 14\nphases: ['1']\npurposes: "
	    "[help]\nsenders: [city]\nbars:\n  - {id: u.cie, article: A, action: refuse, "
	    "when: [cie]}\n  - {id: u.no, article: A, action: withhold, categories: "
	    "[health]}\nobligations:\n  - {id: keep, article: A, text: {nl: n, "
	    "en: e}, every_copy: true}\nrules:\n  - {id: u.a, article: A, recipients: "
	    "[cops], "
	    "categories: [form], action: release}\nend: u\n");
	AUTO(pair_wipe) struct pair p = compare(a, b);
	assert_int_equal(diff_n_lines(p.d), 1);
	assert_string_equal(diff_line_at(p.d, 0)->convenant, "u");
	assert_int_equal(diff_n_terms(p.d), 1);
	assert_int_equal(diff_n_reasons(p.d), 0);
	assert_int_equal(diff_term_at(p.d, 0)->what, TERM_CONVENANT);
	assert_int_equal(diff_term_at(p.d, 0)->way, WAY_WIDER);
}

static void
a_sender_less_is_narrower_and_a_desk_of_it_is_seen(void **state)
{
	struct bundle *b = bundle_small(cie, grant);
	(void)state;
	bundle_edit(b, "t.yaml", "[city, cops/vice, care, tax]",
	    "[city/front, cops/vice, care, tax]");
	AUTO(pair_wipe) struct pair p = compare(bundle_small(cie, grant), b);
	const struct diff_line     *l = only_line(&p);
	assert_int_equal(l->n_senders, 1);
	assert_string_equal(l->senders[0].role, "city");
	assert_null(l->senders[0].desk); /* every other desk */
	assert_int_equal(l->change->way, WAY_NARROWER);
}

static void
a_convenant_without_registration_gives_nothing(void **state)
{
	struct bundle *b = bundle_small(cie, grant);
	(void)state;
	bundle_edit(b, "t.yaml", "registration: REG-1\n", "");
	AUTO(pair_wipe) struct pair p = compare(bundle_small(cie, grant), b);
	assert_int_equal(only_line(&p)->change->way, WAY_NARROWER);
	assert_int_equal(diff_term_at(p.d, 0)->what, TERM_REGISTRATION);
	assert_int_equal(diff_term_at(p.d, 0)->way, WAY_NARROWER);
}

/* --- what is no cell ------------------------------------------------------------- */

/* The one term that comes of putting TO for FROM in FILE. */
static void
one_term(const char *file, const char *from, const char *to, enum term what, enum way way)
{
	struct bundle *b = bundle_small(cie, grant);
	bundle_edit(b, file, from, to);
	AUTO(pair_wipe) struct pair p = compare(bundle_small(cie, grant), b);
	if (diff_n_terms(p.d) != 1)
		fail_msg("%s for %s: %zu terms", to, from, diff_n_terms(p.d));
	const struct diff_term *t = diff_term_at(p.d, 0);
	if (t->what != what || t->way != way)
		fail_msg("%s for %s: %d, way %d", to, from, t->what, t->way);
	assert_int_equal(diff_n_lines(p.d), 0);
	assert_false(diff_is_empty(p.d));
}

static void
terms_are_compared_and_judged(void **state)
{
	(void)state;
	one_term("t.yaml", "from: 2025-01-10", "from: 2025-01-09", TERM_FROM, WAY_WIDER);
	one_term(
	    "t.yaml", "until: 2026-12-20", "until: 2026-12-19", TERM_UNTIL, WAY_NARROWER);
	one_term("t.yaml", "article: Art. 1", "article: Art. 2", TERM_ARTICLE, WAY_OTHER);
	one_term("t.yaml", "REG-1", "REG-2", TERM_REGISTRATION, WAY_OTHER);
	one_term("t.yaml", "deliver_days: 14", "deliver_days: 15", TERM_DELIVER_DAYS,
	    WAY_OTHER);
	one_term("t.yaml", "term_days: 10", "term_days: 11", TERM_OBLIGATION, WAY_WIDER);
	one_term("t.yaml", "id: keep, article: A, text: {nl: n, en: e}",
	    "id: keep, article: A, text: {nl: n, en: other}", TERM_OBLIGATION, WAY_OTHER);
	one_term("t.yaml", "deliver_days: 14", "deliver_days: 14\nregions: [here]",
	    TERM_REGIONS, WAY_NARROWER);
	one_term("parties.yaml", "region: here\n", "region: here\nversion: 2\n",
	    TERM_VERSION, WAY_OTHER);
	one_term("parties.yaml", "desks: [help]", "desks: [help, more]", TERM_PARTY,
	    WAY_WIDER);
	one_term("parties.yaml", "role: clerk", "role: guest", TERM_PARTY, WAY_BOTH);
	one_term("parties.yaml", "until: 2026-06-30", "until: 2026-07-30", TERM_SIGNATURE,
	    WAY_WIDER);
	one_term("parties.yaml", "from: 2025-03-01", "from: 2025-03-02", TERM_SIGNATURE,
	    WAY_NARROWER);
	one_term("parties.yaml", "desks: [office]}",
	    "desks: [office],\n     signed: [{convenant: t, from: 2025-01-10, until: "
	    "2026-12-20}]}",
	    TERM_SIGNATURE, WAY_WIDER);
	one_term("parties.yaml",
	    ",\n     declared: [{convenant: t, from: 2025-01-10, until: 2026-12-20}]", "",
	    TERM_DECLARATION, WAY_NARROWER);
	one_term("parties.yaml", "name: Tax", "name: Taxes", TERM_PARTY, WAY_OTHER);
	one_term("parties.yaml", "aliases: [fuzz, law]", "aliases: [fuzz, law, more]",
	    TERM_ROLE, WAY_OTHER);
	one_term("parties.yaml", "parties:\n",
	    "approval:\n  - {convenant: t, needed: 1, of: "
	    "['00000099000000000010']}\nparties:\n",
	    TERM_APPROVAL, WAY_NARROWER);
}

/* FROM for TO in the invariants is one difference, that may be wider. */
static void
one_weaker(const char *from, const char *to)
{
	struct bundle *a = bundle_small(cie, grant), *b = bundle_small(cie, grant);
	bundle_put(a, "invariants.yaml", invariant);
	bundle_put(b, "invariants.yaml", invariant);
	bundle_edit(b, "invariants.yaml", from, to);
	AUTO(pair_wipe) struct pair p = compare(a, b);
	if (diff_n_terms(p.d) != 1)
		fail_msg("%s for %s: %zu terms", to, from, diff_n_terms(p.d));
	assert_int_equal(diff_term_at(p.d, 0)->what, TERM_INVARIANT);
	assert_int_equal(diff_term_at(p.d, 0)->way, WAY_BOTH);
	assert_int_equal(diff_way(p.d), WAY_BOTH);
}

static void
every_part_of_an_invariant_is_compared(void **state)
{
	(void)state;
	one_weaker("[tax, care]", "[tax]");
	one_weaker("[tax, care]", "[tax, care], unless: [victim]");
	one_weaker("[tax, care]", "[tax, care], when: [victim]");
	one_weaker("[tax, care]", "[tax, care], when_any: [victim, relative]");
	one_weaker("[tax, care]", "[tax, care], senders: [city]");
	one_weaker("[tax, care]", "[tax, care], phases: ['2']");
	one_weaker("[tax, care]", "[tax, care], purposes: [hunt]");
	one_weaker("[tax, care]", "[tax, care], as: [expired]");
	one_weaker("recipients: [tax, care]", "except_recipients: [tax, care]");
	one_weaker("never: given", "never: [release]");
	one_weaker("categories: [bsn]", "categories: [identity]");
	one_weaker("en: never}, never:", "en: not ever}, never:");
	one_weaker("instead_of: [adult]", "instead_of: [victim]");
	one_weaker("with: [minor], instead_of: [adult]", "with: [minor]");
}

static void
an_invariant_that_stays_is_no_difference(void **state)
{
	struct bundle *a = bundle_small(cie, grant), *b = bundle_small(cie, grant);
	(void)state;
	bundle_put(a, "invariants.yaml", invariant);
	bundle_put(b, "invariants.yaml", invariant);
	bundle_edit(b, "invariants.yaml", "end:", "# a comment\nend:");
	AUTO(pair_wipe) struct pair p = compare(a, b);
	assert_true(diff_is_empty(p.d));
}

static enum way
way_of_approval(const char *from, const char *to)
{
	struct bundle *side[2];
	for (int i = 0; i < 2; i++) {
		char text[512];
		snprintf(text, sizeof text,
		    "approval:\n  - {convenant: t, %s}\nparties:\n", i == 0 ? from : to);
		side[i] = bundle_small(cie, grant);
		bundle_edit(side[i], "parties.yaml", "parties:\n", text);
	}
	AUTO(pair_wipe) struct pair p = compare(side[0], side[1]);
	assert_int_equal(diff_n_terms(p.d), 1);
	assert_int_equal(diff_term_at(p.d, 0)->what, TERM_APPROVAL);
	assert_non_null(strstr(diff_term_at(p.d, 0)->new, "Care (00000099000000000030)"));
	return diff_term_at(p.d, 0)->way;
}

static void
fewer_of_the_same_signatures_are_wider(void **state)
{
	static const char one[] =
	    "needed: 1, of: ['00000099000000000010', '00000099000000000030']";
	static const char two[] =
	    "needed: 2, of: ['00000099000000000010', '00000099000000000030']";
	static const char turned[] =
	    "needed: 1, of: ['00000099000000000030', '00000099000000000010']";
	static const char others[] =
	    "needed: 1, of: ['00000099000000000020', '00000099000000000030']";
	(void)state;
	assert_int_equal(way_of_approval(two, one), WAY_WIDER);
	assert_int_equal(way_of_approval(two, turned), WAY_WIDER);
	assert_int_equal(way_of_approval(one, two), WAY_NARROWER);
	assert_int_equal(way_of_approval(one, others), WAY_BOTH);
	assert_int_equal(way_of_approval(two, others), WAY_BOTH);
}

static void
a_party_that_leaves_takes_its_signature_along(void **state)
{
	struct bundle *b = bundle_small(cie, grant);
	(void)state;
	bundle_edit(b, "parties.yaml",
	    "  - {oin: '00000099000000000060', name: Clerk, role: clerk, desks: "
	    "[clerk],\n"
	    "     signed: [{convenant: t, from: 2025-01-10, until: 2026-12-20}]}\n",
	    "");
	AUTO(pair_wipe) struct pair p = compare(bundle_small(cie, grant), b);
	assert_int_equal(diff_n_terms(p.d), 2);
	assert_int_equal(diff_term_at(p.d, 0)->what, TERM_PARTY);
	assert_null(diff_term_at(p.d, 0)->new);
	assert_int_equal(diff_term_at(p.d, 1)->what, TERM_SIGNATURE);
	assert_int_equal(diff_way(p.d), WAY_NARROWER);
}

static void
a_field_that_moved_is_a_term_and_changes_cells(void **state)
{
	struct bundle *b = bundle_small(cie, grant);
	(void)state;
	char *text = bundle_text(b, "categories.yaml");
	assert_non_null(strstr(text, "persons.bsn"));
	bundle_edit(b, "t.yaml", "categories: [bsn]", "fields: [persons.bsn]");
	AUTO(pair_wipe) struct pair p = compare(bundle_small(cie, grant), b);
	assert_int_equal(diff_n_lines(p.d), 0); /* the category has this one field */
}

/* --- obligations ----------------------------------------------------------------- */

static void
an_obligation_that_no_longer_travels_is_wider(void **state)
{
	struct bundle *b = bundle_small(cie, grant);
	(void)state;
	bundle_edit(b, "t.yaml", "every_copy: true, term_days: 10", "term_days: 10");
	AUTO(pair_wipe) struct pair p = compare(bundle_small(cie, grant), b);
	const struct diff_line     *l = only_line(&p);
	assert_string_equal(l->obligation, "keep");
	assert_int_equal(l->change->way, WAY_WIDER);
	assert_string_equal(words(l->change), "");
	assert_string_equal(l->recipients[0].role, "cops");
	assert_int_equal(l->n_recipients, 1); /* nobody else gets anything */
	assert_int_equal(diff_counts(p.d)->wider, 0);
}

static void
an_obligation_for_fewer_facts_is_told_with_them(void **state)
{
	struct bundle *b = bundle_small(cie, grant);
	(void)state;
	bundle_edit(b, "t.yaml", "[embargo]", "[embargo, urgent]");
	AUTO(pair_wipe) struct pair p = compare(bundle_small(cie, grant), b);
	const struct diff_line     *l = only_line(&p);
	assert_string_equal(l->obligation, "call");
	assert_int_equal(l->change->way, WAY_WIDER);
	assert_string_equal(words(l->change), "embargo, urgent not");
}

static void
an_obligation_with_an_exception_is_told_with_it(void **state)
{
	struct bundle *b = bundle_small(cie, grant);
	(void)state;
	bundle_edit(b, "t.yaml", "every_copy: true, term_days: 10",
	    "every_copy: true, term_days: 10, unless: [emergency]");
	AUTO(pair_wipe) struct pair p = compare(bundle_small(cie, grant), b);
	const struct diff_line     *l = only_line(&p);
	assert_string_equal(l->obligation, "keep");
	assert_int_equal(l->change->way, WAY_WIDER);
	assert_string_equal(words(l->change), "emergency");
}

static void
an_obligation_that_a_rule_names_now_is_narrower(void **state)
{
	(void)state;
	AUTO(pair_wipe)
	struct pair             p = compare_rules(grant,
	                "  - {id: r.a, article: A 1, recipients: [cops], categories: [bsn], action: "
	                            "release, when: [victim], obligations: [hush]}\n");
	const struct diff_line *l = only_line(&p);
	assert_string_equal(l->obligation, "hush");
	assert_int_equal(l->change->way, WAY_NARROWER);
}

/* --- questions ------------------------------------------------------------------- */

static void
what_neither_has_is_not_found(void **state)
{
	static const struct diff_query wrong[] = {{.convenant = "x"}, {.phase = "9"},
	    {.from = "nobody"}, {.to = "nobody"}, {.convenant = "t", .phase = "x"}};
	struct policy                 *a       = bundle_policy(bundle_small(cie, grant));
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct diff *d = NULL;
		assert_int_equal(policy_diff(a, a, &wrong[i], &d), RC_NOT_FOUND);
		assert_null(d);
	}
	policy_destroy(&a);
}

static void
a_question_leaves_the_rest_out(void **state)
{
	static const struct diff_query to[]    = {{.to = "cops"}, {.to = "fuzz/vice"},
	       {.to = "care"}, {.phase = "2"}, {.from = "city"}, {.convenant = "t"}};
	static const size_t            lines[] = {1, 1, 0, 1, 1, 1};
	struct policy                 *a       = bundle_policy(bundle_small(cie, grant));
	struct bundle                 *changed = bundle_small(cie,
	                    "  - {id: r.a, article: A 1, recipients: [cops], categories: [bsn], "
	                                    "action: release}\n");
	struct policy                 *b       = bundle_policy(changed);
	(void)state;
	for (size_t i = 0; i < sizeof to / sizeof to[0]; i++) {
		AUTO(diff_destroy) struct diff *d = NULL;
		assert_int_equal(policy_diff(a, b, &to[i], &d), RC_OK);
		if (diff_n_lines(d) != lines[i])
			fail_msg("question %zu: %zu lines", i, diff_n_lines(d));
	}
	policy_destroy(&a);
	policy_destroy(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(random_pairs_differ_just_where_their_answers_do),
	    cmocka_unit_test(a_policy_does_not_differ_from_itself),
	    cmocka_unit_test(a_new_rule_widens_always),
	    cmocka_unit_test(the_other_way_round_it_narrows),
	    cmocka_unit_test(a_change_shows_under_one_rare_fact_only),
	    cmocka_unit_test(one_cell_can_be_wider_and_narrower),
	    cmocka_unit_test(generalising_less_is_wider),
	    cmocka_unit_test(a_desk_seated_in_one_only_is_compared_with_its_role),
	    cmocka_unit_test(a_rule_that_moved_or_was_said_twice_is_no_change),
	    cmocka_unit_test(a_renamed_rule_is_another_reason_and_no_change),
	    cmocka_unit_test(another_article_is_another_reason),
	    cmocka_unit_test(a_bar_where_silence_was_is_another_reason),
	    cmocka_unit_test(roles_and_purposes_in_another_order_are_no_change),
	    cmocka_unit_test(a_role_that_took_its_alias_as_a_name_is_the_same_role),
	    cmocka_unit_test(a_phase_that_vanishes_takes_all_its_cells),
	    cmocka_unit_test(a_convenant_that_appears_brings_all_its_cells),
	    cmocka_unit_test(a_sender_less_is_narrower_and_a_desk_of_it_is_seen),
	    cmocka_unit_test(a_convenant_without_registration_gives_nothing),
	    cmocka_unit_test(terms_are_compared_and_judged),
	    cmocka_unit_test(cases_that_are_no_single_condition_are_all_told),
	    cmocka_unit_test(every_part_of_an_invariant_is_compared),
	    cmocka_unit_test(an_invariant_that_stays_is_no_difference),
	    cmocka_unit_test(fewer_of_the_same_signatures_are_wider),
	    cmocka_unit_test(a_party_that_leaves_takes_its_signature_along),
	    cmocka_unit_test(a_field_that_moved_is_a_term_and_changes_cells),
	    cmocka_unit_test(an_obligation_that_no_longer_travels_is_wider),
	    cmocka_unit_test(an_obligation_for_fewer_facts_is_told_with_them),
	    cmocka_unit_test(an_obligation_with_an_exception_is_told_with_it),
	    cmocka_unit_test(an_obligation_that_a_rule_names_now_is_narrower),
	    cmocka_unit_test(what_neither_has_is_not_found),
	    cmocka_unit_test(a_question_leaves_the_rest_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
