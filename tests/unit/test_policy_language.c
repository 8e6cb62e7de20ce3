/* SPDX-License-Identifier: EUPL-1.2 */
/* What a convenant can say of regions, signing for others, desks as sources, its end,
 * refusals by the supplier, and whom obligations bind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/bundle.h"

#define BIT(f) ((factset)1 << (f))
#define CITY "00000099000000000010"
#define COPS "00000099000000000020"
#define CARE "00000099000000000030"
#define TAX "00000099000000000040"
#define GUEST "00000099000000000050"

enum {
	WITHHELD = SLUIS__ACTION__ACTION_WITHHOLD,
	RELEASED = SLUIS__ACTION__ACTION_RELEASE,
};

static struct question
usual(void)
{
	return (struct question){.convenant = "t",
	    .phase                          = "1",
	    .purpose                        = "help",
	    .sender_oin                     = CITY,
	    .sender_desk                    = "front",
	    .recipient_oin                  = CARE,
	    .today                          = day("2025-06-01")};
}

static const char one_rule[] = "  - {id: r, article: A, recipients: [care, cops, tax], "
                               "categories: [form, sector], action: release}\n";

/* What FIELD comes out as; -1 where the recipient is not served. */
static int
action_of(const struct policy *p, struct question q, const char *field)
{
	struct ruling r;
	struct cell   cells[SCHEMA_FIELDS_MAX];
	policy_rule(p, &q, &r);
	if (r.code != RC_OK) return -1;
	ruling_cells(&r, 0, cells);
	return cells[schema_find(field)->index].action;
}

static rc
code_of(const struct policy *p, struct question q)
{
	struct ruling r;
	policy_rule(p, &q, &r);
	return r.code;
}

/* --- regions --------------------------------------------------------------------- */

/* The city and the care live here, a second city there; CARE signed for WHERE. */
static struct bundle *
two_regions(const char *convenant_regions, const char *care_regions)
{
	struct bundle *b = bundle_small(NULL, one_rule);
	char           text[200];
	bundle_edit(
	    b, "parties.yaml", "region: here\n", "region: here\nregions: [there]\n");
	snprintf(text, sizeof text,
	    "desks: [help],\n     signed: [{convenant: t, from: 2025-01-10, until: "
	    "2026-12-20%s}]}",
	    care_regions);
	bundle_edit(b, "parties.yaml",
	    "desks: [help],\n     signed: [{convenant: t, from: 2025-01-10, until: "
	    "2026-12-20}]}",
	    text);
	snprintf(text, sizeof text, "article: Art. 1\n%s", convenant_regions);
	bundle_edit(b, "t.yaml", "article: Art. 1\n", text);
	return b;
}

static void
a_signature_counts_only_in_its_regions(void **state)
{
	AUTO(policy_destroy)
	struct policy  *p = bundle_policy(two_regions("", ", regions: [there]"));
	struct question q = usual();
	(void)state;
	assert_int_equal(code_of(p, q), RC_NOT_ENTITLED); /* the matter lies here */
	q.region = "there";
	assert_int_equal(code_of(p, q), RC_OK);
	q.region = "here";
	assert_int_equal(code_of(p, q), RC_NOT_ENTITLED);
}

static void
a_signature_without_regions_counts_in_all(void **state)
{
	AUTO(policy_destroy) struct policy *p = bundle_policy(two_regions("", ""));
	struct question                     q = usual();
	(void)state;
	q.region = "there";
	assert_int_equal(code_of(p, q), RC_OK);
}

static void
a_convenant_holds_only_in_its_regions(void **state)
{
	AUTO(policy_destroy)
	struct policy  *p = bundle_policy(two_regions("regions: [there]\n", ""));
	struct question q = usual();
	(void)state;
	assert_int_equal(code_of(p, q), RC_CONVENANT_NOT_IN_FORCE);
	q.region = "there";
	assert_int_equal(code_of(p, q), RC_OK);
}

static void
an_unknown_region_is_nowhere(void **state)
{
	AUTO(policy_destroy) struct policy *p = bundle_policy(two_regions("", ""));
	struct question                     q = usual();
	(void)state;
	q.region = "atlantis";
	assert_int_equal(code_of(p, q), RC_CONVENANT_NOT_IN_FORCE);
	q.region = "";
	assert_int_equal(code_of(p, q), RC_CONVENANT_NOT_IN_FORCE);
}

