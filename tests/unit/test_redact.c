/* SPDX-License-Identifier: EUPL-1.2 */
/* test_redact.c - what a recipient gets is a subset, in order, and nothing tells of the
 * rest. */
#include "broker/decision/redact.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/guard.h"
#include "proto/message.h"
#include "support/bundle.h"
#include "support/keykit.h"
#include "support/region.h"
#include "support/wild.h"

enum { BIG = 1 << 20, MUCH = 64 << 20 };

static const uint8_t         master[KEY_BYTES] = {7};
static struct pseudonymiser *psn, *ending; /* the second: of an overlap, or NULL */
static struct policy        *shipped;

static int
make_world(void **state)
{
	(void)state;
	if (sodium_init() < 0) return -1;
	if (kit_pseudonymiser(&psn, master, "2026") != RC_OK) return -1;
	shipped = bundle_policy(bundle_shipped());
	return 0;
}

static int
drop_world(void **state)
{
	(void)state;
	pseudonymiser_destroy(&psn);
	policy_destroy(&shipped);
	return 0;
}

/* --- one redaction --------------------------------------------------------------- */

struct result {
	struct ruling  ruling;
	struct scratch mem; /* the cut is in it */
	struct cut     cut;
	Sluis__Signal *out;
};

/* What WIRE holds, in MEM, and the tree of which its sender would sign the root. */
static rc
read_wire(struct slice wire, struct scratch *mem, struct contents **ret,
    struct disclosure **ret_tree)
{
	static const uint8_t seed[KEY_BYTES] = {3};
	ProtobufCMessage    *m               = NULL;

	*mem = scratch_init(MUCH);
	TRY(guard_unpack_in(mem, &sluis__signal__descriptor, wire, guard_signal, &m));
	TRY(contents_list(m, mem, ret));
	return disclosure_new(ret_tree, *ret, seed, mem);
}

static void
result_wipe(struct result *r)
{
	cut_wipe(&r->cut);
	scratch_wipe(&r->mem);
	message_destroy(&r->out);
}

/* What came out, what is stated and the evidence lead to ROOT, and to no other. */
static void
assert_evidence(const struct result *r, const struct short_hash *root)
{
	struct stated     stated[DISCLOSURE_STATED_MAX];
	struct short_hash got;
	size_t            n = 0;

	for (size_t i = 0; i < r->cut.n_statements; i++, n++)
		assert_true(flat_resolve(r->out, r->cut.statements[i].path,
		    &stated[n].message, &stated[n].field));
	assert_int_equal(
	    disclosure_check(&r->out->base, stated, n, r->cut.evidence, &got), RC_OK);
	assert_memory_equal(got.b, root->b, sizeof got.b);
}

static void
redact(const struct ruling *ruling, const struct question *q, struct slice wire,
    struct result *ret)
{
	struct contents   *contents;
	struct disclosure *tree;
	struct ruled       ruled = {.n = 0};

	assert_int_equal(read_wire(wire, &ret->mem, &contents, &tree), RC_OK);
	struct short_hash root = disclosure_root(tree);
	struct redaction  r    = {.ruling = ruling,
	        .pseudonymiser            = psn,
	        .former                   = ending,
	        .domain                   = {q->recipient_oin, q->convenant, "", q->purpose},
	        .today                    = q->today,
	        .tree                     = tree,
	        .mem                      = &ret->mem,
	        .ruled                    = &ruled};
	assert_int_equal(redact_signal(&r, contents, &ret->cut), RC_OK);
	assert_int_equal(guard_unpack(&sluis__signal__descriptor, ret->cut.signal,
	                     guard_signal, (ProtobufCMessage **)(void *)&ret->out),
	    RC_OK);
	assert_evidence(ret, &root);
}

static struct question
small_question(const char *recipient)
{
	return (struct question){.convenant = "t",
	    .phase                          = "1",
	    .purpose                        = "help",
	    .sender_oin                     = "00000099000000000010",
	    .sender_desk                    = "front",
	    .recipient_oin                  = recipient,
	    .today                          = day("2026-01-15")};
}

#define CARE "00000099000000000030"

