/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * test_check.c - a receipt that does not hold, or is not ours, is an integrity failure.
 *
 * A small journal of three entries is signed here; each test changes one thing.
 */
#include "client/act.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "proto/auto.h"
#include "proto/message.h"
#include "proto/schema.h"

#define ORIGIN "sluis.example/test"
#define NOW_MS UINT64_C(1800000000000)
#define ME "00000099000000020000"
#define SENDER "00000099000000010000"

static const uint8_t trace_id[ID_BYTES] = {1, 2, 3};

/* Everything that makes up one receipt; a test changes it before forge(). */
static struct story {
	struct note_verifier verifier;
	uint8_t              secret[64];
	struct seen          seen;
	struct member        self;
	struct sluis_error   error;
	Sluis__Leaf          leaf;
	Sluis__RuleGroup     released, pseudonymised, *groups[2];
	Sluis__Copy          copy;
	Sluis__Statement     statement, *statements[1];
	Sluis__Detail        detail;
	Sluis__Receipt       receipt;
	Sluis__Delivery      delivery;
	Sluis__Head          head;
	Sluis__Submit        submit;
	Sluis__Outcome       outcome;
	ProtobufCBinaryData  proof[2];
	struct hash          hashes[3];
	struct buf paths, pseudonym_paths, signal, copy_bytes, leaf_bytes, detail_bytes,
	    note;
	uint8_t     salt[32], id[ID_BYTES];
	struct hash copy_digest, detail_digest;
} t;

static char *
text(const char *s)
{
	return (char *)(uintptr_t)s;
}

static ProtobufCBinaryData
bytes(const struct buf *b)
{
	return (ProtobufCBinaryData){.len = b->n, .data = b->p};
}

static void
pack(const ProtobufCMessage *m, struct buf *out)
{
	buf_wipe(out);
	*out = buf_init(1 << 20);
	assert_int_equal(message_pack(m, out), RC_OK);
}

static void
add_path(struct buf *to, const char *path)
{
	assert_int_equal(schema_pack(schema_find(path), to), RC_OK);
}

static void
tell_leaf(void)
{
	sluis__leaf__init(&t.leaf);
	sluis__rule_group__init(&t.released);
	sluis__rule_group__init(&t.pseudonymised);
	add_path(&t.paths, "persons.role");
	add_path(&t.paths, "persons.family_name");
	add_path(&t.pseudonym_paths, "persons.bsn");
	t.released.has_action = t.released.has_paths = 1;
	t.released.action                            = SLUIS__ACTION__ACTION_RELEASE;
	t.pseudonymised.has_action = t.pseudonymised.has_paths = 1;
	t.pseudonymised.action = SLUIS__ACTION__ACTION_PSEUDONYMISE;
	t.leaf.has_kind        = 1;
	t.leaf.kind            = SLUIS__EVENT_KIND__EVENT_RULING;
	t.leaf.has_time_ms     = 1;
	t.leaf.time_ms         = NOW_MS;
	t.leaf.sender_oin      = text(SENDER);
	t.leaf.sender_desk     = text("meldpunt");
	t.leaf.recipient_oin   = text(ME);
	t.leaf.recipient_desk  = text("avim");
	t.leaf.convenant       = text("zvh");
	t.leaf.phase           = text("1");
	t.leaf.purpose         = text("casusoverleg");
	t.groups[0]            = &t.released;
	t.groups[1]            = &t.pseudonymised;
	t.leaf.n_released      = 2;
	t.leaf.released        = t.groups;
}

static void
tell_copy(void)
{
	static const char json[] =
	    "{\"persons\":[{\"role\":\"VICTIM\",\"family_name\":\"Verzonnen\"}]}";
	ProtobufCMessage *signal = NULL;
	struct where      where;

	sluis__copy__init(&t.copy);
	sluis__statement__init(&t.statement);
	assert_int_equal(
	    pbjson_parse(&sluis__signal__descriptor, slice_str(json), &signal, &where),
	    RC_OK);
	pack(signal, &t.signal);
	message_destroy(&signal);
	t.statement.path       = text("persons[0].bsn");
	t.statement.has_action = 1;
	t.statement.action     = SLUIS__ACTION__ACTION_PSEUDONYMISE;
	t.statement.value      = text("psn1.0000.abc");
	t.statements[0]        = &t.statement;
	t.copy.n_statements    = 1;
	t.copy.statements      = t.statements;
	t.copy.n_grounds       = 2;
	t.copy.grounds         = t.groups;
	t.copy.has_signal      = 1;
	t.copy.sender_oin      = text(SENDER);
	t.copy.sender_desk     = text("meldpunt");
	t.copy.convenant       = text("zvh");
	t.copy.phase           = text("1");
	t.copy.purpose         = text("casusoverleg");
}

