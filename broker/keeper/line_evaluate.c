/* SPDX-License-Identifier: EUPL-1.2 */
/* line_evaluate.c - asking for evaluations, in bulk. */
#include "broker/keeper/line_inside.h"

#include <string.h>

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

static rc
take_evaluations(struct keeper_line *line, struct slice answer)
{
	if (answer.n != line->n_asked * EVALUATED_BYTES) return line_nonsense(line);
	for (size_t i = 0; i < line->n_asked; i++) {
		struct evaluation *e = line->asked[i];
		memcpy(e->ret, answer.p + i * EVALUATED_BYTES, EVALUATED_BYTES);
	}
	return RC_OK;
}

rc
keeper_evaluate(struct keeper_line *line, struct evaluation *all, size_t n)
{
	line_begin(line, ASK_EVALUATE);
	for (size_t i = 0; i < n; i++) {
		if (put_evaluation(line, &all[i]) == RC_OK) continue;
		TRY(line_collect(line, take_evaluations)); /* no room for another */
		line_begin(line, ASK_EVALUATE);
		if (put_evaluation(line, &all[i]) != RC_OK) return RC_CRYPTO;
	}
	return line_collect(line, take_evaluations);
}
