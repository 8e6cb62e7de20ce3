/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * test_check_signed.c - whatever the broker changes in a copy, its sender did not sign
 * it.
 *
 * A small signal is signed here for one recipient; each test does what a broker with all
 * its keys could do to the copy, its evidence or its entry.
 */
#include "client/check_signed.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "proto/auto.h"
#include "proto/disclosed.h"
#include "proto/envelope.h"
#include "proto/message.h"
#include "proto/pbjson.h"
#include "signal.pb-c.h"
#include "support/grown.h"

#define ORIGIN "sluis.example/test"
#define ME "00000099000000020000"
#define SENDER "00000099000000010000"
#define NOW_MS UINT64_C(1800000000000)

static const char sent_json[] =
    "{\"persons\":[{\"role\":\"VICTIM\",\"family_name\":\"Verzonnen\","
    "\"bsn\":\"999990019\",\"residence\":{\"city\":\"Waalbrug\"}},"
    "{\"role\":\"SUSPECT\",\"family_name\":\"Bedacht\"}]}";

static const uint8_t seed[KEY_BYTES]   = {7};
static const uint8_t case_id[ID_BYTES] = {1, 2, 3};

static struct story {
	struct note_verifier verifier;
	struct seen          seen;
	struct member        self;
	struct sluis_error   error;
	uint8_t              secret[64];
	struct binding       signer;
	Sluis__Signal       *signal; /* what the sender sent, then what is delivered */
	Sluis__Disclosure    disclosure;
	Sluis__Evidence      evidence;
	Sluis__Leaf          leaf;
	Sluis__Copy          copy;
	Sluis__Statement     statement[2], *statements[2];
	struct grown         grown;
	struct short_hash    root;
	uint8_t              sig[64];
	struct signing_path  path;
	struct buf           signal_bytes, disclosure_bytes;
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
	*out = buf_init(1 << 16);
	assert_int_equal(message_pack(m, out), RC_OK);
}

/* Put into the evidence what was signed last. */
static void
carry_signature(void)
{
	t.evidence.has_disclosure = t.evidence.has_sig = t.evidence.has_path =
	    t.evidence.has_place                       = 1;
	t.evidence.disclosure                          = bytes(&t.disclosure_bytes);
	t.evidence.sig = (ProtobufCBinaryData){sizeof t.sig, t.sig};
	t.evidence.path =
	    message_borrow_bytes(t.path.hashes[0].b, t.path.n * DISCLOSURE_HASH_BYTES);
	t.evidence.place = t.path.place;
}

/* One signature for this and another that was said at once. */
static void
sign_bytes(void)
{
	const struct short_hash said[] = {
	    signing_said(buf_slice(&t.disclosure_bytes)), {{1}}};
	struct signing tree;

	signing_tree(&tree, SIGNING_SMALL, seed, said, 2);
	t.path = (struct signing_path){.n = 0};
	signing_climb(&tree, 0, &t.path);
	const struct short_hash root = signing_root(&tree);
	assert_int_equal(signing_sign(&root, t.secret, t.sig), RC_OK);
	carry_signature();
}

/* As it was done before: this alone. */
static void
sign_alone(void)
{
	AUTO(buf_wipe) struct buf pae = buf_init(4096);

	t.disclosure.version = DISCLOSURE_ALONE;
	pack(&t.disclosure.base, &t.disclosure_bytes);
	assert_int_equal(envelope_pae(slice_str(TYPE_DISCLOSURE_1),
	                     buf_slice(&t.disclosure_bytes), &pae),
	    RC_OK);
	(void)crypto_sign_detached(t.sig, NULL, pae.p, pae.n, t.secret);
	t.evidence.disclosure = bytes(&t.disclosure_bytes);
	t.evidence.has_path = t.evidence.has_place = 0;
	t.evidence.path                            = (ProtobufCBinaryData){0, NULL};
}

/* Sign what the disclosure says now. */
static void
sign(void)
{
	pack(&t.disclosure.base, &t.disclosure_bytes);
	sign_bytes();
}

