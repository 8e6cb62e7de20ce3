/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * yaml.h - YAML files read strictly, every complaint with its line and column.
 *
 * A thin layer over libyaml's events.  libcyaml would map files to structs
 * but forgets where a value stood, and a privacy officer needs file:line:column
 * for what is wrong in meaning, not only in syntax.  So: only plain mappings,
 * sequences and scalars; anchors, aliases, tags, merge keys, repeated keys, a
 * second document, more than 32 levels or 100,000 nodes refuse the file; a key
 * that nobody asked for is an error.
 *
 * Pure.  Also used for sluisd's and sluis's own configuration files.
 */
#ifndef SLUIS_POLICY_YAML_H
#define SLUIS_POLICY_YAML_H

#include "policy/policy.h"

struct yaml_file;
struct yaml_node; /* borrowed from its file */

/* Parse TEXT, which is called NAME in findings.  RC_POLICY with a finding on failure. */
MUST rc yaml_parse(const char *name, struct slice text, struct yaml_file **ret,
    struct findings *findings);
void    yaml_destroy(struct yaml_file **fp);

/* The outermost node. */
const struct yaml_node *yaml_root(const struct yaml_file *f);

/* Add a fatal finding at NODE (RC_POLICY is returned for convenience). */
__attribute__((format(printf, 3, 4))) rc yaml_complain(
    struct findings *findings, const struct yaml_node *node, const char *format, ...);

/* The same, not fatal. */
__attribute__((format(printf, 3, 4))) void yaml_warn(
    struct findings *findings, const struct yaml_node *node, const char *format, ...);

/* The value of KEY in mapping MAP and a mark that it was asked for; NULL if absent or
 * if MAP is no mapping.  KEY must outlive the file: it may be suggested later. */
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);

/* Complain about every key of MAP that yaml_get() was never asked for. */
MUST rc yaml_no_more_keys(const struct yaml_node *map, struct findings *findings);

bool   yaml_is_map(const struct yaml_node *n);
bool   yaml_is_list(const struct yaml_node *n);
size_t yaml_length(const struct yaml_node *n); /* entries of a map or list */
const struct yaml_node *yaml_item(const struct yaml_node *list, size_t i);
const char             *yaml_key(
                const struct yaml_node *map, size_t i); /* i-th key, marked as asked for */
const struct yaml_node *yaml_key_node(
    const struct yaml_node *map, size_t i); /* for complaints */
const struct yaml_node *yaml_value(const struct yaml_node *map, size_t i);
const char *yaml_text(const struct yaml_node *scalar); /* NULL unless a scalar */
unsigned    yaml_line(const struct yaml_node *n);      /* 1-based */
unsigned    yaml_column(const struct yaml_node *n);
const char *yaml_name(const struct yaml_node *n); /* of its file */

#endif
