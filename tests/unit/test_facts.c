/* SPDX-License-Identifier: EUPL-1.2 */
/* policy/facts.h: what a signal states, read so that doubt narrows. */
#include "policy/facts.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define BIT(f) ((factset)1 << (f))

enum { TODAY = 20000 }; /* 2024-10-04 */

static int32_t
on(const char *date)
{
	int32_t days = 0;
	assert_true(date_parse(date, &days));
	return days;
}

/* --- dates ----------------------------------------------------------------------- */

static void
days_are_counted_from_1970(void **state)
{
	(void)state;
	assert_int_equal(on("1970-01-01"), 0);
	assert_int_equal(on("1970-01-02"), 1);
	assert_int_equal(on("1969-12-31"), -1);
	assert_int_equal(on("2000-02-29"), 11016);
	assert_int_equal(on("2000-03-01"), 11017);
	assert_int_equal(on("2026-11-21"), 20778);
}

static void
what_is_no_date_is_refused_and_changes_nothing(void **state)
{
	(void)state;
	static const char *const bad[] = {"", "2025", "2025-3-01", "2025-13-01",
	    "2025-00-10", "2025-02-30", "2025-02-29", "1900-02-29", "2025-01-00",
	    "2025-01-32", "2025/01/01", "2025-01-01 ", " 2025-01-01", "+025-01-01",
	    "20a5-01-01", "0000-01-01"};
	int32_t                  days  = 77;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(date_parse(bad[i], &days));
	assert_false(date_parse(NULL, &days));
	assert_int_equal(days, 77);
}

static void
a_day_lasts_from_midnight_to_midnight_utc(void **state)
{
	(void)state;
	assert_int_equal(date_of_ms(0), 0);
	assert_int_equal(date_of_ms(86399999), 0);
	assert_int_equal(date_of_ms(86400000), 1);
	assert_int_equal(date_of_ms(UINT64_MAX), INT32_MAX);
}

/* --- names ----------------------------------------------------------------------- */

static void
every_fact_has_one_name_and_back(void **state)
{
	(void)state;
	size_t n = 0;
	for (unsigned bit = 0; bit < 64; bit++) {
		const char *name = fact_name((enum fact)bit);
		enum fact   f;
		if (name == NULL) continue;
		assert_true(fact_from_name(name, &f));
		assert_int_equal(f, bit);
		n++;
	}
	assert_int_equal(n, 40);
}

static void
unknown_fact_names_are_refused(void **state)
{
	(void)state;
	enum fact f = FACT_CIE;
	assert_false(fact_from_name("", &f));
	assert_false(fact_from_name("CIE", &f));
	assert_false(fact_from_name(NULL, &f));
	assert_int_equal(f, FACT_CIE);
}

/* --- message facts --------------------------------------------------------------- */

static void
an_empty_signal_states_nothing(void **state)
{
	(void)state;
	Sluis__Signal s = SLUIS__SIGNAL__INIT;
	assert_int_equal(facts_of_signal(&s, TODAY), 0);
	assert_int_equal(facts_of_handling(NULL, TODAY), 0);
}

static void
where_it_came_from_is_read_from_meta(void **state)
{
	(void)state;
	Sluis__Signal s = SLUIS__SIGNAL__INIT;
	Sluis__Meta   m = SLUIS__META__INIT;
	s.meta          = &m;
	m.has_origin    = true;
	m.origin        = SLUIS__ORIGIN__ANONYMOUS_REPORT;
	assert_int_equal(facts_of_signal(&s, TODAY), BIT(FACT_ANONYMOUS_REPORT));
	m.origin = SLUIS__ORIGIN__ADDRESS_QUALITY;
	assert_int_equal(facts_of_signal(&s, TODAY), BIT(FACT_ADDRESS_SIGNAL));
	m.has_origin = false;
	assert_int_equal(facts_of_signal(&s, TODAY), 0);
}

static bool
may_be_registered(const Sluis__Person *p)
{
	return (facts_of_person(p, TODAY) & BIT(FACT_CONSENT_REGISTRATION)) != 0;
}

/* From sixteen the victim's own word, below it the guardian's; another scope is no
 * ground. */