static void
tell_disclosure(void)
{
	Sluis__Disclosure *d = &t.disclosure;

	sluis__disclosure__init(d);
	d->has_version    = 1;
	d->version        = DISCLOSURE_VERSION;
	d->has_root       = 1;
	d->root           = (ProtobufCBinaryData){sizeof t.root.b, t.root.b};
	d->broker_origin  = text(ORIGIN);
	d->sender_oin     = text(SENDER);
	d->sender_desk    = text("meldpunt");
	d->recipient_oin  = text(ME);
	d->recipient_desk = text("avim");
	d->convenant      = text("zvh");
	d->phase          = text("1");
	d->purpose        = text("casusoverleg");
	d->has_created_ms = 1;
	d->created_ms     = NOW_MS;
}

static void
tell_entry(void)
{
	sluis__leaf__init(&t.leaf);
	t.leaf.has_time_ms    = 1;
	t.leaf.time_ms        = NOW_MS;
	t.leaf.sender_oin     = text(SENDER);
	t.leaf.sender_desk    = text("meldpunt");
	t.leaf.recipient_oin  = text(ME);
	t.leaf.recipient_desk = text("avim");
	t.leaf.convenant      = text("zvh");
	t.leaf.phase          = text("1");
	t.leaf.purpose        = text("casusoverleg");
	t.leaf.has_binding_id = 1;
	t.leaf.binding_id     = (ProtobufCBinaryData){HASH_BYTES, t.signer.id.b};
}

static void
tell_statement(size_t i, const char *path)
{
	sluis__statement__init(&t.statement[i]);
	t.statement[i].path = text(path);
	t.statements[i]     = &t.statement[i];
}

/* Take the BSN of the first person out and speak for it, and the second's name. */
static void
redact(void)
{
	struct stated stated[] = {{.message = &t.signal->persons[0]->base}};

	field_clear(
	    &t.signal->persons[0]->base, protobuf_c_message_descriptor_get_field_by_name(
	                                     &sluis__person__descriptor, "bsn"));
	field_clear(
	    &t.signal->persons[1]->base, protobuf_c_message_descriptor_get_field_by_name(
	                                     &sluis__person__descriptor, "family_name"));
	stated[0].field = protobuf_c_message_descriptor_get_field_by_name(
	    &sluis__person__descriptor, "bsn");
	sluis__evidence__init(&t.evidence);
	assert_int_equal(
	    grown_evidence(&t.grown, &t.signal->base, stated, 1, &t.evidence), RC_OK);
	sluis__copy__init(&t.copy);
	tell_statement(0, "persons[0].bsn");
	t.copy.n_statements = 1;
	t.copy.statements   = t.statements;
	t.copy.evidence     = &t.evidence;
	t.copy.has_signal   = 1;
	pack(&t.signal->base, &t.signal_bytes);
	t.copy.signal = bytes(&t.signal_bytes);
}

static int
start(void **state)
{
	uint8_t      public_key[KEY_BYTES];
	struct where where;

	(void)state;
	if (sodium_init() < 0) return -1;
	memset(&t, 0, sizeof t);
	(void)crypto_sign_keypair(t.signer.sign_public, t.secret);
	(void)crypto_sign_keypair(public_key, t.sig);
	if (note_verifier_init(&t.verifier, ORIGIN, public_key) != RC_OK) return -1;
	t.self = (struct member){.oin = ME, .desk = "avim"};
	(void)strcpy(t.signer.oin, SENDER);
	(void)strcpy(t.signer.desk, "meldpunt");
	t.signer.id.b[0] = 9;
	if (pbjson_parse(&sluis__signal__descriptor, slice_str(sent_json),
	        (ProtobufCMessage **)&t.signal, &where) != RC_OK)
		return -1;
	if (grown_new(&t.grown, &t.signal->base, seed) != RC_OK) return -1;
	t.root = disclosure_root(t.grown.tree);
	tell_disclosure();
	tell_entry();
	redact();
	sign();
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	free(t.evidence.slots.data);
	free(t.evidence.salts.data);
	free(t.evidence.veiled.data);
	free(t.evidence.siblings.data);
	message_destroy(&t.signal);
	grown_wipe(&t.grown);
	buf_wipe(&t.signal_bytes);
	buf_wipe(&t.disclosure_bytes);
	return 0;
}

/* --- the verdict -------------------------------------------------------------------- */

