/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_case_move.c - sluis case decide | move | close: steps of the route.
 *
 * A step that changes convenant or phase is confirmed with a hash over what it changes,
 * which the broker gave when it was only asked; the same answer is shown here.  The hash
 * of what was shown is kept, so that --confirm agrees to that and to nothing that came
 * in its place since.
 */
#include <string.h>

#include "client/command/case/cmd_case.h"
#include "client/command/case/phrase.h"
#include "client/command/case/route_title.h"
#include "client/command/complain.h"
#include "client/kept.h"

struct move { /* borrowed by BODY */
	uint8_t         id[ID_BYTES];
	uint8_t         confirmation[HASH_BYTES];
	char            step[STEP_ID_MAX];
	struct desks    assigned;
	Sluis__CaseMove body;
};

/* --- which step ------------------------------------------------------------------ */

/* "verrijkt" in a case on the route nijmegen is "nijmegen.verrijkt". */
static rc
read_step(struct errand *e, struct move *m, const char *word)
{
	const Sluis__CaseView *c     = NULL;
	const char            *route = "", *dot = "";

	if (strchr(word, '.') == NULL) {
		TRY(errand_view(e, m->id, &c));
		route = c->route != NULL ? c->route : "";
		dot   = ".";
	}
	if (snprintf(m->step, sizeof m->step, "%s%s%s", route, dot, word) >=
	    STEP_ID_MAX) {
		(void)complain_code(e->cli, RC_USAGE, word, N_("is too long"));
		return RC_USAGE;
	}
	m->body.transition = m->step;
	return RC_OK;
}

/* Whatever this desk may do now that ends in a closed state. */
static rc
find_closing(struct errand *e, struct move *m)
{
	const Sluis__CaseView *c     = NULL;
	unsigned               found = 0;

	TRY(errand_view(e, m->id, &c));
	(void)errand_telling(e, c->route); /* for the policy */
	for (size_t i = 0; i < c->n_transitions; i++) {
		if (!route_step_closes(e->policy, c->route, c->transitions[i])) continue;
		(void)snprintf(m->step, sizeof m->step, "%s", c->transitions[i]);
		found++;
	}
	m->body.transition = m->step;
	if (found == 1) return RC_OK;
	(void)complain_code(e->cli, found == 0 ? RC_NOT_YOUR_STEP : RC_USAGE,
	    e->cli->args[0],
	    found == 0 ? N_("from here this desk cannot close it")
	               : N_("more than one step closes it: name the one that is meant"));
	return found == 0 ? RC_NOT_YOUR_STEP : RC_USAGE;
}

static rc
read_assigned(struct errand *e, struct move *m)
{
	const char *list = cli_value(e->cli, "assign");

	if (list == NULL) return RC_OK;
	TRY(desks_read(e->cli, e->s, "--assign", list, &m->assigned));
	m->body.n_assigned = m->assigned.n;
	m->body.assigned   = m->assigned.list;
	return RC_OK;
}

static rc
read_layer(struct errand *e, struct move *m)
{
	uint64_t layer;

	TRY(cli_number(e->cli, "layer", 1, &layer));
	if (layer == 1) return RC_OK;
	if (layer != 2) {
		(void)complain_code(
		    e->cli, RC_USAGE, "--layer", N_("there are layer 1 and layer 2"));
		return RC_USAGE;
	}
	m->body.has_layer = 1;
	m->body.layer     = 2;
	return RC_OK;
}

static rc
read_move(struct errand *e, struct move *m)
{
	sluis__case_move__init(&m->body);
	TRY(errand_open(e));
	TRY(errand_case(e, e->cli->args[0], m->id));
	m->body.has_case_id = 1;
	m->body.case_id     = errand_id(m->id);
	TRY(read_assigned(e, m));
	TRY(read_layer(e, m));
	return e->cli->n_args == 2 ? read_step(e, m, e->cli->args[1])
	                           : find_closing(e, m);
}

/* --- making it ------------------------------------------------------------------- */

/* Only ask what M would change; show it, and keep what confirms it. */
static rc
ask_first(struct errand *e, struct move *m)
{
	m->body.has_only_ask = 1;
	m->body.only_ask     = 1;
	rc code              = errand_ask(e, TYPE_CASE_MOVE, &m->body.base);
	m->body.has_only_ask = 0;
	m->body.only_ask     = 0;
	TRY(code);
	const uint8_t *hash = sluis_result_confirmation(e->r);
	if (!e->cli->json) show_shifts(e, e->r->answer->n_shifts, e->r->answer->shifts);
	if (hash == NULL) return RC_OK;
	memcpy(m->confirmation, hash, HASH_BYTES);
	m->body.has_confirmation = 1;
	m->body.confirmation     = message_borrow_bytes(m->confirmation, HASH_BYTES);
	return RC_OK;
}

#define KEPT_SHOWN "case", "shown" /* the hash, then the step */

