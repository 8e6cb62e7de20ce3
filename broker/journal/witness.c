/* SPDX-License-Identifier: EUPL-1.2 */
/* witness.c - collecting cosignatures. */
#include "broker/journal/witness.h"

#include <stdlib.h>
#include <string.h>

#include "broker/batch.h"
#include "broker/journal/published.h"
#include "broker/keeper/keeper.h"
#include "broker/log.h"
#include "broker/why.h"
#include "certs/file.h"
#include "proto/auto.h"
#include "proto/cosignature.h"
#include "proto/text.h"

enum {
	LINES_MAX = NOTE_SIGNATURES_MAX - 1, /* beside that of the log */
	LOOK_MS   = 1000,
};

struct head {
	bool               there;
	struct witness_row row;
	struct buf         note;
};

struct witness {
	struct store        *store;   /* borrowed */
	const struct config *config;  /* borrowed */
	struct note_verifier log;     /* keys that sign now */
	struct note_verifier log_all; /* and those of before */
	struct trust_policy *trust;   /* NULL: no trust file, or none yet */
	struct head          waiting, quorum;
	size_t               n_lines; /* of the waiting head */
	bool                 cosigned[TRUST_WITNESSES_MAX];
	uint64_t             published_size, published_ms, looked_ms;
	bool                 unwritten;    /* published_file, and that was said */
	char                 refused[512]; /* why the trust file was, as last said */
};

/* --- the trust file ------------------------------------------------------------------
 */

static rc
refuse_file(struct witness *w, unsigned line, const char *what)
{
	char text[sizeof w->refused];

	if (line == 0)
		(void)snprintf(text, sizeof text, "%s: %s", w->config->trust_file, what);
	else
		(void)snprintf(
		    text, sizeof text, "%s:%u: %s", w->config->trust_file, line, what);
	if (strcmp(text, w->refused) != 0)
		LOG(LOG_WITNESSES, .code = RC_CONFIG, .detail = text);
	(void)snprintf(w->refused, sizeof w->refused, "%s", text);
	return RC_CONFIG;
}

static bool
is_of_our_log(const struct witness *w, const struct trust_policy *p)
{
	for (size_t i = 0; i < trust_policy_n_logs(p); i++)
		if (note_verifier_has(&w->log, trust_policy_log(p, i)->public_key))
			return true;
	return trust_policy_n_logs(p) == 0;
}

static void
take_former_keys(struct witness *w)
{
	w->log_all = w->log;
	if (trust_policy_also(w->trust, &w->log_all) != RC_OK)
		LOG(LOG_WITNESSES, .code = RC_TOO_MANY, .detail = w->config->trust_file);
}

const struct note_verifier *
witness_log(const struct witness *w)
{
	return &w->log_all;
}

/* Who cosigned the waiting head, by the trust file in force. */
static rc
recount(struct witness *w)
{
	struct slice text, rest, line;
	size_t       who;
	uint64_t     time_s;

	memset(w->cosigned, 0, sizeof w->cosigned);
	w->n_lines = 0;
	if (!w->waiting.there || w->trust == NULL) return RC_OK;
	TRY(note_split(buf_slice(&w->waiting.note), &text, &rest));
	while (rest.n != 0) {
		TRY(text_line(&rest, &line));
		rc code = trust_policy_line(w->trust, line, text, &who, &time_s);
		if (code == RC_NOMEM) return code;
		if (code != RC_OK) continue;
		w->cosigned[who] = true;
		w->n_lines++;
	}
	return RC_OK;
}

static rc
read_file(struct witness *w)
{
	AUTO(buf_wipe) struct buf                       text = buf_init(TRUST_FILE_MAX);
	AUTO(trust_policy_destroy) struct trust_policy *p    = NULL;
	struct trust_fault                              fault;

	if (w->config->trust_file == NULL) return RC_OK;
	rc code = file_read(w->config->trust_file, TRUST_FILE_MAX, false, &text);
	if (code == RC_NOT_FOUND) return RC_OK;
	if (code != RC_OK) return refuse_file(w, 0, "cannot be read");
	code = trust_policy_parse(buf_slice(&text), &p, &fault);
	if (code == RC_MALFORMED) return refuse_file(w, fault.line, fault.what);
	TRY(code);
	if (!is_of_our_log(w, p))
		return refuse_file(w, 0, "names other logs than this one");
	trust_policy_destroy(&w->trust);
	w->trust = TAKE(p);
	take_former_keys(w);
	return recount(w);
}

