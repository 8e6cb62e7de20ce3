/* SPDX-License-Identifier: EUPL-1.2 */
/* diff_text.c - what changes, who it is about, and when: in words. */
#include "client/command/policy/diff_text.h"

#include <string.h>

#include "client/command/policy/fact_text.h"
#include "client/command/show.h"

enum { WAY_COLUMN = 11, LISTED_MAX = 12, CASES_MAX = 8 };

/* --- ways ------------------------------------------------------------------------ */

static const struct {
	const char *name, *word, *colour;
} ways[] = {
    [WAY_OTHER]    = {"other", N_("OTHER"), ""},
    [WAY_WIDER]    = {"wider", N_("WIDER"), "\033[31m"},
    [WAY_NARROWER] = {"narrower", N_("NARROWER"), "\033[32m"},
    [WAY_BOTH]     = {"both", N_("BOTH WAYS"), "\033[31m"},
};

const char *
way_name(enum way w)
{
	return ways[w].name;
}

bool
diff_shows(const struct diff_show *s, enum way w)
{
	return !s->widening || (w & WAY_WIDER) != 0;
}

void
way_print(const struct diff_show *s, enum way w)
{
	const char *word = tr(ways[w].word);
	bool        dye  = s->cli->colour && ways[w].colour[0] != '\0';

	(void)fprintf(s->cli->out, "    %s%-*s%s", dye ? ways[w].colour : "", WAY_COLUMN,
	    word, dye ? "\033[0m" : "");
}

static void
indent(FILE *to)
{
	(void)fprintf(to, "    %-*s", WAY_COLUMN, "");
}

/* --- lists ----------------------------------------------------------------------- */

static void
names_print(FILE *to, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		(void)fprintf(to, "%s%s", i == 0 ? "" : ", ", names[i]);
}

/* Whether LIST has another desk of the role of LIST[I]. */
static bool
has_desks(const struct diff_seat *list, size_t n, size_t i)
{
	for (size_t k = 0; k < n; k++)
		if (k != i && strcmp(list[k].role, list[i].role) == 0) return true;
	return false;
}

static void
seats_print(FILE *to, const struct diff_seat *list, size_t n)
{
	const char *between = "";
	for (size_t i = 0; i < n; i++) {
		if (list[i].desk != NULL && has_desks(list, n, i)) {
			/* with its role beside it the desk tells nothing more */
			bool whole = false;
			for (size_t k = 0; k < n; k++)
				whole =
				    whole || (list[k].desk == NULL &&
				                 strcmp(list[k].role, list[i].role) == 0);
			if (whole) continue;
		}
		(void)fprintf(to, "%s%s%s%s", between, list[i].role,
		    list[i].desk != NULL ? "/" : "",
		    list[i].desk != NULL ? list[i].desk : "");
		between = ", ";
	}
}

static void
audiences_print(FILE *to, uint8_t audiences)
{
	const char *between = "";
	for (unsigned a = AUDIENCE_SIGNATORY; a <= AUDIENCE_EXPIRED; a <<= 1) {
		if ((audiences & a) == 0) continue;
		(void)fprintf(to, "%s%s", between, audience_name((enum audience)a));
		between = ", ";
	}
}

/* --- fields ---------------------------------------------------------------------- */

/* Whether every field of category ID is in FIELDS; they are taken out of it then. */
static bool
take_category(const struct policy *p, const char *id, struct fieldset *fields)
{
	struct fieldset of   = {{0}};
	bool            some = false;

	if (!policy_fields(p, id, &of)) return false;
	for (size_t i = 0; i < SCHEMA_FIELDS_MAX / 64; i++) {
		if ((of.bits[i] & ~fields->bits[i]) != 0) return false;
		some = some || of.bits[i] != 0;
	}
	for (size_t i = 0; some && i < SCHEMA_FIELDS_MAX / 64; i++)
		fields->bits[i] &= ~of.bits[i];
	return some;
}

void
fields_print(FILE *to, const struct policy *p, const struct fieldset *fields)
{
	struct fieldset rest    = *fields;
	const char     *between = "";
	size_t          listed = 0, more = 0;

	for (size_t i = 0; i < policy_n_categories(p); i++) {
		const char *id = policy_category_at(p, i)->id;
		if (!take_category(p, id, &rest)) continue;
		(void)fprintf(to, "%s%s", between, id);
		between = ", ";
	}
	for (unsigned f = 0; f < schema_signal()->n_fields; f++) {
		if (!fieldset_has(&rest, f)) continue;
		if (listed++ >= LISTED_MAX) {
			more++;
			continue;
		}
		(void)fprintf(to, "%s%s", between, schema_signal()->fields[f].path);
		between = ", ";
	}
	if (more != 0) (void)fprintf(to, tr(" and %zu more"), more);
}

