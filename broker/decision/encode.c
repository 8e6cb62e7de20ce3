/* SPDX-License-Identifier: EUPL-1.2 */
/* encode.c - copy, detail, leaf and outcome, filled in from what was decided. */
#include "broker/decision/encode.h"

#include <string.h>

#include "broker/decision/padding.h"
#include "broker/decision/weighed.h"
#include "broker/random.h"
#include "proto/catalogue.h"
#include "proto/message.h"

/* --- the copy -------------------------------------------------------------------- */

/* The message COPY, serialised and padded, in MEM. */
static rc
pack_padded(const Sluis__Copy *copy, struct scratch *mem, struct slice *ret)
{
	size_t n = sluis__copy__get_packed_size(copy), class, zeros;

	TRY(padding_for_copy(n, &class, &zeros));
	uint8_t *p = scratch_alloc(mem, class, 1);
	if (p == NULL) return RC_NOMEM;
	if (sluis__copy__pack(copy, p) != n) return RC_INTERNAL;
	padding_write(p + n, class - n, zeros);
	*ret = slice_of(p, class);
	return RC_OK;
}

/* A text of ours or of the sender's as a field: none if there is nothing in it. */
static char *
field_of(const char *text)
{
	return text == NULL || text[0] == '\0' ? NULL : message_borrow(text);
}

static rc
fill_statements(const struct cut *cut, struct scratch *mem, Sluis__Copy *copy)
{
	Sluis__Statement *all = scratch_alloc(mem, cut->n_statements, sizeof *all);

	copy->statements =
	    scratch_alloc(mem, cut->n_statements, sizeof(Sluis__Statement *));
	if (all == NULL || copy->statements == NULL) return RC_NOMEM;
	for (size_t i = 0; i < cut->n_statements; i++) {
		const struct statement *said = &cut->statements[i];
		sluis__statement__init(&all[i]);
		all[i].has_action   = 1;
		all[i].action       = (Sluis__Action)said->action;
		all[i].path         = field_of(said->path);
		all[i].kind         = field_of(said->kind);
		all[i].value        = message_borrow((const char *)said->value.p);
		all[i].has_former   = said->former;
		all[i].former       = said->former;
		copy->statements[i] = &all[i];
	}
	copy->n_statements = cut->n_statements;
	return RC_OK;
}

static void
fill_obligation(const struct obligation_info *info, uint64_t now_ms, Sluis__Obligation *o)
{
	sluis__obligation__init(o);
	o->id      = field_of(info->id);
	o->text    = field_of(info->text_nl);
	o->article = field_of(info->article);
	if (info->term_days == 0) return;
	o->has_until_ms = 1;
	o->until_ms     = now_ms + (uint64_t)info->term_days * DAY_MS;
}

static rc
fill_obligations(const struct submission *s, const struct ruling *r, Sluis__Copy *copy)
{
	Sluis__Obligation *all = scratch_alloc(s->mem, r->n_obligations, sizeof *all);

	copy->obligations =
	    scratch_alloc(s->mem, r->n_obligations, sizeof(Sluis__Obligation *));
	if (all == NULL || copy->obligations == NULL) return RC_NOMEM;
	for (size_t i = 0; i < r->n_obligations; i++) {
		fill_obligation(r->obligations[i], s->now_ms, &all[i]);
		copy->obligations[i] = &all[i];
	}
	copy->n_obligations = r->n_obligations;
	return RC_OK;
}

/* The case it was released in, and what it takes the place of. */
static void
fill_case(const Sluis__Submit *m, const struct decision *d, Sluis__Copy *copy)
{
	copy->has_enriches = m->has_case_id && m->enriches;
	copy->enriches     = copy->has_enriches;
	copy->has_case_id  = m->has_case_id;
	copy->case_id      = m->case_id;
	copy->has_corrects = d->replaces != NULL;
	if (d->replaces != NULL)
		copy->corrects = message_borrow_bytes(d->replaces, ID_BYTES);
}

/* What was signed, and what leads to it from what is left: *EVIDENCE borrows both. */
static void
fill_evidence(const struct submission *s, const struct decision *d,
    Sluis__Evidence *evidence, Sluis__Copy *copy)
{
	if (s->disclosed == NULL) return;
	*evidence = *d->cut.evidence;
	disclosed_evidence(s->disclosed, d->index, evidence);
	copy->evidence = evidence;
}

