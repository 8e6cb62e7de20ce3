/* SPDX-License-Identifier: EUPL-1.2 */
/* pseudonym.c - from an identifier in a domain to the keeper's question, and back. */
#include "broker/pseudonym.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "proto/auto.h"

enum {
	TLV_MAX    = 4096, /* a domain or an input: bounded by the signal's own limits */
	KID_BYTES  = 2,
	PSN_BYTES  = 20, /* 160 bits */
	WANTED_MAX = 4096,
	WANTED_BYTES = 4 * 1024 * 1024,
};

struct wanted { /* into the bytes of its pseudonymiser */
	enum evaluate what;
	size_t        domain, input, end;
};

struct pseudonymiser {
	struct keeper_line *line; /* borrowed */
	uint8_t             epoch;
	bool                subjects;
	size_t              n_wanted, cap_wanted;
	struct wanted      *wanted; /* owned */
	struct buf          bytes;
};

static rc new (struct pseudonymiser **ret, const struct pseudonymiser *as)
{
	struct pseudonymiser *p = malloc(sizeof *p);

	if (p == NULL) return RC_NOMEM;
	*p       = *as;
	p->bytes = buf_init(WANTED_BYTES);
	*ret     = p;
	return RC_OK;
}

rc
pseudonymiser_new(struct pseudonymiser **ret, struct keeper_line *line, uint8_t epoch)
{
	struct pseudonymiser p = {.line = line, .epoch = epoch};

	if (epoch >= keeper_line_facts(line)->n_epochs) return RC_INTERNAL;
	return new (ret, &p);
}

rc
pseudonymiser_of_overlap(struct pseudonymiser **ret, struct keeper_line *line)
{
	const struct keeper_facts *facts = keeper_line_facts(line);

	for (size_t i = 0; i < facts->n_epochs; i++)
		if (facts->epoch[i].state == EPOCH_OVERLAP)
			return pseudonymiser_new(ret, line, (uint8_t)i);
	return RC_OK;
}

rc
pseudonymiser_of_subjects(struct pseudonymiser **ret, struct keeper_line *line)
{
	struct pseudonymiser p = {.line = line, .subjects = true};

	return new (ret, &p);
}

void
pseudonymiser_destroy(struct pseudonymiser **pp)
{
	struct pseudonymiser *p = *pp;

	if (p == NULL) return;
	buf_wipe(&p->bytes);
	free(p->wanted);
	free(p);
	*pp = NULL;
}

/* --- encoding --------------------------------------------------------------------- */

struct tlv {
	size_t  n;
	uint8_t b[TLV_MAX];
};

static void
tlv_wipe(struct tlv *t)
{
	sodium_memzero(t->b, t->n);
	t->n = 0;
}

/* Append one element of an injective encoding: its length, then its bytes. */
static rc
put(struct tlv *out, struct slice element)
{
	if (element.n > TLV_MAX || out->n + 8 + element.n > TLV_MAX) return RC_TOO_LARGE;
	put_u64_be(out->b + out->n, element.n);
	if (element.n != 0) memcpy(out->b + out->n + 8, element.p, element.n);
	out->n += 8 + element.n;
	return RC_OK;
}

