/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * region.h - region.json: where the broker is, which keys are its, who takes part.
 *
 *	{ "origin": "sluis.example/rivierenland",
 *	  "endpoint": "tcp://...",
 *	  "endpoint_audit": "tcp://...",
 *	  "endpoint_enrol": "tcp://...",
 *	  "broker_curve_public": "<40 characters Z85>",
 *	  "verifier": "<vkey>",
 *	  "cover_s": 60,
 *	  "anchors": "anchors.pem",
 *	  "trust": "trust",
 *	  "parties": [ {"name","organisation","oin","role","desk"}, ... ] }
 *
 * It holds no secret, but everything rests on it: whoever changes the two keys sends
 * us to another broker, and whoever changes the anchors makes senders up.  It comes from
 * the region by a trusted way, and is read only.  Files that it names lie beside it.
 *
 * While the broker's CURVE key changes, "next" may say where the new one is served, in
 * an object with the same four names.  Who cannot get in at the one place tries the other
 * (request.c), so a file that names both is good before, during and after the change.
 *
 * The trust file has a line `log <vkey>` for every key that ever signed the journal:
 * proofs by any of them hold.
 */
#ifndef SLUIS_CLIENT_REGION_H
#define SLUIS_CLIENT_REGION_H

#include <jansson.h>

#include "client/error.h"
#include "proto/limits.h"
#include "proto/note.h"

enum {
	COVER_MAX_S        = 3600,
	ENDPOINT_MAX       = 128,
	FILE_PATH_MAX      = 4096,
	REGION_FILE_MAX    = 255,
	NAME_MAX_BYTES     = 64,
	ORGANISATION_BYTES = 128,
	SITES_MAX          = 2,
	Z85_KEY_CHARS      = 40
};

struct member { /* one desk of one party */
	char name[NAME_MAX_BYTES + 1];
	char organisation[ORGANISATION_BYTES + 1];
	char oin[OIN_DIGITS + 1];
	char role[DESK_MAX + 1];
	char desk[DESK_MAX + 1];
};

struct site { /* where the broker is served with one of its CURVE keys */
	char    endpoint[ENDPOINT_MAX + 1];
	char    endpoint_audit[ENDPOINT_MAX + 1];
	char    endpoint_enrol[ENDPOINT_MAX + 1];
	uint8_t curve_public[KEY_BYTES];
};

struct region {
	char                 file[FILE_PATH_MAX]; /* where it was read; "" if nowhere */
	char                 origin[NOTE_NAME_MAX + 1];
	unsigned             n_sites; /* 1, or 2 while its CURVE key changes */
	struct site          sites[SITES_MAX];
	struct note_verifier verifier; /* its name is the origin; former keys too */
	unsigned             cover_s; /* what is about layer 2 takes up to so long more */
	char anchors[REGION_FILE_MAX + 1]; /* who vouches for senders; "" if not named */
	char trust[REGION_FILE_MAX + 1]; /* who are witnesses (C2SP tlog-policy); or "" */
	size_t         n_members;
	struct member *members; /* owned */
};

MUST rc region_read(const char *path, struct region *ret, struct sluis_error *e);
void    region_wipe(struct region *r);

/* Write R as PATH. */
MUST rc region_write(const char *path, const struct region *r);

/* The path of NAME, as R names a file of its own, into OUT.  RC_CONFIG when it is too
 * long. */
MUST rc region_beside(const struct region *r, const char *name, char out[FILE_PATH_MAX]);

/* One member from its JSON OBJECT in file PATH, and back. */
MUST rc member_read(
    const char *path, const json_t *object, struct member *ret, struct sluis_error *e);
json_t *member_json(const struct member *m);

/* "DIR/NAME", or NAME if that is absolute, into OUT; RC_CONFIG when that is too long. */
MUST rc path_join(char out[FILE_PATH_MAX], const char *dir, const char *name);

/* Exactly 20 digits? */
bool oin_is_valid(const char *text);

/* 40 Z85 characters to a raw key. */
MUST rc z85_read(const char *text, uint8_t key[KEY_BYTES]);

#endif
