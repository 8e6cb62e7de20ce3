/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_inbox.c - sluis inbox todo | list | show | watch | ack.
 *
 * A delivery waits at the broker until we acknowledge it; acknowledging happens only
 * after it stands, checked, in the store of the party folder.
 *
 * Watching without --save only looks, and hides nothing from others: while old
 * deliveries wait the broker answers at once, so it looks at a slow pace.  With --save
 * deliveries are leased, and the broker is silent until something new comes.
 */
#include <string.h>
#include <time.h>

#include "client/command/case/notices.h"
#include "client/command/case/route_title.h"
#include "client/command/case/todo.h"
#include "client/command/complain.h"
#include "client/command/erase_run.h"
#include "client/command/evidence.h"
#include "client/command/hint_text.h"
#include "client/command/names.h"
#include "client/command/show.h"
#include "client/command/table.h"
#include "client/handle.h"
#include "client/jsonfile.h"
#include "client/kept.h"
#include "client/result.h"
#include "proto/room.h"

enum {
	WATCH_WAIT_MS = 20000, /* one long poll */
	SAVE_LEASE_MS =
	    60000,      /* kept here: hidden from others so long, then it comes again */
	PACE_MS  = 500, /* nothing new, but old deliveries wait: look again after this */
	PAGE_MAX = 16,  /* deliveries of one answer */
	LIST_MAX = 256, /* deliveries of one list, ids of one acknowledgement */
};

static const struct option options_todo[] = {
    {"given", NULL, N_("instead: what others still owe this desk")},
    {NULL, NULL, NULL},
};
static const struct option options_show[] = {
    {"save", NULL, N_("keep it in the store of the party folder")},
    {"verify", NULL, N_("for each field: signed by the sender, or stated by the broker")},
    {"evidence", "DIR", N_("also write it there as it came, for others to check")},
    {NULL, NULL, NULL},
};
static const struct option options_watch[] = {
    {"count", "N", N_("stop after so many deliveries")},
    {"save", NULL, N_("keep each in the store of the party folder")},
    {"ack", NULL, N_("keep and acknowledge each")},
    {NULL, NULL, NULL},
};
static const struct option options_ack[] = {
    {"all", NULL, N_("everything that waits or is kept without acknowledgement")},
    {NULL, NULL, NULL},
};

/* --- a growing set of ids -------------------------------------------------------- */

struct ids { /* valid when all zero */
	size_t n, cap;
	uint8_t (*at)[ID_BYTES];
};

static void
ids_wipe(struct ids *set)
{
	free(set->at);
}

static bool
ids_has(const struct ids *set, const uint8_t id[ID_BYTES])
{
	for (size_t i = 0; i < set->n; i++)
		if (memcmp(set->at[i], id, ID_BYTES) == 0) return true;
	return false;
}

static rc
ids_add(struct sluis *s, struct ids *set, const uint8_t id[ID_BYTES])
{
	if (ids_has(set, id)) return RC_OK;
	if (room_for_one(&set->at, set->n, &set->cap, sizeof *set->at) != RC_OK)
		return handle_fail(s, RC_NOMEM, NULL, NULL);
	memcpy(set->at[set->n++], id, ID_BYTES);
	return RC_OK;
}

/* --- list ------------------------------------------------------------------------ */

struct listing {
	struct cli    *cli;
	struct sluis  *s;
	struct table  *table; /* NULL with --json */
	json_t        *json;
	struct ids    *seen;
	struct policy *policy; /* for titles; may be NULL */
	bool           urgent; /* the call to 112 was shown */
};

/* Was D kept before senders signed what they send? */
static bool
lacks_signature(const struct sluis_delivery *d)
{
	return d->signature == NULL && d->notice_json[0] == '\0';
}

