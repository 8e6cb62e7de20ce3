/* SPDX-License-Identifier: EUPL-1.2 */
/* demo.c - the files of a fictional region, and starting what they describe. */
#include "client/command/demo.h"

#include <dirent.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "certs/ca.h"
#include "client/command/complain.h"
#include "client/command/install.h"
#include "client/command/issue.h"
#include "client/command/policy/sign.h"
#include "client/command/renew.h"
#include "client/request.h"
#include "client/witness.h"
#include "proto/auto.h"

#define DEMO_ORIGIN "sluis.example/rivierenland"

/* Names of the desks of the story; who they are stands in policy/parties.yaml. */
static const struct cast {
	const char *name, *oin, *desk;
} cast[] = {
    {"meldpunt", "00000099000000010000", "meldpunt"},
    {"analist", "00000099000000010000", "analist"},
    {"aandacht", "00000099000000010000", "aandachtfunctionaris"},
    {"ketenregisseur", "00000099000000010000", "ketenregisseur"},
    {"procesregisseur", "00000099000000010000", "procesregisseur"},
    {"politie", "00000099000000020000", "avim"},
    {"teamleiding", "00000099000000020000", "teamleiding"},
    {"nla", "00000099000000030000", "opsporing"},
    {"zorgcoordinator", "00000099000000040000", "zorgcoordinator"},
    {"veiligthuis", "00000099000000050000", "meldpunt"},
    {"om", "00000099000000060000", "beleid"},
    {"belastingdienst", "00000099000000070000", "riec"},
    {"kmar", "00000099000000080000", "opsporing"},
    {"opvang", "00000099000000110000", "opvang"},
    {"comensha", "00000099000000120000", "registratie"},
    {"auditor", "00000099000000090000", "auditor"},
};

enum { N_CAST = sizeof cast / sizeof cast[0] };

/* --- folders --------------------------------------------------------------------- */

static rc
in_dir(const struct demo *d, const char *name, char out[FILE_PATH_MAX])
{
	return path_join(out, d->dir, name);
}

rc
demo_paths(struct demo *d)
{
	TRY(in_dir(d, "broker/sluisd.yaml", d->config));
	TRY(in_dir(d, "broker/sluisd.log", d->log));
	TRY(in_dir(d, "broker/ready.json", d->ready));
	TRY(in_dir(d, "sluisd.pid", d->pid));
	d->daemon = (struct daemon){.program = d->sluisd,
	    .config                          = d->config,
	    .log_file                        = d->log,
	    .ready_file                      = d->ready,
	    .pid_file                        = d->pid};
	return RC_OK;
}

static bool
has_file(const struct demo *d, const char *name)
{
	char path[FILE_PATH_MAX];

	return in_dir(d, name, path) == RC_OK && access(path, F_OK) == 0;
}

bool
demo_is_one(const struct demo *d)
{
	return has_file(d, "region.json") && has_file(d, "broker/sluisd.yaml") &&
	       has_file(d, "ca/ca.pem");
}

bool
demo_is_empty(const struct demo *d)
{
	DIR *folder = opendir(d->dir);
	bool empty  = folder != NULL;

	for (struct dirent *e; empty && (e = readdir(folder)) != NULL;)
		empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
	if (folder != NULL) (void)closedir(folder);
	return empty;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	return where->level == 0 ? 0 : remove(path);
}

/* Take back what a failed `up` made in a folder that was empty before. */
void
demo_clean_up(const struct demo *d)
{
	(void)nftw(d->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	if (d->made_dir) (void)rmdir(d->dir);
}

/* --- the broker's folder --------------------------------------------------------- */

static rc
copy_policy(const struct demo *d)
{
	char target[FILE_PATH_MAX];

	TRY(in_dir(d, "broker/policy", target));
	return install_copy(d->policy, target);
}

static rc
write_config(const struct demo *d)
{
	static const char         text[] = "# made by sluis demo up\n"
	                                   "origin: " DEMO_ORIGIN "\n"
	                                   "endpoint_agency: tcp://127.0.0.1:*\n"
	                                   "endpoint_audit: tcp://127.0.0.1:*\n"
	                                   "endpoint_enrol: tcp://127.0.0.1:*\n"
	                                   "second_agency: tcp://127.0.0.1:*\n"
	                                   "second_audit: tcp://127.0.0.1:*\n"
	                                   "second_enrol: tcp://127.0.0.1:*\n"
	                                   "state_dir: state\n"
	                                   "policy_dir: policy\n"
	                                   "anchors_file: ../ca/ca.pem\n"
	                                   "crl_file: ../ca/crl.pem\n"
	                                   "keys_file: broker-keys.json\n"
	                                   "ready_file: ready.json\n"
	                                   "trust_file: ../trust\n"
	                                   "limits:\n";
	AUTO(buf_wipe) struct buf all    = buf_init(4096);

	TRY(buf_append(&all, slice_str(text)));
	TRY(buf_printf(&all, "  cover_s: %u\n", d->region.cover_s));
	return file_write(d->config, buf_slice(&all), 0644);
}

static rc
make_folders(const struct demo *d)
{
	static const char *const names[] = {
	    "ca", "broker", "broker/policy", "broker/state", "parties"};
	char path[FILE_PATH_MAX];

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		TRY(in_dir(d, names[i], path));
		TRY(dir_make(path));
	}
	return RC_OK;
}

