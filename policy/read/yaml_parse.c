/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * yaml_parse.c - libyaml events to a small tree.
 *
 * Events rather than libyaml's own document tree: that tree has already resolved
 * aliases and dropped anchors, so a file that uses them could not be refused.
 * The tree is built without recursion; depth and size are bounded as it grows.
 */
#include <stdio.h>
#include <string.h>
#include <yaml.h>

#include "policy/finding.h"
#include "policy/read/yaml_tree.h"
#include "proto/auto.h"
#include "proto/text.h"

enum {
	DEPTH_MAX = 32,
	NODES_MAX = 100000,
	KEYS_MAX  = 1000, /* in one mapping: repeated keys are found by comparing all */
	YAML_TEXT_MAX = 4096, /* bytes of one scalar */
	TREE_BYTES    = 64 * 1024 * 1024,
};

/* --- building the tree ----------------------------------------------------------- */

struct build {
	struct yaml_file *file;
	struct findings  *findings;
	struct yaml_node *open[DEPTH_MAX]; /* the collections we are inside of */
	size_t            depth;
	size_t            n_documents;
};

static rc
bad_yaml(struct build *b, yaml_mark_t at, const char *why)
{
	finding_add(b->findings, true,
	    finding_at(b->file->name, (unsigned)at.line + 1, (unsigned)at.column + 1),
	    "%s", finding_tr(b->findings, why));
	return RC_POLICY;
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
		return bad_yaml(b, at, "more than 100,000 nodes");
	if (kind != KIND_TEXT && comes_as_key(b))
		return bad_yaml(b, at, "a key must be a plain word");
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
	if (b->depth == DEPTH_MAX) return bad_yaml(b, at, "more than 32 levels deep");
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

/* Text that a person can read in one line. */
static bool
is_readable(struct slice text)
{
	int32_t c = 0;
	while (text.n > 0)
		if (text_code_point(&text, &c) != RC_OK || !text_is_plain(c))
			return false;
	return true;
}

/* Blocks, | and >, are for long sentences: their line ends are spaces, the last none. */
static size_t
join_lines(yaml_event_t *e)
{
	yaml_char_t *text = e->data.scalar.value;
	size_t       n    = e->data.scalar.length;
	if (e->data.scalar.style != YAML_LITERAL_SCALAR_STYLE &&
	    e->data.scalar.style != YAML_FOLDED_SCALAR_STYLE)
		return n;
	while (n > 0 && text[n - 1] == '\n') n--;
	for (size_t i = 0; i < n; i++)
		if (text[i] == '\n') text[i] = ' ';
	return n;
}

static rc
add_text(struct build *b, yaml_event_t *e)
{
	const yaml_char_t *text = e->data.scalar.value;
	size_t             n    = join_lines(e);
	struct yaml_node  *node;
	bool               key = comes_as_key(b);
	if (n > YAML_TEXT_MAX)
		return bad_yaml(b, e->start_mark, "more than 4,096 bytes in one text");
	if (!is_readable(slice_of(text, n)))
		return bad_yaml(b, e->start_mark,
		    "a control character, a line end or a mark of direction in a text");
	if (key && n == 2 && memcmp(text, "<<", 2) == 0)
		return bad_yaml(
		    b, e->start_mark, "merge keys are not allowed: say it in full");
	TRY(add_node(b, KIND_TEXT, e->start_mark, &node));
	node->text = arena_copy(&b->file->arena, (const char *)text, n);
	return node->text == NULL ? RC_NOMEM : RC_OK;
}

static rc
start_document(struct build *b, const yaml_event_t *e)
{
	if (b->n_documents++ > 0)
		return bad_yaml(b, e->start_mark, "a second document in one file");
	if (e->data.document_start.version_directive != NULL ||
	    e->data.document_start.tag_directives.start !=
	        e->data.document_start.tag_directives.end)
		return bad_yaml(b, e->start_mark, "directives are not allowed");
	return RC_OK;
}

static rc
refuse_decoration(
    struct build *b, yaml_mark_t at, const yaml_char_t *anchor, const yaml_char_t *tag)
{
	if (anchor != NULL)
		return bad_yaml(b, at,
		    "anchors are not allowed: nobody should have to look "
		    "elsewhere for what a rule says");
	if (tag != NULL) return bad_yaml(b, at, "tags are not allowed");
	return RC_OK;
}

static rc
take_event(struct build *b, yaml_event_t *e)
{
	switch (e->type) {
	case YAML_DOCUMENT_START_EVENT:
		return start_document(b, e);
	case YAML_ALIAS_EVENT:
		return bad_yaml(
		    b, e->start_mark, "aliases are not allowed: say it in full");
	case YAML_SCALAR_EVENT:
		TRY(refuse_decoration(
		    b, e->start_mark, e->data.scalar.anchor, e->data.scalar.tag));
		if (!e->data.scalar.plain_implicit && !e->data.scalar.quoted_implicit)
			return bad_yaml(b, e->start_mark, "tags are not allowed");
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

/* What libyaml's words for a mistake come down to; the first that is in them counts. */
static const struct {
	const char *in, *plainly;
} plain_words[] = {
    {"tab character", N_("a tab stands here; use spaces")},
    {"mapping values", N_("a ': ' in plain text: put the text between quotes; or this "
                          "line is indented too far")},
    {"expected ',' or", N_("a list or mapping between brackets is not closed: ] or }")},
    {"node content", N_("something is missing here: a value, or the ] or } that closes")},
    {"unexpected end of stream", N_("a quote is opened and never closed")},
    {"expected ':'", N_("a key without ': ' after it")},
    {"expected '-' indicator", N_("this line is indented otherwise than the one above")},
    {"expected key", N_("this line is indented otherwise than the one above")},
    {"entries are not allowed", N_("this line is indented otherwise than the one above")},
    {"keys are not allowed", N_("this line is indented otherwise than the one above")},
    {"<document start>", N_("this line is indented otherwise than the one above")},
    {"indentation", N_("this line is indented otherwise than the one above")},
};

static bool
stands_at_tab(const yaml_parser_t *parser)
{
	return parser->error == YAML_SCANNER_ERROR && parser->unread > 0 &&
	       *parser->buffer.pointer == '\t';
}

static rc
not_yaml(struct build *b, const yaml_parser_t *parser)
{
	const char *problem = parser->problem != NULL ? parser->problem : "";
	if (stands_at_tab(parser)) problem = "tab character";
	for (size_t i = 0; i < sizeof plain_words / sizeof plain_words[0]; i++) {
		if (strstr(problem, plain_words[i].in) != NULL)
			return bad_yaml(b, parser->problem_mark, plain_words[i].plainly);
	}
	finding_add(b->findings, true,
	    finding_at(b->file->name, (unsigned)parser->problem_mark.line + 1,
	        (unsigned)parser->problem_mark.column + 1),
	    "not YAML: %s", problem);
	return RC_POLICY;
}

static rc
take_events(struct build *b, yaml_parser_t *parser)
{
	for (bool done = false; !done;) {
		AUTO(yaml_event_delete) yaml_event_t event;
		memset(&event, 0, sizeof event);
		if (!yaml_parser_parse(parser, &event)) {
			if (parser->error == YAML_MEMORY_ERROR) return RC_NOMEM;
			return not_yaml(b, parser);
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
	if (file->root == NULL) {
		finding_add(findings, true, finding_at(name, 0, 0), "the file is empty");
		return RC_POLICY;
	}
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
