/* SPDX-License-Identifier: EUPL-1.2 */
/* test_adopt.c - a candidate takes effect whole, signed and newer, or the old policy
 * stays.
 */
#include "broker/standing/adopt.h"

#include <dirent.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "broker/journal/event.h"
#include "certs/endorsement.h"
#include "certs/file.h"
#include "policy/read/files.h"
#include "proto/message.h"
#include "support/candidate.h"

enum { MAX = 1 << 20 };

static struct region r;
static char          folder[256];

/* --- a candidate in policy_dir --------------------------------------------------- */

static void
put(const char *name, const char *text, size_t n)
{
	candidate_put(folder, name, text, n);
}

static void
write_candidate(unsigned version)
{
	candidate_write(folder, version);
}

static struct buf
sign_with(const char *oin, struct pen pen)
{
	return candidate_sign_with(&r, folder, oin, pen);
}

static void
sign(const char *oin)
{
	candidate_sign(&r, folder, oin);
}

static void
sign_enough(void)
{
	candidate_sign_enough(&r, folder);
}

/* --- the broker ------------------------------------------------------------------ */

static int
fresh(void **state)
{
	(void)state;
	region_open(&r);
	policy_destroy(&r.broker.policy);
	(void)snprintf(folder, sizeof folder, "%s/policy", r.dir);
	free(r.config->policy_dir);
	r.config->policy_dir = strdup(folder);
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	region_close(&r);
	return 0;
}

/* One look at policy_dir, committed unless it fails. */
static rc
look(void)
{
	struct broker *b      = &r.broker;
	struct policy *former = NULL;

	must(store_begin(b->store));
	rc code = adopt_candidate(b, &former);
	policy_destroy(&former);
	if (code != RC_OK) {
		store_rollback(b->store);
		must(journal_reload(b->journal));
		return code;
	}
	must(journal_seal_batch(b->journal));
	must(store_commit(b->store));
	must(journal_commit(b->journal));
	return RC_OK;
}

static void
in_force(unsigned version)
{
	write_candidate(version);
	sign_enough();
	assert_int_equal(look(), RC_OK);
	assert_int_equal(r.broker.policy_refused, RC_OK);
	assert_int_equal(r.broker.policy_version, version);
}

/* As a new process would: from the store alone. */
static rc
reopen(void)
{
	policy_destroy(&r.broker.policy);
	r.broker.policy_version = 0;
	region_restart(&r);
	return adopt_stored(&r.broker);
}

static Sluis__Leaf *
leaf_at(uint64_t index)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(LEAF_MAX);

	must(store_get_leaf(r.broker.store, index, &bytes, NULL));
	return sluis__leaf__unpack(NULL, bytes.n, bytes.p);
}

/* A look refuses with CODE, writes exactly one entry that says so, and changes nothing.
 */
static void
refuses(rc code)
{
	struct hash before  = *policy_hash(r.broker.policy);
	uint64_t    version = r.broker.policy_version, n = journal_size(r.broker.journal);

	assert_int_equal(look(), RC_OK);
	assert_int_equal(r.broker.policy_refused, code);
	assert_true(hash_equal(policy_hash(r.broker.policy), &before));
	assert_int_equal(r.broker.policy_version, version);
	assert_int_equal(journal_size(r.broker.journal), n + 1);
	Sluis__Leaf *leaf = leaf_at(n);
	assert_int_equal(leaf->kind, SLUIS__EVENT_KIND__EVENT_POLICY_REFUSED);
	assert_string_equal(leaf->code, rc_name(code));
	assert_memory_equal(leaf->bundle_hash.data, before.b, HASH_BYTES);
	assert_true(leaf->subject_digest.len == HASH_BYTES || code == RC_DISK);
	sluis__leaf__free_unpacked(leaf, NULL);
	/* and not after a restart either */
	assert_int_equal(reopen(), RC_OK);
	assert_true(hash_equal(policy_hash(r.broker.policy), &before));
}

/* --- the first ------------------------------------------------------------------- */

static void
a_broker_does_not_begin_with_what_nobody_signed(void **state)
{
	(void)state;
	write_candidate(1);
	assert_int_equal(look(), RC_NOT_APPROVED);
	assert_null(r.broker.policy);
	assert_int_equal(adopt_check(&r.broker), RC_NOT_APPROVED);
	sign(OIN_POLICE);
	sign(OIN_MUNICIPALITY);
	assert_int_equal(look(), RC_NOT_APPROVED);
	assert_int_equal(journal_size(r.broker.journal), 0);
}

