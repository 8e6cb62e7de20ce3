/* SPDX-License-Identifier: EUPL-1.2 */
/* bundle.c - writing policy files, and compiling them. */
#include "support/bundle.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static char *
whole_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	long size = ftell(f);
	assert_true(size >= 0);
	rewind(f);
	char *text = calloc(1, (size_t)size + 1);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, (size_t)size, f), size);
	fclose(f);
	return text;
}

static void
add(struct bundle *b, const char *name, char *text)
{
	assert_true(b->n < BUNDLE_MAX);
	b->names[b->n]   = strdup(name);
	b->texts[b->n++] = text;
}

static char *
shipped(const char *name)
{
	char path[1024];
	snprintf(path, sizeof path, SOURCE_DIR "/policy/%s", name);
	return whole_file(path);
}

/* What the broker reads: the cases beside the policy are no part of it. */
static int
is_policy(const struct dirent *entry)
{
	const char *dot = strchr(entry->d_name, '.');
	return dot != NULL && strcmp(dot, ".yaml") == 0;
}

static void
add_folder(struct bundle *b, const char *under)
{
	struct dirent **files = NULL;
	char            folder[1024], name[300];
	snprintf(folder, sizeof folder, SOURCE_DIR "/policy/%s", under);
	int n = scandir(folder, &files, is_policy, alphasort);
	assert_true(n > 0);
	for (int i = 0; i < n; i++) {
		snprintf(name, sizeof name, "%s%s", under, files[i]->d_name);
		add(b, name, shipped(name));
		free(files[i]);
	}
	free(files);
}

struct bundle *
bundle_shipped(void)
{
	struct bundle *b = calloc(1, sizeof *b);
	assert_non_null(b);
	add_folder(b, "");
	add_folder(b, "routes/");
	return b;
}

static const char small_parties[] =
    "region: here\n"
    "roles:\n"
    "  - {id: city, title: {nl: Stad, en: City}}\n"
    "  - {id: cops, title: {nl: Politie, en: Police}, aliases: [fuzz, law]}\n"
    "  - {id: care, title: {nl: Zorg, en: Care}}\n"
    "  - {id: tax, title: {nl: Fiscus, en: Tax}}\n"
    "  - {id: guest, title: {nl: Gast, en: Guest}}\n"
    "  - {id: clerk, title: {nl: Klerk, en: Clerk}}\n"
    "parties:\n"
    "  - {oin: '00000099000000000010', name: City, role: city, desks: [front, back],\n"
    "     signed: [{convenant: t, from: 2025-01-10, until: 2026-12-20}]}\n"
    "  - {oin: '00000099000000000020', name: Cops, role: fuzz, desks: [vice, traffic],\n"
    "     signed: [{convenant: t, from: 2025-03-01, until: 2026-06-30}]}\n"
    "  - {oin: '00000099000000000030', name: Care, role: care, desks: [help],\n"
    "     signed: [{convenant: t, from: 2025-01-10, until: 2026-12-20}]}\n"
    "  - {oin: '00000099000000000040', name: Tax, role: tax, desks: [office]}\n"
    "  - {oin: '00000099000000000050', name: Guest, role: guest, desks: [guest],\n"
    "     declared: [{convenant: t, from: 2025-01-10, until: 2026-12-20}]}\n"
    "  - {oin: '00000099000000000060', name: Clerk, role: clerk, desks: [clerk],\n"
    "     signed: [{convenant: t, from: 2025-01-10, until: 2026-12-20}]}\n"
    "end: parties\n";

static const char small_head[] =
    "convenant: t\n"
    "title: {nl: Proef, en: Test}\n"
    "article: Art. 1\n"
    "registration: REG-1\n"
    "from: 2025-01-10\n"
    "until: 2026-12-20\n"
    "deliver_days: 14\n"
    "phases: ['1', '2', '3']\n"
    "purposes: [help, hunt]\n"
    "groups: {everyone: [city, cops, care, tax, guest]}\n"
    "senders: [city, cops/vice, care, tax]\n"
    "obligations:\n"
    "  - {id: keep, article: A, text: {nl: n, en: e}, every_copy: true, term_days: 10}\n"
    "  - {id: call, article: A, text: {nl: n, en: e}, every_copy: true, when: "
    "[embargo]}\n"
    "  - {id: hush, article: A, text: {nl: n, en: e}}\n";

static const char no_bars[] =
    "  - {id: b.never, article: A, action: withhold, when: [urgent, cie]}\n";

