/* SPDX-License-Identifier: EUPL-1.2 */
/* adopt.c - reading a candidate, counting who signed it, putting it in force. */
#include "broker/standing/adopt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/journal/event.h"
#include "broker/log.h"
#include "broker/standing/in_force.h"
#include "broker/why.h"
#include "certs/endorsement.h"
#include "policy/approval.h"
#include "policy/read/files.h"
#include "proto/auto.h"

struct candidate {
	struct policy_files files;
	struct hash         hash;
	bool                has_hash; /* the texts could be read */
	struct policy      *policy;   /* owned; NULL unless they compile */
	size_t              n;        /* signatures that hold */
	size_t              n_unfit;  /* signatures under other texts */
	struct endorsement  given[POLICY_SIGNATURES_MAX];
	struct signer       signers[POLICY_SIGNATURES_MAX]; /* borrow from given */
};

static void
candidate_destroy(struct candidate **cp)
{
	if (*cp == NULL) return;
	policy_files_wipe(&(*cp)->files);
	policy_destroy(&(*cp)->policy);
	free(*cp);
	*cp = NULL;
}

/* --- reading --------------------------------------------------------------------- */

static void
log_findings(const struct findings *f)
{
	for (size_t i = 0; i < f->n; i++) {
		char text[FINDING_TEXT_MAX + 128];
		if (f->at[i].file[0] == '\0') /* of the folder as a whole */
			(void)snprintf(text, sizeof text, "%s", f->at[i].text);
		else
			(void)snprintf(text, sizeof text, "%s:%u:%u: %s", f->at[i].file,
			    f->at[i].line, f->at[i].column, f->at[i].text);
		LOG(f->at[i].fatal ? LOG_POLICY : LOG_POLICY_WARNING, .detail = text);
	}
}

static rc
compile(const struct policy_files *files, struct policy **ret)
{
	AUTO(auto_free) struct findings *findings = calloc(1, sizeof *findings);
	if (findings == NULL) return RC_NOMEM;
	rc code = policy_files_compile(files, ret, findings);
	log_findings(findings);
	return code;
}

static rc
read_files(struct broker *b, struct candidate *c)
{
	AUTO(auto_free) struct findings *findings = calloc(1, sizeof *findings);
	if (findings == NULL) return RC_NOMEM;
	rc code = policy_files_read(b->config->policy_dir, true, &c->files, findings);
	log_findings(findings);
	if (code == RC_OK) code = policy_files_hash(&c->files, &c->hash);
	c->has_hash = code == RC_OK;
	return code;
}

static rc
check_signature(const struct broker *b, const struct candidate *c,
    const struct policy_file *f, struct endorsement *ret)
{
	TRY(endorsement_check(slice_of(f->bytes, f->n), b->trust, b->now_ms, ret));
	return hash_equal(&ret->bundle, &c->hash) ? RC_OK : RC_BAD_DIGEST;
}

/* Keep the signatures under this bundle that hold; the others are told to the
 * administrator. */
static void
gather_signatures(const struct broker *b, struct candidate *c)
{
	for (size_t i = 0; i < c->files.n_signatures; i++) {
		const struct policy_file *f    = &c->files.signatures[i];
		struct endorsement       *e    = &c->given[c->n];
		rc                        code = check_signature(b, c, f, e);
		if (code == RC_BAD_DIGEST) c->n_unfit++;
		if (code != RC_OK) {
			LOG(LOG_POLICY_SIGNATURE, .code = code, .detail = f->name);
			continue;
		}
		c->signers[c->n++] = (struct signer){
		    .oin = e->oin, .n_behalf = e->n_behalf, .behalf = e->behalf};
	}
}

/* Drop the signatures that name another version than the bundle has. */
static void
drop_other_versions(struct candidate *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++) {
		struct endorsement *e = &c->given[n];
		if (c->given[i].version != policy_version(c->policy)) {
			LOG(LOG_POLICY_SIGNATURE, .code = RC_BAD_DIGEST,
			    .oin = c->given[i].oin);
			c->n_unfit++;
			continue;
		}
		*e              = c->given[i];
		c->signers[n++] = (struct signer){
		    .oin = e->oin, .n_behalf = e->n_behalf, .behalf = e->behalf};
	}
	c->n = n;
}

