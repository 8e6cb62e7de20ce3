/* SPDX-License-Identifier: EUPL-1.2 */
/* count_tables.c - the tables of a year. */
#include "client/command/audit/count_tables.h"

static const char *const tables_of[COUNT_FAMILIES][FAMILY_TABLES_MAX + 1] = {
    {"sector", "place", "source", "origin", "outcome", NULL},
    {"sex", "age", "residence", NULL},
    {"convenant", "state", "feedback", NULL},
};
static const char *const family_names[COUNT_FAMILIES] = {
    "signals", "victims", "deliveries"};

static const char *const forms[] = {
    "sexual", "labour", "criminal", "organs", "several", "other", NULL};
static const struct fixed { /* columns that have an order of their own */
	enum count_family family;
	size_t            table;
	const char       *codes[8];
} fixed[] = {
    {COUNT_SIGNALS, BY_SECTOR,
        {"agriculture", "industry", "services", "sex_licensed", "sex_hidden", "crime",
            "other"}},
    {COUNT_SIGNALS, BY_ORIGIN, {"own", "report", "care", "registers", "partner"}},
    {COUNT_SIGNALS, BY_OUTCOME,
        {"not_served", "no_feedback", "feedback", "not_followed_up", "followed_up",
            "investigation"}},
    {COUNT_VICTIMS, BY_SEX, {"female", "male", "other"}},
    {COUNT_VICTIMS, BY_AGE, {"under_18", "18_to_23", "from_24"}},
    {COUNT_VICTIMS, BY_RESIDENCE, {"same", "elsewhere"}},
    {COUNT_DELIVERIES, BY_STATE, {"taken", "waiting", "not_taken", "withdrawn"}},
    {COUNT_DELIVERIES, BY_FEEDBACK, {"given", "none"}},
};

void
count_tables(struct family *families)
{
	for (size_t i = 0; i < COUNT_FAMILIES; i++)
		family_init(&families[i], family_names[i], tables_of[i]);
	axis_fix(&families[COUNT_SIGNALS].rows, forms);
	axis_fix(&families[COUNT_VICTIMS].rows, forms);
	for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
		axis_fix(&families[fixed[i].family].tables[fixed[i].table].cols,
		    fixed[i].codes);
}