static void
tell_outcome(void)
{
	sluis__detail__init(&t.detail);
	sluis__submit__init(&t.submit);
	sluis__outcome__init(&t.outcome);
	t.detail.has_trace_id = 1;
	t.detail.trace_id =
	    (ProtobufCBinaryData){ID_BYTES, (uint8_t *)(uintptr_t)trace_id};
	t.head             = (Sluis__Head)SLUIS__HEAD__INIT;
	t.head.created_ms  = NOW_MS;
	t.submit.head      = &t.head;
	t.submit.convenant = text("zvh");
	t.submit.phase     = text("1");
	t.submit.purpose   = text("casusoverleg");
	t.outcome.oin      = text(ME);
	t.outcome.desk     = text("avim");
	t.outcome.code     = text("ok");
	t.outcome.receipt  = &t.receipt;
}

static int
start(void **state)
{
	uint8_t public_key[KEY_BYTES];

	(void)state;
	if (sodium_init() < 0) return -1;
	memset(&t, 0, sizeof t);
	t.paths = t.pseudonym_paths = buf_init(4096);
	t.note                      = buf_init(NOTE_MAX);
	t.self                      = (struct member){.oin = ME, .desk = "avim"};
	(void)crypto_sign_keypair(public_key, t.secret);
	if (note_verifier_init(&t.verifier, ORIGIN, public_key) != RC_OK) return -1;
	tell_leaf();
	tell_copy();
	tell_outcome();
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	buf_wipe(&t.paths);
	buf_wipe(&t.pseudonym_paths);
	buf_wipe(&t.signal);
	buf_wipe(&t.copy_bytes);
	buf_wipe(&t.leaf_bytes);
	buf_wipe(&t.detail_bytes);
	buf_wipe(&t.note);
	return 0;
}

/* The leaf stands at index 1 of three; sign that tree. */
static void
sign_tree(void)
{
	struct hash left  = merkle_leaf(slice_str("left")),
	            right = merkle_leaf(slice_str("right"));
	struct hash leaf  = merkle_leaf(buf_slice(&t.leaf_bytes));
	struct hash pair = merkle_node(&left, &leaf), root = merkle_node(&pair, &right);

	t.hashes[0] = left;
	t.hashes[1] = right;
	for (int i = 0; i < 2; i++)
		t.proof[i] = (ProtobufCBinaryData){HASH_BYTES, t.hashes[i].b};
	buf_wipe(&t.note);
	assert_int_equal(
	    checkpoint_sign(&t.verifier, t.secret, 3, &root, &t.note), RC_OK);
	assert_int_equal(buf_append(&t.note, slice_of("", 1)), RC_OK);
}

/* Make receipt and delivery of what the story says now. */
static void
forge(void)
{
	t.released.paths      = bytes(&t.paths);
	t.pseudonymised.paths = bytes(&t.pseudonym_paths);
	t.copy.signal         = bytes(&t.signal);
	pack(&t.copy.base, &t.copy_bytes);
	pack(&t.detail.base, &t.detail_bytes);
	t.copy_digest = receipt_copy_digest(
	    slice_of(t.salt, sizeof t.salt), buf_slice(&t.copy_bytes));
	(void)crypto_hash_sha256(t.detail_digest.b, t.detail_bytes.p, t.detail_bytes.n);
	t.leaf.has_copy_digest   = 1;
	t.leaf.copy_digest       = (ProtobufCBinaryData){HASH_BYTES, t.copy_digest.b};
	t.leaf.has_detail_digest = 1;
	t.leaf.detail_digest     = (ProtobufCBinaryData){HASH_BYTES, t.detail_digest.b};
	pack(&t.leaf.base, &t.leaf_bytes);
	sign_tree();
	sluis__receipt__init(&t.receipt);
	t.receipt.has_leaf   = 1;
	t.receipt.leaf       = bytes(&t.leaf_bytes);
	t.receipt.has_index  = 1;
	t.receipt.index      = 1;
	t.receipt.n_proof    = 2;
	t.receipt.proof      = t.proof;
	t.receipt.checkpoint = (char *)t.note.p;
	t.receipt.has_detail = 1;
	t.receipt.detail     = bytes(&t.detail_bytes);
	sluis__delivery__init(&t.delivery);
	t.delivery.has_delivery_id = t.delivery.has_copy = t.delivery.has_salt = 1;
	t.delivery.delivery_id = (ProtobufCBinaryData){ID_BYTES, t.id};
	t.delivery.copy        = bytes(&t.copy_bytes);
	t.delivery.salt        = (ProtobufCBinaryData){sizeof t.salt, t.salt};
	t.delivery.receipt     = &t.receipt;
}

static struct checker
checker(void)
{
	return (struct checker){.verifier = &t.verifier,
	    .seen                         = &t.seen,
	    .self                         = &t.self,
	    .now_ms                       = NOW_MS,
	    .delay_ms                     = 60000,
	    .error                        = &t.error};
}

static rc
take_delivery(void)
{
	AUTO(message_destroy) Sluis__Copy *copy = NULL;
	struct checker                     c    = checker();

	return check_delivery(&c, &t.delivery, &copy);
}

static rc
take_outcome(void)
{
	struct checker c = checker();

	t.self = (struct member){.oin = SENDER, .desk = "meldpunt"};
	return check_outcome(&c, &t.submit, trace_id, &t.outcome);
}

