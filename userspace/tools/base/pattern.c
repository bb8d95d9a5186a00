// SPDX-License-Identifier: GPL-2.0-only
/* Words that can be told from any others. */
#include <string.h>

#include "base/pattern.h"

/* SplitMix64: each index gives a word that looks random and never repeats. */
static uint64_t word_at(uint64_t seed, uint64_t index)
{
	uint64_t z = seed + (index + 1) * 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

/* The part of the word at @offset that lies behind it and within @length. */
static size_t piece(uint64_t seed, uint64_t offset, size_t length,
		    unsigned char bytes[8])
{
	uint64_t word = word_at(seed, offset / 8);
	size_t skip = offset % 8;
	size_t size = 8 - skip;

	memcpy(bytes, (unsigned char *)&word + skip, size);
	return size < length ? size : length;
}

/* Almost all pieces are whole words, and those are worth a fast path. */
static void put(void *to, const unsigned char *bytes, size_t size)
{
	if (size == 8)
		memcpy(to, bytes, 8);
	else
		memcpy(to, bytes, size);
}

void pattern_fill(void *memory, size_t length, uint64_t seed, uint64_t offset)
{
	unsigned char bytes[8];
	size_t size, done;

	for (done = 0; done < length; done += size) {
		size = piece(seed, offset + done, length - done, bytes);
		put((char *)memory + done, bytes, size);
	}
}

static size_t first_difference(const unsigned char *at,
			       const unsigned char *bytes, size_t size)
{
	size_t i = 0;

	if (size == 8 && !memcmp(at, bytes, 8))
		return 8;
	while (i < size && at[i] == bytes[i])
		i++;
	return i;
}

size_t pattern_check(const void *memory, size_t length, uint64_t seed,
		     uint64_t offset)
{
	const unsigned char *at = memory;
	unsigned char bytes[8];
	size_t size, same, done;

	for (done = 0; done < length; done += size) {
		size = piece(seed, offset + done, length - done, bytes);
		same = first_difference(at + done, bytes, size);
		if (same < size)
			return done + same;
	}
	return length;
}