/* JSON, redacted for the care desk under the small policy with RULES and BARS. */
static void
redact_small(const char *bars, const char *rules, const char *json, struct result *ret)
{
	AUTO(policy_destroy) struct policy *p = bundle_policy(bundle_small(bars, rules));
	AUTO(buf_wipe) struct buf           wire = buf_init(SIGNAL_MAX);
	struct question                     q    = small_question(CARE);

	*ret = (struct result){0};
	signal_from_json(json, &wire);
	policy_rule(p, &q, &ret->ruling);
	assert_int_equal(ret->ruling.code, RC_OK);
	redact(&ret->ruling, &q, buf_slice(&wire), ret);
	/* kinds and rules are borrowed from a policy that ends here: look at copies only
	 */
	for (size_t i = 0; i < ret->cut.n_statements; i++)
		ret->cut.statements[i].kind = NULL;
}

static void
assert_flat(const struct result *r, const char *want)
{
	AUTO(buf_wipe) struct buf got = buf_init(BIG);
	flat_signal(r->out, 0, NULL, NULL, &got);
	assert_int_equal(buf_append(&got, slice_of("", 1)), RC_OK);
	assert_string_equal((char *)got.p, want);
}

static void
assert_statement(const struct result *r, size_t i, const char *path, const char *value)
{
	const struct statement *s = &r->cut.statements[i];
	assert_true(i < r->cut.n_statements);
	assert_string_equal(s->path, path);
	if (value == NULL) {
		assert_int_equal(s->action, SLUIS__ACTION__ACTION_PSEUDONYMISE);
		assert_int_equal(s->value.n, PSEUDONYM_CHARS);
		assert_memory_equal(s->value.p, "psn1.", 5);
	} else {
		assert_int_equal(s->action, SLUIS__ACTION__ACTION_GENERALISE);
		assert_int_equal(s->value.n, strlen(value));
		assert_memory_equal(s->value.p, value, strlen(value));
	}
}

#define RELEASE(categories)                                                    \
	"  - {id: r, article: A, recipients: [care], categories: [" categories \
	"], action: release}\n"
#define FIELDS(id, action, fields)                                          \
	"  - {id: " id ", article: A, recipients: [care], fields: [" fields \
	"], action: " action "}\n"

/* --- silence --------------------------------------------------------------------- */

static void
a_field_that_no_rule_names_does_not_pass(void **state)
{
	AUTO(result_wipe) struct result r;
	(void)state;
	redact_small(NULL, RELEASE("permit"),
	    "{\"meta\":{\"strength\":\"WEAK\"},\"persons\":[{\"role\":\"VICTIM\",\"bsn\":"
	    "\"999990019\",\"contact\":{\"phone\":\"+31600000130\"}}],\"reporter\":{"
	    "\"name\":"
	    "\"X\"}}",
	    &r);
	assert_int_equal(r.cut.signal.n, 0);
	assert_int_equal(r.cut.n_statements, 0);
}

static void
exactly_what_a_rule_releases_passes(void **state)
{
	AUTO(result_wipe) struct result r;
	(void)state;
	redact_small(NULL,
	    FIELDS(
	        "r", "release", "persons.nationality, exploitation.types, meta.urgent"),
	    "{\"meta\":{\"strength\":\"WEAK\",\"urgent\":false},\"exploitation\":{"
	    "\"types\":["
	    "\"SERVITUDE\",\"FORCED_LABOUR\"],\"sector\":\"DRUGS\"},\"persons\":[{"
	    "\"role\":"
	    "\"VICTIM\",\"nationality\":\"NL\",\"bsn\":\"999990019\"}]}",
	    &r);
	assert_flat(&r, "meta.urgent=0\nexploitation.types=5\nexploitation.types=1\n"
	                "persons.nationality=NL\n");
	assert_int_equal(r.cut.n_statements, 0);
}

static void
a_message_with_nothing_left_goes_too(void **state)
{
	AUTO(result_wipe) struct result r;
	(void)state;
	redact_small(NULL, FIELDS("r", "release", "persons.nationality"),
	    "{\"persons\":[{\"nationality\":\"NL\",\"contact\":{\"phone\":\"+"
	    "31600000130\"},"
	    "\"consents\":[{\"scope\":\"CARE_TO_CARE\"},{\"given_on\":\"2026-01-01\"}]}],"
	    "\"vehicles\":[{\"plate\":\"Q12345\"}]}",
	    &r);
	assert_null(r.out->persons[0]->contact);
	assert_int_equal(r.out->persons[0]->n_consents, 0);
	assert_int_equal(r.out->n_vehicles, 0);
}

