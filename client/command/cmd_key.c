/* SPDX-License-Identifier: EUPL-1.2 */
/* cmd_key.c - sluis key new | enrol | rotate | show | revoke: the bound keys of a desk.
 */
#include <string.h>

#include "client/command/complain.h"
#include "client/command/issue.h"
#include "client/command/revoke.h"
#include "client/command/rotate.h"
#include "client/command/show.h"
#include "client/jsonfile.h"
#include "client/result.h"
#include "client/witness.h"

static const struct option options_rotate[] = {
    {"take-over", NULL, N_("end the keys that another client of this desk enrolled")},
    {NULL, NULL, NULL},
};

static int
run_new(struct cli *cli)
{
	struct sluis_error e;
	const char        *dir = cli_party_dir(cli);

	if (dir == NULL) return rc_exit_status(RC_USAGE);
	rc code = make_first_keys(dir, &e);
	if (code != RC_OK) return complain(cli, &e);
	if (cli->json) return cli_json(cli, json_pack("{s:s}", "keys", dir), RC_OK);
	(void)fprintf(cli->out, "%s %s/keys.json\n%s sluis --party %s key enrol\n",
	    tr("made"), dir, tr("next:"), dir);
	return 0;
}

static int
print_enrolled(struct cli *cli, const struct sluis_result *r)
{
	if (cli->json) return cli_json(cli, result_to_json(r), RC_OK);
	(void)fprintf(cli->out, "%s, %s %llu\n", tr("enrolled"), tr("entry"),
	    (unsigned long long)sluis_result_entry(r, 0)->index);
	return 0;
}

static int
run_enrol(struct cli *cli)
{
	AUTO(sluis_close) struct sluis                 *s = NULL;
	AUTO(sluis_result_destroy) struct sluis_result *r = NULL;

	rc code = cli_open(cli, &s);
	if (code != RC_OK) return rc_exit_status(code);
	code = code_in(sluis_enrol(s, cli->timeout_ms, &r));
	if (code == RC_NOT_ENROLLED)
		return complain_code(cli, code, "party.json",
		    N_("the region's policy (parties.yaml) names no such OIN and desk"));
	if (code != RC_OK) return complain_handle(cli, s);
	return print_enrolled(cli, r);
}

/* Another client of this desk enrolled later keys. */
static int
complain_superseded(struct cli *cli, bool took_over)
{
	if (took_over)
		return complain_advised(cli, RC_SUPERSEDED, "binding.bin.next",
		    N_("the keys of another client have a higher number than the time"),
		    N_("ask the region to revoke the certificate, and for a new one"));
	return complain_advised(cli, RC_SUPERSEDED, "binding.bin.next",
	    N_("another client of this desk enrolled keys after this folder did"),
	    N_("go on with its folder; or, to end its keys: sluis key rotate "
	       "--take-over"));
}

static int
run_rotate(struct cli *cli)
{
	AUTO(sluis_result_destroy) struct sluis_result *r = NULL;
	struct sluis_error                              e;
	const char                                     *dir = cli_party_dir(cli);

	if (dir == NULL) return rc_exit_status(RC_USAGE);
	bool take_over = cli_flag(cli, "take-over");
	rc   code      = rotate_keys(dir, take_over, cli->timeout_ms, &r, &e);
	if (code == RC_SUPERSEDED) return complain_superseded(cli, take_over);
	if (code != RC_OK) return complain(cli, &e);
	return print_enrolled(cli, r);
}

/* --- show ------------------------------------------------------------------------ */

static json_t *
key_json(const uint8_t key[KEY_BYTES])
{
	char hex[KEY_BYTES * 2 + 1];

	hex_encode(hex, sizeof hex, slice_of(key, KEY_BYTES));
	return json_string(hex);
}

static json_t *
describe(const struct folder *p, const struct binding *b)
{
	json_t *o = member_json(&p->self);
	char    vkey[NOTE_VKEY_MAX];

	(void)json_object_set_new(o, "origin", json_string(p->region.origin));
	(void)json_object_set_new(o, "ed25519_public", key_json(p->keys.sign_public));
	(void)json_object_set_new(o, "curve_public", key_json(p->keys.curve_public));
	(void)json_object_set_new(o, "x25519_public", key_json(p->keys.seal_public));
	if (witness_vkey(p->dir, p->region.origin, p->self.name, vkey) == RC_OK)
		(void)json_object_set_new(o, "witness", json_string(vkey));
	(void)json_object_set_new(o, "binding", key_json(b->id.b));
	(void)json_object_set_new(o, "sequence", json_integer((json_int_t)b->sequence));
	(void)json_object_set_new(
	    o, "not_before_ms", json_integer((json_int_t)b->not_before_ms));
	(void)json_object_set_new(
	    o, "not_after_ms", json_integer((json_int_t)b->not_after_ms));
	return o;
}

static void
print_keys(struct cli *cli, const json_t *json, const struct binding *b)
{
	const char *key;
	json_t     *value;
	char        from[TIME_TEXT_MAX], until[TIME_TEXT_MAX];

	json_object_foreach((json_t *)(uintptr_t)json, key, value)
	{
		if (json_is_string(value))
			(void)fprintf(
			    cli->out, "%-16s %s\n", key, json_string_value(value));
	}
	(void)fprintf(
	    cli->out, "%-16s %llu\n", "sequence", (unsigned long long)b->sequence);
	(void)fprintf(cli->out, "%-16s %s - %s\n", tr("valid"),
	    show_time(b->not_before_ms, from), show_time(b->not_after_ms, until));
}

static int
run_show(struct cli *cli)
{
	AUTO(folder_wipe) struct folder p    = {.dir = ""};
	AUTO(json_release) json_t      *json = NULL;
	struct binding                  b    = {.sequence = 0};
	struct sluis_error              e;
	const char                     *dir = cli_party_dir(cli);

	if (dir == NULL) return rc_exit_status(RC_USAGE);
	rc code = folder_read(dir, &p, &e);
	if (code != RC_OK) return complain(cli, &e);
	code = issue_read_binding(dir, "binding.bin", &b);
	if (code != RC_OK)
		return complain_code(cli, code, "binding.bin", N_("cannot be read"));
	json = describe(&p, &b);
	if (cli->json) return cli_json(cli, TAKE(json), RC_OK);
	print_keys(cli, json, &b);
	return 0;
}

static int
run_revoke(struct cli *cli)
{
	const char *dir = cli_party_dir(cli);

	return dir != NULL ? revoke_folder(cli, dir) : rc_exit_status(RC_USAGE);
}

const struct verb verbs_key[] = {
    {"key", "new", "", 0, 0, NULL,
        N_("make the first keys and key binding of a party folder"), run_new},
    {"key", "enrol", "", 0, 0, NULL, N_("present the key binding to the broker"),
        run_enrol},
    {"key", "rotate", "", 0, 0, options_rotate,
        N_("make new keys, enrol them, and let them take the place of the old"),
        run_rotate},
    {"key", "show", "", 0, 0, NULL,
        N_("who this folder is, its public keys and their term"), run_show},
    {"key", "revoke", "", 0, 0, options_revoke,
        N_("revoke the certificate of the party folder"), run_revoke},
    {.noun = NULL},
};
