/* SPDX-License-Identifier: EUPL-1.2 */
/* watch.c - a tree of tallies, and what is waited for. */
#include "client/command/audit/watch.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/auto.h"
#include "proto/room.h"

enum { RULES_MAX = 256 }; /* that one entry names, silence included */

struct promises {
	size_t          n, cap;
	struct promise *at;
};

struct watch {
	void           *root; /* of the tallies, which LIST owns */
	size_t          n, cap;
	struct tally  **list;
	struct promises deliveries, recalls;
	uint64_t        first_ms, last_ms;
	bool            begun;
};

/* Weeks from Monday 1969-12-29. */
uint64_t
week_of_ms(uint64_t ms)
{
	return (ms / DAY_MS + 3) / 7;
}

uint64_t
ms_of_week(uint64_t week)
{
	return week == 0 ? 0 : (week * 7 - 3) * DAY_MS;
}

/* --- tallies --------------------------------------------------------------------- */

static int
compare(const void *one, const void *other)
{
	const struct tally *a = one, *b = other;
	int                 d = (int)a->kind - (int)b->kind;

	if (d == 0) d = strcmp(a->from, b->from);
	if (d == 0) d = strcmp(a->to, b->to);
	if (d == 0) d = strcmp(a->what, b->what);
	if (d == 0) d = a->week < b->week ? -1 : a->week > b->week;
	return d;
}

static rc
find(struct watch *w, const struct tally *like, struct tally **ret)
{
	AUTO(auto_free) struct tally *fresh = malloc(sizeof *fresh);

	if (fresh == NULL) return RC_NOMEM;
	TRY(room_for_one(&w->list, w->n, &w->cap, sizeof(struct tally *)));
	*fresh               = *like;
	struct tally **found = tsearch(fresh, &w->root, compare);
	if (found == NULL) return RC_NOMEM;
	*ret = *found;
	if (*found == fresh) w->list[w->n++] = TAKE(fresh);
	return RC_OK;
}

/* Entry E counts N times for what LIKE names. */
static rc
count(struct watch *w, struct tally like, const struct sluis_entry *e, uint64_t n)
{
	struct tally *t = NULL;

	TRY(find(w, &like, &t));
	if (t->n == 0) t->first_ms = e->time_ms;
	t->n += n;
	t->last_ms = e->time_ms;
	if (t->n_entries < TALLY_ENTRIES) t->entries[t->n_entries++] = e->index;
	return RC_OK;
}

/* TEXT from a leaf, which a broker may have filled with anything, fit for a terminal. */
static void
put_text(char *out, size_t n, const char *text)
{
	(void)snprintf(out, n, "%s", text);
	for (; *out != '\0'; out++)
		if (*out < ' ' || *out > '~') *out = '?';
}

static struct tally
tally_of(enum tally_kind kind, const char *from, const char *to, const char *what)
{
	struct tally t = {.kind = kind};

	put_text(t.from, sizeof t.from, from);
	put_text(t.to, sizeof t.to, to);
	put_text(t.what, sizeof t.what, what);
	return t;
}

static rc
count_week(struct watch *w, struct tally like, const struct sluis_entry *e)
{
	like.week = week_of_ms(e->time_ms);
	return count(w, like, e, 1);
}

const char *
tally_name(enum tally_kind kind)
{
	static const char *const names[TALLY_KINDS] = {"deliveries", "sent_in_week",
	    "rule", "rule_in_week", "refused", "refused_in_week", "not_served",
	    "not_taken", "overdue", "gate", "reveals", "entries", "fields"};
	return names[kind];
}

/* --- promises -------------------------------------------------------------------- */

static rc
promise(struct promises *p, const struct sluis_entry *e)
{
	TRY(room_for_one(&p->at, p->n, &p->cap, sizeof *p->at));
	struct promise *one = &p->at[p->n++];
	*one                = (struct promise){.entry = e->index, .since_ms = e->time_ms};
	put_text(one->from, sizeof one->from, e->sender_oin);
	put_text(one->to, sizeof one->to, e->recipient_oin);
	return RC_OK;
}

