/* SPDX-License-Identifier: EUPL-1.2 */
/* help.c - what --help prints, and `sluis help exit`. */
#include "client/command/help.h"

#include <string.h>

#include "client/command/complain.h"
#include "client/command/options.h"
#include "client/command/table.h"
#include "proto/auto.h"

static void
print_options(FILE *to, const struct option *o)
{
	for (; o != NULL && o->name != NULL; o++) {
		char word[64];
		(void)snprintf(word, sizeof word, "--%s%s%s", o->name,
		    o->arg != NULL ? " " : "", o->arg != NULL ? o->arg : "");
		(void)fprintf(to, "  %-22s %s\n", word, tr(o->help));
	}
}

static void
print_verb_line(FILE *to, const struct verb *v)
{
	char word[96];

	(void)snprintf(word, sizeof word, "%s%s%s%s%s", v->noun,
	    v->name != NULL ? " " : "", v->name != NULL ? v->name : "",
	    v->arguments[0] != '\0' ? " " : "", v->arguments);
	(void)fprintf(to, "  %-28s %s\n", word, tr(v->help));
}

static void
print_exit_codes(FILE *to)
{
	(void)fprintf(to, "\n%s\n", tr("Exit status:"));
	(void)fprintf(to, "  0 %s\n", tr("done"));
	(void)fprintf(to, "  1 %s\n", tr("failed"));
	(void)fprintf(to, "  2 %s\n", tr("wrong use or invalid input"));
	(void)fprintf(to, "  3 %s\n", tr("denied by the convenant"));
	(void)fprintf(to, "  4 %s\n", tr("not authenticated, not enrolled, expired"));
	(void)fprintf(to, "  5 %s\n", tr("not found"));
	(void)fprintf(to, "  6 %s\n",
	    tr("integrity failure (proof, signature, history): stop and alarm"));
	(void)fprintf(to, "  7 %s\n", tr("unavailable or timed out"));
	(void)fprintf(to, "  8 %s\n", tr("partly: some recipients were refused"));
	(void)fprintf(to, "  9 %s\n", tr("a check found differences"));
}

static void
print_one(FILE *to, const struct verb *v)
{
	(void)fprintf(to, "%s sluis %s%s%s%s%s%s\n\n%s\n", tr("Usage:"), v->noun,
	    v->name != NULL ? " " : "", v->name != NULL ? v->name : "",
	    v->options != NULL ? tr(" OPTIONS") : "", v->arguments[0] != '\0' ? " " : "",
	    v->arguments, tr(v->help));
	if (v->options != NULL) {
		(void)fprintf(to, "\n%s\n", tr("Options:"));
		print_options(to, v->options);
	}
}

static void
print_all(FILE *to)
{
	(void)fprintf(to, "%s sluis [--party DIR] [--json] %s\n\n%s\n", tr("Usage:"),
	    tr("NOUN VERB ..."),
	    tr("Share signals of human trafficking: to each what the convenant allows, "
	       "and no more."));
	(void)fprintf(to, "\n%s\n", tr("Commands:"));
	for (size_t i = 0; cli_verb_at(i) != NULL; i++)
		print_verb_line(to, cli_verb_at(i));
}

static bool
print_noun(FILE *to, const char *noun)
{
	bool found = false;

	for (size_t i = 0; cli_verb_at(i) != NULL; i++) {
		if (strcmp(cli_verb_at(i)->noun, noun) != 0) continue;
		found = true;
		print_verb_line(to, cli_verb_at(i));
	}
	return found;
}

static const struct verb *
find_verb(const char *noun, const char *name)
{
	for (size_t i = 0; cli_verb_at(i) != NULL; i++) {
		const struct verb *v = cli_verb_at(i);
		if (strcmp(v->noun, noun) == 0 && v->name != NULL &&
		    strcmp(v->name, name) == 0)
			return v;
	}
	return NULL;
}

int
help_print_to(struct cli *cli, FILE *to)
{
	if (cli->verb != NULL)
		print_one(to, cli->verb);
	else if (cli->n_args == 0 || !print_noun(to, cli->args[0]))
		print_all(to);
	(void)fprintf(to, "\n%s\n", tr("Options of every command:"));
	print_options(to, options_global);
	print_exit_codes(to);
	return 0;
}

int
help_print(struct cli *cli)
{
	return help_print_to(cli, cli->out);
}

/* --- help as a verb -------------------------------------------------------------- */

static int
list_codes_json(struct cli *cli)
{
	json_t *list = json_array();

	for (unsigned i = 0; rc_at(i) != RC_OK; i++)
		(void)json_array_append_new(
		    list, json_pack("{s:s, s:i, s:s, s:s?}", "code", rc_name(rc_at(i)),
		              "exit", rc_exit_status(rc_at(i)), "meaning",
		              code_meaning(rc_at(i)), "next", code_advice(rc_at(i))));
	return cli_json(cli, json_pack("{s:o}", "codes", list), RC_OK);
}

static int
list_codes(struct cli *cli)
{
	const char *headings[] = {
	    tr("CODE"), tr(">EXIT"), tr("MEANING"), tr("NEXT"), NULL};

	if (cli->json) return list_codes_json(cli);
	AUTO(table_destroy) struct table *t = table_new(cli, headings);
	if (t == NULL) return complain_code(cli, RC_NOMEM, NULL, NULL);
	for (unsigned i = 0; rc_at(i) != RC_OK; i++) {
		table_row(t);
		table_cell(t, rc_name(rc_at(i)), NULL);
		table_cellf(t, "%d", rc_exit_status(rc_at(i)));
		table_cell(t, tr(code_meaning(rc_at(i))), NULL);
		const char *advice = code_advice(rc_at(i)); /* NULL where there is none */
		table_cell(t, advice == NULL ? NULL : tr(advice), NULL);
	}
	table_print(t);
	return 0;
}

static int
run_help(struct cli *cli)
{
	if (cli->n_args == 1 && strcmp(cli->args[0], "exit") == 0) return list_codes(cli);
	if (cli->n_args == 1 && print_noun(cli->out, cli->args[0])) return 0;
	cli->verb = cli->n_args == 2 ? find_verb(cli->args[0], cli->args[1]) : NULL;
	if (cli->n_args != 0 && cli->verb == NULL)
		return complain_code(
		    cli, RC_NOT_FOUND, cli->args[0], N_("help about what?"));
	return help_print(cli);
}

const struct verb verbs_help[] = {
    {"help", NULL, "[NOUN [VERB]]", 0, 2, NULL,
        N_("this help; `help exit`: every result code and what it means"), run_help},
    {.noun = NULL},
};
