/* SPDX-License-Identifier: EUPL-1.2 */
/* broker/decision/counted.h: a signal becomes a few coarse codes, and nothing finer
 * leaves it. */
#include "broker/decision/counted.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/facts.h"

enum { TODAY = 20000 }; /* 2024-10-04 */

static bool
says(const struct counted *c, const char *code)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->codes[i], code) == 0) return true;
	return false;
}

/* The code of KIND, without it; "" for none. */
static const char *
group(const struct counted *c, const char *kind)
{
	size_t n = strlen(kind);
	for (size_t i = 0; i < c->n; i++)
		if (strncmp(c->codes[i], kind, n) == 0 && c->codes[i][n] == ':')
			return c->codes[i] + n + 1;
	return "";
}

/* --- signals --------------------------------------------------------------------- */

static const char *
form(size_t n, Sluis__ExploitationType *types)
{
	static struct counted c;
	Sluis__Signal         s = SLUIS__SIGNAL__INIT;
	Sluis__Exploitation   e = SLUIS__EXPLOITATION__INIT;

	e.n_types      = n;
	e.types        = types;
	s.exploitation = &e;
	counted_signal(&s, COUNTED_NEW, &c);
	return group(&c, "form");
}

static void
a_form_is_one_of_four_or_several(void **state)
{
	(void)state;
	Sluis__ExploitationType work[] = {SLUIS__EXPLOITATION_TYPE__FORCED_LABOUR,
	    SLUIS__EXPLOITATION_TYPE__CHILD_LABOUR, SLUIS__EXPLOITATION_TYPE__SERVITUDE};
	Sluis__ExploitationType both[] = {SLUIS__EXPLOITATION_TYPE__FORCED_LABOUR,
	    SLUIS__EXPLOITATION_TYPE__SEXUAL_EXPLOITATION};
	Sluis__ExploitationType rare[] = {SLUIS__EXPLOITATION_TYPE__FORCED_ADOPTION};
	assert_string_equal(form(0, NULL), "");
	assert_string_equal(form(3, work), "labour");
	assert_string_equal(form(2, both), "several");
	assert_string_equal(form(1, rare), "other");
}

static void
what_is_not_said_is_not_counted_as_something(void **state)
{
	struct counted c;
	Sluis__Signal  s = SLUIS__SIGNAL__INIT;
	Sluis__Person  p = SLUIS__PERSON__INIT, *persons[] = {&p};
	(void)state;
	counted_signal(&s, COUNTED_NEW, &c);
	assert_int_equal(c.n, 0);
	s.n_persons = 1;
	s.persons   = persons;
	p.has_role  = 1;
	p.role      = SLUIS__PERSON_ROLE__VICTIM;
	counted_person(&s, 0, TODAY, &c);
	assert_int_equal(c.n, 0);
}

static void
the_place_is_where_it_happens_before_whom_it_concerns(void **state)
{
	struct counted c;
	Sluis__Signal  s = SLUIS__SIGNAL__INIT;
	Sluis__Meta    m = SLUIS__META__INIT;
	Sluis__Place   p = SLUIS__PLACE__INIT, *places[] = {&p};
	char           of[] = "0268", at[] = "0202", no[] = "Waalbrug";
	(void)state;
	s.meta         = &m;
	m.municipality = of;
	counted_signal(&s, COUNTED_NEW, &c);
	assert_string_equal(group(&c, "place"), "0268");
	s.places       = places;
	s.n_places     = 1;
	p.municipality = at;
	p.has_role     = 1;
	p.role         = SLUIS__PLACE_ROLE__MEETING_PLACE;
	counted_signal(&s, COUNTED_NEW, &c);
	assert_string_equal(group(&c, "place"), "0268");
	p.role = SLUIS__PLACE_ROLE__EXPLOITATION_PLACE;
	counted_signal(&s, COUNTED_NEW, &c);
	assert_string_equal(group(&c, "place"), "0202");
	m.municipality = NULL;
	p.municipality = no; /* no code: not repeated */
	counted_signal(&s, COUNTED_NEW, &c);
	assert_string_equal(group(&c, "place"), "");
}

static void
what_comes_again_says_so(void **state)
{
	struct counted c;
	Sluis__Signal  s = SLUIS__SIGNAL__INIT;
	(void)state;
	counted_signal(&s, COUNTED_ADDITION, &c);
	assert_true(says(&c, "again:addition"));
	counted_signal(&s, COUNTED_CORRECTION, &c);
	assert_true(says(&c, "again:correction"));
}

/* Every value of an enum goes into a group whose code fits. */
static void
every_sector_and_origin_has_a_group(void **state)
{
	Sluis__Signal       s = SLUIS__SIGNAL__INIT;
	Sluis__Meta         m = SLUIS__META__INIT;
	Sluis__Exploitation e = SLUIS__EXPLOITATION__INIT;
	struct counted      c;
	(void)state;
	s.meta         = &m;
	s.exploitation = &e;
	e.has_sector = m.has_origin = 1;
	for (unsigned i = 0; i < sluis__sector__descriptor.n_values; i++) {
		e.sector = (Sluis__Sector)sluis__sector__descriptor.values[i].value;
		counted_signal(&s, COUNTED_NEW, &c);
		assert_true(group(&c, "sector")[0] != '\0');
	}
	for (unsigned i = 0; i < sluis__origin__descriptor.n_values; i++) {
		m.origin = (Sluis__Origin)sluis__origin__descriptor.values[i].value;
		counted_signal(&s, COUNTED_NEW, &c);
		assert_true(group(&c, "origin")[0] != '\0');
	}
}

