/* SPDX-License-Identifier: EUPL-1.2 */
/* taking.c - a table of connections, searched from end to end: it is short, and an answer
 * that comes here takes far longer to encrypt. */
#include "broker/taking.h"

#include <stdlib.h>

#include "broker/unread.h"

enum {
	ACCOUNTS   = UNREAD_STRANGERS + 1,
	TAKERS_MAX = TAKING_SHARED + ACCOUNTS, /* never full: see has_room() */
};

struct taker {
	int      fd;
	uint16_t account;
	uint64_t connection;
	size_t   n;     /* the largest of what it is sent */
	uint64_t until; /* it has all of it when so many bytes are confirmed */
	uint64_t from;  /* bytes that were at MOVED_MS */
	uint64_t moved_ms;
};

struct taking {
	taking_ask  *ask;
	size_t       each, all;
	size_t       of[ACCOUNTS], total;
	size_t       n;
	struct taker takers[TAKERS_MAX];
};

rc
taking_new(struct taking **ret, size_t each, size_t all, taking_ask *ask)
{
	struct taking *t = calloc(1, sizeof *t);

	if (t == NULL) return RC_NOMEM;
	t->each = each;
	t->all  = all;
	t->ask  = ask;
	*ret    = t;
	return RC_OK;
}

void
taking_destroy(struct taking **tp)
{
	free(*tp);
	*tp = NULL;
}

size_t
taking_total(const struct taking *t)
{
	return t->total;
}

static void
count(struct taking *t, struct taker *k, size_t n)
{
	t->of[k->account] += n - k->n; /* either way */
	if (k->account != UNREAD_STRANGERS) t->total += n - k->n;
	k->n = n;
}

static struct taker *
find(struct taking *t, int fd)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->takers[i].fd == fd) return &t->takers[i];
	return NULL;
}

/* The last one takes its place. */
static void
forget(struct taking *t, struct taker *k)
{
	count(t, k, 0);
	*k = t->takers[--t->n];
}

static bool
has_taken(const struct taker *k, const struct taken *now)
{
	return now->connection != k->connection || (now->all && now->bytes >= k->until);
}

/* --- sending --------------------------------------------------------------------- */

static bool
has_room(struct taking *t, int fd, uint16_t account, size_t n)
{
	const struct taker *k   = find(t, fd);
	size_t              own = t->of[account];

	if (k != NULL && n <= k->n) return true;
	if (own == 0) return true;
	if (k == NULL && t->n >= TAKING_SHARED) return false;
	if (k != NULL) n -= k->n;
	if (own + n > t->each) return false;
	return account == UNREAD_STRANGERS || t->total + n <= t->all;
}

/* Forget what ACCOUNT has taken. */
static void
look_at(struct taking *t, uint16_t account)
{
	struct taken now;

	for (size_t i = t->n; i-- > 0;) {
		struct taker *k = &t->takers[i];
		if (k->account != account) continue;
		if (!t->ask(k->fd, &now) || has_taken(k, &now)) forget(t, k);
	}
}

rc
taking_may(struct taking *t, int fd, uint16_t account, size_t n, struct taken *ret)
{
	struct taker *k = find(t, fd);

	if (!t->ask(fd, ret)) return RC_UNREACHABLE;
	if (k != NULL && has_taken(k, ret)) forget(t, k);
	if (has_room(t, fd, account, n)) return RC_OK;
	look_at(t, account);
	return has_room(t, fd, account, n) ? RC_OK : RC_QUEUE_FULL;
}

void
taking_add(struct taking *t, int fd, uint16_t account, size_t n,
    const struct taken *before, uint64_t now_ms)
{
	struct taker *k = find(t, fd);

	if (k == NULL) {
		k  = &t->takers[t->n++];
		*k = (struct taker){.fd = fd,
		    .account            = account,
		    .connection         = before->connection,
		    .until              = before->bytes,
		    .from               = before->bytes,
		    .moved_ms           = now_ms};
	}
	if (n > k->n) count(t, k, n);
	k->until += n;
}

/* --- what time brings ------------------------------------------------------------ */

/* Whether K came less far in its time than it should; how far it came is noted. */
static bool
is_late(struct taker *k, const struct taken *now, uint64_t now_ms)
{
	if (now->bytes - k->from >= TAKING_LEAST) {
		k->from     = now->bytes;
		k->moved_ms = now_ms;
	}
	return now_ms - k->moved_ms >= TAKING_MS;
}

size_t
taking_look(struct taking *t, uint64_t now_ms, taking_cut *cut)
{
	struct taken now;
	size_t       n = 0;

	for (size_t i = t->n; i-- > 0;) {
		struct taker *k = &t->takers[i];
		if (!t->ask(k->fd, &now) || has_taken(k, &now)) {
			forget(t, k);
		} else if (is_late(k, &now, now_ms)) {
			if (!now.all) cut(k->fd);
			n += !now.all;
			forget(t, k);
		}
	}
	return n;
}
