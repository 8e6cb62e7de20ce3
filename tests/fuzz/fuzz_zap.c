/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * fuzz_zap.c - gate_decide() on any frames, with members of every standing.
 *
 * The input is a list of frames: a length byte below 0xf0 and so many bytes; 0xf0 and a
 * number: the channel key of a member; 0xf1 and a number: a known word.  An admitted
 * handshake must be one that an independent reading of the rules admits.
 */
#include <stdlib.h>
#include <string.h>

#include "broker/gate.h"
#include "support/region.h"

enum { MEMBERS = 5 };

static struct region region;
static struct person people[MEMBERS];

static const char *const words[] = {"1.0", "1", "agency", "audit", "enrol", "CURVE",
    "NULL", "PLAIN", "GSSAPI", "127.0.0.1", "", "2.0"};

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	region_open(&region);
	person_enrolled(&region, OIN_POLICE, "avim", &people[0]);
	person_enrolled(&region, OIN_AUDITOR, "auditor", &people[1]);
	person_enrolled(&region, OIN_NLA, "opsporing", &people[2]);
	person_make(&region, OIN_TAX, "riec", 1, &people[3]);
	person_enrolled(&region, OIN_CARE, "zorgcoordinator", &people[4]);
	person_member(&region, &people[2])->standing             = RC_REVOKED;
	person_member(&region, &people[4])->binding.not_after_ms = REGION_NOW_MS;
	return 0;
}

static bool
take(const uint8_t **p, const uint8_t *end, struct slice *ret)
{
	if (*p == end) return false;
	uint8_t kind = *(*p)++;
	if (kind >= 0xf0) {
		uint8_t which = *p == end ? 0 : *(*p)++;
		*ret =
		    kind == 0xf0
		        ? slice_of(people[which % MEMBERS].keys.curve_public, KEY_BYTES)
		        : slice_str(words[which % (sizeof words / sizeof words[0])]);
		return true;
	}
	size_t n = (size_t)(end - *p) < kind ? (size_t)(end - *p) : kind;
	*ret     = slice_of(*p, n);
	*p += n;
	return true;
}

static bool
is(struct slice s, const char *text)
{
	return s.n == strlen(text) && (s.n == 0 || memcmp(s.p, text, s.n) == 0);
}

static bool
may_enter(const struct zap_request *q)
{
	const struct slice *f = q->frames;
	if (q->n != 7 || !is(f[0], "1.0") || !is(f[5], "CURVE") || f[6].n != 32)
		return false;
	if (is(f[2], "enrol")) return true;
	if (memcmp(f[6].p, people[0].keys.curve_public, 32) == 0)
		return is(f[2], "agency");
	if (memcmp(f[6].p, people[1].keys.curve_public, 32) == 0)
		return is(f[2], "audit");
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct zap_request q = {0};
	struct zap_verdict v;
	struct slice       frame;
	const uint8_t     *end = data + n;

	while (take(&data, end, &frame)) {
		if (q.n < ZAP_FRAMES) q.frames[q.n] = frame;
		q.n++;
	}
	gate_decide(
	    &q, region.broker.registry, region.broker.trust, region.broker.now_ms, &v);
	if (v.admit != may_enter(&q)) abort();
	if (v.admit != (v.code == RC_OK)) abort();
	if (strlen(v.user_id) != (v.admit ? 64 : 0)) abort();
	return 0;
}