static void
a_message_that_came_empty_is_not_passed_on(void **state)
{
	AUTO(policy_destroy)
	struct policy *p = bundle_policy(
	    bundle_small(NULL, FIELDS("r", "release", "persons.nationality")));
	struct question                 q = small_question(CARE);
	AUTO(result_wipe) struct result r = {0};
	/* persons {nationality NL, contact {}, consents {}}, persons {}, vehicles {} */
	static const uint8_t wire[] = {
	    0x1a, 9, 0x62, 2, 'N', 'L', 0x7a, 0, 0xda, 1, 0, 0x1a, 0, 0x32, 0};
	(void)state;
	policy_rule(p, &q, &r.ruling);
	redact(&r.ruling, &q, slice_of(wire, sizeof wire), &r);
	assert_int_equal(r.out->n_persons, 1);
	assert_null(r.out->persons[0]->contact);
	assert_int_equal(r.out->persons[0]->n_consents, 0);
	assert_int_equal(r.out->n_vehicles, 0);
}

/* --- two records of one person --------------------------------------------------- */

static void
the_role_one_may_not_see_leaves_no_gap(void **state)
{
	AUTO(result_wipe) struct result r;
	(void)state;
	redact_small(NULL,
	    "  - {id: r, article: A, recipients: [care], fields: [persons.nationality, "
	    "persons.gender], when: [victim], action: release}\n"
	    "  - {id: p, article: A, recipients: [care], fields: [persons.bsn], when: "
	    "[victim], "
	    "action: pseudonymise}\n",
	    "{\"persons\":[{\"role\":\"SUSPECT\",\"bsn\":\"999990019\",\"nationality\":"
	    "\"DE\"},"
	    "{\"role\":\"VICTIM\",\"bsn\":\"999990019\",\"nationality\":\"NL\"},"
	    "{\"role\":\"SUSPECT\",\"gender\":\"FEMININE\"},"
	    "{\"role\":\"VICTIM\",\"bsn\":\"999990019\"}]}",
	    &r);
	assert_int_equal(r.out->n_persons, 2);
	assert_flat(&r, "persons.nationality=NL\n");
	assert_int_equal(r.cut.n_statements, 2);
	assert_statement(&r, 0, "persons[0].bsn", NULL);
	assert_statement(&r, 1, "persons[1].bsn", NULL);
	assert_memory_equal(
	    r.cut.statements[0].value.p, r.cut.statements[1].value.p, PSEUDONYM_CHARS);
}

static void
redacting_with_and_without_the_hidden_record_gives_the_same(void **state)
{
	static const char rules[] = "  - {id: r, article: A, recipients: [care], fields: "
	                            "[persons.nationality], when: "
	                            "[victim], action: release}\n"
	                            "  - {id: p, article: A, recipients: [care], fields: "
	                            "[persons.bsn], when: [victim], "
	                            "action: pseudonymise}\n";
	AUTO(result_wipe) struct result with, without;
	(void)state;
	redact_small(NULL, rules,
	    "{\"persons\":[{\"role\":\"SUSPECT\",\"bsn\":\"999990019\"},{\"role\":"
	    "\"VICTIM\","
	    "\"bsn\":\"999990019\",\"nationality\":\"NL\"}]}",
	    &with);
	redact_small(NULL, rules,
	    "{\"persons\":[{\"role\":\"VICTIM\",\"bsn\":\"999990019\",\"nationality\":"
	    "\"NL\"}]}",
	    &without);
	assert_true(slice_equal(with.cut.signal, without.cut.signal));
	assert_int_equal(with.cut.n_statements, without.cut.n_statements);
	assert_string_equal(with.cut.statements[0].path, without.cut.statements[0].path);
	assert_true(
	    slice_equal(with.cut.statements[0].value, without.cut.statements[0].value));
}

/* --- statements -----------------------------------------------------------------------
 */

static void
a_pseudonym_without_all_its_parts_is_withheld(void **state)
{
	AUTO(result_wipe) struct result r;
	(void)state;
	redact_small(NULL,
	    FIELDS("p", "pseudonymise",
	        "persons.family_name, persons.given_names, persons.birth_date"),
	    "{\"persons\":[{\"family_name\":\"Vos\",\"given_names\":\"An\"},"
	    "{\"family_name\":\"Vos\",\"birth_date\":\"2001-02-03\"},"
	    "{\"given_names\":\"An\",\"birth_date\":\"2001-02-03\"}]}",
	    &r);
	assert_int_equal(r.cut.signal.n, 0);
	assert_int_equal(r.cut.n_statements, 0);
	assert_int_equal(r.cut.grounds.n, 1);
	assert_int_equal(r.cut.grounds.at[0].action, SLUIS__ACTION__ACTION_WITHHOLD);
}

