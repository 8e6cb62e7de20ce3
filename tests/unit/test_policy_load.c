/* SPDX-License-Identifier: EUPL-1.2 */
/* policy_compile() and policy_load(): what is refused, and that it is said where. */
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/bundle.h"

static const char one_rule[] =
    "  - {id: r, article: A, recipients: [cops], categories: [form], action: release}\n";

/* The shipped files with one edit are refused, with WHAT as the reason. */
static void
edit_is_refused(const char *file, const char *from, const char *to, const char *what)
{
	struct bundle *b = bundle_shipped();
	bundle_edit(b, file, from, to);
	bundle_is_refused(b, what);
}

static void
rules_are_refused(const char *rules, const char *what)
{
	bundle_is_refused(bundle_small(NULL, rules), what);
}

static void
bars_are_refused(const char *bars, const char *what)
{
	bundle_is_refused(bundle_small(bars, one_rule), what);
}

/* B is refused with WHAT at this place. */
static void
is_refused_at(
    struct bundle *b, const char *file, unsigned line, unsigned column, const char *what)
{
	struct policy        *p = NULL;
	const struct finding *f = NULL;
	assert_int_equal(bundle_compile(b, &p), RC_POLICY);
	for (size_t i = 0; f == NULL && i < b->findings.n; i++)
		if (strstr(b->findings.at[i].text, what) != NULL) f = &b->findings.at[i];
	if (f == NULL) fail_msg("no finding says '%s'", what);
	if (strcmp(f->file, file) != 0 || f->line != line || f->column != column)
		fail_msg("'%s' is told at %s:%u:%u", what, f->file, f->line, f->column);
	bundle_destroy(&b);
}

/* --- what loads -----------------------------------------------------------------------
 */

static void
the_shipped_files_load_without_a_finding(void **state)
{
	(void)state;
	struct bundle                      *b = bundle_shipped();
	AUTO(policy_destroy) struct policy *p = NULL;
	assert_int_equal(bundle_compile(b, &p), RC_OK);
	assert_int_equal(b->findings.n, 0);
	size_t n = bundle_convenants(b);
	assert_int_equal(policy_n_convenants(p), n);
	assert_int_equal(policy_n_parties(p), 12);
	assert_true(policy_n_rules(p) > 80);
	assert_null(policy_rule_info(p, RULE_NONE));
	assert_null(policy_convenant_at(p, n));
	assert_null(policy_party_at(p, 12));
	assert_null(policy_identifier_at(p, policy_n_identifiers(p)));
	bundle_destroy(&b);
}

static void
the_policy_folder_loads_from_disk(void **state)
{
	(void)state;
	AUTO(policy_destroy) struct policy *p = NULL;
	assert_int_equal(policy_load(SOURCE_DIR "/policy", &p, NULL), RC_OK);
	AUTO(policy_destroy) struct policy *q = bundle_policy(bundle_shipped());
	assert_true(hash_equal(policy_hash(p), policy_hash(q)));
}

static void
every_rule_names_its_article_file_and_line(void **state)
{
	(void)state;
	AUTO(policy_destroy) struct policy *p = bundle_policy(bundle_shipped());
	for (unsigned i = 0; i < policy_n_rules(p); i++) {
		const struct rule_info *r = policy_rule_info(p, i);
		assert_true(strlen(r->id) > 0 && strlen(r->id) <= RULE_ID_MAX);
		assert_true(strlen(r->article) > 0);
		assert_true(strlen(r->file) > 5);
		assert_true(r->line > 1);
	}
}

static void
roles_answer_to_their_aliases(void **state)
{
	(void)state;
	AUTO(policy_destroy) struct policy *p = bundle_policy(bundle_shipped());
	assert_string_equal(policy_role(p, "siod"), "nla");
	assert_string_equal(policy_role(p, "inspectie_szw"), "nla");
	assert_string_equal(policy_role(p, "regiocoordinator"), "zorgcoordinator");
	assert_string_equal(policy_role(p, "nla"), "nla");
	assert_null(policy_role(p, "mafia"));
	assert_null(policy_role(p, ""));
	assert_null(policy_role(p, NULL));
}

static void
parties_are_found_by_oin_only(void **state)
{
	(void)state;
	AUTO(policy_destroy) struct policy *p = bundle_policy(bundle_shipped());
	const struct party *party             = policy_party(p, "00000099000000020000");
	assert_string_equal(party->role, "police");
	assert_string_equal(party->region, "rivierenland");
	assert_true(party_has_desk(party, "avim"));
	assert_false(party_has_desk(party, "avi"));
	assert_false(party_has_desk(party, NULL));
	assert_null(policy_party(p, "00000099000000020001"));
	assert_null(policy_party(p, "0000009900000002000"));
	assert_null(policy_party(p, ""));
	assert_null(policy_party(p, NULL));
}

static void
the_hash_covers_names_and_texts_in_any_order(void **state)
{
	(void)state;
	struct bundle                      *b = bundle_shipped();
	struct policy_text                  texts[BUNDLE_MAX];
	AUTO(policy_destroy) struct policy *p = NULL, *q = NULL;
	for (size_t i = 0; i < b->n; i++)
		texts[b->n - 1 - i] =
		    (struct policy_text){b->names[i], slice_str(b->texts[i])};
	assert_int_equal(policy_compile(texts, b->n, &p, NULL), RC_OK);
	assert_int_equal(bundle_compile(b, &q), RC_OK);
	assert_true(hash_equal(policy_hash(p), policy_hash(q)));
	policy_destroy(&q);
	bundle_append(b, "riec.yaml", "\n");
	assert_int_equal(bundle_compile(b, &q), RC_OK);
	assert_false(hash_equal(policy_hash(p), policy_hash(q)));
	policy_destroy(&q);
	bundle_destroy(&b);
}

static void
the_hash_is_sha256_over_lengths_names_and_texts(void **state)
{
	(void)state;
	struct bundle                      *b   = bundle_small(NULL, one_rule);
	AUTO(policy_destroy) struct policy *p   = NULL;
	AUTO(buf_wipe) struct buf           all = buf_init(1 << 20);
	struct hash                         sum;
	for (size_t i = 0; i < b->n; i++) {
		struct slice parts[] = {slice_str(b->names[i]), slice_str(b->texts[i])};
		for (int k = 0; k < 2; k++) {
			uint8_t n[8];
			put_u64_be(n, parts[k].n);
			assert_int_equal(buf_append(&all, slice_of(n, sizeof n)), RC_OK);
			assert_int_equal(buf_append(&all, parts[k]), RC_OK);
		}
	}
	crypto_hash_sha256(sum.b, all.p, all.n);
	assert_int_equal(bundle_compile(b, &p), RC_OK);
	assert_true(hash_equal(policy_hash(p), &sum));
	bundle_destroy(&b);
}

