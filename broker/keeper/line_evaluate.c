/* SPDX-License-Identifier: EUPL-1.2 */
/* line_evaluate.c - asking for evaluations, in bulk, and not twice. */
#include "broker/keeper/line_inside.h"

#include <sodium.h>
#include <string.h>

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

static const struct memo *
memo_find(const struct keeper_line *line, const uint8_t tag[TAG_BYTES])
{
	for (size_t i = 0; i < WAYS; i++) {
		const struct memo *m = &line->memo[(get_u64_be(tag) + i) % MEMO];
		if (m->used && memcmp(m->tag, tag, TAG_BYTES) == 0) return m;
	}
	return NULL;
}

static void
memo_add(struct keeper_line *line, const uint8_t tag[TAG_BYTES],
    const uint8_t ret[EVALUATED_BYTES])
{
	struct memo *m = &line->memo[(get_u64_be(tag) + line->turn++ % WAYS) % MEMO];

	for (size_t i = 0; m->used && i < WAYS; i++) {
		struct memo *other = &line->memo[(get_u64_be(tag) + i) % MEMO];
		if (!other->used) m = other;
	}
	memcpy(m->tag, tag, TAG_BYTES);
	memcpy(m->ret, ret, EVALUATED_BYTES);
	m->used = true;
	used_add(&line->memo_used, (size_t)(m - line->memo));
}

static rc
put_evaluation(struct keeper_line *line, struct evaluation *e, const uint8_t *tag)
{
	size_t more = 6 + e->domain.n + e->input.n;

	if (line->n_asked == ASKED_MAX || line->question.n + more > LINE_BYTES)
		return RC_TOO_LARGE;
	TRY(put_number(&line->question, 1, (uint64_t)e->what));
	TRY(put_number(&line->question, 1, e->epoch));
	TRY(put_blob(&line->question, e->domain));
	TRY(put_blob(&line->question, e->input));
	memcpy(line->tags[line->n_asked], tag, TAG_BYTES);
	line->asked[line->n_asked++] = e;
	return RC_OK;
}

/* Give each of those asked for its part of the answer. */
static rc
take_evaluations(struct keeper_line *line, struct slice answer)
{
	if (answer.n != line->n_asked * EVALUATED_BYTES) return line_nonsense(line);
	for (size_t i = 0; i < line->n_asked; i++) {
		struct evaluation *e = line->asked[i];
		memcpy(e->ret, answer.p + i * EVALUATED_BYTES, EVALUATED_BYTES);
		memo_add(line, line->tags[i], e->ret);
	}
	return RC_OK;
}

static rc
ask_evaluations(struct keeper_line *line)
{
	struct slice answer;

	if (line->n_asked == 0) return RC_OK;
	rc code = line_ask(line, &answer);
	if (code == RC_OK) code = take_evaluations(line, answer);
	return line_finish(line, code);
}

rc
keeper_evaluate(struct keeper_line *line, struct evaluation *all, size_t n)
{
	line_begin(line, ASK_EVALUATE);
	for (size_t i = 0; i < n; i++) {
		uint8_t tag[TAG_BYTES];
		tag_of(line, &all[i], tag);
		const struct memo *m = memo_find(line, tag);
		if (m != NULL) memcpy(all[i].ret, m->ret, EVALUATED_BYTES);
		if (m != NULL || put_evaluation(line, &all[i], tag) == RC_OK) continue;
		TRY(ask_evaluations(line)); /* no room for another */
		line_begin(line, ASK_EVALUATE);
		if (put_evaluation(line, &all[i], tag) != RC_OK) return RC_CRYPTO;
	}
	return ask_evaluations(line);
}
