/* SPDX-License-Identifier: EUPL-1.2 */
/* dossier.c - the pieces of a case, received and sent, in the order of their time. */
#include "client/dossier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/jsonfile.h"
#include "client/kept.h"
#include "client/merge.h"
#include "client/request.h"
#include "client/result.h"
#include "proto/auto.h"
#include "proto/envelope.h"
#include "proto/guard.h"
#include "proto/message.h"

enum { CASE_ITEMS_MAX = 4096 }; /* copies of one case, of each kind */

/* --- ids -----------------------------------------------------------------------------
 */

struct ids {
	size_t  n;
	uint8_t at[CASE_ITEMS_MAX][ID_BYTES];
};

static bool
ids_has(const struct ids *set, const uint8_t *id)
{
	for (size_t i = 0; i < set->n; i++)
		if (memcmp(set->at[i], id, ID_BYTES) == 0) return true;
	return false;
}

/* Add ID (any length; another than that of an id is left out). */
static rc
ids_add(struct ids *set, struct slice id)
{
	if (id.n != ID_BYTES || ids_has(set, id.p)) return RC_OK;
	if (set->n == CASE_ITEMS_MAX) return RC_TOO_MANY;
	memcpy(set->at[set->n++], id.p, ID_BYTES);
	return RC_OK;
}

/* The ids of SUFFIX in BOX that stand in the case. */
static rc
ids_of_case(struct sluis *s, const char *box, const char *suffix, const uint8_t *case_id,
    struct ids *ret)
{
	AUTO(vault_close) struct vault    *v    = NULL;
	AUTO(auto_free) struct vault_head *list = NULL;
	const char                        *dir  = s->folder.dir;
	size_t                             n    = 0;

	rc code = vault_open(&v, dir, false, &s->error);
	if (code == RC_NOT_FOUND) return RC_OK;
	TRY(code);
	TRY(vault_fault(dir, vault_list(v, box, suffix, case_id, &list, &n), &s->error));
	for (size_t i = 0; i < n; i++) TRY(ids_add(ret, slice_of(list[i].id, ID_BYTES)));
	return RC_OK;
}

/* --- kept requests -------------------------------------------------------------------
 */

/* The kept request ID as a message of DESC and TYPE; RC_NOT_FOUND also for another type.
 */
static rc
read_request(const char *dir, const char *box, const char *suffix, const uint8_t *id,
    const char *type, const ProtobufCMessageDescriptor *desc, ProtobufCMessage **ret)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(FRAME_MAX);
	struct envelope           e;

	TRY(kept_read(dir, box, suffix, id, &bytes));
	TRY(envelope_open(buf_slice(&bytes), &e));
	if (!envelope_is_type(&e, type)) return RC_NOT_FOUND;
	return guard_unpack(desc, e.payload, guard_wire, ret);
}

/* What the case began with, where we opened it. */
static rc
read_begin(
    const char *dir, const uint8_t *case_id, struct ids *deliveries, struct ids *traces)
{
	AUTO(message_destroy) Sluis__CaseOpen *open = NULL;

	rc code = read_request(dir, KEPT_ACT, case_id, TYPE_CASE_OPEN,
	    &sluis__case_open__descriptor, (ProtobufCMessage **)&open);
	if (code == RC_NOT_FOUND) return RC_OK;
	TRY(code);
	for (size_t i = 0; i < open->n_deliveries; i++)
		TRY(ids_add(deliveries, message_slice(&open->deliveries[i])));
	for (size_t i = 0; i < open->n_traces; i++)
		TRY(ids_add(traces, message_slice(&open->traces[i])));
	return RC_OK;
}

/* Was somebody served by the submission, or the act done, that is kept as ID? */
static bool
was_done(const char *dir, const uint8_t *id)
{
	AUTO(buf_wipe) struct buf            bytes  = buf_init(ANSWER_MAX);
	AUTO(message_destroy) Sluis__Answer *answer = NULL;

	return kept_read(dir, KEPT_ANSWER, id, &bytes) == RC_OK &&
	       answer_read(buf_slice(&bytes), &answer) == RC_OK && answer->code != NULL &&
	       strcmp(answer->code, "ok") == 0;
}

struct recalls {
	const char *dir;
	struct ids *traces;
};

static rc
note_recall(void *arg, const uint8_t id[ID_BYTES])
{
	AUTO(message_destroy) Sluis__Recall *recall = NULL;
	struct recalls                      *r      = arg;

	rc code = read_request(r->dir, KEPT_ACT, id, TYPE_RECALL,
	    &sluis__recall__descriptor, (ProtobufCMessage **)&recall);
	if (code == RC_NOT_FOUND) return RC_OK;
	TRY(code);
	return was_done(r->dir, id) ? ids_add(r->traces, message_slice(&recall->trace_id))
	                            : RC_OK;
}

/* --- what we sent --------------------------------------------------------------------
 */

void
sent_list_wipe(struct sent_list *l)
{
	for (size_t i = 0; i < l->n; i++) message_destroy(&l->at[i].submit);
	free(l->at);
	*l = (struct sent_list){.n = 0};
}