static void
a_signed_policy_takes_effect_with_an_entry_for_each_signature(void **state)
{
	(void)state;
	in_force(1);
	assert_int_equal(journal_size(r.broker.journal), 5);
	Sluis__Leaf *leaf = leaf_at(0);
	assert_int_equal(leaf->kind, SLUIS__EVENT_KIND__EVENT_POLICY);
	assert_memory_equal(
	    leaf->subject_digest.data, policy_hash(r.broker.policy)->b, HASH_BYTES);
	assert_memory_equal(
	    leaf->bundle_hash.data, leaf->subject_digest.data, HASH_BYTES);
	sluis__leaf__free_unpacked(leaf, NULL);
	for (uint64_t i = 1; i < 5; i++) {
		leaf = leaf_at(i);
		assert_int_equal(leaf->kind, SLUIS__EVENT_KIND__EVENT_POLICY_SIGNED);
		assert_int_equal(leaf->refers_to, 0);
		assert_true(leaf->has_refers_to);
		assert_int_equal(strlen(leaf->sender_oin), OIN_DIGITS);
		assert_string_equal(leaf->sender_desk, "d");
		sluis__leaf__free_unpacked(leaf, NULL);
	}
}

static void
the_policy_in_force_comes_back_without_its_folder(void **state)
{
	(void)state;
	in_force(3);
	struct hash before = *policy_hash(r.broker.policy);
	remove_folder(folder);
	assert_int_equal(reopen(), RC_OK);
	assert_true(hash_equal(policy_hash(r.broker.policy), &before));
	assert_int_equal(r.broker.policy_version, 3);
	refuses(RC_DISK);
}

static void
looking_again_at_what_is_in_force_does_nothing(void **state)
{
	char path[300];

	(void)state;
	in_force(1);
	(void)snprintf(path, sizeof path, "%s/signatures", folder);
	remove_folder(path); /* approving was an act: it needs no second time */
	uint64_t n = journal_size(r.broker.journal), looks = r.broker.policy_looks;
	assert_int_equal(look(), RC_OK);
	assert_int_equal(journal_size(r.broker.journal), n);
	assert_int_equal(r.broker.policy_refused, RC_OK);
	assert_int_equal(r.broker.policy_looks, looks + 1);
}

/* --- the next -------------------------------------------------------------------- */

static void
the_next_version_takes_its_place(void **state)
{
	(void)state;
	in_force(1);
	struct hash first = *policy_hash(r.broker.policy);
	in_force(4);
	assert_false(hash_equal(policy_hash(r.broker.policy), &first));
	assert_int_equal(reopen(), RC_OK);
	assert_int_equal(r.broker.policy_version, 4);
}

static void
an_unsigned_candidate_changes_nothing(void **state)
{
	(void)state;
	in_force(1);
	write_candidate(2);
	refuses(RC_NOT_APPROVED);
}

static void
a_stripped_signature_is_a_missing_one(void **state)
{
	char path[400];

	(void)state;
	in_force(1);
	write_candidate(2);
	sign_enough();
	(void)snprintf(path, sizeof path, "%s/signatures/" OIN_CARE ".sig", folder);
	assert_int_equal(unlink(path), 0);
	refuses(RC_NOT_APPROVED);
	put("signatures/" OIN_CARE ".sig", "", 0);
	refuses(RC_NOT_APPROVED);
	put("signatures/" OIN_CARE ".sig", "trust me", 8);
	refuses(RC_NOT_APPROVED);
}

/* Enough parties sign VERSION, and then somebody adds a line to it. */
static void
edit_after_signing(unsigned version)
{
	AUTO(buf_wipe) struct buf text = buf_init(MAX);
	char                      path[300];

	write_candidate(version);
	sign_enough();
	(void)snprintf(path, sizeof path, "%s/zorg.yaml", folder);
	must(file_read(path, MAX, false, &text));
	must(buf_printf(&text, "# one more line\n"));
	put("zorg.yaml", (const char *)text.p, text.n);
}

static void
an_edit_after_signing_makes_every_signature_worthless(void **state)
{
	(void)state;
	in_force(1);
	edit_after_signing(2);
	refuses(RC_NOT_APPROVED);
}

static void
a_change_under_the_same_version_is_not_approved_rather_than_not_newer(void **state)
{
	(void)state;
	in_force(2);
	edit_after_signing(2);
	refuses(RC_NOT_APPROVED);
}

