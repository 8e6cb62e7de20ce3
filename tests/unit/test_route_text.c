/* SPDX-License-Identifier: EUPL-1.2 */
/* client/command/case/telling.h, client/command/case/choice.h: everything that case.proto
 * can say has its words, in both languages, and no hole of a sentence stays open. */
#include "client/command/case/telling.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/command/case/choice.h"
#include "client/command/case/phrase.h"
#include "proto/auto.h"
#include "signal.pb-c.h"

/* --- what is said ---------------------------------------------------------------- */

static char *said; /* by the last say_*(), freed by the next */

static FILE *
listen(size_t *n)
{
	free(said);
	said    = NULL;
	FILE *f = open_memstream(&said, n);
	assert_non_null(f);
	return f;
}

static void
say_step(const Sluis__CaseStep *s)
{
	size_t         n;
	struct telling t = {.to = listen(&n)};
	tell_step(&t, s);
	(void)fclose(t.to);
}

static void
say_notice(const Sluis__Notice *notice)
{
	size_t         n;
	struct telling t = {.to = listen(&n)};
	tell_notice(&t, notice);
	(void)fclose(t.to);
}

static void
say_task_command(const Sluis__Task *task)
{
	size_t n;
	FILE  *to = listen(&n);
	tell_task_command(to, task);
	(void)fclose(to);
}

static int
forget(void **state)
{
	(void)state;
	free(said);
	said = NULL;
	return 0;
}

/* --- messages with everything in them -------------------------------------------- */

static uint8_t            id_bytes[16] = {0xab, 0xcd, 0xef, 0x01, 2, 3};
static Sluis__Participant whom;
static Sluis__Feedback    feedback;
static Sluis__Response    response;

static Sluis__CaseStep
full_step(Sluis__StepKind kind)
{
	Sluis__CaseStep s = SLUIS__CASE_STEP__INIT;

	sluis__participant__init(&whom);
	sluis__feedback__init(&feedback);
	whom.oin                 = (char *)"00000099000000030000";
	whom.desk                = (char *)"opsporing";
	feedback.has_followed_up = 1;
	feedback.followed_up     = 1;
	s.kind                   = kind;
	s.by_oin                 = (char *)"00000099000000020000";
	s.by_desk                = (char *)"avim";
	s.from                   = (char *)"ontvangen";
	s.to                     = (char *)"verrijkt";
	s.whom                   = &whom;
	s.answer                 = SLUIS__ALIGN_ANSWER__ALIGN_YES;
	s.gate                   = (char *)"riec-signal";
	s.about                  = (ProtobufCBinaryData){16, id_bytes};
	s.convenant              = (char *)"afstemming";
	s.phase                  = (char *)"1";
	s.feedback               = &feedback;
	return s;
}

static Sluis__Notice
full_notice(Sluis__NoticeKind kind, Sluis__CaseStep *step, Sluis__Task *task)
{
	Sluis__Notice n = SLUIS__NOTICE__INIT;

	sluis__response__init(&response);
	response.has_picked_up = 1;
	response.picked_up     = 1;
	n.kind                 = kind;
	n.from_oin             = (char *)"00000099000000020000";
	n.from_desk            = (char *)"avim";
	n.has_case_id          = 1;
	n.case_id              = (ProtobufCBinaryData){16, id_bytes};
	n.about                = n.case_id;
	n.reveal_id            = n.case_id;
	n.step                 = step;
	n.task                 = task;
	n.feedback             = &feedback;
	n.response             = &response;
	n.recall               = SLUIS__RECALL_GROUND__RECALL_UNLAWFUL;
	n.reveal_what          = SLUIS__REVEAL_WHAT__REVEAL_SOURCE;
	n.reveal_ground        = SLUIS__REVEAL_GROUND__OFFICIAL_REPORT;
	n.reveal_verdict       = SLUIS__REVEAL_VERDICT__REVEAL_REFUSED;
	n.planned_on           = (char *)"2026-12-01";
	n.shelter_places       = 12;
	return n;
}

