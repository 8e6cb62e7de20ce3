/* SPDX-License-Identifier: EUPL-1.2 */
/* report.c - sections of the page, from tallies. */
#include "client/command/audit/report.h"

#include <stdlib.h>
#include <string.h>

#include "client/command/audit/anomaly_text.h"
#include "client/command/audit/plot.h"
#include "client/command/names.h"
#include "client/command/policy/html.h"
#include "client/command/show.h"
#include "proto/auto.h"

enum { WEEKS_MAX = 53, BARS_MAX = 40, DAY_TEXT = 10 };

/* --- bars out of tallies --------------------------------------------------------- */

typedef void (*bar_label)(
    const struct report *r, const struct tally *t, char out[PLOT_LABEL_MAX]);

static void
label_what(const struct report *r, const struct tally *t, char out[PLOT_LABEL_MAX])
{
	(void)r;
	(void)snprintf(out, PLOT_LABEL_MAX, "%s", t->what);
}

static void
label_action(const struct report *r, const struct tally *t, char out[PLOT_LABEL_MAX])
{
	(void)r;
	for (int a = SLUIS_WITHHOLD; a <= SLUIS_RELEASE; a++)
		if (strcmp(t->what, sluis_action_name((enum sluis_action)a)) == 0)
			(void)snprintf(
			    out, PLOT_LABEL_MAX, "%s", show_action((enum sluis_action)a));
}

static void
label_kind(const struct report *r, const struct tally *t, char out[PLOT_LABEL_MAX])
{
	(void)r;
	(void)snprintf(out, PLOT_LABEL_MAX, "%s", show_kind(t->what));
}

static void
label_from(const struct report *r, const struct tally *t, char out[PLOT_LABEL_MAX])
{
	char label[LABEL_MAX];

	(void)snprintf(
	    out, PLOT_LABEL_MAX, "%s", names_label(r->src->s, t->from, "", label));
}

/* Add T to the bar of its label. */
static size_t
add_bar(struct bar *bars, size_t n, const char *label, uint64_t value)
{
	size_t i = 0;

	while (i < n && strcmp(bars[i].label, label) != 0) i++;
	if (i == BARS_MAX) return n;
	if (i == n) {
		bars[n] = (struct bar){.value = 0};
		(void)snprintf(bars[n++].label, PLOT_LABEL_MAX, "%s", label);
	}
	bars[i].value += value;
	return n;
}

static int
compare_bars(const void *one, const void *other)
{
	const struct bar *a = one, *b = other;

	if (a->value != b->value) return a->value < b->value ? 1 : -1;
	return strcmp(a->label, b->label);
}

/* The tallies of KIND as bars, the largest first. */
static size_t
bars_of(const struct report *r, enum tally_kind kind, bar_label label, struct bar *bars)
{
	size_t                     n_tallies, n = 0;
	const struct tally *const *t = watch_tallies(r->watch, &n_tallies);

	for (size_t i = 0; i < n_tallies; i++) {
		char text[PLOT_LABEL_MAX] = "";
		if (t[i]->kind != kind) continue;
		label(r, t[i], text);
		n = add_bar(bars, n, text, t[i]->n);
	}
	qsort(bars, n, sizeof *bars, compare_bars);
	return n;
}

/* --- sections -------------------------------------------------------------------- */

static void
section(FILE *to, const char *id, const char *title)
{
	(void)fprintf(to, "<section id=\"%s\">\n", id);
	html_element(to, "h2", NULL, title);
}

static void
section_end(FILE *to)
{
	(void)fputs("</section>\n", to);
}

static void
day_of(uint64_t ms, char out[TIME_TEXT_MAX])
{
	(void)show_time(ms, out);
	out[DAY_TEXT] = '\0';
}

/* What tallies of KIND had in each of the last weeks. */
static size_t
weeks_of(const struct report *r, enum tally_kind kind, struct bar *bars)
{
	uint64_t last  = week_of_ms(watch_last_ms(r->watch)),
	         first = week_of_ms(watch_first_ms(r->watch));
	size_t                     n_tallies;
	const struct tally *const *t = watch_tallies(r->watch, &n_tallies);

	if (last - first >= WEEKS_MAX) first = last - WEEKS_MAX + 1;
	for (uint64_t week = first; week <= last; week++) {
		struct bar *b = &bars[week - first];
		char        day[TIME_TEXT_MAX];
		day_of(ms_of_week(week), day);
		(void)snprintf(b->label, sizeof b->label, "%s", day);
		b->value = 0;
		for (size_t i = 0; i < n_tallies; i++)
			if (t[i]->kind == kind && t[i]->week == week) b->value += t[i]->n;
	}
	return (size_t)(last - first + 1);
}

