/* SPDX-License-Identifier: EUPL-1.2 */
/* errand.c - what verbs about cases and earlier releases have in common. */
#include "client/command/case/errand.h"

#include <string.h>
#include <strings.h>

#include "client/command/case/route_title.h"
#include "client/command/complain.h"
#include "client/jsonfile.h"
#include "client/kept.h"
#include "client/request.h"
#include "client/wirejson.h"

enum { PREFIX_MIN = 4 };

void
errand_wipe(struct errand *e)
{
	sluis_result_destroy(&e->r);
	sluis_close(&e->s);
	policy_destroy(&e->policy);
}

rc
errand_open(struct errand *e)
{
	return cli_open(e->cli, &e->s);
}

ProtobufCBinaryData
errand_id(const uint8_t id[ID_BYTES])
{
	return message_borrow_bytes(id, ID_BYTES);
}

/* --- asking ---------------------------------------------------------------------- */

/* "application/vnd.sluis.case-open.v1" as "case-open". */
static void
short_type(const char *type, char out[64])
{
	static const char before[] = "application/vnd.sluis.";

	if (strncmp(type, before, sizeof before - 1) == 0) type += sizeof before - 1;
	(void)snprintf(out, 64, "%.*s", (int)strcspn(type, "."), type);
}

rc
errand_try(struct errand *e, const char *type, const ProtobufCMessage *body)
{
	AUTO(json_release) json_t *json = wirejson_write(body);
	AUTO(auto_free) char      *text = json != NULL ? json_dumps(json, 0) : NULL;
	char                       name[64];

	if (text == NULL) return RC_NOMEM;
	short_type(type, name);
	sluis_result_destroy(&e->r);
	return code_in(
	    sluis_act(e->s, name, text, strlen(text), e->cli->timeout_ms, &e->r));
}

/* An act whose answer did not come is kept, and may be asked for again. */
static void
say_kept(struct errand *e, rc code)
{
	const uint8_t *id = sluis_last_trace_id(e->s);
	char           hex[ID_BYTES * 2 + 1];
	bool           kept;

	if (rc_kind(code) != RC_KIND_REMOTE || e->cli->json || e->cli->quiet) return;
	if (kept_exists(cli_party_dir(e->cli), KEPT_ACT, id, NULL, &kept) != RC_OK ||
	    !kept)
		return;
	hex_encode(hex, sizeof hex, slice_of(id, ID_BYTES));
	(void)fprintf(e->cli->err, "  %s sluis signal resend %s\n",
	    tr("the request is kept; ask again with:"), hex);
}

int
errand_complain(struct errand *e, rc code)
{
	if (code == RC_NOMEM) return complain_code(e->cli, code, NULL, NULL);
	if (code == RC_NOT_FOUND && e->cli->n_args != 0)
		return complain_code(e->cli, code, e->cli->args[0],
		    N_("there is no such case, signal or question for this desk"));
	if (e->r == NULL) {
		int status = complain_handle(e->cli, e->s);
		say_kept(e, code);
		return status;
	}
	if (e->cli->json) (void)cli_json(e->cli, result_to_json(e->r), code);
	return complain_denied(e->cli, sluis_last_error(e->s), sluis_result_change(e->r));
}

rc
errand_ask(struct errand *e, const char *type, const ProtobufCMessage *body)
{
	rc code = errand_try(e, type, body);

	if (code != RC_OK) (void)errand_complain(e, code);
	return code;
}

int
errand_end(struct errand *e, const char *done)
{
	if (e->cli->json) return cli_json(e->cli, result_to_json(e->r), RC_OK);
	(void)fputs(done, e->cli->out);
	for (size_t i = 0; i < sluis_result_n_entries(e->r); i++)
		(void)fprintf(e->cli->out, "%s%s %llu", i == 0 ? ", " : "",
		    i == 0 ? tr("entry") : "",
		    (unsigned long long)sluis_result_entry(e->r, i)->index);
	(void)fputc('\n', e->cli->out);
	return 0;
}

