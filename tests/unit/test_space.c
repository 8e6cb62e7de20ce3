/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The places of space.h are all there is: whatever is asked of a policy, of parties on a
 * date or of roles, is answered as its place says; and whatever a signal can state is a
 * combination of facts that is walked.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "policy/study/space.h"
#include "support/bundle.h"
#include "support/possible.h"
#include "support/random_policy.h"

#define PICK(list) ((list)[below(sizeof(list) / sizeof *(list))])

/* --- from a question to its place, the slow way ---------------------------------- */

/* The number of the seat of ROLE and DESK in SEATS, else of the role alone; N if none. */
static unsigned
seat_number(const struct seat *seats, size_t n, unsigned role, const char *desk)
{
	unsigned found = (unsigned)n;
	for (unsigned i = 0; i < n; i++) {
		if (seats[i].role != role) continue;
		if (seats[i].desk == NULL && found == n) found = i;
		if (seats[i].desk != NULL && desk != NULL &&
		    strcmp(seats[i].desk, desk) == 0)
			found = i;
	}
	return found;
}

static unsigned
name_number(const char *const *names, const char *name)
{
	unsigned i = 0;
	while (names[i] != NULL && strcmp(names[i], name) != 0) i++;
	return i;
}

struct asked { /* the names of a question */
	const struct convenant *c;
	const char             *phase, *purpose;
	unsigned                sender, recipient; /* roles */
	const char             *sender_desk, *recipient_desk;
	enum audience           as;
};

static bool
place_asked(const struct policy *p, const struct asked *a, struct site *ret)
{
	const struct convenant *c = a->c;
	*ret                      = (struct site){.policy = p,
	                         .convenant               = c,
	                         .audience                = a->as,
	                         .phase                   = name_number(c->info.phases, a->phase),
	                         .purpose                 = name_number(c->info.purposes, a->purpose)};
	ret->asker = seat_number(c->askers, c->n_askers, a->sender, a->sender_desk);
	ret->recipient =
	    seat_number(c->seats, c->n_seats, a->recipient, a->recipient_desk);
	return ret->phase < c->n_phases && ret->purpose < c->n_purposes &&
	       ret->asker < c->n_askers && ret->recipient < c->n_seats;
}

/* --- random facts ---------------------------------------------------------------- */

static factset
random_facts(bool person)
{
	factset facts = 0;
	for (size_t i = 0; space_dimension(i) != NULL; i++) {
		const struct dimension *d = space_dimension(i);
		bool                    rare =
		    !person && below(3) != 0; /* else some bar nearly always holds */
		if (d->person == person)
			facts = space_with(facts, d, rare ? 0 : below((unsigned)d->n));
	}
	return facts;
}

/* --- the claim ------------------------------------------------------------------- */

static size_t served, refused;

/* What R says of every field is what its place says; who is not served has no place, or
 * one where nothing comes out. */
static void
agrees(const struct policy *p, const struct asked *a, const struct ruling *r,
    factset message, factset record)
{
	struct site at;
	struct cell person[SCHEMA_FIELDS_MAX], other[SCHEMA_FIELDS_MAX];
	bool        is_place = place_asked(p, a, &at);
	bool        nobody   = r->code != RC_OK;
	served += nobody ? 0 : 1;
	refused += nobody ? 1 : 0;
	if (!nobody) assert_true(is_place);
	ruling_cells(r, record, person);
	ruling_cells(r, 0, other);
	bool by_seat = r->code == RC_NOT_ENTITLED || r->refused;
	if (nobody && (!is_place || !by_seat)) return;
	for (unsigned f = 0; f < schema_signal()->n_fields; f++) {
		bool           of  = field_of_person(f);
		struct outcome o   = place_outcome(&at, f, message | (of ? record : 0));
		struct cell    got = of ? person[f] : other[f];
		assert_int_equal(o.cell.action, got.action);
		assert_int_equal(o.cell.generalise, got.generalise);
		if (!nobody) assert_int_equal(o.cell.rule, got.rule);
		if (!nobody) assert_int_equal(o.code, RC_OK);
	}
}

static void
ask_roles(const struct policy *p)
{
	const struct convenant *c    = &p->convenants[below((unsigned)p->n_convenants)];
	const struct member    *to   = &p->members[below((unsigned)p->n_members)];
	const struct member    *from = &p->members[below((unsigned)p->n_members)];
	struct asked            a    = {c, c->info.phases[below((unsigned)c->n_phases)],
	                  c->info.purposes[below((unsigned)c->n_purposes)], from->role, to->role,
            below(3) == 0 ? NULL : random_desk(from),
            below(3) == 0 ? NULL : random_desk(to), (enum audience)(1u << below(4))};
	factset       message = random_facts(false), record = random_facts(true);
	struct ruling r;
	policy_rule_roles(p,
	    &(struct role_question){.convenant = c->info.id,
	        .phase                         = a.phase,
	        .purpose                       = a.purpose,
	        .sender                        = from->party.role,
	        .sender_desk                   = a.sender_desk,
	        .recipient                     = to->party.role,
	        .recipient_desk                = a.recipient_desk,
	        .audience                      = (uint8_t)a.as,
	        .message                       = message},
	    &r);
	agrees(p, &a, &r, message, record);
}