static void
over_time(FILE *to, const struct report *r)
{
	struct bar bars[WEEKS_MAX];

	section(to, "time", tr("Over time"));
	struct plot sent = {.id = "sent",
	    .title              = tr("Deliveries a week, from Monday"),
	    .label              = tr("Week of"),
	    .unit               = tr("Deliveries"),
	    .n                  = weeks_of(r, TALLY_SENT, bars),
	    .bars               = bars};
	plot_columns(to, &sent);
	struct plot refused = {.id = "refused",
	    .title                 = tr("Refusals a week, from Monday"),
	    .label                 = tr("Week of"),
	    .unit                  = tr("Refusals"),
	    .n                     = weeks_of(r, TALLY_REFUSED_WEEK, bars),
	    .bars                  = bars};
	plot_columns(to, &refused);
	section_end(to);
}

static void
who_sent(FILE *to, const struct report *r)
{
	struct bar bars[BARS_MAX];

	struct plot p = {.id = "senders",
	    .title           = tr("Deliveries by sender"),
	    .label           = tr("Sender"),
	    .unit            = tr("Deliveries"),
	    .n               = bars_of(r, TALLY_PAIR, label_from, bars),
	    .bars            = bars};
	plot_bars(to, &p);
	struct plot c = {.id = "convenants",
	    .title           = tr("Deliveries by convenant"),
	    .label           = tr("Convenant"),
	    .unit            = tr("Deliveries"),
	    .n               = bars_of(r, TALLY_PAIR, label_what, bars),
	    .bars            = bars};
	plot_bars(to, &c);
}

/* Who to whom, under what, and who was not entitled. */
static void
pairs(FILE *to, const struct report *r)
{
	const char                *headings[] = {tr("Sender"), tr("Recipient"),
	                   tr("Convenant or reason"), tr("Deliveries"), tr("Not served")};
	size_t                     n;
	const struct tally *const *t = watch_tallies(r->watch, &n);
	char                       from[LABEL_MAX], label[LABEL_MAX];

	section(to, "pairs", tr("Who to whom"));
	who_sent(to, r);
	page_table_begin(to, "pairs-all", tr("Who to whom"), headings, 5);
	for (size_t i = 0; i < n; i++) {
		bool served = t[i]->kind == TALLY_PAIR;
		if (!served && t[i]->kind != TALLY_NOT_SERVED) continue;
		page_row_begin(to, names_label(r->src->s, t[i]->from, "", from));
		page_cell(to, names_label(r->src->s, t[i]->to, "", label));
		page_cell(to, t[i]->what);
		page_number(to, served ? t[i]->n : 0);
		page_number(to, served ? 0 : t[i]->n);
		page_row_end(to);
	}
	page_table_end(to);
	section_end(to);
}

static void
rules(FILE *to, const struct report *r)
{
	struct bar bars[BARS_MAX];

	section(to, "rules", tr("Under which rules"));
	struct plot actions = {.id = "actions",
	    .title                 = tr("What happened to fields"),
	    .label                 = tr("Action"),
	    .unit                  = tr("Fields"),
	    .n                     = bars_of(r, TALLY_ACTION, label_action, bars),
	    .bars                  = bars};
	plot_bars(to, &actions);
	struct plot p = {.id = "rule-uses",
	    .title           = tr("Decisions in which a rule was used"),
	    .label           = tr("Rule"),
	    .unit            = tr("Decisions"),
	    .n               = bars_of(r, TALLY_RULE, label_what, bars),
	    .bars            = bars};
	plot_bars(to, &p);
	struct plot refused = {.id = "codes",
	    .title                 = tr("Why messages were refused"),
	    .label                 = tr("Code"),
	    .unit                  = tr("Refusals"),
	    .n                     = bars_of(r, TALLY_REFUSED, label_what, bars),
	    .bars                  = bars};
	plot_bars(to, &refused);
	section_end(to);
}

