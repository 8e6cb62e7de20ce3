/* SPDX-License-Identifier: EUPL-1.2 */
/* log_limit.c - counting lines. */
#include "broker/log_limit.h"

bool
log_limit_take(struct log_limit *l, uint64_t span, uint32_t max, uint64_t *ret_left_out)
{
	*ret_left_out = 0;
	if (l->span != span) {
		l->span       = span;
		l->lines      = 0;
		*ret_left_out = l->left_out;
		l->left_out   = 0;
	}
	if (l->lines < max) {
		l->lines++;
		return true;
	}
	l->left_out++;
	return false;
}
