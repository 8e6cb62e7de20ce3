/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * fuzz_keeper.c - any bytes as a question to the keeper, and any as an answer of it.
 *
 * Target functions: vault_answer(), line_read_facts().  An answer has a code, is no
 * longer than a message may be, says nothing when it refuses, and holds no key.
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "broker/keeper/line.h"
#include "proto/auto.h"

static struct vault  *vault;
static struct keyring keys;
static uint8_t        answer_bytes[LINE_BYTES + 8];

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
need(bool holds)
{
	if (!holds) abort();
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	need(sodium_init() >= 0);
	need(keyring_make(&keys, "1") == RC_OK);
	need(vault_new(&vault, &keys, "sluis.example/fuzz", NULL) == RC_OK);
	return 0;
}

static void
as_question(const uint8_t *data, size_t n)
{
	const uint8_t *secret[] = {keys.checkpoint[0].secret, keys.pseudonym[0].secret,
	    keys.master[0].secret, keys.subject};
	struct buf     answer   = {
	          .p = answer_bytes, .cap = sizeof answer_bytes, .max = LINE_BYTES};
	uint64_t code = 0;

	vault_answer(vault, slice_of(data, n), &answer);
	struct slice rest = buf_slice(&answer);
	need(answer.p == answer_bytes && answer.n <= LINE_BYTES);
	need(take_number(&rest, ANSWER_HEADER, &code) == RC_OK);
	need(code == RC_OK || rest.n == 0);
	for (size_t i = 0; i < sizeof secret / sizeof secret[0]; i++)
		need(memmem(answer.p, answer.n, secret[i], 16) == NULL);
}

static void
as_answer(const uint8_t *data, size_t n)
{
	struct keeper_facts facts = {0};
	struct keeper_line *line  = NULL;
	int                 ends[2];

	need(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0);
	need(line_new(&line, ends[0], NULL, &facts) == RC_OK);
	need(n == 0 || send(ends[1], data, n, 0) == (ssize_t)n);
	(void)shutdown(ends[1], SHUT_WR);
	rc code = line_read_facts(line, &facts);
	need(code != RC_OK || (facts.n_epochs > 0 && facts.current < facts.n_epochs));
	line_destroy(&line);
	(void)close(ends[1]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n == 0 || n > LINE_BYTES) return 0;
	as_question(data, n);
	if (data[0] == 0) as_answer(data, n); /* a code of an outcome begins so */
	return 0;
}
