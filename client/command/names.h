/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * names.h - recipients as people name them, and ids as people type them.
 *
 * --to takes a comma-separated list of
 *
 *	politie               the short name of a party of the region
 *	police, politie, ...  a role or an alias of one, if one party has it
 *	00000099000000030000  an OIN
 *	.../avim, ...@avim    any of these with a desk
 *
 * Pure but for id_find(), which looks into a folder.
 */
#ifndef SLUIS_CLIENT_COMMAND_NAMES_H
#define SLUIS_CLIENT_COMMAND_NAMES_H

#include "client/error.h"
#include "client/region.h"

enum { NAMED_MAX = RECIPIENTS_MAX };

struct named { /* one recipient, as asked */
	char oin[OIN_DIGITS + 1];
	char desk[DESK_MAX + 1]; /* "": the default */
};

/* Gives the neutral role for a role or alias, NULL if there is none. */
typedef const char *(*role_of)(void *arg, const char *text);

struct directory {                  /* borrowed */
	const struct sluis *region; /* for its parties */
	role_of             role;
	void               *arg;
};

/* Resolve LIST into RET (NAMED_MAX places).  RC_EMPTY_AUDIENCE for an empty list;
 * RC_USAGE with the word in E->where when a word names nobody, or more than one party. */
MUST rc names_resolve(const struct directory *d, const char *list, struct named *ret,
    size_t *ret_n, struct sluis_error *e);

/* How to show the party with this OIN and DESK: its short name, else "OIN/DESK", into
 * OUT. */
enum { LABEL_MAX = 64 };
const char *names_label(
    const struct sluis *region, const char *oin, const char *desk, char out[LABEL_MAX]);

/* 32 hex digits to an id. */
bool id_parse(const char *text, uint8_t id[ID_BYTES]);

/* The id that TEXT names: 32 hex digits, or the first four or more of just one that is
 * kept in DIR/BOX with SUFFIX.  RC_NOT_FOUND, RC_USAGE (ambiguous); else why the store
 * cannot be read, in *E (may be NULL) too. */
MUST rc id_find(const char *text, const char *dir, const char *box, const char *suffix,
    struct sluis_error *e, uint8_t id[ID_BYTES]);

#endif
