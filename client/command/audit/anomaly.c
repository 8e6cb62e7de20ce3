/* SPDX-License-Identifier: EUPL-1.2 */
/* anomaly.c - from tallies to what stands out. */
#include "client/command/audit/anomaly.h"

#include <stdlib.h>
#include <string.h>

#include "proto/auto.h"
#include "proto/room.h"

struct search {
	struct watch               *watch;
	const struct anomaly_terms *terms;
	const struct tally *const  *tallies;
	size_t                      n;
	struct anomalies           *found;
};

const char *
anomaly_name(enum anomaly_kind kind)
{
	static const char *const names[ANOMALY_KINDS] = {"peak_sent", "peak_rule",
	    "peak_refused", "rare_pair", "new_pair", "new_rule", "unused_rule",
	    "unanswered", "not_taken", "overdue", "recall_overdue", "refused",
	    "not_served", "reveals", "gate"};
	return names[kind];
}

void
anomalies_wipe(struct anomalies *a)
{
	free(a->at);
	*a = (struct anomalies){0};
}

/* --- adding ---------------------------------------------------------------------- */

static rc
add(struct search *s, const struct anomaly *f)
{
	struct anomalies *a = s->found;

	TRY(room_for_one(&a->at, a->n, &a->cap, sizeof *a->at));
	a->at[a->n++] = *f;
	return RC_OK;
}

/* A finding of KIND with what T says. */
static struct anomaly
anomaly_of(enum anomaly_kind kind, const struct tally *t)
{
	struct anomaly f = {
	    .kind = kind, .n = t->n, .since_ms = t->first_ms, .n_entries = t->n_entries};

	memcpy(f.from, t->from, sizeof f.from);
	memcpy(f.to, t->to, sizeof f.to);
	memcpy(f.what, t->what, sizeof f.what);
	memcpy(f.entries, t->entries, sizeof f.entries);
	return f;
}

/* --- peaks ----------------------------------------------------------------------- */

static bool
same_series(const struct tally *a, const struct tally *b)
{
	return a->kind == b->kind && strcmp(a->from, b->from) == 0 &&
	       strcmp(a->to, b->to) == 0 && strcmp(a->what, b->what) == 0;
}

/* How many the series of tally I had in the WEEKS weeks before its own. */
static uint64_t
sum_before(const struct search *s, size_t i, uint64_t weeks)
{
	const struct tally *t   = s->tallies[i];
	uint64_t            sum = 0;

	for (size_t k = i; k-- > 0 && same_series(s->tallies[k], t);)
		if (s->tallies[k]->week + weeks >= t->week) sum += s->tallies[k]->n;
	return sum;
}

/* n > mean + 3 sqrt(mean), where a mean below one counts as one. */
static bool
stands_out(uint64_t n, uint64_t sum, uint64_t weeks)
{
	double mean = (double)sum / (double)weeks, over = (double)n - mean;

	return over > 0 && over * over > 9 * (mean < 1 ? 1 : mean);
}

static rc
find_peaks(struct search *s, enum tally_kind of, enum anomaly_kind kind)
{
	uint64_t begin = week_of_ms(watch_first_ms(s->watch));

	for (size_t i = 0; i < s->n; i++) {
		const struct tally *t     = s->tallies[i];
		uint64_t            weeks = t->week - begin;
		if (t->kind != of || t->n < PEAK_LEAST || weeks < PEAK_HISTORY ||
		    t->week < begin)
			continue;
		if (weeks > PEAK_WEEKS) weeks = PEAK_WEEKS;
		uint64_t sum = sum_before(s, i, weeks);
		if (!stands_out(t->n, sum, weeks)) continue;
		struct anomaly f = anomaly_of(kind, t);
		f.of             = sum * 10 / weeks;
		f.weeks          = weeks;
		f.since_ms       = ms_of_week(t->week);
		TRY(add(s, &f));
	}
	return RC_OK;
}

/* --- pairs and rules ------------------------------------------------------------- */

static uint64_t
sent_by(const struct search *s, const char *from)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < s->n; i++)
		if (s->tallies[i]->kind == TALLY_PAIR &&
		    strcmp(s->tallies[i]->from, from) == 0)
			sum += s->tallies[i]->n;
	return sum;
}

static bool
is_new(const struct search *s, const struct tally *t)
{
	return t->first_ms - watch_first_ms(s->watch) >= NEW_DAYS * DAY_MS &&
	       t->first_ms >= watch_first_ms(s->watch);
}

static rc
find_pairs(struct search *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct tally *t = s->tallies[i];
		if (t->kind != TALLY_PAIR) continue;
		struct anomaly f = anomaly_of(ANOMALY_RARE_PAIR, t);
		f.of             = sent_by(s, t->from);
		if (t->n <= RARE_MOST && f.of >= RARE_OF) TRY(add(s, &f));
		f.kind = ANOMALY_NEW_PAIR;
		if (is_new(s, t)) TRY(add(s, &f));
	}
	return RC_OK;
}

static bool
was_used(const struct search *s, const char *rule)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->tallies[i]->kind == TALLY_RULE &&
		    strcmp(s->tallies[i]->what, rule) == 0)
			return true;
	return false;
}

