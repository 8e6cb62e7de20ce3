/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * share_many.c - several signals to the same desks, under one signature: each is kept,
 * ruled, answered and told of by itself.
 */
#include "client/command/complain.h"
#include "client/command/share.h"
#include "client/command/show.h"
#include "client/jsonfile.h"
#include "client/result.h"

struct many {
	size_t                  n;
	const char *const      *files;             /* borrowed */
	struct share            one[CLI_ARGS_MAX]; /* only their text and hints */
	struct sluis_submission what[CLI_ARGS_MAX];
	struct sluis_result    *results[CLI_ARGS_MAX]; /* owned */
	enum sluis_code         codes[CLI_ARGS_MAX];
};

static void
many_destroy(struct many **mp)
{
	struct many *m = *mp;

	if (m == NULL) return;
	for (size_t i = 0; i < m->n; i++) {
		sluis_result_destroy(&m->results[i]);
		buf_wipe(&m->one[i].text);
	}
	free(m);
	*mp = NULL;
}

/* What one signal replaces, hands over or waits for is not said of several. */
static rc
refuse_single(struct share *h)
{
	static const char *const options[] = {"corrects", "hands-over", "queue"};

	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
		if (cli_value(h->e.cli, options[i]) == NULL &&
		    !cli_flag(h->e.cli, options[i]))
			continue;
		(void)complain_code(h->e.cli, RC_USAGE, options[i],
		    N_("this goes with one signal at a time"));
		return RC_USAGE;
	}
	return RC_OK;
}

static rc
read_all(struct share *h, struct many *m)
{
	struct cli *cli = h->e.cli;

	m->files = cli->args;
	for (; m->n < cli->n_args; m->n++) {
		struct share *one = &m->one[m->n];
		one->e.cli        = cli;
		rc code           = share_signal(one, m->files[m->n]);
		if (code != RC_OK) buf_wipe(&one->text);
		TRY(code);
		m->what[m->n]               = h->what;
		m->what[m->n].signal_json   = one->what.signal_json;
		m->what[m->n].signal_json_n = one->what.signal_json_n;
	}
	return RC_OK;
}

/* --- the reach ------------------------------------------------------------------- */

static rc
show_reach(struct share *h, const struct many *m, size_t i)
{
	AUTO(sluis_result_destroy) struct sluis_result *r   = NULL;
	struct cli                                     *cli = h->e.cli;

	rc code = code_in(sluis_preview(h->e.s, &m->what[i], cli->timeout_ms, &r));
	if (r == NULL) {
		(void)complain_code(cli, code, m->files[i], NULL);
		return code;
	}
	(void)fprintf(cli->out, "%s %s\n", tr("Reach:"), m->files[i]);
	show_outcomes(cli, h->e.s, r);
	(void)fputc('\n', cli->out);
	return RC_OK;
}

/* --- what came of it ------------------------------------------------------------- */

static void
print_one(struct share *h, const struct many *m, size_t i)
{
	struct cli                *cli = h->e.cli;
	const struct sluis_result *r   = m->results[i];
	char                       id[ID_BYTES * 2 + 1];

	if (r != NULL) {
		hex_encode(id, sizeof id, slice_of(sluis_result_trace_id(r), ID_BYTES));
		(void)fprintf(cli->out, "%s: %s %s\n", m->files[i], tr("signal"), id);
		show_verdicts(cli, h->e.s, r);
	}
	if (m->codes[i] != SLUIS_OK)
		(void)complain_code(cli, code_in(m->codes[i]), m->files[i], NULL);
}

static json_t *
json_of(const struct many *m, size_t i)
{
	json_t *one =
	    m->results[i] != NULL ? result_to_json(m->results[i]) : json_object();

	(void)json_object_set_new(one, "file", json_string(m->files[i]));
	(void)json_object_set_new(
	    one, "code", json_string(rc_name(code_in(m->codes[i]))));
	return one;
}

static void
print_all(struct share *h, const struct many *m, rc code)
{
	json_t *list;

	if (!h->e.cli->json) {
		for (size_t i = 0; i < m->n; i++) print_one(h, m, i);
		return;
	}
	list = json_array();
	for (size_t i = 0; i < m->n; i++)
		(void)json_array_append_new(list, json_of(m, i));
	(void)cli_json(h->e.cli, json_pack("{s:o}", "signals", list), code);
}

/* 0 when every recipient of every signal was served, 8 when some were; else why the last
 * failed. */
static int
status_of(const struct many *m)
{
	size_t served = 0, whole = 0;
	int    last = 0;

	for (size_t i = 0; i < m->n; i++) {
		int status = m->results[i] == NULL
		                 ? rc_exit_status(code_in(m->codes[i]))
		                 : share_status(m->results[i], code_in(m->codes[i]));
		whole += status == 0;
		served += status == 0 || status == STATUS_PARTLY;
		if (status != 0) last = status;
	}
	if (whole == m->n) return 0;
	return served != 0 ? STATUS_PARTLY : last;
}

int
share_send_many(struct share *h, bool preview)
{
	AUTO(many_destroy) struct many *m = calloc(1, sizeof *m);

	if (m == NULL) return rc_exit_status(RC_NOMEM);
	TRY_STATUS(refuse_single(h));
	TRY_STATUS(read_all(h, m));
	for (size_t i = 0; preview && !h->e.cli->json && i < m->n; i++)
		TRY_STATUS(show_reach(h, m, i));
	rc code = code_in(sluis_send_many(
	    h->e.s, m->what, m->n, h->e.cli->timeout_ms, m->results, m->codes));
	print_all(h, m, code);
	return share_check_history(h, status_of(m));
}
