/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_signal.c - sluis signal preview | send | list | show.
 *
 * Before anything is sent the real reach is shown: each recipient, each field, its
 * action and article, as the broker rules it now.
 */
#include <string.h>

#include "client/complain.h"
#include "client/jsonfile.h"
#include "client/kept.h"
#include "client/names.h"
#include "client/request.h"
#include "client/result.h"
#include "client/shipped.h"
#include "client/show.h"
#include "client/table.h"
#include "proto/envelope.h"
#include "proto/guard.h"
#include "proto/message.h"

enum { SIGNAL_FILE_MAX = 1024 * 1024, PARTLY = 8 };

static const struct option options_share[] = {
    {"convenant", "NAME", N_("the convenant to share under, such as zorg or riec")},
    {"phase", "NAME", N_("how far joint processing has come")},
    {"purpose", "NAME", N_("why it is shared")},
    {"region", "NAME", N_("where the matter lies (default: the region of this party)")},
    {"to", "A,B", N_("recipients: names, roles or OINs, with /desk where needed")},
    {"policy", "DIR", N_("where role names come from (default: the shipped policy)")},
    {NULL, NULL, NULL},
};

static const struct option options_send[] = {
    {"convenant", "NAME", N_("the convenant to share under, such as zorg or riec")},
    {"phase", "NAME", N_("how far joint processing has come")},
    {"purpose", "NAME", N_("why it is shared")},
    {"region", "NAME", N_("where the matter lies (default: the region of this party)")},
    {"to", "A,B", N_("recipients: names, roles or OINs, with /desk where needed")},
    {"policy", "DIR", N_("where role names come from (default: the shipped policy)")},
    {"no-preview", NULL, N_("do not show the reach first")},
    {NULL, NULL, NULL},
};

static const struct option options_list[] = {
    {"max", "N", N_("at most so many signals (default 100)")},
    {NULL, NULL, NULL},
};

/* --- what is to be shared -------------------------------------------------------- */

struct share { /* everything a submission borrows from */
	struct sluis           *s;
	struct buf              text; /* the signal as JSON */
	struct named            named[NAMED_MAX];
	struct sluis_recipient  recipients[NAMED_MAX];
	struct sluis_submission what;
};

static void
share_wipe(struct share *h)
{
	sluis_close(&h->s);
	buf_wipe(&h->text);
}

static rc
read_signal_file(struct cli *cli, struct share *h)
{
	const char *path = cli->args[0];

	h->text = buf_init(SIGNAL_FILE_MAX);
	rc code = strcmp(path, "-") == 0
	              ? file_read("/dev/stdin", SIGNAL_FILE_MAX, false, &h->text)
	              : file_read(path, SIGNAL_FILE_MAX, false, &h->text);
	if (code != RC_OK)
		(void)complain_code(cli, code, path, N_("the signal cannot be read"));
	h->what.signal_json   = (const char *)h->text.p;
	h->what.signal_json_n = h->text.n;
	return code;
}

static void
lookup_wipe(struct role_lookup *l)
{
	policy_destroy(&l->policy);
}

static rc
read_recipients(struct cli *cli, struct share *h)
{
	AUTO(lookup_wipe) struct role_lookup lookup = {.cli = cli, .policy = NULL};
	struct directory   d    = {.region = h->s, .role = role_lookup, .arg = &lookup};
	const char        *list = cli_value(cli, "to");
	struct sluis_error e;
	size_t             n = 0;

	rc code = list != NULL
	              ? names_resolve(&d, list, h->named, &n, &e)
	              : error_set(&e, RC_USAGE, "--to", N_("this option must be given"));
	if (code != RC_OK) {
		(void)complain(cli, &e);
		return code;
	}
	for (size_t i = 0; i < n; i++) {
		h->recipients[i].oin = h->named[i].oin;
		h->recipients[i].desk =
		    h->named[i].desk[0] != '\0' ? h->named[i].desk : NULL;
	}
	h->what.recipients   = h->recipients;
	h->what.n_recipients = n;
	return RC_OK;
}

