/* SPDX-License-Identifier: EUPL-1.2 */
/* plot.c - SVG and tables. */
#include "client/command/audit/plot.h"

#include "client/command/policy/html.h"

enum { /* in units of the drawing */
	LINE      = 26,
	LABEL     = 260,
	BAR_MOST  = 400,
	NUMBER    = 80,
	COLUMN    = 12,
	COLUMN_IN = 10,
	HIGH      = 160,
	FOOT      = 24,
};

/* --- tables ---------------------------------------------------------------------- */

void
page_table_begin(
    FILE *to, const char *id, const char *caption, const char *const *headings, size_t n)
{
	(void)fprintf(to,
	    "<div class=\"wide\" role=\"region\" tabindex=\"0\" "
	    "aria-labelledby=\"cap-%s\">\n<table>\n<caption id=\"cap-%s\">",
	    id, id);
	html_text(to, caption);
	(void)fputs("</caption>\n<thead><tr>", to);
	for (size_t i = 0; i < n; i++) {
		(void)fputs("<th scope=\"col\">", to);
		html_text(to, headings[i]);
		(void)fputs("</th>", to);
	}
	(void)fputs("</tr></thead>\n<tbody>\n", to);
}

void
page_row_begin(FILE *to, const char *heading)
{
	(void)fputs("<tr><th scope=\"row\">", to);
	html_text(to, heading);
	(void)fputs("</th>", to);
}

void
page_cell(FILE *to, const char *text)
{
	(void)fputs("<td>", to);
	html_text(to, text);
	(void)fputs("</td>", to);
}

void
page_number(FILE *to, uint64_t n)
{
	(void)fprintf(to, "<td class=\"num\">%llu</td>", (unsigned long long)n);
}

void
page_row_end(FILE *to)
{
	(void)fputs("</tr>\n", to);
}

void
page_table_end(FILE *to)
{
	(void)fputs("</tbody>\n</table>\n</div>\n", to);
}

static void
table(FILE *to, const struct plot *p)
{
	const char *headings[] = {p->label, p->unit};

	page_table_begin(to, p->id, p->title, headings, 2);
	for (size_t i = 0; i < p->n; i++) {
		page_row_begin(to, p->bars[i].label);
		page_number(to, p->bars[i].value);
		page_row_end(to);
	}
	page_table_end(to);
}

/* --- drawings -------------------------------------------------------------------- */

/* The bar with the most; P has one. */
static const struct bar *
largest(const struct plot *p)
{
	const struct bar *most = &p->bars[0];

	for (size_t i = 1; i < p->n; i++)
		if (p->bars[i].value > most->value) most = &p->bars[i];
	return most;
}

static unsigned
scaled(const struct plot *p, uint64_t value, unsigned most)
{
	uint64_t top = largest(p)->value;

	return top == 0 ? 0 : (unsigned)((double)value / (double)top * most);
}

static void
describe(FILE *to, const struct plot *p)
{
	const struct bar *most = largest(p);
	char              text[2 * PLOT_LABEL_MAX + 128];

	(void)snprintf(text, sizeof text,
	    tr("Bars: %zu; the longest is %s with %llu. The table below has all "
	       "numbers."),
	    p->n, most->label, (unsigned long long)most->value);
	(void)fprintf(to, "<title id=\"pt-%s\">", p->id);
	html_text(to, p->title);
	(void)fprintf(to, "</title><desc id=\"pd-%s\">", p->id);
	html_text(to, text);
	(void)fputs("</desc>\n", to);
}

static void
begin_drawing(FILE *to, const struct plot *p, size_t width, size_t height)
{
	(void)fprintf(to,
	    "<figure>\n<svg role=\"img\" aria-labelledby=\"pt-%s pd-%s\" "
	    "viewBox=\"0 0 %zu %zu\" width=\"%zu\" height=\"%zu\">\n",
	    p->id, p->id, width, height, width, height);
	describe(to, p);
}

static void
end_drawing(FILE *to)
{
	(void)fputs("</svg>\n</figure>\n", to);
}

static bool
has_bars(FILE *to, const struct plot *p)
{
	if (p->n != 0) return true;
	(void)fputs("<p>", to);
	html_text(to, p->title);
	(void)fputs(": ", to);
	html_text(to, tr("none"));
	(void)fputs("</p>\n", to);
	return false;
}

static void
label_at(FILE *to, const char *anchor, unsigned x, unsigned y, const char *text)
{
	(void)fprintf(to, "<text x=\"%u\" y=\"%u\" text-anchor=\"%s\">", x, y, anchor);
	html_text(to, text);
	(void)fputs("</text>", to);
}

void
plot_bars(FILE *to, const struct plot *p)
{
	char number[24];

	if (!has_bars(to, p)) return;
	begin_drawing(to, p, LABEL + BAR_MOST + NUMBER, p->n * LINE);
	for (size_t i = 0; i < p->n; i++) {
		unsigned y = (unsigned)i * LINE,
		         w = scaled(p, p->bars[i].value, BAR_MOST);
		label_at(to, "end", LABEL - 8, y + LINE - 9, p->bars[i].label);
		(void)fprintf(to,
		    "<rect class=\"bar\" x=\"%d\" y=\"%u\" width=\"%u\" height=\"%d\"/>",
		    LABEL, y + 3, w, LINE - 6);
		(void)snprintf(
		    number, sizeof number, "%llu", (unsigned long long)p->bars[i].value);
		label_at(to, "start", LABEL + w + 6, y + LINE - 9, number);
		(void)fputc('\n', to);
	}
	end_drawing(to);
	table(to, p);
}

void
plot_columns(FILE *to, const struct plot *p)
{
	size_t width;

	if (!has_bars(to, p)) return;
	width = p->n * COLUMN < 240 ? 240 : p->n * COLUMN;
	begin_drawing(to, p, width, HIGH + FOOT);
	for (size_t i = 0; i < p->n; i++) {
		unsigned h = scaled(p, p->bars[i].value, HIGH - 4);
		(void)fprintf(to,
		    "<rect class=\"bar\" x=\"%zu\" y=\"%u\" width=\"%d\" "
		    "height=\"%u\"/>\n",
		    i * COLUMN, HIGH - h, COLUMN_IN, h);
	}
	(void)fprintf(to, "<path class=\"axis\" d=\"M0 %d H%zu\"/>\n", HIGH, width);
	label_at(to, "start", 0, HIGH + FOOT - 6, p->bars[0].label);
	if (p->n > 1)
		label_at(
		    to, "end", (unsigned)width, HIGH + FOOT - 6, p->bars[p->n - 1].label);
	end_drawing(to);
	table(to, p);
}
