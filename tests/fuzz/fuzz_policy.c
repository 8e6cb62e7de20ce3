/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * fuzz_policy.c - policy_compile() and yaml_parse() on arbitrary bytes as riec.yaml,
 * beside the shipped categories and parties; bytes that begin with "invariants:" or
 * "groups:" are invariants.yaml instead, and those that begin with "route:" a route,
 * beside a small riec.yaml.
 *
 * Beyond not crashing: what compiles can be ruled, and then still gives the
 * narrative to nobody, because no file may say so; what is called proved covers
 * something, and what is called refuted fails somewhere, which is told; a route that
 * loads can be walked by those whom it names.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/policy.h"
#include "policy/route.h"
#include "policy/study/prove.h"
#include "proto/auto.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* parties.yaml names these convenants; the smallest that compile stand for them, the last
 * of them only beside fuzzed invariants or a fuzzed route. */
static const char *const convenants[] = {
    "afstemming", "cobo", "intern", "opsporing", "registratie", "zorg", "zvh", "riec"};

enum { CONVENANTS = sizeof convenants / sizeof *convenants, TEXTS = 2 + CONVENANTS };

static struct policy_text texts[TEXTS] = {
    {"categories.yaml", {0}}, {"parties.yaml", {0}}};

static struct slice
whole_file(const char *name)
{
	char path[1024];
	snprintf(path, sizeof path, SOURCE_DIR "/policy/%s", name);
	FILE *f = fopen(path, "rb");
	if (f == NULL) abort();
	uint8_t *text = malloc(1 << 20);
	if (text == NULL) abort();
	size_t n = fread(text, 1, 1 << 20, f);
	fclose(f);
	return slice_of(text, n);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	for (size_t i = 0; i < 2; i++) texts[i].text = whole_file(texts[i].name);
	static const char small[] = "title: {nl: x, en: x}\narticle: A\nfrom: "
	                            "2025-01-01\nuntil: 2026-01-01\ndeliver_days: 1\n"
	                            "phases: [a]\npurposes: [a]\nsenders: [om]\n"
	                            "bars: [{id: %s-b, article: A, action: withhold}]\n"
	                            "rules: [{id: %s-r, article: A, recipients: [om], "
	                            "categories: [form], action: release}]\n";
	static char       out[CONVENANTS][1024], names[CONVENANTS][32];
	for (size_t i = 0; i < CONVENANTS; i++) {
		const char *id = convenants[i];
		int         n  = snprintf(out[i], sizeof out[i], "convenant: %s\n", id);
		n += snprintf(out[i] + n, sizeof out[i] - (size_t)n, small, id, id);
		n += snprintf(out[i] + n, sizeof out[i] - (size_t)n, "end: %s\n", id);
		(void)snprintf(names[i], sizeof names[i], "%s.yaml", id);
		texts[2 + i] =
		    (struct policy_text){names[i], slice_of(out[i], (size_t)n)};
	}
	return 0;
}

static void
rule_it(const struct policy *p)
{
	for (size_t i = 0; i < policy_n_convenants(p); i++) {
		const struct convenant_info *c = policy_convenant_at(p, i);
		for (size_t to = 0; to < policy_n_parties(p); to++) {
			struct ruling   r;
			struct cell     cells[SCHEMA_FIELDS_MAX];
			struct question q = {.convenant = c->id,
			    .phase                      = c->phases[0],
			    .purpose                    = c->purposes[0],
			    .sender_oin                 = "00000099000000010000",
			    .sender_desk                = "meldpunt",
			    .recipient_oin              = policy_party_at(p, to)->oin,
			    .today                      = c->from};
			policy_rule(p, &q, &r);
			ruling_cells(&r, fact_bit(FACT_VICTIM), cells);
			if (cells[schema_find("narrative.text")->index].action ==
			    SLUIS__ACTION__ACTION_RELEASE)
				abort();
		}
	}
}

static void
prove_it(const struct policy *p)
{
	for (size_t i = 0; i < policy_n_invariants(p); i++) {
		struct proof proof;
		policy_prove(p, i, &proof);
		bool refuted = proof.verdict == VERDICT_REFUTED;
		if (proof.failing > proof.covered || refuted != (proof.failing > 0) ||
		    refuted != (proof.first.field != NULL) ||
		    (proof.verdict == VERDICT_PROVED && proof.covered == 0))
			abort();
	}
}

/* A route that loads can be walked: nobody steps out of a closed state. */
static void
walk_it(const struct policy *p)
{
	for (size_t i = 0; i < policy_n_routes(p); i++) {
		const struct route_info *r = policy_route_at(p, i);
		if (route_state(r, r->begin) == NULL) abort();
		for (size_t k = 0; k < r->n_steps; k++) {
			const struct step_info *s = &r->steps[k];
			for (size_t n = 0; s->from[n] != NULL; n++)
				if (route_state(r, s->from[n])->closed ||
				    route_may(s, s->from[n], s->by[0].role, s->by[0].desk,
				        s->needs, NULL) != RC_OK)
					abort();
		}
	}
}

static bool
begins(const uint8_t *data, size_t size, const char *word)
{
	return size >= strlen(word) && memcmp(data, word, strlen(word)) == 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct policy_text                  all[TEXTS + 1];
	static struct findings              findings;
	AUTO(policy_destroy) struct policy *p = NULL;
	bool                                invariants =
	    begins(data, size, "invariants:") || begins(data, size, "groups:");
	bool        route = begins(data, size, "route:");
	size_t      n     = invariants || route ? TEXTS + 1 : TEXTS;
	const char *name  = invariants ? "invariants.yaml"
	                    : route    ? "routes/nijmegen.yaml"
	                               : "riec.yaml";
	memcpy(all, texts, sizeof texts);
	all[n - 1] = (struct policy_text){name, slice_of(data, size)};
	findings.n = 0;
	rc code    = policy_compile(all, n, &p, &findings);
	if (code == RC_OK) {
		rule_it(p);
		prove_it(p);
		walk_it(p);
	} else if (code == RC_POLICY && findings.n == 0) {
		abort(); /* refused without a reason */
	}
	return 0;
}
