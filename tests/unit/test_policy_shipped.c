/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The hard promises, over the shipped files: every convenant, phase, purpose,
 * sender, recipient and desk, with every combination of the facts that the
 * convenant weighs.  Not samples: all of them.  (A fact that no rule of a convenant
 * names cannot change a mask test, so leaving it out leaves nothing out.)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "policy/study/space.h"
#include "support/bundle.h"
#include "support/possible.h"

#define BIT(f) ((factset)1 << (f))

enum {
	WITHHELD      = SLUIS__ACTION__ACTION_WITHHOLD,
	PSEUDONYMISED = SLUIS__ACTION__ACTION_PSEUDONYMISE,
	RELEASED      = SLUIS__ACTION__ACTION_RELEASE,
};

static struct policy *policy;

static int
load(void **state)
{
	(void)state;
	policy = bundle_policy(bundle_shipped());
	assert_true(policy->n_categories <= 64);
	return 0;
}

static int
unload(void **state)
{
	(void)state;
	policy_destroy(&policy);
	return 0;
}

/* --- walking every ruling --------------------------------------------------------------
 */

static const factset role_facts[]    = {0, BIT(FACT_VICTIM), BIT(FACT_SUSPECT),
       BIT(FACT_WITNESS), BIT(FACT_RELATIVE), BIT(FACT_OTHER_PERSON)};
static const factset age_facts[]     = {0, BIT(FACT_MINOR), BIT(FACT_ADULT)};
static const factset consent_facts[] = {0, BIT(FACT_CONSENT_CARE),
    BIT(FACT_CONSENT_ENFORCEMENT),
    BIT(FACT_CONSENT_CARE) | BIT(FACT_CONSENT_ENFORCEMENT)};

#define N(a) (sizeof(a) / sizeof((a)[0]))

struct scene {
	struct question     q;
	const struct party *sender, *recipient;
	struct ruling       ruling;
	factset     weighed; /* message facts that the convenant weighs, CIE apart */
	factset     record;
	struct cell cells[SCHEMA_FIELDS_MAX];
	uint64_t    open; /* bit: category of which some field is not withheld */
};

typedef void (*claim)(const struct scene *s);

static void
look(struct scene *s)
{
	ruling_cells(&s->ruling, s->record, s->cells);
	s->open = 0;
	for (size_t i = 0; i < schema_signal()->n_fields; i++)
		if (s->cells[i].action != WITHHELD)
			s->open |= BIT(policy->category_of[i]);
}

/* Somebody who cannot be identified without the nationality. */
static void
unidentified(struct scene *s, claim holds)
{
	static const factset roles[] = {BIT(FACT_VICTIM), BIT(FACT_SUSPECT)};
	for (size_t r = 0; r < N(roles); r++) {
		s->record = roles[r] | BIT(FACT_ADULT) | BIT(FACT_NATIONALITY_NEEDED);
		look(s);
		holds(s);
	}
}

static void
each_record(struct scene *s, claim holds)
{
	unidentified(s, holds);
	for (size_t r = 0; r < N(role_facts); r++) {
		for (size_t a = 0; a < N(age_facts); a++) {
			for (size_t c = 0; c < N(consent_facts); c++) {
				s->record =
				    role_facts[r] | age_facts[a] | consent_facts[c];
				look(s);
				holds(s);
			}
		}
	}
}

/* The facts that some rule, bar on fields or obligation of C weighs, and layer 2: other
 * bars on the whole message only turn a ruling into none, and have tests of their own. */
static factset
weighed_by(const struct convenant *c)
{
	factset facts = BIT(FACT_LAYER_2);
	for (size_t i = 0; i < c->n_rules; i++) {
		const struct rule *r = &c->rules[i];
		if (r->bar == BAR_EXCLUDE || r->bar == BAR_REFUSE) continue;
		facts |= r->when | r->when_any | r->unless;
	}
	for (size_t i = 0; i < c->n_obligations; i++)
		facts |= c->obligations[i].when | c->obligations[i].unless;
	return facts & ~BIT(FACT_CIE);
}

static void
each_message(struct scene *s, claim holds)
{
	factset weighed = s->weighed & FACTS_MESSAGE, subset = 0;
	do { /* every subset of the weighed facts that can be */
		s->q.message   = subset;
		s->ruling.code = RC_NOT_ENTITLED;
		if (facts_possible(subset, false)) policy_rule(policy, &s->q, &s->ruling);
		if (s->ruling.code == RC_OK) each_record(s, holds);
		subset = (subset - weighed) & weighed;
	} while (subset != 0);
}

static void
each_pair(struct scene *s, claim holds)
{
	for (size_t from = 0; from < policy_n_parties(policy); from++) {
		s->sender        = policy_party_at(policy, from);
		s->q.sender_oin  = s->sender->oin;
		s->q.sender_desk = s->sender->desks[0];
		for (size_t to = 0; to < policy_n_parties(policy); to++) {
			s->recipient       = policy_party_at(policy, to);
			s->q.recipient_oin = s->recipient->oin;
			for (size_t d = 0; s->recipient->desks[d] != NULL; d++) {
				s->q.recipient_desk = s->recipient->desks[d];
				each_message(s, holds);
			}
		}
	}
}

/* Whether some rule tells purpose N from every earlier one; if none does, its rulings
 * are the same. */
