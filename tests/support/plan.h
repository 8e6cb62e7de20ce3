/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * plan.h - a chain and its lists from lines that say how they depart from sound ones.
 *
 * The sound one is root -> leaf, with "mids N" root -> mid -> mid2 -> mid3 -> leaf, and a
 * current list of every authority.  A line is WHO WHAT VALUE:
 *
 *	root, root2, mid, mid2, mid3, leaf
 *	    constraints, usage, extended, subject-id, authority-id, serial, name, digest
 *	                    as in a struct recipe; "-" leaves it out
 *	    from, to        "+3d", "-10s": from FORGE_NOW
 *	    key             a curve, "rsa-3072", "dsa-2048", "of WHO"
 *	    issuer          another's name; "-": self-signed
 *	    spoil           see spoils[] in plan.c; "other-algorithm"
 *	    unknown         not in the broker's file of authorities
 *	    list            "-": there is none
 *	    list-WHAT       from, to, number, digest, revoked (a name), revoked-at,
 *	                    others, twice, signer (a name), entry (an extension),
 *	                    spoil, authority-id
 *	    anything else   an extension by OpenSSL's name or its number
 *
 *	mids N              how many stand between
 *
 *	sent WHO...         what is sent: otherwise leaf, its issuer, that one's
 *
 * It is judged at FORGE_NOW.  Extension 2.999.1 is nobody's: that arc is for examples.
 */
#ifndef SLUIS_TESTS_PLAN_H
#define SLUIS_TESTS_PLAN_H

#include "support/forge.h"

enum plan_who { ROOT, ROOT2, MID, MID2, MID3, LEAF, N_WHO };

struct plan_member {
	struct recipe      recipe;
	struct list_recipe list;
	struct authority   made, draft; /* draft: the same name and key, self-signed */
	const char        *key, *issuer;
	const char        *after;            /* how it is spoilt after signing */
	const char        *revoked, *signer; /* of its list */
	bool               used, unknown, no_list, nameless;
};

struct plan {
	struct plan_member of[N_WHO];
	const char        *sent;
	int                mids;
	char              *texts[32]; /* what the members above point into */
	size_t             n_texts;
};

extern const char *const plan_names[N_WHO];

int  plan_who(const char *name);
void plan_start(struct plan *p);
void plan_line(struct plan *p, const char *line);
void plan_make(struct plan *p);
void plan_end(struct plan *p);

/* What a broker says, which knows the authorities and their lists; and a recipient, which
 * knows the roots alone and no lists. */
rc plan_broker(const struct plan *p);
rc plan_recipient(const struct plan *p);

#endif
