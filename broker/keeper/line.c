/* SPDX-License-Identifier: EUPL-1.2 */
/* line.c - asking the keeper, in bulk, and not twice. */
#include "broker/keeper/line.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proto/auto.h"

enum {
	MEMO      = 2048, /* evaluations remembered; a power of two */
	SEEN      = 1024, /* record keys remembered; a power of two */
	ASKED_MAX = 1024, /* things in one question */
	TAG_BYTES = 16,
};

struct memo {
	bool    used;
	uint8_t tag[TAG_BYTES], ret[EVALUATED_BYTES];
};

struct record_key {
	uint8_t key[KEY_BYTES], wrapped[WRAPPED_BYTES];
};

struct keeper_line {
	int                        fd;     /* owned; -1: inside */
	struct inside             *inside; /* borrowed */
	const struct keeper_facts *facts;  /* borrowed */
	bool                       failed;
	struct buf                 question, answer; /* in the two below */
	uint8_t           question_bytes[LINE_BYTES + 8], answer_bytes[LINE_BYTES + 8];
	size_t            n_pool;
	struct record_key pool[KEEPER_POOL];
	size_t            n_asked;
	void             *asked[ASKED_MAX]; /* whom the answers are for */
	uint8_t           memo_key[KEY_BYTES];
	bool              remembers;
	struct memo       memo[MEMO];
	struct record_key seen[SEEN]; /* wrapped zero: none */
};

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
	randombytes_buf(line->memo_key, sizeof line->memo_key);
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

bool
line_failed(const struct keeper_line *line)
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
keeper_forget(struct keeper_line *line)
{
	if (!line->remembers) return;
	sodium_memzero(line->memo, sizeof line->memo);
	sodium_memzero(line->seen, sizeof line->seen);
	line->remembers = false;
}

/* --- one question, one answer ----------------------------------------------------- */

