/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * pbjson.h - protobuf <-> JSON through the descriptors, for every message type.
 *
 * One generic converter, so that a person can write a signal by hand and a
 * program can read any message.  The mapping is the protobuf JSON mapping with
 * the names of the .proto file: enums by name, bytes in base64, 64-bit integers
 * as strings (numbers are accepted), absent fields left out, NaN never.
 *
 * Reading is strict: an unknown or repeated key, an unknown enum name, UNSPECIFIED,
 * a number out of range, a wrong type, null or an empty list where a value is
 * needed refuse the whole text, with the place ("persons[0].bsn") but never the
 * value in *RETERR, which may be NULL.  RC_MALFORMED; RC_TOO_LARGE, RC_TOO_DEEP and
 * RC_NOMEM where they apply.  jansson does not wipe what it frees.
 *
 * Pure.  Source: protobuf JSON mapping (protobuf.dev/programming-guides/json).
 */
#ifndef SLUIS_PROTO_PBJSON_H
#define SLUIS_PROTO_PBJSON_H

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>

#include "proto/bytes.h"

enum { WHERE_MAX = 160 };

struct where {                  /* set only on failure */
	char at[WHERE_MAX];     /* field path, or "line:column" for broken JSON */
	char reason[WHERE_MAX]; /* what was expected, in English, without the value */
};

/* A new message of type DESC from the JSON value (borrowed).  Freed with
 * message_destroy(). */
MUST rc pbjson_read(const ProtobufCMessageDescriptor *desc, const json_t *json,
    ProtobufCMessage **ret, struct where *reterr);

/* The same from text; duplicate keys are refused, at most 32 levels, at most 1 MiB. */
MUST rc pbjson_parse(const ProtobufCMessageDescriptor *desc, struct slice text,
    ProtobufCMessage **ret, struct where *reterr);

/* The JSON value of TEXT (the caller decrefs), by those limits and not read any further.
 */
MUST rc pbjson_text(struct slice text, json_t **ret, struct where *reterr);

/* M as a new JSON value (the caller decrefs); fields in descriptor order.  Left out is
 * what JSON has no word for: unknown fields, unknown enum values, strings that are
 * not UTF-8, NaN and infinities.  NULL only when memory is out. */
json_t *pbjson_write(const ProtobufCMessage *m);

#endif