static void
consent_to_registration_is_a_scope_of_its_own(void **state)
{
	(void)state;
	static char given[] = "2024-01-01", sixteen[] = "2008-01-01",
	            fourteen[] = "2010-01-01";
	Sluis__Consent  c      = SLUIS__CONSENT__INIT;
	Sluis__Consent *all[]  = {&c};
	Sluis__Person   p      = SLUIS__PERSON__INIT;
	p.n_consents           = 1;
	p.consents             = all;
	c.has_scope            = true;
	c.scope                = SLUIS__CONSENT_SCOPE__REGISTRATION;
	c.given_on             = given;
	p.birth_date           = sixteen;
	assert_true(may_be_registered(&p));
	p.birth_date = fourteen;
	assert_false(may_be_registered(&p));
	c.has_by_guardian = c.by_guardian = true;
	assert_true(may_be_registered(&p));
	c.scope = SLUIS__CONSENT_SCOPE__CARE_TO_CARE;
	assert_false(may_be_registered(&p));
}

static void
handling_is_read_field_by_field(void **state)
{
	(void)state;
	Sluis__Embargo  e = SLUIS__EMBARGO__INIT;
	Sluis__Handling h = SLUIS__HANDLING__INIT;
	h.has_cie = h.has_emergency = true;
	assert_int_equal(facts_of_handling(&h, TODAY), 0); /* present but false */
	h.cie = true;
	assert_int_equal(facts_of_handling(&h, TODAY), BIT(FACT_CIE));
	h.cie       = false;
	h.emergency = true;
	assert_int_equal(facts_of_handling(&h, TODAY), BIT(FACT_EMERGENCY));
	h.emergency = false;
	h.embargo   = &e;
	assert_int_equal(facts_of_handling(&h, TODAY),
	    BIT(FACT_EMBARGO) | BIT(FACT_EMBARGO_INCOMPLETE));
}

static void
any_layer_but_the_first_is_the_second(void **state)
{
	(void)state;
	Sluis__Handling h = SLUIS__HANDLING__INIT;
	h.has_layer       = true;
	h.layer           = 1;
	assert_int_equal(facts_of_handling(&h, TODAY), 0);
	h.layer = 2;
	assert_int_equal(facts_of_handling(&h, TODAY), BIT(FACT_LAYER_2));
	h.layer = 0;
	assert_int_equal(facts_of_handling(&h, TODAY), BIT(FACT_LAYER_2));
	h.layer = 7;
	assert_int_equal(facts_of_handling(&h, TODAY), BIT(FACT_LAYER_2));
}

static void
a_secrecy_ground_states_only_itself(void **state)
{
	(void)state;
	Sluis__Handling h    = SLUIS__HANDLING__INIT;
	h.has_secrecy_ground = true;
	h.secrecy_ground     = SLUIS__SECRECY_GROUND__EXPLICIT_CONSENT;
	assert_int_equal(facts_of_handling(&h, TODAY), BIT(FACT_CONSENT_SECRECY));
	h.secrecy_ground = SLUIS__SECRECY_GROUND__STATUTORY_DUTY;
	assert_int_equal(facts_of_handling(&h, TODAY), BIT(FACT_STATUTORY_DUTY));
	h.secrecy_ground = SLUIS__SECRECY_GROUND__GOOD_CARE_NECESSITY;
	assert_int_equal(facts_of_handling(&h, TODAY), BIT(FACT_GOOD_CARE));
	h.secrecy_ground = SLUIS__SECRECY_GROUND__SECRECY_UNSPECIFIED;
	assert_int_equal(facts_of_handling(&h, TODAY), 0);
	h.secrecy_ground = (Sluis__SecrecyGround)99;
	assert_int_equal(facts_of_handling(&h, TODAY), 0);
}

static void
police_or_judicial_records_are_criminal_data(void **state)
{
	(void)state;
	Sluis__PoliceFact   p = SLUIS__POLICE_FACT__INIT, *ps = &p;
	Sluis__JudicialFact j = SLUIS__JUDICIAL_FACT__INIT, *js = &j;
	Sluis__Signal       s = SLUIS__SIGNAL__INIT;
	s.n_police_8_13       = 1;
	s.police_8_13         = &ps;
	assert_int_equal(facts_of_signal(&s, TODAY), BIT(FACT_CRIMINAL_DATA));
	s.n_police_8_13 = 0;
	s.n_judicial    = 1;
	s.judicial      = &js;
	assert_int_equal(facts_of_signal(&s, TODAY), BIT(FACT_CRIMINAL_DATA));
}

