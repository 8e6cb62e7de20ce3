/* SPDX-License-Identifier: EUPL-1.2 */
/* show_tasks.c - what waits, since when, due when; what is late stands out. */
#include <stdio.h>

#include "client/command/case/cmd_case.h"
#include "client/command/show.h"
#include "client/command/table.h"

/* What SAY writes about TASK, as a cell. */
typedef void (*say_task)(FILE *to, const Sluis__Task *task);

static void
cell_of(struct table *t, const Sluis__Task *task, say_task say, const char *colour)
{
	AUTO(auto_free) char *text = NULL;
	size_t                n;
	FILE                 *to = open_memstream(&text, &n);

	if (to == NULL) return;
	say(to, task);
	(void)fclose(to);
	table_cell(t, text, colour);
}

static void
say_what(FILE *to, const Sluis__Task *task)
{
	(void)fputs(task_text(task->kind), to);
	if (task->kind != SLUIS__TASK_KIND__TASK_AGREE || !task->has_need) return;
	(void)fputs(", ", to);
	tell_agreed(to, task);
}

static void
say_due(FILE *to, const Sluis__Task *task)
{
	if (task->due_ms == 0)
		(void)fputc('-', to);
	else
		tell_day(to, task->due_ms);
	if (task->overdue) (void)fprintf(to, " %s", tr("OVERDUE"));
}

static void
say_since(FILE *to, const Sluis__Task *task)
{
	tell_day(to, task->since_ms);
}

static void
say_case(FILE *to, const Sluis__Task *task)
{
	if (task->case_id.len == 0)
		(void)fputc('-', to);
	else
		tell_id(to, &task->case_id);
}

static void
put_task(struct errand *e, struct table *t, const Sluis__Task *task, bool with_who)
{
	char        label[LABEL_MAX];
	const char *colour = task->overdue ? "red" : NULL;

	table_row(t);
	if (with_who)
		table_cell(t,
		    names_label(e->s, task->oin != NULL ? task->oin : "",
		        task->desk != NULL ? task->desk : "", label),
		    colour);
	cell_of(t, task, say_what, colour);
	cell_of(t, task, say_case, NULL);
	cell_of(t, task, say_since, NULL);
	cell_of(t, task, say_due, colour);
	if (!with_who) cell_of(t, task, tell_task_command, NULL);
}

void
show_tasks(struct errand *e, size_t n, Sluis__Task *const *tasks, bool with_who)
{
	const char *who[] = {
	    tr("WHO"), tr("WHAT"), tr("CASE"), tr("SINCE"), tr("DUE"), NULL};
	const char *mine[] = {
	    tr("WHAT"), tr("CASE"), tr("SINCE"), tr("DUE"), tr("WITH"), NULL};
	AUTO(table_destroy) struct table *t = table_new(e->cli, with_who ? who : mine);

	for (size_t i = 0; t != NULL && i < n; i++) put_task(e, t, tasks[i], with_who);
	if (t != NULL && n != 0) table_print(t);
}
