/* SPDX-License-Identifier: EUPL-1.2 */
/* yaml.c - reading the tree, and saying where in it something is wrong. */
#include "policy/yaml.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "policy/near.h"
#include "policy/yaml_tree.h"

/* --- findings -------------------------------------------------------------------- */

static void
make_printable(char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7f) *text = '?';
	}
}

static struct finding *
new_finding(struct findings *f, const char *file, unsigned line, unsigned column)
{
	if (f == NULL || f->n >= FINDINGS_MAX) return NULL;
	struct finding *at = &f->at[f->n++];
	*at = (struct finding){.line = line, .column = column, .fatal = true};
	(void)snprintf(at->file, sizeof at->file, "%s", file);
	return at;
}

rc
yaml_complain_at(struct findings *f, const char *file, unsigned line, unsigned column,
    const char *format, ...)
{
	struct finding *at = new_finding(f, file, line, column);
	if (at == NULL) return RC_POLICY;
	va_list args;
	va_start(args, format);
	(void)vsnprintf(at->text, sizeof at->text, format, args);
	va_end(args);
	make_printable(at->text);
	return RC_POLICY;
}

__attribute__((format(printf, 4, 0))) static rc
complain_va(struct findings *f, const struct yaml_node *node, bool fatal,
    const char *format, va_list args)
{
	struct finding *at = new_finding(f, node->file->name, node->line, node->column);
	if (at == NULL) return RC_POLICY;
	at->fatal = fatal;
	(void)vsnprintf(at->text, sizeof at->text, format, args);
	make_printable(at->text);
	return RC_POLICY;
}

rc
yaml_complain(
    struct findings *findings, const struct yaml_node *node, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	rc code = complain_va(findings, node, true, format, args);
	va_end(args);
	return code;
}

void
yaml_warn(
    struct findings *findings, const struct yaml_node *node, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	ignore(complain_va(findings, node, false, format, args));
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
		const char *near = nearest(key->text, asked_at, map->asked);
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
