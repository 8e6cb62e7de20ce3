/* SPDX-License-Identifier: EUPL-1.2 */
/* filter.c - entries against what is asked. */
#include "client/command/audit/filter.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "client/command/complain.h"
#include "client/result.h"
#include "proto/auto.h"
#include "proto/message.h"

/* --- articles -------------------------------------------------------------------- */

static bool
is_break(char a, char b)
{
	bool digits = isdigit((unsigned char)a) && isdigit((unsigned char)b);
	bool words  = isalpha((unsigned char)a) && isalpha((unsigned char)b);

	return !digits && !words;
}

bool
article_names(const char *article, const char *asked)
{
	size_t n = strlen(asked);

	for (const char *at = article; n != 0 && strlen(at) >= n; at++) {
		bool begins = at == article || is_break(at[-1], at[0]);
		bool point  = at != article && at[-1] == '.' &&
		             isdigit((unsigned char)at[0]) && at - article > 1 &&
		             isdigit((unsigned char)at[-2]);
		if (!begins || point || strncasecmp(at, asked, n) != 0) continue;
		if (at[n] == '\0' || is_break(at[n - 1], at[n])) return true;
	}
	return false;
}

/* --- ids ------------------------------------------------------------------------- */

static bool
id_is(struct filter_id *f, const uint8_t *id)
{
	char hex[ID_BYTES * 2 + 1];

	if (id == NULL) return false;
	hex_encode(hex, sizeof hex, slice_of(id, ID_BYTES));
	if (strncmp(hex, f->asked, strlen(f->asked)) != 0) return false;
	if (!f->met) memcpy(f->id, id, ID_BYTES);
	f->several |= memcmp(f->id, id, ID_BYTES) != 0;
	f->met = true;
	return true;
}

static bool
was_taken(const struct filter *f, int64_t index)
{
	size_t low = 0, high = f->n_taken;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (f->taken[mid] == (uint64_t)index) return true;
		if (f->taken[mid] < (uint64_t)index)
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}

static rc
remember(struct filter *f, uint64_t index)
{
	if (f->n_taken == f->room) {
		size_t    room = f->room == 0 ? 64 : f->room * 2;
		uint64_t *more = realloc(f->taken, room * sizeof *more);
		if (more == NULL) return RC_NOMEM;
		f->taken = more;
		f->room  = room;
	}
	f->taken[f->n_taken++] = index;
	return RC_OK;
}

/* By --trace and --case.  A reader's entry refers to where it began to read: no matter.
 */
static rc
take_by_id(struct filter *f, const struct sluis_entry *e, bool *ret)
{
	bool trace = f->trace.asked[0] == '\0', in_case = f->case_id.asked[0] == '\0';
	bool refers = e->refers_to >= 0 && strcmp(e->kind, "audit_read") != 0 &&
	              was_taken(f, e->refers_to);

	*ret = true;
	if (trace && in_case) return RC_OK;
	if (!trace) trace = id_is(&f->trace, e->trace_id);
	if (!in_case) in_case = id_is(&f->case_id, e->case_id);
	*ret = (trace && in_case) || refers;
	return *ret ? remember(f, e->index) : RC_OK;
}

/* --- parties, fields, outcomes --------------------------------------------------- */

bool
filter_is_party(const struct filter *f, const char *oin, const char *desk)
{
	return strcmp(oin, f->party.oin) == 0 &&
	       (f->party.desk[0] == '\0' || strcmp(desk, f->party.desk) == 0);
}

static bool
is_between(const struct filter *f, const struct sluis_entry *e)
{
	return filter_is_party(f, e->sender_oin, e->sender_desk) ||
	       filter_is_party(f, e->recipient_oin, e->recipient_desk);
}

static bool
field_is(const struct filter *f, const struct sluis_field *field)
{
	const struct schema_field *s = schema_find(field->path);

	if (f->by_field && (s == NULL || !fieldset_has(&f->fields, s->index)))
		return false;
	if (f->action != 0 && (unsigned)field->action != f->action) return false;
	return f->article == NULL || article_names(field->article, f->article);
}

static bool
fields_are(const struct filter *f, const struct sluis_entry *e, const Sluis__Detail *d)
{
	if (!f->by_field && f->action == 0 && f->article == NULL) return true;
	for (size_t i = 0; i < e->n_fields; i++)
		if (field_is(f, &e->fields[i])) return true;
	return !f->by_field && f->action == 0 && d != NULL && d->article != NULL &&
	       article_names(d->article, f->article);
}

