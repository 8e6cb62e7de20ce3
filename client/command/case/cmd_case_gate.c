/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_case_gate.c - sluis case gate: the criteria for coming in.
 *
 * Explanations are sealed to each desk that judges, one box a judge; the broker sees that
 * every criterion has one, and no word of it.
 */
#include "client/command/case/cmd_case_gate.h"

#include <string.h>

#include "client/command/case/route_title.h"
#include "client/command/case/words.h"
#include "client/command/complain.h"

/* --- what is asked --------------------------------------------------------------- */

/* CRITERION=TEXT of argument WORD: the text, and *RET_ID of it; NULL after a complaint.
 */
static const char *
split(struct cli *cli, const char *word, char ret_id[CRITERION_MAX])
{
	const char *value = strchr(word, '=');
	size_t      n     = value != NULL ? (size_t)(value - word) : 0;

	if (n != 0 && n < CRITERION_MAX) {
		memcpy(ret_id, word, n);
		ret_id[n] = '\0';
		return value + 1;
	}
	(void)complain_code(
	    cli, RC_USAGE, word, N_("CRITERION=... is needed, such as ernst=met"));
	return NULL;
}

/* Which gate: the argument without '=', else that of the state; where the criteria start.
 */
static rc
find_gate(struct gate *g)
{
	struct cli *cli = g->e.cli;

	(void)errand_telling(&g->e, g->view->route); /* for the words of the policy */
	g->first = 1;
	if (cli->n_args > 1 && strchr(cli->args[1], '=') == NULL) {
		g->id    = cli->args[1];
		g->first = 2;
		return RC_OK;
	}
	g->id = g->view->gate;
	if (g->id != NULL) return RC_OK;
	(void)complain_code(cli, RC_USAGE, "GATE",
	    N_("the state of this case has no criteria to meet; name the gate"));
	return RC_USAGE;
}

static rc
check_flags(struct cli *cli, const struct gate *g)
{
	bool   claim = cli_flag(cli, "claim"), judge = cli_flag(cli, "judge");
	bool   any = cli->n_args > g->first;
	size_t n   = cli->n_args - g->first;

	if (claim && judge) {
		(void)complain_code(
		    cli, RC_USAGE, "--claim, --judge", N_("give one of them"));
		return RC_USAGE;
	}
	if ((claim || judge) == any && n <= CRITERIA_MAX) return RC_OK;
	(void)complain_code(cli, RC_USAGE, "CRITERION",
	    any ? N_("say whether it is --claim or --judge")
	        : N_("name each criterion: CRITERION=..."));
	return RC_USAGE;
}

/* --- judging --------------------------------------------------------------------- */

static int
judge(struct gate *g)
{
	struct cli                *cli  = g->e.cli;
	Sluis__CaseGate            body = SLUIS__CASE_GATE__INIT;
	Sluis__CriterionJudgement  items[CRITERIA_MAX];
	Sluis__CriterionJudgement *list[CRITERIA_MAX];
	char                       ids[CRITERIA_MAX][CRITERION_MAX];
	size_t                     n = 0;

	for (size_t i = g->first; i < cli->n_args; i++, n++) {
		const char *word = split(cli, cli->args[i], ids[n]);
		if (word == NULL) return rc_exit_status(RC_USAGE);
		bool met = strcmp(word, "met") == 0;
		if (!met && strcmp(word, "not") != 0)
			return complain_code(cli, RC_USAGE, cli->args[i],
			    N_("a criterion is `met` or `not`"));
		sluis__criterion_judgement__init(&items[n]);
		items[n].criterion = ids[n];
		items[n].has_met   = 1;
		items[n].met       = met;
		list[n]            = &items[n];
	}
	body.has_case_id  = 1;
	body.case_id      = errand_id(g->case_id);
	body.gate         = message_borrow(g->id);
	body.n_judgements = n;
	body.judgements   = list;
	TRY_STATUS(errand_ask(&g->e, TYPE_CASE_GATE, &body.base));
	return errand_end(&g->e, tr("judged"));
}

/* --- explaining ------------------------------------------------------------------ */

