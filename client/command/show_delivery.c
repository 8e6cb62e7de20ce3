/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * show_delivery.c - a received copy, field by field: the value, and why we have it.
 *
 * Values stand in the signal at positions ("persons[0].bsn"), grounds at paths
 * ("persons.bsn"): a path is a position without its indices.
 */
#include <stdio.h>
#include <string.h>

#include "client/command/hint_text.h"
#include "client/command/names.h"
#include "client/command/show.h"
#include "client/command/table.h"
#include "client/jsonfile.h"

enum { POSITION_MAX = 192, VALUE_MAX = 512 };

struct listing {
	struct table                *table;
	const struct sluis_delivery *delivery;
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

/* Walk VALUE, which stands at POSITION; no deeper than the schema. */
static void
list_values(struct listing *l, const char *position, const json_t *value)
{
	char        at[POSITION_MAX], text[VALUE_MAX];
	const char *key;
	json_t     *item;
	size_t      i;

	if (json_is_object(value)) {
		json_object_foreach((json_t *)(uintptr_t)value, key, item)
		{
			(void)snprintf(at, sizeof at, "%s%s%s", position,
			    position[0] != '\0' ? "." : "", key);
			list_values(l, at, item);
		}
	} else if (json_is_array(value)) {
		json_array_foreach(value, i, item)
		{
			(void)snprintf(at, sizeof at, "%s[%zu]", position, i);
			list_values(l, at, item);
		}
	} else {
		scalar_text(value, text);
		put_row(l, position, text, SLUIS_RELEASE, show_action(SLUIS_RELEASE));
	}
}

static void
list_statements(struct listing *l)
{
	const struct sluis_delivery *d = l->delivery;

	for (size_t i = 0; i < d->n_statements; i++) {
		const struct sluis_statement *s = &d->statements[i];
		char                          how[96];
		(void)snprintf(
		    how, sizeof how, "%s (%s)", show_action(s->action), s->kind);
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

static void
show_duties(struct cli *cli, const struct sluis_delivery *d)
{
	char when[TIME_TEXT_MAX];

	for (size_t i = 0; i < d->n_obligations; i++) {
		const struct sluis_obligation *o = &d->obligations[i];
		(void)fprintf(cli->out, "%s %s: %s", tr("obligation"), o->id, o->text);
		if (o->until_ms != 0)
			(void)fprintf(cli->out, ", %s %.10s", tr("until"),
			    show_time(o->until_ms, when));
		if (o->article[0] != '\0') (void)fprintf(cli->out, " (%s)", o->article);
		(void)fputc('\n', cli->out);
	}
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

static void
show_signal(struct cli *cli, const struct sluis *s, const struct sluis_delivery *d)
{
	const char *headings[] = {
	    tr("FIELD"), tr("VALUE"), tr("HOW"), tr("RULE"), tr("ARTICLE"), NULL};
	AUTO(json_release) json_t        *json = json_loads(d->signal_json, 0, NULL);
	AUTO(table_destroy) struct table *t    = table_new(cli, headings);
	struct listing                    l    = {.table = t, .delivery = d};

	(void)hints_show_urgent(cli, d->signal_json);
	show_header(cli, s, d);
	show_place(cli, d);
	if (t == NULL) return;
	list_values(&l, "", json);
	list_statements(&l);
	table_print(t);
	show_duties(cli, d);
}

void
show_delivery(struct cli *cli, const struct sluis *s, const struct sluis_delivery *d)
{
	if (d->notice_json[0] != '\0')
		show_notice(cli, s, d);
	else
		show_signal(cli, s, d);
}
