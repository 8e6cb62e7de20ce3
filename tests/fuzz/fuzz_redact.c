/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * fuzz_redact.c - any bytes as a signal, redacted under the shipped policy.
 *
 * Five bytes choose convenant, phase, recipient, desk and sender; the rest is a Signal.
 * What passes the guard is redacted, checked by signal_check() or not.  What comes out
 * must be exactly the values that the cells release, in order, with no unknown field,
 * and what is stated must stand on a record that came out.
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "broker/decision/redact.h"
#include "fuzz/support/grow.h"
#include "proto/guard.h"
#include "proto/message.h"
#include "proto/signal_check.h"
#include "support/keykit.h"
#include "support/wild.h"

enum { HEAD = 5, FLAT_MAX = 1 << 22, TODAY = 20778 /* 2026-11-21 */ };

static struct policy        *policy;
static struct pseudonymiser *psn;

int    LLVMFuzzerInitialize(int *argc, char ***argv);
int    LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
size_t LLVMFuzzerCustomMutator(uint8_t *p, size_t n, size_t max, unsigned seed);

size_t
LLVMFuzzerCustomMutator(uint8_t *p, size_t n, size_t max, unsigned seed)
{
	return grow_after(HEAD, &sluis__signal__descriptor, p, n, max, seed);
}

static void
need(bool holds)
{
	if (!holds) abort();
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const uint8_t master[KEY_BYTES] = {1};
	(void)argc, (void)argv;
	need(sodium_init() >= 0);
	need(policy_load(SOURCE_DIR "/policy", &policy, NULL) == RC_OK);
	need(kit_pseudonymiser(&psn, master, "2026") == RC_OK);
	return 0;
}

static size_t
length(const char *const *list)
{
	size_t n = 0;
	while (list[n] != NULL) n++;
	return n;
}

static void
choose(const uint8_t *data, struct question *q)
{
	const struct convenant_info *c =
	    policy_convenant_at(policy, data[0] % policy_n_convenants(policy));
	const struct party *to =
	    policy_party_at(policy, data[2] % policy_n_parties(policy));
	const struct party *from =
	    policy_party_at(policy, data[4] % policy_n_parties(policy));
	*q = (struct question){.convenant = c->id,
	    .phase                        = c->phases[data[1] % length(c->phases)],
	    .purpose                      = c->purposes[0],
	    .sender_oin                   = from->oin,
	    .sender_desk                  = from->desks[0],
	    .recipient_oin                = to->oin,
	    .recipient_desk               = to->desks[data[3] % length(to->desks)],
	    .today                        = TODAY};
}

/* Where a value came from goes along only with a value that passes in every record: the
 * unit test of redaction holds it to that, so it is left out on both sides here. */
static bool
is_value(void *arg, const struct schema_field *field, factset facts)
{
	(void)arg, (void)facts;
	return strncmp(field->path, "field_sources.", 14) != 0;
}

static bool
released(void *arg, const struct schema_field *field, factset facts)
{
	struct cell cells[SCHEMA_FIELDS_MAX];
	if (!is_value(NULL, field, facts)) return false;
	ruling_cells(arg, facts, cells);
	return cells[field->index].action == SLUIS__ACTION__ACTION_RELEASE;
}

/* What goes out leads to the root that its sender signed. */
static void
check_evidence(
    const struct cut *cut, const ProtobufCMessage *out, const struct short_hash *root)
{
	struct stated    *stated = calloc(cut->n_statements + 1, sizeof *stated);
	struct short_hash got;

	need(stated != NULL);
	for (size_t i = 0; i < cut->n_statements; i++)
		need(flat_resolve((const Sluis__Signal *)(const void *)out,
		    cut->statements[i].path, &stated[i].message, &stated[i].field));
	rc code = disclosure_check(out, stated, cut->n_statements, cut->evidence, &got);
	need(code == RC_OK || cut->n_statements > DISCLOSURE_STATED_MAX);
	need(code != RC_OK || memcmp(got.b, root->b, sizeof got.b) == 0);
	free(stated);
}

static void
check(struct ruling *ruling, const Sluis__Signal *in, const struct cut *cut,
    const struct short_hash *root)
{
	AUTO(message_destroy) ProtobufCMessage *out = NULL;
	AUTO(buf_wipe) struct buf want = buf_init(FLAT_MAX), got = buf_init(FLAT_MAX);

	need(guard_unpack(&sluis__signal__descriptor, cut->signal, guard_signal, &out) ==
	     RC_OK);
	need(!flat_has_unknown(out));
	flat_signal(in, TODAY, released, ruling, &want);
	flat_signal((Sluis__Signal *)out, TODAY, is_value, NULL, &got);
	need(slice_equal(buf_slice(&want), buf_slice(&got)));
	check_evidence(cut, out, root);
	for (size_t i = 0; i < cut->n_statements; i++) {
		const ProtobufCMessage         *m = NULL;
		const ProtobufCFieldDescriptor *f = NULL;
		need(flat_resolve((Sluis__Signal *)out, cut->statements[i].path, &m, &f));
		need(field_count(m, f) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const uint8_t                    seed[KEY_BYTES] = {5};
	struct disclosure                      *tree;
	struct contents                        *contents;
	struct ruled                            ruled = {.n = 0};
	AUTO(message_destroy) ProtobufCMessage *in    = NULL;
	AUTO(cut_wipe) struct cut               cut   = {0};
	AUTO(scratch_wipe) struct scratch       mem   = scratch_init(64 << 20);
	struct question                         q;
	struct ruling                           ruling;
	struct where                            where;

	if (n < HEAD) return 0;
	struct slice wire = slice_of(data + HEAD, n - HEAD);
	if (guard_unpack(&sluis__signal__descriptor, wire, guard_signal, &in) != RC_OK)
		return 0;
	ignore(signal_check((Sluis__Signal *)in, &where));
	choose(data, &q);
	q.message = facts_of_signal((Sluis__Signal *)in, TODAY);
	policy_rule(policy, &q, &ruling);
	if (ruling.code != RC_OK) return 0;
	if (contents_list(in, &mem, &contents) != RC_OK)
		return 0; /* too many of a kind */
	need(disclosure_new(&tree, contents, seed, &mem) == RC_OK);
	struct short_hash root = disclosure_root(tree);
	struct redaction  r    = {.ruling = &ruling,
	        .pseudonymiser            = psn,
	        .domain                   = {q.recipient_oin, q.convenant, "", q.purpose},
	        .today                    = TODAY,
	        .tree                     = tree,
	        .mem                      = &mem,
	        .ruled                    = &ruled};
	rc                code = redact_signal(&r, contents, &cut);
	if (code == RC_TOO_LARGE) return 0; /* a name that grows when it is normalised */
	need(code == RC_OK);
	check(&ruling, (Sluis__Signal *)in, &cut, &root);
	return 0;
}
