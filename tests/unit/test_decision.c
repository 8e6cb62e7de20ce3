/* SPDX-License-Identifier: EUPL-1.2 */
/* test_decision.c - copies of a few sizes, leaves that hold no value, details that do not
 * travel. */
#include "broker/decision/decision.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "broker/decision/padding.h"
#include "broker/decision/weighed.h"
#include "proto/guard.h"
#include "proto/message.h"
#include "support/bundle.h"
#include "support/keykit.h"
#include "support/region.h"
#include "support/wild.h"

enum { MUCH = 64 * 1024 * 1024 };

static struct policy        *policy;
static struct pseudonymiser *psn;
static struct hash           binding = {{9}};

static int
make(void **state)
{
	static const uint8_t master[KEY_BYTES] = {1};
	(void)state;
	if (sodium_init() < 0) return -1;
	policy = bundle_policy(bundle_shipped());
	return kit_pseudonymiser(&psn, master, "2026") == RC_OK ? 0 : -1;
}

static int
drop(void **state)
{
	(void)state;
	policy_destroy(&policy);
	pseudonymiser_destroy(&psn);
	return 0;
}

/* --- padding --------------------------------------------------------------------------
 */

static bool
is_class(size_t n)
{
	size_t step = 256;

	while (step * 8 <= n) step *= 2;
	return n >= 1024 && n <= COPY_MAX && n % step == 0;
}

/* A Copy of exactly N bytes: its signal and desk take what is needed; false if none is.
 */
static bool
copy_of(size_t n, struct buf *out)
{
	static uint8_t zeros[400000];
	static char    text[200];
	for (size_t k = 0; k < 6;
	     k++) { /* a text of k bytes makes up for a varint's step */
		Sluis__Copy c = SLUIS__COPY__INIT;
		memset(text, 'd', k);
		text[k] = '\0';
		if (k != 0) c.sender_desk = text;
		c.has_signal  = 1;
		size_t rest   = sluis__copy__get_packed_size(&c);
		c.signal.data = zeros;
		for (size_t len = n > rest + 4 ? n - rest - 4 : 0; len + rest <= n;
		     len++) {
			c.signal.len = len;
			if (sluis__copy__get_packed_size(&c) != n) continue;
			pack_message(&c.base, out);
			return true;
		}
	}
	return false;
}

static void
assert_pads(size_t n)
{
	AUTO(buf_wipe) struct buf copy = buf_init(COPY_MAX), before = buf_init(400000);
	if (!copy_of(n, &before)) return;
	if (n > COPY_MAX) { /* more than a copy's buffer can hold */
		copy.max = 400000;
		must(buf_append(&copy, buf_slice(&before)));
		assert_int_equal(copy_pad(&copy), RC_TOO_LARGE);
		assert_int_equal(copy.n, n);
		return;
	}
	must(buf_append(&copy, buf_slice(&before)));
	rc code = copy_pad(&copy);
	if (code == RC_TOO_LARGE) {
		/* no padding field has this size, and there is no larger class */
		size_t gap = COPY_MAX - n;
		assert_true(gap == 1 || gap == 130 || gap == 16387);
		assert_int_equal(copy.n, n);
		return;
	}
	assert_int_equal(code, RC_OK);
	if (!is_class(copy.n)) fail_msg("%zu became %zu", n, copy.n);
	assert_true(copy.n >= n);
	assert_memory_equal(copy.p, before.p, n);
	Sluis__Copy *c = sluis__copy__unpack(NULL, copy.n, copy.p);
	assert_non_null(c);
	assert_int_equal(c->base.n_unknown_fields, 0);
	assert_int_equal(c->has_padding, copy.n != n);
	for (size_t i = 0; c->has_padding && i < c->padding.len; i++)
		assert_int_equal(c->padding.data[i], 0);
	c->has_padding = 0; /* without it, it is what it was */
	assert_int_equal(sluis__copy__get_packed_size(c), n);
	sluis__copy__free_unpacked(c, NULL);
}