static bool
purpose_is_new(const struct convenant *c, size_t n)
{
	for (size_t earlier = 0; earlier < n; earlier++) {
		bool same = true;
		for (size_t i = 0; i < c->n_rules; i++)
			same = same && ((c->rules[i].purposes >> n ^
			                    c->rules[i].purposes >> earlier) &
			                   1) == 0;
		if (same) return false;
	}
	return true;
}

static void
everywhere_in(const char *convenant, claim holds)
{
	struct scene s = {.q = {.today = day("2026-11-21")}};
	for (size_t i = 0; i < policy_n_convenants(policy); i++) {
		const struct convenant_info *c = policy_convenant_at(policy, i);
		if (convenant != NULL && strcmp(c->id, convenant) != 0) continue;
		s.q.convenant = c->id;
		s.weighed     = weighed_by(&policy->convenants[i]);
		for (size_t ph = 0; c->phases[ph] != NULL; ph++) {
			for (size_t pu = 0; c->purposes[pu] != NULL; pu++) {
				if (!purpose_is_new(&policy->convenants[i], pu)) continue;
				s.q.phase   = c->phases[ph];
				s.q.purpose = c->purposes[pu];
				each_pair(&s, holds);
			}
		}
	}
}

/* --- asking a scene -------------------------------------------------------------- */

static bool
is(const struct party *party, const char *roles)
{
	char padded[256], role[40];
	snprintf(padded, sizeof padded, " %s ", roles);
	snprintf(role, sizeof role, " %s ", party->role);
	return strstr(padded, role) != NULL;
}

/* Whether any field of CATEGORY is anything but withheld. */
static bool
passes(const struct scene *s, const char *category)
{
	size_t i = 0;
	while (strcmp(policy->categories[i].id, category) != 0)
		i++; /* or crash: a typo */
	return (s->open >> i & 1) != 0;
}

static int
action_of(const struct scene *s, const char *field)
{
	return s->cells[schema_find(field)->index].action;
}

static void
never(const struct scene *s, const char *category)
{
	if (!passes(s, category)) return;
	fail_msg("%s passes to %s/%s from %s in %s phase %s (message %llx record %llx)",
	    category, s->recipient->role, s->q.recipient_desk, s->sender->role,
	    s->q.convenant, s->q.phase, (unsigned long long)s->q.message,
	    (unsigned long long)s->record);
}

/* --- the promises ---------------------------------------------------------------- */

static void
claim_never_passes(const struct scene *s)
{
	static const char *const categories[] = {
	    "reporter", "narrative", "police_10_1_b", "sender_reference", "handling"};
	for (size_t i = 0; i < N(categories); i++) never(s, categories[i]);
	if ((s->record & BIT(FACT_NATIONALITY_NEEDED)) == 0) never(s, "nationality");
	assert_false(is(s->recipient, "auditor"));
}

static void
reporter_narrative_10_1_b_own_reference_and_needless_nationality_reach_nobody(
    void **state)
{
	(void)state;
	everywhere_in(NULL, claim_never_passes);
}

static const char health_like[][16] = {"health", "care", "guardian", "care_worker"};

static void
claim_no_care_for_enforcement(const struct scene *s)
{
	if (!is(s->recipient, "police nla om belastingdienst kmar")) return;
	if (is(s->recipient, "police") &&
	    ((s->record & BIT(FACT_CONSENT_ENFORCEMENT)) != 0 ||
	        (s->q.message & BIT(FACT_EMERGENCY)) != 0))
		return;
	for (size_t i = 0; i < N(health_like); i++) never(s, health_like[i]);
}

static void
care_data_reach_enforcement_only_by_consent_or_emergency_and_then_only_the_police(
    void **state)
{
	(void)state;
	everywhere_in(NULL, claim_no_care_for_enforcement);
}

static void
claim_shelter(const struct scene *s)
{
	if (is(s->recipient, "zorgcoordinator veilig_thuis zorginstelling")) return;
	never(s, "shelter_location");
	never(s, "shelter");
	never(s, "care_worker");
}

static void
shelter_location_stays_inside_the_care_chain(void **state)
{
	(void)state;
	everywhere_in(NULL, claim_shelter);
}

static void
claim_no_suspects_for_care(const struct scene *s)
{
	const struct schema *schema = schema_signal();
	if (!is(s->recipient, "zorgcoordinator veilig_thuis")) return;
	if ((s->record &
	        (BIT(FACT_SUSPECT) | BIT(FACT_WITNESS) | BIT(FACT_OTHER_PERSON))) == 0)
		return;
	for (size_t i = 0; i < schema->n_fields; i++) {
		if (strncmp(schema->fields[i].path, "persons.", 8) == 0 &&
		    s->cells[i].action != WITHHELD)
			fail_msg("%s of a suspect or witness passes to %s in %s",
			    schema->fields[i].path, s->recipient->role, s->q.convenant);
	}
}

static void
care_learns_nothing_about_suspects_and_witnesses_not_even_that_they_are_there(
    void **state)
{
	(void)state;
	everywhere_in(NULL, claim_no_suspects_for_care);
}

static void
claim_no_enforcement_for_care(const struct scene *s)
{
	static const char *const categories[] = {"police_8_13", "police_9_10", "judicial",
	    "fiscal", "enforcement", "intervention", "process_role", "company", "vehicle",
	    "land_registry", "permit", "place", "sexual_behaviour", "coercion"};
	if (!is(s->recipient, "zorgcoordinator veilig_thuis")) return;
	for (size_t i = 0; i < N(categories); i++) never(s, categories[i]);
}

