/* SPDX-License-Identifier: EUPL-1.2 */
/* subject_hit.c - what one release did with the fields of one person. */
#include <string.h>

#include "broker/knowing/subject.h"
#include "broker/outcome.h"
#include "broker/standing/adopt.h"
#include "proto/auto.h"
#include "proto/message.h"
#include "proto/schema.h"
#include "proto/text.h"

void
policies_wipe(struct policies *p)
{
	for (size_t i = 0; i < p->n; i++) policy_destroy(&p->at[i]);
	p->n = 0;
}

/* --- the policy of then ----------------------------------------------------------- */

/* NULL where it cannot be read any more. */
static rc
policy_of(struct broker *b, struct policies *p, const Sluis__Leaf *leaf,
    const struct policy **ret)
{
	struct hash hash;

	*ret = NULL;
	if (leaf->bundle_hash.len != HASH_BYTES) return RC_OK;
	memcpy(hash.b, leaf->bundle_hash.data, HASH_BYTES);
	if (hash_equal(&hash, policy_hash(b->policy))) *ret = b->policy;
	for (size_t i = 0; *ret == NULL && i < p->n; i++)
		if (hash_equal(&hash, &p->hash[i])) *ret = p->at[i];
	if (*ret != NULL || p->n == sizeof p->at / sizeof p->at[0]) return RC_OK;
	rc code = adopt_past(b, &hash, &p->at[p->n]);
	if (code == RC_NOT_FOUND || code == RC_POLICY) return RC_OK;
	TRY(code);
	p->hash[p->n] = hash;
	*ret          = p->at[p->n++];
	return RC_OK;
}

/* --- ruling again ----------------------------------------------------------------- */

static bool
facts_named(size_t n, char *const *names, factset *ret)
{
	for (size_t i = 0; i < n; i++) {
		enum fact f;
		if (!fact_from_name(names[i], &f)) return false;
		*ret |= fact_bit(f);
	}
	return true;
}

static bool
has_path(const ProtobufCBinaryData *paths, const struct schema_field *field)
{
	struct slice               rest = slice_of(paths->data, paths->len);
	const struct schema_field *f    = NULL;

	while (rest.n != 0 && schema_unpack(&rest, &f) == RC_OK)
		if (f->index == field->index) return true;
	return false;
}

static void
read_fields(const ProtobufCBinaryData *paths, struct fieldset *ret)
{
	struct slice               rest = slice_of(paths->data, paths->len);
	const struct schema_field *f    = NULL;

	while (rest.n != 0 && schema_unpack(&rest, &f) == RC_OK)
		fieldset_add(ret, f->index);
}

static const char *
text_of(const char *text)
{
	return text == NULL ? "" : text;
}

/* The cells for a record with FACTS, as the broker ruled them; false if it is not known
 * any more what it weighed. */
static bool
rule_again(const struct policy *p, const Sluis__Leaf *l, const Sluis__Detail *d,
    factset record, struct cell cells[SCHEMA_FIELDS_MAX])
{
	struct fieldset held_back = {{0}};
	struct ruling   ruling;
	struct question q = {.convenant = text_of(l->convenant),
	    .phase                      = text_of(l->phase),
	    .purpose                    = text_of(l->purpose),
	    .sender_oin                 = text_of(l->sender_oin),
	    .sender_desk                = text_of(l->sender_desk),
	    .recipient_oin              = text_of(l->recipient_oin),
	    .recipient_desk             = l->recipient_desk,
	    .today                      = date_of_ms(l->time_ms),
	    .region                     = d->region_unknown ? "" : d->region,
	    .held_back                  = &held_back};

	if (p == NULL || !facts_named(d->n_facts, d->facts, &q.message)) return false;
	read_fields(&d->held_back, &held_back);
	policy_rule(p, &q, &ruling);
	if (ruling.code != RC_OK) return false;
	ruling_cells(&ruling, record, cells);
	return true;
}

/* --- the groups ------------------------------------------------------------------- */

/* The group of HIT that says ACTION by RULE. */
static rc
group_of(Sluis__SubjectHit *hit, int action, const char *rule, const char *article,
    Sluis__RuleGroup **ret)
{
	for (size_t i = 0; i < hit->n_groups; i++) {
		*ret = hit->groups[i];
		if ((int)(*ret)->action == action && text_same((*ret)->rule, rule))
			return RC_OK;
	}
	*ret = message_add(&hit->n_groups, &hit->groups, sizeof **ret);
	if (*ret == NULL) return RC_NOMEM;
	sluis__rule_group__init(*ret);
	(*ret)->has_action = 1;
	(*ret)->action     = (Sluis__Action)action;
	TRY(message_text(&(*ret)->rule, rule));
	return message_text(&(*ret)->article, article);
}

static rc
add_path(Sluis__RuleGroup *g, const struct schema_field *f)
{
	AUTO(buf_wipe)
	struct buf paths = buf_init(SCHEMA_FIELDS_MAX * (SCHEMA_DEPTH_MAX + 1));

	TRY(buf_append(&paths, slice_of(g->paths.data, g->paths.len)));
	TRY(schema_pack(f, &paths));
	protobuf_c_boolean  has = 0;
	ProtobufCBinaryData all = {0};
	TRY(message_bytes(&has, &all, buf_slice(&paths)));
	free(g->paths.data);
	g->has_paths = has;
	g->paths     = all;
	return RC_OK;
}

