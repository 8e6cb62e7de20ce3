/* SPDX-License-Identifier: EUPL-1.2 */
/* count.c - entries become counts of their year. */
#include "client/command/audit/count.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case.pb-c.h"
#include "client/command/audit/count_tables.h"
#include "client/command/audit/once.h"
#include "journal.pb-c.h"
#include "proto/auto.h"
#include "proto/limits.h"
#include "proto/message.h"
#include "proto/room.h"

#define NO_SIGNAL UINT32_MAX

/* What became of a signal, the most telling last. */
enum outcome { NOT_SERVED, OPEN, TOLD, NOT_FOLLOWED, FOLLOWED, INVESTIGATED };
static const char *const outcome_codes[] = {"not_served", "no_feedback", "feedback",
    "not_followed_up", "followed_up", "investigation"};

enum delivery_state { WAITING, TAKEN, NOT_TAKEN, TAKEN_BACK };
static const char *const state_codes[] = {"waiting", "taken", "not_taken", "withdrawn"};

struct signal {          /* of the year under way */
	uint8_t form;    /* row */
	uint8_t outcome; /* enum outcome */
};

struct delivery { /* of the year under way */
	uint64_t leaf;
	uint32_t signal; /* NO_SIGNAL: of an earlier year, or none of its own */
	uint8_t  recipient, state;
	bool     feedback;
	char     convenant[DESK_MAX + 1];
};

struct counting {
	struct once          once;
	size_t               n_years, n_signals, n_deliveries;
	size_t               cap_years, cap_signals, cap_deliveries;
	struct counted_year *years;
	struct signal       *signals;
	struct delivery     *deliveries;
	uint64_t             base; /* signals of the years before */
	/* the submission that is passing: its leaves stand together */
	uint8_t  trace[ID_BYTES];
	bool     passing;
	uint32_t signal;
};

static struct counted_year *
running(struct counting *c)
{
	return &c->years[c->n_years - 1];
}

/* --- years ----------------------------------------------------------------------- */

static int
year_of_ms(uint64_t ms)
{
	uint64_t days = ms / DAY_MS;
	uint64_t z = days + 719468, era = z / 146097, of_era = z - era * 146097;
	uint64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	uint64_t day  = of_era - (365 * year + year / 4 - year / 100);
	uint64_t month = (5 * day + 2) / 153; /* from March */

	return (int)(year + era * 400 + (month >= 10));
}

static rc
begin_year(struct counting *c, int year, uint64_t first)
{
	TRY(room_for_one(&c->years, c->n_years, &c->cap_years, sizeof *c->years));
	struct counted_year *y = &c->years[c->n_years++];
	*y                     = (struct counted_year){.year = year, .first = first};
	y->families            = calloc(COUNT_FAMILIES, sizeof *y->families);
	if (y->families == NULL) return RC_NOMEM;
	count_tables(y->families);
	return RC_OK;
}

/* How things stand when the year ends. */
static void
fold(struct counting *c)
{
	struct counted_year *y = running(c);

	for (size_t i = 0; i < c->n_signals; i++)
		family_count(&y->families[COUNT_SIGNALS], BY_OUTCOME, c->signals[i].form,
		    outcome_codes[c->signals[i].outcome]);
	for (size_t i = 0; i < c->n_deliveries; i++) {
		const struct delivery *d = &c->deliveries[i];
		struct family         *f = &y->families[COUNT_DELIVERIES];
		family_count(f, BY_CONVENANT, d->recipient, d->convenant);
		family_count(f, BY_STATE, d->recipient, state_codes[d->state]);
		family_count(
		    f, BY_FEEDBACK, d->recipient, d->feedback ? "given" : "none");
	}
	if (y->state == YEAR_RUNNING) y->state = YEAR_TOLD;
	/* what was erased while it ran is not counted, and that is all */
	if (y->state == YEAR_TOLD && y->n_missing != 0 && !y->erased)
		y->state = YEAR_INCOMPLETE;
	c->base += c->n_signals;
	c->n_signals = c->n_deliveries = 0;
}

/* The clock of a year never goes back: an entry belongs to the latest year so far. */
static rc
to_its_year(struct counting *c, const struct sluis_entry *e)
{
	int year = year_of_ms(e->time_ms);

	if (c->n_years != 0 && year <= running(c)->year) return RC_OK;
	if (c->n_years != 0) fold(c);
	c->passing = false;
	return begin_year(c, year, e->index);
}

/* Entry INDEX is erased: every year from its own on that has ended counted it, or what
 * came of it. */
static void
note_erased(struct counting *c, uint64_t index)
{
	for (size_t i = 0; i < c->n_years; i++) {
		bool begun_later = i + 1 < c->n_years && c->years[i + 1].first <= index;
		if (begun_later) continue;
		if (i + 1 < c->n_years) c->years[i].state = YEAR_ERASED;
	}
	running(c)->erased = true;
}