static rc
find_unused_rules(struct search *s)
{
	const struct policy *p = s->terms->policy;

	for (unsigned i = 0; p != NULL && i < policy_n_rules(p); i++) {
		const struct rule_info *rule = policy_rule_info(p, i);
		struct tally            none = {.kind = TALLY_RULE};
		if (was_used(s, rule->id)) continue;
		(void)strncpy(none.what, rule->id, sizeof none.what - 1);
		struct anomaly f = anomaly_of(ANOMALY_UNUSED_RULE, &none);
		TRY(add(s, &f));
	}
	return RC_OK;
}

/* Every tally of kind OF that is LEAST or more, or new, as KIND. */
static rc
find_all(struct search *s, enum tally_kind of, enum anomaly_kind kind, uint64_t least)
{
	for (size_t i = 0; i < s->n; i++) {
		struct anomaly f = anomaly_of(kind, s->tallies[i]);
		if (s->tallies[i]->kind == of && f.n >= least) TRY(add(s, &f));
	}
	return RC_OK;
}

static rc
find_new_rules(struct search *s)
{
	for (size_t i = 0; i < s->n; i++) {
		struct anomaly f = anomaly_of(ANOMALY_NEW_RULE, s->tallies[i]);
		if (s->tallies[i]->kind == TALLY_RULE && is_new(s, s->tallies[i]))
			TRY(add(s, &f));
	}
	return RC_OK;
}

/* --- promises -------------------------------------------------------------------- */

/* The finding of KIND about TO, of those found from FIRST on; a new one if need be. */
static rc
anomaly_about(struct search *s, size_t first, enum anomaly_kind kind, const char *to,
    struct anomaly **ret)
{
	struct anomaly f = {.kind = kind};

	for (size_t i = first; i < s->found->n; i++) {
		*ret = &s->found->at[i];
		if (strcmp((*ret)->to, to) == 0) return RC_OK;
	}
	(void)strncpy(f.to, to, sizeof f.to - 1);
	TRY(add(s, &f));
	*ret = &s->found->at[s->found->n - 1];
	return RC_OK;
}

static bool
is_late(const struct search *s, const struct promise *p, uint64_t days)
{
	return !p->kept && watch_last_ms(s->watch) >= p->since_ms + days * DAY_MS;
}

/* Per recipient: how many of what it owes are late, of how many. */
static rc
find_late(struct search *s, const struct promise *p, size_t n, uint64_t days,
    enum anomaly_kind kind)
{
	size_t first = s->found->n, kept = first;

	for (size_t i = 0; i < n; i++) {
		struct anomaly *f = NULL;
		if (kind == ANOMALY_UNANSWERED && !p[i].taken) continue;
		TRY(anomaly_about(s, first, kind, p[i].to, &f));
		f->of++;
		if (!is_late(s, &p[i], days)) continue;
		if (f->n++ == 0) f->since_ms = p[i].since_ms;
		if (f->n_entries < TALLY_ENTRIES) f->entries[f->n_entries++] = p[i].entry;
	}
	for (size_t i = first; i < s->found->n; i++)
		if (s->found->at[i].n != 0) s->found->at[kept++] = s->found->at[i];
	s->found->n = kept;
	return RC_OK;
}

static rc
find_promises(struct search *s)
{
	size_t                n;
	const struct promise *p = watch_deliveries(s->watch, &n);

	TRY(find_late(s, p, n, s->terms->feedback_days, ANOMALY_UNANSWERED));
	p = watch_recalls(s->watch, &n);
	return find_late(s, p, n, s->terms->recall_days, ANOMALY_RECALL_OVERDUE);
}

/* --- all ------------------------------------------------------------------------- */

rc
anomalies_find(struct watch *w, const struct anomaly_terms *terms, struct anomalies *ret)
{
	struct search s = {.watch = w, .terms = terms, .found = ret};

	*ret      = (struct anomalies){0};
	s.tallies = watch_tallies(w, &s.n);
	TRY(find_peaks(&s, TALLY_SENT, ANOMALY_PEAK_SENT));
	TRY(find_peaks(&s, TALLY_RULE_WEEK, ANOMALY_PEAK_RULE));
	TRY(find_peaks(&s, TALLY_REFUSED_WEEK, ANOMALY_PEAK_REFUSED));
	TRY(find_pairs(&s));
	TRY(find_new_rules(&s));
	TRY(find_unused_rules(&s));
	TRY(find_promises(&s));
	TRY(find_all(&s, TALLY_NOT_TAKEN, ANOMALY_NOT_TAKEN, 1));
	TRY(find_all(&s, TALLY_OVERDUE, ANOMALY_OVERDUE, 1));
	TRY(find_all(&s, TALLY_REFUSED, ANOMALY_REFUSED, 1));
	TRY(find_all(&s, TALLY_NOT_SERVED, ANOMALY_NOT_SERVED, 1));
	TRY(find_all(&s, TALLY_REVEAL, ANOMALY_REVEALS, REVEAL_LEAST));
	return find_all(&s, TALLY_GATE, ANOMALY_GATE, 1);
}
