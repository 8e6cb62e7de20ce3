/* SPDX-License-Identifier: EUPL-1.2 */
/* test_gate.c - every verdict on a handshake. */
#include "broker/gate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/region.h"

static struct region      region;
static struct person      police, auditor, stranger;
static struct zap_verdict verdict;

static int
make(void **state)
{
	(void)state;
	region_open(&region);
	person_enrolled(&region, OIN_POLICE, "avim", &police);
	person_enrolled(&region, OIN_AUDITOR, "auditor", &auditor);
	person_make(&region, OIN_NLA, "opsporing", 1, &stranger);
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	person_wipe(&police);
	person_wipe(&auditor);
	person_wipe(&stranger);
	region_close(&region);
	return 0;
}

static struct zap_request
request(const char *domain, const struct person *p)
{
	return (struct zap_request){.n = ZAP_FRAMES,
	    .frames = {slice_str("1.0"), slice_str("1"), slice_str(domain),
	        slice_str("127.0.0.1"), slice_str(""), slice_str("CURVE"),
	        slice_of(p->keys.curve_public, KEY_BYTES)}};
}

static void
decide(const struct zap_request *q, rc want)
{
	memset(&verdict, 0xff, sizeof verdict);
	gate_decide(q, region.broker.registry, region.broker.trust, region.broker.now_ms,
	    &verdict);
	assert_int_equal(verdict.code, want);
	assert_int_equal(verdict.admit, want == RC_OK);
	if (want != RC_OK) assert_string_equal(verdict.user_id, "");
}

static void
a_member_comes_in_at_its_own_door_under_its_key(void **state)
{
	struct zap_request q = request("agency", &police);
	char               hex[65];
	(void)state;
	decide(&q, RC_OK);
	hex_encode(hex, sizeof hex, slice_of(police.keys.curve_public, KEY_BYTES));
	assert_string_equal(verdict.user_id, hex);
	q = request("audit", &auditor);
	decide(&q, RC_OK);
}

static void
nobody_comes_in_at_the_other_door(void **state)
{
	static const char *const others[] = {
	    "", "x", "AGENCY", "agency2", "agenc", "global"};
	(void)state;
	struct zap_request q = request("audit", &police);
	decide(&q, RC_WRONG_DOOR);
	q = request("agency", &auditor);
	decide(&q, RC_WRONG_DOOR);
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		q = request(others[i], &police);
		decide(&q, RC_WRONG_DOOR);
	}
}

static void
only_curve_is_a_mechanism(void **state)
{
	static const char *const others[] = {
	    "NULL", "PLAIN", "GSSAPI", "curve", "", "CURVE2", "CURV"};
	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		for (int d = 0; d < N_DOORS; d++) {
			struct zap_request q = request(door_name((enum door)d), &police);
			q.frames[5]          = slice_str(others[i]);
			decide(&q, RC_HANDSHAKE);
		}
	}
}

static void
another_version_is_malformed(void **state)
{
	static const char *const others[] = {"", "1", "1.1", "2.0", "1.0 ", "1.00"};
	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		struct zap_request q = request("agency", &police);
		q.frames[0]          = slice_str(others[i]);
		decide(&q, RC_MALFORMED);
	}
}

static void
another_number_of_frames_is_malformed(void **state)
{
	(void)state;
	for (size_t n = 0; n < 20; n++) {
		struct zap_request q = request("enrol", &police);
		q.n                  = n;
		decide(&q, n == ZAP_FRAMES ? RC_OK : RC_MALFORMED);
	}
}

static void
a_key_of_another_size_is_malformed(void **state)
{
	uint8_t key[100] = {0};
	(void)state;
	for (size_t n = 0; n < sizeof key; n++) {
		struct zap_request q = request("enrol", &police);
		q.frames[6]          = slice_of(key, n);
		decide(&q, n == KEY_BYTES ? RC_OK : RC_MALFORMED);
	}
}

static void
an_unknown_key_comes_in_at_the_enrol_door_only(void **state)
{
	struct zap_request q = request("agency", &stranger);
	(void)state;
	decide(&q, RC_NOT_ENROLLED);
	q = request("audit", &stranger);
	decide(&q, RC_NOT_ENROLLED);
	q = request("enrol", &stranger);
	decide(&q, RC_OK);
}

static void
who_lost_its_standing_is_told_why(void **state)
{
	struct zap_request q   = request("agency", &police);
	struct member     *m   = person_member(&region, &police);
	uint64_t           now = region.broker.now_ms;
	(void)state;
	region.broker.now_ms = m->binding.not_after_ms;
	decide(&q, RC_EXPIRED);
	region.broker.now_ms = m->binding.not_before_ms - 1;
	decide(&q, RC_NOT_YET_VALID);
	region.broker.now_ms = now;
	m->standing          = RC_REVOKED;
	decide(&q, RC_REVOKED);
	m->standing = RC_SUPERSEDED;
	decide(&q, RC_SUPERSEDED);
	q = request("audit", &police); /* standing comes before the door */
	decide(&q, RC_SUPERSEDED);
	q = request("enrol", &police); /* may come with new keys */
	decide(&q, RC_OK);
}

