/* SPDX-License-Identifier: EUPL-1.2 */
/* test_submission.c - a preview tells the shape of a signal and none of its values. */
#include "client/submission.h"

#include <dirent.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "certs/file.h"
#include "client/jsonfile.h"
#include "proto/message.h"
#include "proto/schema.h"

enum { TODAY = 20778, FILE_MAX = 1024 * 1024 };

static struct buf text; /* the JSON of the signal at hand */

static int
init(void **state)
{
	(void)state;
	return sodium_init() < 0 ? -1 : 0;
}

static void
load(const char *name, Sluis__Signal **ret)
{
	char               path[1024];
	struct sluis_error e;

	(void)snprintf(path, sizeof path, "%s/tests/signals/%s", SOURCE_DIR, name);
	buf_wipe(&text);
	text = buf_init(FILE_MAX);
	assert_int_equal(file_read(path, FILE_MAX, false, &text), RC_OK);
	assert_int_equal(submission_signal(buf_slice(&text), ret, &e), RC_OK);
}

/* The outline of SIGNAL as the bytes that would travel. */
static void
outline_bytes(const Sluis__Signal *signal, struct buf *out)
{
	Sluis__PreviewRecord **records = NULL;
	Sluis__Preview         preview = SLUIS__PREVIEW__INIT;
	size_t                 n       = 0;

	assert_int_equal(submission_outline(signal, TODAY, &records, &n), RC_OK);
	preview.records   = records;
	preview.n_records = n;
	assert_int_equal(message_pack(&preview.base, out), RC_OK);
	submission_free_outline(records, n);
}

/* No string of VALUE (three bytes or more) stands in BYTES. */
static void
assert_absent(const json_t *value, struct slice bytes)
{
	const char *key;
	json_t     *item;
	size_t      i;

	json_object_foreach((json_t *)(uintptr_t)value, key, item)
	    assert_absent(item, bytes);
	json_array_foreach(value, i, item) assert_absent(item, bytes);
	if (!json_is_string(value) || json_string_length(value) < 3) return;
	if (memmem(bytes.p, bytes.n, json_string_value(value),
	        json_string_length(value)) != NULL)
		fail_msg("a value leaves the house in a preview");
}

static void
check_file(const char *name)
{
	AUTO(message_destroy) Sluis__Signal *signal = NULL;
	AUTO(buf_wipe) struct buf            bytes  = buf_init(FILE_MAX);

	load(name, &signal);
	outline_bytes(signal, &bytes);
	json_t *json = json_loadb((const char *)text.p, text.n, 0, NULL);
	assert_non_null(json);
	assert_absent(json, buf_slice(&bytes));
	json_decref(json);
}

static void
no_value_of_any_example_signal_leaves_in_a_preview(void **state)
{
	DIR     *folder = opendir(SOURCE_DIR "/tests/signals");
	unsigned n      = 0;

	(void)state;
	assert_non_null(folder);
	for (struct dirent *e; (e = readdir(folder)) != NULL;) {
		if (strlen(e->d_name) < 6 || e->d_name[0] < '0' || e->d_name[0] > '9')
			continue;
		check_file(e->d_name);
		n++;
	}
	(void)closedir(folder);
	assert_true(n >= 8);
}

static bool
has_fact(const Sluis__PreviewRecord *r, const char *name)
{
	for (size_t i = 0; i < r->n_facts; i++)
		if (strcmp(r->facts[i], name) == 0) return true;
	return false;
}

static bool
has_path(const Sluis__PreviewRecord *r, const char *path)
{
	struct slice               rest = slice_of(r->paths.data, r->paths.len);
	const struct schema_field *f    = NULL;

	while (rest.n != 0) {
		assert_int_equal(schema_unpack(&rest, &f), RC_OK);
		if (strcmp(f->path, path) == 0) return true;
	}
	return false;
}

static void
outline(const char *json, Sluis__PreviewRecord ***ret, size_t *ret_n)
{
	AUTO(message_destroy) Sluis__Signal *signal = NULL;
	struct sluis_error                   e;

	assert_int_equal(submission_signal(slice_str(json), &signal, &e), RC_OK);
	assert_int_equal(submission_outline(signal, TODAY, ret, ret_n), RC_OK);
}

