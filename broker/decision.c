/* SPDX-License-Identifier: EUPL-1.2 */
/* decision.c - rule, redact, and encode copy and detail for one recipient. */
#include "broker/decision.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/weighed.h"
#include "proto/auto.h"
#include "proto/catalogue.h"
#include "proto/message.h"

enum {
	CLASS_MIN   = 1024,
	CLASS_MAX   = 256 * 1024,
	CLASS_STEPS = 4, /* for each doubling */
	DETAIL_MAX  = 64 * 1024,
	PADDING_TAG = 11 << 3 | 2, /* Copy.padding, length-delimited */
};

/* --- names ----------------------------------------------------------------------- */

static bool
is_oin(const char *text)
{
	return text != NULL && strlen(text) == OIN_DIGITS &&
	       strspn(text, "0123456789") == OIN_DIGITS;
}

rc
decision_check_recipients(size_t n, Sluis__Recipient *const *recipients, struct where *w)
{
	for (size_t i = 0; i < n; i++) {
		if (is_oin(recipients[i]->oin)) continue;
		(void)snprintf(w->at, sizeof w->at, "recipients[%zu].oin", i);
		return RC_MALFORMED;
	}
	return RC_OK;
}

/* --- ruling ---------------------------------------------------------------------- */

void
decision_rule(
    const struct submission *s, const Sluis__Recipient *recipient, struct decision *ret)
{
	const Sluis__Submit *m         = s->submit;
	struct fieldset      held_back = {{0}};
	/* the stage that made S has checked that refusals name categories */
	if (policy_held_back(s->policy, s->handling,
	        recipient->oin == NULL ? "" : recipient->oin, &held_back) != RC_OK)
		held_back = fieldset_all();
	struct question q = {
	    .convenant      = m->convenant == NULL ? "" : m->convenant,
	    .phase          = m->phase == NULL ? "" : m->phase,
	    .purpose        = m->purpose == NULL ? "" : m->purpose,
	    .sender_oin     = m->head->sender_oin,
	    .sender_desk    = m->head->sender_desk,
	    .recipient_oin  = recipient->oin == NULL ? "" : recipient->oin,
	    .recipient_desk = recipient->desk,
	    .today          = date_of_ms(s->now_ms),
	    .region         = m->region,
	    .message        = s->facts,
	    .held_back      = &held_back,
	};

	*ret =
	    (struct decision){.layer = (s->facts & fact_bit(FACT_LAYER_2)) != 0 ? 2 : 1,
	        .detail              = buf_init(DETAIL_MAX),
	        .copy                = buf_init(CLASS_MAX)};
	sluis__leaf__init(&ret->leaf);
	policy_rule(s->policy, &q, &ret->ruling);
	ret->recipient_oin = q.recipient_oin;
	/* a desk that nobody has may be any text: it is not repeated */
	ret->desk = ret->ruling.desk != NULL ? ret->ruling.desk : "";
}

/* --- the copy -------------------------------------------------------------------- */

/* Bytes of the varint of N. */
static size_t
varint_size(size_t n)
{
	return n < 128 ? 1 : n < 16384 ? 2 : 3;
}

/* How many zeros make a field of exactly WANT bytes, tag and length included; false if no
 * number does (a length that would need a longer varint). */
static bool
padding_for(size_t want, size_t *ret)
{
	for (size_t header = 2; header <= 4; header++) {
		if (want < header) return false;
		if (1 + varint_size(want - header) != header) continue;
		*ret = want - header;
		return true;
	}
	return false;
}

/* The next size class after CLASS. */
static size_t
class_after(size_t class)
{
	size_t doubled = CLASS_MIN;

	while (doubled * 2 <= class) doubled *= 2;
	return class + doubled / CLASS_STEPS;
}

