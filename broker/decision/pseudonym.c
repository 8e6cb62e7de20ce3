/* SPDX-License-Identifier: EUPL-1.2 */
/* pseudonym.c - from an identifier in a domain to the keeper's question, and back. */
#include "broker/decision/pseudonym.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "proto/auto.h"
#include "proto/room.h"

enum {
	KID_BYTES  = 2,
	PSN_BYTES  = 20,    /* 160 bits */
	WANTED_MAX = 16384, /* of a wave of large signals; more: a round trip each */
};

struct pseudonymiser {
	struct keeper_line *line; /* borrowed */
	uint8_t             epoch;
	bool                subjects;
	size_t              n_wanted, cap_wanted;
	struct evaluation  *wanted; /* owned: questions, in the memory of their signals */
	struct evaluated  **whose;  /* owned: where the answers go */
};

static rc new (struct pseudonymiser **ret, const struct pseudonymiser *as)
{
	struct pseudonymiser *p = malloc(sizeof *p);

	if (p == NULL) return RC_NOMEM;
	*p   = *as;
	*ret = p;
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
	free(p->wanted);
	free(p->whose);
	free(p);
	*pp = NULL;
}

/* --- what to ask ------------------------------------------------------------------ */

struct asked { /* about an identifier whose input is known */
	enum evaluate what;
	uint8_t       epoch;
	struct tlv    domain; /* no secret */
};

/* For a pseudonym in DOMAIN. */
static rc
ask_pseudonym(const struct pseudonymiser *p, const struct pseudonym_domain *d,
    const struct identifier_info *kind, struct asked *ret)
{
	if (p->subjects) return RC_INTERNAL;
	ret->what     = EVALUATE_PSEUDONYM;
	ret->epoch    = p->epoch;
	ret->domain.n = 0;
	TRY(tlv_put(&ret->domain, slice_str(d->recipient_oin)));
	TRY(tlv_put(&ret->domain, slice_str(d->convenant)));
	TRY(tlv_put(&ret->domain, slice_str(d->period)));
	TRY(tlv_put(&ret->domain, slice_str(d->purpose)));
	return tlv_put(&ret->domain, slice_str(kind->name));
}

/* For a token, of a person's in SUBJECTS. */
static rc
ask_token(const struct pseudonymiser *p, bool subjects,
    const struct identifier_info *kind, struct asked *ret)
{
	ret->what     = subjects ? EVALUATE_SUBJECT : EVALUATE_TOKEN;
	ret->epoch    = subjects ? 0 : p->epoch;
	ret->domain.n = 0;
	return tlv_put(&ret->domain, slice_str(kind->name));
}

/* --- asking ----------------------------------------------------------------------- */

static rc
ask(const struct pseudonymiser *p, const struct asked *q, struct slice input,
    uint8_t ret[EVALUATED_BYTES])
{
	struct evaluation e = {.what = q->what,
	    .epoch                   = q->epoch,
	    .domain                  = slice_of(q->domain.b, q->domain.n),
	    .input                   = input};

	rc code = keeper_evaluate(p->line, &e, 1);
	if (code == RC_OK) memcpy(ret, e.ret, EVALUATED_BYTES);
	sodium_memzero(e.ret, sizeof e.ret);
	return code;
}

