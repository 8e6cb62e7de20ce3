/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * vault_import.h - the files that a party folder had before it had a store.
 *
 *	inbox/<id>.delivery  inbox/<id>.acknowledged  sent/<id>.request  sent/<id>.answer
 *
 * Each is taken in whole before it is removed, and one that the store has already (an
 * import that was cut short) is only removed.  Other files stay, and their folder with
 * them.
 */
#ifndef SLUIS_CLIENT_VAULT_IMPORT_H
#define SLUIS_CLIENT_VAULT_IMPORT_H

#include "client/vault.h"

/* Does DIR have such folders? */
bool vault_import_waits(const char *dir);

MUST rc vault_import(struct vault *v, const char *dir);

#endif
