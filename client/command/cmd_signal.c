/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_signal.c - sluis signal preview | send | list | show.
 *
 * Before anything is sent the real reach is shown: each recipient, each field, its
 * action and article, as the broker rules it now.
 */
#include <string.h>

#include "client/command/complain.h"
#include "client/command/erase_run.h"
#include "client/command/names.h"
#include "client/command/share.h"
#include "client/command/show.h"
#include "client/command/table.h"
#include "client/jsonfile.h"
#include "client/kept.h"
#include "client/request.h"
#include "client/result.h"
#include "proto/envelope.h"
#include "proto/guard.h"
#include "proto/message.h"

#define OPTIONS_SHARE                                                                    \
	{"convenant", "NAME", N_("the convenant to share under, such as zorg or riec")}, \
	    {"phase", "NAME", N_("how far joint processing has come")},                  \
	    {"purpose", "NAME", N_("why it is shared")},                                 \
	    {"region", "NAME",                                                           \
	        N_("where the matter lies (default: the region of this party)")},        \
	    {"to", "A,B",                                                                \
	        N_("recipients: names, roles or OINs, with /desk where needed")},        \
	    {"case", "CASE",                                                             \
	        N_("inside this case, under what its state puts in force")},             \
	    {"enriches", NULL, N_("it adds to what the case has")},                      \
	    {"corrects", "TRACE",                                                        \
	        N_("it replaces this own signal, at everybody who has it")},             \
	    {"exchange", "ID", N_("in the exchange that the partners agreed to")},       \
	    {"hands-over", "DELIVERY", N_("it hands this received signal over")},        \
	    {"policy", "DIR",                                                            \
	        N_("where role names come from (default: the shipped policy)")},

static const struct option options_share[] = {
    OPTIONS_SHARE{NULL, NULL, NULL},
};

static const struct option options_send[] = {
    OPTIONS_SHARE{"no-preview", NULL, N_("do not show the reach first")},
    {"queue", NULL, N_("without a connection: let it wait here for `queue send`")},
    {NULL, NULL, NULL},
};

static const struct option options_list[] = {
    {"max", "N", N_("at most so many signals (default 100)")},
    {NULL, NULL, NULL},
};

/* --- what is to be shared -------------------------------------------------------- */

static rc
find_id(struct share *h, const char *option,
    rc (*find)(struct errand *e, const char *text, uint8_t id[ID_BYTES]),
    uint8_t id[ID_BYTES], const uint8_t **ret)
{
	const char *text = cli_value(h->e.cli, option);

	if (text == NULL) return RC_OK;
	TRY(find(&h->e, text, id));
	*ret = id;
	return RC_OK;
}

static rc
exchange_id(struct errand *e, const char *text, uint8_t id[ID_BYTES])
{
	if (id_parse(text, id)) return RC_OK;
	(void)complain_code(e->cli, RC_USAGE, "--exchange",
	    N_("the 32 hex digits of an exchange are needed"));
	return RC_USAGE;
}

/* What makes it part of a case, or of what was shared before. */
static rc
read_links(struct share *h)
{
	struct cli *cli = h->e.cli;

	TRY(find_id(h, "corrects", errand_trace, h->corrects, &h->what.corrects));
	TRY(find_id(h, "exchange", exchange_id, h->exchange_id, &h->what.exchange_id));
	TRY(find_id(
	    h, "hands-over", errand_delivery, h->hands_over, &h->what.hands_over));
	h->what.enriches = cli_flag(cli, "enriches");
	if (h->what.case_id != NULL || (!h->what.enriches && h->what.exchange_id == NULL))
		return RC_OK;
	(void)complain_code(cli, RC_USAGE, "--case",
	    N_("an enrichment or exchange belongs to a case: name it"));
	return RC_USAGE;
}

static rc
read_outside(struct share *h)
{
	struct cli *cli = h->e.cli;

	if ((h->what.convenant = cli_required(cli, "convenant")) == NULL) return RC_USAGE;
	if ((h->what.phase = cli_required(cli, "phase")) == NULL) return RC_USAGE;
	if ((h->what.purpose = cli_required(cli, "purpose")) == NULL) return RC_USAGE;
	return errand_open(&h->e);
}

static rc
read_inside(struct share *h, const char *in_case)
{
	TRY(errand_open(&h->e));
	return share_in_case(h, in_case, NULL);
}

/* All but the signal. */
static rc
read_words(struct share *h)
{
	struct cli *cli     = h->e.cli;
	const char *in_case = cli_value(cli, "case");

	TRY(in_case != NULL ? read_inside(h, in_case) : read_outside(h));
	h->what.region = cli_value(cli, "region");
	TRY(read_links(h));
	return share_to(h, "--to", cli_value(cli, "to"));
}

