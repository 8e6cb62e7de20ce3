/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * why_fields.c - the fields of one ruling in sentences: one for each action, rule and
 * article, that names them by category.
 */
#include <string.h>

#include "client/command/audit/why.h"
#include "client/command/case/phrase.h"
#include "proto/auto.h"

struct group { /* fields alike in action, rule and article, and the holes they fill */
	const struct why         *w;
	const struct sluis_entry *e;
	const struct sluis_field *like;
};

static const struct category_info *
category_of(const struct why *w, const char *path)
{
	const struct schema_field *f = schema_find(path);
	const struct policy       *p = w->filter->policy;
	const char                *id;

	if (p == NULL || f == NULL) return NULL;
	id = policy_category(p, f);
	for (size_t i = 0; id != NULL && i < policy_n_categories(p); i++)
		if (strcmp(policy_category_at(p, i)->id, id) == 0)
			return policy_category_at(p, i);
	return NULL;
}

const char *
why_category(const struct why *w, const char *path)
{
	const struct category_info *c     = category_of(w, path);
	const char                 *title = c == NULL              ? NULL
	                                    : translate_is_dutch() ? c->title_nl
	                                                           : c->title_en;

	if (title != NULL && title[0] != '\0') return title;
	return c != NULL ? c->id : "";
}

static bool
is_alike(const struct sluis_field *a, const struct sluis_field *b)
{
	return a->action == b->action && strcmp(a->rule, b->rule) == 0 &&
	       strcmp(a->article, b->article) == 0;
}

static bool
is_in(const struct group *g, const struct sluis_field *f)
{
	return is_alike(f, g->like) && why_asks(g->w, f);
}

/* Was path or, with CATEGORY, its category named by an earlier field of the group? */
static bool
was_named(const struct group *g, size_t n, bool category)
{
	const struct sluis_field *f = &g->e->fields[n];

	for (size_t i = 0; i < n; i++) {
		const struct sluis_field *other = &g->e->fields[i];
		if (!is_in(g, other)) continue;
		if (strcmp(other->path, f->path) == 0) return true;
		if (category && strcmp(why_category(g->w, other->path),
		                    why_category(g->w, f->path)) == 0)
			return true;
	}
	return false;
}

/* The same field went another way in another record: this is about some persons only. */
static bool
is_partly(const struct group *g, const struct sluis_field *f)
{
	for (size_t i = 0; i < g->e->n_fields; i++)
		if (strcmp(g->e->fields[i].path, f->path) == 0 &&
		    !is_alike(&g->e->fields[i], f))
			return true;
	return false;
}

/* Whether all that the entry says of the category at FIELD is in this group. */
static bool
is_whole(const struct group *g, const struct sluis_field *field)
{
	const char *title = why_category(g->w, field->path);

	for (size_t i = 0; i < g->e->n_fields; i++) {
		const struct sluis_field *f = &g->e->fields[i];
		if (!is_alike(f, g->like) &&
		    strcmp(why_category(g->w, f->path), title) == 0)
			return false;
	}
	return title[0] != '\0';
}

static void
put_paths(const struct group *g, FILE *to, size_t first, const char *title)
{
	bool begun = false;

	for (size_t i = first; i < g->e->n_fields; i++) {
		const struct sluis_field *f = &g->e->fields[i];
		if (!is_in(g, f) || was_named(g, i, false) ||
		    strcmp(why_category(g->w, f->path), title) != 0)
			continue;
		(void)fprintf(to, "%s%s", begun ? ", " : "", f->path);
		if (is_partly(g, f))
			(void)fprintf(to, " %s", tr("of part of the records"));
		begun = true;
	}
}

/* "Health" where all of it went this way and no field was asked for; else "Identity
 * (persons.given_names, persons.family_name)". */
static void
put_category(const struct group *g, FILE *to, size_t first)
{
	const char *title = why_category(g->w, g->e->fields[first].path);

	(void)fputs(title, to);
	if (!g->w->by_field && is_whole(g, &g->e->fields[first])) return;
	if (title[0] != '\0') (void)fputs(" (", to);
	put_paths(g, to, first, title);
	if (title[0] != '\0') (void)fputc(')', to);
}

static void
put_what(const struct group *g, FILE *to)
{
	bool begun = false;

	for (size_t i = 0; i < g->e->n_fields; i++) {
		if (!is_in(g, &g->e->fields[i]) || was_named(g, i, true)) continue;
		if (begun) (void)fputs("; ", to);
		put_category(g, to, i);
		begun = true;
	}
}

static void
fill(void *arg, FILE *to, const char *name)
{
	const struct group *g = arg;
	char                label[LABEL_MAX];

	if (strcmp(name, "who") == 0)
		phrase_put(to, names_label(g->w->s, g->w->filter->party.oin,
		                   g->w->filter->party.desk, label));
	if (strcmp(name, "what") == 0) put_what(g, to);
	if (strcmp(name, "rule") == 0) phrase_put(to, g->like->rule);
	if (strcmp(name, "ground") != 0 || g->like->article[0] == '\0') return;
	(void)fputs(" (", to);
	phrase_put(to, g->like->article);
	(void)fputc(')', to);
}

static const char *
sentence(const struct sluis_field *f)
{
	switch (f->action) {
	case SLUIS_RELEASE:
		return N_("{who} was given {what}: rule {rule} grants it{ground}.");
	case SLUIS_GENERALISE:
		return N_("{who} was given {what} in a coarser form: rule {rule} grants "
		          "no more{ground}.");
	case SLUIS_PSEUDONYMISE:
		return N_("{who} was given a pseudonym instead of {what}: rule {rule} "
		          "asks it{ground}.");
	case SLUIS_WITHHOLD:
		break;
	}
	return f->rule[0] != '\0'
	           ? N_("{who} was not given {what}: rule {rule} withholds it{ground}.")
	           : N_("{who} was not given {what}: no rule grants it, and silence "
	                "means "
	                "no.");
}

static bool
was_told(const struct group *g, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_in(g, &g->e->fields[i])) return true;
	return false;
}

/* Every group of ACTION. */
static void
tell_action(const struct why *w, const struct sluis_entry *e, enum sluis_action action)
{
	for (size_t i = 0; i < e->n_fields; i++) {
		struct group g = {w, e, &e->fields[i]};
		if (g.like->action != action || !why_asks(w, g.like) || was_told(&g, i))
			continue;
		(void)fputs("  ", w->cli->out);
		phrase_say(w->cli->out, tr(sentence(g.like)), fill, &g);
		(void)fputc('\n', w->cli->out);
	}
}

void
why_tell_fields(const struct why *w, const struct sluis_entry *e)
{
	for (unsigned a = SLUIS_RELEASE; a >= SLUIS_WITHHOLD; a--)
		tell_action(w, e, (enum sluis_action)a);
}
