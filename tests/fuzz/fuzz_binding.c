/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * fuzz_binding.c - what an agency sends to enrol: binding_check(), trust_check().
 *
 * Reaches binding.c, trust.c, holder.c, pem.c, and envelope.c and guard.c below them.
 * The first byte of the input says what the rest is:
 *
 *	'e'  the envelope, as it comes
 *	'p'  the payload of an envelope that the certificate's own key signs here, since
 *	     no fuzzer finds a signature
 *	'c'  the PEM chain, with a good envelope
 *
 * What is accepted must hold everything that binding.h promises, or this aborts.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certs/binding.h"
#include "certs/ca.h"
#include "certs/file.h"
#include "proto/auto.h"
#include "proto/envelope.h"
#include "support/folder.h"

enum { NOW = 1800000000, DAY = 24 * 60 * 60, MAX = 1 << 20 };

#define ORIGIN "sluis.example/rivierenland"

static const struct subject subject = {.oin = "00000099000000010000",
    .organisation                           = "Gemeente Waalbrug",
    .desk                                   = "meldpunt"};

static const uint64_t now_ms = (uint64_t)NOW * 1000;

static struct trust *trust;
static EVP_PKEY     *key;
static struct buf    chain, envelope;
static char          keyid[65];

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
	struct keys   keys;
	struct holder holder;

	(void)argc, (void)argv;
	chain = envelope = buf_init(MAX);
	need(sodium_init() >= 0);
	make_folder(dir, "fuzz-binding");
	make_chain(dir);
	remove_folder(dir);
	need(trust_check(trust, buf_slice(&chain), NOW, &holder, NULL) == RC_OK);
	hex_encode(keyid, sizeof keyid, slice_of(holder.fingerprint.b, HASH_BYTES));
	need(keys_generate(&keys) == RC_OK);
	need(binding_make(&keys, buf_slice(&chain), key, ORIGIN, now_ms,
	         now_ms + 90ULL * DAY * 1000, 1, &envelope) == RC_OK);
	return 0;
}

static void
check(struct slice wire, struct slice pem)
{
	struct binding b;

	if (binding_check(wire, pem, trust, ORIGIN, now_ms, &b) != RC_OK) return;
	need(strcmp(b.oin, subject.oin) == 0 && strcmp(b.desk, subject.desk) == 0);
	need(strcmp(b.origin, ORIGIN) == 0);
	need(b.not_before_ms <= now_ms && now_ms < b.not_after_ms);
	need(b.not_after_ms - b.not_before_ms <= 90ULL * DAY * 1000);
	need(b.not_after_ms <= (NOW + 365ULL * DAY) * 1000);
	need(memcmp(b.sign_public, b.curve_public, KEY_BYTES) != 0);
	need(memcmp(b.curve_public, b.seal_public, KEY_BYTES) != 0);
	need(!sodium_is_zero(b.curve_public, KEY_BYTES));
}

static void
check_payload(struct slice payload)
{
	AUTO(buf_wipe) struct buf pae = buf_init(MAX);
	AUTO(buf_wipe) struct buf sig = buf_init(MAX);
	AUTO(buf_wipe) struct buf out = buf_init(MAX);

	need(envelope_pae(slice_str(TYPE_KEYBINDING), payload, &pae) == RC_OK);
	need(cert_sign(key, buf_slice(&pae), &sig) == RC_OK);
	need(envelope_wrap(TYPE_KEYBINDING, payload, buf_slice(&sig), keyid, &out) ==
	     RC_OK);
	check(buf_slice(&out), buf_slice(&chain));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0) return 0;
	struct slice rest = slice_of(data + 1, size - 1);
	if (*data == 'e') check(rest, buf_slice(&chain));
	if (*data == 'p') check_payload(rest);
	if (*data == 'c') check(buf_slice(&envelope), rest);
	return 0;
}
