/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * fuzz_answer.c - what a broker may send us: client/request.c answer_read(), then
 * client/result_describe.c and result_json.c on whatever parses, and client/check.c and
 * check_signed.c on its deliveries, none of which can be genuine.
 */
#include <sodium.h>
#include <stdlib.h>

#include "client/check_signed.h"
#include "client/form.h"
#include "client/request.h"
#include "client/result.h"
#include "fuzz/support/grow.h"
#include "proto/auto.h"
#include "proto/disclosure.h"
#include "proto/message.h"

int    LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
size_t LLVMFuzzerCustomMutator(uint8_t *p, size_t n, size_t max, unsigned seed);

size_t
LLVMFuzzerCustomMutator(uint8_t *p, size_t n, size_t max, unsigned seed)
{
	return grow(&sluis__answer__descriptor, p, n, max, seed);
}

/* The evidence of any copy at all, without a leaf that knows it: none may hold, since the
 * root that it would have to lead to is one that nobody finds. */
static void
check_evidence(const struct checker *c, const Sluis__Delivery *d)
{
	static uint8_t                           root[DISCLOSURE_HASH_BYTES] = {7};
	AUTO(message_destroy) Sluis__Copy       *copy                        = NULL;
	AUTO(message_destroy) Sluis__Disclosure *said                        = NULL;
	Sluis__Disclosure                        d0   = SLUIS__DISCLOSURE__INIT;
	Sluis__Leaf                              leaf = SLUIS__LEAF__INIT;

	copy = sluis__copy__unpack(NULL, d->copy.len, d->copy.data);
	if (copy == NULL || copy->evidence == NULL || form_check(&copy->base) != RC_OK)
		return;
	const struct signed_copy what = {.leaf = &leaf, .copy = copy};
	d0.has_root                   = 1;
	d0.root = (ProtobufCBinaryData){.len = sizeof root, .data = root};
	if (check_disclosure(c, &what, &said) == RC_OK)
		abort(); /* the leaf says nothing */
	if (check_root(c, &what, &d0) == RC_OK) abort();
}

static void
check_deliveries(const Sluis__Answer *answer)
{
	static const uint8_t key[KEY_BYTES] = {1};
	struct note_verifier v;
	struct seen          seen = {.known = false};
	struct member        self = {.oin = "00000099000000020000", .desk = "avim"};
	struct sluis_error   error;
	struct checker       c = {.verifier = &v,
	          .seen                     = &seen,
	          .self                     = &self,
	          .now_ms                   = UINT32_MAX,
	          .error                    = &error};

	if (note_verifier_init(&v, "sluis.example/fuzz", key) != RC_OK) abort();
	for (size_t i = 0; i < answer->n_deliveries; i++) {
		AUTO(message_destroy) Sluis__Copy *copy = NULL;
		if (check_delivery(&c, answer->deliveries[i], &copy) == RC_OK) abort();
		check_evidence(&c, answer->deliveries[i]);
	}
}

/* Describing comes after checking; but it must not rest on more than the form. */
static void
describe_deliveries(const Sluis__Answer *answer, struct sluis_result *r)
{
	for (size_t i = 0; i < answer->n_deliveries; i++) {
		const Sluis__Delivery             *d    = answer->deliveries[i];
		AUTO(message_destroy) Sluis__Copy *copy = NULL;
		if (d->delivery_id.len != ID_BYTES) continue;
		copy = sluis__copy__unpack(NULL, d->copy.len, d->copy.data);
		if (copy != NULL) ignore(result_add_delivery(r, d, copy));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const uint8_t                            id[ID_BYTES];
	AUTO(message_destroy) Sluis__Answer            *answer = NULL;
	AUTO(sluis_result_destroy) struct sluis_result *result = NULL;

	if (sodium_init() < 0) abort();
	if (answer_read(slice_of(data, n), &answer) != RC_OK) return 0;
	check_deliveries(answer);
	if (result_new(&result, id) != RC_OK) return 0;
	describe_deliveries(answer, result);
	if (result_take_answer(result, &answer) == RC_OK) (void)sluis_result_json(result);
	return 0;
}
