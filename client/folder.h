/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * folder.h - a party folder: one desk, its keys, what it got and what it sent.
 *
 *	party.json        who we are, "region": the path of region.json from here, and
 *	                  "user" (may be absent): who acts, in our own numbering;
 *	                  SLUIS_USER goes before it
 *	keys.json         the bound keys (certs/keys.h), mode 0600
 *	certificate.pem, private-key.pem, chain.pem, binding.bin    for enrolment
 *	store.db          what it got and sent, encrypted (client/kept.h, vault.h)
 *	store.key         the key of that
 *	checkpoint        the journal's head as this folder last proved it
 *	witness.json, witnessed    its key as a witness, and what it cosigned (witness.h)
 *	forks/            heads that cannot both be true (forks.h)
 *
 * Owns: the keys in memory, wiped by folder_wipe().
 */
#ifndef SLUIS_CLIENT_FOLDER_H
#define SLUIS_CLIENT_FOLDER_H

#include "certs/keys.h"
#include "client/region.h"

struct folder {
	char          dir[FILE_PATH_MAX];
	struct member self;
	struct region region;
	struct keys   keys;
	char          user[USER_MAX + 1]; /* who acts; "": unsaid */
};

/* Read the folder DIR without its keys. */
MUST rc folder_read_who(const char *dir, struct folder *ret, struct sluis_error *e);

/* Read the folder DIR. */
MUST rc folder_read(const char *dir, struct folder *ret, struct sluis_error *e);
void    folder_wipe(struct folder *p);

/* Write party.json of M into DIR, pointing at REGION (relative to DIR). */
MUST rc folder_write(const char *dir, const struct member *m, const char *region);

#endif
