/* SPDX-License-Identifier: EUPL-1.2 */
/* result_describe.c - outcomes, deliveries and entries of an answer as plain structs. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "client/form.h"
#include "client/result.h"
#include "client/signer.h"
#include "client/wirejson.h"
#include "proto/auto.h"
#include "proto/message.h"
#include "proto/pbjson.h"
#include "proto/schema.h"
#include "signal.pb-c.h"

static uint8_t *
keep_bytes(struct sluis_result *r, const ProtobufCBinaryData *b)
{
	uint8_t *copy = result_alloc(r, b->len + 1);

	if (copy != NULL && b->len != 0) memcpy(copy, b->data, b->len);
	return copy;
}

/* --- rule groups as fields ------------------------------------------------------- */

static size_t
count_paths(size_t n, Sluis__RuleGroup *const *groups)
{
	size_t total = 0;

	for (size_t i = 0; i < n; i++) {
		struct slice rest = slice_of(groups[i]->paths.data, groups[i]->paths.len);
		const struct schema_field *f = NULL;
		while (rest.n != 0 && schema_unpack(&rest, &f) == RC_OK) total++;
	}
	return total;
}

/* Paths point into the one schema, so their addresses have its order. */
static int
by_path(const void *a, const void *b)
{
	const struct sluis_field *x = a, *y = b;

	if (x->path != y->path) return x->path < y->path ? -1 : 1;
	return (x->action > y->action) - (x->action < y->action);
}

struct fields { /* growing view on a block of the pool */
	size_t              n, room;
	struct sluis_field *at;
};

static rc
add_group(struct sluis_result *r, struct fields *out, const Sluis__RuleGroup *g)
{
	struct slice rest    = slice_of(g->paths.data, g->paths.len);
	const char  *rule    = result_text(r, g->rule);
	const char  *article = result_text(r, g->article);

	while (rest.n != 0 && out->n < out->room) {
		const struct schema_field *f = NULL;
		TRY(schema_unpack(&rest, &f));
		out->at[out->n++] = (struct sluis_field){.path = f->path,
		    .action  = (enum sluis_action)g->action,
		    .rule    = rule,
		    .article = article};
	}
	return RC_OK;
}

static rc
add_groups(
    struct sluis_result *r, struct fields *out, size_t n, Sluis__RuleGroup *const *groups)
{
	for (size_t i = 0; i < n; i++) TRY(add_group(r, out, groups[i]));
	return RC_OK;
}

static rc
new_fields(struct sluis_result *r, size_t room, struct fields *ret)
{
	*ret = (struct fields){
	    .room = room, .at = result_alloc(r, (room + 1) * sizeof *ret->at)};
	return ret->at != NULL ? RC_OK : RC_NOMEM;
}

static const struct sluis_field *
sorted(struct fields *f, size_t *ret_n)
{
	qsort(f->at, f->n, sizeof *f->at, by_path);
	*ret_n = f->n;
	return f->at;
}

/* --- outcomes -------------------------------------------------------------------- */

static const struct sluis_obligation *
describe_obligations(
    struct sluis_result *r, size_t n, Sluis__Obligation *const *from, size_t *ret_n)
{
	struct sluis_obligation *o = result_alloc(r, (n + 1) * sizeof *o);

	for (size_t i = 0; o != NULL && i < n; i++)
		o[i] = (struct sluis_obligation){.id = result_text(r, from[i]->id),
		    .text                            = result_text(r, from[i]->text),
		    .article                         = result_text(r, from[i]->article),
		    .until_ms                        = from[i]->until_ms};
	*ret_n = o != NULL ? n : 0;
	return o;
}

static rc
describe_outcome(
    struct sluis_result *r, const Sluis__Outcome *from, struct sluis_outcome *to)
{
	struct fields f;

