/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_audit.c - sluis audit list | verify | show | export.
 *
 * Reading is itself journalled.  Everything can also be checked without the broker,
 * from an export, with the region's verifier key alone.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "client/command/complain.h"
#include "client/command/names.h"
#include "client/command/policy/details.h"
#include "client/command/policy/replay.h"
#include "client/command/show.h"
#include "client/command/table.h"
#include "client/command/tiles.h"
#include "client/jsonfile.h"
#include "client/result.h"
#include "proto/message.h"

static const struct option options_list[] = {
    {"from", "N", N_("the first entry (default 0)")},
    {"max", "N", N_("at most so many entries (default 100)")},
    {NULL, NULL, NULL},
};
static const struct option options_verify[] = {
    {"tiles", "DIR", N_("an exported journal, instead of asking the broker")},
    {"key", "VKEY", N_("the verifier key (with --tiles; default: that of the region)")},
    {"checkpoint", "FILE", N_("another head than DIR/checkpoint")},
    {NULL, NULL, NULL},
};
static const struct option options_show[] = {
    {"proof", "FILE", N_("write the proof as C2SP tlog-proof")},
    {NULL, NULL, NULL},
};

/* --- list ------------------------------------------------------------------------ */

static void
list_entry(struct table *t, const struct sluis *s, const struct sluis_entry *e)
{
	char when[TIME_TEXT_MAX], from[LABEL_MAX], to[LABEL_MAX];

	table_row(t);
	table_cellf(t, "%llu", (unsigned long long)e->index);
	table_cell(t, show_time(e->time_ms, when), NULL);
	table_cell(t, show_kind(e->kind), NULL);
	table_cell(t, names_label(s, e->sender_oin, e->sender_desk, from), NULL);
	table_cell(t, names_label(s, e->recipient_oin, e->recipient_desk, to), NULL);
	table_cell(t, e->convenant, NULL);
	table_cell(t, e->phase, NULL);
	table_cell(t, e->code, NULL);
	table_cell(t, e->rule, NULL);
	table_cellf(t, "%.12s", show_bundle(e));
}

static int
run_list(struct cli *cli)
{
	const char *headings[] = {tr(">ENTRY"), tr("WHEN"), tr("WHAT"), tr("SENDER"),
	    tr("RECIPIENT"), tr("CONVENANT"), tr("PHASE"), tr("CODE"), tr("RULE"),
	    tr("BUNDLE"), NULL};
	AUTO(sluis_close) struct sluis                 *s = NULL;
	AUTO(sluis_result_destroy) struct sluis_result *r = NULL;
	uint64_t                                        from, max;

	rc code = cli_number(cli, "from", 0, &from);
	if (code == RC_OK) code = cli_number(cli, "max", 100, &max);
	if (code == RC_OK) code = cli_open(cli, &s);
	if (code != RC_OK) return rc_exit_status(code);
	code = code_in(sluis_audit_read(s, from, (unsigned)max, cli->timeout_ms, &r));
	if (code != RC_OK) return complain_handle(cli, s);
	if (cli->json) return cli_json(cli, result_to_json(r), RC_OK);
	AUTO(table_destroy) struct table *t = table_new(cli, headings);
	for (size_t i = 0; t != NULL && i < sluis_result_n_entries(r); i++)
		list_entry(t, s, sluis_result_entry(r, i));
	if (t != NULL) table_print(t);
	return 0;
}

/* --- verify ---------------------------------------------------------------------- */

static int
print_verified(struct cli *cli, const struct checkpoint *head)
{
	AUTO(buf_wipe) struct buf root = buf_init(128);

	progress_end(cli);
	if (base64_encode(slice_of(head->root.b, HASH_BYTES), &root) != RC_OK ||
	    buf_append(&root, slice_of("", 1)) != RC_OK)
		return complain_code(cli, RC_NOMEM, NULL, NULL);
	if (cli->json)
		return cli_json(cli,
		    json_pack("{s:b, s:s, s:I, s:s}", "verified", 1, "origin",
		        head->origin, "size", (json_int_t)head->size, "root",
		        (const char *)root.p),
		    RC_OK);
	(void)fprintf(cli->out, "%s %s, %llu %s, %s %s\n", tr("verified:"), head->origin,
	    (unsigned long long)head->size, tr("entries"), tr("root"),
	    (const char *)root.p);
	return 0;
}

static void
show_progress(void *arg, uint64_t done, uint64_t total)
{
	progress(arg, tr("verifying entries"), done, total);
}

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

