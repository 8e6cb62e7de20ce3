/* SPDX-License-Identifier: EUPL-1.2 */
/* test_gone.c - a detail that is missing was erased, or it was kept from us. */
#include "client/command/policy/gone.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "journal.pb-c.h"
#include "proto/auto.h"
#include "proto/merkle.h"
#include "proto/message.h"
#include "proto/receipt.h"

static const uint8_t detail_bytes[] = {0x0a, 0x02, 's', 't'};

/* A leaf that commits to detail_bytes if COMMITS, or erases N from FIRST on. */
static rc
take(struct gone *g, uint64_t index, bool commits, struct slice detail)
{
	AUTO(buf_wipe) struct buf out  = buf_init(1024);
	Sluis__Leaf               leaf = SLUIS__LEAF__INIT;
	struct hash               digest;

	crypto_hash_sha256(digest.b, detail_bytes, sizeof detail_bytes);
	leaf.has_kind          = 1;
	leaf.kind              = SLUIS__EVENT_KIND__EVENT_RULING;
	leaf.has_detail_digest = commits;
	leaf.detail_digest     = message_borrow_bytes(digest.b, sizeof digest.b);
	assert_int_equal(RC_OK, message_pack(&leaf.base, &out));
	return gone_take(g, index, buf_slice(&out), detail);
}

static void
erase(struct gone *g, uint64_t index, uint64_t first, uint64_t n)
{
	AUTO(buf_wipe) struct buf out  = buf_init(1024);
	Sluis__Leaf               leaf = SLUIS__LEAF__INIT;

	leaf.has_kind      = 1;
	leaf.kind          = SLUIS__EVENT_KIND__EVENT_ERASED;
	leaf.has_refers_to = 1;
	leaf.refers_to     = first;
	leaf.has_count     = n != 1;
	leaf.count         = n;
	assert_int_equal(RC_OK, message_pack(&leaf.base, &out));
	assert_int_equal(RC_OK, gone_take(g, index, buf_slice(&out), slice_of(NULL, 0)));
}

static const struct slice none = {NULL, 0};

static struct slice
detail(void)
{
	return slice_of(detail_bytes, sizeof detail_bytes);
}

static void
test_what_is_there_is_not_gone(void **state)
{
	AUTO(gone_wipe) struct gone g = {0};
	uint64_t                    index;

	(void)state;
	assert_int_equal(RC_OK, take(&g, 0, true, detail()));
	assert_int_equal(RC_OK, take(&g, 1, false, none));
	assert_false(gone_first(&g, &index));
}

static void
test_another_detail_is_none(void **state)
{
	AUTO(gone_wipe) struct gone g = {0};

	(void)state;
	assert_int_equal(RC_BAD_DIGEST, take(&g, 0, true, slice_str("other")));
	assert_int_equal(RC_BAD_DIGEST, take(&g, 0, false, detail()));
	assert_int_equal(RC_BAD_TREE, gone_take(&g, 0, slice_str("\xff"), none));
}

static void
test_what_was_erased_is_forgiven_and_its_neighbours_are_not(void **state)
{
	AUTO(gone_wipe) struct gone g = {0};
	uint64_t                    index;

	(void)state;
	for (uint64_t i = 60; i < 70; i++)
		assert_int_equal(RC_OK, take(&g, i, true, none));
	erase(&g, 70, 61, 8);
	assert_true(gone_first(&g, &index));
	assert_int_equal(60, index);
	erase(&g, 71, 60, 1);
	assert_true(gone_first(&g, &index));
	assert_int_equal(69, index);
	erase(&g, 72, 0, UINT64_MAX);
	assert_false(gone_first(&g, &index));
	assert_int_equal(RC_OK, take(&g, 5000, true, none)); /* after it */
	assert_true(gone_first(&g, &index));
	assert_int_equal(5000, index);
}

static void
test_an_erasure_may_name_what_never_was(void **state)
{
	AUTO(gone_wipe) struct gone g = {0};
	uint64_t                    index;

	(void)state;
	assert_int_equal(RC_OK, take(&g, 3, true, none));
	erase(&g, 4, UINT64_MAX - 1, 5);
	erase(&g, 5, 4, UINT64_MAX);
	erase(&g, 6, 3, 0);
	assert_true(gone_first(&g, &index));
	assert_int_equal(3, index);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_is_there_is_not_gone),
	    cmocka_unit_test(test_another_detail_is_none),
	    cmocka_unit_test(test_what_was_erased_is_forgiven_and_its_neighbours_are_not),
	    cmocka_unit_test(test_an_erasure_may_name_what_never_was),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
