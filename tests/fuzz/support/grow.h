/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * grow.h - changes to protobuf bytes that know what the bytes mean.
 *
 * libFuzzer changes bytes; of a length-prefixed format nearly all that comes of it is
 * refused by the first check.  This takes a message apart by its descriptor and does one
 * thing to one field somewhere in it: takes it away, doubles it, moves it to the front,
 * gives it another value of its type, puts a new field (a known one, seldom an unknown)
 * beside it; lengths around it are made right.  Values are often ones that somebody
 * tests for: borders of numbers, values of an enum and the one after them, words that
 * the caller knows.  Bytes that are no such message grow into one from nothing.
 *
 * Deterministic: the same bytes and seed give the same change.
 */
#ifndef SLUIS_TESTS_FUZZ_SUPPORT_GROW_H
#define SLUIS_TESTS_FUZZ_SUPPORT_GROW_H

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>
#include <stdint.h>

/* Words for strings, ending in NULL; the caller keeps them.  NULL: none of its own. */
void grow_words(const char *const *words);

/* Change the N bytes at DATA, a message of type D, in their place; at most MAX bytes
 * come of it.  Returns how many.  One time in eight it leaves the work to libFuzzer, for
 * bytes that are no message are to be tried, too. */
size_t grow(const ProtobufCMessageDescriptor *d, uint8_t *data, size_t n, size_t max,
    unsigned seed);

/* The same where SKIP bytes of another kind stand before the message: those are changed
 * one time in four. */
size_t grow_after(size_t skip, const ProtobufCMessageDescriptor *d, uint8_t *data,
    size_t n, size_t max, unsigned seed);

/* The same for two messages, D and after it E, behind SKIP bytes of which the first two
 * say how long the first message is; they are made right. */
size_t grow_pair(size_t skip, const ProtobufCMessageDescriptor *d,
    const ProtobufCMessageDescriptor *e, uint8_t *data, size_t n, size_t max,
    unsigned seed);

#endif