static void
care_gets_of_the_other_side_only_the_three_coarse_data(void **state)
{
	(void)state;
	everywhere_in(NULL, claim_no_enforcement_for_care);
}

static void
claim_zorg_is_care_only(const struct scene *s)
{
	assert_true(
	    is(s->recipient, "municipality zorgcoordinator veilig_thuis zorginstelling"));
}

static void
under_zorg_only_care_and_municipality_are_served(void **state)
{
	(void)state;
	everywhere_in("zorg", claim_zorg_is_care_only);
}

static void
claim_no_identity(const struct scene *s)
{
	static const char *const identity[] = {"persons.given_names",
	    "persons.family_name", "persons.birth_date", "persons.bsn",
	    "persons.name_prefix", "persons.aliases", "persons.document_number",
	    "persons.v_number", "persons.residence.postcode", "persons.residence.street",
	    "persons.contact.phone", "places.address.street", "places.address.postcode",
	    "organisations.name", "organisations.kvk_number", "vehicles.plate",
	    "accounts.iban"};
	for (size_t i = 0; i < N(identity); i++) {
		int action = action_of(s, identity[i]);
		if (action != WITHHELD && action != PSEUDONYMISED)
			fail_msg("%s passes", identity[i]);
	}
}

static void
under_afstemming_nobody_is_identified(void **state)
{
	(void)state;
	everywhere_in("afstemming", claim_no_identity);
}

static void
claim_anonymous_for_non_signatories(const struct scene *s)
{
	const struct schema *schema = schema_signal();
	if (!is(s->recipient, "kmar")) return;
	if (strcmp(s->q.convenant, "opsporing") == 0) return; /* which it did sign */
	for (size_t i = 0; i < schema->n_fields; i++) {
		const char *c      = policy_category(policy, &schema->fields[i]);
		bool        coarse = strcmp(c, "form") == 0 || strcmp(c, "sector") == 0 ||
		              strcmp(c, "place_coarse") == 0 ||
		              strcmp(c, "indicator") == 0;
		if (s->cells[i].action != WITHHELD && !coarse)
			fail_msg("%s passes", schema->fields[i].path);
	}
	if ((s->q.message & BIT(FACT_EMBARGO)) == 0) {
		assert_true(passes(s, "form") && passes(s, "sector"));
		assert_true(passes(s, "place_coarse") && passes(s, "indicator"));
	}
}

static void
who_signed_nothing_gets_form_sector_coarse_place_and_indicators_only(void **state)
{
	(void)state;
	everywhere_in(NULL, claim_anonymous_for_non_signatories);
}

static void
claim_sources(const struct scene *s)
{
	/* whoever is controller of police data: Wpg 1(f), and among investigators 46(2)
	 */
	const char *const wpg = strcmp(s->q.convenant, "opsporing") == 0
	                            ? "police kmar nla fiod"
	                        : strcmp(s->q.convenant, "riec") == 0 ? "police kmar"
	                                                              : "police";
	if (!is(s->sender, wpg)) never(s, "police_8_13");
	if (!is(s->sender, wpg)) never(s, "police_9_10");
	if (!is(s->sender, "om")) never(s, "judicial");
	if (!is(s->sender, "belastingdienst municipality")) never(s, "fiscal");
	if (!is(s->sender, "municipality")) never(s, "permit");
	if (is(s->sender, "belastingdienst fiod")) never(s, "finance");
	if (strcmp(s->q.convenant, "zorg") != 0)
		never(s, "residence_status"); /* IND only */
}

static void
a_datum_passes_only_from_its_lawful_source(void **state)
{
	(void)state;
	everywhere_in(NULL, claim_sources);
}

static void
claim_riec_phases(const struct scene *s)
{
	static const char *const later[] = {"police_8_13", "judicial", "fiscal",
	    "sexual_behaviour", "process_role", "coercion", "reporting_will"};
	if (s->q.phase[0] == '1') {
		for (size_t i = 0; i < N(later); i++) never(s, later[i]);
	}
	if (s->q.phase[0] != '3' || strcmp(s->q.purpose, "scan") == 0)
		never(s, "police_9_10");
	factset grounds = BIT(FACT_TRAFFICKING) | BIT(FACT_CRIMINAL_DATA);
	if ((s->q.message & grounds) != grounds) never(s, "sexual_behaviour");
	if ((s->record & BIT(FACT_ADULT)) == 0) never(s, "sexual_behaviour");
	if (strcmp(s->q.purpose, "scan") == 0) never(s, "sexual_behaviour");
	for (size_t i = 0; i < N(health_like); i++) never(s, health_like[i]);
	never(s, "document");
	if ((s->record & BIT(FACT_WITNESS)) != 0) never(s, "role");
}

static void
riec_opens_by_phase_and_never_for_health_care_documents_or_witnesses(void **state)
{
	(void)state;
	everywhere_in("riec", claim_riec_phases);
}

static void
claim_peers_only(const struct scene *s)
{
	static const char *const other[] = {"residence_status", "fiscal", "permit",
	    "enforcement", "housing", "health", "care", "shelter"};
	assert_true(is(s->recipient, "police nla om kmar"));
	if (is(s->recipient, "nla"))
		assert_string_equal(s->q.recipient_desk, "opsporing");
	for (size_t i = 0; i < N(other); i++) never(s, other[i]);
}

static void
investigators_share_police_data_among_themselves_and_nothing_of_supervision(void **state)
{
	(void)state;
	everywhere_in("opsporing", claim_peers_only);
}

