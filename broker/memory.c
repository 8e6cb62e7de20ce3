/* SPDX-License-Identifier: EUPL-1.2 */
/* memory.c - tasks and recalls that follow from a release. */
#include "broker/memory.h"

rc
memory_after_release(const struct release *r)
{
	(void)r;
	return RC_OK;
}