/* The words behind "CRITERION=": a text, or @FILE. */
static rc
read_words(struct cli *cli, const char *value, const char *word, struct buf *out)
{
	rc code = value[0] == '@'    ? words_read(value + 1, out)
	          : value[0] == '\0' ? RC_MALFORMED
	                             : buf_append(out, slice_str(value));

	if (code == RC_OK && out->n > WORDS_MAX) code = RC_TOO_LARGE;
	if (code != RC_OK)
		(void)complain_code(cli, code, word,
		    N_("an explanation of at most 2000 bytes is needed"));
	return code;
}

/* One more box for P in CLAIM. */
static rc
seal_to(Sluis__CriterionClaim *claim, const Sluis__Participant *p, struct slice words)
{
	AUTO(buf_wipe) struct buf box = buf_init(WORDS_BOX_MAX);

	TRY(words_seal(slice_of(p->seal_public.data, p->seal_public.len), words, &box));
	Sluis__Sealed *s =
	    message_add(&claim->n_explanation, &claim->explanation, sizeof *s);
	if (s == NULL) return RC_NOMEM;
	sluis__sealed__init(s);
	TRY(message_text(&s->oin, p->oin));
	TRY(message_text(&s->desk, p->desk));
	return message_bytes(&s->has_box, &s->box, buf_slice(&box));
}

static rc
add_claim(struct gate *g, Sluis__CaseGate *body, const char *word)
{
	AUTO(buf_wipe) struct buf words = buf_init(WORDS_MAX + 1);
	char                      id[CRITERION_MAX];
	const char               *value = split(g->e.cli, word, id);

	if (value == NULL) return RC_USAGE;
	TRY(read_words(g->e.cli, value, id, &words));
	Sluis__CriterionClaim *claim =
	    message_add(&body->n_claims, &body->claims, sizeof *claim);
	rc code = claim != NULL ? RC_OK : RC_NOMEM;
	if (code == RC_OK) {
		sluis__criterion_claim__init(claim);
		code = message_text(&claim->criterion, id);
	}
	for (size_t i = 0; code == RC_OK && i < g->view->n_participants; i++)
		if (g->view->participants[i]->reads_gate)
			code =
			    seal_to(claim, g->view->participants[i], buf_slice(&words));
	if (code != RC_OK) (void)complain_code(g->e.cli, code, id, NULL);
	return code;
}

static rc
fill_claims(struct gate *g, Sluis__CaseGate *body)
{
	for (size_t i = g->first; i < g->e.cli->n_args; i++)
		TRY(add_claim(g, body, g->e.cli->args[i]));
	if (body->claims[0]->n_explanation != 0) return RC_OK;
	(void)complain_code(g->e.cli, RC_NO_PARTICIPANT, g->id,
	    N_("nobody who judges these criteria sits at the table"));
	return RC_NO_PARTICIPANT;
}

static int
claim(struct gate *g)
{
	AUTO(message_destroy) Sluis__CaseGate *body = calloc(1, sizeof *body);

	if (body == NULL) return complain_code(g->e.cli, RC_NOMEM, NULL, NULL);
	sluis__case_gate__init(body);
	TRY_STATUS(message_text(&body->gate, g->id));
	TRY_STATUS(message_bytes(
	    &body->has_case_id, &body->case_id, slice_of(g->case_id, ID_BYTES)));
	TRY_STATUS(fill_claims(g, body));
	TRY_STATUS(errand_ask(&g->e, TYPE_CASE_GATE, &body->base));
	return errand_end(&g->e, tr("explained to who judges"));
}

static void
gate_wipe(struct gate *g)
{
	errand_wipe(&g->e);
}

int
case_gate(struct cli *cli)
{
	AUTO(gate_wipe) struct gate g = {.e = {.cli = cli}};

	TRY_STATUS(errand_open(&g.e));
	TRY_STATUS(errand_case(&g.e, cli->args[0], g.case_id));
	TRY_STATUS(errand_view(&g.e, g.case_id, &g.view));
	TRY_STATUS(find_gate(&g));
	TRY_STATUS(check_flags(cli, &g));
	if (cli_flag(cli, "judge")) return judge(&g);
	return cli_flag(cli, "claim") ? claim(&g) : gate_show(&g);
}
