/* SPDX-License-Identifier: EUPL-1.2 */
/* release_gain.c - what a participant would have that it has not yet. */
#include <stdlib.h>
#include <string.h>

#include "client/kept.h"
#include "client/release.h"
#include "client/request.h"
#include "proto/auto.h"
#include "proto/message.h"

/* --- what is gained ------------------------------------------------------------------
 */

static bool
was_given(const struct sluis_result *r, const struct sluis_outcome *to,
    const struct sluis_field *f)
{
	for (size_t i = 0; i < sluis_result_n_outcomes(r); i++) {
		const struct sluis_outcome *o = sluis_result_outcome(r, i);
		if (o->code != SLUIS_OK || strcmp(o->oin, to->oin) != 0 ||
		    strcmp(o->desk, to->desk) != 0)
			continue;
		for (size_t k = 0; k < o->n_fields; k++)
			if (strcmp(o->fields[k].path, f->path) == 0 &&
			    o->fields[k].action >= f->action)
				return true;
	}
	return false;
}

json_t *
release_gained(
    const struct sluis_outcome *outcome, struct sluis_result *const *before, size_t n)
{
	json_t *paths = json_array();

	for (size_t k = 0; k < outcome->n_fields && outcome->code == SLUIS_OK; k++) {
		const struct sluis_field *f     = &outcome->fields[k];
		bool                      given = f->action == SLUIS_WITHHOLD;
		for (size_t i = 0; i < n && !given; i++)
			given = was_given(before[i], outcome, f);
		if (!given) (void)json_array_append_new(paths, json_string(f->path));
	}
	return paths;
}

void
earlier_wipe(struct earlier *e)
{
	for (size_t i = 0; i < e->n; i++) sluis_result_destroy(&e->at[i]);
	free(e->at);
}

static bool
is_same_release(const Sluis__Submit *a, const Sluis__Submit *b, const char *convenant)
{
	return a->convenant != NULL && strcmp(a->convenant, convenant) == 0 &&
	       slice_equal(slice_of(a->signal.data, a->signal.len),
	           slice_of(b->signal.data, b->signal.len));
}

static rc
read_answer(const char *dir, const struct sent_signal *sent, struct sluis_result **ret)
{
	AUTO(buf_wipe) struct buf                       bytes  = buf_init(ANSWER_MAX);
	AUTO(message_destroy) Sluis__Answer            *answer = NULL;
	AUTO(sluis_result_destroy) struct sluis_result *r      = NULL;

	TRY(kept_read(dir, KEPT_ANSWER, sent->id, &bytes));
	TRY(answer_read(buf_slice(&bytes), &answer));
	TRY(result_new(&r, sent->id));
	TRY(result_take_answer(r, &answer));
	*ret = TAKE(r);
	return RC_OK;
}

rc
release_earlier(const char *dir, const struct sent_list *list,
    const Sluis__Submit *submit, const char *convenant, struct earlier *ret)
{
	ret->at = calloc(list->n + 1, sizeof *ret->at);
	if (ret->at == NULL) return RC_NOMEM;
	for (size_t i = 0; i < list->n; i++) {
		const struct sent_signal *one = &list->at[i];
		if (!one->answered || !is_same_release(one->submit, submit, convenant))
			continue;
		TRY(read_answer(dir, one, &ret->at[ret->n]));
		ret->n++;
	}
	return RC_OK;
}