/* With enough signatures but that of CARE, which is made with PEN. */
static void
refuses_pen(struct pen pen)
{
	write_candidate(2);
	sign(OIN_MUNICIPALITY);
	sign(OIN_POLICE);
	sign(OIN_OM);
	struct buf cert = sign_with(OIN_CARE, pen);
	buf_wipe(&cert);
	refuses(RC_NOT_APPROVED);
}

static void
a_signature_under_another_bundle_or_version_does_not_count(void **state)
{
	(void)state;
	in_force(1);
	refuses_pen((struct pen){.other_bundle = true});
	refuses_pen((struct pen){.other_version = true});
}

static void
a_signature_of_a_foreign_authority_does_not_count(void **state)
{
	AUTO(ca_destroy) struct ca *foreign = NULL;
	char                        path[256];

	(void)state;
	in_force(1);
	(void)snprintf(path, sizeof path, "%s/foreign", r.dir);
	assert_int_equal(mkdir(path, 0700), 0);
	must(ca_create(path, "Vreemde CA", REGION_NOW_S - DAY_S, 400));
	must(ca_open(&foreign, path));
	refuses_pen((struct pen){.ca = foreign});
}

static void
an_expired_certificate_does_not_count(void **state)
{
	(void)state;
	in_force(1);
	refuses_pen(
	    (struct pen){.from_s = REGION_NOW_S - 40 * DAY_S, .to_s = REGION_NOW_S - 1});
}

static void
a_revoked_certificate_does_not_count(void **state)
{
	(void)state;
	in_force(1);
	write_candidate(2);
	sign(OIN_MUNICIPALITY);
	sign(OIN_POLICE);
	sign(OIN_OM);
	struct buf cert = sign_with(OIN_CARE, (struct pen){.ca = NULL});
	must(ca_revoke(r.ca, buf_slice(&cert), REGION_NOW_S - 10, 400));
	buf_wipe(&cert);
	region_reload_trust(&r);
	refuses(RC_NOT_APPROVED);
}

static void
one_party_with_many_certificates_counts_once(void **state)
{
	static const char *const names[] = {"a", "b", "c"};

	(void)state;
	in_force(1);
	write_candidate(2);
	sign(OIN_MUNICIPALITY);
	for (int i = 0; i < 3; i++) {
		struct buf cert = sign_with(OIN_POLICE, (struct pen){.name = names[i]});
		buf_wipe(&cert);
	}
	refuses(RC_NOT_APPROVED);
}

static void
a_version_that_is_not_higher_is_refused(void **state)
{
	(void)state;
	in_force(5);
	write_candidate(4);
	sign_enough();
	refuses(RC_NOT_NEWER);
	write_candidate(5);
	put("afstemming.cases.yaml", "cases: []\n", 10); /* is no part of it */
	sign_enough();
	assert_int_equal(look(), RC_OK);
	assert_int_equal(r.broker.policy_refused, RC_OK);
	AUTO(buf_wipe) struct buf text = buf_init(MAX);
	char                      path[300];
	(void)snprintf(path, sizeof path, "%s/zorg.yaml", folder);
	must(file_read(path, MAX, false, &text));
	must(buf_printf(&text, "# the same version, another text\n"));
	put("zorg.yaml", (const char *)text.p, text.n);
	sign_enough();
	refuses(RC_NOT_NEWER);
}

static void
a_broken_candidate_changes_nothing(void **state)
{
	(void)state;
	in_force(1);
	write_candidate(2);
	put("riec.yaml", "convenant: [riec\n", 17);
	sign_enough();
	refuses(RC_POLICY);
	put("riec.yaml", "", 0);
	sign_enough();
	refuses(RC_POLICY);
	assert_int_equal(adopt_check(&r.broker), RC_POLICY);
}

static void
what_nobody_signed_is_not_even_read(void **state)
{
	(void)state;
	in_force(1);
	write_candidate(2);
	put("riec.yaml", "convenant: [riec\n", 17);
	refuses(RC_NOT_APPROVED);
	sign(OIN_POLICE);
	refuses(RC_NOT_APPROVED);
}

static void
nothing_takes_effect_by_lists_that_were_to_be_replaced(void **state)
{
	(void)state;
	in_force(1);
	write_candidate(2);
	sign_enough();
	r.broker.trust_refused = RC_MALFORMED;
	refuses(RC_MALFORMED);
	r.broker.trust_refused = RC_OK;
	assert_int_equal(look(), RC_OK);
	assert_int_equal(r.broker.policy_version, 2);
}