static void
each_language(void (*check)(void))
{
	translate_choose("en");
	check();
	translate_choose("nl");
	check();
	translate_choose("en");
}

/* The holes of TEXT, sorted by their first letter's place in the alphabet: enough to
 * compare two texts. */
static size_t
count_hole(const char *text, const char *hole)
{
	size_t n = 0;
	for (const char *p = strstr(text, hole); p != NULL; p = strstr(p + 1, hole)) n++;
	return n;
}

static void
assert_same_holes(const char *english)
{
	translate_choose("nl");
	const char *dutch = tr(english);
	translate_choose("en");
	for (const char *p = english; (p = strchr(p, '{')) != NULL; p++) {
		char   hole[HOLE_MAX + 2];
		size_t n = strcspn(p, "}") + 1;
		assert_true(n < sizeof hole);
		memcpy(hole, p, n);
		hole[n] = '\0';
		assert_int_equal(count_hole(english, hole), count_hole(dutch, hole));
	}
	assert_int_equal(count_hole(english, "{"), count_hole(dutch, "{"));
}

static void
assert_dutch(const char *english)
{
	translate_choose("nl");
	bool same = tr(english) == english;
	translate_choose("en");
	if (same) print_error("no Dutch: %s\n", english);
	assert_false(same);
}

/* Only a sentence that is nothing but holes reads the same in both languages. */
static bool
only_holes(const char *text)
{
	while (*text == '{') text += strcspn(text, "}") + 1;
	return *text == '\0';
}

/* --- every kind has a sentence ----------------------------------------------------- */

typedef const char *(*sentence_of)(int kind);

static const char *
of_step(int kind)
{
	return step_sentence((Sluis__StepKind)kind);
}

static const char *
of_task(int kind)
{
	return task_sentence((Sluis__TaskKind)kind);
}

static const char *
of_notice(int kind)
{
	return notice_sentence((Sluis__NoticeKind)kind);
}

static void
every_value_has_a_sentence(const ProtobufCEnumDescriptor *e, sentence_of get)
{
	for (unsigned i = 0; i < e->n_values; i++) {
		if (e->values[i].value == 0) continue;
		const char *text = get(e->values[i].value);
		if (text == NULL) print_error("no sentence: %s\n", e->values[i].name);
		assert_non_null(text);
		assert_same_holes(text);
		if (!only_holes(text)) assert_dutch(text);
	}
	assert_null(get(0));
	assert_null(get(9999));
}

static void
every_kind_of_step_task_and_notice_has_a_sentence_in_both_languages(void **state)
{
	(void)state;
	every_value_has_a_sentence(&sluis__step_kind__descriptor, of_step);
	every_value_has_a_sentence(&sluis__task_kind__descriptor, of_task);
	every_value_has_a_sentence(&sluis__notice_kind__descriptor, of_notice);
}

static void
every_coded_answer_has_a_word_and_a_text(void **state)
{
	(void)state;
	static const struct {
		const ProtobufCEnumDescriptor *e;
		const struct choice           *list;
	} all[] = {
	    {&sluis__align_answer__descriptor, choices_align},
	    {&sluis__participant_as__descriptor, choices_as},
	    {&sluis__assessment__descriptor, choices_assessment},
	    {&sluis__no_action_reason__descriptor, choices_no_action},
	    {&sluis__address_disposition__descriptor, choices_disposition},
	    {&sluis__report_measure__descriptor, choices_measure},
	    {&sluis__registration_state__descriptor, choices_registration},
	    {&sluis__shelter_offer__descriptor, choices_shelter},
	    {&sluis__shelter_kind__descriptor, choices_shelter_kind},
	    {&sluis__recall_ground__descriptor, choices_recall},
	    {&sluis__reveal_what__descriptor, choices_reveal_what},
	    {&sluis__reveal_ground__descriptor, choices_reveal_ground},
	    {&sluis__reveal_verdict__descriptor, choices_reveal_verdict},
	};

	for (size_t k = 0; k < sizeof all / sizeof all[0]; k++) {
		size_t n = 0;
		for (; all[k].list[n].word != NULL; n++) {
			assert_dutch(all[k].list[n].text);
			assert_string_not_equal(
			    choice_text(all[k].list, all[k].list[n].value), "?");
		}
		assert_int_equal(n, all[k].e->n_values - 1);
		assert_string_equal(choice_text(all[k].list, 0), "?");
	}
}

