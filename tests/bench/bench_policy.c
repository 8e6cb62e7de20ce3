/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * bench_policy.c - how long a ruling takes, and loading.
 *
 *	bench_policy [ROUNDS]	prints JSON
 *
 * A ruling is policy_rule() plus ruling_cells() for the signal's own fields and two
 * person records: what the broker asks for one recipient of one signal.  Every
 * field of signal.proto is ruled, so a signal of 60 fields costs the same.
 * signal_to_ten_us is one whole signal: ten recipients, each so ruled.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#include "policy/study/diff.h"
#include "support/bundle.h"

enum { ROUNDS = 200000, MORE_PARTIES = 391 };

static double
now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* 400 parties, all of them municipalities that signed everything. */
static struct bundle *
a_large_region(void)
{
	struct bundle *b = bundle_shipped();
	for (unsigned i = 0; i < MORE_PARTIES; i++) {
		char text[512];
		snprintf(text, sizeof text,
		    "\nparties:\n  - {oin: '000000990000%08u', name: Gemeente %u, role: "
		    "municipality, desks: "
		    "[meldpunt],\n     signed: [{convenant: riec, from: 2025-03-01, "
		    "until: 2028-12-31},\n"
		    "              {convenant: zvh, from: 2025-03-01, until: "
		    "2028-12-31}]}\n",
		    90000000 + i, i);
		bundle_edit(b, "parties.yaml", "\nparties:\n", text);
	}
	return b;
}

static unsigned sink; /* so that nothing is optimised away */

/* The municipalities 1 to 4 of a_large_region() after the six of the small one. */
static const char *const ten[] = {"00000099000000010000", "00000099000000020000",
    "00000099000000030000", "00000099000000060000", "00000099000000070000",
    "00000099000000080000", "00000099000090000001", "00000099000090000002",
    "00000099000090000003", "00000099000090000004"};

static double
rule_all(const struct policy *p, struct question *q, unsigned rounds, bool cells_too)
{
	double start = now_us();
	for (unsigned i = 0; i < rounds; i++) {
		struct ruling r;
		struct cell   cells[SCHEMA_FIELDS_MAX];
		q->recipient_oin = ten[i % 10];
		policy_rule(p, q, &r);
		sink += (unsigned)r.code;
		if (!cells_too) continue;
		ruling_cells(&r, 0, cells);
		sink += cells[3].action;
		ruling_cells(&r, fact_bit(FACT_VICTIM) | fact_bit(FACT_MINOR), cells);
		sink += cells[17].action;
		ruling_cells(&r, fact_bit(FACT_SUSPECT) | fact_bit(FACT_ADULT), cells);
		sink += cells[17].action;
	}
	return (now_us() - start) / rounds;
}

/* Comparing P with the same region under a policy with one more bar, in ms. */
static double
compare(const struct policy *p)
{
	struct bundle *b    = a_large_region();
	struct policy *next = NULL;
	struct diff   *d    = NULL;
	bundle_edit(b, "riec.yaml", "\nbars:\n",
	    "\nbars:\n  - {id: bench, article: A, action: withhold, except_categories: "
	    "[meta],\n     when: [minor], unless: [consent_care, emergency]}\n");
	if (bundle_compile(b, &next) != RC_OK) return 0;
	double start = now_us();
	rc     code  = policy_diff(p, next, NULL, &d);
	double spent = (now_us() - start) / 1e3;
	if (code == RC_OK) sink += (unsigned)diff_n_lines(d);
	diff_destroy(&d);
	policy_destroy(&next);
	bundle_destroy(&b);
	return spent;
}

int
main(int argc, char **argv)
{
	unsigned       rounds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : ROUNDS;
	struct bundle *b      = a_large_region();
	struct policy *p      = NULL;
	double         start  = now_us();
	rc             code   = bundle_compile(b, &p);
	double         load   = (now_us() - start) / 1e3;
	if (code != RC_OK) {
		fprintf(
		    stderr, "%s: %s\n", b->findings.at[0].file, b->findings.at[0].text);
		return rc_exit_status(code);
	}
	start                = now_us();
	code                 = policy_lint(p, day("2026-11-21"), &b->findings);
	double          lint = (now_us() - start) / 1e3;
	struct question q    = {.convenant = "riec",
	       .phase                      = "3",
	       .purpose                    = "casusoverleg",
	       .sender_oin                 = "00000099000000020000",
	       .sender_desk                = "avim",
	       .today                      = day("2026-11-21")};
	double          rule = rule_all(p, &q, rounds, false);
	double          both = rule_all(p, &q, rounds, true);
	double          diff = compare(p);
	printf("{\"parties\": %zu, \"convenants\": %zu, \"rules\": %zu, \"fields\": %zu, "
	       "\"load_ms\": %.2f, \"check_ms\": %.2f, \"rule_us\": %.3f, "
	       "\"rule_and_three_records_us\": %.3f, \"signal_to_ten_us\": %.2f, "
	       "\"diff_ms\": %.2f, \"check\": %u}\n",
	    policy_n_parties(p), policy_n_convenants(p), policy_n_rules(p),
	    schema_signal()->n_fields, load, lint, rule, both, 10 * both, diff,
	    sink + (unsigned)code);
	policy_destroy(&p);
	bundle_destroy(&b);
	return 0;
}
