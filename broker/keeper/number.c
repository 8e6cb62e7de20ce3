/* SPDX-License-Identifier: EUPL-1.2 */
/* number.c - numbers and blobs on a line of the keeper. */
#include "broker/keeper/vault.h"

rc
put_number(struct buf *out, size_t n, uint64_t v)
{
	uint8_t all[8];

	put_u64_be(all, v);
	return buf_append(out, slice_of(all + 8 - n, n));
}

rc
put_blob(struct buf *out, struct slice s)
{
	if (s.n > UINT16_MAX) return RC_TOO_LARGE;
	TRY(put_number(out, 2, s.n));
	return buf_append(out, s);
}

rc
take_bytes(struct slice *s, size_t n, struct slice *ret)
{
	if (s->n < n) return RC_MALFORMED;
	*ret = slice_of(s->p, n);
	s->p += n;
	s->n -= n;
	return RC_OK;
}

rc
take_number(struct slice *s, size_t n, uint64_t *ret)
{
	struct slice bytes;
	uint64_t     v = 0;

	TRY(take_bytes(s, n, &bytes));
	for (size_t i = 0; i < n; i++) v = v << 8 | bytes.p[i];
	*ret = v;
	return RC_OK;
}

rc
take_blob(struct slice *s, struct slice *ret)
{
	uint64_t n = 0;

	TRY(take_number(s, 2, &n));
	return take_bytes(s, (size_t)n, ret);
}