static void
no_handshake_passes_without_a_current_revocation_list(void **state)
{
	struct zap_request q = request("agency", &police);
	(void)state;
	must(ca_refresh_crl(region.ca, REGION_NOW_S - 86400, 2, NULL));
	region_reload_trust(&region);
	region.broker.now_ms =
	    (uint64_t)trust_crl_until_s(region.broker.trust) * 1000 + 1000;
	decide(&q, RC_CRL_STALE);
}

static void
doors_open_to_their_roles(void **state)
{
	const struct party *p = person_member(&region, &police)->party;
	const struct party *a = person_member(&region, &auditor)->party;
	(void)state;
	assert_true(door_open_to(DOOR_AGENCY, p));
	assert_false(door_open_to(DOOR_AUDIT, p));
	assert_false(door_open_to(DOOR_ENROL, p));
	assert_true(door_open_to(DOOR_AUDIT, a));
	assert_false(door_open_to(DOOR_AGENCY, a));
	assert_false(door_open_to(DOOR_ENROL, a));
}

/* --- over a socket pair, as libzmq asks ------------------------------------------ */

static void *context, *handler, *asker;

static void
open_pair(void)
{
	context = zmq_ctx_new();
	handler = zmq_socket(context, ZMQ_REP);
	asker   = zmq_socket(context, ZMQ_REQ);
	assert_int_equal(zmq_bind(handler, "inproc://zap"), 0);
	assert_int_equal(zmq_connect(asker, "inproc://zap"), 0);
}

static void
close_pair(void)
{
	zmq_close(asker);
	zmq_close(handler);
	zmq_ctx_term(context);
}

static void
assert_answer(const char *status)
{
	char frames[6][256];
	for (int i = 0; i < 6; i++) {
		int n = zmq_recv(asker, frames[i], 255, 0);
		assert_true(n >= 0 && n < 255);
		frames[i][n] = '\0';
	}
	assert_string_equal(frames[0], "1.0");
	assert_string_equal(frames[1], "7");
	assert_string_equal(frames[2], status);
	assert_int_equal(strlen(frames[4]), strcmp(status, "200") == 0 ? 64 : 0);
}

static unsigned n_refused, n_strangers; /* members, and others, turned away */

static rc
refused(void *arg, struct member *m, rc code)
{
	(void)arg;
	if (m == NULL) {
		assert_int_equal(code, RC_MALFORMED);
		n_strangers++;
		return RC_OK;
	}
	assert_ptr_equal(m, person_member(&region, &police));
	assert_int_equal(code, RC_REVOKED);
	n_refused++;
	return RC_OK;
}

static rc
serve(void)
{
	return gate_serve(handler, region.broker.registry, region.broker.trust,
	    region.broker.now_ms, refused, NULL);
}

static void
ask(size_t n_frames, size_t key_bytes, const char *status)
{
	uint8_t key[4096] = {0};
	memcpy(key, police.keys.curve_public, KEY_BYTES);
	const char *text[] = {"1.0", "7", "agency", "::1", "", "CURVE"};
	for (size_t i = 0; i < n_frames; i++) {
		int more = i + 1 < n_frames ? ZMQ_SNDMORE : 0;
		if (i < 6)
			assert_true(zmq_send(asker, text[i], strlen(text[i]), more) >= 0);
		else
			assert_true(zmq_send(asker, key, key_bytes, more) >= 0);
	}
	assert_int_equal(serve(), RC_OK);
	assert_answer(status);
}

static void
the_handler_answers_requests_of_any_shape(void **state)
{
	(void)state;
	open_pair();
	assert_int_equal(serve(), RC_OK); /* nobody asks */
	ask(7, 32, "200");
	ask(6, 32, "400");
	ask(8, 32, "400");
	ask(2, 32, "400");
	ask(500, 32, "400");
	ask(7, 31, "400");
	ask(7, 512, "400");
	ask(7, 4096, "400");
	ask(7, 32, "200");
	close_pair();
}

static void
who_is_turned_away_is_told_of_once_a_handshake(void **state)
{
	(void)state;
	open_pair();
	n_refused = n_strangers = 0;
	ask(7, 32, "200");
	assert_int_equal(n_refused + n_strangers, 0);
	person_member(&region, &police)->standing = RC_REVOKED;
	ask(7, 32, "400");
	ask(7, 31, "400"); /* no key, no member */
	assert_int_equal(n_refused, 1);
	assert_int_equal(n_strangers, 1);
	close_pair();
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_member_comes_in_at_its_own_door_under_its_key),
	    T(nobody_comes_in_at_the_other_door),
	    T(only_curve_is_a_mechanism),
	    T(another_version_is_malformed),
	    T(another_number_of_frames_is_malformed),
	    T(a_key_of_another_size_is_malformed),
	    T(an_unknown_key_comes_in_at_the_enrol_door_only),
	    T(who_lost_its_standing_is_told_why),
	    T(no_handshake_passes_without_a_current_revocation_list),
	    T(doors_open_to_their_roles),
	    T(the_handler_answers_requests_of_any_shape),
	    T(who_is_turned_away_is_told_of_once_a_handshake),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
