/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_case_share.c - sluis case enrich: what a desk's own sources add, and whether that
 * strengthens the signal.
 */
#include <string.h>

#include "client/command/case/cmd_case.h"
#include "client/command/complain.h"
#include "client/command/share.h"

/* --- the verdict ----------------------------------------------------------------- */

static int
give_verdict(struct cli *cli, const char *word)
{
	AUTO(errand_wipe) struct errand e    = {.cli = cli};
	Sluis__CaseVerdict              body = SLUIS__CASE_VERDICT__INIT;
	uint8_t                         id[ID_BYTES];

	body.strengthened = strcmp(word, "strengthened") == 0;
	if (!body.strengthened && strcmp(word, "not") != 0)
		return complain_code(
		    cli, RC_USAGE, "--verdict", N_("it is `strengthened` or `not`"));
	if (cli->n_args == 2)
		return complain_code(cli, RC_USAGE, cli->args[1],
		    N_("first share the enrichment, then judge it"));
	TRY_STATUS(errand_open(&e));
	TRY_STATUS(errand_case(&e, cli->args[0], id));
	body.has_strengthened = 1;
	body.has_case_id      = 1;
	body.case_id          = errand_id(id);
	TRY_STATUS(errand_ask(&e, TYPE_CASE_VERDICT, &body.base));
	return errand_end(&e, body.strengthened
	                          ? tr("judged: it strengthens the signal")
	                          : tr("judged: it does not strengthen the signal"));
}

/* --- the enrichment -------------------------------------------------------------- */

/* The other desks of our own party at the table of C. */
static rc
own_desks(struct share *h, const Sluis__CaseView *c)
{
	const struct sluis_party *self = sluis_self(h->e.s);

	for (size_t i = 0; i < c->n_participants; i++) {
		const Sluis__Participant *p = c->participants[i];
		if (p->oin == NULL || p->desk == NULL || strcmp(p->oin, self->oin) != 0 ||
		    strcmp(p->desk, self->desk) == 0)
			continue;
		TRY(desks_add(&h->to, p->oin, p->desk));
	}
	share_named(h);
	if (h->to.n != 0) return RC_OK;
	(void)complain_code(h->e.cli, RC_EMPTY_AUDIENCE, "--to",
	    N_("no other desk of this party sits at the table: name the recipients"));
	return RC_EMPTY_AUDIENCE;
}

int
case_enrich(struct cli *cli)
{
	AUTO(share_wipe) struct share h       = {.e = {.cli = cli}};
	const Sluis__CaseView        *c       = NULL;
	const char                   *verdict = cli_value(cli, "verdict");

	if (verdict != NULL) return give_verdict(cli, verdict);
	if (cli->n_args < 2)
		return complain_code(cli, RC_USAGE, "FILE",
		    N_("name the signal that enriches it, or give --verdict"));
	TRY_STATUS(errand_open(&h.e));
	TRY_STATUS(share_in_case(&h, cli->args[0], &c));
	TRY_STATUS(cli_value(cli, "to") != NULL
	               ? share_to(&h, "--to", cli_value(cli, "to"))
	               : own_desks(&h, c));
	TRY_STATUS(share_signal(&h, cli->args[1]));
	h.what.enriches = 1;
	return share_send(&h, true);
}
