/* SPDX-License-Identifier: EUPL-1.2 */
/* yaml.c - reading the tree, and saying where in it something is wrong. */
#include "policy/read/yaml.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "policy/finding.h"
#include "policy/read/suggest.h"
#include "policy/read/yaml_tree.h"

/* --- findings -------------------------------------------------------------------- */

static struct finding_place
place_of(const struct yaml_node *node)
{
	return finding_at(node->file->name, node->line, node->column);
}

rc
yaml_complain(
    struct findings *findings, const struct yaml_node *node, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	finding_add_va(findings, true, place_of(node), format, args);
	va_end(args);
	return RC_POLICY;
}

void
yaml_warn(
    struct findings *findings, const struct yaml_node *node, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	finding_add_va(findings, false, place_of(node), format, args);
	va_end(args);
}

/* --- reading the tree ------------------------------------------------------------ */

const struct yaml_node *
yaml_root(const struct yaml_file *f)
{
	return f->root;
}

static void
remember_asked(struct asked *asked, const char *key)
{
	for (size_t i = 0; i < asked->n; i++) {
		if (strcmp(asked->names[i], key) == 0) return;
	}
	if (asked->n < ASKED_MAX) asked->names[asked->n++] = key;
}

const struct yaml_node *
yaml_get(const struct yaml_node *map, const char *key)
{
	if (map == NULL || map->kind != KIND_MAP) return NULL;
	remember_asked(map->asked, key);
	for (size_t i = 0; i < map->n / 2; i++) {
		if (strcmp(map->items[2 * i]->text, key) != 0) continue;
		map->got[i] = true;
		return map->items[2 * i + 1];
	}
	return NULL;
}

static const char *
asked_at(const void *arg, size_t i)
{
	const struct asked *asked = arg;
	return i < asked->n ? asked->names[i] : NULL;
}

rc
yaml_no_more_keys(const struct yaml_node *map, struct findings *findings)
{
	rc code = RC_OK;
	for (size_t i = 0; map->kind == KIND_MAP && i < map->n / 2; i++) {
		const struct yaml_node *key = map->items[2 * i];
		if (map->got[i]) continue;
		const char *near = suggest(NULL, key->text, asked_at, map->asked);
		code =
		    near == NULL
		        ? yaml_complain(findings, key, "unknown key '%.40s'", key->text)
		        : yaml_complain(findings, key,
		              "unknown key '%.40s'; did you mean '%s'?", key->text, near);
	}
	return code;
}

bool
yaml_is_map(const struct yaml_node *n)
{
	return n->kind == KIND_MAP;
}

bool
yaml_is_list(const struct yaml_node *n)
{
	return n->kind == KIND_LIST;
}

size_t
yaml_length(const struct yaml_node *n)
{
	if (n->kind == KIND_MAP) return n->n / 2;
	return n->kind == KIND_LIST ? n->n : 0;
}

const struct yaml_node *
yaml_item(const struct yaml_node *list, size_t i)
{
	return list->kind == KIND_LIST && i < list->n ? list->items[i] : NULL;
}

const struct yaml_node *
yaml_key_node(const struct yaml_node *map, size_t i)
{
	return map->kind == KIND_MAP && i < map->n / 2 ? map->items[2 * i] : NULL;
}

const char *
yaml_key(const struct yaml_node *map, size_t i)
{
	const struct yaml_node *key = yaml_key_node(map, i);
	if (key == NULL) return NULL;
	map->got[i] = true;
	return key->text;
}

const struct yaml_node *
yaml_value(const struct yaml_node *map, size_t i)
{
	return map->kind == KIND_MAP && i < map->n / 2 ? map->items[2 * i + 1] : NULL;
}

const char *
yaml_text(const struct yaml_node *scalar)
{
	return scalar->kind == KIND_TEXT ? scalar->text : NULL;
}

unsigned
yaml_line(const struct yaml_node *n)
{
	return n->line;
}

unsigned
yaml_column(const struct yaml_node *n)
{
	return n->column;
}

const char *
yaml_name(const struct yaml_node *n)
{
	return n->file->name;
}