static rc
fill_copy(const struct submission *s, const struct decision *d, Sluis__Copy *copy)
{
	const Sluis__Submit *m = s->submit;

	copy->has_signal = 1;
	copy->signal     = message_borrow_bytes(d->cut.signal.p, d->cut.signal.n);
	TRY(fill_statements(&d->cut, s->mem, copy));
	copy->sender_oin  = field_of(m->head->sender_oin);
	copy->sender_desk = field_of(m->head->sender_desk);
	copy->convenant   = field_of(m->convenant);
	copy->phase       = field_of(m->phase);
	copy->purpose     = field_of(m->purpose);
	copy->n_grounds   = d->released.n;
	copy->grounds     = d->released.at;
	TRY(fill_obligations(s, &d->ruling, copy));
	copy->has_released_ms = 1;
	copy->released_ms     = s->now_ms;
	fill_case(m, d, copy);
	return RC_OK;
}

rc
encode_copy(const struct submission *s, struct decision *d)
{
	Sluis__Copy     copy = SLUIS__COPY__INIT;
	Sluis__Evidence evidence;

	TRY(fill_copy(s, d, &copy));
	fill_evidence(s, d, &evidence, &copy);
	TRY(pack_padded(&copy, s->mem, &d->copy));
	random_fill(d->salt, sizeof d->salt);
	d->copy_digest = receipt_copy_digest(slice_of(d->salt, sizeof d->salt), d->copy);
	return RC_OK;
}

/* --- the detail ------------------------------------------------------------------ */

static rc
fill_detail(const struct submission *s, const struct decision *d, Sluis__Detail *detail)
{
	const struct rule_info *why  = policy_rule_info(s->policy, d->ruling.rule);
	uint8_t                *salt = scratch_alloc(s->mem, NONCE_BYTES, 1);

	if (salt == NULL) return RC_NOMEM;
	random_fill(salt, NONCE_BYTES);
	detail->has_salt     = 1;
	detail->salt         = message_borrow_bytes(salt, NONCE_BYTES);
	detail->has_trace_id = 1;
	detail->trace_id     = s->submit->head->request_id;
	detail->user         = field_of(s->submit->head->user);
	detail->has_layer    = d->layer > 1;
	detail->layer        = d->layer;
	detail->has_case_id  = s->submit->has_case_id;
	detail->case_id      = s->submit->case_id;
	detail->n_withheld   = d->withheld.n;
	detail->withheld     = d->withheld.at;
	detail->n_released   = d->released.n;
	detail->released     = d->released.at;
	detail->code         = field_of(rc_name(d->ruling.code));
	detail->rule         = field_of(why == NULL ? NULL : why->id);
	detail->article      = field_of(why == NULL ? NULL : why->article);
	detail->change       = field_of(d->ruling.change);
	return RC_OK;
}

/* Where the matter lay, unless in the sender's region; a name that the policy does not
 * know is any text, and is not repeated. */
static void
fill_region(const struct submission *s, Sluis__Detail *detail)
{
	const char *region = s->submit->region;

	if (region == NULL) return;
	if (policy_has_region(s->policy, region)) {
		detail->region = field_of(region);
		return;
	}
	detail->has_region_unknown = 1;
	detail->region_unknown     = 1;
}

/* What was weighed: enough for an auditor to rule again (client/command/policy/past.h).
 * The records follow. */
static rc
fill_weighed(const struct submission *s, const struct decision *d, Sluis__Detail *detail)
{
	const struct ruling *r = &d->ruling;

	TRY(weighed_names(r->message, s->mem, &detail->n_facts, &detail->facts));
	fill_region(s, detail);
	if (!fieldset_is_empty(&r->held_back))
		TRY(weighed_paths(
		    &r->held_back, s->mem, &detail->has_held_back, &detail->held_back));
	if (r->code != RC_UNKNOWN_RECIPIENT || r->recipient == NULL) return RC_OK;
	detail->has_desk_unknown = 1;
	detail->desk_unknown     = 1;
	return RC_OK;
}

rc
encode_detail(const struct submission *s, struct decision *d)
{
	Sluis__Detail detail = SLUIS__DETAIL__INIT;

	TRY(fill_detail(s, d, &detail));
	TRY(fill_weighed(s, d, &detail));
	size_t   n = sluis__detail__get_packed_size(&detail);
	uint8_t *p = scratch_alloc(s->mem, n + s->records.n, 1);
	if (n > DETAIL_MAX - s->records.n) return RC_TOO_LARGE;
	if (p == NULL) return RC_NOMEM;
	if (sluis__detail__pack(&detail, p) != n) return RC_INTERNAL;
	if (s->records.n != 0) memcpy(p + n, s->records.p, s->records.n);
	d->detail = slice_of(p, n + s->records.n);
	return RC_OK;
}

/* --- the leaf -------------------------------------------------------------------- */

enum {
	LEAF_COMPLETION = 96
}; /* what journal_append() adds: nonce, version, time, digest */

static ProtobufCBinaryData
borrow_hash(const struct hash *h)
{
	return message_borrow_bytes(h->b, HASH_BYTES);
}

