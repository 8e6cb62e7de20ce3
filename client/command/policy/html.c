/* SPDX-License-Identifier: EUPL-1.2 */
/* html.c - the frame of a page. */
#include "client/command/policy/html.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "certs/file.h"
#include "client/command/complain.h"
#include "client/command/policy/policy_query.h"
#include "proto/auto.h"

/* The colours in :root are read by the test that measures their contrast: --x-text on
 * --x-back. */
static const char style[] =
    ":root{color-scheme:light;"
    "--page-text:#1a1a1a;--page-back:#ffffff;--quiet-text:#4a4a4a;--quiet-back:#ffffff;"
    "--head-text:#ffffff;--head-back:#1f3a5f;--label-text:#1a1a1a;--label-back:#eef2f7;"
    "--v-text:#0f3d1e;--v-back:#dff3e4;--g-text:#33265e;--g-back:#e9e5f7;"
    "--p-text:#4d3500;--p-back:#fdf0cf;--x-text:#5e1414;--x-back:#f8dfdf;"
    "--n-text:#4a4a4a;--n-back:#ffffff;--link-text:#123f7a;--link-back:#ffffff}\n"
    "*{box-sizing:border-box}"
    "body{margin:0 auto;max-width:110rem;padding:1rem;font:1rem/1.5 sans-serif;"
    "color:var(--page-text);background:var(--page-back)}\n"
    "a{color:var(--link-text)}a:focus,.wide:focus{outline:3px solid #123f7a;"
    "outline-offset:2px}\n"
    ".skip{position:absolute;left:-99rem}.skip:focus{left:1rem}\n"
    "h1,h2,h3,h4{line-height:1.25;margin:1.5em 0 .5em}"
    "h2{border-bottom:3px solid var(--head-back);padding-bottom:.2em}\n"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem}"
    "dt{font-weight:bold}dd{margin:0;overflow-wrap:anywhere}\n"
    ".wide{overflow-x:auto}table{border-collapse:collapse;margin:.5rem 0}"
    "caption{text-align:left;font-weight:bold;padding:.4rem 0}\n"
    "th,td{border:1px solid #8a94a3;padding:.25rem .45rem;text-align:left;"
    "vertical-align:top;hyphens:auto}"
    "thead th{color:var(--head-text);background:var(--head-back)}"
    "tbody th{color:var(--label-text);background:var(--label-back);font-weight:normal}\n"
    ".v{color:var(--v-text);background:var(--v-back)}"
    ".g{color:var(--g-text);background:var(--g-back)}"
    ".p{color:var(--p-text);background:var(--p-back)}"
    ".x{color:var(--x-text);background:var(--x-back)}"
    ".n{color:var(--n-text);background:var(--n-back)}\n"
    ".v a,.g a,.p a,.x a,.n a{color:inherit}"
    ".rules,.fields{display:block;font-size:.8rem}.fields{overflow-wrap:anywhere}"
    ".id{font-family:monospace}"
    "thead .id{display:block;font-weight:normal;font-size:.85rem}\n"
    "figure{margin:.5rem 0;overflow-x:auto}svg{max-width:100%;height:auto}"
    "svg text{font:14px sans-serif;fill:var(--page-text)}"
    ".bar{fill:var(--head-back)}.axis{stroke:var(--page-text);fill:none}"
    ".num{text-align:right}\n"
    ".limit{border:3px solid var(--head-back);padding:.5rem 1rem;font-weight:bold}\n"
    "@page{size:A4 landscape;margin:12mm}"
    "@media print{body{max-width:none;padding:0;font-size:8.5pt}nav,.skip{display:none}"
    "thead{display:table-header-group}tr,li,dt,dd{break-inside:avoid}"
    "h2,h3,h4,caption{break-after:avoid}section.convenant{break-before:page}"
    ".wide{overflow:visible}a{text-decoration:none}"
    "*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}\n";

/* --- text ------------------------------------------------------------------------ */

static const char *
entity(unsigned char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return c < 0x20 || c == 0x7f ? "&#xfffd;" : NULL;
	}
}

void
html_text(FILE *to, const char *text)
{
	for (; *text != '\0'; text++) {
		const char *e = entity((unsigned char)*text);
		if (e != NULL)
			(void)fputs(e, to);
		else
			(void)fputc(*text, to);
	}
}

