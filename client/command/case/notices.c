/* SPDX-License-Identifier: EUPL-1.2 */
/* notices.c - all notices, kept and waiting. */
#include "client/command/case/notices.h"

#include <string.h>

#include "client/command/complain.h"
#include "client/handle.h"
#include "client/kept.h"
#include "client/wirejson.h"

enum { WAITING_MAX = 256 };

Sluis__Notice *
notice_of(const struct sluis_delivery *d)
{
	ProtobufCMessage *m = NULL;

	if (d->notice_json == NULL || d->notice_json[0] == '\0') return NULL;
	if (wirejson_parse(
	        &sluis__notice__descriptor, slice_str(d->notice_json), &m, NULL) != RC_OK)
		return NULL;
	return (Sluis__Notice *)m;
}

struct visit {
	struct errand *e;
	notice_visitor visit;
	void          *arg;
};

static rc
visit_one(struct visit *v, const struct sluis_delivery *d)
{
	AUTO(message_destroy) Sluis__Notice *n = notice_of(d);

	return n != NULL ? v->visit(v->arg, d, n) : RC_OK;
}

static rc
visit_kept(void *arg, const uint8_t id[ID_BYTES])
{
	AUTO(sluis_result_destroy) struct sluis_result *r = NULL;
	struct visit                                   *v = arg;

	TRY(code_in(sluis_kept(v->e->s, id, &r)));
	return visit_one(v, sluis_result_delivery(r, 0));
}

static rc
visit_waiting(struct visit *v)
{
	AUTO(sluis_result_destroy) struct sluis_result *r   = NULL;
	struct sluis_receive                            how = {.max = WAITING_MAX};
	const char                                     *dir = cli_party_dir(v->e->cli);

	TRY(code_in(sluis_receive(v->e->s, &how, v->e->cli->timeout_ms, &r)));
	for (size_t i = 0; i < sluis_result_n_deliveries(r); i++) {
		const struct sluis_delivery *d = sluis_result_delivery(r, i);
		bool                         kept;
		TRY(kept_exists(dir, KEPT_DELIVERY, d->id, &v->e->s->error, &kept));
		if (!kept) TRY(visit_one(v, d));
	}
	return RC_OK;
}

rc
notices_each(struct errand *e, notice_visitor visit, void *arg)
{
	struct visit v = {e, visit, arg};

	rc code =
	    kept_each(cli_party_dir(e->cli), KEPT_DELIVERY, &e->s->error, visit_kept, &v);
	if (code == RC_OK) code = visit_waiting(&v);
	if (code != RC_OK) (void)complain_handle(e->cli, e->s);
	return code;
}