rc
copy_pad(struct buf *copy)
{
	size_t zeros = 0, class = CLASS_MIN;

	while (class < copy->n ||
	       (class != copy->n && !padding_for(class - copy->n, &zeros)))
		class = class_after(class);
	if (class > CLASS_MAX) return RC_TOO_LARGE;
	if (class == copy->n) return RC_OK;

	size_t   header = class - copy->n - zeros;
	uint8_t *p      = buf_extend(copy, class - copy->n);
	if (p == NULL) return RC_TOO_LARGE;
	p[0] = PADDING_TAG;
	for (size_t i = 1, v = zeros; i < header; i++, v >>= 7)
		p[i] = (uint8_t)((v & 0x7f) | (i + 1 < header ? 0x80 : 0));
	return RC_OK;
}

static rc
add_statement(Sluis__Copy *copy, const struct statement *said)
{
	Sluis__Statement *s =
	    message_add(&copy->n_statements, &copy->statements, sizeof *s);
	if (s == NULL) return RC_NOMEM;
	sluis__statement__init(s);
	s->has_action = 1;
	s->action     = (Sluis__Action)said->action;
	TRY(message_text(&s->path, said->path));
	TRY(message_text(&s->kind, said->kind));
	s->value = strndup((const char *)said->value.p, said->value.n);
	return s->value == NULL ? RC_NOMEM : RC_OK;
}

static rc
add_obligation(Sluis__Copy *copy, const struct obligation_info *info, uint64_t now_ms)
{
	Sluis__Obligation *o =
	    message_add(&copy->n_obligations, &copy->obligations, sizeof *o);
	if (o == NULL) return RC_NOMEM;
	sluis__obligation__init(o);
	TRY(message_text(&o->id, info->id));
	TRY(message_text(&o->text, info->text_nl));
	TRY(message_text(&o->article, info->article));
	if (info->term_days == 0) return RC_OK;
	o->has_until_ms = 1;
	o->until_ms     = now_ms + (uint64_t)info->term_days * DAY_MS;
	return RC_OK;
}

/* The case it was released in, and what it takes the place of. */
static rc
fill_case(const Sluis__Submit *m, const struct decision *d, Sluis__Copy *copy)
{
	copy->has_enriches = m->has_case_id && m->enriches;
	copy->enriches     = copy->has_enriches;
	if (m->has_case_id)
		TRY(message_bytes(&copy->has_case_id, &copy->case_id,
		    slice_of(m->case_id.data, m->case_id.len)));
	if (d->replaces == NULL) return RC_OK;
	return message_bytes(
	    &copy->has_corrects, &copy->corrects, slice_of(d->replaces, ID_BYTES));
}

/* What was signed, and what leads to it from what is left. */
static rc
fill_evidence(struct decision *d, Sluis__Copy *copy)
{
	const Sluis__SignedDisclosure *one = d->disclosed;

	if (one == NULL) return RC_OK;
	copy->evidence = TAKE(d->cut.evidence);
	TRY(message_bytes(&copy->evidence->has_disclosure, &copy->evidence->disclosure,
	    slice_of(one->disclosure.data, one->disclosure.len)));
	return message_bytes(&copy->evidence->has_sig, &copy->evidence->sig,
	    slice_of(one->sig.data, one->sig.len));
}

static rc
fill_copy(const struct submission *s, struct decision *d, Sluis__Copy *copy)
{
	const Sluis__Submit *m = s->submit;

	TRY(message_bytes(&copy->has_signal, &copy->signal, buf_slice(&d->cut.signal)));
	for (size_t i = 0; i < d->cut.n_statements; i++)
		TRY(add_statement(copy, &d->cut.statements[i]));
	TRY(message_text(&copy->sender_oin, m->head->sender_oin));
	TRY(message_text(&copy->sender_desk, m->head->sender_desk));
	TRY(message_text(&copy->convenant, m->convenant));
	TRY(message_text(&copy->phase, m->phase));
	TRY(message_text(&copy->purpose, m->purpose));
	TRY(grounds_to_groups(&d->cut.grounds, s->policy, GROUNDS_RELEASED, true,
	    &copy->n_grounds, &copy->grounds));
	for (size_t i = 0; i < d->ruling.n_obligations; i++)
		TRY(add_obligation(copy, d->ruling.obligations[i], s->now_ms));
	copy->has_released_ms = 1;
	copy->released_ms     = s->now_ms;
	TRY(fill_evidence(d, copy));
	return fill_case(m, d, copy);
}

