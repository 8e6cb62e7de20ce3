/* SPDX-License-Identifier: EUPL-1.2 */
/* task_text.c - what waits for a desk, and the command that does it. */
#include <string.h>

#include "client/command/case/phrase.h"
#include "client/command/case/telling.h"
#include "client/command/translate.h"

/* In a command CASE and ID are the first digits of the case and of what it is about. */
static const struct {
	Sluis__TaskKind kind;
	const char     *text, *command;
} tasks[] = {
    {SLUIS__TASK_KIND__TASK_ENRICH, N_("enrich the signal from your own sources"),
        "sluis case enrich {case} FILE"},
    {SLUIS__TASK_KIND__TASK_ALIGN, N_("answer: is there reason for a case table?"),
        "sluis case align {case} --answer yes|no|more"},
    {SLUIS__TASK_KIND__TASK_DECIDE, N_("decide how the case goes on"),
        "sluis case {decide}"},
    {SLUIS__TASK_KIND__TASK_RELEASE, N_("release your own fields for this phase"),
        "sluis case release {case} --dry-run"},
    {SLUIS__TASK_KIND__TASK_CLAIM_GATE, N_("explain why the criteria are met"),
        "sluis case gate {case}"},
    {SLUIS__TASK_KIND__TASK_JUDGE_GATE, N_("judge whether the criteria are met"),
        "sluis case gate {case}"},
    {SLUIS__TASK_KIND__TASK_AGREE,
        N_("agree or object to an exchange outside the meeting"),
        "sluis case exchange {case} --agree {about}"},
    {SLUIS__TASK_KIND__TASK_FEEDBACK, N_("tell who contributed what became of it"),
        "sluis feedback give {whatfor} --followed-up yes|no --assessment "
        "right|partly|wrong|unknown"},
    {SLUIS__TASK_KIND__TASK_USEFULNESS, N_("say whether it was useful (WGS 1.7(4))"),
        "sluis feedback give {whatfor} --useful yes|no"},
    {SLUIS__TASK_KIND__TASK_DESTROY, N_("destroy what was recalled, and say so"),
        "sluis recall confirm {about}"},
    {SLUIS__TASK_KIND__TASK_REVEAL, N_("decide whether a source or identity is named"),
        "sluis reveal decide {about} --verdict release|refuse|organisation"},
    {SLUIS__TASK_KIND__TASK_REVEAL_SECOND,
        N_("decide, as second desk, whether a source or identity is named"),
        "sluis reveal decide {about} --second --verdict release|refuse|organisation"},
    {SLUIS__TASK_KIND__TASK_REVIEW, N_("review the case"), "sluis case show {case}"},
    {SLUIS__TASK_KIND__TASK_ACT, N_("act: the case was assigned to you"),
        "sluis case show {case}"},
    {SLUIS__TASK_KIND__TASK_DECLARE, N_("declare that you keep it confidential"),
        "sluis case join {case} --declare"},
    {SLUIS__TASK_KIND__TASK_RESPOND, N_("answer what came in"), "sluis respond {about}"},
    {SLUIS__TASK_KIND__TASK_REFLECTION, N_("the reflection period is about to end"),
        "sluis inbox show {about}"},
    {SLUIS__TASK_KIND__TASK_SUBJECT, N_("agree that the request of a person is answered"),
        "sluis subject decide {about} --agree|--decline"},
    {SLUIS__TASK_KIND__TASK_SUBJECT_READ, N_("read what was shared about a person, once"),
        "sluis subject show {about}"},
};

enum { N_TASKS = sizeof tasks / sizeof tasks[0] };

const char *
task_sentence(Sluis__TaskKind kind)
{
	for (size_t i = 0; i < N_TASKS; i++)
		if (tasks[i].kind == kind) return tasks[i].text;
	return NULL;
}

const char *
task_text(Sluis__TaskKind kind)
{
	const char *text = task_sentence(kind);

	return text != NULL ? tr(text) : tr("something this version does not know");
}

static void
fill_command(void *arg, FILE *to, const char *name)
{
	const Sluis__Task *task = arg;

	if (strcmp(name, "about") == 0) tell_id(to, &task->about);
	if (strcmp(name, "case") == 0) tell_id(to, &task->case_id);
	if (strcmp(name, "whatfor") == 0) {
		bool whole = task->has_case_id && task->case_id.len != 0;
		(void)fputs(whole ? "--case " : "--delivery ", to);
		tell_id(to, whole ? &task->case_id : &task->about);
	}
	if (strcmp(name, "decide") != 0) return;
	(void)fputs(task->transition != NULL ? "decide " : "show ", to);
	tell_id(to, &task->case_id);
	if (task->transition == NULL) return;
	(void)fputc(' ', to);
	phrase_put(to, task->transition);
}

void
tell_task_command(FILE *to, const Sluis__Task *task)
{
	for (size_t i = 0; i < N_TASKS; i++) {
		if (tasks[i].kind != task->kind) continue;
		phrase_say(to, tasks[i].command, fill_command, (void *)(uintptr_t)task);
	}
}

void
tell_agreed(FILE *to, const Sluis__Task *task)
{
	if (task->kind != SLUIS__TASK_KIND__TASK_AGREE || !task->has_need) return;
	(void)fprintf(to, tr("waiting for agreement %u/%u"), (unsigned)task->have,
	    (unsigned)task->need);
}
