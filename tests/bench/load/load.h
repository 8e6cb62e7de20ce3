/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * load.h - the same work for brokers of different kinds.
 *
 * One sender, a number of recipients that each receive and acknowledge every signal.
 * load.c decides when how many signals are sent and what is measured; a back end says
 * how.  There is one program per back end (load-sluis, load-mosquitto, load-rabbitmq), of
 * the same load.c, so that none carries the libraries of another.
 *
 * Signals are numbered from 0 in the order in which they are sent.  A broker may accept
 * them in any order; deliveries are counted, and the k-th that a recipient gets is taken
 * for the k-th that was sent, as each of these brokers keeps the order of one sender.
 *
 * A back end ends the program with die() when the broker refuses or loses anything: a
 * figure of a broker that did not do the work is none.
 *
 * Threads: the sender is used by one thread, every recipient by its own.
 */
#ifndef SLUIS_TESTS_BENCH_LOAD_H
#define SLUIS_TESTS_BENCH_LOAD_H

#include <stddef.h>
#include <stdint.h>

#include "payload.h"

enum {
	LOAD_RECIPIENTS_MAX = 64,
	LOAD_IDLE_MAX       = 512,
	LOAD_ACCEPTED_MAX   = 4096,
	LOAD_WINDOW_MAX     = 2048
};

struct plan { /* what to connect to, and what to send; borrowed by back ends */
	const char *region; /* sluis: the folder of a region                        */
	const char *convenant, *phase, *purpose, *from; /* sluis                    */
	const char *certificates; /* others: folder with ca.pem, client.pem, client.key */
	int         port;         /* others: on localhost, TLS                      */
	const char *to[LOAD_RECIPIENTS_MAX]; /* names: of parties, of queues         */
	size_t      n_to;
	const char *idle[LOAD_IDLE_MAX]; /* sluis: who else is connected, and waits */
	size_t      n_idle;
	size_t      batch;  /* at most this many signals under one signature, if it can */
	size_t      window; /* at most this many are sent and not yet accepted      */
	int         timer;  /* a descriptor that ends a wait of the sender, or -1   */
	struct payload payload;
};

struct sender;
struct recipient;

/* "sluis", "mosquitto", "rabbitmq" */
extern const char backend_name[];

/* Connect, ready to send; ends the program when that fails. */
struct sender *sender_open(const struct plan *p);
void           sender_close(struct sender *s);

/* Hand over the N signals that begin with number FIRST; at most plan.batch. */
void sender_send(struct sender *s, uint64_t first, size_t n);

/* Wait at most WAIT_MS until the broker has accepted something (sluis: it is decided and
 * on disk; RabbitMQ: confirmed; Mosquitto: PUBACK).  Numbers go to RET, at most
 * LOAD_ACCEPTED_MAX; returns how many.  0 when the time is up, or plan.timer readable. */
size_t sender_accepted(struct sender *s, int wait_ms, uint64_t *ret);

/* Connect and subscribe; deliveries wait for it from now on. */
struct recipient *recipient_open(const struct plan *p, size_t which);
void              recipient_close(struct recipient *r);

/* Wait at most WAIT_MS for deliveries; returns how many came. */
size_t recipient_receive(struct recipient *r, int wait_ms);

/* Acknowledge all that recipient_receive() just gave. */
void recipient_acknowledge(struct recipient *r);

/* End the program: what the load generator needed is not there. */
_Noreturn void die(const char *what);
_Noreturn void die_of(const char *what, const char *why);

uint64_t now_us(void); /* CLOCK_MONOTONIC */

#endif