static void
a_pseudonym_with_all_its_parts_hangs_on_the_first(void **state)
{
	AUTO(result_wipe) struct result r;
	(void)state;
	redact_small(NULL,
	    FIELDS("p", "pseudonymise",
	        "persons.family_name, persons.given_names, persons.birth_date"),
	    "{\"persons\":[{\"nationality\":\"NL\"},{\"family_name\":\"Vos\",\"given_"
	    "names\":"
	    "\"An\",\"birth_date\":\"2001-02-03\"}]}",
	    &r);
	assert_int_equal(r.out->n_persons, 1); /* kept: the statement hangs on it */
	assert_flat(&r, "");
	assert_int_equal(r.cut.n_statements, 1);
	assert_statement(&r, 0, "persons[0].family_name", NULL);
}

#define SOURCES(rule)                                                            \
	"  - {id: s, article: A, recipients: [care], categories: [provenance], " \
	"action: release}\n" rule

#define SOURCE(path) "{\"path\":\"" path "\",\"register\":\"BRP\"}"

static void
the_source_of_a_field_goes_where_the_field_goes(void **state)
{
	AUTO(result_wipe) struct result r;
	(void)state;
	redact_small(NULL,
	    SOURCES("  - {id: r, article: A, recipients: [care], fields: "
	            "[persons.nationality], action: release}\n"),
	    "{\"persons\":[{\"nationality\":\"NL\",\"bsn\":\"999990019\"}],"
	    "\"field_sources\":[" SOURCE("persons.bsn") "," SOURCE(
	        "persons.nationality") "," SOURCE("persons.gender") "]}",
	    &r);
	assert_flat(&r, "persons.nationality=NL\n"
	                "field_sources.path=persons.nationality\n"
	                "field_sources.register=2\n");
}

/* One record of which it is withheld is enough: else the source tells of that one. */
static void
a_field_withheld_in_one_record_has_no_source(void **state)
{
	AUTO(result_wipe) struct result r;
	(void)state;
	redact_small(NULL,
	    SOURCES("  - {id: r, article: A, recipients: [care], fields: "
	            "[persons.nationality], when: [victim], action: release}\n"),
	    "{\"persons\":[{\"role\":\"VICTIM\",\"nationality\":\"NL\"},"
	    "{\"role\":\"SUSPECT\",\"nationality\":\"DE\"}],"
	    "\"field_sources\":[" SOURCE("persons.nationality") "]}",
	    &r);
	assert_flat(&r, "persons.nationality=NL\n");
	assert_int_equal(r.out->n_field_sources, 0);
}

static void
a_pseudonym_has_no_source(void **state)
{
	AUTO(result_wipe) struct result r;
	(void)state;
	redact_small(NULL,
	    SOURCES("  - {id: p, article: A, recipients: [care], fields: [persons.bsn], "
	            "action: pseudonymise}\n"),
	    "{\"persons\":[{\"bsn\":\"999990019\"}],"
	    "\"field_sources\":[" SOURCE("persons.bsn") "]}",
	    &r);
	assert_int_equal(r.cut.n_statements, 1);
	assert_int_equal(r.out->n_field_sources, 0);
}

/* A source of a source, of itself, or of nothing. */
static void
a_source_of_no_field_goes_to_nobody(void **state)
{
	AUTO(result_wipe) struct result r;
	(void)state;
	redact_small(NULL, SOURCES(""),
	    "{\"field_sources\":[" SOURCE("persons") "," SOURCE("") "," SOURCE(
	        "persons.nationality") ",{\"register\":\"KVK\"}]}",
	    &r);
	assert_flat(&r, "");
	assert_int_equal(r.out->n_field_sources, 0);
}

/* What a record before it had says nothing of this one. */
static void
a_pseudonym_counts_for_its_own_record_only(void **state)
{
	AUTO(result_wipe) struct result r;
	const struct ground            *g;
	(void)state;
	redact_small(NULL,
	    FIELDS("p", "pseudonymise",
	        "persons.family_name, persons.given_names, persons.birth_date"),
	    "{\"persons\":[{\"family_name\":\"Vos\",\"given_names\":\"An\",\"birth_"
	    "date\":"
	    "\"2001-02-03\"},{\"family_name\":\"Vos\",\"given_names\":\"Bo\"}]}",
	    &r);
	g = r.cut.grounds.at;
	assert_int_equal(r.cut.n_statements, 1);
	assert_int_equal(r.out->n_persons, 1);
	assert_int_equal(r.cut.grounds.n, 2);
	assert_int_equal(g[0].action, SLUIS__ACTION__ACTION_PSEUDONYMISE);
	assert_int_equal(g[1].action, SLUIS__ACTION__ACTION_WITHHOLD);
	assert_true(
	    fieldset_has(&g[1].fields, schema_find("persons.family_name")->index));
}

