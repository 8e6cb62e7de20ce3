/* SPDX-License-Identifier: EUPL-1.2 */
/* cmd_policy_sign.c - sluis policy sign: a party approves a policy bundle. */
#include <stdlib.h>
#include <string.h>

#include "client/command/complain.h"
#include "client/command/policy/cmd_policy.h"
#include "client/command/policy/sign.h"
#include "client/command/shipped.h"
#include "client/command/show.h"
#include "proto/auto.h"

const struct option options_policy_sign[] = {
    {"certificate", "FILE",
        N_("the certificate with its intermediates (default: that of --party)")},
    {"key", "FILE", N_("its private key (default: that of --party)")},
    {"on-behalf-of", "OIN,...", N_("other parties for which this one signs too")},
    {NULL, NULL, NULL},
};

struct paths {
	char chain[FILE_PATH_MAX], key[FILE_PATH_MAX];
};

/* Certificate and key: both named, or both those of the party folder. */
static rc
find_key(struct cli *cli, struct paths *p)
{
	const char *certificate = cli_value(cli, "certificate");
	const char *key         = cli_value(cli, "key");
	const char *party       = certificate == NULL ? cli_party_dir(cli) : NULL;

	if (certificate == NULL && party == NULL) return RC_USAGE;
	if ((certificate == NULL) != (key == NULL)) {
		(void)complain_code(cli, RC_USAGE, "--key",
		    N_("give both --certificate and --key, or neither"));
		return RC_USAGE;
	}
	rc code = certificate != NULL ? path_join(p->chain, ".", certificate)
	                              : path_join(p->chain, party, "chain.pem");
	if (code == RC_OK)
		code = key != NULL ? path_join(p->key, ".", key)
		                   : path_join(p->key, party, "private-key.pem");
	if (code != RC_OK) (void)complain_code(cli, code, "--certificate", NULL);
	return code;
}

/* Cut TEXT at its commas; how many parts. */
static size_t
split(char *text, const char *out[BEHALF_MAX + 1])
{
	size_t n = 0;

	for (char *at = text; at != NULL && n <= BEHALF_MAX;) {
		out[n++]    = at;
		char *comma = strchr(at, ',');
		if (comma != NULL) *comma++ = '\0';
		at = comma;
	}
	return n;
}

static bool
is_on(const struct approval_info *a, const char *oin)
{
	for (size_t k = 0; k < a->n_of; k++)
		if (strcmp(a->of[k], oin) == 0) return true;
	return false;
}

/* Whether a list of P asks OIN. */
static bool
is_asked(const struct policy *p, const char *oin)
{
	for (size_t i = 0; i < policy_n_approvals(p); i++)
		if (is_on(policy_approval_at(p, i), oin)) return true;
	return false;
}

static const char *
name_of(const struct policy *p, const char *oin)
{
	const struct party *found = policy_party(p, oin);

	return found == NULL ? oin : found->name;
}

/* ", on behalf of A, B" */
static void
print_behalf(struct cli *cli, const struct policy *p, const struct endorsement *e)
{
	if (e->n_behalf > 0) (void)fprintf(cli->out, ", %s", tr("on behalf of"));
	for (size_t i = 0; i < e->n_behalf; i++)
		(void)fprintf(
		    cli->out, "%s %s", i == 0 ? "" : ",", name_of(p, e->behalf[i]));
}

/* Signing for OIN only counts where the policy lets it. */
static void
warn_mandate(struct cli *cli, const struct policy *p, const struct endorsement *by,
    const char *oin)
{
	int32_t     today = date_of_ms(by->signed_ms);
	const char *name  = name_of(p, oin);

	for (size_t i = 0; i < policy_n_approvals(p); i++) {
		const struct approval_info *a = policy_approval_at(p, i);
		if (!is_on(a, oin) ||
		    policy_signs_for(p, by->oin, oin, a->convenant, today))
			continue;
		(void)fprintf(cli->err, "%s", tr("warning: "));
		(void)fprintf(cli->err,
		    tr("%s has not let you sign for it under %s: it will not count"),
		    name, a->convenant);
		(void)fputc('\n', cli->err);
	}
	if (is_asked(p, oin)) return;
	(void)fprintf(cli->err, "%s%s: %s\n", tr("warning: "), name,
	    tr("no approval list of this policy asks this party; that of the "
	       "policy in force may"));
}