/* Whether the detail says that F went out with ACTION by RULE. */
static bool
was_given(
    const Sluis__Detail *d, const struct schema_field *f, int action, const char *rule)
{
	for (size_t i = 0; i < d->n_released; i++)
		if ((int)d->released[i]->action == action &&
		    text_same(d->released[i]->rule, rule) &&
		    has_path(&d->released[i]->paths, f))
			return true;
	return false;
}

/* F by what was ruled for this record. */
static rc
add_ruled(Sluis__SubjectHit *hit, const struct policy *p, const Sluis__Detail *d,
    const struct schema_field *f, const struct cell *cell)
{
	const struct rule_info *rule   = policy_rule_info(p, cell->rule);
	const char             *id     = rule == NULL ? NULL : rule->id;
	int                     action = cell->action;
	Sluis__RuleGroup       *g      = NULL;

	/* what has no pseudonym or coarse form was withheld instead */
	if (action != SLUIS__ACTION__ACTION_WITHHOLD && !was_given(d, f, action, id))
		action = SLUIS__ACTION__ACTION_WITHHOLD;
	TRY(group_of(hit, action, id, rule == NULL ? NULL : rule->article, &g));
	return add_path(g, f);
}

/* F by every group in which it stands: what was ruled for her alone is not known. */
static rc
add_listed(Sluis__SubjectHit *hit, size_t n, Sluis__RuleGroup *const *groups,
    const struct schema_field *f)
{
	for (size_t i = 0; i < n; i++) {
		Sluis__RuleGroup *g = NULL;
		if (!has_path(&groups[i]->paths, f)) continue;
		TRY(group_of(hit, (int)groups[i]->action, groups[i]->rule,
		    groups[i]->article, &g));
		TRY(add_path(g, f));
	}
	return RC_OK;
}

static rc
fill_groups(const struct policy *p, const Sluis__Leaf *l, const Sluis__Detail *d,
    const Sluis__RuledRecord *record, Sluis__SubjectHit *hit)
{
	struct cell     cells[SCHEMA_FIELDS_MAX];
	struct fieldset fields = {{0}};
	factset         facts  = 0;
	bool            known  = facts_named(record->n_facts, record->facts, &facts) &&
	             rule_again(p, l, d, facts, cells);

	read_fields(&record->paths, &fields);
	for (unsigned i = 0; i < schema_signal()->n_fields; i++) {
		const struct schema_field *f = &schema_signal()->fields[i];
		if (!fieldset_has(&fields, i)) continue;
		if (known) {
			TRY(add_ruled(hit, p, d, f, &cells[i]));
			continue;
		}
		TRY(add_listed(hit, d->n_released, d->released, f));
		TRY(add_listed(hit, d->n_withheld, d->withheld, f));
	}
	return RC_OK;
}

/* --- one release ------------------------------------------------------------------ */

static rc
describe(const struct subject_row *row, uint64_t index, const Sluis__Leaf *l,
    Sluis__SubjectHit *hit)
{
	hit->has_index   = 1;
	hit->index       = index;
	hit->has_time_ms = 1;
	hit->time_ms     = l->time_ms;
	TRY(message_bytes(
	    &hit->has_trace_id, &hit->trace_id, slice_of(row->trace, ID_BYTES)));
	TRY(message_text(&hit->sender_oin, l->sender_oin));
	TRY(message_text(&hit->sender_desk, l->sender_desk));
	TRY(message_text(&hit->recipient_oin, l->recipient_oin));
	TRY(message_text(&hit->recipient_desk, l->recipient_desk));
	TRY(message_text(&hit->convenant, l->convenant));
	TRY(message_text(&hit->phase, l->phase));
	return message_text(&hit->purpose, l->purpose);
}

rc
subject_hit(struct broker *b, struct policies *p, const struct subject_row *row,
    uint64_t index, const struct inquiry *q, Sluis__SubjectHit *hit, bool *ret_is)
{
	AUTO(message_destroy) Sluis__Leaf   *leaf   = NULL;
	AUTO(message_destroy) Sluis__Detail *detail = NULL;
	const struct policy                 *policy = NULL;
	bool                                 lost   = false;

	TRY(outcome_left(b, index, &leaf, &detail, &lost));
	*ret_is = leaf->kind == SLUIS__EVENT_KIND__EVENT_RULING &&
	          (lost || (detail != NULL && row->record < detail->n_records)) &&
	          leaf->time_ms >= q->from_ms &&
	          (q->to_ms == 0 || leaf->time_ms <= q->to_ms);
	if (!*ret_is) return RC_OK;
	TRY(describe(row, index, leaf, hit));
	hit->has_lost = hit->lost = lost;
	if (lost) return RC_OK;
	TRY(policy_of(b, p, leaf, &policy));
	return fill_groups(policy, leaf, detail, detail->records[row->record], hit);
}
