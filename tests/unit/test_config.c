/* SPDX-License-Identifier: EUPL-1.2 */
/* test_config.c - an option means what it says, or the file is refused. */
#include "broker/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "certs/file.h"
#include "proto/note.h"
#include "support/region.h"

#define BASE                                                                       \
	"origin: sluis.example/here\nendpoint_agency: tcp://127.0.0.1:*\n"         \
	"endpoint_audit: tcp://127.0.0.1:*\nendpoint_enrol: tcp://127.0.0.1:*\n"   \
	"policy_dir: policy\nanchors_file: ca.pem\ncrl_file: crl.pem\nkeys_file: " \
	"k.json\n"
#define SOUND BASE "state_dir: state\n"

static struct findings findings;
static struct config  *config;
static char            dir[FOLDER_MAX];

static int
make(void **state)
{
	(void)state;
	make_folder(dir, "config");
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	config_destroy(&config);
	remove_folder(dir);
	return 0;
}

static rc
load(const char *text)
{
	char path[64];
	(void)snprintf(path, sizeof path, "%s/sluisd.yaml", dir);
	must(file_write(path, slice_str(text), 0644));
	config_destroy(&config);
	findings.n = 0;
	return config_load(path, &config, &findings);
}

static void
refused(const char *text, const char *finding, unsigned line)
{
	assert_int_equal(load(text), RC_CONFIG);
	assert_null(config);
	assert_true(findings.n > 0);
	for (size_t i = 0; i < findings.n; i++)
		if (strstr(findings.at[i].text, finding) != NULL &&
		    (line == 0 || findings.at[i].line == line))
			return;
	fail_msg("'%s' at %u, not '%s' at %u", findings.at[0].text, findings.at[0].line,
	    finding, line);
}

static void
what_is_not_said_has_its_standard(void **state)
{
	(void)state;
	assert_int_equal(load(SOUND), RC_OK);
	assert_string_equal(config->origin, "sluis.example/here");
	assert_string_equal(config->endpoint_audit, "tcp://127.0.0.1:*");
	assert_null(config->ready_file);
	assert_int_equal(config->batch_max, 256);
	assert_int_equal(config->freshness_s, 300);
	assert_int_equal(config->batch_ms, 10);
	assert_int_equal(config->workers, 1);
	assert_int_equal(config->cover_s, 60);
	assert_int_equal(config->cover_leaves, 8);
}

static void
relative_paths_are_relative_to_the_file(void **state)
{
	char want[64];
	(void)state;
	assert_int_equal(load(BASE "state_dir: a/b\nready_file: /r/ready.json\n"), RC_OK);
	(void)snprintf(want, sizeof want, "%s/a/b", dir);
	assert_string_equal(config->state_dir, want);
	assert_string_equal(config->ready_file, "/r/ready.json");
	(void)snprintf(want, sizeof want, "%s/policy", dir);
	assert_string_equal(config->policy_dir, want);
	char here[256];
	assert_non_null(getcwd(here, sizeof here));
	config_destroy(&config);
	assert_int_equal(chdir(dir), 0);
	assert_int_equal(config_load("sluisd.yaml", &config, &findings), RC_OK);
	assert_string_equal(config->state_dir, "a/b");
	assert_int_equal(chdir(here), 0);
}

static void
limits_hold_at_their_bounds(void **state)
{
	(void)state;
	assert_int_equal(load(SOUND "limits: {batch_max: 1, batch_ms: 0}\n"), RC_OK);
	assert_int_equal(config->batch_max, 1);
	assert_int_equal(config->batch_ms, 0);
	assert_int_equal(load(SOUND "limits: {batch_max: 4096}\n"), RC_OK);
	assert_int_equal(load(SOUND "limits: {workers: 0}\n"), RC_OK);
	assert_int_equal(config->workers, 0);
	assert_int_equal(load(SOUND "limits: {workers: 32}\n"), RC_OK);
	refused(SOUND "limits: {workers: 33}\n", "workers must be from 0 to 32", 10);
	refused(SOUND "limits: {workers: -1}\n", "from 0 to 32", 10);
	refused(SOUND "limits: {batch_max: 0}\n", "batch_max must be from 1 to 4096", 10);
	refused(SOUND "limits: {batch_max: 4097}\n", "from 1 to 4096", 10);
	refused(SOUND "limits: {batch_ms: -1}\n", "from 0 to 1000", 10);
	refused(SOUND "limits: {freshness_s: 0}\n", "from 1 to 540", 10);
	refused(SOUND "limits: {freshness_s: 541}\n", "from 1 to 540", 10);
	assert_int_equal(load(SOUND "limits: {freshness_s: 540}\n"), RC_OK);
	assert_true(config->freshness_s < DATED_WITHIN_S); /* else clients alarm */
	assert_int_equal(load(SOUND "limits: {cover_s: 0, cover_leaves: 4}\n"), RC_OK);
	assert_int_equal(config->cover_s, 0);
	refused(SOUND "limits: {cover_s: -1}\n", "from 0 to 3600", 10);
	refused(SOUND "limits: {cover_s: 3601}\n", "from 0 to 3600", 10);
	refused(SOUND "limits: {cover_leaves: 3}\n", "from 4 to 4096", 10);
	refused(SOUND "limits: {cover_max: 0}\n", "from 1 to 4096", 10);
}

