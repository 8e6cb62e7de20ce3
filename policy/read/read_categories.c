/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * read_categories.c - categories.yaml: what kind of datum each field is.
 *
 * Every leaf field of signal.proto stands in exactly one category; that is what
 * makes silence mean no for a field that was added yesterday.
 */
#include <string.h>

#include "policy/read/read.h"

enum { UNCLASSIFIED = 0xff };

static const char *
field_at(const void *arg, size_t i)
{
	const struct schema *s = arg;
	return i < s->n_fields ? s->fields[i].path : NULL;
}

/* The field that NODE names; NULL after a complaint. */
static const struct schema_field *
field_named(struct reader *r, const struct yaml_node *node)
{
	if (node == NULL || yaml_text(node) == NULL) {
		if (node != NULL) read_complain(r, node, "a field must be one path");
		return NULL;
	}
	const struct schema_field *f = schema_find(yaml_text(node));
	if (f == NULL) read_unknown(r, node, N_("field"), field_at, schema_signal());
	return f;
}

static void
classify(struct reader *r, const struct yaml_node *node, size_t category)
{
	const struct schema_field *f = field_named(r, node);
	struct policy             *p = r->policy;
	if (f == NULL) return;
	if (p->category_of[f->index] != UNCLASSIFIED)
		read_complain(r, node, "field '%s' already stands in category '%s'",
		    f->path, p->categories[p->category_of[f->index]].id);
	else
		p->category_of[f->index] = (uint8_t)category;
}

static void
read_category(struct reader *r, const struct yaml_node *node, size_t number)
{
	struct category_info *c = &r->policy->categories[number];
	c->id = c->title_nl = c->title_en = "";
	if (!read_is_map(r, node, "a category")) return;
	c->id = read_id(r, node, "id");
	read_title(r, node, "title", &c->title_nl, &c->title_en);
	c->identifying = read_bool(r, node, "identifying");
	for (size_t i = 0; i < number; i++) {
		if (strcmp(r->policy->categories[i].id, c->id) == 0)
			read_complain(r, node, "category '%s' stands here twice", c->id);
	}
	const struct yaml_node *fields = read_list(r, node, "fields", SCHEMA_FIELDS_MAX);
	for (size_t i = 0; fields != NULL && i < yaml_length(fields); i++)
		classify(r, yaml_item(fields, i), number);
	read_no_more(r, node);
}

static void
demand_every_field(struct reader *r, const struct yaml_node *root)
{
	const struct schema *s = schema_signal();
	for (size_t i = 0; i < s->n_fields; i++) {
		if (r->policy->category_of[i] == UNCLASSIFIED)
			read_complain(r, root,
			    "field '%s' of signal.proto has no category",
			    s->fields[i].path);
	}
}

/* --- identifiers ----------------------------------------------------------------- */

static const char *
identifier_at(const void *arg, size_t i)
{
	(void)arg;
	return i <= IDENTIFIER_ADDRESS - IDENTIFIER_BSN
	           ? identifier_name((enum identifier)(IDENTIFIER_BSN + (int)i))
	           : NULL;
}

static void
read_part(struct reader *r, const struct yaml_node *node, struct identifier_info *into)
{
	if (!read_is_map(r, node, "a part")) return;
	const struct yaml_node    *as   = read_needed(r, node, "as");
	const struct schema_field *f    = field_named(r, read_needed(r, node, "field"));
	const char                *text = as == NULL ? NULL : yaml_text(as);
	enum identifier            kind =
            text == NULL ? IDENTIFIER_NONE : identifier_from_name(text);
	if (as != NULL && text == NULL)
		read_complain(r, as, "'as' must be one name");
	else if (text != NULL && kind == IDENTIFIER_NONE)
		read_unknown(r, as, N_("way to normalise"), identifier_at, NULL);
	if (f != NULL && f->desc->type != PROTOBUF_C_TYPE_STRING)
		read_complain(
		    r, node, "field '%s' is no text: it cannot identify", f->path);
	into->parts[into->n]  = f;
	into->normal[into->n] = kind;
	into->n++;
	read_no_more(r, node);
}

/* The parts must lie in one record: the same messages around all of them, but the
 * contents of an optional message inside the record count as the record's own. */
static void
demand_one_record(
    struct reader *r, const struct yaml_node *node, const struct identifier_info *id)
{
	for (size_t i = 1; i < id->n; i++) {
		if (id->parts[0] == NULL || id->parts[i] == NULL) continue;
		if (id->parts[i]->numbers[0] != id->parts[0]->numbers[0])
			read_complain(r, node,
			    "the parts of '%s' lie in different records", id->name);
	}
}

static void
read_identifier(
    struct reader *r, const struct yaml_node *node, struct identifier_info *id)
{
	id->name = "";
	if (!read_is_map(r, node, "an identifier")) return;
	id->name                      = read_id(r, node, "name");
	const struct yaml_node *parts = read_list(r, node, "parts", IDENTIFIER_PARTS_MAX);
	for (size_t i = 0; parts != NULL && i < yaml_length(parts); i++)
		read_part(r, yaml_item(parts, i), id);
	demand_one_record(r, node, id);
	read_no_more(r, node);
}

void
read_categories(struct reader *r, const struct yaml_node *root)
{
	struct policy *p = r->policy;
	memset(p->category_of, UNCLASSIFIED, sizeof p->category_of);
	if (!read_is_map(r, root, "categories.yaml")) return;
	const struct yaml_node *list = read_list(r, root, "categories", CATEGORIES_MAX);
	if (list == NULL) return;
	p->categories = read_alloc(r, yaml_length(list), sizeof *p->categories);
	for (size_t i = 0; p->categories != NULL && i < yaml_length(list); i++) {
		read_category(r, yaml_item(list, i), i);
		p->n_categories++;
	}
	demand_every_field(r, root);
	const struct yaml_node *ids = read_list(r, root, "identifiers", IDENTIFIERS_MAX);
	p->identifiers =
	    ids == NULL ? NULL : read_alloc(r, yaml_length(ids), sizeof *p->identifiers);
	for (size_t i = 0; p->identifiers != NULL && i < yaml_length(ids); i++)
		read_identifier(
		    r, yaml_item(ids, i), &p->identifiers[p->n_identifiers++]);
	read_end(r, root, "categories");
	read_no_more(r, root);
}
