/* SPDX-License-Identifier: EUPL-1.2 */
/* suggest.c - suggestions beyond the edit distance. */
#include "policy/read/suggest.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { LISTED_MAX = 12 };

static const struct {
	const char *dutch, *name;
} spoken[] = {
    {"slachtoffer", "victim"},
    {"verdachte", "suspect"},
    {"getuige", "witness"},
    {"familie", "relative"},
    {"minderjarig", "minor"},
    {"minderjarige", "minor"},
    {"meerderjarig", "adult"},
    {"volwassen", "adult"},
    {"nood", "emergency"},
    {"spoed", "urgent"},
    {"mensenhandel", "trafficking"},
    {"zaak", "case"},
    {"als", "when"},
    {"tenzij", "unless"},
    {"ontvangers", "recipients"},
    {"bronnen", "sources"},
    {"doelen", "purposes"},
    {"fasen", "phases"},
    {"velden", "fields"},
    {"artikel", "article"},
    {"actie", "action"},
    {"voor", "for"},
    {"einde", "end"},
    {"jaar", "year"},
    {"maand", "month"},
    {"aanwezig", "present"},
    {"vrijgeven", "release"},
    {"onthouden", "withhold"},
    {"uitsluiten", "exclude"},
    {"weigeren", "refuse"},
    {"generaliseren", "generalise"},
    {"pseudonimiseren", "pseudonymise"},
    {"ondertekenaar", "signatory"},
};

/* The name among NAMES that is WORD but for its capitals. */
static const char *
same(const char *word, name_at names, const void *arg)
{
	const char *name;
	for (size_t i = 0; (name = names(arg, i)) != NULL; i++) {
		if (strcasecmp(name, word) == 0) return name;
	}
	return NULL;
}

static bool
is_title(const char *word, const char *nl, const char *en)
{
	return (nl != NULL && strcasecmp(word, nl) == 0) ||
	       (en != NULL && strcasecmp(word, en) == 0);
}

static const char *
titled(const struct policy *p, const char *word, name_at names, const void *arg)
{
	const char *name = NULL;
	for (size_t i = 0; name == NULL && i < policy_n_categories(p); i++) {
		const struct category_info *c = policy_category_at(p, i);
		if (is_title(word, c->title_nl, c->title_en))
			name = same(c->id, names, arg);
	}
	for (size_t i = 0; name == NULL && i < policy_n_roles(p); i++) {
		const struct role_info *r = policy_role_at(p, i);
		if (is_title(word, r->title_nl, r->title_en))
			name = same(r->id, names, arg);
	}
	return name;
}

static const char *
said_in_dutch(const char *word, name_at names, const void *arg)
{
	for (size_t i = 0; i < sizeof spoken / sizeof spoken[0]; i++) {
		if (strcasecmp(word, spoken[i].dutch) == 0)
			return same(spoken[i].name, names, arg);
	}
	return NULL;
}

const char *
suggest(const struct policy *p, const char *word, name_at names, const void *arg)
{
	const char *name = *word == '\0' ? NULL : same(word, names, arg);
	if (name == NULL && p != NULL && *word != '\0')
		name = titled(p, word, names, arg);
	if (name == NULL) name = said_in_dutch(word, names, arg);
	return name != NULL ? name : nearest(word, names, arg);
}

bool
suggest_all(name_at names, const void *arg, char *out, size_t size)
{
	size_t      n = 0, i = 0;
	const char *name;
	for (; (name = names(arg, i)) != NULL; i++) {
		int more = snprintf(out + n, size - n, "%s%s", i == 0 ? "" : ", ", name);
		if (i == LISTED_MAX || more < 0 || n + (size_t)more >= size) return false;
		n += (size_t)more;
	}
	return i > 0;
}
