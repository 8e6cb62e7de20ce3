/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_subject.c - sluis subject ask | decide | show: a person asks what was shared about
 * her, at the contact point that the policy names.
 *
 * Her identifier is read from a file or stdin: what stands in a command line is seen by
 * every program of the machine, and kept by shells.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "client/command/case/choice.h"
#include "client/command/case/cmd_case.h"
#include "client/command/case/route_title.h"
#include "client/command/case/todo.h"
#include "client/command/case/words.h"
#include "client/command/complain.h"
#include "client/command/names.h"
#include "client/command/show.h"
#include "client/jsonfile.h"
#include "client/wirejson.h"
#include "policy/facts.h"
#include "proto/schema.h"

enum { VALUES_MAX = 4, ID_START = 4, WIDTH = 72 };

static const struct option options_ask[] = {
    {"values", "FILE", N_("her identifier, a line for each part of it (- is stdin)")},
    {"right", "access|rectify|erase", N_("what she asks for (default: access)")},
    {"from", "DATE", N_("shared from this day on")},
    {"to", "DATE", N_("shared up to and with this day")},
    {NULL, NULL, NULL},
};
static const struct option options_decide[] = {
    {"agree", NULL, N_("she is who she says, and may be answered")},
    {"decline", NULL, N_("she is not answered")},
    {NULL, NULL, NULL},
};

static const struct choice choices_right[] = {
    {SLUIS__SUBJECT_RIGHT__SUBJECT_ACCESS, "access",
        N_("what was shared about her (AVG 15)")},
    {SLUIS__SUBJECT_RIGHT__SUBJECT_RECTIFY, "rectify",
        N_("who has to be told of a correction (AVG 16, 19)")},
    {SLUIS__SUBJECT_RIGHT__SUBJECT_ERASE, "erase",
        N_("everybody destroys it (AVG 17, 19)")},
    {0, NULL, NULL},
};

/* --- ask ------------------------------------------------------------------------- */

/* Cut the lines of WORDS, a text with its NUL, apart. */
static size_t
split_lines(char *words, char *values[VALUES_MAX + 1])
{
	size_t n    = 0;
	char  *rest = words;

	while (rest != NULL && n <= VALUES_MAX) values[n++] = strsep(&rest, "\n");
	return n;
}

static rc
read_day(struct cli *cli, const char *name, uint64_t plus_ms, uint64_t *ret)
{
	const char *text = cli_value(cli, name);
	int32_t     day;

	if (text == NULL) return RC_OK;
	if (!date_parse(text, &day) || day < 0) {
		(void)complain_code(cli, RC_USAGE, text, N_("a day such as 2026-11-21"));
		return RC_USAGE;
	}
	*ret = (uint64_t)day * DAY_MS + plus_ms;
	return RC_OK;
}

static rc
read_period(struct cli *cli, Sluis__SubjectAsk *body)
{
	TRY(read_day(cli, "from", 0, &body->from_ms));
	TRY(read_day(cli, "to", DAY_MS - 1, &body->to_ms));
	body->has_from_ms = cli_flag(cli, "from");
	body->has_to_ms   = cli_flag(cli, "to");
	return RC_OK;
}

static rc
read_values(struct cli *cli, struct buf *words, char *values[VALUES_MAX + 1], size_t *ret)
{
	const char *path = cli_required(cli, "values");

	if (path == NULL) return RC_USAGE;
	rc code = words_read(path, words);
	if (code == RC_OK) code = buf_append(words, slice_of("", 1));
	if (code == RC_OK) {
		*ret = split_lines((char *)words->p, values);
		if (*ret <= VALUES_MAX) return RC_OK;
		code = RC_USAGE;
	}
	(void)complain_code(
	    cli, code, path, N_("an identifier of at most four lines is needed"));
	return code;
}

