/* SPDX-License-Identifier: EUPL-1.2 */
/* filter_read.c - the options of a filter, each value known or refused. */
#include <ctype.h>
#include <string.h>

#include "client/command/audit/filter.h"
#include "client/command/case/route_title.h"
#include "client/command/complain.h"
#include "client/command/shipped.h"
#include "client/result.h"
#include "policy/facts.h"

static const char *const outcomes[] = {"served", "not_served", "refused", "withhold",
    "pseudonymise", "generalise", "release", NULL};

/* --- parties --------------------------------------------------------------------- */

static const char *
role_named(void *arg, const char *text)
{
	const struct policy *p = arg;

	return p != NULL ? policy_role(p, text) : NULL;
}

static const char *
party_at(const void *region, size_t i)
{
	const struct sluis_party *p = region == NULL ? NULL : sluis_party_at(region, i);

	return p == NULL ? NULL : p->name;
}

/* A short name means the desk only where its party has several of them. */
static bool
has_one_desk(const struct sluis *s, const char *oin)
{
	size_t n = 0;

	for (size_t i = 0; s != NULL && sluis_party_at(s, i) != NULL; i++)
		if (strcmp(sluis_party_at(s, i)->oin, oin) == 0) n++;
	return n <= 1;
}

static rc
read_party(struct filter *f, const struct source *src)
{
	const char        *value = cli_value(f->cli, "party");
	struct directory   d = {.region = src->s, .role = role_named, .arg = f->policy};
	struct named       list[NAMED_MAX];
	struct sluis_error e = {0};
	size_t             n = 0;

	if (value == NULL) return RC_OK;
	rc code = names_resolve(&d, value, list, &n, &e);
	if (code == RC_NOMEM) return code;
	if (code != RC_OK && src->s == NULL) {
		(void)complain_code(f->cli, RC_USAGE, "--party",
		    N_("without a party folder no region names anybody: give an OIN of "
		       "20 "
		       "digits"));
		return RC_USAGE;
	}
	if (code != RC_OK || n != 1)
		return known_complain(
		    f->cli, f->policy, "party", value, party_at, src->s);
	f->by_party = true;
	f->party    = list[0];
	if (strpbrk(value, "/@") == NULL && has_one_desk(src->s, f->party.oin))
		f->party.desk[0] = '\0';
	return RC_OK;
}

/* --- fields ---------------------------------------------------------------------- */

static const char *
field_name_at(const void *policy, size_t i)
{
	size_t n = policy != NULL ? policy_n_categories(policy) : 0;

	if (i < n) return policy_category_at(policy, i)->id;
	i -= n;
	return i < schema_signal()->n_fields ? schema_signal()->fields[i].path : NULL;
}

/* NAME is a path, or what paths begin with up to a dot. */
static bool
fields_below(const char *name, struct fieldset *ret)
{
	size_t n     = strlen(name);
	bool   found = false;

	for (size_t i = 0; n != 0 && i < schema_signal()->n_fields; i++) {
		const char *path = schema_signal()->fields[i].path;
		if (strncmp(path, name, n) != 0 || (path[n] != '\0' && path[n] != '.'))
			continue;
		fieldset_add(ret, (unsigned)i);
		found = true;
	}
	return found;
}

static rc
read_field(struct filter *f)
{
	const char *value = cli_value(f->cli, "field");

	if (value == NULL) return RC_OK;
	f->by_field = true;
	if (fields_below(value, &f->fields)) return RC_OK;
	if (f->policy != NULL && policy_fields(f->policy, value, &f->fields))
		return RC_OK;
	return known_complain(
	    f->cli, f->policy, "field", value, field_name_at, f->policy);
}

/* --- days ------------------------------------------------------------------------ */