static void
a_convenant_without_registration_loads_with_a_warning(void **state)
{
	(void)state;
	struct bundle                      *b = bundle_shipped();
	AUTO(policy_destroy) struct policy *p = NULL;
	bundle_edit(b, "zvh.yaml", "registration: FICTIEF-ZVH-2025-01\n", "");
	assert_int_equal(bundle_compile(b, &p), RC_OK);
	assert_int_equal(b->findings.n, 1);
	assert_false(b->findings.at[0].fatal);
	bundle_destroy(&b);
}

/* --- categories ------------------------------------------------------------------ */

static void
a_field_without_category_stops_everything(void **state)
{
	(void)state;
	edit_is_refused("categories.yaml", "[persons.bsn]", "[persons.v_number]",
	    "field 'persons.bsn' of signal.proto has no category");
	edit_is_refused("categories.yaml", ", meta.urgent", "",
	    "field 'meta.urgent' of signal.proto has no category");
}

static void
a_field_in_two_categories_is_refused(void **state)
{
	(void)state;
	edit_is_refused("categories.yaml", "[persons.bsn]", "[persons.bsn, meta.urgent]",
	    "already stands in category 'meta'");
	edit_is_refused("categories.yaml", "[persons.bsn]", "[persons.bsn, persons.bsn]",
	    "already stands in category 'bsn'");
}

static void
an_unknown_field_gets_the_nearest_name(void **state)
{
	(void)state;
	edit_is_refused("categories.yaml", "[persons.nationality]",
	    "[persons.nationalty]",
	    "no field called 'persons.nationalty'; did you mean 'persons.nationality'?");
	edit_is_refused("categories.yaml", "[persons.bsn]", "[persons.health]",
	    "no field called 'persons.health'");
}

static void
a_category_twice_is_refused(void **state)
{
	(void)state;
	edit_is_refused("categories.yaml", "id: bsn\n", "id: identity\n",
	    "'identity' stands here twice");
}

/* Two people decide what a person hears of herself; never one, never at two places. */
static void
a_contact_point_is_one_desk_and_a_second_that_agrees(void **state)
{
	(void)state;
	edit_is_refused("parties.yaml", "second: teamleiding", "second: avim",
	    "'second' must be another desk than 'desk'");
	edit_is_refused("parties.yaml", "- convenants: [opsporing]",
	    "- convenants: [opsporing, riec]", "'riec' stands here twice");
	edit_is_refused("parties.yaml", "- convenants: [opsporing]",
	    "- convenants: [opsporing, opsporing]", "'opsporing' stands here twice");
	edit_is_refused("parties.yaml", "second: teamleiding", "second: nobody",
	    "no desk called 'nobody'");
}

static void
nobody_declares_confidentiality_for_another(void **state)
{
	struct bundle *b = bundle_small(NULL, one_rule);
	(void)state;
	bundle_edit(b, "parties.yaml", "declared: [{convenant: t,",
	    "declared: [{on_behalf_of: [\"00000099000000400000\"], convenant: t,");
	bundle_is_refused(b, "nobody declares confidentiality for another");
}

static void
an_identifier_of_unknown_or_unfit_parts_is_refused(void **state)
{
	(void)state;
	edit_is_refused("categories.yaml", "as: bsn", "as: bns", "did you mean 'bsn'?");
	edit_is_refused("categories.yaml", "{field: persons.v_number, as: v_number}",
	    "{field: persons.minor, as: v_number}", "is no text");
	edit_is_refused("categories.yaml", "{field: persons.birth_date, as: date}",
	    "{field: meta.observed_on, as: date}", "different records");
}

/* --- rules: names ---------------------------------------------------------------- */

static void
unknown_names_in_rules_get_the_nearest_name(void **state)
{
	(void)state;
	rules_are_refused(
	    "  - {id: r, article: A, recipients: [cosp], categories: [form], action: "
	    "release}\n",
	    "no role or group called 'cosp'; did you mean 'cops'?");
	rules_are_refused(
	    "  - {id: r, article: A, recipients: [evryone], categories: [form], action: "
	    "release}\n",
	    "did you mean 'everyone'?");
	rules_are_refused(
	    "  - {id: r, article: A, recipients: [cops], categories: [identiyt], action: "
	    "release}\n",
	    "no category called 'identiyt'; did you mean 'identity'?");
	rules_are_refused(
	    "  - {id: r, article: A, recipients: [cops], fields: [persons.bns], action: "
	    "release}\n",
	    "no field called 'persons.bns'; did you mean 'persons.bsn'?");
	rules_are_refused(
	    "  - {id: r, article: A, recipients: [cops], categories: [form], action: "
	    "release, when: [victm]}\n",
	    "did you mean 'victim'?");
	rules_are_refused(
	    "  - {id: r, article: A, recipients: [cops], categories: [form], action: "
	    "release, obligations: [keeep]}\n",
	    "no obligation called 'keeep'; did you mean 'keep'?");
	rules_are_refused(
	    "  - {id: r, article: A, recipients: [cops], categories: [form], action: "
	    "relaese}\n",
	    "did you mean 'release'?");
	rules_are_refused(
	    "  - {id: r, article: A, recipients: [cops], categories: [form], action: "
	    "release, phases: [4]}\n",
	    "no phase called '4'");
	rules_are_refused(
	    "  - {id: r, article: A, recipients: [cops], categories: [form], action: "
	    "release, from_phase: 4}\n",
	    "no phase called '4'");
	rules_are_refused(
	    "  - {id: r, article: A, recipients: [cops], categories: [form], action: "
	    "release, purposes: [hlep]}\n",
	    "did you mean 'help'?");
	rules_are_refused(
	    "  - {id: r, article: A, recipients: [cops], categories: [form], action: "
	    "release, sources: [cty]}\n",
	    "did you mean 'city'?");
	rules_are_refused(
	    "  - {id: r, article: A, recipients: [cops], categories: [form], action: "
	    "release, for: [non_signatries]}\n",
	    "did you mean 'non_signatory'?");
}

static void
an_unknown_convenant_in_a_signature_gets_the_nearest_name(void **state)
{
	(void)state;
	edit_is_refused("parties.yaml", "{convenant: riec,", "{convenant: reic,",
	    "no convenant called 'reic'; did you mean 'riec'?");
}

