/* SPDX-License-Identifier: EUPL-1.2 */
/* diff_json.c - comparisons as JSON and CSV. */
#include "client/command/policy/diff_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/command/policy/csv.h"
#include "proto/auto.h"

enum { WORDS_MAX = 1024, COLUMNS = 16 };

/* --- parts ----------------------------------------------------------------------- */

static json_t *
names_to_json(const char *const *names, size_t n)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(list, json_string(names[i]));
	return list;
}

static json_t *
seats_to_json(const struct diff_seat *seats, size_t n)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(
		    list, json_pack("{s:s, s:s?}", "role", seats[i].role, "desk",
		              seats[i].desk));
	return list;
}

static json_t *
audiences_to_json(uint8_t audiences)
{
	json_t *list = json_array();
	for (unsigned a = AUDIENCE_SIGNATORY; a <= AUDIENCE_EXPIRED; a <<= 1)
		if ((audiences & a) != 0)
			(void)json_array_append_new(
			    list, json_string(audience_name((enum audience)a)));
	return list;
}

json_t *
fields_to_json(const struct fieldset *fields)
{
	json_t *list = json_array();
	for (unsigned f = 0; f < schema_signal()->n_fields; f++)
		if (fieldset_has(fields, f))
			(void)json_array_append_new(
			    list, json_string(schema_signal()->fields[f].path));
	return list;
}

static void
literal_words(const struct literal *l, char out[WORDS_MAX])
{
	const char *between = "";
	bool        several = (l->any & (l->any - 1)) != 0;
	size_t      n       = (size_t)snprintf(
	               out, WORDS_MAX, "%s%s", l->negated ? "not " : "", several ? "(" : "");

	for (unsigned f = 0; f < 64 && n < WORDS_MAX; f++) {
		if ((l->any >> f & 1) == 0) continue;
		n += (size_t)snprintf(
		    out + n, WORDS_MAX - n, "%s%s", between, fact_name((enum fact)f));
		between = " or ";
	}
	if (several && n < WORDS_MAX) (void)snprintf(out + n, WORDS_MAX - n, ")");
}

static json_t *
condition_to_json(const struct condition *c)
{
	struct literal l[LITERALS_MAX];
	size_t         n    = condition_literals(c, l);
	json_t        *list = json_array();
	char           words[WORDS_MAX];

	for (size_t i = 0; i < n; i++) {
		literal_words(&l[i], words);
		(void)json_array_append_new(list, json_string(words));
	}
	return list;
}

json_t *
conditions_to_json(const struct conditions *c)
{
	json_t *list = json_array();
	for (size_t i = 0; i < c->n; i++)
		(void)json_array_append_new(list, condition_to_json(&c->at[i]));
	return list;
}

static json_t *
outcome_to_json(const struct policy *p, const struct cell *c, rc code, bool absent)
{
	const struct rule_info *rule = policy_rule_info(p, c->rule);
	json_t                 *o    = json_pack("{s:s, s:s}", "action",
	                       sluis_action_name((enum sluis_action)c->action), "code", rc_name(code));
	if (c->generalise != GENERALISE_NONE)
		(void)json_object_set_new(o, "to",
		    json_string(generalise_name((enum generalise)c->generalise)));
	(void)json_object_set_new(o, "absent", json_boolean(absent));
	if (rule != NULL) {
		(void)json_object_set_new(o, "rule", json_string(rule->id));
		(void)json_object_set_new(o, "article", json_string(rule->article));
	}
	return o;
}

/* --- the whole ------------------------------------------------------------------- */

