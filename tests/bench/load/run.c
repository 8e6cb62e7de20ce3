/* SPDX-License-Identifier: EUPL-1.2 */
/* run.c - one round. */
#include "run.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum {
	DUE_RING        = 1 << 21, /* more than can be under way */
	BACKLOG_WINDOWS = 8,
	TICK_US         = 1000,
	WAIT_MS         = 100,
	DRAIN_S         = 120,
};

static struct {
	const struct plan *plan;
	_Atomic uint64_t   due_us[DUE_RING];
	_Atomic uint64_t   sent, accepted;
	_Atomic uint64_t   received[LOAD_RECIPIENTS_MAX];
	_Atomic uint64_t   measure_from_us, measure_to_us; /* of signals due in between */
	_Atomic bool       finished;
	pthread_barrier_t  connected;
	struct histogram   deliver[LOAD_RECIPIENTS_MAX], accept;
} now;

static bool
counts(uint64_t due_us)
{
	return due_us >= atomic_load(&now.measure_from_us) &&
	       due_us < atomic_load(&now.measure_to_us);
}

static void
note_latency(struct histogram *h, uint64_t number, uint64_t at_us)
{
	uint64_t due = atomic_load(&now.due_us[number % DUE_RING]);

	if (counts(due)) histogram_add(h, at_us > due ? at_us - due : 0);
}

/* --- recipients ------------------------------------------------------------------ */

static void
take_some(struct recipient *r, size_t which)
{
	size_t   n      = recipient_receive(r, WAIT_MS);
	uint64_t at_us  = now_us();
	uint64_t before = atomic_load(&now.received[which]);

	if (n == 0) return;
	if (before + n > atomic_load(&now.sent)) die("more came than was sent");
	for (size_t i = 0; i < n; i++)
		note_latency(&now.deliver[which], before + i, at_us);
	recipient_acknowledge(r);
	atomic_store(&now.received[which], before + n);
}

static void *
recipient_main(void *arg)
{
	size_t            which = (size_t)(uintptr_t)arg;
	struct recipient *r     = recipient_open(now.plan, which);

	(void)pthread_barrier_wait(&now.connected);
	while (!atomic_load(&now.finished)) take_some(r, which);
	recipient_close(r);
	return NULL;
}

static uint64_t
slowest(void)
{
	uint64_t least = atomic_load(&now.received[0]);

	for (size_t i = 1; i < now.plan->n_to; i++) {
		uint64_t n = atomic_load(&now.received[i]);
		if (n < least) least = n;
	}
	return least;
}

/* --- the sender ------------------------------------------------------------------ */

static void
send_some(struct sender *s, size_t n, uint64_t due_us)
{
	uint64_t first = atomic_load(&now.sent);

	if (first + n - slowest() > DUE_RING) die("the broker is too far behind");
	for (size_t i = 0; i < n; i++)
		atomic_store(&now.due_us[(first + i) % DUE_RING], due_us);
	atomic_store(&now.sent, first + n);
	sender_send(s, first, n);
}

static void
accept_some(struct sender *s, int wait_ms)
{
	static uint64_t numbers[LOAD_ACCEPTED_MAX];
	size_t          n     = sender_accepted(s, wait_ms, numbers);
	uint64_t        at_us = now_us();

	for (size_t i = 0; i < n; i++) {
		if (numbers[i] >= atomic_load(&now.sent)) die("an answer to nothing");
		note_latency(&now.accept, numbers[i], at_us);
	}
	atomic_fetch_add(&now.accepted, n);
}

static bool
has_room(void)
{
	const struct plan *p    = now.plan;
	uint64_t           sent = atomic_load(&now.sent) + p->batch;

	return sent - atomic_load(&now.accepted) <= p->window &&
	       sent - slowest() <= BACKLOG_WINDOWS * p->window;
}

/* As fast as there is room, until UNTIL_US. */
static void
send_closed(struct sender *s, uint64_t until_us)
{
	while (now_us() < until_us) {
		while (has_room()) send_some(s, now.plan->batch, now_us());
		uint64_t open = atomic_load(&now.sent) - atomic_load(&now.accepted);
		if (open + now.plan->batch > now.plan->window)
			accept_some(s, WAIT_MS / 4);
		else if (open != 0)
			accept_some(s, 1);
		else
			(void)usleep(1000); /* the recipients are behind */
	}
}

struct pace { /* of the open loop */
	uint64_t begin_us;
	double   per_us;
	uint64_t sent;
	int      timer;
};

/* Send what is due by now, in the ticks in which it is. */
static void
send_due(struct sender *s, struct pace *p, uint64_t at_us)
{
	uint64_t tick = (at_us - p->begin_us) / TICK_US * TICK_US;
	uint64_t due  = (uint64_t)((double)tick * p->per_us);

	while (p->sent < due) {
		uint64_t n =
		    due - p->sent < now.plan->batch ? due - p->sent : now.plan->batch;
		uint64_t when = (uint64_t)((double)(p->sent + n) / p->per_us);
		when          = (when + TICK_US - 1) / TICK_US * TICK_US;
		send_some(s, (size_t)n, p->begin_us + (when < tick ? when : tick));
		p->sent += n;
	}
}

