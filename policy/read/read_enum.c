/* SPDX-License-Identifier: EUPL-1.2 */
/* read_enum.c - a value of a protobuf enum by its name, as a policy writes it. */
#include <ctype.h>
#include <string.h>

#include "policy/read/read.h"

struct words { /* the names of an enum but for its value 0 */
	struct reader                 *r;
	const ProtobufCEnumDescriptor *desc;
	const char                    *prefix;
};

/* The name of value I without its prefix, in small letters; NULL for the value 0. */
static const char *
word_of(const struct words *w, size_t i)
{
	const char *name = w->desc->values[i].name;
	size_t      skip = strlen(w->prefix);
	if (w->desc->values[i].value == 0) return NULL;
	if (strncmp(name, w->prefix, skip) != 0) skip = 0;
	char *word = arena_copy(w->r->arena, name + skip, strlen(name + skip));
	for (char *c = word; c != NULL && *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	return word;
}

static const char *
word_at(const void *arg, size_t i)
{
	const struct words *w = arg;
	for (size_t k = 0; k < w->desc->n_values; k++)
		if (w->desc->values[k].value != 0 && i-- == 0) return word_of(w, k);
	return NULL;
}

int
read_enum(struct reader *r, const struct yaml_node *node,
    const ProtobufCEnumDescriptor *desc, const char *prefix, const char *kind)
{
	struct words w    = {r, desc, prefix};
	const char  *text = yaml_text(node);
	if (text == NULL) {
		read_complain(
		    r, node, "a %s must be one name", finding_tr(r->findings, kind));
		return 0;
	}
	for (size_t i = 0; i < desc->n_values; i++) {
		const char *word = word_of(&w, i);
		if (word != NULL && strcmp(word, text) == 0) return desc->values[i].value;
	}
	read_unknown(r, node, kind, word_at, &w);
	return 0;
}