static rc
take(void)
{
	AUTO(message_destroy) Sluis__Disclosure *d = NULL;
	struct checker                           c = {.verifier = &t.verifier,
	                              .seen                     = &t.seen,
	                              .self                     = &t.self,
	                              .now_ms                   = NOW_MS,
	                              .delay_ms                 = 60000,
	                              .error                    = &t.error};
	const struct signed_copy                 s = {.leaf = &t.leaf, .copy = &t.copy};

	TRY(check_disclosure(&c, &s, &d));
	TRY(check_signature(&c, &s, d, &t.signer));
	return check_root(&c, &s, d);
}

static void
assert_alarm(const char *where)
{
	assert_int_equal(take(), RC_NOT_SIGNED);
	assert_int_equal((int)t.error.code, (int)RC_NOT_SIGNED);
	assert_string_equal(t.error.where, where);
}

/* The same of what is delivered, after it was changed in t.signal. */
static void
assert_alarm_signal(const char *where)
{
	pack(&t.signal->base, &t.signal_bytes);
	t.copy.signal = bytes(&t.signal_bytes);
	assert_alarm(where);
}

/* Replace the text at *FIELD, which the signal owns. */
static void
say(char **field, const char *value)
{
	free(*field);
	*field = value != NULL ? strdup(value) : NULL;
}

/* --- a copy as it should be -----------------------------------------------------------
 */

static void
what_the_sender_signed_is_accepted(void **state)
{
	(void)state;
	assert_int_equal(take(), RC_OK);
}

static void
a_desk_left_to_the_policy_is_any_desk_of_the_party(void **state)
{
	(void)state;
	t.disclosure.recipient_desk = NULL;
	sign();
	assert_int_equal(take(), RC_OK);
}

static void
what_was_signed_by_itself_before_is_still_accepted(void **state)
{
	(void)state;
	sign_alone();
	assert_int_equal(take(), RC_OK);
	t.sig[5] ^= 1;
	assert_alarm("copy.evidence.sig");
	t.sig[5] ^= 1;
	t.evidence.path = message_borrow_bytes(t.path.hashes[0].b, DISCLOSURE_HASH_BYTES);
	assert_alarm("copy.evidence.sig");
}

static void
one_form_of_signature_is_none_of_the_other(void **state)
{
	(void)state;
	sign_alone();
	t.disclosure.version = DISCLOSURE_VERSION;
	pack(&t.disclosure.base, &t.disclosure_bytes);
	t.evidence.disclosure = bytes(&t.disclosure_bytes);
	assert_alarm("copy.evidence.sig");
	t.disclosure.version = DISCLOSURE_ALONE;
	sign();
	assert_alarm("copy.evidence.sig");
	for (uint32_t version = 0; version < 5; version++) {
		if (version == DISCLOSURE_ALONE || version == DISCLOSURE_VERSION)
			continue;
		t.disclosure.version = version;
		sign();
		assert_alarm("disclosure.version");
	}
}

static void
an_enrichment_is_signed_as_one(void **state)
{
	(void)state;
	t.copy.has_enriches = t.copy.enriches = 1;
	assert_alarm("disclosure.enriches");
	t.disclosure.has_enriches = t.disclosure.enriches = 1;
	sign();
	assert_int_equal(take(), RC_OK);
	t.copy.has_enriches = t.copy.enriches = 0;
	assert_alarm("disclosure.enriches");
}

/* Whether the copy may replace one with the evidence OLD. */
static rc
replaced(Sluis__Evidence *old)
{
	struct checker c      = {.error = &t.error};
	Sluis__Copy    before = SLUIS__COPY__INIT;
	before.evidence       = old;
	return check_replaced(&c, &t.copy, &before);
}