static json_t *
one_json(const struct sluis_delivery *d, const char *id, const char *state)
{
	char    hex[ID_BYTES * 2 + 1];
	json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I}", "id",
	    id, "state", state, "sender_oin", d->sender_oin, "sender_desk",
	    d->sender_desk, "convenant", d->convenant, "phase", d->phase, "purpose",
	    d->purpose, "released_ms", (json_int_t)d->released_ms, "entry",
	    (json_int_t)d->entry_index);

	if (d->case_id != NULL) {
		hex_encode(hex, sizeof hex, slice_of(d->case_id, ID_BYTES));
		(void)json_object_set_new(json, "case_id", json_string(hex));
	}
	if (d->notice_json[0] != '\0')
		(void)json_object_set_new(
		    json, "notice", json_loads(d->notice_json, 0, NULL));
	if (lacks_signature(d))
		(void)json_object_set_new(json, "signature_kept", json_false());
	return json;
}

/* When, from whom and what it is: the sentence of a notice, else what kind of signal. */
static void
put_what(struct listing *l, const struct sluis_delivery *d)
{
	AUTO(message_destroy) Sluis__Notice *n    = notice_of(d);
	AUTO(auto_free) char                *line = notice_line(l->s, l->policy, d);
	char                                 label[LABEL_MAX], when[TIME_TEXT_MAX];
	const char *oin  = n == NULL ? d->sender_oin : n->from_oin;
	const char *desk = n == NULL ? d->sender_desk : n->from_desk;

	table_cell(
	    l->table, show_time(n != NULL ? n->time_ms : d->released_ms, when), NULL);
	table_cell(l->table,
	    oin != NULL ? names_label(l->s, oin, desk != NULL ? desk : "", label)
	                : tr("the broker"),
	    NULL);
	const char *what = line != NULL          ? line
	                   : d->corrects != NULL ? tr("correction")
	                   : d->enriches != 0    ? tr("enrichment")
	                                         : tr("signal");
	if (lacks_signature(d))
		table_cellf(l->table, "%s, %s", what, tr("signature not kept"));
	else
		table_cell(l->table, what, NULL);
}

static rc
list_one(struct listing *l, const struct sluis_delivery *d, const char *state)
{
	char id[ID_BYTES * 2 + 1];

	hex_encode(id, sizeof id, slice_of(d->id, ID_BYTES));
	TRY(ids_add(l->s, l->seen, d->id));
	if (!l->urgent) l->urgent = hints_show_urgent(l->cli, d->signal_json);
	if (l->table == NULL) {
		(void)json_array_append_new(l->json, one_json(d, id, state));
		return RC_OK;
	}
	table_row(l->table);
	table_cell(l->table, id, NULL);
	table_cell(l->table, tr(state), NULL);
	put_what(l, d);
	table_cell(l->table, d->convenant, NULL);
	table_cell(l->table, d->phase, NULL);
	table_cellf(l->table, "%lld", (long long)d->entry_index);
	return RC_OK;
}

static rc
list_kept(void *arg, const uint8_t id[ID_BYTES])
{
	AUTO(sluis_result_destroy) struct sluis_result *r   = NULL;
	struct listing                                 *l   = arg;
	const char                                     *dir = cli_party_dir(l->cli);
	bool                                            ack;

	TRY(kept_exists(dir, KEPT_ACKNOWLEDGED, id, &l->s->error, &ack));
	TRY(code_in(sluis_kept(l->s, id, &r)));
	const struct sluis_delivery *d = sluis_result_delivery(r, 0);
	return list_one(l, d,
	    d->recalled != 0 ? N_("recalled")
	    : ack            ? N_("acknowledged")
	                     : N_("kept"));
}

static rc
list_waiting(struct listing *l)
{
	AUTO(sluis_result_destroy) struct sluis_result *r   = NULL;
	struct sluis_receive                            how = {.max = LIST_MAX};

	TRY(code_in(sluis_receive(l->s, &how, l->cli->timeout_ms, &r)));
	for (size_t i = 0; i < sluis_result_n_deliveries(r); i++)
		if (!ids_has(l->seen, sluis_result_delivery(r, i)->id))
			TRY(list_one(l, sluis_result_delivery(r, i), N_("waiting")));
	return RC_OK;
}

