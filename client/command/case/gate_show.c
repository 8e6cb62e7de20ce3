/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * gate_show.c - sluis case gate CASE: each criterion, what was explained about it to this
 * desk, and how it was judged.
 */
#include <string.h>

#include "client/command/case/cmd_case_gate.h"
#include "client/command/case/notices.h"
#include "client/command/case/phrase.h"
#include "client/command/case/route_title.h"
#include "client/command/case/words.h"
#include "client/jsonfile.h"

/* --- what was explained to us ---------------------------------------------------- */

struct explained {
	struct gate *g;
	json_t      *list; /* {criterion, by_oin, by_desk, text} */
};

/* The box among N that is for the desk of S, opened; RC_NOT_FOUND. */
static rc
open_ours(struct sluis *s, size_t n, Sluis__Sealed *const *boxes, struct buf *out)
{
	const struct sluis_party *self = sluis_self(s);

	for (size_t i = 0; i < n; i++) {
		if (boxes[i]->oin == NULL || boxes[i]->desk == NULL ||
		    strcmp(boxes[i]->oin, self->oin) != 0 ||
		    strcmp(boxes[i]->desk, self->desk) != 0)
			continue;
		return words_open(
		    s, slice_of(boxes[i]->box.data, boxes[i]->box.len), out);
	}
	return RC_NOT_FOUND;
}

static rc
take_claims(void *arg, const struct sluis_delivery *d, const Sluis__Notice *n)
{
	struct explained *x = arg;

	(void)d;
	if (n->kind != SLUIS__NOTICE_KIND__NOTICE_GATE || n->case_id.len != ID_BYTES ||
	    memcmp(n->case_id.data, x->g->case_id, ID_BYTES) != 0)
		return RC_OK;
	for (size_t i = 0; i < n->n_claims; i++) {
		AUTO(buf_wipe) struct buf    words = buf_init(WORDS_BOX_MAX);
		const Sluis__CriterionClaim *c     = n->claims[i];
		if (c->criterion == NULL || open_ours(x->g->e.s, c->n_explanation,
		                                c->explanation, &words) != RC_OK)
			continue;
		json_t *one = json_pack("{s:s, s:s, s:s}", "criterion", c->criterion,
		    "by_oin", n->from_oin != NULL ? n->from_oin : "", "by_desk",
		    n->from_desk != NULL ? n->from_desk : "");
		(void)json_object_set_new(
		    one, "text", json_stringn((const char *)words.p, words.n));
		(void)json_array_append_new(x->list, one);
	}
	return RC_OK;
}

/* --- one criterion --------------------------------------------------------------- */

static void
print_desk(FILE *to, const char *label)
{
	(void)fputs("    ", to);
	phrase_put(to, label);
	(void)fputs(":", to);
}

static void
print_explained(struct gate *g, const char *criterion, const json_t *list)
{
	size_t  i;
	json_t *one;
	char    label[LABEL_MAX];

	json_array_foreach((json_t *)(uintptr_t)list, i, one)
	{
		const char *id   = json_string_value(json_object_get(one, "criterion"));
		json_t     *text = json_object_get(one, "text");
		if (id == NULL || strcmp(id, criterion) != 0) continue;
		print_desk(g->e.cli->out,
		    names_label(g->e.s, json_string_value(json_object_get(one, "by_oin")),
		        json_string_value(json_object_get(one, "by_desk")), label));
		(void)fputc('\n', g->e.cli->out);
		phrase_put_lines(g->e.cli->out, "      ",
		    slice_of(json_string_value(text), json_string_length(text)));
	}
}

static void
print_judged(struct gate *g, const char *criterion)
{
	char label[LABEL_MAX];

	for (size_t i = 0; i < g->view->n_steps; i++) {
		const Sluis__CaseStep *s = g->view->steps[i];
		for (size_t k = 0;
		     s->kind == SLUIS__STEP_KIND__STEP_GATE_JUDGED && k < s->n_judgements;
		     k++) {
			const Sluis__CriterionJudgement *j = s->judgements[k];
			if (j->criterion == NULL || strcmp(j->criterion, criterion) != 0)
				continue;
			print_desk(g->e.cli->out,
			    names_label(g->e.s, s->by_oin != NULL ? s->by_oin : "",
			        s->by_desk != NULL ? s->by_desk : "", label));
			(void)fprintf(
			    g->e.cli->out, " %s\n", j->met ? tr("met") : tr("not met"));
		}
	}
}

static int
print_gate(struct gate *g, const json_t *explained)
{
	const struct gate_info *info =
	    g->e.policy != NULL ? policy_gate(g->e.policy, g->id) : NULL;

	phrase_put(g->e.cli->out, g->id);
	if (info != NULL && info->article != NULL)
		(void)fprintf(g->e.cli->out, " (%s)", info->article);
	(void)fputc('\n', g->e.cli->out);
	for (size_t i = 0; info != NULL && i < info->n_criteria; i++) {
		const struct criterion_info *c = &info->criteria[i];
		(void)fprintf(g->e.cli->out, "  %s: %s\n", c->id,
		    translate_is_dutch() ? c->text_nl : c->text_en);
		print_explained(g, c->id, explained);
		print_judged(g, c->id);
	}
	return 0;
}

int
gate_show(struct gate *g)
{
	AUTO(json_release) json_t *list = json_array();
	struct explained           x    = {g, list};

	TRY_STATUS(notices_each(&g->e, take_claims, &x));
	if (!g->e.cli->json) return print_gate(g, list);
	json_t *json = result_to_json(g->e.r);
	(void)json_object_set_new(json, "gate", json_string(g->id));
	(void)json_object_set(json, "explained", list);
	return cli_json(g->e.cli, json, RC_OK);
}
