/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_queue.c - sluis queue list | send | drop: what could not be sent, in order.
 */
#include <string.h>

#include "client/command/case/cmd_case.h"
#include "client/command/complain.h"
#include "client/command/show.h"
#include "client/command/table.h"
#include "client/handle.h"
#include "client/jsonfile.h"
#include "client/kept.h"

static const char *
text_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text != NULL ? text : "";
}

static void
put_time(struct table *t, const json_t *o, const char *key)
{
	char when[TIME_TEXT_MAX];

	table_cell(t,
	    show_time((uint64_t)json_integer_value(json_object_get(o, key)), when), NULL);
}

static void
print_waiting(struct cli *cli, const json_t *list)
{
	const char *headings[] = {
	    tr("ID"), tr("WHAT"), tr("MADE"), tr("WAITS SINCE"), NULL};
	AUTO(table_destroy) struct table *t = table_new(cli, headings);
	size_t                            i;
	json_t                           *one;

	json_array_foreach((json_t *)(uintptr_t)list, i, one)
	{
		if (t == NULL) return;
		table_row(t);
		table_cell(t, text_of(one, "trace_id"), NULL);
		table_cell(t, text_of(one, "type"), NULL);
		put_time(t, one, "created_ms");
		put_time(t, one, "queued_ms");
	}
	if (t != NULL && json_array_size(list) != 0) table_print(t);
}

static void
print_sent(struct cli *cli, const json_t *list)
{
	size_t  i;
	json_t *one;

	json_array_foreach((json_t *)(uintptr_t)list, i, one)
	{
		const char *code = text_of(one, "code");
		(void)fprintf(cli->out, "%s %s\n", text_of(one, "trace_id"),
		    strcmp(code, "ok") == 0 ? tr("sent") : code);
	}
}

static int
run_list(struct cli *cli)
{
	AUTO(errand_wipe) struct errand e = {.cli = cli};

	TRY_STATUS(errand_open(&e));
	rc code = code_in(sluis_queue_list(e.s, &e.r));
	if (code != RC_OK) return errand_complain(&e, code);
	AUTO(json_release) json_t *json = json_loads(sluis_result_json(e.r), 0, NULL);
	if (cli->json) return cli_json(cli, json_incref(json), RC_OK);
	print_waiting(cli, json_object_get(json, "waiting"));
	if (json_array_size(json_object_get(json, "waiting")) == 0 && !cli->quiet)
		(void)fprintf(cli->err, "%s\n", tr("Nothing waits to be sent."));
	return 0;
}

static int
run_send(struct cli *cli)
{
	AUTO(errand_wipe) struct errand e = {.cli = cli};

	TRY_STATUS(errand_open(&e));
	rc code = code_in(sluis_queue_flush(e.s, cli->timeout_ms, &e.r));
	if (e.r == NULL) return complain_handle(cli, e.s);
	AUTO(json_release) json_t *json = json_loads(sluis_result_json(e.r), 0, NULL);
	if (cli->json)
		(void)cli_json(cli, json_incref(json), code);
	else {
		print_sent(cli, json_object_get(json, "sent"));
		print_waiting(cli, json_object_get(json, "waiting"));
	}
	if (code != RC_OK) return complain_handle(cli, e.s);
	if (json_array_size(json_object_get(json, "sent")) == 0 && !cli->quiet)
		(void)fprintf(cli->err, "%s\n", tr("Nothing waits to be sent."));
	return 0;
}

static int
run_drop(struct cli *cli)
{
	AUTO(errand_wipe) struct errand e = {.cli = cli};
	uint8_t                         id[ID_BYTES];

	TRY_STATUS(errand_open(&e));
	rc code =
	    id_find(cli->args[0], cli_party_dir(cli), KEPT_WAITING, &e.s->error, id);
	if (code == RC_OK) code = code_in(sluis_queue_drop(e.s, id));
	if (code != RC_OK)
		return complain_id(cli, code, &e.s->error, cli->args[0],
		    N_("no such request waits here"));
	if (cli->json) return cli_json(cli, json_object(), RC_OK);
	(void)fprintf(cli->out, "%s\n", tr("it waits no longer; the request stays kept"));
	return 0;
}

const struct verb verbs_queue[] = {
    {"queue", "list", "", 0, 0, NULL, N_("what could not be sent and waits here"),
        run_list},
    {"queue", "send", "", 0, 0, NULL,
        N_("send what waits, the oldest first; each has its effect once"), run_send},
    {"queue", "drop", "ID", 1, 1, NULL, N_("let a request wait no longer"), run_drop},
    {.noun = NULL},
};