/* How many entries after INDEX say that OIN signed. */
static unsigned
n_entries_of(const char *oin, uint64_t index)
{
	unsigned n = 0;

	for (uint64_t i = index; i < journal_size(r.broker.journal); i++) {
		Sluis__Leaf *leaf = leaf_at(i);
		n += leaf->kind == SLUIS__EVENT_KIND__EVENT_POLICY_SIGNED &&
		     strcmp(leaf->sender_oin, oin) == 0;
		sluis__leaf__free_unpacked(leaf, NULL);
	}
	return n;
}

static void
a_party_that_signs_often_has_one_entry(void **state)
{
	static const char *const names[] = {"a", "b", "c"};

	(void)state;
	in_force(1);
	uint64_t n = journal_size(r.broker.journal);
	write_candidate(2);
	sign_enough();
	for (int i = 0; i < 3; i++) {
		struct buf cert = sign_with(OIN_POLICE, (struct pen){.name = names[i]});
		buf_wipe(&cert);
	}
	assert_int_equal(look(), RC_OK);
	assert_int_equal(r.broker.policy_version, 2);
	assert_int_equal(n_entries_of(OIN_POLICE, n), 1);
	assert_int_equal(n_entries_of(OIN_CARE, n), 1);
}

/* Which files are read does not depend on the order that the disk gives them. */
static void
a_crowd_of_files_hides_only_what_comes_after_it(void **state)
{
	char name[64];

	(void)state;
	in_force(1);
	write_candidate(2);
	sign_enough();
	for (int i = 0; i < 300; i++) {
		(void)snprintf(name, sizeof name, "signatures/z%03d.sig", i);
		put(name, "x", 1);
	}
	assert_int_equal(look(), RC_OK);
	assert_int_equal(r.broker.policy_version, 2);
	write_candidate(3);
	sign_enough();
	for (int i = 0; i < 300; i++) {
		(void)snprintf(name, sizeof name, "signatures/+%03d.sig", i);
		put(name, "x", 1); /* of no sound name: is no signature */
		(void)snprintf(name, sizeof name, "signatures/-%03d.sig", i);
		put(name, "x", 1);
	}
	refuses(RC_NOT_APPROVED);
}

/* A link NAME in the folder, to something that could be read. */
static void
link_to(const char *name, const char *target)
{
	char path[400];

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	(void)unlink(path);
	assert_int_equal(symlink(target, path), 0);
}

static void
no_link_is_followed(void **state)
{
	char from[400], to[400];

	(void)state;
	in_force(1);
	write_candidate(2);
	sign_enough();
	(void)snprintf(from, sizeof from, "%s/zorg.yaml", folder);
	(void)snprintf(to, sizeof to, "%s/elsewhere", r.dir);
	assert_int_equal(rename(from, to), 0);
	link_to("zorg.yaml", to);
	assert_int_equal(look(), RC_OK);
	assert_int_equal(r.broker.policy_refused, RC_POLICY);
	assert_int_equal(rename(to, from), 0);
	(void)snprintf(from, sizeof from, "%s/signatures/" OIN_CARE ".sig", folder);
	assert_int_equal(rename(from, to), 0);
	link_to("signatures/" OIN_CARE ".sig", to);
	refuses(RC_NOT_APPROVED);
	assert_int_equal(rename(to, from), 0);
	assert_int_equal(look(), RC_OK);
	assert_int_equal(r.broker.policy_version, 2);
}

static void
a_bundle_of_too_many_bytes_is_refused_unread(void **state)
{
	static char much[(1 << 20) - 16];

	(void)state;
	in_force(1);
	write_candidate(2);
	memset(much, '#', sizeof much);
	put("much.yaml", much, sizeof much);
	refuses(RC_NOT_APPROVED);
	put("more.yaml", much, sizeof much);
	assert_int_equal(look(), RC_OK);
	assert_int_equal(r.broker.policy_refused, RC_POLICY);
}

static void
a_test_run_knows_what_is_in_force_and_touches_nothing(void **state)
{
	char path[300];

	(void)state;
	in_force(3);
	store_destroy(&r.broker.store); /* writes everything into the database itself */
	(void)snprintf(path, sizeof path, "%s/signatures", folder);
	remove_folder(path);
	assert_int_equal(adopt_check(&r.broker), RC_OK);
	write_candidate(2);
	sign_enough();
	assert_int_equal(adopt_check(&r.broker), RC_NOT_NEWER);
	write_candidate(4);
	assert_int_equal(adopt_check(&r.broker), RC_NOT_APPROVED);
	(void)snprintf(path, sizeof path, "%s/sluis.db-shm", r.config->state_dir);
	assert_int_not_equal(access(path, F_OK), 0);
}

