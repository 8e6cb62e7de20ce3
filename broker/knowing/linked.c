/* SPDX-License-Identifier: EUPL-1.2 */
/* linked.c - from equal tokens to what two desks may hear of each other. */
#include "broker/knowing/linked.h"

#include <stdlib.h>
#include <string.h>

#include "broker/journal/event.h"
#include "broker/knowing/link.h"
#include "broker/outbox/notice.h"
#include "proto/auto.h"
#include "proto/message.h"

enum {
	OTHERS_MAX  = 32, /* parties that are looked at for one token */
	PARTNERS    = 16, /* submissions that are told of one new one */
	SUBMISSIONS = 4,  /* compared in one turn */
};

void
hits_wipe(struct hits *h)
{
	for (size_t i = 0; i < h->n; i++) message_destroy(&h->at[i]);
	free(h->at);
	*h = (struct hits){0};
}

/* --- hits ------------------------------------------------------------------------ */

/* The hit of KIND; under CONVENANT where that is told, else NULL. */
static rc
hit_of(struct hits *h, const char *kind, const char *convenant, Sluis__LinkHit **ret)
{
	for (size_t i = 0; i < h->n; i++) {
		*ret = h->at[i];
		if (strcmp((*ret)->kind, kind) == 0 &&
		    ((*ret)->convenant == NULL) == (convenant == NULL) &&
		    (convenant == NULL || strcmp((*ret)->convenant, convenant) == 0))
			return RC_OK;
	}
	*ret = message_add(&h->n, &h->at, sizeof **ret);
	if (*ret == NULL) return RC_NOMEM;
	sluis__link_hit__init(*ret);
	TRY(message_text(&(*ret)->kind, kind));
	return message_text(&(*ret)->convenant, convenant);
}

/* Parties are counted by their names, which go again where they are not told. */
static rc
add_party(Sluis__LinkHit *hit, const char *oin)
{
	char **list = NULL;

	for (size_t i = 0; i < hit->n_oins; i++)
		if (strcmp(hit->oins[i], oin) == 0) return RC_OK;
	list = reallocarray(hit->oins, hit->n_oins + 1, sizeof *list);
	if (list == NULL) return RC_NOMEM;
	hit->oins              = list;
	hit->oins[hit->n_oins] = NULL;
	TRY(message_text(&hit->oins[hit->n_oins], oin));
	hit->n_oins++;
	return RC_OK;
}

static void
count_parties(struct hits *h)
{
	for (size_t i = 0; i < h->n; i++) {
		Sluis__LinkHit *hit = h->at[i];
		hit->has_others     = 1;
		hit->others         = (uint32_t)hit->n_oins;
		if (hit->convenant != NULL) continue;
		while (hit->n_oins > 0) free(hit->oins[--hit->n_oins]);
		free(hit->oins);
		hit->oins = NULL;
	}
}

/* ROW as one side of a comparison; false if its sender does not take part there now. */
static bool
side_of(struct broker *b, const struct link_row *row, struct link_side *ret)
{
	const struct party *party = policy_party(b->policy, row->who.oin);

	if (party == NULL ||
	    !link_stands(b->policy, row->convenant, row->who.oin, date_of_ms(b->now_ms)))
		return false;
	*ret = (struct link_side){.convenant = row->convenant,
	    .role                            = party->role,
	    .desk                            = row->who.desk,
	    .secret                          = row->secret};
	return true;
}

/* The rule that lets the sender of MINE hear of OTHER now; NULL: none. */
static const struct link_info *
rule_for(struct broker *b, const struct link_row *mine, const struct link_row *other)
{
	struct link_side x, y;

	if (!side_of(b, mine, &x) || !side_of(b, other, &y)) return NULL;
	return link_between(b->policy, mine->kind, &x, &y);
}

static rc
add_other(struct broker *b, const struct link_row *mine, const struct link_row *other,
    bool note, struct hits *h)
{
	const struct link_info *rule = rule_for(b, mine, other);
	Sluis__LinkHit         *hit  = NULL;
	bool new                     = false;

	if (rule == NULL) return RC_OK;
	TRY(hit_of(h, mine->kind, rule->parties ? other->convenant : NULL, &hit));
	TRY(add_party(hit, other->who.oin));
	if (note)
		TRY(store_link_told(
		    b->store, mine->token, &mine->who, other->who.oin, &new));
	h->fresh = h->fresh || new;
	return RC_OK;
}

