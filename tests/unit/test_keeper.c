/* SPDX-License-Identifier: EUPL-1.2 */
/* test_keeper.c - the keeper's process and its lines; the vault is in
 * test_keeper_vault.c. */
#include "broker/keeper/keeper.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "broker/keeper/line.h"
#include "broker/keeper/line_inside.h"
#include "certs/file.h"
#include "proto/checkpoint.h"
#include "support/region.h"

#define ORIGIN "sluis.example/keeper"

enum { MANY = 3000 };

static char           dir[FOLDER_MAX], path[64];
static struct keeper *keeper, *local;
static struct keyring keys;
static size_t         n_sent; /* questions, since it was set to 0 */

ssize_t __real_send(int fd, const void *p, size_t n, int flags);
ssize_t __wrap_send(int fd, const void *p, size_t n, int flags);

ssize_t
__wrap_send(int fd, const void *p, size_t n, int flags)
{
	n_sent++;
	return __real_send(fd, p, n, flags);
}

static rc
start(struct keeper **ret, const char *file, unsigned n)
{
	struct keeper_options o = {.keys_file = file, .origin = ORIGIN, .n_lines = n};
	return keeper_start(ret, &o);
}

static int
make(void **state)
{
	(void)state;
	if (sodium_init() < 0) return -1;
	make_folder(dir, "keeper");
	(void)snprintf(path, sizeof path, "%s/keys.json", dir);
	must(keyring_create(path, "2027"));
	must(keyring_read(path, &keys));
	must(start(&keeper, path, 2));
	must(keeper_local(&local, &keys, ORIGIN, 1));
	n_sent = 0;
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	keeper_destroy(&keeper);
	keeper_destroy(&local);
	remove_folder(dir);
	return 0;
}

/* --- asking ----------------------------------------------------------------------- */

static uint8_t inputs[MANY][4], kind[12] = {0, 0, 0, 0, 0, 0, 0, 3, 'b', 's', 'n'};

static void
questions(struct evaluation *all, size_t n, enum evaluate what)
{
	for (size_t i = 0; i < n; i++) {
		inputs[i][0] = (uint8_t)i;
		inputs[i][1] = (uint8_t)(i >> 8);
		all[i]       = (struct evaluation){.what = what,
		          .domain                        = slice_of(kind, 11),
		          .input                         = slice_of(inputs[i], 4)};
	}
}

static void
the_process_answers_as_one_inside_would(void **state)
{
	static struct evaluation a[50], b[50];
	(void)state;
	for (enum evaluate what = EVALUATE_TOKEN; what <= EVALUATE_SUBJECT; what++) {
		questions(a, 50, what);
		questions(b, 50, what);
		must(keeper_evaluate(keeper_line(keeper, 0), a, 50));
		must(keeper_evaluate(keeper_line(local, 0), b, 50));
		for (size_t i = 0; i < 50; i++)
			assert_memory_equal(a[i].ret, b[i].ret, EVALUATED_BYTES);
		assert_memory_not_equal(a[0].ret, a[1].ret, EVALUATED_BYTES);
	}
	assert_memory_equal(
	    keeper_facts(keeper), keeper_facts(local), sizeof(struct keeper_facts));
}

static void
the_facts_are_of_the_keys_and_without_their_secrets(void **state)
{
	const struct keeper_facts *f = keeper_facts(keeper);
	(void)state;
	assert_int_equal(f->n_curves, 1);
	assert_memory_equal(f->curve[0].secret, keys.curve[0].secret, KEY_BYTES);
	assert_memory_equal(f->checkpoint[0], keys.checkpoint[0].public_key, KEY_BYTES);
	assert_string_equal(f->epoch[f->current].epoch, "2027");
	assert_int_equal(f->master[0], 1);
	const uint8_t *secret[] = {keys.checkpoint[0].secret, keys.pseudonym[0].secret,
	    keys.master[0].secret, keys.subject};
	for (size_t i = 0; i < 4; i++)
		assert_null(memmem(f, sizeof *f, secret[i], KEY_BYTES));
}

static void
many_are_few_round_trips(void **state)
{
	static struct evaluation a[MANY], b[MANY];
	(void)state;
	questions(a, MANY, EVALUATE_TOKEN);
	questions(b, MANY, EVALUATE_TOKEN);
	must(keeper_evaluate(keeper_line(keeper, 0), a, 200));
	assert_int_equal(n_sent, 1);
	must(keeper_evaluate(keeper_line(keeper, 0), a, MANY));
	assert_true(n_sent > 2 && n_sent <= 5);
	for (size_t i = 0; i < MANY; i++)
		must(keeper_evaluate(keeper_line(local, 0), &b[i], 1));
	for (size_t i = 0; i < MANY; i++)
		assert_memory_equal(a[i].ret, b[i].ret, EVALUATED_BYTES);
}

