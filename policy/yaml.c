/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * yaml.c - libyaml events to a small tree.
 *
 * Events rather than libyaml's own document tree: that tree has already resolved
 * aliases and dropped anchors, so a file that uses them could not be refused.
 * The tree is built without recursion; depth and size are bounded as it grows.
 */
#include "policy/yaml.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

#include "policy/arena.h"
#include "policy/near.h"
#include "proto/auto.h"

enum {
	DEPTH_MAX = 32,
	NODES_MAX = 100000,
	KEYS_MAX  = 1000, /* in one mapping: repeated keys are found by comparing all */
	ASKED_MAX = 32,   /* key names remembered for suggestions */
	YAML_TEXT_MAX = 4096, /* bytes of one scalar */
	TREE_BYTES    = 64 * 1024 * 1024,
};

enum kind { KIND_TEXT, KIND_LIST, KIND_MAP };

struct asked { /* which keys the reader wanted, for "did you mean" */
	size_t      n;
	const char *names[ASKED_MAX]; /* borrowed: string literals of the readers */
};

struct yaml_node {
	const struct yaml_file *file;
	enum kind               kind;
	unsigned                line, column;
	const char             *text;  /* KIND_TEXT */
	size_t                  n;     /* items, or keys and values together */
	struct yaml_node      **items; /* a map: key, value, key, value, ... */
	bool                   *got;   /* per key of a map: yaml_get() met it */
	struct asked           *asked; /* maps only */
	struct yaml_node       *first, *last, *next; /* while it is being built */
};

struct yaml_file {
	char              name[64];
	struct arena      arena; /* owns every node and text */
	size_t            n_nodes;
	struct yaml_node *root;
};

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

__attribute__((format(printf, 5, 6))) static rc
complain_at(struct findings *f, const char *file, unsigned line, unsigned column,
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

/* --- building the tree ----------------------------------------------------------- */

struct build {
	struct yaml_file *file;
	struct findings  *findings;
	struct yaml_node *open[DEPTH_MAX]; /* the collections we are inside of */
	size_t            depth;
	size_t            n_documents;
};

static rc
refuse(struct build *b, yaml_mark_t at, const char *why)
{
	return complain_at(b->findings, b->file->name, (unsigned)at.line + 1,
	    (unsigned)at.column + 1, "%s", why);
}

/* Whether NODE would be a key of the mapping it is put into. */
static bool
comes_as_key(const struct build *b)
{
	return b->depth > 0 && b->open[b->depth - 1]->kind == KIND_MAP &&
	       b->open[b->depth - 1]->n % 2 == 0;
}

static rc
add_node(struct build *b, enum kind kind, yaml_mark_t at, struct yaml_node **ret)
{
	if (++b->file->n_nodes > NODES_MAX)
		return refuse(b, at, "more than 100,000 nodes");
	if (kind != KIND_TEXT && comes_as_key(b))
		return refuse(b, at, "a key must be a plain word");
	struct yaml_node *node = arena_alloc(&b->file->arena, 1, sizeof *node);
	if (node == NULL) return RC_NOMEM;
	node->file   = b->file;
	node->kind   = kind;
	node->line   = (unsigned)at.line + 1;
	node->column = (unsigned)at.column + 1;
	if (b->depth == 0) {
		b->file->root = node;
	} else {
		struct yaml_node *into = b->open[b->depth - 1];
		if (into->last != NULL)
			into->last->next = node;
		else
			into->first = node;
		into->last = node;
		into->n++;
	}
	*ret = node;
	return RC_OK;
}

static rc
open_collection(struct build *b, enum kind kind, yaml_mark_t at)
{
	struct yaml_node *node = NULL;
	if (b->depth == DEPTH_MAX) return refuse(b, at, "more than 32 levels deep");
	TRY(add_node(b, kind, at, &node));
	b->open[b->depth++] = node;
	return RC_OK;
}

static rc
refuse_repeated_key(struct build *b, const struct yaml_node *map)
{
	for (size_t i = 0; i < map->n; i += 2) {
		for (size_t j = 0; j < i; j += 2) {
			if (strcmp(map->items[i]->text, map->items[j]->text) == 0)
				return yaml_complain(b->findings, map->items[i],
				    "key '%.40s' stands here twice (first in line %u)",
				    map->items[i]->text, map->items[j]->line);
		}
	}
	return RC_OK;
}

static rc
close_collection(struct build *b)
{
	struct yaml_node *node  = b->open[--b->depth];
	struct arena     *arena = &b->file->arena;
	size_t            i     = 0;
	node->items             = arena_alloc(arena, node->n, sizeof(struct yaml_node *));
	if (node->items == NULL) return RC_NOMEM;
	for (struct yaml_node *c = node->first; c != NULL; c = c->next)
		node->items[i++] = c;
	if (node->kind != KIND_MAP) return RC_OK;
	if (node->n / 2 > KEYS_MAX)
		return yaml_complain(
		    b->findings, node, "more than 1,000 keys in one mapping");
	node->got   = arena_alloc(arena, node->n / 2, sizeof(bool));
	node->asked = arena_alloc(arena, 1, sizeof(struct asked));
	if (node->got == NULL || node->asked == NULL) return RC_NOMEM;
	return refuse_repeated_key(b, node);
}

/* Text that a person can read: no NUL, no control characters but line ends. */
static bool
is_readable(const yaml_char_t *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if ((text[i] < 0x20 && text[i] != '\n') || text[i] == 0x7f) return false;
	}
	return true;
}