static rc
encode_copy(const struct submission *s, struct decision *d)
{
	AUTO(message_destroy) Sluis__Copy *copy = calloc(1, sizeof *copy);
	if (copy == NULL) return RC_NOMEM;
	sluis__copy__init(copy);
	TRY(fill_copy(s, d, copy));

	TRY(message_pack(&copy->base, &d->copy));
	TRY(copy_pad(&d->copy));
	randombytes_buf(d->salt, sizeof d->salt);
	d->copy_digest =
	    receipt_copy_digest(slice_of(d->salt, sizeof d->salt), buf_slice(&d->copy));
	return RC_OK;
}

/* --- the detail ------------------------------------------------------------------ */

static rc
fill_detail(const struct submission *s, const struct decision *d, Sluis__Detail *detail)
{
	uint8_t                    salt[NONCE_BYTES];
	const ProtobufCBinaryData *id  = &s->submit->head->request_id;
	const struct rule_info    *why = policy_rule_info(s->policy, d->ruling.rule);

	randombytes_buf(salt, sizeof salt);
	TRY(message_bytes(&detail->has_salt, &detail->salt, slice_of(salt, sizeof salt)));
	TRY(message_bytes(
	    &detail->has_trace_id, &detail->trace_id, slice_of(id->data, id->len)));
	TRY(message_text(&detail->user, s->submit->head->user));
	detail->has_layer = d->layer > 1;
	detail->layer     = d->layer;
	if (s->submit->has_case_id)
		TRY(message_bytes(&detail->has_case_id, &detail->case_id,
		    slice_of(s->submit->case_id.data, s->submit->case_id.len)));
	TRY(grounds_to_groups(&d->cut.grounds, s->policy, GROUNDS_WITHHELD, true,
	    &detail->n_withheld, &detail->withheld));
	TRY(grounds_to_groups(&d->cut.grounds, s->policy, GROUNDS_RELEASED, true,
	    &detail->n_released, &detail->released));
	TRY(message_text(&detail->code, rc_name(d->ruling.code)));
	if (why != NULL) TRY(message_text(&detail->rule, why->id));
	if (why != NULL) TRY(message_text(&detail->article, why->article));
	return message_text(&detail->change, d->ruling.change);
}

/* Where the matter lay, unless in the sender's region; a name that the policy does not
 * know is any text, and is not repeated. */
static rc
fill_region(const struct submission *s, Sluis__Detail *detail)
{
	const char *region = s->submit->region;

	if (region == NULL) return RC_OK;
	if (policy_has_region(s->policy, region))
		return message_text(&detail->region, region);
	detail->has_region_unknown = 1;
	detail->region_unknown     = 1;
	return RC_OK;
}

/* What was weighed: enough for an auditor to rule again (client/command/policy/past.h).
 * The records follow. */
static rc
fill_weighed(const struct submission *s, const struct decision *d, Sluis__Detail *detail)
{
	static const struct fieldset none = {{0}};
	const struct ruling         *r    = &d->ruling;

	TRY(weighed_facts(r->message, &detail->n_facts, &detail->facts));
	TRY(fill_region(s, detail));
	if (memcmp(&r->held_back, &none, sizeof none) != 0)
		TRY(weighed_paths(
		    &r->held_back, &detail->has_held_back, &detail->held_back));
	if (r->code != RC_UNKNOWN_RECIPIENT || r->recipient == NULL) return RC_OK;
	detail->has_desk_unknown = 1;
	detail->desk_unknown     = 1;
	return RC_OK;
}