static void
describe_parties(const struct submission *s, struct decision *d, Sluis__Leaf *leaf)
{
	leaf->sender_oin      = s->submit->head->sender_oin;
	leaf->sender_desk     = s->submit->head->sender_desk;
	leaf->recipient_oin   = message_borrow(d->recipient_oin);
	leaf->recipient_desk  = message_borrow(d->desk);
	leaf->convenant       = s->submit->convenant;
	leaf->phase           = s->submit->phase;
	leaf->purpose         = s->submit->purpose;
	leaf->has_bundle_hash = 1;
	leaf->bundle_hash     = borrow_hash(policy_hash(s->policy));
	leaf->has_binding_id  = 1;
	leaf->binding_id      = borrow_hash(s->binding);
}

static void
describe_service(struct decision *d, Sluis__Leaf *leaf)
{
	for (size_t i = 0; i < d->ruling.n_obligations; i++)
		d->obligations[i] = message_borrow(d->ruling.obligations[i]->id);
	leaf->obligations     = d->obligations;
	leaf->n_obligations   = d->ruling.n_obligations;
	leaf->has_copy_digest = 1;
	leaf->copy_digest     = borrow_hash(&d->copy_digest);
}

rc
encode_leaf(const struct submission *s, struct decision *d)
{
	const struct rule_info *why    = policy_rule_info(s->policy, d->ruling.rule);
	bool                    served = d->ruling.code == RC_OK;
	Sluis__Leaf            *leaf   = &d->leaf;

	leaf->has_kind = 1;
	leaf->kind     = served ? SLUIS__EVENT_KIND__EVENT_RULING
	                        : SLUIS__EVENT_KIND__EVENT_NOT_SERVED;
	describe_parties(s, d, leaf);
	if (why != NULL) leaf->rule = message_borrow(why->id);
	if (served)
		describe_service(d, leaf);
	else
		leaf->code = message_borrow(rc_name(d->ruling.code));
	struct rule_groups named;
	TRY(rule_groups_short(&d->released, s->mem, &named));
	leaf->n_released        = named.n;
	leaf->released          = named.at;
	leaf->has_detail_digest = 1; /* the journal fills it in */
	if (!catalogue_allows(leaf)) return RC_INTERNAL;
	return sluis__leaf__get_packed_size(leaf) + LEAF_COMPLETION > LEAF_MAX
	           ? RC_LEAF_TOO_LARGE
	           : RC_OK;
}

/* --- what the sender is told ----------------------------------------------------- */

/* All groups, as a Detail and an Outcome have them. */
static rc
join_groups(const struct decision *d, struct scratch *mem, Sluis__Outcome *o)
{
	size_t n = d->released.n, m = d->withheld.n;

	o->groups = scratch_alloc(mem, n + m, sizeof(Sluis__RuleGroup *));
	if (o->groups == NULL) return RC_NOMEM;
	if (n != 0) memcpy(o->groups, d->released.at, n * sizeof(Sluis__RuleGroup *));
	if (m != 0) memcpy(o->groups + n, d->withheld.at, m * sizeof(Sluis__RuleGroup *));
	o->n_groups = n + m;
	return RC_OK;
}

static rc
name_obligations(const Sluis__Leaf *leaf, struct scratch *mem, Sluis__Outcome *o)
{
	Sluis__Obligation *all = scratch_alloc(mem, leaf->n_obligations, sizeof *all);

	o->obligations =
	    scratch_alloc(mem, leaf->n_obligations, sizeof(Sluis__Obligation *));
	if (all == NULL || o->obligations == NULL) return RC_NOMEM;
	for (; o->n_obligations < leaf->n_obligations; o->n_obligations++) {
		Sluis__Obligation *one = &all[o->n_obligations];
		sluis__obligation__init(one);
		one->id = field_of(leaf->obligations[o->n_obligations]);
		o->obligations[o->n_obligations] = one;
	}
	return RC_OK;
}

rc
encode_outcome(const struct submission *s, struct decision *d)
{
	const struct rule_info *why = policy_rule_info(s->policy, d->ruling.rule);
	Sluis__Outcome          o   = SLUIS__OUTCOME__INIT;

	o.oin     = field_of(d->recipient_oin);
	o.desk    = field_of(d->desk);
	o.code    = field_of(rc_name(d->ruling.code));
	o.rule    = field_of(d->leaf.rule);
	o.article = field_of(why == NULL ? NULL : why->article);
	o.change  = field_of(d->ruling.change);
	TRY(name_obligations(&d->leaf, s->mem, &o));
	TRY(join_groups(d, s->mem, &o));
	return scratch_pack(s->mem, &o.base, DETAIL_MAX, &d->outcome);
}
