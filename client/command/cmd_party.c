/* SPDX-License-Identifier: EUPL-1.2 */
/* cmd_party.c - sluis party ca | create | list | revoke: desks and their certificates. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "certs/ca.h"
#include "client/command/complain.h"
#include "client/command/issue.h"
#include "client/command/renew.h"
#include "client/command/revoke.h"
#include "client/command/shipped.h"
#include "client/command/table.h"
#include "client/jsonfile.h"
#include "client/request.h"

static const struct option options_ca[] = {
    {"name", "NAME", N_("the name of the authority")},
    {"renew", NULL,
        N_("sign the next revocation list of the one that is there; the same are "
           "revoked")},
    {NULL, NULL, NULL},
};
static const struct option options_create[] = {
    {"ca", "DIR", N_("the certificate authority that vouches")},
    {"name", "NAME", N_("short name inside the region")},
    {"organisation", "NAME", N_("name of the organisation")},
    {"oin", "OIN", N_("20 digits")},
    {"desk", "DESK", N_("the desk, as parties.yaml knows it")},
    {"role", "ROLE", N_("the role (default: what the policy says of this OIN)")},
    {"region", "FILE", N_("region.json (default: two folders up)")},
    {"policy", "DIR", N_("where roles come from (default: the shipped policy)")},
    {NULL, NULL, NULL},
};
static const struct option options_list[] = {
    {"region", "FILE", N_("region.json (default: that of the party folder)")},
    {NULL, NULL, NULL},
};

/* --- ca --------------------------------------------------------------------------------
 */

static int
run_ca(struct cli *cli)
{
	const char *dir = cli->args[0];

	if (cli_flag(cli, "renew") && cli_value(cli, "name") != NULL)
		return complain_code(
		    cli, RC_USAGE, "--name", N_("an authority keeps its name"));
	if (cli_flag(cli, "renew")) return renew_list(cli, dir);
	const char *name = cli_required(cli, "name");
	if (name == NULL) return rc_exit_status(RC_USAGE);
	rc code = dir_make(dir);
	if (code == RC_CONFIG) code = RC_OK; /* an empty one will do; ca_create() looks */
	if (code == RC_OK)
		code = ca_create(dir, name, (int64_t)(unix_ms() / 1000), CRL_DAYS);
	if (code != RC_OK)
		return complain_code(cli, code, dir,
		    code == RC_CONFIG
		        ? N_("an authority is there already; --renew makes its next list")
		    : code == RC_DISK
		        ? N_("cannot be made: is the folder above it there, and ours?")
		        : N_("no authority could be made there"));
	if (cli->json) return cli_json(cli, json_pack("{s:s}", "ca", dir), RC_OK);
	(void)fprintf(cli->out, "%s %s\n", tr("made"), dir);
	return 0;
}

/* --- create ----------------------------------------------------------------------------
 */

static rc
copy_option(struct cli *cli, const char *option, char *out, size_t size)
{
	const char *value = cli_required(cli, option);

	if (value == NULL) return RC_USAGE;
	if (strlen(value) >= size) {
		(void)complain_code(cli, RC_USAGE, option, N_("is too long"));
		return RC_USAGE;
	}
	memcpy(out, value, strlen(value) + 1);
	return RC_OK;
}

/* The role that was given, or the one that the policy gives this OIN. */
static rc
find_role(struct cli *cli, struct member *m)
{
	AUTO(policy_destroy) struct policy *p = NULL;
	char                                dir[FILE_PATH_MAX];

	if (cli_value(cli, "role") != NULL)
		return copy_option(cli, "role", m->role, sizeof m->role);
	TRY(shipped_policy(cli, dir));
	TRY(policy_open(cli, dir, &p));
	const struct party *party = policy_party(p, m->oin);
	if (party == NULL) {
		(void)complain_code(cli, RC_NOT_FOUND, m->oin,
		    N_("the policy does not know this OIN: give --role"));
		return RC_NOT_FOUND;
	}
	(void)snprintf(m->role, sizeof m->role, "%s", party->role);
	return RC_OK;
}

static rc
read_member(struct cli *cli, struct member *m)
{
	TRY(copy_option(cli, "name", m->name, sizeof m->name));
	TRY(copy_option(cli, "organisation", m->organisation, sizeof m->organisation));
	TRY(copy_option(cli, "oin", m->oin, sizeof m->oin));
	TRY(copy_option(cli, "desk", m->desk, sizeof m->desk));
	if (!oin_is_valid(m->oin)) {
		(void)complain_code(cli, RC_USAGE, "--oin", N_("20 digits are needed"));
		return RC_USAGE;
	}
	return find_role(cli, m);
}

/* Where region.json is: --region, else one folder above that of the new party folder DIR,
 * which is not there yet. */
static rc
region_path(const char *asked, const char *dir, char out[FILE_PATH_MAX])
{
	char        parent[FILE_PATH_MAX];
	const char *slash = strrchr(dir, '/');

	if (asked != NULL) return path_join(out, ".", asked);
	(void)snprintf(parent, sizeof parent, "%.*s",
	    slash != NULL ? (int)(slash - dir) : 1, slash != NULL ? dir : ".");
	return path_join(out, parent, "../region.json");
}

/* Read the region; SHOWN is its path as party.json will say it. */
static rc
find_region(
    struct cli *cli, const char *dir, char shown[FILE_PATH_MAX], struct region *ret)
{
	struct sluis_error e;
	const char        *asked = cli_value(cli, "region");
	char               path[FILE_PATH_MAX], real[PATH_MAX];