/* --- sentences are whole ------------------------------------------------------------ */

static void
assert_whole(const char *what)
{
	bool whole = said[0] != '\0' && strpbrk(said, "{}?") == NULL &&
	             strstr(said, "  ") == NULL && strstr(said, "(null)") == NULL &&
	             said[strlen(said) - 1] != ' ';
	if (!whole) print_error("%s: %s\n", what, said);
	assert_true(whole);
}

static void
check_steps(void)
{
	const ProtobufCEnumDescriptor *e = &sluis__step_kind__descriptor;

	for (unsigned i = 0; i < e->n_values; i++) {
		Sluis__CaseStep s = full_step((Sluis__StepKind)e->values[i].value);
		Sluis__CriterionJudgement  j      = SLUIS__CRITERION_JUDGEMENT__INIT;
		Sluis__CriterionJudgement *list[] = {&j};
		j.criterion                       = (char *)"ernst";
		s.n_judgements                    = 1;
		s.judgements                      = list;
		if (s.kind == SLUIS__STEP_KIND__STEP_UNSPECIFIED) continue;
		say_step(&s);
		assert_whole(e->values[i].name);
		s.by_oin = s.by_desk = NULL; /* time did it */
		say_step(&s);
		assert_whole(e->values[i].name);
	}
}

static void
no_step_leaves_a_hole_open(void **state)
{
	(void)state;
	each_language(check_steps);
}

static void
check_notices(void)
{
	const ProtobufCEnumDescriptor *e      = &sluis__notice_kind__descriptor;
	Sluis__CaseStep                step   = full_step(SLUIS__STEP_KIND__STEP_MOVED);
	Sluis__LinkHit                 hit    = SLUIS__LINK_HIT__INIT;
	Sluis__LinkHit                *hits[] = {&hit};
	Sluis__Task                    task   = SLUIS__TASK__INIT;

	hit.kind    = (char *)"address";
	hit.others  = 2;
	task.kind   = SLUIS__TASK_KIND__TASK_ENRICH;
	task.due_ms = 1796000000000;
	for (unsigned i = 0; i < e->n_values; i++) {
		Sluis__Notice n =
		    full_notice((Sluis__NoticeKind)e->values[i].value, &step, &task);
		n.n_links = 1;
		n.links   = hits;
		if (n.kind == SLUIS__NOTICE_KIND__NOTICE_UNSPECIFIED) continue;
		say_notice(&n);
		assert_whole(e->values[i].name);
		n.step = NULL; /* not every notice tells which step it was */
		say_notice(&n);
		assert_whole(e->values[i].name);
	}
}

static void
no_notice_leaves_a_hole_open(void **state)
{
	(void)state;
	each_language(check_notices);
}

static void
an_empty_message_of_any_kind_is_still_told(void **state)
{
	(void)state;
	for (int kind = 0; kind < 40; kind++) {
		Sluis__CaseStep s = SLUIS__CASE_STEP__INIT;
		Sluis__Notice   n = SLUIS__NOTICE__INIT;
		s.kind            = (Sluis__StepKind)kind;
		n.kind            = (Sluis__NoticeKind)kind;
		say_step(&s);
		assert_string_not_equal(said, "");
		say_notice(&n);
		assert_string_not_equal(said, "");
	}
}

/* --- single sentences --------------------------------------------------------------- */