static rc
encode_detail(const struct submission *s, struct decision *d)
{
	AUTO(message_destroy) Sluis__Detail *detail = calloc(1, sizeof *detail);
	if (detail == NULL) return RC_NOMEM;
	sluis__detail__init(detail);
	TRY(fill_detail(s, d, detail));
	TRY(fill_weighed(s, d, detail));
	TRY(message_pack(&detail->base, &d->detail));
	return buf_append(&d->detail, s->records);
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

static rc
describe(const struct submission *s, struct decision *d)
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
	TRY(grounds_to_groups(&d->cut.grounds, s->policy, GROUNDS_RELEASED, false,
	    &leaf->n_released, &leaf->released));
	leaf->has_detail_digest = 1; /* the journal fills it in */
	if (!catalogue_allows(leaf)) return RC_INTERNAL;
	return sluis__leaf__get_packed_size(leaf) + LEAF_COMPLETION > LEAF_MAX
	           ? RC_LEAF_TOO_LARGE
	           : RC_OK;
}

bool
decision_is_own(const struct submission *s, const struct decision *d)
{
	return strcmp(s->submit->head->sender_oin, d->recipient_oin) == 0;
}

void
decision_refuse_nothing(struct decision *d)
{
	d->ruling.code   = RC_NOT_ENTITLED;
	d->ruling.rule   = RULE_NONE;
	d->ruling.change = "other facts, or fields that a rule grants: nothing of this "
	                   "signal would be left";
}

void
decision_refuse_full(struct decision *d)
{
	d->ruling.code   = RC_QUEUE_FULL;
	d->ruling.rule   = RULE_NONE;
	d->ruling.change = "less that waits for this desk: send to it again, later";
}

/* --- public ---------------------------------------------------------------------- */

rc
decision_disclosed(const struct submission *s, size_t i, struct decision *d)
{
	TRY(disclosed_check(s->submit, i, s->signer, &d->root, d->seed));
	d->disclosed = s->submit->disclosures[i];
	return RC_OK;
}

/* Who is not served gets no copy; what was signed for it has to fit all the same. */
static rc
check_unserved(const struct submission *s, const struct decision *d)
{
	AUTO(disclosure_destroy) struct disclosure *tree = NULL;

	if (d->disclosed == NULL) return RC_OK;
	TRY(disclosure_new(&tree, &s->unpacked->base, d->seed));
	struct short_hash root = disclosure_root(tree);
	return memcmp(root.b, d->root.b, sizeof root.b) == 0 ? RC_OK : RC_BAD_DISCLOSURE;
}

rc
decision_encode(const struct submission *s, struct decision *d)
{
	if (d->ruling.code != RC_OK) TRY(check_unserved(s, d));
	if (d->ruling.code == RC_OK) {
		struct redaction r = {
		    .ruling        = &d->ruling,
		    .pseudonymiser = s->pseudonymiser,
		    .domain        = {.recipient_oin = d->recipient_oin,
		               .convenant            = s->submit->convenant,
		               .period               = "", /* cases come with the route */
		               .purpose              = s->submit->purpose},
		    .today         = date_of_ms(s->now_ms),
		    .own           = decision_is_own(s, d),
		    .seed          = d->disclosed == NULL ? NULL : d->seed,
		    .root          = &d->root,
		};
		TRY(redact_signal(&r, s->signal, &d->cut));
		if (d->cut.signal.n != 0 || d->cut.n_statements != 0)
			TRY(encode_copy(s, d));
		else
			decision_refuse_nothing(d);
	}
	TRY(encode_detail(s, d));
	return describe(s, d);
}

void
decision_wipe(struct decision *d)
{
	rule_groups_free(d->leaf.n_released, d->leaf.released);
	cut_wipe(&d->cut);
	buf_wipe(&d->copy);
	buf_wipe(&d->detail);
	sodium_memzero(d->salt, sizeof d->salt);
	sodium_memzero(d->seed, sizeof d->seed);
}
