/* SPDX-License-Identifier: EUPL-1.2 */
/* read_fields.c - which fields a rule, bar or invariant speaks of: names of categories,
 * or paths. */
#include <string.h>

#include "policy/read/read.h"

static const char *
category_at(const void *arg, size_t i)
{
	const struct policy *p = arg;
	return i < p->n_categories ? p->categories[i].id : NULL;
}

static const char *
field_at(const void *arg, size_t i)
{
	const struct schema *s = arg;
	return i < s->n_fields ? s->fields[i].path : NULL;
}

static void
add_category(struct reader *r, const struct yaml_node *entry, struct fieldset *into)
{
	const struct policy *p    = r->policy;
	const char          *word = yaml_text(entry);
	size_t               i    = 0;
	if (word == NULL) {
		read_complain(r, entry, "a category must be one name");
		return;
	}
	while (i < p->n_categories && strcmp(p->categories[i].id, word) != 0) i++;
	if (i == p->n_categories) read_unknown(r, entry, N_("category"), category_at, p);
	for (unsigned f = 0; i < p->n_categories && f < schema_signal()->n_fields; f++) {
		if (p->category_of[f] == i) fieldset_add(into, f);
	}
}

static void
add_field(struct reader *r, const struct yaml_node *entry, struct fieldset *into)
{
	const char                *word = yaml_text(entry);
	const struct schema_field *f    = word == NULL ? NULL : schema_find(word);
	if (word == NULL)
		read_complain(r, entry, "a field must be one path");
	else if (f == NULL)
		read_unknown(r, entry, N_("field"), field_at, schema_signal());
	else
		fieldset_add(into, f->index);
}

static bool
read_into(struct reader *r, const struct yaml_node *map, const char *key,
    void (*add)(struct reader *, const struct yaml_node *, struct fieldset *),
    struct fieldset *into)
{
	const struct yaml_node *node = yaml_get(map, key);
	if (node == NULL) return false;
	size_t n = read_count(node);
	if (n == 0 || n > NAMES_MAX)
		read_complain(r, node, "'%s' must name 1 to %d", key, NAMES_MAX);
	for (size_t i = 0; i < n && i < NAMES_MAX; i++) add(r, read_entry(node, i), into);
	return true;
}

bool
read_categories_in(
    struct reader *r, const struct yaml_node *map, const char *key, struct fieldset *into)
{
	return read_into(r, map, key, add_category, into);
}

bool
read_fields_in(
    struct reader *r, const struct yaml_node *map, const char *key, struct fieldset *into)
{
	return read_into(r, map, key, add_field, into);
}