static int
verify_folder(struct cli *cli, const char *dir)
{
	char               vkey[NOTE_VKEY_MAX];
	struct checkpoint  head;
	struct sluis_error e;
	struct tiles_check what = {.dir = dir,
	    .checkpoint                 = cli_value(cli, "checkpoint"),
	    .vkey                       = cli_value(cli, "key"),
	    .progress                   = show_progress,
	    .arg                        = cli};

	if (what.vkey == NULL) {
		rc code = region_key(cli, vkey);
		if (code != RC_OK) return rc_exit_status(code);
		what.vkey = vkey;
	}
	rc code = tiles_verify(&what, &head, &e);
	if (code != RC_OK) return complain(cli, &e);
	return print_verified(cli, &head);
}

static rc
count_entry(void *arg, const struct sluis_entry *e, uint64_t size)
{
	if ((e->index & 63) == 0) progress(arg, tr("verifying entries"), e->index, size);
	return RC_OK;
}

static int
verify_live(struct cli *cli)
{
	AUTO(sluis_close) struct sluis *s      = NULL;
	AUTO(auto_free) struct replay  *replay = calloc(1, sizeof *replay);

	rc code = replay != NULL ? cli_open(cli, &s) : RC_NOMEM;
	if (code != RC_OK) return rc_exit_status(code);
	replay->timeout_ms = cli->timeout_ms;
	replay->visit      = count_entry;
	replay->arg        = cli;
	code               = code_in(sluis_check_history(s, cli->timeout_ms));
	if (code == RC_OK) code = replay_journal(s, replay);
	if (code != RC_OK) return complain_handle(cli, s);
	return print_verified(cli, &replay->head);
}

static int
run_verify(struct cli *cli)
{
	const char *tiles = cli_value(cli, "tiles");

	if (tiles != NULL) return verify_folder(cli, tiles);
	if (cli_flag(cli, "key") || cli_flag(cli, "checkpoint"))
		return complain_code(cli, RC_USAGE, "--tiles",
		    N_("--key and --checkpoint belong to --tiles"));
	return verify_live(cli);
}

/* --- show ------------------------------------------------------------------------ */

/* Check the proof in PROOF for the entry E; the error goes to S. */
static rc
check_inclusion(
    struct sluis *s, const struct sluis_entry *e, const struct sluis_result *proof)
{
	struct merkle_proof p    = {.n = sluis_result_n_proof(proof)};
	struct hash         leaf = merkle_leaf(slice_of(e->leaf, e->leaf_n));

	for (size_t i = 0; i < p.n; i++)
		memcpy(p.hashes[i].b, sluis_result_proof(proof, i), HASH_BYTES);
	rc code = merkle_verify_inclusion(
	    &p, e->index, proof->head.size, &leaf, &proof->head.root);
	return code == RC_OK
	           ? RC_OK
	           : handle_fail(s, code, "proof", "the entry is not in the journal");
}

/* The proof as a file that any C2SP verifier reads. */
static rc
write_proof(
    const char *path, const struct sluis_entry *e, const struct sluis_result *proof)
{
	AUTO(buf_wipe) struct buf out = buf_init(NOTE_MAX + 8192);
	AUTO(auto_free)
	ProtobufCBinaryData *hashes =
	    calloc(sluis_result_n_proof(proof) + 1, sizeof *hashes);
	Sluis__Receipt receipt = SLUIS__RECEIPT__INIT;

	if (hashes == NULL) return RC_NOMEM;
	for (size_t i = 0; i < sluis_result_n_proof(proof); i++)
		hashes[i] =
		    message_borrow_bytes(sluis_result_proof(proof, i), HASH_BYTES);
	receipt.has_leaf   = 1;
	receipt.leaf       = message_borrow_bytes(e->leaf, e->leaf_n);
	receipt.has_index  = 1;
	receipt.index      = e->index;
	receipt.n_proof    = sluis_result_n_proof(proof);
	receipt.proof      = hashes;
	receipt.checkpoint = message_borrow(sluis_result_checkpoint(proof));
	TRY(receipt_format_proof(&receipt, &out));
	return file_write(path, buf_slice(&out), 0644);
}

static rc
read_entry(struct cli *cli, struct sluis *s, uint64_t index,
    struct sluis_result **ret_entry, struct sluis_result **ret_proof)
{
	rc code = code_in(sluis_audit_read(s, index, 1, cli->timeout_ms, ret_entry));

	if (code == RC_OK && sluis_result_n_entries(*ret_entry) == 0)
		code = handle_fail(
		    s, RC_NOT_FOUND, cli->args[0], N_("there is no such entry"));
	if (code == RC_OK)
		code =
		    code_in(sluis_prove_inclusion(s, index, cli->timeout_ms, ret_proof));
	if (code == RC_OK)
		code = check_inclusion(s, sluis_result_entry(*ret_entry, 0), *ret_proof);
	return code;
}