void
html_element(FILE *to, const char *name, const char *id, const char *text)
{
	(void)fprintf(to, "<%s", name);
	if (id != NULL) {
		(void)fputs(" id=\"", to);
		html_text(to, id);
		(void)fputc('"', to);
	}
	(void)fputc('>', to);
	html_text(to, text);
	(void)fprintf(to, "</%s>\n", name);
}

void
html_pair(FILE *to, const char *term, const char *text)
{
	html_element(to, "dt", NULL, term);
	html_element(to, "dd", NULL, text);
}

/* --- the frame ------------------------------------------------------------------- */

void
html_begin(FILE *to, const char *title)
{
	(void)fprintf(to, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n",
	    translate_is_dutch() ? "nl" : "en");
	(void)fputs("<meta charset=\"utf-8\">\n"
	            "<meta name=\"viewport\" content=\"width=device-width\">\n"
	            "<meta http-equiv=\"Content-Security-Policy\" "
	            "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
	            "<meta name=\"referrer\" content=\"no-referrer\">\n",
	    to);
	html_element(to, "title", NULL, title);
	(void)fprintf(to, "<style>\n%s</style>\n</head>\n<body>\n", style);
	(void)fputs("<a class=\"skip\" href=\"#content\">", to);
	html_text(to, tr("To the content"));
	(void)fputs("</a>\n<header>\n", to);
	html_element(to, "h1", NULL, title);
}

void
html_end(FILE *to)
{
	(void)fputs("</main>\n</body>\n</html>\n", to);
}

void
html_bundle(FILE *to, const struct policy *p)
{
	char hex[HASH_BYTES * 2 + 1], number[32], made[64];

	hex_encode(hex, sizeof hex, slice_of(policy_hash(p)->b, HASH_BYTES));
	(void)fputs("<dl>\n", to);
	(void)snprintf(number, sizeof number, "%u", policy_version(p));
	html_pair(to, tr("Version of the bundle"), number);
	html_pair(to, tr("Hash of the bundle (SHA-256)"), hex);
	(void)snprintf(number, sizeof number, "%zu", policy_n_rules(p));
	html_pair(to, tr("Rules and bars"), number);
	(void)snprintf(made, sizeof made, "sluis %s", sluis_version());
	html_pair(to, tr("Made with"), made);
	(void)fputs("</dl>\n", to);
}

bool
html_limits(const struct cli *cli, char out[LIMITS_MAX])
{
	static const char *const names[] = {
	    "convenant", "phase", "from", "to", "class", "audience"};
	size_t used = 0;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *value = cli_value(cli, names[i]);
		if (value == NULL || used >= LIMITS_MAX) continue;
		int n = snprintf(out + used, LIMITS_MAX - used, "%s--%s %s",
		    used == 0 ? "" : " ", names[i], value);
		used += n > 0 ? (size_t)n : 0;
	}
	return used != 0;
}

void
html_limited(FILE *to, const char *limits)
{
	if (limits == NULL) return;
	(void)fputs("<p class=\"limit\">", to);
	html_text(to, tr("This page shows a part only:"));
	(void)fputc(' ', to);
	html_text(to, limits);
	(void)fputs("</p>\n", to);
}

/* --- writing --------------------------------------------------------------------- */

static rc
make(char **ret, size_t *ret_size, html_page page, void *arg)
{
	FILE *to = open_memstream(ret, ret_size);

	if (to == NULL) return RC_NOMEM;
	rc code = page(to, arg);
	if (fclose(to) != 0 && code == RC_OK) code = RC_NOMEM;
	return code;
}

/* Whether the folder that NAME would stand in is there. */
static bool
has_folder(const char *name)
{
	AUTO(auto_free) char *dir   = strdup(name);
	char                 *slash = dir == NULL ? NULL : strrchr(dir, '/');

	if (slash == NULL || slash == dir) return true;
	*slash = '\0';
	return access(dir, F_OK) == 0;
}

int
html_write(struct cli *cli, const char *name, unsigned mode, html_page page, void *arg,
    const struct policy *p)
{
	AUTO(auto_free) char *text = NULL;
	size_t                size = 0;
	rc                    code = make(&text, &size, page, arg);

	if (code != RC_OK) return policy_query_complain(cli, p, code);
	if (strcmp(name, "-") == 0) {
		(void)fwrite(text, 1, size, cli->out);
		return 0;
	}
	code = file_write(name, slice_of(text, size), mode);
	if (code == RC_OK) return 0;
	return has_folder(name) ? complain_code(cli, code, name, NULL)
	                        : complain_advised(cli, code, name,
	                              N_("the folder to write it in does not exist"), "");
}
