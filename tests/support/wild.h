/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * wild.h - random signals through the descriptors, and a flat view of a signal.
 *
 * A wild signal has every kind of field somewhere, in records of every kind, with
 * values that occur nowhere else: a string that shows up in another place did leak.
 * The same seed gives the same signal.  It need not pass signal_check().
 *
 * No cmocka here: fuzz targets use it too; what goes wrong aborts.
 */
#ifndef SLUIS_TESTS_WILD_H
#define SLUIS_TESTS_WILD_H

#include "policy/policy.h"
#include "proto/auto.h"
#include "signal.pb-c.h"

struct wild { /* a seeded generator; a plain value */
	uint64_t state;
	unsigned fields; /* chance in 100 that a field is there */
};

uint64_t wild_next(struct wild *w);

/* A new random signal (message_destroy()). */
Sluis__Signal *wild_signal(struct wild *w);

/* What flat_signal() asks of each value; FACTS of its record, 0 outside persons. */
typedef bool (*flat_keep)(void *arg, const struct schema_field *field, factset facts);

/*
 * Every value of SIGNAL that KEEP wants (NULL: all), one line each in the order of the
 * descriptors, without positions: "persons.bsn=999990019".  TODAY is for the facts.
 */
void flat_signal(const Sluis__Signal *signal, int32_t today, flat_keep keep, void *arg,
    struct buf *out);

/* The message and field that PATH ("persons[0].contact.phone") leads to, through records
 * that exist; false if one does not. */
bool flat_resolve(const Sluis__Signal *signal, const char *path,
    const ProtobufCMessage **ret, const ProtobufCFieldDescriptor **ret_field);

/* Whether some message below M holds no field at all; such are at *RET_WHERE. */
bool flat_has_empty(const ProtobufCMessage *m, const ProtobufCMessage **ret_where);

/* Whether there is an unknown field at any depth. */
bool flat_has_unknown(const ProtobufCMessage *m);

#endif