/* --- a signal -------------------------------------------------------------------- */

static bool
is_code(const char *text)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_");

	return n != 0 && n < AXIS_CODE_MAX && text[n] == '\0';
}

/* What RECORD counts as for KIND; NULL if it does not say, or in no code: a table that is
 * published names nothing that a broker made up. */
static const char *
group_of(const Sluis__RuledRecord *record, const char *kind)
{
	size_t n = strlen(kind);

	for (size_t i = 0; i < record->n_counted; i++)
		if (strncmp(record->counted[i], kind, n) == 0 &&
		    record->counted[i][n] == ':')
			return is_code(record->counted[i] + n + 1)
			           ? record->counted[i] + n + 1
			           : NULL;
	return NULL;
}

static bool
is_victim(const Sluis__RuledRecord *record)
{
	for (size_t i = 0; i < record->n_facts; i++)
		if (strcmp(record->facts[i], "victim") == 0) return true;
	return false;
}

static void
count_victims(struct counting *c, const Sluis__Detail *d, const char *form)
{
	struct family *f   = &running(c)->families[COUNT_VICTIMS];
	size_t         row = axis_place(&f->rows, form);

	for (size_t i = 0; i + 1 < d->n_records; i++) {
		const Sluis__RuledRecord *r = d->records[i];
		if (!is_victim(r)) continue;
		family_count(f, BY_SEX, row, group_of(r, "sex"));
		family_count(f, BY_AGE, row, group_of(r, "age"));
		family_count(f, BY_RESIDENCE, row, group_of(r, "lives"));
	}
}

static rc
count_signal(struct counting *c, const struct sluis_entry *e, const Sluis__Detail *d)
{
	const Sluis__RuledRecord *all  = d->records[d->n_records - 1];
	const char               *form = group_of(all, "form");
	struct family            *f    = &running(c)->families[COUNT_SIGNALS];
	size_t                    row  = axis_place(&f->rows, form);

	TRY(room_for_one(&c->signals, c->n_signals, &c->cap_signals, sizeof *c->signals));
	c->signals[c->n_signals++] = (struct signal){.form = (uint8_t)row};
	running(c)->n_signals++;
	family_count(f, BY_SECTOR, row, group_of(all, "sector"));
	family_count(f, BY_PLACE, row, group_of(all, "place"));
	family_count(f, BY_SOURCE, row, e->sender_oin);
	family_count(f, BY_ORIGIN, row, group_of(all, "origin"));
	count_victims(c, d, form);
	return RC_OK;
}

/* Which signal the submission of D is: a new one, one that came before, or none. */
static rc
find_signal(struct counting *c, const struct sluis_entry *e, const Sluis__Detail *d)
{
	struct slice trace  = slice_of(d->trace_id.data, d->trace_id.len);
	struct slice in     = slice_of(d->case_id.data, d->case_id.len);
	uint64_t     number = c->base + c->n_signals, was = 0;
	bool         adds  = group_of(d->records[d->n_records - 1], "again") != NULL;
	bool         fresh = false;

	TRY(once_add(&c->once, 't', trace, "", number, &was, &fresh));
	if (fresh && d->has_case_id)
		TRY(once_add(&c->once, 'c', in, e->sender_oin, number, &was, &fresh));
	if (fresh && !adds) {
		c->signal = (uint32_t)c->n_signals;
		return count_signal(c, e, d);
	}
	c->signal =
	    was >= c->base && was < number ? (uint32_t)(was - c->base) : NO_SIGNAL;
	return RC_OK;
}

/* Its leaves stand together, so only the first of them is looked up. */
static rc
count_submission(struct counting *c, const struct sluis_entry *e, const Sluis__Detail *d)
{
	if (c->passing && memcmp(c->trace, d->trace_id.data, ID_BYTES) == 0) return RC_OK;
	memcpy(c->trace, d->trace_id.data, ID_BYTES);
	c->passing = true;
	return find_signal(c, e, d);
}

/* --- what became of it ----------------------------------------------------------- */

static struct signal *
signal_at(struct counting *c, uint32_t at)
{
	return at < c->n_signals ? &c->signals[at] : NULL;
}

static void
raise(struct counting *c, uint32_t at, enum outcome to)
{
	struct signal *s = signal_at(c, at);

	if (s != NULL && s->outcome < to) s->outcome = (uint8_t)to;
}