static rc
ask_about(const struct pseudonymiser *p, const struct asked *q,
    const struct identifier_info *kind, const struct slice *values,
    uint8_t ret[EVALUATED_BYTES])
{
	AUTO(tlv_wipe) struct tlv input;

	TRY(identity_input(kind, values, &input));
	return ask(p, q, slice_of(input.b, input.n), ret);
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

static void
say_pseudonym(const uint8_t got[EVALUATED_BYTES], char ret[PSEUDONYM_CHARS + 1])
{
	memcpy(ret, "psn1.", 5);
	hex_encode(ret + 5, 2 * KID_BYTES + 1, slice_of(got, KID_BYTES));
	ret[9] = '.';
	base32(got + KID_BYTES, ret + 10);
	ret[PSEUDONYM_CHARS] = '\0';
}

rc
pseudonym_make(const struct pseudonymiser *p, const struct pseudonym_domain *domain,
    const struct identifier_info *kind, const struct slice *values,
    char ret[PSEUDONYM_CHARS + 1])
{
	struct asked q;
	uint8_t      got[EVALUATED_BYTES];

	TRY(ask_pseudonym(p, domain, kind, &q));
	TRY(ask_about(p, &q, kind, values, got));
	say_pseudonym(got, ret);
	return RC_OK;
}

rc
pseudonym_token(const struct pseudonymiser *p, const struct identifier_info *kind,
    const struct slice *values, uint8_t ret[TOKEN_BYTES])
{
	struct asked q;
	uint8_t      got[EVALUATED_BYTES];

	TRY(ask_token(p, p->subjects, kind, &q));
	TRY(ask_about(p, &q, kind, values, got));
	memcpy(ret, got + KID_BYTES, TOKEN_BYTES);
	sodium_memzero(got, sizeof got);
	return RC_OK;
}

/* --- of the identifiers of a signal ------------------------------------------------ */

static struct evaluated *
find_made(const struct identity *of, const struct asked *q)
{
	struct evaluated *m = of->made;

	while (m != NULL && (m->what != q->what || m->epoch != q->epoch ||
	                        m->domain.n != q->domain.n ||
	                        memcmp(m->domain.p, q->domain.b, q->domain.n) != 0))
		m = m->next;
	return m;
}

static rc
answer_to(const struct pseudonymiser *p, const struct asked *q, const struct identity *of,
    uint8_t ret[EVALUATED_BYTES])
{
	TRY(of->code);
	const struct evaluated *m = find_made(of, q);
	if (m == NULL || !m->done) return ask(p, q, of->input, ret);
	memcpy(ret, m->ret, EVALUATED_BYTES);
	return RC_OK;
}

rc
pseudonym_of(const struct pseudonymiser *p, const struct pseudonym_domain *domain,
    const struct identity *of, char ret[PSEUDONYM_CHARS + 1])
{
	struct asked q;
	uint8_t      got[EVALUATED_BYTES];

	TRY(ask_pseudonym(p, domain, of->kind, &q));
	TRY(answer_to(p, &q, of, got));
	say_pseudonym(got, ret);
	return RC_OK;
}

static rc
token_of(const struct pseudonymiser *p, bool subjects, const struct identity *of,
    uint8_t ret[TOKEN_BYTES])
{
	struct asked q;
	uint8_t      got[EVALUATED_BYTES];

	TRY(ask_token(p, subjects, of->kind, &q));
	TRY(answer_to(p, &q, of, got));
	memcpy(ret, got + KID_BYTES, TOKEN_BYTES);
	sodium_memzero(got, sizeof got);
	return RC_OK;
}

rc
pseudonym_token_of(
    const struct pseudonymiser *p, const struct identity *of, uint8_t ret[TOKEN_BYTES])
{
	return token_of(p, false, of, ret);
}

rc
pseudonym_subject_of(
    const struct pseudonymiser *p, const struct identity *of, uint8_t ret[TOKEN_BYTES])
{
	return token_of(p, true, of, ret);
}

/* --- ahead ------------------------------------------------------------------------ */

/* For both lists, which are as long: the second says how much there is. */
static rc
make_room(struct pseudonymiser *p)
{
	size_t cap = p->cap_wanted;

	TRY(room_for_one(&p->wanted, p->n_wanted, &cap, sizeof *p->wanted));
	return room_for_one(
	    &p->whose, p->n_wanted, &p->cap_wanted, sizeof(struct evaluated *));
}

static rc
note(struct pseudonymiser *p, const struct asked *q, struct identities *all,
    struct identity *of)
{
	if (of->code != RC_OK || find_made(of, q) != NULL) return RC_OK;
	if (p->n_wanted == WANTED_MAX) return RC_OK;
	TRY(make_room(p));
	struct evaluated *m = identities_add(all, of, slice_of(q->domain.b, q->domain.n));
	if (m == NULL) return RC_NOMEM;
	m->what                = q->what;
	m->epoch               = q->epoch;
	p->whose[p->n_wanted]  = m;
	p->wanted[p->n_wanted] = (struct evaluation){
	    .what = m->what, .epoch = m->epoch, .domain = m->domain, .input = of->input};
	p->n_wanted++;
	return RC_OK;
}

rc
pseudonym_want(struct pseudonymiser *p, const struct pseudonym_domain *domain,
    struct identities *all, struct identity *of)
{
	struct asked q;

	TRY(ask_pseudonym(p, domain, of->kind, &q));
	return note(p, &q, all, of);
}

rc
pseudonym_want_token(struct pseudonymiser *p, struct identities *all, struct identity *of)
{
	struct asked q;

	TRY(ask_token(p, false, of->kind, &q));
	return note(p, &q, all, of);
}

rc
pseudonym_want_subject(
    struct pseudonymiser *p, struct identities *all, struct identity *of)
{
	struct asked q;

	TRY(ask_token(p, true, of->kind, &q));
	return note(p, &q, all, of);
}

static rc
fetch(struct pseudonymiser *p)
{
	if (p->n_wanted == 0) return RC_OK;
	rc code = keeper_evaluate(p->line, p->wanted, p->n_wanted);
	for (size_t i = 0; code == RC_OK && i < p->n_wanted; i++) {
		memcpy(p->whose[i]->ret, p->wanted[i].ret, EVALUATED_BYTES);
		p->whose[i]->done = true;
	}
	sodium_memzero(p->wanted, p->n_wanted * sizeof p->wanted[0]);
	p->n_wanted = 0;
	return code;
}

rc
pseudonym_fetch(struct pseudonymiser *p, struct pseudonymiser *other)
{
	rc code = fetch(p);
	rc also = other == NULL ? RC_OK : fetch(other);

	return code == RC_OK ? also : code;
}