static rc
read_share(struct share *h)
{
	TRY(read_words(h));
	return share_signal(h, h->e.cli->args[0]);
}

/* --- preview, send, resend ------------------------------------------------------- */

static int
run_preview(struct cli *cli)
{
	AUTO(share_wipe) struct share                   h = {.e = {.cli = cli}};
	AUTO(sluis_result_destroy) struct sluis_result *r = NULL;

	TRY_STATUS(read_share(&h));
	rc code = code_in(sluis_preview(h.e.s, &h.what, cli->timeout_ms, &r));
	if (r == NULL) return complain_handle(cli, h.e.s);
	if (cli->json) {
		(void)cli_json(cli, result_to_json(r), code);
		return share_status(r, code);
	}
	show_outcomes(cli, h.e.s, r);
	if (code != RC_OK) (void)complain_handle(cli, h.e.s);
	return share_status(r, code);
}

static int
run_send(struct cli *cli)
{
	AUTO(share_wipe) struct share h       = {.e = {.cli = cli}};
	bool                          preview = !cli_flag(cli, "no-preview");

	TRY_STATUS(cli->n_args == 1 ? read_share(&h) : read_words(&h));
	return cli->n_args == 1 ? share_send(&h, preview) : share_send_many(&h, preview);
}

static int
run_resend(struct cli *cli)
{
	AUTO(share_wipe) struct share h = {.e = {.cli = cli}};
	uint8_t                       id[ID_BYTES];

	TRY_STATUS(errand_open(&h.e));
	rc code = id_find(cli->args[0], cli_party_dir(cli), KEPT_ACT, NULL, id);
	if (code != RC_OK) TRY_STATUS(errand_trace(&h.e, cli->args[0], id));
	return share_again(&h, id);
}

/* --- list ------------------------------------------------------------------------ */

/* Which signal E is about; without its detail nobody can say it any more. */
static void
put_signal(struct table *t, const struct sluis_entry *e)
{
	char id[ID_BYTES * 2 + 1] = "-";

	if (e->trace_id != NULL)
		hex_encode(id, sizeof id, slice_of(e->trace_id, ID_BYTES));
	table_cell(t, id, NULL);
}

static int
run_list(struct cli *cli)
{
	const char *headings[] = {tr("SIGNAL"), tr("WHEN"), tr("RECIPIENT"),
	    tr("CONVENANT"), tr("OUTCOME"), tr("RULE"), tr(">ENTRY"), NULL};
	AUTO(sluis_close) struct sluis                 *s        = NULL;
	AUTO(sluis_result_destroy) struct sluis_result *r        = NULL;
	bool                                            nameless = false;
	uint64_t                                        max;

	rc code = cli_number(cli, "max", 100, &max);
	if (code == RC_OK) code = cli_open(cli, &s);
	if (code != RC_OK) return rc_exit_status(code);
	code = code_in(sluis_sent(s, (unsigned)max, cli->timeout_ms, &r));
	if (code != RC_OK) return complain_handle(cli, s);
	if (cli->json) return cli_json(cli, result_to_json(r), RC_OK);
	AUTO(table_destroy) struct table *t = table_new(cli, headings);
	for (size_t i = 0; t != NULL && i < sluis_result_n_entries(r); i++) {
		const struct sluis_entry *e = sluis_result_entry(r, i);
		char                      label[LABEL_MAX], when[TIME_TEXT_MAX];
		if (e->trace_id == NULL) nameless = true;
		table_row(t);
		put_signal(t, e);
		table_cell(t, show_time(e->time_ms, when), NULL);
		table_cell(
		    t, names_label(s, e->recipient_oin, e->recipient_desk, label), NULL);
		table_cell(t, e->convenant, NULL);
		table_cell(t, e->code[0] != '\0' ? e->code : show_kind(e->kind), NULL);
		table_cell(t, e->rule, NULL);
		table_cellf(t, "%llu", (unsigned long long)e->index);
	}
	if (t != NULL) table_print(t);
	if (nameless && !cli->quiet)
		(void)fprintf(cli->err, "%s\n",
		    tr("Without a signal: its details were erased at the broker, or are "
		       "lost there. sluis explain ENTRY tells the rest."));
	return 0;
}

/* --- show ------------------------------------------------------------------------ */