/* Remember what was shown; without it --confirm shows it again, and no more. */
static void
keep_shown(struct errand *e, const struct move *m)
{
	AUTO(buf_wipe) struct buf shown = buf_init(HASH_BYTES + STEP_ID_MAX);

	if (!m->body.has_confirmation ||
	    buf_append(&shown, slice_of(m->confirmation, HASH_BYTES)) != RC_OK ||
	    buf_append(&shown, slice_str(m->step)) != RC_OK)
		return;
	ignore(kept_write_case(
	    cli_party_dir(e->cli), KEPT_SHOWN, m->id, m->id, buf_slice(&shown)));
}

/* What is confirmed now has to be what was shown before, if this step was. */
static rc
check_shown(struct errand *e, const struct move *m)
{
	AUTO(buf_wipe) struct buf shown = buf_init(HASH_BYTES + STEP_ID_MAX);
	const char               *dir   = cli_party_dir(e->cli);

	if (!m->body.has_confirmation || dir == NULL ||
	    kept_read(dir, KEPT_SHOWN, m->id, &shown) != RC_OK || shown.n < HASH_BYTES)
		return RC_OK;
	struct slice hash = slice_of(shown.p, HASH_BYTES);
	struct slice step = slice_of(shown.p + HASH_BYTES, shown.n - HASH_BYTES);
	if (!slice_equal(step, slice_str(m->step)) ||
	    slice_equal(hash, slice_of(m->confirmation, HASH_BYTES)))
		return RC_OK;
	keep_shown(e, m);
	(void)complain_code(e->cli, RC_NOT_CONFIRMED, m->step,
	    N_("it changes other things now than it did when it was shown"));
	return RC_NOT_CONFIRMED;
}

static void
print_how(struct errand *e, const struct move *m)
{
	if (e->cli->quiet || e->cli->json) return;
	(void)fprintf(e->cli->err, "%s sluis case %s %s %s --confirm\n",
	    tr("Nothing has changed yet. To do it:"), e->cli->verb->name, e->cli->args[0],
	    m->step);
}

/* Where the case C came by the step. */
static void
say_place(struct errand *e, FILE *to, const Sluis__CaseView *c)
{
	struct telling t = errand_telling(e, c->route);

	t.to = to;
	(void)fprintf(to, " %s ", tr("to"));
	tell_state(&t, c->state);
	(void)fprintf(to, "; %s ", tr("in force now:"));
	phrase_put(to, c->convenant != NULL ? c->convenant : tr("nothing"));
	if (c->phase == NULL) return;
	(void)fprintf(to, ", %s ", tr("phase"));
	phrase_put(to, c->phase);
}

/* The step, where its case is not shown any more: it was shielded. */
static void
say_step(struct errand *e, FILE *to, const char *step)
{
	char route[STEP_ID_MAX];

	(void)snprintf(route, sizeof route, "%.*s", (int)strcspn(step, "."), step);
	(void)errand_telling(e, route); /* for the policy */
	const char *title = route_step_title(e->policy, route, step);
	(void)fprintf(to, ": %s", title != NULL ? title : step);
}

static int
print_moved(struct errand *e, const struct move *m)
{
	AUTO(auto_free) char *line = NULL;
	size_t                n;
	FILE                 *to = open_memstream(&line, &n);

	if (to == NULL) return complain_code(e->cli, RC_NOMEM, NULL, NULL);
	(void)fputs(tr("moved"), to);
	if (e->r->answer->n_cases != 0)
		say_place(e, to, e->r->answer->cases[0]);
	else
		say_step(e, to, m->step);
	(void)fclose(to);
	return errand_end(e, line);
}

/* Make the step; where it has to be confirmed and was not, show what it changes. */
static int
make(struct errand *e, struct move *m)
{
	if (cli_flag(e->cli, "confirm")) {
		TRY_STATUS(ask_first(e, m));
		TRY_STATUS(check_shown(e, m));
	}
	rc code = errand_try(e, TYPE_CASE_MOVE, &m->body.base);
	if (code == RC_OK) return print_moved(e, m);
	if (code != RC_NOT_CONFIRMED || e->cli->json) return errand_complain(e, code);
	TRY_STATUS(ask_first(e, m));
	keep_shown(e, m);
	return complain_code(e->cli, RC_NOT_CONFIRMED, m->step, NULL);
}

int
case_move(struct cli *cli)
{
	AUTO(errand_wipe) struct errand e = {.cli = cli};
	AUTO(auto_free) struct move    *m = calloc(1, sizeof *m);

	if (m == NULL) return complain_code(cli, RC_NOMEM, NULL, NULL);
	TRY_STATUS(read_move(&e, m));
	return make(&e, m);
}

int
case_close(struct cli *cli)
{
	return case_move(cli);
}

int
case_decide(struct cli *cli)
{
	AUTO(errand_wipe) struct errand e = {.cli = cli};
	AUTO(auto_free) struct move    *m = calloc(1, sizeof *m);

	if (m == NULL) return complain_code(cli, RC_NOMEM, NULL, NULL);
	TRY_STATUS(read_move(&e, m));
	if (cli_flag(cli, "confirm")) return make(&e, m);
	TRY_STATUS(ask_first(&e, m));
	keep_shown(&e, m);
	if (cli->json) return cli_json(cli, result_to_json(e.r), RC_OK);
	print_how(&e, m);
	return 0;
}
