/* SPDX-License-Identifier: EUPL-1.2 */
/* names.c - who is meant by a word on the command line. */
#include "client/command/names.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "client/command/translate.h"
#include "client/kept.h"

enum { WORD_MAX = 128 };

/* --- parties --------------------------------------------------------------------- */

static void
set(struct named *n, const struct sluis_party *p)
{
	(void)snprintf(n->oin, sizeof n->oin, "%s", p->oin);
	(void)snprintf(n->desk, sizeof n->desk, "%s", p->desk);
}

/* The Ith party desk; NULL after the last, and where no region is at hand. */
static const struct sluis_party *
member_at(const struct directory *d, size_t i)
{
	return d->region == NULL ? NULL : sluis_party_at(d->region, i);
}

static bool
find_by_name(const struct directory *d, const char *word, struct named *ret)
{
	for (size_t i = 0; member_at(d, i) != NULL; i++) {
		const struct sluis_party *p = member_at(d, i);
		if (strcasecmp(p->name, word) != 0) continue;
		set(ret, p);
		return true;
	}
	return false;
}

/* The one party with the role that WORD means; its default desk if it has several. */
static rc
find_by_role(
    const struct directory *d, const char *word, struct named *ret, struct sluis_error *e)
{
	const char *role    = d->role != NULL ? d->role(d->arg, word) : NULL;
	unsigned    n_desks = 0, n_parties = 0;

	for (size_t i = 0; member_at(d, i) != NULL; i++) {
		const struct sluis_party *p = member_at(d, i);
		if (strcmp(p->role, role != NULL ? role : word) != 0) continue;
		if (n_desks++ == 0 || strcmp(p->oin, ret->oin) != 0) n_parties++;
		set(ret, p);
	}
	if (n_desks > 1) ret->desk[0] = '\0';
	if (n_parties == 1) return RC_OK;
	if (n_parties == 0)
		return error_set(e, RC_UNKNOWN_RECIPIENT, word,
		    N_("nobody in this region has this name or role"));
	return error_set(
	    e, RC_USAGE, word, N_("several parties have this role: name one of them"));
}

static rc
resolve_word(
    const struct directory *d, char *word, struct named *ret, struct sluis_error *e)
{
	char *desk = strpbrk(word, "/@");

	if (desk != NULL) *desk++ = '\0';
	if (oin_is_valid(word)) {
		memcpy(ret->oin, word, sizeof ret->oin); /* its 20 digits and the NUL */
		ret->desk[0] = '\0';
	} else if (!find_by_name(d, word, ret))
		TRY(find_by_role(d, word, ret, e));
	if (desk == NULL) return RC_OK;
	if (desk[0] == '\0' || strlen(desk) >= sizeof ret->desk)
		return error_set(e, RC_USAGE, word, N_("this is not a desk"));
	(void)snprintf(ret->desk, sizeof ret->desk, "%s", desk);
	return RC_OK;
}

/* "politie,police" is one recipient. */
static bool
is_among(const struct named *list, size_t n, const struct named *who)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].oin, who->oin) == 0 &&
		    strcmp(list[i].desk, who->desk) == 0)
			return true;
	return false;
}

rc
names_resolve(const struct directory *d, const char *list, struct named *ret,
    size_t *ret_n, struct sluis_error *e)
{
	char   word[WORD_MAX];
	size_t n = 0;

	while (list[0] != '\0') {
		size_t length = strcspn(list, ",");
		if (n == NAMED_MAX || length >= sizeof word)
			return error_set(e, RC_USAGE, "--to", N_("too many or too long"));
		memcpy(word, list, length);
		word[length] = '\0';
		if (length != 0) TRY(resolve_word(d, word, &ret[n], e));
		if (length != 0 && !is_among(ret, n, &ret[n])) n++;
		list += length + (list[length] == ',' ? 1 : 0);
	}
	if (n == 0) return error_set(e, RC_EMPTY_AUDIENCE, "--to", NULL);
	*ret_n = n;
	return RC_OK;
}

const char *
names_label(
    const struct sluis *region, const char *oin, const char *desk, char out[LABEL_MAX])
{
	for (size_t i = 0; region != NULL && sluis_party_at(region, i) != NULL; i++) {
		const struct sluis_party *p        = sluis_party_at(region, i);
		bool                      any_desk = desk[0] == '\0';
		if (strcmp(p->oin, oin) != 0 || (!any_desk && strcmp(p->desk, desk) != 0))
			continue;
		(void)snprintf(out, LABEL_MAX, "%s", p->name);
		return out;
	}
	(void)snprintf(out, LABEL_MAX, "%s%s%s", oin, desk[0] != '\0' ? "/" : "", desk);
	return out;
}

/* --- ids ------------------------------------------------------------------------- */

bool
id_parse(const char *text, uint8_t id[ID_BYTES])
{
	return hex_decode(text, id, ID_BYTES) == RC_OK;
}

struct search {
	const char *start;
	unsigned    found;
	uint8_t     id[ID_BYTES];
};

static rc
match(void *arg, const uint8_t id[ID_BYTES])
{
	struct search *s = arg;
	char           hex[ID_BYTES * 2 + 1];

	hex_encode(hex, sizeof hex, slice_of(id, ID_BYTES));
	if (strncasecmp(hex, s->start, strlen(s->start)) != 0) return RC_OK;
	s->found++;
	memcpy(s->id, id, ID_BYTES);
	return RC_OK;
}

rc
id_find(const char *text, const char *dir, const char *box, const char *suffix,
    struct sluis_error *e, uint8_t id[ID_BYTES])
{
	enum { SHORTEST = 4 };
	struct search s = {.start = text};

	if (id_parse(text, id)) return RC_OK;
	if (strlen(text) < SHORTEST || strlen(text) > ID_BYTES * 2 ||
	    strspn(text, "0123456789abcdefABCDEF") != strlen(text))
		return RC_USAGE;
	TRY(kept_each(dir, box, suffix, e, match, &s));
	if (s.found != 1) return s.found == 0 ? RC_NOT_FOUND : RC_USAGE;
	memcpy(id, s.id, ID_BYTES);
	return RC_OK;
}
