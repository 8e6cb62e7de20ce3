/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * diff_json.h - a comparison of policies for programs: JSON as it is folded, CSV with a
 * row for each cell and purpose.
 */
#ifndef SLUIS_CLIENT_COMMAND_POLICY_DIFF_JSON_H
#define SLUIS_CLIENT_COMMAND_POLICY_DIFF_JSON_H

#include "client/command/policy/diff_text.h"

/* {"old": .., "new": .., "way": .., "cells": .., "changes": [..], "terms": [..],
 * "reasons": [..]}; NULL without memory. */
json_t *diff_to_json(const struct diff_show *s);

/* Rows of cells that change; what is no cell is not in it. */
void diff_to_csv(const struct diff_show *s);

/* A list of field paths. */
json_t *fields_to_json(const struct fieldset *fields);

/* C as a list of cases, each a list of words that all hold: "victim", "not adult",
 * "(minor or adult)". */
json_t *conditions_to_json(const struct conditions *c);

#endif
