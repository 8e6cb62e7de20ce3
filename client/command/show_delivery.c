/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * show_delivery.c - a received copy, field by field: the value, why we have it, and who
 * says so.
 *
 * Values stand in the signal at positions ("persons[0].bsn"), grounds at paths
 * ("persons.bsn"): a path is a position without its indices.
 */
#include <stdio.h>
#include <string.h>

#include "client/command/duties.h"
#include "client/command/hint_text.h"
#include "client/command/names.h"
#include "client/command/positions.h"
#include "client/command/show.h"
#include "client/command/table.h"
#include "client/jsonfile.h"
#include "policy/policy.h"

enum { VALUE_MAX = 512 };

struct listing {
	struct table                *table;
	const struct sluis_delivery *delivery;
	bool                         verified; /* with a column that tells who says so */
};

/* POSITION without "[n]". */
static void
path_of(const char *position, char out[POSITION_MAX])
{
	size_t n = 0;

	for (const char *p = position; *p != '\0' && n + 1 < POSITION_MAX; p++) {
		if (*p == '[')
			p += strcspn(p, "]");
		else
			out[n++] = *p;
		if (*p == '\0') break;
	}
	out[n] = '\0';
}

/* The ground for what stands at POSITION with this ACTION; the first that fits the path.
 */
static const struct sluis_field *
ground_of(const struct sluis_delivery *d, const char *position, enum sluis_action action)
{
	char path[POSITION_MAX];

	path_of(position, path);
	for (size_t i = 0; i < d->n_grounds; i++)
		if (d->grounds[i].action == action &&
		    strcmp(d->grounds[i].path, path) == 0)
			return &d->grounds[i];
	return NULL;
}

static void
put_row(struct listing *l, const char *position, const char *value,
    enum sluis_action action, const char *how)
{
	const struct sluis_field *g = ground_of(l->delivery, position, action);

	table_row(l->table);
	table_cell(l->table, position, NULL);
	table_cell(l->table, value, NULL);
	table_cell(l->table, how, show_colour(action));
	if (l->verified)
		table_cell(l->table,
		    action == SLUIS_RELEASE ? tr("signed by the sender")
		                            : tr("stated by the broker"),
		    NULL);
	table_cell(l->table, g != NULL ? g->rule : "", NULL);
	table_cell(l->table, g != NULL ? g->article : "", NULL);
}

