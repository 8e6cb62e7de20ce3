/* SPDX-License-Identifier: EUPL-1.2 */
/* schema.c - the descriptors of signal.proto, walked once into a list and a tree. */
#include "proto/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "signal.pb-c.h"

enum { FIELDS_MAX = 64 }; /* of one type: one word has a bit for each */

static struct schema              the_schema;
static const struct schema_field *by_path[SCHEMA_FIELDS_MAX]; /* sorted */

/* --- building -------------------------------------------------------------------- */

/* Where the walk stands: the numbers and names from the root to here. */
struct place {
	const struct place             *up; /* NULL at the root */
	const ProtobufCFieldDescriptor *via;
	unsigned                        depth;
};

/* Our own signal.proto breaks our own limits: no program of ours may run. */
static _Noreturn void
broken(const char *what, const char *name)
{
	(void)fprintf(stderr, "signal.proto: %s: %s\n", what, name);
	abort();
}

static void *
must_calloc(size_t n, size_t size)
{
	void *p = calloc(n, size);
	if (p == NULL) broken("no memory", "schema");
	return p;
}

/* Write the dotted path of PLACE in front of NAME. */
static void
spell_path(const struct place *place, char *out, size_t room)
{
	if (place->up->via != NULL) {
		spell_path(place->up, out, room);
		(void)strncat(out, ".", room - strlen(out) - 1);
	}
	if (strlen(out) + strlen(place->via->name) >= room)
		broken("path too long", place->via->name);
	(void)strncat(out, place->via->name, room - strlen(out) - 1);
}

static const struct schema_field *
add_leaf(const struct place *place)
{
	if (the_schema.n_fields == SCHEMA_FIELDS_MAX)
		broken("too many fields", place->via->name);

	struct schema_field *f = &the_schema.fields[the_schema.n_fields];
	f->index               = (uint16_t)the_schema.n_fields++;
	f->depth               = (uint8_t)place->depth;
	f->desc                = place->via;
	for (const struct place *p = place; p->via != NULL; p = p->up)
		f->numbers[p->depth - 1] = (uint8_t)p->via->id;
	spell_path(place, f->path, sizeof f->path);
	return f;
}

static void
check_field(const struct place *place)
{
	const ProtobufCFieldDescriptor *f = place->via;

	if (place->depth > SCHEMA_DEPTH_MAX) broken("too deep, or recursive", f->name);
	if (f->id > 127) broken("field number over 127", f->name);
	if (f->label == PROTOBUF_C_LABEL_REQUIRED) broken("required field", f->name);
	if ((f->flags & PROTOBUF_C_FIELD_FLAG_PACKED) != 0)
		broken("packed field", f->name);
}

/* Write to OUT the branch with the fields from LO to HI of DESC, which are those of the
 * SIZE numbers from BASE on; returns how many branches that is. */
static unsigned
branch_out(const ProtobufCMessageDescriptor *desc, unsigned lo, unsigned hi,
    unsigned base, unsigned size, struct schema_branch *out)
{
	unsigned half = size / 2, mid = lo;

	while (mid < hi && desc->fields[mid].id < base + half) mid++;
	if (hi - lo > 1 && mid == lo)
		return branch_out(desc, lo, hi, base + half, half, out);
	if (hi - lo > 1 && mid == hi) return branch_out(desc, lo, hi, base, half, out);
	*out = (struct schema_branch){.lo = (uint8_t)lo, .hi = (uint8_t)hi};
	if (hi - lo == 1) return 1;
	unsigned left = branch_out(desc, lo, mid, base, half, out + 1);
	out->right    = (uint8_t)(1 + left);
	return 1 + left + branch_out(desc, mid, hi, base + half, half, out + 1 + left);
}