static void
what_has_no_normal_form_is_withheld(void **state)
{
	AUTO(result_wipe) struct result r;
	(void)state;
	redact_small(NULL, FIELDS("p", "pseudonymise", "persons.bsn"),
	    "{\"persons\":[{\"bsn\":\"123456789\"}]}", &r);
	assert_int_equal(r.cut.signal.n, 0);
	assert_int_equal(r.cut.n_statements, 0);
	assert_int_equal(r.cut.grounds.at[0].action, SLUIS__ACTION__ACTION_WITHHOLD);
}

/* Each identifier twice, at the same place: first as it will be, then as it was. */
static void
in_an_overlap_both_pseudonyms_are_stated(void **state)
{
	static const char               json[] = "{\"persons\":[{\"bsn\":\"999990019\"},"
	                                         "{\"bsn\":\"999990020\"}]}";
	AUTO(result_wipe) struct result alone, both;
	const uint8_t                   root[KEY_BYTES] = {9};
	struct pseudonymiser           *now             = psn;
	(void)state;
	redact_small(NULL, FIELDS("p", "pseudonymise", "persons.bsn"), json, &alone);
	ending = psn;
	must(kit_pseudonymiser(&psn, root, "2027"));
	redact_small(NULL, FIELDS("p", "pseudonymise", "persons.bsn"), json, &both);
	assert_true(alone.cut.n_statements > 0);
	assert_int_equal(both.cut.n_statements, 2 * alone.cut.n_statements);
	for (size_t i = 0; i < both.cut.n_statements; i++) {
		const struct statement *s = &both.cut.statements[i];
		const struct statement *a = &alone.cut.statements[i / 2];
		assert_int_equal(s->former, i % 2 == 1);
		assert_string_equal(s->path, a->path);
		assert_int_equal(slice_equal(s->value, a->value), i % 2 == 1);
		assert_false(a->former);
	}
	pseudonymiser_destroy(&psn);
	psn    = now;
	ending = NULL;
}

static void
a_field_that_is_no_identifier_cannot_be_pseudonymised(void **state)
{
	/* the policy refuses such a rule; the parts of one without its first are withheld
	 */
	AUTO(result_wipe) struct result r;
	(void)state;
	redact_small(NULL,
	    FIELDS("p", "pseudonymise", "persons.given_names, persons.birth_date"),
	    "{\"persons\":[{\"family_name\":\"Vos\",\"given_names\":\"An\",\"birth_"
	    "date\":"
	    "\"2001-02-03\"}]}",
	    &r);
	assert_int_equal(r.cut.signal.n, 0);
	assert_int_equal(r.cut.n_statements, 0);
}

static void
a_date_becomes_a_year_and_a_postcode_four_digits(void **state)
{
	AUTO(result_wipe) struct result r;
	(void)state;
	redact_small(NULL,
	    FIELDS("r", "release",
	        "persons.nationality") "  - {id: y, article: A, recipients: [care], "
	                               "fields: [persons.birth_date], action: "
	                               "generalise, to: year}\n"
	                               "  - {id: c, article: A, recipients: [care], "
	                               "fields: [persons.residence.postcode], "
	                               "action: generalise, to: postcode4}\n"
	                               "  - {id: s, article: A, recipients: [care], "
	                               "fields: [narrative.text], "
	                               "action: generalise, to: present}\n",
	    "{\"persons\":[{\"birth_date\":\"2001-02-03\",\"residence\":{\"postcode\":"
	    "\"1234 "
	    "AB\",\"city\":\"Waalbrug\"}}],\"narrative\":{\"text\":\"Jantje zag "
	    "pruimen\"}}",
	    &r);
	assert_flat(&r, "");
	assert_int_equal(r.cut.n_statements, 3);
	assert_statement(&r, 0, "persons[0].birth_date", "2001");
	assert_statement(&r, 1, "persons[0].residence.postcode", "1234");
	assert_statement(&r, 2, "narrative.text", "present");
	assert_non_null(r.out->narrative);
	assert_null(r.out->narrative->text);
}

