/* SPDX-License-Identifier: EUPL-1.2 */
/* pseudonym.c - the only file that sees the pseudonym key. */
#include "broker/pseudonym.h"

#include <sodium.h>
#include <string.h>

#include "proto/auto.h"
#include "proto/hash.h"

enum {
	EPOCH_MAX = 32,
	TLV_MAX   = 4096, /* a domain or an input: bounded by the signal's own limits */
	KID_BYTES = 2,
	PSN_BYTES = 20, /* 160 bits */
};

struct pseudonymiser {
	uint8_t master[KEY_BYTES];
	char    epoch[EPOCH_MAX + 1];
};

rc
pseudonymiser_new(
    struct pseudonymiser **ret, const uint8_t master[KEY_BYTES], const char *epoch)
{
	if (strlen(epoch) > EPOCH_MAX || epoch[0] == '\0') return RC_CONFIG;
	struct pseudonymiser *p = sodium_malloc(sizeof *p);
	if (p == NULL) return RC_NOMEM;
	memset(p, 0, sizeof *p);
	memcpy(p->master, master, sizeof p->master);
	memcpy(p->epoch, epoch, strlen(epoch) + 1);
	*ret = p;
	return RC_OK;
}

void
pseudonymiser_destroy(struct pseudonymiser **pp)
{
	sodium_free(*pp); /* wipes; NULL is fine */
	*pp = NULL;
}

/* Append one element of an injective encoding: its length, then its bytes. */
static rc
put(struct buf *out, struct slice element)
{
	uint8_t length[8];
	put_u64_be(length, element.n);
	TRY(buf_append(out, slice_of(length, sizeof length)));
	return buf_append(out, element);
}

/* HKDF-Expand with SHA-256 (RFC 5869 section 2.3) of at most 64 bytes. */
static void
expand(const uint8_t prk[KEY_BYTES], struct slice info, uint8_t out[64])
{
	for (uint8_t i = 1; i <= 2; i++) {
		const struct slice parts[] = {
		    slice_of(out, i == 2 ? 32 : 0), info, slice_of(&i, 1)};
		hmac_sha256(prk, parts, 3, out + (i - 1) * 32);
	}
}

static rc
encode_domain(const struct pseudonymiser *p, const struct pseudonym_domain *d,
    const char *kind, struct buf *out)
{
	TRY(put(out, slice_str("psn-domain/1")));
	TRY(put(out, slice_str(d->recipient_oin)));
	TRY(put(out, slice_str(d->convenant)));
	TRY(put(out, slice_str(d->period)));
	TRY(put(out, slice_str(d->purpose)));
	TRY(put(out, slice_str(kind)));
	return put(out, slice_str(p->epoch));
}

static rc
encode_link_domain(const struct pseudonymiser *p, const char *kind, struct buf *out)
{
	TRY(put(out, slice_str("link-domain/1")));
	TRY(put(out, slice_str(kind)));
	return put(out, slice_str(p->epoch));
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

static rc
encode_input(
    const struct identifier_info *kind, const struct slice *values, struct buf *out)
{
	uint8_t version = NORMALISE_VERSION;

	TRY(put(out, slice_str("psn-in/1")));
	TRY(put(out, slice_of(&version, 1)));
	TRY(put(out, slice_str(kind->name)));
	for (size_t i = 0; i < kind->n;) {
		AUTO(buf_wipe) struct buf normal = buf_init(TLV_MAX);
		AUTO(buf_wipe) struct buf whole  = buf_init(TLV_MAX);
		size_t                    n      = parts_of_one_value(kind, i);
		for (size_t k = 0; k < n; k++) {
			if (k > 0) TRY(buf_append(&whole, slice_str(" ")));
			TRY(buf_append(&whole, values[i + k]));
		}
		TRY(normalise(kind->normal[i], buf_slice(&whole), &normal));
		TRY(put(out, buf_slice(&normal)));
		i += n;
	}
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

/* HMAC of the values under the key of domain INFO; DERIVED is that key, and more. */
static rc
apply(const struct pseudonymiser *p, struct slice info,
    const struct identifier_info *kind, const struct slice *values, uint8_t derived[64],
    uint8_t mac[32])
{
	AUTO(buf_wipe) struct buf input = buf_init(TLV_MAX);

	TRY(encode_input(kind, values, &input));
	expand(p->master, info, derived);
	const struct slice whole = buf_slice(&input);
	hmac_sha256(derived, &whole, 1, mac);
	return RC_OK;
}

rc
pseudonym_make(const struct pseudonymiser *p, const struct pseudonym_domain *domain,
    const struct identifier_info *kind, const struct slice *values,
    char ret[PSEUDONYM_CHARS + 1])
{
	AUTO(buf_wipe) struct buf info = buf_init(TLV_MAX);
	uint8_t                   derived[64], mac[32];

	TRY(encode_domain(p, domain, kind->name, &info));
	TRY(apply(p, buf_slice(&info), kind, values, derived, mac));

	memcpy(ret, "psn1.", 5);
	hex_encode(ret + 5, 2 * KID_BYTES + 1, slice_of(derived + KEY_BYTES, KID_BYTES));
	ret[9] = '.';
	base32(mac, ret + 10);
	ret[PSEUDONYM_CHARS] = '\0';
	sodium_memzero(derived, sizeof derived);
	sodium_memzero(mac, sizeof mac);
	return RC_OK;
}

rc
pseudonym_token(const struct pseudonymiser *p, const struct identifier_info *kind,
    const struct slice *values, uint8_t ret[TOKEN_BYTES])
{
	AUTO(buf_wipe) struct buf info = buf_init(TLV_MAX);
	uint8_t                   derived[64], mac[32];

	TRY(encode_link_domain(p, kind->name, &info));
	TRY(apply(p, buf_slice(&info), kind, values, derived, mac));
	memcpy(ret, mac, TOKEN_BYTES);
	sodium_memzero(derived, sizeof derived);
	sodium_memzero(mac, sizeof mac);
	return RC_OK;
}

rc
pseudonym_mark(const struct pseudonymiser *p, uint8_t ret[PSEUDONYM_MARK_BYTES])
{
	AUTO(buf_wipe) struct buf info = buf_init(TLV_MAX);
	uint8_t                   derived[64];

	TRY(put(&info, slice_str("epoch-mark/1")));
	TRY(put(&info, slice_str(p->epoch)));
	expand(p->master, buf_slice(&info), derived);
	memcpy(ret, derived, PSEUDONYM_MARK_BYTES);
	sodium_memzero(derived, sizeof derived);
	return RC_OK;
}