struct bundle *
bundle_small(const char *bars, const char *rules)
{
	struct bundle *b    = calloc(1, sizeof *b);
	char          *text = NULL;
	assert_non_null(b);
	add(b, "categories.yaml", shipped("categories.yaml"));
	add(b, "parties.yaml", strdup(small_parties));
	assert_true(asprintf(&text, "%sbars:\n%srules:\n%send: t\n", small_head,
	                bars == NULL ? no_bars : bars, rules) > 0);
	add(b, "t.yaml", text);
	return b;
}

void
bundle_destroy(struct bundle **bp)
{
	if (*bp == NULL) return;
	for (size_t i = 0; i < (*bp)->n; i++) {
		free((*bp)->names[i]);
		free((*bp)->texts[i]);
	}
	free(*bp);
	*bp = NULL;
}

size_t
bundle_convenants(const struct bundle *b)
{
	size_t n = 0;
	for (size_t i = 0; i < b->n; i++)
		n += strncmp(b->texts[i], "convenant: ", 11) == 0 ||
		     strstr(b->texts[i], "\nconvenant: ") != NULL;
	return n;
}

static char **
slot(struct bundle *b, const char *file)
{
	for (size_t i = 0; i < b->n; i++) {
		if (strcmp(b->names[i], file) == 0) return &b->texts[i];
	}
	fail_msg("no file %s", file);
	return NULL;
}

char *
bundle_text(struct bundle *b, const char *file)
{
	return *slot(b, file);
}

void
bundle_edit(struct bundle *b, const char *file, const char *from, const char *to)
{
	char **text = slot(b, file), *edited = NULL;
	char  *at = strstr(*text, from);
	if (at == NULL) fail_msg("'%s' does not occur in %s", from, file);
	int before = (int)(at - *text);
	assert_true(
	    asprintf(&edited, "%.*s%s%s", before, *text, to, at + strlen(from)) >= 0);
	free(*text);
	*text = edited;
}

void
bundle_add(struct bundle *b, const char *file, const char *text)
{
	add(b, file, strdup(text));
}

void
bundle_add_file(struct bundle *b, const char *file, const char *path)
{
	char whole[1024];
	snprintf(whole, sizeof whole, SOURCE_DIR "/%s", path);
	add(b, file, whole_file(whole));
}

void
bundle_put(struct bundle *b, const char *file, const char *text)
{
	for (size_t i = 0; i < b->n; i++) {
		if (strcmp(b->names[i], file) != 0) continue;
		free(b->texts[i]);
		b->texts[i] = strdup(text);
		return;
	}
	bundle_add(b, file, text);
}

void
bundle_append(struct bundle *b, const char *file, const char *to)
{
	char **text = slot(b, file), *edited = NULL;
	assert_true(asprintf(&edited, "%s%s", *text, to) >= 0);
	free(*text);
	*text = edited;
}

rc
bundle_compile(struct bundle *b, struct policy **ret)
{
	struct policy_text texts[BUNDLE_MAX];
	for (size_t i = 0; i < b->n; i++)
		texts[i] = (struct policy_text){b->names[i], slice_str(b->texts[i])};
	b->findings.n = 0;
	return policy_compile(texts, b->n, ret, &b->findings);
}

static void
print_findings(const struct findings *f)
{
	for (size_t i = 0; i < f->n; i++)
		print_message("%s:%u:%u: %s\n", f->at[i].file, f->at[i].line,
		    f->at[i].column, f->at[i].text);
}

struct policy *
bundle_policy(struct bundle *b)
{
	struct policy *p    = NULL;
	rc             code = bundle_compile(b, &p);
	if (code != RC_OK) print_findings(&b->findings);
	assert_int_equal(code, RC_OK);
	bundle_destroy(&b);
	return p;
}

void
bundle_is_refused(struct bundle *b, const char *what)
{
	struct policy *p     = NULL;
	bool           found = false;
	assert_int_equal(bundle_compile(b, &p), RC_POLICY);
	assert_null(p);
	for (size_t i = 0; i < b->findings.n; i++)
		found = found || (b->findings.at[i].fatal &&
		                     strstr(b->findings.at[i].text, what) != NULL);
	if (!found) print_findings(&b->findings);
	if (!found) fail_msg("no finding says '%s'", what);
	bundle_destroy(&b);
}

int32_t
day(const char *date)
{
	int32_t days = 0;
	assert_true(date_parse(date, &days));
	return days;
}
