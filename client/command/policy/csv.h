/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * csv.h - rows of CSV (RFC 4180) that a spreadsheet opens without running anything.
 *
 * Every cell is quoted; a cell that starts with = + - @ TAB or CR gets an apostrophe
 * in front, since spreadsheets take it for a formula.
 */
#ifndef SLUIS_CLIENT_COMMAND_POLICY_CSV_H
#define SLUIS_CLIENT_COMMAND_POLICY_CSV_H

#include <stddef.h>
#include <stdio.h>

void csv_row(FILE *to, const char *const *cells, size_t n);

#endif
