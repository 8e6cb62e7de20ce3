/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * translate.h - messages in the reader's language.
 *
 * Sources are English; po/nl.po is complete (tests/e2e/dutch.bats).  The catalogue is the
 * .mo file that msgfmt makes, compiled in, and looked up here: gettext() itself
 * translates nothing where no Dutch locale was generated, which is the case on
 * every fresh machine.  Codes, keys, names and JSON are never translated.
 *
 * The language: --lang, else the first of LC_ALL, LC_MESSAGES and LANG that is set: nl*
 * is Dutch, anything else (C and POSIX too, for scripts) is English; when none is
 * set, Dutch.
 */
#ifndef SLUIS_CLIENT_COMMAND_TRANSLATE_H
#define SLUIS_CLIENT_COMMAND_TRANSLATE_H

#include <stdbool.h>

#include "client/error.h" /* N_() */

/* Choose the language: "nl" or "en", or NULL for what the environment says. */
void translate_choose(const char *language);

/* Whether that is Dutch: for texts that come in both languages from elsewhere. */
bool translate_is_dutch(void);

/* The translation of TEXT, or TEXT itself.  Constant memory. */
const char *tr(const char *text) __attribute__((format_arg(1)));

#endif