static void
that_there_is_one_does_not_tell_how_many(void **state)
{
	static const char               rules[] = FIELDS("r", "release",
	                  "persons.nationality") "  - {id: y, article: A, recipients: [care], fields: "
	                                         "[persons.aliases], action: "
	                                         "generalise, to: present}\n";
	AUTO(result_wipe) struct result one, three;
	(void)state;
	redact_small(NULL, rules, "{\"persons\":[{\"aliases\":[\"a\"]}]}", &one);
	redact_small(
	    NULL, rules, "{\"persons\":[{\"aliases\":[\"a\",\"b\",\"c\"]}]}", &three);
	assert_int_equal(one.cut.n_statements, 1);
	assert_int_equal(three.cut.n_statements, 1);
	assert_string_equal(one.cut.statements[0].path, three.cut.statements[0].path);
}

/* --- unknown fields -------------------------------------------------------------- */

/* Copy WIRE with an unknown field (99: "LEAK-ME") inside the message at every level. */
static void
salt_message(const ProtobufCMessageDescriptor *d, struct slice wire, struct buf *out)
{
	static const uint8_t leak[] = {0x9a, 0x06, 7, 'L', 'E', 'A', 'K', '-', 'M', 'E'};
	ProtobufCMessage    *m      = protobuf_c_message_unpack(d, NULL, wire.n, wire.p);
	assert_non_null(m);
	for (unsigned i = 0; i < d->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &d->fields[i];
		if (f->type != PROTOBUF_C_TYPE_MESSAGE) continue;
		for (size_t k = 0; k < field_count(m, f); k++) {
			AUTO(buf_wipe)
			struct buf         sub = buf_init(BIG), salted = buf_init(BIG);
			ProtobufCMessage **slot = field_value(m, f, k);
			pack_message(*slot, &sub);
			salt_message(f->descriptor, buf_slice(&sub), &salted);
			message_destroy(slot);
			*slot = protobuf_c_message_unpack(
			    f->descriptor, NULL, salted.n, salted.p);
			assert_non_null(*slot);
		}
	}
	pack_message(m, out);
	assert_int_equal(buf_append(out, slice_of(leak, sizeof leak)), RC_OK);
	message_destroy(&m);
}

static void
unknown_fields_vanish_at_every_depth(void **state)
{
	AUTO(buf_wipe) struct buf       plain = buf_init(BIG), salted = buf_init(BIG);
	AUTO(result_wipe) struct result a = {0}, b = {0};
	struct question q = {"riec", "2", "casusoverleg", OIN_MUNICIPALITY, "meldpunt",
	    OIN_POLICE, NULL, day("2026-11-20"), NULL, 0, NULL};
	(void)state;
	signal_from_file("04-hotel-and-webcam.json", &plain);
	salt_message(&sluis__signal__descriptor, buf_slice(&plain), &salted);
	assert_non_null(memmem(salted.p, salted.n, "LEAK-ME", 7));
	policy_rule(shipped, &q, &a.ruling);
	assert_int_equal(a.ruling.code, RC_OK);
	redact(&a.ruling, &q, buf_slice(&plain), &a);
	redact(&a.ruling, &q, buf_slice(&salted), &b);
	assert_true(a.cut.signal.n > 0);
	assert_true(slice_equal(a.cut.signal, b.cut.signal));
	assert_false(flat_has_unknown(&b.out->base));
}

static void
evidence_is_taken_out_of_the_tree_of_this_signal_alone(void **state)
{
	AUTO(policy_destroy)
	struct policy *p = bundle_policy(bundle_small(NULL, RELEASE("permit")));
	AUTO(scratch_wipe) struct scratch mem = scratch_init(0), more = scratch_init(0);
	AUTO(buf_wipe)
	struct buf         wire = buf_init(SIGNAL_MAX), other = buf_init(SIGNAL_MAX);
	struct disclosure *tree, *another;
	struct contents   *contents, *others;
	struct question    q = small_question(CARE);
	struct ruling      ruling;
	struct ruled       ruled = {.n = 0};
	struct cut         cut   = {0};
	(void)state;
	signal_from_json("{\"permits\":[{\"kind\":\"SUBSIDY\"}]}", &wire);
	signal_from_json(
	    "{\"permits\":[{\"kind\":\"SUBSIDY\"},{\"kind\":\"SUBSIDY\"}]}", &other);
	policy_rule(p, &q, &ruling);
	assert_int_equal(read_wire(buf_slice(&wire), &mem, &contents, &tree), RC_OK);
	assert_int_equal(read_wire(buf_slice(&other), &more, &others, &another), RC_OK);
	struct redaction r = {.ruling = &ruling,
	    .pseudonymiser            = psn,
	    .domain                   = {CARE, "t", "", "help"},
	    .today                    = q.today,
	    .tree                     = tree,
	    .mem                      = &mem,
	    .ruled                    = &ruled};
	assert_int_equal(redact_signal(&r, contents, &cut), RC_OK);
	cut_wipe(&cut);
	assert_int_equal(redact_signal(&r, others, &cut), RC_INTERNAL);
	r.tree = another;
	assert_int_equal(redact_signal(&r, contents, &cut), RC_INTERNAL);
	assert_null(cut.signal.p);
	assert_null(cut.evidence);
}