/* --- one change ------------------------------------------------------------------ */

static void
outcome_print(
    FILE *to, const struct policy *p, const struct cell *c, rc code, bool absent)
{
	const struct rule_info *rule = policy_rule_info(p, c->rule);

	(void)fputs(
	    code != RC_OK ? rc_name(code) : show_action((enum sluis_action)c->action),
	    to);
	if (c->generalise != GENERALISE_NONE)
		(void)fprintf(to, " %s", generalise_name((enum generalise)c->generalise));
	(void)fprintf(to, " (%s)",
	    rule != NULL ? rule->id
	    : absent     ? tr("not at this table")
	                 : tr("no rule"));
}

static void
literals_print(FILE *to, const struct literal *l, size_t n)
{
	factset     all = 0, none = 0;
	const char *between = "";

	for (size_t i = 0; i < n; i++) {
		if (l[i].negated) none |= l[i].any;
		if (!l[i].negated && (l[i].any & (l[i].any - 1)) == 0) all |= l[i].any;
	}
	if (all != 0) {
		(void)fprintf(to, "%s ", tr("if"));
		fact_list(to, all, tr("and"));
		between = "; ";
	}
	for (size_t i = 0; i < n; i++) {
		if (l[i].negated || (l[i].any & (l[i].any - 1)) == 0) continue;
		(void)fprintf(to, "%s%s ", between, tr("if"));
		fact_list(to, l[i].any, tr("or"));
		between = "; ";
	}
	if (none == 0) return;
	(void)fprintf(to, "%s%s ", between, tr("not if"));
	fact_list(to, none, tr("or"));
}

static void
conditions_print(FILE *to, const struct conditions *c)
{
	struct literal l[LITERALS_MAX];

	for (size_t i = 0; i < c->n && i < CASES_MAX; i++) {
		size_t n = condition_literals(&c->at[i], l);
		if (n == 0) return; /* always */
		indent(to);
		if (i != 0) (void)fprintf(to, "%s ", tr("or"));
		literals_print(to, l, n);
		(void)fputc('\n', to);
	}
	if (c->n <= CASES_MAX) return;
	indent(to);
	(void)fprintf(to, tr("or in one of %zu other cases (--json or --csv shows them)"),
	    (size_t)c->n - CASES_MAX);
	(void)fputc('\n', to);
}

void
duty_print(FILE *to, const char *id, enum way w)
{
	(void)fprintf(to,
	    w == WAY_WIDER ? tr("obligation %s no longer travels along\n")
	                   : tr("obligation %s travels along now\n"),
	    id);
}

static void
line_print(const struct diff_show *s, const struct diff_line *l)
{
	const struct diff_change *c   = l->change;
	FILE                     *to  = s->cli->out;
	const struct policy      *old = diff_old(s->diff), *new = diff_new(s->diff);

	way_print(s, c->way);
	if (l->obligation != NULL) {
		duty_print(to, l->obligation, c->way);
	} else {
		fields_print(to, policy_convenant(new, l->convenant) != NULL ? new : old,
		    &l->fields);
		(void)fputs(": ", to);
		outcome_print(to, old, &c->old, c->old_code, c->old_absent);
		(void)fputs(" -> ", to);
		outcome_print(to, new, &c->new, c->new_code, c->new_absent);
		(void)fputc('\n', to);
	}
	conditions_print(to, &c->when);
}

/* --- headings -------------------------------------------------------------------- */

static void
phases_print(FILE *to, const struct diff_line *l)
{
	(void)fprintf(to, "%s, %s ", l->convenant, tr("phase"));
	names_print(to, l->phases, l->n_phases);
	(void)fputc('\n', to);
}

static void
people_print(FILE *to, const struct diff_line *l)
{
	(void)fprintf(to, "  %s ", tr("from"));
	if (l->every_sender)
		(void)fputs(tr("everybody who may send"), to);
	else
		seats_print(to, l->senders, l->n_senders);
	(void)fprintf(to, " %s ", tr("to"));
	if (l->every_recipient)
		(void)fputs(tr("every recipient"), to);
	else
		seats_print(to, l->recipients, l->n_recipients);
	if (l->audiences != AUDIENCE_SIGNATORY) {
		(void)fputs(" [", to);
		audiences_print(to, l->audiences);
		(void)fputc(']', to);
	}
	if (!l->every_purpose) {
		(void)fprintf(to, ", %s ", tr("purpose"));
		names_print(to, l->purposes, l->n_purposes);
	}
	(void)fputc('\n', to);
}