	TRY(new_fields(r, count_paths(from->n_groups, from->groups), &f));
	TRY(add_groups(r, &f, from->n_groups, from->groups));
	to->fields = sorted(&f, &to->n_fields);
	to->oin    = result_text(r, from->oin);
	to->desk   = result_text(r, from->desk);
	to->code = code_out(from->code != NULL ? rc_from_name(from->code) : RC_MALFORMED);
	to->rule = result_text(r, from->rule);
	to->article = result_text(r, from->article);
	to->change  = result_text(r, from->change);
	to->entry_index =
	    from->receipt != NULL ? (int64_t)from->receipt->index : SLUIS_NO_ENTRY;
	to->obligations = describe_obligations(
	    r, from->n_obligations, from->obligations, &to->n_obligations);
	to->lost = from->lost;
	return RC_OK;
}

rc
result_take_answer(struct sluis_result *r, Sluis__Answer **answer)
{
	r->answer        = TAKE(*answer);
	Sluis__Answer *a = r->answer;

	r->code     = a->code != NULL ? rc_from_name(a->code) : RC_MALFORMED;
	r->outcomes = result_alloc(r, (a->n_outcomes + 1) * sizeof *r->outcomes);
	if (r->outcomes == NULL) return RC_NOMEM;
	for (size_t i = 0; i < a->n_outcomes; i++) {
		TRY(describe_outcome(r, a->outcomes[i], &r->outcomes[i]));
		r->n_outcomes++;
	}
	for (size_t i = 0; i < a->n_receipts; i++)
		TRY(result_add_entry(r, a->receipts[i]));
	return RC_OK;
}

/* --- deliveries ------------------------------------------------------------------ */

/* JSON (may be NULL, released here) as text in the pool, its first copy wiped. */
static const char *
keep_json(struct sluis_result *r, json_t *json)
{
	char       *text = json != NULL ? json_dumps(json, JSON_INDENT(2)) : NULL;
	const char *kept = result_text(r, text);

	if (text != NULL) sodium_memzero(text, strlen(text));
	free(text);
	json_decref(json);
	return kept;
}

/* The signal of COPY as indented JSON text in the pool. */
static rc
describe_signal(
    struct sluis_result *r, const Sluis__Copy *copy, struct sluis_delivery *to)
{
	Sluis__Signal *signal =
	    sluis__signal__unpack(NULL, copy->signal.len, copy->signal.data);
	json_t *json = signal != NULL ? pbjson_write(&signal->base) : NULL;

	to->signal_json = keep_json(r, json);
	to->signal      = keep_bytes(r, &copy->signal);
	to->signal_n    = copy->signal.len;
	message_destroy(&signal);
	return to->signal != NULL && to->signal_json[0] != '\0' ? RC_OK : RC_NOMEM;
}

static rc
describe_notice(
    struct sluis_result *r, const Sluis__Copy *copy, struct sluis_delivery *to)
{
	AUTO(message_destroy)
	Sluis__Notice *notice =
	    sluis__notice__unpack(NULL, copy->notice.len, copy->notice.data);

	if (notice == NULL) return RC_NOMEM;
	TRY(form_check(&notice->base));
	to->signal_json = "";
	to->notice_json = keep_json(r, wirejson_write(&notice->base));
	if (notice->case_id.len == ID_BYTES)
		to->case_id = keep_bytes(r, &notice->case_id);
	return to->notice_json[0] != '\0' ? RC_OK : RC_NOMEM;
}

/* What it carries, and the case that it stands in. */
static rc
describe_content(
    struct sluis_result *r, const Sluis__Copy *copy, struct sluis_delivery *to)
{
	if (copy->has_notice) return describe_notice(r, copy, to);
	to->notice_json = "";
	if (copy->case_id.len == ID_BYTES) to->case_id = keep_bytes(r, &copy->case_id);
	if (copy->corrects.len == ID_BYTES) to->corrects = keep_bytes(r, &copy->corrects);
	to->enriches = copy->enriches;
	return describe_signal(r, copy, to);
}

static rc
describe_statements(
    struct sluis_result *r, const Sluis__Copy *copy, struct sluis_delivery *to)
{
	struct sluis_statement *s = result_alloc(r, (copy->n_statements + 1) * sizeof *s);

	if (s == NULL) return RC_NOMEM;
	for (size_t i = 0; i < copy->n_statements; i++)
		s[i] = (struct sluis_statement){
		    .path   = result_text(r, copy->statements[i]->path),
		    .action = (enum sluis_action)copy->statements[i]->action,
		    .kind   = result_text(r, copy->statements[i]->kind),
		    .value  = result_text(r, copy->statements[i]->value),
		    .former = copy->statements[i]->former};
	to->statements   = s;
	to->n_statements = copy->n_statements;
	return RC_OK;
}

