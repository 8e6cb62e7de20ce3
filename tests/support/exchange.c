/* SPDX-License-Identifier: EUPL-1.2 */
/* exchange.c - submissions and inboxes for tests. */
#include "support/exchange.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/message.h"

enum { TO_MAX = 16 };

static char *
or_else(const char *given, const char *standard)
{
	return message_borrow(given == NULL ? standard : given);
}

static void
set_layer(struct buf *signal, unsigned layer)
{
	AUTO(message_destroy)
	Sluis__Signal *s = sluis__signal__unpack(NULL, signal->n, signal->p);

	if (s == NULL || s->handling == NULL) abort();
	s->handling->has_layer = 1;
	s->handling->layer     = layer;
	buf_wipe(signal);
	pack_message(&s->base, signal);
}

Sluis__Answer *
share(struct region *r, const struct share *s, uint8_t ret[ID_BYTES])
{
	AUTO(buf_wipe) struct buf signal = buf_init(SIGNAL_MAX);
	Sluis__Submit             m      = SLUIS__SUBMIT__INIT;
	Sluis__Recipient          to[TO_MAX], *list[TO_MAX];
	Sluis__Head               head;

	signal_from_file(s->file == NULL ? "10-truant-girl.json" : s->file, &signal);
	if (s->layer != 0) set_layer(&signal, s->layer);
	head_make(r, s->from, ret, &head);
	for (; s->to[m.n_recipients] != NULL; m.n_recipients++) {
		size_t i = m.n_recipients;
		sluis__recipient__init(&to[i]);
		to[i].oin  = message_borrow(s->to[i]->oin);
		to[i].desk = message_borrow(s->to[i]->desk);
		list[i]    = &to[i];
	}
	m.recipients   = list;
	m.head         = &head;
	m.convenant    = or_else(s->convenant, "afstemming");
	m.phase        = or_else(s->phase, "1");
	m.purpose      = or_else(s->purpose, "duiding");
	m.has_signal   = 1;
	m.signal       = message_borrow_bytes(signal.p, signal.n);
	m.has_case_id  = s->case_id != NULL;
	m.case_id      = message_borrow_bytes(s->case_id, ID_BYTES);
	m.has_corrects = s->corrects != NULL;
	m.corrects     = message_borrow_bytes(s->corrects, ID_BYTES);
	return region_ask(r, s->from, TYPE_SUBMIT, &m.base);
}

void
share_with(struct region *r, const struct person *from, const struct person *one,
    uint8_t ret[ID_BYTES])
{
	const struct person                 *to[] = {one, NULL};
	struct share                         s    = {.from = from, .to = to};
	AUTO(message_destroy) Sluis__Answer *a    = share(r, &s, ret);

	if (strcmp(a->code, "ok") == 0) return;
	(void)fprintf(stderr, "share: %s\n", a->code);
	abort();
}

/* --- inboxes --------------------------------------------------------------------- */

void
letters_wipe(struct letters *l)
{
	for (size_t i = 0; i < l->n; i++) {
		message_destroy(&l->at[i].copy);
		message_destroy(&l->at[i].notice);
	}
	l->n = 0;
}

static void
read_letter(const Sluis__Delivery *d, struct letter *ret)
{
	*ret = (struct letter){.leaf = d->receipt->index};
	memcpy(ret->id, d->delivery_id.data, ID_BYTES);
	ret->copy = sluis__copy__unpack(NULL, d->copy.len, d->copy.data);
	if (ret->copy == NULL) abort();
	if (!ret->copy->has_notice) return;
	ret->notice =
	    sluis__notice__unpack(NULL, ret->copy->notice.len, ret->copy->notice.data);
	if (ret->notice == NULL) abort();
}