static void
what_it_replaces_is_what_its_sender_meant(void **state)
{
	static uint8_t            name[16] = {1, 2, 3};
	AUTO(buf_wipe) struct buf then     = buf_init(1 << 16);
	Sluis__Disclosure         d        = SLUIS__DISCLOSURE__INIT;
	Sluis__Evidence           old      = SLUIS__EVIDENCE__INIT;
	(void)state;
	assert_int_equal(replaced(NULL), RC_OK); /* from before anything was signed */
	d.has_version = d.has_said = 1;
	d.version                  = DISCLOSURE_VERSION;
	d.said                     = message_borrow_bytes(name, sizeof name);
	pack(&d.base, &then);
	old.disclosure = bytes(&then);
	assert_int_equal(replaced(&old), RC_NOT_SIGNED); /* none is named */
	assert_string_equal(t.error.where, "disclosure.corrects");
	t.disclosure.has_corrects = 1;
	t.disclosure.corrects     = message_borrow_bytes(name, sizeof name);
	sign();
	assert_int_equal(replaced(&old), RC_OK);
	name[15] ^= 1; /* of what comes now; the other keeps its bytes */
	sign();
	assert_int_equal(replaced(&old), RC_NOT_SIGNED);
	d.version = DISCLOSURE_ALONE; /* it had no name then */
	pack(&d.base, &then);
	old.disclosure = bytes(&then);
	assert_int_equal(replaced(&old), RC_OK);
	d.version  = DISCLOSURE_VERSION;
	d.has_said = t.disclosure.has_corrects = 0; /* nothing is nothing's name */
	pack(&d.base, &then);
	old.disclosure = bytes(&then);
	sign();
	assert_int_equal(replaced(&old), RC_NOT_SIGNED);
}

static void
a_case_is_signed_with_it(void **state)
{
	const ProtobufCBinaryData id = message_borrow_bytes(case_id, ID_BYTES);

	(void)state;
	t.copy.has_case_id = 1;
	t.copy.case_id     = id;
	assert_alarm("disclosure.case_id");
	t.disclosure.has_case_id = 1;
	t.disclosure.case_id     = id;
	sign();
	assert_int_equal(take(), RC_OK);
	t.copy.has_case_id = 0;
	t.copy.case_id     = (ProtobufCBinaryData){0, NULL};
	assert_alarm("disclosure.case_id");
	t.disclosure.case_id.len = 0; /* said, and nothing */
	sign();
	assert_alarm("disclosure.case_id");
}

static void
more_statements_about_one_field_are_one_field(void **state)
{
	(void)state;
	tell_statement(1, "persons[0].bsn");
	t.copy.n_statements = 2;
	assert_int_equal(take(), RC_OK);
}

/* --- what a broker may try ------------------------------------------------------------
 */

static void
a_changed_value_is_an_alarm(void **state)
{
	(void)state;
	say(&t.signal->persons[0]->family_name, "Verzonnem");
	assert_alarm_signal("copy.signal");
	say(&t.signal->persons[0]->family_name, "Verzonnen");
	t.signal->persons[0]->role = SLUIS__PERSON_ROLE__SUSPECT;
	assert_alarm_signal("copy.signal");
}

static void
a_tree_that_the_broker_grows_itself_is_an_alarm(void **state)
{
	(void)state;
	say(&t.signal->persons[1]->family_name, "Gezocht");
	grown_wipe(&t.grown);
	free(t.evidence.slots.data);
	free(t.evidence.salts.data);
	free(t.evidence.veiled.data);
	free(t.evidence.siblings.data);
	say(&t.signal->persons[0]->bsn, "999990019");
	assert_int_equal(grown_new(&t.grown, &t.signal->base, seed), RC_OK);
	redact(); /* its evidence fits, and leads elsewhere */
	carry_signature();
	assert_alarm("copy.signal");
}

static void
a_field_more_or_less_than_the_evidence_is_an_alarm(void **state)
{
	(void)state;
	say(&t.signal->persons[1]->family_name, "Bedacht"); /* even the true one */
	assert_alarm_signal("copy.evidence");
	say(&t.signal->persons[1]->family_name, NULL);
	say(&t.signal->persons[0]->residence->city, NULL);
	assert_alarm_signal("copy.evidence");
}

static void
an_empty_record_more_is_an_alarm(void **state)
{
	Sluis__Person  *more = calloc(1, sizeof *more);
	Sluis__Person **list = reallocarray(t.signal->persons, 3, sizeof *list);

	(void)state;
	assert_non_null(list);
	assert_non_null(more);
	sluis__person__init(more);
	list[2]             = more;
	t.signal->persons   = list;
	t.signal->n_persons = 3;
	assert_alarm_signal("copy.evidence");
}

