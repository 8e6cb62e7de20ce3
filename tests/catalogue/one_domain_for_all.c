/* SPDX-License-Identifier: EUPL-1.2 */
/* one_domain_for_all.c - a mutant: a domain says nothing but what kind of identifier it
 * is for. */
#include <string.h>

#include "broker/keeper/keeper.h"

rc __real_keeper_evaluate(struct keeper_line *line, struct evaluation *all, size_t n);
rc __wrap_keeper_evaluate(struct keeper_line *line, struct evaluation *all, size_t n);

rc
__wrap_keeper_evaluate(struct keeper_line *line, struct evaluation *all, size_t n)
{
	static uint8_t first[4096];
	static size_t  first_n;

	for (size_t i = 0; i < n; i++) {
		if (all[i].what != EVALUATE_PSEUDONYM) continue;
		if (first_n == 0 && all[i].domain.n <= sizeof first) {
			first_n = all[i].domain.n;
			memcpy(first, all[i].domain.p, first_n);
		}
		all[i].domain = slice_of(first, first_n);
	}
	return __real_keeper_evaluate(line, all, n);
}