static bool
same_names(const char *const *a, size_t n_a, const char *const *b, size_t n_b)
{
	for (size_t i = 0; n_a == n_b && i < n_a; i++)
		if (strcmp(a[i], b[i]) != 0) return false;
	return n_a == n_b;
}

static bool
same_seats(const struct diff_seat *a, size_t n_a, const struct diff_seat *b, size_t n_b)
{
	for (size_t i = 0; n_a == n_b && i < n_a; i++) {
		bool desk = a[i].desk == NULL || b[i].desk == NULL
		                ? a[i].desk == b[i].desk
		                : strcmp(a[i].desk, b[i].desk) == 0;
		if (strcmp(a[i].role, b[i].role) != 0 || !desk) return false;
	}
	return n_a == n_b;
}

static bool
same_phases(const struct diff_line *a, const struct diff_line *b)
{
	return strcmp(a->convenant, b->convenant) == 0 &&
	       same_names(a->phases, a->n_phases, b->phases, b->n_phases);
}

static bool
same_people(const struct diff_line *a, const struct diff_line *b)
{
	return a->audiences == b->audiences &&
	       same_names(a->purposes, a->n_purposes, b->purposes, b->n_purposes) &&
	       same_seats(a->senders, a->n_senders, b->senders, b->n_senders) &&
	       same_seats(a->recipients, a->n_recipients, b->recipients, b->n_recipients);
}

static void
lines_print(const struct diff_show *s)
{
	const struct diff_line *last = NULL;

	for (size_t i = 0; i < diff_n_lines(s->diff); i++) {
		const struct diff_line *l = diff_line_at(s->diff, i);
		if (!diff_shows(s, l->change->way)) continue;
		bool heading = last == NULL || !same_phases(last, l);
		if (heading) phases_print(s->cli->out, l);
		if (heading || !same_people(last, l)) people_print(s->cli->out, l);
		line_print(s, l);
		last = l;
	}
}

/* --- terms and reasons ----------------------------------------------------------- */

static const struct {
	const char *name, *word;
} terms[] = {
    [TERM_VERSION]      = {"version", N_("version")},
    [TERM_CONVENANT]    = {"convenant", N_("convenant")},
    [TERM_ARTICLE]      = {"article", N_("legal basis")},
    [TERM_REGISTRATION] = {"registration", N_("registration")},
    [TERM_FROM]         = {"from", N_("first day")},
    [TERM_UNTIL]        = {"until", N_("last day")},
    [TERM_REGIONS]      = {"regions", N_("regions")},
    [TERM_PHASES]       = {"phases", N_("phases")},
    [TERM_PURPOSES]     = {"purposes", N_("purposes")},
    [TERM_DELIVER_DAYS] = {"deliver_days", N_("days to deliver")},
    [TERM_OBLIGATION]   = {"obligation", N_("obligation")},
    [TERM_APPROVAL]     = {"approval", N_("who must approve")},
    [TERM_ROLE]         = {"role", N_("role")},
    [TERM_PARTY]        = {"party", N_("party")},
    [TERM_SIGNATURE]    = {"signature", N_("signature")},
    [TERM_DECLARATION]  = {"declaration", N_("declaration of confidentiality")},
    [TERM_CATEGORY]     = {"category", N_("category of")},
    [TERM_IDENTIFYING]  = {"identifying", N_("category")},
    [TERM_IDENTIFIER]   = {"identifier", N_("identifier")},
    [TERM_INVARIANT]    = {"invariant", N_("invariant")},
    [TERM_ROUTE]        = {"route", N_("route")},
    [TERM_STATE]        = {"state", N_("state")},
    [TERM_STEP]         = {"step", N_("step")},
    [TERM_GATE]         = {"gate", N_("gate")},
    [TERM_REVEAL]       = {"reveal", N_("naming a source")},
    [TERM_LINK]         = {"link", N_("link alert")},
};

const char *
term_name(enum term t)
{
	return terms[t].name;
}

static void
term_print(const struct diff_show *s, const struct diff_term *t)
{
	FILE *to = s->cli->out;

	way_print(s, t->way);
	if (t->convenant != NULL) (void)fprintf(to, "%s: ", t->convenant);
	(void)fprintf(to, "%s %s%s", tr(terms[t->what].word),
	    t->subject == NULL ? "" : t->subject, t->subject == NULL ? "" : " ");
	(void)fprintf(to, "%s -> %s\n", t->old == NULL ? tr("none") : t->old,
	    t->new == NULL ? tr("none") : t->new);
}