static void
claim_zvh_list(const struct scene *s)
{
	static const char *const unlisted[] = {"residence_status", "vehicle",
	    "land_registry", "company", "permit", "fiscal", "sexual_behaviour",
	    "police_9_10", "document"};
	for (size_t i = 0; i < N(unlisted); i++) never(s, unlisted[i]);
	/* consent is this person's own: the mark on the message is none (2.29(2)) */
	factset ground =
	    BIT(FACT_STATUTORY_DUTY) | BIT(FACT_GOOD_CARE) | BIT(FACT_EMERGENCY);
	if (is(s->recipient, "zorgcoordinator veilig_thuis") &&
	    (s->q.message & ground) == 0 && (s->record & BIT(FACT_CONSENT_CARE)) == 0)
		never(s, "health");
	if ((s->record & (BIT(FACT_WITNESS) | BIT(FACT_OTHER_PERSON))) != 0 ||
	    (s->record & FACTS_RECORD) == 0)
		never(s, "identity"); /* no family nor other direct social contact */
	assert_false(is(s->recipient, "nla"));
}

static void
zvh_passes_only_what_the_act_lists_and_health_only_with_a_ground(void **state)
{
	(void)state;
	everywhere_in("zvh", claim_zvh_list);
}

static void
claim_layer_2(const struct scene *s)
{
	if ((s->q.message & BIT(FACT_LAYER_2)) != 0)
		assert_false(is(s->recipient, "zorgcoordinator"));
}

static void
layer_two_of_a_riec_table_does_not_exist_for_the_care_coordinator(void **state)
{
	(void)state;
	everywhere_in("riec", claim_layer_2);
}

/* --- comparing two rulings ------------------------------------------------------- */

/* Every cell of A is at most as open as in B. */
static void
at_most(
    const struct scene *s, const struct cell *a, const struct cell *b, const char *what)
{
	const struct schema *schema = schema_signal();
	for (size_t i = 0; i < schema->n_fields; i++) {
		if (a[i].action > b[i].action)
			fail_msg("%s widens %s for %s in %s", what,
			    schema->fields[i].path, s->recipient->role, s->q.convenant);
	}
}

static void
claim_embargo_narrows(const struct scene *s)
{
	struct cell     without[SCHEMA_FIELDS_MAX];
	struct question q = s->q;
	struct ruling   r;
	if ((q.message & BIT(FACT_EMBARGO)) == 0) return;
	q.message &= ~BIT(FACT_EMBARGO);
	policy_rule(policy, &q, &r);
	ruling_cells(&r, s->record, without);
	at_most(s, s->cells, without, "embargo");
}

static void
adding_an_embargo_never_widens(void **state)
{
	(void)state;
	everywhere_in(NULL, claim_embargo_narrows);
}

static void
claim_embargo_shows_the_desk(const struct scene *s)
{
	if ((s->q.message & BIT(FACT_EMBARGO)) == 0 || is(s->recipient, "kmar")) return;
	if (is(s->recipient, "zorginstelling") && strcmp(s->q.convenant, "zorg") != 0)
		return;             /* has not signed */
	if (s->record != 0) return; /* these fields stand outside persons */
	assert_int_equal(action_of(s, "handling.embargo.contact_desk"), RELEASED);
	assert_int_equal(action_of(s, "handling.embargo.review_on"), RELEASED);
	if (is(s->recipient, "police om zorgcoordinator veilig_thuis")) return;
	if (strcmp(s->q.convenant, "zorg") == 0) return;
	for (size_t i = 0; i < schema_signal()->n_fields; i++) {
		const char *c = policy_category(policy, &schema_signal()->fields[i]);
		if (strcmp(c, "meta") != 0 && strcmp(c, "embargo") != 0)
			assert_int_equal(s->cells[i].action, WITHHELD);
	}
}

static void
under_embargo_others_see_whom_to_consult_and_no_content(void **state)
{
	(void)state;
	everywhere_in(NULL, claim_embargo_shows_the_desk);
}

static void
claim_embargo_keeps_care(const struct scene *s)
{
	if (!is(s->recipient, "zorgcoordinator") || (s->record & BIT(FACT_VICTIM)) == 0)
		return;
	if (strcmp(s->q.convenant, "afstemming") == 0) return;
	/* the tax authority gives nothing to third parties (WGS 1.5(4)) */
	if (!is(s->sender, "belastingdienst"))
		assert_int_equal(action_of(s, "persons.threat.level"), RELEASED);
	/* a RIEC may have no care data (WGS 2.22(1)): they go under zorg and zvh */
	if (strcmp(s->q.convenant, "riec") == 0) return;
	assert_int_equal(action_of(s, "persons.care.needs"), RELEASED);
	assert_int_equal(action_of(s, "persons.shelter.kind"), RELEASED);
	assert_int_equal(action_of(s, "persons.family_name"), RELEASED);
}

static void
nothing_blocks_care_for_a_victim_not_embargo_not_age_not_status(void **state)
{
	(void)state;
	everywhere_in(NULL, claim_embargo_keeps_care);
}

static void
claim_minor_narrows(const struct scene *s)
{
	struct cell adult[SCHEMA_FIELDS_MAX], unknown[SCHEMA_FIELDS_MAX];
	factset     others = s->record & ~(BIT(FACT_MINOR) | BIT(FACT_ADULT));
	if ((s->record & BIT(FACT_MINOR)) == 0) return;
	ruling_cells(&s->ruling, others | BIT(FACT_ADULT), adult);
	ruling_cells(&s->ruling, others, unknown);
	at_most(s, s->cells, adult, "minority");
	at_most(s, s->cells, unknown, "minority");
	at_most(s, unknown, adult, "an unknown age");
}