/* Room for one more in the array *AT of N elements of SIZE bytes. */
static void *
one_more(void **at, size_t n, size_t size)
{
	void *grown = reallocarray(*at, n + 1, size);

	if (grown == NULL) return NULL;
	*at = grown;
	return memset((uint8_t *)grown + n * size, 0, size);
}

rc
result_add_delivery(
    struct sluis_result *r, const Sluis__Delivery *d, const Sluis__Copy *copy)
{
	struct fields          f;
	struct sluis_delivery *to =
	    one_more((void **)&r->deliveries, r->n_deliveries, sizeof *to);

	if (to == NULL) return RC_NOMEM;
	memcpy(to->id, d->delivery_id.data, sizeof to->id);
	TRY(describe_content(r, copy, to));
	TRY(describe_statements(r, copy, to));
	TRY(new_fields(r, count_paths(copy->n_grounds, copy->grounds), &f));
	TRY(add_groups(r, &f, copy->n_grounds, copy->grounds));
	to->grounds     = sorted(&f, &to->n_grounds);
	to->sender_oin  = result_text(r, copy->sender_oin);
	to->sender_desk = result_text(r, copy->sender_desk);
	to->convenant   = result_text(r, copy->convenant);
	to->phase       = result_text(r, copy->phase);
	to->purpose     = result_text(r, copy->purpose);
	to->released_ms = copy->released_ms;
	to->attempt     = d->attempt;
	to->obligations = describe_obligations(
	    r, copy->n_obligations, copy->obligations, &to->n_obligations);
	to->entry_index =
	    d->receipt != NULL ? (int64_t)d->receipt->index : SLUIS_NO_ENTRY;
	r->n_deliveries++;
	return RC_OK;
}

static const uint8_t *
keep_hash(struct sluis_result *r, const struct hash *h)
{
	uint8_t *kept = result_alloc(r, HASH_BYTES);

	return kept != NULL ? memcpy(kept, h->b, HASH_BYTES) : NULL;
}

rc
result_add_signature(struct sluis_result *r, const struct signature *signature)
{
	struct sluis_signature *to     = result_alloc(r, sizeof *to);
	const struct binding   *signer = &signature->signer;

	if (to == NULL) return RC_NOMEM;
	to->oin                                      = result_text(r, signer->oin);
	to->desk                                     = result_text(r, signer->desk);
	to->made_ms                                  = signature->made_ms;
	to->not_before_ms                            = signer->not_before_ms;
	to->not_after_ms                             = signer->not_after_ms;
	to->binding                                  = keep_hash(r, &signer->id);
	to->certificate                              = keep_hash(r, &signer->certificate);
	r->deliveries[r->n_deliveries - 1].signature = to;
	return to->binding != NULL && to->certificate != NULL ? RC_OK : RC_NOMEM;
}

/* --- entries --------------------------------------------------------------------- */

static const char *const event_names[] = {"unspecified", "ruling", "not_served",
    "refused", "acknowledged", "undelivered", "enrolled", "revoked", "policy", "opened",
    "audit_read", "crl", "policy_signed", "policy_refused", "anchors", "case", "notice",
    "feedback", "recall", "destroyed", "withdrawn", "reveal_asked", "reveal_decided",
    "link", "control", "response", "overdue", "shielded", "removed", "cover", "gate",
    "epoch", "erased", "subject_asked", "subject_decided", "subject_read", "restored",
    "clock"};

const char *
event_name(int kind)
{
	size_t n = sizeof event_names / sizeof event_names[0];

	return kind >= 0 && (size_t)kind < n ? event_names[kind] : "unknown";
}

