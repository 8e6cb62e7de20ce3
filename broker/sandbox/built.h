/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * built.h - whether this build has the sandbox.
 *
 * The run-time of a sanitizer traces its own process, reads /proc and maps what it
 * likes; that of the coverage measurement writes where it was started.  Both would be
 * stopped by what is tested there in vain.
 */
#ifndef SLUIS_BROKER_SANDBOX_BUILT_H
#define SLUIS_BROKER_SANDBOX_BUILT_H

#ifndef SANDBOX_BUILT /* the build says 0 when it measures coverage or sanitizes */
#define SANDBOX_BUILT 1
#endif

#endif