static void
assert_alarm(rc code)
{
	assert_int_equal(rc_kind(code), RC_KIND_INTEGRITY);
	assert_int_equal((int)t.error.code, (int)code);
	assert_string_not_equal(t.error.where, "");
}

/* --- deliveries ------------------------------------------------------------------------
 */

static void
a_genuine_delivery_is_accepted(void **state)
{
	(void)state;
	forge();
	assert_int_equal(take_delivery(), RC_OK);
}

static void
a_changed_copy_is_an_alarm_wherever_it_was_changed(void **state)
{
	(void)state;
	forge();
	for (size_t i = 0; i < t.copy_bytes.n; i++) {
		t.copy_bytes.p[i] ^= 1;
		assert_alarm(take_delivery());
		t.copy_bytes.p[i] ^= 1;
	}
	assert_int_equal(take_delivery(), RC_OK);
}

static void
a_changed_leaf_is_an_alarm_wherever_it_was_changed(void **state)
{
	(void)state;
	forge();
	for (size_t i = 0; i < t.leaf_bytes.n; i++) {
		t.leaf_bytes.p[i] ^= 0x80;
		assert_alarm(take_delivery());
		t.leaf_bytes.p[i] ^= 0x80;
	}
}

static void
a_changed_salt_is_an_alarm(void **state)
{
	(void)state;
	forge();
	t.salt[7] ^= 1;
	assert_alarm(take_delivery());
}

static void
a_changed_proof_is_an_alarm(void **state)
{
	(void)state;
	forge();
	t.hashes[1].b[0] ^= 1;
	assert_int_equal(take_delivery(), RC_BAD_PROOF);
	forge();
	t.receipt.n_proof = 1;
	assert_int_equal(take_delivery(), RC_BAD_PROOF);
	forge();
	t.receipt.index = 2;
	assert_int_equal(take_delivery(), RC_BAD_PROOF);
	forge();
	t.proof[0].len = 31;
	assert_int_equal(take_delivery(), RC_BAD_PROOF);
}

static void
a_head_signed_by_another_is_an_alarm(void **state)
{
	uint8_t public_key[KEY_BYTES];

	(void)state;
	forge();
	(void)crypto_sign_keypair(public_key, t.secret);
	assert_int_equal(note_verifier_init(&t.verifier, ORIGIN, public_key), RC_OK);
	assert_int_equal(take_delivery(), RC_BAD_NOTE);
}

static void
a_delivery_without_receipt_is_an_alarm(void **state)
{
	(void)state;
	forge();
	t.delivery.receipt = NULL;
	assert_alarm(take_delivery());
	forge();
	t.receipt.checkpoint = NULL;
	assert_alarm(take_delivery());
	forge();
	t.delivery.has_salt = 0;
	assert_alarm(take_delivery());
	forge();
	t.delivery.delivery_id.len = 15;
	assert_alarm(take_delivery());
}

static void
an_entry_for_another_recipient_is_an_alarm(void **state)
{
	(void)state;
	t.leaf.recipient_oin = text("00000099000000030000");
	forge();
	assert_alarm(take_delivery());
	t.leaf.recipient_oin  = text(ME);
	t.leaf.recipient_desk = text("recherche");
	forge();
	assert_alarm(take_delivery());
}

static void
a_copy_that_names_another_exchange_is_an_alarm(void **state)
{
	(void)state;
	t.copy.sender_oin = text("00000099000000030000");
	forge();
	assert_alarm(take_delivery());
	t.copy.sender_oin = text(SENDER);
	t.copy.convenant  = text("riec");
	forge();
	assert_alarm(take_delivery());
	t.copy.convenant = text("zvh");
	t.copy.purpose   = NULL;
	forge();
	assert_alarm(take_delivery());
}

static void
an_entry_that_releases_nothing_brings_no_copy(void **state)
{
	(void)state;
	t.leaf.kind = SLUIS__EVENT_KIND__EVENT_NOT_SERVED;
	forge();
	assert_alarm(take_delivery());
}

static void
a_field_that_the_entry_does_not_name_is_an_alarm(void **state)
{
	(void)state;
	buf_wipe(&t.paths);
	add_path(&t.paths, "persons.role");
	forge();
	assert_int_equal(take_delivery(), RC_BAD_DIGEST);
	assert_string_equal(t.error.where, "persons.family_name");
}

static void
a_field_without_a_name_is_an_alarm(void **state)
{
	static const uint8_t unknown[] = {0xf8, 0x07, 0x01}; /* field 127, varint 1 */

	(void)state;
	assert_int_equal(buf_append(&t.signal, slice_of(unknown, sizeof unknown)), RC_OK);
	forge();
	assert_alarm(take_delivery());
}

static void
a_statement_that_the_entry_does_not_name_is_an_alarm(void **state)
{
	static const char *const paths[] = {"persons[0].v_number",
	    "persons[0].family_name", "persons[0]", "persons[0", "", "nothing"};

	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		t.statement.path = text(paths[i]);
		forge();
		assert_alarm(take_delivery());
	}
	t.statement.path   = text("persons[0].bsn");
	t.statement.action = SLUIS__ACTION__ACTION_GENERALISE;
	forge();
	assert_alarm(take_delivery());
	t.statement.action = SLUIS__ACTION__ACTION_RELEASE;
	forge();
	assert_alarm(take_delivery());
}

