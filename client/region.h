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
 *	  "parties": [ {"name","organisation","oin","role","desk"}, ... ] }
 *
 * It holds no secret, but everything rests on it: whoever changes the two keys sends
 * us to another broker.  It comes from the region by a trusted way, and is read only.
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
	NAME_MAX_BYTES     = 64,
	ORGANISATION_BYTES = 128,
	Z85_KEY_CHARS      = 40
};

struct member { /* one desk of one party */
	char name[NAME_MAX_BYTES + 1];
	char organisation[ORGANISATION_BYTES + 1];
	char oin[OIN_DIGITS + 1];
	char role[DESK_MAX + 1];
	char desk[DESK_MAX + 1];
};

struct region {
	char                 origin[NOTE_NAME_MAX + 1];
	char                 endpoint[ENDPOINT_MAX + 1];
	char                 endpoint_audit[ENDPOINT_MAX + 1];
	char                 endpoint_enrol[ENDPOINT_MAX + 1];
	uint8_t              curve_public[KEY_BYTES]; /* the broker's */
	struct note_verifier verifier;                /* its name is the origin */
	unsigned             cover_s; /* what is about layer 2 takes up to so long more */
	size_t               n_members;
	struct member       *members; /* owned */
};

MUST rc region_read(const char *path, struct region *ret, struct sluis_error *e);
void    region_wipe(struct region *r);

/* Write R as PATH. */
MUST rc region_write(const char *path, const struct region *r);

/* One member from its JSON OBJECT in file PATH, and back. */
MUST rc member_read(
    const char *path, const json_t *object, struct member *ret, struct sluis_error *e);
json_t *member_json(const struct member *m);

/* Exactly 20 digits? */
bool oin_is_valid(const char *text);

/* 40 Z85 characters to a raw key. */
MUST rc z85_read(const char *text, uint8_t key[KEY_BYTES]);

#endif
