/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * candidate.h - a policy in a folder, as its parties bring it: the shipped texts under
 * another version, and signatures under them.
 *
 * What goes wrong here itself aborts.
 */
#ifndef SLUIS_TESTS_CANDIDATE_H
#define SLUIS_TESTS_CANDIDATE_H

#include "support/region.h"

#define OIN_OM "00000099000000060000"

/* Write N bytes of TEXT into file NAME of FOLDER. */
void candidate_put(const char *folder, const char *name, const char *text, size_t n);

/* The shipped policy as VERSION into FOLDER, which is made anew, without signatures. */
void candidate_write(const char *folder, unsigned version);

struct pen { /* how a signature is made; zero: soundly, by the region's CA, now */
	struct ca  *ca;
	int64_t     from_s, to_s;
	bool        other_bundle, other_version;
	const char *name; /* of the file */
};

/* OIN signs what stands in FOLDER; returns the certificate, to be wiped. */
struct buf candidate_sign_with(
    struct region *r, const char *folder, const char *oin, struct pen pen);

void candidate_sign(struct region *r, const char *folder, const char *oin);

/* By as many as the shipped lists ask. */
void candidate_sign_enough(struct region *r, const char *folder);

#endif
