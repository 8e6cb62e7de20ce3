/* SPDX-License-Identifier: EUPL-1.2 */
/* test_batch.c - what the log says of batches that fail, and of the first that does not.
 */
#include "broker/batch.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "broker/journal/event.h"
#include "broker/log_limit.h"
#include "support/region.h"

static struct region region;
static char          said[64 * 1024];
static time_t        minute; /* of the steady clock; 0: the true one */

int __real_clock_gettime(clockid_t clock, struct timespec *ret);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret);

int
__wrap_clock_gettime(clockid_t clock, struct timespec *ret)
{
	if (minute == 0 || clock != CLOCK_MONOTONIC)
		return __real_clock_gettime(clock, ret);
	*ret = (struct timespec){.tv_sec = 60 * minute};
	return 0;
}

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

/* --- what the log says: from listen_up() to hear() stands in `said` --------------------
 */

static int ends[2], err;

static void
listen_up(void)
{
	err = dup(STDERR_FILENO);
	assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
	assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
}

static void
hear(void)
{
	assert_true(dup2(err, STDERR_FILENO) >= 0);
	(void)close(err);
	(void)close(ends[1]);
	ssize_t n           = read(ends[0], said, sizeof said - 1);
	said[n < 0 ? 0 : n] = '\0';
	(void)close(ends[0]);
}

/* A batch of which an entry is written, or none. */
static void
write_batch(bool entry)
{
	struct event   e = {.kind = SLUIS__EVENT_KIND__EVENT_OPENED, .in_force = true};
	struct broker *b = &region.broker;
	uint64_t       index;

	must(store_begin(b->store));
	if (entry) must(event_append(b, &e, &index));
	must(batch_commit(b));
}

static void
commit(bool entry)
{
	listen_up();
	write_batch(entry);
	hear();
}

/* How many lines are of KIND; *RET_SUM is that of what they count. */
static unsigned
lines(const char *kind, unsigned long *ret_sum)
{
	unsigned n = 0;

	*ret_sum = 0;
	for (const char *at = said; (at = strstr(at, kind)) != NULL; n++) {
		at += strlen(kind);
		const char *count = strstr(at, " n=");
		assert_non_null(count);
		*ret_sum += strtoul(count + 3, NULL, 10);
	}
	return n;
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

static void
a_disk_that_fails_and_works_in_turns_has_its_lines_of_the_minute_and_no_count_is_lost(
    void **state)
{
	enum { TURNS = 300, EACH = 2 };
	unsigned long sum;

	(void)state;
	minute = 1000000;
	listen_up();
	for (int i = 0; i < TURNS; i++) {
		batch_tell_failed(&region.broker, RC_DISK_FULL, EACH);
		write_batch(true);
	}
	hear();
	assert_int_equal(lines(" STORE-FAILED", &sum), LOG_LINES_A_MINUTE);
	assert_int_equal(lines(" STORE-WORKS", &sum), LOG_LINES_A_MINUTE);
	assert_int_equal(sum, EACH * LOG_LINES_A_MINUTE);
	minute++;
	commit(true);
	assert_int_equal(lines(" STORE-WORKS", &sum), 1);
	assert_int_equal(sum, EACH * (TURNS - LOG_LINES_A_MINUTE));
	listen_up();
	batch_tell_failed(&region.broker, RC_DISK_FULL, EACH);
	hear();
	assert_int_equal(lines(" LOG-LEFT-OUT", &sum), 1);
	assert_int_equal(sum, TURNS - LOG_LINES_A_MINUTE);
	commit(true);
	assert_int_equal(lines(" STORE-WORKS", &sum), 1);
	assert_int_equal(sum, EACH);
	minute = 0;
}

/* --- who is enrolled, from the store --------------------------------------------------
 */

static size_t room; /* of the table; 0: its own */

rc __real_registry_add(struct registry *r, const struct policy *policy,
    const struct binding *binding, struct slice envelope, struct slice chain);
rc __wrap_registry_add(struct registry *r, const struct policy *policy,
    const struct binding *binding, struct slice envelope, struct slice chain);

rc
__wrap_registry_add(struct registry *r, const struct policy *policy,
    const struct binding *binding, struct slice envelope, struct slice chain)
{
	if (room != 0 && registry_size(r) >= room) return RC_QUEUE_FULL;
	return __real_registry_add(r, policy, binding, envelope, chain);
}

static void
keep_binding(const struct person *p)
{
	struct broker *b = &region.broker;
	struct binding binding;

	must(binding_read(buf_slice(&p->envelope), &binding));
	must(store_begin(b->store));
	must(store_put_binding(
	    b->store, &binding.id, buf_slice(&p->envelope), buf_slice(&p->chain), 0));
	must(store_commit(b->store));
}

/* Whether the first of three, whom the second replaced, has to go for the third. */
static void
load_three(uint64_t later_ms, bool fits)
{
	struct person p[3];
	uint8_t       there[3];

	person_make(&region, OIN_MUNICIPALITY, "meldpunt", 1, &p[0]);
	person_make(&region, OIN_MUNICIPALITY, "meldpunt", 2, &p[1]);
	person_make(&region, OIN_POLICE, "avim", 1, &p[2]);
	for (size_t i = 0; i < 3; i++) keep_binding(&p[i]);
	region.broker.now_ms += later_ms;
	room = 2;
	must(batch_load_registry(&region.broker));
	for (size_t i = 0; i < 3; i++) {
		there[i] = person_member(&region, &p[i]) != NULL;
		person_wipe(&p[i]);
	}
	assert_int_equal(there[0], !fits);
	assert_true(there[1]);
	assert_int_equal(there[2], fits);
	must(batch_load_registry(&region.broker)); /* as at the next undo */
	assert_int_equal(registry_size(region.broker.registry), 2);
	room = 0;
}

static void
where_the_table_is_full_who_was_replaced_and_has_ended_makes_room(void **state)
{
	(void)state;
	load_three(31 * DAY_MS, true);
}

static void
where_nobody_has_ended_the_last_find_no_room_and_the_broker_goes_on(void **state)
{
	(void)state;
	load_three(0, false);
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(nothing_is_said_of_what_works),
	    T(the_first_that_is_written_says_so_once_and_how_many_were_refused),
	    T(a_disk_that_fails_and_works_in_turns_has_its_lines_of_the_minute_and_no_count_is_lost),
	    T(where_the_table_is_full_who_was_replaced_and_has_ended_makes_room),
	    T(where_nobody_has_ended_the_last_find_no_room_and_the_broker_goes_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
