/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_audit_gossip.c - sluis audit gossip: is it one history?  For every party.
 *
 * Exit status 0: one history; 6: two, both shown and kept in forks/; otherwise why it
 * could not be told.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "client/command/audit/cmd_audit.h"
#include "client/command/audit/gossip.h"
#include "client/command/complain.h"
#include "client/command/table.h"
#include "client/forks.h"
#include "client/jsonfile.h"

const struct option options_audit_gossip[] = {
    {"with", "FILE",
        N_("a head that others have: a note, a receipt, a folder of theirs")},
    {"accept", NULL,
        N_("go on from a restored journal that names what it lacks; keeps the evidence")},
    {NULL, NULL, NULL},
};

enum { ROOT_TEXT = 2 * HASH_BYTES + 1 };

static const char *
standing_text(const struct gossip_head *h)
{
	switch (h->standing) {
	case GOSSIP_ONE:
		return tr("the broker's");
	case GOSSIP_LOST:
		return tr("lost");
	case GOSSIP_OTHER:
		return tr("ANOTHER");
	default:
		return "?";
	}
}

static const char *
root_text(const struct gossip_head *h, char out[ROOT_TEXT])
{
	hex_encode(out, ROOT_TEXT, slice_of(h->head.root.b, HASH_BYTES));
	return out;
}

/* --- as JSON ----------------------------------------------------------------------- */

static json_t *
cosigned_json(const struct gossip *g, const struct gossip_head *h)
{
	json_t     *list = json_array();
	const char *name;

	for (size_t i = 0; g->trust != NULL && i < trust_policy_n_witnesses(g->trust);
	     i++) {
		if (!h->verdict.cosigned[i]) continue;
		(void)trust_policy_witness(g->trust, i, &name);
		(void)json_array_append_new(list, json_string(name));
	}
	return list;
}

static json_t *
head_json(const struct gossip *g, const struct gossip_head *h)
{
	static const char *const names[] = {"unknown", "broker", "lost", "other"};
	char                     root[ROOT_TEXT];

	json_t *o = json_pack("{s:s, s:I, s:s, s:s, s:b, s:o}", "where", h->where, "size",
	    (json_int_t)h->head.size, "root", root_text(h, root), "history",
	    names[h->standing], "quorum", g->trust != NULL && h->verdict.quorum ? 1 : 0,
	    "cosigned", cosigned_json(g, h));
	if (h->gap.there)
		(void)json_object_set_new(o, "gap",
		    json_pack("{s:I, s:I, s:I}", "entry", (json_int_t)h->gap.index,
		        "restored", (json_int_t)h->gap.restored, "missing",
		        (json_int_t)h->gap.missing));
	return o;
}

static int
print_json(struct cli *cli, const struct gossip *g, rc code, bool accepted)
{
	json_t *list = json_array();

	for (size_t i = 0; i < g->n; i++)
		(void)json_array_append_new(list, head_json(g, &g->heads[i]));
	json_t *o = json_pack("{s:b, s:b, s:b, s:o}", "one_history",
	    gossip_is_fork(g) ? 0 : 1, "broker_reached", g->reached == RC_OK ? 1 : 0,
	    "accepted", accepted ? 1 : 0, "heads", list);
	if (g->differ != 0)
		(void)json_object_set_new(
		    o, "differ_by", json_integer((json_int_t)g->differ));
	if (g->agree != 0)
		(void)json_object_set_new(
		    o, "agree_up_to", json_integer((json_int_t)g->agree));
	return cli_json(cli, o, code);
}

/* --- for people -------------------------------------------------------------------- */

static void
print_heads(struct cli *cli, const struct gossip *g)
{
	const char *headings[] = {
	    tr(">ENTRIES"), tr("ROOT"), tr("HISTORY"), tr("COSIGNED"), tr("WHERE"), NULL};
	char root[ROOT_TEXT];

	AUTO(table_destroy) struct table *t = table_new(cli, headings);
	for (size_t i = 0; t != NULL && i < g->n; i++) {
		const struct gossip_head *h   = &g->heads[i];
		bool                      bad = h->standing == GOSSIP_OTHER;
		table_row(t);
		table_cellf(t, "%" PRIu64, h->head.size);
		(void)root_text(h, root);
		root[16] = '\0';
		table_cell(t, root, NULL);
		table_cell(t, standing_text(h), bad ? "red" : NULL);
		table_cellf(t, "%zu%s", h->verdict.n_cosigned,
		    h->verdict.quorum && h->verdict.n_cosigned != 0 ? " *" : "");
		table_cell(t, tr(h->where), NULL);
	}
	if (t != NULL) table_print(t);
}

/* One of two histories: its head in full, and who signed it. */
static void
print_history(struct cli *cli, const struct gossip *g, const struct gossip_head *h)
{
	char        root[ROOT_TEXT];
	const char *name;

	(void)fprintf(cli->out, "  %s\n    %s %" PRIu64 "\n    %s %s\n    %s %s",
	    tr(h->where), tr("entries"), h->head.size, tr("root"), root_text(h, root),
	    tr("signed by"), h->head.origin);
	for (size_t i = 0; g->trust != NULL && i < trust_policy_n_witnesses(g->trust);
	     i++) {
		if (!h->verdict.cosigned[i]) continue;
		(void)trust_policy_witness(g->trust, i, &name);
		(void)fprintf(cli->out, ", %s", name);
	}
	(void)fprintf(cli->out, "\n");
	if (!h->gap.there) return;
	(void)fprintf(cli->out, "    ");
	(void)fprintf(cli->out,
	    tr("entry %llu of the journal says: restored with %llu entries, %llu are "
	       "missing"),
	    (unsigned long long)h->gap.index, (unsigned long long)h->gap.restored,
	    (unsigned long long)h->gap.missing);
	(void)fprintf(cli->out, "\n");
}

