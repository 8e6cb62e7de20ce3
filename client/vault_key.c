/* SPDX-License-Identifier: EUPL-1.2 */
/* vault_key.c - the key file, and sealing by place. */
#include "client/vault_key.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "certs/file.h"
#include "client/folder.h"
#include "proto/auto.h"

enum {
	NONCE      = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	MAC        = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	PLACE_MAX  = 96,
	SUFFIX_MAX = 24,
};

_Static_assert(NONCE + MAC == VAULT_SEAL_EXTRA, "as the header says");
_Static_assert(crypto_kdf_KEYBYTES == KEY_BYTES, "store.key derives the others");

/* --- the file ------------------------------------------------------------------------
 */

static rc
derive(const uint8_t master[KEY_BYTES], struct vault_keys *ret)
{
	static const char context[crypto_kdf_CONTEXTBYTES + 1] = "sluisvlt";

	if (crypto_kdf_derive_from_key(ret->wrap, KEY_BYTES, 1, context, master) != 0 ||
	    crypto_kdf_derive_from_key(ret->tag, KEY_BYTES, 2, context, master) != 0)
		return RC_CRYPTO;
	return RC_OK;
}

rc
vault_keys_read(const char *dir, struct vault_keys *ret)
{
	AUTO(buf_wipe) struct buf master = buf_init(KEY_BYTES);
	char                      path[FILE_PATH_MAX];

	TRY(path_join(path, dir, "store.key"));
	rc code = file_read(path, KEY_BYTES, true, &master);
	if (code == RC_TOO_LARGE) return RC_CONFIG;
	TRY(code);
	return master.n == KEY_BYTES ? derive(master.p, ret) : RC_CONFIG;
}

void
vault_keys_wipe(struct vault_keys *k)
{
	sodium_memzero(k, sizeof *k);
}

static void
auto_close(const int *fd)
{
	if (*fd >= 0) (void)close(*fd);
}

static rc
write_key(const char *path)
{
	uint8_t key[KEY_BYTES];
	AUTO(auto_close)
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, MODE_SECRET);

	if (fd < 0) return RC_DISK;
	randombytes_buf(key, sizeof key);
	bool written =
	    write(fd, key, sizeof key) == (ssize_t)sizeof key && fsync(fd) == 0;
	sodium_memzero(key, sizeof key);
	return written ? RC_OK : RC_DISK;
}

static rc
sync_folder(const char *dir)
{
	AUTO(auto_close) int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 && fsync(fd) == 0 ? RC_OK : RC_DISK;
}

/* Whole before it has its name: link() refuses to replace a key that is there. */
rc
vault_keys_make(const char *dir)
{
	char path[FILE_PATH_MAX], beside[FILE_PATH_MAX], name[SUFFIX_MAX];

	(void)snprintf(name, sizeof name, "store.key.%08x", randombytes_random());
	TRY(path_join(path, dir, "store.key"));
	TRY(path_join(beside, dir, name));
	if (access(path, F_OK) == 0) return RC_OK;
	rc code = write_key(beside);
	if (code == RC_OK && link(beside, path) != 0 && errno != EEXIST) code = RC_DISK;
	(void)unlink(beside);
	return code == RC_OK ? sync_folder(dir) : code;
}

/* --- sealing -------------------------------------------------------------------------
 */

/* "table.column.row" into OUT. */
static struct slice
place_text(const struct vault_place *p, char out[PLACE_MAX])
{
	int n = snprintf(out, PLACE_MAX, "sluis store 1|%s|%s|%lld", p->table, p->column,
	    (long long)p->row);

	return slice_of(out, n > 0 && n < PLACE_MAX ? (size_t)n : 0);
}

rc
vault_seal(const uint8_t key[KEY_BYTES], const struct vault_place *place,
    struct slice plain, struct buf *out)
{
	char         text[PLACE_MAX];
	struct slice bound = place_text(place, text);
	uint8_t     *box   = buf_extend(out, NONCE + plain.n + MAC);

	if (box == NULL) return RC_TOO_LARGE;
	randombytes_buf(box, NONCE);
	int failed = crypto_aead_xchacha20poly1305_ietf_encrypt(
	    box + NONCE, NULL, plain.p, plain.n, bound.p, bound.n, NULL, box, key);
	return failed == 0 ? RC_OK : RC_CRYPTO;
}

rc
vault_unseal(const uint8_t key[KEY_BYTES], const struct vault_place *place,
    struct slice box, struct buf *out)
{
	char         text[PLACE_MAX];
	struct slice bound = place_text(place, text);
	size_t       start = out->n;
	uint8_t      none  = 0;

	if (box.n < VAULT_SEAL_EXTRA) return RC_BAD_DIGEST;
	size_t   n     = box.n - VAULT_SEAL_EXTRA;
	uint8_t *plain = n != 0 ? buf_extend(out, n) : &none;
	if (plain == NULL) return RC_TOO_LARGE;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, box.p + NONCE,
	        box.n - NONCE, bound.p, bound.n, box.p, key) == 0)
		return RC_OK;
	out->n = start; /* which the cipher left zeroed */
	return RC_BAD_DIGEST;
}

void
vault_tag(const struct vault_keys *k, const char *what, struct slice bytes,
    uint8_t out[VAULT_TAG_BYTES])
{
	crypto_generichash_state state;

	(void)crypto_generichash_init(&state, k->tag, sizeof k->tag, VAULT_TAG_BYTES);
	(void)crypto_generichash_update(
	    &state, (const uint8_t *)what, strlen(what) + 1); /* with its NUL */
	(void)crypto_generichash_update(&state, bytes.p, bytes.n);
	(void)crypto_generichash_final(&state, out, VAULT_TAG_BYTES);
	sodium_memzero(&state, sizeof state);
}
