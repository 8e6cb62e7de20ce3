/* SPDX-License-Identifier: EUPL-1.2 */
/* exchange.c - what the partners agreed to, from the history and the open tasks. */
#include "broker/route/exchange.h"

#include <stdio.h>
#include <string.h>

#include "broker/route/case_place.h"
#include "proto/auto.h"
#include "proto/message.h"

struct reading {
	const uint8_t   *id;
	struct exchange *x;
};

static bool
is_about(const Sluis__CaseStep *s, const uint8_t id[ID_BYTES])
{
	return s->has_about && s->about.len == ID_BYTES &&
	       memcmp(s->about.data, id, ID_BYTES) == 0;
}

static void
name_seat(struct seat_id *to, const char *oin, const char *desk)
{
	*to = (struct seat_id){0};
	(void)snprintf(to->oin, sizeof to->oin, "%s", oin == NULL ? "" : oin);
	(void)snprintf(to->desk, sizeof to->desk, "%s", desk == NULL ? "" : desk);
}

/* One step of asking names one of those it is with. */
static void
take_asked(struct exchange *x, const Sluis__CaseStep *s)
{
	name_seat(&x->asker, s->by_oin, s->by_desk);
	(void)snprintf(x->convenant, sizeof x->convenant, "%s",
	    s->convenant == NULL ? "" : s->convenant);
	(void)snprintf(x->phase, sizeof x->phase, "%s", s->phase == NULL ? "" : s->phase);
	if (s->whom == NULL || x->n_with == EXCHANGE_WITH_MAX) return;
	name_seat(&x->with[x->n_with++], s->whom->oin, s->whom->desk);
}

static rc
take_step(void *arg, struct slice bytes)
{
	struct reading *k = arg;
	AUTO(message_destroy)
	Sluis__CaseStep *s = sluis__case_step__unpack(NULL, bytes.n, bytes.p);

	if (s == NULL) return RC_BAD_DIGEST;
	if (!is_about(s, k->id)) return RC_OK;
	if (s->kind == SLUIS__STEP_KIND__STEP_EXCHANGE_ASKED) take_asked(k->x, s);
	if (s->kind == SLUIS__STEP_KIND__STEP_EXCHANGE_AGREED) k->x->agreed++;
	if (s->kind == SLUIS__STEP_KIND__STEP_EXCHANGE_OBJECTED) k->x->objected = true;
	return RC_OK;
}

rc
exchange_read(struct broker *b, const uint8_t case_id[ID_BYTES],
    const uint8_t exchange_id[ID_BYTES], struct exchange *ret)
{
	struct task_filter f = {.case_id = case_id,
	    .about                       = exchange_id,
	    .kind                        = SLUIS__TASK_KIND__TASK_AGREE,
	    .layer                       = 1};
	struct task_row    open[CASE_SEATS_MAX];
	struct reading     k = {.id = exchange_id, .x = ret};

	*ret = (struct exchange){0};
	TRY(store_each_step(b->store, case_id, 1, take_step, &k));
	if (ret->n_with == 0) return RC_NOT_FOUND;
	return store_list_tasks(b->store, &f, CASE_SEATS_MAX, open, &ret->waiting);
}

bool
exchange_holds(const struct exchange *x, const char *convenant, const char *phase)
{
	return !x->objected && x->waiting == 0 && x->agreed != 0 && convenant != NULL &&
	       phase != NULL && strcmp(x->convenant, convenant) == 0 &&
	       strcmp(x->phase, phase) == 0;
}

bool
exchange_is_with(const struct exchange *x, const struct seat_id *who)
{
	if (seat_same(&x->asker, who)) return true;
	for (size_t i = 0; i < x->n_with; i++)
		if (seat_same(&x->with[i], who)) return true;
	return false;
}

rc
exchange_check(struct broker *b, const struct case_row *row, const struct seat_id *from,
    const uint8_t exchange_id[ID_BYTES], struct where *where)
{
	struct place    here = place_of(case_state(b, row));
	struct exchange x;

	TRY(exchange_read(b, row->id, exchange_id, &x));
	if (!exchange_is_with(&x, from)) return RC_NOT_FOUND;
	if (x.objected) return RC_OBJECTED;
	if (x.waiting != 0) {
		(void)snprintf(where->at, sizeof where->at, "%zu of %zu", x.agreed,
		    x.agreed + x.waiting);
		return RC_WAITING;
	}
	return exchange_holds(&x, here.convenant, here.phase) ? RC_OK : RC_NOT_IN_STATE;
}

rc
exchange_agreed(struct broker *b, const uint8_t case_id[ID_BYTES],
    const uint8_t exchange_id[ID_BYTES], const struct seat_id *to, bool *ret)
{
	struct case_row row;
	struct exchange x;

	*ret    = false;
	rc code = exchange_read(b, case_id, exchange_id, &x);
	if (code == RC_NOT_FOUND) return RC_OK;
	TRY(code);
	TRY(store_get_case(b->store, case_id, &row));
	struct place here = place_of(case_state(b, &row));
	*ret = exchange_is_with(&x, to) && exchange_holds(&x, here.convenant, here.phase);
	return RC_OK;
}

rc
exchange_count(struct broker *b, const struct task_row *row, Sluis__Task *t)
{
	struct exchange x;

	if (row->kind != SLUIS__TASK_KIND__TASK_AGREE || !row->in_case || !row->has_about)
		return RC_OK;
	rc code = exchange_read(b, row->case_id, row->about, &x);
	if (code != RC_OK) return code == RC_NOT_FOUND ? RC_OK : code;
	t->has_have = 1;
	t->have     = (uint32_t)x.agreed;
	t->has_need = 1;
	t->need     = (uint32_t)(x.agreed + x.waiting);
	return RC_OK;
}
