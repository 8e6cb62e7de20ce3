/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * gather.h - writes of SQLite that follow each other are one write.
 *
 * A commit appends some hundred pages to the write-ahead log, each as two writes, and a
 * checkpoint writes pages one by one.  This VFS keeps what is written to a database or
 * its log until something else is to happen to the file: a write elsewhere, a sync, a
 * truncation, a read of it; or until there are GATHER_BYTES.
 *
 * Nothing is weaker by it.  A write that was not synced promised nothing; before every
 * sync all of it is written, and what fails then fails the sync, so the commit.  A commit
 * is told to readers after its sync (synchronous=FULL).  A log of which the end could not
 * be written has no mark of that commit: the mark is in its last frame.
 *
 * Owns: what is kept, wiped when it is written.  Threads: one a file, as SQLite's.
 */
#ifndef SLUIS_BROKER_STORE_GATHER_H
#define SLUIS_BROKER_STORE_GATHER_H

#include "proto/rc.h"

#define GATHER_VFS "sluis-gather"

/* SQLite's own VFS writes less than 128 KiB at a time, and counts wrongly beyond that. */
enum { GATHER_BYTES = 120 * 1024 };

/* Databases can be opened with GATHER_VFS, above the VFS that is the standard now.
 * RC_DISK. */
MUST rc gather_register(void);

#endif
