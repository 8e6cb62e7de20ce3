/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_audit_verify.c - sluis audit verify: the whole journal computed again, from the
 * broker or from a folder, and compared with its signed head; or one receipt, from a file
 * that carries all it takes but the key.
 */
#include <stdlib.h>

#include "certs/file.h"
#include "client/command/audit/cmd_audit.h"
#include "client/command/audit/source.h"
#include "client/command/audit/vouch.h"
#include "client/command/complain.h"
#include "client/command/show.h"
#include "client/jsonfile.h"
#include "client/result.h"
#include "proto/auto.h"
#include "proto/message.h"
#include "proto/proof_file.h"

const struct option options_audit_verify[] = {
    SOURCE_OPTIONS,
    TRUST_OPTION,
    {"checkpoint", "FILE", N_("another head than DIR/checkpoint")},
    {NULL, NULL, NULL},
};

int
print_verified(struct cli *cli, const struct checkpoint *head, const struct vouched *by)
{
	AUTO(buf_wipe) struct buf root = buf_init(128);

	progress_end(cli);
	if (base64_encode(slice_of(head->root.b, HASH_BYTES), &root) != RC_OK ||
	    buf_append(&root, slice_of("", 1)) != RC_OK)
		return complain_code(cli, RC_NOMEM, NULL, NULL);
	if (cli->json) {
		json_t *o = json_pack("{s:b, s:s, s:I, s:s}", "verified", 1, "origin",
		    head->origin, "size", (json_int_t)head->size, "root",
		    (const char *)root.p);
		if (by != NULL) vouch_json(o, by);
		return cli_json(cli, o, RC_OK);
	}
	(void)fprintf(cli->out, "%s %s, %llu %s, %s %s\n", tr("verified:"), head->origin,
	    (unsigned long long)head->size, tr("entries"), tr("root"),
	    (const char *)root.p);
	if (by != NULL) vouch_tell(cli, by);
	return 0;
}

/* --- one receipt ----------------------------------------------------------------- */

static rc
read_receipt(struct cli *cli, const char *path, struct buf *text, struct proof_file *ret)
{
	rc code = file_read(path, PROOF_FILE_MAX, false, text);

	if (code == RC_TOO_LARGE) code = RC_BAD_PROOF;
	if (code == RC_OK) code = proof_file_read(buf_slice(text), ret);
	if (code == RC_OK) return RC_OK;
	(void)complain_code(cli, code, path,
	    code == RC_BAD_PROOF ? N_("this is no receipt, or it was changed")
	                         : N_("cannot be read"));
	return code;
}

static const char *
receipt_fault(rc code)
{
	switch ((int)code) {
	case RC_BAD_NOTE:
		return N_("its head is not signed by this key");
	case RC_NO_QUORUM:
		return N_("its head is not cosigned by enough witnesses");
	default:
		return N_("this is no receipt, or it was changed");
	}
}

static rc
check_receipt_file(
    struct cli *cli, const char *path, const struct proof_file *f, struct vouched *ret)
{
	AUTO(vouch_wipe) struct vouch trust = {.policy = NULL};

	TRY(vouch_open(cli, &trust));
	rc code = vouch_judge(&trust, f->text.checkpoint, ret);
	if (code == RC_OK) code = proof_file_stands(f, &ret->head);
	if (code != RC_OK) (void)complain_code(cli, code, path, receipt_fault(code));
	return code;
}

/* The entry that F carries, as the library tells entries. */
static rc
describe(const struct proof_file *f, struct sluis_result **ret)
{
	const uint8_t  no[ID_BYTES] = {0};
	Sluis__Receipt receipt      = SLUIS__RECEIPT__INIT;

	receipt.has_leaf   = 1;
	receipt.leaf       = message_borrow_bytes(f->leaf.p, f->leaf.n);
	receipt.has_index  = 1;
	receipt.index      = f->text.index;
	receipt.has_detail = f->detail.n != 0;
	receipt.detail     = message_borrow_bytes(f->detail.p, f->detail.n);
	TRY(result_new(ret, no));
	return result_add_entry(*ret, &receipt);
}

/* Names of parties, where a folder is named; without them OINs do. */
static struct sluis *
open_names(struct cli *cli)
{
	struct sluis *s   = NULL;
	const char   *dir = cli->party != NULL ? cli->party : getenv("SLUIS_PARTY");

	if (dir != NULL && dir[0] != '\0') ignore(code_in(sluis_open(&s, dir, NULL)));
	return s;
}

static int
print_receipt(struct cli *cli, const struct sluis_result *entry, const struct vouched *by)
{
	AUTO(sluis_close) struct sluis *s    = open_names(cli);
	const struct checkpoint        *head = &by->head;

	if (cli->json) {
		json_t *o = result_to_json(entry);
		(void)json_object_set_new(o, "verified", json_true());
		(void)json_object_set_new(o, "origin", json_string(head->origin));
		(void)json_object_set_new(
		    o, "size", json_integer((json_int_t)head->size));
		vouch_json(o, by);
		return cli_json(cli, o, RC_OK);
	}
	show_entry(cli, s, sluis_result_entry(entry, 0));
	(void)fprintf(cli->out, "%s %s, %s %llu\n", tr("verified:"), head->origin,
	    tr("proven to be in the journal of size"), (unsigned long long)head->size);
	vouch_tell(cli, by);
	return 0;
}

static int
verify_receipt(struct cli *cli, const char *path)
{
	AUTO(buf_wipe) struct buf                       text = buf_init(PROOF_FILE_MAX);
	AUTO(proof_file_wipe) struct proof_file         f    = {.leaf = {.n = 0}};
	AUTO(sluis_result_destroy) struct sluis_result *r    = NULL;
	struct vouched                                  by;

	rc code = read_receipt(cli, path, &text, &f);
	if (code == RC_OK) code = check_receipt_file(cli, path, &f, &by);
	if (code != RC_OK) return rc_exit_status(code);
	code = describe(&f, &r);
	if (code != RC_OK) return complain_code(cli, code, path, NULL);
	return print_receipt(cli, r, &by);
}

int
run_audit_verify(struct cli *cli)
{
	AUTO(source_wipe) struct source src = {0};

	if (cli->n_args == 1) {
		if (!cli_flag(cli, "tiles") && !cli_flag(cli, "checkpoint"))
			return verify_receipt(cli, cli->args[0]);
		return complain_code(cli, RC_USAGE, cli->args[0],
		    N_("verify a file or a folder, not both"));
	}
	rc code = source_open(cli, &src);
	if (code == RC_OK) code = source_walk(&src, NULL, NULL);
	return code == RC_OK ? print_verified(cli, &src.head, &src.trusted)
	                     : rc_exit_status(code);
}
