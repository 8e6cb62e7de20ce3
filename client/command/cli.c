/* SPDX-License-Identifier: EUPL-1.2 */
/* cli.c - what verbs ask of their command line, and the list of all verbs. */
#include "client/command/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/command/complain.h"
#include "client/command/expiry.h"
#include "client/jsonfile.h"

static const struct verb *const tables[] = {verbs_signal, verbs_inbox, verbs_case,
    verbs_feedback, verbs_recall, verbs_subject, verbs_reveal, verbs_link, verbs_respond,
    verbs_queue, verbs_explain, verbs_audit, verbs_policy, verbs_party, verbs_key,
    verbs_demo, verbs_help};

enum { N_TABLES = sizeof tables / sizeof tables[0] };

const struct verb *
cli_verb_at(size_t i)
{
	for (size_t t = 0; t < N_TABLES; t++)
		for (const struct verb *v = tables[t]; v->noun != NULL; v++)
			if (i-- == 0) return v;
	return NULL;
}

const char *
cli_value(const struct cli *cli, const char *name)
{
	const struct option *o = cli->verb->options;

	for (size_t i = 0; o != NULL && o[i].name != NULL; i++)
		if (strcmp(o[i].name, name) == 0) return cli->values[i];
	return NULL;
}

bool
cli_flag(const struct cli *cli, const char *name)
{
	return cli_value(cli, name) != NULL;
}

rc
cli_number(struct cli *cli, const char *name, uint64_t fallback, uint64_t *ret)
{
	const char *text = cli_value(cli, name);
	char       *end;

	*ret = fallback;
	if (text == NULL) return RC_OK;
	errno                = 0;
	unsigned long long n = strtoull(text, &end, 10);
	bool good = text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0;
	if (!good) {
		char where[64];
		(void)snprintf(where, sizeof where, "--%s", name);
		(void)complain_code(cli, RC_USAGE, where, N_("a whole number is needed"));
		return RC_USAGE;
	}
	*ret = n;
	return RC_OK;
}

const char *
cli_required(struct cli *cli, const char *name)
{
	const char *value = cli_value(cli, name);
	char        where[64];

	if (value != NULL && value[0] != '\0') return value;
	(void)snprintf(where, sizeof where, "--%s", name);
	(void)complain_code(cli, RC_USAGE, where, N_("this option must be given"));
	return NULL;
}

const char *
cli_party_dir(struct cli *cli)
{
	const char *dir = cli->party != NULL ? cli->party : getenv("SLUIS_PARTY");

	if (dir != NULL && dir[0] != '\0') return dir;
	(void)complain_code(cli, RC_USAGE, "--party",
	    N_("name the party folder to act for, with --party DIR or SLUIS_PARTY"));
	return NULL;
}

rc
cli_open(struct cli *cli, struct sluis **ret)
{
	struct sluis_error e;
	const char        *dir = cli_party_dir(cli);

	if (dir == NULL) return RC_USAGE;
	rc code = code_in(sluis_open(ret, dir, &e));
	if (code == RC_OK) expiry_warn(cli, dir);
	if (code != RC_OK) (void)complain(cli, &e);
	return code;
}

int
cli_json(struct cli *cli, json_t *json, rc code)
{
	AUTO(json_release) json_t *owned = json;

	if (owned == NULL) return complain_code(cli, RC_NOMEM, NULL, NULL);
	(void)json_dumpf(owned, cli->out, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	(void)fputc('\n', cli->out);
	return rc_exit_status(code);
}

json_t *
cli_json_names(const char *const *names)
{
	json_t *list = json_array();

	for (; *names != NULL; names++)
		(void)json_array_append_new(list, json_string(*names));
	return list;
}
