/* SPDX-License-Identifier: EUPL-1.2 */
/* exports_a_wrong_bit.c - a mutant: a file of an export is not what was verified. */
#include <string.h>

#include "certs/file.h"

rc __real_file_write_later(const char *path, struct slice content, unsigned mode);
rc __wrap_file_write_later(const char *path, struct slice content, unsigned mode);

rc
__wrap_file_write_later(const char *path, struct slice content, unsigned mode)
{
	if (strstr(path, "tile/0/") != NULL && content.n != 0)
		((uint8_t *)(uintptr_t)content.p)[0] ^= 1;
	return __real_file_write_later(path, content, mode);
}