static void
an_unknown_role_of_a_party_gets_the_nearest_name(void **state)
{
	(void)state;
	edit_is_refused(
	    "parties.yaml", "role: kmar", "role: kmra", "did you mean 'kmar'?");
}

static void
a_desk_that_nobody_has_is_refused_in_rules_bars_and_senders(void **state)
{
	(void)state;
	rules_are_refused(
	    "  - {id: r, article: A, recipients: [cops/vise], categories: [form], "
	    "action: release}\n",
	    "no party with role 'cops' has a desk 'vise'; did you mean 'vice'?");
	bars_are_refused(
	    "  - {id: b, article: A, action: withhold, recipients: [cops/trafic]}\n",
	    "did you mean 'traffic'?");
	edit_is_refused("riec.yaml", "senders: [participants]", "senders: [police/zzz]",
	    "no party with role 'police' has a desk 'zzz'");
	struct bundle *b = bundle_shipped(); /* no party of this region is the FIOD */
	bundle_edit(b, "riec.yaml", "senders: [participants]",
	    "senders: [participants, fiod/opsporing]");
	struct policy *p = bundle_policy(b);
	policy_destroy(&p);
}

static void
a_rule_id_stands_once_in_the_whole_policy(void **state)
{
	(void)state;
	rules_are_refused("  - {id: r, article: A, recipients: [cops], categories: "
	                  "[form], action: release}\n"
	                  "  - {id: r, article: A, recipients: [care], categories: "
	                  "[form], action: release}\n",
	    "rule id 'r' stands in t.yaml line");
	edit_is_refused("zvh.yaml", "id: zvh-sig", "id: riec-sig",
	    "rule id 'riec-sig' stands in riec.yaml");
	rules_are_refused("  - {id: b.never, article: A, recipients: [cops], categories: "
	                  "[form], action: release}\n",
	    "rule id 'b.never' stands");
}

/* --- rules: shape ---------------------------------------------------------------- */

static void
a_rule_needs_id_article_recipients_and_action(void **state)
{
	(void)state;
	rules_are_refused(
	    "  - {article: A, recipients: [cops], categories: [form], action: release}\n",
	    "'id' is missing");
	rules_are_refused(
	    "  - {id: r, recipients: [cops], categories: [form], action: release}\n",
	    "'article' is missing");
	rules_are_refused(
	    "  - {id: r, article: A, categories: [form], action: release}\n",
	    "the rule is for nobody");
	rules_are_refused(
	    "  - {id: r, article: A, recipients: [cops], categories: [form]}\n",
	    "'action' is missing");
	rules_are_refused("  - {id: r, article: A, recipients: [], categories: [form], "
	                  "action: release}\n",
	    "'recipients' must name");
	rules_are_refused("  - release everything\n", "a rule must be a mapping");
	rules_are_refused(
	    "  - {id: r, article: '', recipients: [cops], categories: [form], action: "
	    "release}\n",
	    "'article' is empty");
}

static void
a_rule_names_either_categories_or_fields(void **state)
{
	(void)state;
	rules_are_refused(
	    "  - {id: r, article: A, recipients: [cops], action: release}\n", "either");
	rules_are_refused(
	    "  - {id: r, article: A, recipients: [cops], categories: [form], fields: "
	    "[persons.bsn], action: release}\n",
	    "either");
}

static void
an_empty_condition_is_refused_rather_than_true(void **state)
{
	(void)state;
	static const char *const keys[] = {"when", "when_any", "unless", "phases",
	    "purposes", "for", "sources", "categories", "obligations"};
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		char rule[300];
		snprintf(rule, sizeof rule,
		    "  - {id: r, article: A, recipients: [cops], %s %s: [], action: "
		    "release}\n",
		    strcmp(keys[i], "categories") == 0 ? "" : "categories: [form],",
		    keys[i]);
		struct bundle *b = bundle_small(NULL, rule);
		struct policy *p = NULL;
		if (bundle_compile(b, &p) != RC_POLICY)
			fail_msg("empty %s passes", keys[i]);
		bundle_destroy(&b);
	}
}

static void
an_unknown_key_is_refused_with_the_nearest_one(void **state)
{
	(void)state;
	rules_are_refused(
	    "  - {id: r, article: A, recipients: [cops], categories: [form], action: "
	    "release, unles: [embargo]}\n",
	    "unknown key 'unles'; did you mean 'unless'?");
	bars_are_refused("  - {id: b, article: A, action: withhold, wehn: [cie]}\n",
	    "unknown key 'wehn'; did you mean 'when'?");
	edit_is_refused("riec.yaml", "deliver_days: 14", "deliver_days: 14\nvalid: yes",
	    "unknown key");
	edit_is_refused("parties.yaml", "role: kmar", "role: kmar\n    phone: x",
	    "unknown key 'phone'");
	edit_is_refused("categories.yaml", "{nl: Sector, en: Sector}",
	    "{nl: Sector, en: Sector, fr: x}", "more than 2 entries");
}

static void
phases_and_from_phase_exclude_each_other(void **state)
{
	(void)state;
	rules_are_refused(
	    "  - {id: r, article: A, recipients: [cops], categories: [form], action: "
	    "release, phases: [1], from_phase: 2}\n",
	    "exclude each other");
	rules_are_refused(
	    "  - {id: r, article: A, recipients: [cops], categories: [form], action: "
	    "release, sources: [city], except_sources: [care]}\n",
	    "exclude each other");
	rules_are_refused(
	    "  - {id: r, article: A, recipients: [cops], categories: [form], action: "
	    "release, from_phase: [1, 2]}\n",
	    "names one phase");
	rules_are_refused(
	    "  - {id: r, article: A, recipients: [cops], categories: [form], action: "
	    "release, sources: [cops/vise]}\n",
	    "did you mean 'vice'");
}

/* --- rules: what cannot be carried out ------------------------------------------- */

static void
narrative_may_not_be_released(void **state)
{
	(void)state;
	rules_are_refused("  - {id: r, article: A, recipients: [cops], categories: "
	                  "[narrative], action: "
	                  "release}\n",
	    "names in it are not masked yet");
	rules_are_refused(
	    "  - {id: r, article: A, recipients: [cops], fields: [narrative.text], "
	    "action: release}\n",
	    "names in it are not masked yet");
	rules_are_refused("  - {id: r, article: A, recipients: [cops], fields: "
	                  "[police_8_13.summary], action: release}\n",
	    "names in it are not masked yet");
}