rc
linked_hits(struct broker *b, const struct seat_id *who, const uint8_t trace[ID_BYTES],
    bool note, struct hits *ret)
{
	AUTO(hits_wipe) struct hits h = {0};
	struct link_row             mine[LINK_TOKENS_MAX], others[OTHERS_MAX];
	size_t                      n = 0, n_others = 0;

	TRY(store_links_of(b->store, who, trace, b->now_ms, LINK_TOKENS_MAX, mine, &n));
	for (size_t i = 0; i < n; i++) {
		TRY(store_links_like(
		    b->store, &mine[i], b->now_ms, OTHERS_MAX, others, &n_others));
		for (size_t k = 0; k < n_others; k++)
			TRY(add_other(b, &mine[i], &others[k], note, &h));
	}
	count_parties(&h);
	*ret = h;
	h    = (struct hits){0};
	return RC_OK;
}

/* --- telling --------------------------------------------------------------------- */

/* Tell the sender of the submission that ROW is of, if there is something new. */
static rc
tell(struct broker *b, const struct link_row *row)
{
	AUTO(hits_wipe) struct hits h      = {0};
	Sluis__Notice               notice = SLUIS__NOTICE__INIT;
	uint64_t                    index  = 0;
	struct event                e      = {.kind = SLUIS__EVENT_KIND__EVENT_LINK,
	                        .recipient_oin      = row->who.oin,
	                        .recipient_desk     = row->who.desk,
	                        .in_force           = true,
	                        .has_refers_to      = true,
	                        .refers_to          = row->leaf};

	TRY(linked_hits(b, &row->who, row->trace, true, &h));
	if (!h.fresh) return RC_OK;
	TRY(event_append(b, &e, &index));
	notice.has_kind  = 1;
	notice.kind      = SLUIS__NOTICE_KIND__NOTICE_LINK;
	notice.has_about = 1;
	notice.about     = message_borrow_bytes(row->trace, sizeof row->trace);
	notice.convenant = message_borrow(row->convenant);
	notice.n_links   = h.n;
	notice.links     = h.at;
	return notice_send(b, &row->who, &notice, 1, index, NULL);
}

static bool
is_same(const struct link_row *a, const struct link_row *b)
{
	return memcmp(a->trace, b->trace, ID_BYTES) == 0 &&
	       strcmp(a->who.oin, b->who.oin) == 0 &&
	       strcmp(a->who.desk, b->who.desk) == 0;
}

struct partners { /* submissions with a token in common, each once */
	size_t          n;
	struct link_row at[PARTNERS];
};

static void
add_partner(struct partners *p, const struct link_row *row)
{
	for (size_t i = 0; i < p->n; i++)
		if (is_same(&p->at[i], row)) return;
	if (p->n < PARTNERS) p->at[p->n++] = *row;
}

static rc
find_partners(struct broker *b, const struct link_row *row, struct partners *ret)
{
	struct link_row mine[LINK_TOKENS_MAX], others[OTHERS_MAX];
	size_t          n = 0, n_others = 0;

	ret->n = 0;
	TRY(store_links_of(
	    b->store, &row->who, row->trace, b->now_ms, LINK_TOKENS_MAX, mine, &n));
	for (size_t i = 0; i < n; i++) {
		TRY(store_links_like(
		    b->store, &mine[i], b->now_ms, OTHERS_MAX, others, &n_others));
		for (size_t k = 0; k < n_others; k++) add_partner(ret, &others[k]);
	}
	return RC_OK;
}

static rc
compare(struct broker *b, const struct link_row *row)
{
	struct partners partners;

	TRY(store_links_seen(b->store, &row->who, row->trace));
	TRY(find_partners(b, row, &partners));
	if (partners.n == 0) return RC_OK;
	TRY(tell(b, row));
	for (size_t i = 0; i < partners.n; i++) TRY(tell(b, &partners.at[i]));
	return RC_OK;
}

rc
linked_tell(struct broker *b, bool *ret_more)
{
	*ret_more = true;
	for (int i = 0; i < SUBMISSIONS; i++) {
		struct link_row row;
		rc              code = store_next_link(b->store, &row);
		*ret_more            = code == RC_OK;
		if (code == RC_NOT_FOUND) return RC_OK;
		TRY(code);
		TRY(compare(b, &row));
	}
	return RC_OK;
}
