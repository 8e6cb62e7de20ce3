/* SPDX-License-Identifier: EUPL-1.2 */
/* signatures_show.c - who signed a policy folder, as a table and as JSON. */
#include <string.h>

#include "client/command/complain.h"
#include "client/command/policy/signatures.h"
#include "client/command/table.h"
#include "proto/auto.h"

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

/* Why the signature file I does not count. */
static const char *
reason_of(const struct signatures *s, size_t i)
{
	return s->codes[i] == RC_BAD_DIGEST ? tr("is under another text of this policy")
	                                    : tr(code_meaning(s->codes[i]));
}

/* The file that says to be OIN's own signature and does not count; n_signatures: none. */
static size_t
rejected_of(const struct signatures *s, const char *oin)
{
	size_t i = 0;

	for (; i < s->files.n_signatures; i++) {
		const struct policy_file *f = &s->files.signatures[i];
		struct endorsement        e;
		if (s->codes[i] == RC_OK) continue;
		bool named = strncmp(f->name, oin, OIN_DIGITS) == 0;
		if (endorsement_peek(slice_of(f->bytes, f->n), &e) == RC_OK)
			named = strcmp(e.oin, oin) == 0;
		if (named) break;
	}
	return i;
}

static void
add_missing(
    struct table *t, const struct signatures *s, const char *oin, const char *colour)
{
	size_t i = rejected_of(s, oin);

	if (i == s->files.n_signatures)
		table_cell(t, tr("missing"), colour);
	else
		table_cellf(t, "%s %s", tr("does not count:"), reason_of(s, i));
}

static void
add_party(struct table *t, const struct signatures *s, const struct approval *a, size_t k)
{
	const char *by = approval_by(&s->question, a, a->of[k]);

	table_row(t);
	table_cell(t, a->convenant, NULL);
	table_cell(t, a->in_force ? tr("the policy in force") : tr("this policy"), NULL);
	table_cell(t, name_of(s, a->of[k]), NULL);
	table_cell(t, a->of[k], NULL);
	if (by == NULL)
		add_missing(t, s, a->of[k], a->got < a->needed ? "red" : NULL);
	else if (strcmp(by, a->of[k]) == 0)
		table_cell(t, tr("signed"), "green");
	else
		table_cellf(t, "%s %s", tr("signed by"), by);
}

static void
print_parties(struct cli *cli, const struct signatures *s)
{
	const char *headings[] = {tr("CONVENANT"), tr("ASKED BY"), tr("PARTY"), tr("OIN"),
	    tr("SIGNATURE"), NULL};
	AUTO(table_destroy) struct table *t = table_new(cli, headings);

	for (size_t i = 0; t != NULL && i < approval_count(&s->question); i++) {
		struct approval a = approval_at(&s->question, i);
		if (is_repeated(s, &a)) continue;
		for (size_t k = 0; k < a.n_of; k++) add_party(t, s, &a, k);
	}
	if (t != NULL) table_print(t);
}

/* A convenant without a list is approved by nobody. */
static void
add_list(struct table *t, const struct approval *a)
{
	char more[96];

	(void)snprintf(more, sizeof more, tr("%u more needed"), a->needed - a->got);
	table_row(t);
	table_cell(t, a->convenant, NULL);
	table_cell(t, a->in_force ? tr("the policy in force") : tr("this policy"), NULL);
	table_cellf(t, "%u", a->needed);
	table_cellf(t, "%u", a->got);
	if (a->n_of == 0)
		table_cell(t, tr("parties.yaml has no approval list for it"), "red");
	else if (a->got < a->needed)
		table_cell(t, more, "red");
	else
		table_cell(t, tr("enough"), "green");
}

static void
print_lists(struct cli *cli, const struct signatures *s)
{
	const char *headings[] = {tr("CONVENANT"), tr("ASKED BY"), tr(">NEEDED"),
	    tr(">SIGNED"), tr("ENOUGH?"), NULL};
	AUTO(table_destroy) struct table *t = table_new(cli, headings);

	for (size_t i = 0; t != NULL && i < approval_count(&s->question); i++) {
		struct approval a = approval_at(&s->question, i);
		if (!is_repeated(s, &a)) add_list(t, &a);
	}
	if (t != NULL) table_print(t);
}

void
signatures_print(struct cli *cli, const struct signatures *s, bool all)
{
	char hex[2 * HASH_BYTES + 1];

	hex_encode(hex, sizeof hex, slice_of(policy_hash(s->policy)->b, HASH_BYTES));
	(void)fprintf(cli->out, "%s %s, %s %u\n", tr("bundle:"), hex, tr("version:"),
	    policy_version(s->policy));
	print_lists(cli, s);
	if (all) print_parties(cli, s);
	for (size_t i = 0; i < s->files.n_signatures; i++)
		if (s->codes[i] != RC_OK)
			(void)fprintf(cli->out, "%s %s: %s\n", tr("does not count:"),
			    s->files.signatures[i].name, reason_of(s, i));
	if (s->code == RC_NOT_APPROVED &&
	    policy_version(s->policy) <= s->question.version)
		(void)fprintf(cli->out, "%s %llu\n",
		    tr("Its version is not higher than that in force either:"),
		    (unsigned long long)s->question.version);
}

static json_t *
list_json(const struct signatures *s, const struct approval *a)
{
	json_t *parties = json_array();

	for (size_t k = 0; k < a->n_of; k++) {
		const char *by = approval_by(&s->question, a, a->of[k]);
		json_t     *o  = json_pack("{s:s, s:s, s:b}", "oin", a->of[k], "name",
		         name_of(s, a->of[k]), "signed", by != NULL ? 1 : 0);
		size_t      i  = rejected_of(s, a->of[k]);
		if (by != NULL)
			(void)json_object_set_new(o, "by", json_string(by));
		else if (i < s->files.n_signatures)
			(void)json_object_set_new(
			    o, "code", json_string(rc_name(s->codes[i])));
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

	hex_encode(hex, sizeof hex, slice_of(policy_hash(s->policy)->b, HASH_BYTES));
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
