/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * schema.h - signal.proto as a flat list of leaf fields.
 *
 * Policy speaks of field paths ("persons.residence.postcode"), redaction walks
 * messages, the journal writes packed numbers, and JSON uses names.  All of them
 * use this one list, made once from the descriptors that protoc-c generated, so
 * a field added to signal.proto is everywhere at once, and is withheld until the
 * policy names it.
 *
 * A leaf field is a scalar, string, bytes or enum field, repeated or not; a
 * message field is never a leaf.  Fields are numbered from 0 in depth-first
 * order of the descriptors; the numbering is not stable across builds and never
 * leaves the process.  Packed paths (schema_pack) are stable: field numbers of
 * signal.proto are never used again.
 *
 * Threads: built by schema_signal() at the first call, which must happen before
 * a second thread starts; read-only after that.
 */
#ifndef SLUIS_PROTO_SCHEMA_H
#define SLUIS_PROTO_SCHEMA_H

#include <protobuf-c/protobuf-c.h>

#include "proto/bytes.h"
#include "proto/limits.h"

struct schema_field {
	uint16_t                        index; /* place in the list                  */
	uint8_t                         depth; /* how many numbers below             */
	uint8_t                         numbers[SCHEMA_DEPTH_MAX]; /* outside in       */
	const ProtobufCFieldDescriptor *desc;     /* the leaf field itself              */
	char                            path[96]; /* "persons.residence.postcode"      */
};

/*
 * The fields of one type as a binary tree over their numbers: the whole is 0 up to the
 * smallest power of two above the highest, a half that no field is in is left out, and
 * what has one field is that field.
 */
struct schema_branch {
	uint8_t lo, hi; /* desc->fields[lo] to hi, hi itself not */
	uint8_t right;  /* where its right half stands; the left one is the next */
};

/* One message position of the tree: Signal itself, Signal.persons, ... */
struct schema_node {
	const ProtobufCMessageDescriptor *desc;
	const ProtobufCFieldDescriptor
	    *via;    /* the field that leads here; NULL at the root */
	bool person; /* a record with subject facts: Signal.persons and below */
	/* For desc->fields[i]: exactly one of the two is set. */
	const struct schema_field **leaf;  /* leaf[i], NULL where field i is a message */
	const struct schema_node  **child; /* child[i], NULL where field i is a leaf   */
	struct schema_branch       *branches; /* the first is the whole */
};

struct schema {
	size_t              n_fields;
	struct schema_field fields[SCHEMA_FIELDS_MAX];
	struct schema_node *root;
};

/* The one schema of sluis.Signal.  Never NULL: a signal.proto that breaks the
 * limits (depth, count, a field number over 127, more than 64 fields
 * in a type, a required, packed or recursive one) is our own bug and aborts at the first
 * call. */
const struct schema *schema_signal(void);

/* The field with this dotted PATH, NULL if there is none (or it is a message). */
const struct schema_field *schema_find(const char *path);

/* Append the packed form of FIELD (length byte, then its numbers) to OUT. */
MUST rc schema_pack(const struct schema_field *field, struct buf *out);

/* Write the same to P, which has room for 1 + depth bytes; returns how many. */
static inline size_t
schema_put(const struct schema_field *field, uint8_t *p)
{
	p[0] = field->depth;
	for (unsigned i = 0; i < field->depth; i++) p[1 + i] = field->numbers[i];
	return (size_t)1 + field->depth;
}

/* Take one packed path off the front of *REST.  RC_MALFORMED if it is cut short
 * or names no field of this schema; *REST is unchanged then. */
MUST rc schema_unpack(struct slice *rest, const struct schema_field **ret);

/* A set of leaf fields, by index. */
struct fieldset {
	uint64_t bits[SCHEMA_FIELDS_MAX / 64];
};

static inline void
fieldset_add(struct fieldset *s, unsigned index)
{
	s->bits[index / 64] |= (uint64_t)1 << (index % 64);
}

static inline void
fieldset_remove(struct fieldset *s, unsigned index)
{
	s->bits[index / 64] &= ~((uint64_t)1 << (index % 64));
}

static inline bool
fieldset_has(const struct fieldset *s, unsigned index)
{
	return (s->bits[index / 64] >> (index % 64) & 1) != 0;
}

/* Whether S has any from *INDEX on; *INDEX is the first of them then. */
static inline bool
fieldset_next(const struct fieldset *s, unsigned *index)
{
	for (unsigned i = *index; i < SCHEMA_FIELDS_MAX; i = (i / 64 + 1) * 64) {
		uint64_t rest = s->bits[i / 64] >> (i % 64);
		if (rest == 0) continue;
		*index = i + (unsigned)__builtin_ctzll(rest);
		return true;
	}
	return false;
}

static inline struct fieldset
fieldset_all(void)
{
	struct fieldset s;
	for (size_t i = 0; i < SCHEMA_FIELDS_MAX / 64; i++) s.bits[i] = ~(uint64_t)0;
	return s;
}

static inline bool
fieldset_is_empty(const struct fieldset *s)
{
	uint64_t all = 0;
	for (size_t i = 0; i < SCHEMA_FIELDS_MAX / 64; i++) all |= s->bits[i];
	return all == 0;
}

/* Add all of MORE to S. */
static inline void
fieldset_join(struct fieldset *s, const struct fieldset *more)
{
	for (size_t i = 0; i < SCHEMA_FIELDS_MAX / 64; i++) s->bits[i] |= more->bits[i];
}

/* --- reading protobuf-c messages by descriptor ----------------------------------- */

/* Whether singular field F of M is present (has_x, non-NULL, or oneof case). */
bool field_is_set(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f);

/* The size of one value of F in memory, as field_value() steps over it. */
size_t field_size(const ProtobufCFieldDescriptor *f);

/* How many values F holds in M: 0 or 1 for a singular field. */
size_t field_count(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f);

/* The I-th value of F: a pointer to the scalar, char *, ProtobufCBinaryData or
 * ProtobufCMessage * slot.  I < field_count(). Valid as long as M is unchanged. */
void *field_value(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t i);

/* Add to SET the leaf fields below M (which stands at NODE) that hold a value; those of
 * person records only if PERSONS. */
void schema_mark_filled(const struct schema_node *node, const ProtobufCMessage *m,
    bool persons, struct fieldset *set);

/* The node of Signal.persons. */
const struct schema_node *schema_person(void);

#endif
