/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * fuzz_signal_wire.c - a signal as the broker gets it.
 *
 * Target functions: guard_check guard_unpack signal_check pbjson_write message_destroy
 * schema_unpack normalise
 * Claims: what passes the check can be written as JSON and read back, and passes again.
 */
#include <stdlib.h>

#include "fuzz/support/grow.h"
#include "proto/auto.h"
#include "proto/guard.h"
#include "proto/message.h"
#include "proto/schema.h"
#include "proto/signal_check.h"

int    LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
size_t LLVMFuzzerCustomMutator(uint8_t *p, size_t n, size_t max, unsigned seed);

size_t
LLVMFuzzerCustomMutator(uint8_t *p, size_t n, size_t max, unsigned seed)
{
	return grow(&sluis__signal__descriptor, p, n, max, seed);
}

static void
must(bool claim)
{
	if (!claim) abort();
}

static void
unpack_paths(struct slice rest)
{
	const struct schema_field *f;

	while (schema_unpack(&rest, &f) == RC_OK) must(schema_find(f->path) == f);
}

static void
write_and_read_back(const ProtobufCMessage *m)
{
	AUTO(message_destroy) ProtobufCMessage *again = NULL;
	json_t                                 *json  = pbjson_write(m);

	must(json != NULL);
	must(pbjson_read(m->descriptor, json, &again, NULL) == RC_OK);
	must(signal_check((Sluis__Signal *)again, NULL) == RC_OK);
	json_decref(json);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO(message_destroy) ProtobufCMessage *m = NULL;
	struct where                            where;

	unpack_paths(slice_of(p, n));
	if (guard_unpack(&sluis__signal__descriptor, slice_of(p, n), guard_signal, &m) !=
	    RC_OK)
		return 0;
	json_t *json = pbjson_write(m);
	must(json != NULL);
	json_decref(json);
	if (signal_check((Sluis__Signal *)m, &where) == RC_OK) write_and_read_back(m);
	return 0;
}