static void
every_size_becomes_a_class_or_is_refused(void **state)
{
	(void)state;
	for (size_t n = 3; n < 2200; n++) assert_pads(n);
	for (size_t n = 2200; n < 280000; n += 997) assert_pads(n);
	for (size_t class = 1024; class <= COPY_MAX; class *= 2) {
		for (size_t n = class - 300; n <= class + 3; n++) assert_pads(n);
		for (size_t d = 16370; d < 16400 && d < class; d++)
			assert_pads(class - d);
	}
}

static void
an_empty_copy_is_padded_too(void **state)
{
	AUTO(buf_wipe) struct buf copy = buf_init(COPY_MAX);
	(void)state;
	assert_int_equal(copy_pad(&copy), RC_OK);
	assert_int_equal(copy.n, 1024);
}

/* --- decisions
 * --------------------------------------------------------------------------- */

struct world {
	uint8_t           id[ID_BYTES];
	Sluis__Head       head;
	Sluis__Submit     submit;
	Sluis__Recipient  recipient;
	struct buf        wire;
	struct contents  *contents;
	struct scratch    mem; /* holds the signal and what came of it */
	struct submission s;
};

/* What WIRE says is what W is about from now on. */
static void
about(struct world *w, struct slice wire)
{
	ProtobufCMessage *m = NULL;
	must(
	    guard_unpack_in(&w->mem, &sluis__signal__descriptor, wire, guard_signal, &m));
	must(contents_list(m, &w->mem, &w->contents));
	w->s.contents = w->contents;
}

static void
world_wipe(struct world *w)
{
	buf_wipe(&w->wire);
	scratch_wipe(&w->mem);
}

static void
world(struct world *w, const char *recipient)
{
	*w = (struct world){.wire = buf_init(SIGNAL_MAX), .mem = scratch_init(MUCH)};
	memset(w->id, 0xee, sizeof w->id);
	w->head                = (Sluis__Head)SLUIS__HEAD__INIT;
	w->submit              = (Sluis__Submit)SLUIS__SUBMIT__INIT;
	w->recipient           = (Sluis__Recipient)SLUIS__RECIPIENT__INIT;
	w->head.has_request_id = 1;
	w->head.request_id     = (ProtobufCBinaryData){ID_BYTES, w->id};
	w->head.sender_oin     = (char *)(uintptr_t)OIN_MUNICIPALITY;
	w->head.sender_desk    = (char *)(uintptr_t) "meldpunt";
	w->submit.head         = &w->head;
	w->submit.convenant    = (char *)(uintptr_t) "afstemming";
	w->submit.phase        = (char *)(uintptr_t) "1";
	w->submit.purpose      = (char *)(uintptr_t) "duiding";
	w->recipient.oin       = (char *)(uintptr_t)recipient;
	signal_from_file("08-weekly-registrations.json", &w->wire);
	w->s = (struct submission){.policy = policy,
	    .pseudonymiser                 = psn,
	    .submit                        = &w->submit,
	    .mem                           = &w->mem,
	    .binding                       = &binding,
	    .now_ms                        = REGION_NOW_MS};
	about(w, buf_slice(&w->wire));
}

static struct hash
digest_of(struct slice s)
{
	struct hash h;
	(void)crypto_hash_sha256(h.b, s.p, s.n);
	return h;
}

