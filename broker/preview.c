/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * preview.c - what would happen if this were sent?
 *
 * The question holds no value of the signal: only which fields are there and the
 * facts that a ruling weighs.  Nothing is stored and nothing is journalled.
 */
#include <string.h>

#include "broker/decision/decision.h"
#include "broker/outcome.h"
#include "broker/route/sharing.h"
#include "policy/hints.h"
#include "proto/auto.h"
#include "proto/text.h"

enum { RECORDS_MAX = SIGNAL_RECORDS_MAX + 1 };

/* The facts of one record, from their names.  The message facts among them follow from a
 * value, which a preview does not hold. */
static rc
facts_of(const Sluis__PreviewRecord *record, factset *ret)
{
	*ret = 0;
	for (size_t i = 0; i < record->n_facts; i++) {
		enum fact f;
		if (!fact_from_name(record->facts[i], &f)) return RC_MALFORMED;
		if ((fact_bit(f) & (FACTS_RECORD | FACTS_OF_VALUES)) == 0)
			return RC_MALFORMED;
		*ret |= fact_bit(f);
	}
	return RC_OK;
}

static rc
rule_record(const struct ruling *ruling, bool own, const Sluis__PreviewRecord *record,
    struct grounds *g)
{
	struct cell  cells[SCHEMA_FIELDS_MAX];
	factset      facts = 0;
	struct slice rest  = slice_of(record->paths.data, record->paths.len);

	TRY(facts_of(record, &facts));
	ruling_cells(ruling, facts & FACTS_RECORD, cells);
	while (rest.n != 0) {
		const struct schema_field *field = NULL;
		TRY(schema_unpack(&rest, &field));
		uint8_t action = cells[field->index].action;
		if (own && action == SLUIS__ACTION__ACTION_PSEUDONYMISE)
			action = SLUIS__ACTION__ACTION_WITHHOLD; /* redact.h */
		TRY(grounds_add(g, action, cells[field->index].rule, field));
	}
	return RC_OK;
}

static rc
add_obligations(const struct ruling *ruling, Sluis__Outcome *o)
{
	for (size_t i = 0; i < ruling->n_obligations; i++) {
		Sluis__Obligation *to =
		    message_add(&o->n_obligations, &o->obligations, sizeof *to);
		if (to == NULL) return RC_NOMEM;
		sluis__obligation__init(to);
		TRY(message_text(&to->id, ruling->obligations[i]->id));
		TRY(message_text(&to->text, ruling->obligations[i]->text_nl));
		TRY(message_text(&to->article, ruling->obligations[i]->article));
	}
	return RC_OK;
}

/* What would become of every field that is there, and whether that is nothing at all. */
static rc
weigh(const struct submission *s, const Sluis__Preview *m, struct decision *d,
    struct grounds *g)
{
	bool own = decision_is_own(s, d);

	if (d->ruling.code != RC_OK) return RC_OK;
	for (size_t i = 0; i < m->n_records; i++)
		TRY(rule_record(&d->ruling, own, m->records[i], g));
	if (m->n_records != 0 && grounds_grant_nothing(g)) decision_refuse_nothing(d);
	return RC_OK;
}

static rc
fill_outcome(struct broker *b, const struct decision *d, const struct grounds *g,
    struct scratch *mem, Sluis__Outcome *o)
{
	const struct rule_info *why = policy_rule_info(b->policy, d->ruling.rule);
	struct rule_groups      groups;

	TRY(message_text(&o->oin, d->recipient_oin));
	TRY(message_text(&o->desk, d->desk));
	TRY(message_text(&o->code, rc_name(d->ruling.code)));
	TRY(message_text(&o->change, d->ruling.change));
	if (why != NULL) TRY(message_text(&o->rule, why->id));
	if (why != NULL) TRY(message_text(&o->article, why->article));
	if (d->ruling.code == RC_OK) TRY(add_obligations(&d->ruling, o));
	TRY(grounds_in_scratch(g, b->policy, GROUNDS_ALL, mem, &groups));
	return outcome_copy_groups(groups.n, groups.at, o);
}

/* What facts_of_signal() would find in the signal itself; and advice on it. */
static rc
message_facts(const Sluis__Preview *m, int32_t today, struct reply *r, factset *ret)
{
	struct fieldset present = {0};
	factset         facts = 0, records = 0;
	const char     *hints[HINTS_MAX];

	for (size_t i = 0; i < m->n_records; i++) {
		struct slice rest =
		    slice_of(m->records[i]->paths.data, m->records[i]->paths.len);
		factset record = 0;
		while (rest.n != 0) {
			const struct schema_field *field = NULL;
			TRY(schema_unpack(&rest, &field));
			fieldset_add(&present, field->index);
		}
		TRY(facts_of(m->records[i], &record));
		facts |= record & FACTS_OF_VALUES;
		records |= record & FACTS_RECORD;
	}
	*ret = facts | facts_of_handling(m->handling, today) | facts_of_fields(&present);
	size_t n = hints_of_outline(*ret, records, &present, hints);
	return reply_set_hints(r, n, hints);
}

