/* SPDX-License-Identifier: EUPL-1.2 */
/* gossip.c - gathering heads, and holding them against the broker's newest. */
#include "client/command/audit/gossip.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "certs/file.h"
#include "client/command/translate.h"
#include "client/forks.h"
#include "client/history.h"
#include "client/witness.h"
#include "proto/auto.h"
#include "proto/message.h"
#include "proto/receipt.h"
#include "proto/text.h"

enum { FILE_BYTES_MAX = 1024 * 1024 };

void
gossip_wipe(struct gossip *g)
{
	for (size_t i = 0; i < g->n; i++) buf_wipe(&g->heads[i].note);
	trust_policy_destroy(&g->trust);
	g->n = 0;
}

/* --- heads from files ------------------------------------------------------------------
 */

/* NOTE, which must be the region's, as one more head. */
static rc
add_note(struct gossip *g, const char *where, struct slice note, struct gossip_head **ret)
{
	const struct note_verifier *v = &g->s->folder.region.verifier;
	struct gossip_head         *h = &g->heads[g->n];

	if (g->n == GOSSIP_MAX)
		return handle_fail(g->s, RC_TOO_MANY, where, N_("too many heads"));
	*h      = (struct gossip_head){.note = buf_init(NOTE_MAX)};
	rc code = checkpoint_open(note, v, &h->head);
	if (code != RC_OK)
		return handle_fail(
		    g->s, code, where, N_("is no signed head of this region"));
	/* a line that does not hold counts for nothing, and makes the head no less the
	 * region's: else a broker could add one to what shows that it lies */
	if (g->trust != NULL &&
	    trust_policy_judge(g->trust, note, &h->verdict) == RC_NOMEM)
		return RC_NOMEM;
	TRY(buf_append(&h->note, note));
	(void)snprintf(h->where, sizeof h->where, "%s", where);
	g->n++;
	if (ret != NULL) *ret = h;
	return RC_OK;
}

/* The head in the file PATH: a note, or a receipt with one at its end. */
static rc
add_file(struct gossip *g, const char *path, const char *shown, struct gossip_head **ret)
{
	AUTO(buf_wipe) struct buf text  = buf_init(FILE_BYTES_MAX);
	struct proof_text         proof = {.index = 0};

	TRY(file_read(path, FILE_BYTES_MAX, false, &text));
	struct slice note = buf_slice(&text), rest = note;
	if (text_skip(&rest, "c2sp.org/tlog-proof")) {
		if (receipt_parse_proof(note, &proof) != RC_OK)
			return handle_fail(g->s, RC_BAD_NOTE, shown,
			    N_("is no signed head of this region"));
		note = proof.checkpoint;
	}
	return add_note(g, shown, note, ret);
}

static rc
add_kept(void *arg, const char *path)
{
	struct gossip_head *h = NULL;

	TRY(add_file(arg, path, path, &h));
	h->kept = true;
	return RC_OK;
}

/* The heads in folder DIR; *RET_OWN is what it saw last, if that is there. */
static rc
add_folder(struct gossip *g, const char *dir, struct gossip_head **ret_own)
{
	static const char *const names[] = {"checkpoint", "witnessed"};
	char                     path[FILE_PATH_MAX];

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct gossip_head *h = NULL;
		TRY(path_join(path, dir, names[i]));
		rc code = add_file(g, path, path, &h);
		if (code != RC_NOT_FOUND) TRY(code);
		if (i == 0) *ret_own = h;
	}
	return forks_each(dir, add_kept, g);
}

rc
gossip_begin(struct gossip *g, struct sluis *s, unsigned timeout_ms)
{
	struct gossip_head *own = NULL;

	g->s          = s;
	g->timeout_ms = timeout_ms;
	history_leave(s);
	TRY(witness_trust(&s->folder.region, &g->trust, &s->error));
	TRY(add_folder(g, s->folder.dir, &own));
	if (own != NULL) own->own = true;
	return RC_OK;
}

rc
gossip_add(struct gossip *g, const char *path)
{
	struct gossip_head *own    = NULL;
	size_t              before = g->n;
	struct stat         st;

	rc code = stat(path, &st) != 0 ? RC_NOT_FOUND : RC_OK;
	if (code == RC_OK)
		code = S_ISDIR(st.st_mode) ? add_folder(g, path, &own)
		                           : add_file(g, path, path, NULL);
	if (code == RC_OK && g->n == before) code = RC_NOT_FOUND;
	if (code == RC_NOT_FOUND)
		return handle_fail(g->s, code, path, N_("there is no signed head there"));
	return code;
}

const struct gossip_head *
gossip_own(const struct gossip *g)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->heads[i].own) return &g->heads[i];
	return NULL;
}

/* --- what the broker shows -------------------------------------------------------------
 */

static bool
answer_is(const Sluis__Answer *a, rc code)
{
	return strcmp(a->code, code == RC_OK ? "ok" : rc_name(code)) == 0;
}

