/* SPDX-License-Identifier: EUPL-1.2 */
/* connection.c - asking by getsockopt(), of libzmq's descriptors. */
#include "broker/connection.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>

bool
connection_ask(int fd, struct taken *ret)
{
	struct tcp_info info   = {0};
	socklen_t       n      = sizeof info;
	socklen_t       n_name = sizeof ret->connection;

	if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, &ret->connection, &n_name) != 0)
		return false;
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &n) != 0) return false;
	if (n < offsetof(struct tcp_info, tcpi_notsent_bytes) + sizeof(uint32_t))
		return false;
	ret->bytes = info.tcpi_bytes_acked;
	ret->all   = info.tcpi_unacked == 0 && info.tcpi_notsent_bytes == 0;
	return true;
}

void
connection_cut(int fd)
{
	struct linger none = {.l_onoff = 1, .l_linger = 0};

	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
	(void)shutdown(fd, SHUT_RDWR);
}