static void
a_minor_is_never_shared_more_than_an_adult_nor_an_unknown_age(void **state)
{
	(void)state;
	everywhere_in(NULL, claim_minor_narrows);
}

static void
claim_consent_widens_only(const struct scene *s)
{
	struct cell more[SCHEMA_FIELDS_MAX];
	ruling_cells(&s->ruling,
	    s->record | BIT(FACT_CONSENT_CARE) | BIT(FACT_CONSENT_ENFORCEMENT), more);
	at_most(s, s->cells, more, "lack of consent");
}

static void
lack_of_consent_never_widens(void **state)
{
	(void)state;
	everywhere_in(NULL, claim_consent_widens_only);
}

/* --- phases of the RIEC ---------------------------------------------------------- */

static void
claim_phases_add(const struct scene *s)
{
	struct cell     later[SCHEMA_FIELDS_MAX];
	struct question q = s->q;
	struct ruling   r;
	if (q.phase[0] == '3') return;
	q.phase = q.phase[0] == '1' ? "2" : "3";
	policy_rule(policy, &q, &r);
	assert_int_equal(r.code, RC_OK);
	ruling_cells(&r, s->record, later);
	at_most(s, s->cells, later, "an earlier phase");
}

static void
each_riec_phase_adds_to_the_former(void **state)
{
	(void)state;
	everywhere_in("riec", claim_phases_add);
}

/* --- CIE, expiry, the unsigned --------------------------------------------------- */

static void
cie_information_is_refused_everywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < policy_n_convenants(policy); i++) {
		const struct convenant_info *c = policy_convenant_at(policy, i);
		for (unsigned others = 0; others < 1024; others++) {
			struct ruling   r;
			struct question q = {.convenant = c->id,
			    .phase                      = c->phases[0],
			    .purpose                    = c->purposes[0],
			    .sender_oin                 = "00000099000000020000",
			    .sender_desk                = "avim",
			    .recipient_oin              = "00000099000000060000",
			    .today                      = day("2026-11-21"),
			    .message                    = BIT(FACT_CIE)};
			q.message |= others;
			policy_rule(policy, &q, &r);
			assert_int_equal(r.code, RC_CIE);
			assert_true(r.refused);
			assert_non_null(policy_rule_info(policy, r.rule));
		}
	}
}

/* A question from a desk that signed C; NULL if no party did. */
static const struct party *
signatory_of(const struct convenant_info *c)
{
	for (size_t i = 0; i < policy_n_parties(policy); i++) {
		const struct party *p = policy_party_at(policy, i);
		struct ruling       r;
		struct question     q = {.convenant = c->id,
		        .phase                      = c->phases[0],
		        .purpose                    = c->purposes[0],
		        .sender_oin                 = p->oin,
		        .sender_desk                = p->desks[0],
		        .recipient_oin              = p->oin,
		        .today                      = day("2026-11-21")};
		policy_rule(policy, &q, &r);
		if (r.code != RC_SENDER_NOT_ALLOWED) return p;
	}
	return NULL;
}

typedef void (*dated)(const struct convenant_info *c, const struct party *to, rc code,
    const struct cell *cells);

static void
everywhere_on(const char *date, dated holds)
{
	for (size_t i = 0; i < policy_n_convenants(policy); i++) {
		const struct convenant_info *c    = policy_convenant_at(policy, i);
		const struct party          *from = signatory_of(c);
		if (from == NULL) { /* of whose table no party of this region is */
			assert_string_equal(c->id, "cobo");
			continue;
		}
		for (size_t to = 0; to < policy_n_parties(policy); to++) {
			struct ruling   r;
			struct cell     cells[SCHEMA_FIELDS_MAX];
			struct question q = {.convenant = c->id,
			    .phase                      = c->phases[0],
			    .purpose                    = c->purposes[0],
			    .sender_oin                 = from->oin,
			    .sender_desk                = from->desks[0],
			    .recipient_oin = policy_party_at(policy, to)->oin,
			    .today         = day(date)};
			policy_rule(policy, &q, &r);
			ruling_cells(&r, BIT(FACT_VICTIM) | BIT(FACT_ADULT), cells);
			holds(c, policy_party_at(policy, to), r.code, cells);
		}
	}
}

static void
claim_not_in_force(const struct convenant_info *c, const struct party *to, rc code,
    const struct cell *cells)
{
	(void)c;
	(void)to;
	(void)cells;
	assert_int_equal(code, RC_CONVENANT_NOT_IN_FORCE);
}

static void
nothing_passes_before_the_term(void **state)
{
	(void)state;
	everywhere_on("2025-02-28", claim_not_in_force);
	everywhere_on("1970-01-01", claim_not_in_force);
}

static void
claim_identifies_nobody(const struct convenant_info *c, const struct party *to, rc code,
    const struct cell *cells)
{
	if (code != RC_OK) return;
	for (size_t i = 0; i < schema_signal()->n_fields; i++) {
		const struct category_info *kind =
		    &policy->categories[policy->category_of[i]];
		bool of_person =
		    strncmp(schema_signal()->fields[i].path, "persons.", 8) == 0;
		if (cells[i].action != WITHHELD && (kind->identifying || of_person))
			fail_msg("%s passes to %s after the end of %s",
			    schema_signal()->fields[i].path, to->role, c->id);
	}
}