static rc
add_answer(struct gossip *g, const char *where, const Sluis__Answer *a)
{
	return a->checkpoint == NULL ? RC_OK
	                             : add_note(g, where, slice_str(a->checkpoint), NULL);
}

/* The newest head; shows the broker nothing yet. */
static rc
ask_newest(struct gossip *g)
{
	AUTO(message_destroy) Sluis__Answer *a    = NULL;
	Sluis__Prove                         body = SLUIS__PROVE__INIT;

	body.has_index = 1;
	TRY(history_ask(g->s, &body, g->timeout_ms, &a));
	TRY(error_from_answer(&g->s->error, a));
	g->newest = g->n;
	TRY(add_answer(g, N_("the broker, newest"), a));
	return g->n > g->newest ? RC_OK
	                        : handle_fail(g->s, RC_BAD_NOTE, "checkpoint", NULL);
}

/* The head that waits for witnesses, or the newest one that has enough. */
static rc
ask_witnessed(struct gossip *g, bool quorum, const char *where)
{
	AUTO(message_destroy) Sluis__Answer *a    = NULL;
	Sluis__Prove                         body = SLUIS__PROVE__INIT;

	body.has_for_witness = 1;
	body.for_witness     = 1;
	body.has_index       = quorum;
	TRY(history_ask(g->s, &body, g->timeout_ms, &a));
	return answer_is(a, RC_OK) ? add_answer(g, where, a) : RC_OK;
}

/* --- is it the same history?
 * ------------------------------------------------------------
 */

/* Whether PROVEN is of the history that the broker goes on from. */
static rc
is_newest(struct gossip *g, const struct checkpoint *proven, bool *ret)
{
	AUTO(message_destroy) Sluis__Answer *a      = NULL;
	const struct checkpoint             *newest = &g->heads[g->newest].head;
	Sluis__Prove                         body   = SLUIS__PROVE__INIT;
	struct merkle_proof                  proof  = {.n = 0};

	bool longer       = proven->size > newest->size;
	*ret              = false;
	body.has_old_size = body.has_size = 1;
	body.old_size                     = longer ? newest->size : proven->size;
	body.size                         = longer ? proven->size : newest->size;
	if (proven->size != newest->size) {
		TRY(history_ask(g->s, &body, g->timeout_ms, &a));
		if (!answer_is(a, RC_OK) || history_proof(a, &proof) != RC_OK)
			return RC_OK;
	}
	rc code = history_agree(newest, proven, &proof);
	*ret    = code == RC_OK;
	return code == RC_NOMEM ? code : RC_OK;
}

/* The EVENT_RESTORED entry in A, if it names a gap that HEAD fell into. */
static rc
read_gap(struct gossip *g, const Sluis__Answer *a, const struct checkpoint *head,
    struct gossip_gap *ret)
{
	AUTO(message_destroy) Sluis__Leaf *leaf = NULL;
	struct checkpoint                  proven;
	bool                               here = false;

	if (!answer_is(a, RC_FORKED) || a->n_receipts != 1) return RC_OK;
	rc code = receipt_verify(a->receipts[0], &g->s->folder.region.verifier, &proven);
	if (code == RC_OK) code = receipt_leaf(a->receipts[0], &leaf);
	if (code == RC_NOMEM) return code;
	if (code != RC_OK || leaf->kind != SLUIS__EVENT_KIND__EVENT_RESTORED ||
	    leaf->subject_digest.len != HASH_BYTES)
		return RC_OK; /* it explains nothing */
	TRY(is_newest(g, &proven, &here));
	if (!here) return RC_OK; /* or explains another history */
	if (head->size <= leaf->refers_to || head->size - leaf->refers_to > leaf->count)
		return RC_OK;
	*ret = (struct gossip_gap){.there = true,
	    .index                        = a->receipts[0]->index,
	    .restored                     = leaf->refers_to,
	    .missing                      = leaf->count};
	memcpy(ret->root.b, leaf->subject_digest.data, HASH_BYTES);
	return RC_OK;
}

/* Ask for consistency of H with the newest head, and show it to the broker. */
static rc
ask_about(struct gossip *g, const struct gossip_head *h, Sluis__Answer **ret)
{
	AUTO(buf_wipe) struct buf text   = buf_init(NOTE_MAX + 1);
	const struct checkpoint  *newest = &g->heads[g->newest].head;
	Sluis__Prove              body   = SLUIS__PROVE__INIT;

	TRY(history_show(buf_slice(&h->note), &text, &body.seen));
	if (h->head.size != 0 && h->head.size <= newest->size) {
		body.has_old_size = 1;
		body.old_size     = h->head.size;
		body.has_size     = 1;
		body.size         = newest->size;
	}
	return history_ask(g->s, &body, g->timeout_ms, ret);
}

/* An answer about another matter (too many requests, ...) accuses nobody. */
static rc
check_told(struct gossip *g, const Sluis__Answer *a)
{
	static const rc told[] = {RC_OK, RC_FORKED, RC_OLD_STATE, RC_NOT_FOUND};

	for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
		if (answer_is(a, told[i])) return RC_OK;
	return error_from_answer(&g->s->error, a);
}

