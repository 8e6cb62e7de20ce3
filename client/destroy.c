/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * destroy.c - what its source recalled: erased here first, and only then reported.
 *
 * The other way round a crash would leave a copy that the journal says is gone.  Nothing
 * is erased before the journal showed its recall (recalled.h).
 */
#include "client/handle.h"
#include "client/kept.h"
#include "client/recalled.h"
#include "proto/auto.h"

/* {"delivery_ids": ["..."]} */
static rc
body_of(const uint8_t *ids, size_t n, struct buf *out)
{
	char hex[2 * ID_BYTES + 1];

	TRY(buf_printf(out, "{\"delivery_ids\":["));
	for (size_t i = 0; i < n; i++) {
		hex_encode(hex, sizeof hex, slice_of(ids + i * ID_BYTES, ID_BYTES));
		TRY(buf_printf(out, "%s\"%s\"", i != 0 ? "," : "", hex));
	}
	return buf_printf(out, "]}");
}

static rc
destroy(struct sluis *s, const uint8_t *ids, size_t n, unsigned timeout_ms,
    struct sluis_result **ret)
{
	AUTO(buf_wipe) struct buf body = buf_init(FRAME_MAX);
	const char               *dir  = s->folder.dir;

	for (size_t i = 0; i < n; i++)
		TRY(recalled_check(s, ids + i * ID_BYTES, timeout_ms));
	if (body_of(ids, n, &body) != RC_OK)
		return handle_fail(s, RC_TOO_LARGE, "ids", "too many at once");
	if (kept_erase(dir, KEPT_DELIVERY, ids, n) != RC_OK)
		return handle_fail(s, RC_DISK, "inbox", "cannot be erased");
	return code_in(
	    sluis_act(s, "destroyed", (const char *)body.p, body.n, timeout_ms, ret));
}

enum sluis_code
sluis_destroy(struct sluis *s, const uint8_t *ids, size_t n_ids, unsigned timeout_ms,
    struct sluis_result **ret)
{
	return code_out(destroy(s, ids, n_ids, timeout_ms, ret));
}