static void
rules_that_the_entry_does_not_name_are_an_alarm(void **state)
{
	Sluis__RuleGroup  other    = t.released;
	Sluis__RuleGroup *groups[] = {&other, &t.pseudonymised};

	(void)state;
	other.paths    = bytes(&t.paths);
	t.copy.grounds = groups;
	other.article  = text("AVG 6(1)(e)"); /* no leaf has room for it */
	forge();
	assert_int_equal(take_delivery(), RC_OK);
	other.rule = text("zvh-0");
	forge();
	assert_int_equal(take_delivery(), RC_BAD_DIGEST);
	assert_string_equal(t.error.where, "copy.grounds");
	other.rule  = t.released.rule;
	other.paths = bytes(&t.pseudonym_paths);
	forge();
	assert_int_equal(take_delivery(), RC_BAD_DIGEST);
	other.paths  = bytes(&t.paths);
	other.action = SLUIS__ACTION__ACTION_GENERALISE;
	forge();
	assert_int_equal(take_delivery(), RC_BAD_DIGEST);
	t.copy.grounds   = t.groups;
	t.copy.n_grounds = 1;
	forge();
	assert_int_equal(take_delivery(), RC_BAD_DIGEST);
}

static void
duties_that_the_entry_does_not_name_are_an_alarm(void **state)
{
	Sluis__Obligation duty = SLUIS__OBLIGATION__INIT, *duties[] = {&duty};
	char             *ids[] = {text("onward")};

	(void)state;
	duty.id              = text("onward");
	t.leaf.n_obligations = 1;
	t.leaf.obligations   = ids;
	forge(); /* the copy keeps quiet about it */
	assert_int_equal(take_delivery(), RC_BAD_DIGEST);
	assert_string_equal(t.error.where, "copy.obligations");
	t.copy.n_obligations = 1;
	t.copy.obligations   = duties;
	forge();
	assert_int_equal(take_delivery(), RC_OK);
	duty.id = text("recall");
	forge();
	assert_int_equal(take_delivery(), RC_BAD_DIGEST);
}

static void
two_heads_of_one_size_are_a_fork(void **state)
{
	(void)state;
	forge();
	t.seen = (struct seen){.known = true, .head = {.size = 3}};
	assert_int_equal(take_delivery(), RC_FORKED);
	t.seen.head.size = 4;
	assert_int_equal(take_delivery(), RC_OK); /* an older head is no contradiction */
}

/* --- dates -----------------------------------------------------------------------
 */

enum { LIMIT = DATED_WITHIN_MS };

/* The verdict on a delivery whose entry is dated AT. */
static rc
delivery_dated(uint64_t at)
{
	t.leaf.time_ms = at;
	forge();
	return take_delivery();
}

static void
an_entry_dated_later_than_now_is_an_alarm(void **state)
{
	(void)state;
	assert_int_equal(delivery_dated(NOW_MS + LIMIT), RC_OK);
	assert_int_equal(delivery_dated(NOW_MS + LIMIT + 1), RC_BAD_PROOF);
	assert_string_equal(t.error.where, "receipt.leaf.time_ms");
	assert_int_equal(delivery_dated(UINT64_MAX), RC_BAD_PROOF);
	assert_int_equal(delivery_dated(0), RC_OK); /* nothing seen: nothing known */
	t.leaf.has_time_ms = 0;
	forge();
	assert_int_equal(take_delivery(), RC_BAD_PROOF);
}

static void
an_entry_dated_before_what_was_there_already_is_an_alarm(void **state)
{
	(void)state;
	t.seen =
	    (struct seen){.known = true, .head = {.size = 1}, .at_ms = NOW_MS - LIMIT};
	assert_int_equal(delivery_dated(NOW_MS - 2 * LIMIT), RC_OK);
	assert_int_equal(delivery_dated(NOW_MS - 2 * LIMIT - 1), RC_BAD_PROOF);
	assert_string_equal(t.error.where, "receipt.leaf.time_ms");
	t.seen.head.size = 2; /* it was there already */
	assert_int_equal(delivery_dated(NOW_MS - 2 * LIMIT - 1), RC_OK);
	t.seen.head.size = 1;
	t.seen.at_ms     = 0; /* nobody knows when */
	assert_int_equal(delivery_dated(1), RC_OK);
}

static void
an_outcome_dated_far_from_its_request_is_an_alarm(void **state)
{
	const uint64_t dated[]    = {NOW_MS - LIMIT - 1, NOW_MS - LIMIT};
	const rc       expected[] = {RC_BAD_PROOF, RC_OK};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		t.leaf.time_ms = dated[i];
		forge();
		assert_int_equal(take_outcome(), expected[i]);
	}
	t.leaf.time_ms    = NOW_MS;
	t.head.created_ms = NOW_MS - LIMIT - 60000; /* a cover turn later */
	forge();
	assert_int_equal(take_outcome(), RC_OK);
	t.head.created_ms--;
	assert_int_equal(take_outcome(), RC_BAD_PROOF);
	assert_string_equal(t.error.where, "receipt.leaf.time_ms");
}

