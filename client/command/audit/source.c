/* SPDX-License-Identifier: EUPL-1.2 */
/* source.c - entries from the broker or from a folder, verified as they pass. */
#include "client/command/audit/source.h"

#include <stdio.h>
#include <string.h>

#include "client/command/complain.h"
#include "client/command/tiles.h"
#include "client/folder.h"
#include "client/result.h"
#include "proto/auto.h"
#include "proto/message.h"

struct passing { /* on the way from a source to the visitor */
	struct source *src;
	entry_visitor  visit;
	void          *arg;
	rc             refused; /* what the visitor returned */
};

static rc
pass_on(struct passing *p, const struct sluis_entry *e, uint64_t size)
{
	if (p->src->dir == NULL && (e->index & 63) == 0)
		progress(p->src->cli, tr("verifying entries"), e->index, size);
	if (p->visit != NULL) p->refused = p->visit(p->arg, e, size);
	return p->refused;
}

/* --- opening --------------------------------------------------------------------- */

/* The region's verifier key, when a party folder is named. */
static rc
region_key(struct cli *cli, char out[NOTE_VKEY_MAX])
{
	AUTO(folder_wipe) struct folder p = {.dir = ""};
	struct sluis_error              e;
	const char                     *dir = cli_party_dir(cli);

	if (dir == NULL) return RC_USAGE;
	rc code = folder_read_who(dir, &p, &e);
	if (code == RC_OK) return note_verifier_format(&p.region.verifier, out);
	(void)complain(cli, &e);
	return code;
}

static rc
open_folder(struct source *src)
{
	struct cli *cli = src->cli;
	const char *key = cli_value(cli, "key");
	const char *dir = cli->party != NULL ? cli->party : getenv("SLUIS_PARTY");

	if (key != NULL && strlen(key) >= sizeof src->vkey) {
		(void)complain_code(
		    cli, RC_USAGE, "--key", N_("this is not a verifier key"));
		return RC_USAGE;
	}
	if (key == NULL)
		TRY(region_key(cli, src->vkey));
	else
		(void)snprintf(src->vkey, sizeof src->vkey, "%s", key);
	/* only for the names of parties: without them OINs do */
	if (dir != NULL && dir[0] != '\0')
		ignore(code_in(sluis_open(&src->s, dir, NULL)));
	return RC_OK;
}

rc
source_open(struct cli *cli, struct source *ret)
{
	*ret = (struct source){.cli = cli,
	    .dir                    = cli_value(cli, "tiles"),
	    .checkpoint             = cli_value(cli, "checkpoint")};
	if (ret->dir != NULL) return open_folder(ret);
	if (cli_flag(cli, "key") || cli_flag(cli, "checkpoint")) {
		(void)complain_code(cli, RC_USAGE, "--tiles",
		    N_("--key and --checkpoint belong to --tiles"));
		return RC_USAGE;
	}
	return cli_open(cli, &ret->s);
}

void
source_wipe(struct source *src)
{
	sluis_close(&src->s);
}

/* --- the broker ------------------------------------------------------------------ */

static rc
take_live(void *arg, const struct sluis_entry *e, uint64_t size)
{
	return pass_on(arg, e, size);
}

static rc
walk_live(struct passing *p)
{
	struct source                 *src    = p->src;
	AUTO(auto_free) struct replay *replay = calloc(1, sizeof *replay);

	if (replay == NULL) {
		(void)complain_code(src->cli, RC_NOMEM, NULL, NULL);
		return RC_NOMEM;
	}
	replay->timeout_ms = src->cli->timeout_ms;
	replay->visit      = take_live;
	replay->arg        = p;
	replay->start      = src->start;
	rc code            = code_in(sluis_check_history(src->s, src->cli->timeout_ms));
	if (code == RC_OK) code = replay_journal(src->s, replay);
	src->head = replay->head;
	memcpy(src->note, replay->note, sizeof src->note);
	if (code != RC_OK && p->refused == RC_OK) (void)complain_handle(src->cli, src->s);
	return code;
}

/* --- a folder -------------------------------------------------------------------- */

/* One entry of a folder in the words of the library. */
static rc
take_file(
    void *arg, uint64_t index, struct slice leaf, struct slice detail, uint64_t size)
{
	struct passing                                 *p       = arg;
	AUTO(sluis_result_destroy) struct sluis_result *r       = NULL;
	Sluis__Receipt                                  receipt = SLUIS__RECEIPT__INIT;
	const uint8_t                                   no[ID_BYTES] = {0};

	receipt.has_leaf   = 1;
	receipt.leaf       = message_borrow_bytes(leaf.p, leaf.n);
	receipt.has_index  = 1;
	receipt.index      = index;
	receipt.has_detail = detail.n != 0;
	receipt.detail     = message_borrow_bytes(detail.p, detail.n);
	TRY(result_new(&r, no));
	TRY(result_add_entry(r, &receipt));
	return pass_on(p, sluis_result_entry(r, 0), size);
}

static void
show_progress(void *arg, uint64_t done, uint64_t total)
{
	const struct passing *p = arg;

	progress(p->src->cli, tr("verifying entries"), done, total);
}

/* Entries that nobody looks at may be anything: tiles of another log verify too. */
static rc
walk_folder(struct passing *p)
{
	struct source     *src  = p->src;
	struct sluis_error e    = {0};
	struct tiles_check what = {.dir = src->dir,
	    .checkpoint                 = src->checkpoint,
	    .vkey                       = src->vkey,
	    .progress                   = show_progress,
	    .visit                      = p->visit != NULL ? take_file : NULL,
	    .arg                        = p};

	rc code = tiles_verify(&what, &src->head, &e);
	if (code != RC_OK && p->refused == RC_OK)
		(void)(e.code != SLUIS_OK
		           ? complain(src->cli, &e)
		           : complain_code(src->cli, code, src->dir, NULL));
	return code;
}

rc
source_walk(struct source *src, entry_visitor visit, void *arg)
{
	struct passing p    = {.src = src, .visit = visit, .arg = arg};
	rc             code = src->dir != NULL ? walk_folder(&p) : walk_live(&p);

	progress_end(src->cli);
	if (p.refused != RC_OK && p.refused != RC_USAGE)
		(void)complain_code(src->cli, p.refused, NULL, NULL);
	return code;
}