static rc
count_delivery(struct counting *c, const struct sluis_entry *e)
{
	struct family *f = &running(c)->families[COUNT_DELIVERIES];

	TRY(room_for_one(
	    &c->deliveries, c->n_deliveries, &c->cap_deliveries, sizeof *c->deliveries));
	struct delivery *d = &c->deliveries[c->n_deliveries++];
	*d                 = (struct delivery){.leaf = e->index, .signal = c->signal};
	d->recipient       = (uint8_t)axis_place(&f->rows, e->recipient_oin);
	(void)snprintf(d->convenant, sizeof d->convenant, "%s", e->convenant);
	raise(c, c->signal, OPEN);
	return RC_OK;
}

static int
compare_leaf(const void *leaf, const void *delivery)
{
	uint64_t a = *(const uint64_t *)leaf,
	         b = ((const struct delivery *)delivery)->leaf;

	return a < b ? -1 : a > b;
}

/* The delivery of this year that E refers to; NULL for another. */
static struct delivery *
delivery_of(struct counting *c, const struct sluis_entry *e)
{
	uint64_t leaf = (uint64_t)e->refers_to;

	if (e->refers_to == SLUIS_NO_ENTRY || c->n_deliveries == 0) return NULL;
	return bsearch(
	    &leaf, c->deliveries, c->n_deliveries, sizeof *c->deliveries, compare_leaf);
}

static enum outcome
outcome_of(const Sluis__Feedback *f)
{
	if (f == NULL) return TOLD;
	if (f->has_investigation_started && f->investigation_started) return INVESTIGATED;
	if (f->has_followed_up) return f->followed_up ? FOLLOWED : NOT_FOLLOWED;
	return f->has_no_action ? NOT_FOLLOWED : TOLD;
}

static void
count_feedback(struct counting *c, const struct sluis_entry *e, const Sluis__Detail *d)
{
	struct delivery *to = delivery_of(c, e);

	if (to == NULL) return;
	to->feedback = true;
	AUTO(message_destroy)
	Sluis__CaseStep *step = d == NULL || !d->has_act ? NULL
	                                                 : sluis__case_step__unpack(NULL,
	                                                       d->act.len, d->act.data);
	raise(c, to->signal, outcome_of(step == NULL ? NULL : step->feedback));
}

static void
count_state(struct counting *c, const struct sluis_entry *e, enum delivery_state state)
{
	struct delivery *d = delivery_of(c, e);

	if (d != NULL) d->state = (uint8_t)state;
}

/* --- entries --------------------------------------------------------------------- */

static rc
count_ruling(struct counting *c, const struct sluis_entry *e, const Sluis__Detail *d)
{
	bool served = strcmp(e->kind, "ruling") == 0;

	if (d == NULL) running(c)->n_missing++;
	if (d != NULL && d->n_records != 0 && d->trace_id.len == ID_BYTES)
		TRY(count_submission(c, e, d));
	else
		c->signal = NO_SIGNAL;
	return served ? count_delivery(c, e) : RC_OK;
}

static rc
count_entry(struct counting *c, const struct sluis_entry *e, const Sluis__Detail *d)
{
	if (strcmp(e->kind, "ruling") == 0 || strcmp(e->kind, "not_served") == 0)
		return count_ruling(c, e, d);
	c->passing = false;
	if (strcmp(e->kind, "acknowledged") == 0) count_state(c, e, TAKEN);
	if (strcmp(e->kind, "undelivered") == 0) count_state(c, e, NOT_TAKEN);
	if (strcmp(e->kind, "withdrawn") == 0) count_state(c, e, TAKEN_BACK);
	if (strcmp(e->kind, "feedback") == 0) count_feedback(c, e, d);
	if (strcmp(e->kind, "erased") == 0 && e->refers_to != SLUIS_NO_ENTRY)
		note_erased(c, (uint64_t)e->refers_to);
	return RC_OK;
}

/* --- public ---------------------------------------------------------------------- */

rc
counting_new(struct counting **ret)
{
	*ret = calloc(1, sizeof **ret);
	return *ret == NULL ? RC_NOMEM : RC_OK;
}

void
counting_destroy(struct counting **cp)
{
	struct counting *c = *cp;

	*cp = NULL;
	if (c == NULL) return;
	for (size_t i = 0; i < c->n_years; i++) free(c->years[i].families);
	free(c->years);
	free(c->signals);
	free(c->deliveries);
	once_wipe(&c->once);
	free(c);
}

rc
counting_visit(void *arg, const struct sluis_entry *e, uint64_t size)
{
	struct counting                     *c = arg;
	AUTO(message_destroy) Sluis__Detail *d = NULL;

	(void)size;
	TRY(to_its_year(c, e));
	if (e->detail != NULL) {
		d = sluis__detail__unpack(NULL, e->detail_n, e->detail);
		if (d == NULL) return RC_BAD_DIGEST;
	}
	return count_entry(c, e, d);
}

size_t
counting_n_years(const struct counting *c)
{
	return c->n_years;
}

const struct counted_year *
counting_year(const struct counting *c, size_t i)
{
	return &c->years[i];
}