static int
compare_entry(const void *entry, const void *p)
{
	uint64_t a = *(const uint64_t *)entry, b = ((const struct promise *)p)->entry;

	return a < b ? -1 : a > b;
}

static struct promise *
promised(const struct promises *p, const struct sluis_entry *e)
{
	uint64_t entry = (uint64_t)e->refers_to;

	if (e->refers_to == SLUIS_NO_ENTRY || p->n == 0) return NULL;
	return bsearch(&entry, p->at, p->n, sizeof *p->at, compare_entry);
}

static void
keep(const struct promises *in, const struct sluis_entry *e)
{
	struct promise *p = promised(in, e);

	if (p != NULL) p->kept = true;
}

/* From then on it is in the recipient's hands. */
static void
take(const struct promises *in, const struct sluis_entry *e)
{
	struct promise *p = promised(in, e);

	if (p == NULL) return;
	p->taken    = true;
	p->since_ms = e->time_ms;
}

/* --- entries --------------------------------------------------------------------- */

static bool
is_among(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0) return true;
	return false;
}

/* The rules of an entry, each once. */
static rc
count_rules(struct watch *w, const struct sluis_entry *e)
{
	const char *seen[RULES_MAX] = {""}; /* silence is no rule */
	size_t      n               = 1;

	for (size_t i = 0; i < e->n_fields; i++) {
		const char *rule = e->fields[i].rule;
		if (rule == NULL || is_among(seen, n, rule) || n == RULES_MAX) continue;
		seen[n++] = rule;
		TRY(count(w, tally_of(TALLY_RULE, "", "", rule), e, 1));
		TRY(count_week(w, tally_of(TALLY_RULE_WEEK, "", "", rule), e));
	}
	if (e->rule[0] == '\0') return RC_OK;
	return count(w, tally_of(TALLY_RULE, "", "", e->rule), e, 1);
}

/* How many fields were released, generalised, ... */
static rc
count_actions(struct watch *w, const struct sluis_entry *e)
{
	uint64_t n[SLUIS_RELEASE + 1] = {0};

	for (size_t i = 0; i < e->n_fields; i++)
		if (e->fields[i].action >= SLUIS_WITHHOLD &&
		    e->fields[i].action <= SLUIS_RELEASE)
			n[e->fields[i].action]++;
	for (int a = SLUIS_WITHHOLD; a <= SLUIS_RELEASE; a++)
		if (n[a] != 0)
			TRY(count(w,
			    tally_of(TALLY_ACTION, "", "",
			        sluis_action_name((enum sluis_action)a)),
			    e, n[a]));
	return RC_OK;
}

static rc
watch_ruling(struct watch *w, const struct sluis_entry *e)
{
	TRY(count_rules(w, e));
	TRY(count_actions(w, e));
	TRY(count(w, tally_of(TALLY_PAIR, e->sender_oin, e->recipient_oin, e->convenant),
	    e, 1));
	TRY(count_week(w, tally_of(TALLY_SENT, e->sender_oin, "", ""), e));
	if (strcmp(e->sender_oin, e->recipient_oin) == 0) return RC_OK;
	return promise(&w->deliveries, e);
}

/* How many things E stands for: of a flood only the number is there. */
static uint64_t
weight_of(const struct sluis_entry *e)
{
	return e->count == 0 ? 1 : e->count;
}

static rc
watch_refused(struct watch *w, const struct sluis_entry *e)
{
	struct tally week = tally_of(TALLY_REFUSED_WEEK, e->sender_oin, "", "");

	week.week = week_of_ms(e->time_ms);
	TRY(count_rules(w, e));
	TRY(count(
	    w, tally_of(TALLY_REFUSED, e->sender_oin, "", e->code), e, weight_of(e)));
	return count(w, week, e, weight_of(e));
}

static rc
watch_not_served(struct watch *w, const struct sluis_entry *e)
{
	TRY(count_rules(w, e));
	return count(w,
	    tally_of(TALLY_NOT_SERVED, e->sender_oin, e->recipient_oin, e->code), e, 1);
}