/* --- persons --------------------------------------------------------------------- */

static const char *
person(Sluis__Person *p, const char *kind)
{
	static struct counted c;
	Sluis__Signal         s         = SLUIS__SIGNAL__INIT;
	Sluis__Person        *persons[] = {p};

	p->has_role = 1;
	p->role     = SLUIS__PERSON_ROLE__VICTIM;
	s.n_persons = 1;
	s.persons   = persons;
	counted_person(&s, 0, TODAY, &c);
	return group(&c, kind);
}

static const char *
born(const char *date)
{
	Sluis__Person p = SLUIS__PERSON__INIT;
	p.birth_date    = (char *)(uintptr_t)date;
	return person(&p, "age");
}

static void
the_age_classes_are_those_of_the_law(void **state)
{
	(void)state;
	assert_string_equal(born("2006-10-05"), "under_18"); /* eighteen tomorrow */
	assert_string_equal(born("2006-10-04"), "18_to_23");
	assert_string_equal(born("2000-10-05"), "18_to_23"); /* twenty-four tomorrow */
	assert_string_equal(born("2000-10-04"), "from_24");
	assert_string_equal(born("1970-01-01"), "from_24");
	assert_string_equal(
	    born("1990-00-00"), ""); /* the day decides nothing: unknown */
	assert_string_equal(
	    born("garbage"), "under_18"); /* doubt narrows, as in facts.h */
}

static void
a_sign_of_minority_outweighs_an_adult_age_band(void **state)
{
	Sluis__Person p = SLUIS__PERSON__INIT;
	(void)state;
	p.has_age_band = 1;
	p.age_band     = SLUIS__AGE_BAND__FROM_24;
	assert_string_equal(person(&p, "age"), "from_24");
	p.has_minor = p.minor = 1;
	assert_string_equal(person(&p, "age"), "under_18");
	p.minor        = 0;
	p.has_age_band = 0;
	assert_string_equal(person(&p, "age"), ""); /* an adult of no known age */
}

static void
sex_is_coarse_and_unknown_where_it_is_unknown(void **state)
{
	Sluis__Person p = SLUIS__PERSON__INIT;
	(void)state;
	assert_string_equal(person(&p, "sex"), "");
	p.has_gender = 1;
	p.gender     = SLUIS__GENDER__TRANSGENDER_FEMININE;
	assert_string_equal(person(&p, "sex"), "female");
	p.gender = SLUIS__GENDER__NON_CONFORMING;
	assert_string_equal(person(&p, "sex"), "other");
	p.gender = SLUIS__GENDER__UNKNOWN_GENDER;
	assert_string_equal(person(&p, "sex"), "");
}

static void
only_victims_are_counted(void **state)
{
	Sluis__Signal  s = SLUIS__SIGNAL__INIT;
	Sluis__Person  p = SLUIS__PERSON__INIT, *persons[] = {&p};
	struct counted c;
	(void)state;
	s.n_persons  = 1;
	s.persons    = persons;
	p.has_gender = 1;
	p.gender     = SLUIS__GENDER__MASCULINE;
	p.has_role   = 1;
	for (int role = 0; role <= SLUIS__PERSON_ROLE__OTHER_ROLE; role++) {
		p.role = (Sluis__PersonRole)role;
		counted_person(&s, 0, TODAY, &c);
		assert_int_equal(c.n, role == SLUIS__PERSON_ROLE__VICTIM ? 1 : 0);
	}
}

static void
a_residence_is_the_same_or_not_and_never_told(void **state)
{
	Sluis__Signal  s = SLUIS__SIGNAL__INIT;
	Sluis__Person  p = SLUIS__PERSON__INIT, *persons[] = {&p};
	Sluis__Place   at = SLUIS__PLACE__INIT, *places[] = {&at};
	Sluis__Address home = SLUIS__ADDRESS__INIT, work = SLUIS__ADDRESS__INIT;
	char           here[] = "Waalbrug", again[] = "WAALBRUG", there[] = "Elders";
	struct counted c;
	(void)state;
	s.n_persons = s.n_places = 1;
	s.persons                = persons;
	s.places                 = places;
	p.has_role = at.has_role = 1;
	p.role                   = SLUIS__PERSON_ROLE__VICTIM;
	at.role                  = SLUIS__PLACE_ROLE__EXPLOITATION_PLACE;
	p.residence              = &home;
	at.address               = &work;
	home.city                = here;
	counted_person(&s, 0, TODAY, &c);
	assert_string_equal(group(&c, "lives"), "");
	work.city = again;
	counted_person(&s, 0, TODAY, &c);
	assert_string_equal(group(&c, "lives"), "same");
	work.city = there;
	counted_person(&s, 0, TODAY, &c);
	assert_string_equal(group(&c, "lives"), "elsewhere");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_form_is_one_of_four_or_several),
	    cmocka_unit_test(what_is_not_said_is_not_counted_as_something),
	    cmocka_unit_test(the_place_is_where_it_happens_before_whom_it_concerns),
	    cmocka_unit_test(what_comes_again_says_so),
	    cmocka_unit_test(every_sector_and_origin_has_a_group),
	    cmocka_unit_test(the_age_classes_are_those_of_the_law),
	    cmocka_unit_test(a_sign_of_minority_outweighs_an_adult_age_band),
	    cmocka_unit_test(sex_is_coarse_and_unknown_where_it_is_unknown),
	    cmocka_unit_test(only_victims_are_counted),
	    cmocka_unit_test(a_residence_is_the_same_or_not_and_never_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
