/* SPDX-License-Identifier: EUPL-1.2 */
/* test_form.c - what a broker may not say: ids of another size, texts that steer. */
#include "client/form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "client/request.h"
#include "proto/auto.h"
#include "proto/message.h"

/* Read ANSWER as if it came from a broker. */
static rc
read_back(const Sluis__Answer *answer, Sluis__Answer **ret)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(1 << 16);

	assert_int_equal(message_pack(&answer->base, &bytes), RC_OK);
	return answer_read(buf_slice(&bytes), ret);
}

/* What comes of an answer with one case whose id has N bytes. */
static rc
read_case(size_t n)
{
	static const uint8_t                 id[300];
	AUTO(message_destroy) Sluis__Answer *got    = NULL;
	Sluis__Answer                        answer = SLUIS__ANSWER__INIT;
	Sluis__CaseView view = SLUIS__CASE_VIEW__INIT, *views[] = {&view};

	view.has_case_id = 1;
	view.case_id     = message_borrow_bytes(id, n);
	answer.n_cases   = 1;
	answer.cases     = views;
	return read_back(&answer, &got);
}

static void
an_id_of_another_size_is_refused(void **state)
{
	static const size_t wrong[] = {0, 1, 15, 17, 32, 300};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(read_case(wrong[i]), RC_MALFORMED);
	assert_int_equal(read_case(ID_BYTES), RC_OK);
}

static void
a_confirmation_of_another_size_is_refused(void **state)
{
	static const uint8_t                 hash[HASH_BYTES];
	AUTO(message_destroy) Sluis__Answer *got    = NULL;
	Sluis__Answer                        answer = SLUIS__ANSWER__INIT;

	(void)state;
	answer.has_confirmation = 1;
	answer.confirmation     = message_borrow_bytes(hash, ID_BYTES);
	assert_int_equal(read_back(&answer, &got), RC_MALFORMED);
	assert_null(got);
	answer.confirmation = message_borrow_bytes(hash, sizeof hash);
	assert_int_equal(read_back(&answer, &got), RC_OK);
}

static void
no_text_of_a_broker_steers_a_terminal(void **state)
{
	AUTO(message_destroy) Sluis__Answer *got    = NULL;
	Sluis__Answer                        answer = SLUIS__ANSWER__INIT;
	Sluis__CaseView view = SLUIS__CASE_VIEW__INIT, *views[] = {&view};

	(void)state;
	view.gate         = message_borrow("\033[2Jgate\a");
	answer.n_cases    = 1;
	answer.cases      = views;
	answer.change     = message_borrow("a\xc2\x9b"
	                                       "b");
	answer.checkpoint = message_borrow("origin\n7\n");
	assert_int_equal(read_back(&answer, &got), RC_OK);
	assert_string_equal(got->cases[0]->gate, "?[2Jgate?");
	assert_string_equal(got->change, "a?b");
	assert_string_equal(got->checkpoint, "origin\n7\n"); /* verified to the letter */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_id_of_another_size_is_refused),
	    cmocka_unit_test(a_confirmation_of_another_size_is_refused),
	    cmocka_unit_test(no_text_of_a_broker_steers_a_terminal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