/* --- notices --------------------------------------------------------------------------
 */

static struct buf notice_bytes;

/* Make the story one of a notice that says KIND. */
static void
tell_notice(Sluis__NoticeKind kind)
{
	Sluis__Notice notice = SLUIS__NOTICE__INIT;

	notice.has_kind = 1;
	notice.kind     = kind;
	pack(&notice.base, &notice_bytes);
	sluis__copy__init(&t.copy);
	t.copy.has_notice  = 1;
	t.copy.notice      = bytes(&notice_bytes);
	t.leaf.kind        = SLUIS__EVENT_KIND__EVENT_NOTICE;
	t.leaf.sender_oin  = NULL;
	t.leaf.sender_desk = NULL;
	t.leaf.convenant = t.leaf.phase = t.leaf.purpose = NULL;
	t.leaf.n_released                                = 0;
}

static int
stop_notice(void **state)
{
	buf_wipe(&notice_bytes);
	return stop(state);
}

/* forge() without the signal that it puts in every copy. */
static void
forge_notice(void)
{
	t.copy.has_signal = 0;
	forge();
}

static void
a_genuine_notice_is_accepted(void **state)
{
	(void)state;
	tell_notice(SLUIS__NOTICE_KIND__NOTICE_TASK);
	forge_notice();
	assert_int_equal(take_delivery(), RC_OK);
}

static void
a_notice_and_a_signal_have_each_their_own_kind_of_entry(void **state)
{
	(void)state;
	tell_notice(SLUIS__NOTICE_KIND__NOTICE_TASK);
	t.leaf.kind = SLUIS__EVENT_KIND__EVENT_RULING;
	forge_notice();
	assert_alarm(take_delivery());
	tell_copy();
	tell_leaf();
	t.leaf.kind = SLUIS__EVENT_KIND__EVENT_NOTICE;
	forge();
	assert_alarm(take_delivery());
}

static void
a_notice_for_another_desk_is_an_alarm(void **state)
{
	(void)state;
	tell_notice(SLUIS__NOTICE_KIND__NOTICE_RECALL);
	t.leaf.recipient_desk = text("recherche");
	forge_notice();
	assert_alarm(take_delivery());
}

static void
a_notice_brings_nothing_of_a_signal(void **state)
{
	(void)state;
	tell_notice(SLUIS__NOTICE_KIND__NOTICE_TASK);
	t.copy.has_signal = 1;
	forge();
	assert_alarm(take_delivery());
	t.copy.n_statements = 1;
	t.copy.statements   = t.statements;
	forge_notice();
	assert_alarm(take_delivery());
}

static void
a_notice_that_cannot_be_read_is_an_alarm(void **state)
{
	static uint8_t broken[] = {0x0a, 0x7f};

	(void)state;
	tell_notice(SLUIS__NOTICE_KIND__NOTICE_TASK);
	t.copy.notice = (ProtobufCBinaryData){sizeof broken, broken};
	forge_notice();
	assert_alarm(take_delivery());
}

static void
a_changed_notice_is_an_alarm_wherever_it_was_changed(void **state)
{
	(void)state;
	tell_notice(SLUIS__NOTICE_KIND__NOTICE_FEEDBACK);
	forge_notice();
	for (size_t i = 0; i < t.copy_bytes.n; i++) {
		t.copy_bytes.p[i] ^= 1;
		assert_alarm(take_delivery());
		t.copy_bytes.p[i] ^= 1;
	}
}

/* --- outcomes -------------------------------------------------------------------- */

static void
a_genuine_outcome_is_accepted(void **state)
{
	(void)state;
	forge();
	assert_int_equal(take_outcome(), RC_OK);
}

static void
a_denial_must_stand_in_the_journal_with_its_code(void **state)
{
	(void)state;
	t.outcome.code = text("recipient_not_entitled");
	forge();
	assert_alarm(take_outcome()); /* the entry says it was served */
	t.leaf.kind = SLUIS__EVENT_KIND__EVENT_NOT_SERVED;
	t.leaf.code = text("barred");
	forge();
	assert_alarm(take_outcome()); /* and now another code */
	t.leaf.code = text("recipient_not_entitled");
	forge();
	assert_int_equal(take_outcome(), RC_OK);
	t.outcome.code = text("ok");
	assert_alarm(take_outcome());
}

static void
an_outcome_of_another_request_is_an_alarm(void **state)
{
	static const uint8_t other[ID_BYTES] = {9};

	(void)state;
	t.detail.trace_id.data = (uint8_t *)(uintptr_t)other;
	forge();
	assert_alarm(take_outcome());
	t.detail.has_trace_id = 0;
	forge();
	assert_alarm(take_outcome());
}

