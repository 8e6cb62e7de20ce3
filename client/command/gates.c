/* SPDX-License-Identifier: EUPL-1.2 */
/* gates.c - other verbs run silently, and heard only when they object. */
#include "client/command/gates.h"

#include <stdlib.h>
#include <string.h>

#include "client/command/complain.h"
#include "proto/auto.h"

static const struct verb *
find(const char *name)
{
	const struct verb *v;

	for (size_t i = 0; (v = cli_verb_at(i)) != NULL; i++)
		if (strcmp(v->noun, "policy") == 0 && v->name != NULL &&
		    strcmp(v->name, name) == 0)
			return v;
	return NULL;
}

/* Run verb V on CLI's arguments, without options; what it says goes to *RET_TEXT. */
static int
run_aside(const struct cli *cli, const struct verb *v, char **ret_text)
{
	struct cli aside  = *cli;
	size_t     n      = 0;
	FILE      *stream = open_memstream(ret_text, &n);

	if (stream == NULL) return rc_exit_status(RC_NOMEM);
	memset(aside.values, 0, sizeof aside.values);
	aside.verb     = v;
	aside.json     = false;
	aside.colour   = false;
	aside.progress = false;
	aside.out = aside.err = stream;
	int status            = v->run(&aside);
	(void)fclose(stream);
	return status;
}

static int
pass(struct cli *cli, const char *name)
{
	AUTO(auto_free) char *text = NULL;
	const struct verb    *v    = find(name);

	if (v == NULL) return 0;
	int status = run_aside(cli, v, &text);
	if (status == 0 || status == rc_exit_status(RC_NOT_FOUND)) return 0;
	if (!cli->json && text != NULL) (void)fputs(text, cli->err);
	return status;
}

int
gates_pass(struct cli *cli, const char **ret_advice)
{
	int status  = pass(cli, "prove");
	*ret_advice = N_("sluis policy prove DIR");

	if (status != 0) return status;
	*ret_advice = N_("sluis policy test DIR");
	return pass(cli, "test");
}