#define TWO_PERSONS                                                                 \
	"{\"persons\":[{\"role\":\"VICTIM\",\"minor\":true,\"bsn\":\"999990019\"}," \
	"{\"role\":\"SUSPECT\",\"family_name\":\"Verzonnen\"}],"                    \
	"\"reporter\":{\"name\":\"Melder\"}}"

static void
each_person_is_a_record_and_the_rest_is_one(void **state)
{
	Sluis__PreviewRecord **r = NULL;
	size_t                 n = 0;

	(void)state;
	outline(TWO_PERSONS, &r, &n);
	assert_int_equal(n, 3);
	assert_true(has_fact(r[0], "victim"));
	assert_true(has_fact(r[0], "minor"));
	assert_false(has_fact(r[0], "suspect"));
	assert_true(has_fact(r[1], "suspect"));
	assert_int_equal(r[2]->n_facts, 0);
	assert_true(has_path(r[0], "persons.bsn"));
	assert_false(has_path(r[1], "persons.bsn"));
	assert_true(has_path(r[1], "persons.family_name"));
	assert_true(has_path(r[2], "reporter.name"));
	assert_false(has_path(r[2], "persons.bsn"));
	submission_free_outline(r, n);
}

/* A rule may weigh that a signal is urgent: the preview must weigh it too. */
static void
urgency_is_told_because_no_field_name_tells_it(void **state)
{
	Sluis__PreviewRecord **r = NULL;
	size_t                 n = 0;

	(void)state;
	outline("{\"meta\":{\"urgent\":true},\"narrative\":{\"text\":\"x\"}}", &r, &n);
	assert_int_equal(n, 1);
	assert_true(has_fact(r[0], "urgent"));
	submission_free_outline(r, n);
	outline("{\"meta\":{\"urgent\":false},\"narrative\":{\"text\":\"x\"}}", &r, &n);
	assert_int_equal(r[0]->n_facts, 0);
	submission_free_outline(r, n);
}

static rc
refused(const char *json, struct sluis_error *e)
{
	AUTO(message_destroy) Sluis__Signal *signal = NULL;

	return submission_signal(slice_str(json), &signal, e);
}

static void
a_broken_signal_is_refused_with_its_place_and_without_its_value(void **state)
{
	struct sluis_error e;

	(void)state;
	assert_int_equal(
	    refused("{\"persons\":[{\"role\":\"VICTIM\",\"bsn\":\"999990018\"}]}", &e),
	    RC_INVALID_SIGNAL);
	assert_string_equal(e.where, "persons[0].bsn");
	assert_null(strstr(e.reason, "999990018"));
	assert_int_equal(refused("{\"persoons\":[]}", &e), RC_INVALID_SIGNAL);
	assert_int_equal(refused("{\"meta\":{\"urgent\":true,\"urgent\":false}}", &e),
	    RC_INVALID_SIGNAL);
	assert_int_equal(refused("{", &e), RC_INVALID_SIGNAL);
	assert_int_equal(refused("", &e), RC_INVALID_SIGNAL);
	assert_int_equal(refused("{}", &e), RC_INVALID_SIGNAL);
}

static void
recipients_are_handed_over_as_they_were_named(void **state)
{
	struct sluis_recipient  to[] = {{"00000099000000020000", "avim"}, {"x", NULL}};
	struct sluis_submission what = {.recipients = to, .n_recipients = 2};
	Sluis__Recipient      **list = NULL;

	(void)state;
	assert_int_equal(submission_recipients(&what, &list), RC_OK);
	assert_string_equal(list[0]->oin, "00000099000000020000");
	assert_string_equal(list[0]->desk, "avim");
	assert_null(list[1]->desk);
	assert_null(list[2]);
	free(list);
}

static int
wipe(void **state)
{
	(void)state;
	buf_wipe(&text);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_value_of_any_example_signal_leaves_in_a_preview),
	    cmocka_unit_test(each_person_is_a_record_and_the_rest_is_one),
	    cmocka_unit_test(urgency_is_told_because_no_field_name_tells_it),
	    cmocka_unit_test(
	        a_broken_signal_is_refused_with_its_place_and_without_its_value),
	    cmocka_unit_test(recipients_are_handed_over_as_they_were_named),
	};
	return cmocka_run_group_tests(tests, init, wipe);
}