static enum audience
audience_on(const struct convenant *c, const struct member *m, int32_t today)
{
	if (today > c->info.until) return AUDIENCE_EXPIRED;
	if (member_signed(m, c->info.id, false, m->party.region, today))
		return AUDIENCE_SIGNATORY;
	return member_signed(m, c->info.id, true, m->party.region, today)
	           ? AUDIENCE_INCIDENTAL
	           : AUDIENCE_NON_SIGNATORY;
}

static void
ask_parties(const struct policy *p)
{
	const struct convenant *c     = &p->convenants[below((unsigned)p->n_convenants)];
	const struct member    *to    = &p->members[below((unsigned)p->n_members)];
	const struct member    *from  = &p->members[below((unsigned)p->n_members)];
	int32_t                 today = c->info.from - 30 +
	                (int32_t)below((unsigned)(c->info.until - c->info.from) + 90);
	struct asked a = {c, c->info.phases[below((unsigned)c->n_phases)],
	    c->info.purposes[below((unsigned)c->n_purposes)], from->role, to->role,
	    random_desk(from), random_desk(to), audience_on(c, to, today)};
	/* who is the same party, and who declared in a case, the question tells itself */
	factset message = random_facts(false) & ~fact_bit(FACT_SAME_PARTY);
	factset record  = random_facts(true);
	factset claimed =
	    below(4) == 0 && (message & fact_bit(FACT_CASE)) == 0 ? FACTS_DERIVED : 0;
	if (from == to) message |= fact_bit(FACT_SAME_PARTY);
	struct ruling r;
	policy_rule(p,
	    &(struct question){.convenant = c->info.id,
	        .phase                    = a.phase,
	        .purpose                  = a.purpose,
	        .sender_oin               = from->party.oin,
	        .sender_desk              = a.sender_desk,
	        .recipient_oin            = to->party.oin,
	        .recipient_desk           = a.recipient_desk,
	        .today                    = today,
	        .message                  = message | claimed},
	    &r);
	agrees(p, &a, &r, message, record);
}

static void
every_question_to_the_shipped_policy_has_the_answer_of_its_place(void **state)
{
	(void)state;
	AUTO(policy_destroy) struct policy *p = bundle_policy(bundle_shipped());
	served = refused = 0;
	for (int i = 0; i < 30000; i++) {
		ask_roles(p);
		ask_parties(p);
	}
	assert_true(served > 1000 && refused > 1000);
}

static void
every_question_to_a_random_policy_has_the_answer_of_its_place(void **state)
{
	(void)state;
	served = refused = 0;
	for (unsigned w = 0; w < 60; w++) {
		AUTO(policy_destroy) struct policy *p = random_policy(w, NULL);
		for (int i = 0; i < 400; i++) {
			ask_roles(p);
			ask_parties(p);
		}
	}
	assert_true(served > 1000 && refused > 1000);
}

/* A signature counts, and what was declared before it no longer does. */
static void
who_signed_and_declared_is_a_signatory_and_nothing_else(void **state)
{
	(void)state;
	struct bundle *b = bundle_small(NULL,
	    "  - {id: r, article: A, recipients: [cops], categories: [form], action: "
	    "release, unless: [declared]}\n");
	bundle_edit(b, "parties.yaml", "until: 2026-06-30}]}",
	    "until: 2026-06-30}],\n     declared: [{convenant: t, from: 2025-01-10, "
	    "until: "
	    "2026-12-20}]}");
	AUTO(policy_destroy) struct policy *p = bundle_policy(b);
	struct question                     q = {.convenant = "t",
	                        .phase                      = "1",
	                        .purpose                    = "help",
	                        .sender_oin                 = "00000099000000000010",
	                        .sender_desk                = "front",
	                        .recipient_oin              = "00000099000000000020",
	                        .today                      = day("2025-06-01")};
	struct ruling                       r;
	policy_rule(p, &q, &r);
	assert_int_equal(r.code, RC_OK);
	assert_int_equal(r.message & FACTS_DERIVED,
	    fact_bit(FACT_SENDER_SIGNED) | fact_bit(FACT_RECIPIENT_SIGNED));
	q.today = day("2026-07-01"); /* the signature has ended, the declaration not */
	policy_rule(p, &q, &r);
	assert_int_equal(r.message & FACTS_DERIVED,
	    fact_bit(FACT_SENDER_SIGNED) | fact_bit(FACT_DECLARED));
}

/* --- facts ----------------------------------------------------------------------- */

