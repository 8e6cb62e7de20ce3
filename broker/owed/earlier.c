/* SPDX-License-Identifier: EUPL-1.2 */
/* earlier.c - from leaves and outbox rows to earlier releases. */
#include "broker/owed/earlier.h"

#include <stdio.h>
#include <string.h>

#include "broker/outcome.h"
#include "journal.pb-c.h"
#include "proto/auto.h"
#include "proto/message.h"

static bool
is_id(protobuf_c_boolean has, const ProtobufCBinaryData *field)
{
	return has && field->len == ID_BYTES;
}

static rc
fill(const Sluis__Leaf *leaf, const Sluis__Detail *detail, struct earlier *r)
{
	if (leaf->sender_oin == NULL || leaf->sender_desk == NULL || detail == NULL ||
	    !is_id(detail->has_trace_id, &detail->trace_id))
		return RC_BAD_TREE;
	r->source = seat_of(leaf->sender_oin, leaf->sender_desk);
	memcpy(r->trace, detail->trace_id.data, ID_BYTES);
	r->layer   = detail->has_layer ? detail->layer : 1;
	r->in_case = is_id(detail->has_case_id, &detail->case_id);
	if (r->in_case) memcpy(r->case_id, detail->case_id.data, ID_BYTES);
	return RC_OK;
}

/* The case of a blind release, which its source's seats still lead to. */
static rc
find_case(struct broker *b, struct earlier *r)
{
	rc code = store_case_of_source(b->store, &r->source, r->trace, r->case_id);

	r->in_case = code == RC_OK;
	return code == RC_NOT_FOUND ? RC_OK : code;
}

struct submission { /* of which a release is; borrowed */
	const struct seat_id *source;
	const uint8_t        *trace;
};

/* Without its detail, which was erased unless r->blind: what a recall still needs stands
 * in its row, or it is of the submission OF (NULL: nobody knows).  LEAF is NULL when it
 * was changed. */
static rc
fill_without(struct broker *b, const Sluis__Leaf *leaf, const struct submission *of,
    struct earlier *r)
{
	struct recall_row row;

	rc code = store_get_recall(b->store, r->delivery.seq, &row);
	if (code != RC_OK && code != RC_NOT_FOUND) return code;
	if (code != RC_OK && !r->blind) return RC_ERASED;
	if (code != RC_OK && of == NULL) return RC_BAD_TREE;
	if (leaf != NULL && (leaf->sender_oin == NULL || leaf->sender_desk == NULL))
		return RC_BAD_TREE;
	r->source =
	    leaf == NULL ? *of->source : seat_of(leaf->sender_oin, leaf->sender_desk);
	memcpy(r->trace, code == RC_OK ? row.trace : of->trace, ID_BYTES);
	r->layer = code == RC_OK ? row.layer : r->delivery.layer;
	return r->blind ? find_case(b, r) : RC_OK;
}

/* The release of ROW, whose leaf was changed: a copy is one, a notice is not. */
static rc
read_damaged(struct broker *b, const struct delivery *row, const struct submission *of,
    struct earlier *ret)
{
	struct earlier r = {.delivery = *row, .blind = true};

	if (row->notice) return RC_NOT_FOUND;
	store_name_unreadable(b->store, row->leaf);
	TRY(fill_without(b, NULL, of, &r));
	*ret = r;
	return RC_OK;
}

/* The release of ROW, unless its leaf is no ruling; it is of the submission OF, where
 * that is not NULL. */
static rc
read_earlier(struct broker *b, const struct delivery *row, const struct submission *of,
    struct earlier *ret)
{
	AUTO(message_destroy) Sluis__Leaf   *leaf   = NULL;
	AUTO(message_destroy) Sluis__Detail *detail = NULL;
	struct earlier                       r      = {.delivery = *row};

	rc code = outcome_left(b, row->leaf, &leaf, &detail, &r.blind);
	if (code == RC_BAD_TREE && leaf == NULL && of != NULL)
		return read_damaged(b, row, of, ret);
	TRY(code);
	if (leaf->kind != SLUIS__EVENT_KIND__EVENT_RULING) return RC_NOT_FOUND;
	TRY(detail == NULL ? fill_without(b, leaf, of, &r) : fill(leaf, detail, &r));
	*ret = r;
	return RC_OK;
}

rc
earlier_of_leaf(struct broker *b, uint64_t index, const struct seat_id *source,
    const uint8_t trace[ID_BYTES], struct earlier *ret)
{
	struct submission of = {source, trace};
	struct delivery   row;

	TRY(store_delivery_of_leaf(b->store, index, &row));
	rc code = read_earlier(b, &row, &of, ret);
	return code == RC_ERASED ? RC_NOT_FOUND : code;
}

rc
earlier_of_delivery(struct broker *b, const struct seat_id *who,
    const ProtobufCBinaryData *id, struct earlier *ret)
{
	struct delivery row;

	if (id->len != ID_BYTES) return RC_MALFORMED;
	TRY(store_get_delivery(b->store, id->data, &row));
	if (strcmp(row.oin, who->oin) != 0 || strcmp(row.desk, who->desk) != 0)
		return RC_NOT_FOUND; /* not even that it exists */
	return read_earlier(b, &row, NULL, ret);
}

/* Whether leaf INDEX says what became of a signal for one recipient, or may have before
 * it was changed: then the rows of those after it tell. */
static rc
is_outcome(struct broker *b, uint64_t index, bool *ret)
{
	AUTO(message_destroy) Sluis__Leaf *leaf = NULL;

	rc code = outcome_leaf(b, index, &leaf);
	*ret    = code == RC_BAD_TREE;
	if (*ret) return RC_OK;
	TRY(code);
	*ret = leaf->kind == SLUIS__EVENT_KIND__EVENT_RULING ||
	       leaf->kind == SLUIS__EVENT_KIND__EVENT_NOT_SERVED;
	return RC_OK;
}

rc
earlier_each(struct broker *b, const struct seat_id *source,
    const uint8_t trace[ID_BYTES], rc (*each)(void *arg, const struct earlier *one),
    void         *arg)
{
	struct request_row row;
	bool               submitted = false;

	TRY(store_get_request(b->store, source->oin, source->desk, trace, &row));
	if (row.n != 0) TRY(is_outcome(b, row.first, &submitted));
	if (!submitted) return RC_NOT_FOUND; /* another kind of act, or denied */
	for (uint64_t i = row.first; i < row.first + row.n; i++) {
		struct earlier r;
		rc             code = earlier_of_leaf(b, i, source, trace, &r);
		if (code == RC_NOT_FOUND) continue; /* it was not served */
		TRY(code);
		TRY(each(arg, &r));
	}
	return RC_OK;
}
