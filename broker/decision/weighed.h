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
#ifndef SLUIS_BROKER_DECISION_WEIGHED_H
#define SLUIS_BROKER_DECISION_WEIGHED_H

#include "broker/decision/counted.h"
#include "policy/facts.h"
#include "proto/contents.h"

enum { WEIGHED_MAX = 48 * 1024 }; /* bytes of all records of a signal */

/* The `records` of a Detail of the signal with these CONTENTS on the date TODAY,
 * serialised in MEM: they are the same for every recipient, and bytes that follow the
 * rest of a Detail are part of it. AS is what it counts as.  RC_TOO_LARGE beyond
 * WEIGHED_MAX. */
MUST rc weighed_records(const struct contents *contents, enum counted_as as,
    int32_t today, struct scratch *mem, struct slice *ret);

/* The names of FACTS, allocated one by one as a message owns them. */
MUST rc weighed_facts(factset facts, size_t *ret_n, char ***ret);

/* The same names, borrowed, in MEM. */
MUST rc weighed_names(factset facts, struct scratch *mem, size_t *ret_n, char ***ret);

/* The packed paths of FIELDS, in MEM. */
MUST rc weighed_paths(const struct fieldset *fields, struct scratch *mem,
    protobuf_c_boolean *has, ProtobufCBinaryData *ret);

#endif