static void
an_unknown_region_does_not_load(void **state)
{
	(void)state;
	bundle_is_refused(two_regions("regions: [thera]\n", ""), "did you mean 'there'");
	bundle_is_refused(two_regions("", ", regions: [her]"), "did you mean 'here'");
	bundle_is_refused(two_regions("regions: []\n", ""), "regions");
}

/* --- mede namens ----------------------------------------------------------------- */

/* CARE signs on behalf of OINS. */
static struct bundle *
signs_for(const char *oins)
{
	struct bundle *b = bundle_small(NULL, one_rule);
	char           text[200];
	snprintf(text, sizeof text,
	    "desks: [help],\n     signed: [{convenant: t, from: 2025-01-10, until: "
	    "2026-12-20, on_behalf_of: [%s]}]}",
	    oins);
	bundle_edit(b, "parties.yaml",
	    "desks: [help],\n     signed: [{convenant: t, from: 2025-01-10, until: "
	    "2026-12-20}]}",
	    text);
	return b;
}

static void
who_is_signed_for_is_a_signatory(void **state)
{
	AUTO(policy_destroy) struct policy *p = bundle_policy(signs_for("'" TAX "'"));
	struct question                     q = usual();
	(void)state;
	q.recipient_oin = TAX;
	assert_int_equal(code_of(p, q), RC_OK);
	q.today = day("2026-12-21");
	assert_int_not_equal(code_of(p, q), RC_OK);
}

static void
who_is_signed_for_may_send(void **state)
{
	AUTO(policy_destroy) struct policy *p = bundle_policy(signs_for("'" TAX "'"));
	AUTO(policy_destroy)
	struct policy  *without = bundle_policy(bundle_small(NULL, one_rule));
	struct question q       = usual();
	(void)state;
	q.sender_oin  = TAX;
	q.sender_desk = "office";
	assert_int_equal(code_of(p, q), RC_OK);
	assert_int_equal(code_of(without, q), RC_SENDER_NOT_ALLOWED);
}

static void
nobody_else_is_signed_for(void **state)
{
	AUTO(policy_destroy) struct policy *p = bundle_policy(signs_for("'" GUEST "'"));
	struct question                     q = usual();
	(void)state;
	q.recipient_oin = TAX;
	assert_int_equal(code_of(p, q), RC_NOT_ENTITLED);
	assert_true(policy_signs_for(p, CARE, GUEST, "t", q.today));
	assert_true(policy_signs_for(p, CARE, CARE, "t", q.today));
	assert_false(policy_signs_for(p, CARE, TAX, "t", q.today));
	assert_false(policy_signs_for(p, TAX, TAX, "t", q.today));
	assert_false(policy_signs_for(p, CARE, GUEST, "u", q.today));
	assert_false(policy_signs_for(p, CARE, GUEST, "t", day("2025-01-09")));
}

static void
signing_for_what_is_no_party_does_not_load(void **state)
{
	(void)state;
	bundle_is_refused(signs_for("'00000099000000000099'"), "no party");
	bundle_is_refused(signs_for("city"), "20 digits");
}

/* --- desks as sources ------------------------------------------------------------ */

static void
a_desk_may_be_the_only_source(void **state)
{
	AUTO(policy_destroy)
	struct policy  *p = bundle_policy(bundle_small(NULL,
	     "  - {id: r, article: A, recipients: [care], categories: [form], action: "
	      "release, sources: [city/back, cops]}\n"
	      "  - {id: s, article: A, recipients: [care], categories: [sector], action: "
	      "release}\n"));
	struct question q = usual();
	(void)state;
	assert_int_equal(action_of(p, q, "exploitation.types"), WITHHELD);
	q.sender_desk = "back";
	assert_int_equal(action_of(p, q, "exploitation.types"), RELEASED);
	q.sender_oin  = COPS;
	q.sender_desk = "vice";
	assert_int_equal(action_of(p, q, "exploitation.types"), RELEASED);
	q.sender_oin  = CARE;
	q.sender_desk = "help";
	assert_int_equal(action_of(p, q, "exploitation.types"), WITHHELD);
}

