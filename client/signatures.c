/* SPDX-License-Identifier: EUPL-1.2 */
/* signatures.c - verifying, judging and showing the signatures of a policy folder. */
#include "client/signatures.h"

#include <stdlib.h>
#include <string.h>

#include "certs/file.h"
#include "client/complain.h"
#include "client/request.h"
#include "client/shipped.h"
#include "client/table.h"
#include "proto/auto.h"

enum { PEM_FILE_MAX = 4 * 1024 * 1024 };

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
	rc code = file_read(path, PEM_FILE_MAX, false, out);

	if (code != RC_OK) (void)complain_code(cli, code, path, NULL);
	return code;
}

static rc
read_trust(struct cli *cli, const struct signatures_ask *ask, struct trust **ret)
{
	AUTO(buf_wipe) struct buf anchors = buf_init(PEM_FILE_MAX);
	AUTO(buf_wipe) struct buf lists   = buf_init(PEM_FILE_MAX);

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

/* --- showing --------------------------------------------------------------------- */

/* Whether list A of the policy in force says the same as the candidate's own. */
static bool
is_repeated(const struct signatures *s, const struct approval *a)
{
	for (size_t i = 0; a->in_force && i < approval_count(&s->question); i++) {
		struct approval b = approval_at(&s->question, i);
		bool same = !b.in_force && a->n_of == b.n_of && a->needed == b.needed &&
		            a->got == b.got && strcmp(a->convenant, b.convenant) == 0;
		for (size_t k = 0; same && k < a->n_of; k++)
			same = strcmp(a->of[k], b.of[k]) == 0;
		if (same) return true;
	}
	return false;
}

static const char *
name_of(const struct signatures *s, const char *oin)
{
	const struct party *p = policy_party(s->policy, oin);

	if (p == NULL && s->in_force != NULL) p = policy_party(s->in_force, oin);
	return p == NULL ? "" : p->name;
}

static void
add_row(struct table *t, const struct signatures *s, const struct approval *a, size_t k)
{
	const char *by = approval_by(&s->question, a, a->of[k]);

	table_row(t);
	table_cell(t, a->convenant, NULL);
	table_cell(t, a->in_force ? tr("the policy in force") : tr("this policy"), NULL);
	table_cellf(t, "%u / %u", a->got, a->needed);
	table_cell(t, name_of(s, a->of[k]), NULL);
	table_cell(t, a->of[k], NULL);
	if (by == NULL)
		table_cell(t, tr("missing"), a->got < a->needed ? "red" : NULL);
	else if (strcmp(by, a->of[k]) == 0)
		table_cell(t, tr("signed"), "green");
	else
		table_cellf(t, "%s %s", tr("signed by"), by);
}

static void
print_lists(struct cli *cli, const struct signatures *s)
{
	const char *headings[] = {tr("CONVENANT"), tr("ASKED BY"), tr("SIGNED / NEEDED"),
	    tr("PARTY"), tr("OIN"), tr("SIGNATURE"), NULL};
	AUTO(table_destroy) struct table *t = table_new(cli, headings);

	for (size_t i = 0; t != NULL && i < approval_count(&s->question); i++) {
		struct approval a = approval_at(&s->question, i);
		if (is_repeated(s, &a)) continue;
		for (size_t k = 0; k < a.n_of; k++) add_row(t, s, &a, k);
	}
	if (t != NULL) table_print(t);
}

void
signatures_print(struct cli *cli, const struct signatures *s)
{
	char hex[2 * HASH_BYTES + 1];

	hex_encode(hex, slice_of(policy_hash(s->policy)->b, HASH_BYTES));
	(void)fprintf(cli->out, "%s %s, %s %u\n", tr("bundle:"), hex, tr("version:"),
	    policy_version(s->policy));
	print_lists(cli, s);
	for (size_t i = 0; i < approval_count(&s->question); i++) {
		struct approval a = approval_at(&s->question, i);
		if (a.n_of == 0)
			(void)fprintf(cli->out, "%s: %s\n", a.convenant,
			    tr("parties.yaml has no approval list for it"));
	}
	for (size_t i = 0; i < s->files.n_signatures; i++)
		if (s->codes[i] != RC_OK)
			(void)fprintf(cli->out, "%s %s: %s\n", tr("does not count:"),
			    s->files.signatures[i].name,
			    s->codes[i] == RC_BAD_DIGEST
			        ? tr("is under another text of this policy")
			        : tr(code_meaning(s->codes[i])));
}

static json_t *
list_json(const struct signatures *s, const struct approval *a)
{
	json_t *parties = json_array();

	for (size_t k = 0; k < a->n_of; k++) {
		const char *by = approval_by(&s->question, a, a->of[k]);
		json_t     *o  = json_pack("{s:s, s:s, s:b}", "oin", a->of[k], "name",
		         name_of(s, a->of[k]), "signed", by != NULL ? 1 : 0);
		if (by != NULL) (void)json_object_set_new(o, "by", json_string(by));
		(void)json_array_append_new(parties, o);
	}
	return json_pack("{s:s, s:b, s:i, s:i, s:o}", "convenant", a->convenant,
	    "in_force", a->in_force ? 1 : 0, "needed", (int)a->needed, "signed",
	    (int)a->got, "parties", parties);
}

static json_t *
file_json(const struct signatures *s, size_t i, size_t *given)
{
	json_t *o = json_pack("{s:s, s:s}", "file", s->files.signatures[i].name, "code",
	    rc_name(s->codes[i]));

	if (s->codes[i] != RC_OK) return o;
	const struct endorsement *e = &s->given[(*given)++];
	(void)json_object_set_new(o, "oin", json_string(e->oin));
	(void)json_object_set_new(o, "desk", json_string(e->desk));
	(void)json_object_set_new(o, "signed_ms", json_integer((json_int_t)e->signed_ms));
	return o;
}

json_t *
signatures_json(const struct signatures *s)
{
	char    hex[2 * HASH_BYTES + 1];
	json_t *lists = json_array(), *files = json_array();
	size_t  given = 0;

	hex_encode(hex, slice_of(policy_hash(s->policy)->b, HASH_BYTES));
	for (size_t i = 0; i < approval_count(&s->question); i++) {
		struct approval a = approval_at(&s->question, i);
		(void)json_array_append_new(lists, list_json(s, &a));
	}
	for (size_t i = 0; i < s->files.n_signatures; i++)
		(void)json_array_append_new(files, file_json(s, i, &given));
	return json_pack("{s:s, s:I, s:b, s:s, s:o, s:o}", "bundle", hex, "version",
	    (json_int_t)policy_version(s->policy), "approved", s->code == RC_OK ? 1 : 0,
	    "code", rc_name(s->code), "lists", lists, "signatures", files);
}
