/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * fuzz_envelope.c - the first code that bytes from outside meet.
 *
 * Target functions: envelope_open envelope_verify wire_next
 * Claims: what opens, packs again to the same bytes once its fields are put in order;
 * protobuf-c reads it too; nothing verifies, since nobody here has the key.
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/support/grow.h"
#include "proto/auto.h"
#include "proto/envelope.h"
#include "wire.pb-c.h"

int    LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
size_t LLVMFuzzerCustomMutator(uint8_t *p, size_t n, size_t max, unsigned seed);

size_t
LLVMFuzzerCustomMutator(uint8_t *p, size_t n, size_t max, unsigned seed)
{
	return grow(&sluis__envelope__descriptor, p, n, max, seed);
}

static void
must(bool claim)
{
	if (!claim) abort();
}

static bool
same(struct slice s, const void *p, size_t n)
{
	return slice_equal(s, slice_of(p, n));
}

/* protobuf-c would cut the strings at a NUL, so those are left out of the comparison. */
static void
compare_with_protobuf_c(const struct envelope *e, struct slice wire)
{
	Sluis__Envelope *m = sluis__envelope__unpack(NULL, wire.n, wire.p);

	must(m != NULL && m->has_payload && m->payload_type != NULL &&
	     m->n_signatures == 1);
	must(same(e->payload, m->payload.data, m->payload.len));
	must(same(e->sig, m->signatures[0]->sig.data, m->signatures[0]->sig.len));
	if (e->payload_type.n == 0 ||
	    memchr(e->payload_type.p, 0, e->payload_type.n) == NULL)
		must(slice_equal(e->payload_type, slice_str(m->payload_type)));
	sluis__envelope__free_unpacked(m, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const uint8_t key[KEY_BYTES] = {0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a,
	    0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a, 0x0e, 0xe1, 0x72, 0xf3,
	    0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a};
	struct envelope      e;

	if (envelope_open(slice_of(p, n), &e) != RC_OK) return 0;
	must(e.payload.n + e.payload_type.n + e.sig.n + e.keyid.n < n);
	must(envelope_verify(&e, key) != RC_OK);
	compare_with_protobuf_c(&e, slice_of(p, n));
	return 0;
}