static void
a_request_for_the_source_names_the_three_answers(void **state)
{
	(void)state;
	Sluis__Notice n =
	    full_notice(SLUIS__NOTICE_KIND__NOTICE_REVEAL_ASKED, NULL, NULL);

	translate_choose("nl");
	say_notice(&n);
	translate_choose("en");
	assert_non_null(strstr(said,
	    "vraagt de bron voor een proces-verbaal: toestaan / weigeren / alleen "
	    "organisatie"));
}

static void
time_is_nobody(void **state)
{
	(void)state;
	Sluis__CaseStep s = full_step(SLUIS__STEP_KIND__STEP_SHIELDED);

	say_step(&s);
	assert_non_null(strstr(said, ", by 00000099000000020000/avim"));
	s.by_oin = NULL;
	say_step(&s);
	assert_null(strstr(said, "by"));
}

static void
agreement_counts(void **state)
{
	(void)state;
	Sluis__Task task = SLUIS__TASK__INIT;
	size_t      n;
	FILE       *to = listen(&n);

	task.kind     = SLUIS__TASK_KIND__TASK_AGREE;
	task.has_need = 1;
	task.have     = 2;
	task.need     = 4;
	translate_choose("nl");
	tell_agreed(to, &task);
	translate_choose("en");
	(void)fclose(to);
	assert_string_equal(said, "wacht op akkoord 2/4");
}

static void
a_task_names_the_command_that_does_it(void **state)
{
	(void)state;
	const ProtobufCEnumDescriptor *e = &sluis__task_kind__descriptor;

	for (unsigned i = 0; i < e->n_values; i++) {
		Sluis__Task task = SLUIS__TASK__INIT;
		task.kind        = (Sluis__TaskKind)e->values[i].value;
		task.has_case_id = 1;
		task.case_id = task.about = (ProtobufCBinaryData){16, id_bytes};
		if (task.kind == SLUIS__TASK_KIND__TASK_UNSPECIFIED) continue;
		say_task_command(&task);
		assert_int_equal(strncmp(said, "sluis ", 6), 0);
		assert_non_null(strstr(said, "abcdef01"));
		assert_null(strchr(said, '{'));
	}
}

static void
what_others_wrote_cannot_steer_a_terminal(void **state)
{
	(void)state;
	Sluis__Notice n =
	    full_notice(SLUIS__NOTICE_KIND__NOTICE_REVEAL_ASKED, NULL, NULL);

	n.reveal_path = (char *)"persons[0]\033[31m\n\xc2\x9b";
	n.from_oin    = (char *)"\r\007";
	say_notice(&n);
	for (const char *p = said; *p != '\0'; p++)
		assert_true((unsigned char)*p >= 0x20 && (unsigned char)*p != 0x7f);
	assert_null(strstr(said, "\xc2\x9b"));
}

static void
a_hole_that_never_closes_ends_the_sentence(void **state)
{
	(void)state;
	size_t         n;
	FILE          *to = listen(&n);
	struct telling t  = {.to = to};

	phrase_say(to, "a {b", NULL, &t);
	phrase_say(to, " c {a_name_that_is_longer_than_any_hole}", NULL, &t);
	(void)fclose(to);
	assert_string_equal(said, "a  c ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
	        every_kind_of_step_task_and_notice_has_a_sentence_in_both_languages),
	    cmocka_unit_test(every_coded_answer_has_a_word_and_a_text),
	    cmocka_unit_test(no_step_leaves_a_hole_open),
	    cmocka_unit_test(no_notice_leaves_a_hole_open),
	    cmocka_unit_test(an_empty_message_of_any_kind_is_still_told),
	    cmocka_unit_test(a_request_for_the_source_names_the_three_answers),
	    cmocka_unit_test(time_is_nobody),
	    cmocka_unit_test(agreement_counts),
	    cmocka_unit_test(a_task_names_the_command_that_does_it),
	    cmocka_unit_test(what_others_wrote_cannot_steer_a_terminal),
	    cmocka_unit_test(a_hole_that_never_closes_ends_the_sentence),
	};
	return cmocka_run_group_tests(tests, NULL, forget);
}