static void
a_desk_may_be_excepted_as_source(void **state)
{
	AUTO(policy_destroy)
	struct policy  *p = bundle_policy(bundle_small(NULL,
	     "  - {id: r, article: A, recipients: [care], categories: [form], action: "
	      "release, except_sources: [city/back]}\n"
	      "  - {id: s, article: A, recipients: [care], categories: [sector], action: "
	      "release}\n"));
	struct question q = usual();
	(void)state;
	assert_int_equal(action_of(p, q, "exploitation.types"), RELEASED);
	q.sender_desk = "back";
	assert_int_equal(action_of(p, q, "exploitation.types"), WITHHELD);
}

/* --- after the end --------------------------------------------------------------- */

static const char for_after[] =
    "  - {id: r, article: A, recipients: [care, cops], categories: [form, sector], "
    "action: release}\n"
    "  - {id: x, article: A, for: [expired], recipients: [care, cops], categories: "
    "[form], action: release}\n";

static void
what_has_ended_gives_only_what_is_for_expired(void **state)
{
	AUTO(policy_destroy)
	struct policy  *p = bundle_policy(bundle_small(NULL, for_after));
	struct question q = usual();
	(void)state;
	q.today = day("2026-12-20");
	assert_int_equal(action_of(p, q, "exploitation.sector"), RELEASED);
	q.today = day("2026-12-21");
	assert_int_equal(action_of(p, q, "exploitation.types"), RELEASED);
	assert_int_equal(action_of(p, q, "exploitation.sector"), WITHHELD);
}

static void
what_has_ended_without_such_rules_refuses(void **state)
{
	AUTO(policy_destroy)
	struct policy  *p = bundle_policy(bundle_small(NULL, one_rule));
	struct question q = usual();
	(void)state;
	q.today = day("2026-12-21");
	assert_int_equal(code_of(p, q), RC_CONVENANT_NOT_IN_FORCE);
}

static void
what_has_not_begun_refuses_even_with_such_rules(void **state)
{
	AUTO(policy_destroy)
	struct policy  *p = bundle_policy(bundle_small(NULL, for_after));
	struct question q = usual();
	(void)state;
	q.today = day("2025-01-09");
	assert_int_equal(code_of(p, q), RC_CONVENANT_NOT_IN_FORCE);
}

static void
bars_still_bar_after_the_end(void **state)
{
	AUTO(policy_destroy)
	struct policy  *p = bundle_policy(bundle_small(
	     "  - {id: b, article: A, action: withhold, categories: [form]}\n",
	     for_after));
	struct question q = usual();
	(void)state;
	q.today = day("2026-12-21");
	assert_int_equal(action_of(p, q, "exploitation.types"), WITHHELD);
}

static void
who_had_not_signed_at_the_end_may_not_send_after_it(void **state)
{
	AUTO(policy_destroy)
	struct policy  *p = bundle_policy(bundle_small(NULL, for_after));
	struct question q = usual();
	(void)state;
	q.today       = day("2026-12-21");
	q.sender_oin  = COPS; /* whose signature ended on 2026-06-30 */
	q.sender_desk = "vice";
	assert_int_equal(code_of(p, q), RC_SENDER_NOT_ALLOWED);
}

static void
a_caller_cannot_claim_that_a_convenant_has_ended(void **state)
{
	AUTO(policy_destroy)
	struct policy  *p = bundle_policy(bundle_small(NULL,
	     "  - {id: x, article: A, for: [expired], recipients: [care], categories: "
	      "[form], action: release}\n"));
	struct question q = usual();
	(void)state;
	q.message = BIT(FACT_EXPIRED);
	assert_int_equal(code_of(p, q), RC_NOT_ENTITLED);
}

/* --- what the supplier refuses --------------------------------------------------- */

static const char supplier_bar[] =
    "  - {id: sup, article: WGS 1.5(1), action: withhold, supplier_refuses: true}\n";