static void
narrative_may_not_be_released_under_another_category_either(void **state)
{
	(void)state;
	struct bundle *b = bundle_small(NULL, one_rule);
	bundle_edit(b, "categories.yaml", "[narrative.text, ", "[");
	bundle_edit(b, "categories.yaml", "[exploitation.types]",
	    "[exploitation.types, narrative.text]");
	bundle_is_refused(b, "names in it are not masked yet");
}

static void
only_dates_generalise_to_a_year(void **state)
{
	(void)state;
	rules_are_refused(
	    "  - {id: r, article: A, recipients: [cops], fields: [persons.bsn], action: "
	    "generalise, to: year}\n",
	    "only a date generalises to a year");
	rules_are_refused(
	    "  - {id: r, article: A, recipients: [cops], categories: [identity], action: "
	    "generalise, to: year}\n",
	    "only a date generalises to a year");
	rules_are_refused("  - {id: r, article: A, recipients: [cops], fields: "
	                  "[persons.minor], action: "
	                  "generalise, to: year}\n",
	    "only a date generalises to a year");
}

static void
only_postcodes_generalise_to_postcode4(void **state)
{
	(void)state;
	rules_are_refused(
	    "  - {id: r, article: A, recipients: [cops], fields: "
	    "[persons.residence.street], action: generalise, to: postcode4}\n",
	    "only a postcode");
	rules_are_refused(
	    "  - {id: r, article: A, recipients: [cops], categories: [address], action: "
	    "generalise, to: postcode4}\n",
	    "only a postcode");
}

static void
generalise_says_to_what_and_nothing_else_does(void **state)
{
	(void)state;
	rules_are_refused(
	    "  - {id: r, article: A, recipients: [cops], fields: [persons.birth_date], "
	    "action: generalise}\n",
	    "'to' is missing");
	rules_are_refused(
	    "  - {id: r, article: A, recipients: [cops], fields: [persons.birth_date], "
	    "action: generalise, to: decade}\n",
	    "no way to generalise called 'decade'; there is: year, month, postcode4");
	rules_are_refused(
	    "  - {id: r, article: A, recipients: [cops], fields: [persons.birth_date], "
	    "action: release, to: year}\n",
	    "goes with action generalise only");
}

static void
only_parts_of_identifiers_are_pseudonymised(void **state)
{
	(void)state;
	rules_are_refused(
	    "  - {id: r, article: A, recipients: [cops], fields: [persons.gender], "
	    "action: pseudonymise}\n",
	    "no identifier in categories.yaml");
	rules_are_refused(
	    "  - {id: r, article: A, recipients: [cops], categories: [identity], "
	    "action: pseudonymise}\n",
	    "no identifier in categories.yaml");
}

/* --- bars ------------------------------------------------------------------------ */

static void
a_bar_never_grants(void **state)
{
	(void)state;
	bars_are_refused("  - {id: b, article: A, action: release}\n",
	    "a bar cannot give: withhold, exclude or refuse");
	bars_are_refused("  - {id: b, article: A}\n", "'action' is missing");
	bars_are_refused("  - {id: b, article: A, action: forbid}\n",
	    "no action called 'forbid'; there is: withhold, exclude, refuse");
}

#define ONE(more) "  - {id: r, article: A, action: release, " more "}\n"

static void
a_name_in_dutch_or_in_capitals_is_understood_and_refused(void **state)
{
	(void)state;
	rules_are_refused(ONE("recipients: [cops], categories: [gezondheid]"),
	    "no category called 'gezondheid'; did you mean 'health'?");
	rules_are_refused(ONE("recipients: [Politie], categories: [form]"),
	    "no role or group called 'Politie'; did you mean 'cops'?");
	rules_are_refused(
	    ONE("recipients: [CITY], categories: [form]"), "did you mean 'city'?");
	rules_are_refused(
	    ONE("recipients: [cops], categories: [form], when: [slachtoffer]"),
	    "did you mean 'victim'?");
	rules_are_refused(ONE("recipients: [cops], categories: [form], tenzij: [minor]"),
	    "unknown key 'tenzij'; did you mean 'unless'?");
	rules_are_refused(
	    ONE("recipients: [cops], categories: [form], purposes: [xyzzy]"),
	    "no purpose called 'xyzzy'; there is: help, hunt");
	rules_are_refused(
	    ONE("recipients: [cops], categories: [xyzzy]"), "no category called 'xyzzy'");
}

static void
a_mistake_is_told_where_it_stands(void **state)
{
	(void)state;
	struct bundle *b = bundle_small(NULL, one_rule);
	bundle_edit(b, "t.yaml", "until: 2026-12-20", "until: 2024-12-20");
	is_refused_at(b, "t.yaml", 6, 8, "'until' lies before 'from'");
	b = bundle_small(NULL, one_rule);
	bundle_edit(b, "t.yaml", "end: t\n", "");
	is_refused_at(b, "t.yaml", 19, 73, "the last line must be 'end: t'");
	b = bundle_small(
	    NULL, ONE("categories: [form], recipients: [city,\n    cops/vise]"));
	is_refused_at(b, "t.yaml", 20, 5, "did you mean 'vice'?");
	b = bundle_small(NULL, ONE("recipients: , categories: [form]"));
	is_refused_at(b, "t.yaml", 19, 54, "'recipients' is empty");
	b = bundle_small(NULL, ONE("recipients: [cops], categories: [narrative]"));
	is_refused_at(b, "t.yaml", 19, 33, "'release' of 'narrative' (");
}

static void
a_title_cut_by_a_comma_is_told_to_be_quoted(void **state)
{
	(void)state;
	struct bundle *b = bundle_small(NULL, one_rule);
	bundle_edit(b, "t.yaml", "{nl: Proef, en: Test}", "{nl: Proef, een, en: Test}");
	bundle_is_refused(b, "a comma in a text? put it between quotes");
}

static void
a_bar_on_the_whole_message_weighs_no_person_and_no_field(void **state)
{
	(void)state;
	bars_are_refused(
	    "  - {id: b, article: A, action: refuse, when: [victim]}\n", "one person");
	bars_are_refused(
	    "  - {id: b, article: A, action: exclude, unless: [adult]}\n", "one person");
	bars_are_refused("  - {id: b, article: A, action: refuse, categories: [form]}\n",
	    "only a bar that withholds");
	bars_are_refused("  - {id: b, article: A, action: exclude, sources: [cops]}\n",
	    "only a bar that withholds names sources");
	bars_are_refused(
	    "  - {id: b, article: A, action: refuse, except_sources: [care]}\n",
	    "only a bar that withholds names sources");
	bars_are_refused("  - {id: b, article: A, action: withhold, sources: [cobs]}\n",
	    "did you mean 'cops'");
	bars_are_refused("  - {id: b, article: A, action: refuse, recipients: [cops]}\n",
	    "depends on no recipient");
	bars_are_refused(
	    "  - {id: b, article: A, action: refuse, unless: [recipient_signed]}\n",
	    "depends on no recipient");
}

