/* SPDX-License-Identifier: EUPL-1.2 */
/* cmd_respond.c - sluis respond: the coded answer that a delivery asks for. */
#include "client/command/case/choice.h"
#include "client/command/case/cmd_case.h"
#include "client/command/complain.h"

static const struct option options_respond[] = {
    {"disposition", "WORD", N_("address signal: research, house-visit, cooperation")},
    {"measure", "WORD",
        N_("report: permit-refused, permit-withdrawn, closed, penalty, warning, none")},
    {"registration", "WORD", N_("registration: registered, already, refused")},
    {"picked-up", NULL, N_("a signal for several: we take it")},
    {"shelter", "WORD", N_("shelter request: place, none, waiting-list")},
    {"taken-over", NULL, N_("handover: we take it over")},
    {NULL, NULL, NULL},
};

/* The coded answer of option NAME; counts it in *N. */
static rc
read_coded(struct cli *cli, const char *name, const struct choice *list, int *value,
    protobuf_c_boolean *has, unsigned *n)
{
	bool given;

	TRY(choice_read(cli, name, list, value, &given));
	*has = given;
	*n += given ? 1 : 0;
	return RC_OK;
}

static rc
read_response(struct cli *cli, Sluis__Response *r)
{
	unsigned n           = 0;
	int      disposition = 0, measure = 0, registration = 0, shelter = 0;

	TRY(read_coded(cli, "disposition", choices_disposition, &disposition,
	    &r->has_disposition, &n));
	TRY(read_coded(cli, "measure", choices_measure, &measure, &r->has_measure, &n));
	TRY(read_coded(cli, "registration", choices_registration, &registration,
	    &r->has_registration, &n));
	TRY(read_coded(cli, "shelter", choices_shelter, &shelter, &r->has_shelter, &n));
	r->disposition   = (Sluis__AddressDisposition)disposition;
	r->measure       = (Sluis__ReportMeasure)measure;
	r->registration  = (Sluis__RegistrationState)registration;
	r->shelter       = (Sluis__ShelterOffer)shelter;
	r->has_picked_up = r->picked_up = cli_flag(cli, "picked-up");
	r->has_taken_over = r->taken_over = cli_flag(cli, "taken-over");
	n += (unsigned)r->picked_up + (unsigned)r->taken_over;
	if (n == 1) return RC_OK;
	(void)complain_code(
	    cli, RC_USAGE, "--disposition, --measure, ...", N_("give one of them"));
	return RC_USAGE;
}

static int
run_respond(struct cli *cli)
{
	AUTO(errand_wipe) struct errand e        = {.cli = cli};
	Sluis__Respond                  body     = SLUIS__RESPOND__INIT;
	Sluis__Response                 response = SLUIS__RESPONSE__INIT;
	uint8_t                         id[ID_BYTES];

	TRY_STATUS(read_response(cli, &response));
	TRY_STATUS(errand_open(&e));
	TRY_STATUS(errand_delivery(&e, cli->args[0], id));
	body.has_delivery_id = 1;
	body.delivery_id     = errand_id(id);
	body.response        = &response;
	TRY_STATUS(errand_ask(&e, TYPE_RESPOND, &body.base));
	return errand_end(&e, tr("answered"));
}

const struct verb verbs_respond[] = {
    {"respond", NULL, "DELIVERY", 1, 1, options_respond,
        N_("answer a delivery that asks for it: what was done, or who takes it"),
        run_respond},
    {.noun = NULL},
};
