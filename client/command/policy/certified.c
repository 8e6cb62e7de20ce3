/* SPDX-License-Identifier: EUPL-1.2 */
/* certified.c - looking through a folder of certificate chains. */
#include "client/command/policy/certified.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certs/file.h"
#include "client/folder.h"
#include "policy/finding.h"
#include "proto/auto.h"

enum { CHAIN_MAX = 64 * 1024 };

struct search {
	const struct policy *p;
	const struct trust  *trust;
	int64_t              now_s;
	bool                *found; /* by party */
};

static void
close_dir(DIR **dir)
{
	if (*dir != NULL) closedir(*dir);
}

static void
look_at(struct search *s, const char *path)
{
	AUTO(buf_wipe) struct buf chain = buf_init(CHAIN_MAX);
	struct holder             holder;
	if (file_read(path, CHAIN_MAX, false, &chain) != RC_OK ||
	    trust_check(s->trust, buf_slice(&chain), s->now_s, &holder, NULL) != RC_OK)
		return;
	for (size_t i = 0; i < policy_n_parties(s->p); i++) {
		if (strcmp(policy_party_at(s->p, i)->oin, holder.oin) == 0)
			s->found[i] = true;
	}
}

static void
look_through(struct search *s, const char *dir, DIR *entries)
{
	for (struct dirent *e; (e = readdir(entries)) != NULL;) {
		char   path[FILE_PATH_MAX * 2];
		size_t n = strlen(e->d_name);
		if (e->d_name[0] == '.') continue;
		bool pem = n > 4 && strcmp(e->d_name + n - 4, ".pem") == 0;
		(void)snprintf(path, sizeof path, "%.3000s/%.255s%s", dir, e->d_name,
		    pem ? "" : "/chain.pem");
		look_at(s, path);
	}
}

rc
certified_check(const struct policy *p, const struct trust *trust, const char *dir,
    int64_t now_s, struct findings *f)
{
	AUTO(close_dir) DIR  *entries = opendir(dir);
	AUTO(auto_free) bool *found   = calloc(policy_n_parties(p) + 1, sizeof *found);
	struct search         s       = {p, trust, now_s, found};
	if (entries == NULL) return RC_NOT_FOUND;
	if (found == NULL) return RC_NOMEM;
	look_through(&s, dir, entries);
	for (size_t i = 0; i < policy_n_parties(p); i++) {
		const struct party *party = policy_party_at(p, i);
		if (!found[i])
			finding_add(f, false,
			    finding_at("parties.yaml", party->line, party->column),
			    "%s (%s) has no certificate that counts today: it can "
			    "neither send nor receive",
			    party->name, party->oin);
	}
	return RC_OK;
}