static rc
compare(struct gossip *g, struct gossip_head *h)
{
	AUTO(message_destroy) Sluis__Answer *a      = NULL;
	const struct checkpoint             *newest = &g->heads[g->newest].head;
	struct merkle_proof                  proof  = {.n = 0};

	TRY(ask_about(g, h, &a));
	TRY(check_told(g, a));
	h->standing = GOSSIP_OTHER;
	rc code     = history_proof(a, &proof);
	if (code == RC_OK && answer_is(a, RC_OK) && h->head.size <= newest->size)
		code = history_agree(&h->head, newest, &proof);
	else
		code = RC_FORKED;
	if (code == RC_NOMEM) return code;
	if (code == RC_OK) h->standing = GOSSIP_ONE;
	if (code == RC_OK) return RC_OK;
	TRY(read_gap(g, a, &h->head, &h->gap));
	if (h->gap.there) h->standing = GOSSIP_LOST;
	return RC_OK;
}

/* Two heads of one size and different roots need no broker to tell. */
static void
compare_among(struct gossip *g)
{
	for (size_t i = 0; i < g->n; i++)
		for (size_t k = i + 1; k < g->n; k++) {
			struct gossip_head *a = &g->heads[i], *b = &g->heads[k];
			if (a->head.size != b->head.size ||
			    hash_equal(&a->head.root, &b->head.root))
				continue;
			if (a->standing == GOSSIP_UNKNOWN) a->standing = GOSSIP_OTHER;
			if (b->standing == GOSSIP_UNKNOWN) b->standing = GOSSIP_OTHER;
		}
}

/* Between which sizes the histories part.  That a smaller head is the broker's does not
 * make it the other's too: the beginning that they share is known only where the journal
 * names it, with the gap. */
static void
bound(struct gossip *g)
{
	for (size_t i = 0; i < g->n; i++) {
		const struct gossip_head *h = &g->heads[i];
		if (h->standing != GOSSIP_OTHER && h->standing != GOSSIP_LOST) continue;
		uint64_t shared = h->gap.restored; /* 0 without a gap */
		if (g->differ == 0 || shared < g->agree) g->agree = shared;
		if (g->differ == 0 || h->head.size < g->differ) g->differ = h->head.size;
	}
}

rc
gossip_ask(struct gossip *g)
{
	g->reached = ask_newest(g);
	if (rc_kind(g->reached) == RC_KIND_INTEGRITY) return g->reached;
	if (g->reached == RC_OK) {
		g->heads[g->newest].standing = GOSSIP_ONE;
		TRY(ask_witnessed(g, false, N_("the broker, waits for witnesses")));
		TRY(ask_witnessed(g, true, N_("the broker, newest with a quorum")));
		for (size_t i = 0; i < g->n; i++)
			if (i != g->newest) TRY(compare(g, &g->heads[i]));
	}
	compare_among(g);
	bound(g);
	return RC_OK;
}

bool
gossip_is_fork(const struct gossip *g)
{
	const struct gossip_head *own  = gossip_own(g);
	bool                      past = own != NULL && own->standing == GOSSIP_ONE;

	for (size_t i = 0; i < g->n; i++) {
		if (g->heads[i].standing == GOSSIP_OTHER) return true;
		if (g->heads[i].standing == GOSSIP_LOST && !past) return true;
	}
	return false;
}

/* What the broker shows no more; all of it that there is room for. */
static rc
keep_lost(const struct gossip *g)
{
	rc code = RC_OK;

	for (size_t i = 0; i < g->n; i++) {
		const struct gossip_head *h = &g->heads[i];
		if (h->standing != GOSSIP_OTHER && h->standing != GOSSIP_LOST) continue;
		rc one = forks_keep(g->s->folder.dir, buf_slice(&h->note));
		if (code == RC_OK) code = one;
	}
	return code;
}

rc
gossip_keep(const struct gossip *g)
{
	TRY(keep_lost(g));
	if (g->reached != RC_OK) return RC_OK;
	return forks_keep(g->s->folder.dir, buf_slice(&g->heads[g->newest].note));
}

rc
gossip_accept(struct gossip *g)
{
	const struct gossip_head *own    = gossip_own(g);
	const struct gossip_head *newest = &g->heads[g->newest];

	if (g->reached != RC_OK) return g->reached;
	if (own == NULL || own->standing != GOSSIP_LOST)
		return handle_fail(g->s, RC_FORKED, "checkpoint",
		    N_("no entry of the journal names a gap that explains what was "
		       "seen"));
	if (own->gap.index >= newest->head.size)
		return handle_fail(g->s, RC_FORKED, "checkpoint", NULL);
	rc kept = keep_lost(g); /* the newest can be had again */
	if (kept != RC_OK) return handle_fail(g->s, kept, "forks", forks_reason(kept));
	TRY(witness_start_again(g->s->folder.dir));
	return seen_keep(&g->s->seen, g->s->folder.dir, buf_slice(&newest->note),
	    &newest->head, unix_ms());
}