static json_t *
line_to_json(const struct diff *d, const struct diff_line *l)
{
	const struct diff_change *c = l->change;
	json_t *o = json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "way",
	    way_name(c->way), "convenant", l->convenant, "phases",
	    names_to_json(l->phases, l->n_phases), "purposes",
	    names_to_json(l->purposes, l->n_purposes), "senders",
	    seats_to_json(l->senders, l->n_senders), "recipients",
	    seats_to_json(l->recipients, l->n_recipients), "as",
	    audiences_to_json(l->audiences));
	if (l->obligation != NULL) {
		(void)json_object_set_new(o, "obligation", json_string(l->obligation));
		(void)json_object_set_new(
		    o, "travels", json_boolean(c->way == WAY_NARROWER));
	} else {
		(void)json_object_set_new(o, "fields", fields_to_json(&l->fields));
		(void)json_object_set_new(o, "old",
		    outcome_to_json(diff_old(d), &c->old, c->old_code, c->old_absent));
		(void)json_object_set_new(o, "new",
		    outcome_to_json(diff_new(d), &c->new, c->new_code, c->new_absent));
	}
	(void)json_object_set_new(o, "when", conditions_to_json(&c->when));
	(void)json_object_set_new(o, "complete", json_boolean(!c->when.others));
	return o;
}

static json_t *
lines_to_json(const struct diff_show *s)
{
	json_t *list = json_array();
	for (size_t i = 0; i < diff_n_lines(s->diff); i++) {
		const struct diff_line *l = diff_line_at(s->diff, i);
		if (diff_shows(s, l->change->way))
			(void)json_array_append_new(list, line_to_json(s->diff, l));
	}
	return list;
}

static json_t *
terms_to_json(const struct diff_show *s)
{
	json_t *list = json_array();
	for (size_t i = 0; i < diff_n_terms(s->diff); i++) {
		const struct diff_term *t = diff_term_at(s->diff, i);
		if (!diff_shows(s, t->way)) continue;
		(void)json_array_append_new(
		    list, json_pack("{s:s, s:s, s:s?, s:s?, s:s?, s:s?}", "way",
		              way_name(t->way), "what", term_name(t->what), "convenant",
		              t->convenant, "subject", t->subject, "old", t->old, "new",
		              t->new));
	}
	return list;
}

static json_t *
reason_to_json(const struct policy *p, unsigned rule)
{
	const struct rule_info *info = policy_rule_info(p, rule);
	return info == NULL ? json_null()
	                    : json_pack("{s:s, s:s, s:b}", "rule", info->id, "article",
	                          info->article, "inferred", info->inferred ? 1 : 0);
}

static json_t *
reasons_to_json(const struct diff *d)
{
	json_t *list = json_array();
	for (size_t i = 0; i < diff_n_reasons(d); i++) {
		const struct diff_reason *r = diff_reason_at(d, i);
		(void)json_array_append_new(list,
		    json_pack("{s:o, s:o}", "old", reason_to_json(diff_old(d), r->old),
		        "new", reason_to_json(diff_new(d), r->new)));
	}
	return list;
}

json_t *
diff_to_json(const struct diff_show *s)
{
	const struct diff        *d = s->diff;
	const struct diff_counts *n = diff_counts(d);
	char                      old[HASH_BYTES * 2 + 1], new[HASH_BYTES * 2 + 1];

	hex_encode(old, sizeof old, slice_of(policy_hash(diff_old(d))->b, HASH_BYTES));
	hex_encode(new, sizeof new, slice_of(policy_hash(diff_new(d))->b, HASH_BYTES));
	return json_pack(
	    "{s:s, s:s, s:s, s:b, s:{s:I, s:I, s:I, s:I}, s:{s:I, s:I}, s:o, s:o, s:o}",
	    "old", old, "new", new, "way",
	    diff_is_empty(d) ? "none" : way_name(diff_way(d)), "same", diff_is_empty(d),
	    "cells", "wider", (json_int_t)n->wider, "narrower", (json_int_t)n->narrower,
	    "both", (json_int_t)n->both, "compared", (json_int_t)n->compared,
	    "obligations", "lost", (json_int_t)diff_duties(d, WAY_WIDER), "gained",
	    (json_int_t)diff_duties(d, WAY_NARROWER), "changes", lines_to_json(s),
	    "terms", terms_to_json(s), "reasons", reasons_to_json(d));
}

/* --- CSV ------------------------------------------------------------------------- */

static const char *const columns[COLUMNS] = {"convenant", "phase", "purpose", "from",
    "from_desk", "to", "to_desk", "audience", "category", "field", "way", "old",
    "old_rule", "new", "new_rule", "when"};