static void
a_form_of_exploitation_makes_it_trafficking(void **state)
{
	(void)state;
	Sluis__ExploitationType type = SLUIS__EXPLOITATION_TYPE__FORCED_LABOUR;
	Sluis__Exploitation     e    = SLUIS__EXPLOITATION__INIT;
	Sluis__Signal           s    = SLUIS__SIGNAL__INIT;
	s.exploitation               = &e;
	assert_int_equal(facts_of_signal(&s, TODAY), 0);
	e.n_types = 1;
	e.types   = &type;
	assert_int_equal(facts_of_signal(&s, TODAY), BIT(FACT_TRAFFICKING));
}

static void
present_fields_tell_the_same_as_the_signal(void **state)
{
	(void)state;
	struct fieldset none = {{0}}, some = {{0}};
	assert_int_equal(facts_of_fields(&none), 0);
	fieldset_add(&some, schema_find("exploitation.types")->index);
	assert_int_equal(facts_of_fields(&some), BIT(FACT_TRAFFICKING));
	fieldset_add(&some, schema_find("police_9_10.kind")->index);
	assert_int_equal(
	    facts_of_fields(&some), BIT(FACT_TRAFFICKING) | BIT(FACT_CRIMINAL_DATA));
	fieldset_add(&none, schema_find("judicial.on")->index);
	assert_int_equal(facts_of_fields(&none), BIT(FACT_CRIMINAL_DATA));
}

/* --- roles ----------------------------------------------------------------------- */

static factset
facts_in_role(Sluis__PersonRole role)
{
	Sluis__Person p = SLUIS__PERSON__INIT;
	p.has_role      = true;
	p.role          = role;
	return facts_of_person(&p, 0);
}

static void
every_record_has_exactly_one_role_fact(void **state)
{
	(void)state;
	Sluis__Person nobody = SLUIS__PERSON__INIT;
	assert_int_equal(facts_in_role(SLUIS__PERSON_ROLE__VICTIM), BIT(FACT_VICTIM));
	assert_int_equal(facts_in_role(SLUIS__PERSON_ROLE__SUSPECT), BIT(FACT_SUSPECT));
	assert_int_equal(
	    facts_in_role(SLUIS__PERSON_ROLE__FACILITATOR), BIT(FACT_SUSPECT));
	assert_int_equal(facts_in_role(SLUIS__PERSON_ROLE__WITNESS), BIT(FACT_WITNESS));
	assert_int_equal(facts_in_role(SLUIS__PERSON_ROLE__RELATIVE), BIT(FACT_RELATIVE));
	assert_int_equal(facts_in_role(SLUIS__PERSON_ROLE__GUARDIAN), BIT(FACT_RELATIVE));
	assert_int_equal(
	    facts_in_role(SLUIS__PERSON_ROLE__OTHER_ROLE), BIT(FACT_OTHER_PERSON));
	assert_int_equal(facts_in_role((Sluis__PersonRole)99), BIT(FACT_OTHER_PERSON));
	assert_int_equal(facts_of_person(&nobody, 0), BIT(FACT_OTHER_PERSON));
}

/* --- age ------------------------------------------------------------------------- */

static factset
age_of(const char *birth, const char *today)
{
	Sluis__Person p = SLUIS__PERSON__INIT;
	p.birth_date    = (char *)(uintptr_t)birth;
	return facts_of_person(&p, on(today)) & (BIT(FACT_MINOR) | BIT(FACT_ADULT));
}

