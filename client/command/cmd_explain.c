/* SPDX-License-Identifier: EUPL-1.2 */
/* cmd_explain.c - sluis explain ID: why each field went, or did not go, to whom. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/command/complain.h"
#include "client/command/names.h"
#include "client/command/show.h"
#include "client/handle.h"
#include "client/kept.h"
#include "client/result.h"
#include "proto/auto.h"

/* A journal index: digits only, and shorter than an id. */
static bool
is_index(const char *text, uint64_t *ret)
{
	if (text[0] == '\0' || strspn(text, "0123456789") != strlen(text)) return false;
	errno = 0;
	*ret  = strtoull(text, NULL, 10);
	return errno == 0 && strlen(text) < ID_BYTES * 2;
}

static void
show_entries(struct cli *cli, const struct sluis *s, const struct sluis_result *r)
{
	for (size_t i = 0; i < sluis_result_n_entries(r); i++) {
		if (i != 0) (void)fputc('\n', cli->out);
		show_entry(cli, s, sluis_result_entry(r, i));
		show_lack_of_detail(cli, sluis_result_entry(r, i));
	}
}

/* There is no such decision.  ID, NULL where it was a number, may be that of a delivery:
 * why that holds what it holds is asked otherwise. */
static int
complain_unknown(struct cli *cli, const uint8_t id[ID_BYTES])
{
	const char *dir  = cli_party_dir(cli);
	bool        kept = false;

	if (id != NULL && kept_exists(dir, KEPT_DELIVERY, id, NULL, &kept) != RC_OK)
		return complain_code(cli, RC_DISK, dir, NULL);
	return complain_code(cli, RC_NOT_FOUND, cli->args[0],
	    kept ? N_("this is a delivery: sluis audit why --trace tells what it gave")
	         : N_("there is no such decision, or it is not for this desk to see"));
}

static int
run_explain(struct cli *cli)
{
	AUTO(sluis_close) struct sluis                 *s = NULL;
	AUTO(sluis_result_destroy) struct sluis_result *r = NULL;
	uint8_t                                         id[ID_BYTES];
	uint64_t                                        index;

	rc code = cli_open(cli, &s);
	if (code != RC_OK) return rc_exit_status(code);
	bool by_index = is_index(cli->args[0], &index);
	if (!by_index) {
		code = id_find(
		    cli->args[0], cli_party_dir(cli), KEPT_REQUEST, &s->error, id);
		if (code != RC_OK)
			return complain_id(cli, code, &s->error, cli->args[0],
			    N_("this is neither the id of a signal nor the number of an "
			       "entry"));
	}
	code = code_in(by_index ? sluis_explain_entry(s, index, cli->timeout_ms, &r)
	                        : sluis_explain(s, id, cli->timeout_ms, &r));
	if (code == RC_NOT_FOUND) return complain_unknown(cli, by_index ? NULL : id);
	if (code != RC_OK) return complain_handle(cli, s);
	if (cli->json) return cli_json(cli, result_to_json(r), RC_OK);
	if (sluis_result_n_outcomes(r) != 0)
		show_outcomes(cli, s, r);
	else
		show_entries(cli, s, r);
	return 0;
}

const struct verb verbs_explain[] = {
    {"explain", NULL, "ID", 1, 1, NULL,
        N_("why each field was shared or not: id of a signal, or number of a journal "
           "entry"),
        run_explain},
    {.noun = NULL},
};
