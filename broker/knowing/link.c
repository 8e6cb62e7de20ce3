/* SPDX-License-Identifier: EUPL-1.2 */
/* link.c - tokens of a signal, and the rules of who hears of a match. */
#include "broker/knowing/link.h"

#include <string.h>

#include "broker/decision/identify.h"

static bool
among(const char *const *names, const char *name)
{
	for (size_t i = 0; names != NULL && names[i] != NULL; i++)
		if (strcmp(names[i], name) == 0) return true;
	return false;
}

static bool
same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* --- rules ----------------------------------------------------------------------- */

/* Whether any rule could ever compare KIND of a signal under CONVENANT. */
static bool
is_wanted(const struct policy *p, const char *convenant, const char *kind)
{
	for (size_t i = 0; i < policy_n_links(p); i++) {
		const struct link_info *l = policy_link_at(p, i);
		if (among(l->kinds, kind) &&
		    (same(l->convenant, convenant) || among(l->with, convenant)))
			return true;
	}
	return false;
}

const struct link_info *
link_rule(const struct policy *p, const char *mine, const char *others, const char *kind,
    const char *role, const char *desk)
{
	const struct link_info *found = NULL;

	for (size_t i = 0; i < policy_n_links(p); i++) {
		const struct link_info *l = policy_link_at(p, i);
		if (!same(l->convenant, mine) || !among(l->with, others) ||
		    !among(l->kinds, kind) || !seat_among(l->n_to, l->to, role, desk))
			continue;
		if (found == NULL || (l->parties && !found->parties)) found = l;
	}
	return found;
}

const struct link_info *
link_between(const struct policy *p, const char *kind, const struct link_side *mine,
    const struct link_side *other)
{
	bool across = strcmp(mine->convenant, other->convenant) != 0;

	if (across && (mine->secret || other->secret)) return NULL;
	if (link_rule(p, other->convenant, mine->convenant, kind, other->role,
	        other->desk) == NULL)
		return NULL;
	return link_rule(
	    p, mine->convenant, other->convenant, kind, mine->role, mine->desk);
}

const struct link_info *
link_control_rule(
    const struct policy *p, const char *convenant, const char *role, const char *desk)
{
	for (size_t i = 0; i < policy_n_links(p); i++) {
		const struct link_info *l = policy_link_at(p, i);
		if (l->controls && same(l->convenant, convenant) &&
		    seat_among(l->n_to, l->to, role, desk))
			return l;
	}
	return NULL;
}

bool
link_stands(const struct policy *p, const char *convenant, const char *oin, int32_t today)
{
	const struct convenant_info *c = policy_convenant(p, convenant);

	if (c == NULL || c->registration == NULL || today < c->from || today > c->until)
		return false;
	for (size_t i = 0; i < policy_n_parties(p); i++)
		if (policy_signs_for(
		        p, policy_party_at(p, i)->oin, oin, convenant, today))
			return true;
	return false;
}

const char *
link_care_desk(const struct policy *p, const struct link_info *rule,
    const struct party *party, int32_t today)
{
	bool stands = false;

	for (size_t i = 0; rule->care_under[i] != NULL && !stands; i++)
		stands = link_stands(p, rule->care_under[i], party->oin, today);
	for (size_t i = 0; stands && party->desks[i] != NULL; i++)
		if (seat_among(
		        rule->n_to_care, rule->to_care, party->role, party->desks[i]))
			return party->desks[i];
	return NULL;
}

/* --- tokens ---------------------------------------------------------------------- */

struct work {
	const struct policy *policy;
	struct identities   *all;
	const char          *convenant;
	const Sluis__Signal *signal;
	int32_t              today;
	struct fieldset      held_back; /* by the supplier, from everybody */
	struct link_names   *out;
};

/* Whether the signal as a whole is one that nobody may hear of by an alert. */
static bool
is_hidden(const Sluis__Handling *h)
{
	return h != NULL &&
	       (h->cie || (h->has_layer && h->layer > 1) || h->embargo != NULL);
}