static rc
add_outcome(struct broker *b, struct submission *s, const struct sharing *about,
    const Sluis__Recipient *recipient, struct reply *r, bool *ret_served)
{
	const Sluis__Preview *m     = (const Sluis__Preview *)about->act.q->message;
	factset               facts = s->facts;
	AUTO(decision_wipe) struct decision d = {0};
	AUTO(grounds_wipe) struct grounds   g = {0};

	factset of_case;
	TRY(sharing_facts(about, recipient, &of_case));
	s->facts = facts | of_case;
	decision_rule(s, recipient, &d);
	s->facts = facts;
	TRY(weigh(s, m, &d, &g));
	*ret_served = *ret_served || d.ruling.code == RC_OK;
	Sluis__Outcome *o =
	    message_add(&r->answer->n_outcomes, &r->answer->outcomes, sizeof *o);
	if (o == NULL) return RC_NOMEM;
	sluis__outcome__init(o);
	return fill_outcome(b, &d, &g, about->act.q->mem, o);
}

/* Whether recipients I and K of M are one desk.  A message that is refused as a whole has
 * no desk in its outcomes: what was asked is compared then. */
static bool
is_double(const Sluis__Preview *m, const Sluis__Answer *a, size_t i, size_t k)
{
	const Sluis__Outcome *x = a->outcomes[i], *y = a->outcomes[k];

	if (!text_same(x->oin, y->oin)) return false;
	if (text_same(x->desk, "") && text_same(y->desk, ""))
		return text_same(m->recipients[i]->desk, m->recipients[k]->desk);
	return text_same(x->desk, y->desk);
}

static bool
has_doubles(const Sluis__Preview *m, const Sluis__Answer *a)
{
	for (size_t i = 0; i < a->n_outcomes; i++)
		for (size_t k = i + 1; k < a->n_outcomes; k++)
			if (is_double(m, a, i, k)) return true;
	return false;
}

static unsigned
layer_of(struct broker *b, const struct request *q)
{
	const Sluis__Preview *m = (const Sluis__Preview *)q->message;
	(void)b;
	return m->handling != NULL && m->handling->has_layer ? m->handling->layer : 1;
}

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	const Sluis__Preview *m      = (const Sluis__Preview *)q->message;
	Sluis__Submit         submit = SLUIS__SUBMIT__INIT;
	bool                  served = false;

	AUTO(auto_free) struct sharing *about = calloc(1, sizeof *about);
	if (about == NULL) return RC_NOMEM;
	if (m->n_recipients == 0) return RC_EMPTY_AUDIENCE;
	if (m->n_recipients > RECIPIENTS_MAX || m->n_records > RECORDS_MAX)
		return RC_TOO_MANY;
	TRY(decision_check_recipients(m->n_recipients, m->recipients, &q->where));
	submit.head         = m->head;
	submit.convenant    = m->convenant;
	submit.phase        = m->phase;
	submit.purpose      = m->purpose;
	submit.region       = m->region;
	submit.has_case_id  = m->has_case_id;
	submit.case_id      = m->case_id;
	struct submission s = {.policy = b->policy,
	    .submit                    = &submit,
	    .handling                  = m->handling,
	    .now_ms                    = b->now_ms};
	struct fieldset   held_back;
	TRY(policy_held_back(b->policy, m->handling, "", &held_back));
	TRY(message_facts(m, date_of_ms(b->now_ms), r, &s.facts));
	TRY(sharing_begin(about, b, q, r, &submit, layer_of(b, q)));
	for (size_t i = 0; i < m->n_recipients; i++)
		TRY(add_outcome(b, &s, about, m->recipients[i], r, &served));
	if (has_doubles(m, r->answer)) return RC_MALFORMED; /* as submit would say */
	return reply_set_code(r, served ? RC_OK : RC_NOBODY_SERVED, NULL);
}

const struct handler preview_handler = {
    .type      = TYPE_PREVIEW,
    .doors     = 1u << DOOR_AGENCY,
    .max_bytes = FRAME_MAX,
    .desc      = &sluis__preview__descriptor,
    .handle    = handle,
    .layer     = layer_of,
    .claims    = true,
    .reads     = true,
};
