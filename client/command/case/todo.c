/* SPDX-License-Identifier: EUPL-1.2 */
/* todo.c - sluis inbox todo: the worklist of a desk. */
#include "client/command/case/todo.h"

#include "client/command/case/cmd_case.h"

enum { TODO_MAX = 500 };

rc
todo_ask(struct errand *e, bool given, task_filter filter)
{
	Sluis__Todo body = SLUIS__TODO__INIT;

	body.has_max   = 1;
	body.max       = TODO_MAX;
	body.has_given = given;
	body.given     = given;
	TRY(errand_ask(e, TYPE_TODO, &body.base));
	Sluis__Answer *a    = e->r->answer;
	size_t         kept = 0;
	for (size_t i = 0; filter != NULL && i < a->n_tasks; i++) {
		if (filter(a->tasks[i]))
			a->tasks[kept++] = a->tasks[i];
		else
			message_destroy(&a->tasks[i]);
	}
	if (filter != NULL) a->n_tasks = kept;
	return RC_OK;
}

static void
warn_overdue(struct errand *e)
{
	unsigned n = 0;

	for (size_t i = 0; i < e->r->answer->n_tasks; i++)
		n += e->r->answer->tasks[i]->overdue ? 1 : 0;
	if (n != 0 && !e->cli->quiet)
		(void)fprintf(e->cli->err, tr("%u of these are OVERDUE.\n"), n);
}

int
todo_run(struct cli *cli)
{
	AUTO(errand_wipe) struct errand e     = {.cli = cli};
	bool                            given = cli_flag(cli, "given");

	TRY_STATUS(errand_open(&e));
	TRY_STATUS(todo_ask(&e, given, NULL));
	if (cli->json) return cli_json(cli, result_to_json(e.r), RC_OK);
	show_tasks(&e, e.r->answer->n_tasks, e.r->answer->tasks, given);
	warn_overdue(&e);
	if (e.r->answer->n_tasks == 0 && !cli->quiet)
		(void)fprintf(cli->err, "%s\n",
		    given ? tr("Nobody owes this desk anything.")
		          : tr("Nothing waits for this desk."));
	return 0;
}