static int
print_list(struct listing *l)
{
	struct cli *cli = l->cli;

	if (cli->json)
		return cli_json(cli, json_pack("{s:O}", "deliveries", l->json), RC_OK);
	if (l->table != NULL) table_print(l->table);
	return 0;
}

/* The broker did not say what waits, for reason CODE: what is kept here is there all the
 * same.  Not after an alarm, which comes first. */
static int
end_unasked(struct listing *l, rc code)
{
	struct cli *cli = l->cli;

	if (rc_kind(code) == RC_KIND_INTEGRITY) return complain_handle(cli, l->s);
	(void)print_list(l);
	int status = complain_handle(cli, l->s);
	if (!cli->json && !cli->quiet)
		(void)fprintf(cli->err, "  %s\n",
		    tr("the list has only what is kept here, not what waits at the "
		       "broker"));
	return status;
}

static int
run_list(struct cli *cli)
{
	const char *headings[] = {tr("DELIVERY"), tr("STATE"), tr("RELEASED"), tr("FROM"),
	    tr("WHAT"), tr("CONVENANT"), tr("PHASE"), tr(">ENTRY"), NULL};
	AUTO(sluis_close) struct sluis *s    = NULL;
	AUTO(ids_wipe) struct ids       seen = {.n = 0};

	rc code = cli_open(cli, &s);
	if (code != RC_OK) return rc_exit_status(code);
	AUTO(table_destroy) struct table *t = cli->json ? NULL : table_new(cli, headings);
	AUTO(policy_destroy) struct policy *p    = cli->json ? NULL : route_policy(cli);
	AUTO(json_release) json_t          *json = json_array();
	struct listing                      l    = {
	                            .cli = cli, .s = s, .table = t, .json = json, .seen = &seen, .policy = p};
	code = kept_each(cli_party_dir(cli), KEPT_DELIVERY, &s->error, list_kept, &l);
	if (code != RC_OK) return complain_handle(cli, s);
	code = list_waiting(&l);
	if (code != RC_OK) return end_unasked(&l, code);
	if (!cli->json && seen.n == 0 && !cli->quiet)
		(void)fprintf(cli->err, "%s\n", tr("Nothing waits and nothing is kept."));
	return print_list(&l);
}

/* --- show ------------------------------------------------------------------------ */

/* Delivery ID: ours if kept, else what waits at the broker. */
static rc
fetch(struct cli *cli, struct sluis *s, const uint8_t id[ID_BYTES], unsigned flags,
    struct sluis_result **ret)
{
	struct sluis_receive how = {.id = id, .max = 1, .flags = flags};
	bool                 kept;

	TRY(kept_exists(cli_party_dir(cli), KEPT_DELIVERY, id, &s->error, &kept));
	if (kept) return code_in(sluis_kept(s, id, ret));
	TRY(code_in(sluis_receive(s, &how, cli->timeout_ms, ret)));
	if (sluis_result_n_deliveries(*ret) == 1) return RC_OK;
	sluis_result_destroy(ret);
	return RC_NOT_FOUND;
}

static int
complain_fetch(struct cli *cli, const struct sluis *s, rc code, const char *id)
{
	return complain_id(cli, code, sluis_last_error(s), id,
	    strlen(id) < ID_BYTES * 2
	        ? N_("no such delivery is kept here; one that waits is named by all 32 "
	             "digits")
	        : N_("no such delivery for this desk"));
}

static rc
find_id(struct cli *cli, struct sluis *s, const char *text, uint8_t id[ID_BYTES])
{
	return id_find(text, cli_party_dir(cli), KEPT_DELIVERY, &s->error, id);
}

/* Write what others can check delivery ID by, where that is asked for; what went wrong is
 * told. */
