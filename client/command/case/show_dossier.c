/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * show_dossier.c - what this desk knows of a case, field by field: the value, who said
 * it, from which register, and when.  Values that differ stand below each other, in red.
 */
#include <string.h>

#include "client/command/case/cmd_case.h"
#include "client/command/complain.h"
#include "client/command/show.h"
#include "client/command/table.h"
#include "client/jsonfile.h"

static const char *
text_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text != NULL ? text : "";
}

/* Who said it, and that it was an enrichment. */
static void
put_source(struct errand *e, struct table *t, const json_t *s)
{
	char     label[LABEL_MAX], who[LABEL_MAX + 40], when[TIME_TEXT_MAX];
	uint64_t ms = (uint64_t)json_integer_value(json_object_get(s, "time_ms"));

	(void)snprintf(who, sizeof who, "%s%s%s",
	    names_label(e->s, text_of(s, "sender_oin"), text_of(s, "sender_desk"), label),
	    json_is_true(json_object_get(s, "enriches")) ? ", " : "",
	    json_is_true(json_object_get(s, "enriches")) ? tr("enrichment") : "");
	table_cell(t, who, NULL);
	table_cell(t, text_of(s, "register"), NULL);
	table_cell(t,
	    text_of(s, "obtained_on")[0] != '\0' ? text_of(s, "obtained_on")
	                                         : show_time(ms, when),
	    NULL);
}

static void
put_value(struct errand *e, struct table *t, const json_t *field, const json_t *value)
{
	const json_t *v        = json_object_get(value, "value");
	bool          conflict = json_is_true(json_object_get(field, "conflict"));
	AUTO(auto_free)
	char *text =
	    json_is_string(v) ? NULL : json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);
	const json_t *sources = json_object_get(value, "sources");
	size_t        i;
	json_t       *s;

	json_array_foreach((json_t *)(uintptr_t)sources, i, s)
	{
		table_row(t);
		table_cell(t, i == 0 ? text_of(field, "path") : "", NULL);
		table_cell(t,
		    i != 0         ? ""
		    : text != NULL ? text
		                   : json_string_value(v),
		    conflict ? "red" : NULL);
		put_source(e, t, s);
	}
}

static void
print_dossier(struct errand *e, const json_t *dossier)
{
	const char *headings[] = {
	    tr("FIELD"), tr("VALUE"), tr("FROM"), tr("SOURCE"), tr("WHEN"), NULL};
	AUTO(table_destroy) struct table *t      = table_new(e->cli, headings);
	const json_t                     *fields = json_object_get(dossier, "fields");
	size_t                            i, k;
	json_t                           *field, *value;

	(void)fputc('\n', e->cli->out);
	json_array_foreach((json_t *)(uintptr_t)fields, i, field)
	{
		if (t == NULL) return;
		json_array_foreach(json_object_get(field, "values"), k, value)
		{
			put_value(e, t, field, value);
		}
	}
	if (t != NULL && json_array_size(fields) != 0)
		table_print(t);
	else
		(void)fprintf(e->cli->out, "%s\n",
		    tr("Nothing of this case is kept here: see `sluis inbox watch "
		       "--ack`."));
}

int
show_dossier(struct errand *e, const uint8_t id[ID_BYTES], json_t *into)
{
	AUTO(sluis_result_destroy) struct sluis_result *r = NULL;

	rc code = code_in(sluis_dossier(e->s, id, &r));
	if (code != RC_OK) return complain_handle(e->cli, e->s);
	AUTO(json_release) json_t *dossier = json_loads(sluis_result_json(r), 0, NULL);
	if (dossier == NULL) return complain_code(e->cli, RC_NOMEM, NULL, NULL);
	if (into == NULL)
		print_dossier(e, dossier);
	else {
		json_t *part = json_object();
		(void)json_object_set(part, "copies", json_object_get(dossier, "copies"));
		(void)json_object_set(part, "fields", json_object_get(dossier, "fields"));
		(void)json_object_set_new(into, "dossier", part);
	}
	return 0;
}