static void
scalar_text(const json_t *value, char out[VALUE_MAX])
{
	if (json_is_string(value))
		(void)snprintf(out, VALUE_MAX, "%s", json_string_value(value));
	else if (json_is_boolean(value))
		(void)snprintf(
		    out, VALUE_MAX, "%s", json_is_true(value) ? tr("yes") : tr("no"));
	else if (json_is_integer(value))
		(void)snprintf(
		    out, VALUE_MAX, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else
		(void)snprintf(out, VALUE_MAX, "%g", json_number_value(value));
}

/* A value of the signal, for the table. */
static void
list_value(void *arg, const char *position, const json_t *value)
{
	char text[VALUE_MAX];

	scalar_text(value, text);
	put_row(arg, position, text, SLUIS_RELEASE, show_action(SLUIS_RELEASE));
}

static void
list_statements(struct listing *l)
{
	const struct sluis_delivery *d = l->delivery;

	for (size_t i = 0; i < d->n_statements; i++) {
		const struct sluis_statement *s = &d->statements[i];
		char                          how[128];
		(void)snprintf(how, sizeof how, "%s (%s)%s%s", show_action(s->action),
		    s->kind, s->former ? ", " : "",
		    s->former ? tr("of the key epoch that ends") : "");
		put_row(l, s->path, s->value, s->action, how);
	}
}

static void
show_header(struct cli *cli, const struct sluis *s, const struct sluis_delivery *d)
{
	char id[ID_BYTES * 2 + 1], label[LABEL_MAX], when[TIME_TEXT_MAX];

	hex_encode(id, sizeof id, slice_of(d->id, sizeof d->id));
	(void)fprintf(cli->out, "%s %s\n", tr("delivery"), id);
	(void)fprintf(cli->out, "%s %s, %s, %s %s / %s / %s, %s %lld\n", tr("from"),
	    names_label(s, d->sender_oin, d->sender_desk, label),
	    show_time(d->released_ms, when), tr("convenant"), d->convenant, d->phase,
	    d->purpose, tr("entry"), (long long)d->entry_index);
}

/* Inside a case: which one, and what it is there. */
static void
show_place(struct cli *cli, const struct sluis_delivery *d)
{
	char id[ID_BYTES * 2 + 1];

	if (d->case_id != NULL) {
		hex_encode(id, sizeof id, slice_of(d->case_id, ID_BYTES));
		(void)fprintf(cli->out, "%s %s%s%s\n", tr("case"), id,
		    d->enriches != 0 ? ", " : "",
		    d->enriches != 0 ? tr("enrichment") : "");
	}
	if (d->corrects == NULL) return;
	hex_encode(id, sizeof id, slice_of(d->corrects, ID_BYTES));
	(void)fprintf(cli->out, "%s %s\n", tr("replaces delivery"), id);
}

/* Whose signature it is, and what it does not say. */
static void
show_signature(struct cli *cli, const struct sluis *s, const struct sluis_delivery *d)
{
	const struct sluis_signature *by = d->signature;
	char label[LABEL_MAX], when[TIME_TEXT_MAX], hex[2 * HASH_BYTES + 1];

	(void)fprintf(cli->out, "%s %s, %s\n", tr("signed by"),
	    names_label(s, by->oin, by->desk, label), show_time(by->made_ms, when));
	hex_encode(hex, sizeof hex, slice_of(by->binding, HASH_BYTES));
	(void)fprintf(cli->out, "  %s %s, ", tr("key binding"), hex);
	(void)fprintf(
	    cli->out, "%s %.10s ", tr("good from"), show_time(by->not_before_ms, when));
	(void)fprintf(
	    cli->out, "%s %.10s\n", tr("until"), show_time(by->not_after_ms, when));
	hex_encode(hex, sizeof hex, slice_of(by->certificate, HASH_BYTES));
	(void)fprintf(cli->out, "  %s %s\n", tr("certificate"), hex);
	(void)fprintf(cli->out, "%s\n%s\n",
	    tr("The broker's word: what stands as stated by the broker, rules and "
	       "articles, "
	       "obligations, the order of records, and that no more was withheld than "
	       "had to "
	       "be."),
	    tr("Not looked at here: whether the certificate was revoked. The broker "
	       "does, "
	       "before it lets a key in."));
}

static void
show_signal(
    struct cli *cli, const struct sluis *s, const struct sluis_delivery *d, bool verified)
{
	const char                *headings[] = {tr("FIELD"), tr("VALUE"), tr("HOW"),
            verified ? tr("WHO SAYS SO") : tr("RULE"),
            verified ? tr("RULE") : tr("ARTICLE"), verified ? tr("ARTICLE") : NULL, NULL};
	AUTO(json_release) json_t *json       = json_loads(d->signal_json, 0, NULL);
	AUTO(table_destroy) struct table *t   = table_new(cli, headings);
	AUTO(policy_destroy)
	struct policy *p = duties_policy(cli, d->n_obligations, d->obligations);
	struct listing l = {.table = t, .delivery = d, .verified = verified};

	(void)hints_show_urgent(cli, d->signal_json);
	show_header(cli, s, d);
	if (d->signature == NULL)
		(void)fprintf(cli->out, "%s\n",
		    tr("WARNING: signature not kept. This was kept before senders signed "
		       "what they send: every field is the broker's word."));
	show_place(cli, d);
	if (t == NULL) return;
	positions_each(json, list_value, &l);
	list_statements(&l);
	table_print(t);
	duties_show(cli, p, "", d->n_obligations, d->obligations);
	if (verified) show_signature(cli, s, d);
}

void
show_delivery(struct cli *cli, const struct sluis *s, const struct sluis_delivery *d)
{
	if (d->notice_json[0] != '\0')
		show_notice(cli, s, d);
	else
		show_signal(cli, s, d, false);
}

void
show_delivery_verified(
    struct cli *cli, const struct sluis *s, const struct sluis_delivery *d)
{
	if (d->signature != NULL) {
		show_signal(cli, s, d, true);
		return;
	}
	show_delivery(cli, s, d);
	(void)fprintf(cli->out, "%s\n", tr("A notice is the broker's word."));
}

/* --- as JSON -------------------------------------------------------------------------
 */

static void
add_said(json_t *fields, const char *position, const char *by)
{
	(void)json_array_append_new(
	    fields, json_pack("{s:s, s:s}", "path", position, "said_by", by));
}

static void
add_value(void *arg, const char *position, const json_t *value)
{
	(void)value;
	add_said(arg, position, "sender");
}

json_t *
verified_json(const struct sluis_delivery *d)
{
	json_t                    *fields = json_array();
	AUTO(json_release) json_t *signal = json_loads(d->signal_json, 0, NULL);

	if (signal != NULL) positions_each(signal, add_value, fields);
	for (size_t i = 0; i < d->n_statements; i++)
		add_said(fields, d->statements[i].path, "broker");
	return json_pack("{s:b, s:o, s:[s]}", "signed", d->signature != NULL, "fields",
	    fields, "not_checked", "revocation");
}
