/* SPDX-License-Identifier: EUPL-1.2 */
/* test_preview.c - what a preview tells, without a value and without a trace. */
#include "broker/intake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/message.h"
#include "support/region.h"

static struct region region;
static struct person town;

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

struct draft { /* a Preview with everything it points to */
	uint8_t              id[ID_BYTES];
	Sluis__Head          head;
	Sluis__Preview       preview;
	Sluis__Recipient     recipients[2], *recipient_list[2];
	Sluis__PreviewRecord record, *record_list[1];
	char                *facts[1];
	struct buf           paths;
};

static void
add_recipient(struct draft *d, const char *oin)
{
	size_t n = d->preview.n_recipients++;
	sluis__recipient__init(&d->recipients[n]);
	d->recipients[n].oin = (char *)(uintptr_t)oin;
	d->recipient_list[n] = &d->recipients[n];
}

/* One record with FACT (NULL: none) and the field PATH. */
static void
draft(struct draft *d, const char *path, const char *fact)
{
	memset(d, 0, sizeof *d);
	head_make(&region, &town, d->id, &d->head);
	sluis__preview__init(&d->preview);
	sluis__preview_record__init(&d->record);
	d->paths = buf_init(1024);
	must(schema_pack(schema_find(path), &d->paths));
	d->record.has_paths   = 1;
	d->record.paths       = (ProtobufCBinaryData){d->paths.n, d->paths.p};
	d->facts[0]           = (char *)(uintptr_t)fact;
	d->record.facts       = d->facts;
	d->record.n_facts     = fact == NULL ? 0 : 1;
	d->record_list[0]     = &d->record;
	d->preview.head       = &d->head;
	d->preview.convenant  = (char *)(uintptr_t) "afstemming";
	d->preview.phase      = (char *)(uintptr_t) "1";
	d->preview.purpose    = (char *)(uintptr_t) "duiding";
	d->preview.recipients = d->recipient_list;
	d->preview.records    = d->record_list;
	d->preview.n_records  = 1;
	add_recipient(d, OIN_POLICE);
}

static Sluis__Answer *
asked(struct draft *d)
{
	Sluis__Answer *a = region_ask(&region, &town, TYPE_PREVIEW, &d->preview.base);
	buf_wipe(&d->paths);
	return a;
}

static void
refused(struct draft *d, const char *code)
{
	Sluis__Answer *a = asked(d);
	assert_string_equal(a->code, code);
	assert_int_equal(a->n_outcomes, 0);
	message_destroy(&a);
}

static void
a_preview_tells_action_rule_and_article_and_leaves_no_trace(void **state)
{
	AUTO(message_destroy) Sluis__Answer *a = NULL;
	struct draft                         d;
	uint64_t size = journal_size(region.broker.journal), waiting = 9;

	(void)state;
	draft(&d, "exploitation.types", NULL);
	a = asked(&d);
	assert_string_equal(a->code, "ok");
	assert_int_equal(a->n_outcomes, 1);
	assert_string_equal(a->outcomes[0]->code, "ok");
	assert_int_equal(a->outcomes[0]->n_groups, 1);
	assert_int_equal(
	    a->outcomes[0]->groups[0]->action, SLUIS__ACTION__ACTION_RELEASE);
	assert_non_null(a->outcomes[0]->groups[0]->rule);
	assert_non_null(a->outcomes[0]->groups[0]->article);
	assert_null(a->outcomes[0]->receipt);
	assert_int_equal(journal_size(region.broker.journal), size);
	must(store_count_all_pending(region.broker.store, &waiting));
	assert_int_equal(waiting, 0);
}

/* As it would be when sent: an empty copy goes to nobody. */
static void
who_would_get_nothing_is_told_as_not_served(void **state)
{
	AUTO(message_destroy) Sluis__Answer *a = NULL;
	struct draft                         d;

	(void)state;
	draft(&d, "reporter.name", NULL);
	a = asked(&d);
	assert_string_equal(a->code, "no_recipient_entitled");
	assert_string_equal(a->outcomes[0]->code, "recipient_not_entitled");
	assert_int_equal(
	    a->outcomes[0]->groups[0]->action, SLUIS__ACTION__ACTION_WITHHOLD);
}

static void
only_facts_of_a_record_and_urgency_may_be_stated(void **state)
{
	static const char *const wrong[] = {
	    "nonsense", "", "cie", "recipient_signed", "consent_secrecy"};
	struct draft d;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		draft(&d, "persons.bsn", wrong[i]);
		refused(&d, "malformed");
	}
	static const char *const right[] = {"victim", "urgent"};
	for (size_t i = 0; i < 2; i++) {
		draft(&d, "exploitation.types", right[i]);
		Sluis__Answer *a = asked(&d);
		assert_string_equal(a->code, "ok");
		message_destroy(&a);
	}
}

static void
paths_that_name_no_field_are_malformed(void **state)
{
	struct draft d;

	(void)state;
	draft(&d, "persons.bsn", NULL);
	d.paths.p[2] = 120;
	refused(&d, "malformed");
	draft(&d, "persons.bsn", NULL);
	d.record.paths.len--;
	refused(&d, "malformed");
}

static void
nobody_and_the_same_twice_are_refused(void **state)
{
	struct draft d;

	(void)state;
	draft(&d, "exploitation.types", NULL);
	d.preview.n_recipients = 0;
	refused(&d, "no_recipients_named");
	draft(&d, "exploitation.types", NULL);
	add_recipient(&d, OIN_POLICE);
	refused(&d, "malformed");
	draft(&d, "exploitation.types", NULL);
	d.recipients[0].desk = (char *)(uintptr_t) "avim";
	add_recipient(&d, OIN_POLICE); /* by its default desk */
	refused(&d, "malformed");
}

/* Refused as a whole, an outcome names no desk: two desks are two all the same. */
static void
two_desks_of_one_party_are_two_where_all_is_refused(void **state)
{
	struct draft d;

	(void)state;
	draft(&d, "planned_interventions.kind", NULL); /* without its effect */
	d.recipients[0].desk = (char *)(uintptr_t) "avim";
	add_recipient(&d, OIN_POLICE);
	d.recipients[1].desk = (char *)(uintptr_t) "teamleiding";
	Sluis__Answer *a     = asked(&d);
	assert_string_equal(a->code, "no_recipient_entitled");
	assert_int_equal(a->n_outcomes, 2);
	message_destroy(&a);

	draft(&d, "planned_interventions.kind", NULL);
	d.recipients[0].desk = (char *)(uintptr_t) "avim";
	add_recipient(&d, OIN_POLICE);
	d.recipients[1].desk = (char *)(uintptr_t) "avim";
	refused(&d, "malformed");
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_preview_tells_action_rule_and_article_and_leaves_no_trace),
	    T(who_would_get_nothing_is_told_as_not_served),
	    T(only_facts_of_a_record_and_urgency_may_be_stated),
	    T(paths_that_name_no_field_are_malformed),
	    T(nobody_and_the_same_twice_are_refused),
	    T(two_desks_of_one_party_are_two_where_all_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
