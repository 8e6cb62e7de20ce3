/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * fuzz_policy.c - policy_compile() and yaml_parse() on arbitrary bytes as riec.yaml,
 * beside the shipped categories and parties.
 *
 * Beyond not crashing: what compiles can be ruled, and then still gives the
 * narrative to nobody, because no file may say so.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/policy.h"
#include "proto/auto.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct policy_text texts[6] = {{"categories.yaml", {0}}, {"parties.yaml", {0}},
    {"zorg.yaml", {0}}, {"zvh.yaml", {0}}, {"afstemming.yaml", {0}},
    {"opsporing.yaml", {0}}};

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
	/* parties.yaml names these convenants; the smallest that compile stand for them
	 */
	static const char        small[] = "title: {nl: x, en: x}\narticle: A\nfrom: "
	                                   "2025-01-01\nuntil: 2026-01-01\ndeliver_days: 1\n"
	                                   "phases: [a]\npurposes: [a]\nsenders: [om]\n"
	                                   "bars: [{id: %s-b, article: A, action: withhold}]\n"
	                                   "rules: [{id: %s-r, article: A, recipients: [om], "
	                                   "categories: [form], action: release}]\n";
	static char              out[4][1024];
	static const char *const ids[] = {"zorg", "zvh", "afstemming", "opsporing"};
	for (size_t i = 0; i < 4; i++) {
		int n = snprintf(out[i], sizeof out[i], "convenant: %s\n", ids[i]);
		n += snprintf(
		    out[i] + n, sizeof out[i] - (size_t)n, small, ids[i], ids[i]);
		n += snprintf(out[i] + n, sizeof out[i] - (size_t)n, "end: %s\n", ids[i]);
		texts[2 + i].text = slice_of(out[i], (size_t)n);
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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct policy_text                  all[7];
	static struct findings              findings;
	AUTO(policy_destroy) struct policy *p = NULL;
	memcpy(all, texts, sizeof texts);
	all[6]     = (struct policy_text){"riec.yaml", slice_of(data, size)};
	findings.n = 0;
	rc code    = policy_compile(all, 7, &p, &findings);
	if (code == RC_OK)
		rule_it(p);
	else if (code == RC_POLICY && findings.n == 0)
		abort(); /* refused without a reason */
	return 0;
}
