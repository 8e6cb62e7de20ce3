/* SPDX-License-Identifier: EUPL-1.2 */
/* show.c - outcomes as tables. */
#include "client/command/show.h"

#include <string.h>
#include <time.h>

#include "client/command/complain.h"
#include "client/command/duties.h"
#include "client/command/names.h"
#include "client/command/policy/change.h"
#include "client/command/table.h"
#include "policy/policy.h"
#include "proto/auto.h"

const char *
show_time(uint64_t ms, char out[TIME_TEXT_MAX])
{
	time_t    t = (time_t)(ms / 1000);
	struct tm tm;

	if (ms == 0 || gmtime_r(&t, &tm) == NULL ||
	    strftime(out, TIME_TEXT_MAX, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		out[0] = '\0';
	return out;
}

const char *
show_action(enum sluis_action a)
{
	switch (a) {
	case SLUIS_RELEASE:
		return tr("release");
	case SLUIS_GENERALISE:
		return tr("generalise");
	case SLUIS_PSEUDONYMISE:
		return tr("pseudonym");
	case SLUIS_WITHHOLD:
		return tr("withhold");
	}
	return "?";
}

/* The words of event_name(), which JSON keeps as they are. */
static const char *const kinds[][2] = {
    {"ruling", N_("served")},
    {"not_served", N_("not served")},
    {"refused", N_("refused")},
    {"acknowledged", N_("acknowledged")},
    {"undelivered", N_("not fetched in time")},
    {"enrolled", N_("keys enrolled")},
    {"revoked", N_("keys revoked")},
    {"policy", N_("policy in force")},
    {"policy_signed", N_("policy signed by")},
    {"policy_refused", N_("policy refused")},
    {"crl", N_("revocation lists")},
    {"anchors", N_("trusted authorities in force")},
    {"opened", N_("journal opened")},
    {"audit_read", N_("read by an auditor")},
    {"case", N_("act in a case")},
    {"notice", N_("notice")},
    {"feedback", N_("feedback given")},
    {"recall", N_("recalled")},
    {"destroyed", N_("destroyed")},
    {"withdrawn", N_("withdrawn before it was fetched")},
    {"reveal_asked", N_("source or identity asked for")},
    {"reveal_decided", N_("decided about a source or identity")},
    {"link", N_("asked what others know")},
    {"control", N_("control planned")},
    {"response", N_("answered")},
    {"overdue", N_("reminded of what is overdue")},
    {"shielded", N_("shielded")},
    {"removed", N_("removed")},
    {"cover", N_("cover")},
    {"gate", N_("unknown keys turned away")},
    {"epoch", N_("a key of the broker in force")},
    {"erased", N_("erased")},
    {"subject_asked", N_("asked what was shared about a person")},
    {"subject_decided", N_("decided on a question about a person")},
    {"subject_read", N_("told what was shared about a person")},
    {"restored", N_("went on from an older state")},
    {"clock", N_("wall clock of the broker")},
};

/* The code of these tells what happened: kind, has a code, has a subject, words. */
static const struct {
	const char *kind;
	bool        code, subject;
	const char *words;
} by_code[] = {
    {"crl", false, true, N_("revocation list in force")},
    {"crl", true, true, N_("older revocation list accepted")},
    {"crl", true, false, N_("authorities or revocation list refused")},
    {"clock", true, false, N_("wall clock not believed")},
    {"clock", false, false, N_("wall clock believed again")},
};

const char *
show_kind(const char *kind)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kinds[i][0], kind) == 0) return tr(kinds[i][1]);
	return kind;
}

const char *
show_event(const struct sluis_entry *e)
{
	for (size_t i = 0; i < sizeof by_code / sizeof by_code[0]; i++)
		if (strcmp(by_code[i].kind, e->kind) == 0 &&
		    by_code[i].code == (e->code[0] != '\0') &&
		    by_code[i].subject == (e->subject[0] != '\0'))
			return tr(by_code[i].words);
	return show_kind(e->kind);
}

const char *
show_colour(enum sluis_action a)
{
	if (a == SLUIS_RELEASE) return "green";
	return a == SLUIS_WITHHOLD ? "red" : "brown";
}

