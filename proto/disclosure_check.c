/* SPDX-License-Identifier: EUPL-1.2 */
/* disclosure_check.c - the root that follows from a copy and its evidence. */
#include <string.h>

#include "proto/disclosure_walk.h"

struct checker { /* what is left of the evidence */
	struct slice slots, salts, veiled, siblings;
};

/* The first N bytes of *REST. */
static rc
take(struct slice *rest, size_t n, void *out)
{
	if (rest->n < n) return RC_NOT_SIGNED;
	if (n != 0) memcpy(out, rest->p, n);
	*rest = slice_of(rest->p + n, rest->n - n);
	return RC_OK;
}

static rc
check_bare(void *self, struct short_hash *ret)
{
	struct checker *c = self;

	return take(&c->siblings, sizeof ret->b, ret->b);
}

static rc
check_given(void *self, const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f,
    struct short_hash *ret)
{
	struct checker *c = self;
	uint8_t         salt[DISCLOSURE_SALT_BYTES];

	TRY(take(&c->salts, sizeof salt, salt));
	return disclosure_veil(m, f, salt, ret);
}

static rc
check_stated(void *self, struct short_hash *ret)
{
	struct checker *c = self;

	return take(&c->veiled, sizeof ret->b, ret->b);
}

static rc
check_seats(void *self, size_t n, uint8_t *ret)
{
	struct checker *c     = self;
	uint64_t        taken = 0;

	TRY(take(&c->slots, n, ret));
	for (size_t i = 0; i < n; i++) {
		if (ret[i] >= DISCLOSURE_ELEMENTS || (taken >> ret[i] & 1) != 0)
			return RC_NOT_SIGNED;
		taken |= (uint64_t)1 << ret[i];
	}
	return RC_OK;
}

static struct slice
part_of(protobuf_c_boolean has, const ProtobufCBinaryData *field)
{
	return has ? slice_of(field->data, field->len) : slice_of(NULL, 0);
}

rc
disclosure_check(const ProtobufCMessage *signal, const struct stated *stated, size_t n,
    const Sluis__Evidence *evidence, struct short_hash *ret)
{
	struct checker c = {.slots = part_of(evidence->has_slots, &evidence->slots),
	    .salts                 = part_of(evidence->has_salts, &evidence->salts),
	    .veiled                = part_of(evidence->has_veiled, &evidence->veiled),
	    .siblings = part_of(evidence->has_siblings, &evidence->siblings)};
	struct pass    p = {.stated = stated,
	       .n_stated            = n,
	       .self                = &c,
	       .bare                = check_bare,
	       .given               = check_given,
	       .stated_as           = check_stated,
	       .seats               = check_seats};

	if (n > DISCLOSURE_STATED_MAX) return RC_NOT_SIGNED;
	TRY(disclosure_walk(&p, signal, ret));
	return c.slots.n + c.salts.n + c.veiled.n + c.siblings.n == 0 ? RC_OK
	                                                              : RC_NOT_SIGNED;
}
