/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * wirejson.h - messages of the wire as the JSON that people and scripts meet.
 *
 * proto/pbjson.h with two differences that make it one with the rest of our JSON: ids,
 * hashes and keys are lower-case hex instead of base64, and 64-bit numbers are numbers.
 *
 * Pure.
 */
#ifndef SLUIS_CLIENT_WIREJSON_H
#define SLUIS_CLIENT_WIREJSON_H

#include "proto/pbjson.h"

/* M as a new JSON value (the caller decrefs); NULL without memory. */
json_t *wirejson_write(const ProtobufCMessage *m);

/*
 * A new message of type DESC from TEXT (message_destroy() it).  A bytes field is hex when
 * it holds an even number of lower-case hex digits and nothing else, otherwise base64.
 * What wirejson_write() gives is read as it was.  Fails as pbjson_parse().
 */
MUST rc wirejson_parse(const ProtobufCMessageDescriptor *desc, struct slice text,
    ProtobufCMessage **ret, struct where *reterr);

#endif