static void
what_the_supplier_refuses_is_withheld_by_the_bar_that_says_so(void **state)
{
	AUTO(policy_destroy)
	struct policy  *p = bundle_policy(bundle_small(supplier_bar, one_rule));
	struct question q = usual();
	struct fieldset held_back;
	struct ruling   r;
	struct cell     cells[SCHEMA_FIELDS_MAX];
	(void)state;
	assert_true(policy_fields(p, "form", &held_back));
	q.held_back = &held_back;
	policy_rule(p, &q, &r);
	assert_int_equal(r.code, RC_OK);
	ruling_cells(&r, 0, cells);
	struct cell form = cells[schema_find("exploitation.types")->index];
	assert_int_equal(form.action, WITHHELD);
	assert_string_equal(policy_rule_info(p, form.rule)->id, "sup");
	assert_int_equal(
	    cells[schema_find("exploitation.sector")->index].action, RELEASED);
	/* what no rule gives stays silence, not refusal */
	assert_int_equal(cells[schema_find("persons.bsn")->index].rule, RULE_NONE);
}

static void
a_refusal_counts_also_without_such_a_bar(void **state)
{
	AUTO(policy_destroy)
	struct policy  *p = bundle_policy(bundle_small(NULL, one_rule));
	struct question q = usual();
	struct fieldset held_back;
	(void)state;
	assert_true(policy_fields(p, "exploitation.types", &held_back));
	q.held_back = &held_back;
	assert_int_equal(action_of(p, q, "exploitation.types"), WITHHELD);
	assert_int_equal(action_of(p, q, "exploitation.sector"), RELEASED);
}

static void
the_bar_alone_withholds_nothing(void **state)
{
	AUTO(policy_destroy)
	struct policy *p = bundle_policy(bundle_small(supplier_bar, one_rule));
	(void)state;
	assert_int_equal(action_of(p, usual(), "exploitation.types"), RELEASED);
}

static void
the_bar_names_no_fields_of_its_own(void **state)
{
	(void)state;
	bundle_is_refused(
	    bundle_small(
	        "  - {id: b, article: A, action: withhold, supplier_refuses: true, "
	        "categories: [form]}\n",
	        one_rule),
	    "which categories");
	bundle_is_refused(
	    bundle_small(
	        "  - {id: b, article: A, action: refuse, supplier_refuses: true}\n",
	        one_rule),
	    "withheld");
}

static struct fieldset
held_back_from(const struct policy *p, const char *oin, char *category, char *recipient)
{
	Sluis__SupplierRefusal  refusal = SLUIS__SUPPLIER_REFUSAL__INIT;
	Sluis__SupplierRefusal *list[]  = {&refusal};
	Sluis__Handling         h       = SLUIS__HANDLING__INIT;
	struct fieldset         ret;
	refusal.categories   = &category;
	refusal.n_categories = 1;
	refusal.has_ground   = 1;
	refusal.ground       = SLUIS__REFUSAL_GROUND__OWN_TASK;
	refusal.recipients   = &recipient;
	refusal.n_recipients = recipient == NULL ? 0 : 1;
	h.refusals           = list;
	h.n_refusals         = 1;
	assert_int_equal(policy_held_back(p, &h, oin, &ret), RC_OK);
	return ret;
}

static void
a_refusal_reaches_whom_it_names_or_everybody(void **state)
{
	AUTO(policy_destroy)
	struct policy *p      = bundle_policy(bundle_small(NULL, one_rule));
	char           form[] = "form", care[] = CARE;
	unsigned       f = schema_find("exploitation.types")->index;
	(void)state;
	struct fieldset to_care = held_back_from(p, CARE, form, care);
	struct fieldset to_cops = held_back_from(p, COPS, form, care);
	struct fieldset to_all  = held_back_from(p, COPS, form, NULL);
	assert_true(fieldset_has(&to_care, f));
	assert_false(fieldset_has(&to_cops, f));
	assert_true(fieldset_has(&to_all, f));
	assert_false(fieldset_has(&to_all, schema_find("exploitation.sector")->index));
}