static rc
make_broker(struct demo *d, struct sluis_error *e)
{
	char ca[FILE_PATH_MAX];

	rc code = make_folders(d);
	if (code == RC_OK) code = in_dir(d, "ca", ca);
	if (code == RC_OK)
		code = ca_create(
		    ca, "Regio Rivierenland CA", (int64_t)(unix_ms() / 1000), CRL_DAYS);
	if (code == RC_OK) code = copy_policy(d);
	if (code == RC_OK) code = write_config(d);
	if (code != RC_OK) return error_set(e, code, d->dir, "cannot be filled");
	return daemon_generate_keys(&d->daemon, e);
}

/* --- the parties ----------------------------------------------------------------- */

/* Who C is, by the policy. */
static rc
describe(const struct policy *p, const struct cast *c, struct member *ret,
    struct sluis_error *e)
{
	const struct party *party = policy_party(p, c->oin);

	if (party == NULL || !party_has_desk(party, c->desk))
		return error_set(e, RC_POLICY, "parties.yaml",
		    "lacks a party or desk of the demo region");
	(void)snprintf(ret->name, sizeof ret->name, "%s", c->name);
	(void)snprintf(ret->organisation, sizeof ret->organisation, "%s", party->name);
	(void)snprintf(ret->oin, sizeof ret->oin, "%s", c->oin);
	(void)snprintf(ret->role, sizeof ret->role, "%s", party->role);
	(void)snprintf(ret->desk, sizeof ret->desk, "%s", c->desk);
	return RC_OK;
}

static rc
gather_members(struct demo *d, const struct policy *p, struct sluis_error *e)
{
	d->region.members = calloc(N_CAST, sizeof *d->region.members);
	if (d->region.members == NULL) return error_set(e, RC_NOMEM, NULL, NULL);
	for (size_t i = 0; i < N_CAST; i++) {
		TRY(describe(p, &cast[i], &d->region.members[i], e));
		d->region.n_members++;
	}
	return RC_OK;
}

static rc
make_party(const struct demo *d, const struct member *m, struct sluis_error *e)
{
	char ca[FILE_PATH_MAX], parties[FILE_PATH_MAX], dir[FILE_PATH_MAX];

	TRY(in_dir(d, "ca", ca));
	TRY(in_dir(d, "parties", parties));
	TRY(path_join(dir, parties, m->name));
	struct issue what = {.ca_dir = ca,
	    .dir                     = dir,
	    .member                  = m,
	    .region                  = "../../region.json",
	    .origin                  = DEMO_ORIGIN};
	return issue_party(&what, e);
}

static rc
make_parties(struct demo *d, struct sluis_error *e)
{
	for (size_t i = 0; i < d->region.n_members; i++) {
		progress(d->cli, tr("making parties"), i + 1, d->region.n_members);
		TRY(make_party(d, &d->region.members[i], e));
	}
	return RC_OK;
}

/* --- the policy ------------------------------------------------------------------ */

/* Sign P, as it stands in the broker's folder, for party M. */
static rc
sign_for(const struct demo *d, const struct policy *p, const struct member *m,
    struct sluis_error *e)
{
	struct endorsement by, former;
	char parties[FILE_PATH_MAX], dir[FILE_PATH_MAX], policy[FILE_PATH_MAX],
	    chain[FILE_PATH_MAX], key[FILE_PATH_MAX];

	TRY(in_dir(d, "parties", parties));
	TRY(path_join(dir, parties, m->name));
	TRY(path_join(chain, dir, "chain.pem"));
	TRY(path_join(key, dir, "private-key.pem"));
	TRY(in_dir(d, "broker/policy", policy));
	struct sign what = {
	    .dir = policy, .policy = p, .chain_file = chain, .key_file = key};
	return sign_policy(&what, &by, &former, e);
}

/* Whether member I is the first of its party: that desk is its witness. */
static bool
is_first(const struct demo *d, size_t i)
{
	size_t first = 0;

	while (strcmp(d->region.members[first].oin, d->region.members[i].oin) != 0)
		first++;
	return first == i;
}

/* The policy of a demo is signed by all its parties, each once. */
static rc
sign_for_all(const struct demo *d, const struct policy *p, struct sluis_error *e)
{
	const struct member *all = d->region.members;

	for (size_t i = 0; i < d->region.n_members; i++)
		if (is_first(d, i)) TRY(sign_for(d, p, &all[i], e));
	return RC_OK;
}

/* --- enrolling ------------------------------------------------------------------- */

static rc
enrol_party(const struct demo *d, const struct member *m, struct sluis_error *e)
{
	AUTO(sluis_close) struct sluis                 *s = NULL;
	AUTO(sluis_result_destroy) struct sluis_result *r = NULL;
	char parties[FILE_PATH_MAX], dir[FILE_PATH_MAX];

	TRY(in_dir(d, "parties", parties));
	TRY(path_join(dir, parties, m->name));
	TRY(code_in(sluis_open(&s, dir, e)));
	rc code = code_in(sluis_enrol(s, READY_MS, &r));
	if (code != RC_OK) *e = *sluis_last_error(s);
	return code;
}

