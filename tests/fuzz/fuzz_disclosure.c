/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * fuzz_disclosure.c - any copy with any evidence, as a hostile broker would send it.
 *
 * Two bytes say how long the Signal is, one how many of its fields are said to be
 * stated; the rest is an Evidence.  Whatever passes the guard is checked: it may be
 * refused, and gives the same root twice, or the same refusal.  Then the signal is taken
 * as a sender's: its whole tree must be what its own evidence leads to, and one more byte
 * of evidence must be too much.
 *
 * Target functions: disclosure_check disclosure_new disclosure_evidence
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/support/grow.h"
#include "proto/auto.h"
#include "proto/disclosure.h"
#include "proto/guard.h"
#include "proto/message.h"
#include "signal.pb-c.h"
#include "support/grown.h"

enum { HEAD = 3, STATED_MAX = 255 };

int    LLVMFuzzerInitialize(int *argc, char ***argv);
int    LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
size_t LLVMFuzzerCustomMutator(uint8_t *p, size_t n, size_t max, unsigned seed);

size_t
LLVMFuzzerCustomMutator(uint8_t *p, size_t n, size_t max, unsigned seed)
{
	return grow_pair(HEAD, &sluis__signal__descriptor, &sluis__evidence__descriptor,
	    p, n, max, seed);
}

struct list {
	size_t        n, want;
	struct stated at[STATED_MAX];
};

static void
need(bool holds)
{
	if (!holds) abort();
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	need(sodium_init() >= 0);
	return 0;
}

/* The first fields in and below M that are not there, as if the broker spoke for them. */
static void
state_some(const ProtobufCMessage *m, struct list *list)
{
	for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &m->descriptor->fields[i];
		size_t                          n = field_count(m, f);
		if (f->type != PROTOBUF_C_TYPE_MESSAGE) {
			if (n == 0 && list->n < list->want)
				list->at[list->n++] = (struct stated){m, f};
			continue;
		}
		for (size_t k = 0; k < n; k++)
			state_some(*(ProtobufCMessage **)field_value(m, f, k), list);
	}
}

static void
check_any(const ProtobufCMessage *signal, uint8_t want, struct slice wire)
{
	AUTO(message_destroy) ProtobufCMessage *e    = NULL;
	struct list                             list = {.want = want};
	struct short_hash                       one = {{0}}, two = {{0}};

	if (guard_unpack(&sluis__evidence__descriptor, wire, guard_wire, &e) != RC_OK)
		return;
	const Sluis__Evidence *evidence = (const Sluis__Evidence *)(const void *)e;
	state_some(signal, &list);
	rc code = disclosure_check(signal, list.at, list.n, evidence, &one);
	need(code == RC_OK || code == RC_NOT_SIGNED);
	need(disclosure_check(signal, list.at, list.n, evidence, &two) == code);
	need(code != RC_OK || memcmp(one.b, two.b, sizeof one.b) == 0);
}

/* Whether M has a message below it with nothing in it: no copy has one. */
static bool
has_hollow(const ProtobufCMessage *m)
{
	bool any = false;

	if (m->n_unknown_fields != 0) return true;
	for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &m->descriptor->fields[i];
		size_t                          n = field_count(m, f);
		any                               = any || n != 0;
		if (f->type != PROTOBUF_C_TYPE_MESSAGE) continue;
		for (size_t k = 0; k < n; k++)
			if (has_hollow(*(ProtobufCMessage **)field_value(m, f, k)))
				return true;
	}
	return !any;
}

static void
check_own(const ProtobufCMessage *signal, const uint8_t *seed)
{
	AUTO(grown_wipe) struct grown          grown = {0};
	AUTO(message_destroy) Sluis__Evidence *e     = calloc(1, sizeof *e);
	struct short_hash                      got, root;

	need(e != NULL);
	sluis__evidence__init(e);
	rc code = grown_new(&grown, signal, seed);
	need(code == RC_OK || code == RC_INVALID_SIGNAL); /* too many of a kind */
	if (code != RC_OK) return;
	root = disclosure_root(grown.tree);
	code = grown_evidence(&grown, signal, NULL, 0, e);
	need(code == RC_OK);
	if (has_hollow(signal)) return;
	need(disclosure_check(signal, NULL, 0, e, &got) == RC_OK);
	need(memcmp(got.b, root.b, sizeof root.b) == 0);
	if (e->salts.len == 0) return;
	e->salts.len--;
	need(disclosure_check(signal, NULL, 0, e, &got) == RC_NOT_SIGNED);
	e->salts.len++;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const uint8_t                    seed[KEY_BYTES] = {9};
	AUTO(message_destroy) ProtobufCMessage *signal          = NULL;

	if (n < HEAD) return 0;
	size_t len = (size_t)data[0] << 8 | data[1];
	if (len > n - HEAD) len = n - HEAD;
	if (guard_unpack(&sluis__signal__descriptor, slice_of(data + HEAD, len),
	        guard_signal, &signal) != RC_OK)
		return 0;
	check_any(signal, data[2], slice_of(data + HEAD + len, n - HEAD - len));
	check_own(signal, seed);
	return 0;
}