static void
terms_print(const struct diff_show *s)
{
	bool heading = false;

	for (size_t i = 0; i < diff_n_terms(s->diff); i++) {
		const struct diff_term *t = diff_term_at(s->diff, i);
		if (!diff_shows(s, t->way)) continue;
		if (!heading)
			(void)fprintf(
			    s->cli->out, "%s\n", tr("Terms, parties and signatures"));
		heading = true;
		term_print(s, t);
	}
}

static void
reason_print(FILE *to, const struct policy *p, unsigned rule)
{
	const struct rule_info *info = policy_rule_info(p, rule);

	if (info == NULL)
		(void)fputs(tr("no rule"), to);
	else
		(void)fprintf(to, "%s (%s)", info->id, info->article);
}

/* The rule says something else about itself: whether its article is our own reading. */
static void
reading_print(const struct diff_show *s, const struct diff_reason *r)
{
	const struct rule_info *old = policy_rule_info(diff_old(s->diff), r->old);
	const struct rule_info *new = policy_rule_info(diff_new(s->diff), r->new);

	if (old == NULL || new == NULL || old->inferred == new->inferred) return;
	(void)fprintf(s->cli->out, "; %s",
	    old->inferred ? tr("no longer marked as our own reading")
	                  : tr("now marked as our own reading"));
}

static void
reasons_print(const struct diff_show *s)
{
	FILE *to = s->cli->out;

	if (s->widening || diff_n_reasons(s->diff) == 0) return;
	(void)fprintf(to, "%s\n", tr("The same outcome, for another reason"));
	for (size_t i = 0; i < diff_n_reasons(s->diff); i++) {
		const struct diff_reason *r = diff_reason_at(s->diff, i);
		(void)fputs("    ", to);
		reason_print(to, diff_old(s->diff), r->old);
		(void)fputs(" -> ", to);
		reason_print(to, diff_new(s->diff), r->new);
		reading_print(s, r);
		(void)fputc('\n', to);
	}
}

/* Whether line I is the first about its obligation that goes this way. */
static bool
is_first_duty(const struct diff *d, size_t i)
{
	const struct diff_line *l = diff_line_at(d, i);
	for (size_t k = 0; k < i; k++) {
		const struct diff_line *other = diff_line_at(d, k);
		if (other->obligation != NULL && other->change->way == l->change->way &&
		    strcmp(other->obligation, l->obligation) == 0 &&
		    strcmp(other->convenant, l->convenant) == 0)
			return false;
	}
	return true;
}

size_t
diff_duties(const struct diff *d, enum way w)
{
	size_t n = 0;
	for (size_t i = 0; i < diff_n_lines(d); i++) {
		const struct diff_line *l = diff_line_at(d, i);
		n += l->obligation != NULL && l->change->way == w && is_first_duty(d, i);
	}
	return n;
}

static const char *
nothing_differs(const struct diff_show *s)
{
	struct cli *cli = s->cli;

	if (hash_equal(policy_hash(diff_old(s->diff)), policy_hash(diff_new(s->diff))))
		return tr("No difference.");
	if (cli_flag(cli, "convenant") || cli_flag(cli, "phase") ||
	    cli_flag(cli, "from") || cli_flag(cli, "to"))
		return tr("No difference in what was asked for; the bundles are not the "
		          "same.");
	return tr("No difference in outcome; the bundles are not the same (comments, "
	          "why).");
}

static void
summary_print(const struct diff_show *s)
{
	const struct diff_counts *n = diff_counts(s->diff);

	if (diff_is_empty(s->diff)) {
		(void)fprintf(s->cli->out, "%s\n", nothing_differs(s));
		return;
	}
	(void)fprintf(s->cli->out,
	    tr("%zu cells wider, %zu narrower, %zu both ways; %zu obligations no longer "
	       "travel, %zu do now; %zu other differences, %zu other reasons\n"),
	    n->wider, n->narrower, n->both, diff_duties(s->diff, WAY_WIDER),
	    diff_duties(s->diff, WAY_NARROWER), diff_n_terms(s->diff),
	    diff_n_reasons(s->diff));
}

void
diff_print(const struct diff_show *s)
{
	lines_print(s);
	terms_print(s);
	reasons_print(s);
	summary_print(s);
}