static void
values_of_two_persons_cannot_change_places(void **state)
{
	Sluis__Person **p = t.signal->persons, *first = p[0];

	(void)state;
	p[0]->role = SLUIS__PERSON_ROLE__SUSPECT;
	p[1]->role = SLUIS__PERSON_ROLE__VICTIM;
	assert_alarm_signal("copy.signal");
	p[0]->role = SLUIS__PERSON_ROLE__VICTIM;
	p[1]->role = SLUIS__PERSON_ROLE__SUSPECT;
	p[0]       = p[1]; /* nor the records, without their slots */
	p[1]       = first;
	assert_alarm_signal("copy.signal");
}

static void
a_statement_about_what_the_sender_did_not_say_is_an_alarm(void **state)
{
	(void)state;
	tell_statement(1, "persons[0].v_number");
	t.copy.n_statements = 2;
	assert_alarm("copy.evidence");
	tell_statement(0, "persons[1].bsn");
	t.copy.n_statements = 1;
	assert_alarm("copy.signal"); /* as many digests; another root */
	t.copy.n_statements = 0;
	assert_alarm("copy.evidence");
}

static void
a_statement_beside_the_value_is_an_alarm(void **state)
{
	(void)state;
	tell_statement(1, "persons[0].family_name");
	t.copy.n_statements = 2;
	assert_alarm("copy.evidence");
}

static void
a_statement_about_nothing_is_an_alarm(void **state)
{
	static const char *const paths[] = {"", ".", "persons", "persons[0]",
	    "persons[0].", "persons[2].bsn", "persons[x].bsn", "persons[].bsn",
	    "persons[0.bsn", "persons[0].bsn.x", "persons[0].nothing",
	    "persons[1].residence.city", "persons[99999999999999999999].bsn",
	    "persons[-1].bsn", "persons[0].bsn "};

	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		tell_statement(0, paths[i]);
		assert_alarm("copy.statements");
	}
	t.statement[0].path = NULL;
	assert_alarm("copy.statements");
}

static void
every_bit_of_the_evidence_counts(void **state)
{
	ProtobufCBinaryData *parts[] = {&t.evidence.sig, &t.evidence.salts,
	    &t.evidence.veiled, &t.evidence.siblings, &t.evidence.slots};

	(void)state;
	for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++) {
		assert_true(parts[k]->len != 0);
		for (size_t i = 0; i < parts[k]->len * 8; i++) {
			parts[k]->data[i / 8] ^= (uint8_t)(1u << i % 8);
			assert_int_equal(take(), RC_NOT_SIGNED);
			parts[k]->data[i / 8] ^= (uint8_t)(1u << i % 8);
		}
		parts[k]->len--;
		assert_int_equal(take(), RC_NOT_SIGNED);
		parts[k]->len++;
	}
	assert_int_equal(take(), RC_OK);
}

static void
no_evidence_is_never_fine(void **state)
{
	(void)state;
	t.copy.evidence = NULL;
	assert_alarm("copy.evidence");
	t.copy.evidence           = &t.evidence;
	t.evidence.has_disclosure = 0;
	assert_alarm("copy.evidence");
	t.evidence.has_disclosure = 1;
	t.evidence.sig.len        = 0;
	assert_alarm("copy.evidence.sig");
}

static void
what_was_signed_for_another_exchange_is_an_alarm(void **state)
{
	struct {
		char      **field;
		const char *where;
	} said[] = {{&t.disclosure.broker_origin, "disclosure.broker_origin"},
	    {&t.disclosure.sender_oin, "disclosure.sender_oin"},
	    {&t.disclosure.sender_desk, "disclosure.sender_desk"},
	    {&t.disclosure.recipient_oin, "disclosure.recipient_oin"},
	    {&t.disclosure.recipient_desk, "disclosure.recipient_desk"},
	    {&t.disclosure.convenant, "disclosure.convenant"},
	    {&t.disclosure.phase, "disclosure.phase"},
	    {&t.disclosure.purpose, "disclosure.purpose"}};

	(void)state;
	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
		char *was      = *said[i].field;
		*said[i].field = text("other");
		sign();
		assert_alarm(said[i].where);
		if (i != 4) { /* without a desk: any */
			*said[i].field = NULL;
			sign();
			assert_alarm(said[i].where);
		}
		*said[i].field = was;
	}
}