static void
adulthood_begins_on_the_eighteenth_birthday(void **state)
{
	(void)state;
	assert_int_equal(age_of("2008-11-21", "2026-11-20"), BIT(FACT_MINOR));
	assert_int_equal(age_of("2008-11-21", "2026-11-21"), BIT(FACT_ADULT));
	assert_int_equal(age_of("2008-02-29", "2026-02-28"), BIT(FACT_MINOR));
	assert_int_equal(age_of("2008-02-29", "2026-03-01"), BIT(FACT_ADULT));
	assert_int_equal(age_of("2026-11-21", "2026-11-21"), BIT(FACT_MINOR));
	assert_int_equal(age_of("1930-01-01", "2026-11-21"), BIT(FACT_ADULT));
}

static void
unknown_parts_of_a_birth_date_are_taken_as_late_as_can_be(void **state)
{
	(void)state;
	assert_int_equal(age_of("2008-00-00", "2026-12-30"), BIT(FACT_MINOR));
	assert_int_equal(age_of("2008-00-00", "2026-12-31"), BIT(FACT_ADULT));
	assert_int_equal(age_of("2008-02-00", "2026-02-28"), BIT(FACT_MINOR));
	assert_int_equal(age_of("2008-02-00", "2026-03-01"), BIT(FACT_ADULT));
	assert_int_equal(age_of("2008-05-00", "2026-05-30"), BIT(FACT_MINOR));
	assert_int_equal(age_of("2008-05-00", "2026-05-31"), BIT(FACT_ADULT));
}

static void
an_unreadable_or_future_birth_date_makes_no_adult(void **state)
{
	(void)state;
	assert_int_equal(age_of("2030-01-01", "2026-01-01"), BIT(FACT_MINOR));
	assert_int_equal(age_of("1980-13-01", "2026-01-01"), BIT(FACT_MINOR));
	assert_int_equal(age_of("1980-02-30", "2026-01-01"), BIT(FACT_MINOR));
	assert_int_equal(age_of("long ago", "2026-01-01"), BIT(FACT_MINOR));
}

static void
an_unstated_age_is_neither(void **state)
{
	(void)state;
	assert_int_equal(age_of(NULL, "2026-01-01"), 0);
	assert_int_equal(age_of("0000-00-00", "2026-01-01"), 0);
}

static void
the_age_band_and_the_flag_count_too(void **state)
{
	(void)state;
	Sluis__Person p = SLUIS__PERSON__INIT;
	p.has_age_band  = true;
	p.age_band      = SLUIS__AGE_BAND__FROM_12_TO_17;
	assert_int_equal(
	    facts_of_person(&p, 0), BIT(FACT_OTHER_PERSON) | BIT(FACT_MINOR));
	p.age_band = SLUIS__AGE_BAND__UNDER_12;
	assert_int_equal(
	    facts_of_person(&p, 0), BIT(FACT_OTHER_PERSON) | BIT(FACT_MINOR));
	p.age_band = SLUIS__AGE_BAND__FROM_18_TO_23;
	assert_int_equal(
	    facts_of_person(&p, 0), BIT(FACT_OTHER_PERSON) | BIT(FACT_ADULT));
	p.age_band = SLUIS__AGE_BAND__FROM_24;
	assert_int_equal(
	    facts_of_person(&p, 0), BIT(FACT_OTHER_PERSON) | BIT(FACT_ADULT));
	p.has_age_band = false;
	p.has_minor    = true;
	assert_int_equal(
	    facts_of_person(&p, 0), BIT(FACT_OTHER_PERSON) | BIT(FACT_ADULT));
	p.minor = true;
	assert_int_equal(
	    facts_of_person(&p, 0), BIT(FACT_OTHER_PERSON) | BIT(FACT_MINOR));
}

static void
one_sign_of_minority_outweighs_every_sign_of_adulthood(void **state)
{
	(void)state;
	Sluis__Person p = SLUIS__PERSON__INIT;
	p.birth_date    = (char *)(uintptr_t) "1980-01-01";
	p.has_age_band  = true;
	p.age_band      = SLUIS__AGE_BAND__FROM_24;
	p.has_minor     = true;
	p.minor         = true;
	factset age     = BIT(FACT_MINOR) | BIT(FACT_ADULT);
	assert_int_equal(facts_of_person(&p, on("2026-01-01")) & age, BIT(FACT_MINOR));
	p.minor    = false;
	p.age_band = SLUIS__AGE_BAND__UNDER_12;
	assert_int_equal(facts_of_person(&p, on("2026-01-01")) & age, BIT(FACT_MINOR));
}

