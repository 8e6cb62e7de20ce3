/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * weighed.h - what a ruling weighed, for the detail of its journal entry.
 *
 * Names of facts and paths of fields that were present, per person; and as what each is
 * counted, in coarse groups (counted.h).  No other value.
 * With it an auditor can put a past decision to the policy again, or to another one.
 *
 * Pure.
 */
#ifndef SLUIS_BROKER_WEIGHED_H
#define SLUIS_BROKER_WEIGHED_H

#include "broker/counted.h"
#include "policy/facts.h"

enum { WEIGHED_MAX = 48 * 1024 }; /* bytes of all records of a signal */

/* Append to OUT the `records` of a Detail of SIGNAL on the date TODAY, serialised: they
 * are the same for every recipient, and bytes that follow the rest of a Detail are part
 * of it.  AS is what it counts as. */
MUST rc weighed_records(
    const Sluis__Signal *signal, enum counted_as as, int32_t today, struct buf *out);

/* The names of FACTS, allocated one by one as a message owns them. */
MUST rc weighed_facts(factset facts, size_t *ret_n, char ***ret);

/* The packed paths of FIELDS, as a message owns them. */
MUST rc weighed_paths(
    const struct fieldset *fields, protobuf_c_boolean *has, ProtobufCBinaryData *ret);

#endif