static rc
encode_domain(const struct pseudonym_domain *d, const char *kind, struct tlv *out)
{
	TRY(put(out, slice_str(d->recipient_oin)));
	TRY(put(out, slice_str(d->convenant)));
	TRY(put(out, slice_str(d->period)));
	TRY(put(out, slice_str(d->purpose)));
	return put(out, slice_str(kind));
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

/* The normal form of the N values from VALUES on, which are one. */
static rc
put_normal(struct tlv *out, enum identifier how, const struct slice *values, size_t n)
{
	AUTO(buf_wipe) struct buf normal = buf_init(TLV_MAX);
	AUTO(buf_wipe) struct buf whole  = buf_init(TLV_MAX);

	if (n == 1) {
		TRY(normalise(how, values[0], &normal));
		return put(out, buf_slice(&normal));
	}
	for (size_t k = 0; k < n; k++) {
		if (k > 0) TRY(buf_append(&whole, slice_str(" ")));
		TRY(buf_append(&whole, values[k]));
	}
	TRY(normalise(how, buf_slice(&whole), &normal));
	return put(out, buf_slice(&normal));
}

static rc
encode_input(
    const struct identifier_info *kind, const struct slice *values, struct tlv *out)
{
	uint8_t version = NORMALISE_VERSION;

	TRY(put(out, slice_str("psn-in/1")));
	TRY(put(out, slice_of(&version, 1)));
	TRY(put(out, slice_str(kind->name)));
	for (size_t i = 0; i < kind->n;) {
		size_t n = parts_of_one_value(kind, i);
		TRY(put_normal(out, kind->normal[i], values + i, n));
		i += n;
	}
	return RC_OK;
}

/* A question of the keeper: its domain, then its input. */
struct asked {
	enum evaluate what;
	struct tlv    domain, input;
};

static void
asked_wipe(struct asked *q)
{
	tlv_wipe(&q->domain);
	tlv_wipe(&q->input);
}

static rc
encode(const struct pseudonymiser *p, const struct pseudonym_domain *domain,
    const struct identifier_info *kind, const struct slice *values, struct asked *ret)
{
	ret->domain.n = ret->input.n = 0;
	ret->what                    = p->subjects      ? EVALUATE_SUBJECT
	                               : domain == NULL ? EVALUATE_TOKEN
	                                                : EVALUATE_PSEUDONYM;
	if (domain != NULL && p->subjects) return RC_INTERNAL;
	TRY(encode_input(kind, values, &ret->input));
	return domain == NULL ? put(&ret->domain, slice_str(kind->name))
	                      : encode_domain(domain, kind->name, &ret->domain);
}

/* --- asking ----------------------------------------------------------------------- */

static rc
ask(const struct pseudonymiser *p, const struct pseudonym_domain *domain,
    const struct identifier_info *kind, const struct slice *values,
    uint8_t ret[EVALUATED_BYTES])
{
	AUTO(asked_wipe) struct asked q;

	TRY(encode(p, domain, kind, values, &q));
	struct evaluation e = {.what = q.what,
	    .epoch                   = p->epoch,
	    .domain                  = slice_of(q.domain.b, q.domain.n),
	    .input                   = slice_of(q.input.b, q.input.n)};
	TRY(keeper_evaluate(p->line, &e, 1));
	memcpy(ret, e.ret, EVALUATED_BYTES);
	return RC_OK;
}

/* Lower-case base32 (RFC 4648 alphabet, no padding) of exactly 20 bytes: 32 characters.
 */
static void
base32(const uint8_t in[PSN_BYTES], char *out)
{
	static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
	for (int group = 0; group < PSN_BYTES / 5; group++) {
		uint64_t v = 0;
		for (int i = 0; i < 5; i++) v = v << 8 | in[group * 5 + i];
		for (int i = 7; i >= 0; i--, v >>= 5)
			out[group * 8 + i] = alphabet[v & 31];
	}
}

rc
pseudonym_make(const struct pseudonymiser *p, const struct pseudonym_domain *domain,
    const struct identifier_info *kind, const struct slice *values,
    char ret[PSEUDONYM_CHARS + 1])
{
	uint8_t got[EVALUATED_BYTES];

	TRY(ask(p, domain, kind, values, got));
	memcpy(ret, "psn1.", 5);
	hex_encode(ret + 5, 2 * KID_BYTES + 1, slice_of(got, KID_BYTES));
	ret[9] = '.';
	base32(got + KID_BYTES, ret + 10);
	ret[PSEUDONYM_CHARS] = '\0';
	return RC_OK;
}

rc
pseudonym_token(const struct pseudonymiser *p, const struct identifier_info *kind,
    const struct slice *values, uint8_t ret[TOKEN_BYTES])
{
	uint8_t got[EVALUATED_BYTES];

	TRY(ask(p, NULL, kind, values, got));
	memcpy(ret, got + KID_BYTES, TOKEN_BYTES);
	sodium_memzero(got, sizeof got);
	return RC_OK;
}

void
pseudonym_mark(const struct pseudonymiser *p, uint8_t ret[EPOCH_MARK_BYTES])
{
	memcpy(ret, keeper_line_facts(p->line)->epoch[p->epoch].mark, EPOCH_MARK_BYTES);
}

/* --- ahead ------------------------------------------------------------------------ */

static rc
add_wanted(struct pseudonymiser *p, struct wanted **ret)
{
	if (p->n_wanted == WANTED_MAX) return RC_TOO_MANY;
	if (p->n_wanted == p->cap_wanted) {
		size_t         cap  = p->cap_wanted == 0 ? 64 : p->cap_wanted * 2;
		struct wanted *more = reallocarray(p->wanted, cap, sizeof *more);
		if (more == NULL) return RC_NOMEM;
		p->wanted     = more;
		p->cap_wanted = cap;
	}
	*ret = &p->wanted[p->n_wanted];
	return RC_OK;
}

rc
pseudonym_want(struct pseudonymiser *p, const struct pseudonym_domain *domain,
    const struct identifier_info *kind, const struct slice *values)
{
	AUTO(asked_wipe) struct asked q;
	struct wanted                *w = NULL;

	rc code = encode(p, domain, kind, values, &q);
	if (code == RC_INVALID_SIGNAL) return RC_OK;
	TRY(code);
	code = add_wanted(p, &w);
	if (code == RC_TOO_MANY) return RC_OK; /* it will be a round trip of its own */
	TRY(code);
	*w = (struct wanted){.what = q.what, .domain = p->bytes.n};
	TRY(buf_append(&p->bytes, slice_of(q.domain.b, q.domain.n)));
	w->input = p->bytes.n;
	TRY(buf_append(&p->bytes, slice_of(q.input.b, q.input.n)));
	w->end = p->bytes.n;
	p->n_wanted++;
	return RC_OK;
}

/* What P has noted, as questions. */
static void
list_wanted(const struct pseudonymiser *p, struct evaluation *ret)
{
	for (size_t i = 0; i < p->n_wanted; i++) {
		const struct wanted *w = &p->wanted[i];
		ret[i]                 = (struct evaluation){.what = w->what,
		                    .epoch                         = p->epoch,
		                    .domain = slice_of(p->bytes.p + w->domain, w->input - w->domain),
		                    .input  = slice_of(p->bytes.p + w->input, w->end - w->input)};
	}
}

static void
forget_wanted(struct pseudonymiser *p)
{
	if (p->bytes.n != 0) sodium_memzero(p->bytes.p, p->bytes.n);
	p->bytes.n = p->n_wanted = 0;
}

rc
pseudonym_fetch(struct pseudonymiser *p, struct pseudonymiser *other)
{
	size_t n = p->n_wanted + (other == NULL ? 0 : other->n_wanted);

	if (n == 0) return RC_OK;
	AUTO(auto_free) struct evaluation *all = calloc(n, sizeof *all);
	if (all == NULL) return RC_NOMEM;
	list_wanted(p, all);
	if (other != NULL) list_wanted(other, all + p->n_wanted);
	rc code = keeper_evaluate(p->line, all, n);
	sodium_memzero(all, n * sizeof *all);
	forget_wanted(p);
	if (other != NULL) forget_wanted(other);
	return code;
}