/* ACCEPTED: what was lost is given up just now. */
static void
print_fork(struct cli *cli, const struct gossip *g, bool accepted)
{
	const struct gossip_head *own = gossip_own(g);

	(void)fprintf(cli->out, "\n%s\n", tr("TWO HISTORIES"));
	if (g->reached == RC_OK) print_history(cli, g, &g->heads[g->newest]);
	for (size_t i = 0; i < g->n; i++)
		if (g->heads[i].standing == GOSSIP_OTHER ||
		    g->heads[i].standing == GOSSIP_LOST)
			print_history(cli, g, &g->heads[i]);
	(void)fprintf(cli->out, "  ");
	(void)fprintf(cli->out, tr("they differ among the first %llu entries"),
	    (unsigned long long)g->differ);
	if (g->agree != 0) {
		(void)fprintf(cli->out, ", ");
		(void)fprintf(cli->out,
		    tr("and by what the journal says share the first %llu"),
		    (unsigned long long)g->agree);
	}
	(void)fprintf(cli->out, "\n  %s %s/forks\n", tr("evidence:"), g->s->folder.dir);
	if (!accepted && own != NULL && own->standing == GOSSIP_LOST)
		(void)fprintf(cli->out, "  %s sluis audit gossip --accept\n",
		    tr("to go on from the restored journal:"));
}

static void
print_one(struct cli *cli, const struct gossip *g)
{
	const struct gossip_head *best = NULL;

	for (size_t i = 0; i < g->n; i++)
		if (g->trust != NULL && g->heads[i].verdict.quorum &&
		    (best == NULL || g->heads[i].head.size > best->head.size))
			best = &g->heads[i];
	if (g->reached == RC_OK) (void)fprintf(cli->out, "\n%s\n", tr("one history"));
	if (g->trust == NULL)
		(void)fprintf(cli->out, "%s\n", tr("this region has no witnesses"));
	else if (best == NULL)
		(void)fprintf(cli->out, "%s\n", tr("not yet witnessed"));
	else {
		(void)fprintf(cli->out,
		    tr("witnessed up to %llu entries, by %zu of %zu witnesses"),
		    (unsigned long long)best->head.size, best->verdict.n_cosigned,
		    trust_policy_n_witnesses(g->trust));
		(void)fprintf(cli->out, "\n");
	}
}

/* --- the verb ---------------------------------------------------------------------- */

static rc
gather(struct cli *cli, struct gossip *g, struct sluis *s)
{
	const char *with = cli_value(cli, "with");

	TRY(gossip_begin(g, s, cli->timeout_ms));
	if (with != NULL) TRY(gossip_add(g, with));
	for (size_t i = 0; i < cli->n_args; i++) TRY(gossip_add(g, cli->args[i]));
	return gossip_ask(g);
}

static int
show(struct cli *cli, struct gossip *g)
{
	bool fork = gossip_is_fork(g), accepted = false;
	rc   code = fork ? RC_FORKED : g->reached, kept = fork ? gossip_keep(g) : RC_OK;

	if (kept != RC_OK && kept != RC_TOO_MANY)
		return complain_code(cli, RC_DISK, "forks", forks_reason(kept));
	if (kept != RC_OK) (void)fprintf(cli->err, "%s\n", tr(forks_reason(kept)));
	if (fork && cli_flag(cli, "accept")) {
		code = gossip_accept(g);
		if (code != RC_OK) return complain_handle(cli, g->s);
		accepted = true;
	}
	if (cli->json) return print_json(cli, g, code, accepted);
	print_heads(cli, g);
	if (fork)
		print_fork(cli, g, accepted);
	else
		print_one(cli, g);
	if (accepted)
		(void)fprintf(cli->out, "%s\n",
		    tr("accepted: this folder goes on from the newest head"));
	else if (code == RC_OK && cli_flag(cli, "accept"))
		(void)fprintf(cli->out, "%s\n", tr("there is nothing to accept"));
	if (!fork && code != RC_OK) return complain_handle(cli, g->s);
	return rc_exit_status(code);
}

static void
end(struct gossip **gp)
{
	if (*gp != NULL) gossip_wipe(*gp);
	free(*gp);
}

int
run_audit_gossip(struct cli *cli)
{
	AUTO(sluis_close) struct sluis *s = NULL;
	AUTO(end) struct gossip        *g = calloc(1, sizeof *g);

	if (g == NULL) return complain_code(cli, RC_NOMEM, NULL, NULL);
	rc code = cli_open(cli, &s);
	if (code != RC_OK) return rc_exit_status(code);
	code = gather(cli, g, s);
	return code == RC_OK ? show(cli, g) : complain_handle(cli, s);
}
