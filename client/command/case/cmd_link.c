/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_link.c - sluis link, control plan | cancel: knowing that others know, without what
 * they know.
 */
#include <string.h>

#include "client/command/case/choice.h"
#include "client/command/case/cmd_case.h"
#include "client/command/complain.h"

enum { KINDS_MAX = 8, KIND_MAX = 32 };

static const struct option options_plan[] = {
    {"on", "DATE", N_("the day of the control, YYYY-MM-DD")},
    {"postcode", "P", N_("where; it is compared under a key and never told on")},
    {"number", "N", N_("house number")},
    {"letter", "L", N_("house letter")},
    {"places", "N", N_("how many places in shelter may be needed")},
    {"kinds", "A,B", N_("of these kinds: regular, mens, cosm, omm, crisis, youth")},
    {"contact", "DESK", N_("our desk to call about it")},
    {"convenant", "NAME", N_("the convenant that lets it be told")},
    {NULL, NULL, NULL},
};

/* --- link ------------------------------------------------------------------------ */

static int
run_link(struct cli *cli)
{
	AUTO(errand_wipe) struct errand e    = {.cli = cli};
	Sluis__Link                     body = SLUIS__LINK__INIT;
	uint8_t                         id[ID_BYTES];

	TRY_STATUS(errand_open(&e));
	TRY_STATUS(errand_trace(&e, cli->args[0], id));
	body.has_trace_id = 1;
	body.trace_id     = errand_id(id);
	TRY_STATUS(errand_ask(&e, TYPE_LINK, &body.base));
	if (cli->json) return cli_json(cli, result_to_json(e.r), RC_OK);
	struct telling t = errand_telling(&e, NULL);
	for (size_t i = 0; i < e.r->answer->n_links; i++) {
		tell_link(&t, e.r->answer->links[i]);
		(void)fputc('\n', cli->out);
	}
	if (e.r->answer->n_links == 0)
		(void)fprintf(cli->out, "%s\n",
		    tr("No other party has a signal about it that you may know of."));
	return 0;
}

/* --- control --------------------------------------------------------------------- */

struct plan { /* borrowed by the request */
	size_t n;
	char  *kinds[KINDS_MAX];
	char   words[KINDS_MAX][KIND_MAX];
};

static rc
read_kinds(struct cli *cli, struct plan *p)
{
	const char *list = cli_value(cli, "kinds");
	int         kind;

	while (list != NULL && list[0] != '\0') {
		size_t n = strcspn(list, ",");
		if (p->n == KINDS_MAX || n >= KIND_MAX) {
			(void)complain_code(
			    cli, RC_USAGE, "--kinds", N_("too many or too long"));
			return RC_USAGE;
		}
		(void)snprintf(p->words[p->n], KIND_MAX, "%.*s", (int)n, list);
		TRY(choice_find(
		    cli, "--kinds", p->words[p->n], choices_shelter_kind, &kind));
		(void)snprintf(p->words[p->n], KIND_MAX, "%s", shelter_kind_name(kind));
		p->kinds[p->n] = p->words[p->n];
		p->n++;
		list += n + (list[n] == ',' ? 1 : 0);
	}
	return RC_OK;
}

static rc
read_control(struct cli *cli, Sluis__PlannedControl *c)
{
	const char *on       = cli_required(cli, "on");
	const char *postcode = on != NULL ? cli_required(cli, "postcode") : NULL;
	const char *number   = postcode != NULL ? cli_required(cli, "number") : NULL;
	uint64_t    house, places;

	if (number == NULL) return RC_USAGE;
	TRY(cli_number(cli, "number", 0, &house));
	TRY(cli_number(cli, "places", 0, &places));
	if (house > UINT32_MAX || places > UINT32_MAX) {
		(void)complain_code(
		    cli, RC_USAGE, "--number, --places", N_("is too large"));
		return RC_USAGE;
	}
	c->planned_on         = message_borrow(on);
	c->postcode           = message_borrow(postcode);
	c->has_house_number   = 1;
	c->house_number       = (uint32_t)house;
	c->house_letter       = message_borrow(cli_value(cli, "letter"));
	c->has_shelter_places = places != 0;
	c->shelter_places     = (uint32_t)places;
	return RC_OK;
}

static int
print_plan(struct errand *e)
{
	char id[ID_BYTES * 2 + 1], line[120];

	if (e->cli->json) return cli_json(e->cli, result_to_json(e->r), RC_OK);
	struct telling t = errand_telling(e, NULL);
	for (size_t i = 0; i < e->r->answer->n_links; i++) {
		tell_link(&t, e->r->answer->links[i]);
		(void)fputc('\n', e->cli->out);
	}
	hex_encode(id, sizeof id, slice_of(sluis_result_trace_id(e->r), ID_BYTES));
	(void)snprintf(line, sizeof line, "%s %s", tr("planned: control"), id);
	return errand_end(e, line);
}

static int
run_plan(struct cli *cli)
{
	AUTO(errand_wipe) struct errand e       = {.cli = cli};
	Sluis__PlanControl              body    = SLUIS__PLAN_CONTROL__INIT;
	Sluis__PlannedControl           control = SLUIS__PLANNED_CONTROL__INIT;
	struct plan                     plan    = {.n = 0};

	TRY_STATUS(read_control(cli, &control));
	TRY_STATUS(read_kinds(cli, &plan));
	body.contact_desk = message_borrow(cli_required(cli, "contact"));
	if (body.contact_desk == NULL) return rc_exit_status(RC_USAGE);
	body.convenant = message_borrow(cli_required(cli, "convenant"));
	if (body.convenant == NULL) return rc_exit_status(RC_USAGE);
	control.n_shelter_kinds = plan.n;
	control.shelter_kinds   = plan.kinds;
	body.control            = &control;
	TRY_STATUS(errand_open(&e));
	TRY_STATUS(errand_ask(&e, TYPE_PLAN_CONTROL, &body.base));
	return print_plan(&e);
}

static int
run_cancel(struct cli *cli)
{
	AUTO(errand_wipe) struct errand e    = {.cli = cli};
	Sluis__PlanControl              body = SLUIS__PLAN_CONTROL__INIT;
	uint8_t                         id[ID_BYTES];

	if (!id_parse(cli->args[0], id))
		return complain_code(cli, RC_USAGE, cli->args[0],
		    N_("this is not the id of a planned control: 32 hex digits"));
	body.has_cancel = body.cancel = 1;
	body.has_about                = 1;
	body.about                    = errand_id(id);
	TRY_STATUS(errand_open(&e));
	TRY_STATUS(errand_ask(&e, TYPE_PLAN_CONTROL, &body.base));
	return errand_end(&e, tr("the control is off"));
}

const struct verb verbs_link[] = {
    {"link", NULL, "TRACE", 1, 1, NULL,
        N_("do others know whom or what this own signal is about? no content"), run_link},
    {"control", "plan", "", 0, 0, options_plan,
        N_("a control: does anybody else go there, and will care be needed?"), run_plan},
    {"control", "cancel", "ID", 1, 1, NULL, N_("a planned control is off"), run_cancel},
    {.noun = NULL},
};
