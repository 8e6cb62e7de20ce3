/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * explanation.h - one ruling and one record explained: per field, or per category where
 * its fields are alike, the action, the rule, its article, and the smallest change that
 * would alter it.
 */
#ifndef SLUIS_CLIENT_COMMAND_POLICY_EXPLANATION_H
#define SLUIS_CLIENT_COMMAND_POLICY_EXPLANATION_H

#include "client/command/cli.h"
#include "client/jsonfile.h"
#include "policy/policy.h"

struct explanation { /* all borrowed */
	const struct policy *policy;
	const struct ruling *ruling; /* code RC_OK */
	factset              person; /* facts of the record that holds the fields */
	struct fieldset      asked;  /* which fields */
};

/* A table to the standard output of CLI. */
void explanation_print(struct cli *cli, const struct explanation *x);

/* An array of an object for each field; NULL without memory. */
json_t *explanation_json(const struct explanation *x);

#endif