static void
an_answer_is_of_that_question_alone(void **state)
{
	struct evaluation   a, b;
	struct keeper_line *line      = keeper_line(keeper, 0);
	uint8_t             other[12] = {0, 0, 0, 0, 0, 0, 0, 3, 'b', 's', 'm'};
	uint8_t             longer[5] = {0};
	(void)state;
	questions(&a, 1, EVALUATE_TOKEN);
	must(keeper_evaluate(line, &a, 1));
	b      = a;
	b.what = EVALUATE_SUBJECT;
	must(keeper_evaluate(line, &b, 1));
	assert_memory_not_equal(a.ret, b.ret, EVALUATED_BYTES);
	b        = a;
	b.domain = slice_of(other, 11);
	must(keeper_evaluate(line, &b, 1));
	assert_memory_not_equal(a.ret, b.ret, EVALUATED_BYTES);
	b       = a;
	b.input = slice_of(longer, 5);
	must(keeper_evaluate(line, &b, 1));
	assert_memory_not_equal(a.ret, b.ret, EVALUATED_BYTES);
	b       = a;
	b.epoch = 1; /* there is none */
	assert_int_equal(keeper_evaluate(line, &b, 1), RC_NOT_FOUND);
	must(keeper_check(keeper)); /* it was an answer */
}

/* --- record keys ------------------------------------------------------------------ */

static void
new_keys_come_in_bulk_and_none_twice(void **state)
{
	static uint8_t      key[MANY][KEY_BYTES], wrapped[MANY][WRAPPED_BYTES];
	struct keeper_line *line = keeper_line(keeper, 0);
	uint8_t             got[KEY_BYTES];
	(void)state;
	for (size_t i = 0; i < KEEPER_POOL; i++)
		must(keeper_fresh_key(line, key[i], wrapped[i]));
	assert_int_equal(n_sent, 1);
	for (size_t i = KEEPER_POOL; i < MANY; i++)
		must(keeper_fresh_key(line, key[i], wrapped[i]));
	assert_int_equal(n_sent, (MANY + KEEPER_POOL - 1) / KEEPER_POOL);
	for (size_t i = 0; i < MANY; i += 7) {
		for (size_t k = 0; k < i; k++)
			if (memcmp(key[i], key[k], KEY_BYTES) == 0) fail();
		must(seal_unwrap_key(
		    keys.master, 1, 0, slice_of(wrapped[i], WRAPPED_BYTES), got));
		assert_memory_equal(got, key[i], KEY_BYTES);
	}
}

static void
unwrapping_many_is_one_round_trip_and_of_those_just_made_none(void **state)
{
	static struct unwrapping u[100];
	static uint8_t           key[100][KEY_BYTES], wrapped[100][WRAPPED_BYTES];
	struct keeper_line      *line = keeper_line(keeper, 0);
	(void)state;
	for (size_t i = 0; i < 100; i++) {
		must(keeper_fresh_key(line, key[i], wrapped[i]));
		u[i].wrapped = slice_of(wrapped[i], WRAPPED_BYTES);
	}
	for (int round = 0; round < 3; round++) { /* remembered, asked, remembered */
		n_sent = 0;
		must(keeper_unwrap(line, u, 100));
		for (size_t i = 0; i < 100; i++) {
			assert_int_equal(u[i].code, RC_OK);
			assert_memory_equal(u[i].key, key[i], KEY_BYTES);
			sodium_memzero(u[i].key, KEY_BYTES);
		}
		if (round == 1) assert_int_equal(n_sent, 1);
		if (round != 1) assert_int_equal(n_sent, 0);
		if (round == 0) keeper_forget(line);
	}
}

static void
one_that_is_not_ours_does_not_spoil_the_others(void **state)
{
	uint8_t             key[KEY_BYTES], wrapped[3][WRAPPED_BYTES];
	struct keeper_line *line = keeper_line(keeper, 0);
	struct unwrapping   u[3] = {{.key_id = 0}};
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		must(keeper_fresh_key(line, key, wrapped[i]));
		u[i].wrapped = slice_of(wrapped[i], WRAPPED_BYTES);
	}
	keeper_forget(line);
	wrapped[1][40] ^= 1;
	must(keeper_unwrap(line, u, 3));
	assert_int_equal(u[0].code, RC_OK);
	assert_int_equal(u[1].code, RC_CRYPTO);
	assert_true(sodium_is_zero(u[1].key, KEY_BYTES));
	assert_int_equal(u[2].code, RC_OK);
	assert_memory_equal(u[2].key, key, KEY_BYTES);
	assert_int_equal(keeper_unwrap_key(line, 0, u[1].wrapped, key), RC_CRYPTO);
}

