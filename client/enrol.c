/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * enrol.c - presenting a key binding: possession of both keys is shown by opening the
 * channel with the CURVE key and signing the request with the Ed25519 key.
 */
#include "client/enrol.h"
#include "client/request.h"
#include "client/result.h"
#include "proto/auto.h"
#include "proto/envelope.h"
#include "proto/message.h"

static rc
read_file(struct sluis *s, const char *name, struct buf *out)
{
	char path[FILE_PATH_MAX];

	TRY(path_join(path, s->folder.dir, name));
	rc code = file_read(path, FRAME_MAX, false, out);
	return code == RC_OK ? RC_OK : handle_fail(s, code, path, "cannot be read");
}

rc
enrol_binding(struct sluis *s, struct slice binding, struct slice chain,
    unsigned timeout_ms, struct sluis_result **ret)
{
	AUTO(request_wipe) struct request               r      = {.envelope = {.max = 0}};
	AUTO(message_destroy) Sluis__Answer            *answer = NULL;
	AUTO(sluis_result_destroy) struct sluis_result *result = NULL;
	Sluis__Enrol                                    body   = SLUIS__ENROL__INIT;
	Sluis__Head                                     head;
	struct checker                                  c = handle_checker(s);

	TRY(request_head(s, &r, &head));
	body.head          = &head;
	body.has_binding   = 1;
	body.binding       = message_borrow_bytes(binding.p, binding.n);
	body.has_chain_pem = 1;
	body.chain_pem     = message_borrow_bytes(chain.p, chain.n);
	TRY(request_sign(s, &r, TYPE_ENROL, &body.base));
	TRY(request_ask(s, DOOR_ENROL, &r, patience_of(timeout_ms), &answer));
	TRY(error_from_answer(&s->error, answer));
	if (answer->n_receipts != 1)
		return handle_fail(s, RC_BAD_PROOF, "receipts", "exactly one is needed");
	TRY(check_enrolled(&c, answer->receipts[0], binding));
	TRY(result_new(&result, r.id));
	TRY(result_take_answer(result, &answer));
	*ret = TAKE(result);
	return RC_OK;
}

static rc
enrol(struct sluis *s, unsigned timeout_ms, struct sluis_result **ret)
{
	AUTO(buf_wipe) struct buf binding = buf_init(FRAME_MAX);
	AUTO(buf_wipe) struct buf chain   = buf_init(FRAME_MAX);

	TRY(read_file(s, "binding.bin", &binding));
	TRY(read_file(s, "chain.pem", &chain));
	return enrol_binding(s, buf_slice(&binding), buf_slice(&chain), timeout_ms, ret);
}

enum sluis_code
sluis_enrol(struct sluis *s, unsigned timeout_ms, struct sluis_result **ret)
{
	return code_out(enrol(s, timeout_ms, ret));
}