static rc
read_index(struct cli *cli, uint64_t *ret)
{
	const char *text = cli->args[0];

	errno = 0;
	*ret  = strtoull(text, NULL, 10);
	if (text[0] != '\0' && strspn(text, "0123456789") == strlen(text) && errno == 0)
		return RC_OK;
	(void)complain_code(cli, RC_USAGE, text, N_("the number of an entry is needed"));
	return RC_USAGE;
}

static int
run_show(struct cli *cli)
{
	AUTO(sluis_close) struct sluis                 *s     = NULL;
	AUTO(sluis_result_destroy) struct sluis_result *r     = NULL;
	AUTO(sluis_result_destroy) struct sluis_result *proof = NULL;
	const char                                     *file  = cli_value(cli, "proof");
	uint64_t                                        index;

	rc code = read_index(cli, &index);
	if (code == RC_OK) code = cli_open(cli, &s);
	if (code != RC_OK) return rc_exit_status(code);
	code = read_entry(cli, s, index, &r, &proof);
	if (code != RC_OK) return complain_handle(cli, s);
	const struct sluis_entry *e = sluis_result_entry(r, 0);
	if (file != NULL && (code = write_proof(file, e, proof)) != RC_OK)
		return complain_code(cli, code, file, N_("the proof cannot be written"));
	if (cli->json) return cli_json(cli, result_to_json(r), RC_OK);
	show_entry(cli, s, e);
	(void)fprintf(cli->out, "%s %llu\n", tr("proven to be in the journal of size"),
	    (unsigned long long)sluis_result_tree_size(proof));
	return 0;
}

/* --- export ---------------------------------------------------------------------- */

struct export
{
	struct cli   *cli;
	const char   *dir;
	struct tiler *tiler;
};

static rc
export_entry(void *arg, const struct sluis_entry *e, uint64_t size)
{
	struct export *x = arg;

	TRY(count_entry(x->cli, e, size));
	if (e->detail != NULL)
		TRY(detail_write(x->dir, e->index, slice_of(e->detail, e->detail_n)));
	return tiler_append(x->tiler, slice_of(e->leaf, e->leaf_n));
}

static rc
make_export_folder(const char *dir)
{
	char path[FILE_PATH_MAX];

	if (mkdir(dir, 0700) != 0 && errno != EEXIST) return RC_DISK;
	TRY(path_join(path, dir, "details"));
	return mkdir(path, 0700) == 0 ? RC_OK
	                              : RC_CONFIG; /* never into an older export */
}

/* The checkpoint last: without it the folder is no journal. */
static rc
finish_export(struct export *x, const struct replay *replay)
{
	char path[FILE_PATH_MAX];

	TRY(tiler_finish(x->tiler));
	TRY(path_join(path, x->dir, "checkpoint"));
	return file_write(path, slice_str(replay->note), 0644);
}

static int
run_export(struct cli *cli)
{
	AUTO(sluis_close) struct sluis   *s      = NULL;
	AUTO(auto_free) struct replay    *replay = calloc(1, sizeof *replay);
	AUTO(tiler_destroy) struct tiler *tiler  = NULL;
	struct export x                          = {.cli = cli, .dir = cli->args[0]};

	rc code = replay != NULL ? cli_open(cli, &s) : RC_NOMEM;
	if (code != RC_OK) return rc_exit_status(code);
	code = make_export_folder(x.dir);
	if (code == RC_OK)
		code = tiler_new(&tiler, tiles_write, (void *)(uintptr_t)x.dir);
	if (code != RC_OK)
		return complain_code(
		    cli, code, x.dir, N_("a new or empty folder is needed"));
	x.tiler            = tiler;
	replay->timeout_ms = cli->timeout_ms;
	replay->visit      = export_entry;
	replay->arg        = &x;
	code               = replay_journal(s, replay);
	if (code != RC_OK && sluis_last_error(s)->code != SLUIS_OK)
		return complain_handle(cli, s);
	if (code == RC_OK) code = finish_export(&x, replay);
	if (code != RC_OK)
		return complain_code(
		    cli, code, x.dir, N_("the export cannot be written"));
	return print_verified(cli, &replay->head);
}

const struct verb verbs_audit[] = {
    {"audit", "list", "", 0, 0, options_list, N_("entries of the journal"), run_list},
    {"audit", "verify", "", 0, 0, options_verify,
        N_("compute the whole journal again and compare it with its signed head"),
        run_verify},
    {"audit", "show", "INDEX", 1, 1, options_show, N_("one entry, with its proof"),
        run_show},
    {"audit", "export", "DIR", 1, 1, NULL,
        N_("the journal as static files (C2SP tlog-tiles), to verify elsewhere"),
        run_export},
    {.noun = NULL},
};
