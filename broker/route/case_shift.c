/* SPDX-License-Identifier: EUPL-1.2 */
/* case_shift.c - shifts per participant, and the digest of them. */
#include "broker/route/case_shift.h"

#include <sodium.h>
#include <string.h>

#include "broker/decision/weighed.h"
#include "proto/auto.h"

enum { SHOWN_MAX = 8192 }; /* shifts in one answer */

struct shifting {
	struct act              *a;
	struct place             before, after;
	size_t                   n_sources;
	const char              *sources[CONTRIBUTORS_MAX + 1][2];
	struct contributors      who;
	crypto_hash_sha256_state hash;
	struct shift             shifts[SHIFTS_MAX];
	Sluis__Answer           *answer; /* NULL: only the confirmation */
};

/* --- the digest ------------------------------------------------------------------ */

static void
mix(struct shifting *s, struct slice part)
{
	uint8_t size[8];

	put_u64_be(size, part.n);
	(void)crypto_hash_sha256_update(&s->hash, size, sizeof size);
	(void)crypto_hash_sha256_update(&s->hash, part.p, part.n);
}

static void
mix_text(struct shifting *s, const char *text)
{
	mix(s, slice_str(text));
}

static void
mix_number(struct shifting *s, uint64_t n)
{
	uint8_t bytes[8];

	put_u64_be(bytes, n);
	mix(s, slice_of(bytes, sizeof bytes));
}

static void
mix_shift(struct shifting *s, const struct shift *one, const struct rule_info *rule)
{
	mix_text(s, one->category);
	mix_number(s, one->record);
	mix_number(s, one->before);
	mix_number(s, one->after);
	mix_text(s, rule == NULL ? "" : rule->id);
}

/* --- one participant ------------------------------------------------------------- */

static rc
add_shift(struct shifting *s, const struct seat_id *who, const struct shift *one,
    const struct rule_info *rule)
{
	Sluis__Shift *to;

	if (s->answer == NULL || s->answer->n_shifts == SHOWN_MAX) return RC_OK;
	to = message_add(&s->answer->n_shifts, &s->answer->shifts, sizeof *to);
	if (to == NULL) return RC_NOMEM;
	sluis__shift__init(to);
	TRY(message_text(&to->oin, who->oin));
	TRY(message_text(&to->desk, who->desk));
	TRY(message_text(&to->category, one->category));
	TRY(weighed_facts(one->record, &to->n_facts, &to->facts));
	to->has_before = 1;
	to->before     = (Sluis__Action)one->before;
	to->has_after  = 1;
	to->after      = (Sluis__Action)one->after;
	if (rule != NULL) TRY(message_text(&to->rule, rule->id));
	return rule == NULL ? RC_OK : message_text(&to->article, rule->article);
}

static rc
shift_one(struct shifting *s, const struct case_seat *seat)
{
	const struct broker *b     = s->a->b;
	factset              facts = fact_bit(FACT_CASE) | fact_bit(FACT_CASE_MEMBER);

	if (seat->declared) facts |= fact_bit(FACT_DECLARED);
	size_t n = policy_shifts(b->policy, &s->before, &s->after, s->n_sources,
	    (const char *const(*)[2])s->sources, seat->who.oin, seat->who.desk,
	    date_of_ms(b->now_ms), case_region(b, &s->a->row), facts, s->shifts);
	mix_text(s, seat->who.oin);
	mix_text(s, seat->who.desk);
	mix_number(s, n);
	for (size_t i = 0; i < n; i++) {
		const struct rule_info *rule =
		    policy_rule_info(b->policy, s->shifts[i].rule);
		mix_shift(s, &s->shifts[i], rule);
		TRY(add_shift(s, &seat->who, &s->shifts[i], rule));
	}
	return RC_OK;
}

/* --- all of them ----------------------------------------------------------------- */

/* Contributors, and the owner if it is none. */
static rc
find_sources(struct shifting *s)
{
	const struct seat_id *owner = &s->a->row.owner;
	bool                  named = false;

	TRY(case_contributors(s->a->b, s->a->row.id, s->a->seat.layer, &s->who));
	for (size_t i = 0; i < s->who.n; i++) {
		s->sources[s->n_sources][0]   = s->who.at[i].oin;
		s->sources[s->n_sources++][1] = s->who.at[i].desk;
		named                         = named || seat_equal(&s->who.at[i], owner);
	}
	if (named) return RC_OK;
	s->sources[s->n_sources][0]   = owner->oin;
	s->sources[s->n_sources++][1] = owner->desk;
	return RC_OK;
}

static void
mix_step(struct shifting *s, const struct step_info *step)
{
	const struct hash *bundle = policy_hash(s->a->b->policy);

	(void)crypto_hash_sha256_init(&s->hash);
	mix(s, slice_of(bundle->b, sizeof bundle->b));
	mix(s, slice_of(s->a->row.id, sizeof s->a->row.id));
	mix_text(s, s->a->row.state);
	mix_text(s, step->id);
}

rc
case_shifts(struct act *a, const struct step_info *step, const struct state_info *to,
    Sluis__Answer *answer, struct hash *ret_confirmation)
{
	AUTO(auto_free) struct shifting *s = calloc(1, sizeof *s);
	struct case_seat                 seats[CASE_SEATS_MAX];
	size_t                           n = 0;

	if (s == NULL) return RC_NOMEM;
	s->a      = a;
	s->before = place_of(case_state(a->b, &a->row));
	s->after  = place_of(to);
	s->answer = answer;
	TRY(find_sources(s));
	TRY(store_list_seats(a->b->store, a->row.id, seats, &n));
	mix_step(s, step);
	for (size_t i = 0; i < n; i++)
		if (seats[i].shown <= a->seat.layer && seat_counts(&seats[i]))
			TRY(shift_one(s, &seats[i]));
	(void)crypto_hash_sha256_final(&s->hash, ret_confirmation->b);
	return RC_OK;
}
