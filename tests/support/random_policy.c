/* SPDX-License-Identifier: EUPL-1.2 */
/* random_policy.c - rules, bars and invariants from a fixed sequence of numbers. */
#include "support/random_policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/bundle.h"

static uint64_t seed = 1;

unsigned
below(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 11) % n;
}

void
random_begin(unsigned number)
{
	seed = 0x9e3779b97f4a7c15u * (number + 1);
}

/* --- words ----------------------------------------------------------------------- */

static const char *const recipients[] = {
    "city", "cops", "cops/vice", "care", "guest", "tax", "cops/traffic"};
static const char *const sources[]   = {"city", "city/front", "cops/vice", "care", "tax"};
static const char *const askers[]    = {"city", "city/front", "cops/vice", "cops"};
static const char *const purposes[]  = {"help", "hunt"};
static const char *const audiences[] = {
    "signatory", "non_signatory", "incidental", "expired"};
static const char *const categories[] = {
    "health", "form", "identity", "bsn", "place_coarse", "address"};
static const char *const fields[]        = {"persons.bsn", "persons.birth_date",
           "persons.family_name", "persons.given_names", "persons.residence.postcode",
           "persons.residence.house_number", "persons.health.pregnant", "exploitation.sector"};
static const char *const identifiers[]   = {"persons.bsn", "persons.family_name",
      "persons.birth_date", "persons.residence.postcode"};
static const char *const message_facts[] = {"embargo", "embargo_incomplete",
    "embargo_overdue", "recipient_signed", "declared", "expired"};
static const char *const signal_facts[]  = {"embargo", "embargo_overdue"};
static const char *const facts[]    = {"embargo", "embargo_incomplete", "embargo_overdue",
       "recipient_signed", "declared", "expired", "victim", "suspect", "witness", "minor",
       "adult", "consent_care"};
static const char *const compared[] = {"embargo", "embargo_incomplete", "embargo_overdue",
    "victim", "suspect", "minor", "adult", "consent_care"};
static const char *const phases[]   = {"'1'", "'2'", "'3'"};

#define N(list) ((unsigned)(sizeof(list) / sizeof *(list)))

/* --- lines ----------------------------------------------------------------------- */

static void __attribute__((format(printf, 2, 3))) say(char *text, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	size_t n = strlen(text);
	(void)vsnprintf(text + n, 64 * 1024 - n, format, args);
	va_end(args);
}

/* ", KEY: [a, b]" with 1 to MAX different words, in one of OF cases. */
static void
some(char *text, const char *key, const char *const *words, unsigned n, unsigned max,
    unsigned of)
{
	unsigned first = below(n), count = 1 + below(max);
	if (below(of) != 0) return;
	say(text, ", %s: [", key);
	for (unsigned i = 0; i < count && i < n; i++)
		say(text, "%s%s", i == 0 ? "" : ", ", words[(first + i) % n]);
	say(text, "]");
}

static void
conditions(char *text, const char *const *words, unsigned n)
{
	some(text, "when", words, n, 1, 3);
	some(text, "when_any", words, n, 3, 4);
	some(text, "unless", words, n, 2, 3);
	some(text, "phases", phases, N(phases), 2, 4);
}

static void
action(char *text)
{
	switch (below(6)) {
	case 0:
		say(text, ", fields: [%s], action: pseudonymise",
		    identifiers[below(N(identifiers))]);
		return;
	case 1:
		say(text, ", fields: [persons.birth_date], action: generalise, to: year");
		return;
	case 2:
		some(text, "categories", categories, N(categories), 2, 1);
		say(text, ", action: generalise, to: present");
		return;
	case 3:
		some(text, "fields", fields, N(fields), 3, 1);
		say(text, ", action: %s", below(2) == 0 ? "release" : "withhold");
		return;
	default:
		some(text, "categories", categories, N(categories), 3, 1);
		say(text, ", action: release");
	}
}

static void
rule(char *text, unsigned i)
{
	say(text, "  - {id: r%u, article: A", i);
	some(text, "recipients", recipients, N(recipients), 3, 1);
	some(text, below(3) == 0 ? "except_sources" : "sources", sources, N(sources), 2,
	    3);
	some(text, "purposes", purposes, N(purposes), 1, 4);
	some(text, "for", audiences, N(audiences), 3, 2);
	conditions(text, facts, N(facts));
	action(text);
	say(text, "}\n");
}

static void
bar(char *text, unsigned i)
{
	static const char *const who[] = {"recipients", "except_recipients"};
	say(text, "  - {id: b%u, article: A", i);
	switch (below(4)) {
	case 0:
		say(text, ", action: refuse, when: [%s]",
		    signal_facts[below(N(signal_facts))]);
		break;
	case 1:
		say(text, ", action: exclude");
		some(text, who[below(2)], recipients, N(recipients), 2, 1);
		some(text, "when", message_facts, N(message_facts), 1, 1);
		break;
	default:
		say(text, ", action: withhold");
		some(text, who[below(2)], recipients, N(recipients), 3, 2);
		some(text, "fields", fields, N(fields), 3, 2);
		conditions(text, facts, N(facts));
	}
	say(text, "}\n");
}

struct policy *
random_policy(unsigned number, const char *invariants)
{
	char *bars = calloc(1, 64 * 1024), *rules = calloc(1, 64 * 1024);
	random_begin(number);
	for (unsigned i = 0, n = 1 + below(4); i < n; i++) bar(bars, i);
	for (unsigned i = 0, n = 2 + below(7); i < n; i++) rule(rules, i);
	struct bundle *b = bundle_small(bars, rules);
	if (invariants != NULL) bundle_add(b, "invariants.yaml", invariants);
	free(bars);
	free(rules);
	return bundle_policy(b);
}

/* --- invariants ------------------------------------------------------------------ */

static void
invariant(char *text, unsigned i)
{
	static const char *const actions[] = {"release", "generalise", "pseudonymise"};
	say(text, "  - {id: x%u, text: {nl: n, en: e}, phases: ['1']", i);
	if (below(2) == 0) {
		const char *with = compared[below(N(compared))];
		const char *instead =
		    strcmp(with, "adult") == 0 || below(3) == 0 ? "witness" : "adult";
		unsigned sides = below(3);
		say(text, ", never_wider: {");
		if (sides < 2) say(text, "with: [%s]", with);
		if (sides > 0)
			say(text, "%sinstead_of: [%s]", sides < 2 ? ", " : "", instead);
		say(text, "}");
	} else if (below(2) == 0) {
		say(text, ", never: given");
	} else {
		some(text, "never", actions, N(actions), 2, 1);
	}
	some(text, "fields", fields, N(fields), 4, 1);
	some(text, below(2) == 0 ? "recipients" : "except_recipients", recipients,
	    N(recipients), 2, 2);
	some(text, below(2) == 0 ? "senders" : "except_senders", askers, N(askers), 2, 3);
	some(text, "purposes", purposes, N(purposes), 1, 3);
	some(text, "as", audiences, N(audiences), 2, 3);
	some(text, "when", facts, N(facts), 1, 4);
	some(text, "when_any", facts, N(facts), 3, 4);
	some(text, "unless", facts, N(facts), 2, 3);
	say(text, "}\n");
}

char *
random_invariants(unsigned n)
{
	char *text = calloc(1, 64 * 1024);
	say(text, "invariants:\n");
	for (unsigned i = 0; i < n; i++) invariant(text, i);
	say(text, "end: invariants\n");
	return text;
}

const char *
random_desk(const struct member *m)
{
	unsigned n = 0;
	while (m->party.desks[n] != NULL) n++;
	return m->party.desks[below(n)];
}