static void
acknowledge(struct region *r, const struct person *p, const struct letters *l)
{
	Sluis__Acknowledge  m = SLUIS__ACKNOWLEDGE__INIT;
	ProtobufCBinaryData ids[TAKEN_MAX];
	Sluis__Head         head;
	uint8_t             id[ID_BYTES];

	if (l->n == 0) return;
	head_make(r, p, id, &head);
	m.head           = &head;
	m.n_delivery_ids = l->n;
	m.delivery_ids   = ids;
	for (size_t i = 0; i < l->n; i++)
		ids[i] = message_borrow_bytes(l->at[i].id, ID_BYTES);
	AUTO(message_destroy)
	Sluis__Answer *a = region_ask(r, p, TYPE_ACKNOWLEDGE, &m.base);
	if (strcmp(a->code, "ok") != 0) abort();
}

void
letters_take(struct region *r, const struct person *p, bool take, struct letters *ret)
{
	Sluis__Receive m = SLUIS__RECEIVE__INIT;
	Sluis__Head    head;
	uint8_t        id[ID_BYTES];

	head_make(r, p, id, &head);
	m.head                                 = &head;
	m.has_max_deliveries                   = 1;
	m.max_deliveries                       = TAKEN_MAX;
	AUTO(message_destroy) Sluis__Answer *a = region_ask(r, p, TYPE_RECEIVE, &m.base);
	if (strcmp(a->code, "ok") != 0) abort();
	ret->n = 0;
	for (size_t i = 0; i < a->n_deliveries && i < TAKEN_MAX; i++)
		read_letter(a->deliveries[i], &ret->at[ret->n++]);
	if (take) acknowledge(r, p, ret);
}

const struct letter *
letters_notice(const struct letters *l, Sluis__NoticeKind kind)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->at[i].notice != NULL && l->at[i].notice->kind == kind)
			return &l->at[i];
	return NULL;
}

/* --- the journal ----------------------------------------------------------------- */

Sluis__Leaf *
leaf_at(struct region *r, uint64_t index)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(LEAF_MAX);

	must(store_get_leaf(r->broker.store, index, &bytes, NULL));
	Sluis__Leaf *leaf = sluis__leaf__unpack(NULL, bytes.n, bytes.p);
	if (leaf == NULL) abort();
	return leaf;
}

size_t
leaves_of(struct region *r, Sluis__EventKind kind)
{
	size_t n = 0;

	for (uint64_t i = 0; i < journal_size(r->broker.journal); i++) {
		AUTO(message_destroy) Sluis__Leaf *leaf = leaf_at(r, i);
		if (leaf->kind == kind) n++;
	}
	return n;
}

/* --- acts ------------------------------------------------------------------------ */

Sluis__Answer *
recall_ask(struct region *r, const struct person *p, const uint8_t trace[ID_BYTES],
    Sluis__RecallGround ground)
{
	Sluis__Recall m = SLUIS__RECALL__INIT;
	Sluis__Head   head;
	uint8_t       id[ID_BYTES];

	head_make(r, p, id, &head);
	m.head         = &head;
	m.has_trace_id = 1;
	m.trace_id     = message_borrow_bytes(trace, ID_BYTES);
	m.has_ground   = 1;
	m.ground       = ground;
	return region_ask(r, p, TYPE_RECALL, &m.base);
}

Sluis__Answer *
destroyed_ask(struct region *r, const struct person *p, const uint8_t id[ID_BYTES])
{
	Sluis__Destroyed    m   = SLUIS__DESTROYED__INIT;
	ProtobufCBinaryData one = message_borrow_bytes(id, ID_BYTES);
	Sluis__Head         head;
	uint8_t             request[ID_BYTES];

	head_make(r, p, request, &head);
	m.head           = &head;
	m.n_delivery_ids = 1;
	m.delivery_ids   = &one;
	return region_ask(r, p, TYPE_DESTROYED, &m.base);
}

void
region_turn(struct region *r, rc (*work)(struct broker *b, void *arg), void *arg)
{
	struct broker *b = &r->broker;

	must(store_begin(b->store));
	must(work(b, arg));
	must(journal_seal_batch(b->journal));
	must(store_commit(b->store));
	must(journal_commit(b->journal));
}