static void
print_former(struct cli *cli, const struct policy *p, const struct endorsement *former)
{
	char when[TIME_TEXT_MAX];

	if (former->oin[0] == '\0') return;
	(void)fprintf(cli->out, tr("replaces the signature of desk %s of %s"),
	    former->desk, show_time(former->signed_ms, when));
	print_behalf(cli, p, former);
	(void)fputc('\n', cli->out);
}

static json_t *
signed_json(const struct endorsement *e, const struct endorsement *former,
    const char *hex, bool asked)
{
	json_t *o      = json_pack("{s:s, s:I, s:s, s:s, s:b}", "bundle", hex, "version",
	         (json_int_t)e->version, "oin", e->oin, "desk", e->desk, "asked",
            asked ? 1 : 0);
	json_t *behalf = json_array();

	for (size_t i = 0; i < e->n_behalf; i++)
		(void)json_array_append_new(behalf, json_string(e->behalf[i]));
	if (e->n_behalf > 0) (void)json_object_set(o, "on_behalf_of", behalf);
	json_decref(behalf);
	if (former->oin[0] != '\0')
		(void)json_object_set_new(o, "replaced",
		    json_pack("{s:s, s:I}", "desk", former->desk, "signed_ms",
		        (json_int_t)former->signed_ms));
	return o;
}

static void
print_warnings(
    struct cli *cli, const struct policy *p, const struct endorsement *e, bool asked)
{
	if (!asked)
		(void)fprintf(cli->err, "%s%s\n", tr("warning: "),
		    tr("no approval list of this policy asks this party; that of the "
		       "policy in force may"));
	for (size_t i = 0; i < e->n_behalf; i++) warn_mandate(cli, p, e, e->behalf[i]);
}

static int
print_signed(struct cli *cli, const struct policy *p, const struct endorsement *e,
    const struct endorsement *former)
{
	char hex[2 * HASH_BYTES + 1];
	bool asked = is_asked(p, e->oin);

	hex_encode(hex, sizeof hex, slice_of(e->bundle.b, HASH_BYTES));
	if (cli->json) return cli_json(cli, signed_json(e, former, hex, asked), RC_OK);
	(void)fprintf(cli->out, "%s %s/signatures/%s.sig\n%s %s, %s %llu\n%s %s (%s)",
	    tr("made"), cli->args[0], e->oin, tr("bundle:"), hex, tr("version:"),
	    (unsigned long long)e->version, tr("signed by"), e->organisation, e->oin);
	print_behalf(cli, p, e);
	(void)fputc('\n', cli->out);
	print_former(cli, p, former);
	print_warnings(cli, p, e, asked);
	if (!cli->quiet)
		(void)fprintf(cli->out, "%s sluis policy signatures %s --broker D\n",
		    tr("next:"), cli->args[0]);
	return 0;
}

int
run_policy_sign(struct cli *cli)
{
	AUTO(policy_destroy) struct policy *p    = NULL;
	const char                         *list = cli_value(cli, "on-behalf-of");
	AUTO(auto_free) char               *text = list == NULL ? NULL : strdup(list);
	const char                         *behalf[BEHALF_MAX + 1];
	struct paths                        paths;
	struct endorsement                  by, former;
	struct sluis_error                  e;

	rc code = policy_open(cli, cli->args[0], &p);
	if (code == RC_OK) code = find_key(cli, &paths);
	if (code != RC_OK) return rc_exit_status(code);
	if (policy_version(p) == 0)
		return complain_code(cli, RC_POLICY, "parties.yaml",
		    N_("`version` is missing: number the bundles, each higher than the "
		       "one before"));
	struct sign what = {.dir = cli->args[0],
	    .policy              = p,
	    .chain_file          = paths.chain,
	    .key_file            = paths.key,
	    .n_behalf            = split(text, behalf),
	    .behalf              = behalf};
	code             = sign_policy(&what, &by, &former, &e);
	return code == RC_OK ? print_signed(cli, p, &by, &former) : complain(cli, &e);
}
