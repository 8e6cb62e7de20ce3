/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * html.h - pages that stand on their own: one file, no script, nothing fetched.
 *
 * What a page is read by: eyes, screen readers, printers.  So every header of a table
 * has a scope and every table a caption, colour is never the only sign, and text has
 * a contrast of at least 7 to 1 (tests/e2e/test_policy_pages.py measures it).
 */
#ifndef SLUIS_CLIENT_COMMAND_POLICY_HTML_H
#define SLUIS_CLIENT_COMMAND_POLICY_HTML_H

#include "client/command/cli.h"
#include "policy/policy.h"

/* TEXT with everything escaped that means something in HTML, inside quotes too. */
void html_text(FILE *to, const char *text);

/* <NAME id="ID">TEXT</NAME>; ID may be NULL. */
void html_element(FILE *to, const char *name, const char *id, const char *text);

/* <dt>TERM</dt><dd>TEXT</dd> */
void html_pair(FILE *to, const char *term, const char *text);

/* Everything up to and including the first heading, TITLE. */
void html_begin(FILE *to, const char *title);
void html_end(FILE *to);

/* The version and hash of the bundle, and what made the page, as a list of pairs. */
void html_bundle(FILE *to, const struct policy *p);

/* Parties, their desks and region, and what each signed from when to when. */
void html_parties(FILE *to, const struct policy *p);

/* The rules and bars of CONVENANT with their articles, each with the id "r-" and its own.
 */
void html_rules(FILE *to, const struct policy *p, const struct convenant_info *c);

/* What limits a page, "--convenant riec --phase 1", into OUT; false when nothing does. */
enum { LIMITS_MAX = 512 };
bool html_limits(const struct cli *cli, char out[LIMITS_MAX]);

/* Tell, in the header, that the page shows a part; nothing for LIMITS NULL. */
void html_limited(FILE *to, const char *limits);

/* Write PAGE, which prints to its first argument, to the file NAME ("-": stdout); the
 * exit status.  If PAGE fails the filters are complained about.  MODE: who may read it.
 */
typedef rc (*html_page)(FILE *to, void *arg);
int html_write(struct cli *cli, const char *name, unsigned mode, html_page page,
    void *arg, const struct policy *p);

#endif