/* Midnight at the start of the day in option NAME, MORE days later; 0 if not asked. */
static rc
read_day(struct cli *cli, const char *name, int32_t more, uint64_t *ret)
{
	const char *value = cli_value(cli, name);
	int32_t     days;

	if (value == NULL) return RC_OK;
	if (!date_parse(value, &days) || days < 0) {
		char where[64];
		(void)snprintf(where, sizeof where, "--%s", name);
		(void)complain_code(
		    cli, RC_USAGE, where, N_("a day is needed, as in 2026-11-21"));
		return RC_USAGE;
	}
	*ret = (uint64_t)(days + more) * DAY_MS;
	return RC_OK;
}

static rc
read_period(struct filter *f)
{
	TRY(read_day(f->cli, "from", 0, &f->from_ms));
	TRY(read_day(f->cli, "to", 1, &f->until_ms));
	if (f->until_ms == 0 || f->from_ms < f->until_ms) return RC_OK;
	(void)complain_code(
	    f->cli, RC_USAGE, "--to", N_("the period ends before it begins"));
	return RC_USAGE;
}

/* --- words and ids --------------------------------------------------------------- */

static const char *
kind_at(const void *arg, size_t i)
{
	const char *name = event_name((int)i + 1);

	(void)arg;
	return strcmp(name, "unknown") == 0 ? NULL : name;
}

static const char *
outcome_at(const void *arg, size_t i)
{
	(void)arg;
	return outcomes[i];
}

static bool
is_among(name_at names, const char *value)
{
	for (size_t i = 0; names(NULL, i) != NULL; i++)
		if (strcmp(names(NULL, i), value) == 0) return true;
	return false;
}

static rc
read_words(struct filter *f)
{
	f->kind    = cli_value(f->cli, "kind");
	f->outcome = cli_value(f->cli, "outcome");
	if (f->kind != NULL && !is_among(kind_at, f->kind))
		return known_complain(f->cli, NULL, "kind", f->kind, kind_at, NULL);
	if (f->outcome == NULL) return RC_OK;
	for (unsigned a = SLUIS_WITHHOLD; a <= SLUIS_RELEASE; a++)
		if (strcmp(f->outcome, sluis_action_name(a)) == 0) f->action = a;
	rc code = rc_from_name(f->outcome);
	if (is_among(outcome_at, f->outcome) ||
	    (code != RC_OK && strcmp(rc_name(code), f->outcome) == 0))
		return RC_OK;
	return known_complain(f->cli, NULL, "outcome", f->outcome, outcome_at, NULL);
}

static rc
read_id(struct cli *cli, const char *name, struct filter_id *ret)
{
	enum { SHORTEST = 4 };
	const char *value = cli_value(cli, name);
	char        where[64];

	if (value == NULL) return RC_OK;
	size_t n = strlen(value);
	if (n < SHORTEST || n >= sizeof ret->asked ||
	    strspn(value, "0123456789abcdefABCDEF") != n) {
		(void)snprintf(where, sizeof where, "--%s", name);
		(void)complain_code(
		    cli, RC_USAGE, where, N_("give four or more of its hex digits"));
		return RC_USAGE;
	}
	for (size_t i = 0; i <= n; i++)
		ret->asked[i] = (char)tolower((unsigned char)value[i]);
	return RC_OK;
}

static rc
read_article(struct filter *f)
{
	f->article = cli_value(f->cli, "article");
	if (f->article == NULL || f->article[strspn(f->article, " ")] != '\0')
		return RC_OK;
	(void)complain_code(f->cli, RC_USAGE, "--article",
	    N_("an article is needed, as sluis audit show names them"));
	return RC_USAGE;
}

rc
filter_read(struct filter *ret, const struct source *src)
{
	*ret = (struct filter){.cli = src->cli,
	    .policy                 = route_policy(src->cli),
	    .convenant              = cli_value(src->cli, "convenant")};
	TRY(read_party(ret, src));
	TRY(read_field(ret));
	TRY(read_article(ret));
	TRY(read_words(ret));
	TRY(read_period(ret));
	TRY(read_id(src->cli, "trace", &ret->trace));
	return read_id(src->cli, "case", &ret->case_id);
}
