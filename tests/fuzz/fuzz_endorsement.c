/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * fuzz_endorsement.c - a signature file of a policy folder: endorsement_check().
 *
 * Reaches endorsement.c and statement.c, and envelope.c and guard.c below them.  The
 * first byte of the input says what the rest is:
 *
 *	'f'  the whole file
 *	'p'  the payload of an envelope that the certificate's own key signs here, since
 *	     no fuzzer finds a signature
 *
 * What is accepted must hold everything that endorsement.h promises, or this aborts.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certs/ca.h"
#include "certs/endorsement.h"
#include "certs/file.h"
#include "proto/auto.h"
#include "proto/envelope.h"
#include "proto/message.h"
#include "support/folder.h"
#include "wire.pb-c.h"

enum { NOW = 1800000000, DAY = 24 * 60 * 60, MAX = 1 << 20 };

static const struct subject subject = {.oin = "00000099000000010000",
    .organisation                           = "Gemeente Waalbrug",
    .desk                                   = "meldpunt"};

static struct trust *trust;
static EVP_PKEY     *key;
static struct buf    chain;
static char          keyid[KEYID_DIGITS + 1];

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
need(bool holds)
{
	if (!holds) abort();
}

static void
read_from(const char *dir, const char *name, struct buf *out)
{
	char path[128];

	snprintf(path, sizeof path, "%s/%s", dir, name);
	need(file_read(path, MAX, false, out) == RC_OK);
}

static void
make_chain(const char *dir)
{
	AUTO(ca_destroy) struct ca *ca      = NULL;
	AUTO(buf_wipe) struct buf   anchors = buf_init(MAX);
	AUTO(buf_wipe) struct buf   crls    = buf_init(MAX);

	need(ca_create(dir, "CA Rivierenland", NOW - DAY, 7) == RC_OK);
	need(ca_open(&ca, dir) == RC_OK);
	need(key_generate(KEY_P256, &key) == RC_OK);
	need(ca_issue(ca, &subject, key, NOW - DAY, NOW + 365 * DAY, &chain) == RC_OK);
	read_from(dir, "ca.pem", &anchors);
	read_from(dir, "crl.pem", &crls);
	need(trust_load(buf_slice(&anchors), buf_slice(&crls), &trust) == RC_OK);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char          dir[FOLDER_MAX];
	struct holder holder;

	(void)argc, (void)argv;
	chain = buf_init(MAX);
	need(sodium_init() >= 0);
	make_folder(dir, "fuzz-endorsement");
	make_chain(dir);
	remove_folder(dir);
	need(trust_check(trust, buf_slice(&chain), NOW, &holder, NULL) == RC_OK);
	hex_encode(keyid, sizeof keyid, slice_of(holder.fingerprint.b, HASH_BYTES));
	return 0;
}

static void
check(struct slice file)
{
	struct endorsement e;

	if (endorsement_check(file, trust, (uint64_t)NOW * 1000, &e) != RC_OK) return;
	need(strcmp(e.oin, subject.oin) == 0 && strcmp(e.desk, subject.desk) == 0);
	need(e.signed_ms <= ((uint64_t)NOW + 300) * 1000);
	need(e.signed_ms >= ((uint64_t)NOW - DAY) * 1000);
	need(e.n_behalf <= BEHALF_MAX);
	for (size_t i = 0; i < e.n_behalf; i++) {
		need(strspn(e.behalf[i], "0123456789") == OIN_DIGITS);
		need(strcmp(e.behalf[i], e.oin) != 0);
	}
}

static void
check_payload(struct slice payload)
{
	AUTO(buf_wipe) struct buf pae  = buf_init(MAX);
	AUTO(buf_wipe) struct buf sig  = buf_init(MAX);
	AUTO(buf_wipe) struct buf out  = buf_init(MAX);
	AUTO(buf_wipe) struct buf file = buf_init(2 * MAX);
	Sluis__PolicySignature    m    = SLUIS__POLICY_SIGNATURE__INIT;

	need(envelope_pae(slice_str(TYPE_ENDORSEMENT), payload, &pae) == RC_OK);
	need(cert_sign(key, buf_slice(&pae), &sig) == RC_OK);
	need(envelope_wrap(TYPE_ENDORSEMENT, payload, buf_slice(&sig), keyid, &out) ==
	     RC_OK);
	m.has_endorsement = m.has_chain_pem = 1;
	m.endorsement                       = message_borrow_bytes(out.p, out.n);
	m.chain_pem                         = message_borrow_bytes(chain.p, chain.n);
	need(message_pack(&m.base, &file) == RC_OK);
	check(buf_slice(&file));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0 || size > MAX / 2) return 0;
	struct slice rest = slice_of(data + 1, size - 1);
	if (*data == 'f') check(rest);
	if (*data == 'p') check_payload(rest);
	return 0;
}
