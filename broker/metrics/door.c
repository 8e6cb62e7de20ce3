/* SPDX-License-Identifier: EUPL-1.2 */
/* door.c - accepting, writing, closing; never waiting. */
#include "broker/metrics/door.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "broker/log.h"
#include "broker/why.h"
#include "proto/auto.h"

enum { BACKLOG = 8 };

struct metrics_door {
	int                fd;
	bool               bound;
	struct sockaddr_un at;
};

void
metrics_door_destroy(struct metrics_door **dp)
{
	struct metrics_door *d = *dp;

	if (d == NULL) return;
	if (d->bound) (void)unlink(d->at.sun_path);
	if (d->fd >= 0) (void)close(d->fd);
	free(d);
	*dp = NULL;
}

/* Whether somebody answers at AT: a broker that runs keeps its door. */
static bool
is_served(const struct sockaddr_un *at)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0) return false;
	bool served =
	    connect(fd, (const struct sockaddr *)at, sizeof *at) == 0 || errno == EAGAIN;
	(void)close(fd);
	return served;
}

/* A socket that nobody listens at; anything else stays where it is. */
static void
remove_left_over(const char *path)
{
	struct stat st;

	if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode)) (void)unlink(path);
}

rc
metrics_door_open(struct metrics_door **ret, const char *path)
{
	AUTO(metrics_door_destroy) struct metrics_door *d = calloc(1, sizeof *d);

	if (d == NULL) return RC_NOMEM;
	d->fd            = -1;
	d->at.sun_family = AF_UNIX;
	if (strlen(path) >= sizeof d->at.sun_path)
		return why_tell(
		    LOG_CONFIG, RC_CONFIG, path, "metrics_socket: too long for a socket");
	memcpy(d->at.sun_path, path, strlen(path) + 1);
	d->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (d->fd < 0) return RC_SOCKET;
	if (is_served(&d->at))
		return why_tell(
		    LOG_CONFIG, RC_CONFIG, path, "metrics_socket: somebody serves it");
	remove_left_over(path);
	if (bind(d->fd, (const struct sockaddr *)&d->at, sizeof d->at) != 0)
		return why_tell(LOG_CONFIG, RC_CONFIG, path, strerror(errno));
	d->bound = true;
	if (chmod(path, 0660) != 0 || listen(d->fd, BACKLOG) != 0)
		return why_tell(LOG_CONFIG, RC_CONFIG, path, strerror(errno));
	*ret = TAKE(d);
	return RC_OK;
}

bool
metrics_door_is_knocked(struct metrics_door *d)
{
	struct pollfd p = {.fd = d->fd, .events = POLLIN};

	return poll(&p, 1, 0) > 0;
}

void
metrics_door_answer(struct metrics_door *d, struct slice text)
{
	int fd = accept4(d->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0) return;
	if (send(fd, text.p, text.n, MSG_NOSIGNAL) < 0 && errno == EPIPE)
		(void)shutdown(fd, SHUT_RDWR);
	(void)close(fd);
}
