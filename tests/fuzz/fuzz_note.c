/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * fuzz_note.c - signed texts: notes, checkpoints, key strings, tlog-proofs.
 *
 * Target functions: note_open note_verifier_parse checkpoint_open receipt_parse_proof
 * receipt_format_proof proof_file_read proof_file_stands
 * Claims: a text that opens lies inside the note and is followed by an empty line; a
 * key string that parses formats to an equal one; a proof that parses formats again.
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "proto/auto.h"
#include "proto/message.h"
#include "proto/proof_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
must(bool claim)
{
	if (!claim) abort();
}

static void
try_note(struct slice note)
{
	/* the key of tests/vectors/tlog-tiles, whose checkpoints are in the corpus */
	static const char    vkey[] = "example.com/log/testdata+33d7b496+"
	                              "AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
	struct note_verifier v;
	struct slice         text;
	struct checkpoint    c;

	must(note_verifier_parse(&v, vkey) == RC_OK);
	bool opens = note_open(note, &v, &text) == RC_OK;
	if (opens) must(text.p == note.p && text.n < note.n && note.p[text.n] == '\n');
	if (checkpoint_open(note, &v, &c) == RC_OK)
		must(opens && strcmp(c.origin, v.name) == 0);
}

static void
try_key(const char *text)
{
	struct note_verifier v, again;
	char                 out[NOTE_VKEY_MAX];

	if (note_verifier_parse(&v, text) != RC_OK) return;
	must(note_verifier_format(&v, out) == RC_OK);
	must(note_verifier_parse(&again, out) == RC_OK);
	must(memcmp(&v, &again, sizeof v) == 0);
}

static void
try_proof(struct slice text)
{
	AUTO(buf_wipe) struct buf out = buf_init(1 << 20);
	Sluis__Receipt            r   = SLUIS__RECEIPT__INIT;
	struct proof_text         first, again;
	ProtobufCBinaryData       slots[MERKLE_PROOF_MAX];
	uint8_t                   leaf[1] = {0};

	if (receipt_parse_proof(text, &first) != RC_OK) return;
	struct slice note = first.checkpoint;
	must(note.n != 0 && note.p + note.n == text.p + text.n);
	if (memchr(note.p, 0, note.n) != NULL) return;
	AUTO(auto_free) char *checkpoint = strndup((const char *)note.p, note.n);
	must(checkpoint != NULL);
	for (size_t i = 0; i < first.proof.n; i++)
		slots[i] = (ProtobufCBinaryData){HASH_BYTES, first.proof.hashes[i].b};
	r.has_leaf = 1, r.leaf = (ProtobufCBinaryData){1, leaf};
	r.has_index = 1, r.index = first.index, r.checkpoint = checkpoint;
	r.n_proof = first.proof.n, r.proof = slots;
	must(receipt_format_proof(&r, slice_of(NULL, 0), &out) == RC_OK);
	must(receipt_parse_proof(buf_slice(&out), &again) == RC_OK);
	must(again.index == first.index && again.proof.n == first.proof.n &&
	     slice_equal(note, again.checkpoint));
}

/* A receipt that carries its entry is written again as the same bytes. */
static void
try_file(struct slice text)
{
	AUTO(proof_file_wipe) struct proof_file f   = {.leaf = {.n = 0}};
	AUTO(buf_wipe) struct buf               out = buf_init(1 << 20);
	Sluis__Receipt                          r   = SLUIS__RECEIPT__INIT;
	ProtobufCBinaryData                     slots[MERKLE_PROOF_MAX];
	struct checkpoint                       head = {.size = 1};

	if (proof_file_read(text, &f) != RC_OK) return;
	ignore(proof_file_stands(&f, &head));
	struct slice note = f.text.checkpoint;
	if (memchr(note.p, 0, note.n) != NULL) return;
	AUTO(auto_free) char *checkpoint = strndup((const char *)note.p, note.n);
	must(checkpoint != NULL);
	for (size_t i = 0; i < f.text.proof.n; i++)
		slots[i] = (ProtobufCBinaryData){HASH_BYTES, f.text.proof.hashes[i].b};
	r.has_leaf = 1, r.has_index = 1, r.has_detail = f.detail.n != 0;
	r.leaf       = message_borrow_bytes(f.leaf.p, f.leaf.n);
	r.detail     = message_borrow_bytes(f.detail.p, f.detail.n);
	r.index      = f.text.index;
	r.checkpoint = checkpoint;
	r.n_proof = f.text.proof.n, r.proof = slots;
	must(proof_file_format(&r, &out) == RC_OK);
	must(slice_equal(buf_slice(&out), text));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	if (sodium_init() < 0) return 0;
	try_note(slice_of(p, n));
	try_proof(slice_of(p, n));
	try_file(slice_of(p, n));
	AUTO(auto_free) char *text = strndup((const char *)p, n);
	if (text != NULL) try_key(text);
	return 0;
}
