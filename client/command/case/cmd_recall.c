/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_recall.c - sluis recall send | erase | list | confirm: what should not be there any
 * more.
 */
#include <string.h>

#include "client/command/case/choice.h"
#include "client/command/case/cmd_case.h"
#include "client/command/case/notices.h"
#include "client/command/case/todo.h"
#include "client/command/complain.h"
#include "client/handle.h"
#include "client/jsonfile.h"
#include "client/kept.h"
#include "client/wirejson.h"

enum { CONFIRM_MAX = 256 };

static const struct option options_send[] = {
    {"ground", "WORD",
        N_("why: corrected, no-suspicion, pre-case, consent, unlawful, retention, "
           "subject")},
    {NULL, NULL, NULL},
};
static const struct option options_erase[] = {
    {"ground", "WORD",
        N_("who has it is to destroy it too: unlawful, retention, subject, ...")},
    {NULL, NULL, NULL},
};
static const struct option options_confirm[] = {
    {"all", NULL, N_("everything that was recalled")},
    {NULL, NULL, NULL},
};

/* --- send ------------------------------------------------------------------------ */

/* Is E, an entry of the answer, about a copy of layer 2?  Those are recalled later. */
static bool
is_layer_2(const struct sluis_entry *e)
{
	AUTO(message_destroy)
	Sluis__Detail *d = e->detail == NULL
	                       ? NULL
	                       : sluis__detail__unpack(NULL, e->detail_n, e->detail);

	return d != NULL && d->layer > 1;
}

/* A release is recalled once: what became of this request stands in its entries, one for
 * each copy, and in the tasks that are open. */
static const char *
what_was_recalled(const struct errand *e)
{
	for (size_t i = 0; i < sluis_result_n_entries(e->r); i++) {
		const struct sluis_entry *entry = sluis_result_entry(e->r, i);
		if (is_layer_2(entry))
			return tr("recalled in the turns of layer 2 that follow, what "
			          "was not recalled before");
		if (entry->recipient_oin[0] != '\0')
			return tr("recalled; copies that nobody took are erased, the "
			          "others are to be destroyed and who has them is told");
	}
	if (e->r->answer->n_tasks != 0)
		return tr("it was recalled before, and nobody is told anew; who has not "
		          "confirmed yet: sluis recall list");
	return tr("nothing to recall: nobody received it, or it was recalled before and "
	          "no copy is left to be destroyed");
}

static int
run_send(struct cli *cli)
{
	AUTO(errand_wipe) struct errand e    = {.cli = cli};
	Sluis__Recall                   body = SLUIS__RECALL__INIT;
	const char                     *word = cli_required(cli, "ground");
	uint8_t                         id[ID_BYTES];
	int                             ground;

	if (word == NULL) return rc_exit_status(RC_USAGE);
	TRY_STATUS(choice_find(cli, "--ground", word, choices_recall, &ground));
	TRY_STATUS(errand_open(&e));
	TRY_STATUS(errand_trace(&e, cli->args[0], id));
	body.has_trace_id = 1;
	body.trace_id     = errand_id(id);
	body.has_ground   = 1;
	body.ground       = (Sluis__RecallGround)ground;
	TRY_STATUS(errand_ask(&e, TYPE_RECALL, &body.base));
	return errand_end(&e, what_was_recalled(&e));
}

static int
run_erase(struct cli *cli)
{
	AUTO(errand_wipe) struct errand e      = {.cli = cli};
	Sluis__Erase                    body   = SLUIS__ERASE__INIT;
	const char                     *word   = cli_value(cli, "ground");
	int                             ground = SLUIS__RECALL_GROUND__RECALL_UNSPECIFIED;
	uint8_t                         id[ID_BYTES];

	if (word != NULL)
		TRY_STATUS(choice_find(cli, "--ground", word, choices_recall, &ground));
	TRY_STATUS(errand_open(&e));
	TRY_STATUS(errand_trace(&e, cli->args[0], id));
	body.has_trace_id = 1;
	body.trace_id     = errand_id(id);
	body.has_ground   = word != NULL;
	body.ground       = (Sluis__RecallGround)ground;
	TRY_STATUS(errand_ask(&e, TYPE_ERASE, &body.base));
	return errand_end(&e, tr("erased at the broker; its entries in the journal stay, "
	                         "without their details"));
}

/* --- list ------------------------------------------------------------------------ */

static bool
is_destroy(const Sluis__Task *t)
{
	return t->kind == SLUIS__TASK_KIND__TASK_DESTROY;
}

static json_t *
tasks_json(const struct errand *e)
{
	json_t *list = json_array();

	for (size_t i = 0; i < e->r->answer->n_tasks; i++)
		(void)json_array_append_new(
		    list, wirejson_write(&e->r->answer->tasks[i]->base));
	return list;
}

static void
print_recalls(struct errand *e, const char *title, const char *none, bool given)
{
	size_t n = e->r->answer->n_tasks;

	(void)fprintf(e->cli->out, "%s\n", n != 0 ? title : none);
	show_tasks(e, n, e->r->answer->tasks, given);
}

