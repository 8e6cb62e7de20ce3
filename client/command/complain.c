/* SPDX-License-Identifier: EUPL-1.2 */
/* complain.c - printing errors and progress. */
#include "client/command/complain.h"

#include <string.h>

#include "client/command/policy/change.h"
#include "client/jsonfile.h"

/* Left-aligned label; Dutch and English labels are at most six letters. */
static void
line(struct cli *cli, const char *label, const char *text)
{
	if (text[0] != '\0') (void)fprintf(cli->err, "  %-7s %s\n", label, text);
}

static void
print_ground(struct cli *cli, const struct sluis_error *e)
{
	char text[256];

	bool word = e->code == SLUIS_USAGE || e->code == SLUIS_NOT_FOUND;
	if (word && e->rule[0] != '\0') { /* the nearest word */
		(void)snprintf(text, sizeof text, tr("did you mean \"%s\"?"), e->rule);
		line(cli, "", text);
		return;
	}
	if (e->article[0] == '\0')
		line(cli, tr("rule:"), e->rule);
	else {
		(void)snprintf(text, sizeof text, "%s%s%s%s", e->rule,
		    e->rule[0] != '\0' ? " (" : "", e->article,
		    e->rule[0] != '\0' ? ")" : "");
		line(cli, tr("rule:"), text);
	}
}

/* What to do next; nothing where that is what was just done. */
static void
print_advice(struct cli *cli, rc code)
{
	const struct verb *v      = cli->verb;
	const char        *advice = code_advice(code);
	char               text[128];

	if (cli->quiet) return;
	if (code == RC_USAGE && v != NULL) {
		(void)snprintf(text, sizeof text, "sluis %s%s%s --help", v->noun,
		    v->name != NULL ? " " : "", v->name != NULL ? v->name : "");
		line(cli, tr("next:"), text);
		return;
	}
	if (code == RC_TIMEOUT && (v == NULL || strcmp(v->noun, "signal") != 0))
		advice = code_advice(RC_STOPPING); /* nothing of ours was under way */
	if (v != NULL && v->name != NULL) {
		(void)snprintf(text, sizeof text, "sluis %s %s", v->noun, v->name);
		const char *at = strstr(advice, text);
		if (at != NULL && code != RC_INVALID_SIGNAL && code != RC_TIMEOUT) return;
	}
	line(cli, tr("next:"), tr(advice));
}

static int
complain_json(struct cli *cli, const struct sluis_error *e)
{
	AUTO(json_release)
	json_t *json = json_pack("{s:{s:s, s:s, s:s, s:s, s:s}}", "error", "code",
	    sluis_code_name(e->code), "where", e->where, "reason", e->reason, "rule",
	    e->rule, "article", e->article);

	(void)json_dumpf(json, cli->err, JSON_COMPACT | JSON_PRESERVE_ORDER);
	(void)fputc('\n', cli->err);
	return sluis_code_exit_status(e->code);
}

/* What would have to change; nothing where the policy does not say. */
static void
print_change(struct cli *cli, const char *change)
{
	char text[CHANGE_TEXT_MAX];

	if (change[0] != '\0') line(cli, tr("change:"), change_translate(change, text));
}

/* ADVICE NULL: that of the code. */
static int
complain_of(
    struct cli *cli, const struct sluis_error *e, const char *change, const char *advice)
{
	rc code = code_in(e->code);

	progress_end(cli);
	(void)fflush(cli->out);
	if (cli->json) return complain_json(cli, e);
	(void)fprintf(cli->err, "sluis: %s: %s\n", rc_name(code), tr(code_meaning(code)));
	line(cli, tr("where:"), e->where);
	line(cli, tr("why:"), tr(e->reason));
	print_ground(cli, e);
	print_change(cli, change);
	if (advice == NULL)
		print_advice(cli, code);
	else if (!cli->quiet && advice[0] != '\0')
		line(cli, tr("next:"), tr(advice));
	return rc_exit_status(code);
}

int
complain(struct cli *cli, const struct sluis_error *e)
{
	return complain_of(cli, e, "", NULL);
}

int
complain_denied(struct cli *cli, const struct sluis_error *e, const char *change)
{
	return complain_of(cli, e, change, NULL);
}

int
complain_advised(
    struct cli *cli, rc code, const char *where, const char *reason, const char *advice)
{
	struct sluis_error e;

	ignore(error_set(&e, code, where, reason));
	return complain_of(cli, &e, "", advice);
}

int
complain_code(struct cli *cli, rc code, const char *where, const char *reason)
{
	struct sluis_error e;

	ignore(error_set(&e, code, where, reason));
	return complain(cli, &e);
}

int
complain_id(struct cli *cli, rc code, const struct sluis_error *e, const char *text,
    const char *reason)
{
	return code == RC_NOT_FOUND || code == RC_USAGE
	           ? complain_code(cli, code, text, reason)
	           : complain(cli, e);
}

int
complain_handle(struct cli *cli, const struct sluis *s)
{
	return complain(cli, sluis_last_error(s));
}

/* --- progress -------------------------------------------------------------------- */

void
progress(struct cli *cli, const char *what, uint64_t done, uint64_t total)
{
	if (!cli->progress || cli->quiet) return;
	(void)fprintf(cli->err, "\r%s %llu/%llu\033[K", what, (unsigned long long)done,
	    (unsigned long long)total);
	(void)fflush(cli->err);
}

void
progress_end(struct cli *cli)
{
	if (!cli->progress || cli->quiet) return;
	(void)fprintf(cli->err, "\r\033[K");
	(void)fflush(cli->err);
}