static void
a_bar_names_what_it_hits_or_what_it_spares(void **state)
{
	(void)state;
	bars_are_refused("  - {id: b, article: A, action: withhold, categories: [form], "
	                 "except_fields: "
	                 "[persons.bsn]}\n",
	    "not both");
	bars_are_refused("  - {id: b, article: A, action: withhold, recipients: [cops], "
	                 "except_recipients: [care]}\n",
	    "exclude each other");
}

static void
a_code_of_a_bar_is_a_denial(void **state)
{
	(void)state;
	bars_are_refused("  - {id: b, article: A, action: refuse, code: ok}\n",
	    "no refusal called 'ok'");
	bars_are_refused("  - {id: b, article: A, action: refuse, code: malformed}\n",
	    "no refusal called");
	bars_are_refused(
	    "  - {id: b, article: A, action: refuse, code: cie_information_refuse}\n",
	    "did you mean 'cie_information_refused'?");
	bars_are_refused("  - {id: b, article: A, action: withhold, code: barred}\n",
	    "goes with exclude and refuse only");
}

/* --- the head and the parties ---------------------------------------------------- */

static void
dates_are_real_and_in_order(void **state)
{
	(void)state;
	edit_is_refused(
	    "riec.yaml", "from: 2025-03-01", "from: 2025-02-30", "there is no such day");
	edit_is_refused(
	    "riec.yaml", "until: 2028-12-31", "until: 2024-12-31", "before 'from'");
	edit_is_refused(
	    "parties.yaml", "until: 2028-12-31", "until: soon", "must be a date");
	edit_is_refused("parties.yaml", ", until: 2028-12-31", "", "'until' is missing");
}

static void
a_convenant_stands_in_the_file_of_its_name(void **state)
{
	(void)state;
	edit_is_refused("riec.yaml", "convenant: riec", "convenant: reic",
	    "must stand in a file of that name");
}

static void
numbers_are_whole_and_in_range(void **state)
{
	(void)state;
	static const char *const bad[] = {
	    "0", "-1", "366", "1.5", "two weeks", "0x10", "99999999999"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char to[64];
		snprintf(to, sizeof to, "deliver_days: '%s'", bad[i]);
		edit_is_refused(
		    "riec.yaml", "deliver_days: 14", to, "whole number from 1 to 365");
	}
}

static void
truth_is_spelled_true_or_false(void **state)
{
	(void)state;
	edit_is_refused("riec.yaml", "inferred: true\n    action",
	    "inferred: yes\n    action", "must be true or false");
}

static void
an_oin_has_twenty_digits_and_one_party(void **state)
{
	(void)state;
	edit_is_refused("parties.yaml", "- oin: \"00000099000000020000\"",
	    "- oin: \"0000009900000002000\"", "20 digits");
	edit_is_refused("parties.yaml", "- oin: \"00000099000000020000\"",
	    "- oin: \"0000009900000002000x\"", "20 digits");
	edit_is_refused("parties.yaml", "- oin: \"00000099000000020000\"",
	    "- oin: \"00000099000000010000\"", "two parties with OIN");
}

static void
a_role_name_means_one_role(void **state)
{
	(void)state;
	edit_is_refused("parties.yaml", "[amhk]", "[police]", "already names a role");
	edit_is_refused("parties.yaml", "id: fiod", "id: tax", "already names a role");
}

static void
a_group_has_a_name_of_its_own(void **state)
{
	(void)state;
	edit_is_refused("zvh.yaml", "groups:\n", "groups:\n  police: [om]\n",
	    "has the name of a role");
	edit_is_refused("zorg.yaml", "arranging: [zorgcoordinator, veilig_thuis]",
	    "arranging: [public]", "no role or group called 'public'");
}

/* --- YAML that hides ------------------------------------------------------------- */

static void
yaml_that_hides_something_is_refused_in_every_file(void **state)
{
	(void)state;
	static const char *const files[] = {
	    "categories.yaml", "parties.yaml", "riec.yaml"};
	static const struct {
		const char *text, *what;
	} bad[] = {{"x: &a 1\n", "anchors"}, {"x: *a\n", "aliases"},
	    {"<<: {x: 1}\n", "merge"}, {"x: !!str y\n", "tags"},
	    {"---\nx: 1\n", "second document"}, {"x: 1\n", "unknown key"},
	    {"end: y\n", "stands here twice"}, {"x: [\n", "something is missing"}};
	for (size_t f = 0; f < 3; f++) {
		for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
			struct bundle *b = bundle_shipped();
			bundle_append(b, files[f], bad[i].text);
			bundle_is_refused(b, bad[i].what);
		}
	}
}

static void
a_file_of_more_than_a_megabyte_is_refused(void **state)
{
	(void)state;
	struct bundle *b    = bundle_shipped();
	char          *much = calloc(1, 1024 * 1024 + 1);
	memset(much, '#', 1024 * 1024);
	bundle_append(b, "riec.yaml", much);
	free(much);
	bundle_is_refused(b, "larger than 1 MiB");
}

static void
a_missing_or_doubled_file_is_refused(void **state)
{
	(void)state;
	struct policy           *p        = NULL;
	struct findings          f        = {0};
	struct bundle           *b        = bundle_shipped();
	static const char *const needed[] = {"categories.yaml", "parties.yaml"};
	for (size_t i = 0; i < 2; i++) {
		struct policy_text texts[BUNDLE_MAX];
		size_t             n = 0;
		for (size_t k = 0; k < b->n; k++) {
			if (strcmp(b->names[k], needed[i]) != 0)
				texts[n++] = (struct policy_text){
				    b->names[k], slice_str(b->texts[k])};
		}
		assert_int_equal(policy_compile(texts, n, &p, &f), RC_POLICY);
		assert_string_equal(f.at[f.n - 1].text, "the file is missing");
		texts[n] = texts[0];
		assert_int_equal(policy_compile(texts, n + 1, &p, &f), RC_POLICY);
	}
	assert_int_equal(policy_compile(NULL, 0, &p, &f), RC_POLICY);
	assert_int_equal(policy_compile(NULL, 0, &p, NULL), RC_POLICY);
	assert_null(p);
	bundle_destroy(&b);
}

/* --- cut short ------------------------------------------------------------------- */