static void
after_the_term_nothing_passes_that_identifies(void **state)
{
	(void)state;
	everywhere_on("2029-01-01", claim_identifies_nobody);
	everywhere_on("2099-01-01", claim_identifies_nobody);
}

static const char *const served[][8] = {
    {"afstemming", "municipality", "police", "nla", "zorgcoordinator", "veilig_thuis",
        NULL},
    {"zorg", "municipality", "zorgcoordinator", "veilig_thuis", "zorginstelling", NULL},
    {"zvh", "municipality", "police", "zorgcoordinator", "veilig_thuis", "om", NULL},
    {"riec", "municipality", "police", "nla", "zorgcoordinator", "om", "belastingdienst",
        "kmar"},
};

static const struct party *
party_of_role(const char *role)
{
	for (size_t i = 0; i < policy_n_parties(policy); i++) {
		if (strcmp(policy_party_at(policy, i)->role, role) == 0)
			return policy_party_at(policy, i);
	}
	return NULL;
}

static struct ruling
from_the_municipality(const char *convenant, const char *role)
{
	struct ruling   r;
	struct question q = {.convenant = convenant,
	    .phase                      = "1",
	    .sender_oin                 = "00000099000000010000",
	    .sender_desk                = "meldpunt",
	    .recipient_oin              = party_of_role(role)->oin,
	    .today                      = day("2026-11-21")};
	for (size_t i = 0; i < policy_n_convenants(policy); i++) {
		const struct convenant_info *c = policy_convenant_at(policy, i);
		if (strcmp(c->id, convenant) == 0) q.purpose = c->purposes[0];
	}
	policy_rule(policy, &q, &r);
	return r;
}

static void
each_convenant_serves_its_parties_and_nobody_else(void **state)
{
	(void)state;
	for (size_t c = 0; c < N(served); c++) {
		for (size_t i = 0; i < policy_n_parties(policy); i++) {
			const char *role = policy_party_at(policy, i)->role;
			bool        in   = false;
			for (size_t k = 1; k < 8 && served[c][k] != NULL; k++)
				in = in || strcmp(served[c][k], role) == 0;
			struct ruling r = from_the_municipality(served[c][0], role);
			if (r.code != (in ? RC_OK : RC_NOT_ENTITLED))
				fail_msg(
				    "%s in %s: %s", role, served[c][0], rc_name(r.code));
			if (!in) assert_true(strlen(r.change) > 0);
		}
	}
}

static void
any_two_recipients_get_a_different_cut(void **state)
{
	(void)state;
	static const factset records[] = {0, BIT(FACT_VICTIM) | BIT(FACT_ADULT),
	    BIT(FACT_SUSPECT) | BIT(FACT_ADULT),
	    BIT(FACT_VICTIM) | BIT(FACT_ADULT) | BIT(FACT_CONSENT_CARE)};
	for (size_t c = 0; c < N(served); c++) {
		for (size_t a = 1; a < 8 && served[c][a] != NULL; a++) {
			for (size_t b = 1; b < a; b++) {
				struct ruling ra =
				    from_the_municipality(served[c][0], served[c][a]);
				struct ruling rb =
				    from_the_municipality(served[c][0], served[c][b]);
				bool differ = false;
				for (size_t k = 0; k < N(records); k++) {
					struct cell ca[SCHEMA_FIELDS_MAX],
					    cb[SCHEMA_FIELDS_MAX];
					ruling_cells(&ra, records[k], ca);
					ruling_cells(&rb, records[k], cb);
					for (size_t f = 0; f < schema_signal()->n_fields;
					     f++)
						differ = differ ||
						         ca[f].action != cb[f].action;
				}
				if (!differ)
					fail_msg("%s and %s alike in %s", served[c][a],
					    served[c][b], served[c][0]);
			}
		}
	}
}

/* --- what must pass -------------------------------------------------------------- */

static int
action_for(const char *convenant, const char *role, factset record, const char *field)
{
	struct ruling r = from_the_municipality(convenant, role);
	struct cell   cells[SCHEMA_FIELDS_MAX];
	ruling_cells(&r, record, cells);
	return cells[schema_find(field)->index].action;
}

static void
the_tax_authority_knows_suspects_by_name_and_others_by_pseudonym(void **state)
{
	(void)state;
	const char *const tax = "belastingdienst";
	assert_int_equal(action_for("riec", tax, BIT(FACT_SUSPECT) | BIT(FACT_ADULT),
	                     "persons.family_name"),
	    RELEASED);
	assert_int_equal(action_for("riec", tax, BIT(FACT_VICTIM) | BIT(FACT_ADULT),
	                     "persons.family_name"),
	    PSEUDONYMISED);
	assert_int_equal(action_for("riec", tax, BIT(FACT_VICTIM) | BIT(FACT_MINOR),
	                     "persons.family_name"),
	    WITHHELD);
	assert_int_equal(action_for("riec", tax, BIT(FACT_VICTIM) | BIT(FACT_ADULT),
	                     "persons.residence.postcode"),
	    SLUIS__ACTION__ACTION_GENERALISE);
	assert_int_equal(action_for("riec", tax, BIT(FACT_SUSPECT) | BIT(FACT_ADULT),
	                     "persons.residence.postcode"),
	    RELEASED);
}

