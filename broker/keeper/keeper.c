/* SPDX-License-Identifier: EUPL-1.2 */
/* keeper.c - starting and ending the keeper, and its lines. */
#include "broker/keeper/keeper.h"

#include <poll.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "broker/keeper/line.h"
#include "broker/keeper/process.h"
#include "proto/auto.h"

enum {
	START_S = 30, /* until it has read its keys, and a token answered */
	ENDS_MS = 3000,
	LOOK_MS = 2,
};

struct keeper {
	pid_t               pid;    /* 0: inside, or over */
	struct inside      *inside; /* NULL: a process; else the next */
	struct inside       local;
	unsigned            n_lines;
	struct keeper_line *lines[KEEPER_LINES]; /* owned */
	struct keeper_facts facts;
};

static rc
keeper_alloc(struct keeper **ret)
{
	struct keeper *k = sodium_malloc(sizeof *k);

	if (k == NULL) return RC_NOMEM;
	memset(k, 0, sizeof *k);
	*ret = k;
	return RC_OK;
}

static rc
add_line(struct keeper *k, int fd)
{
	TRY(line_new(&k->lines[k->n_lines], fd, k->inside, &k->facts));
	k->n_lines++;
	return RC_OK;
}

/* Its lines are closed, and so it ends; one that hangs is not waited for: it ends with
 * this process. */
static void
end_process(struct keeper *k)
{
	if (k->pid <= 0) return;
	for (int ms = 0; ms < ENDS_MS && waitpid(k->pid, NULL, WNOHANG) == 0;
	     ms += LOOK_MS)
		(void)poll(NULL, 0, LOOK_MS);
	k->pid = 0;
}

void
keeper_destroy(struct keeper **kp)
{
	struct keeper *k = *kp;

	if (k == NULL) return;
	for (unsigned i = 0; i < k->n_lines; i++) line_destroy(&k->lines[i]);
	end_process(k);
	if (k->inside != NULL) {
		vault_destroy(&k->inside->vault);
		(void)pthread_mutex_destroy(&k->inside->lock);
	}
	sodium_free(k); /* wipes */
	*kp = NULL;
}

/* --- a process -------------------------------------------------------------------- */

struct pairs {
	unsigned n;
	int      ours[KEEPER_LINES], its[KEEPER_LINES];
};

static void
close_all(const int *fds, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (fds[i] >= 0) (void)close(fds[i]);
}

static void
pairs_wipe(struct pairs *p)
{
	close_all(p->ours, p->n);
	close_all(p->its, p->n);
	p->n = 0;
}

static rc
make_pairs(struct pairs *p, unsigned n)
{
	int size = 2 * LINE_BYTES, ends[2];

	for (; p->n < n; p->n++) {
		if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
			return RC_SOCKET;
		p->ours[p->n] = ends[0];
		p->its[p->n]  = ends[1];
		for (int i = 0; i < 2; i++) /* what the system does not give, it has */
			(void)setsockopt(
			    ends[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	}
	return RC_OK;
}

static rc
start(struct keeper *k, struct pairs *p, const struct keeper_options *options)
{
	pid_t broker = getpid();

	k->pid = fork();
	if (k->pid == 0) keeper_process(options, broker, p->its, p->n);
	if (k->pid < 0) return RC_NOMEM;
	for (unsigned i = 0; i < p->n; i++) {
		int fd     = p->ours[i];
		p->ours[i] = -1;
		TRY(add_line(k, fd));
	}
	return RC_OK;
}

rc
keeper_start(struct keeper **ret, const struct keeper_options *options)
{
	AUTO(keeper_destroy) struct keeper *k = NULL;
	AUTO(pairs_wipe) struct pairs       p = {.n = 0};

	if (options->n_lines == 0 || options->n_lines > KEEPER_LINES) return RC_INTERNAL;
	TRY(keeper_alloc(&k));
	TRY(make_pairs(&p, options->n_lines));
	TRY(start(k, &p, options));
	pairs_wipe(&p); /* its ends are its own now: they close when it ends */
	line_patience(k->lines[0], START_S);
	TRY(line_read_facts(k->lines[0], &k->facts));
	for (unsigned i = 0; i < k->n_lines; i++)
		line_patience(k->lines[i], KEEPER_HANGS_S);
	*ret = TAKE(k);
	return RC_OK;
}

/* --- inside ----------------------------------------------------------------------- */

rc
keeper_local(
    struct keeper **ret, const struct keyring *keys, const char *origin, unsigned n_lines)
{
	AUTO(keeper_destroy) struct keeper *k = NULL;

	if (n_lines == 0 || n_lines > KEEPER_LINES) return RC_INTERNAL;
	TRY(keeper_alloc(&k));
	if (pthread_mutex_init(&k->local.lock, NULL) != 0) return RC_NOMEM;
	k->inside = &k->local;
	TRY(vault_new(&k->inside->vault, keys, origin, NULL));
	while (k->n_lines < n_lines) TRY(add_line(k, -1));
	TRY(line_read_facts(k->lines[0], &k->facts));
	*ret = TAKE(k);
	return RC_OK;
}

/* --- the rest --------------------------------------------------------------------- */

const struct keeper_facts *
keeper_facts(const struct keeper *k)
{
	return &k->facts;
}

struct keeper_line *
keeper_line(struct keeper *k, unsigned i)
{
	return i < k->n_lines ? k->lines[i] : NULL;
}

pid_t
keeper_pid(const struct keeper *k)
{
	return k->pid;
}

rc
keeper_check(struct keeper *k)
{
	for (unsigned i = 0; i < k->n_lines; i++)
		if (keeper_line_failed(k->lines[i])) return RC_CRYPTO;
	return line_is_over(k->lines[0]) ? RC_CRYPTO : RC_OK;
}
