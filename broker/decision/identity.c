/* SPDX-License-Identifier: EUPL-1.2 */
/* identity.c - normal forms as input, and a table of those of one signal. */
#include "broker/decision/identity.h"

#include <sodium.h>
#include <string.h>

#include "proto/auto.h"
#include "proto/normalise.h"

/* --- encoding --------------------------------------------------------------------- */

void
tlv_wipe(struct tlv *t)
{
	sodium_memzero(t->b, t->n);
	t->n = 0;
}

rc
tlv_put(struct tlv *out, struct slice element)
{
	if (element.n > TLV_MAX || out->n + 8 + element.n > TLV_MAX) return RC_TOO_LARGE;
	put_u64_be(out->b + out->n, element.n);
	if (element.n != 0) memcpy(out->b + out->n + 8, element.p, element.n);
	out->n += 8 + element.n;
	return RC_OK;
}

/* A postcode and the house number after it are one value: neither is normal alone. */
static size_t
parts_of_one_value(const struct identifier_info *kind, size_t first)
{
	size_t n = 1;
	while (kind->normal[first] == IDENTIFIER_ADDRESS && first + n < kind->n &&
	       kind->normal[first + n] == IDENTIFIER_ADDRESS)
		n++;
	return n;
}

/* Append the normal form of VALUE as an element: written behind where its length goes. */
static rc
put_one(struct tlv *out, enum identifier how, struct slice value)
{
	if (out->n + 8 > TLV_MAX) return RC_TOO_LARGE;
	size_t     room   = TLV_MAX - out->n - 8;
	struct buf normal = {.p = out->b + out->n + 8, .cap = room, .max = room};

	rc code = normalise(how, value, &normal);
	if (code != RC_OK) sodium_memzero(normal.p, normal.n);
	TRY(code);
	put_u64_be(out->b + out->n, normal.n);
	out->n += 8 + normal.n;
	return RC_OK;
}

/* The normal form of the N values from VALUES on, which are one. */
static rc
put_normal(struct tlv *out, enum identifier how, const struct slice *values, size_t n)
{
	AUTO(buf_wipe) struct buf whole = buf_init(TLV_MAX);

	if (n == 1) return put_one(out, how, values[0]);
	for (size_t k = 0; k < n; k++) {
		if (k > 0) TRY(buf_append(&whole, slice_str(" ")));
		TRY(buf_append(&whole, values[k]));
	}
	return put_one(out, how, buf_slice(&whole));
}

rc
identity_input(
    const struct identifier_info *kind, const struct slice *values, struct tlv *ret)
{
	uint8_t version = NORMALISE_VERSION;

	ret->n = 0;
	TRY(tlv_put(ret, slice_str("psn-in/1")));
	TRY(tlv_put(ret, slice_of(&version, 1)));
	TRY(tlv_put(ret, slice_str(kind->name)));
	for (size_t i = 0; i < kind->n;) {
		size_t n = parts_of_one_value(kind, i);
		TRY(put_normal(ret, kind->normal[i], values + i, n));
		i += n;
	}
	return RC_OK;
}

/* --- of one signal ---------------------------------------------------------------- */

enum { BUCKETS = 128 };

struct identities {
	struct scratch  *mem;
	struct identity *bucket[BUCKETS];
};

struct identities *
identities_new(struct scratch *mem)
{
	struct identities *all = scratch_alloc(mem, 1, sizeof *all);

	if (all != NULL) all->mem = mem;
	return all;
}

static size_t
bucket_of(const struct identifier_info *kind, const struct slice *values)
{
	uint64_t mixed = (uint64_t)(uintptr_t)values[0].p * 0x9e3779b97f4a7c15u +
	                 (uint64_t)(uintptr_t)kind * 0xbf58476d1ce4e5b9u;
	return (size_t)(mixed >> 57);
}

_Static_assert(BUCKETS == 1 << (64 - 57), "the bits of bucket_of()");

/* Find the normal form of OF, whose parts have the raw VALUES. */
static rc
fill(struct identities *all, struct identity *of, const struct slice *values)
{
	AUTO(tlv_wipe) struct tlv input;

	of->code = identity_input(of->kind, values, &input);
	if (of->code != RC_OK) return of->code == RC_NOMEM ? RC_NOMEM : RC_OK;
	of->input.p = (const uint8_t *)scratch_copy(all->mem, slice_of(input.b, input.n));
	of->input.n = input.n;
	return of->input.p == NULL ? RC_NOMEM : RC_OK;
}

static bool
is_that(const struct identity *of, const struct identifier_info *kind,
    const struct slice *values)
{
	for (size_t i = 0; i < kind->n; i++)
		if (of->value[i] != values[i].p) return false;
	return of->kind == kind;
}

rc
identities_find(struct identities *all, const struct identifier_info *kind,
    const struct slice *values, struct identity **ret)
{
	struct identity **bucket = &all->bucket[bucket_of(kind, values)];

	for (*ret = *bucket; *ret != NULL; *ret = (*ret)->next)
		if (is_that(*ret, kind, values)) return RC_OK;
	struct identity *of = scratch_alloc(all->mem, 1, sizeof *of);
	if (of == NULL) return RC_NOMEM;
	*of = (struct identity){.next = *bucket, .kind = kind};
	for (size_t i = 0; i < kind->n; i++) of->value[i] = values[i].p;
	TRY(fill(all, of, values));
	*bucket = *ret = of;
	return RC_OK;
}

struct evaluated *
identities_add(struct identities *all, struct identity *of, struct slice domain)
{
	struct evaluated *m    = scratch_alloc(all->mem, 1, sizeof *m);
	const char       *copy = m == NULL ? NULL : scratch_copy(all->mem, domain);

	if (copy == NULL) return NULL;
	m->next   = of->made;
	m->domain = slice_of(copy, domain.n);
	of->made  = m;
	return m;
}