/* The branches of DESC: RIGHT counts from the first of them. */
static struct schema_branch *
branches_of(const ProtobufCMessageDescriptor *desc)
{
	const unsigned n = desc->n_fields;

	if (n == 0 || n > FIELDS_MAX) broken("no fields, or too many", desc->name);
	struct schema_branch *all  = must_calloc((size_t)2 * n, sizeof *all);
	unsigned              size = 2;
	while (size <= desc->fields[n - 1].id) size *= 2;
	unsigned made = branch_out(desc, 0, n, 0, size, all);
	for (unsigned i = 0; i < made; i++)
		if (all[i].right != 0) all[i].right = (uint8_t)(all[i].right + i);
	return all;
}

static struct schema_node *
build(const ProtobufCMessageDescriptor *desc, const struct place *up, bool person)
{
	struct schema_node *node = must_calloc(1, sizeof *node);

	node->desc     = desc;
	node->via      = up->via;
	node->person   = person;
	node->leaf     = must_calloc(desc->n_fields, sizeof(struct schema_field *));
	node->child    = must_calloc(desc->n_fields, sizeof(struct schema_node *));
	node->branches = branches_of(desc);
	for (unsigned i = 0; i < desc->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &desc->fields[i];
		struct place here = {.up = up, .via = f, .depth = up->depth + 1};
		check_field(&here);
		if (f->type == PROTOBUF_C_TYPE_MESSAGE)
			node->child[i] = build(f->descriptor, &here,
			    person || f->descriptor == &sluis__person__descriptor);
		else
			node->leaf[i] = add_leaf(&here);
	}
	return node;
}

static int
compare_paths(const void *a, const void *b)
{
	const struct schema_field *const *one = a, *const *other = b;

	return strcmp((*one)->path, (*other)->path);
}

static void
sort_paths(void)
{
	for (size_t i = 0; i < the_schema.n_fields; i++)
		by_path[i] = &the_schema.fields[i];
	qsort(by_path, the_schema.n_fields, sizeof by_path[0], compare_paths);
}

const struct schema *
schema_signal(void)
{
	if (the_schema.root == NULL) {
		struct place        root = {0};
		struct schema_node *node =
		    build(&sluis__signal__descriptor, &root, false);
		sort_paths();
		the_schema.root = node;
	}
	return &the_schema;
}

/* --- looking up ----------------------------------------------------------------------
 */

static int
compare_to_path(const void *path, const void *field)
{
	const struct schema_field *const *f = field;

	return strcmp(path, (*f)->path);
}

const struct schema_field *
schema_find(const char *path)
{
	const struct schema_field *const *found = bsearch(
	    path, by_path, schema_signal()->n_fields, sizeof by_path[0], compare_to_path);

	return found != NULL ? *found : NULL;
}

rc
schema_pack(const struct schema_field *field, struct buf *out)
{
	uint8_t packed[1 + SCHEMA_DEPTH_MAX] = {field->depth};

	memcpy(packed + 1, field->numbers, field->depth);
	return buf_append(out, slice_of(packed, (size_t)1 + field->depth));
}

/* Follow NUMBERS down from the root; NULL unless they end at a leaf. */
static const struct schema_field *
follow(const uint8_t *numbers, size_t n)
{
	const struct schema_node *node = schema_signal()->root;

	for (size_t i = 0; i < n; i++) {
		const ProtobufCFieldDescriptor *f =
		    protobuf_c_message_descriptor_get_field(node->desc, numbers[i]);
		if (f == NULL) return NULL;
		size_t k = (size_t)(f - node->desc->fields);
		if (node->child[k] == NULL) return i + 1 == n ? node->leaf[k] : NULL;
		node = node->child[k];
	}
	return NULL;
}

rc
schema_unpack(struct slice *rest, const struct schema_field **ret)
{
	if (rest->n == 0) return RC_MALFORMED;
	size_t n = rest->p[0];
	if (n > SCHEMA_DEPTH_MAX || n > rest->n - 1) return RC_MALFORMED;

	const struct schema_field *f = follow(rest->p + 1, n);
	if (f == NULL) return RC_MALFORMED;
	*rest = slice_of(rest->p + 1 + n, rest->n - 1 - n);
	*ret  = f;
	return RC_OK;
}