static void
the_care_coordinator_gets_care_status_and_shelter_under_zorg(void **state)
{
	(void)state;
	static const char *const fields[] = {"persons.care.needs",
	    "persons.shelter.address.street", "persons.residence_status.kind",
	    "persons.family_name", "persons.bsn", "planned_interventions.kind",
	    "persons.threat.level", "persons.bans.kind"};
	for (size_t i = 0; i < N(fields); i++) {
		factset record =
		    strncmp(fields[i], "persons.", 8) == 0 ? BIT(FACT_VICTIM) : 0;
		assert_int_equal(
		    action_for("zorg", "zorgcoordinator", record, fields[i]), RELEASED);
	}
	assert_int_equal(action_for("zorg", "zorgcoordinator", BIT(FACT_VICTIM),
	                     "persons.health.injuries"),
	    WITHHELD);
	assert_int_equal(
	    action_for("zorg", "zorgcoordinator",
	        BIT(FACT_VICTIM) | BIT(FACT_CONSENT_CARE), "persons.health.injuries"),
	    RELEASED);
}

static void
the_police_get_care_data_with_this_persons_consent(void **state)
{
	(void)state;
	factset victim = BIT(FACT_VICTIM) | BIT(FACT_ADULT);
	assert_int_equal(
	    action_for("zvh", "police", victim, "persons.health.injuries"), WITHHELD);
	assert_int_equal(
	    action_for("zvh", "police", victim | BIT(FACT_CONSENT_ENFORCEMENT),
	        "persons.health.injuries"),
	    RELEASED);
	assert_int_equal(
	    action_for("zvh", "police", BIT(FACT_SUSPECT) | BIT(FACT_CONSENT_ENFORCEMENT),
	        "persons.health.injuries"),
	    WITHHELD);
}

static void
only_the_attention_officer_of_the_municipality_sees_persons_under_zorg(void **state)
{
	(void)state;
	struct question q = {.convenant = "zorg",
	    .phase                      = "1",
	    .purpose                    = "hulpverlening",
	    .sender_oin                 = "00000099000000040000",
	    .sender_desk                = "zorgcoordinator",
	    .recipient_oin              = "00000099000000010000",
	    .today                      = day("2026-11-21")};
	struct ruling   r;
	struct cell     cells[SCHEMA_FIELDS_MAX];
	unsigned        name = schema_find("persons.family_name")->index;
	policy_rule(policy, &q, &r);
	assert_string_equal(r.desk, "meldpunt");
	ruling_cells(&r, BIT(FACT_VICTIM) | BIT(FACT_ADULT), cells);
	assert_int_equal(cells[name].action, WITHHELD);
	q.recipient_desk = "aandachtfunctionaris";
	policy_rule(policy, &q, &r);
	ruling_cells(&r, BIT(FACT_VICTIM) | BIT(FACT_ADULT), cells);
	assert_int_equal(cells[name].action, RELEASED);
	ruling_cells(&r, BIT(FACT_VICTIM) | BIT(FACT_MINOR), cells);
	assert_int_equal(cells[name].action, WITHHELD);
}

static void
the_labour_authority_joins_a_zvh_case_only_after_its_declaration(void **state)
{
	(void)state;
	struct ruling r = from_the_municipality("zvh", "nla");
	assert_int_equal(r.code, RC_NOT_ENTITLED);
	assert_string_equal(
	    r.change, "recipient signs a confidentiality declaration for zvh");
}

static void
assert_barred_as_auditor(const struct ruling *r)
{
	assert_int_equal(r->code, RC_NOT_ENTITLED);
	assert_false(r->refused); /* the others still get theirs */
	assert_non_null(policy_rule_info(policy, r->rule));
	assert_non_null(strstr(policy_rule_info(policy, r->rule)->id, "-audit"));
}

/* Not by silence: by a rule that says so, so that the answer names it. */
static void
the_auditor_receives_nothing_under_any_convenant_by_a_rule(void **state)
{
	static const char *const convenants[] = {"afstemming", "riec", "zorg", "zvh"};

	(void)state;
	for (size_t i = 0; i < N(convenants); i++) {
		struct ruling r = from_the_municipality(convenants[i], "auditor");
		assert_barred_as_auditor(&r);
	}
	struct ruling   r;
	struct question q = {.convenant = "opsporing",
	    .phase                      = "1",
	    .purpose                    = "opsporing",
	    .sender_oin                 = "00000099000000020000",
	    .sender_desk                = "avim",
	    .recipient_oin              = party_of_role("auditor")->oin,
	    .today                      = day("2026-11-21")};
	policy_rule(policy, &q, &r);
	assert_barred_as_auditor(&r);
}

static void
a_signature_under_one_convenant_is_none_under_another(void **state)
{
	(void)state;
	struct bundle  *b = bundle_shipped();
	struct question q = {.convenant = "riec",
	    .phase                      = "1",
	    .purpose                    = "casusoverleg",
	    .sender_oin                 = "00000099000000010000",
	    .sender_desk                = "meldpunt",
	    .recipient_oin              = "00000099000000060000",
	    .today                      = day("2026-11-21")};
	struct ruling   r;
	struct cell     cells[SCHEMA_FIELDS_MAX];
	bundle_edit(b, "parties.yaml", "desks: [beleid]\n    signed:\n",
	    "desks: [beleid]\n    signed: &\n");
	bundle_edit(b, "parties.yaml",
	    " &\n      - {convenant: zvh, from: 2025-03-01, until: 2028-12-31}\n"
	    "      - {convenant: riec, from: 2025-03-01, until: 2028-12-31}\n",
	    "\n      - {convenant: zvh, from: 2025-03-01, until: 2028-12-31}\n");
	AUTO(policy_destroy) struct policy *p = bundle_policy(b);
	policy_rule(p, &q, &r);
	assert_int_equal(r.code, RC_OK); /* as a non-signatory */
	ruling_cells(&r, BIT(FACT_SUSPECT) | BIT(FACT_ADULT), cells);
	assert_int_equal(
	    cells[schema_find("persons.family_name")->index].action, WITHHELD);
	assert_int_equal(
	    cells[schema_find("exploitation.types")->index].action, RELEASED);
	q.sender_oin  = "00000099000000060000";
	q.sender_desk = "beleid";
	policy_rule(p, &q, &r);
	assert_int_equal(r.code, RC_SENDER_NOT_ALLOWED);
}

