/* SPDX-License-Identifier: EUPL-1.2 */
/* witness.c - cosigning the head that the broker holds out. */
#include "client/witness.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "certs/file.h"
#include "client/error.h"
#include "client/forks.h"
#include "client/history.h"
#include "client/request.h"
#include "client/witness_lock.h"
#include "proto/auto.h"
#include "proto/cosignature.h"
#include "proto/envelope.h"
#include "proto/message.h"

/* --- may we? ---------------------------------------------------------------------------
 */

static bool
is_witness(const struct trust_policy *p, const struct note_verifier *key)
{
	for (size_t i = 0; i < trust_policy_n_witnesses(p); i++) {
		const struct note_verifier *w = trust_policy_witness(p, i, NULL);
		if (strcmp(w->name, key->name) == 0 &&
		    memcmp(w->public_key, key->public_key, KEY_BYTES) == 0)
			return true;
	}
	return false;
}

/* Our key, if the region's trust file names it; RC_NOT_FOUND. */
static rc
open_key(struct sluis *s, struct witness_key *ret)
{
	AUTO(trust_policy_destroy) struct trust_policy *p = NULL;
	const struct region                            *r = &s->folder.region;

	TRY(witness_trust(r, &p, &s->error));
	if (p == NULL) return RC_NOT_FOUND;
	TRY(witness_key_open(s->folder.dir, r->origin, s->folder.self.name, ret));
	return is_witness(p, &ret->key) ? RC_OK : RC_NOT_FOUND;
}

/* --- what was cosigned before --------------------------------------------------------
 */

static rc
read_record(struct sluis *s, struct seen *ret)
{
	AUTO(buf_wipe) struct buf note = buf_init(NOTE_MAX);
	char                      path[FILE_PATH_MAX];

	*ret = (struct seen){.known = false};
	TRY(path_join(path, s->folder.dir, "witnessed"));
	rc code = file_read(path, NOTE_MAX, false, &note);
	if (code == RC_NOT_FOUND) return RC_OK;
	TRY(code);
	TRY(checkpoint_open(buf_slice(&note), &s->folder.region.verifier, &ret->head));
	ret->known = true;
	return RC_OK;
}

static rc
write_record(struct sluis *s, struct slice note, struct slice line)
{
	AUTO(buf_wipe) struct buf all = buf_init(NOTE_MAX);
	struct checkpoint         head;
	char                      path[FILE_PATH_MAX];

	TRY(buf_append(&all, note));
	TRY(buf_append(&all, line));
	/* with more lines than a note may have nobody reads it again, nor do we */
	TRY(checkpoint_open(buf_slice(&all), &s->folder.region.verifier, &head));
	TRY(path_join(path, s->folder.dir, "witnessed"));
	return file_write(path, buf_slice(&all), 0600);
}

rc
witness_start_again(const char *dir)
{
	char path[FILE_PATH_MAX];

	TRY(path_join(path, dir, "witnessed"));
	return unlink(path) == 0 || errno == ENOENT ? RC_OK : RC_DISK;
}

/* --- the head that waits ---------------------------------------------------------------
 */

/* The head in our file NAME and NOTE cannot both be true. */
static rc
tell_fork(struct sluis *s, const char *name, struct slice note)
{
	AUTO(buf_wipe) struct buf ours = buf_init(NOTE_MAX);
	char                      path[FILE_PATH_MAX];

	rc code = path_join(path, s->folder.dir, name);
	if (code == RC_OK) code = file_read(path, NOTE_MAX, false, &ours);
	if (code == RC_OK) code = forks_keep(s->folder.dir, buf_slice(&ours));
	if (code == RC_OK) code = forks_keep(s->folder.dir, note);
	return handle_fail(s, RC_FORKED, "checkpoint",
	    code == RC_OK ? N_("the head for witnesses is of another history")
	                  : forks_reason(code));
}

static rc
ask_waiting(
    struct sluis *s, const struct seen *since, unsigned timeout_ms, Sluis__Answer **ret)
{
	Sluis__Prove body = SLUIS__PROVE__INIT;

	body.has_for_witness = 1;
	body.for_witness     = 1;
	body.has_old_size    = since->known;
	body.old_size        = since->head.size;
	TRY(history_ask(s, &body, timeout_ms, ret));
	return error_from_answer(&s->error, *ret);
}