static rc
send_question(const struct keeper_line *line)
{
	const struct buf *q = &line->question;
	ssize_t           n;

	do n = send(line->fd, q->p, q->n, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n >= 0 && (size_t)n == q->n ? RC_OK : RC_CRYPTO;
}

static rc
receive_answer(struct keeper_line *line)
{
	struct buf *a = &line->answer;
	ssize_t     n;

	do n = recv(line->fd, a->p, LINE_BYTES, MSG_TRUNC);
	while (n < 0 && errno == EINTR);
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

static void
begin(struct keeper_line *line, enum operation what)
{
	line->question.n = line->answer.n = line->n_asked = 0;
	ignore(put_number(&line->question, 1, (uint64_t)what)); /* there is room */
}

/* Ask what was put into the question; *RET is the result, until finish(). */
static rc
ask(struct keeper_line *line, struct slice *ret)
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

/* Wipe question and answer. */
static rc
finish(struct keeper_line *line, rc code)
{
	sodium_memzero(line->question.p, line->question.n);
	sodium_memzero(line->answer.p, line->answer.n);
	line->question.n = line->answer.n = 0;
	if (code == RC_OK || code == RC_NOT_FOUND || code == RC_FORKED) return code;
	return RC_CRYPTO;
}

/* The other side did not answer what was asked. */
static rc
nonsense(struct keeper_line *line)
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
	uint64_t id = 0;

	TRY(take_count(&s, KEYRING_CURVES, &f->n_curves));
	for (size_t i = 0; i < f->n_curves; i++) {
		TRY(take_copy(&s, f->curve[i].public_key, KEY_BYTES));
		TRY(take_copy(&s, f->curve[i].secret, KEY_BYTES));
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

	begin(line, ASK_FACTS);
	rc code = ask(line, &answer);
	if (code == RC_OK && take_facts(answer, ret) != RC_OK) code = nonsense(line);
	sodium_memzero(line->answer.p, line->answer.n);
	return code;
}

/* --- evaluations ------------------------------------------------------------------ */

static void
tag_of(const struct keeper_line *line, const struct evaluation *e, uint8_t tag[TAG_BYTES])
{
	uint8_t                  head[10] = {(uint8_t)e->what, e->epoch};
	crypto_generichash_state h;

	put_u64_be(head + 2, e->domain.n);
	(void)crypto_generichash_init(&h, line->memo_key, KEY_BYTES, TAG_BYTES);
	(void)crypto_generichash_update(&h, head, sizeof head);
	(void)crypto_generichash_update(&h, e->domain.p, e->domain.n);
	(void)crypto_generichash_update(&h, e->input.p, e->input.n);
	(void)crypto_generichash_final(&h, tag, TAG_BYTES);
	sodium_memzero(&h, sizeof h);
}

/* Where E is remembered, or would be. */
static struct memo *
memo_at(struct keeper_line *line, const struct evaluation *e, bool *ret_there)
{
	uint8_t tag[TAG_BYTES];

	tag_of(line, e, tag);
	struct memo *m = &line->memo[get_u64_be(tag) % MEMO];
	*ret_there     = m->used && memcmp(m->tag, tag, TAG_BYTES) == 0;
	if (*ret_there) return m;
	memcpy(m->tag, tag, TAG_BYTES);
	m->used = false;
	return m;
}

static rc
put_evaluation(struct keeper_line *line, struct evaluation *e)
{
	size_t more = 6 + e->domain.n + e->input.n;

	if (line->n_asked == ASKED_MAX || line->question.n + more > LINE_BYTES)
		return RC_TOO_LARGE;
	TRY(put_number(&line->question, 1, (uint64_t)e->what));
	TRY(put_number(&line->question, 1, e->epoch));
	TRY(put_blob(&line->question, e->domain));
	TRY(put_blob(&line->question, e->input));
	line->asked[line->n_asked++] = e;
	return RC_OK;
}

/* Give each of those asked for its part of the answer. */
static rc
take_evaluations(struct keeper_line *line, struct slice answer)
{
	bool there;

	if (answer.n != line->n_asked * EVALUATED_BYTES) return nonsense(line);
	for (size_t i = 0; i < line->n_asked; i++) {
		struct evaluation *e = line->asked[i];
		memcpy(e->ret, answer.p + i * EVALUATED_BYTES, EVALUATED_BYTES);
		struct memo *m = memo_at(line, e, &there);
		memcpy(m->ret, e->ret, EVALUATED_BYTES);
		m->used = line->remembers = true;
	}
	return RC_OK;
}

static rc
ask_evaluations(struct keeper_line *line)
{
	struct slice answer;

	if (line->n_asked == 0) return RC_OK;
	rc code = ask(line, &answer);
	if (code == RC_OK) code = take_evaluations(line, answer);
	return finish(line, code);
}

rc
keeper_evaluate(struct keeper_line *line, struct evaluation *all, size_t n)
{
	begin(line, ASK_EVALUATE);
	for (size_t i = 0; i < n; i++) {
		bool               there;
		const struct memo *m = memo_at(line, &all[i], &there);
		if (there) memcpy(all[i].ret, m->ret, EVALUATED_BYTES);
		if (there || put_evaluation(line, &all[i]) == RC_OK) continue;
		TRY(ask_evaluations(line)); /* no room for another */
		begin(line, ASK_EVALUATE);
		if (put_evaluation(line, &all[i]) != RC_OK) return RC_CRYPTO;
	}
	return ask_evaluations(line);
}

/* --- record keys ------------------------------------------------------------------ */

/* Where the key of WRAPPED is remembered, or would be; NULL for the old form. */
static struct record_key *
seen_at(struct keeper_line *line, struct slice wrapped)
{
	if (wrapped.n != WRAPPED_BYTES) return NULL;
	return &line->seen[get_u64_be(wrapped.p + 4) % SEEN];
}

static void
remember_key(struct keeper_line *line, struct slice wrapped, const uint8_t key[KEY_BYTES])
{
	struct record_key *s = seen_at(line, wrapped);

	if (s == NULL) return;
	memcpy(s->wrapped, wrapped.p, WRAPPED_BYTES);
	memcpy(s->key, key, KEY_BYTES);
	line->remembers = true;
}

static rc
fill_pool(struct keeper_line *line)
{
	struct slice answer;

	begin(line, ASK_FRESH);
	TRY(put_number(&line->question, 2, KEEPER_POOL));
	rc code = ask(line, &answer);
	if (code == RC_OK && answer.n != sizeof line->pool) code = nonsense(line);
	if (code == RC_OK) {
		memcpy(line->pool, answer.p, answer.n); /* bytes only: no padding */
		line->n_pool = KEEPER_POOL;
	}
	return finish(line, code);
}

rc
keeper_fresh_key(
    struct keeper_line *line, uint8_t key[KEY_BYTES], uint8_t wrapped[WRAPPED_BYTES])
{
	if (line->n_pool == 0) TRY(fill_pool(line));
	struct record_key *fresh = &line->pool[--line->n_pool];
	memcpy(key, fresh->key, KEY_BYTES);
	memcpy(wrapped, fresh->wrapped, WRAPPED_BYTES);
	remember_key(line, slice_of(fresh->wrapped, WRAPPED_BYTES), fresh->key);
	sodium_memzero(fresh, sizeof *fresh);
	return RC_OK;
}

static bool
recall_key(struct keeper_line *line, struct unwrapping *u)
{
	const struct record_key *s = seen_at(line, u->wrapped);

	if (s == NULL || memcmp(s->wrapped, u->wrapped.p, WRAPPED_BYTES) != 0)
		return false;
	memcpy(u->key, s->key, KEY_BYTES);
	u->code = RC_OK;
	return true;
}

static rc
put_wrapped(struct keeper_line *line, uint64_t key_id, struct slice wrapped, void *whose)
{
	if (line->n_asked == ASKED_MAX || line->question.n + 10 + wrapped.n > LINE_BYTES)
		return RC_TOO_LARGE;
	TRY(put_number(&line->question, 8, key_id));
	TRY(put_blob(&line->question, wrapped));
	line->asked[line->n_asked++] = whose;
	return RC_OK;
}

static rc
take_keys(struct keeper_line *line, struct slice answer)
{
	if (answer.n != line->n_asked * (1 + KEY_BYTES)) return nonsense(line);
	for (size_t i = 0; i < line->n_asked; i++) {
		struct unwrapping *u = line->asked[i];
		const uint8_t     *a = answer.p + i * (1 + KEY_BYTES);
		u->code              = a[0] == 1 ? RC_OK : RC_CRYPTO;
		memcpy(u->key, a + 1, KEY_BYTES);
		if (a[0] == 1) remember_key(line, u->wrapped, u->key);
	}
	return RC_OK;
}

static rc
take_rewrapped(struct keeper_line *line, struct slice answer)
{
	if (answer.n != line->n_asked * (1 + WRAPPED_BYTES)) return nonsense(line);
	for (size_t i = 0; i < line->n_asked; i++) {
		struct rewrapping *w = line->asked[i];
		const uint8_t     *a = answer.p + i * (1 + WRAPPED_BYTES);
		w->code              = a[0] == 1 ? RC_OK : RC_CRYPTO;
		memcpy(w->ret, a + 1, WRAPPED_BYTES);
	}
	return RC_OK;
}

typedef rc take_fn(struct keeper_line *, struct slice);

static rc
ask_keys(struct keeper_line *line, take_fn *take)
{
	struct slice answer;

	if (line->n_asked == 0) return RC_OK;
	rc code = ask(line, &answer);
	if (code == RC_OK) code = take(line, answer);
	return finish(line, code);
}

rc
keeper_unwrap(struct keeper_line *line, struct unwrapping *all, size_t n)
{
	begin(line, ASK_UNWRAP);
	for (size_t i = 0; i < n; i++) {
		struct unwrapping *u = &all[i];
		if (recall_key(line, u) ||
		    put_wrapped(line, u->key_id, u->wrapped, u) == RC_OK)
			continue;
		TRY(ask_keys(line, take_keys));
		begin(line, ASK_UNWRAP);
		if (put_wrapped(line, u->key_id, u->wrapped, u) != RC_OK)
			return RC_CRYPTO;
	}
	return ask_keys(line, take_keys);
}

rc
keeper_unwrap_key(struct keeper_line *line, uint64_t key_id, struct slice wrapped,
    uint8_t key[KEY_BYTES])
{
	struct unwrapping u = {.key_id = key_id, .wrapped = wrapped};

	rc code = keeper_unwrap(line, &u, 1);
	if (code == RC_OK) code = u.code;
	if (code == RC_OK) memcpy(key, u.key, KEY_BYTES);
	sodium_memzero(&u, sizeof u);
	return code;
}

rc
keeper_rewrap(struct keeper_line *line, struct rewrapping *all, size_t n)
{
	begin(line, ASK_REWRAP);
	for (size_t i = 0; i < n; i++) {
		struct rewrapping *w = &all[i];
		if (put_wrapped(line, w->key_id, w->wrapped, w) == RC_OK) continue;
		TRY(ask_keys(line, take_rewrapped));
		begin(line, ASK_REWRAP);
		if (put_wrapped(line, w->key_id, w->wrapped, w) != RC_OK)
			return RC_CRYPTO;
	}
	return ask_keys(line, take_rewrapped);
}

/* --- heads, digests --------------------------------------------------------------- */

rc
keeper_sign(
    struct keeper_line *line, unsigned i, struct slice text, uint8_t ret[SIG_BYTES])
{
	struct slice answer;

	begin(line, ASK_SIGN);
	TRY(put_number(&line->question, 1, i));
	TRY(buf_append(&line->question, text));
	rc code = ask(line, &answer);
	if (code == RC_OK && answer.n != SIG_BYTES) code = nonsense(line);
	if (code == RC_OK) memcpy(ret, answer.p, SIG_BYTES);
	return finish(line, code);
}

rc
keeper_old_digests(
    struct keeper_line *line, struct slice data, uint8_t ret[KEYRING_MASTERS][HASH_BYTES])
{
	struct slice answer;

	memset(ret, 0, KEYRING_MASTERS * sizeof ret[0]);
	begin(line, ASK_DIGEST);
	TRY(buf_append(&line->question, data));
	rc code = ask(line, &answer);
	if (code == RC_OK && answer.n != line->facts->n_masters * HASH_BYTES)
		code = nonsense(line);
	if (code == RC_OK) memcpy(ret, answer.p, answer.n);
	return finish(line, code);
}
