/* SPDX-License-Identifier: EUPL-1.2 */
/* registry.c - a hash table of members, by CURVE key (random already, so it is the hash).
 */
#include "broker/standing/registry.h"

#include <stdlib.h>
#include <string.h>

#include "proto/auto.h"

enum {
	REGISTRY_MAX     = 65536,
	KEPT_MAX         = 64 * 1024,
	SLOTS_LEAST      = 64,
	ENROLMENTS_A_DAY = 24, /* of one desk */
	MINUTES_OF_A_DAY = 24 * 60,
};

struct registry {
	size_t          n, cap; /* cap is a power of two, at most half full */
	struct member **slots;  /* owned members */
};

static size_t
slot_of(const struct registry *r, const uint8_t key[KEY_BYTES])
{
	size_t i = (size_t)get_u64_be(key) & (r->cap - 1);
	while (r->slots[i] != NULL &&
	       memcmp(r->slots[i]->binding.curve_public, key, KEY_BYTES) != 0)
		i = (i + 1) & (r->cap - 1);
	return i;
}

static void
member_destroy(struct member **mp)
{
	if (*mp == NULL) return;
	buf_wipe(&(*mp)->envelope);
	buf_wipe(&(*mp)->chain);
	free(*mp);
	*mp = NULL;
}

static bool
is_replaced_and_ended(const struct member *m, uint64_t now_ms)
{
	return m->standing == RC_SUPERSEDED && now_ms >= m->binding.not_after_ms;
}

/* The same members in a table of CAP, but for those that are of no use at NOW_MS. */
static rc
rebuild(struct registry *r, size_t cap, uint64_t now_ms)
{
	if (cap < SLOTS_LEAST) cap = SLOTS_LEAST;
	struct registry other = {.cap = cap, .slots = calloc(cap, sizeof *other.slots)};

	if (other.slots == NULL) return RC_NOMEM;
	for (size_t i = 0; i < r->cap; i++) {
		struct member *m = r->slots[i];
		if (m == NULL) continue;
		if (is_replaced_and_ended(m, now_ms)) {
			member_destroy(&m);
			continue;
		}
		other.slots[slot_of(&other, m->binding.curve_public)] = m;
		other.n++;
	}
	free(r->slots);
	*r = other;
	return RC_OK;
}

rc
registry_forget_ended(struct registry *r, uint64_t now_ms)
{
	return rebuild(r, r->cap, now_ms);
}

rc
registry_new(struct registry **ret)
{
	AUTO(registry_destroy) struct registry *r = calloc(1, sizeof *r);
	if (r == NULL) return RC_NOMEM;
	TRY(rebuild(r, 0, 0));
	*ret = TAKE(r);
	return RC_OK;
}

void
registry_destroy(struct registry **rp)
{
	struct registry *r = *rp;
	if (r == NULL) return;
	for (size_t i = 0; i < r->cap; i++) member_destroy(&r->slots[i]);
	free(r->slots);
	free(r);
	*rp = NULL;
}

size_t
registry_size(const struct registry *r)
{
	return r->n;
}

struct member *
registry_find(struct registry *r, const uint8_t curve_public[KEY_BYTES])
{
	return r->slots[slot_of(r, curve_public)];
}

/* --- adding ---------------------------------------------------------------------- */

/* The member of this OIN and desk that was not superseded; NULL if none. */
static struct member *
incumbent(const struct registry *r, const char *oin, const char *desk)
{
	for (size_t i = 0; i < r->cap; i++) {
		struct member *m = r->slots[i];
		if (m != NULL && m->standing != RC_SUPERSEDED &&
		    strcmp(m->binding.oin, oin) == 0 &&
		    strcmp(m->binding.desk, desk) == 0)
			return m;
	}
	return NULL;
}

static rc
new_member(const struct binding *binding, const struct party *party,
    struct slice envelope, struct slice chain, struct member **ret)
{
	AUTO(member_destroy) struct member *m = calloc(1, sizeof *m);
	if (m == NULL) return RC_NOMEM;
	m->binding  = *binding;
	m->party    = party;
	m->envelope = buf_init(KEPT_MAX);
	m->chain    = buf_init(KEPT_MAX);
	TRY(buf_append(&m->envelope, envelope));
	TRY(buf_append(&m->chain, chain));
	*ret = TAKE(m);
	return RC_OK;
}