/* The head in A to *HEAD: of one history with SINCE, which our file NAME holds? */
static rc
judge(struct sluis *s, const Sluis__Answer *a, const struct seen *since, const char *name,
    struct checkpoint *head)
{
	struct merkle_proof proof = {.n = 0};

	TRY(history_head(s, a, head));
	rc code = history_proof(a, &proof);
	if (code == RC_OK) code = history_agree(&since->head, head, &proof);
	if (code == RC_NOMEM) return code;
	return code == RC_OK ? RC_OK : tell_fork(s, name, slice_str(a->checkpoint));
}

/* Whether HEAD may be signed after RECORD.  That both agree with what was seen is not
 * enough: RECORD may be longer than that, and then each could continue it another way. */
static rc
may_follow(struct sluis *s, const struct seen *record, const struct checkpoint *head,
    unsigned timeout_ms, bool *ret)
{
	AUTO(message_destroy) Sluis__Answer *a = NULL;
	struct checkpoint                    again;

	*ret = !record->known || (head->size == record->head.size &&
	                             hash_equal(&head->root, &record->head.root));
	if (*ret || head->size < record->head.size) return RC_OK;
	TRY(ask_waiting(s, record, timeout_ms, &a));
	if (a->checkpoint == NULL) return RC_OK;
	TRY(judge(s, a, record, "witnessed", &again));
	/* if another waits by now, that one has its turn next time */
	*ret = again.size == head->size && hash_equal(&again.root, &head->root);
	return RC_OK;
}

static rc
send_line(struct sluis *s, uint64_t size, struct buf *line, unsigned timeout_ms)
{
	AUTO(request_wipe) struct request    r    = {.envelope = {.max = 0}};
	AUTO(message_destroy) Sluis__Answer *a    = NULL;
	Sluis__Cosign                        body = SLUIS__COSIGN__INIT;
	Sluis__Head                          head;

	TRY(buf_append(line, slice_of("", 1)));
	TRY(request_head(s, &r, &head));
	body.head        = &head;
	body.has_size    = 1;
	body.size        = size;
	body.cosignature = (char *)line->p;
	TRY(request_sign(s, &r, TYPE_COSIGN, &body.base));
	TRY(request_ask(s, DOOR_MAIN, &r, patience_of(timeout_ms), &a));
	return error_from_answer(&s->error, a);
}

/* Sign the head in A, write it down, send it. */
static rc
cosign(struct sluis *s, const struct witness_key *k, const Sluis__Answer *a,
    uint64_t size, unsigned timeout_ms)
{
	AUTO(buf_wipe) struct buf line = buf_init(COSIGNATURE_LINE_MAX + 2);
	struct slice              note = slice_str(a->checkpoint);
	uint64_t                  time_s;

	rc code = cosignature_find(note, &k->key, &time_s);
	if (code != RC_NOT_FOUND) return code; /* it has ours already */
	TRY(cosignature_make(&k->key, k->secret, note, unix_ms() / 1000, &line));
	TRY(write_record(s, note, buf_slice(&line)));
	return send_line(s, size, &line, timeout_ms);
}

rc
witness_step(struct sluis *s, unsigned timeout_ms)
{
	AUTO(witness_key_wipe) struct witness_key k    = {.secret = {0}};
	AUTO(message_destroy) Sluis__Answer      *a    = NULL;
	AUTO(file_unlock) int                     lock = -1;
	struct seen                               record;
	struct checkpoint                         head;
	bool                                      may = false;

	rc code = open_key(s, &k);
	if (code == RC_NOT_FOUND || !s->seen.known) return RC_OK;
	TRY(code);
	/* who has it asks the broker meanwhile: it signs what we would sign */
	TRY(witness_lock(s->folder.dir, 0, &lock));
	TRY(read_record(s, &record));
	TRY(ask_waiting(s, &s->seen, timeout_ms, &a));
	if (a->checkpoint == NULL) return RC_OK;
	TRY(judge(s, a, &s->seen, "checkpoint", &head));
	TRY(may_follow(s, &record, &head, timeout_ms, &may));
	return may ? cosign(s, &k, a, head.size, timeout_ms) : RC_OK;
}