static bool decided[1024]; /* by rule number: it ruled some field of some scene */

static void
claim_mark(const struct scene *s)
{
	for (size_t f = 0; f < schema_signal()->n_fields; f++)
		if (s->cells[f].rule != RULE_NONE) decided[s->cells[f].rule] = true;
}

static void
every_shipped_rule_decides_something_somewhere(void **state)
{
	(void)state;
	/* for a source, recipient or audience that nobody of this region is, and for a
	 * fact that no scene has; the cases beside the policy reach them by role */
	static const char *const idle[] = {"riec-res", "riec-whox", "riec-idn",
	    "riec-enfx", "riec-inc", "ops-idf", "ops-psn", "ops-non", "zvh-nla",
	    "zvh-secret", "zvh-secret2", "zvh-raad", "zvh-dji", "zvh-recl", "zvh-inst",
	    "zvh-jgd", "zvh-cure", "zorg-non", "afs-non", "reg-consent"};
	assert_true(policy_n_rules(policy) <= N(decided));
	everywhere_in(NULL, claim_mark);
	for (unsigned i = 0; i < policy_n_rules(policy); i++) {
		const struct rule_info *rule  = policy_rule_info(policy, i);
		bool                    known = strcmp(rule->convenant, "cobo") == 0;
		if (policy->rules[i]->bar > BAR_WITHHOLD) continue; /* decides no field */
		for (size_t k = 0; k < N(idle); k++)
			known = known || strcmp(rule->id, idle[k]) == 0;
		if (decided[i] == known)
			fail_msg("rule %s %s", rule->id,
			    known ? "decides now" : "never decides");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
	        reporter_narrative_10_1_b_own_reference_and_needless_nationality_reach_nobody),
	    cmocka_unit_test(
	        care_data_reach_enforcement_only_by_consent_or_emergency_and_then_only_the_police),
	    cmocka_unit_test(shelter_location_stays_inside_the_care_chain),
	    cmocka_unit_test(
	        care_learns_nothing_about_suspects_and_witnesses_not_even_that_they_are_there),
	    cmocka_unit_test(care_gets_of_the_other_side_only_the_three_coarse_data),
	    cmocka_unit_test(under_zorg_only_care_and_municipality_are_served),
	    cmocka_unit_test(under_afstemming_nobody_is_identified),
	    cmocka_unit_test(
	        who_signed_nothing_gets_form_sector_coarse_place_and_indicators_only),
	    cmocka_unit_test(a_datum_passes_only_from_its_lawful_source),
	    cmocka_unit_test(
	        riec_opens_by_phase_and_never_for_health_care_documents_or_witnesses),
	    cmocka_unit_test(
	        investigators_share_police_data_among_themselves_and_nothing_of_supervision),
	    cmocka_unit_test(
	        zvh_passes_only_what_the_act_lists_and_health_only_with_a_ground),
	    cmocka_unit_test(
	        layer_two_of_a_riec_table_does_not_exist_for_the_care_coordinator),
	    cmocka_unit_test(adding_an_embargo_never_widens),
	    cmocka_unit_test(under_embargo_others_see_whom_to_consult_and_no_content),
	    cmocka_unit_test(
	        nothing_blocks_care_for_a_victim_not_embargo_not_age_not_status),
	    cmocka_unit_test(
	        a_minor_is_never_shared_more_than_an_adult_nor_an_unknown_age),
	    cmocka_unit_test(lack_of_consent_never_widens),
	    cmocka_unit_test(each_riec_phase_adds_to_the_former),
	    cmocka_unit_test(cie_information_is_refused_everywhere),
	    cmocka_unit_test(nothing_passes_before_the_term),
	    cmocka_unit_test(after_the_term_nothing_passes_that_identifies),
	    cmocka_unit_test(each_convenant_serves_its_parties_and_nobody_else),
	    cmocka_unit_test(any_two_recipients_get_a_different_cut),
	    cmocka_unit_test(
	        the_tax_authority_knows_suspects_by_name_and_others_by_pseudonym),
	    cmocka_unit_test(
	        the_care_coordinator_gets_care_status_and_shelter_under_zorg),
	    cmocka_unit_test(the_police_get_care_data_with_this_persons_consent),
	    cmocka_unit_test(
	        only_the_attention_officer_of_the_municipality_sees_persons_under_zorg),
	    cmocka_unit_test(
	        the_labour_authority_joins_a_zvh_case_only_after_its_declaration),
	    cmocka_unit_test(the_auditor_receives_nothing_under_any_convenant_by_a_rule),
	    cmocka_unit_test(a_signature_under_one_convenant_is_none_under_another),
	    cmocka_unit_test(every_shipped_rule_decides_something_somewhere),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