/* Whether a person is one that others may know too. */
static bool
is_linked(const struct work *w, const Sluis__Person *person)
{
	factset facts = facts_of_person(person, w->today);

	return (facts & (fact_bit(FACT_VICTIM) | fact_bit(FACT_SUSPECT))) != 0;
}

/* Whether what RECORD says may be under professional secrecy. */
static bool
is_secret(const struct work *w, const ProtobufCMessage *record)
{
	const Sluis__Handling *h = w->signal->handling;

	if (record->descriptor != &sluis__person__descriptor) return false;
	return (h != NULL && h->has_secrecy_ground) ||
	       ((const Sluis__Person *)record)->health != NULL;
}

/* The same normal form of the same kind is one identifier, wherever it stands. */
static void
add_name(struct link_names *out, struct identity *of, bool secret)
{
	struct link_named *t = NULL;

	for (size_t i = 0; t == NULL && i < out->n; i++)
		if (slice_equal(out->at[i].of->input, of->input)) t = &out->at[i];
	if (t == NULL && out->n == LINK_TOKENS_MAX) {
		out->left_out++;
		return;
	}
	if (t == NULL) {
		t  = &out->at[out->n++];
		*t = (struct link_named){.of = of};
	}
	t->secret = t->secret || secret;
}

static rc
add_identifier(const struct work *w, const ProtobufCMessage *record,
    const struct identifier_info *id)
{
	struct slice     values[IDENTIFIER_PARTS_MAX];
	struct identity *of = NULL;

	for (size_t i = 0; i < id->n; i++)
		if (fieldset_has(&w->held_back, id->parts[i]->index) ||
		    !identify_text(record, id->parts[i], &values[i]))
			return RC_OK;
	if (!is_wanted(w->policy, w->convenant, id->name)) return RC_OK;
	TRY(identities_find(w->all, id, values, &of));
	if (of->code == RC_INVALID_SIGNAL) return RC_OK; /* it cannot match */
	TRY(of->code);
	add_name(w->out, of, is_secret(w, record));
	return RC_OK;
}

static rc
add_record(const struct work *w, const ProtobufCMessage *record, uint32_t number)
{
	for (size_t i = 0; i < policy_n_identifiers(w->policy); i++) {
		const struct identifier_info *id = policy_identifier_at(w->policy, i);
		if (id->parts[0]->numbers[0] == number)
			TRY(add_identifier(w, record, id));
	}
	return RC_OK;
}

static rc
add_records(const struct work *w)
{
	const struct schema_node *root = schema_signal()->root;

	for (unsigned i = 0; i < root->desc->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &root->desc->fields[i];
		for (size_t k = 0; k < field_count(&w->signal->base, f); k++) {
			const ProtobufCMessage *record =
			    *(ProtobufCMessage **)field_value(&w->signal->base, f, k);
			if (root->child[i]->person &&
			    !is_linked(w, (const Sluis__Person *)record))
				continue;
			TRY(add_record(w, record, f->id));
		}
	}
	return RC_OK;
}

rc
link_names_of(const struct policy *p, struct identities *all, const Sluis__Signal *signal,
    const char *convenant, int32_t today, struct link_names *ret)
{
	struct work w = {.policy = p,
	    .all                 = all,
	    .convenant           = convenant,
	    .signal              = signal,
	    .today               = today,
	    .out                 = ret};

	ret->n = ret->left_out = 0;
	if (is_hidden(signal->handling)) return RC_OK;
	TRY(policy_held_back(p, signal->handling, "", &w.held_back));
	return add_records(&w);
}

rc
link_address(const struct pseudonymiser *key, const char *postcode, const char *house,
    uint8_t ret[TOKEN_BYTES])
{
	static const struct identifier_info address = {.name = "address",
	    .n                                               = 2,
	    .normal = {IDENTIFIER_ADDRESS, IDENTIFIER_ADDRESS}};
	struct slice values[2] = {slice_str(postcode), slice_str(house)};

	return pseudonym_token(key, &address, values, ret);
}