static rc
give_evidence(struct cli *cli, const uint8_t id[ID_BYTES])
{
	const char *dir = cli_value(cli, "evidence");

	if (dir == NULL) return RC_OK;
	rc code = evidence_write(cli_party_dir(cli), id, dir);
	if (code == RC_NOT_FOUND)
		(void)complain_code(cli, code, cli->args[0],
		    N_("it is not kept here with its sender's key: add --save"));
	else if (code != RC_OK)
		(void)complain_code(cli, code, dir, N_("cannot be written"));
	return code;
}

static int
run_show(struct cli *cli)
{
	AUTO(sluis_close) struct sluis                 *s = NULL;
	AUTO(sluis_result_destroy) struct sluis_result *r = NULL;
	uint8_t                                         id[ID_BYTES];

	rc code = cli_open(cli, &s);
	if (code != RC_OK) return rc_exit_status(code);
	code = find_id(cli, s, cli->args[0], id);
	if (code == RC_OK)
		code = fetch(cli, s, id, cli_flag(cli, "save") ? SLUIS_KEEP : 0, &r);
	if (code != RC_OK) return complain_fetch(cli, s, code, cli->args[0]);
	code = give_evidence(cli, id);
	if (code != RC_OK) return rc_exit_status(code);
	if (cli_flag(cli, "verify") && lacks_signature(sluis_result_delivery(r, 0)))
		return complain_code(cli, RC_NOT_SIGNED, "copy.evidence",
		    N_("it was kept before senders signed what they send; without "
		       "--verify it is shown"));
	if (cli->json) {
		json_t *json = result_to_json(r);
		json_t *one =
		    json_incref(json_array_get(json_object_get(json, "deliveries"), 0));
		json_decref(json);
		if (cli_flag(cli, "verify"))
			(void)json_object_set_new(
			    one, "verified", verified_json(sluis_result_delivery(r, 0)));
		return cli_json(cli, one, RC_OK);
	}
	if (cli_flag(cli, "verify"))
		show_delivery_verified(cli, s, sluis_result_delivery(r, 0));
	else
		show_delivery(cli, s, sluis_result_delivery(r, 0));
	return 0;
}

/* --- watch ----------------------------------------------------------------------- */

struct watch {
	struct cli   *cli;
	struct sluis *s;
	struct ids   *seen;
	uint64_t      left; /* deliveries to go */
	bool          save, ack;
};

static rc
acknowledge_one(struct watch *w, const uint8_t id[ID_BYTES])
{
	AUTO(sluis_result_destroy) struct sluis_result *r = NULL;

	return code_in(sluis_acknowledge(w->s, id, 1, 0, w->cli->timeout_ms, &r));
}

static rc
print_watched(struct watch *w, const struct sluis_result *r, size_t i)
{
	if (!w->cli->json) {
		show_delivery(w->cli, w->s, sluis_result_delivery(r, i));
		(void)fputc('\n', w->cli->out);
	} else { /* one delivery a line */
		AUTO(json_release) json_t *json = result_to_json(r);
		(void)json_dumpf(json_array_get(json_object_get(json, "deliveries"), i),
		    w->cli->out, JSON_COMPACT | JSON_PRESERVE_ORDER);
		(void)fputc('\n', w->cli->out);
	}
	return fflush(w->cli->out) == 0 ? RC_OK : RC_DISK;
}

/* Show what is new in R; *RET_NEW says how much that was. */
static rc
show_new(struct watch *w, const struct sluis_result *r, unsigned *ret_new)
{
	*ret_new = 0;
	for (size_t i = 0; i < sluis_result_n_deliveries(r) && w->left != 0; i++) {
		const struct sluis_delivery *d = sluis_result_delivery(r, i);
		if (ids_has(w->seen, d->id)) continue;
		TRY(ids_add(w->s, w->seen, d->id));
		TRY(print_watched(w, r, i));
		if (w->ack) TRY(acknowledge_one(w, d->id));
		w->left--;
		++*ret_new;
	}
	return RC_OK;
}

