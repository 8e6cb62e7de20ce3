/* SPDX-License-Identifier: EUPL-1.2 */
/* report_json.c - what the page shows, for a program. */
#include "client/command/audit/anomaly_text.h"
#include "client/command/audit/report.h"

static json_t *
tally_json(const struct tally *t)
{
	json_t *o =
	    json_pack("{s:s, s:I}", "of", tally_name(t->kind), "n", (json_int_t)t->n);

	if (t->from[0] != '\0')
		(void)json_object_set_new(o, "from", json_string(t->from));
	if (t->to[0] != '\0') (void)json_object_set_new(o, "to", json_string(t->to));
	if (t->what[0] != '\0')
		(void)json_object_set_new(o, "what", json_string(t->what));
	if (t->week != 0)
		(void)json_object_set_new(
		    o, "week_ms", json_integer((json_int_t)ms_of_week(t->week)));
	return o;
}

json_t *
report_json(const struct report *r)
{
	json_t *tallies = json_array(), *found = json_array(), *years = json_array();
	size_t  n;
	const struct tally *const *t = watch_tallies(r->watch, &n);

	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(tallies, tally_json(t[i]));
	for (size_t i = 0; i < r->found->n; i++)
		(void)json_array_append_new(found, anomaly_json(&r->found->at[i]));
	for (size_t i = 0; i < counting_n_years(r->counting); i++)
		(void)json_array_append_new(
		    years, figure_year_json(
		               counting_year(r->counting, i), r->threshold, r->room));
	return json_pack("{s:s, s:I, s:o, s:o, s:o}", "origin", r->src->head.origin,
	    "size", (json_int_t)r->src->head.size, "tallies", tallies, "findings", found,
	    "years", years);
}