static rc
read_share(struct cli *cli, struct share *h)
{
	if ((h->what.convenant = cli_required(cli, "convenant")) == NULL) return RC_USAGE;
	if ((h->what.phase = cli_required(cli, "phase")) == NULL) return RC_USAGE;
	if ((h->what.purpose = cli_required(cli, "purpose")) == NULL) return RC_USAGE;
	h->what.region = cli_value(cli, "region");
	TRY(cli_open(cli, &h->s));
	TRY(read_recipients(cli, h));
	return read_signal_file(cli, h);
}

/* --- preview --------------------------------------------------------------------- */

/* The status of a submission's or preview's result. */
static int
status_of(const struct sluis_result *r, rc code)
{
	if (code != RC_OK) return rc_exit_status(code);
	return count_refused(r) != 0 ? PARTLY : 0;
}

static int
run_preview(struct cli *cli)
{
	AUTO(share_wipe) struct share                   h = {.s = NULL};
	AUTO(sluis_result_destroy) struct sluis_result *r = NULL;

	rc code = read_share(cli, &h);
	if (code != RC_OK) return rc_exit_status(code);
	code = code_in(sluis_preview(h.s, &h.what, cli->timeout_ms, &r));
	if (r == NULL) return complain_handle(cli, h.s);
	if (cli->json) {
		(void)cli_json(cli, result_to_json(r), code);
		return status_of(r, code);
	}
	show_outcomes(cli, h.s, r);
	if (code != RC_OK) (void)complain_handle(cli, h.s);
	return status_of(r, code);
}

/* --- send ------------------------------------------------------------------------ */

static int
print_sent(struct cli *cli, struct share *h, const struct sluis_result *reach,
    const struct sluis_result *r, rc code)
{
	char id[ID_BYTES * 2 + 1];

	if (cli->json) {
		AUTO(json_release)
		json_t *preview = reach != NULL ? result_to_json(reach) : NULL;
		json_t *json    = result_to_json(r);
		if (preview != NULL)
			(void)json_object_set(
			    json, "reach", json_object_get(preview, "outcomes"));
		(void)cli_json(cli, json, code);
		return status_of(r, code);
	}
	hex_encode(id, slice_of(sluis_result_trace_id(r), ID_BYTES));
	(void)fprintf(cli->out, "%s %s\n", tr("signal"), id);
	show_verdicts(cli, h->s, r);
	for (size_t i = 0; i < sluis_result_n_entries(r); i++)
		(void)fprintf(cli->out, "%s %llu: %s\n", tr("entry"),
		    (unsigned long long)sluis_result_entry(r, i)->index,
		    show_kind(sluis_result_entry(r, i)->kind));
	if (code != RC_OK) return complain_handle(cli, h->s);
	return status_of(r, code);
}

/* The journal must still continue what we saw; a broker that cannot say is no alarm. */
static int
check_history(struct cli *cli, struct sluis *s, int status)
{
	rc code = code_in(sluis_check_history(s, cli->timeout_ms));

	return rc_kind(code) == RC_KIND_INTEGRITY ? complain_handle(cli, s) : status;
}

static rc
show_reach(struct cli *cli, struct share *h, struct sluis_result **ret)
{
	if (cli_flag(cli, "no-preview")) return RC_OK;
	rc code = code_in(sluis_preview(h->s, &h->what, cli->timeout_ms, ret));
	if (*ret == NULL) {
		(void)complain_handle(cli, h->s);
		return code;
	}
	if (cli->json) return RC_OK;
	(void)fprintf(cli->out, "%s\n", tr("Reach:"));
	show_outcomes(cli, h->s, *ret);
	(void)fputc('\n', cli->out);
	(void)fflush(cli->out);
	return RC_OK;
}

static int
complain_unsure(struct cli *cli, struct share *h)
{
	int  status = complain_handle(cli, h->s);
	char id[ID_BYTES * 2 + 1];

	hex_encode(id, slice_of(sluis_last_trace_id(h->s), ID_BYTES));
	if (!cli->json &&
	    rc_kind(code_in(sluis_last_error(h->s)->code)) == RC_KIND_REMOTE)
		(void)fprintf(cli->err, "  %s sluis signal resend %s\n",
		    tr("the request is kept; ask again with:"), id);
	return status;
}