size_t
count_refused(const struct sluis_result *r)
{
	size_t n = 0;

	for (size_t i = 0; i < sluis_result_n_outcomes(r); i++)
		if (sluis_result_outcome(r, i)->code != SLUIS_OK) n++;
	return n;
}

/* --- fields x recipients --------------------------------------------------------- */

enum { COLUMNS_MAX = RECIPIENTS_MAX + 2 };

/* Every path that some outcome names, once, in the order of the schema (paths point into
 * it). */
struct paths {
	size_t       n, room;
	const char **at;
};

static int
by_address(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return (*x > *y) - (*x < *y);
}

static void
gather(const struct sluis_result *r, struct paths *p)
{
	for (size_t i = 0; i < sluis_result_n_outcomes(r); i++)
		p->room += sluis_result_outcome(r, i)->n_fields;
	p->at = calloc(p->room + 1, sizeof *p->at);
	for (size_t i = 0; p->at != NULL && i < sluis_result_n_outcomes(r); i++) {
		const struct sluis_outcome *o = sluis_result_outcome(r, i);
		for (size_t k = 0; k < o->n_fields; k++)
			p->at[p->n++] = o->fields[k].path;
	}
	if (p->n == 0) return;
	qsort(p->at, p->n, sizeof *p->at, by_address);
	size_t kept = 1;
	for (size_t i = 1; i < p->n; i++)
		if (p->at[i] != p->at[i - 1]) p->at[kept++] = p->at[i];
	p->n = kept;
}

static void
paths_free(struct paths *p)
{
	free(p->at);
}

/* "release zorg.identity.1", or two of them where records differ. */
static void
cell_of(struct table *t, const struct sluis_outcome *o, const char *path)
{
	char              text[192] = "";
	size_t            used      = 0;
	enum sluis_action least     = SLUIS_RELEASE;

	for (size_t i = 0; i < o->n_fields && used < sizeof text; i++) {
		const struct sluis_field *f = &o->fields[i];
		if (f->path != path) continue;
		if (f->action < least) least = f->action;
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%s%s%s",
		    used != 0 ? " / " : "", show_action(f->action),
		    f->rule[0] != '\0' ? " " : "", f->rule);
	}
	table_cell(t, used != 0 ? text : "-", used != 0 ? show_colour(least) : NULL);
}

static struct table *
new_matrix(struct cli *cli, const struct sluis *s, const struct sluis_result *r)
{
	char        labels[COLUMNS_MAX][LABEL_MAX];
	const char *headings[COLUMNS_MAX] = {tr("FIELD")};
	size_t      n                     = sluis_result_n_outcomes(r);

	if (n > RECIPIENTS_MAX) n = RECIPIENTS_MAX;
	for (size_t i = 0; i < n; i++) {
		const struct sluis_outcome *o = sluis_result_outcome(r, i);
		headings[i + 1] = names_label(s, o->oin, o->desk, labels[i]);
	}
	headings[n + 1] = NULL;
	return table_new(cli, headings);
}

static void
show_matrix(struct cli *cli, const struct sluis *s, const struct sluis_result *r)
{
	AUTO(paths_free) struct paths     paths = {0, 0, NULL};
	AUTO(table_destroy) struct table *t     = new_matrix(cli, s, r);

	gather(r, &paths);
	for (size_t i = 0; t != NULL && i < paths.n; i++) {
		table_row(t);
		table_cell(t, paths.at[i], NULL);
		for (size_t k = 0; k < sluis_result_n_outcomes(r) && k < RECIPIENTS_MAX;
		     k++)
			cell_of(t, sluis_result_outcome(r, k), paths.at[i]);
	}
	if (t != NULL && paths.n != 0) table_print(t);
}

/* --- rules and their articles ---------------------------------------------------- */

/* Was the rule of field K of outcome I shown before? */
static bool
seen_before(const struct sluis_result *r, size_t i, size_t k)
{
	const char *rule = sluis_result_outcome(r, i)->fields[k].rule;

	for (size_t a = 0; a <= i; a++) {
		const struct sluis_outcome *o = sluis_result_outcome(r, a);
		size_t                      n = a == i ? k : o->n_fields;
		for (size_t b = 0; b < n; b++)
			if (strcmp(o->fields[b].rule, rule) == 0) return true;
	}
	return false;
}