static rc
watch_acknowledged(struct watch *w, const struct sluis_entry *e)
{
	take(&w->deliveries, e);
	return RC_OK;
}

static rc
watch_undelivered(struct watch *w, const struct sluis_entry *e)
{
	return count(w, tally_of(TALLY_NOT_TAKEN, "", e->recipient_oin, ""), e, 1);
}

static rc
watch_feedback(struct watch *w, const struct sluis_entry *e)
{
	keep(&w->deliveries, e);
	return RC_OK;
}

static rc
watch_recall(struct watch *w, const struct sluis_entry *e)
{
	keep(&w->deliveries, e); /* nobody owes feedback about what was taken back */
	return promise(&w->recalls, e);
}

static rc
watch_destroyed(struct watch *w, const struct sluis_entry *e)
{
	keep(&w->recalls, e);
	return RC_OK;
}

static rc
watch_overdue(struct watch *w, const struct sluis_entry *e)
{
	return count(w, tally_of(TALLY_OVERDUE, "", e->recipient_oin, ""), e, 1);
}

static rc
watch_reveal(struct watch *w, const struct sluis_entry *e)
{
	return count(w, tally_of(TALLY_REVEAL, e->sender_oin, "", ""), e, 1);
}

static rc
watch_gate(struct watch *w, const struct sluis_entry *e)
{
	return count(w, tally_of(TALLY_GATE, "", "", e->code), e, weight_of(e));
}

static const struct {
	const char *kind;
	rc (*watch)(struct watch *w, const struct sluis_entry *e);
} kinds[] = {
    {"ruling", watch_ruling},
    {"not_served", watch_not_served},
    {"refused", watch_refused},
    {"acknowledged", watch_acknowledged},
    {"undelivered", watch_undelivered},
    {"feedback", watch_feedback},
    {"recall", watch_recall},
    {"destroyed", watch_destroyed},
    {"overdue", watch_overdue},
    {"reveal_asked", watch_reveal},
    {"gate", watch_gate},
};

rc
watch_visit(void *arg, const struct sluis_entry *e, uint64_t size)
{
	struct watch *w = arg;

	(void)size;
	if (!w->begun) w->first_ms = e->time_ms;
	w->begun = true;
	if (e->time_ms > w->last_ms) w->last_ms = e->time_ms;
	TRY(count(w, tally_of(TALLY_KIND, "", "", e->kind), e, 1));
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kinds[i].kind, e->kind) == 0) return kinds[i].watch(w, e);
	return RC_OK;
}

/* --- what was seen --------------------------------------------------------------- */

rc
watch_new(struct watch **ret)
{
	*ret = calloc(1, sizeof **ret);
	return *ret == NULL ? RC_NOMEM : RC_OK;
}

static void
leave(void *tally)
{
	(void)tally; /* the list owns it */
}

void
watch_destroy(struct watch **wp)
{
	struct watch *w = *wp;

	*wp = NULL;
	if (w == NULL) return;
	tdestroy(w->root, leave);
	for (size_t i = 0; i < w->n; i++) free(w->list[i]);
	free(w->list);
	free(w->deliveries.at);
	free(w->recalls.at);
	free(w);
}

static int
compare_places(const void *one, const void *other)
{
	return compare(*(struct tally *const *)one, *(struct tally *const *)other);
}

const struct tally *const *
watch_tallies(struct watch *w, size_t *ret_n)
{
	if (w->n != 0) qsort(w->list, w->n, sizeof *w->list, compare_places);
	*ret_n = w->n;
	return (const struct tally *const *)w->list;
}

const struct promise *
watch_deliveries(const struct watch *w, size_t *ret_n)
{
	*ret_n = w->deliveries.n;
	return w->deliveries.at;
}

const struct promise *
watch_recalls(const struct watch *w, size_t *ret_n)
{
	*ret_n = w->recalls.n;
	return w->recalls.at;
}

uint64_t
watch_first_ms(const struct watch *w)
{
	return w->first_ms;
}

uint64_t
watch_last_ms(const struct watch *w)
{
	return w->last_ms;
}
