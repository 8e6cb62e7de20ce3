/* SPDX-License-Identifier: EUPL-1.2 */
/* subject.c - tokens of persons, who may ask about them, and requests that time ends. */
#include "broker/knowing/subject.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "broker/decision/identify.h"
#include "broker/journal/event.h"
#include "proto/message.h"

enum { PERSONS = 3 }; /* Signal.persons */

/* --- keeping ---------------------------------------------------------------------- */

/* The identifiers of PERSON, which is the one RECORD, into RET, which has room. */
static rc
name_person(const struct policy *p, struct identities *all,
    const ProtobufCMessage *person, uint32_t record, struct subject_names *ret)
{
	struct slice values[IDENTIFIER_PARTS_MAX];

	for (size_t i = 0; i < policy_n_identifiers(p); i++) {
		const struct identifier_info *id = policy_identifier_at(p, i);
		struct identity              *of = NULL;
		if (id->parts[0]->numbers[0] != PERSONS ||
		    !identify_all(person, id, values))
			continue;
		TRY(identities_find(all, id, values, &of));
		if (of->code == RC_INVALID_SIGNAL) continue; /* it cannot match */
		TRY(of->code);
		ret->at[ret->n++] = (struct subject_named){.of = of, .record = record};
	}
	return RC_OK;
}

rc
subject_names_of(const struct policy *p, struct identities *all,
    const Sluis__Signal *signal, struct scratch *mem, struct subject_names *ret)
{
	size_t most = signal->n_persons * policy_n_identifiers(p);

	*ret = (struct subject_names){.at = scratch_alloc(mem, most, sizeof *ret->at)};
	if (ret->at == NULL) return RC_NOMEM;
	for (size_t i = 0; i < signal->n_persons; i++)
		TRY(name_person(p, all, &signal->persons[i]->base, (uint32_t)i, ret));
	return RC_OK;
}

/* Until when nobody is told because of an embargo; one without a date lasts. */
static uint64_t
hidden_until(const Sluis__Signal *s)
{
	const Sluis__Embargo *e = s->handling == NULL ? NULL : s->handling->embargo;
	int32_t               day;

	if (e == NULL) return 0;
	if (e->review_on == NULL || !date_parse(e->review_on, &day) || day < 0)
		return (uint64_t)INT64_MAX;
	return ((uint64_t)day + 1) * DAY_MS;
}

static struct subject_row
row_of(const struct release *r)
{
	const struct broker *b   = r->act->b;
	struct subject_row   row = {.who = r->act->me,
	      .first                     = r->to[0].leaf,
	      .n                         = r->n,
	      .hidden_ms                 = hidden_until(r->signal),
	      .until_ms = b->now_ms + (uint64_t)b->config->details_days * DAY_MS};

	memcpy(row.trace, r->submit->head->request_id.data, sizeof row.trace);
	(void)snprintf(row.convenant, sizeof row.convenant, "%s", r->submit->convenant);
	return row;
}

rc
subject_after_release(const struct release *r, const struct subject_names *names)
{
	struct broker     *b   = r->act->b;
	struct subject_row row = row_of(r);

	for (size_t i = 0; i < names->n; i++) {
		row.record = names->at[i].record;
		rc code =
		    pseudonym_subject_of(b->pseudonymiser, names->at[i].of, row.token);
		if (code == RC_OK) code = store_put_subject(b->store, &row);
		sodium_memzero(row.token, sizeof row.token);
		TRY(code);
	}
	return RC_OK;
}

/* --- asking ----------------------------------------------------------------------- */

rc
subject_token(const struct broker *b, const char *kind, size_t n, char *const *values,
    uint8_t ret[TOKEN_BYTES])
{
	struct slice parts[IDENTIFIER_PARTS_MAX];

	for (size_t i = 0; kind != NULL && i < policy_n_identifiers(b->policy); i++) {
		const struct identifier_info *id = policy_identifier_at(b->policy, i);
		if (strcmp(id->name, kind) != 0 || id->n != n ||
		    id->parts[0]->numbers[0] != PERSONS)
			continue;
		for (size_t k = 0; k < n; k++) parts[k] = slice_str(values[k]);
		rc code = pseudonym_token(b->subjects, id, parts, ret);
		return code == RC_INVALID_SIGNAL ? RC_MALFORMED : code;
	}
	return RC_MALFORMED;
}

static bool
among(const char *const *names, const char *name)
{
	for (size_t i = 0; names[i] != NULL; i++)
		if (strcmp(names[i], name) == 0) return true;
	return false;
}

const struct subject_info *
subject_contact(const struct policy *p, const struct seat_id *who, const char *convenant)
{
	for (size_t i = 0; i < policy_n_subjects(p); i++) {
		const struct subject_info *s = policy_subject_at(p, i);
		if (strcmp(s->oin, who->oin) == 0 && strcmp(s->desk, who->desk) == 0 &&
		    (convenant == NULL || among(s->convenants, convenant)))
			return s;
	}
	return NULL;
}

/* --- time ------------------------------------------------------------------------- */

static rc
end_tasks(struct broker *b, const struct inquiry *q)
{
	struct task_filter f = {.about = q->id};
	struct task_row    rows[4];
	size_t             n = 0;

	TRY(store_list_tasks(b->store, &f, 4, rows, &n));
	for (size_t i = 0; i < n; i++) TRY(store_end_task(b->store, rows[i].id));
	return RC_OK;
}

rc
subject_end_over(struct broker *b)
{
	struct inquiry q;
	uint64_t       index = 0;

	TRY(store_end_subjects(b->store, b->now_ms));
	rc code = store_inquiry_over(b->store, b->now_ms, &q);
	if (code == RC_NOT_FOUND) return RC_OK;
	TRY(code);
	struct event e = {.kind = SLUIS__EVENT_KIND__EVENT_SUBJECT_DECIDED,
	    .recipient_oin      = q.asker.oin,
	    .recipient_desk     = q.asker.desk,
	    .code               = RC_EXPIRED,
	    .in_force           = true,
	    .has_refers_to      = true,
	    .refers_to          = q.leaf};
	TRY(event_append(b, &e, &index));
	TRY(end_tasks(b, &q));
	return store_end_inquiry(b->store, q.id);
}
