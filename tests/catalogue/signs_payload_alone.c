/* SPDX-License-Identifier: EUPL-1.2 */
/* signs_payload_alone.c - a mutant: the type of a message is not signed. */
#include "proto/bytes.h"

rc __wrap_buf_printf(struct buf *b, const char *format, ...);

rc
__wrap_buf_printf(struct buf *b, const char *format, ...)
{
	(void)format;
	return buf_append(b, slice_str("DSSEv1 "));
}