static void
a_refusal_names_categories_that_exist(void **state)
{
	AUTO(policy_destroy)
	struct policy          *p       = bundle_policy(bundle_small(NULL, one_rule));
	Sluis__SupplierRefusal  refusal = SLUIS__SUPPLIER_REFUSAL__INIT;
	Sluis__SupplierRefusal *list[]  = {&refusal};
	Sluis__Handling         h       = SLUIS__HANDLING__INIT;
	char  form[] = "form", fromage[] = "fromage", types[] = "exploitation.types";
	char *wrong[] = {form, fromage};
	char *field[] = {types};
	struct fieldset ret;
	(void)state;
	h.refusals           = list;
	h.n_refusals         = 1;
	refusal.has_ground   = 1;
	refusal.ground       = SLUIS__REFUSAL_GROUND__OWN_TASK;
	refusal.categories   = wrong;
	refusal.n_categories = 2;
	assert_int_equal(policy_held_back(p, &h, CARE, &ret), RC_INVALID_SIGNAL);
	refusal.categories   = field;
	refusal.n_categories = 1;
	assert_int_equal(policy_held_back(p, &h, CARE, &ret), RC_INVALID_SIGNAL);
	assert_int_equal(policy_held_back(p, NULL, CARE, &ret), RC_OK);
	assert_false(fieldset_has(&ret, schema_find("exploitation.types")->index));
}

static void
a_refusal_that_is_not_whole_is_none_to_rely_on(void **state)
{
	AUTO(policy_destroy)
	struct policy          *p       = bundle_policy(bundle_small(NULL, one_rule));
	Sluis__SupplierRefusal  refusal = SLUIS__SUPPLIER_REFUSAL__INIT;
	Sluis__SupplierRefusal *list[]  = {&refusal};
	Sluis__Handling         h       = SLUIS__HANDLING__INIT;
	char                    form[] = "form", spaced[] = CARE " ", role[] = "care",
	     cut[] = "0000009900000000", nobody[] = "00000099000000000099", care[] = CARE;
	char           *categories[] = {form}, *recipients[1];
	char           *wrong[]      = {spaced, role, cut, nobody};
	struct fieldset ret;
	(void)state;
	h.refusals           = list;
	h.n_refusals         = 1;
	refusal.categories   = categories;
	refusal.n_categories = 1;
	assert_int_equal(policy_held_back(p, &h, CARE, &ret), RC_INVALID_SIGNAL);
	refusal.has_ground = 1;
	assert_int_equal(policy_held_back(p, &h, CARE, &ret), RC_INVALID_SIGNAL);
	refusal.ground = SLUIS__REFUSAL_GROUND__SAFETY_OF_A_PERSON;
	assert_int_equal(policy_held_back(p, &h, CARE, &ret), RC_OK);
	refusal.recipients   = recipients;
	refusal.n_recipients = 1;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		recipients[0] = wrong[i];
		assert_int_equal(policy_held_back(p, &h, CARE, &ret), RC_INVALID_SIGNAL);
	}
	recipients[0] = care;
	assert_int_equal(policy_held_back(p, &h, CARE, &ret), RC_OK);
	refusal.n_categories = 0;
	assert_int_equal(policy_held_back(p, &h, CARE, &ret), RC_INVALID_SIGNAL);
}

/* --- limits ---------------------------------------------------------------------- */

/* Bars that exclude N desks of a role that has no party here, so any desk may be named.
 */
static struct bundle *
many_desks(unsigned n)
{
	char *bars = calloc(n + 1, 100);
	assert_non_null(bars);
	size_t used = 0;
	for (unsigned i = 0; i < n; i++)
		used += (size_t)sprintf(bars + used,
		    "  - {id: b%u, article: A, action: exclude, recipients: [far/d%u]}\n",
		    i, i);
	struct bundle *b = bundle_small(bars, one_rule);
	free(bars);
	bundle_edit(b, "parties.yaml", "parties:\n",
	    "  - {id: far, title: {nl: Ver, en: Far}}\nparties:\n");
	return b;
}

static void
a_seat_too_many_is_refused_and_never_ruled_as_its_role(void **state)
{
	(void)state;
	/* care, cops, tax and far take a seat each */
	AUTO(policy_destroy) struct policy *p = bundle_policy(many_desks(252));
	struct role_question                q = {.convenant = "t",
	                   .phase                           = "1",
	                   .purpose                         = "help",
	                   .sender                          = "city",
	                   .recipient                       = "far",
	                   .recipient_desk                  = "d251",
	                   .audience                        = AUDIENCE_SIGNATORY};
	struct ruling                       r;
	policy_rule_roles(p, &q, &r);
	assert_int_equal(r.code, RC_BARRED);
	bundle_is_refused(many_desks(253), "more than 256 roles and desks");
}

