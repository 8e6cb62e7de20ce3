/* SPDX-License-Identifier: EUPL-1.2 */
/* cmd_policy_check.c - sluis policy check: does a policy load, and what does it hold? */
#include <stdlib.h>

#include "client/cmd_policy.h"
#include "client/complain.h"
#include "client/jsonfile.h"
#include "client/shipped.h"

static json_t *
findings_json(const struct findings *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->n; i++)
		(void)json_array_append_new(
		    list, json_pack("{s:s, s:i, s:i, s:b, s:s}", "file", f->at[i].file,
		              "line", (int)f->at[i].line, "column", (int)f->at[i].column,
		              "fatal", f->at[i].fatal ? 1 : 0, "text", f->at[i].text));
	return list;
}

static json_t *
names_json(const char *const *names)
{
	json_t *list = json_array();

	for (; *names != NULL; names++)
		(void)json_array_append_new(list, json_string(*names));
	return list;
}

static json_t *
convenants_json(const struct policy *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < policy_n_convenants(p); i++) {
		const struct convenant_info *c = policy_convenant_at(p, i);
		(void)json_array_append_new(list,
		    json_pack("{s:s, s:s, s:s, s:o, s:o}", "id", c->id, "title", c->title,
		        "article", c->article, "phases", names_json(c->phases),
		        "purposes", names_json(c->purposes)));
	}
	return list;
}

static int
check_json(struct cli *cli, const struct policy *p, const struct findings *f, rc code)
{
	json_t *o = json_pack("{s:b, s:o}", "accepted", code == RC_OK ? 1 : 0, "findings",
	    findings_json(f));
	char    hex[HASH_BYTES * 2 + 1];

	if (p != NULL) {
		hex_encode(hex, slice_of(policy_hash(p)->b, HASH_BYTES));
		(void)json_object_set_new(o, "bundle", json_string(hex));
		(void)json_object_set_new(o, "convenants", convenants_json(p));
		(void)json_object_set_new(
		    o, "rules", json_integer((json_int_t)policy_n_rules(p)));
		(void)json_object_set_new(
		    o, "parties", json_integer((json_int_t)policy_n_parties(p)));
	}
	return cli_json(cli, o, code);
}

static void
print_names(struct cli *cli, const char *label, const char *const *names)
{
	(void)fprintf(cli->out, "  %s", label);
	for (; *names != NULL; names++) (void)fprintf(cli->out, " %s", *names);
	(void)fputc('\n', cli->out);
}

static int
print_policy(struct cli *cli, const struct policy *p)
{
	char hex[HASH_BYTES * 2 + 1];

	hex_encode(hex, slice_of(policy_hash(p)->b, HASH_BYTES));
	for (size_t i = 0; i < policy_n_convenants(p); i++) {
		const struct convenant_info *c = policy_convenant_at(p, i);
		(void)fprintf(cli->out, "%s: %s (%s)\n", c->id, c->title, c->article);
		print_names(cli, tr("phases:"), c->phases);
		print_names(cli, tr("purposes:"), c->purposes);
	}
	(void)fprintf(cli->out, "%s %zu, %s %zu, %s %s\n", tr("rules:"),
	    policy_n_rules(p), tr("parties:"), policy_n_parties(p), tr("bundle:"), hex);
	return 0;
}

int
run_policy_check(struct cli *cli)
{
	AUTO(policy_destroy) struct policy *p        = NULL;
	AUTO(auto_free) struct findings    *findings = calloc(1, sizeof *findings);

	if (findings == NULL) return complain_code(cli, RC_NOMEM, NULL, NULL);
	rc code = policy_read(cli->args[0], &p, findings);
	if (cli->json) return check_json(cli, p, findings, code);
	findings_print(cli, code == RC_OK ? cli->out : cli->err, findings);
	if (code != RC_OK) return complain_code(cli, code, cli->args[0], NULL);
	return print_policy(cli, p);
}
