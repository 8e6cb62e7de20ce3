/* SPDX-License-Identifier: EUPL-1.2 */
/* test_batch.c - what the log says of batches that fail, and of the first that does not.
 */
#include "broker/batch.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "broker/journal/event.h"
#include "support/region.h"

static struct region region;
static char          said[4096];

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

/* A batch of which an entry is written, or none; what the log says stands in `said`. */
static void
commit(bool entry)
{
	struct event   e = {.kind = SLUIS__EVENT_KIND__EVENT_OPENED, .in_force = true};
	struct broker *b = &region.broker;
	uint64_t       index;
	int            ends[2], old = dup(STDERR_FILENO);

	assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
	assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
	must(store_begin(b->store));
	if (entry) must(event_append(b, &e, &index));
	must(batch_commit(b));
	assert_true(dup2(old, STDERR_FILENO) >= 0);
	(void)close(old);
	(void)close(ends[1]);
	ssize_t n           = read(ends[0], said, sizeof said - 1);
	said[n < 0 ? 0 : n] = '\0';
	(void)close(ends[0]);
}

static void
nothing_is_said_of_what_works(void **state)
{
	(void)state;
	commit(true);
	commit(false);
	assert_string_equal(said, "");
}

static void
the_first_that_is_written_says_so_once_and_how_many_were_refused(void **state)
{
	struct broker *b = &region.broker;

	(void)state;
	batch_tell_failed(b, RC_DISK_FULL, 3);
	batch_tell_failed(b, RC_DISK_FULL, 4);
	commit(false); /* who only reads tells nothing of the disk */
	assert_string_equal(said, "");
	commit(true);
	assert_non_null(strstr(said, " STORE-WORKS n=7\n"));
	commit(true);
	assert_string_equal(said, "");
	batch_tell_failed(b, RC_DISK_FULL, 1);
	commit(true);
	assert_non_null(strstr(said, " STORE-WORKS n=1\n"));
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(nothing_is_said_of_what_works),
	    T(the_first_that_is_written_says_so_once_and_how_many_were_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