/* Which identifiers the policy at hand knows for a person, and the lines of each. */
static void
tell_kinds(struct errand *e)
{
	AUTO(policy_destroy) struct policy *p = route_policy(e->cli);

	(void)fprintf(e->cli->err, "%s\n", tr("A kind, and what its lines are:"));
	for (size_t i = 0; p != NULL && i < policy_n_identifiers(p); i++) {
		const struct identifier_info *id = policy_identifier_at(p, i);
		if (strncmp(id->parts[0]->path, "persons.", 8) != 0) continue;
		(void)fprintf(e->cli->err, "  %-10s", id->name);
		for (size_t k = 0; k < id->n; k++)
			(void)fprintf(
			    e->cli->err, "%s%s", k == 0 ? "" : ", ", id->parts[k]->path);
		(void)fputc('\n', e->cli->err);
	}
}

static int
run_ask(struct cli *cli)
{
	AUTO(errand_wipe) struct errand e     = {.cli = cli};
	AUTO(buf_wipe) struct buf       words = buf_init(WORDS_MAX + 1);
	Sluis__SubjectAsk               body  = SLUIS__SUBJECT_ASK__INIT;
	const char                     *right = cli_value(cli, "right");
	char                           *values[VALUES_MAX + 1];
	int                             value;

	TRY_STATUS(choice_find(
	    cli, "--right", right == NULL ? "access" : right, choices_right, &value));
	TRY_STATUS(read_period(cli, &body));
	TRY_STATUS(read_values(cli, &words, values, &body.n_values));
	TRY_STATUS(errand_open(&e));
	body.kind      = message_borrow(cli->args[0]);
	body.values    = values;
	body.has_right = 1;
	body.right     = (Sluis__SubjectRight)value;
	rc code        = errand_ask(&e, TYPE_SUBJECT_ASK, &body.base);
	if (code == RC_MALFORMED && !cli->quiet) tell_kinds(&e);
	return code == RC_OK ? errand_end(&e, tr("asked; the second desk decides"))
	                     : rc_exit_status(code);
}

/* --- which request --------------------------------------------------------------- */

static bool
is_subject(const Sluis__Task *t)
{
	return t->kind == SLUIS__TASK_KIND__TASK_SUBJECT ||
	       t->kind == SLUIS__TASK_KIND__TASK_SUBJECT_READ;
}

/* The request that TEXT names: 32 hex digits, or the first of one that waits here. */
static rc
find_id(struct errand *e, const char *text, uint8_t id[ID_BYTES])
{
	size_t found = 0;

	if (id_parse(text, id)) return RC_OK;
	TRY(todo_ask(e, false, is_subject));
	for (size_t i = 0; i < e->r->answer->n_tasks; i++) {
		const ProtobufCBinaryData *about = &e->r->answer->tasks[i]->about;
		char                       hex[ID_BYTES * 2 + 1] = "";
		if (about->len == ID_BYTES)
			hex_encode(hex, sizeof hex, slice_of(about->data, ID_BYTES));
		if (strlen(text) < ID_START || strncasecmp(hex, text, strlen(text)) != 0)
			continue;
		memcpy(id, about->data, ID_BYTES);
		found++;
	}
	if (found == 1) return RC_OK;
	(void)complain_code(
	    e->cli, RC_NOT_FOUND, text, N_("no such request waits for this desk"));
	return RC_NOT_FOUND;
}

static int
run_decide(struct cli *cli)
{
	AUTO(errand_wipe) struct errand e     = {.cli = cli};
	Sluis__SubjectDecide            body  = SLUIS__SUBJECT_DECIDE__INIT;
	bool                            agree = cli_flag(cli, "agree");
	uint8_t                         id[ID_BYTES];

	if (agree == cli_flag(cli, "decline"))
		return complain_code(
		    cli, RC_USAGE, "--agree", N_("give --agree or --decline"));
	TRY_STATUS(errand_open(&e));
	TRY_STATUS(find_id(&e, cli->args[0], id));
	body.has_subject_id = body.has_agree = 1;
	body.subject_id                      = errand_id(id);
	body.agree                           = agree;
	TRY_STATUS(errand_ask(&e, TYPE_SUBJECT_DECIDE, &body.base));
	return errand_end(&e, agree
	                          ? tr("agreed; the desk that asked may read the answer")
	                          : tr("declined; nothing is told"));
}

/* --- show ------------------------------------------------------------------------ */

