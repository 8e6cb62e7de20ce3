/* SPDX-License-Identifier: EUPL-1.2 */
/* once.c - which delivery brought what was signed. */
#include "client/once.h"

#include <string.h>

#include "client/error.h"
#include "client/kept.h"
#include "proto/auto.h"

_Static_assert(
    sizeof(struct short_hash) >= ID_BYTES, "a root names an entry of the store");

rc
once_check(struct sluis *s, const uint8_t id[ID_BYTES], const struct signature *signature)
{
	AUTO(buf_wipe) struct buf was = buf_init(ID_BYTES);

	rc code = kept_read(s->folder.dir, KEPT_SIGNED, signature->root.b, &was);
	if (code == RC_NOT_FOUND) return RC_OK;
	if (code != RC_OK) return handle_fail(s, code, "inbox", NULL);
	if (slice_equal(buf_slice(&was), slice_of(id, ID_BYTES))) return RC_OK;
	return handle_fail(s, RC_NOT_SIGNED, "copy.evidence.disclosure",
	    N_("signed once, and delivered before under another number"));
}

rc
once_mark(struct sluis *s, const uint8_t id[ID_BYTES], const struct signature *signature)
{
	bool marked;

	TRY(kept_exists(
	    s->folder.dir, KEPT_SIGNED, signature->root.b, &s->error, &marked));
	if (marked) return RC_OK;
	rc code = kept_write(
	    s->folder.dir, KEPT_SIGNED, signature->root.b, slice_of(id, ID_BYTES));
	return code == RC_OK
	           ? RC_OK
	           : handle_fail(s, code, "inbox", N_("the delivery cannot be kept"));
}
