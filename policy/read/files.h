/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * files.h - a policy folder as bytes: the texts and the signatures under them.
 *
 *	NAME.yaml             what a policy is compiled from, NAME.cases.yaml not
 *	routes/NAME.yaml      the same, called so in the bundle
 *	signatures/NAME.sig   who approved it (certs/endorsement.h)
 *
 * All are read through one open folder, so a folder that is swapped meanwhile gives
 * the old or the new one.
 *
 * Owns everything.
 */
#ifndef SLUIS_POLICY_FILES_H
#define SLUIS_POLICY_FILES_H

#include "policy/policy.h"

#define POLICY_ROUTES "routes"

enum {
	POLICY_FILES_MAX      = 64,
	POLICY_SIGNATURES_MAX = 256,
	POLICY_FILE_BYTES     = 1024 * 1024,
	POLICY_BUNDLE_BYTES   = 2 * 1024 * 1024, /* all texts together */
	POLICY_SIG_BYTES      = 64 * 1024,
};

struct policy_file {
	char    *name; /* "riec.yaml", "routes/zvh.yaml", "00000099000000010000.sig" */
	uint8_t *bytes;
	size_t   n;
};

struct policy_files {
	size_t             n, n_signatures;
	struct policy_file files[POLICY_FILES_MAX];
	struct policy_file signatures[POLICY_SIGNATURES_MAX];
};

/* Read DIR, its signatures too if asked.  RC_DISK, RC_POLICY with a finding; F may be
 * half filled then.  No link is followed.  A signature file that is no plain, readable
 * file of a sound name is left out, and so are those after the first 256 by name; X.yml
 * or X.YAML is too, with a warning. */
MUST rc policy_files_read(
    const char *dir, bool signatures, struct policy_files *f, struct findings *findings);
void policy_files_wipe(struct policy_files *f);

/* The cases of DIR, NAME.cases.yaml, as texts; as policy_files_read(). */
MUST rc policy_cases_read(
    const char *dir, struct policy_files *f, struct findings *findings);

/* Add a copy of a text, or of a signature.  RC_TOO_MANY, RC_TOO_LARGE. */
MUST rc policy_files_add(
    struct policy_files *f, bool signature, const char *name, struct slice bytes);

/* The texts, borrowed from F; returns how many. */
size_t policy_files_texts(
    const struct policy_files *f, struct policy_text texts[POLICY_FILES_MAX]);

/* policy_compile() and policy_texts_hash() of the texts. */
MUST rc policy_files_compile(
    const struct policy_files *f, struct policy **ret, struct findings *findings);
MUST rc policy_files_hash(const struct policy_files *f, struct hash *ret);

#endif
