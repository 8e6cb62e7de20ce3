/* SPDX-License-Identifier: EUPL-1.2 */
/* line.c - one question, one answer; facts, heads and digests. */
#include "broker/keeper/line_inside.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "broker/log.h"
#include "proto/auto.h"

rc
line_new(struct keeper_line **ret, int fd, struct inside *inside,
    const struct keeper_facts *facts)
{
	struct keeper_line *line = sodium_malloc(sizeof *line);

	if (line == NULL && fd >= 0) (void)close(fd);
	if (line == NULL) return RC_NOMEM;
	memset(line, 0, sizeof *line);
	line->fd       = fd;
	line->inside   = inside;
	line->facts    = facts;
	line->question = (struct buf){.p = line->question_bytes,
	    .cap                         = sizeof line->question_bytes,
	    .max                         = LINE_BYTES};
	line->answer   = (struct buf){
	      .p = line->answer_bytes, .cap = sizeof line->answer_bytes, .max = LINE_BYTES};
	*ret = line;
	return RC_OK;
}

void
line_destroy(struct keeper_line **lp)
{
	if (*lp != NULL && (*lp)->fd >= 0) (void)close((*lp)->fd);
	sodium_free(*lp); /* wipes; NULL is fine */
	*lp = NULL;
}

void
line_patience(struct keeper_line *line, unsigned seconds)
{
	struct timeval t = {.tv_sec = seconds};

	line->patience = seconds;
	(void)setsockopt(line->fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
	(void)setsockopt(line->fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t);
}

bool
keeper_line_failed(const struct keeper_line *line)
{
	return line->failed;
}

bool
line_is_over(const struct keeper_line *line)
{
	uint8_t byte;

	if (line->fd < 0) return false;
	ssize_t n = recv(line->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
	return n >= 0 || (errno != EAGAIN && errno != EINTR); /* nothing was asked */
}

const struct keeper_facts *
keeper_line_facts(const struct keeper_line *line)
{
	return line->facts;
}

void
used_add(struct used *u, size_t at)
{
	if (u->n < USED_MAX) u->at[u->n] = (uint16_t)at;
	u->n++;
}

/* Wipe what is in use of N places of SIZE bytes. */
static void
wipe_used(struct used *u, void *places, size_t n, size_t size)
{
	if (u->n > USED_MAX) sodium_memzero(places, n * size);
	for (size_t i = 0; u->n <= USED_MAX && i < u->n; i++)
		sodium_memzero((uint8_t *)places + u->at[i] * size, size);
	u->n = 0;
}

void
keeper_forget(struct keeper_line *line)
{
	wipe_used(&line->seen_used, line->seen, SEEN, sizeof line->seen[0]);
}

/* --- one question, one answer ----------------------------------------------------- */

/* It is there, and does not answer: who looks for the reason sees no dead process. */
static void
tell_failure(const struct keeper_line *line)
{
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		LOG(LOG_KEEPER_HANGS, .n = line->patience);
}

static rc
send_question(const struct keeper_line *line)
{
	const struct buf *q = &line->question;
	ssize_t           n;

	do n = send(line->fd, q->p, q->n, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n < 0) tell_failure(line);
	return n >= 0 && (size_t)n == q->n ? RC_OK : RC_CRYPTO;
}

static rc
receive_answer(struct keeper_line *line)
{
	struct buf *a = &line->answer;
	ssize_t     n;

	do n = recv(line->fd, a->p, LINE_BYTES, MSG_TRUNC);
	while (n < 0 && errno == EINTR);
	if (n < 0) tell_failure(line);
	if (n <= 0 || n > LINE_BYTES) return RC_CRYPTO;
	a->n = (size_t)n;
	return RC_OK;
}

static rc
ask_inside(struct keeper_line *line)
{
	if (pthread_mutex_lock(&line->inside->lock) != 0) return RC_CRYPTO;
	vault_answer(line->inside->vault, buf_slice(&line->question), &line->answer);
	(void)pthread_mutex_unlock(&line->inside->lock);
	return RC_OK;
}

void
line_begin(struct keeper_line *line, enum operation what)
{
	line->question.n = line->answer.n = line->n_asked = 0;
	ignore(put_number(&line->question, 1, (uint64_t)what)); /* there is room */
}

rc
line_ask(struct keeper_line *line, struct slice *ret)
{
	uint64_t code = 0;

	if (line->failed) return RC_CRYPTO;
	rc got = RC_OK;
	if (line->inside != NULL)
		got = ask_inside(line);
	else if ((got = send_question(line)) == RC_OK)
		got = receive_answer(line);
	*ret = buf_slice(&line->answer);
	if (got == RC_OK) got = take_number(ret, ANSWER_HEADER, &code);
	line->failed = got != RC_OK;
	if (line->failed) return RC_CRYPTO;
	return (rc)code;
}

rc
line_finish(struct keeper_line *line, rc code)
{
	sodium_memzero(line->question.p, line->question.n);
	sodium_memzero(line->answer.p, line->answer.n);
	line->question.n = line->answer.n = 0;
	if (code == RC_OK || code == RC_NOT_FOUND || code == RC_FORKED) return code;
	return RC_CRYPTO;
}

rc
line_collect(struct keeper_line *line, line_take *take)
{
	struct slice answer;

	if (line->n_asked == 0) return RC_OK;
	rc code = line_ask(line, &answer);
	if (code == RC_OK) code = take(line, answer);
	return line_finish(line, code);
}

rc
line_nonsense(struct keeper_line *line)
{
	line->failed = true;
	return RC_CRYPTO;
}

/* --- facts ------------------------------------------------------------------------ */

static rc
take_copy(struct slice *s, uint8_t *out, size_t n)
{
	struct slice bytes;

	TRY(take_bytes(s, n, &bytes));
	memcpy(out, bytes.p, n);
	return RC_OK;
}

static rc
take_count(struct slice *s, size_t max, size_t *ret)
{
	uint64_t n = 0;

	TRY(take_number(s, 1, &n));
	*ret = (size_t)n;
	return n == 0 || n > max ? RC_MALFORMED : RC_OK;
}

static rc
take_epoch(struct slice *s, struct epoch_fact *ret)
{
	struct slice name;
	uint64_t     state = 0;

	TRY(take_number(s, 1, &state));
	TRY(take_blob(s, &name));
	if (state < EPOCH_CURRENT || state > EPOCH_ENDED || name.n > EPOCH_MAX)
		return RC_MALFORMED;
	ret->state = (enum epoch_state)state;
	memcpy(ret->epoch, name.p, name.n);
	return take_copy(s, ret->mark, sizeof ret->mark);
}

static rc
take_facts(struct slice s, struct keeper_facts *f)
{
	uint64_t id = 0, place = 0;

	TRY(take_count(&s, KEYRING_CURVES, &f->n_curves));
	for (size_t i = 0; i < f->n_curves; i++) {
		TRY(take_copy(&s, f->curve[i].public_key, KEY_BYTES));
		TRY(take_copy(&s, f->curve[i].secret, KEY_BYTES));
		TRY(take_number(&s, 1, &place));
		f->curve[i].place = (unsigned)place;
	}
	TRY(take_count(&s, KEYRING_CHECKPOINTS, &f->n_checkpoints));
	for (size_t i = 0; i < f->n_checkpoints; i++)
		TRY(take_copy(&s, f->checkpoint[i], KEY_BYTES));
	TRY(take_count(&s, KEYRING_EPOCHS, &f->n_epochs));
	for (size_t i = 0; i < f->n_epochs; i++) {
		TRY(take_epoch(&s, &f->epoch[i]));
		if (f->epoch[i].state == EPOCH_CURRENT) f->current = (uint8_t)i;
	}
	TRY(take_count(&s, KEYRING_MASTERS, &f->n_masters));
	for (size_t i = 0; i < f->n_masters; i++) {
		TRY(take_number(&s, 4, &id));
		f->master[i] = (uint32_t)id;
	}
	TRY(take_copy(&s, f->repeat, KEY_BYTES));
	return s.n == 0 ? RC_OK : RC_MALFORMED;
}

rc
line_read_facts(struct keeper_line *line, struct keeper_facts *ret)
{
	struct slice answer;

	line_begin(line, ASK_FACTS);
	rc code = line_ask(line, &answer);
	if (code == RC_OK && take_facts(answer, ret) != RC_OK) code = line_nonsense(line);
	sodium_memzero(line->answer.p, line->answer.n);
	return code;
}

/* --- heads, digests --------------------------------------------------------------- */

rc
keeper_sign(
    struct keeper_line *line, unsigned i, struct slice text, uint8_t ret[SIG_BYTES])
{
	struct slice answer;

	line_begin(line, ASK_SIGN);
	TRY(put_number(&line->question, 1, i));
	TRY(buf_append(&line->question, text));
	rc code = line_ask(line, &answer);
	if (code == RC_OK && answer.n != SIG_BYTES) code = line_nonsense(line);
	if (code == RC_OK) memcpy(ret, answer.p, SIG_BYTES);
	return line_finish(line, code);
}

rc
keeper_old_digests(
    struct keeper_line *line, struct slice data, uint8_t ret[KEYRING_MASTERS][HASH_BYTES])
{
	struct slice answer;

	memset(ret, 0, KEYRING_MASTERS * sizeof ret[0]);
	line_begin(line, ASK_DIGEST);
	TRY(buf_append(&line->question, data));
	rc code = line_ask(line, &answer);
	if (code == RC_OK && answer.n != line->facts->n_masters * HASH_BYTES)
		code = line_nonsense(line);
	if (code == RC_OK) memcpy(ret, answer.p, answer.n);
	return line_finish(line, code);
}