static int
run_send(struct cli *cli)
{
	AUTO(share_wipe) struct share                   h     = {.s = NULL};
	AUTO(sluis_result_destroy) struct sluis_result *reach = NULL;
	AUTO(sluis_result_destroy) struct sluis_result *r     = NULL;

	rc code = read_share(cli, &h);
	if (code == RC_OK) code = show_reach(cli, &h, &reach);
	if (code != RC_OK) return rc_exit_status(code);
	code = code_in(sluis_send(h.s, &h.what, cli->timeout_ms, &r));
	if (r == NULL) return complain_unsure(cli, &h);
	int status = print_sent(cli, &h, reach, r, code);
	return check_history(cli, h.s, status);
}

static int
run_resend(struct cli *cli)
{
	AUTO(share_wipe) struct share                   h = {.s = NULL};
	AUTO(sluis_result_destroy) struct sluis_result *r = NULL;
	uint8_t                                         id[ID_BYTES];

	rc code = cli_open(cli, &h.s);
	if (code != RC_OK) return rc_exit_status(code);
	code = id_find(cli->args[0], cli_party_dir(cli), KEPT_REQUEST, id);
	if (code != RC_OK)
		return complain_code(
		    cli, code, cli->args[0], N_("no such signal was sent from here"));
	code = code_in(sluis_resend(h.s, id, cli->timeout_ms, &r));
	if (r == NULL) return complain_unsure(cli, &h);
	return check_history(cli, h.s, print_sent(cli, &h, NULL, r, code));
}

/* --- list ------------------------------------------------------------------------ */

static int
run_list(struct cli *cli)
{
	const char *headings[] = {tr("SIGNAL"), tr("WHEN"), tr("RECIPIENT"),
	    tr("CONVENANT"), tr("OUTCOME"), tr("RULE"), tr(">ENTRY"), NULL};
	AUTO(sluis_close) struct sluis                 *s = NULL;
	AUTO(sluis_result_destroy) struct sluis_result *r = NULL;
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
		char id[ID_BYTES * 2 + 1]   = "", label[LABEL_MAX], when[TIME_TEXT_MAX];
		if (e->trace_id != NULL) hex_encode(id, slice_of(e->trace_id, ID_BYTES));
		table_row(t);
		table_cell(t, id, NULL);
		table_cell(t, show_time(e->time_ms, when), NULL);
		table_cell(
		    t, names_label(s, e->recipient_oin, e->recipient_desk, label), NULL);
		table_cell(t, e->convenant, NULL);
		table_cell(t, e->code[0] != '\0' ? e->code : show_kind(e->kind), NULL);
		table_cell(t, e->rule, NULL);
		table_cellf(t, "%llu", (unsigned long long)e->index);
	}
	if (t != NULL) table_print(t);
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
	code            = id_find(cli->args[0], dir, KEPT_REQUEST, id);
	if (code == RC_OK) code = read_submit(dir, id, &submit);
	if (code != RC_OK)
		return complain_code(
		    cli, code, cli->args[0], N_("no such signal was sent from here"));
	code = read_outcomes(dir, id, &r);
	if (code != RC_OK && code != RC_NOT_FOUND)
		return complain_code(cli, code, "sent", N_("the kept answer is damaged"));
	return show_kept(cli, s, submit, r);
}

const struct verb verbs_signal[] = {
    {"signal", "preview", "FILE", 1, 1, options_share,
        N_("what would each recipient get? No value of the signal leaves this machine"),
        run_preview},
    {"signal", "send", "FILE", 1, 1, options_send,
        N_("show the reach, then share the signal (JSON; - is stdin)"), run_send},
    {"signal", "resend", "ID", 1, 1, NULL,
        N_("ask again after a time-out, with the same bytes"), run_resend},
    {"signal", "list", "", 0, 0, options_list, N_("what this desk sent, newest first"),
        run_list},
    {"signal", "show", "ID", 1, 1, NULL, N_("a signal sent from here, and its outcomes"),
        run_show},
    {.noun = NULL},
};
