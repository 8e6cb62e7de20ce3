/* SPDX-License-Identifier: EUPL-1.2 */
/* plan.c - chains and lists from lines. */
#include "support/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NO_SUCH SIZE_MAX

enum { MAX = 4 * 1024 * 1024 };

const char *const plan_names[N_WHO] = {"root", "root2", "mid", "mid2", "mid3", "leaf"};

int
plan_who(const char *name)
{
	for (int i = 0; i < N_WHO; i++)
		if (strcmp(plan_names[i], name) == 0) return i;
	fail_msg("who is %s?", name);
	return -1;
}

/* --- what only a function can spoil ---------------------------------------------- */

static void
without_extensions(X509 *cert)
{
	while (X509_get_ext_count(cert) > 0)
		X509_EXTENSION_free(X509_delete_ext(cert, 0));
}

static void
of_version_1(X509 *cert)
{
	without_extensions(cert);
	X509_set_version(cert, 0);
}

static void
of_version_1_with_extensions(X509 *cert)
{
	X509_set_version(cert, 0);
}

static void
from_nobody(X509 *cert)
{
	X509_NAME *empty = X509_NAME_new();

	X509_set_issuer_name(cert, empty);
	X509_NAME_free(empty);
}

static void
for_nobody(X509 *cert)
{
	X509_NAME *empty = X509_NAME_new();

	X509_set_subject_name(cert, empty);
	X509_NAME_free(empty);
}

static void
among_nobody(X509 *cert)
{
	from_nobody(cert);
	for_nobody(cert);
}

/* An RSA key that is no bytes at all. */
static void
of_no_key(X509 *cert)
{
	unsigned char *none = OPENSSL_malloc(1);

	assert_int_equal(X509_PUBKEY_set0_param(X509_get_X509_PUBKEY(cert),
	                     OBJ_nid2obj(NID_rsaEncryption), V_ASN1_NULL, NULL, none, 0),
	    1);
}

static const struct {
	const char *name;
	void (*spoil)(X509 *cert);
} spoils[] = {
    {"v1", of_version_1},
    {"v1-with-extensions", of_version_1_with_extensions},
    {"empty-issuer", from_nobody},
    {"empty-subject", for_nobody},
    {"empty-names", among_nobody},
    {"no-key", of_no_key},
};

static void
set_spoil(struct plan_member *m, const char *name)
{
	for (size_t i = 0; i < sizeof spoils / sizeof spoils[0]; i++)
		if (strcmp(spoils[i].name, name) == 0) m->recipe.spoil = spoils[i].spoil;
	m->nameless = m->recipe.spoil == for_nobody || m->recipe.spoil == among_nobody;
	if (m->recipe.spoil == NULL) m->after = name;
}

static void
list_of_version_9(X509_CRL *crl)
{
	X509_CRL_set_version(crl, 8);
}

/* Its dates as GeneralizedTime, though the year needs none. */
static void
list_with_long_years(X509_CRL *crl)
{
	ASN1_TIME *t = NULL;

	ASN1_TIME_to_generalizedtime(X509_CRL_get0_lastUpdate(crl), &t);
	X509_CRL_set1_lastUpdate(crl, t);
	ASN1_TIME_to_generalizedtime(X509_CRL_get0_nextUpdate(crl), &t);
	X509_CRL_set1_nextUpdate(crl, t);
	ASN1_TIME_free(t);
}

/* --- reading --------------------------------------------------------------------- */

void
plan_start(struct plan *p)
{
	static const char *const titles[] = {
	    "CA Waal", "CA Elders", "CA Betuwe", "CA Linge", "CA Rijn"};
	static const char *const issuers[] = {"-", "-", "root", "mid", "mid2"};

	*p = (struct plan){0};
	for (int i = 0; i < N_WHO; i++) {
		struct plan_member *m = &p->of[i];
		m->list               = recipe_list();
		m->key                = "P-256";
		m->recipe = i == LEAF ? recipe_sound() : recipe_authority(titles[i]);
		m->issuer = i == LEAF ? NULL : issuers[i];
		m->used   = i == ROOT || i == LEAF;
	}
}

static const char *
keep(struct plan *p, const char *text)
{
	assert_true(p->n_texts < sizeof p->texts / sizeof p->texts[0]);
	p->texts[p->n_texts] = strdup(text);
	return p->texts[p->n_texts++];
}

static int64_t
time_of(const char *value)
{
	char   *end = NULL;
	int64_t n   = strtoll(value, &end, 10);

	return FORGE_NOW + n * (*end == 'd' ? FORGE_DAY : 1);
}