static rc
add_sent(const char *dir, const uint8_t *id, struct sent_list *list)
{
	struct sent_signal *one = &list->at[list->n];

	rc code = read_request(dir, KEPT_REQUEST, id, TYPE_SUBMIT,
	    &sluis__submit__descriptor, (ProtobufCMessage **)&one->submit);
	if (code == RC_NOT_FOUND) return RC_OK; /* told of, but sent from elsewhere */
	TRY(code);
	list->n++;
	memcpy(one->id, id, ID_BYTES);
	one->answered = was_done(dir, id);
	return RC_OK;
}

static uint64_t
sent_ms(const struct sent_signal *s)
{
	return s->submit->head != NULL ? s->submit->head->created_ms : 0;
}

static int
by_time(const void *a, const void *b)
{
	uint64_t x = sent_ms(a), y = sent_ms(b);

	return (x > y) - (x < y);
}

/* Take out of LIST what stands in GONE. */
static void
drop_sent(struct sent_list *list, const struct ids *gone)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (ids_has(gone, list->at[i].id))
			message_destroy(&list->at[i].submit);
		else
			list->at[n++] = list->at[i];
	}
	list->n = n;
}

/* What was recalled, or replaced by a later one that was served. */
static rc
drop_withdrawn(struct sluis *s, struct sent_list *list)
{
	AUTO(auto_free) struct ids *gone = calloc(1, sizeof *gone);
	struct recalls              r    = {.dir = s->folder.dir, .traces = gone};

	if (gone == NULL) return RC_NOMEM;
	TRY(kept_each(r.dir, KEPT_ACT, &s->error, note_recall, &r));
	for (size_t i = 0; i < list->n; i++)
		if (list->at[i].answered)
			TRY(ids_add(gone, message_slice(&list->at[i].submit->corrects)));
	drop_sent(list, gone);
	return RC_OK;
}

rc
dossier_sent(struct sluis *s, const uint8_t case_id[ID_BYTES], const uint8_t *more,
    size_t n_more, struct sent_list *ret)
{
	AUTO(auto_free) struct ids           *traces = calloc(2, sizeof *traces);
	AUTO(sent_list_wipe) struct sent_list list   = {.n = 0};
	const char                           *dir    = s->folder.dir;

	if (traces == NULL) return RC_NOMEM;
	TRY(ids_of_case(s, KEPT_REQUEST, case_id, &traces[0]));
	TRY(read_begin(dir, case_id, &traces[1], &traces[0]));
	for (size_t i = 0; i < n_more; i++)
		TRY(ids_add(&traces[0], slice_of(more + i * ID_BYTES, ID_BYTES)));
	list.at = calloc(traces[0].n + 1, sizeof *list.at);
	if (list.at == NULL) return RC_NOMEM;
	for (size_t i = 0; i < traces[0].n; i++)
		TRY(add_sent(dir, traces[0].at[i], &list));
	qsort(list.at, list.n, sizeof *list.at, by_time);
	TRY(drop_withdrawn(s, &list));
	*ret = list;
	list = (struct sent_list){.n = 0};
	return RC_OK;
}

/* --- pieces --------------------------------------------------------------------------
 */

static json_t *
copy_json(const uint8_t *id, const char *way, const char *oin, const char *desk,
    uint64_t time_ms, bool enriches)
{
	char hex[2 * ID_BYTES + 1];

	hex_encode(hex, sizeof hex, slice_of(id, ID_BYTES));
	json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:I}", "id", hex, "way", way,
	    "sender_oin", oin, "sender_desk", desk, "time_ms", (json_int_t)time_ms);
	if (enriches) (void)json_object_set_new(o, "enriches", json_true());
	return o;
}

static rc
add_sent_piece(struct sluis *s, const struct sent_signal *sent, json_t *pieces)
{
	AUTO(message_destroy) ProtobufCMessage *signal = NULL;
	const struct member                    *self   = &s->folder.self;

	if (!sent->answered) return RC_OK;
	TRY(guard_unpack(&sluis__signal__descriptor, message_slice(&sent->submit->signal),
	    guard_signal, &signal));
	json_t *piece = json_pack("{s:o, s:[], s:o}", "signal", pbjson_write(signal),
	    "statements", "copy",
	    copy_json(sent->id, "sent", self->oin, self->desk, sent_ms(sent),
	        sent->submit->enriches));
	return json_array_append_new(pieces, piece) == 0 ? RC_OK : RC_NOMEM;
}

static json_t *
statements_of(const struct sluis_delivery *d)
{
	json_t *list = json_array();

	for (size_t i = 0; i < d->n_statements; i++)
		(void)json_array_append_new(
		    list, json_pack("{s:s, s:s, s:s}", "path", d->statements[i].path,
		              "action", sluis_action_name(d->statements[i].action),
		              "value", d->statements[i].value));
	return list;
}