static int
run_list(struct cli *cli)
{
	AUTO(errand_wipe) struct errand e    = {.cli = cli};
	AUTO(json_release) json_t      *json = json_object();

	TRY_STATUS(errand_open(&e));
	TRY_STATUS(todo_ask(&e, false, is_destroy));
	(void)json_object_set_new(json, "to_destroy", tasks_json(&e));
	if (!cli->json)
		print_recalls(&e, tr("To be destroyed here:"),
		    tr("Nothing is to be destroyed here."), false);
	TRY_STATUS(todo_ask(&e, true, is_destroy));
	(void)json_object_set_new(json, "not_confirmed", tasks_json(&e));
	if (cli->json) return cli_json(cli, json_incref(json), RC_OK);
	print_recalls(&e, tr("Not confirmed yet by who received it:"),
	    tr("Everybody has confirmed what this desk recalled."), true);
	return 0;
}

/* --- confirm --------------------------------------------------------------------- */

struct recalled {
	size_t  n;
	uint8_t ids[CONFIRM_MAX][ID_BYTES];
};

static rc
recalled_add(struct recalled *l, const uint8_t *id)
{
	for (size_t i = 0; i < l->n; i++)
		if (memcmp(l->ids[i], id, ID_BYTES) == 0) return RC_OK;
	if (l->n == CONFIRM_MAX) return RC_TOO_MANY;
	memcpy(l->ids[l->n++], id, ID_BYTES);
	return RC_OK;
}

/* Everything that this desk still has to destroy. */
static rc
gather_all(struct errand *e, struct recalled *l)
{
	TRY(todo_ask(e, false, is_destroy));
	for (size_t i = 0; i < e->r->answer->n_tasks; i++) {
		const ProtobufCBinaryData *about = &e->r->answer->tasks[i]->about;
		if (about->len == ID_BYTES) TRY(recalled_add(l, about->data));
	}
	return RC_OK;
}

static rc
keep_recall(void *arg, const struct sluis_delivery *d, const Sluis__Notice *n)
{
	AUTO(sluis_result_destroy) struct sluis_result *r = NULL;
	struct errand                                  *e = arg;
	struct sluis_receive how = {.id = d->id, .max = 1, .flags = SLUIS_KEEP};
	bool                 kept;

	if (n->kind != SLUIS__NOTICE_KIND__NOTICE_RECALL) return RC_OK;
	TRY(kept_exists(
	    cli_party_dir(e->cli), KEPT_DELIVERY, d->id, &e->s->error, &kept));
	if (kept) return RC_OK; /* the broker has erased its own */
	return code_in(sluis_receive(e->s, &how, e->cli->timeout_ms, &r));
}

static int
destroy(struct errand *e, const struct recalled *l)
{
	if (l->n == 0 && e->cli->json)
		return cli_json(e->cli, json_pack("{s:[]}", "entries"), RC_OK);
	if (l->n == 0) {
		(void)fprintf(
		    e->cli->out, "%s\n", tr("Nothing is to be destroyed here."));
		return 0;
	}
	TRY_STATUS(notices_each(e, keep_recall, e));
	sluis_result_destroy(&e->r);
	rc code =
	    code_in(sluis_destroy(e->s, l->ids[0], l->n, e->cli->timeout_ms, &e->r));
	if (code != RC_OK) return errand_complain(e, code);
	return errand_end(e, tr("destroyed here, and the source is told"));
}

static int
run_confirm(struct cli *cli)
{
	AUTO(errand_wipe) struct errand  e = {.cli = cli};
	AUTO(auto_free) struct recalled *l = calloc(1, sizeof *l);
	uint8_t                          id[ID_BYTES];

	if (l == NULL) return complain_code(cli, RC_NOMEM, NULL, NULL);
	if (cli->n_args == 0 && !cli_flag(cli, "all"))
		return complain_code(
		    cli, RC_USAGE, "DELIVERY", N_("name deliveries, or give --all"));
	TRY_STATUS(errand_open(&e));
	for (size_t i = 0; i < cli->n_args; i++) {
		TRY_STATUS(errand_delivery(&e, cli->args[i], id));
		TRY_STATUS(recalled_add(l, id));
	}
	if (cli_flag(cli, "all")) TRY_STATUS(gather_all(&e, l));
	return destroy(&e, l);
}

const struct verb verbs_recall[] = {
    {"recall", "send", "TRACE", 1, 1, options_send,
        N_("take back a signal sent from here: every recipient destroys it"), run_send},
    {"recall", "erase", "TRACE", 1, 1, options_erase,
        N_("let the broker erase what it still has of a signal sent from here"),
        run_erase},
    {"recall", "list", "", 0, 0, NULL,
        N_("what is to be destroyed here, and who has not confirmed ours"), run_list},
    {"recall", "confirm", "[DELIVERY..]", 0, CONFIRM_MAX, options_confirm,
        N_("destroy what was recalled, then say so"), run_confirm},
    {.noun = NULL},
};