static void
a_folder_full_of_other_things_changes_nothing(void **state)
{
	char path[300];

	(void)state;
	in_force(1);
	remove_folder(folder);
	assert_int_equal(mkdir(folder, 0700), 0);
	refuses(RC_NOT_APPROVED);
	(void)snprintf(path, sizeof path, "%s/riec.yaml", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(look(), RC_OK);
	assert_int_equal(r.broker.policy_refused, RC_POLICY);
}

/* --- the state ------------------------------------------------------------------- */

static void
spoil(const char *sql)
{
	store_destroy(&r.broker.store);
	region_sql(r.config->state_dir, "sluis.db", sql);
	region_restart(&r);
	policy_destroy(&r.broker.policy);
}

static void
a_text_that_was_changed_in_the_store_is_noticed(void **state)
{
	(void)state;
	in_force(1);
	spoil("UPDATE policy_file SET bytes = CAST(CAST(bytes AS TEXT) || '# x' AS BLOB)"
	      " WHERE name = 'zorg.yaml'");
	assert_int_equal(adopt_stored(&r.broker), RC_BAD_DIGEST);
	assert_null(r.broker.policy);
}

static void
a_row_that_no_entry_of_the_journal_knows_is_noticed(void **state)
{
	(void)state;
	in_force(1);
	spoil("UPDATE policy SET leaf = 1");
	assert_int_equal(reopen(), RC_BAD_TREE);
	spoil("UPDATE policy SET leaf = 77");
	assert_int_equal(reopen(), RC_BAD_TREE);
}

static void
a_version_that_was_lowered_in_the_store_is_noticed(void **state)
{
	(void)state;
	in_force(5);
	spoil("UPDATE policy SET version = 1");
	assert_int_equal(adopt_stored(&r.broker), RC_BAD_DIGEST);
}

static void
a_row_that_was_taken_away_puts_no_older_policy_in_force(void **state)
{
	(void)state;
	in_force(1);
	in_force(2);
	spoil("PRAGMA foreign_keys=OFF; DELETE FROM policy WHERE version = 2");
	assert_int_equal(reopen(), RC_BAD_TREE);
	assert_null(r.broker.policy);
	store_destroy(&r.broker.store);
	assert_int_equal(adopt_check(&r.broker), RC_BAD_TREE);
}

static void
an_older_row_put_last_does_not_rule(void **state)
{
	(void)state;
	in_force(1);
	in_force(2);
	spoil("INSERT INTO policy SELECT 99, hash, version, leaf FROM policy"
	      " WHERE version = 1; UPDATE policy_file SET policy = 99 WHERE policy = 1");
	assert_int_equal(reopen(), RC_BAD_TREE);
	assert_null(r.broker.policy);
}

static void
a_broker_does_not_forget_that_it_had_a_policy(void **state)
{
	(void)state;
	in_force(1);
	spoil("PRAGMA foreign_keys=OFF; DELETE FROM policy_file; DELETE FROM policy");
	assert_int_equal(reopen(), RC_BAD_TREE);
	assert_null(r.broker.policy);
	store_destroy(&r.broker.store);
	assert_int_equal(adopt_check(&r.broker), RC_BAD_TREE);
}

static void
what_ruled_after_it_took_effect_counts_as_much(void **state)
{
	struct broker *b = &r.broker;
	struct event   e = {.kind = SLUIS__EVENT_KIND__EVENT_OPENED, .in_force = true};
	uint64_t       index;

	(void)state;
	in_force(1);
	must(store_begin(b->store));
	for (int i = 0; i < 300; i++) must(event_append(b, &e, &index));
	must(journal_seal_batch(b->journal));
	must(store_commit(b->store));
	must(journal_commit(b->journal));
	assert_int_equal(reopen(), RC_OK);
	assert_int_equal(b->policy_version, 1);
	spoil("PRAGMA foreign_keys=OFF; DELETE FROM policy");
	assert_int_equal(reopen(), RC_BAD_TREE);
}

static void
what_is_undone_never_was(void **state)
{
	struct broker *b      = &r.broker;
	struct policy *former = NULL;

	(void)state;
	in_force(1);
	write_candidate(2);
	sign_enough();
	must(store_begin(b->store));
	must(adopt_candidate(b, &former));
	assert_non_null(former);
	policy_destroy(&former);
	store_rollback(b->store); /* as a crash would */
	assert_int_equal(reopen(), RC_OK);
	assert_int_equal(b->policy_version, 1);
	assert_int_equal(look(), RC_OK);
	assert_int_equal(b->policy_version, 2);
}

/* Version 7 was in force and this sluisd cannot read it: of another schema, say. */
static void
store_a_policy_of_another_time(void)
{
	struct broker     *b    = &r.broker;
	struct policy_text text = {"riec.yaml", slice_str("convenant: of old\n")};
	struct policy_row  row  = {.version = 7};
	Sluis__Leaf        leaf = SLUIS__LEAF__INIT;
	uint64_t           seq;

	must(policy_texts_hash(&text, 1, &row.hash));
	must(store_begin(b->store));
	leaf.has_kind           = 1;
	leaf.kind               = SLUIS__EVENT_KIND__EVENT_POLICY;
	leaf.has_subject_digest = 1;
	leaf.subject_digest     = message_borrow_bytes(row.hash.b, HASH_BYTES);
	must(journal_append(
	    b->journal, &leaf, slice_of(NULL, 0), b->now_ms, &row.leaf, NULL));
	must(store_put_policy(b->store, &row, &seq));
	must(store_put_policy_file(b->store, seq, false, text.name, text.text));
	must(journal_seal_batch(b->journal));
	must(store_commit(b->store));
	must(journal_commit(b->journal));
}

static void
after_an_upgrade_only_a_higher_signed_version_starts_the_broker(void **state)
{
	(void)state;
	store_a_policy_of_another_time();
	assert_int_equal(reopen(), RC_OK);
	assert_null(r.broker.policy);
	assert_int_equal(r.broker.policy_version, 7);
	write_candidate(7);
	sign_enough();
	assert_int_equal(look(), RC_NOT_NEWER);
	write_candidate(8);
	assert_int_equal(look(), RC_NOT_APPROVED);
	assert_null(r.broker.policy);
	sign_enough();
	assert_int_equal(look(), RC_OK);
	assert_int_equal(r.broker.policy_version, 8);
}

#define T(name) cmocka_unit_test_setup_teardown(name, fresh, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_broker_does_not_begin_with_what_nobody_signed),
	    T(a_signed_policy_takes_effect_with_an_entry_for_each_signature),
	    T(the_policy_in_force_comes_back_without_its_folder),
	    T(looking_again_at_what_is_in_force_does_nothing),
	    T(the_next_version_takes_its_place),
	    T(an_unsigned_candidate_changes_nothing),
	    T(a_stripped_signature_is_a_missing_one),
	    T(an_edit_after_signing_makes_every_signature_worthless),
	    T(a_change_under_the_same_version_is_not_approved_rather_than_not_newer),
	    T(a_signature_under_another_bundle_or_version_does_not_count),
	    T(a_signature_of_a_foreign_authority_does_not_count),
	    T(an_expired_certificate_does_not_count),
	    T(a_revoked_certificate_does_not_count),
	    T(one_party_with_many_certificates_counts_once),
	    T(a_version_that_is_not_higher_is_refused),
	    T(a_broken_candidate_changes_nothing),
	    T(what_nobody_signed_is_not_even_read),
	    T(nothing_takes_effect_by_lists_that_were_to_be_replaced),
	    T(a_party_that_signs_often_has_one_entry),
	    T(a_crowd_of_files_hides_only_what_comes_after_it),
	    T(no_link_is_followed),
	    T(a_bundle_of_too_many_bytes_is_refused_unread),
	    T(a_test_run_knows_what_is_in_force_and_touches_nothing),
	    T(a_folder_full_of_other_things_changes_nothing),
	    T(a_text_that_was_changed_in_the_store_is_noticed),
	    T(a_row_that_no_entry_of_the_journal_knows_is_noticed),
	    T(a_version_that_was_lowered_in_the_store_is_noticed),
	    T(a_row_that_was_taken_away_puts_no_older_policy_in_force),
	    T(an_older_row_put_last_does_not_rule),
	    T(a_broker_does_not_forget_that_it_had_a_policy),
	    T(what_ruled_after_it_took_effect_counts_as_much),
	    T(what_is_undone_never_was),
	    T(after_an_upgrade_only_a_higher_signed_version_starts_the_broker),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