/* --- obligations ----------------------------------------------------------------- */

static bool
bound_by(const struct policy *p, struct question q, const char *id)
{
	struct ruling r;
	policy_rule(p, &q, &r);
	assert_int_equal(r.code, RC_OK);
	for (size_t i = 0; i < r.n_obligations; i++)
		if (strcmp(r.obligations[i]->id, id) == 0) return true;
	return false;
}

static void
an_obligation_binds_its_recipients_for_its_purposes(void **state)
{
	struct bundle *b = bundle_small(NULL, one_rule);
	bundle_edit(b, "t.yaml", "obligations:\n",
	    "obligations:\n  - {id: not-for-tax, article: A, text: {nl: n, en: e}, "
	    "every_copy: true, recipients: [cops/vice], purposes: [hunt]}\n");
	AUTO(policy_destroy) struct policy *p = bundle_policy(b);
	struct question                     q = usual();
	(void)state;
	q.recipient_oin = COPS;
	q.purpose       = "hunt";
	assert_true(bound_by(p, q, "not-for-tax"));
	q.recipient_desk = "traffic";
	assert_false(bound_by(p, q, "not-for-tax"));
	q.recipient_desk = "vice";
	q.purpose        = "help";
	assert_false(bound_by(p, q, "not-for-tax"));
	q.purpose        = "hunt";
	q.recipient_oin  = CARE;
	q.recipient_desk = NULL;
	assert_false(bound_by(p, q, "not-for-tax"));
}

static void
an_obligation_is_found_by_its_id_and_its_very_words(void **state)
{
	struct bundle *b = bundle_small(NULL, one_rule);
	bundle_edit(b, "t.yaml", "obligations:\n",
	    "obligations:\n  - {id: be-quiet, article: A, text: {nl: zwijg, en: be "
	    "quiet}, "
	    "every_copy: true}\n");
	AUTO(policy_destroy) struct policy *p = bundle_policy(b);
	(void)state;
	const struct obligation_info *o = policy_obligation(p, "be-quiet", "zwijg");
	assert_non_null(o);
	assert_string_equal(o->text_en, "be quiet");
	assert_null(policy_obligation(p, "be-quiet", "zwijg dan"));
	assert_null(policy_obligation(p, "be-quie", "zwijg"));
	assert_null(policy_obligation(p, "be-quiet", "be quiet"));
}

/* --- approvals ------------------------------------------------------------------- */

static struct bundle *
with_approval(const char *approval)
{
	struct bundle *b = bundle_small(NULL, one_rule);
	char           text[300];
	snprintf(
	    text, sizeof text, "region: here\nversion: 7\napproval:\n  - %s\n", approval);
	bundle_edit(b, "parties.yaml", "region: here\n", text);
	return b;
}

static void
a_bundle_says_its_version_and_who_must_sign_it(void **state)
{
	AUTO(policy_destroy)
	struct policy *p = bundle_policy(
	    with_approval("{convenant: t, needed: 1, of: ['" CITY "', '" COPS "']}"));
	(void)state;
	assert_int_equal(policy_version(p), 7);
	assert_int_equal(policy_n_approvals(p), 1);
	const struct approval_info *a = policy_approval_at(p, 0);
	assert_string_equal(a->convenant, "t");
	assert_int_equal(a->needed, 1);
	assert_int_equal(a->n_of, 2);
	assert_string_equal(a->of[1], COPS);
	assert_null(policy_approval_at(p, 1));
}

static void
approvals_that_cannot_be_met_do_not_load(void **state)
{
	(void)state;
	bundle_is_refused(
	    with_approval("{convenant: t, needed: 2, of: ['" CITY "']}"), "2 signatures");
	bundle_is_refused(
	    with_approval("{convenant: t, needed: 2, of: ['" CITY "', '" CITY "']}"),
	    "twice");
	bundle_is_refused(
	    with_approval("{convenant: t, needed: 1, of: ['00000099000000000099']}"),
	    "no party has OIN");
	bundle_is_refused(
	    with_approval("{convenant: u, needed: 1, of: ['" CITY "']}"), "convenant");
	bundle_is_refused(
	    with_approval("{convenant: t, needed: 0, of: ['" CITY "']}"), "needed");
}