/* Wherever a file is cut, either it is refused or only blank or comment was lost. */
static void
a_file_cut_short_never_loads(void **state)
{
	(void)state;
	struct bundle *whole = bundle_shipped();
	for (size_t i = 0; i < whole->n; i++) {
		const char *text = whole->texts[i];
		size_t      n    = strlen(text);
		if (policy_is_route(whole->names[i])) continue; /* test_route.c */
		size_t end  = (size_t)(strstr(text, "\nend: ") - text) + 1;
		size_t kept = end + strcspn(text + end, "\n");
		/* every line end, and steps of 97 bytes through the rest */
		for (size_t cut = 0; cut < kept; cut++) {
			if (text[cut] != '\n' && cut % 97 != 0 && cut < end) continue;
			struct bundle *b                     = bundle_shipped();
			struct policy *p                     = NULL;
			bundle_text(b, whole->names[i])[cut] = '\0';
			if (bundle_compile(b, &p) != RC_POLICY)
				fail_msg("%s loads when cut to %zu of %zu bytes",
				    whole->names[i], cut, n);
			bundle_destroy(&b);
		}
	}
	bundle_destroy(&whole);
}

/* --- the folder ------------------------------------------------------------------ */

static void
put_file(const char *dir, const char *name, const char *text)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	fwrite(text, 1, strlen(text), f);
	fclose(f);
}

static void
put_routes_folder(const char *dir)
{
	char path[512];
	snprintf(path, sizeof path, "%s/routes", dir);
	assert_int_equal(mkdir(path, 0700), 0);
}

static void
drop(const char *dir, const char *name)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	if (unlink(path) != 0) assert_int_equal(rmdir(path), 0);
}

static void
the_folder_reader_takes_yaml_files_and_leaves_cases_and_others(void **state)
{
	(void)state;
	char           dir[] = "/tmp/sluis-policy-XXXXXX";
	struct bundle *b     = bundle_shipped();
	struct policy *p     = NULL;
	assert_non_null(mkdtemp(dir));
	put_routes_folder(dir);
	for (size_t i = 0; i < b->n; i++) put_file(dir, b->names[i], b->texts[i]);
	put_file(dir, "riec.cases.yaml", "what: [is this\n");
	put_file(dir, "README.md", "no yaml");
	put_file(dir, ".hidden.yaml", "no: {yaml");
	assert_int_equal(policy_load(dir, &p, NULL), RC_OK);
	assert_int_equal(policy_n_convenants(p), bundle_convenants(b));
	policy_destroy(&p);

	put_file(dir, "extra.yaml", "no: {yaml");
	assert_int_equal(policy_load(dir, &p, NULL), RC_POLICY);
	drop(dir, "extra.yaml");

	char path[512];
	snprintf(path, sizeof path, "%s/folder.yaml", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(policy_load(dir, &p, NULL), RC_POLICY);
	drop(dir, "folder.yaml");
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(policy_load(dir, &p, NULL), RC_POLICY);
	drop(dir, "folder.yaml");
	assert_int_equal(symlink("/nonexistent", path), 0);
	assert_int_equal(policy_load(dir, &p, NULL), RC_POLICY);
	drop(dir, "folder.yaml");
	assert_null(p);

	drop(dir, "riec.cases.yaml");
	drop(dir, "README.md");
	drop(dir, ".hidden.yaml");
	for (size_t i = 0; i < b->n; i++) drop(dir, b->names[i]);
	drop(dir, "routes");
	rmdir(dir);
	bundle_destroy(&b);
}

static void
a_file_whose_name_could_forge_a_line_is_refused(void **state)
{
	static const char *const names[] = {"a\nsluis POLICY-IN-FORCE 99 \x1b[31m.yaml",
	    "a b.yaml", "caf\xc3\xa9.yaml", "\xff.yaml",
	    "0123456789012345678901234567890123456789012345678901234567890.yaml"};
	char                     dir[]   = "/tmp/sluis-policy-XXXXXX";
	struct policy           *p       = NULL;
	struct findings          f;
	(void)state;
	assert_non_null(mkdtemp(dir));
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		memset(&f, 0, sizeof f);
		put_file(dir, names[i], "x: 1\n");
		assert_int_equal(policy_load(dir, &p, &f), RC_POLICY);
		assert_int_equal(f.n, 1);
		assert_non_null(strstr(f.at[0].text, "no policy file name"));
		assert_null(strpbrk(f.at[0].file, "\n\x1b\xff"));
		drop(dir, names[i]);
	}
	rmdir(dir);
}

static void
a_file_that_looks_like_policy_and_is_not_read_is_warned_of(void **state)
{
	static const char *const strays[] = {
	    "x.yml", "invariants.yml", "RIEC.YAML", "a\nb.Yml"};
	static const char *const others[] = {
	    "README.md", "yaml", "x.yaml.bak", ".x.yml", "x.cases.yaml", "x.sig"};
	char            dir[] = "/tmp/sluis-policy-XXXXXX";
	struct bundle  *b     = bundle_shipped();
	struct policy  *p     = NULL;
	struct findings f     = {0};
	(void)state;
	assert_non_null(mkdtemp(dir));
	put_routes_folder(dir);
	for (size_t i = 0; i < b->n; i++) put_file(dir, b->names[i], b->texts[i]);
	for (size_t i = 0; i < 6; i++) put_file(dir, others[i], "what: [is this\n");
	assert_int_equal(policy_load(dir, &p, &f), RC_OK);
	assert_int_equal(f.n, 0);
	policy_destroy(&p);
	for (size_t i = 0; i < 4; i++) put_file(dir, strays[i], "what: [is this\n");
	assert_int_equal(policy_load(dir, &p, &f), RC_OK);
	assert_int_equal(f.n, 4);
	for (size_t i = 0; i < f.n; i++) {
		assert_false(f.at[i].fatal);
		assert_string_equal(
		    f.at[i].text, "is not read: a policy file ends in .yaml");
		assert_null(strchr(f.at[i].file, '\n'));
	}
	policy_destroy(&p);
	for (size_t i = 0; i < 4; i++) drop(dir, strays[i]);
	for (size_t i = 0; i < 6; i++) drop(dir, others[i]);
	for (size_t i = 0; i < b->n; i++) drop(dir, b->names[i]);
	drop(dir, "routes");
	rmdir(dir);
	bundle_destroy(&b);
}

static int
no_routes(const char *path)
{
	return mkdir(path, 0700);
}

static int
a_file(const char *path)
{
	FILE *f = fopen(path, "wb");
	return f == NULL ? -1 : fclose(f);
}

