/* SPDX-License-Identifier: EUPL-1.2 */
/* world.c - the broker's process, its batches, and what they promise. */
#include "fault/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/batch.h"
#include "broker/journal/epoch.h"
#include "broker/standing/adopt.h"
#include "fault/tape.h"
#include "proto/checkpoint.h"
#include "proto/receipt.h"
#include "support/candidate.h"

void
demand(bool holds, const char *what, uint64_t n)
{
	if (holds) return;
	(void)fprintf(stderr, "fault: %s (%llu)\n", what, (unsigned long long)n);
	_Exit(1); /* of a mutant this is wanted: no core */
}

/* --- opening --------------------------------------------------------------------- */

/* Version 2 of the shipped policy stands in policy_dir, signed. */
static void
bring_policy(struct world *w)
{
	struct region *r = &w->region;
	char           folder[256];

	(void)snprintf(folder, sizeof folder, "%s/policy", r->dir);
	candidate_write(folder, 2);
	candidate_sign_enough(r, folder);
	free(r->config->policy_dir);
	r->config->policy_dir = strdup(folder);
	w->shipped            = *policy_hash(r->broker.policy);
}

void
world_open(struct world *w)
{
	static const char *const desks[DESKS][2] = {{OIN_MUNICIPALITY, "meldpunt"},
	    {OIN_MUNICIPALITY, "procesregisseur"}, {OIN_POLICE, "avim"},
	    {OIN_NLA, "opsporing"}, {OIN_CARE, "zorgcoordinator"}, {OIN_AUDITOR, NULL}};

	memset(w, 0, sizeof *w);
	region_open(&w->region);
	for (size_t i = 0; i < DESKS; i++) {
		const struct party *party =
		    policy_party(w->region.broker.policy, desks[i][0]);
		const char *desk = desks[i][1];
		if (desk == NULL) desk = party->desks[0];
		demand(party_has_desk(party, desk), desks[i][1], i);
		person_make(&w->region, desks[i][0], desk, 1, &w->desk[i]);
	}
	bring_policy(w);
}

void
world_close(struct world *w)
{
	for (size_t i = 0; i < DESKS; i++) person_wipe(&w->desk[i]);
	region_close(&w->region);
	free(w->promises);
	memset(w, 0, sizeof *w);
}

/* --- the process ----------------------------------------------------------------- */

void
world_kill(struct world *w)
{
	disk_die(true);
	region_end(&w->region);
	disk_die(false);
	w->dead = true;
}

/* As broker_run() when its turn fails. */
static rc
die(struct world *w, rc code)
{
	w->dead = true;
	return code;
}

static rc
note_keys(struct broker *b, void *arg)
{
	(void)arg;
	return epoch_note(b);
}

/* As the store has it: the shipped one, until another took effect. */
static rc
find_policy(struct world *w)
{
	static struct findings findings;
	struct broker         *b = &w->region.broker;
	struct policy_row      row;

	rc code = store_last_policy(b->store, &row);
	if (code != RC_OK && code != RC_NOT_FOUND) return code;
	if (code == RC_NOT_FOUND) row.hash = w->shipped;
	if (b->policy != NULL && hash_equal(policy_hash(b->policy), &row.hash))
		return RC_OK;
	policy_destroy(&b->policy);
	b->policy_version = 0;
	TRY(code == RC_OK ? adopt_stored(b)
	                  : policy_load(SOURCE_DIR "/policy", &b->policy, &findings));
	return batch_load_registry(b); /* its members borrow from the policy */
}

static rc
adopt(struct broker *b, void *former)
{
	return adopt_candidate(b, former);
}

rc
world_adopt(struct world *w)
{
	struct policy *former = NULL;

	rc code = world_turn(w, adopt, &former);
	policy_destroy(&former);
	if (code == RC_OK) code = w->region.broker.policy_refused;
	if (code == RC_OK) code = batch_load_registry(&w->region.broker);
	return code == RC_OK ? RC_OK : die(w, code); /* as after SIGHUP */
}

rc
world_begin(struct world *w)
{
	w->dead               = false;
	w->region.broker.lost = w->region.broker.full = false;
	rc code                                       = region_begin(&w->region);
	if (code == RC_OK) code = find_policy(w);
	if (code == RC_OK) code = world_turn(w, note_keys, NULL);
	if (code != RC_OK) return die(w, code);
	w->starts++;
	return RC_OK;
}

