/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * identify.h - the parts of an identifier inside one record of a signal.
 *
 * A record is an element of a top-level message field (persons, vehicles, ...); only
 * singular text fields in it identify.
 *
 * Pure.  Borrows: what is returned lives as long as the record.
 */
#ifndef SLUIS_BROKER_DECISION_IDENTIFY_H
#define SLUIS_BROKER_DECISION_IDENTIFY_H

#include "policy/policy.h"

/* The message that holds the last field of FIELD's path, starting from RECORD at depth 1
 * (RECORD is Signal's own field numbers[0]); NULL if a message on the way is absent or
 * repeated. */
const ProtobufCMessage *identify_holder(
    const ProtobufCMessage *record, const struct schema_field *field);

/* The text of FIELD inside RECORD; false unless it is a set, singular string. */
bool identify_text(
    const ProtobufCMessage *record, const struct schema_field *field, struct slice *ret);

/* The values of all parts of ID in RECORD, in their order; false if it lacks one. */
bool identify_all(
    const ProtobufCMessage *record, const struct identifier_info *id, struct slice *ret);

#endif