static void
an_outcome_about_others_is_an_alarm(void **state)
{
	(void)state;
	t.leaf.sender_desk = text("balie");
	forge();
	assert_alarm(take_outcome());
	t.leaf.sender_desk = text("meldpunt");
	t.outcome.oin      = text("00000099000000030000");
	forge();
	assert_alarm(take_outcome());
	t.outcome.oin = text(ME);
	t.leaf.phase  = text("2");
	forge();
	assert_alarm(take_outcome());
}

static void
a_changed_detail_is_an_alarm(void **state)
{
	(void)state;
	forge();
	t.detail_bytes.p[3] ^= 1;
	assert_int_equal(take_outcome(), RC_BAD_DIGEST);
	forge();
	t.receipt.has_detail = 0;
	assert_alarm(take_outcome());
	forge();
	t.outcome.receipt = NULL;
	assert_alarm(take_outcome());
}

/* --- other receipts -------------------------------------------------------------- */

static void
an_acknowledgement_must_be_of_what_was_acknowledged(void **state)
{
	struct checker c      = checker();
	uint64_t       ruling = 13;

	(void)state;
	forge();
	assert_alarm(check_acknowledged(&c, &t.receipt, NULL)); /* kept elsewhere */
	assert_alarm(check_acknowledged(&c, &t.receipt, &ruling));
	t.leaf.kind = SLUIS__EVENT_KIND__EVENT_ACKNOWLEDGED;
	forge();
	assert_alarm(check_acknowledged(&c, &t.receipt, &ruling));
	t.leaf.has_refers_to = 1;
	t.leaf.refers_to     = 12;
	forge();
	assert_alarm(check_acknowledged(&c, &t.receipt, &ruling));
	t.leaf.refers_to = 13;
	forge();
	assert_int_equal(check_acknowledged(&c, &t.receipt, &ruling), RC_OK);
	assert_int_equal(check_acknowledged(&c, &t.receipt, NULL), RC_OK);
}

static void
a_recall_must_be_of_our_own_release(void **state)
{
	struct checker c = checker();
	uint64_t       index;

	(void)state;
	t.leaf.has_refers_to = 1;
	t.leaf.refers_to     = 13;
	forge();
	index = t.receipt.index;
	assert_alarm(check_recalled(&c, &t.receipt, index, 13)); /* a ruling */
	t.leaf.kind = SLUIS__EVENT_KIND__EVENT_RECALL;
	forge();
	assert_alarm(check_recalled(&c, &t.receipt, index, 12));
	assert_alarm(check_recalled(&c, &t.receipt, index + 1, 13));
	t.leaf.recipient_desk = text("zorg");
	forge();
	assert_alarm(check_recalled(&c, &t.receipt, index, 13));
	t.leaf.recipient_desk = text("avim");
	t.leaf.has_refers_to  = 0;
	forge();
	assert_alarm(check_recalled(&c, &t.receipt, index, 13));
	t.leaf.has_refers_to = 1;
	forge();
	assert_int_equal(check_recalled(&c, &t.receipt, index, 13), RC_OK);
}

static void
an_enrolment_must_be_of_our_binding(void **state)
{
	struct checker c = checker();
	struct hash    id;

	(void)state;
	(void)crypto_hash_sha256(id.b, (const uint8_t *)"binding", 7);
	t.leaf.kind               = SLUIS__EVENT_KIND__EVENT_ENROLLED;
	t.leaf.has_subject_digest = 1;
	t.leaf.subject_digest     = (ProtobufCBinaryData){HASH_BYTES, id.b};
	forge();
	assert_int_equal(check_enrolled(&c, &t.receipt, slice_str("binding")), RC_OK);
	assert_alarm(check_enrolled(&c, &t.receipt, slice_str("bindinG")));
	t.leaf.kind = SLUIS__EVENT_KIND__EVENT_REVOKED;
	forge();
	assert_alarm(check_enrolled(&c, &t.receipt, slice_str("binding")));
}

static void
a_listed_entry_commits_to_its_detail(void **state)
{
	struct checker c = checker();

	(void)state;
	forge();
	t.receipt.checkpoint = NULL; /* as in a list: proven as a whole */
	assert_int_equal(check_entry(&c, &t.receipt), RC_OK);
	t.detail_bytes.p[3] ^= 1;
	assert_int_equal(check_entry(&c, &t.receipt), RC_BAD_DIGEST);
}

/* --- acts -----------------------------------------------------------------------------
 */

static uint8_t case_id[ID_BYTES] = {7, 7, 7};

static bool no_detail;

/* We moved a case: what the broker answers, as the story is told now. */
static rc
take_act(const char *name, const ProtobufCMessage *m, const char *code, size_t n)
{
	struct checker  c      = checker();
	Sluis__Answer   answer = SLUIS__ANSWER__INIT;
	Sluis__Receipt *list[] = {&t.receipt, &t.receipt};

	t.self            = (struct member){.oin = SENDER, .desk = "meldpunt"};
	answer.code       = text(code);
	answer.n_receipts = n;
	answer.receipts   = list;
	forge();
	if (no_detail) t.receipt.has_detail = 0;
	struct act_asked what = {
	    .kind = act_named(name), .m = m, .trace_id = trace_id, .created_ms = NOW_MS};
	return check_act(&c, &what, &answer);
}

