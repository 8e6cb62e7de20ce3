/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * fuzz_wire.c - every message there is, as bytes from anybody.
 *
 * The first byte says which; the rest is the message, changed by its own descriptor.
 *
 * Target functions: guard_check guard_unpack guard_unpack_in pbjson_write pbjson_read
 * message_pack message_destroy catalogue_allows receipt_leaf receipt_verify
 * Claims: what passes the guard has no more depth and fields than it says, is the same in
 * scratch memory, packs into what passes again, and is the same as JSON and back as far
 * as JSON has words for it; no receipt is good.
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/support/grow.h"
#include "proto/auto.h"
#include "proto/catalogue.h"
#include "proto/guard.h"
#include "proto/message.h"
#include "proto/pbjson.h"
#include "proto/receipt.h"
#include "proto/scratch.h"
#include "wire.pb-c.h"

enum { BIG = 8 * 1024 * 1024 };

#define D(name) &sluis__##name##__descriptor

static const ProtobufCMessageDescriptor *const all[] = {D(signal), D(envelope), D(head),
    D(submit), D(disclosure), D(recipient), D(preview), D(receive), D(acknowledge),
    D(explain), D(sent), D(case_open), D(case_read), D(case_move), D(case_join),
    D(case_declare), D(case_align), D(case_verdict), D(case_gate), D(case_exchange),
    D(case_extend), D(todo), D(give_feedback), D(respond), D(recall), D(destroyed),
    D(reveal_ask), D(reveal_decide), D(link), D(plan_control), D(cosign), D(binding_read),
    D(erase), D(subject_ask), D(subject_decide), D(subject_read), D(audit_read), D(prove),
    D(enrol), D(key_binding), D(endorsement), D(answer), D(delivery), D(copy),
    D(evidence), D(leaf), D(detail), D(receipt), D(case_view), D(task), D(feedback),
    D(response), D(sealed), D(notice), D(submit_many)};

int    LLVMFuzzerInitialize(int *argc, char ***argv);
int    LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
size_t LLVMFuzzerCustomMutator(uint8_t *p, size_t n, size_t max, unsigned seed);

static void
must(bool claim)
{
	if (!claim) abort();
}

static const ProtobufCMessageDescriptor *
chosen(uint8_t which)
{
	return all[which % (sizeof all / sizeof all[0])];
}

size_t
LLVMFuzzerCustomMutator(uint8_t *p, size_t n, size_t max, unsigned seed)
{
	return grow_after(1, chosen(n == 0 ? 0 : p[0]), p, n, max, seed);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	must(sodium_init() >= 0);
	return 0;
}

/* The same bytes, whoever allocated. */
static void
same_in_scratch(const ProtobufCMessageDescriptor *d, struct slice wire, struct slice want)
{
	AUTO(scratch_wipe) struct scratch mem = scratch_init(64 << 20);
	AUTO(buf_wipe) struct buf         got = buf_init(BIG);
	ProtobufCMessage                 *m   = NULL;

	must(guard_unpack_in(&mem, d, wire, guard_wire, &m) == RC_OK);
	must(message_pack(m, &got) == RC_OK);
	must(slice_equal(buf_slice(&got), want));
}

/* Unknown fields, enums and texts that are no text are left out of JSON: what it says is
 * what it says the second time. */
static void
same_as_json(const ProtobufCMessage *m)
{
	AUTO(message_destroy) ProtobufCMessage *again = NULL;
	json_t                                 *json  = pbjson_write(m), *second;

	must(json != NULL);
	if (pbjson_read(m->descriptor, json, &again, NULL) == RC_OK) {
		second = pbjson_write(again);
		must(second != NULL && json_equal(json, second));
		json_decref(second);
	}
	json_decref(json);
}

static void
no_receipt_is_good(const Sluis__Receipt *r)
{
	static const uint8_t               key[KEY_BYTES] = {1};
	AUTO(message_destroy) Sluis__Leaf *leaf           = NULL;
	AUTO(buf_wipe) struct buf          text           = buf_init(BIG);
	struct note_verifier               v;
	struct checkpoint                  head;

	must(note_verifier_init(&v, "sluis.example/fuzz", key) == RC_OK);
	must(receipt_verify(r, &v, &head) != RC_OK);
	if (receipt_leaf(r, &leaf) == RC_OK) must(leaf != NULL);
	ignore(receipt_format_proof(r, slice_of(NULL, 0), &text));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO(message_destroy) ProtobufCMessage *m = NULL, *again = NULL;
	AUTO(buf_wipe) struct buf               bytes = buf_init(BIG);

	if (n == 0) return 0;
	const ProtobufCMessageDescriptor *d    = chosen(p[0]);
	struct slice                      wire = slice_of(p + 1, n - 1);
	if (guard_unpack(d, wire, guard_wire, &m) != RC_OK) return 0;
	must(message_pack(m, &bytes) == RC_OK);
	must(guard_unpack(d, buf_slice(&bytes), guard_wire, &again) == RC_OK);
	same_in_scratch(d, wire, buf_slice(&bytes));
	same_as_json(m);
	if (d == &sluis__leaf__descriptor) (void)catalogue_allows((Sluis__Leaf *)m);
	if (d == &sluis__receipt__descriptor) no_receipt_is_good((Sluis__Receipt *)m);
	return 0;
}