static rc
watch_once(struct watch *w)
{
	AUTO(sluis_result_destroy) struct sluis_result *r = NULL;
	struct timespec      pace = {.tv_nsec = PACE_MS * 1000000L};
	struct sluis_receive how  = {
	     .wait_ms  = WATCH_WAIT_MS,
	     .max      = w->save && w->left < PAGE_MAX ? (unsigned)w->left : PAGE_MAX,
	     .lease_ms = w->save ? SAVE_LEASE_MS : 0,
	     .flags    = w->save ? SLUIS_KEEP : 0,
        };
	unsigned n_new;

	TRY(code_in(sluis_receive(w->s, &how, WATCH_WAIT_MS + w->cli->timeout_ms, &r)));
	TRY(show_new(w, r, &n_new));
	if (n_new == 0 && sluis_result_n_deliveries(r) != 0) (void)nanosleep(&pace, NULL);
	return RC_OK;
}

static int
run_watch(struct cli *cli)
{
	AUTO(sluis_close) struct sluis *s    = NULL;
	AUTO(ids_wipe) struct ids       seen = {.n = 0};
	uint64_t                        count;

	rc code = cli_number(cli, "count", UINT64_MAX, &count);
	if (code == RC_OK) code = cli_open(cli, &s);
	if (code != RC_OK) return rc_exit_status(code);
	struct watch w = {.cli = cli,
	    .s                 = s,
	    .seen              = &seen,
	    .left              = count,
	    .ack               = cli_flag(cli, "ack"),
	    .save              = cli_flag(cli, "save") || cli_flag(cli, "ack")};
	if (cli->progress && !cli->quiet)
		(void)fprintf(cli->err, "%s\n", tr("watching; Ctrl-C ends"));
	while (w.left != 0) {
		code = watch_once(&w);
		if (code != RC_OK) return complain_handle(cli, s);
	}
	return 0;
}

/* --- ack ------------------------------------------------------------------------- */

static rc
add_unacknowledged(void *arg, const uint8_t id[ID_BYTES])
{
	struct listing *l = arg;
	bool            ack;

	TRY(kept_exists(
	    cli_party_dir(l->cli), KEPT_ACKNOWLEDGED, id, &l->s->error, &ack));
	return ack ? RC_OK : ids_add(l->s, l->seen, id);
}

static rc
gather_named(struct cli *cli, struct sluis *s, struct ids *ids, const char **ret_bad)
{
	for (size_t i = 0; i < cli->n_args; i++) {
		AUTO(sluis_result_destroy) struct sluis_result *r = NULL;
		uint8_t                                         id[ID_BYTES];
		*ret_bad = cli->args[i];
		TRY(find_id(cli, s, cli->args[i], id));
		TRY(fetch(cli, s, id, SLUIS_KEEP, &r));
		TRY(ids_add(s, ids, id));
	}
	return RC_OK;
}

/* R says what became of the ids from number FROM on. */
static void
tell_acknowledged(struct listing *l, size_t from, const struct sluis_result *r)
{
	for (size_t i = 0; i < sluis_result_n_entries(r); i++) {
		char hex[ID_BYTES * 2 + 1];
		hex_encode(hex, sizeof hex, slice_of(l->seen->at[from + i], ID_BYTES));
		(void)fprintf(l->cli->out, "%s %s, %s %llu\n", hex, tr("acknowledged"),
		    tr("entry"), (unsigned long long)sluis_result_entry(r, i)->index);
	}
}

/* The entries of R behind those of the requests before it. */
static rc
add_entries(struct listing *l, const struct sluis_result *r)
{
	AUTO(json_release) json_t *json = result_to_json(r);

	if (l->json == NULL)
		l->json = json_incref(json);
	else if (json_array_extend(json_object_get(l->json, "entries"),
	             json_object_get(json, "entries")) != 0)
		return handle_fail(l->s, RC_NOMEM, NULL, NULL);
	return RC_OK;
}