static const char *
or_empty(const char *text)
{
	return text == NULL ? "" : text;
}

static const char *
rule_id(const struct policy *p, unsigned rule)
{
	const struct rule_info *info = policy_rule_info(p, rule);
	return info == NULL ? "" : info->id;
}

static void
case_words(FILE *to, const struct condition *c, bool bracketed)
{
	struct literal l[LITERALS_MAX];
	size_t         n = condition_literals(c, l);
	char           words[WORDS_MAX];

	bracketed = bracketed && n > 1;
	if (bracketed) (void)fputc('(', to);
	for (size_t i = 0; i < n; i++) {
		literal_words(&l[i], words);
		(void)fprintf(to, "%s%s", i == 0 ? "" : " and ", words);
	}
	if (bracketed) (void)fputc(')', to);
}

/* C as one expression; the caller frees it.  NULL without memory. */
static char *
conditions_words(const struct conditions *c)
{
	char  *text = NULL;
	size_t size;
	FILE  *to = open_memstream(&text, &size);

	if (to == NULL) return NULL;
	for (size_t i = 0; i < c->n; i++) {
		if (i != 0) (void)fputs(" or ", to);
		case_words(to, &c->at[i], c->n > 1);
	}
	if (c->others) (void)fputs(" or ...", to);
	(void)fclose(to);
	return text;
}

static const char *
outcome_word(const struct cell *c, rc code)
{
	if (code != RC_OK) return rc_name(code);
	if (c->generalise != GENERALISE_NONE)
		return generalise_name((enum generalise)c->generalise);
	return sluis_action_name((enum sluis_action)c->action);
}

/* Place number K of line L: its phase, purpose, sender, recipient and audience. */
static bool
place_cells(const struct diff_line *l, size_t k, const char *cells[COLUMNS])
{
	cells[0] = l->convenant;
	cells[1] = l->phases[k % l->n_phases];
	k /= l->n_phases;
	cells[2] = l->purposes[k % l->n_purposes];
	k /= l->n_purposes;
	cells[3] = l->senders[k % l->n_senders].role;
	cells[4] = or_empty(l->senders[k % l->n_senders].desk);
	k /= l->n_senders;
	cells[5] = l->recipients[k % l->n_recipients].role;
	cells[6] = or_empty(l->recipients[k % l->n_recipients].desk);
	k /= l->n_recipients;
	cells[7] = audience_name((enum audience)(1u << k));
	return (l->audiences >> k & 1) != 0;
}

static void
line_to_csv(const struct diff_show *s, const struct diff_line *l)
{
	const struct policy  *old = diff_old(s->diff), *new = diff_new(s->diff);
	const char           *cells[COLUMNS];
	AUTO(auto_free) char *when = conditions_words(&l->change->when);
	size_t n = l->n_phases * l->n_purposes * l->n_senders * l->n_recipients * 4;

	cells[10] = way_name(l->change->way);
	cells[11] = outcome_word(&l->change->old, l->change->old_code);
	cells[12] = rule_id(old, l->change->old.rule);
	cells[13] = outcome_word(&l->change->new, l->change->new_code);
	cells[14] = rule_id(new, l->change->new.rule);
	cells[15] = or_empty(when);
	for (size_t k = 0; k < n; k++) {
		if (!place_cells(l, k, cells)) continue;
		for (unsigned f = 0; f < schema_signal()->n_fields; f++) {
			if (!fieldset_has(&l->fields, f)) continue;
			cells[8] = policy_category(new, &schema_signal()->fields[f]);
			cells[9] = schema_signal()->fields[f].path;
			csv_row(s->cli->out, cells, COLUMNS);
		}
	}
}

void
diff_to_csv(const struct diff_show *s)
{
	csv_row(s->cli->out, columns, COLUMNS);
	for (size_t i = 0; i < diff_n_lines(s->diff); i++) {
		const struct diff_line *l = diff_line_at(s->diff, i);
		if (l->obligation == NULL && diff_shows(s, l->change->way))
			line_to_csv(s, l);
	}
}