/* Whoever can write the databases could else seal by a key of zeros. */
static void
nothing_but_zeros_is_no_wrapped_key(void **state)
{
	static const uint8_t zeros[WRAPPED_BYTES];
	uint8_t              key[KEY_BYTES];
	(void)state;
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(keeper_unwrap_key(keeper_line(keeper, i), 0,
		                     slice_of(zeros, sizeof zeros), key),
		    RC_CRYPTO);
}

static void
a_rewrapped_key_is_the_same_key(void **state)
{
	uint8_t             key[KEY_BYTES], got[KEY_BYTES], wrapped[WRAPPED_BYTES];
	struct keeper_line *line = keeper_line(keeper, 0);
	struct rewrapping   w = {.key_id = 0}, bad = {.key_id = 0};
	(void)state;
	must(keeper_fresh_key(line, key, wrapped));
	w.wrapped   = slice_of(wrapped, WRAPPED_BYTES);
	bad.wrapped = slice_of(wrapped, WRAPPED_BYTES - 1);
	must(keeper_rewrap(line, &w, 1));
	assert_int_equal(w.code, RC_OK);
	assert_memory_not_equal(w.ret, wrapped, WRAPPED_BYTES);
	must(keeper_unwrap_key(line, 0, slice_of(w.ret, WRAPPED_BYTES), got));
	assert_memory_equal(got, key, KEY_BYTES);
	must(keeper_rewrap(line, &bad, 1));
	assert_int_equal(bad.code, RC_CRYPTO);
}

/* A place that holds nothing is zeros: who writes zeros on the disk has no key by that.
 */
static void
zeros_are_nobodys_key(void **state)
{
	static const uint8_t zeros[WRAPPED_BYTES];
	struct keeper_line  *line = keeper_line(keeper, 0);
	uint8_t              key[KEY_BYTES];
	(void)state;
	assert_int_equal(
	    keeper_unwrap_key(line, 0, slice_of(zeros, sizeof zeros), key), RC_CRYPTO);
}

/* More than one question holds: each thing comes back to whom it was asked for. */
static void
more_than_a_question_holds_is_asked_in_turns(void **state)
{
	enum { N = 2 * ASKED_MAX + 7, BAD = ASKED_MAX + 3 };
	static uint8_t           key[N][KEY_BYTES], wrapped[N][WRAPPED_BYTES];
	static struct rewrapping w[N];
	static struct unwrapping u[N];
	struct keeper_line      *line = keeper_line(keeper, 0);
	(void)state;
	for (size_t i = 0; i < N; i++) {
		must(keeper_fresh_key(line, key[i], wrapped[i]));
		w[i].wrapped = slice_of(wrapped[i], WRAPPED_BYTES);
	}
	wrapped[BAD][40] ^= 1;
	n_sent = 0;
	must(keeper_rewrap(line, w, N));
	assert_int_equal(n_sent, 3);
	for (size_t i = 0; i < N; i++) {
		assert_int_equal(w[i].code, i == BAD ? RC_CRYPTO : RC_OK);
		u[i].wrapped = slice_of(w[i].ret, WRAPPED_BYTES);
	}
	keeper_forget(line);
	n_sent = 0;
	must(keeper_unwrap(line, u, N));
	assert_int_equal(n_sent, 3);
	for (size_t i = 0; i < N; i++) {
		assert_int_equal(u[i].code, i == BAD ? RC_CRYPTO : RC_OK);
		if (i != BAD) assert_memory_equal(u[i].key, key[i], KEY_BYTES);
	}
	sodium_memzero(u, sizeof u);
	sodium_memzero(key, sizeof key);
}

/* --- life ------------------------------------------------------------------------- */

static void
lines_are_apart(void **state)
{
	struct evaluation a, b;
	(void)state;
	questions(&a, 1, EVALUATE_TOKEN);
	b = a;
	must(keeper_evaluate(keeper_line(keeper, 0), &a, 1));
	must(keeper_evaluate(keeper_line(keeper, 1), &b, 1));
	assert_int_equal(n_sent, 2);
	assert_memory_equal(a.ret, b.ret, EVALUATED_BYTES);
	assert_null(keeper_line(keeper, 2));
}

