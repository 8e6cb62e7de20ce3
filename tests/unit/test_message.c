/* SPDX-License-Identifier: EUPL-1.2 */
/* test_message.c - messages packed, built by copies, and borrowing; wiping is
 * test_wiping. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "proto/auto.h"
#include "proto/message.h"
#include "wire.pb-c.h"

static Sluis__Head
borrowing_head(void)
{
	Sluis__Head head = SLUIS__HEAD__INIT;

	head.sender_desk    = message_borrow("meldpunt");
	head.has_request_id = 1;
	head.request_id     = message_borrow_bytes("\0\1\2", 3);
	return head;
}

static void
packing_appends_what_unpacks_to_the_same(void **state)
{
	(void)state;
	AUTO(buf_wipe) struct buf          out   = buf_init(64);
	AUTO(message_destroy) Sluis__Head *again = NULL;
	Sluis__Head                        head  = borrowing_head();

	assert_int_equal(buf_append(&out, slice_str("x")), RC_OK);
	assert_int_equal(message_pack(&head.base, &out), RC_OK);
	again = sluis__head__unpack(NULL, out.n - 1, out.p + 1);
	assert_non_null(again);
	assert_string_equal(again->sender_desk, "meldpunt");
	assert_int_equal(again->request_id.len, 3);
	assert_memory_equal(again->request_id.data, "\0\1\2", 3);
}

static void
packing_fits_exactly_or_not_at_all(void **state)
{
	(void)state;
	Sluis__Head head = borrowing_head();
	size_t      n    = sluis__head__get_packed_size(&head);

	for (size_t room = 0; room <= n; room++) {
		AUTO(buf_wipe) struct buf out = buf_init(room + 1);
		assert_int_equal(buf_append(&out, slice_str("x")), RC_OK);
		assert_int_equal(
		    message_pack(&head.base, &out), room < n ? RC_TOO_LARGE : RC_OK);
		assert_int_equal(out.n, room < n ? 1 : n + 1);
	}
}

static void
an_empty_message_packs_to_nothing(void **state)
{
	(void)state;
	AUTO(buf_wipe) struct buf out  = buf_init(0);
	Sluis__Head               head = SLUIS__HEAD__INIT;

	assert_int_equal(message_pack(&head.base, &out), RC_OK);
	assert_int_equal(out.n, 0);
}

static void
text_and_bytes_are_copies(void **state)
{
	(void)state;
	AUTO(message_destroy) Sluis__Head *head   = calloc(1, sizeof *head);
	char                               text[] = "politie", id[] = "abc";

	assert_non_null(head);
	sluis__head__init(head);
	assert_int_equal(message_text(&head->sender_desk, text), RC_OK);
	assert_int_equal(
	    message_bytes(&head->has_request_id, &head->request_id, slice_of(id, 3)),
	    RC_OK);
	text[0] = id[0] = '-';
	assert_string_equal(head->sender_desk, "politie");
	assert_memory_equal(head->request_id.data, "abc", 3);
}

static void
no_text_leaves_the_field_absent(void **state)
{
	(void)state;
	char *field = NULL;

	assert_int_equal(message_text(&field, NULL), RC_OK);
	assert_null(field);
	assert_int_equal(message_text(&field, ""), RC_OK);
	assert_null(field);
}

static void
destroying_clears_the_pointer_and_takes_none(void **state)
{
	(void)state;
	Sluis__Receipt *none = NULL;
	Sluis__Head    *head = calloc(1, sizeof *head);

	assert_non_null(head);
	sluis__head__init(head);
	message_destroy(&head);
	assert_null(head);
	message_destroy(&none);
	assert_null(none);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(packing_appends_what_unpacks_to_the_same),
	    cmocka_unit_test(packing_fits_exactly_or_not_at_all),
	    cmocka_unit_test(an_empty_message_packs_to_nothing),
	    cmocka_unit_test(text_and_bytes_are_copies),
	    cmocka_unit_test(no_text_leaves_the_field_absent),
	    cmocka_unit_test(destroying_clears_the_pointer_and_takes_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