/* --- consent --------------------------------------------------------------------- */

static Sluis__Consent
consent_on(const char *given)
{
	Sluis__Consent c = SLUIS__CONSENT__INIT;
	c.has_scope      = true;
	c.scope          = SLUIS__CONSENT_SCOPE__CARE_TO_ENFORCEMENT;
	c.given_on       = (char *)(uintptr_t)given;
	return c;
}

/* BIRTH NULL: an adult. */
static factset
consent_facts(Sluis__Consent *c, const char *birth, const char *today)
{
	Sluis__Person   p  = SLUIS__PERSON__INIT;
	Sluis__Consent *cs = c;
	p.n_consents       = 1;
	p.consents         = &cs;
	p.birth_date       = (char *)(uintptr_t)(birth != NULL ? birth : "1990-01-01");
	return facts_of_person(&p, on(today)) &
	       (BIT(FACT_CONSENT_CARE) | BIT(FACT_CONSENT_ENFORCEMENT));
}

static void
consent_counts_from_the_day_it_was_given_to_the_day_it_ends(void **state)
{
	(void)state;
	Sluis__Consent c = consent_on("2026-01-10");
	c.valid_until    = (char *)(uintptr_t) "2026-02-10";
	assert_int_equal(consent_facts(&c, NULL, "2026-01-09"), 0);
	assert_int_equal(
	    consent_facts(&c, NULL, "2026-01-10"), BIT(FACT_CONSENT_ENFORCEMENT));
	assert_int_equal(
	    consent_facts(&c, NULL, "2026-02-10"), BIT(FACT_CONSENT_ENFORCEMENT));
	assert_int_equal(consent_facts(&c, NULL, "2026-02-11"), 0);
}

static void
consent_without_a_date_or_scope_is_no_consent(void **state)
{
	(void)state;
	Sluis__Consent c = consent_on(NULL);
	assert_int_equal(consent_facts(&c, NULL, "2026-01-10"), 0);
	c = consent_on("2026-00-00");
	assert_int_equal(consent_facts(&c, NULL, "2026-12-31"), 0);
	c           = consent_on("2026-01-10");
	c.has_scope = false;
	assert_int_equal(consent_facts(&c, NULL, "2026-12-31"), 0);
	c             = consent_on("2026-01-10");
	c.valid_until = (char *)(uintptr_t) "until she says so";
	assert_int_equal(consent_facts(&c, NULL, "2026-01-11"), 0);
}

static void
withdrawn_consent_is_no_consent_whenever_it_was_withdrawn(void **state)
{
	(void)state;
	Sluis__Consent c = consent_on("2026-01-10");
	c.withdrawn_on   = (char *)(uintptr_t) "2026-03-01";
	assert_int_equal(consent_facts(&c, NULL, "2026-04-01"), 0);
	assert_int_equal(consent_facts(&c, NULL, "2026-02-01"), 0);
	c.withdrawn_on = (char *)(uintptr_t) "unreadable";
	assert_int_equal(consent_facts(&c, NULL, "2026-04-01"), 0);
}

static void
each_scope_states_only_itself(void **state)
{
	(void)state;
	Sluis__Consent c = consent_on("2026-01-10");
	c.scope          = SLUIS__CONSENT_SCOPE__CARE_TO_CARE;
	assert_int_equal(consent_facts(&c, NULL, "2026-01-10"), BIT(FACT_CONSENT_CARE));
	c.scope = SLUIS__CONSENT_SCOPE__REGISTRATION;
	assert_int_equal(consent_facts(&c, NULL, "2026-01-10"), 0);
}

static void
below_sixteen_the_guardian_must_consent(void **state)
{
	(void)state;
	Sluis__Consent c = consent_on("2026-01-10");
	assert_int_equal(consent_facts(&c, "2010-01-11", "2026-01-10"), 0);
	assert_int_equal(
	    consent_facts(&c, "2010-01-10", "2026-01-10"), BIT(FACT_CONSENT_ENFORCEMENT));
	c.has_by_guardian = true;
	assert_int_equal(consent_facts(&c, "2010-01-11", "2026-01-10"), 0);
	c.by_guardian = true;
	assert_int_equal(
	    consent_facts(&c, "2010-01-11", "2026-01-10"), BIT(FACT_CONSENT_ENFORCEMENT));
}