static void
a_served_recipient_gets_a_padded_copy_that_its_leaf_commits_to(void **state)
{
	AUTO(world_wipe) struct world       w;
	AUTO(decision_wipe) struct decision d;
	AUTO(buf_wipe) struct buf           salted = buf_init(400000);
	(void)state;
	world(&w, OIN_POLICE);
	decision_rule(&w.s, &w.recipient, &d);
	assert_int_equal(d.ruling.code, RC_OK);
	assert_string_equal(d.desk, "avim");
	assert_int_equal(decision_encode(&w.s, &d), RC_OK);
	assert_true(is_class(d.copy.n));
	must(buf_append(&salted, slice_of(d.salt, sizeof d.salt)));
	must(buf_append(&salted, d.copy));
	struct hash want = digest_of(buf_slice(&salted));
	assert_memory_equal(d.leaf.copy_digest.data, want.b, HASH_BYTES);
	assert_int_equal(d.leaf.kind, SLUIS__EVENT_KIND__EVENT_RULING);
	Sluis__Copy *c = sluis__copy__unpack(NULL, d.copy.n, d.copy.p);
	assert_non_null(c);
	assert_true(slice_equal(slice_of(c->signal.data, c->signal.len), d.cut.signal));
	assert_int_equal(c->n_statements, d.cut.n_statements);
	assert_true(c->n_statements > 0);
	for (size_t i = 0; i < c->n_grounds; i++)
		assert_int_not_equal(
		    c->grounds[i]->action, SLUIS__ACTION__ACTION_WITHHOLD);
	sluis__copy__free_unpacked(c, NULL);
}

static void
a_leaf_tells_neither_values_nor_what_was_withheld(void **state)
{
	AUTO(world_wipe) struct world       w;
	AUTO(decision_wipe) struct decision d;
	AUTO(buf_wipe) struct buf           leaf = buf_init(2000);
	(void)state;
	world(&w, OIN_POLICE);
	decision_rule(&w.s, &w.recipient, &d);
	must(decision_encode(&w.s, &d));
	pack_message(&d.leaf.base, &leaf);
	assert_null(memmem(leaf.p, leaf.n, "psn1.", 5));
	for (size_t i = 0; i < d.leaf.n_released; i++)
		assert_int_not_equal(
		    d.leaf.released[i]->action, SLUIS__ACTION__ACTION_WITHHOLD);
	for (size_t i = 0; i < d.cut.n_statements; i++)
		assert_null(memmem(leaf.p, leaf.n, d.cut.statements[i].value.p,
		    d.cut.statements[i].value.n));
	assert_null(memmem(leaf.p, leaf.n, w.id, ID_BYTES));
	Sluis__Detail *detail = sluis__detail__unpack(NULL, d.detail.n, d.detail.p);
	assert_int_equal(detail->salt.len, NONCE_BYTES);
	assert_true(detail->n_withheld > 0);
	sluis__detail__free_unpacked(detail, NULL);
}

static void
who_is_not_entitled_gets_a_leaf_and_no_copy(void **state)
{
	AUTO(world_wipe) struct world       w;
	AUTO(decision_wipe) struct decision d;
	(void)state;
	world(&w, OIN_KMAR);
	decision_rule(&w.s, &w.recipient, &d);
	assert_int_equal(rc_kind(d.ruling.code), RC_KIND_DENY);
	must(decision_encode(&w.s, &d));
	assert_int_equal(d.copy.n, 0);
	assert_int_equal(d.leaf.kind, SLUIS__EVENT_KIND__EVENT_NOT_SERVED);
	assert_false(d.leaf.has_copy_digest);
	assert_string_equal(d.leaf.code, rc_name(d.ruling.code));
	assert_int_equal(d.leaf.n_released, 0);
	Sluis__Detail *detail = sluis__detail__unpack(NULL, d.detail.n, d.detail.p);
	assert_int_equal(detail->n_withheld + detail->n_released, 0);
	assert_non_null(detail->change);
	sluis__detail__free_unpacked(detail, NULL);
}