static rc
add_text(struct build *b, const yaml_event_t *e)
{
	const yaml_char_t *text = e->data.scalar.value;
	size_t             n    = e->data.scalar.length;
	struct yaml_node  *node;
	bool               key = comes_as_key(b);
	if (n > YAML_TEXT_MAX)
		return refuse(b, e->start_mark, "more than 4,096 bytes in one text");
	if (!is_readable(text, n))
		return refuse(b, e->start_mark, "a control character in a text");
	if (key && n == 2 && memcmp(text, "<<", 2) == 0)
		return refuse(
		    b, e->start_mark, "merge keys are not allowed: say it in full");
	TRY(add_node(b, KIND_TEXT, e->start_mark, &node));
	node->text = arena_copy(&b->file->arena, (const char *)text, n);
	return node->text == NULL ? RC_NOMEM : RC_OK;
}

static rc
start_document(struct build *b, const yaml_event_t *e)
{
	if (b->n_documents++ > 0)
		return refuse(b, e->start_mark, "a second document in one file");
	if (e->data.document_start.version_directive != NULL ||
	    e->data.document_start.tag_directives.start !=
	        e->data.document_start.tag_directives.end)
		return refuse(b, e->start_mark, "directives are not allowed");
	return RC_OK;
}

static rc
refuse_decoration(
    struct build *b, yaml_mark_t at, const yaml_char_t *anchor, const yaml_char_t *tag)
{
	if (anchor != NULL)
		return refuse(b, at,
		    "anchors are not allowed: nobody should have to look "
		    "elsewhere for what a rule says");
	if (tag != NULL) return refuse(b, at, "tags are not allowed");
	return RC_OK;
}

static rc
take_event(struct build *b, const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_DOCUMENT_START_EVENT:
		return start_document(b, e);
	case YAML_ALIAS_EVENT:
		return refuse(
		    b, e->start_mark, "aliases are not allowed: say it in full");
	case YAML_SCALAR_EVENT:
		TRY(refuse_decoration(
		    b, e->start_mark, e->data.scalar.anchor, e->data.scalar.tag));
		if (!e->data.scalar.plain_implicit && !e->data.scalar.quoted_implicit)
			return refuse(b, e->start_mark, "tags are not allowed");
		return add_text(b, e);
	case YAML_SEQUENCE_START_EVENT:
		TRY(refuse_decoration(b, e->start_mark, e->data.sequence_start.anchor,
		    e->data.sequence_start.tag));
		return open_collection(b, KIND_LIST, e->start_mark);
	case YAML_MAPPING_START_EVENT:
		TRY(refuse_decoration(b, e->start_mark, e->data.mapping_start.anchor,
		    e->data.mapping_start.tag));
		return open_collection(b, KIND_MAP, e->start_mark);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return close_collection(b);
	default:
		return RC_OK;
	}
}

static rc
take_events(struct build *b, yaml_parser_t *parser)
{
	for (bool done = false; !done;) {
		AUTO(yaml_event_delete) yaml_event_t event;
		memset(&event, 0, sizeof event);
		if (!yaml_parser_parse(parser, &event)) {
			if (parser->error == YAML_MEMORY_ERROR) return RC_NOMEM;
			return refuse(b, parser->problem_mark,
			    parser->problem != NULL ? parser->problem : "not YAML");
		}
		TRY(take_event(b, &event));
		done = event.type == YAML_STREAM_END_EVENT;
	}
	return RC_OK;
}

rc
yaml_parse(const char *name, struct slice text, struct yaml_file **ret,
    struct findings *findings)
{
	AUTO(yaml_destroy) struct yaml_file   *file = calloc(1, sizeof *file);
	AUTO(yaml_parser_delete) yaml_parser_t parser;
	memset(&parser, 0, sizeof parser);
	if (file == NULL || !yaml_parser_initialize(&parser)) return RC_NOMEM;
	(void)snprintf(file->name, sizeof file->name, "%s", name);
	file->arena = arena_init(TREE_BYTES);
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
	    &parser, text.n > 0 ? text.p : (const uint8_t *)"", text.n);
	struct build build = {.file = file, .findings = findings};
	TRY(take_events(&build, &parser));
	if (file->root == NULL)
		return complain_at(findings, name, 0, 0, "the file is empty");
	*ret = TAKE(file);
	return RC_OK;
}

void
yaml_destroy(struct yaml_file **fp)
{
	if (*fp == NULL) return;
	arena_wipe(&(*fp)->arena);
	free(*fp);
	*fp = NULL;
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
