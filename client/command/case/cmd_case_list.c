/* SPDX-License-Identifier: EUPL-1.2 */
/* cmd_case_list.c - sluis case open | list. */
#include <string.h>

#include "client/command/case/cmd_case.h"
#include "client/command/case/route_title.h"
#include "client/command/complain.h"
#include "client/command/show.h"
#include "client/command/table.h"

enum { STARTS_MAX = 64, WORD_MAX = 64 };

/* --- open ------------------------------------------------------------------------ */

typedef rc (*find_one)(struct errand *e, const char *text, uint8_t id[ID_BYTES]);

struct starts { /* ids that a case starts from */
	size_t              n;
	uint8_t             ids[STARTS_MAX][ID_BYTES];
	ProtobufCBinaryData list[STARTS_MAX];
};

/* The ids in the value of OPTION, found by FIND. */
static rc
read_starts(struct errand *e, const char *option, find_one find, struct starts *ret)
{
	const char *list = cli_value(e->cli, option);
	char        word[WORD_MAX];

	while (list != NULL && list[0] != '\0') {
		size_t n = strcspn(list, ",");
		if (n >= sizeof word || ret->n == STARTS_MAX) {
			(void)complain_code(
			    e->cli, RC_USAGE, option, N_("too many or too long"));
			return RC_USAGE;
		}
		memcpy(word, list, n);
		word[n] = '\0';
		if (n != 0) {
			TRY(find(e, word, ret->ids[ret->n]));
			ret->list[ret->n] = errand_id(ret->ids[ret->n]);
			ret->n++;
		}
		list += n + (list[n] == ',' ? 1 : 0);
	}
	return RC_OK;
}

static int
print_opened(struct errand *e)
{
	char id[ID_BYTES * 2 + 1], line[160];

	hex_encode(id, sizeof id, slice_of(sluis_result_trace_id(e->r), ID_BYTES));
	(void)snprintf(line, sizeof line, "%s %s %s", tr("case"), id, tr("opened"));
	return errand_end(e, line);
}

/* Who may, as the policy at hand says. */
static void
say_who_opens(struct errand *e, const char *route)
{
	(void)errand_telling(e, route); /* for the policy */
	const struct route_info *r =
	    e->policy != NULL ? policy_route(e->policy, route) : NULL;

	if (r == NULL || e->cli->json || e->cli->quiet) return;
	(void)fprintf(e->cli->err, "  %-7s ", tr("who:"));
	for (size_t i = 0; i < r->n_opens; i++)
		(void)fprintf(e->cli->err, "%s%s%s%s", i == 0 ? "" : ", ",
		    r->opens[i].role, r->opens[i].desk != NULL ? "/" : "",
		    r->opens[i].desk != NULL ? r->opens[i].desk : "");
	(void)fputc('\n', e->cli->err);
}

int
case_open(struct cli *cli)
{
	AUTO(errand_wipe) struct errand e          = {.cli = cli};
	AUTO(auto_free) struct starts  *deliveries = calloc(1, sizeof *deliveries);
	AUTO(auto_free) struct starts  *traces     = calloc(1, sizeof *traces);
	Sluis__CaseOpen                 body       = SLUIS__CASE_OPEN__INIT;
	const char                     *route      = cli_required(cli, "route");

	if (route == NULL) return rc_exit_status(RC_USAGE);
	if (deliveries == NULL || traces == NULL)
		return complain_code(cli, RC_NOMEM, NULL, NULL);
	TRY_STATUS(errand_open(&e));
	TRY_STATUS(read_starts(&e, "delivery", errand_delivery, deliveries));
	TRY_STATUS(read_starts(&e, "trace", errand_trace, traces));
	body.route        = message_borrow(route);
	body.region       = message_borrow(cli_value(cli, "region"));
	body.n_deliveries = deliveries->n;
	body.deliveries   = deliveries->list;
	body.n_traces     = traces->n;
	body.traces       = traces->list;
	rc code           = errand_ask(&e, TYPE_CASE_OPEN, &body.base);
	if (code == RC_NOT_YOUR_STEP) say_who_opens(&e, route);
	TRY_STATUS(code);
	return print_opened(&e);
}

/* --- list ------------------------------------------------------------------------ */

static void
list_one(struct errand *e, struct table *t, const Sluis__CaseView *c)
{
	char           id[ID_BYTES * 2 + 1], label[LABEL_MAX], when[TIME_TEXT_MAX];
	struct telling names = errand_telling(e, c->route);
	const char    *title = c->state != NULL && c->route != NULL
	                           ? names.title(names.arg, c->route, c->state)
	                           : NULL;

	hex_encode(id, sizeof id, slice_of(c->case_id.data, c->case_id.len));
	table_row(t);
	table_cell(t, id, NULL);
	table_cell(t, c->route, NULL);
	table_cell(t, title != NULL ? title : c->state, NULL);
	table_cell(t, c->convenant != NULL ? c->convenant : "-", NULL);
	table_cell(t, c->phase != NULL ? c->phase : "-", NULL);
	table_cell(t,
	    names_label(e->s, c->owner_oin != NULL ? c->owner_oin : "",
	        c->owner_desk != NULL ? c->owner_desk : "", label),
	    NULL);
	table_cell(t, show_time(c->changed_ms, when), NULL);
	table_cellf(t, "%zu", c->n_tasks);
}

int
case_list(struct cli *cli)
{
	const char *headings[] = {tr("CASE"), tr("ROUTE"), tr("STATE"), tr("CONVENANT"),
	    tr("PHASE"), tr("OWNER"), tr("CHANGED"), tr(">WAITING"), NULL};
	AUTO(errand_wipe) struct errand e    = {.cli = cli};
	Sluis__CaseRead                 body = SLUIS__CASE_READ__INIT;

	TRY_STATUS(errand_open(&e));
	TRY_STATUS(errand_ask(&e, TYPE_CASE_READ, &body.base));
	if (cli->json) return cli_json(cli, result_to_json(e.r), RC_OK);
	AUTO(table_destroy) struct table *t = table_new(cli, headings);
	for (size_t i = 0; t != NULL && i < e.r->answer->n_cases; i++)
		list_one(&e, t, e.r->answer->cases[i]);
	if (t != NULL) table_print(t);
	if (e.r->answer->n_cases == 0 && !cli->quiet)
		(void)fprintf(cli->err, "%s\n", tr("This desk has no seat in any case."));
	return 0;
}