rc
witness_reread(struct witness *w)
{
	w->refused[0] = '\0'; /* who asks is told, also once more */
	return read_file(w);
}

rc
witness_test(const struct config *c, const struct keeper_facts *keys)
{
	struct witness w = {.config = c};

	TRY(note_verifier_init(&w.log, c->origin, keys->checkpoint[0]));
	for (size_t i = 1; i < keys->n_checkpoints; i++)
		TRY(note_verifier_also(&w.log, keys->checkpoint[i]));
	rc code = witness_reread(&w);
	trust_policy_destroy(&w.trust);
	return code;
}

/* --- state ---------------------------------------------------------------------------
 */

static rc
load(struct witness *w, enum witness_head kind, struct head *h)
{
	AUTO(buf_wipe) struct buf note = buf_init(NOTE_MAX);

	rc code = store_get_witness(w->store, kind, &h->row, &note);
	buf_wipe(&h->note);
	h->there = code == RC_OK;
	if (code == RC_NOT_FOUND) return RC_OK;
	TRY(code);
	h->note = note;
	note    = buf_init(0);
	return RC_OK;
}

rc
witness_reload(struct witness *w)
{
	TRY(load(w, WITNESS_WAITING, &w->waiting));
	TRY(load(w, WITNESS_QUORUM, &w->quorum));
	return recount(w);
}

rc
witness_open(struct witness **ret, struct store *store, const struct config *config,
    const struct note_verifier *log)
{
	AUTO(witness_destroy) struct witness *w = calloc(1, sizeof *w);

	if (w == NULL) return RC_NOMEM;
	w->store   = store;
	w->config  = config;
	w->log     = *log;
	w->log_all = *log;
	TRY(witness_reload(w));
	TRY(witness_reread(w));
	*ret = TAKE(w);
	return RC_OK;
}

void
witness_destroy(struct witness **wp)
{
	struct witness *w = *wp;

	if (w == NULL) return;
	trust_policy_destroy(&w->trust);
	buf_wipe(&w->waiting.note);
	buf_wipe(&w->quorum.note);
	free(w);
	*wp = NULL;
}

bool
witness_head(const struct witness *w, enum witness_head kind, uint64_t *ret_size,
    struct slice *ret_note)
{
	const struct head *h = kind == WITNESS_WAITING ? &w->waiting : &w->quorum;

	if (!h->there) return false;
	*ret_size = h->row.size;
	*ret_note = buf_slice(&h->note);
	return true;
}

static rc
keep(struct witness *w, enum witness_head kind, struct head *h)
{
	return store_put_witness(w->store, kind, &h->row, buf_slice(&h->note));
}

static rc
copy_head(struct head *to, const struct head *from)
{
	buf_wipe(&to->note);
	to->note  = buf_init(NOTE_MAX);
	to->there = from->there;
	to->row   = from->row;
	return buf_append(&to->note, buf_slice(&from->note));
}

/* --- a cosignature -------------------------------------------------------------------
 */

/* Whether LINE stands in NOTE as it is. */
static bool
has_line(struct slice note, struct slice line)
{
	struct slice text, rest, other;

	if (note_split(note, &text, &rest) != RC_OK) return false;
	while (text_line(&rest, &other) == RC_OK)
		if (slice_equal(other, line)) return true;
	return false;
}

static rc
check_line(const struct witness *w, struct slice line, uint64_t now_ms, size_t *ret_who)
{
	struct slice text, lines;
	uint64_t     time_s = 0, window_s = (uint64_t)w->config->freshness_s;

	TRY(note_split(buf_slice(&w->waiting.note), &text, &lines));
	rc code = trust_policy_line(w->trust, line, text, ret_who, &time_s);
	if (code == RC_BAD_NOTE) return RC_BAD_SIGNATURE;
	TRY(code);
	if (time_s > now_ms / 1000 + window_s) return RC_FUTURE;
	if (time_s + window_s < w->waiting.row.taken_ms / 1000) return RC_STALE;
	return RC_OK;
}

