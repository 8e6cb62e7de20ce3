/* SPDX-License-Identifier: EUPL-1.2 */
/* decision.c - rule and redact for one recipient, and have that encoded. */
#include "broker/decision/decision.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "broker/decision/encode.h"
#include "proto/auto.h"

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
	    (struct decision){.layer = (s->facts & fact_bit(FACT_LAYER_2)) != 0 ? 2 : 1};
	sluis__leaf__init(&ret->leaf);
	policy_rule(s->policy, &q, &ret->ruling);
	ret->recipient_oin = q.recipient_oin;
	/* a desk that nobody has may be any text: it is not repeated */
	ret->desk = ret->ruling.desk != NULL ? ret->ruling.desk : "";
}

/* --- public ---------------------------------------------------------------------- */

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

static struct redaction
redaction_of(const struct submission *s, struct decision *d)
{
	return (struct redaction){
	    .ruling        = &d->ruling,
	    .pseudonymiser = s->pseudonymiser,
	    .former        = s->former,
	    .identities    = s->identities,
	    .domain        = {.recipient_oin = d->recipient_oin,
	               .convenant            = s->submit->convenant,
	               .period               = "", /* pseudonym.h says why */
	               .purpose              = s->submit->purpose},
	    .today         = date_of_ms(s->now_ms),
	    .own           = decision_is_own(s, d),
	    .tree  = s->disclosed == NULL ? NULL : disclosed_tree(s->disclosed, d->index),
	    .mem   = s->mem,
	    .ruled = &d->ruled,
	};
}

rc
decision_want(const struct submission *s, struct decision *d,
    struct pseudonymiser *pseudonyms, struct pseudonymiser *former)
{
	struct redaction r = redaction_of(s, d);

	if (d->ruling.code != RC_OK || s->identities == NULL) return RC_OK;
	return redact_want(&r, s->contents, pseudonyms, former);
}

rc
decision_encode(const struct submission *s, struct decision *d)
{
	struct redaction r      = redaction_of(s, d);
	bool             served = false;

	if (d->ruling.code == RC_OK) {
		TRY(redact_signal(&r, s->contents, &d->cut));
		if (d->cut.signal.n != 0 || d->cut.n_statements != 0)
			served = true;
		else
			decision_refuse_nothing(d);
	}
	TRY(grounds_in_scratch(
	    &d->cut.grounds, s->policy, GROUNDS_RELEASED, s->mem, &d->released));
	TRY(grounds_in_scratch(
	    &d->cut.grounds, s->policy, GROUNDS_WITHHELD, s->mem, &d->withheld));
	if (served) TRY(encode_copy(s, d));
	TRY(encode_detail(s, d));
	TRY(encode_leaf(s, d));
	return encode_outcome(s, d);
}

void
decision_wipe(struct decision *d)
{
	cut_wipe(&d->cut);
	sodium_memzero(d->salt, sizeof d->salt);
}
