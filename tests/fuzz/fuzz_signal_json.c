/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * fuzz_signal_json.c - a signal as text from anybody.
 *
 * Target functions: pbjson_parse pbjson_read pbjson_write signal_check normalise
 * Claims: what is read can be written, and reading that again changes nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "proto/auto.h"
#include "proto/message.h"
#include "proto/schema.h"
#include "proto/signal_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
must(bool claim)
{
	if (!claim) abort();
}

static char *
dump(const ProtobufCMessage *m)
{
	json_t *json = pbjson_write(m);
	must(json != NULL);
	char *text = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	must(text != NULL);
	return text;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO(message_destroy) ProtobufCMessage *m = NULL, *again = NULL;
	struct where                            where = {.at = "", .reason = ""};

	if (pbjson_parse(&sluis__signal__descriptor, slice_of(p, n), &m, &where) !=
	    RC_OK) {
		must(m == NULL && where.reason[0] != '\0');
		return 0;
	}
	ignore(signal_check((Sluis__Signal *)m, &where));
	AUTO(auto_free) char *once = dump(m);
	must(pbjson_parse(&sluis__signal__descriptor, slice_str(once), &again, &where) ==
	     RC_OK);
	AUTO(auto_free) char *twice = dump(again);
	must(strcmp(once, twice) == 0);
	return 0;
}
