/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * fuzz_merge.c - signals and statements as brokers and senders may make them:
 * client/merge.c merge_pieces() with client/subject.c, client/wirejson.c.
 */
#include <sodium.h>
#include <stdlib.h>

#include "client/jsonfile.h"
#include "client/merge.h"
#include "client/wirejson.h"
#include "proto/message.h"
#include "wire.pb-c.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* What is read as a request is written and read again the same. */
static void
round_trip(struct slice text)
{
	AUTO(message_destroy) ProtobufCMessage *m = NULL, *again = NULL;
	AUTO(json_release) json_t              *json = NULL, *second = NULL;

	if (wirejson_parse(&sluis__case_gate__descriptor, text, &m, NULL) != RC_OK)
		return;
	json                       = wirejson_write(m);
	AUTO(auto_free) char *dump = json_dumps(json, 0);
	if (dump == NULL || wirejson_parse(&sluis__case_gate__descriptor, slice_str(dump),
	                        &again, NULL) != RC_OK)
		abort();
	second = wirejson_write(again);
	if (!json_equal(json, second)) abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	AUTO(json_release) json_t *pieces = NULL, *fields = NULL;

	round_trip(slice_of(data, n));
	if (pbjson_text(slice_of(data, n), &pieces, NULL) != RC_OK) return 0;
	fields = merge_pieces(pieces);
	if (!json_is_array(fields)) abort();
	return 0;
}