static bool
outcome_is(const struct filter *f, const struct sluis_entry *e)
{
	if (f->outcome == NULL || f->action != 0) return true;
	if (strcmp(f->outcome, "served") == 0) return strcmp(e->kind, "ruling") == 0;
	return strcmp(f->outcome, e->kind) == 0 || strcmp(f->outcome, e->code) == 0;
}

/* --- one entry ------------------------------------------------------------------- */

static rc
learn(struct filter *f, const struct sluis_entry *e, const Sluis__Detail *d)
{
	TRY(known_add(&f->convenants, e->convenant));
	TRY(known_add(&f->codes, e->code));
	if (f->article == NULL) return RC_OK;
	if (d != NULL) TRY(known_add(&f->articles, d->article));
	for (size_t i = 0; i < e->n_fields; i++)
		TRY(known_add(&f->articles, e->fields[i].article));
	return RC_OK;
}

rc
filter_take(struct filter *f, const struct sluis_entry *e, bool *ret)
{
	AUTO(message_destroy)
	Sluis__Detail *d = NULL;

	if (f->article != NULL && e->detail != NULL)
		d = sluis__detail__unpack(NULL, e->detail_n, e->detail);
	TRY(learn(f, e, d));
	TRY(take_by_id(f, e, ret));
	*ret = *ret && (!f->by_party || is_between(f, e)) &&
	       (f->convenant == NULL || strcmp(f->convenant, e->convenant) == 0) &&
	       (f->kind == NULL || strcmp(f->kind, e->kind) == 0) &&
	       e->time_ms >= f->from_ms &&
	       (f->until_ms == 0 || e->time_ms < f->until_ms) && outcome_is(f, e) &&
	       fields_are(f, e, d);
	return RC_OK;
}

/* --- the end --------------------------------------------------------------------- */

static bool
is_named(const struct known *k, const char *name)
{
	for (size_t i = 0; i < k->n; i++)
		if (strcmp(k->names[i], name) == 0) return true;
	return false;
}

static bool
is_article(const struct filter *f)
{
	for (size_t i = 0; i < f->articles.n; i++)
		if (article_names(f->articles.names[i], f->article)) return true;
	return f->articles.n == KNOWN_MAX; /* too many to tell */
}

static rc
check_convenant(struct filter *f)
{
	if (f->convenant == NULL || is_named(&f->convenants, f->convenant)) return RC_OK;
	if (f->policy != NULL && policy_convenant(f->policy, f->convenant) != NULL)
		return RC_OK;
	for (size_t i = 0; f->policy != NULL && i < policy_n_convenants(f->policy); i++)
		TRY(known_add(&f->convenants, policy_convenant_at(f->policy, i)->id));
	return known_complain(
	    f->cli, f->policy, "convenant", f->convenant, known_at, &f->convenants);
}

static rc
check_article(struct filter *f)
{
	for (size_t i = 0;
	     f->article != NULL && f->policy != NULL && i < policy_n_rules(f->policy);
	     i++)
		TRY(known_add(
		    &f->articles, policy_rule_info(f->policy, (unsigned)i)->article));
	if (f->article == NULL || is_article(f)) return RC_OK;
	return known_complain(
	    f->cli, NULL, "article", f->article, known_at, &f->articles);
}

static rc
check_id(struct filter *f, const char *option, const struct filter_id *id)
{
	char where[64];

	if (id->asked[0] == '\0' || (id->met && !id->several)) return RC_OK;
	(void)snprintf(where, sizeof where, "--%s %s", option, id->asked);
	rc code = id->several ? RC_USAGE : RC_NOT_FOUND;
	(void)complain_code(f->cli, code, where,
	    id->several ? N_("more than one begins so: give more of its digits")
	                : N_("no entry that can be read here names it (any more, where "
	                     "details were erased)"));
	return code;
}

rc
filter_end(struct filter *f)
{
	TRY(check_convenant(f));
	TRY(check_article(f));
	TRY(check_id(f, "trace", &f->trace));
	return check_id(f, "case", &f->case_id);
}

void
filter_wipe(struct filter *f)
{
	policy_destroy(&f->policy);
	known_wipe(&f->convenants);
	known_wipe(&f->articles);
	known_wipe(&f->codes);
	free(f->taken);
	f->taken = NULL;
}