static Sluis__CaseMove
tell_move(void)
{
	Sluis__CaseMove m = SLUIS__CASE_MOVE__INIT;

	m.has_case_id        = 1;
	m.case_id            = (ProtobufCBinaryData){ID_BYTES, case_id};
	t.leaf.kind          = SLUIS__EVENT_KIND__EVENT_CASE;
	t.detail.has_case_id = 1;
	t.detail.case_id     = m.case_id;
	return m;
}

static void
a_genuine_act_is_accepted(void **state)
{
	Sluis__CaseMove m = tell_move();

	(void)state;
	assert_int_equal(take_act("case-move", &m.base, "ok", 1), RC_OK);
	assert_int_equal(take_act("case-move", &m.base, "ok", 2), RC_OK);
}

static void
an_act_without_a_receipt_is_an_alarm_unless_it_only_asked(void **state)
{
	Sluis__CaseMove m = tell_move();

	(void)state;
	assert_alarm(take_act("case-move", &m.base, "ok", 0));
	m.has_only_ask = m.only_ask = 1;
	assert_int_equal(take_act("case-move", &m.base, "ok", 0), RC_OK);
}

static void
an_entry_of_another_kind_is_no_receipt_of_an_act(void **state)
{
	Sluis__CaseMove m = tell_move();

	(void)state;
	for (int kind = 0; kind <= (int)SLUIS__EVENT_KIND__EVENT_CLOCK; kind++) {
		t.leaf.kind = (Sluis__EventKind)kind;
		if (t.leaf.kind != SLUIS__EVENT_KIND__EVENT_CASE)
			assert_alarm(take_act("case-move", &m.base, "ok", 1));
	}
}

static void
an_act_of_another_request_or_case_is_an_alarm(void **state)
{
	static uint8_t  other[ID_BYTES] = {9};
	Sluis__CaseMove m               = tell_move();

	(void)state;
	t.detail.case_id.data = other;
	assert_alarm(take_act("case-move", &m.base, "ok", 1));
	t.detail.has_case_id = 0;
	assert_alarm(take_act("case-move", &m.base, "ok", 1));
	(void)tell_move();
	t.detail.trace_id.data = other;
	assert_alarm(take_act("case-move", &m.base, "ok", 1));
}

static void
a_case_is_named_by_the_request_that_opened_it(void **state)
{
	Sluis__CaseOpen m = SLUIS__CASE_OPEN__INIT;

	(void)state;
	(void)tell_move();
	assert_alarm(take_act("case-open", &m.base, "ok", 1));
	t.detail.case_id = t.detail.trace_id;
	assert_int_equal(take_act("case-open", &m.base, "ok", 1), RC_OK);
}

static void
an_act_of_another_desk_is_an_alarm(void **state)
{
	Sluis__CaseMove m = tell_move();

	(void)state;
	t.leaf.sender_desk = text("balie");
	assert_alarm(take_act("case-move", &m.base, "ok", 1));
	t.leaf.sender_desk = NULL;
	assert_alarm(take_act("case-move", &m.base, "ok", 1));
}

static void
feedback_about_a_case_is_a_step_of_it(void **state)
{
	Sluis__GiveFeedback m = SLUIS__GIVE_FEEDBACK__INIT;

	(void)state;
	(void)tell_move();
	m.has_case_id = 1;
	m.case_id     = t.detail.case_id;
	assert_int_equal(take_act("feedback", &m.base, "ok", 1), RC_OK);
	assert_alarm(take_act("respond", &m.base, "ok", 1));
	t.detail.has_case_id = 0;
	assert_alarm(take_act("feedback", &m.base, "ok", 1));
}

static void
a_copy_taken_back_is_no_first_receipt_of_a_recall(void **state)
{
	Sluis__CaseMove m = tell_move();
	Sluis__Recall   r = SLUIS__RECALL__INIT;

	(void)state;
	t.leaf.kind        = SLUIS__EVENT_KIND__EVENT_WITHDRAWN;
	t.leaf.sender_desk = text("balie");
	assert_alarm(take_act("case-move", &m.base, "ok", 2));
	assert_alarm(take_act("recall", &r.base, "ok", 1));
}

static void
an_entry_without_a_detail_is_at_least_not_an_old_one(void **state)
{
	Sluis__Destroyed m = SLUIS__DESTROYED__INIT;

	(void)state;
	t.leaf.kind        = SLUIS__EVENT_KIND__EVENT_DESTROYED;
	t.leaf.has_time_ms = 1;
	t.leaf.time_ms     = NOW_MS - 5 * 60 * 1000;
	no_detail          = true;
	assert_int_equal(take_act("destroyed", &m.base, "ok", 1), RC_OK);
	t.leaf.time_ms = NOW_MS - 15 * 60 * 1000;
	assert_alarm(take_act("destroyed", &m.base, "ok", 1));
	t.leaf.time_ms = NOW_MS;
	t.leaf.kind    = SLUIS__EVENT_KIND__EVENT_CASE;
	assert_alarm(take_act("case-read", &m.base, "ok", 1));
	no_detail = false;
}

