/* SPDX-License-Identifier: EUPL-1.2 */
/* cmd_case_seat.c - sluis case align | join | extend: who thinks along, who sits there.
 */
#include "client/command/case/choice.h"
#include "client/command/case/cmd_case.h"
#include "client/command/complain.h"

/* --- align ----------------------------------------------------------------------- */

static rc
read_align(struct errand *e, Sluis__CaseAlign *body, struct desks *who)
{
	const char *ask = cli_value(e->cli, "ask");
	bool        answers;
	int         answer;

	TRY(choice_read(e->cli, "answer", choices_align, &answer, &answers));
	if ((ask != NULL) == answers) {
		(void)complain_code(
		    e->cli, RC_USAGE, "--ask, --answer", N_("give one of them"));
		return RC_USAGE;
	}
	TRY(errand_open(e));
	if (ask != NULL) TRY(desks_read(e->cli, e->s, "--ask", ask, who));
	body->n_ask      = ask != NULL ? who->n : 0;
	body->ask        = who->list;
	body->has_answer = answers;
	if (answers) body->answer = (Sluis__AlignAnswer)answer;
	return RC_OK;
}

int
case_align(struct cli *cli)
{
	AUTO(errand_wipe) struct errand e    = {.cli = cli};
	AUTO(auto_free) struct desks   *who  = calloc(1, sizeof *who);
	Sluis__CaseAlign                body = SLUIS__CASE_ALIGN__INIT;
	uint8_t                         id[ID_BYTES];

	if (who == NULL) return complain_code(cli, RC_NOMEM, NULL, NULL);
	TRY_STATUS(read_align(&e, &body, who));
	TRY_STATUS(errand_case(&e, cli->args[0], id));
	body.has_case_id = 1;
	body.case_id     = errand_id(id);
	TRY_STATUS(errand_ask(&e, TYPE_CASE_ALIGN, &body.base));
	return errand_end(&e, body.n_ask != 0 ? tr("asked") : tr("answered"));
}

/* --- join ------------------------------------------------------------------------ */

static int
declare(struct errand *e, const uint8_t id[ID_BYTES])
{
	Sluis__CaseDeclare body = SLUIS__CASE_DECLARE__INIT;

	body.has_case_id = 1;
	body.case_id     = errand_id(id);
	TRY_STATUS(errand_ask(e, TYPE_CASE_DECLARE, &body.base));
	return errand_end(e, tr("declared: you keep it confidential"));
}

static rc
read_seats(struct errand *e, Sluis__CaseJoin *body, struct desks *who)
{
	const char *join = cli_value(e->cli, "who"), *leave = cli_value(e->cli, "leave");
	uint64_t    layer;
	int         as;
	bool        has_as;

	TRY(choice_read(e->cli, "as", choices_as, &as, &has_as));
	TRY(cli_number(e->cli, "layer", 1, &layer));
	if (layer != 1 && layer != 2) {
		(void)complain_code(
		    e->cli, RC_USAGE, "--layer", N_("there are layer 1 and layer 2"));
		return RC_USAGE;
	}
	TRY(desks_read(e->cli, e->s, leave != NULL ? "--leave" : "--who",
	    leave != NULL ? leave : join, who));
	body->n_who = who->n;
	body->who   = who->list;
	if (has_as) body->as = (Sluis__ParticipantAs)as;
	body->has_as    = has_as;
	body->has_layer = cli_value(e->cli, "layer") != NULL;
	body->layer     = (uint32_t)layer;
	body->has_leave = leave != NULL;
	body->leave     = leave != NULL;
	return RC_OK;
}

/* One of --who, --leave, --declare. */
static rc
check_join(struct cli *cli)
{
	unsigned n = (unsigned)cli_flag(cli, "who") + (unsigned)cli_flag(cli, "leave") +
	             (unsigned)cli_flag(cli, "declare");

	if (n == 1) return RC_OK;
	(void)complain_code(
	    cli, RC_USAGE, "--who, --leave, --declare", N_("give one of them"));
	return RC_USAGE;
}

int
case_join(struct cli *cli)
{
	AUTO(errand_wipe) struct errand e    = {.cli = cli};
	AUTO(auto_free) struct desks   *who  = calloc(1, sizeof *who);
	Sluis__CaseJoin                 body = SLUIS__CASE_JOIN__INIT;
	uint8_t                         id[ID_BYTES];

	if (who == NULL) return complain_code(cli, RC_NOMEM, NULL, NULL);
	TRY_STATUS(check_join(cli));
	TRY_STATUS(errand_open(&e));
	if (!cli_flag(cli, "declare")) TRY_STATUS(read_seats(&e, &body, who));
	TRY_STATUS(errand_case(&e, cli->args[0], id));
	if (cli_flag(cli, "declare")) return declare(&e, id);
	body.has_case_id = 1;
	body.case_id     = errand_id(id);
	TRY_STATUS(errand_ask(&e, TYPE_CASE_JOIN, &body.base));
	return errand_end(
	    &e, body.leave ? tr("their seat has ended") : tr("they have a seat"));
}

/* --- extend ---------------------------------------------------------------------- */

int
case_extend(struct cli *cli)
{
	AUTO(errand_wipe) struct errand e    = {.cli = cli};
	Sluis__CaseExtend               body = SLUIS__CASE_EXTEND__INIT;
	uint8_t                         id[ID_BYTES];

	TRY_STATUS(errand_open(&e));
	TRY_STATUS(errand_case(&e, cli->args[0], id));
	body.has_case_id = 1;
	body.case_id     = errand_id(id);
	TRY_STATUS(errand_ask(&e, TYPE_CASE_EXTEND, &body.base));
	return errand_end(&e, tr("the term for keeping it is extended"));
}