/* Reading YAML is dear: who is asked by the policy in force must have signed it first. */
static rc
judge(struct broker *b, struct candidate *c)
{
	struct approval_case x = {.in_force = b->policy,
	    .version                        = b->policy_version,
	    .signers                        = c->signers,
	    .today                          = date_of_ms(b->now_ms)};

	gather_signatures(b, c);
	x.n = c->n;
	TRY(approval_in_force(&x));
	TRY(compile(&c->files, &c->policy));
	drop_other_versions(c);
	x.n         = c->n;
	x.n_unfit   = c->n_unfit;
	x.candidate = c->policy;
	return approval_judge(&x);
}

/* --- what is in force ------------------------------------------------------------ */

static rc
add_file(void *arg, bool signature, const char *name, struct slice bytes)
{
	return signature ? RC_OK : policy_files_add(arg, false, name, bytes);
}

/* What stands in the state is not what took effect. */
static rc
deny_state(const struct broker *b, rc code)
{
	if (rc_kind(code) == RC_KIND_INTEGRITY)
		LOG(LOG_POLICY_STATE, .code = code, .detail = b->config->state_dir);
	return code;
}

rc
adopt_stored(struct broker *b)
{
	AUTO(policy_files_wipe) struct policy_files files = {0};
	struct policy_row                           row;
	struct hash                                 hash;

	rc code = in_force_find(b->store, b->journal, &row);
	if (code == RC_NOT_FOUND) return RC_OK;
	if (code != RC_OK) return deny_state(b, code);
	TRY(store_each_policy_file(b->store, row.seq, add_file, &files));
	TRY(policy_files_hash(&files, &hash));
	if (!hash_equal(&hash, &row.hash)) return deny_state(b, RC_BAD_DIGEST);
	b->policy_version = row.version;
	code              = compile(&files, &b->policy);
	if (code == RC_POLICY) LOG(LOG_POLICY_UNREADABLE, .code = code, .n = row.version);
	if (code != RC_OK) return code == RC_POLICY ? RC_OK : code;
	return policy_version(b->policy) == row.version ? RC_OK : RC_BAD_DIGEST;
}

rc
adopt_past(struct broker *b, const struct hash *hash, struct policy **ret)
{
	AUTO(policy_files_wipe) struct policy_files files = {0};
	AUTO(auto_free) struct findings *findings         = calloc(1, sizeof *findings);
	struct policy_row                row;
	struct hash                      got;

	if (findings == NULL) return RC_NOMEM;
	TRY(store_find_policy(b->store, hash, &row));
	TRY(store_each_policy_file(b->store, row.seq, add_file, &files));
	TRY(policy_files_hash(&files, &got));
	if (!hash_equal(&got, hash)) return RC_POLICY;
	return policy_files_compile(&files, ret, findings);
}

/* --- taking effect --------------------------------------------------------------- */

static rc
store_files(struct broker *b, uint64_t seq, const struct policy_files *f)
{
	for (size_t i = 0; i < f->n; i++)
		TRY(store_put_policy_file(b->store, seq, false, f->files[i].name,
		    slice_of(f->files[i].bytes, f->files[i].n)));
	for (size_t i = 0; i < f->n_signatures; i++)
		TRY(store_put_policy_file(b->store, seq, true, f->signatures[i].name,
		    slice_of(f->signatures[i].bytes, f->signatures[i].n)));
	return RC_OK;
}

/* Whether the party of signature I signed again, later. */
static bool
is_repeated(const struct candidate *c, size_t i)
{
	const struct endorsement *e = &c->given[i];

	for (size_t k = 0; k < c->n; k++)
		if (strcmp(c->given[k].oin, e->oin) == 0 &&
		    (c->given[k].signed_ms > e->signed_ms ||
		        (k < i && c->given[k].signed_ms == e->signed_ms)))
			return true;
	return false;
}

