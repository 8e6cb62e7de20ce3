/* SPDX-License-Identifier: EUPL-1.2 */
/* vouch.c - a key or a trust file, from an option or from the party's region. */
#include "client/command/audit/vouch.h"

#include <stdlib.h>

#include "certs/file.h"
#include "client/command/complain.h"
#include "client/folder.h"
#include "client/witness.h"
#include "proto/auto.h"

/* --- what is asked --------------------------------------------------------------- */

static bool
has_party(const struct cli *cli)
{
	const char *dir = cli->party != NULL ? cli->party : getenv("SLUIS_PARTY");

	return dir != NULL && dir[0] != '\0';
}

static rc
region_key(struct cli *cli, struct vouch *ret)
{
	AUTO(folder_wipe) struct folder p = {.dir = ""};
	struct sluis_error              e;

	if (!has_party(cli)) {
		(void)complain_code(cli, RC_USAGE, "--key",
		    N_("name the region's key or trust file, or a party folder that has "
		       "them"));
		return RC_USAGE;
	}
	const char *dir  = cli_party_dir(cli);
	rc          code = folder_read_who(dir, &p, &e);
	if (code == RC_OK) code = witness_trust(&p.region, &ret->policy, &e);
	if (code != RC_OK) {
		(void)complain(cli, &e);
		return code;
	}
	ret->log     = p.region.verifier;
	ret->has_log = true;
	return RC_OK;
}

static rc
read_policy(struct cli *cli, const char *path, struct vouch *ret)
{
	AUTO(buf_wipe) struct buf text  = buf_init(TRUST_FILE_MAX);
	struct trust_fault        fault = {0};
	char                      where[FILE_PATH_MAX + 32];

	rc code = file_read(path, TRUST_FILE_MAX, false, &text);
	if (code != RC_OK) {
		(void)complain_code(cli, code, path, N_("cannot be read"));
		return code;
	}
	code = trust_policy_parse(buf_slice(&text), &ret->policy, &fault);
	if (code == RC_OK) return RC_OK;
	(void)snprintf(where, sizeof where, "%s:%u", path, fault.line);
	(void)complain_code(cli, RC_USAGE, where, fault.what);
	return RC_USAGE;
}

rc
vouch_open(struct cli *cli, struct vouch *ret)
{
	const char *key = cli_value(cli, "key"), *file = cli_value(cli, "trust");

	*ret = (struct vouch){.demands_quorum = file != NULL};
	if (key != NULL && file != NULL) {
		(void)complain_code(
		    cli, RC_USAGE, "--trust", N_("a key or a trust file, not both"));
		return RC_USAGE;
	}
	if (file != NULL) return read_policy(cli, file, ret);
	if (key == NULL) return region_key(cli, ret);
	ret->has_log = note_verifier_parse(&ret->log, key) == RC_OK;
	if (ret->has_log) return RC_OK;
	(void)complain_code(cli, RC_USAGE, "--key", N_("this is not a verifier key"));
	return RC_USAGE;
}

void
vouch_wipe(struct vouch *t)
{
	trust_policy_destroy(&t->policy);
}

/* --- judging --------------------------------------------------------------------- */

rc
vouch_judge(const struct vouch *t, struct slice note, struct vouched *ret)
{
	AUTO(auto_free) struct trust_verdict *v = NULL;

	*ret = (struct vouched){.counted = t->policy != NULL};
	if (t->has_log) TRY(checkpoint_open(note, &t->log, &ret->head));
	if (t->policy == NULL) return RC_OK;
	if ((v = calloc(1, sizeof *v)) == NULL) return RC_NOMEM;
	TRY(trust_policy_judge(t->policy, note, v));
	ret->head        = v->head;
	ret->n_witnesses = trust_policy_n_witnesses(t->policy);
	ret->n_cosigned  = v->n_cosigned;
	ret->quorum      = v->quorum;
	return t->demands_quorum && !v->quorum ? RC_NO_QUORUM : RC_OK;
}

/* --- telling --------------------------------------------------------------------- */

void
vouch_tell(struct cli *cli, const struct vouched *t)
{
	if (!t->counted) return;
	(void)fprintf(cli->out, tr("witnesses of size %llu: %zu of %zu, %s"),
	    (unsigned long long)t->head.size, t->n_cosigned, t->n_witnesses,
	    t->quorum ? tr("enough") : tr("not enough yet"));
	(void)fputc('\n', cli->out);
}

void
vouch_json(json_t *o, const struct vouched *t)
{
	if (!t->counted) return;
	(void)json_object_set_new(
	    o, "witnesses", json_integer((json_int_t)t->n_witnesses));
	(void)json_object_set_new(
	    o, "witnessed_size", json_integer((json_int_t)t->head.size));
	(void)json_object_set_new(o, "cosigned", json_integer((json_int_t)t->n_cosigned));
	(void)json_object_set_new(o, "quorum", json_boolean(t->quorum));
}