/* --- the property ---------------------------------------------------------------- */

struct oracle {
	const struct ruling *ruling;
	bool                 released; /* want those that are, or those that are not */
};

static uint8_t
action_for(const struct ruling *ruling, const struct schema_field *field, factset facts)
{
	struct cell cells[SCHEMA_FIELDS_MAX];
	ruling_cells(ruling, facts, cells);
	return cells[field->index].action;
}

static bool
keep(void *arg, const struct schema_field *field, factset facts)
{
	const struct oracle *o = arg;
	/* no random text is the path of a field: such a source goes to nobody */
	if (strncmp(field->path, "field_sources.", 14) == 0) return !o->released;
	return (action_for(o->ruling, field, facts) == SLUIS__ACTION__ACTION_RELEASE) ==
	       o->released;
}

static bool
occurs(const struct result *r, const char *value, size_t n)
{
	if (r->cut.signal.n != 0 &&
	    memmem(r->cut.signal.p, r->cut.signal.n, value, n) != NULL)
		return true;
	for (size_t i = 0; i < r->cut.n_statements; i++)
		if (memmem(r->cut.statements[i].value.p, r->cut.statements[i].value.n,
		        value, n) != NULL)
			return true;
	return false;
}

/* No distinctive text of the lines in HIDDEN is anywhere in what went out. */
static void
assert_hidden(const struct result *r, struct buf *hidden)
{
	assert_int_equal(buf_append(hidden, slice_of("", 1)), RC_OK);
	for (char *line = strtok((char *)hidden->p, "\n"); line != NULL;
	     line       = strtok(NULL, "\n")) {
		const char *value = strchr(line, '=') + 1;
		if (strlen(value) < 6) continue; /* booleans, enums */
		if (occurs(r, value, strlen(value))) fail_msg("%s went out", line);
	}
}

static void
assert_statements_fit(const struct result *r)
{
	for (size_t i = 0; i < r->cut.n_statements; i++) {
		const struct statement         *s = &r->cut.statements[i];
		const ProtobufCMessage         *m = NULL;
		const ProtobufCFieldDescriptor *f = NULL;
		if (!flat_resolve(r->out, s->path, &m, &f))
			fail_msg("%s leads nowhere", s->path);
		assert_int_equal(field_count(m, f), 0); /* stated instead of the value */
	}
}

/* An empty message is only there to carry a statement. */
static void
assert_nothing_empty(const struct result *r)
{
	const ProtobufCMessage *where = NULL;
	if (!flat_has_empty(&r->out->base, &where)) return;
	for (size_t i = 0; i < r->cut.n_statements; i++) {
		const ProtobufCMessage         *m = NULL;
		const ProtobufCFieldDescriptor *f = NULL;
		if (flat_resolve(r->out, r->cut.statements[i].path, &m, &f) && m == where)
			return;
	}
	fail_msg("an empty %s went out", where->descriptor->name);
}

static void
assert_subset(const struct question *q, const Sluis__Signal *in, struct slice wire)
{
	AUTO(result_wipe) struct result r      = {0};
	AUTO(buf_wipe) struct buf       wanted = buf_init(BIG), got = buf_init(BIG);
	AUTO(buf_wipe) struct buf       hidden = buf_init(BIG);

	policy_rule(shipped, q, &r.ruling);
	if (r.ruling.code != RC_OK) return;
	redact(&r.ruling, q, wire, &r);
	flat_signal(in, q->today, keep, &(struct oracle){&r.ruling, true}, &wanted);
	flat_signal(in, q->today, keep, &(struct oracle){&r.ruling, false}, &hidden);
	flat_signal(r.out, q->today, NULL, NULL, &got);
	if (!slice_equal(buf_slice(&wanted), buf_slice(&got)))
		fail_msg("%s %s to %s:\n%.*s\ninstead of\n%.*s", q->convenant, q->phase,
		    q->recipient_oin, (int)got.n, (char *)got.p, (int)wanted.n,
		    (char *)wanted.p);
	assert_hidden(&r, &hidden);
	assert_statements_fit(&r);
	assert_nothing_empty(&r);
	assert_false(flat_has_unknown(&r.out->base));
}