static rc
enrol_parties(struct demo *d, struct sluis_error *e)
{
	for (size_t i = 0; i < d->region.n_members; i++) {
		progress(d->cli, tr("enrolling parties"), i + 1, d->region.n_members);
		TRY(enrol_party(d, &d->region.members[i], e));
	}
	return RC_OK;
}

/* --- up -------------------------------------------------------------------------- */

/* The authorities whose certificates count here, for recipients to check senders by. */
static rc
write_anchors(struct demo *d)
{
	AUTO(buf_wipe) struct buf pem = buf_init(64 * 1024);
	char                      from[FILE_PATH_MAX], to[FILE_PATH_MAX];

	(void)snprintf(d->region.anchors, sizeof d->region.anchors, "anchors.pem");
	TRY(in_dir(d, "ca/ca.pem", from));
	TRY(in_dir(d, d->region.anchors, to));
	TRY(file_read(from, 64 * 1024, false, &pem));
	return file_write(to, buf_slice(&pem), 0644);
}

static rc
add_witness(const struct demo *d, const struct member *m, struct buf *text)
{
	char parties[FILE_PATH_MAX], dir[FILE_PATH_MAX], vkey[NOTE_VKEY_MAX];

	TRY(in_dir(d, "parties", parties));
	TRY(path_join(dir, parties, m->name));
	TRY(witness_vkey(dir, DEMO_ORIGIN, m->name, vkey));
	return buf_printf(text, "witness %s %s\n", m->name, vkey);
}

/* Who counts as a witness here: one desk of each party; enough are more than half. */
static rc
write_trust(struct demo *d)
{
	AUTO(buf_wipe) struct buf text = buf_init(TRUST_FILE_MAX);
	char                      path[FILE_PATH_MAX], vkey[NOTE_VKEY_MAX];
	size_t                    n = 0;

	(void)snprintf(d->region.trust, sizeof d->region.trust, "trust");
	TRY(note_verifier_format(&d->region.verifier, vkey));
	TRY(buf_printf(&text,
	    "# whose word about the journal counts (C2SP tlog-policy); made by sluis "
	    "demo "
	    "up\nlog %s\n",
	    vkey));
	for (size_t i = 0; i < d->region.n_members; i++) {
		if (!is_first(d, i)) continue;
		TRY(add_witness(d, &d->region.members[i], &text));
		n++;
	}
	TRY(buf_printf(&text, "group parties %zu", n / 2 + 1));
	for (size_t i = 0; i < d->region.n_members; i++)
		if (is_first(d, i))
			TRY(buf_printf(&text, " %s", d->region.members[i].name));
	TRY(buf_printf(&text, "\nquorum parties\n"));
	TRY(in_dir(d, d->region.trust, path));
	return file_write(path, buf_slice(&text), 0644);
}

static rc
write_region(struct demo *d, struct sluis_error *e)
{
	char path[FILE_PATH_MAX];

	TRY(in_dir(d, "region.json", path));
	rc code = write_anchors(d);
	if (code == RC_OK) code = region_write(path, &d->region);
	return code == RC_OK ? RC_OK : error_set(e, code, path, "cannot be written");
}

/* Everything from an empty folder to a running region. */
rc
demo_build(struct demo *d, const struct policy *p, struct sluis_error *e)
{
	TRY(gather_members(d, p, e));
	TRY(make_broker(d, e));
	TRY(make_parties(d, e));
	TRY(sign_for_all(d, p, e));
	TRY(daemon_start(&d->daemon, READY_MS, &d->region, e));
	rc code = write_trust(d);
	if (code != RC_OK) return error_set(e, code, "trust", "cannot be written");
	TRY(write_region(d, e));
	return enrol_parties(d, e);
}

/* A list as young as the rest: the region may have lain for longer than it holds. */
static rc
renew(const struct demo *d, struct sluis_error *e)
{
	AUTO(ca_destroy) struct ca *ca = NULL;
	char                        dir[FILE_PATH_MAX], where[FILE_PATH_MAX];

	TRY(in_dir(d, "ca", dir));
	rc code = ca_open(&ca, dir);
	if (code == RC_OK)
		code = ca_refresh_crl(ca, (int64_t)(unix_ms() / 1000), CRL_DAYS, NULL);
	if (code == RC_OK) return RC_OK;
	const char *why = renew_fault(code, dir, ca != NULL, where);
	return error_set(e, code, where, why);
}

rc
demo_restart(struct demo *d, struct sluis_error *e)
{
	char path[FILE_PATH_MAX];

	TRY(in_dir(d, "region.json", path));
	TRY(region_read(path, &d->region, e));
	if (daemon_find(&d->daemon) != 0) return RC_OK;
	TRY(renew(d, e));
	TRY(daemon_start(&d->daemon, READY_MS, &d->region, e));
	return write_region(d, e);
}