static void
a_file_that_is_no_keyring_says_so(void **state)
{
	struct keeper *k = NULL;
	(void)state;
	assert_int_equal(start(&k, "/nowhere/keys.json", 1), RC_NOT_FOUND);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(start(&k, path, 1), RC_CONFIG);
	must(file_write(path, slice_str("{}"), 0600));
	assert_int_equal(start(&k, path, 1), RC_CONFIG);
	assert_null(k);
	assert_int_equal(start(&k, path, 0), RC_INTERNAL);
	assert_int_equal(start(&k, path, KEEPER_LINES + 1), RC_INTERNAL);
}

/* A line to us, and our end of it. */
static struct keeper_line *
line_to_us(int *ret_end)
{
	struct keeper_line *line = NULL;
	int                 ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	must(line_new(&line, ends[0], NULL, keeper_facts(local)));
	*ret_end = ends[1];
	return line;
}

static void
nonsense_for_an_answer_is_the_end_of_the_line(void **state)
{
	static const uint8_t zero[200];
	static const size_t  sizes[] = {1, 3, 4, 5, 37, 39, 40, 4 + 2 * EVALUATED_BYTES};
	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct evaluation   e;
		int                 end;
		struct keeper_line *line = line_to_us(&end);
		questions(&e, 1, EVALUATE_TOKEN);
		assert_int_equal(send(end, zero, sizes[i], 0), sizes[i]);
		assert_int_equal(keeper_evaluate(line, &e, 1), RC_CRYPTO);
		assert_true(keeper_line_failed(line));
		/* and a good answer comes too late */
		assert_int_equal(send(end, zero, 4 + EVALUATED_BYTES, 0), 38);
		assert_int_equal(keeper_evaluate(line, &e, 1), RC_CRYPTO);
		line_destroy(&line);
		(void)close(end);
	}
}

static void
facts_that_cannot_be_are_the_end_of_the_line(void **state)
{
	AUTO(vault_destroy) struct vault *v   = NULL;
	AUTO(buf_wipe) struct buf         out = buf_init(LINE_BYTES);
	uint8_t                           ask = ASK_FACTS;
	(void)state;
	must(vault_new(&v, &keys, ORIGIN, NULL));
	vault_answer(v, slice_of(&ask, 1), &out);
	for (size_t n = 4; n <= out.n; n++) {
		struct keeper_facts facts = {0};
		int                 end;
		struct keeper_line *line = line_to_us(&end);
		assert_int_equal(send(end, out.p, n, 0), n);
		rc code = line_read_facts(line, &facts);
		assert_int_equal(code, n == out.n ? RC_OK : RC_CRYPTO);
		line_destroy(&line);
		(void)close(end);
	}
}

/* In a child: a keeper that becomes USER and is stopped, while its broker ends without a
 * word.  Its id. */
static pid_t
leave_one_stopped(const char *user)
{
	struct keeper_options o = {
	    .keys_file = path, .origin = ORIGIN, .n_lines = 1, .user = user};
	struct keeper *k   = NULL;
	pid_t          pid = 0, child;
	int            ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_true((child = fork()) >= 0);
	if (child == 0) {
		if (keeper_start(&k, &o) == RC_OK) pid = keeper_pid(k);
		if (pid > 0 && kill(pid, SIGSTOP) == 0 &&
		    waitpid(pid, NULL, WUNTRACED) == pid)
			(void)!write(ends[1], &pid, sizeof pid);
		_exit(0);
	}
	(void)close(ends[1]);
	assert_int_equal(read(ends[0], &pid, sizeof pid), sizeof pid);
	(void)close(ends[0]);
	assert_int_equal(waitpid(child, NULL, 0), child);
	return pid;
}

static void
one_that_was_stopped_ends_with_its_broker(void **state)
{
	enum { ENDS_MS = 20000 };
	const char *users[] = {NULL, "nobody"};
	(void)state;
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
	for (size_t i = 0; i < (geteuid() == 0 ? 2 : 1); i++) {
		int   status = 0, ms = 0;
		pid_t pid = leave_one_stopped(users[i]);
		while (waitpid(pid, &status, WNOHANG) == 0 && ms++ < ENDS_MS)
			(void)poll(NULL, 0, 1);
		if (ms >= ENDS_MS) (void)kill(pid, SIGKILL);
		assert_true(ms < ENDS_MS && WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGKILL);
	}
	(void)prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
}