/* The paths of a group in lines of WIDTH, each after INDENT. */
static void
print_paths(FILE *out, const Sluis__RuleGroup *g)
{
	struct slice               rest = slice_of(g->paths.data, g->paths.len);
	const struct schema_field *f    = NULL;
	size_t                     used = WIDTH;

	while (rest.n != 0 && schema_unpack(&rest, &f) == RC_OK) {
		size_t n     = strlen(f->path) + 2;
		bool   wraps = used + n > WIDTH;
		(void)fprintf(out, "%s%s%s", wraps ? "\n      " : " ", f->path,
		    rest.n != 0 ? "," : "");
		used = wraps ? n : used + n;
	}
	(void)fputc('\n', out);
}

static void
print_group(struct errand *e, const Sluis__RuleGroup *g)
{
	FILE *out = e->cli->out;

	(void)fprintf(out, "    %s", show_action((enum sluis_action)g->action));
	if (g->rule != NULL) (void)fprintf(out, " - %s", g->rule);
	if (g->article != NULL) (void)fprintf(out, " (%s)", g->article);
	if (g->rule == NULL) (void)fprintf(out, " - %s", tr("no rule grants it"));
	print_paths(out, g);
}

static void
print_hit(struct errand *e, const Sluis__SubjectHit *h)
{
	char when[TIME_TEXT_MAX], from[LABEL_MAX], to[LABEL_MAX];

	(void)fprintf(e->cli->out, "%s  %s -> %s  %s %s, %s  (%s %llu)\n",
	    show_time(h->time_ms, when),
	    names_label(e->s, h->sender_oin, h->sender_desk, from),
	    names_label(e->s, h->recipient_oin, h->recipient_desk, to), h->convenant,
	    h->phase, h->purpose, tr("entry"), (unsigned long long)h->index);
	for (size_t i = 0; i < h->n_groups; i++) print_group(e, h->groups[i]);
	if (h->lost)
		(void)fprintf(e->cli->out, "    %s\n",
		    tr("The broker lost what was done with her fields here."));
}

static bool
is_whole(const Sluis__SubjectHit *h)
{
	return h->sender_oin != NULL && h->sender_desk != NULL &&
	       h->recipient_oin != NULL && h->recipient_desk != NULL &&
	       h->convenant != NULL && h->phase != NULL && h->purpose != NULL;
}

static json_t *
hits_json(const Sluis__Answer *a)
{
	json_t *list = json_array();

	for (size_t i = 0; i < a->n_hits; i++)
		(void)json_array_append_new(list, wirejson_write(&a->hits[i]->base));
	return json_pack("{s:o}", "releases", list);
}

static int
run_show(struct cli *cli)
{
	AUTO(errand_wipe) struct errand e    = {.cli = cli};
	Sluis__SubjectRead              body = SLUIS__SUBJECT_READ__INIT;
	uint8_t                         id[ID_BYTES];

	TRY_STATUS(errand_open(&e));
	TRY_STATUS(find_id(&e, cli->args[0], id));
	body.has_subject_id = 1;
	body.subject_id     = errand_id(id);
	TRY_STATUS(errand_ask(&e, TYPE_SUBJECT_READ, &body.base));
	const Sluis__Answer *a = e.r->answer;
	if (cli->json) return cli_json(cli, hits_json(a), RC_OK);
	for (size_t i = 0; i < a->n_hits; i++)
		if (is_whole(a->hits[i])) print_hit(&e, a->hits[i]);
	if (a->n_hits == 0)
		(void)fprintf(cli->out, "%s\n",
		    tr("Nothing that this desk may tell was shared about this person."));
	return 0;
}

const struct verb verbs_subject[] = {
    {"subject", "ask", "KIND", 1, 1, options_ask,
        N_("as contact point: what was shared about a person? KIND is bsn, person, ..."),
        run_ask},
    {"subject", "decide", "ID", 1, 1, options_decide,
        N_("as its second desk: agree that she is answered, or not"), run_decide},
    {"subject", "show", "ID", 1, 1, NULL,
        N_("read the answer, once: each release and what was done with her fields"),
        run_show},
    {.noun = NULL},
};
