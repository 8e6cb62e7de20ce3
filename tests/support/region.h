/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * region.h - a broker without sockets in a temporary folder, and desks that talk to it.
 *
 * Everything of sluisd but transport and loop: the shipped policy, a CA, a store on
 * disk, a journal.  A message goes in as one batch, as broker.c would do it, and the
 * answer comes back unpacked.  Time stands still at REGION_NOW_MS until a test moves
 * broker.now_ms.
 *
 * For unit tests and fuzz targets alike: what goes wrong here itself aborts.
 */
#ifndef SLUIS_TESTS_REGION_H
#define SLUIS_TESTS_REGION_H

#include <openssl/evp.h>

#include "broker/intake.h"
#include "certs/ca.h"
#include "proto/auto.h"
#include "support/folder.h"

#define REGION_ORIGIN "sluis.example/rivierenland"
#define OIN_MUNICIPALITY "00000099000000010000"
#define OIN_POLICE "00000099000000020000"
#define OIN_NLA "00000099000000030000"
#define OIN_CARE "00000099000000040000"
#define OIN_SAFE_HOME "00000099000000050000"
#define OIN_TAX "00000099000000070000"
#define OIN_KMAR "00000099000000080000"
#define OIN_AUDITOR "00000099000000090000"

#define REGION_NOW_S ((int64_t)1800000000) /* 2027-01-15 */
#define REGION_NOW_MS ((uint64_t)REGION_NOW_S * 1000)

struct region {
	char          *dir; /* temporary, removed by region_close() */
	struct ca     *ca;
	struct config *config;
	struct broker  broker; /* transport stays NULL */
	struct keyring keys;   /* what its keeper has */
	uint64_t       last_request;
};

struct person { /* a desk with its certificate and keys */
	char        oin[OIN_DIGITS + 1], desk[DESK_MAX + 1];
	struct keys keys;
	EVP_PKEY   *cert_key;
	struct buf  chain, envelope; /* certificate chain; key binding */
};

void region_open(struct region *r);
void region_close(struct region *r);

/* Open the broker's parts from their folder, as a process that starts; after a failure
 * region_end() closes what was opened. */
MUST rc region_begin(struct region *r);
void    region_end(struct region *r);

/* Both: the broker ends and starts. */
void region_restart(struct region *r);

/* As a restart with other keys, but for those that open what is stored. */
void region_new_keys(struct region *r);

/* As a restart with another master key: nothing that is stored opens any more, as in a
 * state that was restored after its key was retired. */
void region_lose_master(struct region *r);

/* Load trust again from ca/ (after ca_revoke()). */
void region_reload_trust(struct region *r);

/* Keys and a certificate for this desk, and a binding with SEQUENCE, valid 30 days. */
void person_make(struct region *r, const char *oin, const char *desk, uint64_t sequence,
    struct person *ret);
void person_wipe(struct person *p);

/* binding_check() and registry_add(): what those say. */
MUST rc person_enrol(struct region *r, const struct person *p);

/* person_make(), person_enrol(), which must succeed. */
void person_enrolled(
    struct region *r, const char *oin, const char *desk, struct person *ret);

struct member *person_member(struct region *r, const struct person *p);

/* A head for the next request of P; borrows from P and keeps its id in ID. */
void head_make(
    struct region *r, const struct person *p, uint8_t id[ID_BYTES], Sluis__Head *ret);

/* Sign M as TYPE with P's key; appends the envelope.  A submission that has no
 * disclosures gets those that belong to it. */
void person_sign(
    const struct person *p, const char *type, const ProtobufCMessage *m, struct buf *out);

/* The packed form of M, appended. */
void pack_message(const ProtobufCMessage *m, struct buf *out);

/*
 * FRAME comes in at DOOR on a connection with P's key, as a batch of its own.  Returns
 * what intake_handle() or the commit said; the batch is rolled back unless that is
 * RC_OK.  *RET is the answer; NULL when it was parked or there is none.
 */
rc region_exchange(struct region *r, const struct person *p, enum door door,
    uint8_t route, struct slice frame, Sluis__Answer **ret);

/* The same, undone whatever it said: for fuzzing. */
rc region_try(
    struct region *r, const struct person *p, enum door door, struct slice frame);

/* Sign M and exchange it at P's own door on connection 1; the batch must not fail. */
Sluis__Answer *region_ask(struct region *r, const struct person *p, const char *type,
    const ProtobufCMessage *m);

/* Read a signal from JSON text into wire form. */
void signal_from_json(const char *json, struct buf *out);

/* The shipped signal tests/signals/NAME. */
void signal_from_file(const char *name, struct buf *out);

/* abort() unless CODE is RC_OK. */
void must(rc code);

/* SQL on the database NAME in r's state folder (the store must be closed). */
void region_sql(const char *state_dir, const char *name, const char *sql);

/* A connection that reads NAME there as it is now, until it is closed, like a backup. */
struct sqlite3 *region_reader(const char *state_dir, const char *name);

#endif