static void
an_endpoint_is_an_address_and_a_port(void **state)
{
	static const char *const wrong[] = {"127.0.0.1:80", "tcp://127.0.0.1",
	    "tcp://127.0.0.1:", "tcp://:80", "tcp://127.0.0.1:0", "tcp://127.0.0.1:65536",
	    "tcp://127.0.0.1:8x", "tcp://127.0.0.1:-1", "ipc:///tmp/x:80"};
	static const char *const right[] = {
	    "tcp://127.0.0.1:1", "tcp://[::1]:65535", "tcp://*:5560", "tcp://eth0:*"};
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		(void)snprintf(text, sizeof text,
		    SOUND "second_agency: tcp://127.0.0.1:*\n"
		          "second_audit: \"%s\"\nsecond_enrol: tcp://127.0.0.1:*\n",
		    wrong[i]);
		refused(text, "second_audit must be tcp://ADDRESS:PORT", 11);
	}
	for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
		(void)snprintf(text, sizeof text,
		    SOUND "second_agency: tcp://127.0.0.1:*\n"
		          "second_audit: \"%s\"\nsecond_enrol: tcp://127.0.0.1:*\n",
		    right[i]);
		assert_int_equal(load(text), RC_OK);
	}
}

static void
an_origin_is_the_name_of_a_key(void **state)
{
	char text[1024], name[NOTE_NAME_MAX + 2];

	(void)state;
	memset(name, 'a', sizeof name);
	name[NOTE_NAME_MAX + 1] = '\0';
	(void)snprintf(text, sizeof text, "origin: %s%s", name, strchr(SOUND, '\n'));
	refused(text, "origin must be a name of at most 128", 1);
	name[NOTE_NAME_MAX] = '\0';
	(void)snprintf(text, sizeof text, "origin: %s%s", name, strchr(SOUND, '\n'));
	assert_int_equal(load(text), RC_OK);
	(void)snprintf(text, sizeof text, "origin: a b%s", strchr(SOUND, '\n'));
	refused(text, "origin must be a name", 1);
	(void)snprintf(text, sizeof text, "origin: a+b%s", strchr(SOUND, '\n'));
	refused(text, "origin must be a name", 1);
}

static void
a_token_is_named_wholly_or_not_at_all(void **state)
{
	(void)state;
	assert_int_equal(
	    load(SOUND "hsm_module: /m\nhsm_token: t\nhsm_pin_file: /p\n"), RC_OK);
	refused(SOUND "hsm_pin_file: /p\n", "go together", 0);
	refused(SOUND "hsm_module: /m\nhsm_token: t\n", "go together", 0);
}

static void
the_sandbox_has_three_words(void **state)
{
	(void)state;
	assert_int_equal(load(SOUND), RC_OK);
	assert_null(config->sandbox);
	assert_null(config->user);
	assert_int_equal(load(SOUND "sandbox: required\nuser: sluis\n"), RC_OK);
	assert_string_equal(config->sandbox, "required");
	assert_string_equal(config->user, "sluis"); /* and no path */
	assert_int_equal(load(SOUND "sandbox: available\n"), RC_OK);
	assert_int_equal(load(SOUND "sandbox: off\n"), RC_OK);
	assert_string_equal(config->sandbox, "off");
	refused(SOUND "sandbox: none\n", "sandbox must be required", 10);
	refused(SOUND "sandbox: Required\n", "sandbox must be required", 10);
	refused(SOUND "sandbox: ''\n", "sandbox must be a text", 10);
	refused(SOUND "sandbox: [off]\n", "sandbox must be a text", 10);
	refused(SOUND "user: ''\n", "user must be a text", 10);
}