/* An entry for each party that signed, after that of the policy at index POLICY. */
static rc
note_signatures(struct broker *b, const struct candidate *c, uint64_t policy)
{
	for (size_t i = 0; i < c->n; i++) {
		if (is_repeated(c, i)) continue;
		const struct endorsement *e = &c->given[i];
		struct event event = {.kind = SLUIS__EVENT_KIND__EVENT_POLICY_SIGNED,
		    .sender_oin             = e->oin,
		    .sender_desk            = e->desk,
		    .in_force               = true,
		    .subject                = &e->id,
		    .has_refers_to          = true,
		    .refers_to              = policy};
		uint64_t     index;
		TRY(event_append(b, &event, &index));
	}
	return RC_OK;
}

static rc
put_in_force(struct broker *b, struct candidate *c, struct policy **ret_former)
{
	struct event      e   = {.kind = SLUIS__EVENT_KIND__EVENT_POLICY,
	           .in_force           = true,
	           .subject            = &c->hash};
	struct policy_row row = {.hash = c->hash, .version = policy_version(c->policy)};
	uint64_t          seq;

	*ret_former       = b->policy;
	b->policy         = TAKE(c->policy);
	b->policy_version = row.version;
	TRY(event_append(b, &e, &row.leaf));
	TRY(store_put_policy(b->store, &row, &seq));
	TRY(store_files(b, seq, &c->files));
	return note_signatures(b, c, row.leaf);
}

static void
say_refused(const struct broker *b, enum log_id id, rc code)
{
	const char *dir = b->config->policy_dir;
	char        text[WHY_MAX];

	why_text(text, dir,
	    code == RC_NOT_APPROVED ? "too few signed it: sluis policy signatures"
	    : code == RC_NOT_NEWER  ? "raise its version above the one in force"
	                            : "the lines before say why");
	LOG(id, .code = code, .detail = text);
}

static rc
refuse(struct broker *b, const struct candidate *c, rc code)
{
	struct event e = {.kind = SLUIS__EVENT_KIND__EVENT_POLICY_REFUSED,
	    .in_force           = true,
	    .code               = code,
	    .subject            = c->has_hash ? &c->hash : NULL};
	uint64_t     index;

	say_refused(b, b->policy == NULL ? LOG_POLICY : LOG_POLICY_KEPT, code);
	return b->policy == NULL ? code : event_append(b, &e, &index);
}

rc
adopt_candidate(struct broker *b, struct policy **ret_former)
{
	AUTO(candidate_destroy) struct candidate *c = calloc(1, sizeof *c);
	if (c == NULL) return RC_NOMEM;

	*ret_former = NULL;
	b->policy_looks++;
	b->policy_refused = RC_OK;
	rc code           = read_files(b, c);
	if (code == RC_OK && b->policy != NULL &&
	    hash_equal(&c->hash, policy_hash(b->policy)))
		return RC_OK;                       /* it is in force already */
	if (code == RC_OK) code = b->trust_refused; /* by old lists nobody counts */
	if (code == RC_OK) code = judge(b, c);
	if (code == RC_OK) return put_in_force(b, c, ret_former);
	b->policy_refused = code;
	return refuse(b, c, code);
}

/* What policy_dir would be to a broker that starts now. */
static rc
check_candidate(struct broker *b, struct candidate *c)
{
	struct policy_row row = {.version = 0};

	TRY(read_files(b, c));
	rc code = in_force_peek(b->config->state_dir, &row);
	if (code != RC_OK && code != RC_NOT_FOUND) return deny_state(b, code);
	b->policy_version = row.version;
	if (code == RC_OK && hash_equal(&row.hash, &c->hash))
		return compile(&c->files, &c->policy);
	return judge(b, c);
}

rc
adopt_check(struct broker *b)
{
	AUTO(candidate_destroy) struct candidate *c = calloc(1, sizeof *c);
	if (c == NULL) return RC_NOMEM;

	rc code = check_candidate(b, c);
	if (code != RC_OK) say_refused(b, LOG_POLICY, code);
	return code;
}