static factset
consents_of(Sluis__Person *p)
{
	return facts_of_person(p, on("2026-06-01")) & BIT(FACT_CONSENT_ENFORCEMENT);
}

/* Who may be fifteen does not widen what is shared by a silence. */
static void
consent_at_an_age_that_nobody_stated_needs_the_guardian(void **state)
{
	(void)state;
	Sluis__Person   p  = SLUIS__PERSON__INIT;
	Sluis__Consent  c  = consent_on("2026-01-10");
	Sluis__Consent *cs = &c;
	p.n_consents       = 1;
	p.consents         = &cs;
	assert_int_equal(consents_of(&p), 0);
	p.birth_date = (char *)(uintptr_t) "0000-00-00";
	assert_int_equal(consents_of(&p), 0);
	c.has_by_guardian = c.by_guardian = true;
	assert_int_equal(consents_of(&p), BIT(FACT_CONSENT_ENFORCEMENT));
	c.by_guardian = false;
	p.birth_date  = NULL;
	p.has_minor   = true; /* stated not to be a minor */
	assert_int_equal(consents_of(&p), BIT(FACT_CONSENT_ENFORCEMENT));
}

/* What was given and what was withdrawn may stand in two entries. */
static void
another_entry_may_withdraw_a_consent(void **state)
{
	(void)state;
	Sluis__Person   p         = SLUIS__PERSON__INIT;
	Sluis__Consent  given     = consent_on("2026-01-10");
	Sluis__Consent  withdrawn = consent_on("2026-01-10");
	Sluis__Consent *both[]    = {&given, &withdrawn};
	p.n_consents              = 2;
	p.consents                = both;
	p.birth_date              = (char *)(uintptr_t) "1990-01-01";
	withdrawn.withdrawn_on    = (char *)"2026-02-01";
	assert_int_equal(consents_of(&p), 0);
	withdrawn.withdrawn_on = (char *)"2026-01-10";
	assert_int_equal(consents_of(&p), 0);
	withdrawn.withdrawn_on = (char *)"2026-00-00";
	assert_int_equal(consents_of(&p), 0);
	withdrawn.withdrawn_on = (char *)"2026-01-09"; /* given again the next day */
	assert_int_equal(consents_of(&p), BIT(FACT_CONSENT_ENFORCEMENT));
	withdrawn.withdrawn_on = (char *)"2026-02-01";
	withdrawn.scope        = SLUIS__CONSENT_SCOPE__CARE_TO_CARE; /* another scope */
	assert_int_equal(consents_of(&p), BIT(FACT_CONSENT_ENFORCEMENT));
}

/* A birth date that makes an adult does not give a minor's word weight. */
static void
a_minor_whose_birth_date_says_otherwise_cannot_consent_alone(void **state)
{
	(void)state;
	Sluis__Person   p  = SLUIS__PERSON__INIT;
	Sluis__Consent  c  = consent_on("2026-01-10");
	Sluis__Consent *cs = &c;
	p.n_consents       = 1;
	p.consents         = &cs;
	p.birth_date       = (char *)"1980-01-01";
	assert_int_equal(consents_of(&p), BIT(FACT_CONSENT_ENFORCEMENT));
	p.has_minor = p.minor = 1;
	assert_int_equal(consents_of(&p), 0);
	p.birth_date = (char *)"2009-06-01"; /* seventeen */
	assert_int_equal(consents_of(&p), BIT(FACT_CONSENT_ENFORCEMENT));
	p.has_age_band = 1;
	p.age_band     = SLUIS__AGE_BAND__UNDER_12;
	assert_int_equal(consents_of(&p), 0);
}

static void
a_minor_of_unclear_age_cannot_consent_alone(void **state)
{
	(void)state;
	Sluis__Consent  c  = consent_on("2026-01-10");
	Sluis__Consent *cs = &c;
	Sluis__Person   p  = SLUIS__PERSON__INIT;
	p.n_consents       = 1;
	p.consents         = &cs;
	p.has_minor = p.minor = true;
	factset f             = facts_of_person(&p, on("2026-01-10"));
	assert_int_equal(f & BIT(FACT_CONSENT_ENFORCEMENT), 0);
}