static void
send_open(struct sender *s, struct pace *p, uint64_t until_us)
{
	uint64_t ticks;

	for (uint64_t at; (at = now_us()) < until_us;) {
		send_due(s, p, at);
		accept_some(s, WAIT_MS);
		if (read(p->timer, &ticks, sizeof ticks) < 0) continue; /* not yet */
	}
}

/* --- a round --------------------------------------------------------------------- */

struct mark {
	uint64_t     at_us, signals, deliveries;
	double       load_cpu_s;
	struct usage broker;
};

static struct mark
mark(const struct round *r)
{
	struct mark m        = {.at_us = now_us(), .load_cpu_s = usage_own_cpu_s()};
	uint64_t    accepted = atomic_load(&now.accepted), least = slowest();

	m.signals = accepted < least ? accepted : least;
	for (size_t i = 0; i < now.plan->n_to; i++)
		m.deliveries += atomic_load(&now.received[i]);
	if (r->broker_pid != 0) m.broker = usage_of(r->broker_pid);
	return m;
}

static void
drain(struct sender *s)
{
	uint64_t until = now_us() + (uint64_t)DRAIN_S * 1000000;
	uint64_t sent  = atomic_load(&now.sent);

	while (atomic_load(&now.accepted) < sent && now_us() < until)
		accept_some(s, WAIT_MS);
	while (slowest() < sent && now_us() < until) (void)usleep(1000);
	if (atomic_load(&now.accepted) != sent || slowest() != sent)
		die("signals were lost");
}

static void
send_until(struct sender *s, const struct round *r, struct pace *p, uint64_t until_us)
{
	if (r->rate > 0)
		send_open(s, p, until_us);
	else
		send_closed(s, until_us);
}

static void
warm_and_measure(struct sender *s, const struct round *r, struct mark m[2])
{
	uint64_t    from = now_us() + (uint64_t)(r->warm_s * 1e6);
	uint64_t    to   = from + (uint64_t)(r->measure_s * 1e6);
	struct pace pace = {
	    .begin_us = now_us(), .per_us = r->rate / 1e6, .timer = now.plan->timer};

	atomic_store(&now.measure_to_us, to);
	atomic_store(&now.measure_from_us, from);
	if (r->broker_pid != 0) usage_forget_peak(r->broker_pid);
	send_until(s, r, &pace, from);
	m[0] = mark(r);
	send_until(s, r, &pace, to);
	m[1] = mark(r);
	drain(s);
}

static void
gather(const struct mark m[2], struct figures *ret)
{
	ret->seconds      = (double)(m[1].at_us - m[0].at_us) / 1e6;
	ret->signals      = m[1].signals - m[0].signals;
	ret->deliveries   = m[1].deliveries - m[0].deliveries;
	ret->broker_cpu_s = m[1].broker.cpu_s - m[0].broker.cpu_s;
	ret->sent         = atomic_load(&now.sent);
	ret->load_cpu_s   = m[1].load_cpu_s - m[0].load_cpu_s;
	ret->broker       = m[1].broker;
	ret->accept       = now.accept;
	for (size_t i = 0; i < now.plan->n_to; i++)
		histogram_merge(&ret->deliver, &now.deliver[i]);
}

static int
ticking(void)
{
	struct itimerspec every = {.it_interval = {.tv_nsec = TICK_US * 1000L},
	    .it_value                           = {.tv_nsec = TICK_US * 1000L}};
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);

	if (fd < 0 || timerfd_settime(fd, 0, &every, NULL) != 0) die("no timer");
	return fd;
}

void
round_run(const struct plan *plan, const struct round *r, struct figures *ret)
{
	static struct plan copy;
	pthread_t          threads[LOAD_RECIPIENTS_MAX];
	struct mark        m[2];

	copy       = *plan;
	copy.timer = r->rate > 0 ? ticking() : -1;
	now.plan   = &copy;
	(void)pthread_barrier_init(&now.connected, NULL, (unsigned)plan->n_to + 1);
	for (size_t i = 0; i < plan->n_to; i++)
		if (pthread_create(
		        &threads[i], NULL, recipient_main, (void *)(uintptr_t)i) != 0)
			die("no thread");
	struct sender *s = sender_open(&copy);
	(void)pthread_barrier_wait(&now.connected);
	warm_and_measure(s, r, m);
	atomic_store(&now.finished, true);
	for (size_t i = 0; i < plan->n_to; i++) (void)pthread_join(threads[i], NULL);
	sender_close(s);
	gather(m, ret);
	if (copy.timer >= 0) (void)close(copy.timer);
}