static bool
any_field(const struct sluis_result *r)
{
	for (size_t i = 0; i < sluis_result_n_outcomes(r); i++)
		if (sluis_result_outcome(r, i)->n_fields != 0) return true;
	return false;
}

/* What is said under the rules: of a decision without its detail only the leaf is known,
 * which names neither what was withheld nor an article. */
static const char *
about_the_rest(const struct sluis_result *r)
{
	const char *text = N_("What was withheld is not told here: it stands in the "
	                      "details, which only the sender and auditors may read, "
	                      "until they are erased.");

	for (size_t i = 0; i < sluis_result_n_outcomes(r); i++) {
		const struct sluis_outcome *o = sluis_result_outcome(r, i);
		for (size_t k = 0; k < o->n_fields; k++)
			if (o->fields[k].article[0] != '\0' ||
			    o->fields[k].action == SLUIS_WITHHOLD)
				return N_("A field without a rule is withheld because no "
				          "rule names it: silence means no.");
	}
	return text;
}

static void
show_rules(struct cli *cli, const struct sluis_result *r)
{
	const char                       *headings[] = {tr("RULE"), tr("ARTICLE"), NULL};
	AUTO(table_destroy) struct table *t          = table_new(cli, headings);

	for (size_t i = 0; t != NULL && i < sluis_result_n_outcomes(r); i++) {
		const struct sluis_outcome *o = sluis_result_outcome(r, i);
		for (size_t k = 0; k < o->n_fields; k++) {
			if (o->fields[k].rule[0] == '\0' || seen_before(r, i, k))
				continue;
			table_row(t);
			table_cell(t, o->fields[k].rule, NULL);
			table_cell(t, o->fields[k].article, NULL);
		}
	}
	if (t == NULL || !any_field(r)) return;
	(void)fputc('\n', cli->out);
	table_print(t);
	(void)fprintf(cli->out, "%s\n", tr(about_the_rest(r)));
}

/* --- one line a recipient -------------------------------------------------------- */

static void
show_verdict(struct cli *cli, const struct sluis *s, const struct sluis_outcome *o)
{
	char label[LABEL_MAX], change[CHANGE_TEXT_MAX];

	(void)fprintf(cli->out, "%s: %s",
	    o->oin[0] != '\0' ? names_label(s, o->oin, o->desk, label)
	                      : tr("the whole signal"),
	    o->code == SLUIS_OK ? tr("served") : tr("not served"));
	if (o->code != SLUIS_OK)
		(void)fprintf(cli->out, ", %s: %s", sluis_code_name(o->code),
		    tr(code_meaning(code_in(o->code))));
	if (o->rule[0] != '\0') (void)fprintf(cli->out, " [%s]", o->rule);
	if (o->article[0] != '\0') (void)fprintf(cli->out, " (%s)", o->article);
	if (o->entry_index >= 0)
		(void)fprintf(
		    cli->out, ", %s %lld", tr("entry"), (long long)o->entry_index);
	(void)fputc('\n', cli->out);
	if (o->change[0] != '\0')
		(void)fprintf(cli->out, "  %s %s\n", tr("would change it:"),
		    change_translate(o->change, change));
	if (o->lost)
		(void)fprintf(cli->out, "  %s\n",
		    tr("The broker lost what was withheld from it, and why."));
}

void
show_verdicts(struct cli *cli, const struct sluis *s, const struct sluis_result *r)
{
	AUTO(policy_destroy) struct policy *p = NULL; /* read when it is needed */

	for (size_t i = 0; i < sluis_result_n_outcomes(r); i++) {
		const struct sluis_outcome *o = sluis_result_outcome(r, i);
		show_verdict(cli, s, o);
		if (p == NULL) p = duties_policy(cli, o->n_obligations, o->obligations);
		duties_show(cli, p, "  ", o->n_obligations, o->obligations);
	}
}

void
show_outcomes(struct cli *cli, const struct sluis *s, const struct sluis_result *r)
{
	show_matrix(cli, s, r);
	show_rules(cli, r);
	if (any_field(r)) (void)fputc('\n', cli->out);
	show_verdicts(cli, s, r);
}