/* Whether BINDING may take the place of OLD, who is there now (NULL: nobody). */
static rc
check_place(struct registry *r, const struct binding *binding, const struct member *old)
{
	if (registry_find(r, binding->curve_public) != NULL) return RC_BAD_BINDING;
	/* a revoked binding outranks nobody, or a thief's highest number would keep the
	 * desk out for ever */
	if (old != NULL && old->standing != RC_REVOKED &&
	    old->binding.sequence >= binding->sequence)
		return RC_SUPERSEDED;
	return r->n == REGISTRY_MAX ? RC_QUEUE_FULL : RC_OK;
}

rc
registry_add(struct registry *r, const struct policy *policy,
    const struct binding *binding, struct slice envelope, struct slice chain)
{
	const struct party *party = policy_party(policy, binding->oin);
	struct member      *old = incumbent(r, binding->oin, binding->desk), *m = NULL;

	if (party == NULL || !party_has_desk(party, binding->desk))
		return RC_NOT_ENROLLED;
	struct member *same = registry_find(r, binding->curve_public);
	if (same != NULL && hash_equal(&same->binding.id, &binding->id))
		return same->standing == RC_SUPERSEDED ? RC_SUPERSEDED : RC_OK;
	TRY(check_place(r, binding, old));
	if (r->n * 2 >= r->cap) TRY(rebuild(r, r->cap * 2, 0));
	TRY(new_member(binding, party, envelope, chain, &m));
	if (old != NULL && old->standing != RC_REVOKED) m->enrolments = old->enrolments;
	if (old != NULL) old->standing = RC_SUPERSEDED;
	r->slots[slot_of(r, binding->curve_public)] = m;
	r->n++;
	return RC_OK;
}

rc
registry_may_enrol(struct registry *r, const struct binding *binding, uint64_t now_ms)
{
	struct member *m = incumbent(r, binding->oin, binding->desk);

	if (m == NULL || m->standing == RC_REVOKED) return RC_OK;
	TRY(check_place(r, binding, m));
	return allowance_take(&m->enrolments, ENROLMENTS_A_DAY, now_ms / MINUTES_OF_A_DAY)
	           ? RC_OK
	           : RC_OVER_QUOTA;
}

const struct member *
registry_desk(const struct registry *r, const char *oin, const char *desk)
{
	const struct member *m = incumbent(r, oin, desk);
	return m == NULL || m->standing != RC_OK ? NULL : m;
}

/* --- standing -------------------------------------------------------------------- */

rc
member_standing(const struct member *m, const struct trust *trust, uint64_t now_ms)
{
	int64_t now_s = (int64_t)(now_ms / 1000);

	if (m->standing != RC_OK) return m->standing;
	if (now_ms < m->binding.not_before_ms) return RC_NOT_YET_VALID;
	if (now_ms >= m->binding.not_after_ms) return RC_EXPIRED;
	if (now_s >= m->binding.certificate_not_after_s) return RC_EXPIRED;
	if (now_s >= trust_crl_until_s(trust)) return RC_CRL_STALE;
	return RC_OK;
}

rc
registry_recheck(struct registry *r, const struct trust *trust, const char *origin,
    uint64_t now_ms, rc (*lost)(void *arg, const struct member *m), void *arg)
{
	for (size_t i = 0; i < r->cap; i++) {
		struct member *m = r->slots[i];
		struct binding b;
		if (m == NULL || m->standing == RC_SUPERSEDED) continue;
		rc before   = m->standing;
		m->standing = binding_check(buf_slice(&m->envelope), buf_slice(&m->chain),
		    trust, origin, now_ms, &b);
		if (m->standing == RC_OK)
			m->binding = b; /* read at a start without a list */
		if (before == RC_OK && m->standing != RC_OK) TRY(lost(arg, m));
	}
	return registry_forget_ended(r, now_ms);
}

void
registry_inherit(struct registry *r, const struct registry *former)
{
	for (size_t i = 0; i < former->cap; i++) {
		const struct member *old = former->slots[i];
		struct member       *m   = NULL;
		if (old != NULL) m = registry_find(r, old->binding.curve_public);
		if (m == NULL) continue;
		m->requests         = old->requests;
		m->refusals         = old->refusals;
		m->covered_refusals = old->covered_refusals;
		m->enrolments       = old->enrolments;
	}
}

bool
allowance_take(struct allowance *a, int64_t per_minute, uint64_t now_ms)
{
	double full = (double)per_minute;

	if (a->at_ms == 0 || now_ms < a->at_ms)
		a->left = full; /* first use, or a clock that went back */
	else
		a->left += (double)(now_ms - a->at_ms) * full / 60000.0;
	if (a->left > full) a->left = full;
	a->at_ms = now_ms;
	if (a->left < 1.0) return false;
	a->left -= 1.0;
	return true;
}
