/* SPDX-License-Identifier: EUPL-1.2 */
/* expiry.c - binding.bin and certificate.pem of the folder, against the clock. */
#include "client/command/expiry.h"

#include "certs/binding.h"
#include "certs/file.h"
#include "certs/pem.h"
#include "client/handle.h"
#include "proto/auto.h"

int
expiry_days(uint64_t now_ms, uint64_t end_ms)
{
	uint64_t days = end_ms <= now_ms ? 0 : (end_ms - now_ms) / DAY_MS;

	return days < EXPIRY_DAYS ? (int)days : -1;
}

static bool
read_in(const char *dir, const char *name, struct buf *out)
{
	char path[FILE_PATH_MAX];

	return path_join(path, dir, name) == RC_OK &&
	       file_read(path, out->max, false, out) == RC_OK;
}

static bool
binding_end(const char *dir, uint64_t *ret_ms)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(64 * 1024);
	struct binding            b;

	if (!read_in(dir, "binding.bin", &bytes) ||
	    binding_read(buf_slice(&bytes), &b) != RC_OK)
		return false;
	*ret_ms = b.not_after_ms;
	return true;
}

static bool
certificate_end(const char *dir, uint64_t *ret_ms)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(64 * 1024);
	X509                     *cert  = NULL;
	int64_t                   end_s = 0;

	if (!read_in(dir, "certificate.pem", &bytes) ||
	    pem_read_first(buf_slice(&bytes), &cert) != RC_OK)
		return false;
	rc code = time_read(X509_get0_notAfter(cert), &end_s);
	X509_free(cert);
	*ret_ms = end_s < 0 ? 0 : (uint64_t)end_s * 1000;
	return code == RC_OK;
}

static void
tell(struct cli *cli, const char *what, uint64_t end_ms)
{
	int days = expiry_days(unix_ms(), end_ms);

	if (days >= 0) (void)fprintf(cli->err, "sluis: %s %d\n", what, days);
}

void
expiry_warn(struct cli *cli, const char *dir)
{
	uint64_t end_ms = 0;

	if (cli->json || cli->quiet) return;
	if (binding_end(dir, &end_ms))
		tell(cli,
		    tr("the keys of this desk end soon (sluis key rotate); days left:"),
		    end_ms);
	if (certificate_end(dir, &end_ms))
		tell(cli,
		    tr("the certificate of this desk ends soon: ask for a new one; days "
		       "left:"),
		    end_ms);
}
