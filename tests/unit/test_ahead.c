/* SPDX-License-Identifier: EUPL-1.2 */
/* test_ahead.c - what a submission takes of the keeper is one question: its pseudonyms
 * for everybody, and the tokens that are kept. */
#include "broker/intake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "broker/keeper/vault.h"
#include "proto/message.h"
#include "support/region.h"

enum { RECIPIENTS = 4 };

static struct region region;
static struct person town;
static size_t        n_asked[ASK_DIGEST + 1];

void __real_vault_answer(struct vault *v, struct slice question, struct buf *out);
void __wrap_vault_answer(struct vault *v, struct slice question, struct buf *out);

void
__wrap_vault_answer(struct vault *v, struct slice question, struct buf *out)
{
	if (question.n != 0 && question.p[0] <= ASK_DIGEST) n_asked[question.p[0]]++;
	__real_vault_answer(v, question, out);
}

static int
make(void **state)
{
	(void)state;
	region_open(&region);
	person_enrolled(&region, OIN_MUNICIPALITY, "meldpunt", &town);
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	person_wipe(&town);
	region_close(&region);
	return 0;
}

/* How many recipients of the signal in FILE were served. */
static size_t
submit(const char *file, const char *convenant, const char *purpose)
{
	static const char *const  to[RECIPIENTS][2] = {{OIN_POLICE, "avim"},
	     {OIN_NLA, "opsporing"}, {OIN_CARE, "zorgcoordinator"}, {OIN_TAX, "riec"}};
	AUTO(buf_wipe) struct buf signal            = buf_init(SIGNAL_MAX);
	Sluis__Submit             m                 = SLUIS__SUBMIT__INIT;
	Sluis__Recipient          all[RECIPIENTS], *list[RECIPIENTS];
	Sluis__Head               head;
	uint8_t                   id[ID_BYTES];
	size_t                    served = 0;

	signal_from_file(file, &signal);
	head_make(&region, &town, id, &head);
	for (size_t i = 0; i < RECIPIENTS; i++) {
		sluis__recipient__init(&all[i]);
		all[i].oin  = message_borrow(to[i][0]);
		all[i].desk = message_borrow(to[i][1]);
		list[i]     = &all[i];
	}
	m.head         = &head;
	m.n_recipients = RECIPIENTS;
	m.recipients   = list;
	m.convenant    = message_borrow(convenant);
	m.phase        = message_borrow("1");
	m.purpose      = message_borrow(purpose);
	m.has_signal   = 1;
	m.signal       = (ProtobufCBinaryData){.len = signal.n, .data = signal.p};
	AUTO(message_destroy)
	Sluis__Answer *a = region_ask(&region, &town, TYPE_SUBMIT, &m.base);
	for (size_t i = 0; i < a->n_outcomes; i++)
		served += strcmp(a->outcomes[i]->code, "ok") == 0;
	return served;
}

static const char *const files[] = {"01-older-friend.json", "02-barn-at-the-nursery.json",
    "03-forced-to-steal.json", "04-hotel-and-webcam.json",
    "05-niece-in-the-household.json", "06-women-in-one-room.json", "07-straw-man.json",
    "08-weekly-registrations.json"};

static const char *const words[][2] = {{"afstemming", "duiding"}, {"zvh", "casusoverleg"},
    {"riec", "casusoverleg"}, {"zorg", "hulpverlening"}};

static void
a_signal_for_many_is_one_question_at_most(void **state)
{
	size_t served = 0, evaluated = 0;
	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		for (size_t k = 0; k < sizeof words / sizeof words[0]; k++) {
			memset(n_asked, 0, sizeof n_asked);
			served += submit(files[i], words[k][0], words[k][1]);
			if (n_asked[ASK_EVALUATE] > 1)
				fail_msg("%s under %s: %zu questions", files[i],
				    words[k][0], n_asked[ASK_EVALUATE]);
			evaluated += n_asked[ASK_EVALUATE];
			assert_int_equal(n_asked[ASK_UNWRAP], 0);
			assert_true(n_asked[ASK_SIGN] <= 1);
			assert_int_equal(n_asked[ASK_DIGEST], 0);
		}
	assert_true(served > 40);
	assert_true(evaluated > 8);
}

static void
record_keys_are_taken_in_bulk(void **state)
{
	(void)state;
	memset(n_asked, 0, sizeof n_asked);
	for (size_t i = 0; i < 20; i++) (void)submit(files[4], words[0][0], words[0][1]);
	assert_true(n_asked[ASK_FRESH] <= 1);
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_signal_for_many_is_one_question_at_most),
	    T(record_keys_are_taken_in_bulk),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