/* --- which one is meant ---------------------------------------------------------- */

static bool
is_prefix(const char *text)
{
	size_t n = strlen(text);

	return n >= PREFIX_MIN && n <= ID_BYTES * 2 &&
	       strspn(text, "0123456789abcdefABCDEF") == n;
}

static bool
begins_with(const ProtobufCBinaryData *id, const char *start)
{
	char hex[ID_BYTES * 2 + 1];

	if (id->len != ID_BYTES) return false;
	hex_encode(hex, sizeof hex, slice_of(id->data, id->len));
	return strncasecmp(hex, start, strlen(start)) == 0;
}

static rc
wrong_id(struct errand *e, rc code, const char *text, const char *reason)
{
	(void)complain_code(e->cli, code, text, reason);
	return code;
}

rc
errand_case(struct errand *e, const char *text, uint8_t id[ID_BYTES])
{
	Sluis__CaseRead body  = SLUIS__CASE_READ__INIT;
	unsigned        found = 0;

	if (id_parse(text, id)) return RC_OK;
	if (!is_prefix(text))
		return wrong_id(e, RC_USAGE, text,
		    N_("this is not a case: give four or more of its hex digits"));
	TRY(errand_ask(e, TYPE_CASE_READ, &body.base));
	for (size_t i = 0; i < e->r->answer->n_cases; i++) {
		const ProtobufCBinaryData *at = &e->r->answer->cases[i]->case_id;
		if (!begins_with(at, text)) continue;
		memcpy(id, at->data, ID_BYTES);
		found++;
	}
	if (found == 1) return RC_OK;
	if (found > 1)
		return wrong_id(e, RC_USAGE, text, N_("more than one case begins so"));
	return wrong_id(e, RC_NOT_FOUND, text, N_("this desk has no such case"));
}

rc
errand_view(struct errand *e, const uint8_t id[ID_BYTES], const Sluis__CaseView **ret)
{
	Sluis__CaseRead body = SLUIS__CASE_READ__INIT;
	char            hex[ID_BYTES * 2 + 1];

	body.has_case_id = 1;
	body.case_id     = errand_id(id);
	TRY(errand_ask(e, TYPE_CASE_READ, &body.base));
	if (e->r->answer->n_cases == 1) {
		const Sluis__CaseView *c = e->r->answer->cases[0];
		*ret                     = c;
		if (slice_equal(slice_of(c->case_id.data, c->case_id.len),
		        slice_of(id, ID_BYTES)))
			return RC_OK;
	}
	hex_encode(hex, sizeof hex, slice_of(id, ID_BYTES));
	return wrong_id(e, RC_NOT_FOUND, hex, N_("this desk has no such case"));
}

rc
errand_trace(struct errand *e, const char *text, uint8_t id[ID_BYTES])
{
	rc code = id_find(text, cli_party_dir(e->cli), KEPT_REQUEST, &e->s->error, id);

	if (code != RC_OK)
		(void)complain_id(e->cli, code, &e->s->error, text,
		    N_("no such signal was sent from here"));
	return code;
}

rc
errand_delivery(struct errand *e, const char *text, uint8_t id[ID_BYTES])
{
	rc code = id_find(text, cli_party_dir(e->cli), KEPT_DELIVERY, &e->s->error, id);

	if (code != RC_OK)
		(void)complain_id(e->cli, code, &e->s->error, text,
		    N_("no such delivery is kept here"));
	return code;
}

/* --- telling --------------------------------------------------------------------- */

struct telling
errand_telling(struct errand *e, const char *route)
{
	if (!e->policy_sought) e->policy = route_policy(e->cli);
	e->policy_sought = true;
	return (struct telling){.to = e->cli->out,
	    .region                 = e->s,
	    .title                  = route_title,
	    .arg                    = e->policy,
	    .route                  = route};
}
