/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_reveal.c - sluis reveal: who is it?  Asked on a ground, decided by the source, the
 * answer sealed to who asked.
 */
#include <string.h>
#include <strings.h>

#include "client/command/case/choice.h"
#include "client/command/case/cmd_case.h"
#include "client/command/case/notices.h"
#include "client/command/case/phrase.h"
#include "client/command/case/words.h"
#include "client/command/complain.h"
#include "client/command/table.h"
#include "client/jsonfile.h"
#include "client/wirejson.h"

static const struct option options_ask[] = {
    {"what", "source|identity", N_("who reported, or who is behind a pseudonym")},
    {"path", "P", N_("of the pseudonym, such as persons[0].bsn")},
    {"ground", "report|danger|care|court",
        N_("official report, danger to life, necessary care, order of a court")},
    {NULL, NULL, NULL},
};
static const struct option options_decide[] = {
    {"verdict", "release|refuse|organisation",
        N_("name it, refuse, or only say who holds it")},
    {"text", "FILE", N_("the answer, sealed to who asked (- is stdin)")},
    {"second", NULL, N_("as the second desk that the convenant asks for")},
    {NULL, NULL, NULL},
};

/* --- ask ------------------------------------------------------------------------- */

static int
run_ask(struct cli *cli)
{
	AUTO(errand_wipe) struct errand e    = {.cli = cli};
	Sluis__RevealAsk                body = SLUIS__REVEAL_ASK__INIT;
	const char                     *what = cli_required(cli, "what");
	const char *ground = what != NULL ? cli_required(cli, "ground") : NULL;
	uint8_t     id[ID_BYTES];
	int         w, g;

	if (ground == NULL) return rc_exit_status(RC_USAGE);
	TRY_STATUS(choice_find(cli, "--what", what, choices_reveal_what, &w));
	TRY_STATUS(choice_find(cli, "--ground", ground, choices_reveal_ground, &g));
	if ((w == SLUIS__REVEAL_WHAT__REVEAL_IDENTITY) != cli_flag(cli, "path"))
		return complain_code(cli, RC_USAGE, "--path",
		    N_("an identity needs a path, and a source has none"));
	TRY_STATUS(errand_open(&e));
	TRY_STATUS(errand_delivery(&e, cli->args[0], id));
	body.has_delivery_id = body.has_what = body.has_ground = 1;
	body.delivery_id                                       = errand_id(id);
	body.what                                              = (Sluis__RevealWhat)w;
	body.ground                                            = (Sluis__RevealGround)g;
	body.path = message_borrow(cli_value(cli, "path"));
	TRY_STATUS(errand_ask(&e, TYPE_REVEAL_ASK, &body.base));
	return errand_end(&e, tr("asked; the source decides"));
}

/* --- the notices about it -------------------------------------------------------- */

struct found {
	const char       *start; /* of the reveal id; NULL: any */
	Sluis__NoticeKind kind;  /* UNSPECIFIED: both */
	json_t           *list;  /* as JSON, for --json */
	struct table     *table; /* NULL: not printed */
	struct errand    *e;
	unsigned          n;
	Sluis__Notice    *last; /* owned */
};

static void
found_wipe(struct found *f)
{
	json_decref(f->list);
	table_destroy(&f->table);
	message_destroy(&f->last);
}

static bool
is_wanted(const struct found *f, const Sluis__Notice *n)
{
	char hex[ID_BYTES * 2 + 1];

	if (n->kind != SLUIS__NOTICE_KIND__NOTICE_REVEAL_ASKED &&
	    n->kind != SLUIS__NOTICE_KIND__NOTICE_REVEAL_DECIDED)
		return false;
	if (f->kind != SLUIS__NOTICE_KIND__NOTICE_UNSPECIFIED && n->kind != f->kind)
		return false;
	if (n->reveal_id.len != ID_BYTES) return false;
	hex_encode(hex, sizeof hex, slice_of(n->reveal_id.data, ID_BYTES));
	return f->start == NULL || strncasecmp(hex, f->start, strlen(f->start)) == 0;
}

