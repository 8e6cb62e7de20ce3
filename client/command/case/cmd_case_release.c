/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_case_release.c - sluis case release: each source releases its own further fields
 * for the phase that a case is in, from its own store.
 */
#include <string.h>

#include "client/command/case/cmd_case.h"
#include "client/command/case/phrase.h"
#include "client/command/complain.h"
#include "client/command/table.h"
#include "client/jsonfile.h"

struct release { /* what sluis_release() borrows */
	struct desks           to;
	struct sluis_recipient recipients[NAMED_MAX];
	struct sluis_release   how;
	uint8_t                case_id[ID_BYTES], trace_id[ID_BYTES];
};

static rc
read_release(struct errand *e, struct release *x)
{
	const char *trace = cli_value(e->cli, "trace"), *to = cli_value(e->cli, "to");

	TRY(errand_open(e));
	TRY(errand_case(e, e->cli->args[0], x->case_id));
	x->how.only_preview = cli_flag(e->cli, "dry-run");
	if (trace != NULL) {
		TRY(errand_trace(e, trace, x->trace_id));
		x->how.trace_id = x->trace_id;
	}
	if (to == NULL) return RC_OK;
	TRY(desks_read(e->cli, e->s, "--to", to, &x->to));
	for (size_t i = 0; i < x->to.n; i++) {
		x->recipients[i].oin  = x->to.items[i].oin;
		x->recipients[i].desk = x->to.items[i].desk;
	}
	x->how.to   = x->recipients;
	x->how.n_to = x->to.n;
	return RC_OK;
}

/* --- what came of it ------------------------------------------------------------- */

static const char *
text_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text != NULL ? text : "";
}

/* Does GAINED name PATH? */
static bool
names_path(const json_t *gained, const char *path)
{
	size_t  i;
	json_t *one;

	json_array_foreach(json_object_get(gained, "fields"), i, one)
	{
		if (strcmp(json_string_value(one), path) == 0) return true;
	}
	return false;
}

/* A row for PATH unless a desk before the I-th has shown it. */
static void
put_path(struct table *t, const json_t *all, size_t i, const char *path)
{
	size_t  k;
	json_t *gained;

	for (k = 0; k < i; k++)
		if (names_path(json_array_get(all, k), path)) return;
	table_row(t);
	table_cell(t, path, NULL);
	json_array_foreach((json_t *)(uintptr_t)all, k, gained)
	{
		bool gains = names_path(gained, path);
		table_cell(t, gains ? tr("gains") : "-", gains ? "green" : NULL);
	}
}

/* Fields down, the desks that gain them across. */
static void
print_gains(struct errand *e, const json_t *all)
{
	char        labels[NAMED_MAX][LABEL_MAX];
	const char *headings[NAMED_MAX + 2] = {tr("FIELD")};
	size_t      i, k;
	json_t     *gained, *path;

	json_array_foreach((json_t *)(uintptr_t)all, i, gained)
	{
		if (i == NAMED_MAX) return;
		headings[i + 1] = names_label(
		    e->s, text_of(gained, "oin"), text_of(gained, "desk"), labels[i]);
	}
	AUTO(table_destroy) struct table *t = table_new(e->cli, headings);
	if (t == NULL) return;
	json_array_foreach((json_t *)(uintptr_t)all, i, gained)
	{
		json_array_foreach(json_object_get(gained, "fields"), k, path)
		{
			put_path(t, all, i, json_string_value(path));
		}
	}
	table_print(t);
}

/* Who was served once it was sent. */
static void
print_outcomes(struct errand *e, const json_t *released)
{
	char    label[LABEL_MAX];
	size_t  i;
	json_t *o;

	json_array_foreach(json_object_get(released, "outcomes"), i, o)
	{
		bool served = strcmp(text_of(o, "code"), "ok") == 0;
		phrase_put(e->cli->out,
		    names_label(e->s, text_of(o, "oin"), text_of(o, "desk"), label));
		(void)fprintf(e->cli->out, ": %s%s%s\n",
		    served ? tr("served") : tr("not served"), served ? "" : ", ",
		    served ? "" : text_of(o, "code"));
	}
}

static void
print_force(FILE *to, const json_t *json)
{
	(void)fprintf(to, "%s ", tr("in force now:"));
	phrase_put(to, text_of(json, "convenant"));
	(void)fputs(" / ", to);
	phrase_put(to, text_of(json, "phase"));
	(void)fputs(" / ", to);
	phrase_put(to, text_of(json, "purpose"));
	(void)fputc('\n', to);
}

static void
print_release(struct errand *e, const json_t *json)
{
	const json_t *list = json_object_get(json, "released");
	size_t        i;
	json_t       *released;

	if (text_of(json, "convenant")[0] != '\0') print_force(e->cli->out, json);
	json_array_foreach((json_t *)(uintptr_t)list, i, released)
	{
		(void)fprintf(
		    e->cli->out, "%s %.8s\n", tr("signal"), text_of(released, "of"));
		print_gains(e, json_object_get(released, "gained"));
		print_outcomes(e, released);
	}
	if (json_array_size(list) == 0 &&
	    json_array_size(json_object_get(json, "denied")) == 0)
		(void)fprintf(e->cli->out, "%s\n",
		    tr("Nothing of this desk is left to release in this phase."));
}

int
case_release(struct cli *cli)
{
	AUTO(errand_wipe) struct errand e = {.cli = cli};
	AUTO(auto_free) struct release *x = calloc(1, sizeof *x);

	if (x == NULL) return complain_code(cli, RC_NOMEM, NULL, NULL);
	TRY_STATUS(read_release(&e, x));
	sluis_result_destroy(&e.r);
	rc code = code_in(sluis_release(e.s, x->case_id, &x->how, cli->timeout_ms, &e.r));
	if (e.r == NULL) return errand_complain(&e, code);
	AUTO(json_release) json_t *json = json_loads(sluis_result_json(e.r), 0, NULL);
	if (cli->json) return cli_json(cli, json_incref(json), code);
	print_release(&e, json);
	if (code != RC_OK) return complain_handle(cli, e.s);
	if (x->how.only_preview && !cli->quiet)
		(void)fprintf(cli->err, "%s sluis case release %s\n",
		    tr("Nothing was sent. To do it:"), cli->args[0]);
	return 0;
}