/* VALUE into the text of BASE that WHAT names; false if it names none. */
static bool
set_text(void *base, const char *what, const char *value, bool of_list)
{
	static const struct {
		const char *name;
		size_t      recipe, list;
	} all[] = {
#define BOTH(m) offsetof(struct recipe, m), offsetof(struct list_recipe, m)
	    {"constraints", offsetof(struct recipe, constraints), NO_SUCH},
	    {"usage", offsetof(struct recipe, usage), NO_SUCH},
	    {"extended", offsetof(struct recipe, extended), NO_SUCH},
	    {"subject-id", offsetof(struct recipe, subject_id), NO_SUCH},
	    {"serial", offsetof(struct recipe, serial), NO_SUCH},
	    {"name", offsetof(struct recipe, common_name), NO_SUCH},
	    {"authority-id", BOTH(authority_id)},
	    {"digest", BOTH(digest)},
	    {"number", NO_SUCH, offsetof(struct list_recipe, number)},
#undef BOTH
	};

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		size_t at = of_list ? all[i].list : all[i].recipe;
		if (strcmp(all[i].name, what) != 0) continue;
		if (at == 0 && strcmp(what, "digest") != 0) return false;
		*(const char **)((char *)base + at) =
		    strcmp(value, "-") == 0 ? NULL : value;
		return true;
	}
	return false;
}

static void
add_extra(struct extra *list, const char *name, const char *value)
{
	size_t i = 0;

	while (i < FORGE_EXTRAS && list[i].name != NULL) i++;
	assert_true(i < FORGE_EXTRAS);
	list[i] = (struct extra){name, value};
}

static void
set_list(struct plan_member *m, const char *what, const char *value)
{
	struct list_recipe *l = &m->list;

	if (strcmp(what, "from") == 0)
		l->from_s = time_of(value);
	else if (strcmp(what, "to") == 0)
		l->to_s = strcmp(value, "-") == 0 ? 0 : time_of(value);
	else if (strcmp(what, "revoked-at") == 0)
		l->revoked_s = time_of(value);
	else if (strcmp(what, "revoked") == 0)
		m->revoked = value;
	else if (strcmp(what, "signer") == 0)
		m->signer = value;
	else if (strcmp(what, "others") == 0)
		l->others = (unsigned)strtoul(value, NULL, 10);
	else if (strcmp(what, "twice") == 0)
		l->twice = true;
	else if (strcmp(what, "entry") == 0)
		l->entry = (struct extra){"2.999.1", value};
	else if (strcmp(what, "spoil") == 0)
		l->spoil = strcmp(value, "version-9") == 0 ? list_of_version_9
		                                           : list_with_long_years;
	else if (!set_text(l, what, value, true))
		add_extra(l->extra, what, value);
}

static void
set(struct plan_member *m, const char *what, const char *value)
{
	m->used = true;
	if (strcmp(what, "list") == 0)
		m->no_list = true;
	else if (strncmp(what, "list-", 5) == 0)
		set_list(m, what + 5, value);
	else if (strcmp(what, "from") == 0)
		m->recipe.from_s = time_of(value);
	else if (strcmp(what, "to") == 0)
		m->recipe.to_s = time_of(value);
	else if (strcmp(what, "key") == 0)
		m->key = value;
	else if (strcmp(what, "issuer") == 0)
		m->issuer = value;
	else if (strcmp(what, "spoil") == 0)
		set_spoil(m, value);
	else if (strcmp(what, "unknown") == 0)
		m->unknown = true;
	else if (strcmp(what, "used") != 0 && !set_text(&m->recipe, what, value, false))
		add_extra(m->recipe.extra, what, value);
}

/* "@names N" and "@limits N": too many to write down. */
static char *
many(const char *value)
{
	bool       of_leaf = strncmp(value, "@names ", 7) == 0;
	long       n       = strtol(strchr(value, ' '), NULL, 10);
	struct buf b       = buf_init(MAX);

	assert_int_equal(buf_printf(&b, "%s", of_leaf ? "DNS:test" : "critical"), RC_OK);
	for (long i = 0; i < n; i++)
		assert_int_equal(
		    buf_printf(&b,
		        of_leaf ? ",DNS:t%ld.test"
		                : ",permitted;DNS:t%ld.test,excluded;DNS:x%ld.test",
		        i, i),
		    RC_OK);
	if (!of_leaf) assert_int_equal(buf_printf(&b, ",permitted;DNS:test"), RC_OK);
	char *text = strndup((const char *)b.p, b.n);
	buf_wipe(&b);
	return text;
}

void
plan_line(struct plan *p, const char *line)
{
	char        first[16] = "", what[32] = "";
	int         n    = 0;
	const char *rest = line;

	assert_true(sscanf(line, "%15s %n", first, &n) == 1);
	rest = keep(p, line + n);
	if (strcmp(first, "mids") == 0) {
		p->mids = (int)strtol(rest, NULL, 10);
		for (int i = 0; i < p->mids; i++) p->of[MID + i].used = true;
	} else if (strcmp(first, "sent") == 0) {
		p->sent = rest;
	} else {
		assert_true(sscanf(rest, "%31s %n", what, &n) == 1);
		const char *value = rest + n;
		if (value[0] == '@') {
			char *text = many(value);
			value      = keep(p, text);
			free(text);
		}
		set(&p->of[plan_who(first)], keep(p, what), value);
	}
}
