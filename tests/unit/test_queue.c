/* SPDX-License-Identifier: EUPL-1.2 */
/* test_queue.c - the queue is bounded, ordered, and keeps what was not answered. */
#include "client/queue.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/kept.h"
#include "proto/auto.h"

static struct sluis me; /* a handle that has a folder and nothing else */

static int
start(void **state)
{
	(void)state;
	if (sodium_init() < 0) return -1;
	(void)snprintf(me.folder.dir, sizeof me.folder.dir, "/tmp/sluis-queue-XXXXXX");
	return mkdtemp(me.folder.dir) != NULL ? 0 : -1;
}

static int
stop(void **state)
{
	char command[128];

	(void)state;
	(void)snprintf(command, sizeof command, "rm -rf %.64s", me.folder.dir);
	return system(command);
}

/* A kept request with the number N. */
static const uint8_t *
request(unsigned n, struct vault *v)
{
	static uint8_t    id[ID_BYTES];
	struct vault_name name = {.box = "sent", .suffix = "act", .id = id};

	memset(id, 0, sizeof id);
	id[0] = (uint8_t)(n >> 8);
	id[1] = (uint8_t)n;
	assert_int_equal(vault_put(v, &name, NULL, slice_str("x")), RC_OK);
	return id;
}

static void
a_thousand_may_wait_and_no_more(void **state)
{
	AUTO(vault_close) struct vault *v    = NULL;
	struct vault_name               name = {.box = "queue", .suffix = "waiting"};

	(void)state;
	assert_int_equal(vault_open(&v, me.folder.dir, true, NULL), RC_OK);
	for (unsigned i = 1; i < SLUIS_QUEUE_MAX; i++) {
		uint8_t id[ID_BYTES] = {0xff, (uint8_t)(i >> 8), (uint8_t)i};
		name.id              = id;
		assert_int_equal(vault_put(v, &name, NULL, slice_of(NULL, 0)), RC_OK);
	}
	assert_int_equal(sluis_queue_add(&me, request(1, v)), SLUIS_OK);
	assert_int_equal(sluis_queue_add(&me, request(2, v)), SLUIS_QUEUE_FULL);
	assert_int_equal(me.error.code, SLUIS_QUEUE_FULL);
	assert_int_equal(sluis_queue_add(&me, request(1, v)), SLUIS_OK); /* it does */
	assert_int_equal(sluis_queue_drop(&me, request(1, v)), SLUIS_OK);
	assert_int_equal(sluis_queue_add(&me, request(2, v)), SLUIS_OK);
}

static void
what_is_not_kept_cannot_wait(void **state)
{
	uint8_t id[ID_BYTES] = {1};

	(void)state;
	assert_int_equal(sluis_queue_add(&me, id), SLUIS_NOT_FOUND);
	assert_int_equal(sluis_queue_drop(&me, id), SLUIS_NOT_FOUND);
}

static void
a_damaged_request_stays_visible_and_can_be_dropped(void **state)
{
	AUTO(vault_close) struct vault *v = NULL;
	struct sluis_result            *r = NULL;

	(void)state;
	assert_int_equal(vault_open(&v, me.folder.dir, true, NULL), RC_OK);
	assert_int_equal(sluis_queue_add(&me, request(7, v)), SLUIS_OK);
	assert_int_equal(sluis_queue_list(&me, &r), SLUIS_OK);
	assert_non_null(strstr(sluis_result_json(r), "0007"));
	sluis_result_destroy(&r);
	assert_int_equal(sluis_queue_flush(&me, 10, &r), SLUIS_OK);
	assert_non_null(strstr(sluis_result_json(r), "malformed"));
	sluis_result_destroy(&r);
	assert_int_equal(sluis_queue_drop(&me, request(7, v)), SLUIS_NOT_FOUND);
}

static void
only_an_answer_ends_the_waiting(void **state)
{
	static const rc stays[] = {RC_UNREACHABLE, RC_TIMEOUT, RC_HANDSHAKE,
	    RC_QUEUE_FULL, RC_OVER_QUOTA, RC_STOPPING, RC_DISK, RC_NOMEM, RC_BAD_PROOF,
	    RC_FORKED, RC_STALE, RC_FUTURE, RC_NOT_ENROLLED, RC_EXPIRED, RC_REVOKED,
	    RC_BAD_SIGNATURE};
	static const rc ends[]  = {RC_OK, RC_NOT_ENTITLED, RC_NOBODY_SERVED, RC_NO_STEP,
	     RC_NOT_FOUND, RC_MALFORMED, RC_INVALID_SIGNAL, RC_REPLAYED, RC_TOO_LARGE};

	(void)state;
	for (size_t i = 0; i < sizeof stays / sizeof stays[0]; i++)
		assert_true(queue_stays(stays[i]));
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		assert_false(queue_stays(ends[i]));
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CLAIM(a_thousand_may_wait_and_no_more),
	    CLAIM(what_is_not_kept_cannot_wait),
	    CLAIM(a_damaged_request_stays_visible_and_can_be_dropped),
	    CLAIM(only_an_answer_ends_the_waiting),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
