/* SPDX-License-Identifier: EUPL-1.2 */
/* candidate.c - writing and signing a policy for a test. */
#include "support/candidate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "certs/endorsement.h"
#include "certs/file.h"
#include "policy/read/files.h"
#include "proto/message.h"

enum { MAX = 1 << 20 };

static void
need(bool holds)
{
	if (!holds) abort();
}

void
candidate_put(const char *folder, const char *name, const char *text, size_t n)
{
	char path[600];

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, "wb");
	need(f != NULL);
	need(fwrite(text, 1, n, f) == n);
	need(fclose(f) == 0);
}

/* TEXT with its line "version: 1" saying VERSION. */
static char *
with_version(const char *text, unsigned version)
{
	const char *at  = strstr(text, "\nversion: 1\n");
	char       *out = NULL;

	need(at != NULL);
	need(asprintf(&out, "%.*s\nversion: %u\n%s", (int)(at - text), text, version,
	         at + strlen("\nversion: 1\n")) > 0);
	return out;
}

void
candidate_write(const char *folder, unsigned version)
{
	static struct policy_files shipped;
	char                       routes[600];

	remove_folder(folder);
	need(mkdir(folder, 0700) == 0);
	(void)snprintf(routes, sizeof routes, "%s/routes", folder);
	need(mkdir(routes, 0700) == 0);
	must(policy_files_read(SOURCE_DIR "/policy", false, &shipped, NULL));
	for (size_t i = 0; i < shipped.n; i++) {
		const struct policy_file *f    = &shipped.files[i];
		AUTO(auto_free) char     *text = strndup((char *)f->bytes, f->n);
		if (strcmp(f->name, "parties.yaml") == 0) {
			char *changed = with_version(text, version);
			free(text);
			text = changed;
		}
		candidate_put(folder, f->name, text, strlen(text));
	}
	policy_files_wipe(&shipped);
}

struct buf
candidate_sign_with(struct region *r, const char *folder, const char *oin, struct pen pen)
{
	struct policy_files files = {0};
	struct buf          cert = buf_init(MAX), out = buf_init(MAX);
	struct subject      subject = {.oin = oin, .organisation = "V", .desk = "d"};
	struct endorsement  e       = {
	           .version = pen.other_version ? 99 : 0, .signed_ms = REGION_NOW_MS - 1000};
	struct policy              *p   = NULL;
	AUTO(key_destroy) EVP_PKEY *key = EVP_EC_gen("P-256");
	char                        name[300];

	must(policy_files_read(folder, false, &files, NULL));
	must(policy_files_hash(&files, &e.bundle));
	rc code = policy_files_compile(&files, &p, NULL);
	if (!pen.other_version) e.version = code == RC_OK ? policy_version(p) : 2;
	if (pen.other_bundle) e.bundle.b[31] ^= 1;
	must(ca_issue(pen.ca == NULL ? r->ca : pen.ca, &subject, key,
	    pen.from_s == 0 ? REGION_NOW_S - DAY_S : pen.from_s,
	    pen.to_s == 0 ? REGION_NOW_S + DAY_S : pen.to_s, &cert));
	must(endorsement_make(&e, buf_slice(&cert), key, &out));
	(void)snprintf(name, sizeof name, "%s/signatures", folder);
	(void)mkdir(name, 0700);
	(void)snprintf(
	    name, sizeof name, "signatures/%s.sig", pen.name == NULL ? oin : pen.name);
	candidate_put(folder, name, (const char *)out.p, out.n);
	policy_destroy(&p);
	policy_files_wipe(&files);
	buf_wipe(&out);
	return cert;
}

void
candidate_sign(struct region *r, const char *folder, const char *oin)
{
	struct buf cert = candidate_sign_with(r, folder, oin, (struct pen){.ca = NULL});
	buf_wipe(&cert);
}

void
candidate_sign_enough(struct region *r, const char *folder)
{
	candidate_sign(r, folder, OIN_MUNICIPALITY);
	candidate_sign(r, folder, OIN_POLICE);
	candidate_sign(r, folder, OIN_CARE);
	candidate_sign(r, folder, OIN_OM);
}
