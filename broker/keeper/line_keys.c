/* SPDX-License-Identifier: EUPL-1.2 */
/* line_keys.c - record keys: new ones ahead, known ones from memory, the rest in bulk. */
#include "broker/keeper/line_inside.h"

#include <sodium.h>
#include <string.h>

/* Where keys like WRAPPED are remembered: WAYS places from the I-th on. */
static struct record_key *
seen_at(struct keeper_line *line, struct slice wrapped, size_t i)
{
	return &line->seen[(get_u64_be(wrapped.p + 4) + i) % SEEN];
}

/* A wrapped form begins with the id of a master key, and none has the id 0. */
static bool
is_free(const struct record_key *s)
{
	return sodium_is_zero(s->wrapped, 4);
}

static void
remember_key(struct keeper_line *line, struct slice wrapped, const uint8_t key[KEY_BYTES])
{
	if (wrapped.n != WRAPPED_BYTES) return;
	struct record_key *s = seen_at(line, wrapped, line->turn++ % WAYS);
	for (size_t i = 0; i < WAYS; i++) {
		struct record_key *other = seen_at(line, wrapped, i);
		if (is_free(other)) s = other;
	}
	memcpy(s->wrapped, wrapped.p, WRAPPED_BYTES);
	memcpy(s->key, key, KEY_BYTES);
	used_add(&line->seen_used, (size_t)(s - line->seen));
}

static rc
fill_pool(struct keeper_line *line)
{
	struct slice answer;

	line_begin(line, ASK_FRESH);
	TRY(put_number(&line->question, 2, KEEPER_POOL));
	rc code = line_ask(line, &answer);
	if (code == RC_OK && answer.n != sizeof line->pool) code = line_nonsense(line);
	if (code == RC_OK) {
		memcpy(line->pool, answer.p, answer.n); /* bytes only: no padding */
		line->n_pool = KEEPER_POOL;
	}
	return line_finish(line, code);
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
	/* zeros are a free place, and no key of ours: the keeper says so */
	if (u->wrapped.n != WRAPPED_BYTES || sodium_is_zero(u->wrapped.p, 4))
		return false;
	for (size_t i = 0; i < WAYS; i++) {
		const struct record_key *s = seen_at(line, u->wrapped, i);
		if (is_free(s) || memcmp(s->wrapped, u->wrapped.p, WRAPPED_BYTES) != 0)
			continue;
		memcpy(u->key, s->key, KEY_BYTES);
		u->code = RC_OK;
		return true;
	}
	return false;
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
	if (answer.n != line->n_asked * (1 + KEY_BYTES)) return line_nonsense(line);
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
	if (answer.n != line->n_asked * (1 + WRAPPED_BYTES)) return line_nonsense(line);
	for (size_t i = 0; i < line->n_asked; i++) {
		struct rewrapping *w = line->asked[i];
		const uint8_t     *a = answer.p + i * (1 + WRAPPED_BYTES);
		w->code              = a[0] == 1 ? RC_OK : RC_CRYPTO;
		memcpy(w->ret, a + 1, WRAPPED_BYTES);
	}
	return RC_OK;
}

rc
keeper_unwrap(struct keeper_line *line, struct unwrapping *all, size_t n)
{
	line_begin(line, ASK_UNWRAP);
	for (size_t i = 0; i < n; i++) {
		struct unwrapping *u = &all[i];
		if (recall_key(line, u) ||
		    put_wrapped(line, u->key_id, u->wrapped, u) == RC_OK)
			continue;
		TRY(line_collect(line, take_keys));
		line_begin(line, ASK_UNWRAP);
		if (put_wrapped(line, u->key_id, u->wrapped, u) != RC_OK)
			return RC_CRYPTO;
	}
	return line_collect(line, take_keys);
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
	line_begin(line, ASK_REWRAP);
	for (size_t i = 0; i < n; i++) {
		struct rewrapping *w = &all[i];
		if (put_wrapped(line, w->key_id, w->wrapped, w) == RC_OK) continue;
		TRY(line_collect(line, take_rewrapped));
		line_begin(line, ASK_REWRAP);
		if (put_wrapped(line, w->key_id, w->wrapped, w) != RC_OK)
			return RC_CRYPTO;
	}
	return line_collect(line, take_rewrapped);
}
