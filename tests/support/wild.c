/* SPDX-License-Identifier: EUPL-1.2 */
/* wild.c - random messages by descriptor. */
#include "support/wild.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
need(bool holds)
{
	if (!holds) abort();
}

uint64_t
wild_next(struct wild *w) /* splitmix64 */
{
	uint64_t z = (w->state += 0x9e3779b97f4a7c15u);
	z          = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z          = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static unsigned
below(struct wild *w, unsigned n)
{
	return (unsigned)(wild_next(w) % n);
}

/* --- making ---------------------------------------------------------------------- */

static bool
is_bsn(const char *d)
{
	int sum = 0;
	for (int i = 0; i < 9; i++) sum += (d[i] - '0') * (i == 8 ? -1 : 9 - i);
	return sum % 11 == 0;
}

static char *
bsn(struct wild *w)
{
	char text[16];
	do (void)snprintf(text, sizeof text, "99%07u", below(w, 10000000));
	while (!is_bsn(text));
	return strdup(text);
}

/* What can be normalised or generalised gets a proper value most of the time. */
static char *
text_for(struct wild *w, const ProtobufCFieldDescriptor *f)
{
	char *text = NULL;
	int   n    = 0;

	if (below(w, 8) == 0) /* of no form: cannot be normalised */
		n = asprintf(&text, "~%016" PRIx64 "~", wild_next(w));
	else if (strcmp(f->name, "bsn") == 0)
		return bsn(w);
	else if (strstr(f->name, "birth_date") != NULL)
		n = asprintf(&text, "%04u-%02u-%02u", 1950 + below(w, 74),
		    1 + below(w, 12), 1 + below(w, 28));
	else if (strcmp(f->name, "postcode") == 0)
		n = asprintf(&text, "%04u %c%c", 1000 + below(w, 9000),
		    'A' + (int)below(w, 26), 'A' + (int)below(w, 26));
	else if (strcmp(f->name, "house_number") == 0)
		n = asprintf(
		    &text, "%u%c", 1000 + below(w, 90000), 'A' + (int)below(w, 26));
	else if (strcmp(f->name, "phone") == 0)
		n = asprintf(&text, "+316%08u", below(w, 100000000));
	else if (strcmp(f->name, "kvk_number") == 0)
		n = asprintf(&text, "%08u", below(w, 100000000));
	else if (strcmp(f->name, "plate") == 0)
		n = asprintf(&text, "Q%07u", below(w, 10000000));
	else
		n = asprintf(&text, "w%c%c%012" PRIx64, 'a' + (int)below(w, 26),
		    'a' + (int)below(w, 26), wild_next(w) & 0xffffffffffffu);
	need(n > 0);
	return text;
}

static int
enum_value(struct wild *w, const ProtobufCFieldDescriptor *f)
{
	const ProtobufCEnumDescriptor *e = f->descriptor;
	return e->values[below(w, e->n_values)].value;
}

static ProtobufCMessage *wild_message(
    struct wild *w, const ProtobufCMessageDescriptor *d);

static void
fill_value(struct wild *w, const ProtobufCFieldDescriptor *f, void *slot)
{
	uint64_t v = wild_next(w);
	switch (f->type) {
	case PROTOBUF_C_TYPE_STRING:
		*(char **)slot = text_for(w, f);
		break;
	case PROTOBUF_C_TYPE_MESSAGE:
		*(ProtobufCMessage **)slot = wild_message(w, f->descriptor);
		break;
	case PROTOBUF_C_TYPE_ENUM:
		*(int *)slot = enum_value(w, f);
		break;
	case PROTOBUF_C_TYPE_BOOL:
		*(protobuf_c_boolean *)slot = (protobuf_c_boolean)(v & 1);
		break;
	case PROTOBUF_C_TYPE_UINT32:
		*(uint32_t *)slot = (uint32_t)v | 0x10000000u;
		break;
	case PROTOBUF_C_TYPE_UINT64:
		*(uint64_t *)slot = v | 0x1000000000000000u;
		break;
	default:
		abort(); /* signal.proto has no other type today: teach this function */
	}
}

static void
fill_field(struct wild *w, const ProtobufCFieldDescriptor *f, ProtobufCMessage *m)
{
	char *slot = (char *)m + f->offset, *q = (char *)m + f->quantifier_offset;

	if (f->label != PROTOBUF_C_LABEL_REPEATED) {
		fill_value(w, f, slot);
		if (f->quantifier_offset != 0) *(protobuf_c_boolean *)(void *)q = 1;
		return;
	}
	size_t n = 1 + below(w, 3), size = field_size(f);
	char  *array = calloc(n, size);
	need(array != NULL);
	for (size_t i = 0; i < n; i++) fill_value(w, f, array + i * size);
	*(char **)(void *)slot = array;
	*(size_t *)(void *)q   = n;
}

static ProtobufCMessage *
wild_message(struct wild *w, const ProtobufCMessageDescriptor *d)
{
	ProtobufCMessage *m = calloc(1, d->sizeof_message);
	need(m != NULL);
	protobuf_c_message_init(d, m);
	for (unsigned i = 0; i < d->n_fields; i++)
		if (below(w, 100) < w->fields) fill_field(w, &d->fields[i], m);
	return m;
}

Sluis__Signal *
wild_signal(struct wild *w)
{
	return (Sluis__Signal *)wild_message(w, &sluis__signal__descriptor);
}

/* --- flat ------------------------------------------------------------------------ */

struct flat {
	flat_keep   keep;
	void       *arg;
	factset     facts;
	struct buf *out;
};

static void
flat_value(struct flat *x, const struct schema_field *leaf, const void *v)
{
	const char *path = leaf->path;
	rc          code = RC_INTERNAL;
	switch (leaf->desc->type) {
	case PROTOBUF_C_TYPE_STRING:
		code = buf_printf(x->out, "%s=%s\n", path, *(char *const *)v);
		break;
	case PROTOBUF_C_TYPE_BOOL:
		code =
		    buf_printf(x->out, "%s=%d\n", path, *(const protobuf_c_boolean *)v);
		break;
	case PROTOBUF_C_TYPE_UINT64:
		code = buf_printf(x->out, "%s=%" PRIu64 "\n", path, *(const uint64_t *)v);
		break;
	default:
		code = buf_printf(x->out, "%s=%" PRIu32 "\n", path, *(const uint32_t *)v);
	}
	need(code == RC_OK);
}

static void
flat_message(struct flat *x, const struct schema_node *node, const ProtobufCMessage *m)
{
	for (unsigned i = 0; i < node->desc->n_fields; i++) {
		const ProtobufCFieldDescriptor *f    = &node->desc->fields[i];
		const struct schema_field      *leaf = node->leaf[i];
		if (leaf != NULL && x->keep != NULL && !x->keep(x->arg, leaf, x->facts))
			continue;
		for (size_t k = 0; k < field_count(m, f); k++) {
			void *v = field_value(m, f, k);
			if (leaf != NULL)
				flat_value(x, leaf, v);
			else
				flat_message(x, node->child[i], *(ProtobufCMessage **)v);
		}
	}
}

void
flat_signal(const Sluis__Signal *signal, int32_t today, flat_keep keep, void *arg,
    struct buf *out)
{
	const struct schema_node *root = schema_signal()->root;
	struct flat               x    = {.keep = keep, .arg = arg, .out = out};

	for (unsigned i = 0; i < root->desc->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &root->desc->fields[i];
		for (size_t k = 0; k < field_count(&signal->base, f); k++) {
			ProtobufCMessage *record =
			    *(ProtobufCMessage **)field_value(&signal->base, f, k);
			x.facts = root->child[i]->person
			              ? facts_of_person((Sluis__Person *)record, today)
			              : 0;
			flat_message(&x, root->child[i], record);
		}
	}
}

bool
flat_resolve(const Sluis__Signal *signal, const char *path, const ProtobufCMessage **ret,
    const ProtobufCFieldDescriptor **ret_field)
{
	const ProtobufCMessage *m = &signal->base;
	char                    name[64];
	size_t                  index;

	for (;;) {
		size_t n = strcspn(path, ".[");
		need(n < sizeof name);
		memcpy(name, path, n);
		name[n] = '\0';
		const ProtobufCFieldDescriptor *f =
		    protobuf_c_message_descriptor_get_field_by_name(m->descriptor, name);
		path += n;
		index = 0;
		if (f == NULL) return false;
		if (*path == '[') {
			if (f->label != PROTOBUF_C_LABEL_REPEATED) return false;
			index = strtoul(path + 1, (char **)(uintptr_t)&path, 10);
			if (*path++ != ']') return false;
		}
		*ret       = m;
		*ret_field = f;
		if (*path == '\0') return f->type != PROTOBUF_C_TYPE_MESSAGE;
		if (*path++ != '.' || f->type != PROTOBUF_C_TYPE_MESSAGE) return false;
		if (index >= field_count(m, f)) return false;
		m = *(ProtobufCMessage **)field_value(m, f, index);
	}
}

bool
flat_has_empty(const ProtobufCMessage *m, const ProtobufCMessage **ret_where)
{
	for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &m->descriptor->fields[i];
		if (f->type != PROTOBUF_C_TYPE_MESSAGE) continue;
		for (size_t k = 0; k < field_count(m, f); k++) {
			const ProtobufCMessage *sub =
			    *(ProtobufCMessage **)field_value(m, f, k);
			bool some = false;
			for (unsigned j = 0; j < sub->descriptor->n_fields; j++)
				some = some ||
				       field_count(sub, &sub->descriptor->fields[j]) != 0;
			*ret_where = sub;
			if (!some || flat_has_empty(sub, ret_where)) return true;
		}
	}
	return false;
}

bool
flat_has_unknown(const ProtobufCMessage *m)
{
	if (m->n_unknown_fields != 0) return true;
	for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &m->descriptor->fields[i];
		if (f->type != PROTOBUF_C_TYPE_MESSAGE) continue;
		for (size_t k = 0; k < field_count(m, f); k++)
			if (flat_has_unknown(*(ProtobufCMessage **)field_value(m, f, k)))
				return true;
	}
	return false;
}