static void
a_number_is_a_whole_number(void **state)
{
	static const char *const bad[] = {
	    "1.5", "x", "10k", "''", "0x10", "[1]", "{}", "99999999999999999999"};
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char text[1024];
		(void)snprintf(
		    text, sizeof text, SOUND "limits:\n  batch_max: %s\n", bad[i]);
		refused(text, "batch_max must be a whole number", 11);
	}
}

static void
every_option_is_needed_but_the_ready_file(void **state)
{
	static const char *const keys[] = {"origin", "endpoint_agency", "endpoint_audit",
	    "endpoint_enrol", "policy_dir", "anchors_file", "crl_file", "keys_file",
	    "state_dir"};
	(void)state;
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		char  text[1024] = SOUND, want[64];
		char *at = strstr(text, keys[i]), *end = strchr(at, '\n') + 1;
		memmove(at, end, strlen(end) + 1);
		(void)snprintf(want, sizeof want, "%s is missing", keys[i]);
		refused(text, want, 0);
	}
}

static void
a_second_place_has_all_its_doors_or_none(void **state)
{
	static const char *const doors[] = {
	    "second_agency", "second_audit", "second_enrol"};
	char text[1024];
	(void)state;
	for (unsigned which = 0; which < 8; which++) {
		(void)snprintf(text, sizeof text, "%s", SOUND);
		for (unsigned i = 0; i < 3; i++)
			if ((which >> i & 1) != 0)
				(void)snprintf(text + strlen(text),
				    sizeof text - strlen(text), "%s: tcp://127.0.0.1:*\n",
				    doors[i]);
		if (which != 0 && which != 7) {
			refused(text, "all three doors", 0);
			continue;
		}
		assert_int_equal(load(text), RC_OK);
		assert_true((config->second_enrol != NULL) == (which == 7));
	}
}

static void
an_option_is_a_text(void **state)
{
	(void)state;
	refused(BASE "state_dir: [a]\n", "state_dir must be a text", 9);
	refused(BASE "state_dir: {a: b}\n", "state_dir must be a text", 9);
	refused(BASE "state_dir: ''\n", "state_dir must be a text", 9);
}

static void
unknown_and_repeated_keys_are_refused(void **state)
{
	(void)state;
	refused(SOUND "stat_dir: x\n", "stat_dir", 10);
	refused(SOUND "limits: {batch_maxx: 5}\n", "batch_maxx", 10);
	refused(SOUND "state_dir: x\n", "state_dir", 10);
	refused(SOUND "limits: {batch_max: 5, batch_max: 6}\n", "batch_max", 10);
	refused(SOUND "batch_max: 5\n", "batch_max", 10); /* belongs in limits */
}

static void
what_is_no_mapping_is_refused(void **state)
{
	(void)state;
	refused("- a\n", "mapping", 0);
	refused(SOUND "limits: 5\n", "limits must be a mapping", 10);
	refused(SOUND "limits: [1]\n", "limits must be a mapping", 10);
	refused("origin: [\n", "", 0);
	assert_int_not_equal(load(""), RC_OK);
}

static void
a_file_that_is_not_there_is_not_found(void **state)
{
	(void)state;
	assert_int_equal(
	    config_load("/nowhere/sluisd.yaml", &config, &findings), RC_NOT_FOUND);
	assert_null(config);
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(what_is_not_said_has_its_standard),
	    T(relative_paths_are_relative_to_the_file),
	    T(limits_hold_at_their_bounds),
	    T(an_endpoint_is_an_address_and_a_port),
	    T(an_origin_is_the_name_of_a_key),
	    T(a_token_is_named_wholly_or_not_at_all),
	    T(the_sandbox_has_three_words),
	    T(a_number_is_a_whole_number),
	    T(every_option_is_needed_but_the_ready_file),
	    T(an_option_is_a_text),
	    T(a_second_place_has_all_its_doors_or_none),
	    T(unknown_and_repeated_keys_are_refused),
	    T(what_is_no_mapping_is_refused),
	    T(a_file_that_is_not_there_is_not_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