/* No stage lets such a refusal through; if one did, nothing may leave. */
static void
a_refusal_of_what_nobody_knows_withholds_everything(void **state)
{
	char                  *unknown[]   = {(char *)(uintptr_t) "no.such.category"};
	Sluis__SupplierRefusal refusal     = SLUIS__SUPPLIER_REFUSAL__INIT,
	                       *refusals[] = {&refusal};
	Sluis__Handling                     handling = SLUIS__HANDLING__INIT;
	AUTO(world_wipe) struct world       w;
	AUTO(decision_wipe) struct decision d;
	(void)state;
	world(&w, OIN_POLICE);
	handling.n_refusals  = 1;
	handling.refusals    = refusals;
	refusal.n_categories = 1;
	refusal.categories   = unknown;
	w.s.handling         = &handling;
	decision_rule(&w.s, &w.recipient, &d);
	must(decision_encode(&w.s, &d));
	assert_int_equal(d.ruling.code, RC_NOT_ENTITLED);
	assert_int_equal(d.copy.n, 0);
	assert_int_equal(d.leaf.n_released, 0);
}

static void
a_desk_that_nobody_has_is_not_repeated(void **state)
{
	AUTO(world_wipe) struct world       w;
	AUTO(decision_wipe) struct decision d;
	AUTO(buf_wipe) struct buf           leaf = buf_init(2000);
	(void)state;
	world(&w, OIN_POLICE);
	w.recipient.desk = (char *)(uintptr_t) "jan-jansen-999990019";
	decision_rule(&w.s, &w.recipient, &d);
	assert_int_equal(d.ruling.code, RC_UNKNOWN_RECIPIENT);
	must(decision_encode(&w.s, &d));
	pack_message(&d.leaf.base, &leaf);
	assert_null(memmem(leaf.p, leaf.n, "jansen", 6));
	assert_null(memmem(d.detail.p, d.detail.n, "jansen", 6));
}

static void
what_is_said_of_a_stranger_is_not_repeated(void **state)
{
	AUTO(world_wipe) struct world       w;
	AUTO(decision_wipe) struct decision d;
	(void)state;
	world(&w, "00000099000000990000");
	w.recipient.desk = (char *)(uintptr_t) "jan-jansen-999990019";
	decision_rule(&w.s, &w.recipient, &d);
	assert_int_equal(d.ruling.code, RC_UNKNOWN_RECIPIENT);
	assert_string_equal(d.desk, "");
}

static void
two_copies_of_one_signal_have_nothing_salted_in_common(void **state)
{
	AUTO(world_wipe) struct world       w;
	AUTO(decision_wipe) struct decision a, b;
	(void)state;
	world(&w, OIN_POLICE);
	decision_rule(&w.s, &w.recipient, &a);
	decision_rule(&w.s, &w.recipient, &b);
	must(decision_encode(&w.s, &a));
	must(decision_encode(&w.s, &b));
	assert_true(slice_equal(a.copy, b.copy));
	assert_memory_not_equal(a.salt, b.salt, NONCE_BYTES);
	assert_false(hash_equal(&a.copy_digest, &b.copy_digest));
	assert_false(slice_equal(a.detail, b.detail));
}

/* Sizes must not tell: one more hidden record changes nothing that the recipient gets. */
static void
a_hidden_record_changes_no_byte_of_the_copy(void **state)
{
	AUTO(world_wipe) struct world       w;
	AUTO(decision_wipe) struct decision a, b;
	AUTO(buf_wipe) struct buf           more = buf_init(SIGNAL_MAX);
	/* reporter { name: "Anna" }: a field that never leaves */
	static const uint8_t hidden[] = {0x82, 0x01, 6, 0x0a, 4, 'A', 'n', 'n', 'a'};
	Sluis__Signal       *plain;
	(void)state;
	world(&w, OIN_POLICE);
	plain = sluis__signal__unpack(NULL, w.wire.n, w.wire.p);
	if (plain->reporter != NULL) {
		message_destroy(&plain->reporter);
		buf_wipe(&w.wire);
		w.wire = buf_init(SIGNAL_MAX);
		pack_message(&plain->base, &w.wire);
	}
	message_destroy(&plain);
	must(buf_append(&more, buf_slice(&w.wire)));
	must(buf_append(&more, slice_of(hidden, sizeof hidden)));
	about(&w, buf_slice(&w.wire));
	decision_rule(&w.s, &w.recipient, &a);
	must(decision_encode(&w.s, &a));
	about(&w, buf_slice(&more));
	decision_rule(&w.s, &w.recipient, &b);
	must(decision_encode(&w.s, &b));
	assert_true(slice_equal(a.copy, b.copy));
	assert_int_equal(a.leaf.n_released, b.leaf.n_released);
}