static void
a_keeper_that_ended_fails_every_call_from_then_on(void **state)
{
	struct evaluation   e;
	struct keeper_line *line = keeper_line(keeper, 1);
	uint8_t             key[KEY_BYTES], wrapped[WRAPPED_BYTES], sig[SIG_BYTES];
	uint8_t             digests[KEYRING_MASTERS][HASH_BYTES];
	(void)state;
	questions(&e, 1, EVALUATE_TOKEN);
	must(keeper_evaluate(line, &e, 1));
	must(keeper_fresh_key(line, key, wrapped));
	must(keeper_check(keeper));
	assert_int_equal(kill(keeper_pid(keeper), SIGKILL), 0);
	while (keeper_check(keeper) == RC_OK) continue; /* until the system has done it */
	keeper_forget(line);
	assert_int_equal(keeper_evaluate(line, &e, 1), RC_CRYPTO);
	assert_int_equal(keeper_sign(line, 0, slice_str("x"), sig), RC_CRYPTO);
	assert_int_equal(
	    keeper_unwrap_key(line, 0, slice_of(wrapped, sizeof wrapped), key),
	    RC_CRYPTO);
	assert_int_equal(keeper_old_digests(line, slice_str("x"), digests), RC_CRYPTO);
	assert_int_equal(keeper_check(keeper), RC_CRYPTO);
}

/* Stopped: nothing tells that it will not answer. */
static void
a_keeper_that_hangs_is_given_up(void **state)
{
	struct evaluation   e;
	struct keeper_line *line = keeper_line(keeper, 0);
	pid_t               pid  = keeper_pid(keeper);
	int                 how  = 0;
	(void)state;
	questions(&e, 1, EVALUATE_TOKEN);
	line_patience(line, 1);
	assert_int_equal(kill(pid, SIGSTOP), 0);
	assert_int_equal(waitpid(pid, &how, WUNTRACED), pid);
	assert_true(WIFSTOPPED(how));
	must(keeper_check(keeper));
	assert_int_equal(keeper_evaluate(line, &e, 1), RC_CRYPTO);
	assert_int_equal(keeper_check(keeper), RC_CRYPTO);
	assert_int_equal(n_sent, 1);
	assert_int_equal(keeper_evaluate(line, &e, 1), RC_CRYPTO);
	assert_int_equal(n_sent, 1); /* not waited for a second time */
	keeper_destroy(&keeper);     /* nor is its end */
	assert_int_equal(waitpid(pid, &how, WNOHANG), 0);
	assert_int_equal(kill(pid, SIGCONT), 0);
	assert_int_equal(waitpid(pid, &how, 0), pid); /* its lines are over */
	assert_true(WIFEXITED(how));
}

static void
a_keeper_that_may_do_nothing_else_still_answers_all(void **state)
{
	struct note_verifier      v;
	struct hash               root = {{1}};
	AUTO(buf_wipe) struct buf text = buf_init(1000);
	uint8_t        sig[SIG_BYTES], d[KEYRING_MASTERS][HASH_BYTES], want[HASH_BYTES];
	static uint8_t large[FRAME_MAX];
	struct keeper_line *line = keeper_line(keeper, 0);
	(void)state;
	must(note_verifier_init(&v, ORIGIN, keeper_facts(keeper)->checkpoint[0]));
	must(checkpoint_text(&v, 5, &root, &text));
	must(keeper_sign(line, 0, buf_slice(&text), sig));
	assert_int_equal(
	    crypto_sign_verify_detached(sig, text.p, text.n, v.public_key), 0);
	must(keeper_old_digests(line, slice_of(large, sizeof large), d));
	(void)crypto_generichash(
	    want, sizeof want, large, sizeof large, keys.master[0].secret, KEY_BYTES);
	assert_memory_equal(d[0], want, sizeof want);
	assert_true(sodium_is_zero(d[1], HASH_BYTES));
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(the_process_answers_as_one_inside_would),
	    T(the_facts_are_of_the_keys_and_without_their_secrets),
	    T(many_are_few_round_trips),
	    T(an_answer_is_of_that_question_alone),
	    T(new_keys_come_in_bulk_and_none_twice),
	    T(unwrapping_many_is_one_round_trip_and_of_those_just_made_none),
	    T(one_that_is_not_ours_does_not_spoil_the_others),
	    T(nothing_but_zeros_is_no_wrapped_key),
	    T(a_rewrapped_key_is_the_same_key),
	    T(zeros_are_nobodys_key),
	    T(more_than_a_question_holds_is_asked_in_turns),
	    T(lines_are_apart),
	    T(a_file_that_is_no_keyring_says_so),
	    T(nonsense_for_an_answer_is_the_end_of_the_line),
	    T(facts_that_cannot_be_are_the_end_of_the_line),
	    T(one_that_was_stopped_ends_with_its_broker),
	    T(a_keeper_that_ended_fails_every_call_from_then_on),
	    T(a_keeper_that_hangs_is_given_up),
	    T(a_keeper_that_may_do_nothing_else_still_answers_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
