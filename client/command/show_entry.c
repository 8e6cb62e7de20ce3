/* SPDX-License-Identifier: EUPL-1.2 */
/* show_entry.c - an entry of the journal in words. */
#include <stdio.h>
#include <string.h>

#include "client/command/names.h"
#include "client/command/show.h"
#include "client/command/table.h"
#include "proto/auto.h"
#include "proto/message.h"

static void
show_line(struct cli *cli, const char *label, const char *text)
{
	if (text[0] != '\0') (void)fprintf(cli->out, "%-12s %s\n", label, text);
}

static void
show_party_line(struct cli *cli, const struct sluis *s, const char *label,
    const char *oin, const char *desk)
{
	char name[LABEL_MAX], text[LABEL_MAX * 3];

	if (oin[0] == '\0') return;
	(void)names_label(s, oin, desk, name);
	if (strncmp(name, oin, strlen(oin)) == 0) /* no region at hand names it */
		(void)snprintf(text, sizeof text, "%s, %s", oin, desk);
	else
		(void)snprintf(text, sizeof text, "%s (%s, %s)", name, oin, desk);
	show_line(cli, label, text);
}

/* What else its subject is only known by. */
static bool
is_about_a_digest(const struct sluis_entry *e)
{
	static const char *const kinds[] = {
	    "crl", "anchors", "epoch", "enrolled", "revoked", "restored"};

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kinds[i], e->kind) == 0) return true;
	return false;
}

static void
show_fields(struct cli *cli, size_t n, const struct sluis_field *f)
{
	const char *headings[] = {
	    tr("FIELD"), tr("ACTION"), tr("RULE"), tr("ARTICLE"), NULL};
	AUTO(table_destroy) struct table *t = table_new(cli, headings);

	for (size_t i = 0; t != NULL && i < n; i++) {
		table_row(t);
		table_cell(t, f[i].path, NULL);
		table_cell(t, show_action(f[i].action), show_colour(f[i].action));
		table_cell(t, f[i].rule, NULL);
		table_cell(t, f[i].article, NULL);
	}
	if (t != NULL) table_print(t);
}

const char *
show_bundle(const struct sluis_entry *e)
{
	if (strcmp(e->kind, "policy_refused") == 0) return e->subject;
	return strncmp(e->kind, "policy", 6) == 0 ? e->bundle : "";
}

/* Which policy it is about, and which one held. */
static void
show_policies(struct cli *cli, const struct sluis_entry *e)
{
	const char *about = show_bundle(e);

	show_line(cli, tr("bundle"), about);
	if (strcmp(about, e->bundle) != 0) show_line(cli, tr("in force"), e->bundle);
	if (strcmp(e->kind, "policy_signed") == 0)
		show_line(cli, tr("signature"), e->subject);
}

void
show_entry(struct cli *cli, const struct sluis *s, const struct sluis_entry *e)
{
	char when[TIME_TEXT_MAX], id[ID_BYTES * 2 + 1];

	(void)fprintf(
	    cli->out, "%-12s %llu\n", tr("entry"), (unsigned long long)e->index);
	show_line(cli, tr("what"), show_event(e));
	show_line(cli, tr("when"), show_time(e->time_ms, when));
	show_party_line(cli, s, tr("sender"), e->sender_oin, e->sender_desk);
	show_party_line(cli, s, tr("recipient"), e->recipient_oin, e->recipient_desk);
	show_line(cli, tr("convenant"), e->convenant);
	bool epoch = strcmp(e->kind, "epoch") == 0; /* which key, of which epoch */
	show_line(cli, epoch ? tr("epoch") : tr("phase"), e->phase);
	show_line(cli, epoch ? tr("key of") : tr("purpose"), e->purpose);
	show_line(cli, tr("code"), e->code);
	show_line(cli, tr("rule"), e->rule);
	if (e->count != 0)
		(void)fprintf(cli->out, "%-12s %llu\n", tr("how many"),
		    (unsigned long long)e->count);
	show_policies(cli, e);
	if (is_about_a_digest(e)) show_line(cli, tr("digest"), e->subject);
	if (e->refers_to >= 0)
		(void)fprintf(
		    cli->out, "%-12s %lld\n", tr("refers to"), (long long)e->refers_to);
	if (e->trace_id != NULL) {
		hex_encode(id, sizeof id, slice_of(e->trace_id, ID_BYTES));
		show_line(cli, tr("signal"), id);
	}
	if (e->case_id != NULL) {
		hex_encode(id, sizeof id, slice_of(e->case_id, ID_BYTES));
		show_line(cli, tr("case"), id);
	}
	show_line(cli, tr("user"), e->user);
	if (e->n_fields != 0) show_fields(cli, e->n_fields, e->fields);
}

void
show_lack_of_detail(struct cli *cli, const struct sluis_entry *e)
{
	AUTO(message_destroy)
	Sluis__Leaf *leaf = sluis__leaf__unpack(NULL, e->leaf_n, e->leaf);

	if (e->detail == NULL && leaf != NULL && leaf->has_detail_digest)
		(void)fprintf(cli->out, "%s\n",
		    tr("Its detail, which would say more, was erased or is not here."));
}
