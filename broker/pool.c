/* SPDX-License-Identifier: EUPL-1.2 */
/* pool.c - one job at a time, its pieces counted by one number. */
#include "broker/pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "proto/auto.h"

enum { STACK_BYTES = 1 << 20 };

struct job {
	size_t         n, grain;
	pool_work      work;
	void          *arg;
	_Atomic size_t next; /* the first thing that nobody took */
};

struct worker {
	struct pool *pool;
	size_t       number;
	pthread_t    thread;
};

struct pool {
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t  begun, left;
	bool            open, stop; /* a job may be joined; no more come */
	unsigned long   jobs;       /* begun so far */
	size_t          inside;     /* threads that work on it */
	struct job      job;        /* written while nobody is inside */
	size_t          n;
	struct worker   workers[POOL_THREADS_MAX];
};

static void
take_pieces(struct job *job, size_t thread)
{
	for (;;) {
		size_t first = atomic_fetch_add(&job->next, job->grain);
		if (first >= job->n) return;
		size_t left = job->n - first;
		job->work(job->arg, thread, first, left < job->grain ? left : job->grain);
	}
}

/* Wait for a job after number DONE; false when there will be none. */
static bool
join(struct pool *p, unsigned long *done)
{
	pthread_mutex_lock(&p->lock);
	while (!p->stop && (!p->open || p->jobs == *done))
		pthread_cond_wait(&p->begun, &p->lock);
	bool go = !p->stop;
	*done   = p->jobs;
	if (go) p->inside++;
	pthread_mutex_unlock(&p->lock);
	return go;
}

static void
leave(struct pool *p)
{
	pthread_mutex_lock(&p->lock);
	if (--p->inside == 0) pthread_cond_signal(&p->left);
	pthread_mutex_unlock(&p->lock);
}

static void *
work(void *arg)
{
	struct worker *w    = arg;
	unsigned long  done = 0;

	while (join(w->pool, &done)) {
		take_pieces(&w->pool->job, w->number);
		leave(w->pool);
	}
	return NULL;
}

void
pool_begin(struct pool *p, size_t n, size_t grain, pool_work what, void *arg)
{
	pthread_mutex_lock(&p->lock);
	p->job.n     = n;
	p->job.grain = grain;
	p->job.work  = what;
	p->job.arg   = arg;
	atomic_store(&p->job.next, 0);
	p->open = n != 0;
	p->jobs++;
	if (p->open) pthread_cond_broadcast(&p->begun);
	pthread_mutex_unlock(&p->lock);
}

void
pool_end(struct pool *p)
{
	take_pieces(&p->job, 0);
	pthread_mutex_lock(&p->lock);
	p->open = false; /* who wakes up now has come too late, and is not waited for */
	while (p->inside != 0) pthread_cond_wait(&p->left, &p->lock);
	pthread_mutex_unlock(&p->lock);
}

void
pool_run(struct pool *p, size_t n, size_t grain, pool_work what, void *arg)
{
	if (n != 0 && (p->n == 0 || n <= grain)) {
		what(arg, 0, 0, n);
		return;
	}
	pool_begin(p, n, grain, what, arg);
	pool_end(p);
}

static rc
start(struct pool *p, size_t n)
{
	pthread_attr_t attr;

	if (pthread_attr_init(&attr) != 0) return RC_NOMEM;
	(void)pthread_attr_setstacksize(&attr, STACK_BYTES);
	while (p->n < n) {
		struct worker *w = &p->workers[p->n];
		*w               = (struct worker){.pool = p, .number = p->n + 1};
		if (pthread_create(&w->thread, &attr, work, w) != 0) break;
		p->n++;
	}
	(void)pthread_attr_destroy(&attr);
	return p->n == n ? RC_OK : RC_NOMEM;
}

rc
pool_new(struct pool **ret, size_t n_threads)
{
	AUTO(pool_destroy) struct pool *p = calloc(1, sizeof *p);
	sigset_t                        all, before;

	if (p == NULL) return RC_NOMEM;
	if (n_threads > POOL_THREADS_MAX) n_threads = POOL_THREADS_MAX;
	(void)pthread_mutex_init(&p->lock, NULL);
	(void)pthread_cond_init(&p->begun, NULL);
	(void)pthread_cond_init(&p->left, NULL);
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	rc code = start(p, n_threads);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	TRY(code);
	*ret = TAKE(p);
	return RC_OK;
}

void
pool_destroy(struct pool **pp)
{
	struct pool *p = *pp;

	if (p == NULL) return;
	pthread_mutex_lock(&p->lock);
	p->stop = true;
	pthread_cond_broadcast(&p->begun);
	pthread_mutex_unlock(&p->lock);
	for (size_t i = 0; i < p->n; i++) (void)pthread_join(p->workers[i].thread, NULL);
	(void)pthread_cond_destroy(&p->left);
	(void)pthread_cond_destroy(&p->begun);
	(void)pthread_mutex_destroy(&p->lock);
	free(p);
	*pp = NULL;
}
