/* SPDX-License-Identifier: EUPL-1.2 */
/* handler.c - every kind of request that is handled, and how a handler denies one. */
#include "broker/handler.h"

static const struct handler *const handlers[] = {
    &submit_handler,
    &submit_many_handler,
    &preview_handler,
    &receive_handler,
    &acknowledge_handler,
    &explain_handler,
    &sent_handler,
    &audit_read_handler,
    &prove_handler,
    &binding_read_handler,
    &enrol_handler,
    &feedback_handler,
    &recall_handler,
    &destroyed_handler,
    &erase_handler,
    &subject_ask_handler,
    &subject_decide_handler,
    &subject_read_handler,
    &reveal_ask_handler,
    &reveal_decide_handler,
    &link_handler,
    &plan_control_handler,
    &respond_handler,
    &case_extend_handler,
    &case_open_handler,
    &case_read_handler,
    &case_move_handler,
    &case_join_handler,
    &case_declare_handler,
    &case_align_handler,
    &case_verdict_handler,
    &case_gate_handler,
    &case_exchange_handler,
    &todo_handler,
    &cosign_handler,
};

const struct handler *
handler_find(struct slice type)
{
	for (size_t i = 0; i < sizeof handlers / sizeof handlers[0]; i++)
		if (slice_equal(type, slice_str(handlers[i]->type))) return handlers[i];
	return NULL;
}

rc
request_deny(
    struct request *q, rc code, const char *rule, const char *article, const char *change)
{
	denial_wipe(&q->why);
	TRY(message_text(&q->why.rule, rule));
	TRY(message_text(&q->why.article, article));
	TRY(message_text(&q->why.change, change));
	return code;
}
