/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * unread.h - answers that wait in memory for who does not read them, in bytes.
 *
 * ZeroMQ bounds what waits on a connection in messages.  An answer is anything from a
 * hundred bytes to four megabytes, and a party may have many connections: this bounds
 * what waits in bytes, by the key that they wait for.
 *
 *	each    what may wait for one key
 *	all     what may wait together.  Who has nothing waiting gets one more answer
 *	        even then: readers are not held up by those that do not read.
 *
 * Keys share UNREAD_STRANGERS accounts, by a hash that nobody outside can compute: nobody
 * can pick a key that waits with another's.  Who has no name yet, at the enrol door, is
 * on one account more, outside the total: many keys that knock there take no room of
 * those that are enrolled.
 *
 * Invariant: an account is what libzmq has of it and has not begun to send; nothing is
 * forgotten, since it gives every frame back.  It does so when a connection takes the
 * frame to encrypt it: the one answer that each connection is sending is taking.h's.
 *
 * Owns: the accounts; each frame owns its bytes.  Threads: frames are given back by
 * libzmq's own; the rest is the broker loop's.
 */
#ifndef SLUIS_BROKER_UNREAD_H
#define SLUIS_BROKER_UNREAD_H

#include "proto/bytes.h"
#include "proto/limits.h"

enum { UNREAD_SEED_BYTES = 16, UNREAD_STRANGERS = 4096 };

struct unread;

/* At most EACH bytes for one key and ALL together; SEED is random.  RC_NOMEM. */
MUST rc unread_new(
    struct unread **ret, size_t each, size_t all, const uint8_t seed[UNREAD_SEED_BYTES]);

/* Only when libzmq has given back every frame (zmq_ctx_term() waits for that). */
void unread_destroy(struct unread **up);

/* The account that frames for KEY, which is enrolled, are on: below UNREAD_STRANGERS. */
uint16_t unread_account(const struct unread *u, const uint8_t key[KEY_BYTES]);

/* A copy of FRAME at *RET, on ACCOUNT until unread_let_go(*RET, *RET_HELD).
 * RC_QUEUE_FULL: more than that may not wait; RC_NOMEM. */
MUST rc unread_take(struct unread *u, uint16_t account, struct slice frame, uint8_t **ret,
    void **ret_held);

/* A zmq_free_fn.  Threads: any. */
void unread_let_go(void *bytes, void *held);

/* Bytes that wait now, but for those of strangers. */
size_t unread_total(const struct unread *u);

#endif
