/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * line.h - one end of a socket pair to the keeper, and what it remembers.
 *
 * Questions and answers are wiped when they are over.  Owns its buffers and the socket;
 * borrows keeper and facts.  Threads: one.
 */
#ifndef SLUIS_BROKER_KEEPER_LINE_H
#define SLUIS_BROKER_KEEPER_LINE_H

#include <pthread.h>

#include "broker/keeper/vault.h"

struct inside { /* a keeper in this process */
	struct vault   *vault;
	pthread_mutex_t lock;
};

/* FD is taken over, also on failure; with INSIDE it is -1. */
MUST rc line_new(struct keeper_line **ret, int fd, struct inside *inside,
    const struct keeper_facts *facts);
void    line_destroy(struct keeper_line **lp);

/* How long it waits for the other side. */
void line_patience(struct keeper_line *line, unsigned seconds);

/* Whether the other side hung up. */
bool line_is_over(const struct keeper_line *line);

/* Ask for the facts.  What the other side says. */
MUST rc line_read_facts(struct keeper_line *line, struct keeper_facts *ret);

#endif