static void
more_fields_than_a_leaf_can_name_are_refused(void **state)
{
	AUTO(world_wipe) struct world       w;
	AUTO(decision_wipe) struct decision d;
	char                                name[901];
	(void)state;
	world(&w, OIN_POLICE);
	decision_rule(&w.s, &w.recipient, &d);
	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	w.submit.phase        = name; /* stands for anything that makes a leaf large */
	assert_int_equal(decision_encode(&w.s, &d), RC_LEAF_TOO_LARGE);
}

/* Whatever is in a signal, its leaf fits: a sender must not be refused for saying much.
 */
static void
the_fullest_signal_fits_a_leaf_for_everybody(void **state)
{
	AUTO(world_wipe) struct world w;
	struct wild                   r = {.state = 4, .fields = 100};
	(void)state;
	world(&w, OIN_POLICE);
	AUTO(message_destroy) ProtobufCMessage *m = &wild_signal(&r)->base;
	buf_wipe(&w.wire);
	w.wire = buf_init(SIGNAL_MAX);
	pack_message(m, &w.wire);
	about(&w, buf_slice(&w.wire));
	for (size_t c = 0; c < policy_n_convenants(policy); c++) {
		const struct convenant_info *info = policy_convenant_at(policy, c);
		w.submit.convenant                = (char *)(uintptr_t)info->id;
		w.submit.purpose                  = (char *)(uintptr_t)info->purposes[0];
		for (size_t i = 0; info->phases[i] != NULL; i++)
			for (size_t p = 0; p < policy_n_parties(policy); p++) {
				AUTO(decision_wipe) struct decision d;
				w.submit.phase = (char *)(uintptr_t)info->phases[i];
				w.recipient.oin =
				    (char *)(uintptr_t)policy_party_at(policy, p)->oin;
				decision_rule(&w.s, &w.recipient, &d);
				rc code = decision_encode(&w.s, &d);
				if (code != RC_OK)
					fail_msg("%s %s to %s: %s", info->id,
					    info->phases[i], w.recipient.oin,
					    rc_name(code));
			}
	}
}

/* --- what was weighed ------------------------------------------------------------ */

/* The detail of sending FILE to RECIPIENT, with its records; message_destroy() it. */
static Sluis__Detail *
detail_of(struct world *w, const char *file)
{
	AUTO(decision_wipe) struct decision d;

	buf_wipe(&w->wire);
	w->wire = buf_init(SIGNAL_MAX);
	signal_from_file(file, &w->wire);
	about(w, buf_slice(&w->wire));
	must(weighed_records(
	    w->contents, COUNTED_NEW, date_of_ms(w->s.now_ms), &w->mem, &w->s.records));
	w->s.facts = facts_of_signal(
	    (const Sluis__Signal *)(const void *)w->contents->messages[0].m,
	    date_of_ms(w->s.now_ms));
	decision_rule(&w->s, &w->recipient, &d);
	must(decision_encode(&w->s, &d));
	Sluis__Detail *detail = sluis__detail__unpack(NULL, d.detail.n, d.detail.p);
	assert_non_null(detail);
	return detail;
}

static bool
says(size_t n, char *const *facts, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(facts[i], name) == 0) return true;
	return false;
}

