/* SPDX-License-Identifier: EUPL-1.2 */
/* check_signed.c - the sender's statement, its signature, and the copy under it. */
#include "client/check_signed.h"

#include <string.h>

#include "client/error.h"
#include "proto/auto.h"
#include "proto/disclosed.h"
#include "proto/guard.h"
#include "proto/message.h"
#include "proto/text.h"
#include "signal.pb-c.h"

enum { DISCLOSURE_MAX = 2048, POSITION_MAX = 192 };

static const struct guard_limits disclosure_limits = {
    .max_depth = 1, .max_elements = 64, .max_bytes = DISCLOSURE_MAX};

static rc
not_signed(const struct checker *c, const char *where, const char *reason)
{
	return error_set(c->error, RC_NOT_SIGNED, where, reason);
}

/* --- what the sender says --------------------------------------------------------------
 */

/* A text of the statement against what it has to be. */
struct pair {
	const char *where, *said, *needed;
};

static rc
check_texts(const struct checker *c, const struct pair *pairs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!text_same(pairs[i].said, pairs[i].needed))
			return not_signed(
			    c, pairs[i].where, N_("signed for another exchange"));
	return RC_OK;
}

/* Without a desk the submission left it to the policy, and any desk of the party is good.
 */
static rc
check_addressed(
    const struct checker *c, const struct signed_copy *s, const Sluis__Disclosure *d)
{
	const char       *desk    = d->recipient_desk;
	const struct pair pairs[] = {
	    {"disclosure.broker_origin", d->broker_origin, c->verifier->name},
	    {"disclosure.sender_oin", d->sender_oin, s->leaf->sender_oin},
	    {"disclosure.sender_desk", d->sender_desk, s->leaf->sender_desk},
	    {"disclosure.recipient_oin", d->recipient_oin, c->self->oin},
	    {"disclosure.recipient_desk", text_same(desk, NULL) ? c->self->desk : desk,
	        c->self->desk},
	    {"disclosure.convenant", d->convenant, s->leaf->convenant},
	    {"disclosure.phase", d->phase, s->leaf->phase},
	    {"disclosure.purpose", d->purpose, s->leaf->purpose},
	};

	return check_texts(c, pairs, sizeof pairs / sizeof pairs[0]);
}

/* Signed when the entry was made, give or take: neither is it an old statement that comes
 * again, nor is the entry dated back or on. */
static rc
check_time(
    const struct checker *c, const struct signed_copy *s, const Sluis__Disclosure *d)
{
	uint64_t a = d->created_ms, b = s->leaf->time_ms;

	if (!d->has_created_ms || !s->leaf->has_time_ms ||
	    (a > b ? a - b : b - a) > DATED_WITHIN_MS + c->delay_ms)
		return not_signed(c, "disclosure.created_ms",
		    N_("signed at another time than the entry was made"));
	return RC_OK;
}

/* What the copy adds to its case, the sender meant to add. */
static rc
check_enriches(
    const struct checker *c, const struct signed_copy *s, const Sluis__Disclosure *d)
{
	return !s->copy->enriches == !d->enriches
	           ? RC_OK
	           : not_signed(c, "disclosure.enriches",
	                 N_("signed as something else in its case"));
}

static rc
read_disclosure(
    const struct checker *c, const Sluis__Evidence *evidence, Sluis__Disclosure **ret)
{
	AUTO(message_destroy) ProtobufCMessage *m = NULL;

	if (guard_unpack(&sluis__disclosure__descriptor,
	        message_slice(&evidence->disclosure), disclosure_limits, &m) != RC_OK ||
	    m->n_unknown_fields != 0)
		return not_signed(c, "copy.evidence.disclosure", N_("cannot be read"));
	*ret = (Sluis__Disclosure *)TAKE(m);
	return RC_OK;
}

rc
check_disclosure(
    const struct checker *c, const struct signed_copy *s, Sluis__Disclosure **ret)
{
	AUTO(message_destroy) Sluis__Disclosure *d = NULL;

	if (s->copy->evidence == NULL || !s->copy->evidence->has_disclosure)
		return not_signed(c, "copy.evidence",
		    N_("the copy comes without its sender's signature"));
	TRY(read_disclosure(c, s->copy->evidence, &d));
	if ((d->version != DISCLOSURE_VERSION && d->version != DISCLOSURE_ALONE) ||
	    d->root.len != DISCLOSURE_HASH_BYTES)
		return not_signed(
		    c, "disclosure.version", N_("of a form that is not known here"));
	TRY(check_addressed(c, s, d));
	if (d->has_case_id != s->copy->has_case_id ||
	    !slice_equal(message_slice(&d->case_id), message_slice(&s->copy->case_id)))
		return not_signed(c, "disclosure.case_id", N_("signed for another case"));
	if (d->version != DISCLOSURE_ALONE) TRY(check_enriches(c, s, d));
	TRY(check_time(c, s, d));
	*ret = TAKE(d);
	return RC_OK;
}

/* --- what it replaces -------------------------------------------------------------- */

static bool
same_name(const ProtobufCBinaryData *a, const ProtobufCBinaryData *b)
{
	return a->len == b->len && a->len != 0 &&
	       slice_equal(message_slice(a), message_slice(b));
}

