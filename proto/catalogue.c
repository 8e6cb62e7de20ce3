/* SPDX-License-Identifier: EUPL-1.2 */
/* catalogue.c - the table, and a leaf held against it. */
#include "proto/catalogue.h"

#include <stddef.h>
#include <stdint.h>

#include "proto/schema.h"

/* In every leaf: nonce, version, kind, time. */
enum { LEAF_COMMON = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 };

/* What a desk did: who, with which key, under which policy. */
#define ACT_ (LEAF_SENDER | LEAF_BINDING | LEAF_BUNDLE | LEAF_DETAIL)
#define PLACE_ (LEAF_CONVENANT | LEAF_PHASE)
/* A recipient was considered. */
#define RULED_ (ACT_ | PLACE_ | LEAF_RECIPIENT | LEAF_PURPOSE)

/* kind, fields that are always there, fields that may be there */
#define CATALOGUE(X)                                                                 \
	X(RULING, RULED_ | LEAF_COPY, LEAF_RELEASED | LEAF_OBLIGATIONS | LEAF_RULE)  \
	X(NOT_SERVED, RULED_ | LEAF_CODE, LEAF_RELEASED | LEAF_RULE)                 \
	X(REFUSED, LEAF_SENDER | LEAF_CODE,                                          \
	    LEAF_BINDING | LEAF_RULE | LEAF_BUNDLE | LEAF_DETAIL | LEAF_COUNT)       \
	X(ACKNOWLEDGED, LEAF_RECIPIENT | LEAF_BINDING | LEAF_REFERS, LEAF_DETAIL)    \
	X(UNDELIVERED, LEAF_RECIPIENT | LEAF_REFERS, 0)                              \
	X(ENROLLED, LEAF_SENDER | LEAF_SUBJECT, 0)                                   \
	X(REVOKED, LEAF_SENDER | LEAF_SUBJECT | LEAF_CODE, 0)                        \
	X(POLICY, LEAF_BUNDLE | LEAF_SUBJECT, 0)                                     \
	X(OPENED, 0, LEAF_BUNDLE)                                                    \
	X(AUDIT_READ, LEAF_SENDER | LEAF_BINDING | LEAF_REFERS | LEAF_COUNT,         \
	    LEAF_DETAIL)                                                             \
	X(CRL, 0, LEAF_BUNDLE | LEAF_SUBJECT | LEAF_CODE)                            \
	X(POLICY_SIGNED, LEAF_SENDER | LEAF_BUNDLE | LEAF_SUBJECT | LEAF_REFERS, 0)  \
	X(POLICY_REFUSED, LEAF_BUNDLE | LEAF_CODE, LEAF_SUBJECT)                     \
	X(ANCHORS, LEAF_SUBJECT, LEAF_BUNDLE)                                        \
	X(CASE, ACT_, 0)                                                             \
	X(NOTICE, LEAF_RECIPIENT | LEAF_COPY | LEAF_DETAIL | LEAF_REFERS, 0)         \
	X(FEEDBACK, ACT_ | LEAF_RECIPIENT | LEAF_REFERS, 0)                          \
	X(RECALL, LEAF_DETAIL,                                                       \
	    LEAF_SENDER | LEAF_RECIPIENT | LEAF_BINDING | LEAF_BUNDLE | LEAF_REFERS) \
	X(DESTROYED, LEAF_SENDER | LEAF_RECIPIENT | LEAF_BINDING | LEAF_REFERS,      \
	    LEAF_DETAIL)                                                             \
	X(WITHDRAWN, LEAF_RECIPIENT | LEAF_REFERS, LEAF_BINDING | LEAF_DETAIL)       \
	X(REVEAL_ASKED, ACT_ | PLACE_ | LEAF_RECIPIENT | LEAF_RULE | LEAF_REFERS, 0) \
	X(REVEAL_DECIDED, PLACE_ | LEAF_BUNDLE | LEAF_REFERS,                        \
	    LEAF_SENDER | LEAF_BINDING | LEAF_DETAIL | LEAF_RECIPIENT | LEAF_RULE |  \
	        LEAF_CODE)                                                           \
	X(LINK, LEAF_RECIPIENT | LEAF_BUNDLE | LEAF_REFERS,                          \
	    LEAF_SENDER | LEAF_BINDING | LEAF_DETAIL)                                \
	X(CONTROL, ACT_, LEAF_CONVENANT | LEAF_RULE | LEAF_REFERS)                   \
	X(RESPONSE, ACT_ | PLACE_ | LEAF_RECIPIENT | LEAF_REFERS, 0)                 \
	X(OVERDUE, LEAF_RECIPIENT | LEAF_DETAIL | LEAF_REFERS, 0)                    \
	X(SHIELDED, ACT_, 0)                                                         \
	X(REMOVED, LEAF_DETAIL | LEAF_REFERS, 0)                                     \
	X(COVER, 0, 0)                                                               \
	X(GATE, LEAF_CODE | LEAF_COUNT, 0)                                           \
	X(EPOCH, LEAF_PURPOSE | LEAF_SUBJECT, LEAF_PHASE | LEAF_BUNDLE)              \
	X(ERASED, LEAF_REFERS | LEAF_COUNT, ACT_ | LEAF_CODE)                        \
	X(SUBJECT_ASKED, ACT_, LEAF_RECIPIENT | LEAF_RULE | PLACE_)                  \
	X(SUBJECT_DECIDED, LEAF_REFERS,                                              \
	    ACT_ | LEAF_RECIPIENT | LEAF_RULE | LEAF_CODE | PLACE_)                  \
	X(SUBJECT_READ, LEAF_SENDER | LEAF_BINDING | LEAF_REFERS,                    \
	    LEAF_BUNDLE | LEAF_DETAIL | LEAF_RECIPIENT | LEAF_COUNT | LEAF_RULE)     \
	X(RESTORED, LEAF_REFERS | LEAF_COUNT | LEAF_SUBJECT, LEAF_BUNDLE)            \
	X(CLOCK, 0, LEAF_CODE | LEAF_COUNT | LEAF_BUNDLE)

#define ROW_(kind, always, may) [SLUIS__EVENT_KIND__EVENT_##kind] = {true, always, may},

static const struct {
	bool     known;
	uint32_t always, may;
} rows[] = {CATALOGUE(ROW_)};

/* The fields that LEAF sets. */
static uint32_t
fields_of(const Sluis__Leaf *leaf)
{
	uint32_t set = 0;

	for (unsigned i = 0; i < sluis__leaf__descriptor.n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &sluis__leaf__descriptor.fields[i];
		if (field_is_set(&leaf->base, f)) set |= (uint32_t)1 << f->id;
	}
	return set;
}

bool
catalogue_allows(const Sluis__Leaf *leaf)
{
	size_t   kind = (size_t)leaf->kind;
	uint32_t set  = fields_of(leaf);

	if (kind >= sizeof rows / sizeof rows[0] || !rows[kind].known) return false;
	if (leaf->base.n_unknown_fields != 0) return false;
	return (set & rows[kind].always) == rows[kind].always &&
	       (set & ~(LEAF_COMMON | rows[kind].always | rows[kind].may)) == 0;
}
