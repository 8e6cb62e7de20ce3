/* SPDX-License-Identifier: EUPL-1.2 */
/* source.c - entries from the broker or from a folder, verified as they pass. */
#include "client/command/audit/source.h"

#include <stdio.h>
#include <string.h>

#include "certs/file.h"
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

static rc
open_folder(struct source *src)
{
	struct cli *cli = src->cli;
	const char *dir = cli->party != NULL ? cli->party : getenv("SLUIS_PARTY");

	TRY(vouch_open(cli, &src->trust));
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
	if (cli_flag(cli, "key") || cli_flag(cli, "trust") ||
	    cli_flag(cli, "checkpoint")) {
		(void)complain_code(cli, RC_USAGE, "--tiles",
		    N_("--key, --trust and --checkpoint belong to --tiles"));
		return RC_USAGE;
	}
	return cli_open(cli, &ret->s);
}

void
source_wipe(struct source *src)
{
	sluis_close(&src->s);
	vouch_wipe(&src->trust);
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

/* The head that witnesses cosigned, which the newest one mostly is not yet; one that the
 * region did not sign says nothing about it. */
static bool
read_witnessed(const struct source *src, struct vouched *ret)
{
	AUTO(buf_wipe) struct buf note = buf_init(NOTE_MAX);
	char                      path[FILE_PATH_MAX];

	return src->checkpoint == NULL &&
	       path_join(path, src->dir, CHECKPOINT_WITNESSED) == RC_OK &&
	       file_read(path, NOTE_MAX, false, &note) == RC_OK &&
	       vouch_judge(&src->trust, buf_slice(&note), ret) == RC_OK;
}

struct heads {
	struct source *src;
	bool           has_witnessed; /* by enough, which only a trust file tells */
	struct vouched witnessed;
};

/* The newest head needs no quorum of its own where an older one has it. */
static rc
open_head(void *arg, struct slice note, struct checkpoint *ret)
{
	struct heads  *h = arg;
	struct vouched t;

	rc code = vouch_judge(&h->src->trust, note, &t);
	if (code == RC_NO_QUORUM && h->has_witnessed) code = RC_OK;
	TRY(code);
	*ret            = t.head;
	h->src->trusted = h->has_witnessed && !t.quorum ? h->witnessed : t;
	return RC_OK;
}

/* Entries that nobody looks at may be anything: tiles of another log verify too. */
static rc
walk_folder(struct passing *p)
{
	struct source     *src  = p->src;
	struct sluis_error e    = {0};
	struct heads       h    = {.src = src};
	struct tiles_check what = {.dir = src->dir,
	    .checkpoint                 = src->checkpoint,
	    .open                       = open_head,
	    .open_arg                   = &h,
	    .progress                   = show_progress,
	    .visit                      = p->visit != NULL ? take_file : NULL,
	    .arg                        = p};

	if (read_witnessed(src, &h.witnessed)) what.older = &h.witnessed.head;
	h.has_witnessed = what.older != NULL && h.witnessed.quorum;
	rc code         = tiles_verify(&what, &src->head, &e);
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
