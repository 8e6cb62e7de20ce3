/* SPDX-License-Identifier: EUPL-1.2 */
/* grid_print.c - one table for each convenant, phase and audience. */
#include "client/command/policy/grid_print.h"

#include <stdlib.h>
#include <string.h>

#include "client/command/policy/grid_page.h"
#include "client/command/policy/grid_text.h"
#include "client/command/policy/paper.h"
#include "proto/auto.h"

enum { AUDIENCES = 4, PAGE_BYTES = 16 * 1024 * 1024 };

struct printer {
	struct cli                  *cli;
	const struct policy         *p;
	size_t                       n, width;
	const struct convenant_info *last; /* whose rules are still to be told */
	struct rules_used            used;
	char                        *above; /* the restrictions told last */
	struct body {
		char       *text;  /* of the last grid of this audience */
		const char *phase; /* whose it was */
	} bodies[AUDIENCES];
};

/* --- one grid after another ------------------------------------------------------ */

static void
end_convenant(struct printer *x)
{
	if (x->last != NULL && !x->cli->quiet) rules_print(x->cli, x->p, &x->used);
	x->used = (struct rules_used){0};
	free(x->above);
	x->above = NULL;
	for (size_t i = 0; i < AUDIENCES; i++) {
		free(x->bodies[i].text);
		x->bodies[i] = (struct body){NULL, NULL};
	}
}

typedef void (*print_part)(struct page *p);

/* What PART prints, as a text; NULL without memory. */
static char *
printed(struct page *p, print_part part)
{
	char  *text = NULL;
	size_t size;
	FILE  *out = p->to;

	p->to = open_memstream(&text, &size);
	if (p->to != NULL) {
		part(p);
		(void)fclose(p->to);
	}
	p->to = out;
	return text;
}

static void
print_body(struct page *p)
{
	bool signatory = strcmp(p->g->audience, "signatory") == 0;

	page_table(p);
	page_notes(p);
	if (signatory) page_nothing(p, true, tr("Barred for everybody here:"));
	if (signatory) page_nothing(p, false, tr("Named by no rule here:"));
}

static bool
same_text(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static struct body *
last_body(struct printer *x, const char *audience)
{
	enum audience a = AUDIENCE_SIGNATORY;

	if (!audience_from_name(audience, &a)) return &x->bodies[0];
	return &x->bodies[__builtin_ctz((unsigned)a) % AUDIENCES];
}

/* Print the table, or that it is the one of an earlier phase. */
static void
print_or_refer(struct printer *x, struct page *p, bool same_restrictions)
{
	AUTO(auto_free) char *body = printed(p, print_body);
	struct body          *last = last_body(x, p->g->audience);

	if (same_restrictions && same_text(body, last->text)) {
		(void)fprintf(p->to, tr("The same as in phase %s."), last->phase);
		(void)fputs("\n\n", p->to);
		return;
	}
	(void)fprintf(p->to, "\n%s\n", body != NULL ? body : "");
	free(last->text);
	*last = (struct body){TAKE(body), p->g->phase};
}

static void
print_page(struct printer *x, struct page *p)
{
	AUTO(auto_free) char *above = printed(p, page_restrictions);
	bool                  same  = same_text(above, x->above);

	(void)fprintf(p->to, "--- %s, %s %s: %s ---\n", p->g->convenant->id, tr("phase"),
	    p->g->phase, audience_words(p->g->audience));
	if (!same && above != NULL) (void)fputs(above, p->to);
	print_or_refer(x, p, same);
	free(x->above);
	x->above = TAKE(above);
}

static rc
print_grid(void *arg, const struct grid *g)
{
	AUTO(arena_wipe) struct arena arena = arena_init(PAGE_BYTES);
	AUTO(auto_free) struct page  *p     = calloc(1, sizeof *p);
	struct printer               *x     = arg;

	if (p == NULL) return RC_NOMEM;
	p->to     = x->cli->out;
	p->width  = x->width;
	p->colour = x->cli->colour;
	p->g      = g;
	p->arena  = &arena;
	if (x->last != g->convenant) {
		end_convenant(x);
		page_convenant(p);
	}
	x->last = g->convenant;
	x->n++;
	rules_use_grid(&x->used, g);
	print_page(x, p);
	return RC_OK;
}

rc
grids_print(
    struct cli *cli, const struct policy *p, const struct grid_query *q, size_t *ret_n)
{
	AUTO(auto_free) struct printer *x = calloc(1, sizeof *x);

	if (x == NULL) return RC_NOMEM;
	x->cli   = cli;
	x->p     = p;
	x->width = paper_width(cli->out);
	rc code  = policy_grids(p, q, print_grid, x);
	end_convenant(x);
	*ret_n = x->n;
	return code;
}
