/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * issue.h - making a party folder: certificate, bound keys, key binding.
 *
 * Everything the broker must believe about a desk is made here, by the region's own CA
 * (certs/ca.h) for tests and small regions.  A large region issues certificates
 * elsewhere and this makes only the keys and the binding.
 */
#ifndef SLUIS_CLIENT_COMMAND_ISSUE_H
#define SLUIS_CLIENT_COMMAND_ISSUE_H

#include "certs/binding.h"
#include "client/folder.h"

enum { CERTIFICATE_DAYS = 365, BINDING_DAYS = 60 };

struct issue {                       /* borrowed */
	const char          *ca_dir; /* the CA that vouches */
	const char          *dir;    /* the new party folder; must not exist */
	const struct member *member;
	const char          *region; /* path of region.json as seen from DIR */
	const char          *origin; /* the broker it binds to */
};

/* Make the folder.  RC_CONFIG if it exists; the place of a mistake goes to *E. */
MUST rc issue_party(const struct issue *what, struct sluis_error *e);

/* Bind KEYS for the certificate in folder DIR, with SEQUENCE; the envelope to OUT. */
MUST rc issue_binding(const char *dir, const char *origin, const struct keys *keys,
    uint64_t sequence, struct buf *out);

/* What the binding NAME in DIR says, its signature unchecked (it is our own file). */
MUST rc issue_read_binding(const char *dir, const char *name, struct binding *ret);

/* mkdir -p for the last component only, mode 0700; RC_CONFIG if it is there already. */
MUST rc dir_make(const char *path);

#endif