static struct fieldset
fields_of(const Sluis__RuledRecord *r)
{
	struct slice    rest = slice_of(r->paths.data, r->paths.len);
	struct fieldset set  = {{0}};
	while (rest.n != 0) {
		const struct schema_field *f = NULL;
		must(schema_unpack(&rest, &f));
		fieldset_add(&set, f->index);
	}
	return set;
}

static void
the_detail_names_the_facts_and_fields_that_were_weighed(void **state)
{
	AUTO(world_wipe) struct world w;
	(void)state;
	world(&w, OIN_POLICE);
	AUTO(message_destroy)
	Sluis__Detail *d = detail_of(&w, "05-niece-in-the-household.json");
	assert_true(d->n_records > 1);
	assert_true(says(d->n_facts, d->facts, "recipient_signed"));
	assert_true(says(d->n_facts, d->facts, "trafficking"));
	assert_false(says(d->n_facts, d->facts, "cie"));
	assert_true(says(d->records[0]->n_facts, d->records[0]->facts, "victim"));
	assert_true(says(d->records[0]->n_facts, d->records[0]->facts, "minor"));
	assert_int_equal(d->records[d->n_records - 1]->n_facts, 0);
	for (size_t i = 0; i < d->n_records; i++) {
		struct fieldset set  = fields_of(d->records[i]);
		bool            rest = i + 1 == d->n_records;
		assert_int_equal(
		    fieldset_has(&set, schema_find("persons.role")->index), !rest);
		assert_int_equal(
		    fieldset_has(&set, schema_find("meta.origin")->index), rest);
	}
	assert_null(d->region);
	assert_false(d->has_held_back || d->has_desk_unknown || d->has_region_unknown);
}

/* What is weighed for one who is not served at all is told as well. */
static void
the_detail_of_a_denial_says_what_was_weighed(void **state)
{
	AUTO(world_wipe) struct world w;
	(void)state;
	world(&w, OIN_KMAR);
	AUTO(message_destroy)
	Sluis__Detail *d = detail_of(&w, "08-weekly-registrations.json");
	assert_true(d->n_records > 1);
	assert_true(says(d->n_facts, d->facts, "sender_signed"));
}

static void
no_value_stands_in_what_was_weighed(void **state)
{
	AUTO(buf_wipe)
	struct buf                        flat = buf_init(1 << 20);
	AUTO(scratch_wipe) struct scratch mem  = scratch_init(MUCH);
	struct slice                      records;
	struct wild                       r = {.state = 11, .fields = 100};
	(void)state;
	AUTO(message_destroy) Sluis__Signal *signal = wild_signal(&r);
	struct contents                     *contents;
	must(contents_list(&signal->base, &mem, &contents));
	must(weighed_records(contents, COUNTED_NEW, 20000, &mem, &records));
	flat_signal(signal, 20000, NULL, NULL, &flat);
	must(buf_append(&flat, slice_of("", 1)));
	size_t n = 0;
	for (const char *at = (const char *)flat.p; at != NULL && *at != '\0';) {
		const char *is = strchr(at, '='), *end = strchr(at, '\n');
		if (is == NULL || end == NULL) break;
		if (end - is > 6) {
			n++;
			assert_null(
			    memmem(records.p, records.n, is + 1, (size_t)(end - is - 1)));
		}
		at = end + 1;
	}
	assert_true(n > 50);
}

static void
a_region_that_the_policy_does_not_know_is_not_repeated(void **state)
{
	AUTO(world_wipe) struct world w;
	(void)state;
	world(&w, OIN_POLICE);
	w.submit.region = (char *)(uintptr_t) "jan-jansen-999990019";
	AUTO(message_destroy)
	Sluis__Detail *d = detail_of(&w, "08-weekly-registrations.json");
	assert_null(d->region);
	assert_true(d->has_region_unknown && d->region_unknown);
	assert_string_equal(d->code, "convenant_not_in_force");
}