static void
findings(FILE *to, const struct report *r)
{
	const struct anomalies *a = r->found;
	char                    text[ANOMALY_TEXT_MAX], entries[ANOMALY_ENTRIES_MAX];

	section(to, "findings", tr("What stands out"));
	html_element(to, "p", NULL,
	    tr("Nothing here is an accusation: it is unlike the rest, and these are the "
	       "entries to read."));
	if (a->n == 0) html_element(to, "p", NULL, tr("nothing stands out"));
	for (size_t i = 0; i < a->n; i++) {
		const struct anomaly *f = &a->at[i];
		if (i == 0 || f->kind != a->at[i - 1].kind) {
			html_element(to, "h3", NULL, anomaly_heading(f->kind));
			(void)fputs("<ul>\n", to);
		}
		(void)fputs("<li>", to);
		html_text(to, anomaly_text(r->src->s, f, text));
		if (anomaly_entries(f, entries)[0] != '\0') {
			(void)fprintf(to, " (%s ", tr("entries"));
			html_text(to, entries);
			(void)fputc(')', to);
		}
		(void)fputs("</li>\n", to);
		if (i + 1 == a->n || a->at[i + 1].kind != f->kind)
			(void)fputs("</ul>\n", to);
	}
	section_end(to);
}

static void
kinds(FILE *to, const struct report *r)
{
	struct bar bars[BARS_MAX];

	section(to, "kinds", tr("What stands in the journal"));
	struct plot p = {.id = "entry-kinds",
	    .title           = tr("Entries by kind"),
	    .label           = tr("Kind"),
	    .unit            = tr("Entries"),
	    .n               = bars_of(r, TALLY_KIND, label_kind, bars),
	    .bars            = bars};
	plot_bars(to, &p);
	section_end(to);
}

/* --- the page -------------------------------------------------------------------- */

static void
head(FILE *to, const struct report *r)
{
	char number[32], made[64], root[2 * HASH_BYTES + 1], first[TIME_TEXT_MAX],
	    last[TIME_TEXT_MAX];

	hex_encode(root, sizeof root, slice_of(r->src->head.root.b, HASH_BYTES));
	(void)snprintf(
	    number, sizeof number, "%llu", (unsigned long long)r->src->head.size);
	(void)snprintf(made, sizeof made, "sluis %s", sluis_version());
	(void)fputs("<dl>\n", to);
	html_pair(to, tr("Journal"), r->src->head.origin);
	html_pair(to, tr("Entries, all verified"), number);
	html_pair(to, tr("Root (SHA-256)"), root);
	html_pair(
	    to, tr("First entry (UTC)"), show_time(watch_first_ms(r->watch), first));
	html_pair(to, tr("Last entry (UTC)"), show_time(watch_last_ms(r->watch), last));
	html_pair(to, tr("Made with"), made);
	(void)fputs("</dl>\n", to);
}

static void
contents(FILE *to)
{
	static const char *const parts[][2] = {{"how", N_("How to read this")},
	    {"time", N_("Over time")}, {"pairs", N_("Who to whom")},
	    {"rules", N_("Under which rules")}, {"findings", N_("What stands out")},
	    {"kinds", N_("What stands in the journal")},
	    {"figures", N_("Registered: figures that may be published")}};

	(void)fprintf(to, "<nav aria-label=\"");
	html_text(to, tr("Contents"));
	(void)fputs("\">\n<ul>\n", to);
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		(void)fprintf(to, "<li><a href=\"#%s\">", parts[i][0]);
		html_text(to, tr(parts[i][1]));
		(void)fputs("</a></li>\n", to);
	}
	(void)fputs("</ul>\n</nav>\n", to);
}

static void
how_to_read(FILE *to)
{
	section(to, "how", tr("How to read this"));
	html_element(to, "p", NULL,
	    tr("This page is made from the sharing log, of which every entry was "
	       "verified "
	       "against its signed head. It holds no person. Every plot stands above a "
	       "table with the same numbers."));
	html_element(to, "p", NULL,
	    tr("Whoever holds the log can count its entries as this page does; these "
	       "counts "
	       "are for the audit and not to be published. Only the figures under "
	       "'Registered' are made to be published: they hide what is small."));
	section_end(to);
}

rc
report_page(FILE *to, void *report)
{
	const struct report *r = report;

	html_begin(to, tr("Report of the sharing log"));
	head(to, r);
	(void)fputs("</header>\n", to);
	contents(to);
	(void)fputs("<main id=\"content\">\n", to);
	how_to_read(to);
	over_time(to, r);
	pairs(to, r);
	rules(to, r);
	findings(to, r);
	kinds(to, r);
	report_figures(to, r);
	html_end(to);
	return RC_OK;
}