rc
check_replaced(const struct checker *c, const Sluis__Copy *copy, const Sluis__Copy *old)
{
	AUTO(message_destroy) Sluis__Disclosure *now = NULL, *then = NULL;

	/* what was received before these names were signed has none to compare */
	if (old->evidence == NULL) return RC_OK;
	TRY(read_disclosure(c, copy->evidence, &now));
	TRY(read_disclosure(c, old->evidence, &then));
	if (then->version == DISCLOSURE_ALONE) return RC_OK;
	return same_name(&now->corrects, &then->said)
	           ? RC_OK
	           : not_signed(c, "disclosure.corrects",
	                 N_("its sender did not mean it to replace that"));
}

/* --- who signed it ---------------------------------------------------------------- */

rc
check_signature(const struct checker *c, const struct signed_copy *s,
    const Sluis__Disclosure *d, const struct binding *signer)
{
	const struct slice id = slice_of(signer->id.b, HASH_BYTES);

	if (!slice_equal(message_slice(&s->leaf->binding_id), id) ||
	    !text_same(signer->oin, d->sender_oin) ||
	    !text_same(signer->desk, d->sender_desk))
		return not_signed(c, "binding", N_("the key is not the sender's"));
	if (disclosed_verify(s->copy->evidence, d->version, signer->sign_public) != RC_OK)
		return not_signed(
		    c, "copy.evidence.sig", N_("is not the sender's signature"));
	return RC_OK;
}

/* --- what was signed ---------------------------------------------------------------- */

/* The field called NAME (N bytes) of M. */
static const ProtobufCFieldDescriptor *
field_named(const ProtobufCMessage *m, const char *name, size_t n)
{
	char text[POSITION_MAX];

	if (n == 0 || n >= sizeof text) return NULL;
	memcpy(text, name, n);
	text[n] = '\0';
	return protobuf_c_message_descriptor_get_field_by_name(m->descriptor, text);
}

/* The number in "[12]" at *AT, which is moved behind it; 0 where no bracket stands.
 * False for anything else that begins with one. */
static bool
read_index(const char **at, size_t *ret)
{
	size_t      n     = 0;
	const char *digit = *at;

	*ret = 0;
	if (*digit != '[') return true;
	for (digit++; *digit >= '0' && *digit <= '9' && n < 10000; digit++)
		n = n * 10 + (size_t)(*digit - '0');
	if (*digit != ']' || digit == *at + 1) return false;
	*at  = digit + 1;
	*ret = n;
	return true;
}

/* The field at POSITION ("persons[0].residence.postcode") below SIGNAL; the element of a
 * repeated field does not matter.  False if its message is not there. */
static bool
find_stated(const ProtobufCMessage *signal, const char *position, struct stated *ret)
{
	const ProtobufCMessage *m = signal;

	for (const char *at = position;;) {
		size_t                          n = strcspn(at, ".["), i = 0;
		const ProtobufCFieldDescriptor *f = field_named(m, at, n);
		at += n;
		if (f == NULL || !read_index(&at, &i)) return false;
		if (f->type != PROTOBUF_C_TYPE_MESSAGE) {
			*ret = (struct stated){.message = m, .field = f};
			return *at == '\0';
		}
		if (*at != '.' || i >= field_count(m, f)) return false;
		m = *(ProtobufCMessage *const *)field_value(m, f, i);
		at++;
	}
}

static bool
is_listed(const struct stated *list, size_t n, const struct stated *one)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].message == one->message && list[i].field == one->field)
			return true;
	return false;
}

/* The fields that the statements of COPY are about, each once, to LIST of as many as the
 * statements. */
static rc
list_stated(const struct checker *c, const Sluis__Copy *copy,
    const ProtobufCMessage *signal, struct stated *list, size_t *ret_n)
{
	size_t n = 0;

	for (size_t i = 0; i < copy->n_statements; i++) {
		const char *path = copy->statements[i]->path;
		if (path == NULL || n == DISCLOSURE_STATED_MAX ||
		    !find_stated(signal, path, &list[n]))
			return not_signed(
			    c, "copy.statements", N_("about a record that is not there"));
		if (!is_listed(list, n, &list[n])) n++;
	}
	*ret_n = n;
	return RC_OK;
}

rc
check_root(
    const struct checker *c, const struct signed_copy *s, const Sluis__Disclosure *d)
{
	AUTO(message_destroy) ProtobufCMessage *signal = NULL;
	AUTO(auto_free)
	struct stated    *stated = calloc(s->copy->n_statements + 1, sizeof *stated);
	struct short_hash root;
	size_t            n = 0;

	if (stated == NULL) return error_set(c->error, RC_NOMEM, NULL, NULL);
	if (guard_unpack(&sluis__signal__descriptor, message_slice(&s->copy->signal),
	        guard_signal, &signal) != RC_OK)
		return not_signed(c, "copy.signal", N_("cannot be read"));
	TRY(list_stated(c, s->copy, signal, stated, &n));
	rc code = disclosure_check(signal, stated, n, s->copy->evidence, &root);
	if (code == RC_NOMEM) return error_set(c->error, code, NULL, NULL);
	if (code != RC_OK)
		return not_signed(
		    c, "copy.evidence", N_("does not belong to these fields"));
	if (!slice_equal(slice_of(root.b, sizeof root.b), message_slice(&d->root)))
		return not_signed(c, "copy.signal", N_("is not what the sender signed"));
	return RC_OK;
}
