/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_feedback.c - sluis feedback give | open: to who contributed, in coded answers only.
 *
 * Feedback never says anything about the content of a case.
 */
#include <string.h>

#include "client/command/case/choice.h"
#include "client/command/case/cmd_case.h"
#include "client/command/case/todo.h"
#include "client/command/complain.h"

static const struct option options_give[] = {
    {"case", "CASE", N_("to everybody who contributed to this case")},
    {"delivery", "ID", N_("to the sender of this delivery")},
    {"followed-up", "yes|no", N_("was it followed up?")},
    {"assessment", "right|partly|wrong|unknown", N_("was the contributor right?")},
    {"investigation", "yes|no", N_("was an investigation started?")},
    {"closed", NULL, N_("it is closed")},
    {"useful", "yes|no", N_("was it useful? (WGS 1.7(4))")},
    {"no-action", "REASON",
        N_("why nothing was done: known, too-little, no-capacity, outside-task, others")},
    {NULL, NULL, NULL},
};
static const struct option options_open[] = {
    {"given", NULL, N_("instead: what others still owe this desk")},
    {NULL, NULL, NULL},
};

/* --- give ------------------------------------------------------------------------ */

/* A yes or no of option NAME. */
static rc
read_yes_no(
    struct cli *cli, const char *name, protobuf_c_boolean *has, protobuf_c_boolean *value)
{
	bool given;
	int  answer = 0;

	TRY(choice_read(cli, name, choices_yes_no, &answer, &given));
	*has   = given;
	*value = answer;
	return RC_OK;
}

static rc
read_feedback(struct cli *cli, Sluis__Feedback *f)
{
	int  value = 0;
	bool given;

	TRY(read_yes_no(cli, "followed-up", &f->has_followed_up, &f->followed_up));
	TRY(read_yes_no(cli, "investigation", &f->has_investigation_started,
	    &f->investigation_started));
	TRY(read_yes_no(cli, "useful", &f->has_useful, &f->useful));
	TRY(choice_read(cli, "assessment", choices_assessment, &value, &given));
	if (given) f->assessment = (Sluis__Assessment)value;
	f->has_assessment = given;
	TRY(choice_read(cli, "no-action", choices_no_action, &value, &given));
	if (given) f->no_action = (Sluis__NoActionReason)value;
	f->has_no_action = given;
	f->has_closed = f->closed = cli_flag(cli, "closed");
	if (f->has_followed_up || f->has_investigation_started || f->has_useful ||
	    f->has_assessment || f->has_no_action || f->has_closed)
		return RC_OK;
	(void)complain_code(cli, RC_USAGE, "--followed-up, --assessment, ...",
	    N_("say at least one of them"));
	return RC_USAGE;
}

static int
run_give(struct cli *cli)
{
	AUTO(errand_wipe) struct errand e        = {.cli = cli};
	Sluis__GiveFeedback             body     = SLUIS__GIVE_FEEDBACK__INIT;
	Sluis__Feedback                 feedback = SLUIS__FEEDBACK__INIT;
	const char *in_case = cli_value(cli, "case"), *to = cli_value(cli, "delivery");
	uint8_t     id[ID_BYTES];

	if ((in_case != NULL) == (to != NULL))
		return complain_code(
		    cli, RC_USAGE, "--case, --delivery", N_("give one of them"));
	TRY_STATUS(read_feedback(cli, &feedback));
	TRY_STATUS(errand_open(&e));
	TRY_STATUS(
	    in_case != NULL ? errand_case(&e, in_case, id) : errand_delivery(&e, to, id));
	body.feedback                                          = &feedback;
	body.has_case_id                                       = in_case != NULL;
	body.has_delivery_id                                   = to != NULL;
	*(in_case != NULL ? &body.case_id : &body.delivery_id) = errand_id(id);
	TRY_STATUS(errand_ask(&e, TYPE_FEEDBACK, &body.base));
	return errand_end(&e, tr("feedback given"));
}

/* --- open ------------------------------------------------------------------------ */

static bool
is_feedback(const Sluis__Task *t)
{
	return t->kind == SLUIS__TASK_KIND__TASK_FEEDBACK ||
	       t->kind == SLUIS__TASK_KIND__TASK_USEFULNESS;
}

static int
run_open(struct cli *cli)
{
	AUTO(errand_wipe) struct errand e     = {.cli = cli};
	bool                            given = cli_flag(cli, "given");

	TRY_STATUS(errand_open(&e));
	TRY_STATUS(todo_ask(&e, given, is_feedback));
	if (cli->json) return cli_json(cli, result_to_json(e.r), RC_OK);
	show_tasks(&e, e.r->answer->n_tasks, e.r->answer->tasks, given);
	if (e.r->answer->n_tasks == 0 && !cli->quiet)
		(void)fprintf(cli->err, "%s\n", tr("No feedback is open."));
	return 0;
}

const struct verb verbs_feedback[] = {
    {"feedback", "give", "", 0, 0, options_give,
        N_("tell who contributed what became of it; nothing of the content"), run_give},
    {"feedback", "open", "", 0, 0, options_open, N_("feedback that is due"), run_open},
    {.noun = NULL},
};
