/* SPDX-License-Identifier: EUPL-1.2 */
/* log.c - one event, one line, one write. */
#include "broker/log.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "broker/log_limit.h"
#include "broker/seat.h"
#include "proto/text.h"

#define LOG_ROW_(symbol, id, level, meaning) {id, level},

static const struct {
	const char *id;
	int         level;
} rows[] = {LOG_LIST(LOG_ROW_)};

/* Append to LINE as snprintf does, never beyond CAP; returns the new length. */
static size_t
add(char *line, size_t cap, size_t n, const char *key, const char *value)
{
	if (value == NULL || n >= cap) return n;
	int k = snprintf(line + n, cap - n, " %s=%s", key, value);
	return k < 0 ? n : n + (size_t)k;
}

/* DETAIL may hold the name of a file or what one says: whatever could begin a line of its
 * own, or steer a terminal, becomes \xNN.  No byte is written beyond CAP. */
static void
escape(const char *detail, char *out, size_t cap)
{
	struct slice rest = slice_str(detail);
	size_t       n    = 0;

	while (rest.n != 0) {
		const uint8_t *p    = rest.p;
		int32_t        c    = 0;
		bool           good = text_code_point(&rest, &c) == RC_OK;
		if (!good) rest = slice_of(rest.p + 1, rest.n - 1);
		good = good && text_is_plain(c);
		if (n + 4 * (size_t)(rest.p - p) >= cap) break;
		for (; p < rest.p; p++)
			n += (size_t)snprintf(
			    out + n, cap - n, good ? "%c" : "\\x%02x", *p);
	}
	out[n] = '\0';
}

static size_t
begin(char *line, size_t cap, enum log_id id)
{
	struct timespec now;
	struct tm       utc;
	char            stamp[32] = "";
	int             k;

	clock_gettime(CLOCK_REALTIME, &now);
	if (gmtime_r(&now.tv_sec, &utc) != NULL)
		(void)strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &utc);
	if (getenv("JOURNAL_STREAM") != NULL)
		k = snprintf(line, cap, "<%d>%s", rows[id].level, rows[id].id);
	else
		k = snprintf(line, cap, "%s %s", stamp, rows[id].id);
	return k < 0 ? 0 : (size_t)k;
}

static void
write_line(enum log_id id, struct log_event event)
{
	char   line[512], number[24], detail[512] = "";
	size_t n = begin(line, sizeof line, id);

	n = add(line, sizeof line, n, "oin", event.oin);
	n = add(line, sizeof line, n, "desk", event.desk);
	if (event.code != RC_OK)
		n = add(line, sizeof line, n, "code", rc_name(event.code));
	if (event.n != 0) {
		(void)snprintf(
		    number, sizeof number, "%llu", (unsigned long long)event.n);
		n = add(line, sizeof line, n, "n", number);
	}
	if (event.detail != NULL) {
		escape(event.detail, detail, sizeof detail);
		n = add(line, sizeof line, n, "detail", detail);
	}
	if (n > sizeof line - 2) n = sizeof line - 2;
	line[n++] = '\n';
	if (write(STDERR_FILENO, line, n) < 0) return; /* nowhere left to say so */
}

/* Whether a peer, or a disk that fails and works in turns, causes such a line as often as
 * it likes.  What is damaged or goes nowhere is met anew by whoever asks. */
static bool
is_of_a_minute(enum log_id id)
{
	switch (id) {
	case LOG_ZAP_REFUSED:
	case LOG_REFUSED:
	case LOG_UNATTRIBUTED:
	case LOG_REPLY_DROPPED:
	case LOG_ENROLLED:
	case LOG_BATCH_FAILED:
	case LOG_STORAGE:
	case LOG_ROW_DAMAGED:
	case LOG_COPY_UNREADABLE:
	case LOG_NOTICE_LOST:
		return true;
	default:
		return false;
	}
}

/* What holds for a party until its day is over. */
static bool
is_of_a_day(enum log_id id)
{
	return id == LOG_LINKS_FULL;
}

/* The line of OIN about a day; parties that fall together share it. */
static struct log_limit *
limit_of_day(const char *oin)
{
	enum { PARTIES = 256 };
	static struct log_limit limits[PARTIES];

	return &limits[seat_bucket(oin == NULL ? "" : oin, "") % PARTIES];
}

/* Whether one more may be written; *RET_LEFT_OUT as of log_limit_take(). */
static bool
may_write(enum log_id id, const char *oin, uint64_t *ret_left_out)
{
	static struct log_limit limits[sizeof rows / sizeof rows[0]];
	static pthread_mutex_t  lock = PTHREAD_MUTEX_INITIALIZER;
	struct timespec         now;
	bool                    may;

	*ret_left_out = 0;
	if (!is_of_a_minute(id) && !is_of_a_day(id)) return true;
	clock_gettime(CLOCK_MONOTONIC, &now);
	uint64_t s = (uint64_t)now.tv_sec;
	(void)pthread_mutex_lock(&lock);
	if (is_of_a_day(id))
		may = log_limit_take(limit_of_day(oin), s / 3600 + 1, 1, ret_left_out);
	else
		may = log_limit_take(
		    &limits[id], s / 60 + 1, LOG_LINES_A_MINUTE, ret_left_out);
	(void)pthread_mutex_unlock(&lock);
	return may;
}

void
log_write(enum log_id id, struct log_event event)
{
	uint64_t left_out;

	if (!may_write(id, event.oin, &left_out)) return;
	if (left_out != 0)
		write_line(LOG_LEFT_OUT,
		    (struct log_event){.n = left_out, .detail = rows[id].id});
	write_line(id, event);
}