static int
a_link(const char *path)
{
	return symlink(SOURCE_DIR "/policy/routes", path);
}

static int
a_link_inside(const char *path)
{
	char inner[600];
	snprintf(inner, sizeof inner, "%s/x.yaml", path);
	return mkdir(path, 0700) != 0
	           ? -1
	           : symlink(SOURCE_DIR "/policy/routes/riec.yaml", inner);
}

/* Whether a folder with nothing but the shipped files and ROUTES made by MAKE loads. */
static void
routes_are(int (*make)(const char *path), rc code, const char *what)
{
	char            dir[] = "/tmp/sluis-policy-XXXXXX", path[512];
	struct bundle  *b     = bundle_shipped();
	struct policy  *p     = NULL;
	struct findings f     = {0};
	assert_non_null(mkdtemp(dir));
	for (size_t i = 0; i < b->n; i++)
		if (!policy_is_route(b->names[i]))
			put_file(dir, b->names[i], b->texts[i]);
	snprintf(path, sizeof path, "%s/routes", dir);
	assert_int_equal(make(path), 0);
	assert_int_equal(policy_load(dir, &p, &f), code);
	assert_int_equal(f.n, what == NULL ? 0 : 1);
	if (what != NULL) assert_string_equal(f.at[0].text, what);
	policy_destroy(&p);
	for (size_t i = 0; i < b->n; i++)
		if (!policy_is_route(b->names[i])) drop(dir, b->names[i]);
	snprintf(path, sizeof path, "%s/routes/x.yaml", dir);
	if (make == a_link_inside) (void)unlink(path);
	drop(dir, "routes");
	rmdir(dir);
	bundle_destroy(&b);
}

static void
routes_are_read_from_a_plain_folder_only(void **state)
{
	(void)state;
	routes_are(no_routes, RC_OK, NULL);
	routes_are(a_file, RC_POLICY, "is no folder that can be read");
	routes_are(a_link, RC_POLICY, "is no folder that can be read");
	routes_are(a_link_inside, RC_POLICY, "no plain file");
}

static void
a_folder_that_is_not_there_is_a_disk_error(void **state)
{
	(void)state;
	struct policy  *p = NULL;
	struct findings f = {0};
	assert_int_equal(policy_load("/nonexistent/policy", &p, &f), RC_DISK);
	assert_int_equal(f.n, 1);
	assert_int_equal(policy_load("/nonexistent/policy", &p, NULL), RC_DISK);
	assert_null(p);
}

static void
destroying_nothing_is_fine(void **state)
{
	(void)state;
	struct policy *p = NULL;
	policy_destroy(&p);
	assert_null(p);
}

/* --- the manual ------------------------------------------------------------------ */

static char *
manual(void)
{
	FILE *f    = fopen(SOURCE_DIR "/docs/policy.md", "rb");
	char *text = calloc(1, 1 << 16);
	assert_non_null(f);
	assert_non_null(text);
	assert_true(fread(text, 1, (1 << 16) - 1, f) > 1000);
	fclose(f);
	return text;
}

/* The N-th YAML block of the manual, NULL past the last; the caller frees it. */
static char *
block_of(const char *text, unsigned n)
{
	static const char fence[] = "```yaml\n";
	for (const char *at = text; (at = strstr(at, fence)) != NULL;) {
		at += strlen(fence);
		if (n-- == 0) return strndup(at, (size_t)(strstr(at, "```") - at));
	}
	return NULL;
}

static void
indent(const char *block, char *out)
{
	for (; *block != '\0'; block += strcspn(block, "\n") + 1)
		out += sprintf(out, "  %.*s\n", (int)strcspn(block, "\n"), block);
}

static void
every_example_of_the_manual_compiles(void **state)
{
	(void)state;
	AUTO(auto_free) char *text = manual(), *whole = block_of(text, 0);
	unsigned              n = 1;
	for (;; n++) { /* rules, then invariants */
		AUTO(auto_free) char *rule        = block_of(text, n);
		char                  lines[2048] = "rules:\n";
		if (rule == NULL || *rule != '-') break;
		struct bundle *b = bundle_shipped();
		bundle_add(b, "voorbeeld.yaml", whole);
		indent(rule, lines + strlen(lines));
		bundle_edit(b, "voorbeeld.yaml", "\nrules:", "\n# rules");
		bundle_edit(b, "voorbeeld.yaml",
		    "# rules                            # what may\n", lines);
		size_t                              all = bundle_convenants(b);
		AUTO(policy_destroy) struct policy *p   = bundle_policy(b);
		assert_int_equal(policy_n_convenants(p), all);
	}
	assert_int_equal(n, 5);
}

static void
the_invariants_of_the_manual_compile(void **state)
{
	(void)state;
	AUTO(auto_free) char *text = manual();
	char                 *invariants;
	struct bundle        *b = bundle_shipped();
	for (unsigned n = 0;; n++) {
		invariants = block_of(text, n);
		assert_non_null(invariants);
		if (strstr(invariants, "\ninvariants:\n") != NULL) break;
		free(invariants);
	}
	bundle_put(b, "invariants.yaml", invariants);
	free(invariants);
	AUTO(policy_destroy) struct policy *p = bundle_policy(b);
	assert_int_equal(policy_n_invariants(p), 3);
}

static int
for_the_police(
    const struct policy *p, const char *phase, factset record, const char *field)
{
	struct ruling   r;
	struct cell     cells[SCHEMA_FIELDS_MAX];
	struct question q = {.convenant = "voorbeeld",
	    .phase                      = phase,
	    .purpose                    = "casusoverleg",
	    .sender_oin                 = "00000099000000010000",
	    .sender_desk                = "meldpunt",
	    .recipient_oin              = "00000099000000020000",
	    .today                      = day("2026-11-21")};
	policy_rule(p, &q, &r);
	assert_int_equal(r.code, RC_OK);
	ruling_cells(&r, record, cells);
	return cells[schema_find(field)->index].action;
}

