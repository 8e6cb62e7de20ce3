/* SPDX-License-Identifier: EUPL-1.2 */
/* paper.c - breaking lines and dividing columns. */
#include "client/command/policy/paper.h"

#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
	LABEL_WIDTH   = 36, /* at most; less, down to the next, where columns need it */
	LABEL_LEAST   = 26,
	HEADING_WIDTH = 10,
	TAIL_WIDTH    = 20, /* at least; it takes what is left */
	GAP           = 1,
};

static size_t
minimum(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t
maximum(size_t a, size_t b)
{
	return a > b ? a : b;
}

size_t
paper_width(FILE *to)
{
	struct winsize size = {0};
	int            fd   = fileno(to);

	if (fd < 0 || isatty(fd) != 1 || ioctl(fd, TIOCGWINSZ, &size) != 0 ||
	    size.ws_col == 0)
		return 120;
	return maximum(80, minimum(160, size.ws_col));
}

/* --- text ------------------------------------------------------------------------ */

static bool
begins_character(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

static size_t
width_of(const char *s, size_t n)
{
	size_t width = 0;

	for (size_t i = 0; i < n; i++) width += begins_character(s[i]) ? 1 : 0;
	return width;
}

struct pen { /* spaces are owed until a text follows: no line ends in one */
	FILE  *to;
	size_t owed;
};

static void
put_raw(struct pen *pen, const char *text)
{
	for (; pen->owed > 0; pen->owed--) (void)fputc(' ', pen->to);
	(void)fputs(text, pen->to);
}

static void
put_spaces(struct pen *pen, size_t n)
{
	pen->owed += n;
}

static void
end_line(struct pen *pen)
{
	pen->owed = 0;
	(void)fputc('\n', pen->to);
}

static void
put_text(struct pen *pen, const char *s, size_t n)
{
	if (n != 0) put_raw(pen, "");
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		bool          c1 =
		    c == 0xc2 && i + 1 < n && ((unsigned char)s[i + 1] & 0xe0) == 0x80;
		(void)fputc(c < 0x20 || c == 0x7f || c1 ? '?' : c, pen->to);
		if (c1) i++;
	}
}

struct line {
	const char *at;
	size_t      n;
	bool        broken; /* inside a word: a hyphen is due */
};

static bool
may_break_after(const char *word, size_t n)
{
	return n > 0 && (word[n - 1] == '/' || word[n - 1] == '_' || word[n - 1] == ',' ||
	                    word[n - 1] == '.');
}

/* Bytes of REST that are at most WIDTH wide, and where they may best be cut. */
static struct line
cut(const char *rest, size_t width)
{
	size_t used = 0, i = 0, space = 0, soft = 0;

	for (; rest[i] != '\0' && rest[i] != '\n'; i++) {
		if (begins_character(rest[i]) && used++ == width) break;
		if (rest[i] == ' ') space = i;
		if (may_break_after(rest, i + 1)) soft = i + 1;
	}
	if (rest[i] == '\0' || rest[i] == '\n' || rest[i] == ' ')
		return (struct line){rest, i, false};
	if (space != 0) return (struct line){rest, space, false};
	if (soft != 0) return (struct line){rest, soft, false};
	while (i > 1 && !begins_character(rest[i - 1])) i--;
	return (struct line){rest, i > 1 ? i - 1 : i, i > 1};
}

/* The next line of *REST, which moves on; false when there is none. */
static bool
next_line(const char **rest, size_t width, struct line *ret)
{
	if (*rest == NULL || **rest == '\0') return false;
	*ret  = cut(*rest, width);
	*rest = ret->at + ret->n;
	if (**rest == '\n' || **rest == ' ') ++*rest;
	return true;
}

/* Print the next line of *REST, filled to WIDTH; true if there was one. */
static bool
put_line(struct pen *pen, const char **rest, size_t width, bool fill)
{
	struct line l    = {0};
	bool        some = next_line(rest, width, &l);
	size_t      used = width_of(l.at, l.n) + (l.broken ? 1 : 0);

	if (some) put_text(pen, l.at, l.n);
	if (l.broken) put_raw(pen, "-");
	if (fill && used < width) put_spaces(pen, width - used);
	return some;
}

static size_t
longest_line(const char *text, size_t width)
{
	struct line l;
	size_t      most = 0;

	while (next_line(&text, width, &l))
		most = maximum(most, width_of(l.at, l.n) + (l.broken ? 1 : 0));
	return most;
}

void
paper_text(FILE *to, size_t width, const char *first, size_t indent, const char *text)
{
	struct pen  pen  = {.to = to};
	size_t      used = width_of(first, strlen(first));
	struct line l;

	put_text(&pen, first, strlen(first));
	if (used >= indent && used != 0) end_line(&pen);
	put_spaces(&pen, used < indent ? indent - used : indent);
	for (bool begun = false; next_line(&text, width - indent, &l); begun = true) {
		if (begun) put_spaces(&pen, indent);
		put_text(&pen, l.at, l.n);
		if (l.broken) put_raw(&pen, "-");
		end_line(&pen);
	}
}

/* --- columns --------------------------------------------------------------------- */

struct block { /* columns FROM up to TO, and perhaps the tail */
	size_t label, from, to, tail;
	size_t widths[PAPER_COLUMNS_MAX];
};

static size_t
label_width(const struct paper *p, size_t most)
{
	size_t width = longest_line(p->label, most);

	for (size_t i = 0; i < p->n_rows; i++)
		width = maximum(width, longest_line(p->rows[i].label, most));
	return width;
}

static void
measure(const struct paper *p, struct block *b)
{
	size_t all = 0;

	for (size_t k = 0; k < p->n_columns; k++) {
		b->widths[k] = longest_line(p->headings[k], HEADING_WIDTH);
		for (size_t i = 0; i < p->n_rows; i++) {
			const char *cell = p->rows[i].cells[k];
			b->widths[k] =
			    maximum(b->widths[k], width_of(cell, strlen(cell)));
		}
		all += b->widths[k] + GAP;
	}
	b->label = label_width(p, LABEL_WIDTH);
	for (size_t most = LABEL_WIDTH; most > LABEL_LEAST && b->label + all > p->width;)
		b->label = label_width(p, --most);
}

/* Take as many columns from b->from as fit; the tail goes with the last if it fits. */
static void
fill_block(const struct paper *p, struct block *b)
{
	size_t used = b->label;

	b->to   = b->from;
	b->tail = 0;
	while (b->to < p->n_columns &&
	       (b->to == b->from || used + GAP + b->widths[b->to] <= p->width))
		used += GAP + b->widths[b->to++];
	if (b->to == p->n_columns && used + GAP + TAIL_WIDTH <= p->width)
		b->tail = p->width - used - GAP;
}

static const char *
ansi(const char *colour)
{
	if (colour == NULL) return NULL;
	if (strcmp(colour, "green") == 0) return "\033[32m";
	return strcmp(colour, "red") == 0 ? "\033[31m" : "\033[33m";
}

static void
put_cell(struct pen *pen, const char *text, const char *colour, size_t width)
{
	const char *on = ansi(colour);

	if (on != NULL) put_raw(pen, on);
	put_text(pen, text, strlen(text));
	if (on != NULL) put_raw(pen, "\033[0m");
	put_spaces(pen, width - minimum(width, width_of(text, strlen(text))));
}

static void
print_row(const struct paper *p, const struct block *b, const struct paper_row *row)
{
	const char *label = row->label, *tail = row->tail;
	bool        more = true;
	struct pen  pen  = {.to = p->to};

	for (bool first = true; more; first = false) {
		more = put_line(&pen, &label, b->label, true) && *label != '\0';
		for (size_t k = b->from; k < b->to; k++) {
			put_spaces(&pen, GAP);
			put_cell(&pen, first ? row->cells[k] : "",
			    first ? row->colours[k] : NULL, b->widths[k]);
		}
		put_spaces(&pen, b->tail != 0 ? GAP : 0);
		if (b->tail != 0 && put_line(&pen, &tail, b->tail, false))
			more = more || *tail != '\0';
		end_line(&pen);
	}
}

static void
print_headings(const struct paper *p, const struct block *b)
{
	const char *rest[PAPER_COLUMNS_MAX];
	bool        more = true;
	struct pen  pen  = {.to = p->to};

	for (size_t k = b->from; k < b->to; k++) rest[k] = p->headings[k];
	for (bool first = true; more; first = false) {
		const char *label = first ? p->label : "", *tail = first ? p->tail : "";
		(void)put_line(&pen, &label, b->label, true);
		more = false;
		for (size_t k = b->from; k < b->to; k++) {
			put_spaces(&pen, GAP);
			(void)put_line(&pen, &rest[k], b->widths[k], true);
			more = more || *rest[k] != '\0';
		}
		put_spaces(&pen, b->tail != 0 ? GAP : 0);
		if (b->tail != 0) (void)put_line(&pen, &tail, b->tail, false);
		end_line(&pen);
	}
}

static void
print_block(const struct paper *p, const struct block *b)
{
	print_headings(p, b);
	for (size_t i = 0; i < p->n_rows; i++) print_row(p, b, &p->rows[i]);
}

void
paper_print(const struct paper *p)
{
	struct block b = {0};

	if (p->n_rows == 0) return;
	measure(p, &b);
	for (; b.from < p->n_columns; b.from = b.to) {
		if (b.from != 0) (void)fputc('\n', p->to);
		fill_block(p, &b);
		print_block(p, &b);
	}
	if (p->tail == NULL || b.tail != 0) return;
	b.tail = p->width - b.label - GAP;
	(void)fputc('\n', p->to);
	print_block(p, &b);
}