static void
put_row(struct found *f, const Sluis__Notice *n)
{
	AUTO(auto_free) char *text = NULL;
	char                  hex[ID_BYTES * 2 + 1];
	size_t                size;
	struct telling        t = errand_telling(f->e, n->route);

	t.to = open_memstream(&text, &size);
	if (t.to == NULL) return;
	tell_notice(&t, n);
	(void)fclose(t.to);
	hex_encode(hex, sizeof hex, slice_of(n->reveal_id.data, ID_BYTES));
	table_row(f->table);
	table_cell(f->table, hex, NULL);
	table_cell(f->table, text, NULL);
}

static rc
take_reveal(void *arg, const struct sluis_delivery *d, const Sluis__Notice *n)
{
	struct found *f = arg;

	if (!is_wanted(f, n)) return RC_OK;
	message_destroy(&f->last);
	f->last = notice_of(d);
	f->n++;
	if (f->list != NULL)
		(void)json_array_append_new(f->list, wirejson_write(&n->base));
	if (f->table != NULL) put_row(f, n);
	return RC_OK;
}

static int
run_list(struct cli *cli)
{
	const char                     *headings[] = {tr("ID"), tr("WHAT"), NULL};
	AUTO(errand_wipe) struct errand e          = {.cli = cli};

	TRY_STATUS(errand_open(&e));
	AUTO(found_wipe) struct found f = {.e = &e, .list = json_array()};
	f.table                         = cli->json ? NULL : table_new(cli, headings);
	TRY_STATUS(notices_each(&e, take_reveal, &f));
	if (cli->json) return cli_json(cli, json_pack("{s:O}", "reveals", f.list), RC_OK);
	if (f.table != NULL) table_print(f.table);
	if (f.n == 0 && !cli->quiet)
		(void)fprintf(
		    cli->err, "%s\n", tr("Nothing was asked and nothing decided."));
	return 0;
}

/* The one notice that F looks for. */
static rc
find(struct errand *e, struct found *f)
{
	rc          code   = RC_OK;
	const char *reason = N_("no such question reached this desk");

	f->e     = e;
	f->start = e->cli->args[0];
	if (strlen(f->start) < 4)
		code = RC_USAGE;
	else {
		TRY(notices_each(e, take_reveal, f));
		if (f->last == NULL) code = RC_NOT_FOUND;
	}
	if (code != RC_OK) (void)complain_code(e->cli, code, f->start, reason);
	return code;
}

/* --- decide ---------------------------------------------------------------------- */

/* The answer in --text for who asked. */
static rc
seal_answer(struct errand *e, const Sluis__Notice *n, Sluis__Sealed *ret, struct buf *box)
{
	AUTO(buf_wipe) struct buf words = buf_init(WORDS_MAX + 1);
	const char               *path  = cli_value(e->cli, "text");

	rc code = words_read(path, &words);
	if (code == RC_OK)
		code = words_seal(slice_of(n->seal_public.data, n->seal_public.len),
		    buf_slice(&words), box);
	if (code != RC_OK) {
		(void)complain_code(e->cli, code, path,
		    N_("an answer of at most 2000 bytes of text is needed"));
		return code;
	}
	ret->oin     = n->from_oin;
	ret->desk    = n->from_desk;
	ret->has_box = 1;
	ret->box     = message_borrow_bytes(box->p, box->n);
	return RC_OK;
}

/* A release by the source has an answer; nothing else has one. */
static rc
check_text(struct cli *cli, int verdict)
{
	bool text = cli_flag(cli, "text");
	bool wants =
	    verdict == SLUIS__REVEAL_VERDICT__REVEAL_RELEASED && !cli_flag(cli, "second");

	if (text == wants) return RC_OK;
	(void)complain_code(cli, RC_USAGE, "--text",
	    wants ? N_("what is released has to be said: give the answer")
	          : N_("only who releases gives an answer"));
	return RC_USAGE;
}

