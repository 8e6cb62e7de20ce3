/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * yaml_tree.h - the tree that yaml_parse.c builds and yaml.c reads; nobody else
 * includes it.
 */
#ifndef SLUIS_POLICY_YAML_TREE_H
#define SLUIS_POLICY_YAML_TREE_H

#include "policy/arena.h"
#include "policy/read/yaml.h"

enum { ASKED_MAX = 32 }; /* key names remembered for suggestions */

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

#endif
