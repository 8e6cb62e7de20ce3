/* SPDX-License-Identifier: EUPL-1.2 */
/* cmd_policy_check.c - sluis policy check: does a policy load, and what does it hold? */
#include <stdlib.h>
#include <time.h>

#include "certs/file.h"
#include "client/command/complain.h"
#include "client/command/policy/certified.h"
#include "client/command/policy/cmd_policy.h"
#include "client/command/shipped.h"
#include "client/jsonfile.h"

static json_t *
convenants_json(const struct policy *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < policy_n_convenants(p); i++) {
		const struct convenant_info *c = policy_convenant_at(p, i);
		(void)json_array_append_new(list,
		    json_pack("{s:s, s:s, s:s, s:o, s:o}", "id", c->id, "title", c->title,
		        "article", c->article, "phases", cli_json_names(c->phases),
		        "purposes", cli_json_names(c->purposes)));
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
		hex_encode(hex, sizeof hex, slice_of(policy_hash(p)->b, HASH_BYTES));
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

	hex_encode(hex, sizeof hex, slice_of(policy_hash(p)->b, HASH_BYTES));
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

/* --- checking -------------------------------------------------------------------- */

const struct option options_policy_check[] = {
    {"today", "DATE", N_("as if it were this day: YYYY-MM-DD")},
    {"certificates", "DIR", N_("also: which parties have no certificate in this folder")},
    {"anchors", "FILE", N_("with --certificates: the CA certificates, PEM")},
    {"crl", "FILE", N_("with --certificates: the revocation lists, PEM")},
    {"strict", NULL, N_("a warning counts as a mistake")},
    {NULL, NULL, NULL},
};

static rc
read_trust(const char *anchors, const char *crl, struct trust **ret)
{
	AUTO(buf_wipe) struct buf a = buf_init(PEM_MAX), c = buf_init(PEM_MAX);
	TRY(file_read(anchors, PEM_MAX, false, &a));
	TRY(file_read(crl, PEM_MAX, false, &c));
	return trust_load(buf_slice(&a), buf_slice(&c), ret);
}

/* The place of a failure goes to *RET_WHERE. */
static rc
check_certificates(struct cli *cli, const struct policy *p, int64_t now_s,
    struct findings *f, const char **ret_where)
{
	AUTO(trust_destroy) struct trust *trust   = NULL;
	const char                       *dir     = cli_value(cli, "certificates");
	const char                       *anchors = cli_value(cli, "anchors");
	const char                       *crl     = cli_value(cli, "crl");
	if (dir == NULL) return anchors == NULL && crl == NULL ? RC_OK : RC_USAGE;
	if (anchors == NULL || crl == NULL) return RC_USAGE;
	*ret_where = anchors;
	TRY(read_trust(anchors, crl, &trust));
	*ret_where = dir;
	return certified_check(p, trust, dir, now_s, f);
}

/* What loads is looked at more closely. */
static rc
look_closer(
    struct cli *cli, const struct policy *p, struct findings *f, const char **ret_where)
{
	int64_t     now_s = (int64_t)time(NULL);
	int32_t     today = date_of_ms((uint64_t)now_s * 1000);
	const char *date  = cli_value(cli, "today");
	*ret_where        = date;
	if (date != NULL && !date_parse(date, &today)) return RC_USAGE;
	*ret_where = NULL;
	if (date != NULL) now_s = (int64_t)today * 24 * 60 * 60;
	TRY(policy_lint(p, today, f));
	return check_certificates(cli, p, now_s, f, ret_where);
}

int
run_policy_check(struct cli *cli)
{
	AUTO(policy_destroy) struct policy *p        = NULL;
	AUTO(auto_free) struct findings    *findings = calloc(1, sizeof *findings);
	const char                         *where    = cli->args[0];

	if (findings == NULL) return complain_code(cli, RC_NOMEM, NULL, NULL);
	findings->translate = tr;
	rc code             = policy_read(cli->args[0], &p, findings);
	if (code == RC_OK) {
		code = look_closer(cli, p, findings, &where);
		if (code != RC_OK)
			return complain_code(cli, code, where,
			    N_("--certificates goes with --anchors and --crl; a date is "
			       "YYYY-MM-DD"));
		if (cli_flag(cli, "strict") && findings->n > 0) code = RC_POLICY;
		where = cli->args[0];
	}
	if (cli->json) return check_json(cli, p, findings, code);
	findings_print(cli, code == RC_OK ? cli->out : cli->err, findings);
	if (code != RC_OK) return complain_code(cli, code, where, NULL);
	return print_policy(cli, p);
}