static void
a_form_that_is_not_known_is_an_alarm(void **state)
{
	static uint8_t junk[] = {0xff, 0xff}, more[] = {0xf8, 0x07, 0x01};

	(void)state;
	t.disclosure.version++;
	sign();
	assert_alarm("disclosure.version");
	t.disclosure.version--;
	t.disclosure.root.len--;
	sign();
	assert_alarm("disclosure.version");
	t.disclosure.root.len++;
	sign();
	assert_int_equal(take(), RC_OK);
	assert_int_equal(
	    buf_append(&t.disclosure_bytes, slice_of(more, sizeof more)), RC_OK);
	sign_bytes(); /* something that this build does not know */
	assert_alarm("copy.evidence.disclosure");
	t.evidence.disclosure = (ProtobufCBinaryData){sizeof junk, junk};
	assert_alarm("copy.evidence.disclosure");
}

static void
an_entry_of_another_time_is_an_alarm(void **state)
{
	const uint64_t limit = DATED_WITHIN_MS + 60000;

	(void)state;
	t.leaf.time_ms = NOW_MS + limit;
	assert_int_equal(take(), RC_OK);
	t.leaf.time_ms++;
	assert_alarm("disclosure.created_ms");
	t.leaf.time_ms = NOW_MS - limit;
	assert_int_equal(take(), RC_OK);
	t.leaf.time_ms--; /* dated back */
	assert_alarm("disclosure.created_ms");
	t.leaf.time_ms     = NOW_MS;
	t.leaf.has_time_ms = 0;
	assert_alarm("disclosure.created_ms");
	t.leaf.has_time_ms          = 1;
	t.disclosure.has_created_ms = 0;
	sign();
	assert_alarm("disclosure.created_ms");
}

static void
another_key_is_an_alarm(void **state)
{
	uint8_t other[KEY_BYTES];

	(void)state;
	(void)crypto_sign_keypair(other, t.secret);
	sign();
	assert_alarm("copy.evidence.sig");
	memcpy(
	    t.signer.sign_public, other, sizeof other); /* of another party, enrolled */
	(void)strcpy(t.signer.oin, "00000099000000030000");
	assert_alarm("binding");
	(void)strcpy(t.signer.oin, SENDER);
	(void)strcpy(t.signer.desk, "balie");
	assert_alarm("binding");
	(void)strcpy(t.signer.desk, "meldpunt");
	assert_int_equal(take(), RC_OK);
	t.leaf.binding_id.len--;
	assert_alarm("binding");
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CLAIM(what_the_sender_signed_is_accepted),
	    CLAIM(a_desk_left_to_the_policy_is_any_desk_of_the_party),
	    CLAIM(what_was_signed_by_itself_before_is_still_accepted),
	    CLAIM(one_form_of_signature_is_none_of_the_other),
	    CLAIM(an_enrichment_is_signed_as_one),
	    CLAIM(what_it_replaces_is_what_its_sender_meant),
	    CLAIM(a_case_is_signed_with_it),
	    CLAIM(more_statements_about_one_field_are_one_field),
	    CLAIM(a_changed_value_is_an_alarm),
	    CLAIM(a_tree_that_the_broker_grows_itself_is_an_alarm),
	    CLAIM(a_field_more_or_less_than_the_evidence_is_an_alarm),
	    CLAIM(an_empty_record_more_is_an_alarm),
	    CLAIM(values_of_two_persons_cannot_change_places),
	    CLAIM(a_statement_about_what_the_sender_did_not_say_is_an_alarm),
	    CLAIM(a_statement_beside_the_value_is_an_alarm),
	    CLAIM(a_statement_about_nothing_is_an_alarm),
	    CLAIM(every_bit_of_the_evidence_counts),
	    CLAIM(no_evidence_is_never_fine),
	    CLAIM(what_was_signed_for_another_exchange_is_an_alarm),
	    CLAIM(a_form_that_is_not_known_is_an_alarm),
	    CLAIM(an_entry_of_another_time_is_an_alarm),
	    CLAIM(another_key_is_an_alarm),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