/* --- roles instead of parties ---------------------------------------------------- */

static void
roles_are_answered_as_their_parties_are(void **state)
{
	AUTO(policy_destroy)
	struct policy       *p = bundle_policy(bundle_small(NULL, one_rule));
	struct role_question q = {.convenant = "t",
	    .phase                           = "1",
	    .purpose                         = "help",
	    .sender                          = "city",
	    .recipient                       = "law", /* an alias */
	    .audience                        = AUDIENCE_SIGNATORY};
	struct ruling        r;
	(void)state;
	policy_rule_roles(p, &q, &r);
	assert_int_equal(r.code, RC_OK);
	assert_null(r.recipient);
	q.audience = AUDIENCE_NON_SIGNATORY;
	policy_rule_roles(p, &q, &r);
	assert_int_equal(r.code, RC_NOT_ENTITLED);
	q.audience = AUDIENCE_EXPIRED;
	policy_rule_roles(p, &q, &r);
	assert_int_equal(r.code, RC_CONVENANT_NOT_IN_FORCE);
	q.audience = AUDIENCE_SIGNATORY;
	q.sender   = "cops"; /* only vice may send */
	policy_rule_roles(p, &q, &r);
	assert_int_equal(r.code, RC_SENDER_NOT_ALLOWED);
	q.sender_desk = "vice";
	policy_rule_roles(p, &q, &r);
	assert_int_equal(r.code, RC_OK);
	q.sender = "nobody";
	policy_rule_roles(p, &q, &r);
	assert_int_equal(r.code, RC_SENDER_NOT_ALLOWED);
	q.sender    = "city";
	q.recipient = "nobody";
	policy_rule_roles(p, &q, &r);
	assert_int_equal(r.code, RC_UNKNOWN_RECIPIENT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_signature_counts_only_in_its_regions),
	    cmocka_unit_test(a_signature_without_regions_counts_in_all),
	    cmocka_unit_test(a_convenant_holds_only_in_its_regions),
	    cmocka_unit_test(an_unknown_region_is_nowhere),
	    cmocka_unit_test(an_unknown_region_does_not_load),
	    cmocka_unit_test(who_is_signed_for_is_a_signatory),
	    cmocka_unit_test(who_is_signed_for_may_send),
	    cmocka_unit_test(nobody_else_is_signed_for),
	    cmocka_unit_test(signing_for_what_is_no_party_does_not_load),
	    cmocka_unit_test(a_desk_may_be_the_only_source),
	    cmocka_unit_test(a_desk_may_be_excepted_as_source),
	    cmocka_unit_test(what_has_ended_gives_only_what_is_for_expired),
	    cmocka_unit_test(what_has_ended_without_such_rules_refuses),
	    cmocka_unit_test(what_has_not_begun_refuses_even_with_such_rules),
	    cmocka_unit_test(bars_still_bar_after_the_end),
	    cmocka_unit_test(who_had_not_signed_at_the_end_may_not_send_after_it),
	    cmocka_unit_test(a_caller_cannot_claim_that_a_convenant_has_ended),
	    cmocka_unit_test(
	        what_the_supplier_refuses_is_withheld_by_the_bar_that_says_so),
	    cmocka_unit_test(a_refusal_counts_also_without_such_a_bar),
	    cmocka_unit_test(the_bar_alone_withholds_nothing),
	    cmocka_unit_test(the_bar_names_no_fields_of_its_own),
	    cmocka_unit_test(a_refusal_reaches_whom_it_names_or_everybody),
	    cmocka_unit_test(a_refusal_names_categories_that_exist),
	    cmocka_unit_test(a_refusal_that_is_not_whole_is_none_to_rely_on),
	    cmocka_unit_test(a_seat_too_many_is_refused_and_never_ruled_as_its_role),
	    cmocka_unit_test(an_obligation_binds_its_recipients_for_its_purposes),
	    cmocka_unit_test(an_obligation_is_found_by_its_id_and_its_very_words),
	    cmocka_unit_test(a_bundle_says_its_version_and_who_must_sign_it),
	    cmocka_unit_test(approvals_that_cannot_be_met_do_not_load),
	    cmocka_unit_test(roles_are_answered_as_their_parties_are),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
