/* SPDX-License-Identifier: EUPL-1.2 */
/* text.c - names, help and numbers, one family after another. */
#include "broker/metrics/text.h"

#include <inttypes.h>

static rc
begin_family(struct buf *out, const char *name, const char *type, const char *help)
{
	return buf_printf(
	    out, "# HELP sluis_%s %s\n# TYPE sluis_%s %s\n", name, help, name, type);
}

static rc
add_counter(struct buf *out, const char *name, const char *help, uint64_t n)
{
	TRY(begin_family(out, name, "counter", help));
	return buf_printf(out, "sluis_%s %" PRIu64 "\n", name, n);
}

static rc
add_gauge(struct buf *out, const char *name, const char *help, int64_t n)
{
	TRY(begin_family(out, name, "gauge", help));
	return buf_printf(out, "sluis_%s %" PRId64 "\n", name, n);
}

/* Microseconds, told in seconds as the format wants it. */
static rc
add_seconds(
    struct buf *out, const char *name, const char *type, const char *help, uint64_t us)
{
	TRY(begin_family(out, name, type, help));
	return buf_printf(out, "sluis_%s %" PRIu64 ".%06" PRIu64 "\n", name, us / 1000000,
	    us % 1000000);
}

/* One line for each code that was met. */
static rc
add_by_code(struct buf *out, const char *name, const char *help, const uint64_t *counts)
{
	TRY(begin_family(out, name, "counter", help));
	for (unsigned i = 0; i < COUNTED_CODES; i++) {
		if (counts[i] == 0) continue;
		TRY(buf_printf(out, "sluis_%s{code=\"%s\"} %" PRIu64 "\n", name,
		    rc_name(rc_at(i)), counts[i]));
	}
	return RC_OK;
}

static rc
add_health(struct buf *out, const struct metrics *m)
{
	const struct {
		const char *level;
		bool        well;
	} levels[] = {
	    {"alive", true},
	    {"can_journal", m->can_journal},
	    {"trust_valid", m->trust_valid},
	    {"policy_valid", m->policy_valid},
	};

	TRY(begin_family(out, "health", "gauge", "1 where all is well, by level"));
	for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
		TRY(buf_printf(out, "sluis_health{level=\"%s\"} %d\n", levels[i].level,
		    levels[i].well ? 1 : 0));
	return RC_OK;
}

static rc
add_work(struct buf *out, const struct counts *c)
{
	TRY(add_counter(
	    out, "messages_total", "messages that were answered", c->messages));
	TRY(add_by_code(
	    out, "refusals_total", "messages that were refused, by code", c->refused));
	TRY(add_by_code(out, "handshakes_refused_total",
	    "connections that were refused at the door, by code", c->turned_away));
	TRY(add_counter(out, "commits_total", "batches that are durable", c->commits));
	TRY(add_counter(out, "commits_failed_total", "batches that were rolled back",
	    c->failed_commits));
	TRY(add_seconds(out, "commit_seconds_total", "counter",
	    "time spent in making batches durable", c->commit_us));
	return add_seconds(out, "commit_seconds_max", "gauge",
	    "the longest that one took", c->longest_commit_us);
}

rc
metrics_text(const struct metrics *m, struct buf *out)
{
	TRY(add_health(out, m));
	TRY(add_gauge(out, "uptime_seconds", "since the daemon started",
	    (int64_t)((m->now_ms - m->started_ms) / 1000)));
	TRY(add_gauge(out, "journal_entries", "leaves in the sharing log",
	    (int64_t)m->journal_entries));
	TRY(add_gauge(out, "waiting_copies", "copies that nobody acknowledged yet",
	    (int64_t)m->waiting_copies));
	TRY(add_gauge(out, "unread_bytes", "of answers that nobody read yet",
	    (int64_t)m->unread_bytes));
	TRY(add_gauge(
	    out, "policy_version", "of the policy in force", (int64_t)m->policy_version));
	TRY(add_gauge(out, "revocation_list_expiry_seconds",
	    "Unix time from which nothing is accepted any more", m->crl_until_s));
	return add_work(out, m->counts);
}