static rc
read_submit(const char *dir, const uint8_t id[ID_BYTES], Sluis__Submit **ret)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(FRAME_MAX);
	struct envelope           e;

	TRY(kept_read(dir, KEPT_REQUEST, id, &bytes));
	TRY(envelope_open(buf_slice(&bytes), &e));
	return guard_unpack(
	    &sluis__submit__descriptor, e.payload, guard_wire, (ProtobufCMessage **)ret);
}

static rc
read_outcomes(const char *dir, const uint8_t id[ID_BYTES], struct sluis_result **ret)
{
	AUTO(buf_wipe) struct buf                       bytes  = buf_init(ANSWER_MAX);
	AUTO(message_destroy) Sluis__Answer            *answer = NULL;
	AUTO(sluis_result_destroy) struct sluis_result *r      = NULL;

	TRY(kept_read(dir, KEPT_ANSWER, id, &bytes));
	TRY(answer_read(buf_slice(&bytes), &answer));
	TRY(result_new(&r, id));
	TRY(result_take_answer(r, &answer));
	*ret = TAKE(r);
	return RC_OK;
}

/* The kept signal as JSON. */
static json_t *
signal_json(const Sluis__Submit *submit)
{
	AUTO(message_destroy) ProtobufCMessage *m = NULL;

	if (guard_unpack(&sluis__signal__descriptor,
	        slice_of(submit->signal.data, submit->signal.len), guard_signal,
	        &m) != RC_OK)
		return NULL;
	return pbjson_write(m);
}

static int
show_kept(struct cli *cli, struct sluis *s, const Sluis__Submit *submit,
    const struct sluis_result *r)
{
	AUTO(json_release) json_t *signal = signal_json(submit);

	if (cli->json) {
		json_t *json = r != NULL ? result_to_json(r) : json_object();
		(void)json_object_set_new(
		    json, "convenant", json_string(submit->convenant));
		(void)json_object_set_new(json, "phase", json_string(submit->phase));
		(void)json_object_set_new(json, "purpose", json_string(submit->purpose));
		(void)json_object_set(json, "signal", signal);
		return cli_json(cli, json, RC_OK);
	}
	(void)fprintf(cli->out, "%s %s / %s / %s\n", tr("convenant"), submit->convenant,
	    submit->phase, submit->purpose);
	(void)json_dumpf(signal, cli->out, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	(void)fputs("\n\n", cli->out);
	if (r == NULL)
		(void)fprintf(cli->out, "%s\n", tr("No answer was received yet."));
	else if (r->code != RC_OK && sluis_result_n_outcomes(r) == 0)
		(void)fprintf(cli->out, "%s: %s, %s: %s\n", tr("the whole signal"),
		    tr("not served"), rc_name(r->code), tr(code_meaning(r->code)));
	else
		show_outcomes(cli, s, r);
	return 0;
}

static int
run_show(struct cli *cli)
{
	AUTO(sluis_close) struct sluis                 *s      = NULL;
	AUTO(message_destroy) Sluis__Submit            *submit = NULL;
	AUTO(sluis_result_destroy) struct sluis_result *r      = NULL;
	uint8_t                                         id[ID_BYTES];

	rc code = cli_open(cli, &s);
	if (code != RC_OK) return rc_exit_status(code);
	const char *dir = cli_party_dir(cli);
	code            = id_find(cli->args[0], dir, KEPT_REQUEST, &s->error, id);
	if (code == RC_OK)
		code = vault_fault(dir, read_submit(dir, id, &submit), &s->error);
	if (code != RC_OK)
		return complain_id(cli, code, &s->error, cli->args[0],
		    N_("no such signal was sent from here"));
	code = read_outcomes(dir, id, &r);
	if (code != RC_OK && code != RC_NOT_FOUND)
		return complain_code(cli, code, "sent", N_("the kept answer is damaged"));
	return show_kept(cli, s, submit, r);
}

const struct verb verbs_signal[] = {
    {"signal", "preview", "FILE", 1, 1, options_share,
        N_("what would each recipient get? No value of the signal leaves this machine"),
        run_preview},
    {"signal", "send", "FILE...", 1, CLI_ARGS_MAX, options_send,
        N_("show the reach, then share the signals (JSON; - is stdin)"), run_send},
    {"signal", "resend", "ID", 1, 1, NULL,
        N_("ask again after a time-out, with the same bytes"), run_resend},
    {"signal", "list", "", 0, 0, options_list, N_("what this desk sent, newest first"),
        run_list},
    {"signal", "show", "ID", 1, 1, NULL, N_("a signal sent from here, and its outcomes"),
        run_show},
    {"signal", "erase", "ID...", 1, CLI_ARGS_MAX, NULL,
        N_("erase sent signals here for good; nobody is told"), erase_run},
    {.noun = NULL},
};
