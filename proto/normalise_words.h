/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * normalise_words.h - the two identifiers that are Unicode text (normalise.h).
 *
 * Code points that Unicode 14 does not know are refused: what a later version
 * says of them could give one person two pseudonyms.
 */
#ifndef SLUIS_PROTO_NORMALISE_WORDS_H
#define SLUIS_PROTO_NORMALISE_WORDS_H

#include "proto/bytes.h"

MUST rc normalise_email(struct slice value, struct buf *out);
MUST rc normalise_name(struct slice value, struct buf *out);

#endif