static void
a_desk_that_the_recipient_has_not_is_marked(void **state)
{
	AUTO(world_wipe) struct world w;
	(void)state;
	world(&w, OIN_POLICE);
	w.recipient.desk = (char *)(uintptr_t) "jan";
	AUTO(message_destroy)
	Sluis__Detail *d = detail_of(&w, "08-weekly-registrations.json");
	assert_true(d->has_desk_unknown && d->desk_unknown);
}

static void
a_known_region_is_told_by_its_name(void **state)
{
	AUTO(world_wipe) struct world w;
	(void)state;
	world(&w, OIN_POLICE);
	w.submit.region = (char *)(uintptr_t) "rivierenland";
	AUTO(message_destroy)
	Sluis__Detail *d = detail_of(&w, "08-weekly-registrations.json");
	assert_string_equal(d->region, "rivierenland");
}

static void
the_fullest_signal_fits_a_detail(void **state)
{
	AUTO(scratch_wipe) struct scratch mem = scratch_init(MUCH);
	struct slice                      records;
	Sluis__Person                     p = SLUIS__PERSON__INIT;
	Sluis__Person                    *many[SIGNAL_RECORDS_MAX];
	Sluis__Signal                     s = SLUIS__SIGNAL__INIT;
	(void)state;
	for (size_t i = 0; i < SIGNAL_RECORDS_MAX; i++) many[i] = &p;
	s.n_persons = SIGNAL_RECORDS_MAX;
	s.persons   = many;
	struct contents *contents;
	must(contents_list(&s.base, &mem, &contents));
	assert_int_equal(
	    weighed_records(contents, COUNTED_NEW, 20000, &mem, &records), RC_OK);
	AUTO(message_destroy)
	Sluis__Detail *d = sluis__detail__unpack(NULL, records.n, records.p);
	assert_int_equal(d->n_records, SIGNAL_RECORDS_MAX + 1);
	struct wild                          r      = {.state = 12, .fields = 100};
	AUTO(message_destroy) Sluis__Signal *signal = wild_signal(&r);
	must(contents_list(&signal->base, &mem, &contents));
	assert_int_equal(
	    weighed_records(contents, COUNTED_NEW, 20000, &mem, &records), RC_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_size_becomes_a_class_or_is_refused),
	    cmocka_unit_test(an_empty_copy_is_padded_too),
	    cmocka_unit_test(
	        a_served_recipient_gets_a_padded_copy_that_its_leaf_commits_to),
	    cmocka_unit_test(a_leaf_tells_neither_values_nor_what_was_withheld),
	    cmocka_unit_test(who_is_not_entitled_gets_a_leaf_and_no_copy),
	    cmocka_unit_test(a_refusal_of_what_nobody_knows_withholds_everything),
	    cmocka_unit_test(a_desk_that_nobody_has_is_not_repeated),
	    cmocka_unit_test(what_is_said_of_a_stranger_is_not_repeated),
	    cmocka_unit_test(two_copies_of_one_signal_have_nothing_salted_in_common),
	    cmocka_unit_test(a_hidden_record_changes_no_byte_of_the_copy),
	    cmocka_unit_test(more_fields_than_a_leaf_can_name_are_refused),
	    cmocka_unit_test(the_fullest_signal_fits_a_leaf_for_everybody),
	    cmocka_unit_test(the_detail_names_the_facts_and_fields_that_were_weighed),
	    cmocka_unit_test(the_detail_of_a_denial_says_what_was_weighed),
	    cmocka_unit_test(no_value_stands_in_what_was_weighed),
	    cmocka_unit_test(a_region_that_the_policy_does_not_know_is_not_repeated),
	    cmocka_unit_test(a_desk_that_the_recipient_has_not_is_marked),
	    cmocka_unit_test(a_known_region_is_told_by_its_name),
	    cmocka_unit_test(the_fullest_signal_fits_a_detail),
	};
	return cmocka_run_group_tests(tests, make, drop);
}
