/* SPDX-License-Identifier: EUPL-1.2 */
/* metrics.c - looking around in the broker. */
#include "broker/metrics/metrics.h"

#include "broker/metrics/text.h"
#include "proto/auto.h"

enum { A_TURN = 4 }; /* who knocks in vain waits for the next one */

static struct metrics
look(const struct broker *b)
{
	int64_t crl_until_s = trust_crl_until_s(b->trust);

	return (struct metrics){.counts = &b->counts,
	    .started_ms                 = b->started_ms,
	    .now_ms                     = b->now_ms,
	    .journal_entries            = journal_signed_size(b->journal),
	    .waiting_copies             = dispatch_waiting(b->dispatch),
	    .unread_bytes               = transport_unread(b->transport),
	    .policy_version             = b->policy_version,
	    .crl_until_s                = crl_until_s,
	    .can_journal                = !b->old_state && !b->full && !b->last_failed,
	    .trust_valid =
	        (int64_t)(b->now_ms / 1000) < crl_until_s && b->trust_refused == RC_OK,
	    .policy_valid = b->policy_refused == RC_OK};
}

void
metrics_serve(struct broker *b)
{
	AUTO(buf_wipe) struct buf text = buf_init(METRICS_TEXT_MAX);
	struct metrics            m;

	if (b->metrics == NULL || !metrics_door_is_knocked(b->metrics)) return;
	m = look(b);
	if (metrics_text(&m, &text) != RC_OK) return;
	for (int i = 0; i < A_TURN && metrics_door_is_knocked(b->metrics); i++)
		metrics_door_answer(b->metrics, buf_slice(&text));
}
