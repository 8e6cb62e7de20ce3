/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_policy_apply.c - sluis policy apply: bring a signed bundle to a broker.
 *
 * The broker decides for itself (broker/standing/adopt.h); here everything is asked first
 * that can be known, so that a refusal is told to the one who can do something about it.
 *
 *	1  the bundle loads, enough parties signed it, also by the policy in force, and it
 *	   passes its own invariants and cases
 *	2  it is put in the place of the broker's policy folder in one step
 *	3  the broker is told (SIGHUP) and says, in its ready file, what it did
 *	4  refused: the former folder is put back
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/command/brokerfile.h"
#include "client/command/complain.h"
#include "client/command/daemon.h"
#include "client/command/gates.h"
#include "client/command/install.h"
#include "client/command/policy/cmd_policy.h"
#include "client/command/policy/signatures.h"
#include "client/command/shipped.h"
#include "proto/auto.h"

const struct option options_policy_apply[] = {
    {"broker", "D", N_("the broker: its sluisd.yaml, or the folder of that")},
    {"all", NULL, N_("every party that is asked, and what it did")},
    {NULL, NULL, NULL},
};

struct apply {
	struct cli         *cli;
	const char         *dir; /* the bundle */
	struct brokerfile   broker;
	struct signatures  *signatures; /* owned */
	char                hash[2 * HASH_BYTES + 1];
	bool                is_running;
	struct daemon_state state;
};

static void
apply_wipe(struct apply *a)
{
	signatures_destroy(&a->signatures);
}

/* --- asking first ---------------------------------------------------------------- */

static rc
read_broker(struct apply *a)
{
	struct sluis_error e;
	const char        *asked = cli_required(a->cli, "broker");

	if (asked == NULL) return RC_USAGE;
	rc code = brokerfile_read(asked, &a->broker, &e);
	if (code != RC_OK) {
		(void)complain(a->cli, &e);
		return code;
	}
	a->is_running = a->broker.ready_file[0] != '\0' &&
	                daemon_state(a->broker.ready_file, &a->state) == RC_OK;
	return RC_OK;
}

static rc
read_signatures(struct apply *a)
{
	struct signatures_ask ask = {.dir = a->dir,
	    .anchors                      = a->broker.anchors_file,
	    .crl                          = a->broker.crl_file,
	    .in_force = brokerfile_in_force(&a->broker, a->is_running ? &a->state : NULL),
	    .version  = a->is_running ? a->state.version : 0};

	TRY(signatures_read(a->cli, &ask, &a->signatures));
	hex_encode(a->hash, sizeof a->hash,
	    slice_of(policy_hash(a->signatures->policy)->b, HASH_BYTES));
	return RC_OK;
}

static bool
is_in_force(const struct apply *a)
{
	return a->is_running && strcmp(a->state.policy, a->hash) == 0;
}

/* --- doing it -------------------------------------------------------------------- */

static int
done(struct apply *a, const char *text, rc code, const char *reason)
{
	if (a->cli->json)
		return cli_json(a->cli,
		    json_pack("{s:s, s:I, s:b, s:s}", "bundle", a->hash, "version",
		        (json_int_t)policy_version(a->signatures->policy), "in_force",
		        code == RC_OK ? 1 : 0, "code", rc_name(code)),
		    code);
	if (code != RC_OK) return complain_code(a->cli, code, a->dir, reason);
	(void)fprintf(a->cli->out, "%s\n%s %s, %s %u\n%s\n", text, tr("bundle:"), a->hash,
	    tr("version:"), policy_version(a->signatures->policy),
	    tr("Its receipt, for every party: sluis audit prove policy"));
	return 0;
}

/* What was judged, and no file that came since. */
static rc
put_in_place(struct apply *a)
{
	AUTO(policy_files_wipe) struct policy_files cases = {0};
	struct install_bundle bundle = {.files = &a->signatures->files,
	    .codes                             = a->signatures->codes,
	    .cases                             = &cases};

	TRY(policy_cases_read(a->dir, &cases, NULL));
	return install_swap(&bundle, a->broker.policy_dir);
}

/* The broker has looked: is this bundle in force now? */
static int
conclude(struct apply *a)
{
	if (is_in_force(a)) return done(a, tr("The policy is in force."), RC_OK, NULL);
	rc refused = a->state.refused == RC_OK ? RC_INTERNAL : a->state.refused;
	if (install_undo(a->broker.policy_dir) != RC_OK)
		return done(a, NULL, refused,
		    N_("the broker refused it and keeps the old policy, but the folder "
		       "could "
		       "not be put back"));
	return done(a, NULL, refused,
	    N_("the broker refused it and keeps the old policy; its log says why"));
}

static int
tell_broker(struct apply *a)
{
	if (!a->is_running)
		return done(a, NULL, RC_UNREACHABLE,
		    N_("it is in its place, but no broker runs that could say so in its "
		       "ready file: it takes effect when sluisd starts or gets SIGHUP"));
	rc code = daemon_look(a->broker.ready_file, a->cli->timeout_ms, &a->state);
	if (code == RC_OK) return conclude(a);
	return done(a, NULL, code == RC_NOT_FOUND ? RC_UNREACHABLE : code,
	    N_("it is in its place, but the broker did not say that it took it: see its "
	       "log"));
}

/* The report of the gate was printed: it says what does not hold. */
static int
refused_by_gate(struct apply *a, int status, const char *advice)
{
	const char *reason = N_("it does not hold what its own invariants or cases say");

	if (a->cli->json)
		(void)done(a, NULL, RC_POLICY, reason);
	else
		(void)complain_advised(a->cli, RC_POLICY, a->dir, reason, advice);
	return status;
}

int
run_policy_apply(struct cli *cli)
{
	AUTO(apply_wipe) struct apply a = {.cli = cli, .dir = cli->args[0]};

	rc code = read_broker(&a);
	if (code == RC_OK) code = read_signatures(&a);
	if (code != RC_OK) return rc_exit_status(code);
	if (is_in_force(&a))
		return done(&a, tr("This policy is in force already."), RC_OK, NULL);
	if (a.signatures->code != RC_OK) {
		if (!cli->json) signatures_print(cli, a.signatures, cli_flag(cli, "all"));
		return done(&a, NULL, a.signatures->code, NULL);
	}
	const char *advice;
	int         gate = gates_pass(cli, &advice);
	if (gate != 0) return refused_by_gate(&a, gate, advice);
	code = put_in_place(&a);
	if (code != RC_OK)
		return done(&a, NULL, code, N_("it could not be put in its place"));
	return tell_broker(&a);
}
