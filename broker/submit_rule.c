/* SPDX-License-Identifier: EUPL-1.2 */
/* submit_rule.c - one signal is ruled on and encoded for all its recipients. */
#include <stdio.h>
#include <string.h>

#include "broker/knowing/knowing.h"
#include "broker/submit_inside.h"

void
work_wipe(struct work *w)
{
	for (size_t i = 0; i < w->n; i++) decision_wipe(&w->decisions[i]);
	w->n = 0;
}

/* No recipient twice: one desk gets one copy of a signal. */
static rc
refuse_doubles(const struct work *w)
{
	for (size_t i = 0; i < w->n; i++)
		for (size_t k = i + 1; k < w->n; k++)
			if (strcmp(w->decisions[i].recipient_oin,
			        w->decisions[k].recipient_oin) == 0 &&
			    strcmp(w->decisions[i].desk, w->decisions[k].desk) == 0)
				return RC_MALFORMED;
	return RC_OK;
}

/* The signal as a whole is refused. */
static rc
deny_whole(const struct policy *p, struct request *q, const struct ruling *ruling)
{
	const struct rule_info *why = policy_rule_info(p, ruling->rule);

	return request_deny(q, ruling->code, why == NULL ? NULL : why->id,
	    why == NULL ? NULL : why->article, ruling->change);
}

static rc
make_room(struct work *w, const Sluis__Submit *m)
{
	if (m->n_recipients == 0) return RC_EMPTY_AUDIENCE;
	if (m->n_recipients > RECIPIENTS_MAX) return RC_TOO_MANY;
	struct scratch *mem = w->shared.mem;
	w->decisions        = scratch_alloc(mem, m->n_recipients, sizeof *w->decisions);
	w->encoded          = scratch_alloc(mem, m->n_recipients, sizeof *w->encoded);
	w->released         = scratch_alloc(mem, m->n_recipients, sizeof *w->released);
	return w->decisions == NULL || w->encoded == NULL || w->released == NULL
	           ? RC_NOMEM
	           : RC_OK;
}

/* Rule on recipient I by FACTS. */
static void
rule(struct work *w, size_t i, factset facts)
{
	struct decision *d   = &w->decisions[i];
	factset          own = w->shared.facts;

	decision_wipe(d);
	w->encoded[i]   = false;
	w->shared.facts = facts;
	decision_rule(&w->shared, w->shared.submit->recipients[i], d);
	w->shared.facts = own;
	d->index        = i;
}

/* The same, when the case says OF_CASE about it and its copy REPLACES one, unless that
 * was done ahead. */
static void
rule_one(struct work *w, size_t i, factset of_case, const uint8_t *replaces)
{
	if (w->encoded[i] && of_case == 0 && replaces == NULL) return;
	rule(w, i, w->shared.facts | of_case);
	w->decisions[i].replaces = replaces;
}

rc
work_decide(struct work *w, struct request *q)
{
	const Sluis__Submit *m = w->shared.submit;

	if (w->decisions == NULL) TRY(make_room(w, m));
	w->n = m->n_recipients; /* not ruled on: empty */
	for (size_t i = 0; i < w->n; i++) {
		struct decision *d = &w->decisions[i];
		factset          of_case;
		TRY(sharing_facts(w->sharing, m->recipients[i], &of_case));
		rule_one(w, i, of_case, NULL);
		const uint8_t *old =
		    sharing_replaced(w->sharing, d->recipient_oin, d->desk);
		if (old != NULL) rule_one(w, i, of_case, old);
		if (d->ruling.refused) return deny_whole(w->shared.policy, q, &d->ruling);
	}
	return refuse_doubles(w);
}

rc
work_rule_all(struct work *w)
{
	const Sluis__Submit *m = w->shared.submit;

	TRY(make_room(w, m));
	for (w->n = 0; w->n < m->n_recipients; w->n++) rule(w, w->n, w->shared.facts);
	return refuse_doubles(w);
}

/* Recipient I has no room: what was made for it has to be made again. */
static void
refuse_full(struct work *w, size_t i)
{
	if (w->encoded[i]) rule(w, i, w->shared.facts);
	decision_refuse_full(&w->decisions[i]);
}

rc
work_have_room(const struct broker *b, struct work *w)
{
	size_t n_full = 0, n_served = 0;

	for (size_t i = 0; i < w->n; i++) {
		struct decision *d = &w->decisions[i];
		if (d->ruling.code != RC_OK) continue;
		rc code = dispatch_room(b->dispatch, d->recipient_oin, d->desk);
		if (code != RC_QUEUE_FULL) TRY(code);
		if (code == RC_QUEUE_FULL) refuse_full(w, i);
		++*(code == RC_OK ? &n_served : &n_full);
	}
	return n_full != 0 && n_served == 0 ? RC_QUEUE_FULL : RC_OK;
}

rc
work_check_said(struct work *w, struct where *where)
{
	if (w->disclosed != NULL) return RC_OK;
	rc code = disclosed_check(w->shared.submit, w->contents, w->signer, w->jointly,
	    w->shared.mem, &w->disclosed);

	if (code == RC_BAD_DISCLOSURE)
		(void)snprintf(where->at, sizeof where->at, "disclosure_sig");
	w->shared.disclosed = w->disclosed;
	return code;
}

rc
work_encode_one(struct work *w, size_t i)
{
	if (w->encoded[i]) return RC_OK;
	TRY(decision_encode(&w->shared, &w->decisions[i]));
	w->encoded[i] = true;
	return RC_OK;
}

rc
work_want(struct work *w, struct pseudonymiser *p, struct pseudonymiser *former)
{
	for (size_t i = 0; i < w->n; i++)
		if (!w->encoded[i])
			TRY(decision_want(&w->shared, &w->decisions[i], p, former));
	if (w->knowing == NULL) return RC_OK;
	return knowing_want(w->knowing, w->shared.identities, p, former);
}

rc
work_encode(struct broker *b, struct work *w)
{
	rc code = work_want(w, b->pseudonymiser, b->former);
	rc got  = pseudonym_fetch(b->pseudonymiser, b->former);

	TRY(code);
	TRY(got);
	for (size_t i = 0; i < w->n; i++) TRY(work_encode_one(w, i));
	return RC_OK;
}