/* A received copy as a piece; what it replaces goes to GONE. */
static rc
add_received_piece(struct sluis *s, const uint8_t *id, struct ids *gone, json_t *pieces)
{
	AUTO(sluis_result_destroy) struct sluis_result *r = NULL;
	bool                                            recalled;

	TRY(kept_exists(s->folder.dir, KEPT_RECALLED, id, &s->error, &recalled));
	if (recalled) return RC_OK;
	rc code = code_in(sluis_kept(s, id, &r));
	if (code == RC_NOT_FOUND) return RC_OK;
	TRY(code);
	const struct sluis_delivery *d = sluis_result_delivery(r, 0);
	if (d->notice_json[0] != '\0') return RC_OK;
	if (d->corrects != NULL) TRY(ids_add(gone, slice_of(d->corrects, ID_BYTES)));
	json_t *piece = json_pack("{s:o, s:o, s:o}", "signal",
	    json_loads(d->signal_json, 0, NULL), "statements", statements_of(d), "copy",
	    copy_json(id, "received", d->sender_oin, d->sender_desk, d->released_ms,
	        d->enriches != 0));
	return json_array_append_new(pieces, piece) == 0 ? RC_OK : RC_NOMEM;
}

static const char *
piece_id(const json_t *piece)
{
	return json_string_value(json_object_get(json_object_get(piece, "copy"), "id"));
}

static void
drop_pieces(json_t *pieces, const struct ids *gone)
{
	uint8_t id[ID_BYTES];

	for (size_t i = json_array_size(pieces); i-- > 0;)
		if (hex_decode(piece_id(json_array_get(pieces, i)), id, ID_BYTES) ==
		        RC_OK &&
		    ids_has(gone, id))
			(void)json_array_remove(pieces, i);
}

static rc
add_received(struct sluis *s, const uint8_t *case_id, json_t *pieces)
{
	AUTO(auto_free) struct ids *sets = calloc(3, sizeof *sets);

	if (sets == NULL) return RC_NOMEM;
	struct ids *ids = &sets[0], *gone = &sets[1], *unused = &sets[2];
	TRY(ids_of_case(s, KEPT_DELIVERY, case_id, ids));
	TRY(read_begin(s->folder.dir, case_id, ids, unused));
	for (size_t i = 0; i < ids->n; i++)
		TRY(add_received_piece(s, ids->at[i], gone, pieces));
	drop_pieces(pieces, gone);
	return RC_OK;
}

static rc
add_own(struct sluis *s, const uint8_t *case_id, json_t *pieces)
{
	AUTO(sent_list_wipe) struct sent_list sent = {.n = 0};

	TRY(dossier_sent(s, case_id, NULL, 0, &sent));
	for (size_t i = 0; i < sent.n; i++) TRY(add_sent_piece(s, &sent.at[i], pieces));
	return RC_OK;
}

static json_int_t
piece_ms(const json_t *piece)
{
	return json_integer_value(
	    json_object_get(json_object_get(piece, "copy"), "time_ms"));
}

/* Insertion keeps what has one time in its order. */
static json_t *
in_order(const json_t *pieces)
{
	json_t *sorted = json_array();

	for (size_t i = 0; i < json_array_size(pieces); i++) {
		json_t *one = json_array_get(pieces, i);
		size_t  at  = json_array_size(sorted);
		while (at > 0 && piece_ms(json_array_get(sorted, at - 1)) > piece_ms(one))
			at--;
		(void)json_array_insert(sorted, at, one);
	}
	return sorted;
}

rc
dossier_pieces(struct sluis *s, const uint8_t case_id[ID_BYTES], json_t **ret)
{
	AUTO(json_release) json_t *pieces = json_array();

	if (pieces == NULL) return RC_NOMEM;
	TRY(add_received(s, case_id, pieces));
	TRY(add_own(s, case_id, pieces));
	*ret = in_order(pieces);
	return RC_OK;
}

/* --- as a result ---------------------------------------------------------------------
 */

static rc
dossier(struct sluis *s, const uint8_t case_id[ID_BYTES], struct sluis_result **ret)
{
	AUTO(json_release) json_t                      *pieces = NULL;
	AUTO(json_release) json_t                      *whole  = NULL;
	AUTO(sluis_result_destroy) struct sluis_result *r      = NULL;
	char                                            hex[2 * ID_BYTES + 1];

	rc code = dossier_pieces(s, case_id, &pieces);
	if (code != RC_OK) return handle_fail(s, code, "store", "cannot be read");
	hex_encode(hex, sizeof hex, slice_of(case_id, ID_BYTES));
	whole = json_pack(
	    "{s:s, s:[], s:o}", "case_id", hex, "copies", "fields", merge_pieces(pieces));
	for (size_t i = 0; i < json_array_size(pieces); i++)
		(void)json_array_append(json_object_get(whole, "copies"),
		    json_object_get(json_array_get(pieces, i), "copy"));
	TRY(result_new(&r, case_id));
	r->json = json_dumps(whole, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	if (r->json == NULL) return handle_fail(s, RC_NOMEM, NULL, NULL);
	*ret = TAKE(r);
	return RC_OK;
}

enum sluis_code
sluis_dossier(
    struct sluis *s, const uint8_t case_id[SLUIS_ID_BYTES], struct sluis_result **ret)
{
	return code_out(dossier(s, case_id, ret));
}
