/* SPDX-License-Identifier: EUPL-1.2 */
/* positions.c - one walk over a signal in JSON. */
#include "client/command/positions.h"

#include <stdint.h>
#include <stdio.h>

struct walk {
	position_visitor visit;
	void            *arg;
};

/* VALUE stands at POSITION. */
static void
walk(const struct walk *w, const char *position, const json_t *value)
{
	char        at[POSITION_MAX];
	const char *key;
	json_t     *item;
	size_t      i;

	if (json_is_object(value)) {
		json_object_foreach((json_t *)(uintptr_t)value, key, item)
		{
			(void)snprintf(at, sizeof at, "%s%s%s", position,
			    position[0] != '\0' ? "." : "", key);
			walk(w, at, item);
		}
	} else if (json_is_array(value)) {
		json_array_foreach(value, i, item)
		{
			(void)snprintf(at, sizeof at, "%s[%zu]", position, i);
			walk(w, at, item);
		}
	} else {
		w->visit(w->arg, position, value);
	}
}

void
positions_each(const json_t *signal, position_visitor visit, void *arg)
{
	const struct walk w = {.visit = visit, .arg = arg};

	walk(&w, "", signal);
}