/* Acknowledge the ids from number FROM on, in as many requests as that takes. */
static rc
acknowledge_from(struct listing *l, size_t from)
{
	for (size_t n; from < l->seen->n; from += n) {
		AUTO(sluis_result_destroy) struct sluis_result *r = NULL;
		n = l->seen->n - from < LIST_MAX ? l->seen->n - from : LIST_MAX;
		TRY(code_in(sluis_acknowledge(
		    l->s, l->seen->at[from], n, 0, l->cli->timeout_ms, &r)));
		if (!l->cli->json)
			tell_acknowledged(l, from, r);
		else
			TRY(add_entries(l, r));
	}
	return RC_OK;
}

/* Keep and acknowledge what waits, a page at a time: then the next one comes. */
static rc
acknowledge_waiting(struct listing *l)
{
	struct sluis_receive how = {.max = LIST_MAX, .flags = SLUIS_KEEP};
	size_t               from;

	do {
		AUTO(sluis_result_destroy) struct sluis_result *r = NULL;
		from                                              = l->seen->n;
		TRY(code_in(sluis_receive(l->s, &how, l->cli->timeout_ms, &r)));
		for (size_t i = 0; i < sluis_result_n_deliveries(r); i++)
			TRY(ids_add(l->s, l->seen, sluis_result_delivery(r, i)->id));
		TRY(acknowledge_from(l, from));
	} while (l->seen->n != from);
	return RC_OK;
}

/* Those that were named are in L->seen. */
static rc
acknowledge_all(struct listing *l)
{
	if (!cli_flag(l->cli, "all")) return acknowledge_from(l, 0);
	TRY(kept_each(
	    cli_party_dir(l->cli), KEPT_DELIVERY, &l->s->error, add_unacknowledged, l));
	TRY(acknowledge_from(l, 0));
	return acknowledge_waiting(l);
}

static int
run_ack(struct cli *cli)
{
	AUTO(sluis_close) struct sluis *s   = NULL;
	AUTO(ids_wipe) struct ids       ids = {.n = 0};
	const char                     *bad = "";

	if (cli->n_args == 0 && !cli_flag(cli, "all"))
		return complain_code(
		    cli, RC_USAGE, "ID", N_("name deliveries, or give --all"));
	rc code = cli_open(cli, &s);
	if (code != RC_OK) return rc_exit_status(code);
	struct listing l = {.cli = cli, .s = s, .seen = &ids};
	code             = gather_named(cli, s, &ids, &bad);
	if (code != RC_OK) return complain_fetch(cli, s, code, bad);
	code = acknowledge_all(&l);
	if (code != RC_OK) {
		json_decref(l.json);
		return complain_handle(cli, s);
	}
	if (cli->json)
		return cli_json(
		    cli, l.json != NULL ? l.json : json_pack("{s:[]}", "entries"), RC_OK);
	if (ids.n == 0) (void)fprintf(cli->out, "%s\n", tr("Nothing to acknowledge."));
	return 0;
}

const struct verb verbs_inbox[] = {
    {"inbox", "todo", "", 0, 0, options_todo,
        N_("what waits for this desk, since when, due when, and how to do it"), todo_run},
    {"inbox", "list", "", 0, 0, NULL,
        N_("what is kept here, and of what waits what one answer holds, the oldest"),
        run_list},
    {"inbox", "show", "ID", 1, 1, options_show,
        N_("one delivery: every field with its rule, statements, obligations"), run_show},
    {"inbox", "watch", "", 0, 0, options_watch, N_("show deliveries as they come"),
        run_watch},
    {"inbox", "ack", "[ID...]", 0, CLI_ARGS_MAX, options_ack,
        N_("keep deliveries here, so that the broker erases its copies"), run_ack},
    {"inbox", "erase", "ID...", 1, CLI_ARGS_MAX, NULL,
        N_("erase kept deliveries here for good; nobody is told"), erase_run},
    {.noun = NULL},
};