static void
an_embargo_needs_a_contact_and_a_review_date_that_has_not_passed(void **state)
{
	Sluis__Handling h = SLUIS__HANDLING__INIT;
	Sluis__Embargo  e = SLUIS__EMBARGO__INIT;
	factset embargo = BIT(FACT_EMBARGO), incomplete = BIT(FACT_EMBARGO_INCOMPLETE);
	char avim[] = "avim", none[] = "", today[] = "2024-10-04", past[] = "2024-10-03",
	     wrong[] = "2024-13-01";
	(void)state;
	h.embargo      = &e;
	e.contact_desk = avim;
	assert_int_equal(facts_of_handling(&h, TODAY), embargo | incomplete);
	e.review_on = wrong;
	assert_int_equal(facts_of_handling(&h, TODAY), embargo | incomplete);
	e.review_on = today;
	assert_int_equal(facts_of_handling(&h, TODAY), embargo);
	e.contact_desk = NULL;
	assert_int_equal(facts_of_handling(&h, TODAY), embargo | incomplete);
	e.contact_desk = none;
	assert_int_equal(facts_of_handling(&h, TODAY), embargo | incomplete);
	e.contact_desk = avim;
	e.review_on    = past;
	assert_int_equal(
	    facts_of_handling(&h, TODAY), embargo | BIT(FACT_EMBARGO_OVERDUE));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
	        an_embargo_needs_a_contact_and_a_review_date_that_has_not_passed),
	    cmocka_unit_test(days_are_counted_from_1970),
	    cmocka_unit_test(what_is_no_date_is_refused_and_changes_nothing),
	    cmocka_unit_test(a_day_lasts_from_midnight_to_midnight_utc),
	    cmocka_unit_test(every_fact_has_one_name_and_back),
	    cmocka_unit_test(unknown_fact_names_are_refused),
	    cmocka_unit_test(an_empty_signal_states_nothing),
	    cmocka_unit_test(where_it_came_from_is_read_from_meta),
	    cmocka_unit_test(consent_to_registration_is_a_scope_of_its_own),
	    cmocka_unit_test(handling_is_read_field_by_field),
	    cmocka_unit_test(any_layer_but_the_first_is_the_second),
	    cmocka_unit_test(a_secrecy_ground_states_only_itself),
	    cmocka_unit_test(police_or_judicial_records_are_criminal_data),
	    cmocka_unit_test(a_form_of_exploitation_makes_it_trafficking),
	    cmocka_unit_test(present_fields_tell_the_same_as_the_signal),
	    cmocka_unit_test(every_record_has_exactly_one_role_fact),
	    cmocka_unit_test(adulthood_begins_on_the_eighteenth_birthday),
	    cmocka_unit_test(unknown_parts_of_a_birth_date_are_taken_as_late_as_can_be),
	    cmocka_unit_test(an_unreadable_or_future_birth_date_makes_no_adult),
	    cmocka_unit_test(an_unstated_age_is_neither),
	    cmocka_unit_test(the_age_band_and_the_flag_count_too),
	    cmocka_unit_test(one_sign_of_minority_outweighs_every_sign_of_adulthood),
	    cmocka_unit_test(consent_counts_from_the_day_it_was_given_to_the_day_it_ends),
	    cmocka_unit_test(consent_without_a_date_or_scope_is_no_consent),
	    cmocka_unit_test(withdrawn_consent_is_no_consent_whenever_it_was_withdrawn),
	    cmocka_unit_test(each_scope_states_only_itself),
	    cmocka_unit_test(below_sixteen_the_guardian_must_consent),
	    cmocka_unit_test(consent_at_an_age_that_nobody_stated_needs_the_guardian),
	    cmocka_unit_test(another_entry_may_withdraw_a_consent),
	    cmocka_unit_test(
	        a_minor_whose_birth_date_says_otherwise_cannot_consent_alone),
	    cmocka_unit_test(a_minor_of_unclear_age_cannot_consent_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