/* A detail names the released fields with their articles, and the withheld ones. */
static rc
describe_entry_fields(struct sluis_result *r, const Sluis__Leaf *leaf,
    const Sluis__Detail *detail, struct sluis_entry *to)
{
	struct fields f;
	bool          from_detail = detail != NULL && detail->n_released != 0;
	size_t        n_released  = from_detail ? detail->n_released : leaf->n_released;
	Sluis__RuleGroup *const *released =
	    from_detail ? detail->released : leaf->released;
	size_t                   n_withheld = detail != NULL ? detail->n_withheld : 0;
	Sluis__RuleGroup *const *withheld   = detail != NULL ? detail->withheld : NULL;

	TRY(new_fields(r,
	    count_paths(n_released, released) + count_paths(n_withheld, withheld), &f));
	TRY(add_groups(r, &f, n_released, released));
	TRY(add_groups(r, &f, n_withheld, withheld));
	to->fields = sorted(&f, &to->n_fields);
	return RC_OK;
}

/* A digest of the leaf in hex; "" if it has none, and for no memory. */
static const char *
keep_digest(struct sluis_result *r, const ProtobufCBinaryData *digest)
{
	char hex[2 * HASH_BYTES + 1] = "";

	if (digest->len == HASH_BYTES)
		hex_encode(hex, sizeof hex, slice_of(digest->data, HASH_BYTES));
	return result_text(r, hex);
}

static rc
describe_leaf(struct sluis_result *r, const Sluis__Leaf *leaf, struct sluis_entry *to)
{
	to->kind           = event_name((int)leaf->kind);
	to->time_ms        = leaf->time_ms;
	to->sender_oin     = result_text(r, leaf->sender_oin);
	to->sender_desk    = result_text(r, leaf->sender_desk);
	to->recipient_oin  = result_text(r, leaf->recipient_oin);
	to->recipient_desk = result_text(r, leaf->recipient_desk);
	to->convenant      = result_text(r, leaf->convenant);
	to->phase          = result_text(r, leaf->phase);
	to->purpose        = result_text(r, leaf->purpose);
	to->code           = result_text(r, leaf->code);
	to->rule           = result_text(r, leaf->rule);
	to->bundle         = keep_digest(r, &leaf->bundle_hash);
	to->subject        = keep_digest(r, &leaf->subject_digest);
	to->user           = "";
	to->count          = leaf->has_count ? leaf->count : 0;
	to->refers_to = leaf->has_refers_to ? (int64_t)leaf->refers_to : SLUIS_NO_ENTRY;
	return RC_OK;
}

static rc
describe_detail(struct sluis_result *r, const Sluis__Receipt *receipt,
    const Sluis__Detail *detail, struct sluis_entry *to)
{
	to->detail   = keep_bytes(r, &receipt->detail);
	to->detail_n = receipt->detail.len;
	if (to->detail == NULL) return RC_NOMEM;
	if (detail->trace_id.len == ID_BYTES)
		to->trace_id = keep_bytes(r, &detail->trace_id);
	if (detail->case_id.len == ID_BYTES)
		to->case_id = keep_bytes(r, &detail->case_id);
	to->user = result_text(r, detail->user);
	return RC_OK;
}

rc
result_add_entry(struct sluis_result *r, const Sluis__Receipt *receipt)
{
	AUTO(message_destroy)
	Sluis__Leaf *leaf =
	    sluis__leaf__unpack(NULL, receipt->leaf.len, receipt->leaf.data);
	AUTO(message_destroy)
	Sluis__Detail *detail =
	    receipt->has_detail
	        ? sluis__detail__unpack(NULL, receipt->detail.len, receipt->detail.data)
	        : NULL;

	if (leaf == NULL || (receipt->has_detail && detail == NULL)) return RC_BAD_PROOF;
	if (form_check(&leaf->base) != RC_OK ||
	    (detail != NULL && form_check(&detail->base) != RC_OK))
		return RC_BAD_PROOF;
	struct sluis_entry *to = one_more((void **)&r->entries, r->n_entries, sizeof *to);
	if (to == NULL) return RC_NOMEM;
	to->index  = receipt->index;
	to->leaf   = keep_bytes(r, &receipt->leaf);
	to->leaf_n = receipt->leaf.len;
	if (to->leaf == NULL) return RC_NOMEM;
	TRY(describe_leaf(r, leaf, to));
	TRY(describe_entry_fields(r, leaf, detail, to));
	if (detail != NULL) TRY(describe_detail(r, receipt, detail, to));
	r->n_entries++;
	return RC_OK;
}