/* --- promises -------------------------------------------------------------------- */

static void
add_promise(struct world *w, const struct promise *p)
{
	if (w->n == w->cap) {
		w->cap      = w->cap == 0 ? 256 : w->cap * 2;
		w->promises = reallocarray(w->promises, w->cap, sizeof *w->promises);
		if (w->promises == NULL) abort();
	}
	w->promises[w->n++] = *p;
}

static void
hold_to(struct world *w, const Sluis__Receipt *r)
{
	struct promise    p = {.at = disk_tape_length()}, head = p;
	struct checkpoint c;

	if (r == NULL || !r->has_leaf) return;
	p.index = r->index;
	p.hash  = merkle_leaf(slice_of(r->leaf.data, r->leaf.len));
	add_promise(w, &p);
	if (r->checkpoint == NULL) return;
	rc code = receipt_verify(r, journal_verifier(w->region.broker.journal), &c);
	demand(code == RC_OK, rc_name(code), r->index);
	head.head  = true;
	head.index = c.size;
	head.hash  = c.root;
	add_promise(w, &head);
}

static void
hold_to_all(struct world *w, const Sluis__Answer *a)
{
	for (size_t i = 0; i < a->n_receipts; i++) hold_to(w, a->receipts[i]);
	for (size_t i = 0; i < a->n_outcomes; i++) hold_to(w, a->outcomes[i]->receipt);
	for (size_t i = 0; i < a->n_deliveries; i++)
		hold_to(w, a->deliveries[i]->receipt);
}

/* --- batches --------------------------------------------------------------------- */

/* The batch of CODE so far ends: committed, undone, or the process dies of it. */
static rc
end_batch(struct world *w, rc code)
{
	struct broker *b = &w->region.broker;

	if (code == RC_OK) code = batch_commit(b);
	if (code == RC_OK) return RC_OK;
	if (b->lost) return die(w, code);
	rc undone = batch_undo(b);
	if (undone != RC_OK) return die(w, undone);
	return code;
}

static rc
answer(struct world *w, struct reply *reply, Sluis__Answer **ret)
{
	struct broker            *b     = &w->region.broker;
	AUTO(buf_wipe) struct buf frame = buf_init(ANSWER_MAX);

	rc code =
	    reply_finish(reply, b->journal, policy_hash(b->policy), b->now_ms, &frame);
	TRY(code); /* it is lost: who asked asks again */
	fault_of_test(true);
	*ret = sluis__answer__unpack(NULL, frame.n, frame.p);
	if (*ret == NULL) abort();
	hold_to_all(w, *ret);
	fault_of_test(false);
	return RC_OK;
}

static rc
come_in(struct world *w, const struct person *p, enum door door, struct slice frame,
    struct reply *reply)
{
	struct incoming in = {.route = {.door = door, .n = 1, .id = {1}}};

	memcpy(in.curve_public, p->keys.curve_public, KEY_BYTES);
	if (zmq_msg_init_size(&in.payload, frame.n) != 0) return RC_NOMEM;
	memcpy(zmq_msg_data(&in.payload), frame.p, frame.n);
	rc code = reply_init(reply, &in.route, slice_of(NULL, 0));
	if (code == RC_OK) code = intake_handle(&w->region.broker, &in, reply);
	(void)zmq_msg_close(&in.payload);
	return code;
}

rc
world_exchange(struct world *w, const struct person *p, enum door door,
    struct slice frame, Sluis__Answer **ret)
{
	AUTO(reply_wipe) struct reply reply = {0};

	*ret    = NULL;
	rc code = store_begin(w->region.broker.store);
	if (code != RC_OK) return die(w, code);
	code = end_batch(w, come_in(w, p, door, frame, &reply));
	if (w->dead || reply.answer == NULL) return code;
	if (code != RC_OK) TRY(reply_fail(&reply, code));
	return answer(w, &reply, ret);
}

rc
world_turn(struct world *w, rc (*work)(struct broker *b, void *arg), void *arg)
{
	struct broker *b = &w->region.broker;

	rc code = store_begin(b->store);
	if (code == RC_OK) code = work(b, arg);
	if (code == RC_OK) code = batch_commit(b);
	if (code == RC_DISK_FULL && !b->lost) {
		rc undone = batch_undo_cover(b);
		return undone == RC_OK ? code : die(w, undone);
	}
	return code == RC_OK ? RC_OK : die(w, code);
}
