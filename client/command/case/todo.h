/* SPDX-License-Identifier: EUPL-1.2 */
/* todo.h - what waits for a desk, or what others still owe it. */
#ifndef SLUIS_CLIENT_COMMAND_CASE_TODO_H
#define SLUIS_CLIENT_COMMAND_CASE_TODO_H

#include "client/command/case/errand.h"

typedef bool (*task_filter)(const Sluis__Task *t);

/* Ask for the tasks of this desk, or (GIVEN) of others towards it; E->r keeps only those
 * that pass FILTER (NULL: all).  Complains. */
MUST rc todo_ask(struct errand *e, bool given, task_filter filter);

/* Print E->r's tasks as `inbox todo` does; the exit status. */
int todo_run(struct cli *cli);

#endif