static void
the_whole_example_does_what_the_manual_says(void **state)
{
	(void)state;
	AUTO(auto_free) char *text = manual(), *whole = block_of(text, 0);
	struct bundle        *b = bundle_shipped();
	enum {
		WITHHELD = SLUIS__ACTION__ACTION_WITHHOLD,
		RELEASED = SLUIS__ACTION__ACTION_RELEASE
	};
	factset victim = fact_bit(FACT_VICTIM), adult = fact_bit(FACT_ADULT);
	bundle_add(b, "voorbeeld.yaml", whole);
	bundle_edit(b, "parties.yaml", "desks: [avim, teamleiding]\n    signed:\n",
	    "desks: [avim, teamleiding]\n    signed:\n"
	    "      - {convenant: voorbeeld, from: 2025-03-01, until: 2028-12-31}\n");
	bundle_edit(b, "parties.yaml", "ketenregisseur, procesregisseur]\n    signed:\n",
	    "ketenregisseur, procesregisseur]\n    signed:\n"
	    "      - {convenant: voorbeeld, from: 2025-03-01, until: 2028-12-31}\n");
	AUTO(policy_destroy) struct policy *p = bundle_policy(b);
	assert_int_equal(
	    for_the_police(p, "verkenning", 0, "exploitation.types"), RELEASED);
	assert_int_equal(
	    for_the_police(p, "verkenning", victim | adult, "persons.family_name"),
	    WITHHELD);
	assert_int_equal(
	    for_the_police(p, "zaak", victim, "persons.family_name"), RELEASED);
	assert_int_equal(
	    for_the_police(p, "zaak", victim, "persons.contact.phone"), WITHHELD);
	assert_int_equal(
	    for_the_police(p, "zaak", victim | adult, "persons.contact.phone"), RELEASED);
	assert_int_equal(
	    for_the_police(p, "zaak", fact_bit(FACT_SUSPECT) | adult, "persons.bsn"),
	    WITHHELD);
}

static void
the_manual_names_every_fact(void **state)
{
	(void)state;
	AUTO(auto_free) char *text = manual();
	for (unsigned bit = 0; bit < 64; bit++) {
		char quoted[64];
		if (fact_name((enum fact)bit) == NULL) continue;
		snprintf(quoted, sizeof quoted, "`%s`", fact_name((enum fact)bit));
		if (strstr(text, quoted) == NULL)
			fail_msg("docs/policy.md has no %s", quoted);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_shipped_files_load_without_a_finding),
	    cmocka_unit_test(the_policy_folder_loads_from_disk),
	    cmocka_unit_test(every_rule_names_its_article_file_and_line),
	    cmocka_unit_test(roles_answer_to_their_aliases),
	    cmocka_unit_test(parties_are_found_by_oin_only),
	    cmocka_unit_test(the_hash_covers_names_and_texts_in_any_order),
	    cmocka_unit_test(the_hash_is_sha256_over_lengths_names_and_texts),
	    cmocka_unit_test(a_convenant_without_registration_loads_with_a_warning),
	    cmocka_unit_test(a_field_without_category_stops_everything),
	    cmocka_unit_test(a_field_in_two_categories_is_refused),
	    cmocka_unit_test(an_unknown_field_gets_the_nearest_name),
	    cmocka_unit_test(a_category_twice_is_refused),
	    cmocka_unit_test(a_contact_point_is_one_desk_and_a_second_that_agrees),
	    cmocka_unit_test(nobody_declares_confidentiality_for_another),
	    cmocka_unit_test(an_identifier_of_unknown_or_unfit_parts_is_refused),
	    cmocka_unit_test(unknown_names_in_rules_get_the_nearest_name),
	    cmocka_unit_test(an_unknown_convenant_in_a_signature_gets_the_nearest_name),
	    cmocka_unit_test(an_unknown_role_of_a_party_gets_the_nearest_name),
	    cmocka_unit_test(a_desk_that_nobody_has_is_refused_in_rules_bars_and_senders),
	    cmocka_unit_test(a_rule_id_stands_once_in_the_whole_policy),
	    cmocka_unit_test(a_rule_needs_id_article_recipients_and_action),
	    cmocka_unit_test(a_rule_names_either_categories_or_fields),
	    cmocka_unit_test(an_empty_condition_is_refused_rather_than_true),
	    cmocka_unit_test(an_unknown_key_is_refused_with_the_nearest_one),
	    cmocka_unit_test(phases_and_from_phase_exclude_each_other),
	    cmocka_unit_test(narrative_may_not_be_released),
	    cmocka_unit_test(narrative_may_not_be_released_under_another_category_either),
	    cmocka_unit_test(only_dates_generalise_to_a_year),
	    cmocka_unit_test(only_postcodes_generalise_to_postcode4),
	    cmocka_unit_test(generalise_says_to_what_and_nothing_else_does),
	    cmocka_unit_test(only_parts_of_identifiers_are_pseudonymised),
	    cmocka_unit_test(a_bar_never_grants),
	    cmocka_unit_test(a_name_in_dutch_or_in_capitals_is_understood_and_refused),
	    cmocka_unit_test(a_mistake_is_told_where_it_stands),
	    cmocka_unit_test(a_title_cut_by_a_comma_is_told_to_be_quoted),
	    cmocka_unit_test(a_bar_on_the_whole_message_weighs_no_person_and_no_field),
	    cmocka_unit_test(a_bar_names_what_it_hits_or_what_it_spares),
	    cmocka_unit_test(a_code_of_a_bar_is_a_denial),
	    cmocka_unit_test(dates_are_real_and_in_order),
	    cmocka_unit_test(a_convenant_stands_in_the_file_of_its_name),
	    cmocka_unit_test(numbers_are_whole_and_in_range),
	    cmocka_unit_test(truth_is_spelled_true_or_false),
	    cmocka_unit_test(an_oin_has_twenty_digits_and_one_party),
	    cmocka_unit_test(a_role_name_means_one_role),
	    cmocka_unit_test(a_group_has_a_name_of_its_own),
	    cmocka_unit_test(yaml_that_hides_something_is_refused_in_every_file),
	    cmocka_unit_test(a_file_of_more_than_a_megabyte_is_refused),
	    cmocka_unit_test(a_missing_or_doubled_file_is_refused),
	    cmocka_unit_test(a_file_cut_short_never_loads),
	    cmocka_unit_test(
	        the_folder_reader_takes_yaml_files_and_leaves_cases_and_others),
	    cmocka_unit_test(a_file_whose_name_could_forge_a_line_is_refused),
	    cmocka_unit_test(a_file_that_looks_like_policy_and_is_not_read_is_warned_of),
	    cmocka_unit_test(routes_are_read_from_a_plain_folder_only),
	    cmocka_unit_test(a_folder_that_is_not_there_is_a_disk_error),
	    cmocka_unit_test(destroying_nothing_is_fine),
	    cmocka_unit_test(every_example_of_the_manual_compiles),
	    cmocka_unit_test(the_invariants_of_the_manual_compile),
	    cmocka_unit_test(the_whole_example_does_what_the_manual_says),
	    cmocka_unit_test(the_manual_names_every_fact),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
