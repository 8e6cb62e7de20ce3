/* SPDX-License-Identifier: EUPL-1.2 */
/* plan_make.c - the chains and lists of a plan, and what is said of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/dsa.h>
#include <openssl/err.h>

#include "certs/trust.h"
#include "support/plan.h"

enum { MAX = 4 * 1024 * 1024 };

/* --- making ---------------------------------------------------------------------- */

static EVP_PKEY *
dsa_key(int bits)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "DSA", NULL);
	EVP_PKEY     *k = NULL, *parameters = NULL;

	assert_int_equal(EVP_PKEY_paramgen_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_dsa_paramgen_bits(ctx, bits), 1);
	assert_int_equal(EVP_PKEY_generate(ctx, &parameters), 1);
	EVP_PKEY_CTX_free(ctx);
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, parameters, NULL);
	assert_int_equal(EVP_PKEY_keygen_init(ctx), 1);
	assert_int_equal(EVP_PKEY_generate(ctx, &k), 1);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(parameters);
	return k;
}

static EVP_PKEY *
key_of(const struct plan *p, const char *key)
{
	if (strncmp(key, "of ", 3) == 0) {
		EVP_PKEY *k = p->of[plan_who(key + 3)].draft.key;
		assert_non_null(k);
		EVP_PKEY_up_ref(k);
		return k;
	}
	if (strncmp(key, "rsa-", 4) == 0)
		return forge_rsa((unsigned)strtoul(key + 4, NULL, 10));
	if (strncmp(key, "dsa-", 4) == 0) return dsa_key((int)strtol(key + 4, NULL, 10));
	return forge_key(key);
}

static void
without_names(X509 *cert)
{
	X509_NAME *empty = X509_NAME_new();

	X509_set_subject_name(cert, empty);
	X509_set_issuer_name(cert, empty);
	X509_NAME_free(empty);
}

/* The name and key of M: what those under it take from it. */
static void
draft(const struct plan *p, struct plan_member *m)
{
	struct recipe r = recipe_authority(m->recipe.common_name);

	r.spoil       = m->nameless ? without_names : NULL;
	m->draft.key  = key_of(p, m->key);
	m->draft.cert = forge_certificate(&r, m->draft.key, NULL);
}

/* What comes after signing: the two places that say the algorithm disagree. */
static void
spoil_after(const struct plan_member *m)
{
	const X509_ALGOR *algorithm = NULL;

	if (m->after == NULL) return;
	assert_string_equal(m->after, "other-algorithm");
	X509_get0_signature(NULL, &algorithm, m->made.cert);
	assert_int_equal(X509_ALGOR_set0((X509_ALGOR *)algorithm,
	                     OBJ_nid2obj(NID_ecdsa_with_SHA384), V_ASN1_UNDEF, NULL),
	    1);
}

static const struct authority *
issuer_of(const struct plan *p, const struct plan_member *m)
{
	if (strcmp(m->issuer, "-") == 0) return NULL;
	const struct authority *a = &p->of[plan_who(m->issuer)].draft;
	assert_non_null(a->cert);
	return a;
}

void
plan_make(struct plan *p)
{
	if (p->of[LEAF].issuer == NULL)
		p->of[LEAF].issuer = plan_names[p->mids == 0 ? ROOT : MID + p->mids - 1];
	for (int i = 0; i < N_WHO; i++)
		if (p->of[i].used) draft(p, &p->of[i]);
	for (int i = 0; i < N_WHO; i++) {
		struct plan_member *m = &p->of[i];
		if (!m->used) continue;
		m->made.key = m->draft.key;
		EVP_PKEY_up_ref(m->made.key);
		m->made.cert =
		    forge_certificate(&m->recipe, m->made.key, issuer_of(p, m));
		spoil_after(m);
	}
}

void
plan_end(struct plan *p)
{
	for (int i = 0; i < N_WHO; i++) {
		authority_wipe(&p->of[i].made);
		authority_wipe(&p->of[i].draft);
	}
	while (p->n_texts > 0) free(p->texts[--p->n_texts]);
}

/* --- judging --------------------------------------------------------------------- */

static void
sent(const struct plan *p, struct buf *out)
{
	char word[16];
	int  n = 0;

	if (p->sent == NULL) {
		forge_pem(out, p->of[LEAF].made.cert);
		for (int i = p->mids; i > 0; i--)
			forge_pem(out, p->of[MID + i - 1].made.cert);
		return;
	}
	for (const char *at = p->sent; sscanf(at, "%15s %n", word, &n) == 1; at += n)
		forge_pem(out, p->of[plan_who(word)].made.cert);
}

/* M's list, signed by who signs it. */
static void
list_of(const struct plan *p, const struct plan_member *m, struct buf *out)
{
	const struct plan_member *by =
	    m->signer == NULL ? m : &p->of[plan_who(m->signer)];
	struct list_recipe l  = m->list;
	struct authority   ca = {.key = by->made.key, .cert = m->draft.cert};

	if (m->revoked != NULL) l.revoked = p->of[plan_who(m->revoked)].made.cert;
	X509_CRL *crl = forge_list(&l, &ca);
	forge_crl_pem(out, crl);
	X509_CRL_free(crl);
}

static rc
check(const struct plan *p, struct trust *t)
{
	struct buf    pem = buf_init(MAX);
	struct holder holder;

	sent(p, &pem);
	rc code = trust_check(t, buf_slice(&pem), FORGE_NOW, &holder, NULL);
	assert_int_equal(ERR_peek_error(), 0);
	trust_destroy(&t);
	buf_wipe(&pem);
	return code;
}

rc
plan_broker(const struct plan *p)
{
	struct buf    anchors = buf_init(MAX), lists = buf_init(MAX);
	struct trust *t = NULL;

	for (int i = 0; i < LEAF; i++) {
		const struct plan_member *m = &p->of[i];
		if (!m->used || m->unknown) continue;
		forge_pem(&anchors, m->made.cert);
		if (!m->no_list) list_of(p, m, &lists);
	}
	rc code = trust_load(buf_slice(&anchors), buf_slice(&lists), &t);
	assert_int_equal(ERR_peek_error(), 0);
	buf_wipe(&anchors);
	buf_wipe(&lists);
	return code == RC_OK ? check(p, t) : code;
}

rc
plan_recipient(const struct plan *p)
{
	struct buf    anchors = buf_init(MAX);
	struct trust *t       = NULL;

	for (int i = ROOT; i <= ROOT2; i++)
		if (p->of[i].used && !p->of[i].unknown)
			forge_pem(&anchors, p->of[i].made.cert);
	rc code = trust_load_anchors(buf_slice(&anchors), &t);
	assert_int_equal(ERR_peek_error(), 0);
	buf_wipe(&anchors);
	return code == RC_OK ? check(p, t) : code;
}
