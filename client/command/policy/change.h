/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * change.h - what would have to change for another ruling, in the reader's language.
 *
 * The policy engine writes it in English, from a handful of sentences with ids in them;
 * it travels as a text.  Here the sentences are recognised and translated, and the ids
 * left alone.  What is not recognised (a newer broker) stays as it came.
 */
#ifndef SLUIS_CLIENT_COMMAND_POLICY_CHANGE_H
#define SLUIS_CLIENT_COMMAND_POLICY_CHANGE_H

enum { CHANGE_TEXT_MAX = 1024 };

/* TEXT, translated part by part ("; " parts them), into OUT; cut short if too long. */
const char *change_translate(const char *text, char out[CHANGE_TEXT_MAX]);

#endif
