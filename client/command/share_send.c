/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * share_send.c - sending, with the real reach before it: each recipient, each field, its
 * action and article, as the broker rules it now.
 */
#include "client/command/complain.h"
#include "client/command/share.h"
#include "client/command/show.h"
#include "client/jsonfile.h"

int
share_status(const struct sluis_result *r, rc code)
{
	if (code != RC_OK) return rc_exit_status(code);
	return count_refused(r) != 0 ? STATUS_PARTLY : 0;
}

static int
print_json(struct cli *cli, const struct sluis_result *reach,
    const struct sluis_result *r, rc code)
{
	AUTO(json_release) json_t *preview = reach != NULL ? result_to_json(reach) : NULL;
	json_t                    *json    = result_to_json(r);

	if (preview != NULL)
		(void)json_object_set(
		    json, "reach", json_object_get(preview, "outcomes"));
	(void)cli_json(cli, json, code);
	return share_status(r, code);
}

static int
print_sent(struct share *h, const struct sluis_result *reach,
    const struct sluis_result *r, rc code)
{
	struct cli *cli = h->e.cli;
	char        id[ID_BYTES * 2 + 1];

	if (cli->json) return print_json(cli, reach, r, code);
	hex_encode(id, sizeof id, slice_of(sluis_result_trace_id(r), ID_BYTES));
	(void)fprintf(cli->out, "%s %s\n", tr("signal"), id);
	show_verdicts(cli, h->e.s, r);
	for (size_t i = 0; i < sluis_result_n_entries(r); i++)
		(void)fprintf(cli->out, "%s %llu: %s\n", tr("entry"),
		    (unsigned long long)sluis_result_entry(r, i)->index,
		    show_kind(sluis_result_entry(r, i)->kind));
	if (code != RC_OK) return complain_handle(cli, h->e.s);
	return share_status(r, code);
}

static bool
is_remote(rc code)
{
	return rc_kind(code) == RC_KIND_REMOTE;
}

/* It goes into the queue, because that was asked; otherwise how to ask again. */
static void
say_next(struct share *h, const char *id)
{
	struct cli *cli = h->e.cli;

	if (!cli_flag(cli, "queue"))
		(void)fprintf(cli->err, "  %s sluis signal resend %s\n",
		    tr("the request is kept; ask again with:"), id);
	else if (code_in(sluis_queue_add(h->e.s, sluis_last_trace_id(h->e.s))) != RC_OK)
		(void)complain_handle(cli, h->e.s);
	else if (!cli->json)
		(void)fprintf(cli->err, "  %s %s; %s sluis queue send\n",
		    tr("it waits in the queue as"), id,
		    tr("when there is a connection:"));
}

static int
complain_unsure(struct share *h)
{
	struct cli *cli    = h->e.cli;
	rc          code   = code_in(sluis_last_error(h->e.s)->code);
	int         status = complain_handle(cli, h->e.s);
	char        id[ID_BYTES * 2 + 1];

	hex_encode(id, sizeof id, slice_of(sluis_last_trace_id(h->e.s), ID_BYTES));
	if (is_remote(code) && (!cli->json || cli_flag(cli, "queue"))) say_next(h, id);
	return status;
}

/* Nothing was sent: there was no broker to show the reach. */
static int
complain_reach(struct share *h)
{
	struct cli *cli    = h->e.cli;
	rc          code   = code_in(sluis_last_error(h->e.s)->code);
	int         status = complain_handle(cli, h->e.s);

	if (is_remote(code) && !cli->json && !cli->quiet)
		(void)fprintf(cli->err, "  %s\n",
		    tr("to let it wait here until there is a connection: --queue"));
	return status;
}

/* Without a broker, and with --queue, there is no reach to show. */
static rc
show_reach(struct share *h, struct sluis_result **ret)
{
	struct cli *cli = h->e.cli;

	rc code = code_in(sluis_preview(h->e.s, &h->what, cli->timeout_ms, ret));
	if (*ret == NULL && is_remote(code) && cli_flag(cli, "queue")) return RC_OK;
	if (*ret == NULL) {
		(void)complain_reach(h);
		return code;
	}
	if (cli->json) return RC_OK;
	(void)fprintf(cli->out, "%s\n", tr("Reach:"));
	show_outcomes(cli, h->e.s, *ret);
	(void)fputc('\n', cli->out);
	(void)fflush(cli->out);
	return RC_OK;
}

int
share_check_history(struct share *h, int status)
{
	rc code = code_in(sluis_check_history(h->e.s, h->e.cli->timeout_ms));

	return rc_kind(code) == RC_KIND_INTEGRITY ? complain_handle(h->e.cli, h->e.s)
	                                          : status;
}

int
share_send(struct share *h, bool preview)
{
	AUTO(sluis_result_destroy) struct sluis_result *reach = NULL;
	AUTO(sluis_result_destroy) struct sluis_result *r     = NULL;

	if (preview) TRY_STATUS(show_reach(h, &reach));
	rc code = code_in(sluis_send(h->e.s, &h->what, h->e.cli->timeout_ms, &r));
	if (r == NULL) return complain_unsure(h);
	return share_check_history(h, print_sent(h, reach, r, code));
}

int
share_again(struct share *h, const uint8_t id[ID_BYTES])
{
	AUTO(sluis_result_destroy) struct sluis_result *r = NULL;

	rc code = code_in(sluis_resend(h->e.s, id, h->e.cli->timeout_ms, &r));
	if (r == NULL) return complain_unsure(h);
	return share_check_history(h, print_sent(h, NULL, r, code));
}
