/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_case_exchange.c - sluis case exchange: outside the meeting, with the consent of the
 * partners of the convenant.  The id of the request that asks names the exchange; who
 * then shares says so with `signal send --exchange ID`.
 */
#include <string.h>
#include <strings.h>

#include "client/command/case/cmd_case.h"
#include "client/command/complain.h"

/* --- which exchange -------------------------------------------------------------- */

/* The exchange of case VIEW whose id begins with TEXT. */
static rc
find_exchange(
    struct errand *e, const Sluis__CaseView *c, const char *text, uint8_t id[ID_BYTES])
{
	unsigned found = 0;

	if (id_parse(text, id)) return RC_OK;
	for (size_t i = 0; i < c->n_steps; i++) {
		const Sluis__CaseStep *s = c->steps[i];
		char                   hex[ID_BYTES * 2 + 1];
		if (s->kind != SLUIS__STEP_KIND__STEP_EXCHANGE_ASKED ||
		    s->about.len != ID_BYTES)
			continue;
		hex_encode(hex, sizeof hex, slice_of(s->about.data, s->about.len));
		if (strncasecmp(hex, text, strlen(text)) != 0) continue;
		memcpy(id, s->about.data, ID_BYTES);
		found++;
	}
	if (found == 1 && strlen(text) >= 4) return RC_OK;
	rc code = found == 0 ? RC_NOT_FOUND : RC_USAGE;
	(void)complain_code(e->cli, code, text, N_("this case has no such exchange"));
	return code;
}

/* --- how far they are ------------------------------------------------------------ */

struct votes {
	unsigned agreed, objected;
	uint32_t have, need;
	bool     known; /* HAVE of NEED was told */
};

static bool
same_id(const ProtobufCBinaryData *a, const ProtobufCBinaryData *b)
{
	return slice_equal(slice_of(a->data, a->len), slice_of(b->data, b->len));
}

static struct votes
count_votes(const Sluis__CaseView *c, const ProtobufCBinaryData *about)
{
	struct votes v = {0};

	for (size_t i = 0; i < c->n_steps; i++) {
		if (!same_id(&c->steps[i]->about, about)) continue;
		if (c->steps[i]->kind == SLUIS__STEP_KIND__STEP_EXCHANGE_AGREED)
			v.agreed++;
		if (c->steps[i]->kind == SLUIS__STEP_KIND__STEP_EXCHANGE_OBJECTED)
			v.objected++;
	}
	for (size_t i = 0; i < c->n_tasks; i++) {
		const Sluis__Task *t = c->tasks[i];
		if (t->kind != SLUIS__TASK_KIND__TASK_AGREE || !t->has_need ||
		    !same_id(&t->about, about))
			continue;
		v.known = true;
		v.have  = t->have;
		v.need  = t->need;
	}
	return v;
}

static void
print_votes(FILE *to, const struct votes *v)
{
	if (v->objected != 0)
		(void)fputs(tr("a partner objects: it may not go on"), to);
	else if (v->known)
		(void)fprintf(to, tr("waiting for agreement %u/%u"), (unsigned)v->have,
		    (unsigned)v->need);
	else
		(void)fputs(tr("agreed: it may go on"), to);
}

static int
list_exchanges(struct errand *e, const Sluis__CaseView *c)
{
	struct telling t   = errand_telling(e, c->route);
	bool           any = false;

	if (e->cli->json) return cli_json(e->cli, result_to_json(e->r), RC_OK);
	for (size_t i = 0; i < c->n_steps; i++) {
		const Sluis__CaseStep *s = c->steps[i];
		if (s->kind != SLUIS__STEP_KIND__STEP_EXCHANGE_ASKED) continue;
		struct votes v = count_votes(c, &s->about);
		any            = true;
		tell_step(&t, s);
		(void)fputs(": ", e->cli->out);
		print_votes(e->cli->out, &v);
		(void)fputc('\n', e->cli->out);
	}
	if (!any && !e->cli->quiet)
		(void)fprintf(e->cli->err, "%s\n",
		    tr("Nobody asked to exchange outside the meeting."));
	return 0;
}

/* --- asking and voting ----------------------------------------------------------- */

static int
ask_exchange(struct errand *e, Sluis__CaseExchange *body)
{
	AUTO(auto_free) struct desks *who = calloc(1, sizeof *who);
	char                          id[ID_BYTES * 2 + 1], line[120];

	if (who == NULL) return complain_code(e->cli, RC_NOMEM, NULL, NULL);
	TRY_STATUS(desks_read(e->cli, e->s, "--with", cli_value(e->cli, "with"), who));
	body->n_with = who->n;
	body->with   = who->list;
	TRY_STATUS(errand_ask(e, TYPE_CASE_EXCHANGE, &body->base));
	hex_encode(id, sizeof id, slice_of(sluis_result_trace_id(e->r), ID_BYTES));
	(void)snprintf(line, sizeof line, "%s %s", tr("asked: exchange"), id);
	return errand_end(e, line);
}

static int
vote(struct errand *e, Sluis__CaseExchange *body, const Sluis__CaseView *c)
{
	const char *agree = cli_value(e->cli, "agree");
	uint8_t     id[ID_BYTES];

	TRY_STATUS(
	    find_exchange(e, c, agree != NULL ? agree : cli_value(e->cli, "object"), id));
	body->has_exchange_id = 1;
	body->exchange_id     = errand_id(id);
	body->has_agree       = 1;
	body->agree           = agree != NULL;
	TRY_STATUS(errand_ask(e, TYPE_CASE_EXCHANGE, &body->base));
	return errand_end(e, agree != NULL ? tr("agreed") : tr("objected"));
}

int
case_exchange(struct cli *cli)
{
	AUTO(errand_wipe) struct errand e    = {.cli = cli};
	Sluis__CaseExchange             body = SLUIS__CASE_EXCHANGE__INIT;
	const Sluis__CaseView          *c    = NULL;
	uint8_t                         id[ID_BYTES];
	unsigned n = (unsigned)cli_flag(cli, "with") + (unsigned)cli_flag(cli, "agree") +
	             (unsigned)cli_flag(cli, "object");

	if (n > 1)
		return complain_code(
		    cli, RC_USAGE, "--with, --agree, --object", N_("give one of them"));
	TRY_STATUS(errand_open(&e));
	TRY_STATUS(errand_case(&e, cli->args[0], id));
	body.has_case_id = 1;
	body.case_id     = errand_id(id);
	if (cli_flag(cli, "with")) return ask_exchange(&e, &body);
	TRY_STATUS(errand_view(&e, id, &c));
	return n == 0 ? list_exchanges(&e, c) : vote(&e, &body, c);
}