static int
run_decide(struct cli *cli)
{
	AUTO(errand_wipe) struct errand e      = {.cli = cli};
	AUTO(buf_wipe) struct buf       box    = buf_init(WORDS_BOX_MAX);
	Sluis__RevealDecide             body   = SLUIS__REVEAL_DECIDE__INIT;
	Sluis__Sealed                   sealed = SLUIS__SEALED__INIT;
	const char                     *word   = cli_required(cli, "verdict");
	int                             verdict;

	if (word == NULL) return rc_exit_status(RC_USAGE);
	TRY_STATUS(choice_find(cli, "--verdict", word, choices_reveal_verdict, &verdict));
	TRY_STATUS(check_text(cli, verdict));
	TRY_STATUS(errand_open(&e));
	AUTO(found_wipe)
	struct found f = {.kind = SLUIS__NOTICE_KIND__NOTICE_REVEAL_ASKED};
	TRY_STATUS(find(&e, &f));
	if (cli_flag(cli, "text")) {
		TRY_STATUS(seal_answer(&e, f.last, &sealed, &box));
		body.sealed = &sealed;
	}
	body.has_reveal_id = body.has_verdict = 1;
	body.reveal_id                        = f.last->reveal_id;
	body.verdict                          = (Sluis__RevealVerdict)verdict;
	body.has_second = body.second = cli_flag(cli, "second");
	TRY_STATUS(errand_ask(&e, TYPE_REVEAL_DECIDE, &body.base));
	return errand_end(&e, choice_text(choices_reveal_verdict, verdict));
}

/* --- show ------------------------------------------------------------------------ */

static rc
open_answer(const struct errand *e, const Sluis__Notice *n, struct buf *words)
{
	if (n->n_sealed == 0) return RC_OK;
	return words_open(
	    e->s, slice_of(n->sealed[0]->box.data, n->sealed[0]->box.len), words);
}

static int
run_show(struct cli *cli)
{
	AUTO(errand_wipe) struct errand e     = {.cli = cli};
	AUTO(buf_wipe) struct buf       words = buf_init(WORDS_BOX_MAX);

	TRY_STATUS(errand_open(&e));
	AUTO(found_wipe)
	struct found f = {.kind = SLUIS__NOTICE_KIND__NOTICE_REVEAL_DECIDED};
	TRY_STATUS(find(&e, &f));
	rc code = open_answer(&e, f.last, &words);
	if (code != RC_OK)
		return complain_code(cli, code, cli->args[0],
		    N_("the answer is not sealed to the keys of this folder"));
	if (cli->json) {
		json_t *json = wirejson_write(&f.last->base);
		if (words.n != 0)
			(void)json_object_set_new(
			    json, "answer", json_stringn((const char *)words.p, words.n));
		return cli_json(cli, json, RC_OK);
	}
	struct telling t = errand_telling(&e, f.last->route);
	tell_notice(&t, f.last);
	(void)fputc('\n', cli->out);
	phrase_put_lines(cli->out, "  ", buf_slice(&words));
	return 0;
}

const struct verb verbs_reveal[] = {
    {"reveal", "ask", "DELIVERY", 1, 1, options_ask,
        N_("ask the source who reported, or who a pseudonym is, on a ground"), run_ask},
    {"reveal", "list", "", 0, 0, NULL,
        N_("what was asked of this desk, and answers to it"), run_list},
    {"reveal", "decide", "ID", 1, 1, options_decide,
        N_("as the source: release, refuse, or name the organisation only"), run_decide},
    {"reveal", "show", "ID", 1, 1, NULL, N_("open the answer to what this desk asked"),
        run_show},
    {.noun = NULL},
};