	rc code = region_path(asked, dir, path);
	if (code == RC_OK && realpath(path, real) == NULL) code = RC_NOT_FOUND;
	if (code != RC_OK) {
		(void)complain_code(cli, code, path, N_("name it with --region"));
		return code;
	}
	(void)snprintf(
	    shown, FILE_PATH_MAX, "%s", asked != NULL ? real : "../../region.json");
	code = region_read(real, ret, &e);
	if (code != RC_OK) (void)complain(cli, &e);
	return code;
}

static bool
is_listed(const struct region *r, const struct member *m)
{
	for (size_t i = 0; i < r->n_members; i++) {
		const struct member *other = &r->members[i];
		if (strcmp(other->name, m->name) == 0 &&
		    strcmp(other->oin, m->oin) == 0 && strcmp(other->desk, m->desk) == 0)
			return true;
	}
	return false;
}

/* What has to be done before M can work, and before others can send to it. */
static int
tell_next(struct cli *cli, const struct region *r, const struct member *m)
{
	const char *dir = cli->args[0];

	(void)fprintf(cli->out, "%s %s\n%s sluis --party %s key enrol\n", tr("made"), dir,
	    tr("next:"), dir);
	if (is_listed(r, m)) return 0;
	AUTO(json_release) json_t *row = member_json(m);
	(void)fprintf(cli->out, "%s %s\n  ", tr("next:"),
	    tr("add this to \"parties\" in the region.json of everybody: before that "
	       "nobody "
	       "can name this desk as a recipient"));
	(void)json_dumpf(row, cli->out, JSON_COMPACT | JSON_PRESERVE_ORDER);
	(void)fputc('\n', cli->out);
	return 0;
}

static int
run_create(struct cli *cli)
{
	AUTO(region_wipe) struct region region = {.n_members = 0};
	struct member                   m      = {.name = ""};
	struct sluis_error              e;
	char                            shown[FILE_PATH_MAX];
	const char                     *ca = cli_required(cli, "ca");

	rc code = ca != NULL ? read_member(cli, &m) : RC_USAGE;
	if (code == RC_OK) code = find_region(cli, cli->args[0], shown, &region);
	if (code != RC_OK) return rc_exit_status(code);
	struct issue what = {.ca_dir = ca,
	    .dir                     = cli->args[0],
	    .member                  = &m,
	    .region                  = shown,
	    .origin                  = region.origin};
	code              = issue_party(&what, &e);
	if (code != RC_OK) return complain(cli, &e);
	if (cli->json) return cli_json(cli, member_json(&m), RC_OK);
	return tell_next(cli, &region, &m);
}

/* --- list ------------------------------------------------------------------------ */

static rc
read_region(struct cli *cli, struct region *ret)
{
	AUTO(folder_wipe) struct folder p = {.dir = ""};
	struct sluis_error              e;
	const char                     *asked = cli_value(cli, "region");
	const char                     *dir   = asked == NULL ? cli_party_dir(cli) : NULL;

	if (asked == NULL && dir == NULL) return RC_USAGE;
	rc code =
	    asked != NULL ? region_read(asked, ret, &e) : folder_read_who(dir, &p, &e);
	if (code != RC_OK) {
		(void)complain(cli, &e);
		return code;
	}
	if (asked == NULL) {
		*ret             = p.region;
		p.region.members = NULL;
	}
	return RC_OK;
}

static int
run_list(struct cli *cli)
{
	const char *headings[] = {
	    tr("NAME"), tr("ORGANISATION"), tr("ROLE"), tr("DESK"), tr("OIN"), NULL};
	AUTO(region_wipe) struct region region = {.n_members = 0};

	rc code = read_region(cli, &region);
	if (code != RC_OK) return rc_exit_status(code);
	if (cli->json) {
		json_t *list = json_array();
		for (size_t i = 0; i < region.n_members; i++)
			(void)json_array_append_new(
			    list, member_json(&region.members[i]));
		return cli_json(cli,
		    json_pack("{s:s, s:o}", "origin", region.origin, "parties", list),
		    RC_OK);
	}
	AUTO(table_destroy) struct table *t = table_new(cli, headings);
	for (size_t i = 0; t != NULL && i < region.n_members; i++) {
		const struct member *m = &region.members[i];
		table_row(t);
		table_cell(t, m->name, NULL);
		table_cell(t, m->organisation, NULL);
		table_cell(t, m->role, NULL);
		table_cell(t, m->desk, NULL);
		table_cell(t, m->oin, NULL);
	}
	if (t != NULL) table_print(t);
	return 0;
}

/* --- revoke ---------------------------------------------------------------------- */

static int
run_revoke(struct cli *cli)
{
	return revoke_folder(cli, cli->args[0]);
}

const struct verb verbs_party[] = {
    {"party", "ca", "DIR", 1, 1, options_ca,
        N_("make a certificate authority for a test or a small region, or renew its "
           "list"),
        run_ca},
    {"party", "create", "DIR", 1, 1, options_create,
        N_("make a party folder with certificate, keys and key binding"), run_create},
    {"party", "list", "", 0, 0, options_list, N_("who takes part in this region"),
        run_list},
    {"party", "revoke", "DIR", 1, 1, options_revoke,
        N_("revoke the certificate of a party folder; its keys are refused at once"),
        run_revoke},
    {.noun = NULL},
};
