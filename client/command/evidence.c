/* SPDX-License-Identifier: EUPL-1.2 */
/* evidence.c - what is kept of a delivery, laid down as it came. */
#include "client/command/evidence.h"

#include <errno.h>
#include <sys/stat.h>

#include "certs/file.h"
#include "client/kept.h"
#include "client/request.h"
#include "proto/auto.h"
#include "proto/message.h"
#include "proto/receipt.h"

static rc
put(const char *dir, const char *name, struct slice content)
{
	char path[FILE_PATH_MAX];
	int  n = snprintf(path, sizeof path, "%s/%s", dir, name);

	return n > 0 && (size_t)n < sizeof path ? file_write(path, content, MODE_SECRET)
	                                        : RC_CONFIG;
}

/* The answer that brought the binding which the entry of DELIVERY names. */
static rc
read_binding(const char *party, struct slice delivery, Sluis__Answer **ret)
{
	AUTO(message_destroy) Sluis__Delivery *d     = NULL;
	AUTO(message_destroy) Sluis__Leaf     *leaf  = NULL;
	AUTO(buf_wipe) struct buf              bytes = buf_init(ANSWER_MAX);

	TRY(message_unpack(
	    &sluis__delivery__descriptor, delivery, RC_NOT_FOUND, (void *)&d));
	TRY(receipt_leaf(d->receipt, &leaf));
	if (leaf->binding_id.len != HASH_BYTES) return RC_NOT_FOUND;
	TRY(kept_read(party, KEPT_BINDING, leaf->binding_id.data, &bytes));
	return answer_read(buf_slice(&bytes), ret);
}

rc
evidence_write(const char *party, const uint8_t id[ID_BYTES], const char *dir)
{
	AUTO(message_destroy) Sluis__Answer *answer   = NULL;
	AUTO(buf_wipe) struct buf            delivery = buf_init(ANSWER_MAX);

	TRY(kept_read(party, KEPT_DELIVERY, id, &delivery));
	TRY(read_binding(party, buf_slice(&delivery), &answer));
	if (mkdir(dir, 0700) != 0 && errno != EEXIST) return RC_DISK;
	TRY(put(dir, "binding", message_slice(&answer->binding)));
	TRY(put(dir, "chain.pem", message_slice(&answer->chain_pem)));
	return put(dir, "delivery", buf_slice(&delivery));
}
