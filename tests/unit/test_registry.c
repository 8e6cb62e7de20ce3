/* SPDX-License-Identifier: EUPL-1.2 */
/* test_registry.c - which key is which desk, and until when. */
#include "broker/standing/registry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "broker/batch.h"
#include "support/region.h"

static struct region region;

static int
make(void **state)
{
	(void)state;
	region_open(&region);
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	region_close(&region);
	return 0;
}

static rc
standing(const struct person *p, uint64_t now_ms)
{
	return member_standing(person_member(&region, p), region.broker.trust, now_ms);
}

static void
wipe(struct person *p)
{
	person_wipe(p);
}

static void
an_enrolled_desk_is_found_by_its_channel_key_alone(void **state)
{
	AUTO(wipe) struct person p, q;
	uint8_t                  key[KEY_BYTES];
	(void)state;
	person_enrolled(&region, OIN_POLICE, "avim", &p);
	person_make(&region, OIN_NLA, "opsporing", 1, &q);
	const struct member *m = person_member(&region, &p);
	assert_non_null(m);
	assert_string_equal(m->binding.oin, OIN_POLICE);
	assert_string_equal(m->party->role, "police");
	assert_null(person_member(&region, &q));
	for (size_t i = 0; i < KEY_BYTES * 8;
	     i++) { /* a key of one other bit is nobody's */
		memcpy(key, p.keys.curve_public, KEY_BYTES);
		key[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_null(registry_find(region.broker.registry, key));
	}
}

static void
a_higher_sequence_replaces_a_lower_one(void **state)
{
	AUTO(wipe) struct person one, two;
	(void)state;
	person_enrolled(&region, OIN_POLICE, "avim", &one);
	person_make(&region, OIN_POLICE, "avim", 2, &two);
	assert_int_equal(person_enrol(&region, &two), RC_OK);
	assert_int_equal(standing(&one, REGION_NOW_MS), RC_SUPERSEDED);
	assert_int_equal(standing(&two, REGION_NOW_MS), RC_OK);
	assert_int_equal(registry_size(region.broker.registry), 2);
}

static void
an_equal_or_lower_sequence_is_refused_and_changes_nothing(void **state)
{
	AUTO(wipe) struct person three, same, lower;
	(void)state;
	person_make(&region, OIN_POLICE, "avim", 3, &three);
	person_make(&region, OIN_POLICE, "avim", 3, &same);
	person_make(&region, OIN_POLICE, "avim", 2, &lower);
	assert_int_equal(person_enrol(&region, &three), RC_OK);
	assert_int_equal(person_enrol(&region, &same), RC_SUPERSEDED);
	assert_int_equal(person_enrol(&region, &lower), RC_SUPERSEDED);
	assert_int_equal(registry_size(region.broker.registry), 1);
	assert_int_equal(standing(&three, REGION_NOW_MS), RC_OK);
}

static void
a_replaced_binding_does_not_come_back(void **state)
{
	AUTO(wipe) struct person one, two;
	(void)state;
	person_enrolled(&region, OIN_POLICE, "avim", &one);
	person_make(&region, OIN_POLICE, "avim", 2, &two);
	must(person_enrol(&region, &two));
	assert_int_equal(person_enrol(&region, &one), RC_SUPERSEDED);
	assert_int_equal(standing(&one, REGION_NOW_MS), RC_SUPERSEDED);
	assert_int_equal(standing(&two, REGION_NOW_MS), RC_OK);
}

static void
two_desks_of_one_party_do_not_replace_each_other(void **state)
{
	AUTO(wipe) struct person a, b;
	(void)state;
	person_enrolled(&region, OIN_MUNICIPALITY, "meldpunt", &a);
	person_enrolled(&region, OIN_MUNICIPALITY, "aandachtfunctionaris", &b);
	assert_int_equal(standing(&a, REGION_NOW_MS), RC_OK);
	assert_int_equal(standing(&b, REGION_NOW_MS), RC_OK);
}

static void
the_same_binding_again_changes_nothing(void **state)
{
	AUTO(wipe) struct person p;
	(void)state;
	person_enrolled(&region, OIN_POLICE, "avim", &p);
	assert_int_equal(person_enrol(&region, &p), RC_OK);
	assert_int_equal(registry_size(region.broker.registry), 1);
}

static void
a_channel_key_of_somebody_else_is_refused(void **state)
{
	AUTO(wipe) struct person p, thief;
	(void)state;
	person_enrolled(&region, OIN_POLICE, "avim", &p);
	person_make(&region, OIN_NLA, "opsporing", 1, &thief);
	memcpy(thief.keys.curve_public, p.keys.curve_public, KEY_BYTES);
	buf_wipe(&thief.envelope);
	must(binding_make(&thief.keys, buf_slice(&thief.chain), thief.cert_key,
	    REGION_ORIGIN, REGION_NOW_MS - 1000, REGION_NOW_MS + 1000000, 5,
	    &thief.envelope));
	assert_int_equal(person_enrol(&region, &thief), RC_BAD_BINDING);
	assert_string_equal(person_member(&region, &p)->binding.oin, OIN_POLICE);
}

static void
an_unknown_party_or_desk_is_not_enrolled(void **state)
{
	AUTO(wipe) struct person stranger, desk;
	(void)state;
	person_make(&region, "00000099000000990000", "meldpunt", 1, &stranger);
	person_make(&region, OIN_POLICE, "meldpunt", 1, &desk);
	assert_int_equal(person_enrol(&region, &stranger), RC_NOT_ENROLLED);
	assert_int_equal(person_enrol(&region, &desk), RC_NOT_ENROLLED);
	assert_int_equal(registry_size(region.broker.registry), 0);
}

static void
standing_holds_from_the_first_to_before_the_last_millisecond(void **state)
{
	AUTO(wipe) struct person p;
	(void)state;
	person_enrolled(&region, OIN_POLICE, "avim", &p);
	const struct binding *b = &person_member(&region, &p)->binding;
	assert_int_equal(standing(&p, b->not_before_ms - 1), RC_NOT_YET_VALID);
	assert_int_equal(standing(&p, b->not_before_ms), RC_OK);
	assert_int_equal(standing(&p, b->not_after_ms - 1), RC_OK);
	assert_int_equal(standing(&p, b->not_after_ms), RC_EXPIRED);
	assert_int_equal(standing(&p, 0), RC_NOT_YET_VALID);
	assert_int_equal(standing(&p, UINT64_MAX), RC_EXPIRED);
}

static void
nobody_stands_without_a_current_revocation_list(void **state)
{
	AUTO(wipe) struct person p;
	(void)state;
	person_enrolled(&region, OIN_POLICE, "avim", &p);
	must(ca_refresh_crl(region.ca, REGION_NOW_S - 86400, 2, NULL)); /* one day left */
	region_reload_trust(&region);
	uint64_t end = (uint64_t)trust_crl_until_s(region.broker.trust) * 1000;
	assert_int_equal(standing(&p, end - 1), RC_OK);
	assert_int_equal(standing(&p, end), RC_CRL_STALE);
	assert_int_equal(standing(&p, end + 5000), RC_CRL_STALE);
}

static void
a_certificate_that_ends_before_its_binding_ends_the_standing(void **state)
{
	AUTO(wipe) struct person p;
	(void)state;
	person_enrolled(&region, OIN_POLICE, "avim", &p);
	struct member *m                   = person_member(&region, &p);
	m->binding.certificate_not_after_s = REGION_NOW_S;
	assert_int_equal(standing(&p, REGION_NOW_MS - 1), RC_OK);
	assert_int_equal(standing(&p, REGION_NOW_MS), RC_EXPIRED);
}

static rc
count(void *arg, const struct member *m)
{
	(void)m;
	++*(int *)arg;
	return RC_OK;
}

static void
who_is_revoked_loses_its_standing_once_and_stays_known(void **state)
{
	AUTO(wipe) struct person p, q;
	int                      lost = 0;
	(void)state;
	person_enrolled(&region, OIN_POLICE, "avim", &p);
	person_enrolled(&region, OIN_NLA, "opsporing", &q);
	must(ca_revoke(region.ca, buf_slice(&p.chain), REGION_NOW_S, 400));
	region_reload_trust(&region);
	for (int i = 0; i < 2; i++)
		must(registry_recheck(region.broker.registry, region.broker.trust,
		    REGION_ORIGIN, REGION_NOW_MS, count, &lost));
	assert_int_equal(lost, 1);
	assert_int_equal(standing(&p, REGION_NOW_MS), RC_REVOKED);
	assert_int_equal(standing(&q, REGION_NOW_MS), RC_OK);
}

static void
what_is_superseded_does_not_come_back_by_a_new_list(void **state)
{
	AUTO(wipe) struct person one, two;
	int                      lost = 0;
	(void)state;
	person_enrolled(&region, OIN_POLICE, "avim", &one);
	person_make(&region, OIN_POLICE, "avim", 2, &two);
	must(person_enrol(&region, &two));
	must(ca_revoke(region.ca, buf_slice(&two.chain), REGION_NOW_S, 400));
	region_reload_trust(&region);
	must(registry_recheck(region.broker.registry, region.broker.trust, REGION_ORIGIN,
	    REGION_NOW_MS, count, &lost));
	assert_int_equal(standing(&one, REGION_NOW_MS), RC_SUPERSEDED);
	assert_int_equal(standing(&two, REGION_NOW_MS), RC_REVOKED);
	assert_int_equal(lost, 1);
}

/* A thief may choose the highest number there is. */
static void
a_revoked_binding_keeps_nobody_out(void **state)
{
	AUTO(wipe) struct person thief, owner;
	int                      lost = 0;
	(void)state;
	person_make(&region, OIN_POLICE, "avim", UINT64_MAX, &thief);
	person_make(&region, OIN_POLICE, "avim", 2, &owner);
	assert_int_equal(person_enrol(&region, &thief), RC_OK);
	assert_int_equal(person_enrol(&region, &owner), RC_SUPERSEDED);
	must(ca_revoke(region.ca, buf_slice(&thief.chain), REGION_NOW_S, 400));
	region_reload_trust(&region);
	must(registry_recheck(region.broker.registry, region.broker.trust, REGION_ORIGIN,
	    REGION_NOW_MS, count, &lost));
	assert_int_equal(person_enrol(&region, &owner), RC_OK);
	assert_int_equal(standing(&owner, REGION_NOW_MS), RC_OK);
	assert_int_equal(standing(&thief, REGION_NOW_MS), RC_SUPERSEDED);
}

static void
of_those_that_were_replaced_the_ended_are_forgotten(void **state)
{
	AUTO(wipe) struct person one, two, three, other;
	struct person           *p[]   = {&one, &two, &three};
	const uint64_t           later = REGION_NOW_MS + 1000;
	(void)state;
	for (uint64_t i = 0; i < 3; i++) {
		person_make(&region, OIN_POLICE, "avim", i + 1, p[i]);
		must(person_enrol(&region, p[i]));
		person_member(&region, p[i])->binding.not_after_ms = later;
	}
	person_enrolled(&region, OIN_NLA, "opsporing", &other);
	person_member(&region, p[1])->binding.not_after_ms = later + 1;
	must(registry_forget_ended(region.broker.registry, later - 1));
	assert_int_equal(registry_size(region.broker.registry), 4);
	must(registry_forget_ended(region.broker.registry, later));
	assert_null(person_member(&region, p[0]));
	assert_int_equal(standing(p[1], later), RC_SUPERSEDED);
	assert_int_equal(standing(p[2], later), RC_EXPIRED); /* of the desk, still */
	assert_int_equal(standing(&other, later), RC_OK);
	assert_int_equal(registry_size(region.broker.registry), 3);
	assert_int_equal(person_enrol(&region, p[0]), RC_SUPERSEDED);
}

static void
a_new_list_is_a_time_to_forget(void **state)
{
	AUTO(wipe) struct person one, two;
	int                      lost = 0;
	(void)state;
	person_enrolled(&region, OIN_POLICE, "avim", &one);
	person_make(&region, OIN_POLICE, "avim", 2, &two);
	must(person_enrol(&region, &two));
	person_member(&region, &one)->binding.not_after_ms = REGION_NOW_MS;
	must(registry_recheck(region.broker.registry, region.broker.trust, REGION_ORIGIN,
	    REGION_NOW_MS, count, &lost));
	assert_null(person_member(&region, &one));
	assert_int_equal(registry_size(region.broker.registry), 1);
	assert_int_equal(lost, 0);
}

/* --- how many new keys of one desk ------------------------------------------------- */

enum { A_DAY = 24, HOUR = 3600000 };

/* By keys that nobody has. */
static rc
may_enrol_as(const char *oin, const char *desk, uint64_t sequence, uint64_t now_ms)
{
	struct binding b = {.sequence = sequence};

	(void)snprintf(b.oin, sizeof b.oin, "%s", oin);
	(void)snprintf(b.desk, sizeof b.desk, "%s", desk);
	return registry_may_enrol(region.broker.registry, &b, now_ms);
}

static rc
may_enrol(const char *oin, const char *desk, uint64_t now_ms)
{
	return may_enrol_as(oin, desk, 1000, now_ms);
}

static void
use_up(uint64_t now_ms)
{
	for (int i = 0; i < A_DAY; i++)
		assert_int_equal(may_enrol(OIN_POLICE, "avim", now_ms), RC_OK);
	assert_int_equal(may_enrol(OIN_POLICE, "avim", now_ms), RC_OVER_QUOTA);
}

static void
a_desk_may_replace_its_keys_so_often_in_a_day(void **state)
{
	AUTO(wipe) struct person p, q;
	(void)state;
	person_enrolled(&region, OIN_POLICE, "avim", &p);
	person_enrolled(&region, OIN_NLA, "opsporing", &q);
	use_up(REGION_NOW_MS);
	assert_int_equal(may_enrol(OIN_NLA, "opsporing", REGION_NOW_MS), RC_OK);
	assert_int_equal(
	    may_enrol(OIN_POLICE, "avim", REGION_NOW_MS + HOUR - 2000), RC_OVER_QUOTA);
	assert_int_equal(
	    may_enrol(OIN_POLICE, "avim", REGION_NOW_MS + HOUR + 2000), RC_OK);
	assert_int_equal(
	    may_enrol(OIN_POLICE, "avim", REGION_NOW_MS + HOUR + 2000), RC_OVER_QUOTA);
	use_up(REGION_NOW_MS + 26 * (uint64_t)HOUR);
}

static void
what_is_refused_uses_up_no_turn(void **state)
{
	AUTO(wipe) struct person one, two;
	(void)state;
	person_enrolled(&region, OIN_POLICE, "avim", &one);
	person_make(&region, OIN_POLICE, "avim", 2, &two);
	must(person_enrol(&region, &two));
	struct binding taken = person_member(&region, &two)->binding;
	taken.sequence       = 1000;
	for (int i = 0; i < 2 * A_DAY; i++) {
		assert_int_equal(
		    may_enrol_as(OIN_POLICE, "avim", 1, REGION_NOW_MS), RC_SUPERSEDED);
		assert_int_equal(
		    registry_may_enrol(region.broker.registry, &taken, REGION_NOW_MS),
		    RC_BAD_BINDING);
	}
	use_up(REGION_NOW_MS);
}

static void
who_was_never_there_may_always_come(void **state)
{
	(void)state;
	for (int i = 0; i < 2 * A_DAY; i++)
		assert_int_equal(may_enrol(OIN_POLICE, "avim", REGION_NOW_MS), RC_OK);
}

static void
new_keys_bring_no_new_allowance(void **state)
{
	AUTO(wipe) struct person one, two;
	(void)state;
	person_enrolled(&region, OIN_POLICE, "avim", &one);
	use_up(REGION_NOW_MS);
	person_make(&region, OIN_POLICE, "avim", 2, &two);
	must(person_enrol(&region, &two));
	assert_int_equal(may_enrol(OIN_POLICE, "avim", REGION_NOW_MS), RC_OVER_QUOTA);
}

static void
a_thief_does_not_use_up_what_the_owner_may(void **state)
{
	AUTO(wipe) struct person thief, owner;
	(void)state;
	person_enrolled(&region, OIN_POLICE, "avim", &thief);
	use_up(REGION_NOW_MS);
	person_member(&region, &thief)->standing = RC_REVOKED;
	assert_int_equal(may_enrol(OIN_POLICE, "avim", REGION_NOW_MS), RC_OK);
	person_make(&region, OIN_POLICE, "avim", 2, &owner);
	must(person_enrol(&region, &owner));
	use_up(REGION_NOW_MS);
}

/* What is read without a current list has no certificate yet. */
static void
who_was_read_without_a_list_stands_again_with_one(void **state)
{
	AUTO(wipe) struct person p;
	int                      lost = 0;
	(void)state;
	person_enrolled(&region, OIN_POLICE, "avim", &p);
	struct member *m = person_member(&region, &p);
	must(binding_read(buf_slice(&p.envelope), &m->binding));
	m->standing = RC_CRL_STALE;
	must(registry_recheck(region.broker.registry, region.broker.trust, REGION_ORIGIN,
	    REGION_NOW_MS, count, &lost));
	assert_int_equal(standing(&p, REGION_NOW_MS), RC_OK);
	assert_int_equal(lost, 0);
}

static void
three_hundred_members_are_all_found(void **state)
{
	AUTO(wipe) struct person p;
	struct binding           b;
	uint8_t                  keys[300][KEY_BYTES];
	(void)state;
	person_make(&region, OIN_POLICE, "avim", 1, &p);
	must(binding_check(buf_slice(&p.envelope), buf_slice(&p.chain),
	    region.broker.trust, REGION_ORIGIN, REGION_NOW_MS, &b));
	for (unsigned i = 0; i < 300; i++) { /* each replaces the one before it */
		b.sequence = i;
		b.id.b[0]  = (uint8_t)i;
		b.id.b[1]  = (uint8_t)(i >> 8);
		memset(b.curve_public, 0, KEY_BYTES);
		b.curve_public[7]  = (uint8_t)(i % 7); /* many share a slot */
		b.curve_public[30] = (uint8_t)i;
		b.curve_public[31] = (uint8_t)(i >> 8);
		memcpy(keys[i], b.curve_public, KEY_BYTES);
		must(registry_add(region.broker.registry, region.broker.policy, &b,
		    slice_str("e"), slice_str("c")));
	}
	for (unsigned i = 0; i < 300; i++) {
		const struct member *m = registry_find(region.broker.registry, keys[i]);
		assert_non_null(m);
		assert_int_equal(m->binding.sequence, i);
		assert_int_equal(m->standing, i == 299 ? RC_OK : RC_SUPERSEDED);
	}
}

static void
an_allowance_empties_and_fills_with_time(void **state)
{
	struct allowance a = {0};
	(void)state;
	for (int i = 0; i < 60; i++) assert_true(allowance_take(&a, 60, 5000));
	assert_false(allowance_take(&a, 60, 5000));
	assert_false(allowance_take(&a, 60, 5999));
	assert_true(allowance_take(&a, 60, 6999));
	for (int i = 0; i < 60; i++) assert_true(allowance_take(&a, 60, 10000000));
	assert_false(allowance_take(&a, 60, 10000000)); /* never more than full */
}

static void
an_allowance_survives_a_clock_that_goes_back(void **state)
{
	struct allowance a = {0};
	(void)state;
	for (int i = 0; i < 3; i++) assert_true(allowance_take(&a, 3, 900000));
	assert_false(allowance_take(&a, 3, 900000));
	assert_true(allowance_take(&a, 3, 1000));
	assert_true(a.left <= 3);
}

/* The binding of P, for who reads the registry again. */
static void
keep(const struct person *p, uint64_t leaf)
{
	const struct member *m = person_member(&region, p);

	assert_int_equal(store_begin(region.broker.store), RC_OK);
	assert_int_equal(store_put_binding(region.broker.store, &m->binding.id,
	                     buf_slice(&m->envelope), buf_slice(&m->chain), leaf),
	    RC_OK);
	assert_int_equal(store_commit(region.broker.store), RC_OK);
}

static void
a_registry_that_is_read_again_gives_no_new_allowance(void **state)
{
	AUTO(wipe) struct person p, other;
	struct allowance         empty = {.at_ms = 5000};
	(void)state;
	person_enrolled(&region, OIN_POLICE, "avim", &p);
	person_enrolled(&region, OIN_NLA, "opsporing", &other);
	keep(&p, 1);
	keep(&other, 2);
	struct member *m = person_member(&region, &p);
	m->requests = m->refusals = m->covered_refusals = m->enrolments = empty;
	assert_int_equal(batch_load_registry(&region.broker), RC_OK);
	m = person_member(&region, &p);
	assert_false(allowance_take(&m->requests, 60, 5000));
	assert_false(allowance_take(&m->refusals, 60, 5000));
	assert_false(allowance_take(&m->covered_refusals, 60, 5000));
	assert_false(allowance_take(&m->enrolments, 60, 5000));
	m = person_member(&region, &other);
	assert_true(allowance_take(&m->requests, 60, 5000));
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(an_enrolled_desk_is_found_by_its_channel_key_alone),
	    T(a_higher_sequence_replaces_a_lower_one),
	    T(an_equal_or_lower_sequence_is_refused_and_changes_nothing),
	    T(a_replaced_binding_does_not_come_back),
	    T(two_desks_of_one_party_do_not_replace_each_other),
	    T(the_same_binding_again_changes_nothing),
	    T(a_channel_key_of_somebody_else_is_refused),
	    T(an_unknown_party_or_desk_is_not_enrolled),
	    T(standing_holds_from_the_first_to_before_the_last_millisecond),
	    T(nobody_stands_without_a_current_revocation_list),
	    T(a_certificate_that_ends_before_its_binding_ends_the_standing),
	    T(who_is_revoked_loses_its_standing_once_and_stays_known),
	    T(what_is_superseded_does_not_come_back_by_a_new_list),
	    T(a_revoked_binding_keeps_nobody_out),
	    T(of_those_that_were_replaced_the_ended_are_forgotten),
	    T(a_new_list_is_a_time_to_forget),
	    T(a_desk_may_replace_its_keys_so_often_in_a_day),
	    T(what_is_refused_uses_up_no_turn),
	    T(who_was_never_there_may_always_come),
	    T(new_keys_bring_no_new_allowance),
	    T(a_thief_does_not_use_up_what_the_owner_may),
	    T(who_was_read_without_a_list_stands_again_with_one),
	    T(three_hundred_members_are_all_found),
	    T(an_allowance_empties_and_fills_with_time),
	    T(an_allowance_survives_a_clock_that_goes_back),
	    T(a_registry_that_is_read_again_gives_no_new_allowance),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
