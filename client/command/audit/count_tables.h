/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * count_tables.h - which tables there are, and in which order their groups are told.
 *
 * Pure.
 */
#ifndef SLUIS_CLIENT_COMMAND_AUDIT_COUNT_TABLES_H
#define SLUIS_CLIENT_COMMAND_AUDIT_COUNT_TABLES_H

#include "client/command/audit/count.h"

/* The tables of each family, in their order. */
enum { BY_SECTOR, BY_PLACE, BY_SOURCE, BY_ORIGIN, BY_OUTCOME };
enum { BY_SEX, BY_AGE, BY_RESIDENCE };
enum { BY_CONVENANT, BY_STATE, BY_FEEDBACK };

/* FAMILIES (COUNT_FAMILIES of them) with their tables, empty. */
void count_tables(struct family *families);

#endif