/* Who adds a fact has to say what it excludes: else nothing would be proved about it. */
static void
every_fact_is_of_one_dimension_or_follows_from_the_place(void **state)
{
	(void)state;
	factset seen = FACTS_DERIVED;
	for (size_t i = 0; space_dimension(i) != NULL; i++) {
		const struct dimension *d     = space_dimension(i);
		factset                 facts = 0;
		assert_int_equal(seen & d->bits, 0);
		for (size_t v = 0; v < d->n; v++) facts |= d->values[v];
		assert_int_equal(facts, d->bits);
		assert_int_equal(d->bits & (d->person ? FACTS_MESSAGE : FACTS_RECORD), 0);
		seen |= d->bits;
	}
	for (unsigned bit = 0; bit < 64; bit++)
		assert_int_equal(
		    seen >> bit & 1, fact_name((enum fact)bit) != NULL ? 1 : 0);
}

/* --- what a signal can state ----------------------------------------------------- */

static void
a_person_has_one_value_of_each_dimension(void **state)
{
	(void)state;
	static const char *const dates[] = {NULL, "1980-02-02", "2010-05-05",
	    "2030-01-01", "", "1999", "2008-11-22", "x"};
	int32_t                  today   = day("2026-11-21");
	for (int i = 0; i < 20000; i++) {
		Sluis__Person  person      = SLUIS__PERSON__INIT;
		Sluis__Consent first       = SLUIS__CONSENT__INIT,
		               second      = SLUIS__CONSENT__INIT;
		Sluis__Consent *consents[] = {&first, &second};
		for (int k = 0; k < 2; k++) {
			consents[k]->has_scope       = below(4) > 0;
			consents[k]->scope           = (Sluis__ConsentScope)below(4);
			consents[k]->given_on        = (char *)PICK(dates);
			consents[k]->valid_until     = (char *)PICK(dates);
			consents[k]->withdrawn_on    = (char *)PICK(dates);
			consents[k]->has_by_guardian = below(2) == 0;
			consents[k]->by_guardian     = below(2) == 0;
		}
		person.consents                    = consents;
		person.n_consents                  = below(3);
		person.has_role                    = below(4) > 0;
		person.role                        = (Sluis__PersonRole)below(9);
		person.has_minor                   = below(2) == 0;
		person.minor                       = below(2) == 0;
		person.has_age_band                = below(2) == 0;
		person.age_band                    = (Sluis__AgeBand)below(8);
		person.birth_date                  = (char *)PICK(dates);
		person.has_nationality_unavoidable = below(2) == 0;
		person.nationality_unavoidable     = below(2) == 0;
		factset facts                      = facts_of_person(&person, today);
		assert_int_equal(facts & FACTS_MESSAGE, 0);
		assert_true(facts_possible(facts, true));
	}
}

static void
handling_has_one_value_of_each_dimension(void **state)
{
	(void)state;
	static const char *const dates[] = {
	    NULL, "2026-11-20", "2026-11-21", "2027-01-01", "", "2026-13-01"};
	static const char *const desks[] = {NULL, "", "avim"};
	int32_t                  today   = day("2026-11-21");
	for (int i = 0; i < 20000; i++) {
		Sluis__Handling handling = SLUIS__HANDLING__INIT;
		Sluis__Embargo  embargo  = SLUIS__EMBARGO__INIT;
		struct fieldset present  = {{0}};
		embargo.contact_desk     = (char *)PICK(desks);
		embargo.review_on        = (char *)PICK(dates);
		if (below(2) == 0) handling.embargo = &embargo;
		handling.has_cie            = below(2) == 0;
		handling.cie                = below(2) == 0;
		handling.has_layer          = below(2) == 0;
		handling.layer              = below(4);
		handling.has_secrecy_ground = below(2) == 0;
		handling.secrecy_ground     = (Sluis__SecrecyGround)below(6);
		for (unsigned f = 0; f < schema_signal()->n_fields; f++)
			if (below(8) == 0) fieldset_add(&present, f);
		factset facts =
		    facts_of_handling(&handling, today) | facts_of_fields(&present);
		assert_int_equal(facts & (FACTS_RECORD | FACTS_DERIVED), 0);
		assert_true(facts_possible(facts, false));
	}
	assert_true(facts_possible(facts_of_handling(NULL, today), false));
}

static void
the_facts_of_a_place_are_those_of_one_audience(void **state)
{
	(void)state;
	AUTO(policy_destroy) struct policy *p = bundle_policy(bundle_shipped());
	struct site                         at;
	assert_true(place_first(p, &p->convenants[0], &at));
	do {
		factset facts = place_facts(&at);
		assert_true((audience_of(facts) & at.audience) != 0);
		assert_int_equal(facts & ~FACTS_DERIVED, 0);
		assert_true((place_asker(&at).audience & at.audience) != 0);
	} while (place_next(&at));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
	        every_question_to_the_shipped_policy_has_the_answer_of_its_place),
	    cmocka_unit_test(
	        every_question_to_a_random_policy_has_the_answer_of_its_place),
	    cmocka_unit_test(who_signed_and_declared_is_a_signatory_and_nothing_else),
	    cmocka_unit_test(every_fact_is_of_one_dimension_or_follows_from_the_place),
	    cmocka_unit_test(a_person_has_one_value_of_each_dimension),
	    cmocka_unit_test(handling_has_one_value_of_each_dimension),
	    cmocka_unit_test(the_facts_of_a_place_are_those_of_one_audience),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
