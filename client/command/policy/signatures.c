/* SPDX-License-Identifier: EUPL-1.2 */
/* signatures.c - verifying, judging and showing the signatures of a policy folder. */
#include "client/command/policy/signatures.h"

#include <stdlib.h>
#include <string.h>

#include "certs/file.h"
#include "client/command/complain.h"
#include "client/command/shipped.h"
#include "client/command/table.h"
#include "client/request.h"
#include "proto/auto.h"

void
signatures_destroy(struct signatures **sp)
{
	if (*sp == NULL) return;
	policy_files_wipe(&(*sp)->files);
	policy_destroy(&(*sp)->policy);
	policy_destroy(&(*sp)->in_force);
	free(*sp);
	*sp = NULL;
}

/* --- reading --------------------------------------------------------------------- */

static rc
read_pem(struct cli *cli, const char *path, struct buf *out)
{
	rc code = file_read(path, PEM_MAX, false, out);

	if (code != RC_OK) (void)complain_code(cli, code, path, NULL);
	return code;
}

static rc
read_trust(struct cli *cli, const struct signatures_ask *ask, struct trust **ret)
{
	AUTO(buf_wipe) struct buf anchors = buf_init(PEM_MAX);
	AUTO(buf_wipe) struct buf lists   = buf_init(PEM_MAX);

	TRY(read_pem(cli, ask->anchors, &anchors));
	TRY(read_pem(cli, ask->crl, &lists));
	rc code = trust_load(buf_slice(&anchors), buf_slice(&lists), ret);
	if (code != RC_OK) (void)complain_code(cli, code, ask->anchors, NULL);
	return code;
}

static rc
read_policy(struct cli *cli, const char *dir, struct signatures *s)
{
	AUTO(auto_free) struct findings *findings = calloc(1, sizeof *findings);
	if (findings == NULL) return RC_NOMEM;

	rc code = policy_files_read(dir, true, &s->files, findings);
	if (code == RC_OK) code = policy_files_compile(&s->files, &s->policy, findings);
	if (code == RC_OK) return RC_OK;
	(void)complain_code(cli, code, dir, NULL);
	if (!cli->json) findings_print(cli, cli->err, findings);
	return code;
}

static void
check_files(struct signatures *s, const struct trust *trust)
{
	for (size_t i = 0; i < s->files.n_signatures; i++) {
		const struct policy_file *f = &s->files.signatures[i];
		struct endorsement       *e = &s->given[s->n];
		s->codes[i] = endorsement_of(slice_of(f->bytes, f->n), trust, unix_ms(),
		    policy_hash(s->policy), policy_version(s->policy), e);
		if (s->codes[i] == RC_BAD_DIGEST) s->n_unfit++;
		if (s->codes[i] != RC_OK) continue;
		s->signers[s->n++] = (struct signer){
		    .oin = e->oin, .n_behalf = e->n_behalf, .behalf = e->behalf};
	}
}

/* The very policy that is in force is asked what a first one is. */
static void
judge(struct signatures *s, uint64_t version)
{
	bool same = s->in_force != NULL &&
	            hash_equal(policy_hash(s->in_force), policy_hash(s->policy));

	if (same) policy_destroy(&s->in_force);
	if (s->in_force != NULL && version == 0) version = policy_version(s->in_force);
	s->question = (struct approval_case){.in_force = s->in_force,
	    .version                                   = same ? 0 : version,
	    .candidate                                 = s->policy,
	    .n                                         = s->n,
	    .signers                                   = s->signers,
	    .n_unfit                                   = s->n_unfit,
	    .today                                     = date_of_ms(unix_ms())};
	s->code     = approval_judge(&s->question);
}

rc
signatures_read(
    struct cli *cli, const struct signatures_ask *ask, struct signatures **ret)
{
	AUTO(signatures_destroy) struct signatures *s     = calloc(1, sizeof *s);
	AUTO(trust_destroy) struct trust           *trust = NULL;
	if (s == NULL) return RC_NOMEM;

	TRY(read_policy(cli, ask->dir, s));
	TRY(read_trust(cli, ask, &trust));
	if (ask->in_force != NULL) TRY(policy_open(cli, ask->in_force, &s->in_force));
	check_files(s, trust);
	judge(s, ask->version);
	*ret = TAKE(s);
	return RC_OK;
}
