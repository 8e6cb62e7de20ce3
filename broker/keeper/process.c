/* SPDX-License-Identifier: EUPL-1.2 */
/* process.c - being the keeper. */
#include "broker/keeper/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "broker/keeper/vault.h"
#include "proto/auto.h"

enum { FIRST_LINE = 3, PARKED = 512 };

struct service {
	struct vault *vault;
	struct hsm   *hsm; /* NULL: none; ends with the process */
	unsigned      n;
	struct pollfd lines[KEEPER_LINES];
	struct buf    question, answer;
	uint8_t       question_bytes[LINE_BYTES + 8], answer_bytes[LINE_BYTES + 8];
};

/* The lines become files 3, 4, ...; there are no others. */
static bool
keep_lines_only(struct service *s, const int *lines, unsigned n)
{
	int parked[KEEPER_LINES];

	for (unsigned i = 0; i < n; i++)
		if ((parked[i] = fcntl(lines[i], F_DUPFD, PARKED)) < 0) return false;
	for (unsigned i = 0; i < n; i++) {
		int fd = FIRST_LINE + (int)i;
		if (dup2(parked[i], fd) != fd) return false;
		s->lines[i] = (struct pollfd){.fd = fd, .events = POLLIN};
	}
	s->n = n;
	return close_range(FIRST_LINE + n, ~0U, 0) == 0 && close_range(0, 2, 0) == 0;
}

/* Asked for first, then looked: who ends in between is seen too. */
bool
keeper_ends_with(pid_t broker)
{
	return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && getppid() == broker;
}

static void
ignore_signals(void)
{
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
}

/* --- answering -------------------------------------------------------------------- */

/* One question of line I; false when the line is over. */
static bool
serve_line(struct service *s, unsigned i)
{
	int     fd = s->lines[i].fd;
	ssize_t n;

	do n = recv(fd, s->question.p, LINE_BYTES, MSG_TRUNC);
	while (n < 0 && errno == EINTR);
	if (n <= 0) return false;
	s->answer.n   = 0;
	s->question.n = n > LINE_BYTES ? 0 : (size_t)n; /* cut off: malformed */
	vault_answer(s->vault, buf_slice(&s->question), &s->answer);
	do n = send(fd, s->answer.p, s->answer.n, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	sodium_memzero(s->question.p, s->question.n);
	sodium_memzero(s->answer.p, s->answer.n);
	return n >= 0;
}

static void
hang_up(struct service *s, unsigned i)
{
	(void)close(s->lines[i].fd);
	s->lines[i] = s->lines[--s->n];
}

static void
serve(struct service *s)
{
	while (s->n > 0) {
		int n = s->n == 1 ? 1 : poll(s->lines, s->n, -1);
		if (n < 0 && errno != EINTR) return;
		for (unsigned i = s->n; n > 0 && i-- > 0;)
			if ((s->n == 1 || s->lines[i].revents != 0) && !serve_line(s, i))
				hang_up(s, i);
	}
}

/* Say why there is no keeper. */
static _Noreturn void
refuse(struct service *s, rc why)
{
	uint8_t code[8], question[64];

	put_u64_be(code, (uint64_t)why);
	if (recv(s->lines[0].fd, question, sizeof question, 0) > 0)
		(void)!send(s->lines[0].fd, code + 8 - ANSWER_HEADER, ANSWER_HEADER,
		    MSG_NOSIGNAL);
	_exit(1);
}

/* --- beginning -------------------------------------------------------------------- */

static rc
open_vault(const struct keeper_options *options, struct vault **ret, struct hsm **ret_hsm)
{
	AUTO(keyring_wipe) struct keyring keys = {0};

	TRY(keyring_read(options->keys_file, &keys));
	if (options->hsm.module != NULL) TRY(hsm_open(ret_hsm, &options->hsm));
	return vault_new(ret, &keys, options->origin, *ret_hsm);
}

void
keeper_process(
    const struct keeper_options *options, pid_t broker, const int *lines, unsigned n)
{
	static struct service s; /* of this process; locked with all of it */

	(void)prctl(PR_SET_NAME, "sluisd-keeper", 0, 0, 0);
	ignore_signals();
	s.question = (struct buf){
	    .p = s.question_bytes, .cap = sizeof s.question_bytes, .max = LINE_BYTES};
	s.answer = (struct buf){
	    .p = s.answer_bytes, .cap = sizeof s.answer_bytes, .max = LINE_BYTES};
	if (!keeper_ends_with(broker) || !keep_lines_only(&s, lines, n)) _exit(1);
	rc code = open_vault(options, &s.vault, &s.hsm);
	if (code == RC_OK && !keeper_confine(options->user, s.hsm != NULL, broker))
		code = RC_CRYPTO;
	if (code != RC_OK) refuse(&s, code);
	serve(&s);
	vault_destroy(&s.vault);
	_exit(0);
}