/* The waiting head changed: keep it, and as the newest with quorum if it has that. */
static rc
settle(struct witness *w)
{
	bool had = w->quorum.there && w->quorum.row.size == w->waiting.row.size;

	TRY(keep(w, WITNESS_WAITING, &w->waiting));
	if (!trust_policy_quorum(w->trust, w->cosigned)) return RC_OK;
	TRY(copy_head(&w->quorum, &w->waiting));
	TRY(keep(w, WITNESS_QUORUM, &w->quorum));
	if (!had) LOG(LOG_WITNESSED, .n = w->quorum.row.size);
	return RC_OK;
}

rc
witness_add(struct witness *w, uint64_t size, struct slice line, uint64_t now_ms)
{
	size_t who = 0;

	if (w->trust == NULL) return RC_NOT_FOUND;
	if (!w->waiting.there || w->waiting.row.size != size) return RC_STALE;
	TRY(check_line(w, line, now_ms, &who));
	if (has_line(buf_slice(&w->waiting.note), line)) return RC_OK;
	if (w->cosigned[who]) return RC_REPLAYED;
	if (w->n_lines == LINES_MAX) return RC_OK; /* more than a note may hold */
	TRY(buf_append(&w->waiting.note, line));
	TRY(buf_append(&w->waiting.note, slice_str("\n")));
	w->cosigned[who] = true;
	w->n_lines++;
	return settle(w);
}

/* --- what time brings ----------------------------------------------------------------
 */

/* Whether a newer head may take the place of the one that waits. */
static bool
gives_way(const struct witness *w, uint64_t now_ms)
{
	const struct witness_row *row = &w->waiting.row;

	if (!w->waiting.there) return true;
	if (trust_policy_quorum(w->trust, w->cosigned)) return true;
	return now_ms - row->taken_ms >= (uint64_t)w->config->witness_wait_s * 1000;
}

static rc
offer(struct broker *b, struct slice note)
{
	struct witness *w = b->witness;

	buf_wipe(&w->waiting.note);
	w->waiting.note  = buf_init(NOTE_MAX);
	w->waiting.there = true;
	w->waiting.row   = (struct witness_row){
	      .size = journal_signed_size(b->journal), .taken_ms = b->now_ms};
	TRY(buf_append(&w->waiting.note, note));
	TRY(recount(w));
	TRY(store_begin(b->store));
	TRY(settle(w));
	return batch_commit(b);
}

/* A trust file may come after the broker: the parties' keys are made when it runs. */
static void
look_for_file(struct witness *w, uint64_t now_ms)
{
	if (w->trust != NULL || now_ms - w->looked_ms < LOOK_MS) return;
	w->looked_ms = now_ms;
	ignore(read_file(w));                      /* it says itself what is wrong */
	if (w->trust != NULL) w->published_ms = 0; /* offer a head at once */
}

rc
witness_turn(struct broker *b)
{
	struct witness *w    = b->witness;
	uint64_t        size = journal_signed_size(b->journal);
	struct slice    note = journal_checkpoint(b->journal);

	look_for_file(w, b->now_ms);
	if (b->now_ms - w->published_ms < (uint64_t)b->config->witness_s * 1000)
		return RC_OK;
	bool offered = w->waiting.there && w->waiting.row.size == size;
	if (size == w->published_size && (offered || w->trust == NULL)) return RC_OK;
	rc code = published_write(b, note); /* before anybody sees it as cosigned */
	if (code != RC_OK && !w->unwritten)
		ignore(why_tell(LOG_CONFIG, code, b->config->published_file,
		    "cannot be written: its folder, or no room; tried until it can"));
	w->unwritten = code != RC_OK;
	if (w->unwritten) return RC_OK; /* it is tried again at the next turn */
	w->published_ms   = b->now_ms;
	w->published_size = size;
	return w->trust != NULL && !offered && gives_way(w, b->now_ms) ? offer(b, note)
	                                                               : RC_OK;
}
