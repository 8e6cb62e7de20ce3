/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * lib_example.c - an agency's program: only sluis.h and libsluis.so.
 *
 *	lib_example SENDER-FOLDER RECIPIENT-FOLDER SIGNAL.json RECIPIENT-OIN
 *
 * Sends the signal under `zorg`, receives it as the recipient, acknowledges it.
 */
#include "sluis.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TIMEOUT_MS = 10000 };

/* End with what went wrong. */
static void
need(const char *what, enum sluis_code code, const struct sluis *s)
{
	if (code == SLUIS_OK) return;
	(void)fprintf(stderr, "%s: %s %s\n", what, sluis_code_name(code),
	    s != NULL ? sluis_last_error(s)->where : "");
	exit(sluis_code_exit_status(code));
}

static struct sluis *
open_folder(const char *dir)
{
	struct sluis_error e;
	struct sluis      *s = NULL;

	need(dir, sluis_open(&s, dir, &e), NULL);
	return s;
}

static char *
read_file(const char *path, size_t *ret_n)
{
	FILE *f    = fopen(path, "rb");
	char *text = calloc(1, 65536);

	if (f == NULL || text == NULL) exit(1);
	*ret_n = fread(text, 1, 65535, f);
	(void)fclose(f);
	return text;
}

static void
send_signal(struct sluis *s, const char *path, const char *oin)
{
	struct sluis_recipient  to   = {oin, NULL};
	struct sluis_submission what = {.convenant = "zorg",
	    .phase                                 = "1",
	    .purpose                               = "hulpverlening",
	    .recipients                            = &to,
	    .n_recipients                          = 1};
	struct sluis_result    *r    = NULL;

	char *text       = read_file(path, &what.signal_json_n);
	what.signal_json = text;
	need("send", sluis_send(s, &what, TIMEOUT_MS, &r), s);
	(void)printf("%s: %s, entry %lld\n", sluis_result_outcome(r, 0)->oin,
	    sluis_code_name(sluis_result_outcome(r, 0)->code),
	    (long long)sluis_result_outcome(r, 0)->entry_index);
	if (strstr(sluis_result_json(r), "\"trace_id\"") == NULL) exit(1);
	sluis_result_destroy(&r);
	free(text);
}

static void
receive_and_acknowledge(struct sluis *s)
{
	struct sluis_receive how = {
	    .wait_ms = 5000, .lease_ms = 30000, .flags = SLUIS_KEEP};
	struct sluis_result *r = NULL, *done = NULL;

	need("receive", sluis_receive(s, &how, TIMEOUT_MS, &r), s);
	for (size_t i = 0; i < sluis_result_n_deliveries(r); i++) {
		const struct sluis_delivery *d = sluis_result_delivery(r, i);
		need("acknowledge", sluis_acknowledge(s, d->id, 1, 0, TIMEOUT_MS, &done),
		    s);
		(void)printf("%zu fields acknowledged\n", d->n_grounds);
		sluis_result_destroy(&done);
	}
	if (sluis_result_n_deliveries(r) == 0) exit(1);
	sluis_result_destroy(&r);
}

int
main(int argc, char **argv)
{
	if (argc != 5) return 2;
	struct sluis *sender = open_folder(argv[1]), *recipient = open_folder(argv[2]);

	send_signal(sender, argv[3], argv[4]);
	receive_and_acknowledge(recipient);
	need("history", sluis_check_history(recipient, TIMEOUT_MS), recipient);
	sluis_close(&sender);
	sluis_close(&recipient);
	sluis_close(&recipient); /* closed twice is closed */
	return 0;
}