static void
a_refused_act_may_only_show_its_refusal(void **state)
{
	Sluis__CaseMove m = tell_move();

	(void)state;
	assert_int_equal(
	    take_act("case-move", &m.base, "step_not_for_this_desk", 0), RC_OK);
	assert_alarm(take_act("case-move", &m.base, "step_not_for_this_desk", 1));
	t.leaf.kind = SLUIS__EVENT_KIND__EVENT_REFUSED;
	assert_int_equal(
	    take_act("case-move", &m.base, "step_not_for_this_desk", 1), RC_OK);
}

static void
every_act_has_its_name_its_type_and_a_head(void **state)
{
	(void)state;
	for (size_t i = 0; act_at(i) != NULL; i++) {
		const struct act_kind          *k = act_at(i);
		const ProtobufCFieldDescriptor *f =
		    protobuf_c_message_descriptor_get_field_by_name(k->desc, "head");
		assert_non_null(f);
		assert_ptr_equal(f->descriptor, &sluis__head__descriptor);
		assert_ptr_equal(act_named(k->name), k);
		assert_ptr_equal(act_of_type(slice_str(k->type)), k);
		assert_non_null(strstr(k->type, k->name));
		assert_int_equal(
		    k->reads, k->leaf == SLUIS__EVENT_KIND__EVENT_UNSPECIFIED);
	}
	assert_null(act_named("submit"));
	assert_null(act_named(""));
}

#define NOTICE(name) cmocka_unit_test_setup_teardown(name, start, stop_notice)
#define CLAIM(name) cmocka_unit_test_setup_teardown(name, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CLAIM(a_genuine_delivery_is_accepted),
	    CLAIM(a_changed_copy_is_an_alarm_wherever_it_was_changed),
	    CLAIM(a_changed_leaf_is_an_alarm_wherever_it_was_changed),
	    CLAIM(a_changed_salt_is_an_alarm),
	    CLAIM(a_changed_proof_is_an_alarm),
	    CLAIM(a_head_signed_by_another_is_an_alarm),
	    CLAIM(a_delivery_without_receipt_is_an_alarm),
	    CLAIM(an_entry_for_another_recipient_is_an_alarm),
	    CLAIM(a_copy_that_names_another_exchange_is_an_alarm),
	    CLAIM(an_entry_that_releases_nothing_brings_no_copy),
	    CLAIM(a_field_that_the_entry_does_not_name_is_an_alarm),
	    CLAIM(a_field_without_a_name_is_an_alarm),
	    CLAIM(a_statement_that_the_entry_does_not_name_is_an_alarm),
	    CLAIM(rules_that_the_entry_does_not_name_are_an_alarm),
	    CLAIM(duties_that_the_entry_does_not_name_are_an_alarm),
	    CLAIM(two_heads_of_one_size_are_a_fork),
	    CLAIM(an_entry_dated_later_than_now_is_an_alarm),
	    CLAIM(an_entry_dated_before_what_was_there_already_is_an_alarm),
	    CLAIM(an_outcome_dated_far_from_its_request_is_an_alarm),
	    NOTICE(a_genuine_notice_is_accepted),
	    NOTICE(a_notice_and_a_signal_have_each_their_own_kind_of_entry),
	    NOTICE(a_notice_for_another_desk_is_an_alarm),
	    NOTICE(a_notice_brings_nothing_of_a_signal),
	    NOTICE(a_notice_that_cannot_be_read_is_an_alarm),
	    NOTICE(a_changed_notice_is_an_alarm_wherever_it_was_changed),
	    CLAIM(a_genuine_outcome_is_accepted),
	    CLAIM(a_denial_must_stand_in_the_journal_with_its_code),
	    CLAIM(an_outcome_of_another_request_is_an_alarm),
	    CLAIM(an_outcome_about_others_is_an_alarm),
	    CLAIM(a_changed_detail_is_an_alarm),
	    CLAIM(an_acknowledgement_must_be_of_what_was_acknowledged),
	    CLAIM(a_recall_must_be_of_our_own_release),
	    CLAIM(an_enrolment_must_be_of_our_binding),
	    CLAIM(a_listed_entry_commits_to_its_detail),
	    CLAIM(a_genuine_act_is_accepted),
	    CLAIM(an_act_without_a_receipt_is_an_alarm_unless_it_only_asked),
	    CLAIM(an_entry_of_another_kind_is_no_receipt_of_an_act),
	    CLAIM(an_act_of_another_request_or_case_is_an_alarm),
	    CLAIM(a_case_is_named_by_the_request_that_opened_it),
	    CLAIM(an_act_of_another_desk_is_an_alarm),
	    CLAIM(feedback_about_a_case_is_a_step_of_it),
	    CLAIM(a_copy_taken_back_is_no_first_receipt_of_a_recall),
	    CLAIM(an_entry_without_a_detail_is_at_least_not_an_old_one),
	    CLAIM(a_refused_act_may_only_show_its_refusal),
	    CLAIM(every_act_has_its_name_its_type_and_a_head),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
