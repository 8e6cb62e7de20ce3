/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_audit_show.c - sluis audit show INDEX: one entry, proven to be in the journal: by
 * the broker's proof, or because a whole folder verifies.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "certs/file.h"
#include "client/command/audit/cmd_audit.h"
#include "client/command/audit/source.h"
#include "client/command/complain.h"
#include "client/command/show.h"
#include "client/result.h"
#include "proto/auto.h"
#include "proto/message.h"
#include "proto/proof_file.h"
#include "proto/receipt.h"

const struct option options_audit_show[] = {
    {"proof", "FILE", N_("write the proof as C2SP tlog-proof")},
    SOURCE_OPTIONS,
    {NULL, NULL, NULL},
};

/* --- from the broker ------------------------------------------------------------- */

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
	AUTO(buf_wipe) struct buf out = buf_init(PROOF_FILE_MAX);
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
	TRY(proof_file_format(&receipt, &out));
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

static void
print_entry(
    struct cli *cli, const struct sluis *s, const struct sluis_entry *e, uint64_t size)
{
	show_entry(cli, s, e);
	show_lack_of_detail(cli, e);
	(void)fprintf(cli->out, "%s %llu\n", tr("proven to be in the journal of size"),
	    (unsigned long long)size);
}

static int
show_live(struct cli *cli, struct sluis *s, uint64_t index)
{
	AUTO(sluis_result_destroy) struct sluis_result *r     = NULL;
	AUTO(sluis_result_destroy) struct sluis_result *proof = NULL;
	const char                                     *file  = cli_value(cli, "proof");

	rc code = read_entry(cli, s, index, &r, &proof);
	if (code != RC_OK) return complain_handle(cli, s);
	const struct sluis_entry *e = sluis_result_entry(r, 0);
	if (file != NULL && (code = write_proof(file, e, proof)) != RC_OK)
		return complain_code(cli, code, file, N_("the proof cannot be written"));
	if (cli->json) return cli_json(cli, result_to_json(r), RC_OK);
	print_entry(cli, s, e, sluis_result_tree_size(proof));
	return 0;
}

/* --- from a folder --------------------------------------------------------------- */

struct wanted {
	uint64_t             index;
	struct sluis_result *r; /* owned; holds the entry once it was met */
};

static void
wanted_wipe(struct wanted *w)
{
	sluis_result_destroy(&w->r);
}

/* Keep the entry that is wanted, which outlives the walk that way. */
static rc
keep_wanted(void *arg, const struct sluis_entry *e, uint64_t size)
{
	struct wanted *w            = arg;
	Sluis__Receipt receipt      = SLUIS__RECEIPT__INIT;
	const uint8_t  no[ID_BYTES] = {0};

	(void)size;
	if (e->index != w->index) return RC_OK;
	receipt.has_leaf   = 1;
	receipt.leaf       = message_borrow_bytes(e->leaf, e->leaf_n);
	receipt.has_index  = 1;
	receipt.index      = e->index;
	receipt.has_detail = e->detail != NULL;
	receipt.detail     = message_borrow_bytes(e->detail, e->detail_n);
	TRY(result_new(&w->r, no));
	return result_add_entry(w->r, &receipt);
}

static int
show_from_folder(struct cli *cli, struct source *src, uint64_t index)
{
	AUTO(wanted_wipe) struct wanted w = {.index = index};

	if (cli_flag(cli, "proof"))
		return complain_code(cli, RC_USAGE, "--proof",
		    N_("a proof is asked of the broker, without --tiles"));
	rc code = source_walk(src, keep_wanted, &w);
	if (code != RC_OK) return rc_exit_status(code);
	if (w.r == NULL)
		return complain_code(
		    cli, RC_NOT_FOUND, cli->args[0], N_("there is no such entry"));
	if (cli->json) return cli_json(cli, result_to_json(w.r), RC_OK);
	print_entry(cli, src->s, sluis_result_entry(w.r, 0), src->head.size);
	return 0;
}

int
run_audit_show(struct cli *cli)
{
	AUTO(source_wipe) struct source src = {0};
	uint64_t                        index;

	rc code = read_index(cli, &index);
	if (code == RC_OK) code = source_open(cli, &src);
	if (code != RC_OK) return rc_exit_status(code);
	return src.dir != NULL ? show_from_folder(cli, &src, index)
	                       : show_live(cli, src.s, index);
}