/* Every recipient and desk under convenant C, phase and purpose of Q. */
static void
for_everybody(struct question *q, const Sluis__Signal *in, struct slice wire)
{
	for (size_t i = 0; i < policy_n_parties(shipped); i++) {
		const struct party *p = policy_party_at(shipped, i);
		q->recipient_oin      = p->oin;
		for (size_t k = 0; p->desks[k] != NULL; k++) {
			q->recipient_desk = p->desks[k];
			assert_subset(q, in, wire);
		}
	}
}

static void
try_signal(const Sluis__Signal *in, const char *sender, const char *desk)
{
	AUTO(buf_wipe) struct buf wire = buf_init(BIG);
	pack_message(&in->base, &wire);
	if (wire.n > SIGNAL_MAX) return;
	for (size_t c = 0; c < policy_n_convenants(shipped); c++) {
		const struct convenant_info *info = policy_convenant_at(shipped, c);
		for (size_t ph = 0; info->phases[ph] != NULL; ph++) {
			struct question q = {.convenant = info->id,
			    .phase                      = info->phases[ph],
			    .purpose                    = info->purposes[0],
			    .sender_oin                 = sender,
			    .sender_desk                = desk,
			    .today                      = day("2026-11-20"),
			    .message = facts_of_signal(in, day("2026-11-20")) &
			               ~fact_bit(FACT_CIE)};
			for_everybody(&q, in, buf_slice(&wire));
		}
	}
}

static void
random_signals_come_out_as_the_released_subset_for_everybody(void **state)
{
	struct wild w = {.state = 20261121};
	(void)state;
	for (int i = 0; i < 120; i++) {
		w.fields          = 20 + (unsigned)(i % 9) * 10;
		Sluis__Signal *in = wild_signal(&w);
		try_signal(in, i % 3 == 0 ? OIN_POLICE : OIN_MUNICIPALITY,
		    i % 3 == 0 ? "avim" : "meldpunt");
		message_destroy(&in);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(evidence_is_taken_out_of_the_tree_of_this_signal_alone),
	    cmocka_unit_test(a_field_that_no_rule_names_does_not_pass),
	    cmocka_unit_test(exactly_what_a_rule_releases_passes),
	    cmocka_unit_test(a_message_with_nothing_left_goes_too),
	    cmocka_unit_test(a_message_that_came_empty_is_not_passed_on),
	    cmocka_unit_test(the_role_one_may_not_see_leaves_no_gap),
	    cmocka_unit_test(redacting_with_and_without_the_hidden_record_gives_the_same),
	    cmocka_unit_test(a_pseudonym_without_all_its_parts_is_withheld),
	    cmocka_unit_test(a_pseudonym_with_all_its_parts_hangs_on_the_first),
	    cmocka_unit_test(the_source_of_a_field_goes_where_the_field_goes),
	    cmocka_unit_test(a_field_withheld_in_one_record_has_no_source),
	    cmocka_unit_test(a_pseudonym_has_no_source),
	    cmocka_unit_test(a_source_of_no_field_goes_to_nobody),
	    cmocka_unit_test(a_pseudonym_counts_for_its_own_record_only),
	    cmocka_unit_test(what_has_no_normal_form_is_withheld),
	    cmocka_unit_test(in_an_overlap_both_pseudonyms_are_stated),
	    cmocka_unit_test(a_field_that_is_no_identifier_cannot_be_pseudonymised),
	    cmocka_unit_test(a_date_becomes_a_year_and_a_postcode_four_digits),
	    cmocka_unit_test(that_there_is_one_does_not_tell_how_many),
	    cmocka_unit_test(unknown_fields_vanish_at_every_depth),
	    cmocka_unit_test(
	        random_signals_come_out_as_the_released_subset_for_everybody),
	};
	return cmocka_run_group_tests(tests, make_world, drop_world);
}
