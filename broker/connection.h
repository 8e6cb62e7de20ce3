/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * connection.h - what the kernel knows of a connection that libzmq has.
 *
 * libzmq may have closed the descriptor since, and another connection may have it: who
 * asks compares the number of the connection, and to cut off that of a moment ago costs
 * another one at worst a reconnection.
 *
 * Owns nothing.  Threads: any.
 */
#ifndef SLUIS_BROKER_CONNECTION_H
#define SLUIS_BROKER_CONNECTION_H

#include "broker/taking.h"

/* A taking_ask. */
bool connection_ask(int fd, struct taken *ret);

/* A taking_cut: libzmq sees its end and closes it; what was to be sent is dropped. */
void connection_cut(int fd);

#endif
